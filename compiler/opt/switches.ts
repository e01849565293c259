// Switches that are better tests than jumps through a table: few ranges of values, few places to go, or a table that is nearly empty.
//
// An indirect jump costs a load, a bounds check and a predictor entry for all of its ways; a comparison is predicted by itself. So up to three ranges
// are compared one by one; values that lead to one place (or two) besides the default are looked up in a word of bits; tables with fewer than one range in eight
// entries become a binary search. All others stay tables.
//
// Sources: Sayle 2008, "A Superoptimizer Analysis of Multiway Branch Code Generation"; the densities are gcc's (jump-table-max-growth-ratio-for-speed)
// and the numbers of tests that bits replace LLVM's.
import type { Builder } from "../ir/build.ts";
import type { Block, Edge, Func } from "../ir/func.ts";
import { Op } from "../ir/ops.ts";
import { Type } from "../ir/types.ts";
import type { PassContext } from "./context.ts";
import { sameEdge } from "./terminators.ts";

/** Ranges that are compared one after the other, and that a binary search may have. */
const FEW_RANGES = 3;
const MOST_RANGES = 4;
/** Entries of a table for each range, above which it is a search. */
const SPARSE = 8;
const MOST_BITS = 64;
const HIGHEST = 0xffffffff;

/** Values low to high, both included, that lead along an edge. */
interface Range {
  readonly low: number;
  readonly high: number;
  /** Number of the place in `places`. */
  readonly place: number;
}

interface Switch {
  readonly index: number;
  /** Where values lead, the default first. */
  readonly places: Edge[];
  /** Ascending; values in none go to the default. */
  readonly ranges: Range[];
  /** Values from here on go to the default. */
  readonly size: number;
}

/** The ranges of b's switch, undefined when there are too many. */
function readSwitch(f: Func, b: Block): Switch | undefined {
  const size = b.succs.length - 1;
  const numbers = [b.succs[size]];
  const ranges: Range[] = [];
  for (let i = 0; i < size; ) {
    const e = b.succs[i];
    let place = numbers.findIndex((n) => sameEdge(f, n, e));
    if (place < 0) place = numbers.push(e) - 1;
    const low = i;
    while (i < size && (b.succs[i] === e || sameEdge(f, b.succs[i], e))) i++;
    if (place !== 0) ranges.push({ low, high: i - 1, place });
    if (ranges.length > MOST_BITS) return undefined;
  }
  return { index: f.arg(b.last, 0), places: numbers.map((e) => f.edges[e]), ranges, size };
}

/** Comparisons that bits save must be worth the work with them: by number of places. */
function suitsBits({ places, ranges, size }: Switch): boolean {
  const tests = ranges.reduce((n, r) => n + (r.low === r.high ? 1 : 2), 0);
  return size <= MOST_BITS && (places.length === 2 ? tests >= 3 : places.length === 3 && tests >= 5);
}

class Tests {
  private readonly f: Func;
  private readonly builder: Builder;
  private readonly s: Switch;
  private readonly depth: number;

  constructor(f: Func, builder: Builder, s: Switch, depth: number) {
    this.f = f;
    this.builder = builder;
    this.s = s;
    this.depth = depth;
  }

  private newBlock(): Block {
    const b = this.f.newBlock();
    b.loopDepth = this.depth;
    return b;
  }

  private compare(op: Op, x: number, value: number): number {
    return this.builder.value(op, Type.I32, x, this.builder.i32(value | 0));
  }

  /** Ends block b: to a place when `condition` holds, else to block `next` or the default. */
  private test(b: Block, condition: number, place: number, next: Block | undefined): void {
    const { f, builder, s } = this;
    builder.block = b;
    const { to, args } = s.places[place];
    const other = s.places[0];
    if (next !== undefined) builder.branch(condition, f.blocks[to], [...args], next, []);
    else builder.branch(condition, f.blocks[to], [...args], f.blocks[other.to], [...other.args]);
  }

  private jump(b: Block, place: number): void {
    this.builder.block = b;
    const { to, args } = this.s.places[place];
    this.builder.jump(this.f.blocks[to], [...args]);
  }

