// Splitting a local interval (one block, from its first to its last use): the run of uses that can keep a register best becomes an interval of
// its own, what is before and behind it others. After LLVM's tryLocalSplit.
//
// A run may take a register when it weighs more than everything in its way there; it can then evict that.

import { none32, none64 } from "../../support/arrays.ts";
import { Stage } from "./intervals.ts";
import type { Occupancy } from "./occupancy.ts";
import type { Problem } from "./problem.ts";
import { cutPiece, type Needs, spillToInstructions } from "./spill.ts";
import { weightOf } from "./weights.ts";

export class LocalSplitter {
  private problem!: Problem;
  private occupancy!: Occupancy;
  private needs!: Needs;
  /** By need: the greatest weight in the way from it to the next. */
  private obstacle = none64;
  /** Numbers of needs whose obstacles are the greatest from there on, for the run looked at. */
  private greatest = none32;
  private bestFirst = 0;
  private bestLast = 0;
  private bestGain = 0;

  /** Replaces interval n, which has found no register, by shorter ones. Without `maySplit`, one for each instruction. */
  split(
    problem: Problem,
    occupancy: Occupancy,
    n: number,
    needs: Needs,
    maySplit: boolean,
    pieces: number[],
  ): void {
    this.problem = problem;
    this.occupancy = occupancy;
    this.needs = needs;
    this.bestGain = 0;
    if (maySplit && needs.count > 2) this.findRun(n);
    if (this.bestGain <= 0) {
      spillToInstructions(problem, n, needs, 0, needs.count - 1, pieces);
      return;
    }
    const { bestFirst, bestLast } = this;
    this.addRun(n, 0, bestFirst - 1, pieces);
    this.addRun(n, bestFirst, bestLast, pieces);
    this.addRun(n, bestLast + 1, needs.count - 1, pieces);
  }

  private addRun(n: number, first: number, last: number, pieces: number[]): void {
    if (first > last) return;
    const { problem, needs } = this;
    if (needs.inst[first] === needs.inst[last]) spillToInstructions(problem, n, needs, first, last, pieces);
    else pieces.push(cutPiece(problem, n, needs.from[first], needs.to[last], Stage.Local));
  }

  private findRun(n: number): void {
    const { problem, needs } = this;
    if (this.obstacle.length < needs.count) {
      this.obstacle = new Float64Array(2 * needs.count);
      this.greatest = new Int32Array(2 * needs.count);
    }
    const frequency = problem.frequencyAt(needs.from[0]);
    for (const r of problem.order(problem.intervals.value[problem.intervals.start[n]])) {
      this.findObstacles(n, r);
      this.searchRuns(frequency);
    }
  }

  private findObstacles(n: number, r: number): void {
    const { problem, occupancy, needs, obstacle } = this;
    const { intervals } = problem;
    obstacle.fill(0, 0, needs.count);
    const end = intervals.start[n] + intervals.size[n];
    const wide = problem.isWide(intervals.value[intervals.start[n]]);
    let need = 0;
    for (let k = intervals.start[n]; k < end; k++) {
      const to = intervals.to[k];
      for (let at = intervals.from[k]; at < to; ) {
        const node = occupancy.nextConflict(r, at, to, intervals.value[k]);
        if (node === 0) break;
        const owner = occupancy.nodeOwner(node);
        const weight = owner < 0 ? Number.POSITIVE_INFINITY : intervals.weight[owner];
        need = this.block(need, Math.max(at, occupancy.nodeFrom(node)), occupancy.nodeTo(node), weight);
        at = occupancy.nodeTo(node);
      }
      for (let c = occupancy.clobberBehind(intervals.from[k]); c < occupancy.clobberCount; c++) {
        const point = 4 * occupancy.clobberInst[c] + 2;
        if (point >= to) break;
        if (occupancy.clobbers(c, r, wide)) this.block(0, point, point + 2, Number.POSITIVE_INFINITY);
      }
    }
  }

  /** Notes that [from, to) is taken, searching from need `need` on; returns the first need concerned. */
  private block(need: number, from: number, to: number, weight: number): number {
    const { needs, obstacle } = this;
    const last = needs.count - 1;
    while (need < last && needs.from[need + 1] <= from) need++;
    for (let k = need; k <= last && needs.from[k] < to; k++) if (weight > obstacle[k]) obstacle[k] = weight;
    return need;
  }

  /** Slides a run over the needs: it grows while it outweighs what is in its way, and shrinks otherwise. */
  private searchRuns(frequency: number): void {
    const { needs, obstacle, greatest } = this;
    let top = 0;
    let bottom = 0;
    let first = 0;
    for (let last = 0; last < needs.count; last++) {
      while (top > bottom && obstacle[greatest[top - 1]] <= obstacle[last]) top--;
      greatest[top++] = last;
      while (first < last) {
        const isWhole = first === 0 && last === needs.count - 1;
        const gain = isWhole ? -1 : this.gain(first, last, frequency, obstacle[greatest[bottom]]);
        if (gain > this.bestGain) {
          this.bestGain = gain;
          this.bestFirst = first;
          this.bestLast = last;
        }
        if (gain > 0) break;
        first++;
        while (bottom < top && greatest[bottom] < first) bottom++;
      }
    }
  }

  private gain(first: number, last: number, frequency: number, obstacle: number): number {
    const { needs } = this;
    if (needs.inst[first] === needs.inst[last]) return -1;
    return weightOf((last - first + 1) * frequency, needs.to[last] - needs.from[first]) - obstacle;
  }
}
