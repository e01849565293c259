// Which program points of each physical register are taken, and by whom.
//
// Points are grouped in windows of 2^SHIFT; for each register and window there is a list of the segments that touch the window, in
// order. A segment that spans several windows is in each of their lists. So a test costs what the tested segments are long, never
// what the function is. Instructions that clobber many registers are kept apart, as a sorted list with a mask of registers each.
//
// An owner >= 0 is an interval; FIXED is an operand that is bound to the register; -1 - v is such an operand that reads value v, which does not
// disturb v itself.

import { Type } from "../../ir/types.ts";
import { none32, room32 } from "../../support/arrays.ts";
import { InstFlag } from "../insts.ts";
import {
  Constraint,
  FLOAT_BASE,
  operandConstraint,
  operandDetail,
  operandIsDef,
  operandOtherTime,
  SLOT_BASE,
} from "../vcode.ts";
import type { Problem } from "./problem.ts";

const SHIFT = 7;
export const FIXED = -0x7fffffff;

export class Occupancy {
  private problem!: Problem;
  private windows = 0;
  /** By register * windows + window: first node, 0 for none. */
  private head = none32;
  private next = none32;
  private from = none32;
  private to = none32;
  private owner = none32;
  private top = 1;
  private free = 0;

  // Instructions with clobbers, and their registers: integer registers in `low`, float registers in `high`, `wide` for V128 values.
  clobberInst = none32;
  private low = none32;
  private high = none32;
  private wide = none32;
  clobberCount = 0;
  private allLow = 0;
  private allHigh = 0;
  private allWide = 0;
  /** Registers that the interval tested last may not have because of clobbers. */
  private readonly blocked = new Int32Array(2);
  /** Owners found by `conflicts`. */
  readonly found: number[] = [];
  private stamp = none32;
  private stampNow = 0;
  /** Work done since `prepare`: nodes and windows looked at. */
  work = 0;

  prepare(problem: Problem): void {
    this.problem = problem;
    const { code } = problem;
    this.windows = ((4 * code.count + 4) >> SHIFT) + 1;
    this.head = room32(this.head, SLOT_BASE * this.windows).fill(0, 0, SLOT_BASE * this.windows);
    this.top = 1;
    this.free = 0;
    this.work = 0;
    this.findClobbers();
    for (let i = 0; i < code.count; i++) if (problem.live.isCopy[i] === 0) this.reserveFixed(i);
  }

  private findClobbers(): void {
    const { code, rows } = this.problem;
    this.clobberCount = 0;
    this.allLow = this.allHigh = this.allWide = 0;
    for (let i = 0; i < code.count; i++) {
      const { clobbers, flags } = rows[code.op[i]];
      const isCall = (flags & InstFlag.Call) !== 0;
      if (clobbers.length === 0 && !isCall) continue;
      const n = this.clobberCount++;
      this.clobberInst = room32(this.clobberInst, n + 1);
      this.low = room32(this.low, n + 1);
      this.high = room32(this.high, n + 1);
      this.wide = room32(this.wide, n + 1);
      let low = 0;
      let high = 0;
      for (let k = 0; k < clobbers.length; k++)
        if (clobbers[k] < FLOAT_BASE) low |= 1 << clobbers[k];
        else high |= 1 << (clobbers[k] - FLOAT_BASE);
      this.clobberInst[n] = i;
      this.low[n] = low;
      this.high[n] = high;
      this.wide[n] = isCall ? -1 : high;
      this.allLow |= low;
      this.allHigh |= high;
      this.allWide |= this.wide[n];
    }
  }

  private reserveFixed(i: number): void {
    const { code, isAllocatable } = this.problem;
    for (let o = code.operandStart[i]; o < code.operandStart[i + 1]; o++) {
      const operand = code.operands[o];
      if (operandConstraint(operand) === Constraint.Reuse) {
        const used = code.operands[code.operandStart[i] + operandDetail(operand)];
        if (operandConstraint(used) === Constraint.Fixed && isAllocatable[operandDetail(used)] === 1)
          this.insert(operandDetail(used), 4 * i + 2, 4 * i + 4, FIXED);
        continue;
      }
      if (operandConstraint(operand) !== Constraint.Fixed) continue;
      const r = operandDetail(operand);
      if (isAllocatable[r] === 0) continue;
      const isDef = operandIsDef(operand);
      const otherTime = operandOtherTime(operand);
      const from = isDef && !otherTime ? 4 * i + 2 : 4 * i + 1;
      const to = isDef || otherTime ? 4 * i + 4 : 4 * i + 2;
      this.insert(r, from, to, isDef ? FIXED : -1 - this.problem.name(operand));
    }
  }

  private insert(r: number, from: number, to: number, owner: number): void {
    const { windows, head } = this;
    for (let w = from >> SHIFT; w <= (to - 1) >> SHIFT; w++) {
      let n = this.free;
      if (n !== 0) this.free = this.next[n];
      else {
        n = this.top++;
        this.next = room32(this.next, this.top);
        this.from = room32(this.from, this.top);
        this.to = room32(this.to, this.top);
        this.owner = room32(this.owner, this.top);
      }
      this.from[n] = from;
      this.to[n] = to;
      this.owner[n] = owner;
      const at = r * windows + w;
      const { next } = this;
      let before = 0;
      let k = head[at];
      while (k !== 0 && this.from[k] < from) {
        before = k;
        k = next[k];
      }
      next[n] = k;
      if (before === 0) head[at] = n;
      else next[before] = n;
    }
  }

