// The costs of splitting an interval with one register, as a minimum cut (split.ts): what each block and each edge out of the region adds to
// the graph, and what the labels that the cut finds cost in truth. The cut leaves out what does not depend on the labels.

import { MinimumCut, NEVER } from "./mincut.ts";
import type { Region } from "./region.ts";

export class SplitCosts {
  readonly cut = new MinimumCut();
  private readonly region: Region;

  constructor(region: Region) {
    this.region = region;
  }

  /** Starts the graph of interval n for the register whose interference the region holds. */
  build(n: number): void {
    const { region, cut } = this;
    cut.begin(region.variables);
    const isWhole = region.problem.intervals.root[n] === n;
    for (let x = 0; x < region.count; x++) {
      if (region.isTaken(x)) this.addTakenBlock(x);
      else this.addFreeBlock(x);
      if (isWhole) continue;
      if (region.isLiveIn[x] === 1) this.addEntries(n, x);
      if (region.isLiveOut[x] === 1) this.addExits(n, x);
    }
  }

  /** Costs of a block in which the register is free throughout. */
  private addFreeBlock(x: number): void {
    const { region, cut } = this;
    const { problem } = region;
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
    const load = region.loadCost(region.first[x]);
    const store = region.storeCost(region.first[x]);
    cut.addCost(region.start[x], 0, frequency * load);
    cut.addCost(region.stop[x], frequency * (load - reads), 0);
    cut.addDifference(region.start[x], region.stop[x], frequency * (store + load - reads), 0);
  }

  /** Costs of a block in which the register is taken between region.from and region.to. */
  private addTakenBlock(x: number): void {
    const { region, cut } = this;
    const { problem } = region;
    const b = region.block[x];
    const frequency = problem.frequencies.of[b];
    const load = region.loadCost(region.first[x]);
    const before = region.needsBetween(x, problem.blockFrom(b), region.from[x]);
    const after = region.needsBetween(x, region.to[x], problem.blockTo(b));
    if (region.isLiveIn[x] === 1) {
      const isOpen = region.from[x] > problem.blockFrom(b);
      const leaves = region.isThrough[x] === 1 || region.reaches(x) ? region.storeCost(region.first[x]) : 0;
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

  /** Costs of the edges into place x from other pieces of the bundle. */
  private addEntries(n: number, x: number): void {
    const { region } = this;
    const { problem } = region;
    const { predStart, predList } = problem.live;
    const b = region.block[x];
    const load = region.loadCost(region.first[x]);
    const store = region.storeCost(region.first[x]);
    for (let k = predStart[b]; k < predStart[b + 1]; k++) {
      const p = predList[k];
      const y = region.placeOf(p);
      if (y >= 0 && region.isLiveOut[y] === 1) continue;
      const frequency = problem.frequencies.edge(problem.code, p, b);
      this.addOutside(n, region.start[x], problem.blockTo(p) - 1, frequency * load, frequency * store);
    }
  }

  /** Costs of the edges out of place x that leave the region. */
  private addExits(n: number, x: number): void {
    const { region } = this;
    const { problem } = region;
    const b = region.block[x];
    const last = region.end[x] - 1;
    for (const s of problem.code.blockSuccs[b]) {
      const y = region.placeOf(s);
      if (y >= 0 && region.isLiveIn[y] === 1) continue;
      const frequency = problem.frequencies.edge(problem.code, b, s);
      const point = problem.blockFrom(s);
      this.addOutside(
        n,
        region.stop[x],
        point,
        frequency * region.storeCost(last),
        frequency * region.loadCost(last),
      );
    }
  }

  /** Cost of a variable that borders on the bundle's value at a point outside of the interval. */
  private addOutside(n: number, variable: number, point: number, register: number, memory: number): void {
    const { intervals } = this.region.problem;
    const root = intervals.root[n];
    if (root === n || intervals.segmentAt(root, point) < 0) return;
    const piece = intervals.pieceAt(root, point, 24);
    if (piece >= 0) this.cut.addCost(variable, 0, memory);
    else this.cut.addCost(variable, register, 0);
  }

  /** Cost of the labels that `cut` found. */
  evaluate(limit: number): number {
    const { region, cut } = this;
    const { problem } = region;
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
    const { region } = this;
    const { problem } = region;
    const load = region.loadCost(region.first[x]);
    const store = region.storeCost(region.end[x] - 1);
    const reads = region.reads[x];
    const writes = region.writes[x];
    const through = region.isThrough[x] === 1;
    if (!region.isTaken(x)) {
      if (!through) {
        const alone = region.isLiveIn[x] === 0 && region.isLiveOut[x] === 0;
        return (isIn || alone ? 0 : reads) + (isOut ? 0 : writes);
      }
      if (isIn) return isOut ? 0 : store;
      return isOut ? load : reads;
    }
    const b = region.block[x];
    const before = region.needsBetween(x, problem.blockFrom(b), region.from[x]);
    const after = region.needsBetween(x, region.to[x], problem.blockTo(b));
    const inside = region.endNeed[x] - region.firstNeed[x] - before - after;
    let sum = inside > 0 ? load : 0;
    if (isIn) sum += region.reaches(x) ? store : 0;
    else if (before > 0) sum += load;
    const isDefinedAfter = problem.intervals.from[region.end[x] - 1] >= region.to[x];
    if (isOut) sum += isDefinedAfter ? 0 : load;
    else if (after > 0 && !isDefinedAfter) sum += load;
    return sum + (isOut && isDefinedAfter ? 0 : writes);
  }
}
