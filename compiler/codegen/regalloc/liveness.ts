// Where virtual registers live: sorted ranges of program points, computed one register at a time by walking from its uses to its
// definition (Brandner, Boissinot, Darte, Dupont de Dinechin, Rastello, "Computing Liveness Sets for SSA-form Programs", 2011).
// Memory is linear in the result; the walk touches each (register, block it is live into) once, and merges neighbours in layout.
//
// Program points, four for each instruction i:
//   4i     before the moves in front of i          4i + 1  early: i reads, early definitions are written
//   4i + 2 late: clobbers, definitions             4i + 3  unused; 4i + 4 comes after the moves behind i
// A range is [from, to). Operands that get their value through a move in front of the instruction (fixed uses, uses that a definition
// reuses) need it only up to 4i + 1; the copies themselves are the allocator's business. A fixed definition starts at 4i + 4, after
// the move that takes it out of its register; a reusing one at 4i + 1, where that copy is made.
//
// Move rows between plain operands of one class are looked through: the copy is a second name of its source (`nameOf`), its
// instruction has no operands here, and `isCopy` says so.

import { Type } from "../../ir/types.ts";
import { none8, none32, room8, room32 } from "../../support/arrays.ts";
import { InstFlag, type InstRow } from "../insts.ts";
import {
  Constraint,
  operandConstraint,
  operandDetail,
  operandIsDef,
  operandOtherTime,
  operandVreg,
  type VCode,
} from "../vcode.ts";

export class Liveness {
  /** Register that stands for each register: the source of its Move, followed to the end. */
  nameOf = none32;
  /** 1 for Move instructions that are looked through. */
  isCopy = none8;
  /** Block of each instruction. */
  instBlock = none32;
  /** Instruction of each operand. */
  operandInst = none32;
  /** Distinct predecessors of block b: predList[predStart[b] .. predStart[b + 1]]. */
  predStart = none32;
  predList = none32;
  /** By name: operand number of the definition, -1 for block parameters and names without definition. */
  defOperand = none32;
  /** By name: block of the definition, -1 without one. */
  defBlock = none32;
  /** Uses of name v, as operand numbers in program order: useList[useStart[v] .. useStart[v + 1]]. */
  useStart = none32;
  useList = none32;
  /** Ranges of name v in order: [rangeFrom[k], rangeTo[k]) for k from rangeStart[v] to rangeStart[v + 1]. */
  rangeStart = none32;
  rangeFrom = none32;
  rangeTo = none32;
  rangeTotal = 0;
  /** Names live into blocks, summed over blocks: how much walking there was. */
  steps = 0;

  private code!: VCode;
  /** Blocks in which name v is an edge argument. */
  private argStart = none32;
  private argBlocks = none32;
  private liveIn = none32;
  private liveOut = none32;
  private lastUse = none32;
  private blocks = none32;
  private isListed = none8;

  /** Analyses code; false, with nothing usable but the tables of `prepare`, when it would take more than `budget` steps. */
  compute(code: VCode, rows: readonly InstRow[], budget = Number.POSITIVE_INFINITY): boolean {
    this.prepare(code, rows);
    const n = code.vregCount;
    this.rangeStart = room32(this.rangeStart, n + 1);
    this.liveIn.fill(0, 0, code.blockCount);
    this.liveOut.fill(0, 0, code.blockCount);
    this.rangeTotal = 0;
    this.steps = 0;
    for (let v = 0; v < n; v++) {
      this.rangeStart[v] = this.rangeTotal;
      if (this.defBlock[v] >= 0 && this.nameOf[v] === v) this.walk(v);
      if (this.steps > budget) return false;
    }
    this.rangeStart[n] = this.rangeTotal;
    return true;
  }

  /** Everything but the ranges: names, blocks, definitions, uses. */
  prepare(code: VCode, rows: readonly InstRow[]): void {
    this.code = code;
    this.sizeTables();
    this.predecessors();
    this.findCopies(rows);
    this.findDefinitions();
    this.collectUses();
    this.collectArguments();
  }

