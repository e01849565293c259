// Helpers of the targets' lowering rules that know no architecture: constant tests, one-row rules, the choice of a load or store row.
import type { Op } from "../ir/ops.ts";
import { Type, Width } from "../ir/types.ts";
import type { Lowering } from "./lower.ts";
import type { RuleTable } from "./pattern.ts";

/** Adds the rule that puts (result, registers of the first n operands). */
export function simpleRule(
  rules: RuleTable,
  op: Op,
  result: Type,
  operand: Type,
  row: number,
  n: number,
  when?: (m: Lowering) => boolean,
): void {
  rules.on(
    op,
    result,
    operand,
    [],
    (m, v, c) => {
      if (n === 1) m.put(row, m.result(v), m.reg(c[0]));
      else m.put(row, m.result(v), m.reg(c[0]), m.reg(c[1]));
    },
    when,
  );
}

/** v is the integer constant 0. */
export function isZero(m: Lowering, v: number): boolean {
  return m.isConst(v) && m.lo(v) === 0 && (m.f.type[v] === Type.I32 || m.hi(v) === 0);
}

/** v is an integer constant other than 0. */
export function isNonZero(m: Lowering, v: number): boolean {
  return m.isConst(v) && !isZero(m, v);
}

/** v is the integer constant -1. */
export function isMinusOne(m: Lowering, v: number): boolean {
  return m.isConst(v) && m.lo(v) === -1 && (m.f.type[v] === Type.I32 || m.hi(v) === -1);
}

/** k of 2^k, else -1. */
export function powerOfTwo(lo: number, hi: number): number {
  if (hi === 0) return lo !== 0 && (lo & (lo - 1)) === 0 ? 31 - Math.clz32(lo) : -1;
  return lo === 0 && (hi & (hi - 1)) === 0 ? 63 - Math.clz32(hi) : -1;
}

/** k of 2^k - 1, else 0. */
export function maskBits(lo: number, hi: number): number {
  if (lo === -1) return hi === -1 || (hi >= 0 && (hi & (hi + 1)) === 0) ? 64 - Math.clz32(hi) : 0;
  return hi === 0 && lo > 0 && (lo & (lo + 1)) === 0 ? 32 - Math.clz32(lo) : 0;
}

type IntegerType = Type.I32 | Type.I64;
type FullType = IntegerType | Type.F32 | Type.F64;

/** Load rows by access width and result type. */
export interface LoadRows {
  /** V128 only where the target has vectors. */
  readonly full: Readonly<Record<FullType, number>> & { readonly [Type.V128]?: number };
  readonly u8: Readonly<Record<IntegerType, number>>;
  readonly s8: Readonly<Record<IntegerType, number>>;
  readonly u16: Readonly<Record<IntegerType, number>>;
  readonly s16: Readonly<Record<IntegerType, number>>;
  readonly u32: number;
  readonly s32: number;
  /** By width: vectors whose lanes are extended, where the target has vectors. */
  readonly lanes?: Readonly<Record<number, number>>;
}

export function loadRow(rows: LoadRows, width: Width, t: Type): number {
  if (t === Type.V128 && width !== Width.Full) return rows.lanes![width];
  const integer = t as IntegerType;
  switch (width) {
    case Width.U8:
      return rows.u8[integer];
    case Width.S8:
      return rows.s8[integer];
    case Width.U16:
      return rows.u16[integer];
    case Width.S16:
      return rows.s16[integer];
    case Width.U32:
      return rows.u32;
    case Width.S32:
      return rows.s32;
    default:
      return rows.full[t as FullType];
  }
}

/** Store rows by access width and type of the stored value. */
export interface StoreRows {
  /** V128 only where the target has vectors. */
  readonly full: Readonly<Record<FullType, number>> & { readonly [Type.V128]?: number };
  readonly narrow8: number;
  readonly narrow16: number;
  readonly narrow32: number;
}

export function storeRow(rows: StoreRows, width: Width, t: Type): number {
  switch (width) {
    case Width.S8:
    case Width.U8:
      return rows.narrow8;
    case Width.S16:
    case Width.U16:
      return rows.narrow16;
    case Width.S32:
    case Width.U32:
      return rows.narrow32;
    default:
      return rows.full[t as FullType];
  }
}
