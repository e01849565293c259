// Splitting an interval that fits no register as a whole: the part of it that is worth keeping in one register, cut so that loads and
// stores fall on the cheapest edges, outside of loops and off the common path.
//
// For one register, every block start and end that the interval is live at asks: is the value in the register there, or in memory? Ends and
// starts that edges connect have one answer (an "edge bundle": no edge is critical, so a change on an edge is as good in the block that
// has only that edge). What is in the way in the register, uses and definitions give costs; the answers with the least sum are a minimum cut (mincut.ts). LLVM's greedy allocator asks the same question of a neural network (SplitKit, SpillPlacement);
// the cut is exact. The best of all registers is taken; what is left of the interval is divided into its connected parts.

import { room8, room32, room64 } from "../../support/arrays.ts";
import { SLOT_BASE } from "../vcode.ts";
import { Stage } from "./intervals.ts";
import { MinimumCut } from "./mincut.ts";
import type { Occupancy } from "./occupancy.ts";
import type { Problem } from "./problem.ts";
import { appendSegment, type Needs } from "./spill.ts";

/** Costs of a load and a store, and of a load when the value is made anew instead (which needs no store). */
const LOAD = 1;
const STORE = 0.8;
const REMAKE = 0.6;
/** Cost of what cannot be. */
const NEVER = 1e15;
/** Work of one cut, per block. */
const CUT_WORK = 200;
/** Registers for which the cut is computed, and how many of them in a row may bring nothing. */
const MOST_TRIED = 12;
const MOST_FAILURES = 4;
/** Cost below which nothing is split: such code hardly ever runs. */
const LEAST_COST = 0.5;
/** Share of all costs that a split must save. */
const LEAST_GAIN = 0.01;

/** The blocks of one interval, in order; all arrays are indexed by place in this list. */
class Region {
  count = 0;
  block = new Int32Array(64);
  /** Segments of the interval that touch the block: first, and behind the last. */
  first = new Int32Array(64);
  end = new Int32Array(64);
  /** Needs (see Needs) in the block: first, and behind the last. */
  firstNeed = new Int32Array(64);
  endNeed = new Int32Array(64);
  /** Variables of the block's start and end (edge bundles). */
  start = new Int32Array(64);
  stop = new Int32Array(64);
  variables = 0;
  isLiveIn = new Uint8Array(64);
  isLiveOut = new Uint8Array(64);
  /** 1 when one value lives through the block. */
  isThrough = new Uint8Array(64);
  // What it costs per execution that the value comes, and that it goes, in memory.
  reads = new Float64Array(64);
  writes = new Float64Array(64);
  // For the register under test: what is in the way, as points: [from, to), empty when from >= to.
  from = new Int32Array(64);
  to = new Int32Array(64);

  size(n: number): void {
    if (this.block.length >= n && this.writes.length >= n) return;
    for (const name of [
      "block",
      "first",
      "end",
      "firstNeed",
      "endNeed",
      "from",
      "to",
      "start",
      "stop",
    ] as const)
      this[name] = room32(this[name], n);
    for (const name of ["isLiveIn", "isLiveOut", "isThrough"] as const) this[name] = room8(this[name], n);
    this.reads = room64(this.reads, n);
    this.writes = room64(this.writes, n);
  }
}

export class Splitter {
  private problem!: Problem;
  private occupancy!: Occupancy;
  private needs!: Needs;
  private readonly region = new Region();
  private readonly cut = new MinimumCut();
  /** By block: 1 + its place in the region, valid when the region's block there is that block. */
  private place = new Int32Array(64);
  /** By edge bundle: its variable, valid when `bundleOf` that variable is that bundle. */
  private variableOf = new Int32Array(64);
  private bundleOf = new Int32Array(64);
  /** Labels of the best register so far: by place, bit 0 in the register at the start, bit 1 at the end. */
  private labels = new Uint8Array(64);
  private bestFrom = new Int32Array(64);
  private bestTo = new Int32Array(64);
  private parent = new Int32Array(64);
  private kept: number[] = [];
  /** By register: the most that it can save; the registers in that order. */
  private readonly gain = new Float64Array(SLOT_BASE);
  private readonly ranked: number[] = [];

