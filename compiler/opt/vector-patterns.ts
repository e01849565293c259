// What several scalar instructions compute that one operation on vectors does: the less or greater of two numbers, upper halves of products, comparisons.
import type { Func } from "../ir/func.ts";
import { Op } from "../ir/ops.ts";
import { Type } from "../ir/types.ts";

const { I32, I64, F32, F64 } = Type;

/** x `op` y in lanes. */
export interface Pair {
  readonly op: Op;
  readonly x: number;
  readonly y: number;
}

const less = new Map<Op, readonly [Op, Op]>([
  [Op.LtS, [Op.I32x4MinS, Op.I32x4MaxS]],
  [Op.LeS, [Op.I32x4MinS, Op.I32x4MaxS]],
  [Op.GtS, [Op.I32x4MaxS, Op.I32x4MinS]],
  [Op.GeS, [Op.I32x4MaxS, Op.I32x4MinS]],
  [Op.LtU, [Op.I32x4MinU, Op.I32x4MaxU]],
  [Op.LeU, [Op.I32x4MinU, Op.I32x4MaxU]],
  [Op.GtU, [Op.I32x4MaxU, Op.I32x4MinU]],
  [Op.GeU, [Op.I32x4MaxU, Op.I32x4MinU]],
]);

/** A selection that takes the less or the greater of two i32. */
export function minMax(f: Func, v: number): Pair | undefined {
  if (f.op[v] !== Op.Select || f.type[v] !== I32) return undefined;
  const c = f.arg(v, 0);
  const [x, y] = [f.arg(v, 1), f.arg(v, 2)];
  const ops = less.get(f.op[c]);
  if (ops === undefined || f.type[f.arg(c, 0)] !== I32) return undefined;
  const [a, b] = [f.arg(c, 0), f.arg(c, 1)];
  if (a === x && b === y) return { op: ops[0], x, y };
  if (a === y && b === x) return { op: ops[1], x, y };
  return undefined;
}

/** wrap((extend(x) * factor) >> by), by 32 at least. */
export interface HighProduct {
  readonly op: Op;
  readonly x: number;
  /** The factor, as an i32. */
  readonly factor: number;
  readonly shift: Op;
  /** What is left to shift by. */
  readonly by: number;
}

export function highProduct(f: Func, v: number): HighProduct | undefined {
  const shift = f.arg(v, 0);
  if (f.op[v] !== Op.Wrap || (f.op[shift] !== Op.ShrU && f.op[shift] !== Op.ShrS)) return undefined;
  const [product, count] = [f.arg(shift, 0), f.arg(shift, 1)];
  if (!f.isConst(count) || f.op[product] !== Op.Mul) return undefined;
  const by = (f.immLo[count] & 63) - 32;
  const [wide, factor] = [f.arg(product, 0), f.arg(product, 1)];
  if (by < 0 || !f.isConst(factor)) return undefined;
  const isSigned = f.op[wide] === Op.ExtendS;
  if (!isSigned && f.op[wide] !== Op.ExtendU) return undefined;
  if (f.immHi[factor] !== (isSigned ? f.immLo[factor] >> 31 : 0)) return undefined;
  const op = isSigned ? Op.I32x4MulHighS : Op.I32x4MulHighU;
  return { op, x: f.arg(wide, 0), factor: f.immLo[factor], shift: f.op[shift] as Op, by };
}

/** A comparison as a mask: of swapped operands, of numbers with the other sign bit, the opposite of what the vector operation finds. */
export interface Mask {
  readonly op: Op;
  readonly swapped: boolean;
  readonly unsigned: boolean;
  readonly inverted: boolean;
}

const masks = new Map<number, Mask>();
function mask(types: readonly Type[], op: Op, vector: readonly Op[], flags: string): void {
  types.forEach((type, i) => {
    masks.set(op * 8 + type, {
      op: vector[i],
      swapped: flags.includes("s"),
      unsigned: flags.includes("u"),
      inverted: flags.includes("i"),
    });
  });
}
const integer = [I32];
const equal = [Op.I32x4Eq];
const greater = [Op.I32x4GtS];
mask(integer, Op.Eq, equal, "");
mask(integer, Op.Ne, equal, "i");
mask(integer, Op.GtS, greater, "");
mask(integer, Op.LtS, greater, "s");
mask(integer, Op.LeS, greater, "i");
mask(integer, Op.GeS, greater, "si");
mask(integer, Op.GtU, greater, "u");
mask(integer, Op.LtU, greater, "us");
mask(integer, Op.LeU, greater, "ui");
mask(integer, Op.GeU, greater, "usi");
const floats = [F32, F64];
mask(floats, Op.FEq, [Op.F32x4Eq, Op.F64x2Eq], "");
mask(floats, Op.FNe, [Op.F32x4Eq, Op.F64x2Eq], "i");
mask(floats, Op.FLt, [Op.F32x4Lt, Op.F64x2Lt], "");
mask(floats, Op.FGt, [Op.F32x4Lt, Op.F64x2Lt], "s");
mask(floats, Op.FLe, [Op.F32x4Le, Op.F64x2Le], "");
mask(floats, Op.FGe, [Op.F32x4Le, Op.F64x2Le], "s");

export function maskOf(op: Op, operand: Type): Mask | undefined {
  return operand === I64 ? undefined : masks.get(op * 8 + operand);
}