  private sizeTables(): void {
    const { vregCount, count, operandTotal, blockCount } = this.code;
    this.nameOf = room32(this.nameOf, vregCount);
    this.defOperand = room32(this.defOperand, vregCount);
    this.defBlock = room32(this.defBlock, vregCount);
    this.useStart = room32(this.useStart, vregCount + 2);
    this.argStart = room32(this.argStart, vregCount + 2);
    this.isCopy = room8(this.isCopy, count);
    this.instBlock = room32(this.instBlock, count);
    this.operandInst = room32(this.operandInst, operandTotal);
    this.useList = room32(this.useList, operandTotal);
    this.predStart = room32(this.predStart, blockCount + 1);
    this.liveIn = room32(this.liveIn, blockCount);
    this.liveOut = room32(this.liveOut, blockCount);
    this.lastUse = room32(this.lastUse, blockCount);
    this.blocks = room32(this.blocks, blockCount);
    this.isListed = room8(this.isListed, blockCount);
  }

  private predecessors(): void {
    const { blockCount, blockPreds, blockStart } = this.code;
    const seen = this.liveIn.fill(-1, 0, blockCount);
    let total = 0;
    for (let b = 0; b < blockCount; b++) {
      const preds = blockPreds[b];
      this.predStart[b] = total;
      this.predList = room32(this.predList, total + preds.length);
      for (let k = 0; k < preds.length; k++) {
        if (seen[preds[k]] === b) continue;
        seen[preds[k]] = b;
        this.predList[total++] = preds[k];
      }
      this.instBlock.fill(b, blockStart[b], blockStart[b + 1]);
    }
    this.predStart[blockCount] = total;
  }

  private findCopies(rows: readonly InstRow[]): void {
    const { code, nameOf, isCopy } = this;
    const { operands, operandStart, vregType } = code;
    for (let v = 0; v < code.vregCount; v++) nameOf[v] = v;
    for (let i = 0; i < code.count; i++) {
      isCopy[i] = 0;
      if ((rows[code.op[i]].flags & InstFlag.Move) === 0) continue;
      const to = operands[operandStart[i]];
      const from = operands[operandStart[i] + 1];
      if (operandConstraint(to) !== Constraint.Register || operandConstraint(from) !== Constraint.Register)
        continue;
      const toType = vregType[operandVreg(to)];
      const fromType = vregType[operandVreg(from)];
      if (toType >= Type.F32 !== fromType >= Type.F32) continue;
      if ((toType === Type.V128) !== (fromType === Type.V128)) continue;
      isCopy[i] = 1;
      nameOf[operandVreg(to)] = operandVreg(from);
    }
    for (let v = 0; v < code.vregCount; v++) {
      let end = v;
      while (nameOf[end] !== end) end = nameOf[end];
      for (let w = v; nameOf[w] !== end; ) {
        const next = nameOf[w];
        nameOf[w] = end;
        w = next;
      }
    }
  }

  private findDefinitions(): void {
    const { code, defOperand, defBlock, operandInst } = this;
    const { operands, operandStart } = code;
    defOperand.fill(-1, 0, code.vregCount);
    defBlock.fill(-1, 0, code.vregCount);
    for (let b = 0; b < code.blockCount; b++) {
      const params = code.blockParams[b];
      for (let k = 0; k < params.length; k++) defBlock[params[k]] = b;
    }
    for (let i = 0; i < code.count; i++) {
      const end = operandStart[i + 1];
      for (let o = operandStart[i]; o < end; o++) {
        operandInst[o] = i;
        if (!operandIsDef(operands[o]) || this.isCopy[i] === 1) continue;
        const v = operandVreg(operands[o]);
        defOperand[v] = o;
        defBlock[v] = this.instBlock[i];
      }
    }
  }

  private collectUses(): void {
    const { code, useStart, useList, nameOf, operandInst, isCopy } = this;
    const { operands, operandTotal } = code;
    // useStart[v + 1] counts, then holds the next free place of v; useStart[v] is right once all are placed.
    useStart.fill(0, 0, code.vregCount + 2);
    for (let o = 0; o < operandTotal; o++)
      if (!operandIsDef(operands[o]) && isCopy[operandInst[o]] === 0)
        useStart[nameOf[operandVreg(operands[o])] + 2]++;
    for (let v = 2; v <= code.vregCount; v++) useStart[v] += useStart[v - 1];
    for (let o = 0; o < operandTotal; o++)
      if (!operandIsDef(operands[o]) && isCopy[operandInst[o]] === 0)
        useList[useStart[nameOf[operandVreg(operands[o])] + 1]++] = o;
  }

