// Loads from spill slots whose value is still in a register become moves, or nothing; and operands in slots become such registers: reading a slot
// just after it was written costs several cycles.
//
// One pass over the edits in order. For each register it is known which slot holds the same bits: after a store, a load, and moves between
// such registers; until the register or the slot is written. A block behind its only predecessor goes on with what that one left. V128 values
// are left alone. The allocation check runs on the result.

import { Type } from "../../ir/types.ts";
import { InstFlag } from "../insts.ts";
import type { Target } from "../target.ts";
import { FLOAT_BASE, operandIsDef, operandVreg, SLOT_BASE, type VCode } from "../vcode.ts";
import { type Allocation, DELETED, EditKind } from "./types.ts";

/** By register: the slot (location) with the same value, 0 for none. */
const slotOf = new Int32Array(SLOT_BASE);

/** Shortens allocation's list of edits. */
export function removeReloads(code: VCode, target: Target, allocation: Allocation): void {
  const { edits, editCount } = allocation;
  if (allocation.slots === 0) return;
  let next = 0;
  let kept = 0;
  const advance = (position: number): void => {
    for (; next < editCount && edits[5 * next] <= position; next++) {
      if (edits[5 * next + 1] === EditKind.Move && !followMove(edits, next, target)) continue;
      if (edits[5 * next + 1] === EditKind.Rematerialize) followRepeat(code, target, edits, next);
      if (kept !== next) edits.copyWithin(5 * kept, 5 * next, 5 * next + 5);
      kept++;
    }
  };
  for (let b = 0; b < code.blockCount; b++) {
    const preds = code.blockPreds[b];
    if (preds.length !== 1 || preds[0] !== b - 1) slotOf.fill(0);
    for (let i = code.blockStart[b]; i < code.blockStart[b + 1]; i++) {
      advance(2 * i);
      followInstruction(code, target, allocation, i);
      advance(2 * i + 1);
    }
  }
  allocation.editCount = kept;
}

function forgetSlot(slot: number): void {
  for (let r = 0; r < SLOT_BASE; r++) if (slotOf[r] === slot) slotOf[r] = 0;
}

function forgetScratch(target: Target): void {
  slotOf[target.scratch.int] = 0;
  slotOf[target.scratch.float] = 0;
}

/** Follows move `e`, making it one between registers where that is possible. False when it is not needed. */
function followMove(edits: Int32Array, e: number, target: Target): boolean {
  const from = edits[5 * e + 2];
  const to = edits[5 * e + 3];
  if (edits[5 * e + 4] === Type.V128) {
    if (to < SLOT_BASE) slotOf[to] = 0;
    else {
      forgetSlot(to);
      forgetSlot(to + 1);
    }
    if (from >= SLOT_BASE && to >= SLOT_BASE) forgetScratch(target);
    return true;
  }
  if (from < SLOT_BASE && to < SLOT_BASE) {
    slotOf[to] = from >= FLOAT_BASE === to >= FLOAT_BASE ? slotOf[from] : 0;
    return true;
  }
  if (from < SLOT_BASE) {
    if (slotOf[from] === to) return false;
    forgetSlot(to);
    slotOf[from] = to;
    return true;
  }
  if (to >= SLOT_BASE) {
    forgetSlot(to);
    forgetScratch(target);
    return true;
  }
  return followLoad(edits, e, from, to);
}

function followLoad(edits: Int32Array, e: number, slot: number, to: number): boolean {
  if (slotOf[to] === slot) return false;
  const first = to >= FLOAT_BASE ? FLOAT_BASE : 0;
  for (let r = first; r < first + FLOAT_BASE; r++)
    if (slotOf[r] === slot) {
      edits[5 * e + 2] = r;
      break;
    }
  slotOf[to] = slot;
  return true;
}

function followRepeat(code: VCode, target: Target, edits: Int32Array, e: number): void {
  const to = edits[5 * e + 3];
  if (to >= SLOT_BASE) forgetSlot(to);
  else slotOf[to] = 0;
  forgetScratch(target);
  for (const r of target.insts.rows[code.op[edits[5 * e + 2]]].clobbers) slotOf[r] = 0;
}

function followInstruction(code: VCode, target: Target, allocation: Allocation, i: number): void {
  const start = code.operandStart[i];
  const end = code.operandStart[i + 1];
  if (start < end && allocation.operands[start] === DELETED) return;
  const row = target.insts.rows[code.op[i]];
  forgetScratch(target);
  if ((row.flags & InstFlag.Call) === 0) useRegisters(code, allocation, start, end, row.clobbers);
  for (let k = 0; k < row.clobbers.length; k++) slotOf[row.clobbers[k]] = 0;
  if ((row.flags & InstFlag.Call) !== 0) for (const r of target.convention.clobbers) slotOf[r] = 0;
  for (let o = start; o < end; o++)
    if (operandIsDef(code.operands[o]) && allocation.operands[o] < SLOT_BASE)
      slotOf[allocation.operands[o]] = 0;
}

/** Operands of an instruction that are read from slots are read from registers instead where one has the value and the instruction leaves it alone. */
function useRegisters(
  code: VCode,
  allocation: Allocation,
  start: number,
  end: number,
  clobbers: readonly number[],
): void {
  const { operands } = allocation;
  for (let o = start; o < end; o++) {
    if (operands[o] < SLOT_BASE || operandIsDef(code.operands[o])) continue;
    const vreg = operandVreg(code.operands[o]);
    // A slot that the instruction writes too is changed in place.
    if (code.vregType[vreg] === Type.V128 || isDefined(code, operands, start, end, operands[o])) continue;
    const first = code.isFloatClass(vreg) ? FLOAT_BASE : 0;
    for (let r = first; r < first + FLOAT_BASE; r++)
      if (slotOf[r] === operands[o] && !clobbers.includes(r) && !isDefined(code, operands, start, end, r)) {
        operands[o] = r;
        break;
      }
  }
}

function isDefined(code: VCode, operands: Int32Array, start: number, end: number, r: number): boolean {
  for (let o = start; o < end; o++) if (operandIsDef(code.operands[o]) && operands[o] === r) return true;
  return false;
}
