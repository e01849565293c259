// The blocks of an interval that is to be split (split.ts), and what the cut needs to know of each: which uses lie there, which variables its
// start and end are, what it costs when the value comes and goes in memory, and where the register under test is taken.
//
// Arrays are indexed by place in the list of blocks, which is in layout order, and reused from one interval to the next.

import { none8, none32, none64, room8, room32, room64 } from "../../support/arrays.ts";
import type { Occupancy } from "./occupancy.ts";
import type { Problem } from "./problem.ts";
import type { Needs } from "./spill.ts";

/** Costs of a load and a store, and of a load when the value is made anew instead (which needs no store). */
const LOAD = 1;
const STORE = 0.8;
const REMAKE = 0.6;

export class Region {
  problem!: Problem;
  needs!: Needs;
  private occupancy!: Occupancy;
  private isWide = false;
  private capacity = 0;
  count = 0;
  block = none32;
  /** Segments of the interval that touch the block: first, and behind the last. */
  first = none32;
  end = none32;
  /** Needs (see Needs) in the block: first, and behind the last. */
  firstNeed = none32;
  endNeed = none32;
  /** Variables of the block's start and end (edge bundles). */
  start = none32;
  stop = none32;
  variables = 0;
  isLiveIn = none8;
  isLiveOut = none8;
  /** 1 when one value lives through the block. */
  isThrough = none8;
  // What it costs per execution that the value comes, and that it goes, in memory.
  reads = none64;
  writes = none64;
  // For the register under test: what is in the way, as points: [from, to), empty when from >= to.
  from = none32;
  to = none32;
  /** First clobber (see Occupancy) inside the interval, -1 for none. */
  private clobber = none32;
  /** By block: 1 + its place in the region, valid when the region's block there is that block. */
  private place = none32;
  /** By edge bundle: its variable, valid when `bundleOf` that variable is that bundle. */
  private variableOf = none32;
  private bundleOf = none32;

  begin(problem: Problem, occupancy: Occupancy): void {
    this.problem = problem;
    this.occupancy = occupancy;
    const n = problem.code.blockCount;
    this.place = room32(this.place, n);
    this.variableOf = room32(this.variableOf, 2 * n);
    this.bundleOf = room32(this.bundleOf, 2 * n);
  }

  private grow(): void {
    const n = Math.max(64, 2 * this.capacity);
    this.capacity = n;
    for (const name of ["block", "first", "end", "firstNeed", "endNeed", "from", "to"] as const)
      this[name] = room32(this[name], n);
    for (const name of ["start", "stop", "clobber"] as const) this[name] = room32(this[name], n);
    for (const name of ["isLiveIn", "isLiveOut", "isThrough"] as const) this[name] = room8(this[name], n);
    for (const name of ["reads", "writes"] as const) this[name] = room64(this[name], n);
  }

  /** Makes this the region of interval n. */
  describe(n: number, needs: Needs): void {
    this.needs = needs;
    this.isWide = this.problem.isWide(this.problem.intervals.value[this.problem.intervals.start[n]]);
    this.listBlocks(n);
    this.variables = 0;
    let need = 0;
    for (let x = 0; x < this.count; x++) need = this.describeBlock(x, need);
  }

  private listBlocks(n: number): void {
    const { problem } = this;
    const { intervals } = problem;
    let count = 0;
    let before = -1;
    const end = intervals.start[n] + intervals.size[n];
    for (let k = intervals.start[n]; k < end; k++) {
      const last = problem.blockOf(intervals.to[k] - 1);
      for (let b = problem.blockOf(intervals.from[k]); b <= last; b++) {
        if (b === before) {
          this.end[count - 1] = k + 1;
          continue;
        }
        before = b;
        if (count === this.capacity) this.grow();
        const x = count++;
        this.block[x] = b;
        this.first[x] = k;
        this.end[x] = k + 1;
        this.place[b] = x + 1;
      }
    }
    this.count = count;
  }

  /** Describes place x, whose needs begin at `need`; returns where they end. */
  private describeBlock(x: number, need: number): number {
    const { problem, needs, occupancy } = this;
    const b = this.block[x];
    const { instBlock } = problem.live;
    this.firstNeed[x] = need;
    while (need < needs.count && instBlock[needs.inst[need]] === b) need++;
    this.endNeed[x] = need;
    const from = Math.max(problem.intervals.from[this.first[x]], problem.blockFrom(b));
    const to = Math.min(problem.intervals.to[this.end[x] - 1], problem.blockTo(b));
    this.isLiveIn[x] = from === problem.blockFrom(b) ? 1 : 0;
    this.isLiveOut[x] = to === problem.blockTo(b) ? 1 : 0;
    const isOne = this.end[x] - this.first[x] === 1;
    this.isThrough[x] = isOne && this.isLiveIn[x] === 1 && this.isLiveOut[x] === 1 ? 1 : 0;
    this.findMemoryCosts(x);
    this.start[x] = this.variable(problem.bundleIn[b]);
    this.stop[x] = this.variable(problem.bundleOut[b]);
    const c = occupancy.clobberBehind(from);
    this.clobber[x] = c < occupancy.clobberCount && 4 * occupancy.clobberInst[c] + 2 < to ? c : -1;
    return need;
  }

