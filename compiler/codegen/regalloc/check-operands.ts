// The part of the allocation check that looks at one instruction or edit at a time: constraints are met, operands of one
// instruction do not collide in time, edits are well formed, only registers that may be written are, and
// Allocation.calleeSaved lists exactly the callee-saved registers that are.
//
// Times within an instruction: early uses are read first; early definitions may be written before that; clobbers and late
// definitions come after early uses; late uses are read to the end.

import { Type, typeNames, typeSize } from "../../ir/types.ts";
import { InstFlag, type InstRow } from "../insts.ts";
import type { CodegenOptions, Target } from "../target.ts";
import {
  Constraint,
  FLOAT_BASE,
  operandConstraint,
  operandDetail,
  operandIsDef,
  operandOtherTime,
  operandVreg,
  SLOT_BASE,
  type VCode,
} from "../vcode.ts";
import { type Allocation, DELETED, EditKind } from "./types.ts";

/** Name of a register or spill slot for messages. */
export function locationName(target: Target, location: number): string {
  if (location >= SLOT_BASE) return `slot ${location - SLOT_BASE}`;
  return location < 0 ? "no location" : target.registerName(location);
}

function isFloatType(type: Type): boolean {
  return type >= Type.F32;
}

/** True when moving `carried` moves all of a value of type `value`. */
export function typeHolds(carried: Type, value: Type): boolean {
  return isFloatType(carried) === isFloatType(value) && typeSize[carried] >= typeSize[value];
}

/** Sets of registers as one byte per register. */
interface RegisterSets {
  readonly allocatable: Uint8Array;
  readonly scratch: Uint8Array;
}

function registerSets(target: Target, options: CodegenOptions): RegisterSets {
  const allocatable = new Uint8Array(SLOT_BASE);
  for (const r of target.allocatable(false, options)) allocatable[r] = 1;
  for (const r of target.allocatable(true, options)) allocatable[r] = 1;
  const scratch = new Uint8Array(SLOT_BASE);
  scratch[target.scratch.int] = 1;
  scratch[target.scratch.float] = 1;
  return { allocatable, scratch };
}

class OperandChecker {
  private readonly code: VCode;
  private readonly target: Target;
  private readonly allocation: Allocation;
  private readonly rows: readonly InstRow[];
  private readonly sets: RegisterSets;

  constructor(code: VCode, target: Target, options: CodegenOptions, allocation: Allocation) {
    this.code = code;
    this.target = target;
    this.allocation = allocation;
    this.rows = target.insts.rows;
    this.sets = registerSets(target, options);
  }

  private fail(where: number, message: string): never {
    const name = this.rows[this.code.op[where]].name;
    throw new Error(
      `register allocation of ${this.code.name || "function"}: instruction ${where} (${name}): ${message}`,
    );
  }
  private name(location: number): string {
    return locationName(this.target, location);
  }

  /** Checks that a location exists and can hold a value of `type`. */
  private checkLocation(inst: number, location: number, type: Type): void {
    if (location < 0 || location >= SLOT_BASE + this.allocation.slots)
      this.fail(inst, `${location} is not a location`);
    if (location < SLOT_BASE) {
      if (location >= FLOAT_BASE !== isFloatType(type))
        this.fail(inst, `${this.name(location)} cannot hold ${typeNames[type]}`);
    } else if (type === Type.V128) {
      const slot = location - SLOT_BASE;
      if (slot % 2 !== 0 || slot + 1 >= this.allocation.slots)
        this.fail(inst, `slot ${slot} is not a pair of slots for v128`);
    }
  }

  checkInstruction(i: number): void {
    const { code, allocation } = this;
    const start = code.operandStart[i];
    const end = code.operandStart[i + 1];
    const row = this.rows[code.op[i]];
    if (end > start && allocation.operands[start] === DELETED) {
      const isMove = (row.flags & InstFlag.Move) !== 0;
      const isConstant = (row.flags & InstFlag.Rematerialize) !== 0;
      if (!isMove && !isConstant) this.fail(i, "may not be deleted");
      return;
    }
    for (let o = start; o < end; o++) {
      this.checkConstraint(i, o);
      for (let p = start; p < o; p++) this.checkPair(i, p, o);
    }
    for (const r of row.clobbers) for (let o = start; o < end; o++) this.checkClobber(i, o, r);
  }

  private checkConstraint(i: number, o: number): void {
    const { code } = this;
    const operand = code.operands[o];
    const at = this.allocation.operands[o];
    const v = operandVreg(operand);
    this.checkLocation(i, at, code.vregType[v] as Type);
    const constraint = operandConstraint(operand);
    if (constraint === Constraint.Fixed) {
      if (at !== operandDetail(operand))
        this.fail(i, `v${v} must be in ${this.name(operandDetail(operand))}, not in ${this.name(at)}`);
      return;
    }
    if (constraint === Constraint.Any && at >= SLOT_BASE) return;
    if (at >= SLOT_BASE) this.fail(i, `v${v} must be in a register, not in ${this.name(at)}`);
    if (constraint === Constraint.Reuse) {
      const reused = this.allocation.operands[code.operandStart[i] + operandDetail(operand)];
      if (at !== reused) this.fail(i, `v${v} must reuse ${this.name(reused)}, but is in ${this.name(at)}`);
      const shared = code.operands[code.operandStart[i] + operandDetail(operand)];
      if (operandConstraint(shared) === Constraint.Fixed) return;
    }
    if (this.sets.allocatable[at] === 0) this.fail(i, `${this.name(at)} may not be allocated`);
  }

