// What the AArch64 lowering files share: rows by width, constants in registers, which constants are immediates of logic.
import { putConstant } from "../../compiler/codegen/common.ts";
import type { Lowering } from "../../compiler/codegen/lower.ts";
import { Type } from "../../compiler/ir/types.ts";
import { I } from "./insts.ts";

const { I32, F32 } = Type;

/** w for 32-bit types, x for 64-bit ones. */
export function pick<T>(rows: { readonly w: T; readonly x: T }, type: Type): T {
  return type === I32 || type === F32 ? rows.w : rows.x;
}

/** A register with a constant. */
export function movImm(m: Lowering, t: Type, lo: number, hi: number): number {
  return putConstant(m, I, t, lo, hi);
}

/** Whether a constant can be the immediate of and, orr, eor: a rotated run of ones, repeated. */
export function isLogicalImmediate(lo: number, hi: number, type: Type): boolean {
  let low = lo >>> 0;
  let high = type === I32 ? low : hi >>> 0;
  if ((low === 0 && high === 0) || (low === 0xffffffff && high === 0xffffffff)) return false;
  let size = 64;
  if (low === high) {
    size = 32;
    while (size > 2) {
      const half = size / 2;
      const mask = half === 32 ? 0xffffffff : 2 ** half - 1;
      if ((low & mask) >>> 0 !== ((low >>> half) & mask) >>> 0) break;
      size = half;
      low = (low & mask) >>> 0;
    }
    high = 0;
  }
  // Rotated so that it starts at a 0-to-1 boundary, the element must be one run of ones.
  let transitions = 0;
  for (let i = 0; i < size; i++) {
    const j = (i + 1) % size;
    const bit = i < 32 ? (low >>> i) & 1 : (high >>> (i - 32)) & 1;
    const nextBit = j < 32 ? (low >>> j) & 1 : (high >>> (j - 32)) & 1;
    if (bit !== nextBit) transitions++;
  }
  return transitions === 2;
}