  /** Variable of an edge bundle. */
  private variable(bundle: number): number {
    const x = this.variableOf[bundle];
    if (x < this.variables && this.bundleOf[x] === bundle) return x;
    this.bundleOf[this.variables] = bundle;
    this.variableOf[bundle] = this.variables;
    return this.variables++;
  }

  /** Place of block b in the region, or -1. */
  placeOf(b: number): number {
    const x = this.place[b] - 1;
    return x >= 0 && x < this.count && this.block[x] === b ? x : -1;
  }

  loadCost(k: number): number {
    return this.problem.repeat[this.problem.intervals.value[k]] >= 0 ? REMAKE : LOAD;
  }
  storeCost(k: number): number {
    return this.problem.repeat[this.problem.intervals.value[k]] >= 0 ? 0 : STORE;
  }

  /** Number of needs of place x that lie between two points. */
  needsBetween(x: number, from: number, to: number): number {
    const { needs } = this;
    let count = 0;
    for (let k = this.firstNeed[x]; k < this.endNeed[x]; k++)
      if (needs.from[k] >= from && needs.to[k] <= to) count++;
    return count;
  }

  /** Cost of the interval in memory, with a load per block that needs it. */
  costInMemory(): number {
    const { problem } = this;
    let sum = 0;
    for (let x = 0; x < this.count; x++) {
      const frequency = problem.frequencies.of[this.block[x]];
      sum += frequency * (this.reads[x] + this.writes[x]);
    }
    return sum;
  }

  private findMemoryCosts(x: number): void {
    const { problem, needs } = this;
    let reads = 0;
    let writes = 0;
    for (let k = this.firstNeed[x]; k < this.endNeed[x]; k++)
      if (needs.from[k] === 4 * needs.inst[k]) reads = this.loadCost(this.first[x]);
    const last = this.end[x] - 1;
    const { value, from } = problem.intervals;
    if (this.isThrough[x] === 0 && this.isLiveOut[x] === 1 && problem.definedAt(value[last], from[last]))
      writes = this.storeCost(last);
    if (this.isLiveIn[x] === 0) reads = Math.min(reads, writes);
    this.reads[x] = reads;
    this.writes[x] = writes;
  }

  // ---- One register ----

  /** Puts the registers that may save anything into `ranked`, by the most they can save: the cost of blocks that they are not taken in throughout. */
  rankRegisters(order: readonly number[], gain: Float64Array, ranked: number[]): void {
    const { problem } = this;
    ranked.length = 0;
    for (const r of order) gain[r] = 0;
    for (let x = 0; x < this.count; x++) {
      const cost = this.reads[x] + this.writes[x];
      if (cost === 0) continue;
      const b = this.block[x];
      const frequency = problem.frequencies.of[b];
      const start = problem.blockFrom(b);
      const end = problem.blockTo(b);
      for (let k = 0; k < order.length; k++) {
        const r = order[k];
        this.findInBlock(x, r);
        if (this.from[x] > start || this.to[x] < end) gain[r] += cost * frequency;
      }
    }
    for (const r of order) if (gain[r] > 0) ranked.push(r);
    ranked.sort((a, b) => gain[b] - gain[a]);
  }

  /** Finds where register r is taken inside the interval, block by block. */
  findInterference(r: number): void {
    for (let x = 0; x < this.count; x++) this.findInBlock(x, r);
  }

  private findInBlock(x: number, r: number): void {
    const { problem, occupancy } = this;
    const { from, to, value } = problem.intervals;
    const b = this.block[x];
    const start = problem.blockFrom(b);
    const end = problem.blockTo(b);
    this.from[x] = 0x7fffffff;
    this.to[x] = -1;
    for (let k = this.first[x]; k < this.end[x]; k++) {
      const segmentFrom = Math.max(from[k], start);
      const segmentTo = Math.min(to[k], end);
      for (let at = segmentFrom; at < segmentTo; ) {
        const node = occupancy.nextConflict(r, at, segmentTo, value[k]);
        if (node === 0) break;
        at = occupancy.nodeTo(node);
        this.widen(x, Math.max(segmentFrom, occupancy.nodeFrom(node)), Math.min(segmentTo, at));
      }
      if (this.clobber[x] >= 0) this.widenByClobbers(x, r, segmentFrom, segmentTo);
    }
  }

  private widen(x: number, from: number, to: number): void {
    if (from < this.from[x]) this.from[x] = from;
    if (to > this.to[x]) this.to[x] = to;
  }

  private widenByClobbers(x: number, r: number, from: number, to: number): void {
    const { occupancy } = this;
    const isOne = this.end[x] - this.first[x] === 1;
    for (let c = isOne ? this.clobber[x] : occupancy.clobberBehind(from); c < occupancy.clobberCount; c++) {
      const point = 4 * occupancy.clobberInst[c] + 2;
      if (point >= to) return;
      if (occupancy.clobbers(c, r, this.isWide))
        this.widen(x, Math.max(from, point), Math.min(to, point + 2));
    }
  }

  isTaken(x: number): boolean {
    return this.from[x] < this.to[x];
  }

  /** True when the value that is live into place x is still live where the register is taken. */
  reaches(x: number): boolean {
    return this.problem.intervals.to[this.first[x]] > this.from[x];
  }
}
