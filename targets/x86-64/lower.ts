// x86-64 lowering rules: IR operations to instruction rows. Most rules choose among forms of one instruction (immediate, memory operand, register),
// which the helpers at the top do.
//
// An i32 is held zero-extended in its 64-bit register: ExtendU is no instruction (Target.freeConversion). Operands of 32-bit instructions may
// come from registers with anything in the upper half (lowRegister); what is used in 64 bits may not.
import { carryRules } from "../../compiler/codegen/carry.ts";
import { commonRules, loweringHooks } from "../../compiler/codegen/common.ts";
import { guardedTruncation } from "../../compiler/codegen/conversions.ts";
import type { Lowering } from "../../compiler/codegen/lower.ts";
import { any, node, RuleTable } from "../../compiler/codegen/pattern.ts";
import { isMinusOne, isNonZero, isZero, loadRow } from "../../compiler/codegen/rules.ts";
import type { Callee } from "../../compiler/codegen/target.ts";
import { Op } from "../../compiler/ir/ops.ts";
import { accessSize, auxWidth, TrapCode, Type } from "../../compiler/ir/types.ts";
import { at, foldLoad, lowRegister } from "./address.ts";
import { emitCarry } from "./carry.ts";
import { comparison, condition, isFloatEquality, putFused } from "./compare.ts";
import {
  type Arithmetic,
  alu,
  Condition,
  compare,
  F,
  type FloatArithmetic,
  type FloatUnary,
  float,
  I,
  load,
  type Shift,
  shifts,
  store,
  storeFloat,
  storeImm,
  type Width as W,
  type Widths,
} from "./insts.ts";
import { vectorRules } from "./vectors.ts";

export const rules = new RuleTable();
const { Void, I32, I64, F32, F64, V128 } = Type;
const common = loweringHooks(I);
const intTypes = [I32, I64];
const floatTypes = [F32, F64];

/** Register width of a type: l also for f32, q also for f64. */
function width(t: Type): W {
  return t === I32 || t === F32 ? "l" : "q";
}

/** A register with operand v of a t instruction. */
function source(m: Lowering, v: number, t: Type, consumer: number): number {
  return t === I32 ? lowRegister(m, v, consumer) : m.reg(v);
}

/** v is a constant that an instruction of its type can hold: sign-extended from 32 bits. */
function isImmediate(m: Lowering, v: number): boolean {
  return m.isConst(v) && (m.f.type[v] === I32 || m.hi(v) === m.lo(v) >> 31);
}

function on(op: Op, result: Type, operand: Type, emit: (m: Lowering, v: number) => void): void {
  rules.on(op, result, operand, [], (m, v) => emit(m, v));
}

commonRules(rules, I);
carryRules(rules, emitCarry);
vectorRules(rules);

/** As the common hook, but a code address that is read for the call is read by it. */
export function lowerCall(m: Lowering, callee: Callee, popBytes: number): void {
  if (callee.kind === "pointer" && foldLoad(m, callee.value, I64, callee.call)) {
    m.put(I.callMemory);
    at.complete(m, popBytes);
  } else {
    common.lowerCall(m, callee, popBytes);
  }
}

// ---- Integer arithmetic ----

/** x (op) y as a two-address instruction. */
function binary(m: Lowering, v: number, rows: Arithmetic, t: Type, commutes: boolean): void {
  const w = width(t);
  let [x, y] = [m.f.arg(v, 0), m.f.arg(v, 1)];
  const d = m.result(v);
  if (isImmediate(m, y)) {
    m.put(rows.ri[w], source(m, x, t, v), d);
    m.imm(m.lo(y));
    return;
  }
  if (commutes && !isLoad(m, y)) [x, y] = bestOrder(m, v, x, y);
  if (foldLoad(m, y, t, v)) {
    m.put(rows.rm[w], source(m, x, t, v), d);
    at.complete(m);
    return;
  }
  m.put(rows.rr[w], source(m, x, t, v), d, source(m, y, t, v));
}

function isLoad(m: Lowering, v: number): boolean {
  return m.f.op[v] === Op.Load || m.f.op[v] === Op.RawLoad;
}

