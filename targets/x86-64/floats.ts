// Floats and conversions: operands in registers or memory, two-address or AVX forms.
import type { Lowering } from "../../compiler/codegen/lower.ts";
import type { RuleTable } from "../../compiler/codegen/pattern.ts";
import { Op } from "../../compiler/ir/ops.ts";
import { Type } from "../../compiler/ir/types.ts";
import { at, foldLoad } from "./address.ts";
import { adder, bestOrder, inPlace, isLoad, source, unary, width } from "./helpers.ts";
import { F, type FloatArithmetic, type FloatUnary, float } from "./insts.ts";

const { I32, I64, F32, F64 } = Type;

/** True when v can be a memory operand: a constant, or a load that may be part of the consumer. Its address is then in `at`. */
function floatInMemory(m: Lowering, v: number, t: Type, consumer: number): boolean {
  if (!m.isConst(v)) return foldLoad(m, v, t, consumer);
  if (m.lo(v) === 0 && (t === F32 || m.hi(v) === 0)) return false;
  at.constant(m.lo(v), t === F32 ? 0 : m.hi(v), t === F32 ? 2 : 3);
  return true;
}

export function floatBinary(
  m: Lowering,
  v: number,
  first: number,
  second: number,
  rows: FloatArithmetic,
  commutes: boolean,
): void {
  const t = m.f.type[v];
  const avx = m.options.features.has("avx");
  let [x, y] = [first, second];
  const d = m.result(v);
  if (commutes && !isLoad(m, y) && !m.isConst(y) && (isLoad(m, x) || m.isConst(x))) [x, y] = [y, x];
  // A constant is better loaded to where the result goes than x copied there.
  const copies = commutes && !avx && m.isConst(y) && m.isLiveAfter(x, v);
  if (!copies && floatInMemory(m, y, t, v)) {
    m.put(avx ? rows.avxMemory : rows.rm, m.reg(x), d);
    at.complete(m);
    return;
  }
  if (avx) {
    m.put(rows.avx, m.reg(x), m.reg(y), d);
    return;
  }
  if (commutes) [x, y] = bestOrder(m, v, x, y);
  m.put(rows.rr, m.reg(x), d, m.reg(y));
}

/** d = row(x) of a register or memory operand of type t. */
function floatUnary(m: Lowering, v: number, rows: FloatUnary, t: Type): void {
  const x = m.f.arg(v, 0);
  const d = m.result(v);
  if (foldLoad(m, x, t, v)) {
    m.put(rows.m, d);
    at.complete(m);
  } else {
    m.put(rows.r, d, source(m, x, t, v));
  }
}

export function floatRules(rules: RuleTable): void {
  const on = adder(rules);
  for (const t of [F32, F64]) {
    const w = width(t);
    const two = (op: Op, rows: FloatArithmetic, commutes: boolean): void =>
      on(op, t, t, (m, v) => floatBinary(m, v, m.f.arg(v, 0), m.f.arg(v, 1), rows, commutes));
    two(Op.FAdd, float.add[w], true);
    two(Op.FSub, float.sub[w], false);
    two(Op.FMul, float.mul[w], true);
    two(Op.FDiv, float.div[w], false);
    for (const [op, row] of [
      [Op.FMin, F.fmin[w]],
      [Op.FMax, F.fmax[w]],
      [Op.FCopysign, F.copysign[w]],
    ] as const)
      on(op, t, t, (m, v) => m.put(row, m.reg(m.f.arg(v, 0)), m.result(v), m.reg(m.f.arg(v, 1))));
    for (const [op, rows] of [
      [Op.FSqrt, F.sqrt[w]],
      [Op.FCeil, F.ceil[w]],
      [Op.FFloor, F.floor[w]],
      [Op.FTrunc, F.trunc[w]],
      [Op.FNearest, F.nearest[w]],
    ] as const)
      on(op, t, t, (m, v) => floatUnary(m, v, rows, t));
    const masked = (op: Op, row: number, sign: boolean): void =>
      on(op, t, t, (m, v) => {
        inPlace(m, row, m.reg(m.f.arg(v, 0)), m.result(v));
        at.mask(t, sign);
        at.complete(m);
      });
    masked(Op.FAbs, F.andMask, false);
    masked(Op.FNeg, F.xorMask, true);
    on(Op.ConvertS, t, I32, (m, v) => floatUnary(m, v, F.fromInt[w].l, I32));
    on(Op.ConvertS, t, I64, (m, v) => floatUnary(m, v, F.fromInt[w].q, I64));
    on(Op.ConvertU, t, I32, (m, v) => m.put(F.fromInt[w].q.r, m.result(v), m.reg(m.f.arg(v, 0))));
    on(Op.ConvertU, t, I64, (m, v) =>
      m.put(F.fromUnsigned[w], m.reg(m.f.arg(v, 0)), m.result(v), m.newReg(I64)),
    );
    for (const i of [I32, I64])
      for (const [op, rows] of [
        [Op.TruncS, F.toInt[w].trapS],
        [Op.TruncU, F.toInt[w].trapU],
        [Op.TruncSatS, F.toInt[w].satS],
        [Op.TruncSatU, F.toInt[w].satU],
      ] as const)
        on(op, i, t, (m, v) => unary(m, v, rows[width(i)], t));
  }
  on(Op.Demote, F32, F64, (m, v) => floatUnary(m, v, F.demote, F64));
  on(Op.Promote, F64, F32, (m, v) => floatUnary(m, v, F.promote, F32));
  on(Op.Bitcast, F32, I32, (m, v) => unary(m, v, F.moveToFloat.l, I32));
  on(Op.Bitcast, F64, I64, (m, v) => unary(m, v, F.moveToFloat.q, I64));
  on(Op.Bitcast, I32, F32, (m, v) => unary(m, v, F.moveToInt.l, F32));
  on(Op.Bitcast, I64, F64, (m, v) => unary(m, v, F.moveToInt.q, F64));
}
