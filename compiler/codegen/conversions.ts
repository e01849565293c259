// The exact ranges in which a float truncates to an integer without overflow, as float constants to compare
// with. Source: WebAssembly core specification, "trunc_u" and "trunc_s": the truncated value must be representable.
import { Op } from "../ir/ops.ts";
import { Type } from "../ir/types.ts";
import type { Lowering } from "./lower.ts";

export interface TruncationBounds {
  /** Bits (lo, hi) of the float below which (or at which, when `lowInclusive`) truncation overflows. */
  readonly low: readonly [number, number];
  readonly lowInclusive: boolean;
  /** Bits of the float at or above which truncation overflows. */
  readonly high: readonly [number, number];
}

function bits(value: number, type: Type): [number, number] {
  const view = new DataView(new ArrayBuffer(8));
  if (type === Type.F32) {
    view.setFloat32(0, value, true);
    return [view.getInt32(0, true), 0];
  }
  view.setFloat64(0, value, true);
  return [view.getInt32(0, true), view.getInt32(4, true)];
}

/** Bounds for truncating `operand` (F32, F64) to `result` (I32, I64). */
export function truncationBounds(result: Type, operand: Type, signed: boolean): TruncationBounds {
  const width = result === Type.I32 ? 32 : 64;
  if (!signed) return { low: bits(-1, operand), lowInclusive: true, high: bits(2 ** width, operand) };
  const exact = result === Type.I32 && operand === Type.F64;
  const low = exact ? -(2 ** 31) - 1 : -(2 ** (width - 1));
  return { low: bits(low, operand), lowInclusive: exact, high: bits(2 ** (width - 1), operand) };
}

/** x, when select v is (|x| < 2^31) ? trunc(x) : -2^31, or the same with 2^63: what machines give whose conversions answer everything else with the least integer. */
export function guardedTruncation(m: Lowering, v: number): number {
  const { f } = m;
  const [condition, yes, no] = [f.arg(v, 0), f.arg(v, 1), f.arg(v, 2)];
  if (f.op[yes] !== Op.TruncSatS || f.op[condition] !== Op.FLt || !m.isConst(no)) return 0;
  const x = f.arg(yes, 0);
  const [left, limit] = [f.arg(condition, 0), f.arg(condition, 1)];
  if (f.op[left] !== Op.FAbs || f.arg(left, 0) !== x || !m.isConst(limit)) return 0;
  const narrow = f.type[v] === Type.I32;
  const [lo, hi] = bits(narrow ? 2 ** 31 : 2 ** 63, f.type[x]);
  if (m.lo(limit) !== lo || (f.type[x] === Type.F64 && m.hi(limit) !== hi)) return 0;
  const least = -0x80000000;
  return (narrow ? m.lo(no) === least : m.lo(no) === 0 && m.hi(no) === least) ? x : 0;
}