/**
 * Operands of commutative instruction v, so that the first, whose register is overwritten, is one that is not needed any more; of two such, the one
 * that continues a chain: a sum that goes around a loop should stay in one register.
 */
function bestOrder(m: Lowering, v: number, x: number, y: number): [number, number] {
  return isLoad(m, x) || rank(m, v, x) < rank(m, v, y) ? [y, x] : [x, y];
}

function rank(m: Lowering, v: number, operand: number): number {
  if (m.isLiveAfter(operand, v)) return 0;
  const { f } = m;
  const goesAround = f.op[operand] === Op.Param && f.blocks[f.block[operand]].loopDepth > 0;
  return goesAround || f.op[operand] === f.op[v] ? 2 : 1;
}

function add(m: Lowering, v: number, t: Type): void {
  const [x, y] = [m.f.arg(v, 0), m.f.arg(v, 1)];
  const w = width(t);
  const d = m.result(v);
  for (const [a, b] of [
    [x, y],
    [y, x],
  ]) {
    if (m.isConst(a) || !foldLoad(m, b, t, v)) continue;
    m.put(alu.add.rm[w], source(m, a, t, v), d);
    at.complete(m);
    return;
  }
  at.sum(m, x, y, v);
  putSum(m, w, d);
}

/** The sum in `at`. */
function putSum(m: Lowering, w: W, d: number): void {
  if (at.index === 0 && at.base !== 0) {
    m.put(I.addImm[w], at.base, d);
    m.imm(at.displacement);
  } else if (at.base !== 0 && at.shift === 0 && at.displacement === 0) {
    m.put(I.add[w], at.base, at.index, d);
  } else {
    m.put(I.lea[w], d);
    at.complete(m);
  }
}

/** v and the upper half of the same product in front of it (opt/pair-products.ts) by one instruction. True when there is one. */
function wideProduct(m: Lowering, v: number): boolean {
  const { f } = m;
  const high = f.prev[v];
  const op = f.op[high];
  if ((op !== Op.MulHighU && op !== Op.MulHighS) || f.type[high] !== I64 || !m.isDemanded(high)) return false;
  const [x, y] = [f.arg(v, 0), f.arg(v, 1)];
  const [a, b] = [f.arg(high, 0), f.arg(high, 1)];
  if (!((a === x && b === y) || (a === y && b === x))) return false;
  m.done(high);
  m.put(op === Op.MulHighU ? I.mulWideU : I.mulWideS, m.reg(a), m.reg(b), m.result(v), m.result(high));
  return true;
}

function multiply(m: Lowering, v: number, t: Type): void {
  if (t === I64 && wideProduct(m, v)) return;
  let [x, y] = [m.f.arg(v, 0), m.f.arg(v, 1)];
  const w = width(t);
  const d = m.result(v);
  if (isImmediate(m, y)) {
    const k = m.lo(y);
    if (k === 3 || k === 5 || k === 9) {
      at.multiple(m, x, k === 3 ? 1 : k === 5 ? 2 : 3, v);
      m.put(I.lea[w], d);
      at.complete(m);
    } else if (foldLoad(m, x, t, v)) {
      m.put(I.mulImmMemory[w], d);
      at.complete(m, k);
    } else {
      m.put(I.mulImm[w], d, source(m, x, t, v));
      m.imm(k);
    }
    return;
  }
  if (!isLoad(m, y)) [x, y] = bestOrder(m, v, x, y);
  if (foldLoad(m, y, t, v)) {
    m.put(I.mulMemory[w], source(m, x, t, v), d);
    at.complete(m);
  } else {
    m.put(I.mul[w], source(m, x, t, v), d, source(m, y, t, v));
  }
}

/** d = row(x) for rows (definition, use). */
function unary(m: Lowering, v: number, row: number, t: Type): void {
  m.put(row, m.result(v), source(m, m.f.arg(v, 0), t, v));
}
/** d = row(x) for rows (use, reusing definition). */
function inPlace(m: Lowering, row: number, x: number, d: number): void {
  m.put(row, x, d);
}