  /** Errors when two operands are in one location and one of them is written while the other is needed. */
  private checkPair(i: number, p: number, o: number): void {
    const at = this.allocation.operands[o];
    if (this.allocation.operands[p] !== at) return;
    const { operands } = this.code;
    const [a, b] = operandIsDef(operands[p]) ? [o, p] : [p, o];
    if (!operandIsDef(operands[b])) return;
    const collide =
      operandIsDef(operands[a]) || operandOtherTime(operands[a]) || operandOtherTime(operands[b]);
    const start = this.code.operandStart[i];
    const reuses =
      operandConstraint(operands[b]) === Constraint.Reuse && start + operandDetail(operands[b]) === a;
    if (collide && !reuses)
      this.fail(i, `operands ${p - start} and ${o - start} collide in ${this.name(at)}`);
  }

  /** Clobbers come after early uses and may only hit definitions that are fixed there. */
  private checkClobber(i: number, o: number, register: number): void {
    const operand = this.code.operands[o];
    if (this.allocation.operands[o] !== register) return;
    const fixedLate = operandConstraint(operand) === Constraint.Fixed && !operandOtherTime(operand);
    const safe = operandIsDef(operand) ? fixedLate : !operandOtherTime(operand);
    if (!safe) this.fail(i, `v${operandVreg(operand)} is in ${this.name(register)}, which the row clobbers`);
  }

  /** An edit may write allocatable registers, scratch registers, and registers that a neighbouring operand fixes. */
  private checkWritable(inst: number, register: number): void {
    if (this.sets.allocatable[register] === 1 || this.sets.scratch[register] === 1) return;
    const { code } = this;
    for (let o = code.operandStart[inst]; o < code.operandStart[inst + 1]; o++)
      if (this.allocation.operands[o] === register && !operandIsDef(code.operands[o])) return;
    this.fail(inst, `an edit writes ${this.name(register)}, which may not be allocated`);
  }

  checkEdit(e: number): void {
    const { code } = this;
    const [position, kind, from, to, type] = this.allocation.edits.subarray(5 * e, 5 * e + 5);
    const inst = position >> 1;
    if (position < 0 || inst >= code.count) throw new Error(`register allocation: edit ${e} has no place`);
    const row = this.rows[code.op[inst]];
    if (position % 2 === 1 && (row.flags & InstFlag.Terminator) !== 0)
      this.fail(inst, "an edit stands behind a terminator");
    if (kind === EditKind.Rematerialize) {
      if (from < 0 || from >= code.count) this.fail(inst, `no instruction ${from} to rematerialize`);
      const definition = code.operands[code.operandStart[from]];
      const rematerializable =
        (this.rows[code.op[from]].flags & InstFlag.Rematerialize) !== 0 &&
        code.operandStart[from + 1] - code.operandStart[from] === 1 &&
        operandConstraint(definition) === Constraint.Register;
      if (!rematerializable) this.fail(inst, `instruction ${from} may not be rematerialized`);
      if (to >= SLOT_BASE && (this.rows[code.op[from]].flags & InstFlag.RepeatsInSlot) === 0)
        this.fail(inst, "a slot cannot be rematerialized into");
      this.checkLocation(inst, to, code.vregType[operandVreg(definition)] as Type);
    } else {
      this.checkLocation(inst, from, type);
      this.checkLocation(inst, to, type);
    }
    if (to < SLOT_BASE) this.checkWritable(inst, to);
  }

  /** The callee-saved registers written must be those listed. */
  checkSaved(): void {
    const { code, allocation } = this;
    const written = new Uint8Array(SLOT_BASE);
    for (let i = 0; i < code.count; i++) {
      const start = code.operandStart[i];
      const end = code.operandStart[i + 1];
      if (end > start && allocation.operands[start] === DELETED) continue;
      for (const r of this.rows[code.op[i]].clobbers) written[r] = 1;
      for (let o = start; o < end; o++)
        if (operandIsDef(code.operands[o])) written[allocation.operands[o]] = 1;
    }
    for (let e = 0; e < allocation.editCount; e++) {
      const to = allocation.edits[5 * e + 3];
      if (to < SLOT_BASE) written[to] = 1;
    }
    for (const r of this.target.calleeSaved) {
      const listed = allocation.calleeSaved.includes(r);
      if (listed !== (written[r] === 1))
        throw new Error(
          `register allocation of ${code.name || "function"}: ${this.name(r)} is ${listed ? "saved but not" : "not saved but"} written`,
        );
    }
    for (const r of allocation.calleeSaved)
      if (!this.target.calleeSaved.includes(r))
        throw new Error(`register allocation: ${this.name(r)} is not callee-saved`);
  }
}

/** Checks every instruction's operands and the list of callee-saved registers. */
export function checkOperands(
  code: VCode,
  target: Target,
  options: CodegenOptions,
  allocation: Allocation,
): void {
  const checker = new OperandChecker(code, target, options, allocation);
  for (let i = 0; i < code.count; i++) checker.checkInstruction(i);
  checker.checkSaved();
}

/** Checks that edits are in order and each is well formed. */
export function checkEdits(
  code: VCode,
  target: Target,
  options: CodegenOptions,
  allocation: Allocation,
): void {
  const checker = new OperandChecker(code, target, options, allocation);
  for (let e = 0; e < allocation.editCount; e++) {
    if (e > 0 && allocation.edits[5 * e] < allocation.edits[5 * e - 5])
      throw new Error(`register allocation of ${code.name || "function"}: edit ${e} is out of order`);
    checker.checkEdit(e);
  }
}
