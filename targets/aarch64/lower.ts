// AArch64 lowering rules: IR patterns to instruction rows, specific first. Floats are in floats.ts, memory in memory.ts, comparisons in compare.ts.
//
// i32 values have an undefined upper half in their register; only w-forms and uxtw/sxtw extensions read them.
import { carryRules } from "../../compiler/codegen/carry.ts";
import { commonRules } from "../../compiler/codegen/common.ts";
import type { Lowering } from "../../compiler/codegen/lower.ts";
import { any, constant, node, RuleTable } from "../../compiler/codegen/pattern.ts";
import { isMinusOne, isNonZero, maskBits, powerOfTwo, simpleRule } from "../../compiler/codegen/rules.ts";
import { Op } from "../../compiler/ir/ops.ts";
import { TrapCode, Type } from "../../compiler/ir/types.ts";
import { emitCarry } from "./carry.ts";
import { compareRules, incrementRules } from "./compare.ts";
import { floatRules } from "./floats.ts";
import { isLogicalImmediate, movImm, pick } from "./helpers.ts";
import { cbzTrap, I, type Widths, ZeroTest } from "./insts.ts";
import { memoryRules } from "./memory.ts";
import { vectorRules } from "./vectors.ts";

export const rules = new RuleTable();
const { I32, I64 } = Type;
const intTypes = [I32, I64];

const imm12 = constant((lo, hi) => hi === lo >> 31 && lo >= 0 && lo < 4096);
const negativeImm12 = constant((lo, hi) => hi === lo >> 31 && lo < 0 && lo > -4096);
const anyConstant = constant();

/** k > 0 when the constant is 2^k + 1 for a small k, else -1. */
const shiftOfSum = (lo: number, hi: number): number =>
  hi === 0 && lo > 2 && lo < 0x10000 ? powerOfTwo(lo - 1, 0) : -1;

const lowMask = constant((lo, hi) => maskBits(lo, hi) > 0);
const logical32 = constant((lo, hi) => isLogicalImmediate(lo, hi, I32));
const logical64 = constant((lo, hi) => isLogicalImmediate(lo, hi, I64));

function simple(op: Op, result: Type, operand: Type, row: number, n: number): void {
  simpleRule(rules, op, result, operand, row, n);
}

commonRules(rules, I);
carryRules(rules, emitCarry);
incrementRules(rules);
vectorRules(rules);

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
  // A sum with itself shifted takes no constant.
  rules.on(Op.Mul, t, t, [any, constant((lo, hi) => shiftOfSum(lo, hi) > 0)], (m, v, c) => {
    const x = m.reg(c[0]);
    m.put(w(I.addShift), m.result(v), x, x);
    m.imm(shiftOfSum(m.lo(c[1]), m.hi(c[1])));
  });
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

compareRules(rules);
floatRules(rules);
memoryRules(rules);
