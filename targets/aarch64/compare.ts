// Comparisons and what consumes them: 0 or 1, branches, traps, selects. A comparison with zero of a masked value tests bits.
import type { Lowering } from "../../compiler/codegen/lower.ts";
import { any, constant, node, type RuleTable } from "../../compiler/codegen/pattern.ts";
import { isZero, powerOfTwo } from "../../compiler/codegen/rules.ts";
import { isFloatCompare, isIntegerCompare, Op } from "../../compiler/ir/ops.ts";
import { Type } from "../../compiler/ir/types.ts";
import { isLogicalImmediate, pick } from "./helpers.ts";
import { Condition, cbz, cbzTrap, compare, type Fused, tbz, ZeroTest } from "./insts.ts";

const { Void, I32, I64, F32, F64, V128 } = Type;
const intTypes = [I32, I64];
const floatTypes = [F32, F64];

const integerCondition: Partial<Record<Op, Condition>> = {
  [Op.Eq]: Condition.EQ,
  [Op.Ne]: Condition.NE,
  [Op.LtS]: Condition.LT,
  [Op.LtU]: Condition.LO,
  [Op.LeS]: Condition.LE,
  [Op.LeU]: Condition.LS,
  [Op.GtS]: Condition.GT,
  [Op.GtU]: Condition.HI,
  [Op.GeS]: Condition.GE,
  [Op.GeU]: Condition.HS,
};
/** After fcmp; false when unordered, but for ne. */
const floatCondition: Partial<Record<Op, Condition>> = {
  [Op.FEq]: Condition.EQ,
  [Op.FNe]: Condition.NE,
  [Op.FLt]: Condition.MI,
  [Op.FLe]: Condition.LS,
  [Op.FGt]: Condition.GT,
  [Op.FGe]: Condition.GE,
};
const compareOps = [
  ...(Object.keys(integerCondition).map(Number) as Op[]),
  ...(Object.keys(floatCondition).map(Number) as Op[]),
];

/** A compare ready to be fused: its rows, operand registers (b is 0 with an immediate), immediate and condition. */
interface Comparison {
  rows: Fused;
  a: number;
  b: number;
  lo: number;
  /** Upper half of the immediate; the sign of lo by default. */
  hi?: number;
  condition: Condition;
}

const masked = node(Op.And, [any, any]);

/** The test of a masked value for (not) being zero, in `consumer`, or undefined when x is no such value that can be absorbed. */
function maskTest(m: Lowering, cmp: Op, x: number, consumer: number): Comparison | undefined {
  if (m.f.op[x] !== Op.And || m.match(x, masked, consumer) === undefined) return undefined;
  const t = m.f.type[x];
  const [a, b] = [m.f.arg(x, 0), m.f.arg(x, 1)];
  const condition = cmp === Op.Eq ? Condition.EQ : Condition.NE;
  const [lo, hi] = [m.lo(b), t === I32 ? m.lo(b) >> 31 : m.hi(b)];
  if (m.isConst(b) && isLogicalImmediate(lo, hi, t))
    return { rows: pick(compare.tstImm, t), a: m.reg(a), b: 0, lo, hi, condition };
  return { rows: pick(compare.tst, t), a: m.reg(a), b: m.reg(b), lo: 0, condition };
}

/** Branches when x is (not) zero: by one bit, when x is masked with one. */
function branchOnZero(m: Lowering, x: number, isZeroTaken: boolean, consumer: number): void {
  const t = m.f.type[x];
  const mask = m.f.op[x] === Op.And && m.isConst(m.f.arg(x, 1)) ? m.f.arg(x, 1) : 0;
  const bit =
    mask === 0 ? -1 : powerOfTwo(m.lo(mask), t === I32 && m.lo(mask) === -0x80000000 ? 0 : m.hi(mask));
  if (bit >= 0 && m.match(x, masked, consumer) !== undefined) {
    m.put(pick(tbz, t), m.reg(m.f.arg(x, 0)));
    m.imm(bit);
  } else m.put(pick(cbz, t), m.reg(x));
  m.aux(isZeroTaken ? ZeroTest.Zero : ZeroTest.NonZero);
}

/** Prepares the comparison `cmp` of values x and y. */
function comparison(m: Lowering, cmp: Op, x: number, y: number, consumer: number): Comparison {
  const t = m.f.type[x];
  if (isFloatCompare(cmp)) {
    return {
      rows: t === F32 ? compare.float.w : compare.float.x,
      a: m.reg(x),
      b: m.reg(y),
      lo: 0,
      condition: floatCondition[cmp]!,
    };
  }
  const bits = (cmp === Op.Eq || cmp === Op.Ne) && isZero(m, y) ? maskTest(m, cmp, x, consumer) : undefined;
  if (bits !== undefined) return bits;
  const condition = integerCondition[cmp]!;
  const wide = t !== I32;
  if (m.isConst(y)) {
    const lo = m.lo(y);
    const hi = wide ? m.hi(y) : lo >> 31;
    // "cmp x, #-k" is assembled as cmn, which sets the same flags except for k = 0.
    if (hi === lo >> 31 && lo > -4096 && lo < 4096)
      return { rows: wide ? compare.ri.x : compare.ri.w, a: m.reg(x), b: 0, lo, condition };
  }
  return { rows: wide ? compare.rr.x : compare.rr.w, a: m.reg(x), b: m.reg(y), lo: 0, condition };
}

/** Compares v with zero. */
function nonZero(m: Lowering, v: number): Comparison {
  return {
    rows: m.f.type[v] === I64 ? compare.ri.x : compare.ri.w,
    a: m.reg(v),
    b: 0,
    lo: 0,
    condition: Condition.NE,
  };
}

