// Long sums and differences: x + (a < b) and x - (a < b), unsigned, which is how WebAssembly writes the carry and the borrow between words. Machines with a carry flag
// take it from a compare, or, where the compare asks whether a sum or the difference of its own operands wrapped around, from that addition or subtraction,
// which is then computed there: both halves are one row.
import { isIntegerCompare, Op } from "../ir/ops.ts";
import { Type } from "../ir/types.ts";
import type { Lowering } from "./lower.ts";
import { any, node, type RuleTable } from "./pattern.ts";

const { I32, I64 } = Type;
/** Instructions in front of a borrow among which its difference is looked for. */
const NEAR = 12;

/** v = x (op) (a < b), or a sum or difference of both `terms` instead of x. */
export interface Carry {
  readonly v: number;
  readonly op: Op.Add | Op.Sub;
  readonly x: number;
  readonly a: number;
  readonly b: number;
  /** The instruction first (op) second whose carry a < b is, to be computed with v; 0: none. */
  readonly lower: number;
  readonly first: number;
  readonly second: number;
}

/** A carry of another sum: better added by itself. */
function isCarry(m: Lowering, v: number): boolean {
  const { f } = m;
  return isIntegerCompare(f.op[f.op[v] === Op.ExtendU ? f.arg(v, 0) : v]);
}

/** Both terms of the sum or difference that c.x is, when it can be part of the instruction: nobody else needs it, and no load wants to be part of it. */
export function carryTerms(m: Lowering, c: Carry): readonly [number, number] | undefined {
  const { f } = m;
  if (f.op[c.x] !== c.op) return undefined;
  const [p, q] = [f.arg(c.x, 0), f.arg(c.x, 1)];
  if ([p, q].some((v) => m.isConst(v) || isCarry(m, v) || f.op[v] === Op.Load || f.op[v] === Op.RawLoad))
    return undefined;
  return m.match(c.x, node(c.op, [any, any]), c.v) === undefined ? undefined : [p, q];
}

/** The instruction whose carry or borrow a < b is: a = b + y, or one near v that computes a - b; 0 when there is none that can be computed with v. */
function findLowerHalf(m: Lowering, v: number, x: number, a: number, b: number, comparison: number): number {
  const { f } = m;
  if (f.type[a] !== f.type[v]) return 0;
  let s = 0;
  if (f.op[v] === Op.Add) {
    if (f.op[a] === Op.Add && (f.arg(a, 0) === b || f.arg(a, 1) === b)) s = a;
  } else {
    for (let w = f.prev[v], n = 0; w !== 0 && s === 0 && n < NEAR; w = f.prev[w], n++)
      if (f.op[w] === Op.Sub && f.arg(w, 0) === a && f.arg(w, 1) === b) s = w;
    if (s !== 0 && !m.isDemanded(s)) s = 0;
  }
  return s !== 0 && s !== x && m.canSink(s, v, comparison) ? s : 0;
}

/** Adds the rules, for machines with a carry flag. They must stand in front of the plain ones for sums and differences. */
export function carryRules(rules: RuleTable, emit: (m: Lowering, c: Carry) => void): void {
  const start = (m: Lowering, v: number, x: number, a: number, b: number, comparison: number): void => {
    const { f } = m;
    const op = f.op[v] as Op.Add | Op.Sub;
    const lower = findLowerHalf(m, v, x, a, b, comparison);
    let [first, second] = lower === 0 ? [0, 0] : [f.arg(lower, 0), f.arg(lower, 1)];
    // What is compared is needed in a register; the other one may be in memory.
    if (op === Op.Add && second === b && !m.isConst(second)) [first, second] = [second, first];
    if (lower !== 0) m.done(lower);
    emit(m, { v, op, x, a, b, lower, first, second });
  };
  for (const op of [Op.Add, Op.Sub])
    for (const less of [Op.LtU, Op.GtU]) {
      const [i, j] = less === Op.LtU ? [0, 1] : [1, 0];
      const compared = node(less, [any, any]);
      rules.on(op, I64, I64, [any, node(Op.ExtendU, [compared], { type: I64 })], (m, v, c) =>
        start(m, v, c[0], c[3 + i], c[3 + j], c[2]),
      );
      rules.on(op, I32, I32, [any, compared], (m, v, c) => start(m, v, c[0], c[2 + i], c[2 + j], c[1]));
    }
}
