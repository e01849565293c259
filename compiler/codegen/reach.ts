// Which branches may be out of reach: upper bounds on where each block of a function lies, in bytes.
//
// Instructions of the targets that have this problem take 4 bytes; a line of a format counts twice, as an assembler may make two of
// it. Bounds are too high by a factor of two or so, which costs something only in functions near the limit.
import type { InstRow } from "./insts.ts";
import { InstFlag } from "./insts.ts";
import type { Allocation } from "./regalloc/types.ts";
import type { VCode } from "./vcode.ts";

const LINE_BYTES = 8;
/** A call, switch, constant or stack access of a target's own making. */
const PSEUDO_BYTES = 64;
/** A load or store with the parts of its address that do not fit it. */
const ACCESS_BYTES = 24;
/** An epilogue that loads all callee-saved registers. */
const RETURN_BYTES = 256;
/** A move between slots far from the stack pointer. */
const EDIT_BYTES = 32;
/** What a block may add: a jump over which a branch was inverted, and alignment. */
const BLOCK_BYTES = 48;

/** Prologue or epilogue in the middle of a function (FramePlace). */
const FRAME_BYTES = 160;

const rowBytes = new WeakMap<InstRow, number>();

function bytesOf(row: InstRow): number {
  let bytes = rowBytes.get(row);
  if (bytes === undefined) {
    if ((row.flags & InstFlag.Return) !== 0) bytes = RETURN_BYTES;
    else if ((row.flags & InstFlag.Pseudo) !== 0) bytes = PSEUDO_BYTES;
    else if ((row.flags & InstFlag.Variadic) !== 0) bytes = ACCESS_BYTES;
    else bytes = LINE_BYTES * row.format.split("\n").length;
    rowBytes.set(row, bytes);
  }
  return bytes;
}

/** True when the frame may be set up or taken down in block b. */
function mayChangeFrame(code: VCode, allocation: Allocation, b: number): boolean {
  const { frame } = allocation;
  if (frame === undefined) return false;
  const differs = (other: number): boolean => frame.inside[other] !== frame.inside[b];
  return code.blockSuccs[b].some(differs) || code.blockPreds[b].some(differs);
}

/** Bounds: block b begins at most at [b]; the code ends at most at [blockCount]. Empty when everything is within `reach` bytes. */
export function blockOffsets(
  code: VCode,
  allocation: Allocation,
  rows: readonly InstRow[],
  reach: number,
): number[] {
  const most = RETURN_BYTES;
  if (code.count * most + allocation.editCount * EDIT_BYTES + code.blockCount * BLOCK_BYTES < reach)
    return [];
  const offsets: number[] = [];
  let at = 0;
  let edit = 0;
  for (let b = 0; b < code.blockCount; b++) {
    offsets.push(at);
    at += BLOCK_BYTES;
    if (mayChangeFrame(code, allocation, b)) at += FRAME_BYTES;
    for (let i = code.blockStart[b]; i < code.blockStart[b + 1]; i++) at += bytesOf(rows[code.op[i]]);
    for (; edit < allocation.editCount && allocation.edits[5 * edit] >> 1 < code.blockStart[b + 1]; edit++)
      at += EDIT_BYTES;
  }
  offsets.push(at);
  return offsets;
}

/** Most bytes between somewhere in block `from` and the start of block `to` (blockCount: the end of the code). */
export function distance(offsets: readonly number[], from: number, to: number): number {
  return to > from ? offsets[to] - offsets[from] : offsets[from + 1] - offsets[to];
}
