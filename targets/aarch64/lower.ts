// AArch64 lowering rules: IR patterns to instruction rows, specific first.
//
// i32 values have an undefined upper half in their register; only w-forms and uxtw/sxtw extensions read them.
import { carryRules } from "../../compiler/codegen/carry.ts";
import { commonRules, putConstant } from "../../compiler/codegen/common.ts";
import { truncationBounds } from "../../compiler/codegen/conversions.ts";
import type { Lowering } from "../../compiler/codegen/lower.ts";
import { any, constant, node, RuleTable } from "../../compiler/codegen/pattern.ts";
import {
  isMinusOne,
  isNonZero,
  isZero,
  loadRow,
  maskBits,
  powerOfTwo,
  simpleRule,
  storeRow,
} from "../../compiler/codegen/rules.ts";
import { isFloatCompare, isIntegerCompare, Op } from "../../compiler/ir/ops.ts";
import { accessSize, auxWidth, TrapCode, Type } from "../../compiler/ir/types.ts";
import { emitCarry } from "./carry.ts";
import {
  AddressMode,
  Condition,
  cbz,
  cbzTrap,
  compare,
  convert,
  type Fused,
  I,
  load,
  store,
  tbz,
  type Widths,
  ZeroTest,
} from "./insts.ts";

export const rules = new RuleTable();
const { Void, I32, I64, F32, F64 } = Type;
const intTypes = [I32, I64];
const floatTypes = [F32, F64];

/** w for 32-bit types, x for 64-bit ones. */
function pick<T>(rows: { readonly w: T; readonly x: T }, type: Type): T {
  return type === I32 || type === F32 ? rows.w : rows.x;
}

const imm12 = constant((lo, hi) => hi === lo >> 31 && lo >= 0 && lo < 4096);
const negativeImm12 = constant((lo, hi) => hi === lo >> 31 && lo < 0 && lo > -4096);
const anyConstant = constant();

/** Whether a constant can be the immediate of and, orr, eor: a rotated run of ones, repeated. */
export function isLogicalImmediate(lo: number, hi: number, type: Type): boolean {
  let low = lo >>> 0;
  let high = type === I32 ? low : hi >>> 0;
  if ((low === 0 && high === 0) || (low === 0xffffffff && high === 0xffffffff)) return false;
  let size = 64;
  if (low === high) {
    size = 32;
    while (size > 2) {
      const half = size / 2;
      const mask = half === 32 ? 0xffffffff : 2 ** half - 1;
      if ((low & mask) >>> 0 !== ((low >>> half) & mask) >>> 0) break;
      size = half;
      low = (low & mask) >>> 0;
    }
    high = 0;
  }
  // Rotated so that it starts at a 0-to-1 boundary, the element must be one run of ones.
  let transitions = 0;
  for (let i = 0; i < size; i++) {
    const j = (i + 1) % size;
    const bit = i < 32 ? (low >>> i) & 1 : (high >>> (i - 32)) & 1;
    const nextBit = j < 32 ? (low >>> j) & 1 : (high >>> (j - 32)) & 1;
    if (bit !== nextBit) transitions++;
  }
  return transitions === 2;
}
const lowMask = constant((lo, hi) => maskBits(lo, hi) > 0);
const logical32 = constant((lo, hi) => isLogicalImmediate(lo, hi, I32));
const logical64 = constant((lo, hi) => isLogicalImmediate(lo, hi, I64));

function simple(op: Op, result: Type, operand: Type, row: number, n: number): void {
  simpleRule(rules, op, result, operand, row, n);
}

commonRules(rules, I);
carryRules(rules, emitCarry);

// ---- Integer arithmetic ----

function withImmediate(
  op: Op,
  t: Type,
  pattern: ReturnType<typeof constant>,
  row: number,
  value: (lo: number) => number,
): void {
  rules.on(op, t, t, [any, pattern], (m, v, c) => {
    const k = c[1];
    m.put(row, m.result(v), m.reg(c[0]));
    m.imm(value(m.lo(k)), t === I32 ? undefined : m.hi(k));
  });
}

