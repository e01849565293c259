// RISC-V 64 lowering rules: IR patterns to instruction rows, specific first. Floats are in floats.ts, memory in memory.ts,
// comparisons in compare.ts, what Zbb does in one instruction and rv64gc does not in bits.ts.
//
// i32 values are held sign-extended; the w-instructions read the lower half of their operands only, so `low` may give them an i64 that is to be
// wrapped.
import { commonRules } from "../../compiler/codegen/common.ts";
import { fitsSigned32, isNonNegative } from "../../compiler/codegen/facts.ts";
import type { Lowering } from "../../compiler/codegen/lower.ts";
import { any, constant, node, type Pattern, RuleTable } from "../../compiler/codegen/pattern.ts";
import { isMinusOne, isNonZero, maskBits, powerOfTwo, simpleRule } from "../../compiler/codegen/rules.ts";
import { Op } from "../../compiler/ir/ops.ts";
import { TrapCode, Type } from "../../compiler/ir/types.ts";
import { bitRules } from "./bits.ts";
import { compareRules } from "./compare.ts";
import { floatRules } from "./floats.ts";
import { isImm12, low, pick, zba, zbb, zbs } from "./helpers.ts";
import { Condition, compare, I, type Widths } from "./insts.ts";
import { memoryRules } from "./memory.ts";

export const rules = new RuleTable();
const { I32, I64 } = Type;
const intTypes = [I32, I64];

const imm12 = constant((lo, hi) => hi === lo >> 31 && isImm12(lo));
/** A constant whose negation is an immediate. */
const negatedImm12 = constant((lo, hi) => hi === lo >> 31 && isImm12(-lo));
/** Within reach of two addi. */
const imm13 = constant((lo, hi) => hi === lo >> 31 && lo >= -4096 && lo <= 4094);
const anyConstant = constant();
/** 2^k - 1 that andi cannot hold: shifting left and right is as short as lui and and, and needs no register. */
const lowMask = constant((lo, hi) => maskBits(lo, hi) > 11);

commonRules(rules, I);

/** A rule that puts (result, register of the first operand) with an immediate made from the constant second one. */
function withImmediate(
  op: Op,
  t: Type,
  pattern: Pattern,
  row: number,
  value: (lo: number) => number = (lo) => lo,
): void {
  // Logic has no w-forms: its results are sign-extended only if its operands are.
  const narrow = t === I32 && op !== Op.And && op !== Op.Or && op !== Op.Xor;
  rules.on(op, t, t, [any, pattern], (m, v, c) => {
    m.put(row, m.result(v), narrow ? low(m, c[0]) : m.reg(c[0]));
    m.imm(value(m.lo(c[1])));
  });
}

function simple(op: Op, t: Type, row: number, n: number, when?: (m: Lowering) => boolean): void {
  simpleRule(rules, op, t, t, row, n, when);
}

/** A binary operation of which only the lower halves of i32 operands matter. */
function arithmetic(op: Op, t: Type, rows: Widths): void {
  rules.on(op, t, t, [], (m, v, c) => {
    if (t === I32) m.put(rows.w, m.result(v), low(m, c[0]), low(m, c[1]));
    else m.put(rows.x, m.result(v), m.reg(c[0]), m.reg(c[1]));
  });
}

function addressArithmetic(): void {
  const shifted = (op: Op, k: number): Pattern => node(op, [any, constant((lo) => (lo & 63) === k)]);
  for (const k of [1, 2, 3]) {
    const shiftedExtension = node(Op.Shl, [node(Op.ExtendU, [any]), constant((lo) => (lo & 63) === k)]);
    rules.on(
      Op.Add,
      I64,
      I64,
      [any, shiftedExtension],
      (m, v, c) => m.put(I.shaddUw[k - 1], m.result(v), low(m, c[3]), m.reg(c[0])),
      zba,
    );
    rules.on(
      Op.Add,
      I64,
      I64,
      [any, shifted(Op.Shl, k)],
      (m, v, c) => m.put(I.shadd[k - 1], m.result(v), m.reg(c[2]), m.reg(c[0])),
      zba,
    );
  }
  rules.on(Op.Add, I64, I64, [any, node(Op.MemoryBase, [], { duplicate: true })], (m, v, c) =>
    m.put(I.memoryAddressX, m.result(v), m.reg(c[0])),
  );
  rules.on(
    Op.Add,
    I64,
    I64,
    [any, node(Op.ExtendU, [any])],
    (m, v, c) => {
      if (isNonNegative(m.f, c[2])) m.put(I.add.x, m.result(v), m.reg(c[2]), m.reg(c[0]));
      else m.put(I.addUw, m.result(v), low(m, c[2]), m.reg(c[0]));
    },
    zba,
  );
  rules.on(
    Op.Shl,
    I64,
    I64,
    [node(Op.ExtendU, [any]), anyConstant],
    (m, v, c) => {
      m.put(I.slliUw, m.result(v), low(m, c[1]));
      m.imm(m.lo(c[2]) & 63);
    },
    zba,
  );
}

