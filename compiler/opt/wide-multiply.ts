// Finds 64 x 64 -> 128 bit products that were put together from products of 32-bit halves, and makes them mulhigh_u and mul: the function __multi3 of
// compiler-rt, which compilers call for products of __int128 on WebAssembly, and hand-written versions of it.
//
// With a = ah * 2^32 + al and b = bh * 2^32 + bl (schoolbook multiplication; Warren, Hacker's Delight, 8-2):
//   t = x + (al * bl >> 32)           x, y: the two cross products ah * bl and al * bh, in either order
//   w = y + low(t)                    high half: ah * bh + (t >> 32) + (w >> 32)
// or, with both cross products split,
//   w = (al * bl >> 32) + low(x) + low(y)      high half: ah * bh + (x >> 32) + (y >> 32) + (w >> 32)
// No sum wraps, whatever a and b are, so the replacement is exact. Low half: low(al * bl) | w << 32, which is a * b.
// The terms of the high half may stand in one sum with others. The code for pieces dies when nothing else uses it.
import type { Builder } from "../ir/build.ts";
import type { Func } from "../ir/func.ts";
import { Op } from "../ir/ops.ts";
import { Type } from "../ir/types.ts";
import type { PassContext } from "./context.ts";

const { I32, I64 } = Type;
/** Terms of a sum that are looked at. */
const MOST_TERMS = 12;

/** Whether v is the i64 constant 32. */
function is32(f: Func, v: number): boolean {
  return f.op[v] === Op.Const && f.immLo[v] === 32 && f.immHi[v] === 0;
}

/** x, when v is x >> 32; else 0. */
function highOf(f: Func, v: number): number {
  return f.op[v] === Op.ShrU && f.type[v] === I64 && is32(f, f.arg(v, 1)) ? f.arg(v, 0) : 0;
}

/** x, when v is the low half of x, zero-extended; else 0. */
function lowOf(f: Func, v: number): number {
  if (f.op[v] !== Op.ExtendU) return 0;
  const w = f.arg(v, 0);
  return f.op[w] === Op.Wrap ? f.arg(w, 0) : 0;
}

/** The terms of a sum, as deep as additions go. */
function termsOf(f: Func, sum: number): number[] {
  const terms = [sum];
  for (let i = 0; i < terms.length; ) {
    const v = terms[i];
    if (f.op[v] !== Op.Add || f.type[v] !== I64 || terms.length >= MOST_TERMS) {
      i++;
      continue;
    }
    terms[i] = f.arg(v, 0);
    terms.push(f.arg(v, 1));
  }
  return terms;
}

/** Whether two sets from Product.cross can stand for both cross products. */
function areBoth(x: number, y: number): boolean {
  return x !== 0 && y !== 0 && (x | y) === 3;
}

/** The 32-bit halves of two factors. */
class Product {
  private readonly f: Func;
  readonly a: number;
  readonly b: number;

  constructor(f: Func, a: number, b: number) {
    this.f = f;
    this.a = a;
    this.b = b;
  }

  private isProduct(v: number, left: (x: number) => boolean, right: (x: number) => boolean): boolean {
    const { f } = this;
    if (f.op[v] !== Op.Mul || f.type[v] !== I64) return false;
    const [x, y] = [f.arg(v, 0), f.arg(v, 1)];
    return (left(x) && right(y)) || (left(y) && right(x));
  }

  private readonly lowA = (v: number): boolean => lowOf(this.f, v) === this.a;
  private readonly lowB = (v: number): boolean => lowOf(this.f, v) === this.b;
  private readonly highA = (v: number): boolean => highOf(this.f, v) === this.a;
  private readonly highB = (v: number): boolean => highOf(this.f, v) === this.b;

  /** ah * bh. */
  isHigh(v: number): boolean {
    return this.isProduct(v, this.highA, this.highB);
  }

