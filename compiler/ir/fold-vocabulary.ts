// The conditions and constant functions that fold rules name (rules.ts explains the notation).
//
// Conditions take value ids; those whose arguments are constants read their bits. Functions leave the bits in int64.ts's `out`.
import { add64, ctz64, isPowerOfTwo64, out, popcount32, shl64, shrU64, sub64 } from "../support/int64.ts";
import type { Func } from "./func.ts";
import { isFloatCompare, isIntegerCompare, Op } from "./ops.ts";
import type { Condition, ConstantFunction, Vocabulary } from "./rules.ts";
import { auxWidth, Type, Width } from "./types.ts";

function typeBits(type: Type): number {
  return type === Type.I64 || type === Type.F64 ? 64 : 32;
}

/** True for values that are 0 or 1. */
export function isBoolean(f: Func, v: number): boolean {
  const op = f.op[v];
  if (isIntegerCompare(op) || isFloatCompare(op)) return true;
  if (op === Op.Const)
    return f.type[v] <= Type.I64 && (f.immLo[v] === 0 || f.immLo[v] === 1) && f.immHi[v] === 0;
  if (op === Op.And || op === Op.Or || op === Op.Xor) {
    const a = f.op[f.resolve(f.arg(v, 0))];
    const b = f.op[f.resolve(f.arg(v, 1))];
    return (isIntegerCompare(a) || isFloatCompare(a)) && (isIntegerCompare(b) || isFloatCompare(b));
  }
  return false;
}

const possible = { lo: 0, hi: 0 };

function setPossible(lo: number, hi: number): void {
  possible.lo = lo;
  possible.hi = hi;
}

function loadBits(f: Func, v: number): boolean {
  switch (auxWidth(f.aux[v])) {
    case Width.U8:
      setPossible(0xff, 0);
      return true;
    case Width.U16:
      setPossible(0xffff, 0);
      return true;
    case Width.U32:
      setPossible(-1, 0);
      return true;
    default:
      return false;
  }
}

/** The bits of v that may be set, as far as its own instruction and a few below it tell. */
function findPossibleBits(f: Func, v: number, depth = 3): void {
  const type = f.type[v];
  const all = type === Type.I64 ? -1 : 0;
  const first = f.argCount[v] > 0 ? f.resolve(f.arg(v, 0)) : 0;
  const second = f.argCount[v] > 1 ? f.resolve(f.arg(v, 1)) : 0;
  if (depth > 0) {
    switch (f.op[v]) {
      case Op.Const:
        setPossible(f.immLo[v], f.immHi[v] & all);
        return;
      case Op.Load:
      case Op.RawLoad:
        if (loadBits(f, v)) return;
        break;
      case Op.ExtendU:
        findPossibleBits(f, first, depth - 1);
        return;
      case Op.And: {
        findPossibleBits(f, first, depth - 1);
        const { lo, hi } = possible;
        findPossibleBits(f, second, depth - 1);
        setPossible(possible.lo & lo, possible.hi & hi);
        return;
      }
      case Op.Or:
      case Op.Xor: {
        findPossibleBits(f, first, depth - 1);
        const { lo, hi } = possible;
        findPossibleBits(f, second, depth - 1);
        setPossible(possible.lo | lo, possible.hi | hi);
        return;
      }
      case Op.ShrU:
        if (f.op[second] !== Op.Const) break;
        findPossibleBits(f, first, depth - 1);
        if (type === Type.I32) setPossible((possible.lo >>> f.immLo[second]) | 0, 0);
        else {
          shrU64(possible.lo, possible.hi, f.immLo[second]);
          setPossible(out.lo, out.hi);
        }
        return;
      case Op.Shl:
        if (f.op[second] !== Op.Const) break;
        findPossibleBits(f, first, depth - 1);
        if (type === Type.I32) setPossible(possible.lo << f.immLo[second], 0);
        else {
          shl64(possible.lo, possible.hi, f.immLo[second]);
          setPossible(out.lo, out.hi);
        }
        return;
      case Op.Clz:
      case Op.Ctz:
      case Op.Popcnt:
        setPossible(127, 0);
        return;
      default:
        if (isBoolean(f, v)) {
          setPossible(1, 0);
          return;
        }
    }
  }
  setPossible(-1, all);
}

/** True when no bit of v outside the mask (lo, hi) can be set. */
export function bitsWithin(f: Func, v: number, lo: number, hi: number): boolean {
  findPossibleBits(f, v);
  return (possible.lo & ~lo) === 0 && (possible.hi & ~hi) === 0;
}

function constantIs(f: Func, v: number, lo: number, hi: number): boolean {
  return f.immLo[v] === lo && (f.type[v] === Type.I32 || f.immHi[v] === hi);
}

