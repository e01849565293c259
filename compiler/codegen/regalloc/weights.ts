// What it costs to keep an interval in memory, and how badly it therefore wants a register.
//
// The cost counts loads and stores by block frequency: at uses and definitions, and where a piece of a split bundle meets its
// neighbours. The weight by which intervals evict each other is the cost per point covered (Chaitin; the constant that keeps short
// intervals from dominating is LLVM's idea).

import { operandIsDef } from "../vcode.ts";
import { Stage } from "./intervals.ts";
import { Need, type Problem } from "./problem.ts";

/** Instructions added to each interval's length. */
const LEAST_LENGTH = 16;
/** Cost of a use by its Need, per execution; a value that can be made anew needs no memory. */
const USE_COST = [0.6, 0.6, 1];
const REPEAT_COST = [0.1, 0.6, 0.6];
const DEFINITION_COST = [0.6, 1, 1];
const PARAMETER_COST = 0.5;
/** Weight of what must have a register: more than any other, and more the longer it is. */
const UNSPILLABLE = 1e30;

/** Visits the places where the value of a piece comes from or goes to another piece or the slot: the other side's point, frequency. */
export type BoundaryVisitor = (otherPoint: number, frequency: number) => void;

export function visitBoundaries(problem: Problem, n: number, visit: BoundaryVisitor): void {
  const { intervals, frequencies } = problem;
  const end = intervals.start[n] + intervals.size[n];
  for (let k = intervals.start[n]; k < end; k++) {
    const from = intervals.from[k];
    const to = intervals.to[k];
    const v = intervals.value[k];
    const first = problem.blockOf(from);
    const last = problem.blockOf(to - 1);
    const defined = problem.definedAt(v, from);
    if (!defined && from !== problem.blockFrom(first)) visit(from - 1, frequencies.of[first]);
    for (let b = first; b <= last; b++) {
      if (b > first || (!defined && from === problem.blockFrom(b))) visitEntries(problem, n, k, b, visit);
      if (b < last || to === problem.blockTo(b)) visitExits(problem, n, k, b, visit);
    }
    if (to !== problem.blockTo(last) && (to & 3) === 0 && isLive(problem, n, v, to))
      visit(to, frequencies.of[last]);
  }
}

/** Edges into block b, where segment k of interval n is live. */
function visitEntries(problem: Problem, n: number, k: number, b: number, visit: BoundaryVisitor): void {
  const { predStart, predList } = problem.live;
  const { from, to } = problem.intervals;
  for (let i = predStart[b]; i < predStart[b + 1]; i++) {
    const p = predList[i];
    const point = problem.blockTo(p) - 1;
    if (point >= from[k] && point < to[k]) continue;
    if (problem.intervals.segmentAt(n, point) < 0) visit(point, problem.frequencies.edge(problem.code, p, b));
  }
}

/** Edges out of block b, at whose end segment k of interval n is live. */
function visitExits(problem: Problem, n: number, k: number, b: number, visit: BoundaryVisitor): void {
  const successors = problem.code.blockSuccs[b];
  const { from, to, value } = problem.intervals;
  const v = value[k];
  for (let i = 0; i < successors.length; i++) {
    const s = successors[i];
    if (i > 0 && successors[i - 1] === s) continue;
    const point = problem.blockFrom(s);
    if (point >= from[k] && point < to[k]) continue;
    if (problem.intervals.segmentAt(n, point) < 0 && isLive(problem, n, v, point))
      visit(point, problem.frequencies.edge(problem.code, b, s));
  }
}

/** True when value v of interval n's bundle is live at a point. */
function isLive(problem: Problem, n: number, v: number, point: number): boolean {
  const { intervals } = problem;
  const k = intervals.segmentAt(intervals.root[n], point);
  return k >= 0 && intervals.value[k] === v && intervals.from[k] < point + 1 && !problem.definedAt(v, point);
}

/** What interval n costs when it lives in memory. */
function spillCost(problem: Problem, n: number): number {
  const { intervals } = problem;
  let sum = 0;
  const end = intervals.start[n] + intervals.size[n];
  for (let k = intervals.start[n]; k < end; k++)
    sum += segmentCost(problem, intervals.value[k], intervals.from[k], intervals.to[k]);
  if (intervals.root[n] !== n) visitBoundaries(problem, n, (_, frequency) => (sum += frequency));
  return sum;
}

/** Cost of value v's uses and definition between two points. */
function segmentCost(problem: Problem, v: number, from: number, to: number): number {
  const { live, frequencies, need, repeat } = problem;
  const costs = repeat[v] >= 0 ? REPEAT_COST : USE_COST;
  let sum = 0;
  for (let k = problem.firstUse(v, from); k < live.useStart[v + 1]; k++) {
    const o = live.useList[k];
    const i = live.operandInst[o];
    if (4 * i >= to) break;
    sum += costs[need[o]] * frequencies.of[live.instBlock[i]];
  }
  if (repeat[v] >= 0 || !problem.definedAt(v, from)) return sum;
  const o = live.defOperand[v];
  return sum + (o < 0 ? PARAMETER_COST : DEFINITION_COST[need[o]]) * problem.frequencyAt(from);
}

/** Weight of an interval by its cost in memory and the points it covers. */
export function weightOf(cost: number, length: number): number {
  return cost / (length / 4 + LEAST_LENGTH);
}

/** The other way round: the cost that gave a weight. */
export function costOf(weight: number, length: number): number {
  return weight * (length / 4 + LEAST_LENGTH);
}

/** Sets the weight of interval n from its cost. */
export function setWeight(problem: Problem, n: number): void {
  const { intervals } = problem;
  const length = intervals.length(n);
  if (intervals.stage[n] === Stage.Minimal || isShortest(problem, n)) {
    intervals.stage[n] = Stage.Minimal;
    intervals.weight[n] = UNSPILLABLE * (1 + length / 1024);
  } else intervals.weight[n] = weightOf(spillCost(problem, n), length);
}

/** True when interval n begins in one instruction, ends in the next, and needs a register: nothing shorter would help. */
function isShortest(problem: Problem, n: number): boolean {
  const { intervals, live, need, code } = problem;
  if (intervals.size[n] !== 1) return false;
  const k = intervals.start[n];
  const first = intervals.from[k] >> 2;
  if (intervals.to[k] > 4 * first + 8 || first + 1 >= code.count) return false;
  const v = intervals.value[k];
  if (intervals.to[k] > 4 * first + 6 || (intervals.from[k] & 3) === 0) return false;
  for (let i = first; i <= first + 1; i++)
    for (let o = code.operandStart[i]; o < code.operandStart[i + 1]; o++)
      if (live.isCopy[i] === 0 && need[o] === Need.Register && problem.name(code.operands[o]) === v)
        if (!operandIsDef(code.operands[o]) || problem.repeat[v] < 0) return true;
  return false;
}
