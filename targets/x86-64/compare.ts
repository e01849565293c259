// x86-64 comparisons: the form of a compare (registers, immediate, memory operand, test, bit test) and its condition, ready to be fused with
// a branch, trap, set or select.
import type { Lowering } from "../../compiler/codegen/lower.ts";
import { any, node, type Pattern } from "../../compiler/codegen/pattern.ts";
import { isFloatCompare, isIntegerCompare, Op } from "../../compiler/ir/ops.ts";
import { Type, Width } from "../../compiler/ir/types.ts";
import { at, foldLoad, lowRegister } from "./address.ts";
import { Condition, compare, compareFloat, type Fused, type FusedEquality } from "./insts.ts";

const { I32 } = Type;

export interface Comparison {
  readonly rows: Fused;
  readonly condition: Condition;
  /** The compare's registers; 0: none. */
  readonly a: number;
  readonly b: number;
  readonly immediate: number;
  /** One operand is in memory, at the address in `at`. */
  readonly memory: boolean;
  /** Equality of floats has rows of its own. */
  readonly equality?: FusedEquality;
  readonly isEqual?: boolean;
}

export function isFloatEquality(
  k: Comparison,
): k is Comparison & { equality: FusedEquality; isEqual: boolean } {
  return k.equality !== undefined;
}

const integerCondition: Partial<Record<Op, Condition>> = {
  [Op.Eq]: Condition.E,
  [Op.Ne]: Condition.NE,
  [Op.LtS]: Condition.L,
  [Op.LtU]: Condition.B,
  [Op.LeS]: Condition.LE,
  [Op.LeU]: Condition.BE,
  [Op.GtS]: Condition.G,
  [Op.GtU]: Condition.A,
  [Op.GeS]: Condition.GE,
  [Op.GeU]: Condition.AE,
};
/** Of zero-extended values below 2^31: signed is as unsigned. */
const unsignedCondition = new Map<Condition, Condition>([
  [Condition.L, Condition.B],
  [Condition.LE, Condition.BE],
  [Condition.G, Condition.A],
  [Condition.GE, Condition.AE],
]);
/** The condition after the operands of a compare changed places. */
const swappedCondition = new Map<Condition, Condition>([
  [Condition.L, Condition.G],
  [Condition.G, Condition.L],
  [Condition.LE, Condition.GE],
  [Condition.GE, Condition.LE],
  [Condition.B, Condition.A],
  [Condition.A, Condition.B],
  [Condition.BE, Condition.AE],
  [Condition.AE, Condition.BE],
]);

const shapes = new Map<Op, Pattern>();
for (let op = Op.Eq; op <= Op.FGe; op++)
  if (isIntegerCompare(op) || isFloatCompare(op)) shapes.set(op, node(op, [any, any], { duplicate: true }));
const signedByte = node(Op.Extend8S, [any]);
const conjunction = node(Op.And, [any, any]);
const shiftedLeft = node(Op.Shl, [any, any]);
const shiftedRight = node(Op.ShrU, [any, any]);

/** The comparison that decides whether i32 value v is non-zero. */
export function condition(m: Lowering, v: number, consumer: number): Comparison {
  const op = m.f.op[v] as Op;
  const shape = shapes.get(op);
  if (shape !== undefined) {
    const alone = !m.hasOtherUses(v);
    if (m.match(v, shape, consumer) !== undefined)
      return comparison(m, op, m.f.arg(v, 0), m.f.arg(v, 1), consumer, alone);
  }
  return withConstant(m, Condition.NE, v, 0, consumer, true);
}

/** The comparison x (op) y for `consumer`. `alone`: nobody else computes it, so loads may be part of it. */
export function comparison(
  m: Lowering,
  op: Op,
  x: number,
  y: number,
  consumer: number,
  alone: boolean,
): Comparison {
  if (isFloatCompare(op)) return floatComparison(m, op, x, y, consumer, alone);
  const t = m.f.type[x];
  const wanted = integerCondition[op]!;
  if (m.isConst(y) && (t === I32 || m.hi(y) === m.lo(y) >> 31))
    return withConstant(m, wanted, x, m.lo(y), consumer, alone);
  const w = t === I32 ? "l" : "q";
  const register = (v: number): number => (t === I32 ? lowRegister(m, v, consumer) : m.reg(v));
  if (alone && foldLoad(m, y, t, consumer))
    return { rows: compare.rm[w], condition: wanted, a: register(x), b: 0, immediate: 0, memory: true };
  if (alone && foldLoad(m, x, t, consumer))
    return { rows: compare.mr[w], condition: wanted, a: register(y), b: 0, immediate: 0, memory: true };
  // A constant that no immediate holds is better in the place that may be in memory.
  if (m.isConst(x))
    return {
      rows: compare.rr[w],
      condition: swappedCondition.get(wanted) ?? wanted,
      a: register(y),
      b: register(x),
      immediate: 0,
      memory: false,
    };
  return {
    rows: compare.rr[w],
    condition: wanted,
    a: register(x),
    b: register(y),
    immediate: 0,
    memory: false,
  };
}

