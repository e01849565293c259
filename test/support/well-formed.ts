// Checks the SSA form of a translated function: blocks end in their only terminator, edges match parameters, every use is dominated by its
// definition, nothing is forwarded.
import type { Func } from "../../compiler/ir/func.ts";

/** Throws an Error that says what is wrong. */
export function assertWellFormed(f: Func): void {
  const position = new Int32Array(f.blocks.length).fill(-1);
  f.order.forEach((b, i) => {
    position[b] = i;
  });
  const idom = immediateDominators(f, position);
  const depth = new Int32Array(f.order.length);
  for (let i = 1; i < depth.length; i++) depth[i] = depth[idom[i]] + 1;
  const at = new Int32Array(f.count);
  for (const id of f.order) numberBlock(f, id, at);
  const checkUse = (v: number, b: number, time: number): void => {
    const d = f.block[v];
    let found = position[b];
    if (v === 0 || f.forward[v] !== 0 || d < 0) throw new Error(`b${b} uses v${v}, which stands nowhere`);
    while (depth[found] > depth[position[d]]) found = idom[found];
    if (d === b ? at[v] >= time : found !== position[d])
      throw new Error(`b${b} uses v${v} of b${d}, which does not dominate it`);
  };
  for (const id of f.order) {
    const b = f.blocks[id];
    for (let v = b.first; v !== 0; v = f.next[v])
      for (let i = 0; i < f.argCount[v]; i++) checkUse(f.arg(v, i), id, at[v]);
    for (const e of b.succs) {
      const { args, to } = f.edges[e];
      const { params, preds } = f.blocks[to];
      if (args.length !== params.length) throw new Error(`edge b${id} to b${to}: ${args.length} arguments`);
      if (preds.length < 100 && !preds.includes(e)) throw new Error(`b${to} does not know edge ${e}`);
      args.forEach((v, i) => {
        checkUse(v, id, at.length + 1);
        if (f.type[v] !== f.type[params[i]]) throw new Error(`edge b${id} to b${to}: type of argument ${i}`);
      });
    }
  }
}

/** Gives the instructions of a block their places. */
function numberBlock(f: Func, id: number, at: Int32Array): void {
  const b = f.blocks[id];
  b.params.forEach((p, i) => {
    if (f.block[p] !== id || f.immLo[p] !== i) throw new Error(`parameter ${i} of b${id}`);
  });
  let place = 1;
  for (let v = b.first; v !== 0; v = f.next[v]) {
    at[v] = place++;
    if (f.block[v] !== id) throw new Error(`v${v} is listed in b${id}`);
    if (f.isTerminator(v) !== (v === b.last)) throw new Error(`terminator v${v} of b${id}`);
  }
  if (b.last === 0) throw new Error(`b${id} is empty`);
}

/** By place in the order; the order must list blocks behind their immediate dominators. */
function immediateDominators(f: Func, position: Int32Array): Int32Array {
  const idom = new Int32Array(f.order.length).fill(-1);
  idom[0] = 0;
  let changed = true;
  while (changed) {
    changed = false;
    for (let i = 1; i < idom.length; i++) {
      let d = -1;
      for (const e of f.blocks[f.order[i]].preds) {
        let p = position[f.edges[e].from];
        if (p < 0) throw new Error(`b${f.order[i]} has a predecessor outside the order`);
        if (idom[p] < 0) continue;
        if (d < 0) d = p;
        while (d !== p) {
          if (d > p) d = idom[d];
          else p = idom[p];
        }
      }
      if (d < 0) throw new Error(`b${f.order[i]} comes before what leads to it`);
      if (idom[i] !== d) changed = true;
      idom[i] = d;
    }
  }
  return idom;
}