for (const t of intTypes) {
  const w = (r: Widths): number => pick(r, t);
  const bits = t === I32 ? 32 : 64;
  rules.on(Op.Add, t, t, [any, imm12], (m, v, c) => {
    m.put(w(I.addImm), m.result(v), m.reg(c[0]));
    m.imm(m.lo(c[1]));
  });
  rules.on(Op.Add, t, t, [any, negativeImm12], (m, v, c) => {
    m.put(w(I.subImm), m.result(v), m.reg(c[0]));
    m.imm(-m.lo(c[1]));
  });
  rules.on(Op.Sub, t, t, [any, imm12], (m, v, c) => {
    m.put(w(I.subImm), m.result(v), m.reg(c[0]));
    m.imm(m.lo(c[1]));
  });
  rules.on(Op.Sub, t, t, [constant((lo, hi) => lo === 0 && hi === 0), any], (m, v, c) =>
    m.put(w(I.neg), m.result(v), m.reg(c[1])),
  );
  rules.on(Op.Add, t, t, [any, node(Op.Mul, [any, any])], (m, v, c) =>
    m.put(w(I.madd), m.result(v), m.reg(c[2]), m.reg(c[3]), m.reg(c[0])),
  );
  rules.on(Op.Sub, t, t, [any, node(Op.Mul, [any, any])], (m, v, c) =>
    m.put(w(I.msub), m.result(v), m.reg(c[2]), m.reg(c[3]), m.reg(c[0])),
  );
  const shifted = (op: Op, shift: Op, row: Widths): void =>
    rules.on(op, t, t, [any, node(shift, [any, anyConstant])], (m, v, c) => {
      const k = m.lo(c[3]) & (bits - 1);
      m.put(w(row), m.result(v), m.reg(c[0]), m.reg(c[2]));
      m.imm(k);
    });
  shifted(Op.Add, Op.Shl, I.addShift);
  shifted(Op.Sub, Op.Shl, I.subShift);
  shifted(Op.And, Op.Shl, I.andShift);
  shifted(Op.Or, Op.Shl, I.orrShift);
  shifted(Op.Xor, Op.Shl, I.eorShift);
  shifted(Op.Add, Op.ShrU, I.addLsr);
  shifted(Op.Add, Op.ShrS, I.addAsr);
  shifted(Op.Or, Op.ShrU, I.orrLsr);
  shifted(Op.Xor, Op.ShrU, I.eorLsr);
  if (t === I64) {
    rules.on(
      Op.Add,
      t,
      t,
      [node(Op.MemoryBase, [], { duplicate: true }), node(Op.ExtendU, [any])],
      (m, v, c) => m.put(I.memoryAddress, m.result(v), m.reg(c[2])),
    );
    rules.on(Op.Add, t, t, [any, node(Op.ExtendU, [any])], (m, v, c) =>
      m.put(I.addUxtw, m.result(v), m.reg(c[0]), m.reg(c[2])),
    );
    rules.on(Op.Add, t, t, [any, node(Op.ExtendS, [any])], (m, v, c) =>
      m.put(I.addSxtw, m.result(v), m.reg(c[0]), m.reg(c[2])),
    );
    rules.on(Op.Mul, t, t, [node(Op.ExtendS, [any]), node(Op.ExtendS, [any])], (m, v, c) =>
      m.put(I.smull, m.result(v), m.reg(c[1]), m.reg(c[3])),
    );
    rules.on(Op.Mul, t, t, [node(Op.ExtendU, [any]), node(Op.ExtendU, [any])], (m, v, c) =>
      m.put(I.umull, m.result(v), m.reg(c[1]), m.reg(c[3])),
    );
  }
  const minusOne = constant((lo, hi) => lo === -1 && (t === I32 || hi === -1));
  rules.on(Op.And, t, t, [any, node(Op.Xor, [any, minusOne])], (m, v, c) =>
    m.put(w(I.bic), m.result(v), m.reg(c[0]), m.reg(c[2])),
  );
  rules.on(Op.Or, t, t, [any, node(Op.Xor, [any, minusOne])], (m, v, c) =>
    m.put(w(I.orn), m.result(v), m.reg(c[0]), m.reg(c[2])),
  );
  rules.on(Op.Xor, t, t, [any, minusOne], (m, v, c) => m.put(w(I.mvn), m.result(v), m.reg(c[0])));
  rules.on(Op.And, t, t, [node(Op.ShrU, [any, anyConstant]), lowMask], (m, v, c) => {
    const at = m.lo(c[2]) & (bits - 1);
    m.put(w(I.ubfx), m.result(v), m.reg(c[1]));
    m.imm(at);
    m.aux(Math.min(maskBits(m.lo(c[3]), m.hi(c[3])), bits - at));
  });
  const logical = t === I32 ? logical32 : logical64;
  withImmediate(Op.And, t, logical, w(I.andImm), (lo) => lo);
  withImmediate(Op.Or, t, logical, w(I.orrImm), (lo) => lo);
  withImmediate(Op.Xor, t, logical, w(I.eorImm), (lo) => lo);
  for (const [op, row] of [
    [Op.Shl, I.lslImm],
    [Op.ShrU, I.lsrImm],
    [Op.ShrS, I.asrImm],
    [Op.Rotr, I.rorImm],
  ] as const) {
    rules.on(op, t, t, [any, anyConstant], (m, v, c) => {
      const k = m.lo(c[1]) & (bits - 1);
      m.put(w(row), m.result(v), m.reg(c[0]));
      m.imm(k);
    });
  }
  rules.on(Op.Rotl, t, t, [any, anyConstant], (m, v, c) => {
    const k = -m.lo(c[1]) & (bits - 1);
    m.put(w(I.rorImm), m.result(v), m.reg(c[0]));
    m.imm(k);
  });
  const base: [Op, Widths][] = [
    [Op.Add, I.add],
    [Op.Sub, I.sub],
    [Op.And, I.and],
    [Op.Or, I.orr],
    [Op.Xor, I.eor],
    [Op.Mul, I.mul],
    [Op.Shl, I.lsl],
    [Op.ShrS, I.asr],
    [Op.ShrU, I.lsr],
    [Op.Rotl, I.rol],
    [Op.Rotr, I.ror],
  ];
  for (const [op, row] of base) simple(op, t, t, w(row), 2);
  simple(Op.MulHighS, t, t, t === I32 ? I.smulh32 : I.smulh, 2);
  simple(Op.MulHighU, t, t, t === I32 ? I.umulh32 : I.umulh, 2);
  for (const [op, row] of [
    [Op.Clz, I.clz],
    [Op.Ctz, I.ctz],
    [Op.Popcnt, I.popcnt],
    [Op.Bswap, I.rev],
    [Op.Extend8S, I.sxtb],
    [Op.Extend16S, I.sxth],
  ] as const) {
    simple(op, t, t, w(row), 1);
  }
  lowerDivision(t);
}
simple(Op.Extend32S, I64, I64, I.sxtw, 1);
simple(Op.ExtendS, I64, I32, I.sxtw, 1);
simple(Op.ExtendU, I64, I32, I.uxtw, 1);
// The upper half of an i32 register is undefined, so the register itself will do.
rules.on(Op.Wrap, I32, I64, [], (m, v, c) => m.put(I.move, m.result(v), m.reg(c[0])));

