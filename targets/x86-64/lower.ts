// x86-64 lowering rules: IR operations to instruction rows. Most rules choose among forms of one instruction (immediate, memory operand, register),
// which helpers.ts does.
//
// An i32 is held zero-extended in its 64-bit register: ExtendU is no instruction (Target.freeConversion). Operands of 32-bit instructions may
// come from registers with anything in the upper half (lowRegister); what is used in 64 bits may not.
import { carryRules } from "../../compiler/codegen/carry.ts";
import { commonRules, loweringHooks } from "../../compiler/codegen/common.ts";
import type { Lowering } from "../../compiler/codegen/lower.ts";
import { any, node, RuleTable } from "../../compiler/codegen/pattern.ts";
import { isMinusOne, isNonZero, isZero } from "../../compiler/codegen/rules.ts";
import type { Callee } from "../../compiler/codegen/target.ts";
import { Op } from "../../compiler/ir/ops.ts";
import { TrapCode, Type } from "../../compiler/ir/types.ts";
import { at, foldLoad, lowRegister } from "./address.ts";
import { emitCarry } from "./carry.ts";
import { consumerRules } from "./consumers.ts";
import { floatRules } from "./floats.ts";
import { adder, bestOrder, inPlace, isImmediate, isLoad, source, unary, width } from "./helpers.ts";
import {
  type Arithmetic,
  alu,
  Condition,
  compare,
  I,
  load,
  type Shift,
  shifts,
  type Width as W,
  type Widths,
} from "./insts.ts";
import { memoryRules } from "./memory.ts";
import { vectorRules } from "./vectors.ts";

export const rules = new RuleTable();
const { I32, I64 } = Type;
const common = loweringHooks(I);
const intTypes = [I32, I64];

const on = adder(rules);

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

consumerRules(rules);
floatRules(rules);
memoryRules(rules);
