// The exact ranges in which a float truncates to an integer without overflow, as float constants to compare
// with. Source: WebAssembly core specification, "trunc_u" and "trunc_s": the truncated value must be representable.
import { Type } from "../ir/types.ts";

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
