// When a value that is in its slot somewhere is stored there: right after its definition, or where it leaves its registers.
//
// A value never changes, so its slot stays right once it is stored. Stored at the definition, it costs that block's frequency, and
// nothing anywhere else; stored on the way out of registers it costs nothing on paths that never leave them (a call on a cold path). The
// cheaper of the two is taken for each value. A piece is "stale" when it may be entered from the definition without a store on the way.

import { none8, none32, room8, room32 } from "../../support/arrays.ts";
import type { Cover } from "./cover.ts";
import type { Problem } from "./problem.ts";

/** Rounds over a value's stretches to find stale pieces; after those, all its pieces count as stale. */
const ROUNDS = 8;

export class StorePlan {
  private problem!: Problem;
  private cover!: Cover;
  /** By name: 1 when the slot holds the value from its definition on. */
  atDefinition = none8;
  /** By stretch: 1 when it is in a register and the slot may not hold the value. */
  stale = none8;
  private head = none32;
  private next = none32;
  /** By piece: the value for which it is known to be stale. */
  private staleFor = none32;

  build(problem: Problem, cover: Cover): void {
    this.problem = problem;
    this.cover = cover;
    const { intervals, code } = problem;
    this.atDefinition = room8(this.atDefinition, code.vregCount).fill(0, 0, code.vregCount);
    this.head = room32(this.head, code.vregCount).fill(-1, 0, code.vregCount);
    this.staleFor = room32(this.staleFor, intervals.count).fill(-1, 0, intervals.count);
    for (let b = 0; b < intervals.bundleCount; b++) if (cover.slot[b] >= 0) this.planBundle(b);
  }

  private planBundle(b: number): void {
    const { cover, head, problem } = this;
    const end = cover.start[b] + cover.size[b];
    this.next = room32(this.next, end);
    this.stale = room8(this.stale, end);
    for (let k = end - 1; k >= cover.start[b]; k--) {
      this.stale[k] = 0;
      this.next[k] = head[cover.value[k]];
      head[cover.value[k]] = k;
    }
    for (let k = cover.start[b]; k < end; k++) {
      const v = cover.value[k];
      if (head[v] === k && problem.repeat[v] < 0) this.planValue(b, v);
    }
  }

  private planValue(b: number, v: number): void {
    const { cover, head, next } = this;
    let home = -1;
    let hasGap = false;
    for (let k = head[v]; k >= 0; k = next[k]) {
      hasGap ||= cover.piece[k] < 0;
      if (this.problem.definedAt(v, cover.from[k])) home = k;
    }
    if (!hasGap) return;
    if (cover.piece[home] < 0) {
      this.atDefinition[v] = 1;
      return;
    }
    this.findStale(b, v, home);
    let cost = 0;
    for (let k = head[v]; k >= 0; k = next[k])
      if (this.stale[k] === 1)
        this.visitSuccessors(b, k, (to, frequency) => (cost += cover.piece[to] < 0 ? frequency : 0));
    if (cost < this.problem.frequencyAt(cover.from[home])) return;
    this.atDefinition[v] = 1;
    for (let k = head[v]; k >= 0; k = next[k]) this.stale[k] = 0;
  }

  /** Marks the stretches of v in pieces that its definition reaches without a store. */
  private findStale(b: number, v: number, home: number): void {
    const { cover, head, next, staleFor } = this;
    staleFor[cover.piece[home]] = v;
    let changed = true;
    const mark = (to: number): void => {
      const piece = cover.piece[to];
      if (piece < 0 || staleFor[piece] === v) return;
      staleFor[piece] = v;
      changed = true;
    };
    for (let round = 0; changed; round++) {
      changed = false;
      for (let k = head[v]; k >= 0; k = next[k]) {
        if (cover.piece[k] < 0) continue;
        if (round >= ROUNDS) staleFor[cover.piece[k]] = v;
        else if (staleFor[cover.piece[k]] === v) this.visitSuccessors(b, k, mark);
      }
    }
    for (let k = head[v]; k >= 0; k = next[k])
      this.stale[k] = cover.piece[k] >= 0 && staleFor[cover.piece[k]] === v ? 1 : 0;
  }

  /** Visits the stretches of the same value that come after stretch k, with the frequency of going there. */
  private visitSuccessors(b: number, k: number, visit: (to: number, frequency: number) => void): void {
    const { cover, problem } = this;
    const v = cover.value[k];
    const end = cover.start[b] + cover.size[b];
    const first = problem.blockOf(cover.from[k]);
    const last = problem.blockOf(cover.to[k] - 1);
    for (let block = first; block <= last; block++) {
      if (block === last && cover.to[k] !== problem.blockTo(block)) break;
      for (const s of problem.code.blockSuccs[block]) {
        const to = cover.stretchAt(b, problem.blockFrom(s));
        if (to < 0 || to === k || cover.value[to] !== v || problem.definedAt(v, problem.blockFrom(s)))
          continue;
        visit(to, problem.frequencies.edge(problem.code, block, s));
      }
    }
    if (cover.to[k] === problem.blockTo(last)) return;
    if (k + 1 < end && cover.from[k + 1] === cover.to[k] && cover.value[k + 1] === v)
      visit(k + 1, problem.frequencies.of[last]);
  }
}
