// Removes what no effect depends on: pure instructions, loads that cannot trap, and block parameters, cycles of them included.
//
// Marks backwards from instructions with effects. A parameter keeps the arguments of its edges alive only once it is itself alive, so a loop's
// counter that only counts goes as well. Trapping instructions and loads stay: their trap is an effect.
import type { Func } from "../ir/func.ts";
import { Effect, Op, opEffect } from "../ir/ops.ts";
import { auxNonTrapping } from "../ir/types.ts";
import { none8, room8 } from "../support/arrays.ts";
import type { PassContext } from "./context.ts";

let alive = none8;
const work: number[] = [];

/** True when v may go if its result is not used. */
export function isRemovable(f: Func, v: number): boolean {
  const op = f.op[v];
  const effect = opEffect[op];
  if (effect === Effect.Pure) return true;
  return effect === Effect.Read && auxNonTrapping(f.aux[v]);
}

function mark(v: number): void {
  if (alive[v] !== 0) return;
  alive[v] = 1;
  work.push(v);
}

export function dce(c: PassContext): void {
  const { f } = c;
  alive = room8(alive, f.count);
  alive.fill(0, 0, f.count);
  for (const id of f.order)
    for (let v = f.blocks[id].first; v !== 0; v = f.next[v]) if (!isRemovable(f, v)) mark(v);
  while (work.length > 0) {
    const v = work.pop()!;
    if (f.op[v] === Op.Param) {
      const index = f.immLo[v];
      for (const e of f.blocks[f.block[v]].preds) mark(f.edges[e].args[index]);
      continue;
    }
    const end = f.argStart[v] + f.argCount[v];
    for (let i = f.argStart[v]; i < end; i++) mark(f.pool[i]);
  }
  let removed = 0;
  for (const id of f.order) {
    const b = f.blocks[id];
    for (let v = b.last; v !== 0; ) {
      const before = f.prev[v];
      if (alive[v] === 0) {
        f.remove(v);
        removed++;
      }
      v = before;
    }
    if (id !== 0)
      removed += f.filterParams(
        b,
        b.params.map((p) => alive[p] !== 0),
      );
  }
  c.count("instructions removed", removed);
}
