// Which operation on vectors does what a scalar one does, lane by lane, for the vectorizer.
import { Op } from "../ir/ops.ts";
import { Type } from "../ir/types.ts";

const { I32, I64, F32, F64 } = Type;

/** Vector operations by scalar operation and type. */
const vectorOps = new Map<number, Op>();
for (const [type, list] of [
  [
    F32,
    [
      [Op.FAdd, Op.F32x4Add],
      [Op.FSub, Op.F32x4Sub],
      [Op.FMul, Op.F32x4Mul],
      [Op.FDiv, Op.F32x4Div],
      [Op.FSqrt, Op.F32x4Sqrt],
      [Op.FAbs, Op.F32x4Abs],
      [Op.FNeg, Op.F32x4Neg],
      [Op.ConvertS, Op.F32x4ConvertI32x4S],
    ],
  ],
  [
    F64,
    [
      [Op.FAdd, Op.F64x2Add],
      [Op.FSub, Op.F64x2Sub],
      [Op.FMul, Op.F64x2Mul],
      [Op.FDiv, Op.F64x2Div],
      [Op.FSqrt, Op.F64x2Sqrt],
      [Op.FAbs, Op.F64x2Abs],
      [Op.FNeg, Op.F64x2Neg],
    ],
  ],
  [
    I32,
    [
      [Op.Add, Op.I32x4Add],
      [Op.Sub, Op.I32x4Sub],
      [Op.Mul, Op.I32x4Mul],
      [Op.And, Op.V128And],
      [Op.Or, Op.V128Or],
      [Op.Xor, Op.V128Xor],
      [Op.Shl, Op.I32x4Shl],
      [Op.ShrS, Op.I32x4ShrS],
      [Op.ShrU, Op.I32x4ShrU],
    ],
  ],
  [
    I64,
    [
      [Op.Add, Op.I64x2Add],
      [Op.Sub, Op.I64x2Sub],
      [Op.And, Op.V128And],
      [Op.Or, Op.V128Or],
      [Op.Xor, Op.V128Xor],
    ],
  ],
] as const)
  for (const [op, vector] of list) vectorOps.set(op * 8 + type, vector);

export function vectorOp(op: Op, type: Type): Op | undefined {
  return vectorOps.get(op * 8 + type);
}

export function isShift(op: Op): boolean {
  return op === Op.Shl || op === Op.ShrS || op === Op.ShrU;
}
export function isReduction(op: Op): boolean {
  return op === Op.Add || op === Op.Xor || op === Op.And || op === Op.Or;
}
