// x86-64 flags as arithmetic leaves them: a test of a register against zero is not printed when the instruction in front computed that register
// and set the zero and sign flags by it.
//
// After add, sub, neg and shifts the overflow flag is not that of a test, so only conditions on zero and sign may follow; after logic it is clear, as
// after a test.
import type { Emitter } from "../../compiler/codegen/emit.ts";
import { SLOT_BASE } from "../../compiler/codegen/vcode.ts";
import { alu, CONDITION_MASK, Condition, compare, type Fused, I, shifts, type Width } from "./insts.ts";

interface Setter {
  readonly width: Width;
  /** Operand that is the result. */
  readonly result: number;
  readonly logic: boolean;
  /** Whether the form that is printed sets flags. */
  readonly when?: (e: Emitter, inst: number) => boolean;
}

const setters = new Map<number, Setter>();
/** Rows that test a register: width, and the row without the test. */
const tests = new Map<number, { width: Width; row: number }>();

function inPlace(e: Emitter, inst: number): boolean {
  return e.operandAllocation(inst, 0) === e.operandAllocation(inst, 1);
}
/** See emitAdd in abi.ts. */
function isAdd(e: Emitter, inst: number): boolean {
  const [a, b, to] = [0, 1, 2].map((k) => e.operandAllocation(inst, k));
  return a === to || b === to || b >= SLOT_BASE;
}

for (const width of ["l", "q"] as const) {
  for (const [name, rows] of Object.entries(alu)) {
    const logic = name !== "add" && name !== "sub";
    for (const form of [rows.rr, rows.ri, rows.rm]) setters.set(form[width], { width, result: 1, logic });
  }
  setters.set(I.neg[width], { width, result: 1, logic: false });
  setters.set(I.add[width], { width, result: 2, logic: false, when: isAdd });
  setters.set(I.addImm[width], { width, result: 1, logic: false, when: inPlace });
  setters.set(I.shlSmall[width], { width, result: 1, logic: false, when: inPlace });
  for (const rows of [shifts.shl, shifts.shr, shifts.sar])
    setters.set(rows.imm[width], {
      width,
      result: 1,
      logic: false,
      when: (e, inst) => e.code.immLo[inst] !== 0,
    });
  for (const row of [I.andn[width], I.blsr[width], I.blsi[width]])
    setters.set(row, { width, result: 0, logic: false });
  const add = (pick: (rows: Fused) => number): void => {
    tests.set(pick(compare.zero[width]), { width, row: pick(compare.flags[width]) });
  };
  add((rows) => rows.branch);
  add((rows) => rows.trap);
  add((rows) => rows.selectInt.l);
  add((rows) => rows.selectInt.q);
  add((rows) => rows.selectFloat);
}

/** The condition on the flags of arithmetic that holds when `c` does after a test, or undefined. */
function translated(c: Condition, logic: boolean): Condition | undefined {
  switch (c) {
    case Condition.E:
    case Condition.NE:
    case Condition.S:
    case Condition.NS:
      return c;
    case Condition.L:
      return Condition.S;
    case Condition.GE:
      return Condition.NS;
    case Condition.G:
    case Condition.LE:
      return logic ? c : undefined;
    default:
      return undefined;
  }
}

/** See Target.withoutCompare. */
export function withoutCompare(
  e: Emitter,
  previous: number,
  inst: number,
  row: number,
  aux: number,
): { row: number; aux: number } | undefined {
  const test = tests.get(row);
  if (test === undefined) return undefined;
  const setter = setters.get(e.code.op[previous]);
  if (setter === undefined || setter.width !== test.width) return undefined;
  if (e.operandAllocation(previous, setter.result) !== e.operandAllocation(inst, 0)) return undefined;
  if (setter.when !== undefined && !setter.when(e, previous)) return undefined;
  const condition = translated(aux & CONDITION_MASK, setter.logic);
  return condition === undefined ? undefined : { row: test.row, aux: (aux & ~CONDITION_MASK) | condition };
}