const minusX = node(Op.Sub, [any, any]);
const plusX = node(Op.Add, [any, any]);
const exclusiveOr = node(Op.Xor, [any, any]);

/** x & y with one instruction of BMI: and-not, lowest bit cleared or kept. True when there is one. */
function bitManipulation(m: Lowering, v: number, t: Type): boolean {
  if (!m.options.features.has("bmi")) return false;
  const { f } = m;
  for (const [x, y] of [
    [f.arg(v, 0), f.arg(v, 1)],
    [f.arg(v, 1), f.arg(v, 0)],
  ]) {
    const [a, b] = f.argCount[y] === 2 ? [f.arg(y, 0), f.arg(y, 1)] : [0, 0];
    const w = width(t);
    if (f.op[y] === Op.Xor && isMinusOne(m, b) && m.match(y, exclusiveOr, v) !== undefined) {
      m.put(I.andn[w], m.result(v), source(m, a, t, v), source(m, x, t, v));
      return true;
    }
    const clears = f.op[y] === Op.Add && a === x && isMinusOne(m, b);
    const keeps = f.op[y] === Op.Sub && b === x && isZero(m, a);
    if ((clears && m.match(y, plusX, v) !== undefined) || (keeps && m.match(y, minusX, v) !== undefined)) {
      m.put(clears ? I.blsr[w] : I.blsi[w], m.result(v), source(m, x, t, v));
      return true;
    }
  }
  return false;
}

function and(m: Lowering, v: number, t: Type): void {
  const [x, y] = [m.f.arg(v, 0), m.f.arg(v, 1)];
  if (m.isConst(y)) {
    const [lo, hi] = [m.lo(y), t === I32 ? 0 : m.hi(y)];
    const row = hi !== 0 ? 0 : lo === 0xff ? I.movzb : lo === 0xffff ? I.movzw : lo === -1 ? I.movl : 0;
    if (row !== 0) {
      unary(m, v, row, t);
      return;
    }
    if (hi === 0) {
      // A 32-bit instruction clears the upper half by itself.
      m.put(alu.and.ri.l, source(m, x, t, v), m.result(v));
      m.imm(lo);
      return;
    }
  }
  if (!bitManipulation(m, v, t)) binary(m, v, alu.and, t, true);
}

function xor(m: Lowering, v: number, t: Type): void {
  if (isMinusOne(m, m.f.arg(v, 1))) inPlace(m, I.not[width(t)], source(m, m.f.arg(v, 0), t, v), m.result(v));
  else binary(m, v, alu.xor, t, true);
}

/** (x ^ s) - s with s = x >> 31 or 63: the absolute value. */
function absolute(m: Lowering, v: number, t: Type): boolean {
  const { f } = m;
  const [x, s] = [f.arg(v, 0), f.arg(v, 1)];
  if (f.op[x] !== Op.Xor || f.op[s] !== Op.ShrS || m.hasOtherUses(x) || m.isDemanded(s)) return false;
  const value = f.arg(s, 0);
  const count = f.arg(s, 1);
  if (!m.isConst(count) || (m.lo(count) & (t === I32 ? 31 : 63)) !== (t === I32 ? 31 : 63)) return false;
  const [a, b] = [f.arg(x, 0), f.arg(x, 1)];
  if (!((a === value && b === s) || (a === s && b === value)) || m.match(x, exclusiveOr, v) === undefined)
    return false;
  m.put(I.abs[width(t)], source(m, value, t, v), m.result(v));
  return true;
}

function subtract(m: Lowering, v: number, t: Type): void {
  if (absolute(m, v, t)) return;
  if (isZero(m, m.f.arg(v, 0))) inPlace(m, I.neg[width(t)], source(m, m.f.arg(v, 1), t, v), m.result(v));
  else binary(m, v, alu.sub, t, false);
}

