// Cutting an interval by the labels of the best split (split.ts): the stretches that stay in the register make one piece, the connected parts
// of what is left one each. Inside of a block the value changes its place where its uses begin and end.

import { none8, none32, room32 } from "../../support/arrays.ts";
import { Stage } from "./intervals.ts";
import type { MinimumCut } from "./mincut.ts";
import type { Problem } from "./problem.ts";
import type { Region } from "./region.ts";
import { appendSegment } from "./spill.ts";

export class Divider {
  private readonly region: Region;
  /** Labels of the best register so far: by place, bit 0 in the register at the start, bit 1 at the end. */
  private labels = none8;
  private bestFrom = none32;
  private bestTo = none32;
  private parent = none32;
  private readonly kept: number[] = [];
  /** By connected part: where its next segment goes, and how many are to come. */
  private place = none32;
  private size = none32;

  constructor(region: Region) {
    this.region = region;
  }

  private get problem(): Problem {
    return this.region.problem;
  }

  /** Keeps the labels that `cut` found, for `divide`. */
  remember(cut: MinimumCut): void {
    const { region } = this;
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

  /** Cuts interval n by the best labels; false when that leaves it whole. */
  divide(n: number, pieces: number[]): boolean {
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
    const { region } = this;
    const { needs } = region;
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
    const { region } = this;
    const { needs } = region;
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
    const size = found.length / 3;
    const at = intervals.allocate(size);
    for (let k = 0; k < size; k++) {
      intervals.from[at + k] = found[3 * k];
      intervals.to[at + k] = found[3 * k + 1];
      intervals.value[at + k] = found[3 * k + 2];
    }
    return this.add(n, at, size);
  }

  /** A new interval of n's bundle with the segments at `at`. */
  private add(n: number, at: number, size: number): number {
    const { intervals } = this.problem;
    const piece = intervals.add(at, size, intervals.root[n]);
    intervals.stage[piece] = Stage.New;
    return piece;
  }

  /** Makes a piece of each connected part of `rest`. */
  private divideRest(n: number, rest: readonly number[], pieces: number[]): void {
    const count = rest.length / 3;
    this.parent = room32(this.parent, count);
    this.place = room32(this.place, count);
    this.size = room32(this.size, count).fill(0, 0, count);
    const { parent, place, size } = this;
    for (let k = 0; k < count; k++) parent[k] = k;
    for (let k = 0; k < count; k++) this.connect(rest, count, k);
    for (let k = 0; k < count; k++) {
      parent[k] = this.find(k);
      size[parent[k]]++;
    }
    const { intervals } = this.problem;
    // Pieces in the order of their first stretches; a part that has its piece has size 0.
    for (let k = 0; k < count; k++) {
      const part = parent[k];
      if (size[part] > 0) {
        place[part] = intervals.allocate(size[part]);
        pieces.push(this.add(n, place[part], size[part]));
        size[part] = 0;
      }
      const at = place[part]++;
      intervals.from[at] = rest[3 * k];
      intervals.to[at] = rest[3 * k + 1];
      intervals.value[at] = rest[3 * k + 2];
    }
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