  begin(problem: Problem, occupancy: Occupancy): void {
    this.problem = problem;
    this.occupancy = occupancy;
    this.cut.work = 0;
  }

  /** Work done since `begin`. */
  get work(): number {
    return this.cut.work;
  }

  /**
   * Finds the register and the part of interval n that save most; adds that part and what is left to `pieces` and returns the register, or
   * -1 when no split pays. `entry` is what the first use of each register costs.
   */
  split(n: number, needs: Needs, entry: Float64Array, pieces: number[]): number {
    const { problem, region } = this;
    this.needs = needs;
    this.describe(n);
    if (region.count < 2) return -1;
    const value = problem.intervals.value[problem.intervals.start[n]];
    let best = -1;
    let failures = 0;
    const inMemory = this.costInMemory();
    let least = inMemory * (1 - LEAST_GAIN);
    if (least <= LEAST_COST) return -1;
    this.rankRegisters(n, problem.order(value));
    for (let k = 0; k < MOST_TRIED && k < this.ranked.length; k++) {
      const r = this.ranked[k];
      if (inMemory - this.gain[r] >= least) break;
      this.findInterference(n, r);
      const cost = entry[r] + this.solve(n, least);
      if (cost >= least) {
        if (++failures === MOST_FAILURES) break;
        continue;
      }
      failures = 0;
      least = cost;
      best = r;
      this.remember();
    }
    return best >= 0 && this.divide(n, pieces) ? best : -1;
  }

  // ---- The interval's blocks ----

  private describe(n: number): void {
    const { problem, region, needs } = this;
    const { intervals, live } = problem;
    this.place = room32(this.place, problem.code.blockCount);
    this.variableOf = room32(this.variableOf, 2 * problem.code.blockCount);
    this.bundleOf = room32(this.bundleOf, 2 * problem.code.blockCount);
    region.count = 0;
    region.variables = 0;
    const end = intervals.start[n] + intervals.size[n];
    let need = 0;
    for (let k = intervals.start[n]; k < end; k++) {
      const last = problem.blockOf(intervals.to[k] - 1);
      for (let b = problem.blockOf(intervals.from[k]); b <= last; b++) {
        if (region.count > 0 && region.block[region.count - 1] === b) {
          region.end[region.count - 1] = k + 1;
          continue;
        }
        region.size(region.count + 1);
        const x = region.count++;
        region.block[x] = b;
        region.first[x] = k;
        region.end[x] = k + 1;
        this.place[b] = x + 1;
      }
    }
    for (let x = 0; x < region.count; x++) {
      const b = region.block[x];
      region.firstNeed[x] = need;
      while (need < needs.count && live.instBlock[needs.inst[need]] === b) need++;
      region.endNeed[x] = need;
      const { from, to } = intervals;
      region.isLiveIn[x] = from[region.first[x]] <= problem.blockFrom(b) ? 1 : 0;
      region.isLiveOut[x] = to[region.end[x] - 1] >= problem.blockTo(b) ? 1 : 0;
      const isOne = region.end[x] - region.first[x] === 1;
      region.isThrough[x] = isOne && region.isLiveIn[x] === 1 && region.isLiveOut[x] === 1 ? 1 : 0;
      this.findMemoryCosts(x);
      region.start[x] = this.variable(problem.bundleIn[b]);
      region.stop[x] = this.variable(problem.bundleOut[b]);
    }
  }

  /** Variable of an edge bundle. */
  private variable(bundle: number): number {
    const { region } = this;
    const x = this.variableOf[bundle];
    if (x < region.variables && this.bundleOf[x] === bundle) return x;
    this.bundleOf[region.variables] = bundle;
    this.variableOf[bundle] = region.variables;
    return region.variables++;
  }

  /** Place of block b in the region, or -1. */
  private placeOf(b: number): number {
    const x = this.place[b] - 1;
    return x >= 0 && x < this.region.count && this.region.block[x] === b ? x : -1;
  }

