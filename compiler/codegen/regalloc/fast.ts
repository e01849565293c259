// The fast allocator: one forward pass over each block, for -O0 and functions too large for greedy.ts.
//
// A value that lives in several blocks has a spill slot, is stored there when it is defined, and is loaded again where a block first uses it;
// within a block values stay in registers, and the one whose next use is farthest goes when a register is needed (Belady). A
// block behind its only predecessor inherits its registers. Block parameters live in slots; edges store their arguments there.
// What a Rematerialize row makes has no slot: it is made anew. Time is linear in the function but for slot sharing, which is bounded.
//
// Invariants: edits in front of an instruction run in the order in which decisions are made, so each sees the registers the
// ones before it left; a register that an operand already relies on is pinned until the instruction is done. `pinned` has
// bit EARLY when the register is taken while the instruction reads, bit LATE when it is taken while it writes.

import { Type } from "../../ir/types.ts";
import { room8, room32 } from "../../support/arrays.ts";
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
import { EditList } from "./edits.ts";
import { Liveness } from "./liveness.ts";
import { ParallelMoves, type SlotSource } from "./moves.ts";
import { SlotAssigner } from "./slots.ts";
import { type Allocation, DELETED } from "./types.ts";

const EARLY = 1;
const LATE = 2;
/** Steps of liveness analysis per instruction that slot sharing may cost. */
const SHARING_BUDGET = 64;
const NEVER = 0x7fffffff;

class FastAllocator implements SlotSource {
  private code!: VCode;
  private target!: Target;
  private rows!: readonly InstRow[];
  private readonly live = new Liveness();
  private readonly edits = new EditList();
  private readonly moves = new ParallelMoves();
  private readonly assigner = new SlotAssigner();
  private operands = new Int32Array(1024);
  private intOrder: readonly number[] = [];
  private floatOrder: readonly number[] = [];
  private readonly allocatable = new Uint8Array(SLOT_BASE);

  // By name (see Liveness).
  private register = new Int32Array(256);
  /** Location of the spill slot, -1 without one. */
  private slot = new Int32Array(256);
  private inSlot = new Uint8Array(256);
  private escapes = new Uint8Array(256);
  /** Instruction that remakes the value, or -1. */
  private repeat = new Int32Array(256);
  private usesLeft = new Int32Array(256);
  private nextUse = new Int32Array(256);
  private hint = new Int32Array(256);
  private hintInst = new Int32Array(256);
  /** By use operand: instruction of the value's next use in the block. */
  private following = new Int32Array(1024);
  /** By instruction: next instruction of the block that clobbers registers. */
  private nextClobber = new Int32Array(1024);

  // By physical register.
  private readonly occupant = new Int32Array(SLOT_BASE);
  private readonly pinned = new Uint8Array(SLOT_BASE);

  private globalSlots = 0;
  private blockSlots = 0;
  private slots = 0;
  private temporaries: number[] = [];

  allocate(code: VCode, target: Target, options: CodegenOptions): Allocation {
    this.code = code;
    this.target = target;
    this.rows = target.insts.rows;
    this.intOrder = target.allocatable(false, options);
    this.floatOrder = target.allocatable(true, options);
    this.allocatable.fill(0);
    for (const r of this.intOrder) this.allocatable[r] = 1;
    for (const r of this.floatOrder) this.allocatable[r] = 1;
    this.edits.clear();
    this.moves.reset(code, target, this.edits, this);
    this.temporaries.length = 0;
    this.sizeTables();
    this.assignGlobalSlots();
    for (let b = 0; b < code.blockCount; b++) this.allocateBlock(b);
    return this.edits.finish(code, target, this.operands, this.slots);
  }

  private sizeTables(): void {
    const { vregCount, operandTotal, count } = this.code;
    this.operands = room32(this.operands, operandTotal).fill(DELETED, 0, operandTotal);
    this.register = room32(this.register, vregCount).fill(-1, 0, vregCount);
    this.slot = room32(this.slot, vregCount).fill(-1, 0, vregCount);
    this.inSlot = room8(this.inSlot, vregCount).fill(0, 0, vregCount);
    this.escapes = room8(this.escapes, vregCount).fill(0, 0, vregCount);
    this.repeat = room32(this.repeat, vregCount);
    this.usesLeft = room32(this.usesLeft, vregCount).fill(0, 0, vregCount);
    this.nextUse = room32(this.nextUse, vregCount);
    this.hint = room32(this.hint, vregCount);
    this.hintInst = room32(this.hintInst, vregCount).fill(-1, 0, vregCount);
    this.following = room32(this.following, operandTotal);
    this.nextClobber = room32(this.nextClobber, count);
  }

