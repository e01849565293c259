// Coalescing: values that would be copied into one another share one bundle, and so one register, when they are never live at
// the same time: arguments and parameters of edges, and the operands of two-address instructions. The most frequent copies are
// tried first (the "aggressive" coalescing of Chaitin, with exact live ranges). What cannot be merged stays as an affinity (problem.ts).
//
// The cost of a test is that of the smaller list times a logarithm; merges copy both lists, and stop when they have copied too much.

import { room64 } from "../../support/arrays.ts";
import type { Problem } from "./problem.ts";

/** Segments that merges may copy, per segment there is, and at least. */
const COPIES = 100;
const LEAST_COPIES = 1_000_000;

let keys = new Float64Array(1024);

/** Makes the bundles: intervals of `problem` and `problem.bundle`. */
export function makeBundles(problem: Problem): void {
  const { code, live, intervals } = problem;
  problem.bundle.length < code.vregCount && (problem.bundle = new Int32Array(2 * code.vregCount));
  for (let v = 0; v < code.vregCount; v++) {
    const from = live.rangeStart[v];
    const size = live.rangeStart[v + 1] - from;
    problem.bundle[v] = -1;
    if (size === 0 || live.nameOf[v] !== v) continue;
    if (live.defOperand[v] < 0 && live.isUnused(v)) continue;
    const start = intervals.allocate(size);
    for (let k = 0; k < size; k++) {
      intervals.from[start + k] = live.rangeFrom[from + k];
      intervals.to[start + k] = live.rangeTo[from + k];
      intervals.value[start + k] = v;
    }
    problem.bundle[v] = intervals.add(start, size, -1);
  }
  mergeAffine(problem);
  for (let v = 0; v < code.vregCount; v++)
    if (problem.bundle[v] >= 0) problem.bundle[v] = find(problem, problem.bundle[v]);
  intervals.bundleCount = intervals.count;
}

/** The bundle that interval n was merged into. */
function find(problem: Problem, n: number): number {
  const { root } = problem.intervals;
  let end = n;
  while (root[end] !== end) end = root[end];
  while (root[n] !== end) {
    const next = root[n];
    root[n] = end;
    n = next;
  }
  return end;
}

/** Tries all pairs of values with an affinity, the most frequent first. */
function mergeAffine(problem: Problem): void {
  const { code, affinityHead, affinityNext, affinityOther, affinityGain, bundle, live } = problem;
  let pairs = 0;
  const from: number[] = [];
  for (let v = 1; v < code.vregCount; v++)
    for (let n = affinityHead[v]; n >= 0; n = affinityNext[n]) {
      const w = affinityOther[n];
      if (w <= v || bundle[v] < 0 || bundle[w] < 0 || isConstantElsewhere(problem, v, w)) continue;
      from[pairs] = v;
      keys = room64(keys, 2 * pairs + 2);
      keys[2 * pairs] = n;
      keys[2 * pairs + 1] = affinityGain[n];
      pairs++;
    }
  const order = Array.from({ length: pairs }, (_, k) => k);
  // In order of layout among equals, so that values chain along the code.
  const place = (k: number): number => problem.affinityPoint[keys[2 * k]];
  order.sort((a, b) => keys[2 * b + 1] - keys[2 * a + 1] || place(a) - place(b) || a - b);
  let budget = Math.max(LEAST_COPIES, COPIES * live.rangeTotal);
  for (const k of order) {
    const a = find(problem, bundle[from[k]]);
    const b = find(problem, bundle[affinityOther[keys[2 * k]]]);
    if (a === b || problem.isWide(from[k]) !== problem.isWide(affinityOther[keys[2 * k]])) continue;
    if (problem.isFloat(from[k]) !== problem.isFloat(affinityOther[keys[2 * k]])) continue;
    const size = problem.intervals.size[a] + problem.intervals.size[b];
    if (budget < size || overlap(problem, a, b)) continue;
    budget -= size;
    merge(problem, a, b);
  }
}

/** True when one of the two values is a constant with other uses: it is better made anew for this one. */
function isConstantElsewhere(problem: Problem, v: number, w: number): boolean {
  return isSharedConstant(problem, v) || isSharedConstant(problem, w);
}

function isSharedConstant(problem: Problem, v: number): boolean {
  if (problem.repeat[v] < 0) return false;
  const n = problem.affinityHead[v];
  const { useStart } = problem.live;
  return problem.affinityNext[n] >= 0 || useStart[v + 1] - useStart[v] > 1;
}

function overlap(problem: Problem, a: number, b: number): boolean {
  const { intervals } = problem;
  const { start, size, from, to } = intervals;
  const [small, large] = size[a] < size[b] ? [a, b] : [b, a];
  const end = start[large] + size[large];
  for (let k = start[small]; k < start[small] + size[small]; k++) {
    const n = intervals.segmentBehind(large, from[k]);
    if (n < end && from[n] < to[k]) return true;
  }
  return false;
}

function merge(problem: Problem, a: number, b: number): void {
  const { intervals } = problem;
  const { start, size } = intervals;
  const total = size[a] + size[b];
  const at = intervals.allocate(total);
  const { from, to, value } = intervals;
  let x = start[a];
  let y = start[b];
  const endX = x + size[a];
  const endY = y + size[b];
  for (let k = at; k < at + total; k++) {
    const source = y === endY || (x < endX && from[x] < from[y]) ? x++ : y++;
    from[k] = from[source];
    to[k] = to[source];
    value[k] = value[source];
  }
  intervals.release(start[a], size[a]);
  intervals.release(start[b], size[b]);
  start[a] = at;
  size[a] = total;
  size[b] = 0;
  intervals.root[b] = a;
}