  private loadCost(k: number): number {
    return this.problem.repeat[this.problem.intervals.value[k]] >= 0 ? REMAKE : LOAD;
  }
  private storeCost(k: number): number {
    return this.problem.repeat[this.problem.intervals.value[k]] >= 0 ? 0 : STORE;
  }

  /** Number of needs of place x that lie between two points. */
  private needsBetween(x: number, from: number, to: number): number {
    const { region, needs } = this;
    let count = 0;
    for (let k = region.firstNeed[x]; k < region.endNeed[x]; k++)
      if (needs.from[k] >= from && needs.to[k] <= to) count++;
    return count;
  }

  /** Cost of the interval in memory, with a load per block that needs it. */
  private costInMemory(): number {
    const { region, problem } = this;
    let sum = 0;
    for (let x = 0; x < region.count; x++) {
      const frequency = problem.frequencies.of[region.block[x]];
      sum += frequency * (region.reads[x] + region.writes[x]);
    }
    return sum;
  }

  private findMemoryCosts(x: number): void {
    const { region, problem, needs } = this;
    let reads = 0;
    let writes = 0;
    for (let k = region.firstNeed[x]; k < region.endNeed[x]; k++)
      if (needs.from[k] === 4 * needs.inst[k]) reads = this.loadCost(region.first[x]);
    const last = region.end[x] - 1;
    const { value, from } = problem.intervals;
    if (region.isThrough[x] === 0 && region.isLiveOut[x] === 1 && problem.definedAt(value[last], from[last]))
      writes = this.storeCost(last);
    if (region.isLiveIn[x] === 0) reads = Math.min(reads, writes);
    region.reads[x] = reads;
    region.writes[x] = writes;
  }

  // ---- One register ----

  /** Puts the registers that may save anything into `ranked`, by the most they can save: the cost of blocks that they are not taken in throughout. */
  private rankRegisters(n: number, order: readonly number[]): void {
    const { gain, ranked, region, problem } = this;
    const wide = problem.isWide(problem.intervals.value[problem.intervals.start[n]]);
    ranked.length = 0;
    for (const r of order) gain[r] = 0;
    for (let x = 0; x < region.count; x++) {
      const cost = region.reads[x] + region.writes[x];
      if (cost === 0) continue;
      const b = region.block[x];
      const frequency = problem.frequencies.of[b];
      for (const r of order) {
        this.findInBlock(x, r, wide);
        if (region.from[x] > problem.blockFrom(b) || region.to[x] < problem.blockTo(b))
          gain[r] += cost * frequency;
      }
    }
    for (const r of order) if (gain[r] > 0) ranked.push(r);
    ranked.sort((a, b) => gain[b] - gain[a]);
  }

  /** Finds where register r is taken inside the interval, block by block. */
  private findInterference(n: number, r: number): void {
    const { problem, region } = this;
    const wide = problem.isWide(problem.intervals.value[problem.intervals.start[n]]);
    for (let x = 0; x < region.count; x++) this.findInBlock(x, r, wide);
  }

  private findInBlock(x: number, r: number, wide: boolean): void {
    const { problem, region } = this;
    const { from, to, value } = problem.intervals;
    const b = region.block[x];
    const start = problem.blockFrom(b);
    const end = problem.blockTo(b);
    region.from[x] = 0x7fffffff;
    region.to[x] = -1;
    for (let k = region.first[x]; k < region.end[x]; k++) {
      this.widen(x, r, Math.max(from[k], start), Math.min(to[k], end), value[k]);
      this.widenByClobbers(x, r, Math.max(from[k], start), Math.min(to[k], end), wide);
    }
  }

  private widen(x: number, r: number, from: number, to: number, value: number): void {
    const { occupancy, region } = this;
    for (let at = from; at < to; ) {
      const node = occupancy.nextConflict(r, at, to, value);
      if (node === 0) return;
      region.from[x] = Math.min(region.from[x], Math.max(from, occupancy.nodeFrom(node)));
      region.to[x] = Math.max(region.to[x], Math.min(to, occupancy.nodeTo(node)));
      at = occupancy.nodeTo(node);
    }
  }

