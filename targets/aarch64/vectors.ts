// AArch64 vectors: rows of Advanced SIMD and their rules.
import { def, defReuse, use } from "../../compiler/codegen/insts.ts";
import type { Lowering } from "../../compiler/codegen/lower.ts";
import type { RuleTable } from "../../compiler/codegen/pattern.ts";
import { Op } from "../../compiler/ir/ops.ts";
import { Type } from "../../compiler/ir/types.ts";
import { table } from "./insts.ts";

const { I32, I64, F32, F64, V128 } = Type;

const unary = [def, use];

function row(name: string, format: string, operands: readonly number[]): number {
  return table.add(name, format, operands, 0, []);
}

/** Instruction and arrangement. */
type Lanewise = readonly (readonly [Op, string, string])[];
const binary: Lanewise = [
  [Op.V128And, "and", "16b"],
  [Op.V128Or, "orr", "16b"],
  [Op.V128Xor, "eor", "16b"],
  [Op.I32x4Add, "add", "4s"],
  [Op.I32x4Sub, "sub", "4s"],
  [Op.I32x4Mul, "mul", "4s"],
  [Op.I32x4MinS, "smin", "4s"],
  [Op.I32x4MinU, "umin", "4s"],
  [Op.I32x4MaxS, "smax", "4s"],
  [Op.I32x4MaxU, "umax", "4s"],
  [Op.I32x4Eq, "cmeq", "4s"],
  [Op.I32x4GtS, "cmgt", "4s"],
  [Op.F32x4Eq, "fcmeq", "4s"],
  [Op.F64x2Eq, "fcmeq", "2d"],
  [Op.I16x8Pack, "uzp1", "8h"],
  [Op.I8x16Pack, "uzp1", "16b"],
  [Op.I64x2Add, "add", "2d"],
  [Op.I64x2Sub, "sub", "2d"],
  [Op.F32x4Add, "fadd", "4s"],
  [Op.F32x4Sub, "fsub", "4s"],
  [Op.F32x4Mul, "fmul", "4s"],
  [Op.F32x4Div, "fdiv", "4s"],
  [Op.F64x2Add, "fadd", "2d"],
  [Op.F64x2Sub, "fsub", "2d"],
  [Op.F64x2Mul, "fmul", "2d"],
  [Op.F64x2Div, "fdiv", "2d"],
];
const single: Lanewise = [
  [Op.F32x4Sqrt, "fsqrt", "4s"],
  [Op.F32x4Abs, "fabs", "4s"],
  [Op.F32x4Neg, "fneg", "4s"],
  [Op.F64x2Sqrt, "fsqrt", "2d"],
  [Op.F64x2Abs, "fabs", "2d"],
  [Op.F64x2Neg, "fneg", "2d"],
  [Op.F32x4ConvertI32x4S, "scvtf", "4s"],
];

/** Lane type, arrangement, letter of a lane, and the scalar operand in formats for an operand number. */
type Lanes = readonly [Type, string, string, Op, Op, Op, (k: number) => string];
const moves: readonly Lanes[] = [
  [I32, "4s", "s", Op.I32x4Splat, Op.I32x4ExtractLane, Op.I32x4ReplaceLane, (k) => `{${k}:w}`],
  [I64, "2d", "d", Op.I64x2Splat, Op.I64x2ExtractLane, Op.I64x2ReplaceLane, (k) => `{${k}:x}`],
  [F32, "4s", "s", Op.F32x4Splat, Op.F32x4ExtractLane, Op.F32x4ReplaceLane, (k) => `{${k}:v}.s[0]`],
  [F64, "2d", "d", Op.F64x2Splat, Op.F64x2ExtractLane, Op.F64x2ReplaceLane, (k) => `{${k}:v}.d[0]`],
];

/** Shifts by an immediate, and by a register for which the count is negative if to the right. */
const shifts: readonly (readonly [Op, string, string])[] = [
  [Op.I32x4Shl, "shl", "ushl"],
  [Op.I32x4ShrS, "sshr", "sshl"],
  [Op.I32x4ShrU, "ushr", "ushl"],
];

