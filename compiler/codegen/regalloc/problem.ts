// What the greedy allocator knows about the function before it decides anything: liveness, frequencies, what each operand needs, which
// locations would save a move, which values can be made anew. The steps of the allocator (coalesce.ts, spill.ts, split.ts,
// resolve.ts) share it, and the intervals that they make.

import { Type } from "../../ir/types.ts";
import { none8, none32, none64, room8, room32, room64 } from "../../support/arrays.ts";
import type { InstRow } from "../insts.ts";
import type { CodegenOptions, Target } from "../target.ts";
import {
  Constraint,
  operandConstraint,
  operandDetail,
  operandIsDef,
  operandOtherTime,
  operandVreg,
  SLOT_BASE,
  type VCode,
} from "../vcode.ts";
import { Frequencies } from "./frequency.ts";
import { Intervals } from "./intervals.ts";
import { Liveness } from "./liveness.ts";

/** What an operand asks of its value's location. */
export enum Need {
  /** Nothing: the value is copied to or from where the operand wants it. */
  Copy = 0,
  /** A register or the spill slot. */
  Any = 1,
  Register = 2,
}

/**
 * A value that comes in one register and goes out in another stays in the first one when nothing else decides: parameters come together, so a place in
 * another's register would cost moves of both.
 */
const DEFINED = 1 + 1 / 1024;

export class Problem {
  code!: VCode;
  target!: Target;
  rows!: readonly InstRow[];
  readonly live = new Liveness();
  readonly frequencies = new Frequencies();
  readonly intervals = new Intervals();
  /** By operand: its Need. */
  need = none8;
  /** By use operand: the definition in whose register it is read (Liveness.copyReader), or -1. */
  reader = none32;
  /** By name: the instruction that makes it anew, or -1. */
  repeat = none32;
  /** By name: the bundle it is in, or -1 when it is never live. */
  bundle = none32;
  /** By block: the edge bundle of its start, and of its end (see split.ts). */
  bundleIn = none32;
  bundleOut = none32;
  /** Allocatable registers of both classes, in order of preference. */
  orders: readonly [readonly number[], readonly number[]] = [[], []];
  readonly isAllocatable = new Uint8Array(SLOT_BASE);
  readonly isCalleeSaved = new Uint8Array(SLOT_BASE);

  // Affinities: value v at `point` would like to be where `other` is (a value at `otherPoint`; register r as -1 - r).
  affinityHead = none32;
  affinityNext = none32;
  affinityPoint = none32;
  affinityOther = none32;
  affinityOtherPoint = none32;
  affinityGain = none64;
  affinityCount = 0;

  /** False when the function is too much work (more than `budget` steps of liveness analysis). */
  prepare(code: VCode, target: Target, options: CodegenOptions, budget: number): boolean {
    this.code = code;
    this.target = target;
    this.rows = target.insts.rows;
    if (!this.live.compute(code, this.rows, budget)) return false;
    this.frequencies.compute(code, this.rows);
    this.orders = [target.allocatable(false, options), target.allocatable(true, options)];
    this.isAllocatable.fill(0);
    this.isCalleeSaved.fill(0);
    for (const order of this.orders) for (const r of order) this.isAllocatable[r] = 1;
    for (const r of target.calleeSaved) this.isCalleeSaved[r] = 1;
    this.intervals.clear();
    this.repeat = room32(this.repeat, code.vregCount).fill(-1, 0, code.vregCount);
    for (let v = 1; v < code.vregCount; v++)
      if (this.live.nameOf[v] === v) this.repeat[v] = this.live.repeatable(v, this.rows);
    this.affinityHead = room32(this.affinityHead, code.vregCount).fill(-1, 0, code.vregCount);
    this.affinityCount = 0;
    this.readOperands();
    this.readEdges();
    this.bundleEdges();
    return true;
  }

  isFloat(v: number): boolean {
    return this.code.vregType[v] >= Type.F32;
  }
  isWide(v: number): boolean {
    return this.code.vregType[v] === Type.V128;
  }
  /** Registers that value v may get, best first. */
  order(v: number): readonly number[] {
    return this.orders[this.isFloat(v) ? 1 : 0];
  }
  name(operand: number): number {
    return this.live.nameOf[operandVreg(operand)];
  }
  /** Frequency of the block of program point `point`. */
  frequencyAt(point: number): number {
    return this.frequencies.of[this.live.instBlock[point >> 2]];
  }
  blockOf(point: number): number {
    return this.live.instBlock[point >> 2];
  }
  blockFrom(b: number): number {
    return 4 * this.code.blockStart[b];
  }
  blockTo(b: number): number {
    return 4 * this.code.blockStart[b + 1];
  }
  /** True when the value is defined at the point: by an instruction, or as a parameter of the block that starts there. */
  definedAt(v: number, point: number): boolean {
    const o = this.live.defOperand[v];
    return o < 0 ? point === this.blockFrom(this.live.defBlock[v]) : point === this.live.defPoint(o);
  }