  // ---- Slots ----

  private isWide(v: number): boolean {
    return this.code.vregType[v] === Type.V128;
  }

  /** Finds the values that live in several blocks and gives them slots, shared where liveness is affordable. */
  private assignGlobalSlots(): void {
    const { code, live, assigner } = this;
    const known = live.compute(code, this.rows, SHARING_BUDGET * code.count);
    assigner.clear();
    const owners: number[] = [];
    for (let v = 1; v < code.vregCount; v++) {
      this.repeat[v] = live.repeatable(v, this.rows);
      if (live.defBlock[v] < 0 || live.nameOf[v] !== v || this.repeat[v] >= 0) continue;
      if (!this.usedElsewhere(v)) continue;
      this.escapes[v] = 1;
      this.inSlot[v] = 1;
      // Whole blocks: values go to and come from slots anywhere in the blocks they live in.
      const first = live.rangeStart[v];
      const last = live.rangeStart[v + 1] - 1;
      if (known) assigner.add(live.rangeFrom[first], live.rangeTo[last], this.isWide(v));
      else assigner.add(0, NEVER, this.isWide(v));
      owners.push(v);
    }
    this.globalSlots = assigner.assign();
    for (let n = 0; n < owners.length; n++) this.slot[owners[n]] = SLOT_BASE + assigner.slot[n];
    // Slots of one block's spills start at an even number.
    this.globalSlots += this.globalSlots & 1;
    this.slots = this.globalSlots;
  }

  /** True for parameters that are read, and for values read outside their block. */
  private usedElsewhere(v: number): boolean {
    const { live } = this;
    if (live.defOperand[v] < 0) return !live.isUnused(v);
    const home = live.defBlock[v];
    for (let k = live.useStart[v]; k < live.useStart[v + 1]; k++)
      if (live.instBlock[live.operandInst[live.useList[k]]] !== home) return true;
    return live.isArgumentOutside(v, home);
  }

  /** A slot for the rest of the block. */
  private newBlockSlot(isWide: boolean): number {
    if (isWide) this.blockSlots += this.blockSlots & 1;
    const slot = SLOT_BASE + this.blockSlots;
    this.blockSlots += isWide ? 2 : 1;
    if (this.blockSlots > this.slots) this.slots = this.blockSlots;
    return slot;
  }

  temporarySlot(type: Type, index: number): number {
    void index;
    return this.newBlockSlot(type === Type.V128);
  }

  // ---- Blocks ----

  private allocateBlock(b: number): void {
    const { code } = this;
    this.blockSlots = this.globalSlots;
    this.scanBlock(b);
    this.inheritRegisters(b);
    const end = code.blockStart[b + 1];
    for (let i = code.blockStart[b]; i < end; i++) {
      if (this.live.isCopy[i] === 1) continue;
      if (this.repeats(i)) continue;
      this.allocateInstruction(i);
    }
    if (code.blockArgs[b].length > 0) this.passArguments(b, end - 1);
  }

  private repeats(i: number): boolean {
    const o = this.code.operandStart[i];
    return (
      o < this.code.operandStart[i + 1] &&
      operandIsDef(this.code.operands[o]) &&
      this.repeat[operandVreg(this.code.operands[o])] === i
    );
  }

  /** Counts the block's uses of each name and links each to the next; remembers where fixed uses want their values. */
  private scanBlock(b: number): void {
    const { code, usesLeft, nextUse, live } = this;
    const start = code.blockStart[b];
    const end = code.blockStart[b + 1];
    const args = code.blockArgs[b];
    for (let k = 0; k < args.length; k++) {
      const v = live.nameOf[args[k]];
      usesLeft[v]++;
      nextUse[v] = end;
    }
    let clobber = NEVER;
    for (let i = end - 1; i >= start; i--) {
      this.nextClobber[i] = clobber;
      if (this.rows[code.op[i]].clobbers.length > 0) clobber = i;
      if (live.isCopy[i] === 1) continue;
      for (let o = code.operandStart[i + 1] - 1; o >= code.operandStart[i]; o--) {
        const operand = code.operands[o];
        if (operandIsDef(operand)) continue;
        const v = live.nameOf[operandVreg(operand)];
        this.following[o] = usesLeft[v] > 0 ? nextUse[v] : NEVER;
        usesLeft[v]++;
        nextUse[v] = i;
        if (operandConstraint(operand) !== Constraint.Fixed) continue;
        this.hint[v] = operandDetail(operand);
        this.hintInst[v] = i;
      }
    }
  }