  /** A set: 1 for ah * bl, 2 for al * bh; of a square both. */
  cross(v: number): number {
    const first = this.isProduct(v, this.highA, this.lowB) ? 1 : 0;
    return first | (this.isProduct(v, this.lowA, this.highB) ? 2 : 0);
  }

  /** (al * bl) >> 32. */
  private isCarryOfLow(v: number): boolean {
    const x = highOf(this.f, v);
    return x !== 0 && this.isProduct(x, this.lowA, this.lowB);
  }

  /** low(al * bl). */
  isLow(v: number): boolean {
    const { f } = this;
    if (f.op[v] !== Op.ExtendU) return false;
    const p = f.arg(v, 0);
    if (f.op[p] === Op.Wrap) return this.isProduct(f.arg(p, 0), this.lowA, this.lowB);
    return this.isLowProduct(p, this.a, this.b);
  }

  /** The i32 product of the low halves of x and y. */
  private isLowProduct(p: number, x: number, y: number): boolean {
    const { f } = this;
    if (f.op[p] !== Op.Mul || f.type[p] !== I32) return false;
    const [v, w] = [f.arg(p, 0), f.arg(p, 1)];
    const isWrap = (u: number, of: number): boolean => f.op[u] === Op.Wrap && f.arg(u, 0) === of;
    return (isWrap(v, x) && isWrap(w, y)) || (isWrap(v, y) && isWrap(w, x));
  }

  /** The same of low halves of the cross products. */
  private lowOfCross(v: number): number {
    const { f } = this;
    const x = lowOf(f, v);
    if (x !== 0) return this.cross(x);
    if (f.op[v] !== Op.ExtendU) return 0;
    const p = f.arg(v, 0);
    if (f.op[p] !== Op.Mul || f.type[p] !== I32) return 0;
    // wrap(ah) * wrap(bl): the low half of ah * bl.
    const halves = [f.arg(p, 0), f.arg(p, 1)].map((u) => (f.op[u] === Op.Wrap ? f.arg(u, 0) : 0));
    let which = 0;
    for (const [h, l] of [halves, [halves[1], halves[0]]]) {
      if (h === 0 || l === 0) continue;
      if (highOf(f, h) === this.a && l === this.b) which |= 1;
      if (highOf(f, h) === this.b && l === this.a) which |= 2;
    }
    return which;
  }

  /** t of the chain: a cross product plus the carry of the low one; answers which cross product. */
  chained(v: number): number {
    const { f } = this;
    if (f.op[v] !== Op.Add || f.type[v] !== I64) return 0;
    const [x, y] = [f.arg(v, 0), f.arg(v, 1)];
    if (this.isCarryOfLow(x)) return this.cross(y);
    return this.isCarryOfLow(y) ? this.cross(x) : 0;
  }

  /**
   * Checks w, the sum of the middle: answers with what has to be in the high half besides ah * bh and w >> 32, as values v that stand for v >> 32; undefined when
   * it is no such sum.
   */
  middle(w: number): { readonly chain: number } | "split" | undefined {
    const { f } = this;
    const terms = termsOf(f, w);
    if (terms.length === 2) {
      for (const [x, y] of [terms, [terms[1], terms[0]]]) {
        const t = lowOf(f, y);
        const which = this.cross(x);
        if (t !== 0 && areBoth(which, this.chained(t))) return { chain: t };
      }
    }
    if (terms.length !== 3) return undefined;
    const carry = terms.findIndex((v) => this.isCarryOfLow(v));
    if (carry < 0) return undefined;
    const [x, y] = terms.filter((_, i) => i !== carry);
    return areBoth(this.lowOfCross(x), this.lowOfCross(y)) ? "split" : undefined;
  }
}

/** Takes the terms for which each of `wanted` holds out of the list, one each; undefined when one is missing. */
function without(
  terms: readonly number[],
  wanted: readonly ((v: number) => boolean)[],
): number[] | undefined {
  const rest = [...terms];
  for (const test of wanted) {
    const i = rest.findIndex(test);
    if (i < 0) return undefined;
    rest.splice(i, 1);
  }
  return rest;
}