function withConstant(
  m: Lowering,
  wanted: Condition,
  x: number,
  k: number,
  consumer: number,
  alone: boolean,
): Comparison {
  const t = m.f.type[x];
  const w = t === I32 ? "l" : "q";
  if (k === 0 && m.f.op[x] === Op.And && !m.isDemanded(x)) {
    const test = conjunctionTest(m, wanted, x, consumer, alone && !m.hasOtherUses(x));
    if (test !== undefined) return test;
  }
  const inMemory = { a: 0, b: 0, immediate: k, memory: true };
  if (alone && k >= 0 && k <= 0xff && foldLoad(m, x, t, consumer, Width.U8))
    return { rows: compare.mi.b, condition: unsigned(wanted), ...inMemory, immediate: (k << 24) >> 24 };
  if (alone && k >= -0x80 && k <= 0x7f && !isUnsigned(wanted) && foldLoad(m, x, t, consumer, Width.S8))
    return { rows: compare.mi.b, condition: wanted, ...inMemory };
  if (alone && k >= 0 && k <= 0xffff && foldLoad(m, x, t, consumer, Width.U16))
    return { rows: compare.mi.w, condition: unsigned(wanted), ...inMemory, immediate: (k << 16) >> 16 };
  if (alone && foldLoad(m, x, t, consumer)) return { rows: compare.mi[w], condition: wanted, ...inMemory };
  const byte = byteCompare(m, wanted, x, k, consumer);
  if (byte !== undefined) return byte;
  const a = t === I32 ? lowRegister(m, x, consumer) : m.reg(x);
  const rows = k === 0 ? compare.zero[w] : compare.ri[w];
  return { rows, condition: wanted, a, b: 0, immediate: k, memory: false };
}

/** The lowest byte of a register, extended, compared with a constant. */
function byteCompare(
  m: Lowering,
  wanted: Condition,
  x: number,
  k: number,
  consumer: number,
): Comparison | undefined {
  const { f } = m;
  const signs = f.op[x] === Op.Extend8S && k >= -0x80 && k <= 0x7f && !isUnsigned(wanted);
  const zeros =
    f.op[x] === Op.And && k > 0 && k <= 0xff && m.isConst(f.arg(x, 1)) && m.lo(f.arg(x, 1)) === 0xff;
  if (!(signs || (zeros && (f.type[x] === I32 || m.hi(f.arg(x, 1)) === 0))) || m.isDemanded(x))
    return undefined;
  if (m.match(x, signs ? signedByte : conjunction, consumer) === undefined) return undefined;
  const p = f.arg(x, 0);
  return {
    rows: compare.ri.b,
    condition: signs ? wanted : unsigned(wanted),
    a: f.type[x] === I32 ? lowRegister(m, p, consumer) : m.reg(p),
    b: 0,
    immediate: (k << 24) >> 24,
    memory: false,
  };
}

function unsigned(c: Condition): Condition {
  return unsignedCondition.get(c) ?? c;
}
function isUnsigned(c: Condition): boolean {
  return c === Condition.B || c === Condition.AE || c === Condition.A || c === Condition.BE;
}

/** (p & q) compared with zero. */
function conjunctionTest(
  m: Lowering,
  wanted: Condition,
  x: number,
  consumer: number,
  alone: boolean,
): Comparison | undefined {
  const { f } = m;
  if (m.match(x, conjunction, consumer) === undefined) return undefined;
  const [p, q] = [f.arg(x, 0), f.arg(x, 1)];
  const t = f.type[x];
  const equality = wanted === Condition.E || wanted === Condition.NE;
  const bit = equality ? bitTest(m, wanted, p, q, t, consumer) : undefined;
  if (bit !== undefined) return bit;
  const register = (v: number): number => (t === I32 ? lowRegister(m, v, consumer) : m.reg(v));
  const lo = m.lo(q);
  if (m.isConst(q) && (t === I32 || m.hi(q) === lo >> 31 || (equality && m.hi(q) === 0))) {
    const small = equality && lo >= 0 && lo <= 0xff;
    // The upper half of the constant is zero for l, or the sign for q.
    const w = small ? "b" : t === I32 || (equality && m.hi(q) === 0) ? "l" : "q";
    const immediate = small ? (lo << 24) >> 24 : lo;
    if (small && alone && foldLoad(m, p, t, consumer, Width.U8))
      return { rows: compare.testMemoryImm.b, condition: wanted, a: 0, b: 0, immediate, memory: true };
    if (alone && (t === I32 || w === "q") && foldLoad(m, p, t, consumer))
      return {
        rows: compare.testMemoryImm[t === I32 ? "l" : "q"],
        condition: wanted,
        a: 0,
        b: 0,
        immediate: lo,
        memory: true,
      };
    const rows = small && lo === 0xff ? compare.zero.b : compare.testImm[w];
    return { rows, condition: wanted, a: register(p), b: 0, immediate, memory: false };
  }
  const w = t === I32 ? "l" : "q";
  for (const [r, memory] of [
    [p, q],
    [q, p],
  ])
    if (alone && foldLoad(m, memory, t, consumer))
      return {
        rows: compare.testMemory[w],
        condition: wanted,
        a: register(r),
        b: 0,
        immediate: 0,
        memory: true,
      };
  return {
    rows: compare.test[w],
    condition: wanted,
    a: register(p),
    b: register(q),
    immediate: 0,
    memory: false,
  };
}

