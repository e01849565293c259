// Where each value is at each program point, once every interval has its register.
//
// A bundle that was never split is in one register throughout. The others have a list of stretches, in order: a segment of the bundle cut where
// its pieces begin and end, each with its piece (-1: in the slot, or made anew when it is needed).

import { none32, room32 } from "../../support/arrays.ts";
import { SLOT_BASE } from "../vcode.ts";
import type { Problem } from "./problem.ts";
import { SlotAssigner } from "./slots.ts";

/** Location of a value that is made anew wherever it is needed. */
export const REMADE = -2;
/** Location of a value that is never live. */
export const NOWHERE = -1;

export class Cover {
  private problem!: Problem;
  /** By bundle: its one register, or -1. */
  whole = none32;
  /** By bundle: its stretches, `start` to `start + size`. */
  start = none32;
  size = none32;
  /** By bundle: location of its slot, or -1. */
  slot = none32;
  from = none32;
  to = none32;
  value = none32;
  piece = none32;
  private top = 0;
  private keys = new Float64Array(256);
  private readonly assigner = new SlotAssigner();
  /** Number of slots. */
  slots = 0;

  build(problem: Problem): void {
    this.problem = problem;
    const { intervals } = problem;
    const n = intervals.bundleCount;
    this.whole = room32(this.whole, n).fill(-1, 0, n);
    this.start = room32(this.start, n);
    this.size = room32(this.size, n);
    this.slot = room32(this.slot, n).fill(-1, 0, n);
    this.top = 0;
    this.assigner.clear();
    const owners: number[] = [];
    for (let b = 0; b < n; b++) {
      this.start[b] = this.top;
      this.size[b] = 0;
      if (intervals.size[b] === 0) continue;
      if (intervals.firstPiece[b] === b) {
        this.whole[b] = intervals.register[b];
        continue;
      }
      const needsSlot = this.cut(b, this.sortPieces(b));
      this.size[b] = this.top - this.start[b];
      if (!needsSlot) continue;
      owners.push(b);
      const last = intervals.start[b] + intervals.size[b] - 1;
      const wide = problem.isWide(intervals.value[last]);
      this.assigner.add(intervals.from[intervals.start[b]], intervals.to[last], wide);
    }
    this.slots = this.assigner.assign();
    for (let k = 0; k < owners.length; k++) this.slot[owners[k]] = SLOT_BASE + this.assigner.slot[k];
  }

  /** The segments of bundle b's pieces in order, as keys: from * 2^26 + segment; returns how many. */
  private sortPieces(b: number): number {
    const { intervals } = this.problem;
    let count = 0;
    for (let p = intervals.firstPiece[b]; p >= 0; p = intervals.nextPiece[p]) {
      const end = intervals.start[p] + intervals.size[p];
      for (let k = intervals.start[p]; k < end; k++) {
        if (2 * count + 2 > this.keys.length) {
          const larger = new Float64Array(4 * this.keys.length);
          larger.set(this.keys);
          this.keys = larger;
        }
        this.keys[2 * count] = intervals.from[k];
        this.keys[2 * count + 1] = p;
        count++;
      }
    }
    const pairs = this.keys.subarray(0, 2 * count);
    const order = new Float64Array(count);
    for (let k = 0; k < count; k++) order[k] = pairs[2 * k] * 2 ** 26 + k;
    order.sort();
    const sorted = new Float64Array(2 * count);
    for (let k = 0; k < count; k++) {
      const source = order[k] % 2 ** 26;
      sorted[2 * k] = pairs[2 * source];
      sorted[2 * k + 1] = pairs[2 * source + 1];
    }
    pairs.set(sorted);
    return count;
  }

  private push(from: number, to: number, value: number, piece: number): void {
    if (from >= to) return;
    const n = this.top++;
    this.from = room32(this.from, n + 1);
    this.to = room32(this.to, n + 1);
    this.value = room32(this.value, n + 1);
    this.piece = room32(this.piece, n + 1);
    this.from[n] = from;
    this.to[n] = to;
    this.value[n] = value;
    this.piece[n] = piece;
  }

  /** Makes bundle b's stretches; true when some of them are in the slot. */
  private cut(b: number, count: number): boolean {
    const { intervals, repeat } = this.problem;
    const end = intervals.start[b] + intervals.size[b];
    let next = 0;
    let needsSlot = false;
    for (let k = intervals.start[b]; k < end; k++) {
      const v = intervals.value[k];
      const to = intervals.to[k];
      let at = intervals.from[k];
      while (next < count && this.keys[2 * next] < to) {
        const from = this.keys[2 * next];
        const piece = this.keys[2 * next + 1];
        const until = intervals.to[intervals.segmentAt(piece, from)];
        needsSlot ||= at < from && repeat[v] < 0;
        this.push(at, from, v, -1);
        this.push(from, until, v, piece);
        at = until;
        next++;
      }
      needsSlot ||= at < to && repeat[v] < 0;
      this.push(at, to, v, -1);
    }
    return needsSlot;
  }

  /** Number of bundle b's stretch that holds a point, or -1. */
  stretchAt(b: number, point: number): number {
    let low = this.start[b];
    const end = low + this.size[b];
    let high = end;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.to[middle] > point) high = middle;
      else low = middle + 1;
    }
    return low < end && this.from[low] <= point ? low : -1;
  }

  /** Location of stretch k of bundle b. */
  stretchLocation(b: number, k: number): number {
    if (this.piece[k] >= 0) return this.problem.intervals.register[this.piece[k]];
    return this.problem.repeat[this.value[k]] >= 0 ? REMADE : this.slot[b];
  }

  /** Location of value v at a point where it is live. */
  locate(v: number, point: number): number {
    const b = this.problem.bundle[v];
    if (b < 0) return NOWHERE;
    if (this.whole[b] >= 0) return this.whole[b];
    const k = this.stretchAt(b, point);
    return k < 0 ? NOWHERE : this.stretchLocation(b, k);
  }
}