/** Shl of a zero-extended i32 by k up to 32: the extension's second shift is shorter by k. */
function shiftedExtension(): void {
  rules.on(Op.Shl, I64, I64, [node(Op.ExtendU, [any]), constant((lo) => (lo & 63) <= 31)], (m, v, c) => {
    const k = m.lo(c[2]) & 63;
    const x = m.newReg(I64);
    m.put(I.slli.x, x, low(m, c[1]));
    m.imm(32);
    m.put(I.srli.x, m.result(v), x);
    m.imm(32 - k);
  });
}

for (const t of intTypes) {
  const isAll = constant((lo, hi) => lo === -1 && (t === I32 || hi === -1));
  const bits = t === I32 ? 32 : 64;
  if (t === I64) {
    addressArithmetic();
    shiftedExtension();
    rules.on(Op.Mul, t, t, [node(Op.ExtendU, [any]), node(Op.ExtendU, [any])], (m, v, c) =>
      m.put(I.mulWideU, m.result(v), low(m, c[1]), low(m, c[3])),
    );
  }
  withImmediate(Op.Add, t, imm12, pick(I.addi, t));
  rules.on(Op.Add, t, t, [any, imm13], (m, v, c) => {
    const half = m.newReg(t);
    const imm = m.lo(c[1]);
    const first = imm < 0 ? -2048 : 2047;
    m.put(I.addi.x, half, t === I32 ? low(m, c[0]) : m.reg(c[0]));
    m.imm(first);
    m.put(pick(I.addi, t), m.result(v), half);
    m.imm(imm - first);
  });
  withImmediate(Op.Sub, t, negatedImm12, pick(I.addi, t), (lo) => -lo);
  rules.on(Op.Sub, t, t, [constant((lo, hi) => lo === 0 && hi === 0), any], (m, v, c) =>
    m.put(pick(I.neg, t), m.result(v), t === I32 ? low(m, c[1]) : m.reg(c[1])),
  );
  arithmetic(Op.Add, t, I.add);
  arithmetic(Op.Sub, t, I.sub);
  arithmetic(Op.Mul, t, I.mul);
  logicRules(t, isAll);
  for (const [op, row] of [
    [Op.Shl, I.slli],
    [Op.ShrU, I.srli],
    [Op.ShrS, I.srai],
  ] as const)
    withImmediate(op, t, anyConstant, pick(row, t), (lo) => lo & (bits - 1));
  arithmetic(Op.Shl, t, I.sll);
  arithmetic(Op.ShrU, t, I.srl);
  arithmetic(Op.ShrS, t, I.sra);
  simple(Op.MulHighS, t, t === I32 ? I.mulh32 : I.mulhs, 2);
  simple(Op.MulHighU, t, t === I32 ? I.mulhu32 : I.mulhu, 2);
  lowerDivision(t);
}

/** and, or, xor work on sign-extended values as they are. */
function logicRules(t: Type, isAll: Pattern): void {
  const inverted = node(Op.Xor, [any, isAll]);
  for (const [op, row] of [
    [Op.And, I.andn],
    [Op.Or, I.orn],
    [Op.Xor, I.xnor],
  ] as const)
    rules.on(op, t, t, [any, inverted], (m, v, c) => m.put(row, m.result(v), m.reg(c[0]), m.reg(c[2])), zbb);
  rules.on(Op.Xor, t, t, [any, isAll], (m, v, c) => m.put(I.not, m.result(v), m.reg(c[0])));
  singleBits(t);
  withImmediate(Op.And, t, imm12, I.andi);
  withImmediate(Op.Or, t, imm12, I.ori);
  withImmediate(Op.Xor, t, imm12, I.xori);
  rules.on(Op.And, t, t, [any, lowMask], (m, v, c) => {
    const k = maskBits(m.lo(c[1]), t === I32 ? m.lo(c[1]) >> 31 : m.hi(c[1]));
    const x = t === I32 ? low(m, c[0]) : m.reg(c[0]);
    if (k === 16 && zbb(m)) m.put(I.zextH, m.result(v), x);
    else if (k === 32 && zba(m)) m.put(I.zextWZba, m.result(v), x);
    else {
      const shifted = m.newReg(I64);
      m.put(I.slli.x, shifted, x);
      m.imm(64 - k);
      m.put(I.srli.x, m.result(v), shifted);
      m.imm(64 - k);
    }
  });
  simple(Op.And, t, I.and, 2);
  simple(Op.Or, t, I.or, 2);
  simple(Op.Xor, t, I.xor, 2);
}

