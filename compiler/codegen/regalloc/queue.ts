// A priority queue of numbered things: binary heap, largest priority first, smaller number first among equals.

import { none32, none64, room32, room64 } from "../../support/arrays.ts";

export class PriorityQueue {
  size = 0;
  private item = none32;
  private priority = none64;

  clear(): void {
    this.size = 0;
  }

  private isBefore(a: number, b: number): boolean {
    const { priority, item } = this;
    return priority[a] > priority[b] || (priority[a] === priority[b] && item[a] < item[b]);
  }

  private swap(a: number, b: number): void {
    const { item, priority } = this;
    const i = item[a];
    const p = priority[a];
    item[a] = item[b];
    priority[a] = priority[b];
    item[b] = i;
    priority[b] = p;
  }

  push(item: number, priority: number): void {
    let k = this.size++;
    this.item = room32(this.item, this.size);
    this.priority = room64(this.priority, this.size);
    this.item[k] = item;
    this.priority[k] = priority;
    while (k > 0) {
      const parent = (k - 1) >> 1;
      if (!this.isBefore(k, parent)) break;
      this.swap(k, parent);
      k = parent;
    }
  }

  /** Removes and returns the first item. The queue must not be empty. */
  pop(): number {
    const first = this.item[0];
    const n = --this.size;
    this.item[0] = this.item[n];
    this.priority[0] = this.priority[n];
    for (let k = 0; ; ) {
      let child = 2 * k + 1;
      if (child >= n) break;
      if (child + 1 < n && this.isBefore(child + 1, child)) child++;
      if (!this.isBefore(child, k)) break;
      this.swap(k, child);
      k = child;
    }
    return first;
  }
}