/** Bit number n of a value: p & (1 << n), or (p >> n) & 1. bt puts it in the carry flag, and takes n modulo the width. */
function bitTest(
  m: Lowering,
  wanted: Condition,
  p: number,
  q: number,
  t: Type,
  consumer: number,
): Comparison | undefined {
  const { f } = m;
  const w = t === I32 ? "l" : "q";
  const register = (v: number): number => (t === I32 ? lowRegister(m, v, consumer) : m.reg(v));
  const result = (value: number, n: number): Comparison => ({
    rows: m.isConst(n) ? compare.bitImm[w] : compare.bit[w],
    condition: wanted === Condition.E ? Condition.AE : Condition.B,
    a: register(value),
    b: m.isConst(n) ? 0 : register(n),
    immediate: m.isConst(n) ? m.lo(n) & (t === I32 ? 31 : 63) : 0,
    memory: false,
  });
  const isOne = (v: number): boolean => m.isConst(v) && m.lo(v) === 1 && (t === I32 || m.hi(v) === 0);
  if (isOne(q)) {
    if (f.op[p] !== Op.ShrU || m.isDemanded(p) || m.match(p, shiftedRight, consumer) === undefined)
      return undefined;
    return result(f.arg(p, 0), f.arg(p, 1));
  }
  for (const [value, power] of [
    [p, q],
    [q, p],
  ])
    if (f.op[power] === Op.Shl && isOne(f.arg(power, 0)) && !m.isDemanded(power))
      if (m.match(power, shiftedLeft, consumer) !== undefined) return result(value, f.arg(power, 1));
  return undefined;
}

/** "above" and "above or equal" are false for unordered operands, so less-than is compared the other way round. */
function floatComparison(
  m: Lowering,
  op: Op,
  x: number,
  y: number,
  consumer: number,
  alone: boolean,
): Comparison {
  const t = m.f.type[x];
  const rows = t === Type.F32 ? compareFloat.l : compareFloat.q;
  const equality = op === Op.FEq || op === Op.FNe;
  let [a, b] = op === Op.FLt || op === Op.FLe ? [y, x] : [x, y];
  if (equality && (m.isConst(a) || m.f.op[a] === Op.Load)) [a, b] = [b, a];
  const memory = m.isConst(b) ? constantOperand(m, b, t) : alone && foldLoad(m, b, t, consumer);
  const common = { a: m.reg(a), b: memory ? 0 : m.reg(b), immediate: 0, memory };
  if (equality) {
    const equalRows = memory ? rows.equalRm : rows.equalRr;
    return {
      rows: memory ? rows.rm : rows.rr,
      condition: Condition.E,
      ...common,
      equality: equalRows,
      isEqual: op === Op.FEq,
    };
  }
  const wanted = op === Op.FLt || op === Op.FGt ? Condition.A : Condition.AE;
  return { rows: memory ? rows.rm : rows.rr, condition: wanted, ...common };
}

function constantOperand(m: Lowering, v: number, t: Type): boolean {
  if (m.lo(v) === 0 && (t === Type.F32 || m.hi(v) === 0)) return false;
  at.constant(m.lo(v), t === Type.F32 ? 0 : m.hi(v), t === Type.F32 ? 2 : 3);
  return true;
}

/** Puts a fused row: the compare's operands, then the consumer's. */
export function putFused(
  m: Lowering,
  row: number,
  k: Comparison,
  condition: Condition,
  ...consumer: number[]
): void {
  const operands = [k.a, k.b].slice(0, k.rows.uses).concat(consumer);
  m.put(row, operands[0], operands[1], operands[2], operands[3], operands[4]);
  if (k.memory) {
    at.complete(m, k.immediate, condition);
  } else {
    m.imm(k.immediate);
    m.aux(condition);
  }
}