/** Emits a trap when register r is zero. */
function trapIfZero(m: Lowering, r: number, t: Type, code: TrapCode): void {
  m.put(pick(cbzTrap, t), r);
  m.aux(ZeroTest.Zero);
  m.symbol(code);
}

function movImm(m: Lowering, t: Type, lo: number, hi: number): number {
  return putConstant(m, I, t, lo, hi);
}

function lowerDivision(t: Type): void {
  for (const [op, row] of [
    [Op.DivU, I.udiv],
    [Op.RemU, I.urem],
    [Op.RemS, I.srem],
  ] as const) {
    rules.on(op, t, t, [], (m, v, c) => {
      const divisor = c[1];
      const [d, a, b] = [m.result(v), m.reg(c[0]), m.reg(divisor)];
      if (!isNonZero(m, divisor)) trapIfZero(m, b, t, TrapCode.DivideByZero);
      m.put(pick(row, t), d, a, b);
    });
  }
  rules.on(Op.DivS, t, t, [], (m, v, c) => {
    const divisor = c[1];
    const [d, a, b] = [m.result(v), m.reg(c[0]), m.reg(divisor)];
    const known = isNonZero(m, divisor);
    if (!known) trapIfZero(m, b, t, TrapCode.DivideByZero);
    if (!known || isMinusOne(m, divisor)) {
      // Overflow only for the least value by -1: (a == min) && (b == -1), as a - min and b + 1 both zero.
      const least = t === I32 ? movImm(m, t, -0x80000000, -1) : movImm(m, t, 0, -0x80000000);
      const x = m.newReg(t);
      const y = m.newReg(t);
      const both = m.newReg(t);
      m.put(pick(I.eor, t), x, a, least);
      m.put(pick(I.mvn, t), y, b);
      m.put(pick(I.orr, t), both, x, y);
      trapIfZero(m, both, t, TrapCode.IntegerOverflow);
    }
    m.put(pick(I.sdiv, t), d, a, b);
  });
}

