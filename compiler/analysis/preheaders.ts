// A place in front of each loop: passes that move or make code there ask for it.
import type { Func } from "../ir/func.ts";
import { Op } from "../ir/ops.ts";
import { Type } from "../ir/types.ts";
import { mapNumbers } from "../support/arrays.ts";
import type { Loop, Loops } from "./loops.ts";

/** The block whose only way on is to the header of the loop, and which alone enters it; -1 when there is none. */
export function preheader(f: Func, loop: Loop): number {
  const header = f.blocks[loop.header];
  if (header.preds.length !== loop.latches.length + 1) return -1;
  const entry = header.preds.find((e) => !loop.latches.includes(e))!;
  const { from } = f.edges[entry];
  return f.blocks[from].succs.length === 1 ? from : -1;
}

/** What is asked for loops, and told about changes: the pass context. */
interface Graph {
  readonly f: Func;
  readonly loops: Loops;
  blocksChanged(): void;
}

/** Gives every loop a preheader. Loops and dominators are those of the new blocks afterwards. */
export function makePreheaders(c: Graph): void {
  const { f } = c;
  let made = 0;
  for (const loop of c.loops.list) {
    if (preheader(f, loop) >= 0) continue;
    const header = f.blocks[loop.header];
    const entries = header.preds.filter((e) => !loop.latches.includes(e));
    const b = f.newBlock();
    b.loopDepth = loop.depth - 1;
    f.append(b, f.create(Op.Jump, Type.Void));
    let args: number[];
    if (entries.length === 1) {
      args = f.edges[entries[0]].args;
      f.edges[entries[0]].args = [];
    } else args = mapNumbers(header.params, (p) => f.addParam(b, f.type[p]));
    for (const e of entries) f.retarget(e, b.id);
    f.addEdge(b.id, header.id, args);
    made++;
  }
  if (made > 0) c.blocksChanged();
}