  private widenByClobbers(x: number, r: number, from: number, to: number, wide: boolean): void {
    const { occupancy, region } = this;
    for (let c = occupancy.clobberBehind(from); c < occupancy.clobberCount; c++) {
      const point = 4 * occupancy.clobberInst[c] + 2;
      if (point >= to) return;
      if (!occupancy.clobbers(c, r, wide)) continue;
      region.from[x] = Math.min(region.from[x], Math.max(from, point));
      region.to[x] = Math.max(region.to[x], Math.min(to, point + 2));
    }
  }

  private isTaken(x: number): boolean {
    return this.region.from[x] < this.region.to[x];
  }

  /** Least cost with the register under test; the labels stay in `cut`. Not exact above `limit`. */
  private solve(n: number, limit: number): number {
    const { region, cut } = this;
    cut.begin(region.variables);
    for (let x = 0; x < region.count; x++) {
      if (this.isTaken(x)) this.addTakenBlock(x);
      else this.addFreeBlock(x);
      if (region.isLiveIn[x] === 1) this.addEntries(n, x);
      if (region.isLiveOut[x] === 1) this.addExits(n, x);
    }
    if (!cut.solve(CUT_WORK * (region.count + 50))) return Number.POSITIVE_INFINITY;
    return this.evaluate(limit);
  }

  /** Costs of a block in which the register is free throughout. */
  private addFreeBlock(x: number): void {
    const { region, cut, problem } = this;
    const frequency = problem.frequencies.of[region.block[x]];
    const reads = region.reads[x];
    const writes = region.writes[x];
    if (region.isThrough[x] === 0) {
      if (region.isLiveIn[x] === 1) cut.addCost(region.start[x], 0, frequency * reads);
      if (region.isLiveOut[x] === 1)
        cut.addCost(region.stop[x], 0, frequency * (writes + (region.isLiveIn[x] === 1 ? 0 : reads)));
      return;
    }
    // In the register at both ends: free. Changing inside costs a store or a load; memory at both ends a load for the uses.
    const load = this.loadCost(region.first[x]);
    const store = this.storeCost(region.first[x]);
    cut.addCost(region.start[x], 0, frequency * load);
    cut.addCost(region.stop[x], frequency * (load - reads), 0);
    cut.addDifference(region.start[x], region.stop[x], frequency * (store + load - reads), 0);
  }

  /** Costs of a block in which the register is taken between region.from and region.to. */
  private addTakenBlock(x: number): void {
    const { region, cut, problem } = this;
    const b = region.block[x];
    const frequency = problem.frequencies.of[b];
    const load = this.loadCost(region.first[x]);
    const before = this.needsBetween(x, problem.blockFrom(b), region.from[x]);
    const after = this.needsBetween(x, region.to[x], problem.blockTo(b));
    if (region.isLiveIn[x] === 1) {
      const isOpen = region.from[x] > problem.blockFrom(b);
      const leaves = region.isThrough[x] === 1 || this.reaches(x) ? this.storeCost(region.first[x]) : 0;
      cut.addCost(region.start[x], isOpen ? frequency * leaves : NEVER, before > 0 ? frequency * load : 0);
    }
    if (region.isLiveOut[x] === 0) return;
    const isOpen = region.to[x] <= 4 * (problem.code.blockStart[b + 1] - 1);
    const last = region.end[x] - 1;
    const isDefinedAfter = problem.intervals.from[last] >= region.to[x];
    const writes = region.writes[x];
    if (isDefinedAfter) cut.addCost(region.stop[x], isOpen ? 0 : NEVER, frequency * writes);
    else cut.addCost(region.stop[x], isOpen ? frequency * load : NEVER, after > 0 ? frequency * load : 0);
  }

