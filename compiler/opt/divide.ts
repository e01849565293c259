// Division and remainder by constants: multiplication by a reciprocal, shifts.
//
// Sources: Granlund and Montgomery 1994, "Division by Invariant Integers using Multiplication"; Warren, Hacker's Delight, chapter 10. An i32 dividend
// is extended, so that one 64-bit product holds all its bits. Powers of two of unsigned division are folded already (ir/fold-rules.ts).
import { upperBound } from "../analysis/bounds.ts";
import type { Builder } from "../ir/build.ts";
import type { Func } from "../ir/func.ts";
import { Op } from "../ir/ops.ts";
import { Type } from "../ir/types.ts";
import { toBigInt } from "../support/int64.ts";
import type { PassContext } from "./context.ts";

const { I32, I64 } = Type;

function constant(b: Builder, type: Type, x: bigint): number {
  return b.constant(type, Number(BigInt.asIntN(32, x)), Number(BigInt.asIntN(32, x >> 32n)));
}

/** The least n with 2^n >= x. */
function ceilLog2(x: bigint): number {
  return (x - 1n).toString(2).length * (x > 1n ? 1 : 0);
}

class Divider {
  private readonly b: Builder;
  private readonly type: Type;

  constructor(b: Builder, type: Type) {
    this.b = b;
    this.type = type;
  }

  private value(op: Op, type: Type, x: number, y: number): number {
    return this.b.value(op, type, x, y);
  }

  private shift(op: Op, type: Type, x: number, count: number): number {
    return count === 0 ? x : this.b.value(op, type, x, constant(this.b, type, BigInt(count)));
  }

  /** x / d, unsigned; d is no power of two. */
  unsigned(x: number, d: bigint): number {
    return this.type === I32 ? this.unsigned32(x, d) : this.unsigned64(x, d);
  }

  private unsigned32(x: number, d: bigint): number {
    const { b } = this;
    const wide = b.value(Op.ExtendU, I64, x);
    for (let s = 0; s < 32; s++) {
      const power = 1n << BigInt(32 + s);
      const m = power / d + 1n;
      if (m >> 32n !== 0n) break;
      if (m * d - power > 1n << BigInt(s)) continue;
      const product = this.value(Op.Mul, I64, wide, constant(b, I64, m));
      return b.value(Op.Wrap, I32, this.shift(Op.ShrU, I64, product, 32 + s));
    }
    // ceil(2^64 / d): the error, less than d, times x stays below 2^64.
    const m = (1n << 64n) / d + 1n;
    return b.value(Op.Wrap, I32, this.value(Op.MulHighU, I64, wide, constant(b, I64, m)));
  }

  private unsigned64(x: number, d: bigint): number {
    const { b } = this;
    let before = 0;
    for (;;) {
      for (let s = 0; s < 64; s++) {
        const power = 1n << BigInt(64 + s);
        const m = power / d + 1n;
        if (m >> 64n !== 0n) break;
        if (m * d - power > 1n << BigInt(s + before)) continue;
        const high = this.value(Op.MulHighU, I64, x, constant(b, I64, m));
        return this.shift(Op.ShrU, I64, high, s);
      }
      if ((d & 1n) !== 0n) break;
      while ((d & 1n) === 0n) {
        d >>= 1n;
        before++;
      }
      x = this.shift(Op.ShrU, I64, x, before);
    }
    // The multiplier has 65 bits: its highest one is added by hand, halved so that nothing overflows.
    const l = ceilLog2(d);
    const m = ((1n << 64n) * ((1n << BigInt(l)) - d)) / d + 1n;
    const high = this.value(Op.MulHighU, I64, x, constant(b, I64, m));
    const half = this.shift(Op.ShrU, I64, this.value(Op.Sub, I64, x, high), 1);
    return this.shift(Op.ShrU, I64, this.value(Op.Add, I64, high, half), l - 1);
  }