function putFused(
  m: Lowering,
  row: number,
  k: Comparison,
  condition: number,
  extra: readonly number[],
): void {
  const operands = k.rows.uses === 2 ? [k.a, k.b, ...extra] : [k.a, ...extra];
  m.put(row, operands[0], operands[1], operands[2], operands[3], operands[4]);
  m.imm(k.lo, k.hi);
  m.aux(condition);
}

function consumerRules(rules: RuleTable): void {
  for (const cmp of compareOps) {
    for (const t of isIntegerCompare(cmp) ? intTypes : floatTypes) {
      rules.on(cmp, I32, t, [], (m, v, c) => {
        const d = m.result(v);
        const k = comparison(m, cmp, c[0], c[1], v);
        putFused(m, k.rows.set, k, k.condition, [d]);
      });
    }
    rules.on(Op.Branch, Void, I32, [node(cmp, [any, any], { duplicate: true })], (m, v, c) => {
      const [x, y] = [c[1], c[2]];
      if ((cmp === Op.Eq || cmp === Op.Ne) && isZero(m, y)) branchOnZero(m, x, cmp === Op.Eq, v);
      else if ((cmp === Op.LtS || cmp === Op.GeS) && isZero(m, y)) {
        m.put(pick(tbz, m.f.type[x]), m.reg(x));
        m.imm(m.f.type[x] === I32 ? 31 : 63);
        m.aux(cmp === Op.GeS ? ZeroTest.Zero : ZeroTest.NonZero);
      } else {
        const k = comparison(m, cmp, x, y, v);
        putFused(m, k.rows.branch, k, k.condition, []);
      }
      m.symbol(m.successor(0));
    });
    rules.on(Op.TrapIf, Void, I32, [node(cmp, [any, any], { duplicate: true })], (m, v, c) => {
      const [x, y] = [c[1], c[2]];
      if ((cmp === Op.Eq || cmp === Op.Ne) && isZero(m, y)) {
        m.put(pick(cbzTrap, m.f.type[x]), m.reg(x));
        m.aux(cmp === Op.Eq ? ZeroTest.Zero : ZeroTest.NonZero);
      } else {
        const k = comparison(m, cmp, x, y, v);
        putFused(m, k.rows.trap, k, k.condition, []);
      }
      m.symbol(m.lo(v));
    });
  }
  rules.on(Op.Branch, Void, I32, [], (m, v, c) => {
    branchOnZero(m, c[0], false, v);
    m.symbol(m.successor(0));
  });
  rules.on(Op.TrapIf, Void, I32, [], (m, v, c) => {
    m.put(cbzTrap.w, m.reg(c[0]));
    m.aux(ZeroTest.NonZero);
    m.symbol(m.lo(v));
  });
}

const selectWidth = ["", "w", "x", "s", "d", "q"];
const plusOne = node(Op.Add, [any, constant((lo, hi) => lo === 1 && hi === 0)]);

/** Rules for what a comparison adds 1 to. */
export function incrementRules(rules: RuleTable): void {
  for (const cmp of compareOps)
    for (const t of intTypes) {
      const test = node(cmp, [any, any]);
      const increment = (m: Lowering, v: number, x: number, y: number, to: number): void => {
        const d = m.result(v);
        const k = comparison(m, cmp, x, y, v);
        putFused(m, pick(k.rows.increment, t), k, k.condition, [m.reg(to), d]);
      };
      if (t === I32) rules.on(Op.Add, t, t, [any, test], (m, v, c) => increment(m, v, c[2], c[3], c[0]));
      else
        rules.on(Op.Add, t, t, [any, node(Op.ExtendU, [test])], (m, v, c) =>
          increment(m, v, c[3], c[4], c[0]),
        );
      const shared = node(cmp, [any, any], { duplicate: true });
      const next = (
        m: Lowering,
        v: number,
        x: number,
        y: number,
        kept: number,
        stepped: number,
        flip: number,
      ): void => {
        const d = m.result(v);
        const k = comparison(m, cmp, x, y, v);
        putFused(m, pick(k.rows.selectNext, t), k, k.condition ^ flip, [m.reg(kept), m.reg(stepped), d]);
      };
      rules.on(Op.Select, t, I32, [shared, any, plusOne], (m, v, c) => next(m, v, c[1], c[2], c[3], c[5], 0));
      rules.on(Op.Select, t, I32, [shared, plusOne, any], (m, v, c) => next(m, v, c[1], c[2], c[6], c[4], 1));
    }
}

function selectRules(rules: RuleTable): void {
  for (const t of [...intTypes, ...floatTypes, V128]) {
    for (const cmp of compareOps) {
      rules.on(Op.Select, t, I32, [node(cmp, [any, any], { duplicate: true })], (m, v, c) => {
        const [x, y, yes, no] = [c[1], c[2], c[3], c[4]];
        const d = m.result(v);
        const k = comparison(m, cmp, x, y, v);
        putFused(m, k.rows.select[selectWidth[t]], k, k.condition, [m.reg(yes), m.reg(no), d]);
      });
    }
    rules.on(Op.Select, t, I32, [], (m, v, c) => {
      const [yes, no] = [c[1], c[2]];
      const d = m.result(v);
      const k = nonZero(m, c[0]);
      putFused(m, k.rows.select[selectWidth[t]], k, Condition.NE, [m.reg(yes), m.reg(no), d]);
    });
  }
}

export function compareRules(rules: RuleTable): void {
  consumerRules(rules);
  selectRules(rules);
}