  /** First use of v (index into live.useList) at or behind `point`. */
  firstUse(v: number, point: number): number {
    const { useStart, useList, operandInst } = this.live;
    let low = useStart[v];
    let high = useStart[v + 1];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (4 * operandInst[useList[middle]] >= point) high = middle;
      else low = middle + 1;
    }
    return low;
  }

  private readOperands(): void {
    const { code, live, frequencies } = this;
    this.need = room8(this.need, code.operandTotal);
    this.reader = room32(this.reader, code.operandTotal);
    for (let b = 0; b < code.blockCount; b++) {
      const frequency = frequencies.of[b];
      for (let i = code.blockStart[b]; i < code.blockStart[b + 1]; i++)
        if (live.isCopy[i] === 0) this.readInstruction(i, frequency);
    }
  }

  private readInstruction(i: number, frequency: number): void {
    const { operands, operandStart } = this.code;
    const start = operandStart[i];
    const end = operandStart[i + 1];
    let reuses = false;
    for (let o = start; o < end; o++) reuses ||= operandConstraint(operands[o]) === Constraint.Reuse;
    for (let o = start; o < end; o++) {
      const operand = operands[o];
      const constraint = operandConstraint(operand);
      const isDef = operandIsDef(operand);
      this.reader[o] = reuses && !isDef ? this.live.copyReader(o) : -1;
      this.need[o] = Need.Register;
      if (constraint === Constraint.Any && this.repeat[this.name(operand)] < 0) this.need[o] = Need.Any;
      if (constraint === Constraint.Fixed) {
        this.need[o] = Need.Copy;
        this.addAffinity(
          this.name(operand),
          isDef ? 4 * i + 4 : 4 * i,
          -1 - operandDetail(operand),
          0,
          isDef ? DEFINED * frequency : frequency,
        );
      } else if (this.reader[o] >= 0) {
        this.need[o] = Need.Copy;
        this.addReuse(o, i, frequency);
      } else if (isDef && this.live.defPoint(o) === 4 * i + 4) this.need[o] = Need.Copy;
    }
  }

  /** Use operand o and the definition that reuses it like to share a register. */
  private addReuse(o: number, i: number, frequency: number): void {
    const { operands, operandStart } = this.code;
    const d = this.reader[o];
    if (operandStart[i] + operandDetail(operands[d]) !== o) return;
    this.addPair(this.name(operands[o]), 4 * i, this.name(operands[d]), 4 * i + 1, frequency);
  }

  /** Numbers the sets of block starts and ends that edges connect. */
  private bundleEdges(): void {
    const { code } = this;
    const n = code.blockCount;
    // Starts are 0 to n - 1, ends n to 2n - 1; `bundleIn` serves as the forest of both.
    this.bundleIn = room32(this.bundleIn, 2 * n);
    this.bundleOut = room32(this.bundleOut, n);
    const parent = this.bundleIn;
    for (let k = 0; k < 2 * n; k++) parent[k] = k;
    const find = (k: number): number => {
      while (parent[k] !== k) k = parent[k] = parent[parent[k]];
      return k;
    };
    for (let b = 0; b < n; b++) for (const s of code.blockSuccs[b]) parent[find(n + b)] = find(s);
    for (let k = 0; k < 2 * n; k++) parent[k] = find(k);
    for (let b = 0; b < n; b++) this.bundleOut[b] = parent[n + b];
  }

  private readEdges(): void {
    const { code, live } = this;
    for (let b = 0; b < code.blockCount; b++) {
      const args = code.blockArgs[b];
      if (args.length === 0) continue;
      const [s] = code.blockSuccs[b];
      const params = code.blockParams[s];
      for (let k = 0; k < args.length; k++) {
        if (live.isUnused(params[k])) continue;
        const from = live.nameOf[args[k]];
        this.addPair(from, this.blockTo(b) - 1, params[k], this.blockFrom(s), this.frequencies.of[b]);
      }
    }
  }

  private addPair(v: number, point: number, w: number, otherPoint: number, gain: number): void {
    if (v === w) return;
    this.addAffinity(v, point, w, otherPoint, gain);
    this.addAffinity(w, otherPoint, v, point, gain);
  }

  private addAffinity(v: number, point: number, other: number, otherPoint: number, gain: number): void {
    const n = this.affinityCount++;
    this.affinityNext = room32(this.affinityNext, n + 1);
    this.affinityPoint = room32(this.affinityPoint, n + 1);
    this.affinityOther = room32(this.affinityOther, n + 1);
    this.affinityOtherPoint = room32(this.affinityOtherPoint, n + 1);
    this.affinityGain = room64(this.affinityGain, n + 1);
    this.affinityNext[n] = this.affinityHead[v];
    this.affinityPoint[n] = point;
    this.affinityOther[n] = other;
    this.affinityOtherPoint[n] = otherPoint;
    this.affinityGain[n] = gain;
    this.affinityHead[v] = n;
  }

  /** Kinds of uses: true when operand o is read to the end of its instruction. */
  isLate(o: number): boolean {
    return operandOtherTime(this.code.operands[o]);
  }
}
