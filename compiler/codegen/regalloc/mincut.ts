// The cheapest way to give each of n variables one of two labels, "register" or "memory", when labels and disagreements have costs:
// a minimum cut (Greig, Porteous, Seheult 1989), found by blocking flows (Dinic 1970).
//
// Most variables need no flow: where the costs of one label outweigh all that the neighbours can ask for, it is that label, and what the
// neighbours pay for disagreeing becomes a cost of their own (`settle`). Only what that leaves undecided is cut.
//
// All costs are at least 0. The source side of the cut is "register". Work is counted, so that the caller can stop in time.

import { none8, none32, none64, room8, room32, room64 } from "../../support/arrays.ts";

/** Cost of what cannot be. */
export const NEVER = 1e15;

const SOURCE = 0;
const SINK = 1;

enum Label {
  Open = 0,
  Register = 1,
  Memory = 2,
}

export class MinimumCut {
  private nodes = 2;
  private edges = 0;
  private head = none32;
  private next = none32;
  private target = none32;
  private capacity = none64;
  private level = none32;
  private current = none32;
  private queue = none32;
  private path = none32;
  /** By node: what it costs in memory minus what it costs in a register. */
  private bias = none64;
  /** By node: what the neighbours can add to its costs in a register, and in memory. */
  private inRegister = none64;
  private inMemory = none64;
  /** By node: its Label. */
  private label = none8;
  private smallest = 0;
  /** Edges looked at by all calls. */
  work = 0;

  /** Starts on `variables` variables without costs. */
  begin(variables: number): void {
    this.nodes = variables + 2;
    this.edges = 0;
    this.smallest = 0;
    for (const name of ["head", "level", "current", "queue", "path"] as const)
      this[name] = room32(this[name], this.nodes);
    this.head.fill(-1, 0, this.nodes);
    this.label = room8(this.label, this.nodes).fill(Label.Open, 0, this.nodes);
    for (const name of ["bias", "inRegister", "inMemory"] as const)
      this[name] = room64(this[name], this.nodes).fill(0, 0, this.nodes);
  }

  private edge(from: number, to: number, capacity: number): void {
    const e = this.edges++;
    if (e === this.capacity.length) {
      this.next = room32(this.next, e + 1);
      this.target = room32(this.target, e + 1);
      this.capacity = room64(this.capacity, e + 1);
    }
    this.target[e] = to;
    this.capacity[e] = capacity;
    this.next[e] = this.head[from];
    this.head[from] = e;
  }

  private pair(from: number, to: number, forth: number, back: number): void {
    if (forth <= 0 && back <= 0) return;
    // What is left of a capacity by rounding counts as none: of true costs, else NEVER would make everything else vanish.
    const larger = Math.max(forth, back);
    if (larger < NEVER / 2) this.smallest = Math.max(this.smallest, larger * 1e-12);
    this.edge(from, to, forth);
    this.edge(to, from, back);
  }

  /** Adds what variable x costs with either label. Only the difference of all its costs decides, so it gets one edge. */
  addCost(x: number, register: number, memory: number): void {
    this.bias[x + 2] += memory - register;
  }

  /** Adds what it costs that x is in a register and y in memory (`store`), or the other way round (`load`). */
  addDifference(x: number, y: number, store: number, load: number): void {
    if (x === y) return;
    this.pair(x + 2, y + 2, store, load);
    this.inRegister[x + 2] += store;
    this.inMemory[y + 2] += store;
    this.inRegister[y + 2] += load;
    this.inMemory[x + 2] += load;
  }

  /** Finds the labels: `isRegister` answers for them. False when it took more than `limit` work. */
  solve(limit: number): boolean {
    const end = this.work + limit;
    if (!this.settle()) return true;
    while (this.findLevels()) {
      this.current.set(this.head.subarray(0, this.nodes));
      if (!this.block(end)) return false;
    }
    return true;
  }

  /** True when variable x is labelled "register"; those that could be either are labelled "memory". */
  isRegister(x: number): boolean {
    const label = this.label[x + 2];
    return label === Label.Open ? this.level[x + 2] >= 0 : label === Label.Register;
  }