/** A shift or rotate; counts are taken modulo the width, as wasm does. */
function shift(m: Lowering, v: number, rows: Shift, t: Type): void {
  const [x, count] = [m.f.arg(v, 0), m.f.arg(v, 1)];
  const w = width(t);
  const d = m.result(v);
  if (m.isConst(count)) {
    const k = m.lo(count) & (t === I32 ? 31 : 63);
    if (rows === shifts.shl && k >= 1 && k <= 3) inPlace(m, I.shlSmall[w], source(m, x, t, v), d);
    else inPlace(m, rows.imm[w], source(m, x, t, v), d);
    m.imm(k);
    return;
  }
  const n = source(m, count, t, v);
  if (rows.bmi2 !== undefined && m.options.features.has("bmi2"))
    m.put(rows.bmi2[w], d, source(m, x, t, v), n);
  else m.put(rows.cl[w], source(m, x, t, v), d, n);
}

/** Rotation to the right by a constant, into another register. */
function rotate(m: Lowering, v: number, rows: Shift, t: Type): void {
  const count = m.f.arg(v, 1);
  if (!m.isConst(count) || !m.options.features.has("bmi2")) {
    shift(m, v, rows, t);
    return;
  }
  const k = rows === shifts.rol ? -m.lo(count) : m.lo(count);
  m.put(I.rorx[width(t)], m.result(v), source(m, m.f.arg(v, 0), t, v));
  m.imm(k & (t === I32 ? 31 : 63));
}

function trapIfZero(m: Lowering, r: number, w: W): void {
  m.put(compare.zero[w].trap, r);
  m.aux(Condition.E);
  m.symbol(TrapCode.DivideByZero);
}

function divide(m: Lowering, v: number, t: Type, plain: Widths, checked: Widths | undefined): void {
  const [x, y] = [m.f.arg(v, 0), m.f.arg(v, 1)];
  const w = width(t);
  const [d, a, b] = [m.result(v), source(m, x, t, v), source(m, y, t, v)];
  if (!isNonZero(m, y)) trapIfZero(m, b, w);
  const harmless = isNonZero(m, y) && !isMinusOne(m, y);
  m.put((harmless || checked === undefined ? plain : checked)[w], a, b, d);
}

for (const t of intTypes) {
  const w = width(t);
  on(Op.Add, t, t, (m, v) => add(m, v, t));
  on(Op.Sub, t, t, (m, v) => subtract(m, v, t));
  on(Op.Mul, t, t, (m, v) => multiply(m, v, t));
  on(Op.And, t, t, (m, v) => and(m, v, t));
  on(Op.Or, t, t, (m, v) => binary(m, v, alu.or, t, true));
  on(Op.Xor, t, t, (m, v) => xor(m, v, t));
  on(Op.Shl, t, t, (m, v) => shift(m, v, shifts.shl, t));
  on(Op.ShrS, t, t, (m, v) => shift(m, v, shifts.sar, t));
  on(Op.ShrU, t, t, (m, v) => shift(m, v, shifts.shr, t));
  on(Op.Rotl, t, t, (m, v) => rotate(m, v, shifts.rol, t));
  on(Op.Rotr, t, t, (m, v) => rotate(m, v, shifts.ror, t));
  on(Op.DivS, t, t, (m, v) => divide(m, v, t, I.divS, I.divSChecked));
  on(Op.DivU, t, t, (m, v) => divide(m, v, t, I.divU, undefined));
  on(Op.RemS, t, t, (m, v) => divide(m, v, t, I.remS, I.remSChecked));
  on(Op.RemU, t, t, (m, v) => divide(m, v, t, I.remU, undefined));
  on(Op.Clz, t, t, (m, v) => unary(m, v, (m.options.features.has("lzcnt") ? I.lzcnt : I.bsr)[w], t));
  on(Op.Ctz, t, t, (m, v) => unary(m, v, (m.options.features.has("bmi") ? I.tzcnt : I.bsf)[w], t));
  on(Op.Popcnt, t, t, (m, v) => unary(m, v, I.popcnt[w], t));
  on(Op.Bswap, t, t, (m, v) => inPlace(m, I.bswap[w], source(m, m.f.arg(v, 0), t, v), m.result(v)));
  on(Op.Extend8S, t, t, (m, v) => unary(m, v, I.movsb[w], t));
  on(Op.Extend16S, t, t, (m, v) => unary(m, v, I.movsw[w], t));
}
for (const [op, row] of [
  [Op.MulHighU, I.mulHighU],
  [Op.MulHighS, I.mulHighS],
] as const)
  on(op, I64, I64, (m, v) => m.put(row, m.reg(m.f.arg(v, 0)), m.reg(m.f.arg(v, 1)), m.result(v)));
