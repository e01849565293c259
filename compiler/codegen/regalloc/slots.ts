// Spill slots for intervals of program points: intervals that do not overlap share a slot.
//
// Linear scan (Poletto and Sarkar 1999): intervals by start; a heap by end gives back slots as they become free. V128 intervals
// use a region of slot pairs of their own, so that no slot is ever half of another value's.

import { none32, none64, room32 } from "../../support/arrays.ts";

export class SlotAssigner {
  private count = 0;
  private from = none32;
  private to = none32;
  private wide = none32;
  private order = none64;
  /** Heap of running intervals (numbers), least `to` first. */
  private heap = none32;
  private heapSize = 0;
  private freeNarrow: number[] = [];
  private freeWide: number[] = [];
  /** Slot of each interval, after `assign`; pairs start with an even number. */
  slot = none32;

  clear(): void {
    this.count = 0;
  }

  /** Adds interval [from, to); returns its number. */
  add(from: number, to: number, isWide: boolean): number {
    const n = this.count++;
    this.from = room32(this.from, n + 1);
    this.to = room32(this.to, n + 1);
    this.wide = room32(this.wide, n + 1);
    this.from[n] = from;
    this.to[n] = to;
    this.wide[n] = isWide ? 1 : 0;
    return n;
  }

  /** Gives every interval a slot; returns how many slots there are. */
  assign(): number {
    const { count } = this;
    this.slot = room32(this.slot, count);
    this.heap = room32(this.heap, count);
    if (this.order.length < count) this.order = new Float64Array(2 * count);
    const order = this.order.subarray(0, count);
    for (let n = 0; n < count; n++) order[n] = this.from[n] * 2 ** 21 + n;
    order.sort();
    this.heapSize = 0;
    this.freeNarrow.length = 0;
    this.freeWide.length = 0;
    let pairs = 0;
    let narrow = 0;
    for (let k = 0; k < count; k++) {
      const n = order[k] % 2 ** 21;
      while (this.heapSize > 0 && this.to[this.heap[0]] <= this.from[n]) this.release();
      if (this.wide[n] === 1) this.slot[n] = this.freeWide.pop() ?? pairs++;
      else this.slot[n] = this.freeNarrow.pop() ?? narrow++;
      this.push(n);
    }
    // Pairs first: they start at an even number whatever follows.
    for (let n = 0; n < count; n++)
      this.slot[n] = this.wide[n] === 1 ? 2 * this.slot[n] : 2 * pairs + this.slot[n];
    return 2 * pairs + narrow;
  }

  private release(): void {
    const n = this.pop();
    if (this.wide[n] === 1) this.freeWide.push(this.slot[n]);
    else this.freeNarrow.push(this.slot[n]);
  }

  private push(n: number): void {
    const { heap, to } = this;
    let k = this.heapSize++;
    while (k > 0) {
      const parent = (k - 1) >> 1;
      if (to[heap[parent]] <= to[n]) break;
      heap[k] = heap[parent];
      k = parent;
    }
    heap[k] = n;
  }

  private pop(): number {
    const { heap, to } = this;
    const top = heap[0];
    const n = heap[--this.heapSize];
    const size = this.heapSize;
    let k = 0;
    for (;;) {
      let child = 2 * k + 1;
      if (child >= size) break;
      if (child + 1 < size && to[heap[child + 1]] < to[heap[child]]) child++;
      if (to[heap[child]] >= to[n]) break;
      heap[k] = heap[child];
      k = child;
    }
    heap[k] = n;
    return top;
  }
}