/** Adds the rules. */
export function vectorRules(rules: RuleTable): void {
  const on = (op: Op, result: Type, operand: Type, emit: (m: Lowering, v: number) => void): void =>
    rules.on(op, result, operand, [], emit);
  const arg = (m: Lowering, v: number, i: number): number => m.reg(m.f.arg(v, i));
  for (const [op, instruction, a] of binary) {
    const format = `${instruction} {0:v}.${a}, {1:v}.${a}, {2:v}.${a}`;
    const r = row(`${instruction}.${a}`, format, [def, use, use]);
    on(op, V128, V128, (m, v) => m.put(r, m.result(v), arg(m, v, 0), arg(m, v, 1)));
  }
  for (const [op, instruction, a] of single) {
    const r = row(`${instruction}.${a}`, `${instruction} {0:v}.${a}, {1:v}.${a}`, unary);
    on(op, V128, V128, (m, v) => m.put(r, m.result(v), arg(m, v, 0)));
  }
  for (const [lane, a, letter, splat, extract, replace, scalar] of moves) {
    const duplicate = row(`dup.${Op[splat]}`, `dup {0:v}.${a}, ${scalar(1)}`, unary);
    on(splat, V128, lane, (m, v) => m.put(duplicate, m.result(v), arg(m, v, 0)));
    const to = lane === F32 || lane === F64 ? `{0:${letter}}` : scalar(0);
    const out = row(`mov.${Op[extract]}`, `mov ${to}, {1:v}.${letter}[{i}]`, unary);
    on(extract, lane, V128, (m, v) => {
      m.put(out, m.result(v), arg(m, v, 0));
      m.imm(m.lo(v));
    });
    const into = row(`ins.${Op[replace]}`, `mov {1:v}.${letter}[{i}], ${scalar(2)}`, [use, defReuse(0), use]);
    on(replace, V128, V128, (m, v) => {
      m.put(into, arg(m, v, 0), m.result(v), arg(m, v, 1));
      m.imm(m.lo(v));
    });
  }
  const ext = row("ext", "ext {0:v}.16b, {1:v}.16b, {2:v}.16b, #{i}", [def, use, use]);
  on(Op.V128Ext, V128, V128, (m, v) => {
    m.put(ext, m.result(v), arg(m, v, 0), arg(m, v, 1));
    m.imm(m.lo(v));
  });
  shiftRules(rules);
  lanesRules(rules);
}

/** Comparisons with swapped operands, selection by bits, upper halves of products. */
function lanesRules(rules: RuleTable): void {
  const arg = (m: Lowering, v: number, i: number): number => m.reg(m.f.arg(v, i));
  for (const [op, instruction, a] of [
    [Op.F32x4Lt, "fcmgt", "4s"],
    [Op.F32x4Le, "fcmge", "4s"],
    [Op.F64x2Lt, "fcmgt", "2d"],
    [Op.F64x2Le, "fcmge", "2d"],
  ] as const) {
    const format = `${instruction} {0:v}.${a}, {2:v}.${a}, {1:v}.${a}`;
    const r = row(`${instruction}.${a}`, format, [def, use, use]);
    rules.on(op, V128, V128, [], (m, v) => m.put(r, m.result(v), arg(m, v, 0), arg(m, v, 1)));
  }
  const select = row("bsl", "bsl {1:v}.16b, {2:v}.16b, {3:v}.16b", [use, defReuse(0), use, use]);
  rules.on(Op.V128Bitselect, V128, V128, [], (m, v) =>
    m.put(select, arg(m, v, 2), m.result(v), arg(m, v, 0), arg(m, v, 1)),
  );
  for (const [op, multiply] of [
    [Op.I32x4MulHighS, "smull"],
    [Op.I32x4MulHighU, "umull"],
  ] as const) {
    const low = `${multiply} v31.2d, {1:v}.2s, {2:v}.2s`;
    const high = `${multiply}2 {0:v}.2d, {1:v}.4s, {2:v}.4s`;
    const r = row(`vector.${Op[op]}`, `${low}\n\t${high}\n\tuzp2 {0:v}.4s, v31.4s, {0:v}.4s`, [
      def,
      use,
      use,
    ]);
    rules.on(op, V128, V128, [], (m, v) => m.put(r, m.result(v), arg(m, v, 0), arg(m, v, 1)));
  }
}

function shiftRules(rules: RuleTable): void {
  for (const [op, immediate, register] of shifts) {
    const fixed = row(`${immediate}.4s`, `${immediate} {0:v}.4s, {1:v}.4s, #{i}`, unary);
    const negate = op === Op.I32x4Shl ? "" : "neg w16, w16\n\t";
    const any = row(
      `${immediate}.4s.any`,
      `and w16, {2:w}, #31\n\t${negate}dup v31.4s, w16\n\t${register} {0:v}.4s, {1:v}.4s, v31.4s`,
      [def, use, use],
    );
    rules.on(op, V128, V128, [], (m, v) => {
      const [x, count] = [m.f.arg(v, 0), m.f.arg(v, 1)];
      // Shifts to the right by 0 have no encoding.
      const k = m.isConst(count) ? m.lo(count) & 31 : 0;
      if (k !== 0) {
        m.put(fixed, m.result(v), m.reg(x));
        m.imm(k);
      } else m.put(any, m.result(v), m.reg(x), m.reg(count));
    });
  }
}
