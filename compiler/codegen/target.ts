// What a target gives to the shared code generator: registers and conventions (data), instruction rows, lowering
// rules, and a few emission hooks.
import type { Op } from "../ir/ops.ts";
import type { Type } from "../ir/types.ts";
import type { Emitter } from "./emit.ts";
import type { InstTable } from "./insts.ts";
import type { Lowering } from "./lower.ts";
import type { RuleTable } from "./pattern.ts";

export type InstanceMode = "static" | "pointer";

export interface CodegenOptions {
  readonly instance: InstanceMode;
  readonly bounds: "guard" | "explicit";
  /** CPU features by the target's names, beyond its baseline. */
  readonly features: ReadonlySet<string>;
  /** Names by symbol id (SymbolAddress, CallHost, {s}). */
  readonly symbolNames: readonly string[];
  /** Symbol id of wasm function `index`. */
  functionSymbol(index: number): number;
  /** Symbol of this module's instance (static mode). */
  readonly instanceSymbol: string;
  /** The module has a memory 0 (its base register is pinned). */
  readonly hasMemory: boolean;
  readonly optimize: number;
  readonly annotate: boolean;
  /** Code and data lie at fixed addresses below 2 GiB: an executable that is not position-independent. */
  readonly fixedAddresses?: boolean;
}

export interface CallingConvention {
  readonly intArgs: readonly number[];
  readonly floatArgs: readonly number[];
  readonly intResults: readonly number[];
  readonly floatResults: readonly number[];
  /** Registers a call destroys. */
  readonly clobbers: readonly number[];
}

export interface Target {
  readonly name: "x86-64" | "aarch64" | "riscv64";
  readonly triple: string;
  readonly insts: InstTable;
  readonly rules: RuleTable;
  /** Name of register r. */
  registerName(r: number): string;
  /** Allocatable registers of a class in order of preference (caller saved first), for these options. */
  allocatable(isFloat: boolean, options: CodegenOptions): readonly number[];
  readonly calleeSaved: readonly number[];
  /** Two scratch registers for moves, never allocated: integer, float. */
  readonly scratch: { readonly int: number; readonly float: number };
  /** Name of the register in which printed addresses may leave their upper part for the next one (Emitter.keepsHeld). */
  readonly addressScratch?: string;
  readonly convention: CallingConvention;
  /**
   * ExtendU or ExtendS, where registers hold an i32 so extended: then that conversion's result is the register of its argument. A spilled i32 is
   * stored whole.
   */
  readonly freeConversion?: Op;
  /** What the optimizer does for this target only (opt/passes.ts, TargetNeed). */
  readonly optimizerNeeds?: (
    features: ReadonlySet<string>,
  ) => readonly (
    | "nativeAddresses"
    | "tableBases"
    | "scaledIndices"
    | "zeroExtend"
    | "alignedAccesses"
    | "scalars"
  )[];
  /** Registers hold an i32 so extended that the whole register counts: virtual registers of i32 values are typed, and so moved, as i64. */
  readonly wholeRegisters?: boolean;
  /** C convention of host functions (may equal `convention`). */
  readonly hostConvention: CallingConvention;

  // Lowering hooks (abi.ts): emit instructions through m.
  /** Loads an incoming stack argument at byte `offset` of the argument area into vreg. */
  lowerIncoming(m: Lowering, vreg: number, type: Type, offset: number): void;
  /** Stores an outgoing stack argument at byte `offset` from the stack pointer. */
  lowerOutgoing(m: Lowering, vreg: number, type: Type, offset: number): void;
  /**
   * Emits the call as the last instruction (a Variadic row): the engine then adds operands for arguments and results to it. `popBytes`: stack
   * argument bytes the callee popped, which the row takes back after the call (sub sp).
   */
  lowerCall(m: Lowering, callee: Callee, popBytes: number): void;
  /** Emits an unconditional jump to block b (layout index). */
  lowerJump(m: Lowering, block: number): void;
  lowerReturn(m: Lowering, popBytes: number): void;

  // Emission hooks: append lines to e.
  /**
   * Fixes the frame from e.localBytes (outgoing arguments at the bottom, then spill slots), e.savedRegisters and e.code.hasCalls: sets e.frameSize (bytes from the
   * stack pointer after the prologue to the slot above the return address), e.incomingBase (offset of the first incoming stack argument), e.needsFrame and
   * e.returnsByLink.
   */
  layoutFrame(e: Emitter): void;
  prologue(e: Emitter): void;
  epilogue(e: Emitter): void;
  /** One move between allocations (register or slot, either way, of a type). */
  move(e: Emitter, from: number, to: number, type: Type): void;
  /** Expands a row with InstFlag.Pseudo. */
  emitPseudo(e: Emitter, inst: number): void;
  /** Prints the address mode of inst whose registers start at operand `first`. */
  address(e: Emitter, inst: number, first: number): string;
  /** Prints register or slot `allocation` with a width letter ("" is the default). */
  operand(e: Emitter, allocation: number, width: string): string;
  /** Prints the trapping instruction that carries `code` (docs/ABI.md, "Traps"). */
  trap(e: Emitter, code: number): void;
  /** Prints an unconditional jump to a label. */
  jump(e: Emitter, label: string): void;
  /** Bytes that the branch of a row may lead away, either way; of a jump for row -1. Undefined: branches reach everything. */
  readonly reach?: (row: number) => number;
  /** The least that `reach` returns. */
  readonly shortestReach?: number;
  /** Prints a jump to a label that `jump` may not reach. */
  readonly farJump?: (e: Emitter, label: string) => void;
  /** Prints condition code `aux` for {c}. */
  condition(aux: number): string;
  /** The row and aux of a conditional branch, to a block or a trap (operands unchanged), taken when row's condition does not hold, or undefined. */
  invertBranch(row: number, aux: number): { row: number; aux: number } | undefined;
  /** The row and aux that do without the compare in row because instruction `previous`, printed just before inst, set the flags alike; or undefined. */
  withoutCompare?(
    e: Emitter,
    previous: number,
    inst: number,
    row: number,
    aux: number,
  ): { row: number; aux: number } | undefined;
  /** Directive that aligns the first block of a loop. */
  readonly loopAlignment?: string;
  /** Assembly directives at the start of each file. */
  header(options: CodegenOptions): string;
}

export type Callee =
  | { kind: "direct"; symbol: number }
  /** The code address `value`, for instruction `call`. */
  | { kind: "pointer"; value: number; call: number }
  | { kind: "host"; symbol: number };