/** Zbs. An i32 bit 31 is left alone: the register would no longer be sign-extended. */
function singleBits(t: Type): void {
  const most = t === I32 ? 30 : 63;
  const single = (lo: number, hi: number): boolean => {
    const k = powerOfTwo(lo, hi);
    return k >= 11 && k <= most;
  };
  const put = (m: Lowering, row: number, v: number, x: number, k: number): void => {
    m.put(row, m.result(v), m.reg(x));
    m.imm(k);
  };
  for (const [op, row] of [
    [Op.Or, I.bseti],
    [Op.Xor, I.binvi],
  ] as const)
    rules.on(
      op,
      t,
      t,
      [any, constant(single)],
      (m, v, c) => put(m, row, v, c[0], powerOfTwo(m.lo(c[1]), m.hi(c[1]))),
      zbs,
    );
  rules.on(
    Op.And,
    t,
    t,
    [any, constant((lo, hi) => single(~lo, ~hi))],
    (m, v, c) => put(m, I.bclri, v, c[0], powerOfTwo(~m.lo(c[1]), ~m.hi(c[1]))),
    zbs,
  );
  rules.on(
    Op.And,
    t,
    t,
    [node(Op.ShrU, [any, anyConstant]), constant((lo, hi) => lo === 1 && hi === 0)],
    (m, v, c) => put(m, I.bexti, v, c[1], m.lo(c[2]) & (t === I32 ? 31 : 63)),
    zbs,
  );
  if (t === I32) return;
  const one = constant((lo, hi) => lo === 1 && hi === 0);
  for (const [op, row] of [
    [Op.Or, I.bset],
    [Op.Xor, I.binv],
  ] as const)
    rules.on(
      op,
      t,
      t,
      [any, node(Op.Shl, [one, any])],
      (m, v, c) => m.put(row, m.result(v), m.reg(c[0]), m.reg(c[3])),
      zbs,
    );
  rules.on(
    Op.And,
    t,
    t,
    [node(Op.ShrU, [any, any]), one],
    (m, v, c) => m.put(I.bext, m.result(v), m.reg(c[1]), m.reg(c[2])),
    zbs,
  );
}

bitRules(rules);

// ---- Extensions ----

rules.on(Op.ExtendU, I64, I32, [], (m, v, c) => {
  if (isNonNegative(m.f, c[0])) m.put(I.move, m.result(v), m.reg(c[0]));
  else m.put(zba(m) ? I.zextWZba : I.zextW, m.result(v), low(m, c[0]));
});
// A sign-extended i32 is its own extension (freeConversion in target.ts).
rules.on(Op.ExtendS, I64, I32, [], (m, v, c) => m.put(I.move, m.result(v), m.reg(c[0])));
simple(Op.Extend32S, I64, I.sextW, 1);

for (const [op, rows] of [
  [Op.Add, I.add],
  [Op.Sub, I.sub],
  [Op.Mul, I.mul],
] as const) {
  if (op === Op.Add)
    rules.on(Op.Wrap, I32, I64, [node(op, [any, imm12])], (m, v, c) => {
      m.put(I.addi.w, m.result(v), m.reg(c[1]));
      m.imm(m.lo(c[2]));
    });
  rules.on(Op.Wrap, I32, I64, [node(op, [any, any])], (m, v, c) =>
    m.put(rows.w, m.result(v), m.reg(c[1]), m.reg(c[2])),
  );
}
rules.on(Op.Wrap, I32, I64, [node(Op.Shl, [any, constant((lo) => (lo & 63) < 32)])], (m, v, c) => {
  m.put(I.slli.w, m.result(v), m.reg(c[1]));
  m.imm(m.lo(c[2]) & 63);
});
rules.on(Op.Wrap, I32, I64, [node(Op.ShrU, [any, constant((lo) => (lo & 63) === 32)])], (m, v, c) => {
  m.put(I.srai.x, m.result(v), m.reg(c[1]));
  m.imm(32);
});
rules.on(Op.Wrap, I32, I64, [], (m, v, c) =>
  m.put(fitsSigned32(m.f, c[0]) ? I.move : I.sextW, m.result(v), m.reg(c[0])),
);

// ---- Division ----

/** Emits a trap when register r is zero. */
function trapIfZero(m: Lowering, r: number, code: TrapCode): void {
  m.put(compare.rz.trap, r);
  m.aux(Condition.EQ);
  m.symbol(code);
}

function lowerDivision(t: Type): void {
  for (const [op, row] of [
    [Op.DivS, I.div],
    [Op.DivU, I.divu],
    [Op.RemU, I.remu],
    [Op.RemS, I.rem],
  ] as const) {
    rules.on(op, t, t, [], (m, v, c) => {
      const divisor = c[1];
      const [d, a, b] = [m.result(v), m.reg(c[0]), m.reg(divisor)];
      const known = isNonZero(m, divisor);
      if (!known) trapIfZero(m, b, TrapCode.DivideByZero);
      // The instruction itself never traps; a remainder by -1 is 0 as it should be.
      if (op === Op.DivS && (!known || isMinusOne(m, divisor))) m.put(pick(I.divOverflow, t), a, b);
      m.put(pick(row, t), d, a, b);
    });
  }
}

compareRules(rules);
floatRules(rules);
memoryRules(rules);