  /** At the start of block b: keeps what the block in front left in registers when it is the only way in. */
  private inheritRegisters(b: number): void {
    const { live, occupant, register } = this;
    const inherits =
      b > 0 && live.predStart[b + 1] - live.predStart[b] === 1 && live.predList[live.predStart[b]] === b - 1;
    for (let r = 0; r < SLOT_BASE; r++) {
      const v = occupant[r];
      if (v === 0 || (inherits && this.usesLeft[v] > 0)) continue;
      occupant[r] = 0;
      register[v] = -1;
    }
  }

  /** Stores the arguments of block b's edge to the parameters' slots, in front of its jump. */
  private passArguments(b: number, jump: number): void {
    const { code, live, moves } = this;
    const params = code.blockParams[code.blockSuccs[b][0]];
    const args = code.blockArgs[b];
    for (let k = 0; k < args.length; k++) {
      const v = live.nameOf[args[k]];
      this.usesLeft[v]--;
      const to = this.slot[params[k]];
      if (to < 0) continue;
      const type: Type = code.vregType[params[k]];
      if (this.register[v] >= 0) moves.add(this.register[v], to, type);
      else if (this.repeat[v] >= 0) moves.addRepeat(this.repeat[v], to, type);
      else moves.add(this.slot[v], to, type);
    }
    moves.resolve(2 * jump);
  }

  // ---- Registers ----

  private isFloat(v: number): boolean {
    return this.code.vregType[v] >= Type.F32;
  }

  /** A register of v's class without occupant and without the pins in `avoid`, preferring v's hint, then no pins at all; or -1. */
  private freeRegister(v: number, avoid: number, i: number): number {
    const { occupant, pinned } = this;
    if (this.hintInst[v] >= i && this.nextClobber[i] >= this.hintInst[v]) {
      const h = this.hint[v];
      if (this.allocatable[h] === 1 && occupant[h] === 0 && (pinned[h] & avoid) === 0) return h;
    }
    const order = this.isFloat(v) ? this.floatOrder : this.intOrder;
    let second = -1;
    for (let k = 0; k < order.length; k++) {
      const r = order[k];
      if (occupant[r] !== 0 || (pinned[r] & avoid) !== 0) continue;
      if (pinned[r] === 0) return r;
      if (second < 0) second = r;
    }
    return second;
  }

  /** As freeRegister, but takes the register whose value is needed last when all are occupied. */
  private takeRegister(v: number, avoid: number, i: number): number {
    const free = this.freeRegister(v, avoid, i);
    if (free >= 0) return free;
    const { occupant, pinned, nextUse } = this;
    const order = this.isFloat(v) ? this.floatOrder : this.intOrder;
    let best = -1;
    for (let k = 0; k < order.length; k++) {
      const r = order[k];
      if ((pinned[r] & avoid) !== 0) continue;
      if (best < 0 || nextUse[occupant[r]] > nextUse[occupant[best]]) best = r;
    }
    if (best < 0) throw new Error(`${this.code.name}: instruction ${i} needs more registers than there are`);
    this.evict(best, i);
    return best;
  }

  /** Frees register r in front of instruction i; its value goes to its slot unless it is there or can be remade. */
  private evict(r: number, i: number): void {
    const v = this.occupant[r];
    if (v === 0) return;
    this.occupant[r] = 0;
    this.register[v] = -1;
    if (this.usesLeft[v] === 0 || this.inSlot[v] === 1 || this.repeat[v] >= 0) return;
    this.slot[v] = this.newBlockSlot(this.isWide(v));
    this.inSlot[v] = 1;
    this.edits.move(2 * i, r, this.slot[v], this.code.vregType[v]);
  }

  /** Frees register r in front of instruction i, keeping its value in another register when one is free. */
  private vacate(r: number, i: number, avoid: number): void {
    const v = this.occupant[r];
    if (v === 0) return;
    const to = this.usesLeft[v] > 0 ? this.freeRegister(v, avoid, i) : -1;
    if (to < 0) {
      this.evict(r, i);
      return;
    }
    this.edits.move(2 * i, r, to, this.code.vregType[v]);
    this.occupant[r] = 0;
    this.occupant[to] = v;
    this.register[v] = to;
  }

  /** Copies v to register `to` in front of instruction i, from wherever it is. */
  private load(v: number, to: number, i: number): void {
    const type: Type = this.code.vregType[v];
    if (this.register[v] >= 0) this.edits.move(2 * i, this.register[v], to, type);
    else if (this.repeat[v] >= 0) this.edits.rematerialize(2 * i, this.repeat[v], to, type);
    else this.edits.move(2 * i, this.slot[v], to, type);
  }