/** a & ~b is zero. */
function isSubset(f: Func, a: number, b: number): boolean {
  return (f.immLo[a] & ~f.immLo[b]) === 0 && (f.type[a] === Type.I32 || (f.immHi[a] & ~f.immHi[b]) === 0);
}

/** The width of a mask of low ones (1 up), or 0. */
function lowMaskWidth(f: Func, v: number): number {
  const lo = f.immLo[v];
  const hi = f.type[v] === Type.I64 ? f.immHi[v] : 0;
  const width = popcount32(lo) + popcount32(hi);
  if (width === 0 || width === typeBits(f.type[v])) return 0;
  shl64(1, 0, width);
  sub64(out.lo, out.hi, 1, 0);
  return out.lo === lo && out.hi === hi ? width : 0;
}

const conditions: Record<string, Condition> = {
  bool: (f, v) => isBoolean(f, v),
  int: (f, v) => f.type[v] === Type.I32 || f.type[v] === Type.I64,
  i32: (f, v) => f.type[v] === Type.I32,
  i64: (f, v) => f.type[v] === Type.I64,
  pow2: (f, c) => isPowerOfTwo64(f.immLo[c], f.type[c] === Type.I64 ? f.immHi[c] : 0),
  nonZero: (f, c) => f.immLo[c] !== 0 || (f.type[c] === Type.I64 && f.immHi[c] !== 0),
  nonNegative: (f, c) => (f.type[c] === Type.I64 ? f.immHi[c] : f.immLo[c]) >= 0,
  notLeastS: (f, c) =>
    !(f.type[c] === Type.I64 ? constantIs(f, c, 0, -0x80000000) : f.immLo[c] === -0x80000000),
  leastS: (f, c) => (f.type[c] === Type.I64 ? constantIs(f, c, 0, -0x80000000) : f.immLo[c] === -0x80000000),
  notGreatestS: (f, c) =>
    !(f.type[c] === Type.I64 ? constantIs(f, c, -1, 0x7fffffff) : f.immLo[c] === 0x7fffffff),
  greatestS: (f, c) =>
    f.type[c] === Type.I64 ? constantIs(f, c, -1, 0x7fffffff) : f.immLo[c] === 0x7fffffff,
  notAllOnes: (f, c) => !constantIs(f, c, -1, -1),
  /** A shift count outside 0 .. bits - 1. */
  countTooLarge: (f, c) => (f.immLo[c] & ~(typeBits(f.type[c]) - 1)) !== 0,
  /** The sum of two counts is below the width, or is the width. */
  sumInRange: (f, a, b) => f.immLo[a] + f.immLo[b] < typeBits(f.type[a]),
  sumIsWidth: (f, a, b) => f.immLo[a] + f.immLo[b] === typeBits(f.type[a]),
  isMultipleOfWidth: (f, c) => (f.immLo[c] & (typeBits(f.type[c]) - 1)) === 0,
  below32: (f, c) => f.immLo[c] >>> 0 < 32,
  atLeast32: (f, c) => f.immLo[c] >>> 0 >= 32,
  /** Keeps all bits of a shift count. */
  keepsCount: (f, c) => (~f.immLo[c] & (typeBits(f.type[c]) - 1)) === 0,
  keepsCount64: (f, c) => (~f.immLo[c] & 63) === 0,
  keepsLow8: (f, c) => (~f.immLo[c] & 0xff) === 0,
  keepsLow16: (f, c) => (~f.immLo[c] & 0xffff) === 0,
  keepsLow32: (f, c) => f.immLo[c] === -1,
  within8: (f, c) => (f.immLo[c] & ~0xff) === 0 && f.immHi[c] === 0,
  within16: (f, c) => (f.immLo[c] & ~0xffff) === 0 && f.immHi[c] === 0,
  fitsU32: (f, c) => f.immHi[c] === 0,
  notU32: (f, c) => f.immHi[c] !== 0,
  fitsS32: (f, c) => f.immHi[c] === f.immLo[c] >> 31,
  negative: (f, c) => (f.type[c] === Type.I64 ? f.immHi[c] : f.immLo[c]) < 0,
  disjoint: (f, a, b) =>
    (f.immLo[a] & f.immLo[b]) === 0 && (f.type[a] === Type.I32 || (f.immHi[a] & f.immHi[b]) === 0),
  subset: isSubset,
  lowMask: (f, c) => lowMaskWidth(f, c) !== 0,
  /** No bit of v can be set outside the mask, or inside it. */
  maskKeepsAll: (f, v, mask) => bitsWithin(f, v, f.immLo[mask], f.immHi[mask]),
  maskDropsAll: (f, v, mask) => bitsWithin(f, v, ~f.immLo[mask], ~f.immHi[mask]),
  lowHalfZero: (f, v) => bitsWithin(f, v, 0, -1),
  nonNegativeValue: (f, v) =>
    f.type[v] === Type.I64 ? bitsWithin(f, v, -1, 0x7fffffff) : bitsWithin(f, v, 0x7fffffff, 0),
  /** Every bit is set in one of the two. */
  coveredByOr: (f, a, b) =>
    (f.immLo[a] | f.immLo[b]) === -1 && (f.type[a] === Type.I32 || (f.immHi[a] | f.immHi[b]) === -1),
  fits8S: (f, v) => {
    const op = f.op[v];
    if ((op === Op.Load || op === Op.RawLoad) && auxWidth(f.aux[v]) === Width.S8) return true;
    return bitsWithin(f, v, 0x7f, 0);
  },
  fits16S: (f, v) => {
    const op = f.op[v];
    const width = op === Op.Load || op === Op.RawLoad ? auxWidth(f.aux[v]) : Width.Full;
    if (width === Width.S8 || width === Width.U8 || width === Width.S16 || op === Op.Extend8S) return true;
    return bitsWithin(f, v, 0x7fff, 0);
  },
  fits32S: (f, v) => {
    const op = f.op[v];
    const width = op === Op.Load || op === Op.RawLoad ? auxWidth(f.aux[v]) : Width.Full;
    if (width !== Width.Full && width !== Width.U32) return true;
    if (op === Op.Extend8S || op === Op.Extend16S) return true;
    return bitsWithin(f, v, 0x7fffffff, 0);
  },
  /** A float constant whose reciprocal is exact: a power of two, neither it nor the reciprocal subnormal. */
  exactReciprocal: (f, c) => {
    if (f.type[c] === Type.F32) {
      const exponent = (f.immLo[c] >>> 23) & 0xff;
      return (f.immLo[c] & 0x7fffff) === 0 && exponent >= 1 && exponent <= 253;
    }
    const exponent = (f.immHi[c] >>> 20) & 0x7ff;
    return f.immLo[c] === 0 && (f.immHi[c] & 0xfffff) === 0 && exponent >= 1 && exponent <= 2045;
  },
  signSet: (f, c) => (f.type[c] === Type.F64 ? f.immHi[c] : f.immLo[c]) < 0,
  signClear: (f, c) => (f.type[c] === Type.F64 ? f.immHi[c] : f.immLo[c]) >= 0,
};