on(Op.MulHighU, I32, I32, (m, v) =>
  m.put(I.mulHighU32, m.reg(m.f.arg(v, 0)), m.result(v), m.reg(m.f.arg(v, 1))),
);
on(Op.MulHighS, I32, I32, (m, v) =>
  m.put(I.mulHighS32, m.result(v), lowRegister(m, m.f.arg(v, 0), v), lowRegister(m, m.f.arg(v, 1), v)),
);

on(Op.Extend32S, I64, I64, (m, v) => unary(m, v, I.movslq, I64));
on(Op.ExtendS, I64, I32, (m, v) => {
  const d = m.result(v);
  if (foldLoad(m, m.f.arg(v, 0), I32, v)) {
    m.put(load.slq, d);
    at.complete(m);
  } else {
    unary(m, v, I.movslq, I32);
  }
});
const shiftedDown = node(Op.ShrU, [any, any]);
on(Op.Wrap, I32, I64, (m, v) => {
  const x = m.f.arg(v, 0);
  const count = m.f.op[x] === Op.ShrU ? m.f.arg(x, 1) : 0;
  // What is left of a shift by 32 and more is zero-extended as it is.
  if (count !== 0 && m.isConst(count) && (m.lo(count) & 63) >= 32 && !m.isDemanded(x)) {
    const c = m.match(x, shiftedDown, v);
    if (c !== undefined) {
      inPlace(m, shifts.shr.imm.q, m.reg(c[1]), m.result(v));
      m.imm(m.lo(count) & 63);
      return;
    }
  }
  m.put(I.movl, m.result(v), m.reg(x));
});

// ---- Comparisons and their consumers ----

for (const op of [Op.Eq, Op.Ne, Op.LtS, Op.LtU, Op.LeS, Op.LeU, Op.GtS, Op.GtU, Op.GeS, Op.GeU])
  for (const t of intTypes)
    on(op, I32, t, (m, v) => {
      const d = m.result(v);
      const k = comparison(m, op, m.f.arg(v, 0), m.f.arg(v, 1), v, true);
      putFused(m, k.rows.set, k, k.condition, d);
    });
for (const op of [Op.FEq, Op.FNe, Op.FLt, Op.FLe, Op.FGt, Op.FGe])
  for (const t of floatTypes)
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

