// VCode: one function as machine instructions over virtual registers, in final block order.
//
// Instructions are rows of the target's table (insts.ts); their register operands are packed integers that
// carry the allocation constraint, so the allocator never asks what an instruction does.
//
// Invariants:
// - virtual registers are numbered from 1; each has a type (its class and spill size follow) and, as the input is
//   SSA, exactly one definition: an operand or a block parameter.
// - instructions of a block are contiguous: blockStart[b] .. blockStart[b + 1]; the last is the terminator.
// - only a block whose single successor is reached by an unconditional jump passes edge arguments, so edge moves go just before
//   that jump; the entry block has no predecessors and no parameters.
// - no edge is critical: a block with several successor edges is the only predecessor of each of them (lower.ts splits the
//   others), so moves on such an edge go to the start of the successor. Terminators define nothing.
// - an operand with Constraint.Reuse is a definition that must get the register of the use operand it names
//   (two-address forms); that use stands earlier in the same instruction's operand list.
import { Type } from "../ir/types.ts";
import { none8, none32, room8, room32 } from "../support/arrays.ts";

/** In aux of a switch: its index is that of an entry of the table, whose last block is no default but one of them. */
export const SWITCH_UNCHECKED = 1;

/** Physical registers: 0-31 integer, 32-63 float and vector. */
export const FLOAT_BASE = 32;
/** Allocations: below 64 a physical register, from 64 up a spill slot (8 bytes each; V128 takes two, even number first). */
export const SLOT_BASE = 64;

export enum Constraint {
  /** Any register of the class. */
  Register = 0,
  /** Any register, or a spill slot (the row prints it as a memory operand). Uses only. */
  Any = 1,
  /** The physical register in the detail field. */
  Fixed = 2,
  /** The register of use operand number `detail` of the same instruction. Definitions only. */
  Reuse = 3,
}

// Packed operand: bit 0 definition; bit 1 "other time" (a use that lasts to the end of the instruction; a definition written
// before the uses are read); bits 2-3 Constraint; bits 4-9 detail; bits 10-31 virtual register.
export function packOperand(
  vreg: number,
  isDef: boolean,
  constraint: Constraint,
  detail = 0,
  otherTime = false,
): number {
  return (vreg << 10) | (detail << 4) | (constraint << 2) | (otherTime ? 2 : 0) | (isDef ? 1 : 0);
}
export function operandVreg(o: number): number {
  return o >>> 10;
}
export function operandIsDef(o: number): boolean {
  return (o & 1) !== 0;
}
/** True for a late use or an early definition. */
export function operandOtherTime(o: number): boolean {
  return (o & 2) !== 0;
}
export function operandConstraint(o: number): Constraint {
  return (o >>> 2) & 3;
}
export function operandDetail(o: number): number {
  return (o >>> 4) & 63;
}

export class VCode {
  name = "";
  // Instructions.
  count = 0;
  /** Row index in the target's instruction table. */
  op = none32;
  operandStart = none32;
  immLo = none32;
  immHi = none32;
  /** Address mode, condition, width...: meaning set by the row's format. */
  aux = none32;
  /** Symbol id, target block, signature: meaning set by the row's format. */
  symbol = none32;
  /** Byte offset of the wasm operator. */
  source = none32;
  operands = none32;
  operandTotal = 0;
  // Virtual registers.
  vregCount = 1;
  vregType = none8;
  // Blocks, in layout order.
  blockCount = 0;
  blockStart: number[] = [];
  blockParams: number[][] = [];
  blockSuccs: number[][] = [];
  blockPreds: number[][] = [];
  /** Arguments for the single successor's parameters; empty when there are none. */
  blockArgs: number[][] = [];
  blockLoopDepth: number[] = [];
  blockCold: boolean[] = [];
  /** Target blocks of jump-table instructions, by the inst's symbol column. */
  jumpTables: number[][] = [];
  /** Bytes at the bottom of the frame for outgoing stack arguments. */
  outgoingBytes = 0;
  /** Bytes of stack arguments of this function (popped on return). */
  incomingBytes = 0;
  hasCalls = false;

  reset(name: string): void {
    this.name = name;
    this.count = 0;
    this.operandTotal = 0;
    this.vregCount = 1;
    this.blockCount = 0;
    this.blockStart.length = 0;
    this.blockParams.length = 0;
    this.blockSuccs.length = 0;
    this.blockPreds.length = 0;
    this.blockArgs.length = 0;
    this.blockLoopDepth.length = 0;
    this.blockCold.length = 0;
    this.jumpTables.length = 0;
    this.outgoingBytes = 0;
    this.incomingBytes = 0;
    this.hasCalls = false;
  }

  newVreg(type: Type): number {
    const v = this.vregCount++;
    if (v >= this.vregType.length) this.vregType = room8(this.vregType, v + 1);
    this.vregType[v] = type;
    return v;
  }

  /** True when the register is of the float and vector class. */
  isFloatClass(vreg: number): boolean {
    return this.vregType[vreg] >= Type.F32;
  }

  /** Appends an instruction without operands; `addOperand` then adds to it. */
  append(op: number): number {
    const i = this.count++;
    if (i >= this.op.length) {
      this.op = room32(this.op, i + 1);
      this.immLo = room32(this.immLo, i + 1);
      this.immHi = room32(this.immHi, i + 1);
      this.aux = room32(this.aux, i + 1);
      this.symbol = room32(this.symbol, i + 1);
      this.source = room32(this.source, i + 1);
      this.operandStart = room32(this.operandStart, this.op.length + 1);
    }
    this.op[i] = op;
    this.immLo[i] = 0;
    this.immHi[i] = 0;
    this.aux[i] = 0;
    this.symbol[i] = 0;
    this.source[i] = 0;
    this.operandStart[i] = this.operandTotal;
    this.operandStart[i + 1] = this.operandTotal;
    return i;
  }

  addOperand(operand: number): void {
    if (this.operandTotal >= this.operands.length)
      this.operands = room32(this.operands, this.operandTotal + 1);
    this.operands[this.operandTotal++] = operand;
    this.operandStart[this.count] = this.operandTotal;
  }
}
