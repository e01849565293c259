// From registers of intervals to an Allocation: operands, and the moves, loads, stores and repeated instructions between them.
//
// Moves in front of instruction i happen in four groups, each a parallel assignment:
//   Arrive   on the edge to the block that i begins      Point   at point 4i: a value changes its location; copies out of fixed
//   Leave    on the edge that the jump i takes                   definitions of instruction i - 1; stores after definitions
//   Operand  at point 4i + 1: copies to fixed and reused operands of i

import type { Type } from "../../ir/types.ts";
import { none32, room32 } from "../../support/arrays.ts";
import { Constraint, operandConstraint, operandDetail, operandIsDef, SLOT_BASE } from "../vcode.ts";
import { Cover, NOWHERE, REMADE } from "./cover.ts";
import { EditList } from "./edits.ts";
import { ParallelMoves, type SlotSource } from "./moves.ts";
import type { Problem } from "./problem.ts";
import { StorePlan } from "./stores.ts";
import { type Allocation, DELETED } from "./types.ts";

enum Group {
  Arrive = 0,
  Point = 1,
  Leave = 2,
  Operand = 3,
}

export class Resolver implements SlotSource {
  private problem!: Problem;
  private readonly cover = new Cover();
  private readonly stores = new StorePlan();
  private readonly edits = new EditList();
  private readonly parallel = new ParallelMoves();
  private operands = none32;
  private slots = 0;
  private temporaryBase = 0;
  // Moves: 4 * instruction + group, from (a location, or -1 - instruction to repeat), to, type.
  private count = 0;
  private place = none32;
  private from = none32;
  private to = none32;
  private type = none32;

  resolve(problem: Problem): Allocation {
    this.problem = problem;
    const { code, target, intervals } = problem;
    this.count = 0;
    this.cover.build(problem);
    this.stores.build(problem, this.cover);
    this.slots = this.cover.slots;
    this.temporaryBase = this.slots + (this.slots & 1);
    for (let b = 0; b < intervals.bundleCount; b++)
      if (intervals.size[b] > 0 && this.cover.whole[b] < 0) this.moveStretches(b);
    this.passArguments();
    this.operands = room32(this.operands, code.operandTotal).fill(DELETED, 0, code.operandTotal);
    for (let i = 0; i < code.count; i++) if (problem.live.isCopy[i] === 0) this.placeOperands(i);
    this.edits.clear();
    this.parallel.reset(code, target, this.edits, this);
    this.emitMoves();
    return this.edits.finish(code, target, this.operands, this.slots);
  }

  temporarySlot(_type: Type, index: number): number {
    const slot = this.temporaryBase + 2 * index;
    this.slots = Math.max(this.slots, slot + 2);
    return SLOT_BASE + slot;
  }

  private move(inst: number, group: Group, from: number, to: number, v: number): void {
    if (from === to || from === NOWHERE || to === NOWHERE || to === REMADE) return;
    const n = this.count++;
    this.place = room32(this.place, n + 1);
    this.from = room32(this.from, n + 1);
    this.to = room32(this.to, n + 1);
    this.type = room32(this.type, n + 1);
    this.place[n] = 4 * inst + group;
    this.from[n] = from === REMADE ? -1 - this.problem.repeat[v] : from;
    this.to[n] = to;
    this.type[n] = this.problem.code.vregType[v];
  }

  /** Emits all moves in order of place, each group as one parallel assignment. */
  private emitMoves(): void {
    const { count, place, from, to, parallel } = this;
    const order = new Float64Array(count);
    for (let n = 0; n < count; n++) order[n] = place[n] * 2 ** 24 + n;
    order.sort();
    for (let k = 0; k < count; k++) {
      const n = order[k] % 2 ** 24;
      if (from[n] >= 0) parallel.add(from[n], to[n], this.type[n]);
      else parallel.addRepeat(-1 - from[n], to[n], this.type[n]);
      if (k + 1 === count || place[order[k + 1] % 2 ** 24] !== place[n])
        parallel.resolve(2 * (place[n] >> 2));
    }
  }

  // ---- Bundles in several places ----

  /** Moves between the stretches of bundle b, along the code and along edges; stores of its values. */
  private moveStretches(b: number): void {
    const { cover, problem } = this;
    const end = cover.start[b] + cover.size[b];
    for (let k = cover.start[b]; k < end; k++) {
      const v = cover.value[k];
      const from = cover.from[k];
      const first = problem.blockOf(from);
      const last = problem.blockOf(cover.to[k] - 1);
      const isDefined = problem.definedAt(v, from);
      if (isDefined) this.storeDefinition(b, k);
      else if (from !== problem.blockFrom(first)) this.stepInside(b, k);
      for (let block = first; block <= last; block++)
        if (block > first || (!isDefined && from === problem.blockFrom(block))) this.enter(b, k, block);
    }
  }

  /**
   * The move from the stretch in front of stretch k to k, inside a block. Where that is not at a multiple of 4 it is a store, which happens with the
   * moves in front of the instruction: it reads where the value was before those.
   */
  private stepInside(b: number, k: number): void {
    const { cover, problem, stores } = this;
    const point = cover.from[k] & ~3;
    const v = cover.value[k];
    let before = k - 1;
    if (
      point === cover.from[k] ||
      cover.from[before] !== point ||
      point === problem.blockFrom(problem.blockOf(point))
    ) {
      this.step(b, before, k, point >> 2, Group.Point);
      return;
    }
    if (stores.stale[before] === 0) return;
    const o = problem.live.defOperand[v];
    if (problem.definedAt(v, point)) {
      this.move(point >> 2, Group.Point, this.fixedDefinition(o), cover.slot[b], v);
      return;
    }
    before--;
    this.step(b, before, k, point >> 2, Group.Point);
  }