  private settle(v: number, r: number): void {
    this.occupant[r] = v;
    this.register[v] = r;
  }

  // ---- Instructions ----

  private allocateInstruction(i: number): void {
    const { code, pinned, rows } = this;
    const start = code.operandStart[i];
    const end = code.operandStart[i + 1];
    const { clobbers } = rows[code.op[i]];
    if (start === end && clobbers.length === 0) return;
    pinned.fill(0);
    this.pinFixed(i, start, end, clobbers);
    for (let o = start; o < end; o++) if (this.isFixedUse(o)) this.placeFixedUse(i, o, false);
    for (let o = start; o < end; o++) this.placeUse(i, o);
    for (let o = start; o < end; o++) this.placeReused(i, o);
    for (let o = start; o < end; o++) if (this.isFixedUse(o)) this.placeFixedUse(i, o, true);
    for (let o = start; o < end; o++) if (!operandIsDef(code.operands[o])) this.releaseUse(o);
    for (let k = 0; k < clobbers.length; k++) this.evict(clobbers[k], i);
    if ((rows[code.op[i]].flags & InstFlag.Call) !== 0) this.evictVectors(i);
    for (let o = start; o < end; o++) if (operandIsDef(code.operands[o])) this.placeDefinition(i, o, start);
    for (let o = start; o < end; o++) if (operandIsDef(code.operands[o])) this.finishDefinition(i, o);
  }

  private isFixedUse(o: number): boolean {
    const operand = this.code.operands[o];
    return !operandIsDef(operand) && operandConstraint(operand) === Constraint.Fixed;
  }
  private isScratch(r: number): boolean {
    return r === this.target.scratch.int || r === this.target.scratch.float;
  }

  private pinFixed(i: number, start: number, end: number, clobbers: readonly number[]): void {
    const { pinned } = this;
    for (let k = 0; k < clobbers.length; k++) pinned[clobbers[k]] |= LATE;
    for (let o = start; o < end; o++) {
      const operand = this.code.operands[o];
      if (operandConstraint(operand) === Constraint.Reuse) {
        const used = this.code.operands[start + operandDetail(operand)];
        if (operandConstraint(used) === Constraint.Fixed) pinned[operandDetail(used)] |= LATE;
      }
      if (operandConstraint(operand) !== Constraint.Fixed) continue;
      const r = operandDetail(operand);
      if (operandIsDef(operand)) pinned[r] |= operandOtherTime(operand) ? EARLY | LATE : LATE;
      else pinned[r] |= operandOtherTime(operand) ? EARLY | LATE : EARLY;
    }
    for (let o = start; o < end; o++) {
      const operand = this.code.operands[o];
      const isEarlyDefinition =
        operandIsDef(operand) && operandConstraint(operand) === Constraint.Fixed && operandOtherTime(operand);
      if (isEarlyDefinition) this.vacate(operandDetail(operand), i, EARLY);
    }
  }

  /** Brings a fixed use to its register. Scratch registers come last: other edits may use them. */
  private placeFixedUse(i: number, o: number, scratch: boolean): void {
    const operand = this.code.operands[o];
    const r = operandDetail(operand);
    if (this.isScratch(r) !== scratch) return;
    const v = this.live.nameOf[operandVreg(operand)];
    this.operands[o] = r;
    if (this.register[v] !== r) {
      if (this.occupant[r] !== 0) this.vacate(r, i, EARLY);
      this.load(v, r, i);
      if (this.register[v] < 0 && this.allocatable[r] === 1) this.settle(v, r);
    }
    this.usesLeft[v]--;
    this.nextUse[v] = this.following[o];
  }

  /** Uses in any register of the class (or in a slot), except those that a definition reuses. */
  private placeUse(i: number, o: number): void {
    const operand = this.code.operands[o];
    if (operandIsDef(operand) || operandConstraint(operand) === Constraint.Fixed || this.isReused(o)) return;
    const v = this.live.nameOf[operandVreg(operand)];
    const needs = operandOtherTime(operand) ? EARLY | LATE : EARLY;
    let r = this.register[v];
    if (r >= 0 && (needs & LATE) !== 0 && (this.pinned[r] & LATE) !== 0 && !this.isLateUseOf(o, r)) {
      // The register is about to be overwritten: this operand needs the value elsewhere.
      const to = this.takeRegister(v, EARLY | LATE, i);
      this.load(v, to, i);
      this.occupant[r] = 0;
      r = to;
      this.settle(v, r);
    } else if (r < 0) {
      const mayStay = operandConstraint(operand) === Constraint.Any && this.repeat[v] < 0;
      if (mayStay) {
        r = this.slot[v];
      } else {
        r = this.takeRegister(v, needs, i);
        this.load(v, r, i);
        this.settle(v, r);
      }
    }
    if (r < SLOT_BASE) this.pinned[r] |= needs;
    this.operands[o] = r;
    this.usesLeft[v]--;
    this.nextUse[v] = this.following[o];
  }