  /** True when the value that is live into place x is still live where the register is taken. */
  private reaches(x: number): boolean {
    return this.problem.intervals.to[this.region.first[x]] > this.region.from[x];
  }

  /** Costs of the edges into place x from other pieces of the bundle. */
  private addEntries(n: number, x: number): void {
    const { problem, region } = this;
    if (problem.intervals.root[n] === n) return;
    const { predStart, predList } = problem.live;
    const b = region.block[x];
    const load = this.loadCost(region.first[x]);
    const store = this.storeCost(region.first[x]);
    for (let k = predStart[b]; k < predStart[b + 1]; k++) {
      const p = predList[k];
      const y = this.placeOf(p);
      if (y >= 0 && region.isLiveOut[y] === 1) continue;
      const frequency = problem.frequencies.edge(problem.code, p, b);
      this.addOutside(n, region.start[x], problem.blockTo(p) - 1, frequency * load, frequency * store);
    }
  }

  /** Costs of the edges out of place x that leave the region. */
  private addExits(n: number, x: number): void {
    const { problem, region } = this;
    const b = region.block[x];
    const last = region.end[x] - 1;
    if (problem.intervals.root[n] === n) return;
    for (const s of problem.code.blockSuccs[b]) {
      const y = this.placeOf(s);
      if (y >= 0 && region.isLiveIn[y] === 1) continue;
      const frequency = problem.frequencies.edge(problem.code, b, s);
      const point = problem.blockFrom(s);
      this.addOutside(
        n,
        region.stop[x],
        point,
        frequency * this.storeCost(last),
        frequency * this.loadCost(last),
      );
    }
  }

  /** Cost of a variable that borders on the bundle's value at a point outside of the interval. */
  private addOutside(n: number, variable: number, point: number, register: number, memory: number): void {
    const { intervals } = this.problem;
    const root = intervals.root[n];
    if (root === n || intervals.segmentAt(root, point) < 0) return;
    const piece = intervals.pieceAt(root, point, 24);
    if (piece >= 0) this.cut.addCost(variable, 0, memory);
    else this.cut.addCost(variable, register, 0);
  }

  /** Cost of the labels that `cut` found. */
  private evaluate(limit: number): number {
    const { region, cut, problem } = this;
    let sum = 0;
    let any = false;
    for (let x = 0; x < region.count && sum < limit; x++) {
      const isIn = region.isLiveIn[x] === 1 && cut.isRegister(region.start[x]);
      const isOut = region.isLiveOut[x] === 1 && cut.isRegister(region.stop[x]);
      any ||= isIn || isOut;
      sum += problem.frequencies.of[region.block[x]] * this.blockCost(x, isIn, isOut);
    }
    return any ? sum : Number.POSITIVE_INFINITY;
  }

  /** Cost per execution of place x with given labels. */
  private blockCost(x: number, isIn: boolean, isOut: boolean): number {
    const { region, problem } = this;
    const load = this.loadCost(region.first[x]);
    const store = this.storeCost(region.end[x] - 1);
    const reads = region.reads[x];
    const writes = region.writes[x];
    const through = region.isThrough[x] === 1;
    if (!this.isTaken(x)) {
      if (!through) {
        const alone = region.isLiveIn[x] === 0 && region.isLiveOut[x] === 0;
        return (isIn || alone ? 0 : reads) + (isOut ? 0 : writes);
      }
      if (isIn) return isOut ? 0 : store;
      return isOut ? load : reads;
    }
    const b = region.block[x];
    const before = this.needsBetween(x, problem.blockFrom(b), region.from[x]);
    const after = this.needsBetween(x, region.to[x], problem.blockTo(b));
    const inside = region.endNeed[x] - region.firstNeed[x] - before - after;
    let sum = inside > 0 ? load : 0;
    if (isIn) sum += this.reaches(x) ? store : 0;
    else if (before > 0) sum += load;
    const isDefinedAfter = problem.intervals.from[region.end[x] - 1] >= region.to[x];
    if (isOut) sum += isDefinedAfter ? 0 : load;
    else if (after > 0 && !isDefinedAfter) sum += load;
    return sum + (isOut && isDefinedAfter ? 0 : writes);
  }