/** The factors a and b and the terms left when the terms hold the high half of a * b; else undefined. */
function matchHigh(
  f: Func,
  terms: readonly number[],
): { readonly product: Product; readonly rest: number[] } | undefined {
  for (const h of terms) {
    if (f.op[h] !== Op.Mul) continue;
    const [a, b] = [highOf(f, f.arg(h, 0)), highOf(f, f.arg(h, 1))];
    if (a === 0 || b === 0) continue;
    const product = new Product(f, a, b);
    for (const c of terms) {
      const w = highOf(f, c);
      const middle = w === 0 ? undefined : product.middle(w);
      if (middle === undefined) continue;
      const isTop = (v: number): boolean => v === h;
      const isCarry = (v: number): boolean => v === c;
      const rest =
        middle === "split"
          ? without(terms, [
              isTop,
              isCarry,
              (v) => (product.cross(highOf(f, v)) & 1) !== 0,
              (v) => (product.cross(highOf(f, v)) & 2) !== 0,
            ])
          : without(terms, [isTop, isCarry, (v) => highOf(f, v) === middle.chain]);
      if (rest !== undefined) return { product, rest };
    }
  }
  return undefined;
}

/** What the instruction v is equal to, built in front of it; 0: nothing found. */
function replacement(f: Func, builder: Builder, v: number): number {
  if (f.op[v] === Op.Add) {
    const terms = termsOf(f, v);
    const found = terms.length < 3 ? undefined : matchHigh(f, terms);
    if (found !== undefined) {
      builder.setPosition(v);
      let sum = builder.value(Op.MulHighU, I64, found.product.a, found.product.b);
      for (const term of found.rest) sum = builder.value(Op.Add, I64, sum, term);
      return sum;
    }
  }
  // low(al * bl) | w << 32, or the same as a sum.
  for (const i of [0, 1]) {
    const [low, high] = [f.arg(v, i), f.arg(v, 1 - i)];
    if (f.op[high] !== Op.Shl || !is32(f, f.arg(high, 1))) continue;
    const factors = factorsOfLow(f, low);
    if (factors === undefined || factors.middle(f.arg(high, 0)) === undefined) continue;
    builder.setPosition(v);
    return builder.value(Op.Mul, I64, factors.a, factors.b);
  }
  return 0;
}

/** The factors a and b when v is low(al * bl). */
function factorsOfLow(f: Func, v: number): Product | undefined {
  if (f.op[v] !== Op.ExtendU) return undefined;
  const p = f.arg(v, 0);
  const half = (x: number): number => (f.op[x] === Op.Wrap ? f.arg(x, 0) : 0);
  const isNarrow = f.op[p] === Op.Mul;
  const wide = half(p);
  if (!isNarrow && (wide === 0 || f.op[wide] !== Op.Mul)) return undefined;
  const [a, b] = isNarrow
    ? [half(f.arg(p, 0)), half(f.arg(p, 1))]
    : [lowOf(f, f.arg(wide, 0)), lowOf(f, f.arg(wide, 1))];
  if (a === 0 || b === 0) return undefined;
  const product = new Product(f, a, b);
  return product.isLow(v) ? product : undefined;
}

export function wideMultiply(c: PassContext): void {
  const { f } = c;
  const builder = c.build();
  let found = 0;
  for (const id of f.order) {
    builder.block = f.blocks[id];
    for (let v = f.blocks[id].first; v !== 0; v = f.next[v]) {
      const op = f.op[v];
      if ((op !== Op.Add && op !== Op.Or) || f.type[v] !== I64) continue;
      builder.source = f.source[v];
      const w = replacement(f, builder, v);
      if (w === 0) continue;
      f.replace(v, w);
      f.remove(v);
      found++;
    }
  }
  if (found > 0) f.applyForwards();
  c.count("wide products", found);
}