  /** True when the late pin of register r comes from another late use of operand o's value. */
  private isLateUseOf(o: number, r: number): boolean {
    const { code, live } = this;
    const i = live.operandInst[o];
    const v = live.nameOf[operandVreg(code.operands[o])];
    for (let p = code.operandStart[i]; p < code.operandStart[i + 1]; p++)
      if (
        !operandIsDef(code.operands[p]) &&
        operandOtherTime(code.operands[p]) &&
        live.nameOf[operandVreg(code.operands[p])] === v &&
        this.operands[p] === r &&
        !this.isReused(p)
      )
        return true;
    return false;
  }

  /** True when a definition of the instruction names use operand o as the one it reuses. */
  private isReused(o: number): boolean {
    return this.live.reuser(o) >= 0;
  }

  /** A use whose register a definition takes over: the value's own register when it is not needed any more, else a copy. */
  private placeReused(i: number, o: number): void {
    const operand = this.code.operands[o];
    if (operandIsDef(operand) || operandConstraint(operand) === Constraint.Fixed || !this.isReused(o)) return;
    const v = this.live.nameOf[operandVreg(operand)];
    this.nextUse[v] = this.following[o];
    const last = --this.usesLeft[v] === 0;
    const d = operandVreg(this.code.operands[this.live.reuser(o)]);
    let r = this.register[v];
    const free = r >= 0 && (this.pinned[r] & LATE) === 0;
    const spare = last || this.inSlot[v] === 1 || this.repeat[v] >= 0;
    if (free && spare && (last || this.freeRegister(d, EARLY | LATE, i) < 0)) {
      this.occupant[r] = 0;
      this.register[v] = -1;
    } else {
      const to = this.takeRegister(d, EARLY | LATE, i);
      this.load(v, to, i);
      r = to;
    }
    this.pinned[r] |= EARLY | LATE;
    this.operands[o] = r;
  }

  private releaseUse(o: number): void {
    const v = this.live.nameOf[operandVreg(this.code.operands[o])];
    if (this.usesLeft[v] > 0 || this.register[v] < 0) return;
    this.occupant[this.register[v]] = 0;
    this.register[v] = -1;
  }

  private evictVectors(i: number): void {
    for (let r = FLOAT_BASE; r < SLOT_BASE; r++)
      if (this.occupant[r] !== 0 && this.isWide(this.occupant[r])) this.evict(r, i);
  }

  private placeDefinition(i: number, o: number, start: number): void {
    const operand = this.code.operands[o];
    const v = operandVreg(operand);
    let r: number;
    switch (operandConstraint(operand)) {
      case Constraint.Fixed:
        r = operandDetail(operand);
        this.evict(r, i);
        break;
      case Constraint.Reuse:
        r = this.operands[start + operandDetail(operand)];
        this.evict(r, i);
        break;
      default:
        r = this.takeRegister(v, operandOtherTime(operand) ? EARLY | LATE : LATE, i);
        this.pinned[r] |= LATE;
    }
    this.operands[o] = r;
    if (this.allocatable[r] === 1) this.settle(v, r);
  }

  /** Stores what other blocks read, takes values out of registers that are not allocatable, forgets what nobody reads. */
  private finishDefinition(i: number, o: number): void {
    const v = operandVreg(this.code.operands[o]);
    const r = this.operands[o];
    const type: Type = this.code.vregType[v];
    if (this.escapes[v] === 1) this.edits.move(2 * i + 1, r, this.slot[v], type);
    if (this.allocatable[r] === 1) {
      if (this.usesLeft[v] > 0) return;
      this.occupant[r] = 0;
      this.register[v] = -1;
    } else if (this.usesLeft[v] > 0 && this.inSlot[v] === 0) {
      this.slot[v] = this.newBlockSlot(this.isWide(v));
      this.inSlot[v] = 1;
      this.edits.move(2 * i + 1, r, this.slot[v], type);
    }
  }
}

const allocator = new FastAllocator();

/** Allocates registers quickly; see the head of this file. */
export function allocateFast(code: VCode, target: Target, options: CodegenOptions): Allocation {
  return allocator.allocate(code, target, options);
}
