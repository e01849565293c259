// What the RISC-V lowering files share: CPU features, tests of constants, operands of which only the lower half matters.
import { putConstant } from "../../compiler/codegen/common.ts";
import type { Lowering } from "../../compiler/codegen/lower.ts";
import { Op } from "../../compiler/ir/ops.ts";
import { Type } from "../../compiler/ir/types.ts";
import { I, type Widths } from "./insts.ts";

export const zba = (m: Lowering): boolean => m.options.features.has("zba");
export const zbb = (m: Lowering): boolean => m.options.features.has("zbb");
export const zbs = (m: Lowering): boolean => m.options.features.has("zbs");
export const zicond = (m: Lowering): boolean => m.options.features.has("zicond");
/** For rules of the baseline that an extension makes needless. */
export const noZbb = (m: Lowering): boolean => !zbb(m);

/** w for 32-bit types, x for 64-bit ones. */
export function pick(rows: Widths, t: Type): number {
  return t === Type.I32 || t === Type.F32 ? rows.w : rows.x;
}

/** x is an immediate of addi, of a load or store. */
export function isImm12(x: number): boolean {
  return x >= -2048 && x < 2048;
}

/** Register whose lower half is that of i32 value v: spares the sign extension of a wrapped i64. */
export function low(m: Lowering, v: number): number {
  return m.f.op[v] === Op.Wrap && !m.isDemanded(v) ? m.reg(m.f.arg(v, 0)) : m.reg(v);
}

/** Puts a constant in a new register. */
export function constantRegister(m: Lowering, t: Type, lo: number, hi: number): number {
  return putConstant(m, I, t, lo, hi);
}

/** Puts row (new register of type t, a) with an immediate and returns the register. */
export function putImmediate(m: Lowering, t: Type, row: number, a: number, imm: number): number {
  const r = m.newReg(t);
  m.put(row, r, a);
  m.imm(imm);
  return r;
}

/** Puts row (new register of type t, a, b) and returns the register. */
export function putBinary(m: Lowering, t: Type, row: number, a: number, b: number): number {
  const r = m.newReg(t);
  m.put(row, r, a, b);
  return r;
}

export function putUnary(m: Lowering, t: Type, row: number, a: number): number {
  const r = m.newReg(t);
  m.put(row, r, a);
  return r;
}