  /** x / d, signed; d > 1. */
  signed(x: number, d: bigint): number {
    const { b, type } = this;
    const bits = type === I32 ? 32 : 64;
    const l = ceilLog2(d);
    if (1n << BigInt(l) === d) {
      const bias = this.shift(Op.ShrU, type, this.shift(Op.ShrS, type, x, bits - 1), bits - l);
      return this.shift(Op.ShrS, type, this.value(Op.Add, type, x, bias), l);
    }
    const sign = this.shift(Op.ShrS, type, x, bits - 1);
    if (type === I32) {
      const m = (1n << BigInt(31 + l)) / d + 1n;
      const product = this.value(Op.Mul, I64, b.value(Op.ExtendS, I64, x), constant(b, I64, m));
      const quotient = b.value(Op.Wrap, I32, this.shift(Op.ShrS, I64, product, 31 + l));
      return this.value(Op.Sub, I32, quotient, sign);
    }
    let s = 0;
    let m = (1n << 64n) / d + 1n;
    while (m * d - (1n << BigInt(64 + s)) >= 1n << BigInt(s + 1)) {
      s++;
      m = (1n << BigInt(64 + s)) / d + 1n;
    }
    let high = this.value(Op.MulHighS, I64, x, constant(b, I64, m));
    // A multiplier of 64 bits is taken for a negative one.
    if (m >> 63n !== 0n) high = this.value(Op.Add, I64, high, x);
    return this.value(Op.Sub, I64, this.shift(Op.ShrS, I64, high, s), sign);
  }
}

/** A value equal to division or remainder v by a constant, or 0 when it stays as it is. */
function divide(f: Func, b: Builder, v: number): number {
  const type = f.type[v] as Type;
  const x = f.arg(v, 0);
  const k = f.arg(v, 1);
  let op = f.op[v] as Op;
  if (f.op[k] !== Op.Const) return 0;
  let d = type === I32 ? BigInt(f.immLo[k]) : toBigInt(f.immLo[k], f.immHi[k]);
  const isSigned = op === Op.DivS || op === Op.RemS;
  const isRemainder = op === Op.RemS || op === Op.RemU;
  const least = -(1n << (type === I32 ? 31n : 63n));
  if (d === 0n || d === 1n || (isSigned && (d === -1n || d === least))) return 0;
  if (isSigned && d > 0n && type === I32 && upperBound(f, x) <= 0x7fffffff) {
    op = isRemainder ? Op.RemU : Op.DivU;
    return divideUnsigned(b, op, type, x, d, k);
  }
  if (!isSigned) return divideUnsigned(b, op, type, x, BigInt.asUintN(type === I32 ? 32 : 64, d), k);
  const isNegative = d < 0n;
  if (isNegative) d = -d;
  const quotient = new Divider(b, type).signed(x, d);
  if (isRemainder) return remainder(b, type, x, quotient, constant(b, type, d));
  return isNegative ? b.value(Op.Sub, type, constant(b, type, 0n), quotient) : quotient;
}

function divideUnsigned(b: Builder, op: Op, type: Type, x: number, d: bigint, k: number): number {
  // Powers of two have rules of their own.
  if ((d & (d - 1n)) === 0n) return b.value(op, type, x, k);
  const quotient = new Divider(b, type).unsigned(x, d);
  return op === Op.RemU ? remainder(b, type, x, quotient, k) : quotient;
}

function remainder(b: Builder, type: Type, x: number, quotient: number, d: number): number {
  return b.value(Op.Sub, type, x, b.value(Op.Mul, type, quotient, d));
}

export function divideByConstants(c: PassContext): void {
  const { f } = c;
  const b = c.build();
  let changed = 0;
  for (const id of f.order) {
    b.block = f.blocks[id];
    for (let v = f.blocks[id].first; v !== 0; v = f.next[v]) {
      const op = f.op[v];
      if (op < Op.DivS || op > Op.RemU) continue;
      b.setPosition(v);
      b.source = f.source[v];
      const end = f.argStart[v] + f.argCount[v];
      for (let i = f.argStart[v]; i < end; i++) f.pool[i] = f.resolve(f.pool[i]);
      const w = divide(f, b, v);
      if (w === 0 || w === v) continue;
      f.replace(v, w);
      f.remove(v);
      changed++;
    }
  }
  if (changed > 0) f.applyForwards();
  c.count("divisions by constants", changed);
}
