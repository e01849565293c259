// What register allocation returns. Both allocators (greedy.ts for -O2 and up, fast.ts for -O0, -O1 and giant
// functions) return it; check.ts proves it against the VCode.
//
// Edits at "before i" run just before instruction i, at "after i" just after it, in list order. Edge moves stand
// before the jump of the source block (or at the start of a block that has one predecessor). A rematerialize edit repeats instruction
// `from` with its definition in `to`.

import type { CodegenOptions, Target } from "../target.ts";
import type { VCode } from "../vcode.ts";

export enum EditKind {
  Move = 0,
  Rematerialize = 1,
}

export interface Allocation {
  /** Allocation (register or SLOT_BASE + slot) of each packed operand in vcode.operands. */
  operands: Int32Array;
  /** Edits sorted by position: 5 numbers each: position (2 * inst for before, 2 * inst + 1 for after), kind, from, to, type. */
  edits: Int32Array;
  editCount: number;
  /** Spill slots used, of 8 bytes. */
  slots: number;
  /** Callee-saved registers written. */
  calleeSaved: number[];
  statistics: { spills: number; reloads: number; moves: number; rematerialized: number; weighted: number };
}

export type Allocator = (code: VCode, target: Target, options: CodegenOptions) => Allocation;