  private collectArguments(): void {
    const { code, argStart, nameOf } = this;
    argStart.fill(0, 0, code.vregCount + 2);
    let total = 0;
    for (let b = 0; b < code.blockCount; b++) {
      const args = code.blockArgs[b];
      total += args.length;
      for (let k = 0; k < args.length; k++) argStart[nameOf[args[k]] + 2]++;
    }
    for (let v = 2; v <= code.vregCount; v++) argStart[v] += argStart[v - 1];
    this.argBlocks = room32(this.argBlocks, total);
    for (let b = 0; b < code.blockCount; b++) {
      const args = code.blockArgs[b];
      for (let k = 0; k < args.length; k++) this.argBlocks[argStart[nameOf[args[k]] + 1]++] = b;
    }
  }

  /** True when nothing reads name v. */
  isUnused(v: number): boolean {
    return this.useStart[v] === this.useStart[v + 1] && this.argStart[v] === this.argStart[v + 1];
  }

  /** True when an edge that leaves a block other than `home` passes name v. */
  isArgumentOutside(v: number, home: number): boolean {
    for (let k = this.argStart[v]; k < this.argStart[v + 1]; k++) if (this.argBlocks[k] !== home) return true;
    return false;
  }

  /** The Rematerialize instruction that makes name v and may be repeated, or -1. */
  repeatable(v: number, rows: readonly InstRow[]): number {
    const o = this.defOperand[v];
    if (o < 0 || operandConstraint(this.code.operands[o]) !== Constraint.Register) return -1;
    const i = this.operandInst[o];
    const row = rows[this.code.op[i]];
    const alone = this.code.operandStart[i + 1] - this.code.operandStart[i] === 1;
    return (row.flags & InstFlag.Rematerialize) !== 0 && alone && row.clobbers.length === 0 ? i : -1;
  }

  /** Point up to which the use operand o needs its value. */
  useEnd(o: number): number {
    const i = this.operandInst[o];
    const operand = this.code.operands[o];
    if (operandConstraint(operand) === Constraint.Fixed || this.copyReader(o) >= 0) return 4 * i + 1;
    return operandOtherTime(operand) ? 4 * i + 4 : 4 * i + 2;
  }

  /** The definition (operand number) that reuses use operand o, or -1. */
  reuser(o: number): number {
    const { operands, operandStart } = this.code;
    const start = operandStart[this.operandInst[o]];
    const end = operandStart[this.operandInst[o] + 1];
    for (let d = o + 1; d < end; d++)
      if (
        operandIsDef(operands[d]) &&
        operandConstraint(operands[d]) === Constraint.Reuse &&
        start + operandDetail(operands[d]) === o
      )
        return d;
    return -1;
  }

  /**
   * The definition whose register use operand o reads, because the value is copied there in front of the instruction, or -1: its reuser, or
   * that of another operand with the same value when o is read early and may be anywhere.
   */
  copyReader(o: number): number {
    const own = this.reuser(o);
    if (own >= 0) return own;
    const { operands, operandStart } = this.code;
    const operand = operands[o];
    if (operandConstraint(operand) === Constraint.Fixed || operandOtherTime(operand)) return -1;
    const v = this.nameOf[operandVreg(operand)];
    for (let p = operandStart[this.operandInst[o]]; p < operandStart[this.operandInst[o] + 1]; p++) {
      if (p === o || operandIsDef(operands[p]) || this.nameOf[operandVreg(operands[p])] !== v) continue;
      if (operandConstraint(operands[p]) === Constraint.Fixed) continue;
      const d = this.reuser(p);
      if (d >= 0) return d;
    }
    return -1;
  }

  /** Point where definition operand o begins. */
  defPoint(o: number): number {
    const i = this.operandInst[o];
    const { operands } = this.code;
    const operand = operands[o];
    switch (operandConstraint(operand)) {
      case Constraint.Fixed:
        return 4 * i + 4;
      case Constraint.Reuse: {
        const used = operands[this.code.operandStart[i] + operandDetail(operand)];
        return operandConstraint(used) === Constraint.Fixed ? 4 * i + 4 : 4 * i + 1;
      }
      default:
        return operandOtherTime(operand) ? 4 * i + 1 : 4 * i + 2;
    }
  }

