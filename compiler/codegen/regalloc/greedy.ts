// The greedy allocator, for -O1 and up: bundles of values get registers in order of size; what finds none evicts what weighs less, is
// split, and at last lives in memory. After LLVM's greedy allocator (Olesen 2011) and regalloc2 (Fallin 2021), with bundles and
// locations as in the latter.
//
//   prepare (problem.ts) -> bundles (coalesce.ts) -> this loop over a queue of intervals -> moves, loads and stores (resolve.ts)
//
// For each interval: a free register, best where it saves a copy (affinities), a new callee-saved register only when it saves more than
// it costs; else the register whose occupants weigh least; the first time round, wait until everybody else was tried; then split
// around what is in the way (split.ts), or fall back to pieces around uses (spill.ts), which always find a place.

import { none32 } from "../../support/arrays.ts";
import type { CodegenOptions, Target } from "../target.ts";
import { SLOT_BASE, type VCode } from "../vcode.ts";
import { makeBundles } from "./coalesce.ts";
import { Stage } from "./intervals.ts";
import { LocalSplitter } from "./local.ts";
import { Occupancy } from "./occupancy.ts";
import { Problem } from "./problem.ts";
import { PriorityQueue } from "./queue.ts";
import { Resolver } from "./resolve.ts";
import { planFrame } from "./shrink-wrap.ts";
import { cutByBlocks, Needs, spillToBlocks } from "./spill.ts";
import { Splitter } from "./split.ts";
import type { Allocation, FramePlace } from "./types.ts";
import { costOf, setWeight, visitBoundaries } from "./weights.ts";

/** Steps of liveness analysis allowed, per instruction and in addition. */
const LIVENESS_STEPS = 64;
const LEAST_STEPS = 4_000_000;
/** Saving and restoring a callee-saved register, per call of the function. */
const SAVE_COST = 1.8;
/** How often an interval may be evicted before it has to do without evicting others. */
const MOST_EVICTIONS = 12;
/** Above all priorities of intervals that are tried for the second time. */
const FIRST_TIME = 2 ** 32;
/** Work of splitting (splits' own and tests for interference), per instruction. */
const SPLIT_WORK = 2500;
/** The same, for a whole function: some seconds. */
const MOST_SPLIT_WORK = 100_000_000;
/** Pieces of a bundle looked at for a hint. */
const PIECES = 24;

class GreedyAllocator {
  private readonly problem = new Problem();
  private readonly occupancy = new Occupancy();
  private readonly queue = new PriorityQueue();
  private readonly needs = new Needs();
  private readonly splitter = new Splitter();
  private readonly local = new LocalSplitter();
  private readonly resolver = new Resolver();
  /** By register: what an assignment would save in copies; the registers where that is not 0. */
  private readonly hint = new Float64Array(SLOT_BASE);
  private readonly hinted: number[] = [];
  private readonly used = new Uint8Array(SLOT_BASE);
  private stamp = none32;
  private stampNow = 0;
  private readonly entryCost = new Float64Array(SLOT_BASE);
  private splitBudget = 0;
  /** Intervals that should leave callee-saved registers alone, as they live where there may be no frame. */
  private readonly frameless = new Set<number>();
  private pieces: number[] = [];
  private victims: number[] = [];

  /** The allocation, or undefined when the function is too large or an instruction asks for more than this allocator can give. */
  allocate(code: VCode, target: Target, options: CodegenOptions): Allocation | undefined {
    const { problem, occupancy } = this;
    const budget = LEAST_STEPS + LIVENESS_STEPS * code.count;
    if (!problem.prepare(code, target, options, budget)) return undefined;
    makeBundles(problem);
    occupancy.prepare(problem);
    if (this.stamp.length < code.vregCount) this.stamp = new Int32Array(2 * code.vregCount);
    this.used.fill(0);
    this.splitter.begin(problem, occupancy);
    this.splitBudget = Math.min(SPLIT_WORK * (code.count + 1000), MOST_SPLIT_WORK);
    if (!this.run()) return undefined;
    return this.resolver.resolve(problem);
  }

