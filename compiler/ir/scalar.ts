// What each pure scalar operation computes, on constant bits: the exact semantics of the WebAssembly specification
// (core 3.0, "Numerics"), shared by constant folding and the evaluator. test/unit/scalar.test.ts compares every row with V8.
//
// - Integers are (lo, hi) pairs of signed 32-bit halves; i32 values have hi = 0 or anything: only lo is read, and results set hi
//   to the sign so that equal values have equal bits.
// - A NaN that an operation makes is the canonical one; abs, neg, copysign and bitcast keep payloads.
import {
  add64,
  bswap32,
  clz64,
  ctz32,
  ctz64,
  fromBigInt,
  lessS64,
  lessU64,
  mul64,
  mulHigh32S,
  mulHigh32U,
  mulHigh64S,
  mulHigh64U,
  out,
  popcount32,
  rotl64,
  shl64,
  shrS64,
  shrU64,
  sub64,
  toBigInt,
  toDoubleS,
  toDoubleU,
} from "../support/int64.ts";
import { Op } from "./ops.ts";
import { TrapCode, Type } from "./types.ts";

/** The bits that `evaluate` computed. */
export const result: { lo: number; hi: number } = out;

/** `evaluate` cannot compute the operation. */
export const NOT_SCALAR = -1;

const bits = new Int32Array(2);
const asF32 = new Float32Array(bits.buffer);
const asF64 = new Float64Array(bits.buffer);
const CANONICAL_F32 = 0x7fc00000;
const CANONICAL_F64_HI = 0x7ff80000;

function set(lo: number, hi: number): void {
  out.lo = lo;
  out.hi = hi;
}

function set32(x: number): void {
  out.lo = x | 0;
  out.hi = x >> 31;
}

function setBoolean(x: boolean): void {
  out.lo = x ? 1 : 0;
  out.hi = 0;
}

/** The number that float bits stand for. */
export function readFloat(type: Type, lo: number, hi: number): number {
  bits[0] = lo;
  bits[1] = hi;
  return type === Type.F32 ? asF32[0] : asF64[0];
}

/** Leaves the bits of x in `result`; NaN becomes the canonical one. */
export function writeFloat(type: Type, x: number): void {
  if (type === Type.F32) {
    asF32[0] = x;
    set(Number.isNaN(x) ? CANONICAL_F32 : bits[0], 0);
  } else {
    asF64[0] = x;
    if (Number.isNaN(x)) set(0, CANONICAL_F64_HI);
    else set(bits[0], bits[1]);
  }
}

/**
 * Computes a pure or possibly trapping scalar operation; the bits are left in `result`. `type` is the type column, `operand` the type of the first
 * argument. Returns 0, a TrapCode, or NOT_SCALAR.
 */
export function evaluate(
  op: Op,
  type: Type,
  operand: Type,
  aLo: number,
  aHi: number,
  bLo: number,
  bHi: number,
): number {
  if (op >= Op.Eq && op <= Op.GeU) return compareIntegers(op, operand, aLo, aHi, bLo, bHi);
  if (op >= Op.FAdd && op <= Op.FGe) return floatOperation(op, type, operand, aLo, aHi, bLo, bHi);
  if (op >= Op.ExtendS && op <= Op.Wrap) {
    if (op === Op.ExtendU) set(aLo, 0);
    else set32(aLo);
    return 0;
  }
  if (op >= Op.TruncS && op <= Op.Bitcast) return convert(op, type, operand, aLo, aHi);
  if (op < Op.Add || op > Op.Extend32S) return NOT_SCALAR;
  return type === Type.I32 ? integer32(op, aLo, bLo) : integer64(op, aLo, aHi, bLo, bHi);
}

function integer32(op: Op, a: number, b: number): number {
  switch (op) {
    case Op.Add:
      set32(a + b);
      return 0;
    case Op.Sub:
      set32(a - b);
      return 0;
    case Op.Mul:
      set32(Math.imul(a, b));
      return 0;
    case Op.And:
      set32(a & b);
      return 0;
    case Op.Or:
      set32(a | b);
      return 0;
    case Op.Xor:
      set32(a ^ b);
      return 0;
    case Op.Shl:
      set32(a << b);
      return 0;
    case Op.ShrS:
      set32(a >> b);
      return 0;
    case Op.ShrU:
      set32((a >>> b) | 0);
      return 0;
    case Op.Rotl:
      set32((a << b) | (a >>> -b));
      return 0;
    case Op.Rotr:
      set32((a >>> b) | (a << -b));
      return 0;
    case Op.MulHighS:
      set32(mulHigh32S(a, b));
      return 0;
    case Op.MulHighU:
      set32(mulHigh32U(a, b));
      return 0;
    case Op.Clz:
      set32(Math.clz32(a));
      return 0;
    case Op.Ctz:
      set32(ctz32(a));
      return 0;
    case Op.Popcnt:
      set32(popcount32(a));
      return 0;
    case Op.Bswap:
      set32(bswap32(a));
      return 0;
    case Op.Extend8S:
      set32((a << 24) >> 24);
      return 0;
    case Op.Extend16S:
      set32((a << 16) >> 16);
      return 0;
    default:
      return divide32(op, a, b);
  }
}

