// Comparisons and what consumes them: branches, traps, selects, and values 0 or 1.
//
// A branch compares two registers, either of which may be zero. Sign-extended i32 values compare as they are, signed and unsigned.
import { guardedTruncation } from "../../compiler/codegen/conversions.ts";
import type { Lowering } from "../../compiler/codegen/lower.ts";
import { any, constant, node, type RuleTable } from "../../compiler/codegen/pattern.ts";
import { isZero, maskBits, powerOfTwo } from "../../compiler/codegen/rules.ts";
import { invertedCompare, isFloatCompare, isIntegerCompare, Op } from "../../compiler/ir/ops.ts";
import { Type } from "../../compiler/ir/types.ts";
import { isImm12, pick, putBinary, putImmediate, zbb, zbs, zicond } from "./helpers.ts";
import { Condition, compare, type Fused, guarded, I } from "./insts.ts";

const { Void, I32, I64, F32, F64 } = Type;

const integerOps = [Op.Eq, Op.Ne, Op.LtS, Op.LtU, Op.LeS, Op.LeU, Op.GtS, Op.GtU, Op.GeS, Op.GeU];
const floatOps = [Op.FEq, Op.FNe, Op.FLt, Op.FLe, Op.FGt, Op.FGe];

/** A test ready to be fused: its rows and register operands (b is 0 with one). */
interface Test {
  readonly rows: Fused;
  readonly a: number;
  readonly b: number;
  readonly condition: Condition;
}

/** Value of an integer constant that is a 32-bit signed number, else undefined. */
function smallConstant(m: Lowering, v: number): number | undefined {
  if (!m.isConst(v)) return undefined;
  const lo = m.lo(v);
  return m.f.type[v] === I32 || m.hi(v) === lo >> 31 ? lo : undefined;
}

const maskedBits = node(Op.And, [any, constant()]);

/** Tests v for (not) being zero, in `consumer`. Of a masked value, one shift leaves the bits asked for, or brings one to the sign. */
function zeroTest(m: Lowering, v: number, isEqual: boolean, consumer: number): Test {
  const c = m.f.op[v] === Op.And ? m.match(v, maskedBits, consumer) : undefined;
  if (c !== undefined) {
    const [x, mask] = [c[1], c[2]];
    const lo = m.lo(mask);
    const hi = m.f.type[v] === I32 ? lo >> 31 : m.hi(mask);
    const bit = m.f.type[v] === I32 && lo === -0x80000000 ? 31 : powerOfTwo(lo, hi);
    if (bit > 10) {
      const shifted = bit === 63 ? m.reg(x) : putImmediate(m, I64, I.slli.x, m.reg(x), 63 - bit);
      return { rows: compare.rz, a: shifted, b: 0, condition: isEqual ? Condition.GE : Condition.LT };
    }
    const bits = maskBits(lo, hi);
    const condition = isEqual ? Condition.EQ : Condition.NE;
    if (bits > 11 && bits < 64)
      return { rows: compare.rz, a: putImmediate(m, I64, I.slli.x, m.reg(x), 64 - bits), b: 0, condition };
    return { rows: compare.rz, a: m.reg(v), b: 0, condition };
  }
  return { rows: compare.rz, a: m.reg(v), b: 0, condition: isEqual ? Condition.EQ : Condition.NE };
}

/** The comparison with a constant as one with zero, where there is one. */
function againstZero(cmp: Op, k: number): Op | undefined {
  if (k === 0) {
    if (cmp === Op.GtU) return Op.Ne;
    return cmp === Op.LeU ? Op.Eq : cmp;
  }
  if (k === -1) {
    if (cmp === Op.GtS) return Op.GeS;
    return cmp === Op.LeS ? Op.LtS : undefined;
  }
  if (k !== 1) return undefined;
  switch (cmp) {
    case Op.LtS:
      return Op.LeS;
    case Op.GeS:
      return Op.GtS;
    case Op.LtU:
      return Op.Eq;
    case Op.GeU:
      return Op.Ne;
    default:
      return undefined;
  }
}