  private remove(r: number, from: number, to: number, owner: number): void {
    const { windows, head, next } = this;
    for (let w = from >> SHIFT; w <= (to - 1) >> SHIFT; w++) {
      const at = r * windows + w;
      let before = 0;
      let k = head[at];
      while (this.from[k] !== from || this.owner[k] !== owner) {
        before = k;
        k = next[k];
      }
      if (before === 0) head[at] = next[k];
      else next[before] = next[k];
      next[k] = this.free;
      this.free = k;
    }
  }

  /** Gives interval n register r. */
  assign(n: number, r: number): void {
    const { intervals } = this.problem;
    for (let k = intervals.start[n]; k < intervals.start[n] + intervals.size[n]; k++)
      this.insert(r, intervals.from[k], intervals.to[k], n);
    intervals.register[n] = r;
  }

  /** Takes interval n's register away. */
  unassign(n: number): void {
    const { intervals } = this.problem;
    const r = intervals.register[n];
    for (let k = intervals.start[n]; k < intervals.start[n] + intervals.size[n]; k++)
      this.remove(r, intervals.from[k], intervals.to[k], n);
    intervals.register[n] = -1;
  }

  /** First instruction with clobbers (index) whose clobbers are written behind `point`. */
  clobberBehind(point: number): number {
    let low = 0;
    let high = this.clobberCount;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (4 * this.clobberInst[middle] + 4 > point) high = middle;
      else low = middle + 1;
    }
    return low;
  }

  /** Finds out which registers interval n may not have because they are clobbered where it lives: see `isBlocked`. */
  findBlocked(n: number): void {
    const { intervals, code } = this.problem;
    this.blocked.fill(0);
    if (this.clobberCount === 0) return;
    let low = 0;
    let high = 0;
    const wide = code.vregType[intervals.value[intervals.start[n]]] === Type.V128;
    const masks = wide ? this.wide : this.high;
    const all = wide ? this.allWide : this.allHigh;
    const end = intervals.start[n] + intervals.size[n];
    for (let k = intervals.start[n]; k < end; k++) {
      for (let c = this.clobberBehind(intervals.from[k]); c < this.clobberCount; c++) {
        if (4 * this.clobberInst[c] + 2 >= intervals.to[k]) break;
        low |= this.low[c];
        high |= masks[c];
        if (low === this.allLow && high === all) break;
      }
      if (low === this.allLow && high === all) break;
    }
    this.blocked[0] = low;
    this.blocked[1] = high;
  }

  isBlocked(r: number): boolean {
    return ((this.blocked[r >> 5] >>> (r & 31)) & 1) !== 0;
  }

  /** True when clobber number c destroys register r, or its upper half when `wide`. */
  clobbers(c: number, r: number, wide: boolean): boolean {
    const mask = r < FLOAT_BASE ? this.low[c] : wide ? this.wide[c] : this.high[c];
    return ((mask >>> (r & 31)) & 1) !== 0;
  }

  /** True when nothing in register r overlaps interval n; clobbers are not looked at. */
  isFree(n: number, r: number): boolean {
    const { intervals } = this.problem;
    const end = intervals.start[n] + intervals.size[n];
    for (let k = intervals.start[n]; k < end; k++)
      if (this.nextConflict(r, intervals.from[k], intervals.to[k], intervals.value[k]) !== 0) return false;
    return true;
  }

  /** The first node of register r that overlaps [from, to) and is not a read of `value`, or 0. */
  nextConflict(r: number, from: number, to: number, value: number): number {
    const { head, next, owner } = this;
    const base = r * this.windows;
    const last = base + ((to - 1) >> SHIFT);
    const reader = -1 - value;
    let work = 0;
    let found = 0;
    for (let w = base + (from >> SHIFT); w <= last && found === 0; w++) {
      work++;
      for (let n = head[w]; n !== 0; n = next[n]) {
        work++;
        if (this.from[n] >= to) break;
        if (this.to[n] > from && owner[n] !== reader) {
          found = n;
          break;
        }
      }
    }
    this.work += work;
    return found;
  }

  nodeFrom(node: number): number {
    return this.from[node];
  }
  nodeTo(node: number): number {
    return this.to[node];
  }
  nodeOwner(node: number): number {
    return this.owner[node];
  }

  /**
   * Collects in `found` the intervals in register r that overlap interval n. False, with an incomplete list, when one of them is a fixed operand
   * or weighs `limit` or more.
   */
  conflicts(n: number, r: number, limit: number): boolean {
    const { intervals } = this.problem;
    const { head, next, found } = this;
    found.length = 0;
    this.stamp = room32(this.stamp, intervals.count);
    const stamp = ++this.stampNow;
    const base = r * this.windows;
    const end = intervals.start[n] + intervals.size[n];
    for (let k = intervals.start[n]; k < end; k++) {
      const from = intervals.from[k];
      const to = intervals.to[k];
      for (let w = from >> SHIFT; w <= (to - 1) >> SHIFT; w++) {
        this.work++;
        for (let node = head[base + w]; node !== 0; node = next[node]) {
          this.work++;
          if (this.from[node] >= to) break;
          const owner = this.owner[node];
          if (this.to[node] <= from || owner === -1 - intervals.value[k]) continue;
          if (owner < 0 || intervals.weight[owner] >= limit) return false;
          if (this.stamp[owner] === stamp) continue;
          this.stamp[owner] = stamp;
          found.push(owner);
        }
      }
    }
    return true;
  }
}
