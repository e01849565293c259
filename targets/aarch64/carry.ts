// AArch64 carries (codegen/carry.ts): adds and subs set the flag, adc and sbc take it; the outcome of a compare is added by cinc. The flag of a subtraction says that
// there was no borrow, which is what sbc wants.
import { type Carry, carryTerms } from "../../compiler/codegen/carry.ts";
import type { Lowering } from "../../compiler/codegen/lower.ts";
import { Op } from "../../compiler/ir/ops.ts";
import { Type } from "../../compiler/ir/types.ts";
import { carry } from "./insts.ts";

const { I32 } = Type;

function isImmediate(m: Lowering, y: number): boolean {
  return m.isConst(y) && m.lo(y) >= 0 && m.lo(y) < 4096 && (m.f.type[y] === I32 || m.hi(y) === 0);
}

/** v = x (op) (a < b). */
function emitCompared(m: Lowering, { v, op, x, a, b }: Carry, both?: readonly number[]): void {
  const w = m.f.type[v] === I32 ? "w" : "x";
  const { rr, ri } = carry.compared[m.f.type[a] === I32 ? "w" : "x"];
  const high = m.result(v);
  const [p, q] = both ? [m.reg(both[0]), m.reg(both[1])] : [m.reg(x), 0];
  const isSum = op === Op.Add;
  const row = isSum ? "add" : both ? "subBoth" : "sub";
  if (isImmediate(m, b)) {
    m.put(ri[row][w], m.reg(a), p, high, q);
    m.imm(m.lo(b));
  } else if (isSum && isImmediate(m, a)) {
    m.put(ri.addGreater[w], m.reg(b), p, high);
    m.imm(m.lo(a));
  } else m.put(rr[row][w], m.reg(a), m.reg(b), p, high, q);
}

export function emitCarry(m: Lowering, c: Carry): void {
  const { v, op, x, lower, first, second } = c;
  const isSum = op === Op.Add;
  const both = lower === 0 && isSum ? undefined : carryTerms(m, c);
  if (lower === 0) {
    emitCompared(m, c, both);
    return;
  }
  const w = m.f.type[v] === I32 ? "w" : "x";
  const [low, high] = [m.result(lower), m.result(v)];
  const [p, q] = both ? [m.reg(both[0]), m.reg(both[1])] : [m.reg(x), 0];
  const forms = isSum ? carry.add : carry.sub;
  const rows = both ? forms.both : forms.alone;
  if (isImmediate(m, second)) {
    m.put(rows.ri[w], m.reg(first), low, p, high, q);
    m.imm(m.lo(second));
  } else m.put(rows.rr[w], m.reg(first), low, p, high, m.reg(second), q);
}
