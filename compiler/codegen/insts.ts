// Machine-instruction rows: the one place where an instruction of a target is described. Printer, allocation
// constraints and clobbers all come from the row.
//
// Format strings: literal assembly with placeholders. {0} {1} ... register operand in its default name; {0:x} with a target's
// width letter x; {i} immediate as a signed decimal, {i32} its lower half; {m} or {m1} the address mode whose registers start at operand 0 or 1;
// {c} condition from aux; {trap} label of the function's out-of-line trap whose code is in symbol, {trap4} of trap 4; {b} target block label from
// symbol; {s} symbol name. "\n" separates lines. Placeholders that a target adds are listed in its insts.ts.
import { Constraint, packOperand } from "./vcode.ts";

export enum InstFlag {
  None = 0,
  /** Register copy: operand 0 defined, operand 1 used. */
  Move = 1,
  Call = 2,
  /** Ends a block. */
  Terminator = 4,
  Return = 8,
  /** Has no register uses and no side effect: the allocator may repeat it instead of spilling its result. */
  Rematerialize = 16,
  /** Extra operands after the row's own ones (address registers, call arguments) are added one by one. */
  Variadic = 32,
  /** Expanded by the target's emitPseudo instead of the format. */
  Pseudo = 64,
  /** A pseudo instruction that cannot trap and needs no frame: it works on registers only. */
  RegistersOnly = 128,
  /** Its result may go to a spill slot when it is repeated there. */
  RepeatsInSlot = 256,
}

export interface InstRow {
  readonly name: string;
  readonly format: string;
  /** Packed operands with virtual register 0; order = order in the format. */
  readonly operands: readonly number[];
  readonly flags: number;
  /** Physical registers destroyed (in addition to definitions), written after the uses are read. */
  readonly clobbers: readonly number[];
}

export const use = packOperand(0, false, Constraint.Register);
/** A use that may stay in a spill slot. */
export const useAny = packOperand(0, false, Constraint.Any);
/** A use that must not share a register with a definition of the same instruction. */
export const useLate = packOperand(0, false, Constraint.Register, 0, true);
export const def = packOperand(0, true, Constraint.Register);
/** A definition written before all uses are read. */
export const defEarly = packOperand(0, true, Constraint.Register, 0, true);
export function useFixed(register: number): number {
  return packOperand(0, false, Constraint.Fixed, register);
}
export function defFixed(register: number): number {
  return packOperand(0, true, Constraint.Fixed, register);
}
/** A definition in the register of use operand `index`. The reused operand stands before it. */
export function defReuse(index: number): number {
  return packOperand(0, true, Constraint.Reuse, index);
}

/** A target's instruction table under construction. */
export class InstTable {
  readonly rows: InstRow[] = [];
  private readonly byName = new Map<string, number>();

  constructor() {
    // Row 0 (ARGS_ROW in lower.ts) defines the function's parameters in their registers and prints nothing.
    this.add("args", "", [], InstFlag.Variadic);
  }

  /** Adds a row and returns its index, which the target's rules use. */
  add(
    name: string,
    format: string,
    operands: readonly number[],
    flags: number = InstFlag.None,
    clobbers: readonly number[] = [],
  ): number {
    if (this.byName.has(name)) throw new Error(`instruction row "${name}" is defined twice`);
    this.byName.set(name, this.rows.length);
    this.rows.push({ name, format, operands, flags, clobbers });
    return this.rows.length - 1;
  }
}
