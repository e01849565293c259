// x86-64 carries: x + (a < b) and x - (a < b), unsigned, which is how WebAssembly writes the carry and the borrow of long additions: the compare
// sets the carry flag, adc or sbb takes it.
import type { Lowering } from "../../compiler/codegen/lower.ts";
import { any, node, type RuleTable } from "../../compiler/codegen/pattern.ts";
import { Op } from "../../compiler/ir/ops.ts";
import { Type } from "../../compiler/ir/types.ts";
import { lowRegister } from "./address.ts";
import { putFused } from "./compare.ts";
import { type CarryRows, Condition, carries, compare, type Widths } from "./insts.ts";

const { I32, I64 } = Type;

/** Both terms of the sum or difference that x is, when it can be part of the instruction: nobody else needs it, and no load wants to be part of it. */
function terms(m: Lowering, x: number, op: Op, consumer: number): readonly [number, number] | undefined {
  const { f } = m;
  if (f.op[x] !== op) return undefined;
  const [p, q] = [f.arg(x, 0), f.arg(x, 1)];
  if ([p, q].some((v) => m.isConst(v) || f.op[v] === Op.Load || f.op[v] === Op.RawLoad)) return undefined;
  return m.match(x, node(op, [any, any]), consumer) === undefined ? undefined : [p, q];
}

/** v = x (op) (a < b). */
function emitCarry(m: Lowering, v: number, x: number, a: number, b: number): void {
  const { f } = m;
  const [t, compared] = [f.type[v], f.type[a]];
  const op = f.op[v] as Op;
  const [w, cw] = [t === I32 ? "l" : "q", compared === I32 ? "l" : "q"] as const;
  const source = (y: number, type: Type): number => (type === I32 ? lowRegister(m, y, v) : m.reg(y));
  const immediate = m.isConst(b) && (compared === I32 || m.hi(b) === m.lo(b) >> 31);
  const rows = immediate ? compare.ri[cw] : compare.rr[cw];
  const d = m.result(v);
  const both = terms(m, x, op, v);
  const pick = (c: CarryRows): Widths =>
    op === Op.Add ? (both ? c.addBoth : c.add) : both ? c.subBoth : c.sub;
  const k = {
    rows,
    condition: Condition.B,
    a: source(a, compared),
    b: immediate ? 0 : source(b, compared),
    immediate: immediate ? m.lo(b) : 0,
    memory: false,
  };
  const row = pick(carries.get(rows)!)[w];
  // The immediate form's row has one operand of the compare.
  const own = both ? [source(both[0], t), d, source(both[1], t)] : [source(x, t), d];
  putFused(m, row, { ...k, rows: { ...rows, uses: immediate ? 1 : 2 } }, Condition.B, ...own);
}

/** Adds the rules. They must stand in front of the plain ones for sums and differences. */
export function carryRules(rules: RuleTable): void {
  for (const op of [Op.Add, Op.Sub])
    for (const less of [Op.LtU, Op.GtU]) {
      const at = less === Op.LtU ? [0, 1] : [1, 0];
      const compared = node(less, [any, any]);
      rules.on(op, I64, I64, [any, node(Op.ExtendU, [compared], { type: I64 })], (m, v, c) =>
        emitCarry(m, v, c[0], c[3 + at[0]], c[3 + at[1]]),
      );
      rules.on(op, I32, I32, [any, compared], (m, v, c) => emitCarry(m, v, c[0], c[2 + at[0]], c[2 + at[1]]));
    }
}