/** Condition, and whether the operands change places. */
const integerConditions: Partial<Record<Op, readonly [Condition, boolean]>> = {
  [Op.Eq]: [Condition.EQ, false],
  [Op.Ne]: [Condition.NE, false],
  [Op.LtS]: [Condition.LT, false],
  [Op.LtU]: [Condition.LTU, false],
  [Op.GeS]: [Condition.GE, false],
  [Op.GeU]: [Condition.GEU, false],
  [Op.GtS]: [Condition.LT, true],
  [Op.GtU]: [Condition.LTU, true],
  [Op.LeS]: [Condition.GE, true],
  [Op.LeU]: [Condition.GEU, true],
};

function integerTest(m: Lowering, cmp: Op, x: number, y: number, consumer: number): Test {
  const k = smallConstant(m, y);
  const zeroOp = k === undefined ? undefined : againstZero(cmp, k);
  if (zeroOp === Op.Eq || zeroOp === Op.Ne) return zeroTest(m, x, zeroOp === Op.Eq, consumer);
  const [condition, swap] = integerConditions[zeroOp ?? cmp]!;
  if (zeroOp !== undefined) return { rows: swap ? compare.zr : compare.rz, a: m.reg(x), b: 0, condition };
  const [a, b] = swap ? [y, x] : [x, y];
  return { rows: compare.rr, a: m.reg(a), b: m.reg(b), condition };
}

/** The test `cmp` of values x and y. */
function test(m: Lowering, cmp: Op, x: number, y: number, consumer: number): Test {
  if (!isFloatCompare(cmp)) return integerTest(m, cmp, x, y, consumer);
  const rows =
    cmp === Op.FLt || cmp === Op.FGt
      ? compare.flt
      : cmp === Op.FLe || cmp === Op.FGe
        ? compare.fle
        : compare.feq;
  const [a, b] = cmp === Op.FGt || cmp === Op.FGe ? [y, x] : [x, y];
  const condition = cmp === Op.FNe ? Condition.EQ : Condition.NE;
  return { rows: m.f.type[x] === F32 ? rows.w : rows.x, a: m.reg(a), b: m.reg(b), condition };
}

function putTest(m: Lowering, row: number, t: Test, condition: Condition, extra: readonly number[]): void {
  const o = t.rows.uses === 2 ? [t.a, t.b, ...extra] : [t.a, ...extra];
  m.put(row, o[0], o[1], o[2], o[3], o[4]);
  m.aux(condition);
}

// ---- Values 0 or 1 ----

/** d = (x cmp k) for an immediate, if there is a short way. */
function setImmediate(m: Lowering, d: number, cmp: Op, x: number, k: number): boolean {
  const inverted = cmp === Op.GeS || cmp === Op.GeU || cmp === Op.GtS || cmp === Op.GtU;
  const inclusive = cmp === Op.LeS || cmp === Op.LeU || cmp === Op.GtS || cmp === Op.GtU;
  const unsigned = cmp === Op.LtU || cmp === Op.LeU || cmp === Op.GtU || cmp === Op.GeU;
  // x <= k is x < k + 1, unless that wraps.
  if (inclusive && unsigned && k === -1) return false;
  const limit = inclusive ? k + 1 : k;
  if (!isImm12(limit)) return false;
  const r = inverted ? m.newReg(I32) : d;
  m.put(unsigned ? I.sltiu : I.slti, r, m.reg(x));
  m.imm(limit);
  if (inverted) {
    m.put(I.xori, d, r);
    m.imm(1);
  }
  return true;
}

function setEqual(m: Lowering, d: number, isEqual: boolean, x: number, y: number, consumer: number): void {
  const row = isEqual ? I.seqz : I.snez;
  const k = smallConstant(m, y);
  if (k === 0) {
    if (!setBit(m, d, isEqual, x, consumer)) m.put(row, d, m.reg(x));
  } else if (k !== undefined && isImm12(-k)) m.put(row, d, putImmediate(m, I64, I.addi.x, m.reg(x), -k));
  else if (k !== undefined && isImm12(k)) m.put(row, d, putImmediate(m, I64, I.xori, m.reg(x), k));
  else m.put(row, d, putBinary(m, I64, I.xor, m.reg(x), m.reg(y)));
}

