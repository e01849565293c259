// Where a function sets up its frame: at its entry, or later, when a path that needs none leaves early (a recursion's base case).
//
// The frame may begin at a block B when everything that needs it lies in blocks that B dominates: calls, accesses that may trap (backtraces
// rely on the frame), spill slots, callee-saved registers. B has one predecessor and is in no loop. Blocks that B does not dominate
// run without the frame; edges from the frame's blocks to them take it down. Source: Chow 1988, "Minimizing register usage penalty at procedure
// calls", for one place only.

import { none32, room32 } from "../../support/arrays.ts";
import { InstFlag, type InstRow } from "../insts.ts";
import { operandIsDef, SLOT_BASE, type VCode } from "../vcode.ts";
import { Frequencies } from "./frequency.ts";
import { type Allocation, DELETED, EditKind, type FramePlace } from "./types.ts";

/** How often the frame's block may run per call, at most, for a later set-up to pay. */
const MOST_RUNS = 0.8;

/** Bytes of slots and outgoing arguments, at most: such a frame is taken in one step, without probes. */
const LARGEST_FRAME = 2048;

let dominator = none32;
let number = none32;
const ownFrequencies = new Frequencies();

/** Whether instructions of a row need the frame, by table of rows. */
const rowNeeds = new WeakMap<readonly InstRow[], Uint8Array>();

function needsFrame(rows: readonly InstRow[]): Uint8Array {
  let needs = rowNeeds.get(rows);
  if (needs === undefined) {
    const { Call, Pseudo, Rematerialize, Terminator, RegistersOnly } = InstFlag;
    needs = Uint8Array.from(rows, (row) => {
      const isHidden =
        (row.flags & Pseudo) !== 0 && (row.flags & (Rematerialize | Terminator | RegistersOnly)) === 0;
      return (row.flags & Call) !== 0 || isHidden || /\{(m\d*|trap)\}/.test(row.format) ? 1 : 0;
    });
    rowNeeds.set(rows, needs);
  }
  return needs;
}

/** The place for the frame by the code alone, or undefined for the entry. Slots and saved registers are not looked at. */
export function planFrame(
  code: VCode,
  rows: readonly InstRow[],
  frequencies: Frequencies,
): FramePlace | undefined {
  if (!code.hasCalls || code.incomingBytes > 0 || code.blockSuccs[0].length === 0) return undefined;
  const needs = needsFrame(rows);
  findDominators(code, frequencies);
  let block = -1;
  for (let b = 0; b < code.blockCount && block !== 0; b++)
    if (number[b] >= 0 && blockNeeds(code, needs, b)) block = block < 0 ? b : commonDominator(block, b);
  while (block > 0 && !isPlace(code, frequencies, block)) block = dominator[block];
  if (block <= 0 || frequencies.of[block] > MOST_RUNS) return undefined;
  const inside = new Uint8Array(code.blockCount);
  inside[block] = 1;
  for (let k = number[block] + 1; k < frequencies.reached; k++) {
    const b = frequencies.order[k];
    inside[b] = inside[dominator[b]];
  }
  return { block, inside };
}

function isPlace(code: VCode, frequencies: Frequencies, b: number): boolean {
  return code.blockPreds[b].length === 1 && frequencies.loop[b] < 0;
}

function blockNeeds(code: VCode, needs: Uint8Array, b: number): boolean {
  for (let i = code.blockStart[b]; i < code.blockStart[b + 1]; i++) if (needs[code.op[i]] === 1) return true;
  return false;
}

/** Immediate dominators (Cooper, Harvey, Kennedy 2001), by block; `number` is the place in reverse postorder, -1 when unreachable. */
function findDominators(code: VCode, frequencies: Frequencies): void {
  const { order, reached } = frequencies;
  dominator = room32(dominator, code.blockCount).fill(-1, 0, code.blockCount);
  number = room32(number, code.blockCount).fill(-1, 0, code.blockCount);
  for (let k = 0; k < reached; k++) number[order[k]] = k;
  dominator[0] = 0;
  for (let changed = true; changed; ) {
    changed = false;
    for (let k = 1; k < reached; k++) {
      const b = order[k];
      let found = -1;
      for (const p of code.blockPreds[b])
        if (number[p] >= 0 && dominator[p] >= 0) found = found < 0 ? p : commonDominator(found, p);
      if (found === dominator[b]) continue;
      dominator[b] = found;
      changed = true;
    }
  }
}

function commonDominator(a: number, b: number): number {
  while (a !== b) {
    while (number[a] > number[b]) a = dominator[a];
    while (number[b] > number[a]) b = dominator[b];
  }
  return a;
}

/** Sets the allocation's frame place, if it leaves slots and callee-saved registers alone outside. */
export function placeFrame(
  code: VCode,
  rows: readonly InstRow[],
  calleeSaved: readonly number[],
  allocation: Allocation,
): void {
  if (!code.hasCalls || 8 * allocation.slots + code.outgoingBytes > LARGEST_FRAME) return;
  ownFrequencies.compute(code, rows);
  const place = planFrame(code, rows, ownFrequencies);
  if (place === undefined) return;
  const isSaved = new Uint8Array(SLOT_BASE);
  for (const r of calleeSaved) isSaved[r] = 1;
  const isFree = (location: number): boolean =>
    location < SLOT_BASE && (location < 0 || isSaved[location] === 0);
  for (let b = 0, e = 0; b < code.blockCount; b++) {
    const end = 2 * code.blockStart[b + 1];
    for (; e < allocation.editCount && allocation.edits[5 * e] < end; e++) {
      if (place.inside[b] === 1) continue;
      const isMove = allocation.edits[5 * e + 1] === EditKind.Move;
      if (!isFree(allocation.edits[5 * e + 3]) || (isMove && !isFree(allocation.edits[5 * e + 2]))) return;
    }
    if (place.inside[b] === 0 && !usesOnly(code, rows, allocation, b, isFree)) return;
  }
  allocation.frame = place;
}

function usesOnly(
  code: VCode,
  rows: readonly InstRow[],
  allocation: Allocation,
  b: number,
  isFree: (location: number) => boolean,
): boolean {
  for (let i = code.blockStart[b]; i < code.blockStart[b + 1]; i++) {
    const start = code.operandStart[i];
    const end = code.operandStart[i + 1];
    if (start < end && allocation.operands[start] === DELETED) continue;
    for (let o = start; o < end; o++) {
      // Pinned registers that calls preserve may be read anywhere.
      if (
        operandIsDef(code.operands[o]) ||
        allocation.operands[o] >= SLOT_BASE ||
        allocation.calleeSaved.includes(allocation.operands[o])
      )
        if (!isFree(allocation.operands[o])) return false;
    }
    for (const r of rows[code.op[i]].clobbers) if (!isFree(r)) return false;
  }
  return true;
}
