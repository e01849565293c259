// What the x86-64 lowering files share: operands, widths, the order of operands that saves a copy.
import type { Lowering } from "../../compiler/codegen/lower.ts";
import type { RuleTable } from "../../compiler/codegen/pattern.ts";
import { Op } from "../../compiler/ir/ops.ts";
import { Type } from "../../compiler/ir/types.ts";
import { lowRegister } from "./address.ts";
import type { Width as W } from "./insts.ts";

const { I32, F32 } = Type;

/** A shorter way to add rules without patterns. */
export function adder(rules: RuleTable) {
  return (op: Op, result: Type, operand: Type, emit: (m: Lowering, v: number) => void): void =>
    rules.on(op, result, operand, [], (m, v) => emit(m, v));
}

/** Register width of a type: l also for f32, q also for f64. */
export function width(t: Type): W {
  return t === I32 || t === F32 ? "l" : "q";
}

/** A register with operand v of a t instruction. */
export function source(m: Lowering, v: number, t: Type, consumer: number): number {
  return t === I32 ? lowRegister(m, v, consumer) : m.reg(v);
}

/** v is a constant that an instruction of its type can hold: sign-extended from 32 bits. */
export function isImmediate(m: Lowering, v: number): boolean {
  return m.isConst(v) && (m.f.type[v] === I32 || m.hi(v) === m.lo(v) >> 31);
}

export function isLoad(m: Lowering, v: number): boolean {
  return m.f.op[v] === Op.Load || m.f.op[v] === Op.RawLoad;
}

/**
 * Operands of commutative instruction v, so that the first, whose register is overwritten, is one that is not needed any more; of two such, the one
 * that continues a chain: a sum that goes around a loop should stay in one register.
 */
export function bestOrder(m: Lowering, v: number, x: number, y: number): [number, number] {
  return isLoad(m, x) || rank(m, v, x) < rank(m, v, y) ? [y, x] : [x, y];
}

function rank(m: Lowering, v: number, operand: number): number {
  if (m.isLiveAfter(operand, v)) return 0;
  const { f } = m;
  const goesAround = f.op[operand] === Op.Param && f.blocks[f.block[operand]].loopDepth > 0;
  return goesAround || f.op[operand] === f.op[v] ? 2 : 1;
}

/** d = row(x) for rows (definition, use). */
export function unary(m: Lowering, v: number, row: number, t: Type): void {
  m.put(row, m.result(v), source(m, m.f.arg(v, 0), t, v));
}

/** d = row(x) for rows (use, reusing definition). */
export function inPlace(m: Lowering, row: number, x: number, d: number): void {
  m.put(row, x, d);
}