  /** Labels what the costs decide without a cut, and connects the rest with source and sink. False when there is no rest. */
  private settle(): boolean {
    const { bias, label, queue, head, next, target } = this;
    let last = 0;
    for (let n = 2; n < this.nodes; n++) if (this.decide(n)) queue[last++] = n;
    for (let first = 0; first < last; first++)
      for (let e = head[queue[first]]; e >= 0; e = next[e]) {
        this.work++;
        const y = target[e];
        if (label[y] !== Label.Open) continue;
        this.foldEdge(e, y, label[queue[first]] === Label.Register);
        if (this.decide(y)) queue[last++] = y;
      }
    if (last === this.nodes - 2) return false;
    for (let n = 2; n < this.nodes; n++) {
      if (label[n] !== Label.Open) continue;
      if (bias[n] > 0) this.pair(SOURCE, n, bias[n], 0);
      else if (bias[n] < 0) this.pair(n, SINK, -bias[n], 0);
    }
    return true;
  }

  /** Labels node n if its costs decide; what could be either is in memory. */
  private decide(n: number): boolean {
    if (-this.bias[n] >= this.inMemory[n]) this.label[n] = Label.Memory;
    else if (this.bias[n] > this.inRegister[n]) this.label[n] = Label.Register;
    else return false;
    return true;
  }

  /** Edge e leads from a labelled node to y, which is not: it becomes a cost of y. */
  private foldEdge(e: number, y: number, isRegister: boolean): void {
    const { capacity } = this;
    const inMemory = capacity[e];
    const inRegister = capacity[e ^ 1];
    this.bias[y] += isRegister ? inMemory : -inRegister;
    this.inMemory[y] -= inMemory;
    this.inRegister[y] -= inRegister;
    capacity[e] = 0;
    capacity[e ^ 1] = 0;
  }

  private findLevels(): boolean {
    const { level, queue, head, next, target, capacity } = this;
    level.fill(-1, 0, this.nodes);
    level[SOURCE] = 0;
    queue[0] = SOURCE;
    for (let first = 0, last = 1; first < last; first++) {
      const x = queue[first];
      for (let e = head[x]; e >= 0; e = next[e]) {
        this.work++;
        const y = target[e];
        if (level[y] >= 0 || capacity[e] <= this.smallest) continue;
        level[y] = level[x] + 1;
        queue[last++] = y;
      }
    }
    return level[SINK] >= 0;
  }

  /** Sends flow along paths of the level graph until none is left. False when `work` went beyond `limit`. */
  private block(limit: number): boolean {
    const { level, current, next, target, capacity, path } = this;
    let depth = 0;
    let x = SOURCE;
    for (;;) {
      if (x === SINK) {
        depth = this.augment(depth);
        x = target[path[depth] ^ 1];
        if (this.work > limit) return false;
      }
      let e = current[x];
      while (e >= 0 && (capacity[e] <= this.smallest || level[target[e]] !== level[x] + 1)) e = next[e];
      this.work++;
      current[x] = e;
      if (e >= 0) {
        path[depth++] = e;
        x = target[e];
      } else if (depth === 0) return true;
      else {
        // A dead end: the edge that led here is done with.
        const back = path[--depth];
        x = target[back ^ 1];
        current[x] = next[back];
      }
    }
  }

  /** Sends flow along the path of `depth` edges; returns the place of the first edge that is full then. */
  private augment(depth: number): number {
    const { capacity, path } = this;
    let flow = Number.POSITIVE_INFINITY;
    for (let k = 0; k < depth; k++) flow = Math.min(flow, capacity[path[k]]);
    let first = depth - 1;
    for (let k = depth - 1; k >= 0; k--) {
      capacity[path[k]] -= flow;
      capacity[path[k] ^ 1] += flow;
      if (capacity[path[k]] <= this.smallest) first = k;
    }
    this.work += depth;
    return first;
  }
}
