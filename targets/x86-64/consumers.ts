// What consumes comparisons (compare.ts): values 0 or 1, branches, traps, selects.
import { guardedTruncation } from "../../compiler/codegen/conversions.ts";
import type { Lowering } from "../../compiler/codegen/lower.ts";
import type { RuleTable } from "../../compiler/codegen/pattern.ts";
import { Op } from "../../compiler/ir/ops.ts";
import { Type } from "../../compiler/ir/types.ts";
import { comparison, condition, isFloatEquality, putFused } from "./compare.ts";
import { floatBinary } from "./floats.ts";
import { adder, source, width } from "./helpers.ts";
import { F, float } from "./insts.ts";

const { Void, I32, I64, F32, F64, V128 } = Type;

/** A select that is min or max of the machine: (a < b) ? a : b and the like, exact for NaN and zeros. */
function selectMinimum(m: Lowering, v: number, t: Type): boolean {
  const { f } = m;
  const [cond, yes, no] = [f.arg(v, 0), f.arg(v, 1), f.arg(v, 2)];
  if ((f.op[cond] !== Op.FLt && f.op[cond] !== Op.FGt) || f.type[f.arg(cond, 0)] !== t) return false;
  const straight = f.arg(cond, 0) === yes && f.arg(cond, 1) === no;
  if (!straight && !(f.arg(cond, 0) === no && f.arg(cond, 1) === yes)) return false;
  const less = (f.op[cond] === Op.FLt) === straight;
  floatBinary(m, v, yes, no, (less ? float.min : float.max)[width(t)], false);
  return true;
}

function selectRules(rules: RuleTable): void {
  const on = adder(rules);
  for (const t of [I32, I64]) {
    const w = width(t);
    on(Op.Select, t, I32, (m, v) => {
      const converted = guardedTruncation(m, v);
      if (converted !== 0) {
        m.put(F.toInt[width(m.f.type[converted])].plain[w], m.result(v), m.reg(converted));
        return;
      }
      let [yes, no] = [m.f.arg(v, 1), m.f.arg(v, 2)];
      const d = m.result(v);
      const k = condition(m, m.f.arg(v, 0), v);
      if (isFloatEquality(k)) {
        if (!k.isEqual) [yes, no] = [no, yes];
        putFused(m, k.equality.selectInt[w], k, 0, source(m, yes, t, v), d, source(m, no, t, v));
        return;
      }
      let { condition: taken } = k;
      // The first operand's register becomes the result's: best one that is not needed any more, or a constant.
      if (!m.isConst(no) && (m.isConst(yes) || (m.isLiveAfter(no, v) && !m.isLiveAfter(yes, v)))) {
        [yes, no] = [no, yes];
        taken ^= 1;
      }
      putFused(m, k.rows.selectInt[w], k, taken, m.reg(no), d, m.reg(yes));
    });
  }
  for (const t of [F32, F64, V128])
    on(Op.Select, t, I32, (m, v) => {
      if (t !== V128 && selectMinimum(m, v, t)) return;
      let [yes, no] = [m.f.arg(v, 1), m.f.arg(v, 2)];
      const d = m.result(v);
      const k = condition(m, m.f.arg(v, 0), v);
      if (isFloatEquality(k)) {
        if (!k.isEqual) [yes, no] = [no, yes];
        putFused(m, k.equality.selectFloat, k, 0, m.reg(yes), d, m.reg(no));
      } else {
        putFused(m, k.rows.selectFloat, k, k.condition, m.reg(yes), d, m.reg(no));
      }
    });
}

export function consumerRules(rules: RuleTable): void {
  const on = adder(rules);
  for (const op of [Op.Eq, Op.Ne, Op.LtS, Op.LtU, Op.LeS, Op.LeU, Op.GtS, Op.GtU, Op.GeS, Op.GeU])
    for (const t of [I32, I64])
      on(op, I32, t, (m, v) => {
        const d = m.result(v);
        const k = comparison(m, op, m.f.arg(v, 0), m.f.arg(v, 1), v, true);
        putFused(m, k.rows.set, k, k.condition, d);
      });
  for (const op of [Op.FEq, Op.FNe, Op.FLt, Op.FLe, Op.FGt, Op.FGe])
    for (const t of [F32, F64])
      on(op, I32, t, (m, v) => {
        const d = m.result(v);
        const k = comparison(m, op, m.f.arg(v, 0), m.f.arg(v, 1), v, true);
        if (isFloatEquality(k)) putFused(m, k.isEqual ? k.equality.eqSet : k.equality.neSet, k, 0, d);
        else putFused(m, k.rows.set, k, k.condition, d);
      });
  on(Op.Branch, Void, I32, (m, v) => {
    const k = condition(m, m.f.arg(v, 0), v);
    if (isFloatEquality(k)) putFused(m, k.isEqual ? k.equality.eqBranch : k.equality.neBranch, k, 0);
    else putFused(m, k.rows.branch, k, k.condition);
    m.symbol(m.successor(0));
  });
  on(Op.TrapIf, Void, I32, (m, v) => {
    const k = condition(m, m.f.arg(v, 0), v);
    if (isFloatEquality(k)) putFused(m, k.isEqual ? k.equality.eqTrap : k.equality.neTrap, k, 0);
    else putFused(m, k.rows.trap, k, k.condition);
    m.symbol(m.lo(v));
  });
  selectRules(rules);
}