  private remember(): void {
    const { region, cut } = this;
    if (this.labels.length < region.count) this.labels = new Uint8Array(2 * region.count);
    this.bestFrom = room32(this.bestFrom, region.count);
    this.bestTo = room32(this.bestTo, region.count);
    for (let x = 0; x < region.count; x++) {
      const isIn = region.isLiveIn[x] === 1 && cut.isRegister(region.start[x]);
      const isOut = region.isLiveOut[x] === 1 && cut.isRegister(region.stop[x]);
      this.labels[x] = (isIn ? 1 : 0) | (isOut ? 2 : 0);
      this.bestFrom[x] = region.from[x];
      this.bestTo[x] = region.to[x];
    }
  }

  // ---- Dividing ----

  /** Cuts interval n by the best labels; false when that leaves it whole. */
  private divide(n: number, pieces: number[]): boolean {
    const { region, kept } = this;
    kept.length = 0;
    for (let x = 0; x < region.count; x++) this.keepInBlock(x);
    if (kept.length === 0) return false;
    const rest = this.complement(n);
    if (rest.length === 0) return false;
    pieces.push(this.makePiece(n, kept, 0, kept.length));
    this.divideRest(n, rest, pieces);
    return true;
  }

  /** Adds to `kept` the stretches [from, to) of place x that stay in the register. */
  private keepInBlock(x: number): void {
    const { region, problem } = this;
    const b = region.block[x];
    const from = problem.blockFrom(b);
    const to = problem.blockTo(b);
    const isIn = (this.labels[x] & 1) !== 0;
    const isOut = (this.labels[x] & 2) !== 0;
    const isTaken = this.bestFrom[x] < this.bestTo[x];
    const alone = region.isLiveIn[x] === 0 && region.isLiveOut[x] === 0;
    if (!isTaken && ((isIn && (isOut || region.isLiveOut[x] === 0)) || (isOut && region.isLiveIn[x] === 0))) {
      this.keep(from, to);
      return;
    }
    if (alone) return;
    const first = isTaken ? this.bestFrom[x] : this.lastSplit(x, to);
    if (isIn) this.keep(from, this.leaveAt(x, from, first));
    if (isOut) this.keep(this.returnAt(x, isTaken ? this.bestTo[x] : this.firstSplit(x, from), to), to);
  }

  /** Behind the first segment of place x, when another follows; else `to`. */
  private lastSplit(x: number, to: number): number {
    const { region, problem } = this;
    return region.isThrough[x] === 1 ? to : Math.min(to, problem.intervals.to[region.first[x]]);
  }
  private firstSplit(x: number, from: number): number {
    const { region, problem } = this;
    return region.isThrough[x] === 1 ? from : Math.max(from, problem.intervals.from[region.end[x] - 1]);
  }

  private keep(from: number, to: number): void {
    if (from < to) this.kept.push(from, to);
  }

  /**
   * Where the value that comes in a register leaves it: behind its last need in front of `limit`, or where it ends. A value that lives on changes
   * its place at a multiple of 4 only.
   */
  private leaveAt(x: number, from: number, limit: number): number {
    const { region, needs } = this;
    const end = this.problem.intervals.to[region.first[x]];
    let at = from;
    if (end <= limit) at = end;
    for (let k = region.firstNeed[x]; k < region.endNeed[x]; k++) {
      const behind = (needs.to[k] + 3) & ~3;
      if (behind <= limit) at = Math.max(at, behind);
    }
    return at;
  }

  /** Where the value that goes in a register comes back to it: at its first need behind `limit`, else in front of the last instruction. */
  private returnAt(x: number, limit: number, to: number): number {
    const { region, needs } = this;
    for (let k = region.firstNeed[x]; k < region.endNeed[x]; k++)
      if (needs.from[k] >= limit) return needs.from[k];
    const last = region.end[x] - 1;
    const { from } = this.problem.intervals;
    if (from[last] >= limit) return from[last];
    return to - 4;
  }