  /** The move from stretch `before` to stretch k of bundle b. */
  private step(b: number, before: number, k: number, inst: number, group: Group): void {
    const { cover, stores } = this;
    const to = cover.stretchLocation(b, k);
    if (to >= SLOT_BASE && stores.stale[before] === 0) return;
    this.move(inst, group, cover.stretchLocation(b, before), to, cover.value[k]);
  }

  /** Moves on the edges to `block`, into which stretch k of bundle b is live. */
  private enter(b: number, k: number, block: number): void {
    const { cover, problem } = this;
    const { predStart, predList } = problem.live;
    for (let n = predStart[block]; n < predStart[block + 1]; n++) {
      const point = problem.blockTo(predList[n]) - 1;
      if (point >= cover.from[k] && point < cover.to[k]) continue;
      const before = cover.stretchAt(b, point);
      this.step(b, before, k, this.edgeInst(predList[n], block), this.edgeGroup(predList[n], block));
    }
  }

  /** Instruction in front of which moves of the edge from p to s stand. */
  private edgeInst(p: number, s: number): number {
    const { blockStart } = this.problem.code;
    return this.edgeGroup(p, s) === Group.Arrive ? blockStart[s] : blockStart[p + 1] - 1;
  }
  /** Arguments lose their names at the jump, so their moves stand in front of it, and all others of the edge with them. */
  private edgeGroup(p: number, s: number): Group {
    const { predStart } = this.problem.live;
    const isOnlyWay = predStart[s + 1] - predStart[s] === 1;
    return isOnlyWay && this.problem.code.blockArgs[p].length === 0 ? Group.Arrive : Group.Leave;
  }

  /** The store of the value defined at stretch k, when it is stored there. */
  private storeDefinition(b: number, k: number): void {
    const { cover, problem, stores } = this;
    const v = cover.value[k];
    if (stores.atDefinition[v] === 0 || cover.piece[k] < 0) return;
    const o = problem.live.defOperand[v];
    const fixed = o < 0 ? -1 : this.fixedDefinition(o);
    const from = fixed >= 0 ? fixed : cover.stretchLocation(b, k);
    const inst = o < 0 ? cover.from[k] >> 2 : problem.live.operandInst[o] + 1;
    this.move(inst, Group.Point, from, cover.slot[b], v);
  }

  /** Moves of arguments to parameters. */
  private passArguments(): void {
    const { problem, cover } = this;
    const { code, live, bundle } = problem;
    for (let p = 0; p < code.blockCount; p++) {
      const args = code.blockArgs[p];
      if (args.length === 0) continue;
      const [s] = code.blockSuccs[p];
      const params = code.blockParams[s];
      const inst = this.edgeInst(p, s);
      for (let k = 0; k < args.length; k++) {
        if (bundle[params[k]] < 0) continue;
        const v = live.nameOf[args[k]];
        const to = cover.locate(params[k], problem.blockFrom(s));
        const isStored = bundle[v] === bundle[params[k]] && this.stores.atDefinition[v] === 1;
        if (to >= SLOT_BASE && isStored) continue;
        this.move(inst, this.edgeGroup(p, s), cover.locate(v, problem.blockTo(p) - 1), to, v);
      }
    }
  }

  // ---- Instructions ----

  /** Register to which definition o is bound, directly or by reusing a fixed use, or -1. */
  private fixedDefinition(o: number): number {
    const { code, live } = this.problem;
    let operand = code.operands[o];
    if (operandConstraint(operand) === Constraint.Reuse)
      operand = code.operands[code.operandStart[live.operandInst[o]] + operandDetail(operand)];
    return operandConstraint(operand) === Constraint.Fixed ? operandDetail(operand) : -1;
  }

  private placeOperands(i: number): void {
    const { problem, cover } = this;
    const { code } = problem;
    const start = code.operandStart[i];
    for (let o = start; o < code.operandStart[i + 1]; o++) {
      const operand = code.operands[o];
      const v = problem.name(operand);
      if (operandIsDef(operand)) {
        this.placeDefinition(i, o, v);
        continue;
      }
      if (operandConstraint(operand) === Constraint.Fixed) this.bring(start, o, operandDetail(operand), i);
      else if (problem.reader[o] >= 0) {
        const d = problem.name(code.operands[problem.reader[o]]);
        this.bring(start, o, cover.locate(d, 4 * i + 1), i);
      } else this.operands[o] = cover.locate(v, 4 * i);
    }
  }

  /** Use operand o reads register r: its value is copied there in front of instruction i, once. */
  private bring(start: number, o: number, r: number, i: number): void {
    const { problem, operands } = this;
    const v = problem.name(problem.code.operands[o]);
    operands[o] = r;
    for (let p = start; p < o; p++)
      if (operands[p] === r && problem.need[p] === 0 && problem.name(problem.code.operands[p]) === v) return;
    this.move(i, Group.Operand, this.cover.locate(v, 4 * i), r, v);
  }

  private placeDefinition(i: number, o: number, v: number): void {
    const { problem, cover } = this;
    const fixed = this.fixedDefinition(o);
    if (fixed >= 0) {
      this.operands[o] = fixed;
      this.move(i + 1, Group.Point, fixed, cover.locate(v, 4 * i + 4), v);
      return;
    }
    const location = cover.locate(v, problem.live.defPoint(o));
    this.operands[o] = location === REMADE ? DELETED : location;
  }
}
