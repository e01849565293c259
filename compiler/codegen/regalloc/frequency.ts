// How often each block runs per call of the function, estimated from the shape of the flow graph: the unit of all spill costs.
//
// Loops are found by collapsing them from the inside out (Tarjan 1974; Havlak 1997 without the irreducible case, which wasm cannot
// express), so nesting costs nothing extra. Frequencies are then handed down in reverse postorder: a loop header runs LOOP_SCALE
// times per entry, a branch that stays in the loop is taken more often than one that leaves it, cold blocks hardly ever
// (in the spirit of Wu and Larus 1994, with fixed probabilities). All arrays are indexed by block and reused between functions.

import { none32, none64, room32, room64 } from "../../support/arrays.ts";
import { InstFlag, type InstRow } from "../insts.ts";
import type { VCode } from "../vcode.ts";

/** Iterations of a loop per entry. */
const LOOP_SCALE = 8;
/** Share of a branch to a block that is marked cold or ends in a trap. */
const COLD = 1e-3;
/** Largest frequency: deeper nests all count the same. */
const LARGEST = 1e9;

export class Frequencies {
  /** Runs of each block per call. */
  of = none64;
  /** Number of loops around each block. */
  depth = none32;
  /** Header of the innermost loop that holds each block, -1 outside of loops; a header belongs to its own loop. */
  loop = none32;
  /** Header of the loop around the loop of each header. */
  private outer = none32;
  /** The reachable blocks in reverse postorder, and how many they are. */
  order = none32;
  reached = 0;
  private number = none32;
  private representative = none32;
  private stack = none32;
  private nextSuccessor = none32;
  /** Of one block: the share of each successor. */
  private shares = none64;

  compute(code: VCode, rows: readonly InstRow[]): void {
    const n = code.blockCount;
    this.of = room64(this.of, n).fill(0, 0, n);
    this.depth = room32(this.depth, n).fill(0, 0, n);
    this.loop = room32(this.loop, n).fill(-1, 0, n);
    this.outer = room32(this.outer, n).fill(-1, 0, n);
    this.order = room32(this.order, n);
    this.number = room32(this.number, n).fill(-1, 0, n);
    this.representative = room32(this.representative, n);
    this.stack = room32(this.stack, n);
    this.nextSuccessor = room32(this.nextSuccessor, n).fill(0, 0, n);
    if (n === 0) return;
    this.numberBlocks(code);
    this.findLoops(code);
    this.propagate(code, rows);
  }

  /** Frequency of the edge from block p to block s: no edge is critical, so one of them has no other edge. */
  edge(code: VCode, p: number, s: number): number {
    return code.blockSuccs[p].length === 1 ? this.of[p] : this.of[s];
  }

  /** Reverse postorder of the reachable blocks, at the end of `order`. */
  private numberBlocks(code: VCode): void {
    const { order, number, stack, nextSuccessor } = this;
    const n = code.blockCount;
    let depth = 1;
    let place = n;
    stack[0] = 0;
    number[0] = 0;
    while (depth > 0) {
      const b = stack[depth - 1];
      const successors = code.blockSuccs[b];
      if (nextSuccessor[b] < successors.length) {
        const s = successors[nextSuccessor[b]++];
        if (number[s] >= 0) continue;
        number[s] = 0;
        stack[depth++] = s;
      } else {
        order[--place] = b;
        depth--;
      }
    }
    this.reached = n - place;
    order.copyWithin(0, place, n);
    for (let k = 0; k < this.reached; k++) number[order[k]] = k;
  }

  private find(b: number): number {
    const { representative } = this;
    let root = b;
    while (representative[root] !== root) root = representative[root];
    while (representative[b] !== root) {
      const next = representative[b];
      representative[b] = root;
      b = next;
    }
    return root;
  }

  private findLoops(code: VCode): void {
    const { order, number, loop, outer, representative, depth } = this;
    for (let b = 0; b < code.blockCount; b++) representative[b] = b;
    for (let k = this.reached - 1; k >= 0; k--) {
      const h = order[k];
      const preds = code.blockPreds[h];
      let isHeader = false;
      for (let i = 0; i < preds.length && !isHeader; i++) isHeader = number[preds[i]] >= k;
      if (isHeader) this.collapse(code, h);
    }
    for (let k = 0; k < this.reached; k++) {
      const b = order[k];
      const h = loop[b];
      if (h < 0) continue;
      if (h === b) depth[b] = outer[b] < 0 ? 1 : depth[outer[b]] + 1;
      else depth[b] = depth[h];
    }
  }

  /** Gives the blocks on paths from h's back edges to h to its loop and merges them with h. */
  private collapse(code: VCode, h: number): void {
    const { number, loop, outer, representative, stack } = this;
    let top = 0;
    const visit = (p: number): void => {
      if (number[p] < number[h]) return;
      const r = this.find(p);
      if (r === h) return;
      representative[r] = h;
      if (loop[r] === r) outer[r] = h;
      else loop[r] = h;
      stack[top++] = r;
    };
    loop[h] = h;
    for (const p of code.blockPreds[h]) if (number[p] >= number[h]) visit(p);
    while (top > 0) for (const p of code.blockPreds[stack[--top]]) visit(p);
  }

  /** True when block b lies in the loop of header h. */
  private inLoop(b: number, h: number): boolean {
    let l = this.loop[b];
    for (let steps = 0; l >= 0 && l !== h && steps < 64 && this.depth[l] > this.depth[h]; steps++)
      l = this.outer[l];
    return l === h;
  }

  private propagate(code: VCode, rows: readonly InstRow[]): void {
    const { order, number, loop, of } = this;
    const isDeadEnd = (b: number): boolean =>
      code.blockCold[b] ||
      (code.blockSuccs[b].length === 0 &&
        (rows[code.op[code.blockStart[b + 1] - 1]].flags & InstFlag.Return) === 0);
    of[0] = 1;
    for (let k = 0; k < this.reached; k++) {
      const b = order[k];
      if (loop[b] === b) of[b] = Math.min(of[b] * LOOP_SCALE, LARGEST);
      const successors = code.blockSuccs[b];
      if (successors.length === 1) {
        const [s] = successors;
        if (number[s] > k) of[s] += this.leavesLoop(b, s) ? of[b] / LOOP_SCALE : of[b];
        continue;
      }
      let total = 0;
      const shares = (this.shares = room64(this.shares, successors.length));
      for (let i = 0; i < successors.length; i++) {
        const s = successors[i];
        shares[i] = isDeadEnd(s) ? COLD : this.leavesLoop(b, s) ? 1 / (LOOP_SCALE - 1) : 1;
        total += shares[i];
      }
      for (let i = 0; i < successors.length; i++)
        if (number[successors[i]] > k) of[successors[i]] += (of[b] * shares[i]) / total;
    }
  }

  private leavesLoop(b: number, s: number): boolean {
    return this.loop[b] >= 0 && !this.inLoop(s, this.loop[b]);
  }
}
