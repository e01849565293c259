// x86-64 carries (codegen/carry.ts): the addition, subtraction or compare sets the carry flag, adc or sbb takes it.
import { type Carry, carryTerms } from "../../compiler/codegen/carry.ts";
import type { Lowering } from "../../compiler/codegen/lower.ts";
import { Op } from "../../compiler/ir/ops.ts";
import { Type } from "../../compiler/ir/types.ts";
import { at, foldLoad, lowRegister } from "./address.ts";
import { putFused } from "./compare.ts";
import { type CarryRows, Condition, carries, compare, long, type Widths } from "./insts.ts";

const { I32 } = Type;

function source(m: Lowering, y: number, consumer: number): number {
  return m.f.type[y] === I32 ? lowRegister(m, y, consumer) : m.reg(y);
}

/** y is a constant that an instruction of its type can hold. */
function isImmediate(m: Lowering, y: number): boolean {
  return m.isConst(y) && (m.f.type[y] === I32 || m.hi(y) === m.lo(y) >> 31);
}

/** Both halves. */
function emitLong(m: Lowering, { v, op, x, lower, first, second }: Carry, both?: readonly number[]): void {
  const t = m.f.type[v];
  const w = t === I32 ? "l" : "q";
  const forms = op === Op.Add ? long.add : long.sub;
  const rows = both ? forms.both : forms.alone;
  const [low, high] = [m.result(lower), m.result(v)];
  const a = source(m, first, v);
  const p = source(m, both ? both[0] : x, v);
  const q = both ? source(m, both[1], v) : 0;
  if (isImmediate(m, second)) {
    m.put(rows.ri[w], a, low, p, high, q);
    m.imm(m.lo(second));
  } else if (foldLoad(m, second, t, v)) {
    m.put(rows.rm[w], a, low, p, high, q);
    at.complete(m);
  } else {
    m.put(rows.rr[w], a, low, p, high, source(m, second, v), q);
  }
}

/** The carry of a compare. */
function emitCompared(m: Lowering, { v, op, x, a, b }: Carry, both?: readonly number[]): void {
  const [w, cw] = [v, a].map((y) => (m.f.type[y] === I32 ? "l" : "q")) as ("l" | "q")[];
  const immediate = isImmediate(m, b);
  const rows = immediate ? compare.ri[cw] : compare.rr[cw];
  const d = m.result(v);
  const pick = (c: CarryRows): Widths =>
    op === Op.Add ? (both ? c.addBoth : c.add) : both ? c.subBoth : c.sub;
  const k = {
    rows,
    condition: Condition.B,
    a: source(m, a, v),
    b: immediate ? 0 : source(m, b, v),
    immediate: immediate ? m.lo(b) : 0,
    memory: false,
  };
  const row = pick(carries.get(rows)!)[w];
  // The immediate form's row has one operand of the compare.
  const own = both ? [source(m, both[0], v), d, source(m, both[1], v)] : [source(m, x, v), d];
  putFused(m, row, { ...k, rows: { ...rows, uses: immediate ? 1 : 2 } }, Condition.B, ...own);
}

export function emitCarry(m: Lowering, c: Carry): void {
  const both = carryTerms(m, c);
  if (c.lower !== 0) emitLong(m, c, both);
  else emitCompared(m, c, both);
}
