// A counter's next value, when the counter itself is still read below, moves down to the end of its block: one register does for both then.
// Otherwise the old value would be copied away for its readers.
import type { Uses } from "../analysis/uses.ts";
import type { Func } from "../ir/func.ts";
import { Op } from "../ir/ops.ts";
import type { PassContext } from "./context.ts";

/** Whether v is only passed on by the terminator of its own block. */
function onlyLeaves(f: Func, uses: Uses, v: number): boolean {
  const { last } = f.blocks[f.block[v]];
  const n = uses.count(v);
  for (let i = 0; i < n; i++) if (uses.user(v, i) !== last) return false;
  for (let i = 0; i < f.argCount[last]; i++) if (f.arg(last, i) === v) return false;
  return n > 0;
}

export function sinkSteps(c: PassContext): void {
  const { f } = c;
  const uses = c.findUses();
  let sunk = 0;
  for (const id of f.order) {
    const b = f.blocks[id];
    const steps: number[] = [];
    for (let v = b.first; v !== b.last; v = f.next[v])
      if (f.op[v] === Op.Add && f.isConst(f.arg(v, 1)) && onlyLeaves(f, uses, v)) steps.push(v);
    for (const v of steps) {
      f.remove(v);
      f.insertBefore(b.last, v);
    }
    sunk += steps.length;
  }
  c.count("steps sunk", sunk);
}
