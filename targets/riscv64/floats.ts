// Floats and conversions. Every f32 in a register is NaN-boxed: instructions, loads and moves from integer registers see to it.
import type { RuleTable } from "../../compiler/codegen/pattern.ts";
import { simpleRule } from "../../compiler/codegen/rules.ts";
import { Op } from "../../compiler/ir/ops.ts";
import { Type } from "../../compiler/ir/types.ts";
import { low, pick } from "./helpers.ts";
import { I, saturate, toFloat, truncate } from "./insts.ts";

const { I32, I64, F32, F64 } = Type;

export function floatRules(rules: RuleTable): void {
  for (const t of [F32, F64]) {
    for (const [op, row] of [
      [Op.FAdd, I.fadd],
      [Op.FSub, I.fsub],
      [Op.FMul, I.fmul],
      [Op.FDiv, I.fdiv],
      [Op.FMin, I.fmin],
      [Op.FMax, I.fmax],
      [Op.FCopysign, I.fsgnj],
    ] as const)
      simpleRule(rules, op, t, t, pick(row, t), 2);
    for (const [op, row] of [
      [Op.FAbs, I.fabs],
      [Op.FNeg, I.fneg],
      [Op.FSqrt, I.fsqrt],
      [Op.FCeil, I.ceil],
      [Op.FFloor, I.floor],
      [Op.FTrunc, I.trunc],
      [Op.FNearest, I.nearest],
    ] as const)
      simpleRule(rules, op, t, t, pick(row, t), 1);
    for (const i of [I32, I64]) conversions(rules, t, i);
  }
  simpleRule(rules, Op.Demote, F32, F64, I.demote, 1);
  simpleRule(rules, Op.Promote, F64, F32, I.promote, 1);
  rules.on(Op.Bitcast, F32, I32, [], (m, v, c) => m.put(I.moveToFloat.w, m.result(v), low(m, c[0])));
  simpleRule(rules, Op.Bitcast, F64, I64, I.moveToFloat.x, 1);
  simpleRule(rules, Op.Bitcast, I32, F32, I.moveToInt.w, 1);
  simpleRule(rules, Op.Bitcast, I64, F64, I.moveToInt.x, 1);
}

function conversions(rules: RuleTable, float: Type, int: Type): void {
  const f = float === F32 ? "s" : "d";
  const n = int === I32 ? "w" : "x";
  for (const [sign, convert, saturating, trapping] of [
    ["s", Op.ConvertS, Op.TruncSatS, Op.TruncS],
    ["u", Op.ConvertU, Op.TruncSatU, Op.TruncU],
  ] as const) {
    rules.on(convert, float, int, [], (m, v, c) =>
      m.put(toFloat[`${f}.${sign}${n}`], m.result(v), int === I32 ? low(m, c[0]) : m.reg(c[0])),
    );
    simpleRule(rules, saturating, int, float, saturate[`${sign}${n}.${f}`], 1);
    simpleRule(rules, trapping, int, float, truncate[`${sign}${n}.${f}`], 1);
  }
}