/** d = one bit of x, or its opposite, when v is x masked with that bit. */
function setBit(m: Lowering, d: number, isEqual: boolean, v: number, consumer: number): boolean {
  if (m.f.op[v] !== Op.And || !m.isConst(m.f.arg(v, 1))) return false;
  const mask = m.f.arg(v, 1);
  const lo = m.lo(mask);
  const is32 = m.f.type[v] === I32;
  const bit = is32 && lo === -0x80000000 ? 31 : powerOfTwo(lo, is32 ? lo >> 31 : m.hi(mask));
  if (bit < 0) return false;
  const c = m.match(v, maskedBits, consumer);
  if (c === undefined) return false;
  const x = m.reg(c[1]);
  const r = isEqual ? m.newReg(I32) : d;
  if (zbs(m) && bit > 0) {
    m.put(I.bexti, r, x);
    m.imm(bit);
  } else {
    m.put(I.andi, r, bit === 0 ? x : putImmediate(m, I64, I.srli.x, x, bit));
    m.imm(1);
  }
  if (isEqual) {
    m.put(I.xori, d, r);
    m.imm(1);
  }
  return true;
}

function setInteger(m: Lowering, d: number, cmp: Op, x: number, y: number, consumer: number): void {
  const k = smallConstant(m, y);
  const zeroOp = k === undefined ? undefined : againstZero(cmp, k);
  if (zeroOp === Op.Eq || zeroOp === Op.Ne) {
    if (k === 0) setEqual(m, d, zeroOp === Op.Eq, x, y, consumer);
    else m.put(zeroOp === Op.Eq ? I.seqz : I.snez, d, m.reg(x));
    return;
  }
  if (cmp === Op.Eq || cmp === Op.Ne) {
    setEqual(m, d, cmp === Op.Eq, x, y, consumer);
    return;
  }
  if (zeroOp === Op.GtS) {
    m.put(I.sgtz, d, m.reg(x));
    return;
  }
  if (k !== undefined && setImmediate(m, d, cmp, x, k)) return;
  const [condition, swap] = integerConditions[cmp]!;
  const row = {
    [Condition.LT]: I.slt,
    [Condition.LTU]: I.sltu,
    [Condition.GE]: I.sge,
    [Condition.GEU]: I.sgeu,
  }[condition as Condition.LT];
  const [a, b] = swap ? [y, x] : [x, y];
  m.put(row, d, m.reg(a), m.reg(b));
}

function setFloat(m: Lowering, d: number, cmp: Op, x: number, y: number): void {
  const rows =
    cmp === Op.FEq ? I.feq : cmp === Op.FNe ? I.fne : cmp === Op.FLt || cmp === Op.FGt ? I.flt : I.fle;
  const [a, b] = cmp === Op.FGt || cmp === Op.FGe ? [y, x] : [x, y];
  m.put(pick(rows, m.f.type[x]), d, m.reg(a), m.reg(b));
}

function set(m: Lowering, d: number, cmp: Op, x: number, y: number, consumer: number): void {
  if (isFloatCompare(cmp)) setFloat(m, d, cmp, x, y);
  else setInteger(m, d, cmp, x, y, consumer);
}

// ---- Selects ----

const extremes: Partial<Record<Op, readonly [taken: number, other: number]>> = {
  [Op.LtS]: [I.min, I.max],
  [Op.LeS]: [I.min, I.max],
  [Op.GtS]: [I.max, I.min],
  [Op.GeS]: [I.max, I.min],
  [Op.LtU]: [I.minu, I.maxu],
  [Op.LeU]: [I.minu, I.maxu],
  [Op.GtU]: [I.maxu, I.minu],
  [Op.GeU]: [I.maxu, I.minu],
};

/** x < y ? x : y and its like. */
function selectExtreme(
  m: Lowering,
  d: number,
  cmp: Op,
  x: number,
  y: number,
  yes: number,
  no: number,
): boolean {
  const rows = extremes[cmp];
  if (rows === undefined || !zbb(m)) return false;
  if (x === yes && y === no) m.put(rows[0], d, m.reg(x), m.reg(y));
  else if (x === no && y === yes) m.put(rows[1], d, m.reg(x), m.reg(y));
  else return false;
  return true;
}

/** Without a branch: `condition` is not zero for yes. */
function selectConditional(m: Lowering, d: number, condition: number, yes: number, no: number): void {
  if (isZero(m, no)) m.put(I.czeroEqz, d, m.reg(yes), condition);
  else if (isZero(m, yes)) m.put(I.czeroNez, d, m.reg(no), condition);
  else {
    const a = putBinary(m, I64, I.czeroEqz, m.reg(yes), condition);
    m.put(I.or, d, a, putBinary(m, I64, I.czeroNez, m.reg(no), condition));
  }
}