  /** Ranges of one register. */
  private walk(v: number): void {
    const { defBlock, useStart, argStart, liveIn, liveOut, lastUse, blocks, operandInst, instBlock } = this;
    const home = defBlock[v];
    const { blockStart } = this.code;
    let count = 0;
    lastUse[home] = 0;
    for (let k = useStart[v]; k < useStart[v + 1]; k++) {
      const o = this.useList[k];
      const b = instBlock[operandInst[o]];
      const end = this.useEnd(o);
      if (b !== home && liveIn[b] !== v) {
        liveIn[b] = v;
        lastUse[b] = 0;
        blocks[count++] = b;
      }
      if (end > lastUse[b]) lastUse[b] = end;
    }
    for (let k = argStart[v]; k < argStart[v + 1]; k++) {
      const b = this.argBlocks[k];
      liveOut[b] = v;
      if (b !== home && liveIn[b] !== v) {
        liveIn[b] = v;
        blocks[count++] = b;
      }
    }
    count = this.walkUp(v, home, count);
    this.steps += count;
    this.rangeFrom = room32(this.rangeFrom, this.rangeTotal + count + 1);
    this.rangeTo = room32(this.rangeTo, this.rangeTotal + count + 1);
    blocks[count++] = home;
    this.sortBlocks(count);
    const o = this.defOperand[v];
    const from = o < 0 ? 4 * blockStart[home] : this.defPoint(o);
    const least = o < 0 ? from + 1 : 4 * operandInst[o] + 4;
    for (let k = 0; k < count; k++) {
      const b = blocks[k];
      const to = liveOut[b] === v ? 4 * blockStart[b + 1] : lastUse[b];
      if (b === home) this.addRange(v, from, Math.max(to, least), true);
      else this.addRange(v, 4 * blockStart[b], to, false);
    }
  }

  /** Sorts the first n of `blocks`. A walk upwards leaves most lists in falling order. */
  private sortBlocks(n: number): void {
    const { blocks, isListed } = this;
    if (n <= SHORT_LIST) return sortPrefix(blocks, n);
    let least = blocks[0];
    let most = blocks[0];
    for (let k = 1; k < n; k++) {
      if (blocks[k] < least) least = blocks[k];
      if (blocks[k] > most) most = blocks[k];
    }
    if (most - least > MOST_SPARSE * n) {
      blocks.subarray(0, n).sort();
      return;
    }
    for (let k = 0; k < n; k++) isListed[blocks[k]] = 1;
    let count = 0;
    for (let b = least; count < n; b++) {
      if (isListed[b] === 0) continue;
      isListed[b] = 0;
      blocks[count++] = b;
    }
  }

  /** Adds to `blocks` all blocks on paths from the definition to those in it; returns the new count. */
  private walkUp(v: number, home: number, count: number): number {
    const { liveIn, liveOut, blocks, predStart, predList } = this;
    for (let done = 0; done < count; done++) {
      const b = blocks[done];
      for (let k = predStart[b]; k < predStart[b + 1]; k++) {
        const p = predList[k];
        liveOut[p] = v;
        if (p === home || liveIn[p] === v) continue;
        liveIn[p] = v;
        blocks[count++] = p;
      }
    }
    return count;
  }

  /** A range that begins with the definition stays apart from one that ends there: that one ends a block which leads elsewhere. */
  private addRange(v: number, from: number, to: number, isDefinition: boolean): void {
    if (from >= to) return;
    const last = this.rangeTotal - 1;
    if (!isDefinition && last >= this.rangeStart[v] && this.rangeTo[last] === from) {
      this.rangeTo[last] = to;
      return;
    }
    this.rangeFrom[this.rangeTotal] = from;
    this.rangeTo[this.rangeTotal++] = to;
  }
}

/** Lists of blocks up to this long are sorted by insertion; the others by marks, unless their range is this many times as long. */
const SHORT_LIST = 24;
const MOST_SPARSE = 16;

/** Sorts the first n elements by insertion. */
function sortPrefix(a: Int32Array, n: number): void {
  if (a[0] > a[n - 1])
    for (let i = 0, k = n - 1; i < k; i++, k--) {
      const x = a[i];
      a[i] = a[k];
      a[k] = x;
    }
  for (let i = 1; i < n; i++) {
    const x = a[i];
    let k = i - 1;
    for (; k >= 0 && a[k] > x; k--) a[k + 1] = a[k];
    a[k + 1] = x;
  }
}