  private run(): boolean {
    const { problem, queue } = this;
    const { intervals } = problem;
    queue.clear();
    this.frameless.clear();
    const frame = planFrame(problem.code, problem.rows, problem.frequencies);
    for (let n = 0; n < intervals.bundleCount; n++) {
      if (intervals.size[n] === 0) continue;
      intervals.link(n);
      if (frame !== undefined && this.splitAtFrame(n, frame)) continue;
      this.enqueue(n);
    }
    while (queue.size > 0) {
      const n = queue.pop();
      if (this.assign(n) || this.evictFor(n)) continue;
      if (intervals.stage[n] === Stage.Minimal) return false;
      if (intervals.stage[n] === Stage.New) {
        intervals.stage[n] = Stage.Retry;
        queue.push(n, intervals.length(n));
      } else this.spill(n);
    }
    return true;
  }

  /** Splits a bundle that lives across calls where it comes in to the frame's blocks and goes out, so that it needs no saved register outside. */
  private splitAtFrame(n: number, frame: FramePlace): boolean {
    const { problem, occupancy, pieces } = this;
    const { intervals } = problem;
    occupancy.findBlocked(n);
    if (!problem.order(intervals.value[intervals.start[n]]).some((r) => occupancy.isBlocked(r))) return false;
    pieces.length = 0;
    if (!cutByBlocks(problem, n, frame.inside, pieces)) return false;
    this.frameless.add(pieces[0]);
    this.replace(n);
    return true;
  }

  private enqueue(n: number): void {
    const { intervals } = this.problem;
    setWeight(this.problem, n);
    const first = intervals.stage[n] === Stage.Retry ? 0 : FIRST_TIME;
    this.queue.push(n, first + intervals.length(n));
  }

  // ---- Registers ----

  /** Gives interval n a register where nothing is in the way. */
  private assign(n: number): boolean {
    const { problem, occupancy, hint, hinted } = this;
    occupancy.findBlocked(n);
    this.findHints(n);
    const order = problem.order(problem.intervals.value[problem.intervals.start[n]]);
    let best = -1;
    hinted.sort((a, b) => hint[b] - hint[a]);
    if (this.frameless.has(n)) for (const r of hinted) if (problem.isCalleeSaved[r] === 1) hint[r] = -1;
    for (const r of hinted)
      if (this.gain(r) > 0 && !occupancy.isBlocked(r) && occupancy.isFree(n, r)) {
        best = r;
        break;
      }
    for (let k = 0; k < order.length && best < 0; k++)
      if (!occupancy.isBlocked(order[k]) && occupancy.isFree(n, order[k])) best = order[k];
    if (best < 0 || !this.isWorthSaving(n, best)) return false;
    this.used[best] = 1;
    occupancy.assign(n, best);
    return true;
  }

  private isNewSave(r: number): boolean {
    return this.problem.isCalleeSaved[r] === 1 && this.used[r] === 0;
  }

  private gain(r: number): number {
    return this.hint[r] - (this.isNewSave(r) ? SAVE_COST : 0);
  }

  /** False when r would have to be saved for interval n and memory is cheaper. */
  private isWorthSaving(n: number, r: number): boolean {
    const { intervals } = this.problem;
    if (!this.isNewSave(r) || intervals.stage[n] >= Stage.Local) return true;
    return costOf(intervals.weight[n], intervals.length(n)) >= SAVE_COST;
  }