  /** What of interval n is not kept, as triples from, to, value. */
  private complement(n: number): number[] {
    const { kept, problem } = this;
    const { intervals } = problem;
    const rest: number[] = [];
    let j = 0;
    for (let k = intervals.start[n]; k < intervals.start[n] + intervals.size[n]; k++) {
      let at = intervals.from[k];
      const to = intervals.to[k];
      while (j < kept.length && kept[j + 1] <= at) j += 2;
      for (let i = j; i < kept.length && kept[i] < to; i += 2) {
        if (kept[i] > at) rest.push(at, kept[i], intervals.value[k]);
        at = Math.max(at, kept[i + 1]);
      }
      if (at < to) rest.push(at, to, intervals.value[k]);
    }
    return rest;
  }

  /** A piece from what interval n and the stretches list[first .. end) have in common. */
  private makePiece(n: number, list: readonly number[], first: number, end: number): number {
    const { intervals } = this.problem;
    const found: number[] = [];
    for (let i = first; i < end; i += 2) {
      const last = intervals.start[n] + intervals.size[n];
      for (let k = intervals.segmentBehind(n, list[i]); k < last && intervals.from[k] < list[i + 1]; k++) {
        const from = Math.max(intervals.from[k], list[i]);
        const to = Math.min(intervals.to[k], list[i + 1]);
        appendSegment(this.problem, found, from, to, intervals.value[k]);
      }
    }
    return this.store(
      n,
      found,
      Array.from({ length: found.length / 3 }, (_, k) => k),
    );
  }

  /** An interval of n's bundle with the triples of `list` numbered in `which`. */
  private store(n: number, list: readonly number[], which: readonly number[]): number {
    const { intervals } = this.problem;
    const at = intervals.allocate(which.length);
    which.forEach((k, i) => {
      intervals.from[at + i] = list[3 * k];
      intervals.to[at + i] = list[3 * k + 1];
      intervals.value[at + i] = list[3 * k + 2];
    });
    const piece = intervals.add(at, which.length, intervals.root[n]);
    intervals.stage[piece] = Stage.New;
    return piece;
  }

  /** Makes a piece of each connected part of `rest`. */
  private divideRest(n: number, rest: readonly number[], pieces: number[]): void {
    const count = rest.length / 3;
    this.parent = room32(this.parent, count);
    for (let k = 0; k < count; k++) this.parent[k] = k;
    for (let k = 0; k < count; k++) this.connect(rest, count, k);
    const groups = new Map<number, number[]>();
    for (let k = 0; k < count; k++) {
      const root = this.find(k);
      const group = groups.get(root);
      if (group === undefined) groups.set(root, [k]);
      else group.push(k);
    }
    for (const group of groups.values()) pieces.push(this.store(n, rest, group));
  }

  private find(k: number): number {
    const { parent } = this;
    while (parent[k] !== k) {
      parent[k] = parent[parent[k]];
      k = parent[k];
    }
    return k;
  }

  /** Joins stretch k of `rest` with those that come after it in the flow of control. */
  private connect(rest: readonly number[], count: number, k: number): void {
    const { problem } = this;
    const to = rest[3 * k + 1];
    if (k + 1 < count && rest[3 * k + 3] === to) this.join(k, k + 1);
    const last = problem.blockOf(to - 1);
    for (let b = problem.blockOf(rest[3 * k]); b <= last; b++) {
      if (b === last && to !== problem.blockTo(b)) return;
      for (const s of problem.code.blockSuccs[b]) {
        const other = this.restAt(rest, count, problem.blockFrom(s));
        if (other >= 0) this.join(k, other);
      }
    }
  }

  private join(a: number, b: number): void {
    this.parent[this.find(a)] = this.find(b);
  }

  private restAt(rest: readonly number[], count: number, point: number): number {
    let low = 0;
    let high = count;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (rest[3 * middle + 1] > point) high = middle;
      else low = middle + 1;
    }
    return low < count && rest[3 * low] <= point ? low : -1;
  }
}