function selectImmediate(
  m: Lowering,
  t: Test,
  condition: Condition,
  kept: number,
  other: number,
  d: number,
): void {
  putTest(m, t.rows.selectImm, t, condition, [m.reg(kept), d]);
  m.imm(m.lo(other));
}

function select(m: Lowering, type: Type, d: number, t: Test, yes: number, no: number): void {
  if (type === F32 || type === F64) {
    putTest(m, t.rows.selectFloat, t, t.condition, [m.reg(yes), m.reg(no), d]);
    return;
  }
  const small = (v: number): boolean => isImm12(smallConstant(m, v) ?? 4096);
  if (small(no)) selectImmediate(m, t, t.condition, yes, no, d);
  else if (small(yes)) selectImmediate(m, t, t.condition ^ 1, no, yes, d);
  else putTest(m, t.rows.selectInt, t, t.condition, [m.reg(yes), m.reg(no), d]);
}

function selectRules(rules: RuleTable, type: Type): void {
  const isInt = type === I32 || type === I64;
  for (const cmp of [...integerOps, ...floatOps])
    rules.on(Op.Select, type, I32, [node(cmp, [any, any], { duplicate: true })], (m, v, c) => {
      const [x, y, yes, no] = [c[1], c[2], c[3], c[4]];
      const d = m.result(v);
      const converted = isInt ? guardedTruncation(m, v) : 0;
      if (converted !== 0) {
        const rows = type === I32 ? guarded.w : guarded.x;
        m.put(m.f.type[converted] === F32 ? rows.w : rows.x, d, m.reg(converted));
        return;
      }
      if (isInt && selectExtreme(m, d, cmp, x, y, yes, no)) return;
      if (!isInt || !zicond(m)) {
        select(m, type, d, test(m, cmp, x, y, v), yes, no);
        return;
      }
      const flip = cmp === Op.Eq && isZero(m, y);
      if (flip || (cmp === Op.Ne && isZero(m, y))) {
        selectConditional(m, d, m.reg(x), flip ? no : yes, flip ? yes : no);
        return;
      }
      // The comparison that needs no xori.
      const opposite =
        !isFloatCompare(cmp) && (cmp === Op.GeS || cmp === Op.GeU || cmp === Op.LeS || cmp === Op.LeU);
      const condition = m.newReg(I32);
      set(m, condition, opposite ? invertedCompare.get(cmp)! : cmp, x, y, v);
      selectConditional(m, d, condition, opposite ? no : yes, opposite ? yes : no);
    });
  rules.on(Op.Select, type, I32, [], (m, v, c) => {
    const [condition, yes, no] = [c[0], c[1], c[2]];
    const d = m.result(v);
    if (isInt && zicond(m)) selectConditional(m, d, m.reg(condition), yes, no);
    else select(m, type, d, zeroTest(m, condition, false, v), yes, no);
  });
}

export function compareRules(rules: RuleTable): void {
  for (const cmp of [...integerOps, ...floatOps]) {
    for (const t of isIntegerCompare(cmp) ? [I32, I64] : [F32, F64])
      rules.on(cmp, I32, t, [], (m, v, c) => set(m, m.result(v), cmp, c[0], c[1], v));
    const fusable = node(cmp, [any, any], { duplicate: true });
    rules.on(Op.Branch, Void, I32, [fusable], (m, v, c) => {
      const t = test(m, cmp, c[1], c[2], v);
      putTest(m, t.rows.branch, t, t.condition, []);
      m.symbol(m.successor(0));
    });
    rules.on(Op.TrapIf, Void, I32, [fusable], (m, v, c) => {
      const t = test(m, cmp, c[1], c[2], v);
      putTest(m, t.rows.trap, t, t.condition, []);
      m.symbol(m.lo(v));
    });
  }
  rules.on(Op.Branch, Void, I32, [], (m, v, c) => {
    const t = zeroTest(m, c[0], false, v);
    putTest(m, t.rows.branch, t, t.condition, []);
    m.symbol(m.successor(0));
  });
  rules.on(Op.TrapIf, Void, I32, [], (m, v, c) => {
    const t = zeroTest(m, c[0], false, v);
    putTest(m, t.rows.trap, t, t.condition, []);
    m.symbol(m.lo(v));
  });
  for (const type of [I32, I64, F32, F64]) selectRules(rules, type);
}