function divide32(op: Op, a: number, b: number): number {
  if (b === 0) return TrapCode.DivideByZero;
  switch (op) {
    case Op.DivS:
      if (a === -0x80000000 && b === -1) return TrapCode.IntegerOverflow;
      set32((a / b) | 0);
      return 0;
    case Op.DivU:
      set32(((a >>> 0) / (b >>> 0)) | 0);
      return 0;
    case Op.RemS:
      set32((a % b) | 0);
      return 0;
    case Op.RemU:
      set32(((a >>> 0) % (b >>> 0)) | 0);
      return 0;
    default:
      return NOT_SCALAR;
  }
}

function integer64(op: Op, aLo: number, aHi: number, bLo: number, bHi: number): number {
  switch (op) {
    case Op.Add:
      add64(aLo, aHi, bLo, bHi);
      return 0;
    case Op.Sub:
      sub64(aLo, aHi, bLo, bHi);
      return 0;
    case Op.Mul:
      mul64(aLo, aHi, bLo, bHi);
      return 0;
    case Op.And:
      set(aLo & bLo, aHi & bHi);
      return 0;
    case Op.Or:
      set(aLo | bLo, aHi | bHi);
      return 0;
    case Op.Xor:
      set(aLo ^ bLo, aHi ^ bHi);
      return 0;
    case Op.Shl:
      shl64(aLo, aHi, bLo);
      return 0;
    case Op.ShrS:
      shrS64(aLo, aHi, bLo);
      return 0;
    case Op.ShrU:
      shrU64(aLo, aHi, bLo);
      return 0;
    case Op.Rotl:
      rotl64(aLo, aHi, bLo);
      return 0;
    case Op.Rotr:
      rotl64(aLo, aHi, -bLo);
      return 0;
    case Op.MulHighS:
      mulHigh64S(aLo, aHi, bLo, bHi);
      return 0;
    case Op.MulHighU:
      mulHigh64U(aLo, aHi, bLo, bHi);
      return 0;
    case Op.Clz:
      set(clz64(aLo, aHi), 0);
      return 0;
    case Op.Ctz:
      set(ctz64(aLo, aHi), 0);
      return 0;
    case Op.Popcnt:
      set(popcount32(aLo) + popcount32(aHi), 0);
      return 0;
    case Op.Bswap:
      set(bswap32(aHi), bswap32(aLo));
      return 0;
    case Op.Extend8S:
      set32((aLo << 24) >> 24);
      return 0;
    case Op.Extend16S:
      set32((aLo << 16) >> 16);
      return 0;
    case Op.Extend32S:
      set32(aLo);
      return 0;
    default:
      return divide64(op, toBigInt(aLo, aHi), toBigInt(bLo, bHi));
  }
}

function divide64(op: Op, a: bigint, b: bigint): number {
  if (b === 0n) return TrapCode.DivideByZero;
  const unsignedA = BigInt.asUintN(64, a);
  const unsignedB = BigInt.asUintN(64, b);
  switch (op) {
    case Op.DivS:
      if (a === -(1n << 63n) && b === -1n) return TrapCode.IntegerOverflow;
      fromBigInt(a / b);
      return 0;
    case Op.DivU:
      fromBigInt(unsignedA / unsignedB);
      return 0;
    case Op.RemS:
      fromBigInt(a % b);
      return 0;
    case Op.RemU:
      fromBigInt(unsignedA % unsignedB);
      return 0;
    default:
      return NOT_SCALAR;
  }
}

function compareIntegers(op: Op, operand: Type, aLo: number, aHi: number, bLo: number, bHi: number): number {
  if (operand === Type.I32) {
    aHi = aLo >> 31;
    bHi = bLo >> 31;
  }
  switch (op) {
    case Op.Eq:
      setBoolean(aLo === bLo && aHi === bHi);
      return 0;
    case Op.Ne:
      setBoolean(aLo !== bLo || aHi !== bHi);
      return 0;
    case Op.LtS:
      setBoolean(lessS64(aLo, aHi, bLo, bHi));
      return 0;
    case Op.LtU:
      setBoolean(lessU64(aLo, aHi, bLo, bHi));
      return 0;
    case Op.GtS:
      setBoolean(lessS64(bLo, bHi, aLo, aHi));
      return 0;
    case Op.GtU:
      setBoolean(lessU64(bLo, bHi, aLo, aHi));
      return 0;
    case Op.LeS:
      setBoolean(!lessS64(bLo, bHi, aLo, aHi));
      return 0;
    case Op.LeU:
      setBoolean(!lessU64(bLo, bHi, aLo, aHi));
      return 0;
    case Op.GeS:
      setBoolean(!lessS64(aLo, aHi, bLo, bHi));
      return 0;
    default:
      setBoolean(!lessU64(aLo, aHi, bLo, bHi));
      return 0;
  }
}