  /** Ends block b with tests of ranges first .. last - 1, when the index is known to be within low .. high. */
  search(b: Block, first: number, last: number, low: number, high: number): void {
    const { builder, s } = this;
    if (last - first > FEW_RANGES) {
      const middle = (first + last) >> 1;
      const [left, right] = [this.newBlock(), this.newBlock()];
      builder.block = b;
      const at = s.ranges[middle].low;
      builder.branch(this.compare(Op.LtU, s.index, at), left, [], right, []);
      this.search(left, first, middle, low, at - 1);
      this.search(right, middle, last, at, high);
      return;
    }
    for (let i = first; i < last; i++) {
      const r = s.ranges[i];
      if (r.low === low && r.high === high) {
        this.jump(b, r.place);
        return;
      }
      const rest = low === r.low ? r.high + 1 : low;
      const next = i + 1 < last ? this.newBlock() : undefined;
      builder.block = b;
      this.test(b, this.within(r, low, high), r.place, next);
      if (next === undefined) return;
      b = next;
      low = rest;
    }
    this.jump(b, 0);
  }

  /** Whether the index, within low .. high, is in a range. */
  private within(r: Range, low: number, high: number): number {
    const { index } = this.s;
    if (r.low === r.high) return this.compare(Op.Eq, index, r.low);
    if (r.low === low) return this.compare(Op.LeU, index, r.high);
    if (r.high === high) return this.compare(Op.GeU, index, r.low);
    const moved = this.builder.value(Op.Sub, Type.I32, index, this.builder.i32(r.low));
    return this.compare(Op.LeU, moved, r.high - r.low);
  }

  /** Ends block b with a bounds check and one test of bits for each place but the default. */
  bits(b: Block): void {
    const { builder, s } = this;
    let next = this.newBlock();
    const out = s.places[0];
    builder.block = b;
    const outside = this.compare(Op.GeU, s.index, s.size);
    builder.branch(outside, this.f.blocks[out.to], [...out.args], next, []);
    for (let place = 1; place < s.places.length; place++) {
      b = next;
      builder.block = b;
      const isLast = place + 1 === s.places.length;
      if (!isLast) next = this.newBlock();
      this.test(b, this.bit(place), place, isLast ? undefined : next);
    }
  }

  /** Bit `index` of the word of a place. */
  private bit(place: number): number {
    const { builder, s } = this;
    let [lo, hi] = [0, 0];
    for (const r of s.ranges)
      if (r.place === place)
        for (let i = r.low; i <= r.high; i++) {
          if (i < 32) lo |= 1 << i;
          else hi |= 1 << (i - 32);
        }
    const one = builder.i32(1);
    if (s.size <= 32) {
      const shifted = builder.value(Op.ShrU, Type.I32, builder.i32(lo), s.index);
      return builder.value(Op.And, Type.I32, shifted, one);
    }
    const wide = builder.value(Op.ExtendU, Type.I64, s.index);
    const shifted = builder.value(Op.ShrU, Type.I64, builder.constant(Type.I64, lo, hi), wide);
    return builder.value(Op.And, Type.I32, builder.value(Op.Wrap, Type.I32, shifted), one);
  }
}

/** Takes the switch at the end of b away, with its edges. */
function dropSwitch(f: Func, b: Block): void {
  for (const to of new Set(b.succs.map((e) => f.edges[e].to)))
    f.blocks[to].preds = f.blocks[to].preds.filter((e) => f.edges[e].from !== b.id);
  b.succs = [];
  f.remove(b.last);
}

export function switches(c: PassContext): void {
  const { f } = c;
  const found = f.order.filter((id) => f.op[f.blocks[id].last] === Op.Switch);
  if (found.length === 0) return;
  const builder = c.build();
  let lowered = 0;
  for (const id of found) {
    const b = f.blocks[id];
    const s = readSwitch(f, b);
    if (s === undefined) continue;
    const asBits = suitsBits(s);
    const few = s.ranges.length <= FEW_RANGES;
    const sparse = s.ranges.length <= MOST_RANGES && s.size > SPARSE * s.ranges.length;
    if (!asBits && !few && !sparse) continue;
    builder.source = f.source[b.last];
    dropSwitch(f, b);
    const tests = new Tests(f, builder, s, b.loopDepth);
    if (asBits) tests.bits(b);
    else tests.search(b, 0, s.ranges.length, 0, HIGHEST);
    lowered++;
  }
  if (lowered > 0) c.blocksChanged();
  c.count("switches made tests", lowered);
}
