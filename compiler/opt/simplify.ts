// Folds again what earlier passes made foldable: rules of ir/fold-rules.ts, known branches and traps, block parameters that bring one value.
//
// One walk in reverse postorder, so that arguments are simplified before their users; repeated while parameters or edges went away, a few times
// at most.
import type { Builder } from "../ir/build.ts";
import type { Block, Func } from "../ir/func.ts";
import { Op } from "../ir/ops.ts";
import type { PassContext } from "./context.ts";
import { makeTrap, simplifyTerminator } from "./terminators.ts";

const MAX_ROUNDS = 4;

export function simplify(c: PassContext): void {
  const { f } = c;
  const builder = c.build();
  for (let round = 0; round < MAX_ROUNDS; round++) {
    // Forwards are left for the walk: it sees by them what changed.
    const params = removeTrivialParams(f);
    c.count("parameters removed", params);
    if (round > 0 && params === 0) break;
    let edges = false;
    for (const id of f.order) edges = simplifyBlock(c, builder, f.blocks[id]) || edges;
    f.applyForwards();
    if (edges) c.blocksChanged();
  }
}

/** The value that all edges bring for parameter i of b besides the parameter itself; 0 when there are several. */
function onlyArgument(f: Func, b: Block, i: number): number {
  const p = b.params[i];
  let only = 0;
  for (const e of b.preds) {
    const a = f.resolve(f.edges[e].args[i]);
    if (a === p || a === only) continue;
    if (only !== 0) return 0;
    only = a;
  }
  return only;
}

/** Replaces parameters for which every edge brings the same value; returns how many. Arguments are not rewritten yet. */
export function removeTrivialParams(f: Func): number {
  let total = 0;
  for (let found = -1; found !== 0; total += found) {
    found = 0;
    for (const id of f.order) {
      const b = f.blocks[id];
      if (id === 0) continue;
      const keep = b.params.map((p, i) => {
        const only = onlyArgument(f, b, i);
        if (only !== 0) f.replace(p, only);
        return only === 0;
      });
      found += f.filterParams(b, keep);
    }
  }
  return total;
}

/** True when edges went away. */
function simplifyBlock(c: PassContext, builder: Builder, b: Block): boolean {
  const { f } = c;
  builder.block = b;
  for (let v = b.first; v !== 0; v = f.next[v]) {
    const end = f.argStart[v] + f.argCount[v];
    let changed = !c.isFolded;
    for (let i = f.argStart[v]; i < end; i++) {
      const a = f.pool[i];
      if (f.forward[a] === 0) continue;
      f.pool[i] = f.resolve(a);
      changed = true;
    }
    const op = f.op[v];
    if (op === Op.TrapIf) {
      f.setArg(v, 0, builder.truth(f.arg(v, 0)));
      const condition = f.arg(v, 0);
      if (f.op[condition] !== Op.Const) continue;
      c.count("checks decided");
      if (f.immLo[condition] !== 0) {
        makeTrap(f, b, v, f.immLo[v]);
        return true;
      }
      f.remove(v);
      continue;
    }
    if (!changed) continue;
    builder.setPosition(v);
    builder.source = f.source[v];
    const w = builder.refold(v);
    if (w === 0) continue;
    f.replace(v, w);
    f.remove(v);
    c.count("instructions simplified");
  }
  return simplifyTerminator(f, builder, b);
}