// ---- Comparisons and their consumers ----

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
    else {
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

const selectWidth = ["", "w", "x", "s", "d"];
for (const t of [...intTypes, ...floatTypes]) {
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

// ---- Floats ----

for (const t of floatTypes) {
  for (const [op, row] of [
    [Op.FAdd, I.fadd],
    [Op.FSub, I.fsub],
    [Op.FMul, I.fmul],
    [Op.FDiv, I.fdiv],
    [Op.FMin, I.fmin],
    [Op.FMax, I.fmax],
    [Op.FCopysign, I.copysign],
  ] as const) {
    simple(op, t, t, pick(row, t), 2);
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
    simple(op, t, t, pick(row, t), 1);
  }
  const f = t === F32 ? "s" : "d";
  for (const i of intTypes) {
    const n = i === I32 ? "w" : "x";
    simple(Op.ConvertS, t, i, convert[`toFloatS.${f}${n}`], 1);
    simple(Op.ConvertU, t, i, convert[`toFloatU.${f}${n}`], 1);
    simple(Op.TruncSatS, i, t, convert[`toIntS.${n}${f}`], 1);
    simple(Op.TruncSatU, i, t, convert[`toIntU.${n}${f}`], 1);
    lowerTruncation(Op.TruncS, i, t, convert[`toIntS.${n}${f}`]);
    lowerTruncation(Op.TruncU, i, t, convert[`toIntU.${n}${f}`]);
  }
}
simple(Op.Demote, F32, F64, I.demote, 1);
simple(Op.Promote, F64, F32, I.promote, 1);
simple(Op.Bitcast, F32, I32, I.moveToFloat.w, 1);
simple(Op.Bitcast, F64, I64, I.moveToFloat.x, 1);
simple(Op.Bitcast, I32, F32, I.moveToInt.w, 1);
simple(Op.Bitcast, I64, F64, I.moveToInt.x, 1);

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

function lowerTruncation(op: Op, result: Type, operand: Type, row: number): void {
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

// ---- Memory ----

/** Whether `offset` fits the immediate of an access of `size` bytes: scaled unsigned 12 bits, or signed 9 bits. */
function fitsOffset(offset: number, size: number): boolean {
  if (offset >= -256 && offset < 256) return true;
  return offset >= 0 && offset % size === 0 && offset / size < 4096;
}

/** Completes the memory instruction put last with base + offset. */
function offsetAddress(m: Lowering, base: number, offset: number): void {
  m.extraUse(base);
  m.aux(AddressMode.Offset);
  m.imm(offset);
}

/** base + offset as one register, for offsets no access can hold. */
function addOffset(m: Lowering, base: number, offset: number): number {
  const r = m.newReg(I64);
  if (offset >= 0 && offset < 4096) {
    m.put(I.addImm.x, r, base);
    m.imm(offset);
    return r;
  }
  const k = movImm(m, I64, offset | 0, Math.floor(offset / 0x100000000));
  m.put(I.add.x, r, base, k);
  return r;
}

/** Emits a linear-memory access of `data` by `row`: address value a (i32 or i64) plus an unsigned offset. */
function memoryAccess(m: Lowering, row: number, data: number, a: number, offset: number, size: number): void {
  // Offsets are unsigned: one of 2 GiB or more must not go below the memory.
  offset >>>= 0;
  if (m.isConst(a) && m.f.type[a] === I32) {
    const at = (m.lo(a) >>> 0) + offset;
    if (fitsOffset(at, size)) {
      m.put(row, data);
      m.aux(AddressMode.MemoryConstant);
      m.imm(at);
      return;
    }
    const r = movImm(m, I64, at | 0, Math.floor(at / 0x100000000));
    m.put(row, data);
    m.extraUse(r);
    m.aux(AddressMode.Memory64);
    return;
  }
  const narrow = m.f.type[a] === I32;
  const index = m.reg(a);
  if (offset === 0) {
    m.put(row, data);
    m.extraUse(index);
    m.aux(narrow ? AddressMode.Memory32 : AddressMode.Memory64);
    return;
  }
  let base = m.newReg(I64);
  if (narrow) {
    m.put(I.memoryAddress, base, index);
  } else {
    const memory = m.newReg(I64);
    m.put(I.memoryBase, memory);
    m.put(I.add.x, base, memory, index);
  }
  let rest = offset;
  if (!fitsOffset(offset, size)) {
    base = addOffset(m, base, offset);
    rest = 0;
  }
  m.put(row, data);
  offsetAddress(m, base, rest);
}

const instanceField = node(Op.InstanceAddress, [], { duplicate: true });
const basePlusIndex = node(
  Op.Add,
  [node(Op.MemoryBase, [], { duplicate: true }), node(Op.ExtendU, [any], { duplicate: true })],
  { duplicate: true },
);
const plusConstant = node(Op.Add, [any, anyConstant], { duplicate: true });
const scaledIndex = [1, 2, 3].map((shift) =>
  node(Op.Add, [any, node(Op.Shl, [any, constant((lo) => lo === shift)])]),
);
const plusIndex = node(Op.Add, [any, any]);
const narrowIndex = node(Op.ExtendU, [any], { duplicate: true });
const plusNarrowIndex = node(Op.Add, [any, narrowIndex]);
const plusScaledNarrowIndex = [1, 2, 3].map((shift) =>
  node(Op.Add, [any, node(Op.Shl, [narrowIndex, constant((lo) => lo === shift)])]),
);

/** Emits an access at base + zero-extended index, or that scaled by the access's size; false when a is none. */
function narrowIndexAccess(
  m: Lowering,
  row: number,
  data: number,
  a: number,
  shift: number,
  consumer: number,
): boolean {
  let c = shift >= 1 && shift <= 3 ? m.match(a, plusScaledNarrowIndex[shift - 1], consumer) : undefined;
  const scaled = c !== undefined;
  c ??= m.match(a, plusNarrowIndex, consumer);
  if (c === undefined) return false;
  const [base, index] = [m.reg(c[1]), m.reg(c[scaled ? 4 : 3])];
  m.put(row, data);
  m.extraUse(base);
  m.extraUse(index);
  m.aux(AddressMode.Indexed32 | ((scaled ? shift : 0) << 4));
  return true;
}

/** Emits an access of `data` by `row` at native address value a plus a signed offset. */
function rawAccess(
  m: Lowering,
  row: number,
  data: number,
  a: number,
  offset: number,
  size: number,
  consumer: number,
): void {
  let c = m.match(a, instanceField, consumer);
  if (c !== undefined) {
    const at = m.lo(a) + offset;
    m.put(row, data);
    m.aux(AddressMode.Instance);
    m.imm(at);
    return;
  }
  if (offset === 0) {
    c = m.match(a, basePlusIndex, consumer);
    if (c !== undefined) {
      const index = m.reg(c[3]);
      m.put(row, data);
      m.extraUse(index);
      m.aux(AddressMode.Memory32);
      return;
    }
    const shift = Math.log2(size);
    if (narrowIndexAccess(m, row, data, a, shift, consumer)) return;
    if (shift >= 1 && shift <= 3) {
      c = m.match(a, scaledIndex[shift - 1], consumer);
      if (c !== undefined) {
        const [base, index] = [m.reg(c[1]), m.reg(c[3])];
        m.put(row, data);
        m.extraUse(base);
        m.extraUse(index);
        m.aux(AddressMode.Indexed | (shift << 4));
        return;
      }
    }
  }
  const inner = m.f.op[a] === Op.Add && m.isConst(m.f.arg(a, 1)) ? m.f.arg(a, 1) : 0;
  if (inner !== 0 && m.hi(inner) === m.lo(inner) >> 31 && fitsOffset(m.lo(inner) + offset, size)) {
    c = m.match(a, plusConstant, consumer);
    if (c !== undefined) {
      const [base, at] = [m.reg(c[1]), m.lo(c[2]) + offset];
      m.put(row, data);
      offsetAddress(m, base, at);
      return;
    }
  }
  if (offset === 0) {
    c = m.match(a, plusIndex, consumer);
    if (c !== undefined) {
      const [base, index] = [m.reg(c[1]), m.reg(c[2])];
      m.put(row, data);
      m.extraUse(base);
      m.extraUse(index);
      m.aux(AddressMode.Indexed);
      return;
    }
  }
  let base = m.reg(a);
  let rest = offset;
  if (!fitsOffset(offset, size)) {
    base = addOffset(m, base, offset);
    rest = 0;
  }
  m.put(row, data);
  offsetAddress(m, base, rest);
}

const loadRows = {
  full: { [I32]: load.w, [I64]: load.x, [F32]: load.s, [F64]: load.d },
  u8: { [I32]: load.b, [I64]: load.b },
  s8: { [I32]: load.sbw, [I64]: load.sbx },
  u16: { [I32]: load.h, [I64]: load.h },
  s16: { [I32]: load.shw, [I64]: load.shx },
  u32: load.w,
  s32: load.swx,
};
const storeRows = {
  full: { [I32]: store.w, [I64]: store.x, [F32]: store.s, [F64]: store.d },
  narrow8: store.b,
  narrow16: store.h,
  narrow32: store.w,
};

for (const t of [...intTypes, ...floatTypes]) {
  for (const a of intTypes) {
    rules.on(Op.Load, t, a, [], (m, v, c) => {
      const width = auxWidth(m.f.aux[v]);
      memoryAccess(m, loadRow(loadRows, width, t), m.result(v), c[0], m.lo(v), accessSize(width, t));
    });
  }
  rules.on(Op.RawLoad, t, I64, [], (m, v, c) => {
    const width = auxWidth(m.f.aux[v]);
    rawAccess(m, loadRow(loadRows, width, t), m.result(v), c[0], m.lo(v), accessSize(width, t), v);
  });
  rules.on(Op.Store, Void, t, [], (m, v, c) => {
    const width = auxWidth(m.f.aux[v]);
    memoryAccess(m, storeRow(storeRows, width, t), m.reg(c[1]), c[0], m.lo(v), accessSize(width, t));
  });
  rules.on(Op.RawStore, Void, t, [], (m, v, c) => {
    const width = auxWidth(m.f.aux[v]);
    rawAccess(m, storeRow(storeRows, width, t), m.reg(c[1]), c[0], m.lo(v), accessSize(width, t), v);
  });
}