for (const t of intTypes) {
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

for (const t of [...floatTypes, V128])
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

// ---- Floats ----

/** True when v can be a memory operand: a constant, or a load that may be part of the consumer. Its address is then in `at`. */
function floatInMemory(m: Lowering, v: number, t: Type, consumer: number): boolean {
  if (!m.isConst(v)) return foldLoad(m, v, t, consumer);
  if (m.lo(v) === 0 && (t === F32 || m.hi(v) === 0)) return false;
  at.constant(m.lo(v), t === F32 ? 0 : m.hi(v), t === F32 ? 2 : 3);
  return true;
}

function floatBinary(
  m: Lowering,
  v: number,
  first: number,
  second: number,
  rows: FloatArithmetic,
  commutes: boolean,
): void {
  const t = m.f.type[v];
  const avx = m.options.features.has("avx");
  let [x, y] = [first, second];
  const d = m.result(v);
  if (commutes && !isLoad(m, y) && !m.isConst(y) && (isLoad(m, x) || m.isConst(x))) [x, y] = [y, x];
  // A constant is better loaded to where the result goes than x copied there.
  const copies = commutes && !avx && m.isConst(y) && m.isLiveAfter(x, v);
  if (!copies && floatInMemory(m, y, t, v)) {
    m.put(avx ? rows.avxMemory : rows.rm, m.reg(x), d);
    at.complete(m);
    return;
  }
  if (avx) {
    m.put(rows.avx, m.reg(x), m.reg(y), d);
    return;
  }
  if (commutes) [x, y] = bestOrder(m, v, x, y);
  m.put(rows.rr, m.reg(x), d, m.reg(y));
}

/** d = row(x) of a register or memory operand of type t. */
function floatUnary(m: Lowering, v: number, rows: FloatUnary, t: Type): void {
  const x = m.f.arg(v, 0);
  const d = m.result(v);
  if (foldLoad(m, x, t, v)) {
    m.put(rows.m, d);
    at.complete(m);
  } else {
    m.put(rows.r, d, source(m, x, t, v));
  }
}

for (const t of floatTypes) {
  const w = width(t);
  const two = (op: Op, rows: FloatArithmetic, commutes: boolean): void =>
    on(op, t, t, (m, v) => floatBinary(m, v, m.f.arg(v, 0), m.f.arg(v, 1), rows, commutes));
  two(Op.FAdd, float.add[w], true);
  two(Op.FSub, float.sub[w], false);
  two(Op.FMul, float.mul[w], true);
  two(Op.FDiv, float.div[w], false);
  for (const [op, row] of [
    [Op.FMin, F.fmin[w]],
    [Op.FMax, F.fmax[w]],
    [Op.FCopysign, F.copysign[w]],
  ] as const)
    on(op, t, t, (m, v) => m.put(row, m.reg(m.f.arg(v, 0)), m.result(v), m.reg(m.f.arg(v, 1))));
  for (const [op, rows] of [
    [Op.FSqrt, F.sqrt[w]],
    [Op.FCeil, F.ceil[w]],
    [Op.FFloor, F.floor[w]],
    [Op.FTrunc, F.trunc[w]],
    [Op.FNearest, F.nearest[w]],
  ] as const)
    on(op, t, t, (m, v) => floatUnary(m, v, rows, t));
  const masked = (op: Op, row: number, sign: boolean): void =>
    on(op, t, t, (m, v) => {
      inPlace(m, row, m.reg(m.f.arg(v, 0)), m.result(v));
      at.mask(t, sign);
      at.complete(m);
    });
  masked(Op.FAbs, F.andMask, false);
  masked(Op.FNeg, F.xorMask, true);
  on(Op.ConvertS, t, I32, (m, v) => floatUnary(m, v, F.fromInt[w].l, I32));
  on(Op.ConvertS, t, I64, (m, v) => floatUnary(m, v, F.fromInt[w].q, I64));
  on(Op.ConvertU, t, I32, (m, v) => m.put(F.fromInt[w].q.r, m.result(v), m.reg(m.f.arg(v, 0))));
  on(Op.ConvertU, t, I64, (m, v) =>
    m.put(F.fromUnsigned[w], m.reg(m.f.arg(v, 0)), m.result(v), m.newReg(I64)),
  );
  for (const i of intTypes)
    for (const [op, rows] of [
      [Op.TruncS, F.toInt[w].trapS],
      [Op.TruncU, F.toInt[w].trapU],
      [Op.TruncSatS, F.toInt[w].satS],
      [Op.TruncSatU, F.toInt[w].satU],
    ] as const)
      on(op, i, t, (m, v) => unary(m, v, rows[width(i)], t));
}
on(Op.Demote, F32, F64, (m, v) => floatUnary(m, v, F.demote, F64));
on(Op.Promote, F64, F32, (m, v) => floatUnary(m, v, F.promote, F32));
on(Op.Bitcast, F32, I32, (m, v) => unary(m, v, F.moveToFloat.l, I32));
on(Op.Bitcast, F64, I64, (m, v) => unary(m, v, F.moveToFloat.q, I64));
on(Op.Bitcast, I32, F32, (m, v) => unary(m, v, F.moveToInt.l, F32));
on(Op.Bitcast, I64, F64, (m, v) => unary(m, v, F.moveToInt.q, F64));

// ---- Memory ----

const loadRows = {
  full: { [I32]: load.l, [I64]: load.q, [F32]: load.s, [F64]: load.d, [V128]: load.v },
  u8: { [I32]: load.zb, [I64]: load.zb },
  s8: { [I32]: load.sbl, [I64]: load.sbq },
  u16: { [I32]: load.zw, [I64]: load.zw },
  s16: { [I32]: load.swl, [I64]: load.swq },
  u32: load.l,
  s32: load.slq,
};
/** Width letter by bytes accessed. */
const letters: Readonly<Record<number, string>> = { 1: "b", 2: "w", 4: "l", 8: "q" };

/** An immediate as the assembler takes it for an access of `size` bytes. */
function truncated(lo: number, size: number): number {
  const unused = size < 4 ? 32 - 8 * size : 0;
  return (lo << unused) >> unused;
}

const updates = new Map<Op, Arithmetic>([
  [Op.Add, alu.add],
  [Op.Sub, alu.sub],
  [Op.And, alu.and],
  [Op.Or, alu.or],
  [Op.Xor, alu.xor],
]);
const updateShapes = new Map(
  [...updates.keys()].flatMap((op) =>
    [Op.Load, Op.RawLoad].map((l) => [op * 1024 + l, node(op, [node(l, [any]), any])] as const),
  ),
);

/** A store of (load from the same place) (op) x as one instruction on memory. True when v is one. */
function update(m: Lowering, v: number, t: Type, size: number): boolean {
  const { f } = m;
  const value = f.arg(v, 1);
  const rows = updates.get(f.op[value]);
  if (rows === undefined) return false;
  const loads = f.op[v] === Op.Store ? Op.Load : Op.RawLoad;
  const isPlace = (x: number): boolean =>
    f.op[x] === loads &&
    f.arg(x, 0) === f.arg(v, 0) &&
    f.immLo[x] === f.immLo[v] &&
    accessSize(auxWidth(f.aux[x]), t) === size;
  let [place, other] = [f.arg(value, 0), f.arg(value, 1)];
  if (!isPlace(place) && f.op[value] !== Op.Sub && f.op[place] !== loads) [place, other] = [other, place];
  if (!isPlace(place) || m.match(value, updateShapes.get(f.op[value] * 1024 + loads)!, v) === undefined)
    return false;
  const letter = letters[size];
  if (size < 8 ? m.isConst(other) : isImmediate(m, other)) {
    at.access(m, v, v);
    m.put(rows.mi[letter]);
    at.complete(m, truncated(m.lo(other), size));
  } else {
    const r = source(m, other, t, v);
    at.access(m, v, v);
    m.put(rows.mr[letter], r);
    at.complete(m);
  }
  return true;
}

function storeValue(m: Lowering, v: number, t: Type): void {
  const value = m.f.arg(v, 1);
  const size = accessSize(auxWidth(m.f.aux[v]), t);
  if (m.isConst(value) && (size < 8 || m.hi(value) === m.lo(value) >> 31)) {
    at.access(m, v, v);
    m.put(storeImm[letters[size]]);
    at.complete(m, truncated(m.lo(value), size));
    return;
  }
  if (update(m, v, t, size)) return;
  const r = source(m, value, t, v);
  at.access(m, v, v);
  const float = t === F32 ? storeFloat.s : t === F64 ? storeFloat.d : storeFloat.v;
  m.put(t >= F32 ? float : store[letters[size]], r);
  at.complete(m);
}

for (const t of [...intTypes, ...floatTypes, V128]) {
  for (const [op, address] of [
    [Op.Load, I32],
    [Op.Load, I64],
    [Op.RawLoad, I64],
  ] as const)
    on(op, t, address, (m, v) => {
      const d = m.result(v);
      at.access(m, v, v);
      m.put(loadRow(loadRows, auxWidth(m.f.aux[v]), t), d);
      at.complete(m);
    });
  on(Op.Store, Void, t, (m, v) => storeValue(m, v, t));
  on(Op.RawStore, Void, t, (m, v) => storeValue(m, v, t));
}
