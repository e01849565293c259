// Live intervals of the greedy allocator: sets of segments [from, to) of program points (liveness.ts), each with the value (name) that is
// live there. One interval is what gets one register.
//
// Invariants: the segments of an interval are sorted and disjoint. Intervals 0 .. bundleCount - 1 are the bundles that coalescing
// made; they keep their segments for good. An interval made by splitting is a piece of a bundle (`root`): the pieces of a bundle are
// disjoint, and where none of them is, the bundle's value lives in its spill slot or is made anew.
// Segment lists lie in one pool, in blocks of a power of two that are reused.

import { none8, none32, none64, room8, room32, room64 } from "../../support/arrays.ts";

export enum Stage {
  /** Not tried yet. */
  New = 0,
  /** Found no register once; is split when it finds none again. */
  Retry = 1,
  /** Lies in one block, from its first to its last use there. */
  Local = 2,
  /** One use or definition: must have a register. */
  Minimal = 3,
}

export class Intervals {
  // Segments.
  from = none32;
  to = none32;
  value = none32;
  private top = 0;
  /** By binary logarithm of the size: start of the first free block, -1 at the end; `from` of a free block links to the next. */
  private readonly free = new Int32Array(32);

  // Intervals.
  count = 0;
  bundleCount = 0;
  start = none32;
  size = none32;
  root = none32;
  /** Register, -1 without one. */
  register = none32;
  weight = none64;
  stage = none8;
  evictions = none8;
  /** Pieces of a bundle: first by bundle, next by piece, -1 at the end. A bundle that was not split is its own piece. */
  firstPiece = none32;
  nextPiece = none32;

  clear(): void {
    this.top = 0;
    this.count = 0;
    this.bundleCount = 0;
    this.free.fill(-1);
  }

  /** Room for n segments; returns its start. */
  allocate(n: number): number {
    const log = 32 - Math.clz32(Math.max(n, 1) - 1);
    const at = this.free[log];
    if (at >= 0) {
      this.free[log] = this.from[at];
      return at;
    }
    const start = this.top;
    this.top += 1 << log;
    this.from = room32(this.from, this.top);
    this.to = room32(this.to, this.top);
    this.value = room32(this.value, this.top);
    return start;
  }

  release(start: number, n: number): void {
    const log = 32 - Math.clz32(Math.max(n, 1) - 1);
    this.from[start] = this.free[log];
    this.free[log] = start;
  }

  /** A new interval of bundle `root` (itself when negative) with the segments at `start`. */
  add(start: number, size: number, root: number): number {
    const n = this.count++;
    if (n >= this.start.length || n >= this.weight.length) this.grow(n + 1);
    this.start[n] = start;
    this.size[n] = size;
    this.root[n] = root < 0 ? n : root;
    this.register[n] = -1;
    this.weight[n] = 0;
    this.stage[n] = Stage.New;
    this.evictions[n] = 0;
    this.firstPiece[n] = -1;
    this.nextPiece[n] = -1;
    return n;
  }

  private grow(n: number): void {
    this.start = room32(this.start, n);
    this.size = room32(this.size, n);
    this.root = room32(this.root, n);
    this.register = room32(this.register, n);
    this.weight = room64(this.weight, n);
    this.stage = room8(this.stage, n);
    this.evictions = room8(this.evictions, n);
    this.firstPiece = room32(this.firstPiece, n);
    this.nextPiece = room32(this.nextPiece, n);
  }

  /** Makes piece n one of its bundle's pieces. */
  link(n: number): void {
    const bundle = this.root[n];
    this.nextPiece[n] = this.firstPiece[bundle];
    this.firstPiece[bundle] = n;
  }

  /** Takes piece n out of its bundle's list. */
  unlink(n: number): void {
    const bundle = this.root[n];
    if (this.firstPiece[bundle] === n) {
      this.firstPiece[bundle] = this.nextPiece[n];
      return;
    }
    let k = this.firstPiece[bundle];
    while (this.nextPiece[k] !== n) k = this.nextPiece[k];
    this.nextPiece[k] = this.nextPiece[n];
  }

  /** Number of the segment of interval n that holds `point`, or -1. */
  segmentAt(n: number, point: number): number {
    const k = this.segmentBehind(n, point);
    return k < this.start[n] + this.size[n] && this.from[k] <= point ? k : -1;
  }

  /** First segment of interval n that ends behind `point`, or the end of its list. */
  segmentBehind(n: number, point: number): number {
    let low = this.start[n];
    let high = low + this.size[n];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.to[middle] > point) high = middle;
      else low = middle + 1;
    }
    return low;
  }

  /** Points that interval n covers. */
  length(n: number): number {
    let sum = 0;
    const end = this.start[n] + this.size[n];
    for (let k = this.start[n]; k < end; k++) sum += this.to[k] - this.from[k];
    return sum;
  }

  /** The piece of a bundle that holds `point`, or -1; looks at `limit` pieces at most. */
  pieceAt(bundle: number, point: number, limit: number): number {
    for (let p = this.firstPiece[bundle], k = 0; p >= 0 && k < limit; p = this.nextPiece[p], k++)
      if (this.segmentAt(p, point) >= 0) return p;
    return -1;
  }
}
