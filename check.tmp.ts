import type { Func } from "./compiler/ir/func.ts";
import { Op, opEffect, Effect, ops } from "./compiler/ir/ops.ts";
export function check(f: Func): string | undefined {
  // simple iterative dominators over f.order
  const n = f.order.length; const idx = new Int32Array(f.blocks.length).fill(-1);
  f.order.forEach((b, i) => (idx[b] = i));
  // rpo
  const seen = new Uint8Array(n), post: number[] = []; const st = [0], nx = [0]; seen[0] = 1;
  while (st.length) { const t = st.length - 1; const b = f.blocks[f.order[st[t]]];
    if (nx[t] < b.succs.length) { const to = idx[f.edges[b.succs[nx[t]++]].to]; if (to < 0) return `edge to block not in order from ${b.id}`; if (!seen[to]) { seen[to] = 1; st.push(to); nx.push(0); } }
    else { post.push(st.pop()!); nx.pop(); } }
  if (post.length !== n) return `unreachable blocks in order: ${n - post.length}`;
  const rpo = post.reverse(); const pos = new Int32Array(n); rpo.forEach((b, i) => (pos[b] = i));
  const idom = new Int32Array(n).fill(-1); idom[0] = 0;
  for (let changed = true; changed; ) { changed = false;
    for (const i of rpo) { if (i === 0) continue; let d = -1;
      for (const e of f.blocks[f.order[i]].preds) { let p = idx[f.edges[e].from]; if (p < 0) return "pred not in order"; if (idom[p] < 0) continue; if (d < 0) d = p; else { let a = d; while (a !== p) { while (pos[a] > pos[p]) a = idom[a]; while (pos[p] > pos[a]) p = idom[p]; } d = a; } }
      if (d >= 0 && idom[i] !== d) { idom[i] = d; changed = true; } } }
  const depth = new Int32Array(n); for (const i of rpo) if (i) depth[i] = depth[idom[i]] + 1;
  const dom = (a: number, b: number) => { while (depth[b] > depth[a]) b = idom[b]; return a === b; };
  const at = new Int32Array(f.count); 
  for (const id of f.order) { let k = 1; const b = f.blocks[id]; for (const p of b.params) { at[p] = 0; if (f.block[p] !== id || f.op[p] !== Op.Param) return "param block"; }
    b.params.forEach((p, i) => { if (f.immLo[p] !== i) throw new Error("param index"); });
    for (let v = b.first; v; v = f.next[v]) { at[v] = k++; if (f.block[v] !== id) return "block col"; if ((v === b.last) !== (opEffect[f.op[v]] === Effect.Terminator)) return `terminator b${id} v${v} ${ops[f.op[v]].name}`; } 
    if (!b.first) return `empty block ${id}`; }
  const use = (v: number, b: number, k: number) => { if (v === 0) return "zero"; if (f.forward[v]) return `forwarded v${v}`; const d = f.block[v]; if (d < 0) return `v${v} in no block`; if (idx[d] < 0) return "def in dead block"; if (d === b ? at[v] >= k : !dom(idx[d], idx[b])) return `v${v} (b${d}) does not dominate use in b${b}`; return ""; };
  for (const id of f.order) { const b = f.blocks[id];
    for (let v = b.first; v; v = f.next[v]) for (let i = 0; i < f.argCount[v]; i++) { const r = use(f.arg(v, i), id, at[v]); if (r) return r + ` in ${ops[f.op[v]].name}`; }
    for (const e of b.succs) { const ed = f.edges[e]; const t = f.blocks[ed.to]; if (ed.args.length !== t.params.length) return `edge args ${ed.args.length} ${t.params.length}`; for (let i = 0; i < ed.args.length; i++) { const r = use(ed.args[i], id, 1e9); if (r) return r + " edge"; if (f.type[ed.args[i]] !== f.type[t.params[i]]) return "edge type"; } if (!t.preds.includes(e)) return "pred missing"; }
  }
  return undefined;
}