function floatOperation(
  op: Op,
  type: Type,
  operand: Type,
  aLo: number,
  aHi: number,
  bLo: number,
  bHi: number,
): number {
  const isF32 = type === Type.F32;
  const sign = -0x80000000;
  switch (op) {
    case Op.FAbs:
      set(isF32 ? aLo & ~sign : aLo, isF32 ? 0 : aHi & ~sign);
      return 0;
    case Op.FNeg:
      set(isF32 ? aLo ^ sign : aLo, isF32 ? 0 : aHi ^ sign);
      return 0;
    case Op.FCopysign:
      if (isF32) set((aLo & ~sign) | (bLo & sign), 0);
      else set(aLo, (aHi & ~sign) | (bHi & sign));
      return 0;
  }
  const a = readFloat(operand, aLo, aHi);
  const b = readFloat(operand, bLo, bHi);
  switch (op) {
    case Op.FEq:
      setBoolean(a === b);
      return 0;
    case Op.FNe:
      setBoolean(a !== b);
      return 0;
    case Op.FLt:
      setBoolean(a < b);
      return 0;
    case Op.FLe:
      setBoolean(a <= b);
      return 0;
    case Op.FGt:
      setBoolean(a > b);
      return 0;
    case Op.FGe:
      setBoolean(a >= b);
      return 0;
  }
  writeFloat(type, floatArithmetic(op, a, b));
  return 0;
}

/** In double precision; rounding the result to single is exact for these operations (Figueroa 1995). */
function floatArithmetic(op: Op, a: number, b: number): number {
  switch (op) {
    case Op.FAdd:
      return a + b;
    case Op.FSub:
      return a - b;
    case Op.FMul:
      return a * b;
    case Op.FDiv:
      return a / b;
    case Op.FMin:
      return Math.min(a, b);
    case Op.FMax:
      return Math.max(a, b);
    case Op.FSqrt:
      return Math.sqrt(a);
    case Op.FCeil:
      return Math.ceil(a);
    case Op.FFloor:
      return Math.floor(a);
    case Op.FTrunc:
      return Math.trunc(a);
    default:
      return roundToEven(a);
  }
}

function roundToEven(a: number): number {
  const floor = Math.floor(a);
  const rest = a - floor;
  if (rest === 0 || Number.isNaN(a)) return a;
  const rounded = rest < 0.5 || (rest === 0.5 && floor % 2 === 0) ? floor : floor + 1;
  return rounded === 0 && a < 0 ? -0 : rounded;
}

function convert(op: Op, type: Type, operand: Type, aLo: number, aHi: number): number {
  switch (op) {
    case Op.TruncS:
    case Op.TruncU:
      return truncate(op === Op.TruncS, false, type, readFloat(operand, aLo, aHi));
    case Op.TruncSatS:
    case Op.TruncSatU:
      return truncate(op === Op.TruncSatS, true, type, readFloat(operand, aLo, aHi));
    case Op.ConvertS:
    case Op.ConvertU:
      toFloat(op === Op.ConvertS, type, operand, aLo, aHi);
      return 0;
    case Op.Demote:
    case Op.Promote:
      writeFloat(type, readFloat(operand, aLo, aHi));
      return 0;
    default: {
      const narrow = type === Type.I32 || type === Type.F32;
      set(aLo, narrow ? (type === Type.I32 ? aLo >> 31 : 0) : aHi);
      return 0;
    }
  }
}

function truncate(signed: boolean, saturate: boolean, type: Type, x: number): number {
  const width = type === Type.I32 ? 32 : 64;
  const limit = 2 ** (signed ? width - 1 : width);
  const t = Math.trunc(x);
  if (Number.isNaN(x)) {
    if (!saturate) return TrapCode.InvalidConversion;
    set(0, 0);
  } else if (t >= limit || t < (signed ? -limit : 0)) {
    if (!saturate) return TrapCode.IntegerOverflow;
    if (t < 0) set(signed && width === 32 ? -0x80000000 : 0, signed ? (width === 32 ? -1 : -0x80000000) : 0);
    else set(signed && width === 32 ? 0x7fffffff : -1, signed ? (width === 32 ? 0 : 0x7fffffff) : -1);
  } else if (width === 32) set32(t);
  else {
    const hi = Math.floor(t / 4294967296);
    set((t - hi * 4294967296) | 0, hi | 0);
  }
  return 0;
}

function toFloat(signed: boolean, type: Type, operand: Type, lo: number, hi: number): void {
  if (operand === Type.I32) {
    writeFloat(type, signed ? lo : lo >>> 0);
    return;
  }
  // To single precision: the bits that a double would drop are kept as one sticky bit, so that only one rounding happens.
  if (type === Type.F32 && (signed ? hi >> 21 !== hi >> 31 : hi >>> 21 !== 0)) {
    const sticky = (lo & 0x7ff) !== 0 ? 0x800 : 0;
    lo = (lo & ~0x7ff) | sticky;
  }
  writeFloat(type, signed ? toDoubleS(lo, hi) : toDoubleU(lo, hi));
}