/** The masks that a shift right and a shift left by n clear. */
function mask(type: Type, count: number, left: boolean): void {
  if (left) shl64(-1, -1, count);
  else if (type === Type.I32) {
    out.lo = (-1 >>> count) | 0;
    out.hi = 0;
  } else shrU64(-1, -1, count);
}

const functions: Record<string, ConstantFunction> = {
  log2: (f, _type, c) => {
    out.lo = f.type[c] === Type.I64 ? ctz64(f.immLo[c], f.immHi[c]) : ctz64(f.immLo[c], 0);
    out.hi = 0;
  },
  lessOne: (f, _type, c) => sub64(f.immLo[c], f.immHi[c], 1, 0),
  plusOne: (f, _type, c) => add64(f.immLo[c], f.immHi[c], 1, 0),
  /** The count modulo the width. */
  count: (f, type, c) => {
    out.lo = f.immLo[c] & (typeBits(type) - 1);
    out.hi = 0;
  },
  negateCount: (f, type, c) => {
    out.lo = -f.immLo[c] & (typeBits(type) - 1);
    out.hi = 0;
  },
  sum: (f, _type, a, b) => {
    out.lo = f.immLo[a] + f.immLo[b];
    out.hi = 0;
  },
  /** The sum of two counts, at most the width less one. */
  sumClamped: (f, type, a, b) => {
    out.lo = Math.min(f.immLo[a] + f.immLo[b], typeBits(type) - 1);
    out.hi = 0;
  },
  /** What is left of all ones shifted right, or left, by a count. */
  lowMask: (f, type, c) => mask(type, f.immLo[c], false),
  highMask: (f, type, c) => mask(type, f.immLo[c], true),
  shrU: (f, type, a, c) => {
    if (type === Type.I32) {
      out.lo = (f.immLo[a] >>> f.immLo[c]) | 0;
      out.hi = 0;
    } else shrU64(f.immLo[a], f.immHi[a], f.immLo[c]);
  },
  /** The reciprocal of a power of two: its exponent negated. */
  reciprocal: (f, _type, c) => {
    const isF32 = f.type[c] === Type.F32;
    out.lo = isF32 ? (f.immLo[c] & -0x80000000) | ((254 - ((f.immLo[c] >>> 23) & 0xff)) << 23) : 0;
    out.hi = isF32 ? 0 : (f.immHi[c] & -0x80000000) | ((2046 - ((f.immHi[c] >>> 20) & 0x7ff)) << 20);
  },
};

export const vocabulary: Vocabulary = { conditions, functions };
