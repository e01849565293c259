// The part of the allocation check that looks at a frame that is not set up at the entry: it is there wherever something needs it, is set up on one
// edge only, and can be taken down wherever control leaves it.

import { InstFlag } from "../insts.ts";
import type { Target } from "../target.ts";
import { SLOT_BASE, type VCode } from "../vcode.ts";
import { type Allocation, DELETED } from "./types.ts";

/** Throws an Error unless allocation.frame, when there is one, is right for the code. */
export function checkFrame(code: VCode, target: Target, allocation: Allocation): void {
  const { frame } = allocation;
  if (frame === undefined) return;
  const fail = (b: number, message: string): never => {
    throw new Error(`register allocation of ${code.name || "function"}: block ${b}: ${message}`);
  };
  const needsFrame = (location: number): boolean =>
    location >= SLOT_BASE || allocation.calleeSaved.includes(location);
  for (let b = 0; b < code.blockCount; b++) {
    const inside = frame.inside[b];
    for (const s of code.blockSuccs[b]) {
      if (inside === 0 && frame.inside[s] === 1 && (s !== frame.block || code.blockPreds[s].length > 1))
        fail(s, "is entered without the frame");
      if (inside === 1 && s === frame.block) fail(b, "sets up the frame again");
      if (
        inside === 1 &&
        frame.inside[s] === 0 &&
        code.blockSuccs[b].length > 1 &&
        code.blockPreds[s].length > 1
      )
        fail(s, "is entered with and without the frame");
    }
    if (inside === 1) continue;
    for (let i = code.blockStart[b]; i < code.blockStart[b + 1]; i++) {
      const start = code.operandStart[i];
      if (start < code.operandStart[i + 1] && allocation.operands[start] === DELETED) continue;
      if ((target.insts.rows[code.op[i]].flags & InstFlag.Call) !== 0) fail(b, "calls without a frame");
      for (let o = start; o < code.operandStart[i + 1]; o++)
        if (needsFrame(allocation.operands[o])) fail(b, `instruction ${i} needs the frame`);
    }
  }
  for (let b = 0, e = 0; e < allocation.editCount; e++) {
    while (2 * code.blockStart[b + 1] <= allocation.edits[5 * e]) b++;
    if (frame.inside[b] === 1) continue;
    const isMove = allocation.edits[5 * e + 1] === 0;
    if (needsFrame(allocation.edits[5 * e + 3]) || (isMove && needsFrame(allocation.edits[5 * e + 2])))
      fail(b, "an edit needs the frame");
  }
}