  /** Registers in which interval n would save copies: where operands are fixed, and where its partners are. */
  private findHints(n: number): void {
    const { problem, hint, hinted } = this;
    const { intervals, isAllocatable, bundle } = problem;
    for (const r of hinted) hint[r] = 0;
    hinted.length = 0;
    const add = (r: number, gain: number): void => {
      if (r < 0 || isAllocatable[r] === 0) return;
      if (hint[r] === 0) hinted.push(r);
      hint[r] += gain;
    };
    const stamp = ++this.stampNow;
    const end = intervals.start[n] + intervals.size[n];
    for (let k = intervals.start[n]; k < end; k++) {
      const v = intervals.value[k];
      if (this.stamp[v] === stamp) continue;
      this.stamp[v] = stamp;
      for (let a = problem.affinityHead[v]; a >= 0; a = problem.affinityNext[a]) {
        if (intervals.size[n] > 1 && intervals.segmentAt(n, problem.affinityPoint[a]) < 0) continue;
        const other = problem.affinityOther[a];
        if (other < 0) add(-1 - other, problem.affinityGain[a]);
        else if (bundle[other] >= 0) {
          const piece = intervals.pieceAt(bundle[other], problem.affinityOtherPoint[a], PIECES);
          if (piece >= 0) add(intervals.register[piece], problem.affinityGain[a]);
        }
      }
    }
    if (intervals.root[n] === n) return;
    visitBoundaries(problem, n, (point, frequency) => {
      const piece = intervals.pieceAt(intervals.root[n], point, PIECES);
      if (piece >= 0) add(intervals.register[piece], frequency);
    });
  }

  /** Gives interval n the register whose occupants weigh least, if they weigh less than n. */
  private evictFor(n: number): boolean {
    const { problem, occupancy } = this;
    const { intervals } = problem;
    const weight = intervals.weight[n];
    if (intervals.evictions[n] > MOST_EVICTIONS && intervals.stage[n] !== Stage.Minimal) return false;
    let best = -1;
    let least = weight;
    for (const r of problem.order(intervals.value[intervals.start[n]])) {
      if (occupancy.isBlocked(r) || !occupancy.conflicts(n, r, least)) continue;
      let heaviest = 0;
      for (const owner of occupancy.found) heaviest = Math.max(heaviest, intervals.weight[owner]);
      if (heaviest >= least || !this.isWorthSaving(n, r)) continue;
      least = heaviest;
      best = r;
      this.victims = occupancy.found.slice();
    }
    if (best < 0) return false;
    for (const victim of this.victims) {
      occupancy.unassign(victim);
      if (intervals.evictions[victim] < 255) intervals.evictions[victim]++;
      const first = intervals.stage[victim] === Stage.Retry ? 0 : FIRST_TIME;
      this.queue.push(victim, first + intervals.length(victim));
    }
    this.used[best] = 1;
    occupancy.assign(n, best);
    return true;
  }

  // ---- Memory ----

  /** Replaces interval n by pieces: around what is in its way, or around its uses. */
  private spill(n: number): void {
    const { problem, occupancy, needs, pieces, splitter } = this;
    const { intervals } = problem;
    pieces.length = 0;
    needs.collect(problem, n);
    const maySplit = splitter.work + occupancy.work < this.splitBudget;
    if (intervals.stage[n] === Stage.Local) this.local.split(problem, occupancy, n, needs, maySplit, pieces);
    else if (!maySplit || splitter.split(n, needs, this.entryCosts(), pieces) < 0)
      spillToBlocks(problem, n, needs, pieces);
    this.replace(n);
  }

  private entryCosts(): Float64Array {
    for (let r = 0; r < SLOT_BASE; r++) this.entryCost[r] = this.isNewSave(r) ? SAVE_COST : 0;
    return this.entryCost;
  }

  /** Puts `pieces` in interval n's place. */
  private replace(n: number): void {
    const { intervals } = this.problem;
    intervals.unlink(n);
    if (intervals.root[n] !== n) intervals.release(intervals.start[n], intervals.size[n]);
    for (const piece of this.pieces) intervals.link(piece);
    for (const piece of this.pieces) this.enqueue(piece);
  }
}

const allocator = new GreedyAllocator();

/** Allocates registers for speed; see the head of this file. Undefined when the function is too large. */
export function allocateGreedy(code: VCode, target: Target, options: CodegenOptions): Allocation | undefined {
  return allocator.allocate(code, target, options);
}
