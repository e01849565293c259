// Splitting an interval that fits no register as a whole: the part of it that is worth keeping in one register, cut so that loads and
// stores fall on the cheapest edges, outside of loops and off the common path.
//
// For one register, every block start and end that the interval is live at asks: is the value in the register there, or in memory? Ends and
// starts that edges connect have one answer (an "edge bundle": no edge is critical, so a change on an edge is as good in the block that
// has only that edge). What is in the way in the register, uses and definitions give costs; the answers with the least sum are a minimum cut (mincut.ts). LLVM's greedy allocator asks the same question of a neural network (SplitKit, SpillPlacement);
// the cut is exact. The best of all registers is taken; what is left of the interval is divided into its connected parts.
//
//   blocks and interference (region.ts) -> costs and cut (split-costs.ts) -> pieces (divide.ts)

import { SLOT_BASE } from "../vcode.ts";
import { Divider } from "./divide.ts";
import type { Occupancy } from "./occupancy.ts";
import type { Problem } from "./problem.ts";
import { Region } from "./region.ts";
import type { Needs } from "./spill.ts";
import { SplitCosts } from "./split-costs.ts";

/** Work of one cut, per block. */
const CUT_WORK = 200;
/** Registers for which the cut is computed, and how many of them in a row may bring nothing. */
const MOST_TRIED = 12;
const MOST_FAILURES = 4;
/** Cost below which nothing is split: such code hardly ever runs. */
const LEAST_COST = 0.5;
/** Share of all costs that a split must save. */
const LEAST_GAIN = 0.01;

export class Splitter {
  private problem!: Problem;
  private readonly region = new Region();
  private readonly costs = new SplitCosts(this.region);
  private readonly divider = new Divider(this.region);
  /** By register: the most that it can save; the registers in that order. */
  private readonly gain = new Float64Array(SLOT_BASE);
  private readonly ranked: number[] = [];

  begin(problem: Problem, occupancy: Occupancy): void {
    this.problem = problem;
    this.region.begin(problem, occupancy);
    this.costs.cut.work = 0;
  }

  /** Work done since `begin`. */
  get work(): number {
    return this.costs.cut.work;
  }

  /**
   * Finds the register and the part of interval n that save most; adds that part and what is left to `pieces` and returns the register, or
   * -1 when no split pays. `entry` is what the first use of each register costs.
   */
  split(n: number, needs: Needs, entry: Float64Array, pieces: number[]): number {
    const { problem, region } = this;
    region.describe(n, needs);
    if (region.count < 2) return -1;
    const value = problem.intervals.value[problem.intervals.start[n]];
    let best = -1;
    let failures = 0;
    const inMemory = region.costInMemory();
    let least = inMemory * (1 - LEAST_GAIN);
    if (least <= LEAST_COST) return -1;
    region.rankRegisters(problem.order(value), this.gain, this.ranked);
    for (let k = 0; k < MOST_TRIED && k < this.ranked.length; k++) {
      const r = this.ranked[k];
      if (inMemory - this.gain[r] >= least) break;
      region.findInterference(r);
      const cost = entry[r] + this.solve(n, least);
      if (cost >= least) {
        if (++failures === MOST_FAILURES) break;
        continue;
      }
      failures = 0;
      least = cost;
      best = r;
      this.divider.remember(this.costs.cut);
    }
    return best >= 0 && this.divider.divide(n, pieces) ? best : -1;
  }

  /** Least cost with the register under test; the labels stay in `costs.cut`. Not exact above `limit`. */
  private solve(n: number, limit: number): number {
    const { region, costs } = this;
    costs.build(n);
    if (!costs.cut.solve(CUT_WORK * (region.count + 50))) return Number.POSITIVE_INFINITY;
    return costs.evaluate(limit);
  }
}
