// Floats and conversions.
import { truncationBounds } from "../../compiler/codegen/conversions.ts";
import type { Lowering } from "../../compiler/codegen/lower.ts";
import type { RuleTable } from "../../compiler/codegen/pattern.ts";
import { simpleRule } from "../../compiler/codegen/rules.ts";
import { Op } from "../../compiler/ir/ops.ts";
import { TrapCode, Type } from "../../compiler/ir/types.ts";
import { movImm, pick } from "./helpers.ts";
import { Condition, compare, convert, type Fused, I } from "./insts.ts";

const { I32, I64, F32, F64 } = Type;

function trapWhen(
  m: Lowering,
  rows: Fused,
  a: number,
  b: number,
  condition: Condition,
  code: TrapCode,
): void {
  m.put(rows.trap, a, b);
  m.aux(condition);
  m.symbol(code);
}

function lowerTruncation(rules: RuleTable, op: Op, result: Type, operand: Type, row: number): void {
  const bounds = truncationBounds(result, operand, op === Op.TruncS);
  const rows = operand === F32 ? compare.float.w : compare.float.x;
  rules.on(op, result, operand, [], (m, v, c) => {
    const d = m.result(v);
    const x = m.reg(c[0]);
    trapWhen(m, rows, x, x, Condition.VS, TrapCode.InvalidConversion);
    trapWhen(
      m,
      rows,
      x,
      movImm(m, operand, ...bounds.low),
      bounds.lowInclusive ? Condition.LS : Condition.MI,
      TrapCode.IntegerOverflow,
    );
    trapWhen(m, rows, x, movImm(m, operand, ...bounds.high), Condition.GE, TrapCode.IntegerOverflow);
    m.put(row, d, x);
  });
}

export function floatRules(rules: RuleTable): void {
  for (const t of [F32, F64]) {
    for (const [op, row] of [
      [Op.FAdd, I.fadd],
      [Op.FSub, I.fsub],
      [Op.FMul, I.fmul],
      [Op.FDiv, I.fdiv],
      [Op.FMin, I.fmin],
      [Op.FMax, I.fmax],
      [Op.FCopysign, I.copysign],
    ] as const) {
      simpleRule(rules, op, t, t, pick(row, t), 2);
    }
    for (const [op, row] of [
      [Op.FAbs, I.fabs],
      [Op.FNeg, I.fneg],
      [Op.FSqrt, I.fsqrt],
      [Op.FCeil, I.frintp],
      [Op.FFloor, I.frintm],
      [Op.FTrunc, I.frintz],
      [Op.FNearest, I.frintn],
    ] as const) {
      simpleRule(rules, op, t, t, pick(row, t), 1);
    }
    const f = t === F32 ? "s" : "d";
    for (const i of [I32, I64]) {
      const n = i === I32 ? "w" : "x";
      simpleRule(rules, Op.ConvertS, t, i, convert[`toFloatS.${f}${n}`], 1);
      simpleRule(rules, Op.ConvertU, t, i, convert[`toFloatU.${f}${n}`], 1);
      simpleRule(rules, Op.TruncSatS, i, t, convert[`toIntS.${n}${f}`], 1);
      simpleRule(rules, Op.TruncSatU, i, t, convert[`toIntU.${n}${f}`], 1);
      lowerTruncation(rules, Op.TruncS, i, t, convert[`toIntS.${n}${f}`]);
      lowerTruncation(rules, Op.TruncU, i, t, convert[`toIntU.${n}${f}`]);
    }
  }
  simpleRule(rules, Op.Demote, F32, F64, I.demote, 1);
  simpleRule(rules, Op.Promote, F64, F32, I.promote, 1);
  simpleRule(rules, Op.Bitcast, F32, I32, I.moveToFloat.w, 1);
  simpleRule(rules, Op.Bitcast, F64, I64, I.moveToFloat.x, 1);
  simpleRule(rules, Op.Bitcast, I32, F32, I.moveToInt.w, 1);
  simpleRule(rules, Op.Bitcast, I64, F64, I.moveToInt.x, 1);
}
