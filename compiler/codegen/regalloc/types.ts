// What register allocation returns. Both allocators (greedy.ts for -O1 and up, fast.ts for -O0 and giant
// functions) return it; check.ts proves it against the VCode.
//
// Edits at "before i" run just before instruction i, at "after i" just after it, in list order. Edge moves stand
// before the jump of the source block (or at the start of a block that has one predecessor). A rematerialize edit repeats instruction
// `from` with its definition in `to`; `to` may be the target's scratch register of the class. A move between a register and a slot must not
// touch the scratch registers; one between two slots may.
//
// An instruction whose first operand is DELETED is not emitted: a Move row whose copy is made by edits or by sharing the
// location, or a Rematerialize row that is repeated wherever its value is needed.
//
// A Call row destroys every register for V128 values that live across it, whatever its clobbers say: callee-saved registers keep 64 bits.

import type { CodegenOptions, Target } from "../target.ts";
import type { VCode } from "../vcode.ts";

export enum EditKind {
  Move = 0,
  Rematerialize = 1,
}

/** First operand of an instruction that is not emitted. */
export const DELETED = -1;

/** Where the frame is set up when it is not at the entry (shrink-wrap.ts). */
export interface FramePlace {
  /** The block that begins with the prologue. */
  readonly block: number;
  /** By block: 1 when it runs with the frame. */
  readonly inside: Uint8Array;
}

export interface Allocation {
  /** Allocation (register, SLOT_BASE + slot, or DELETED) of each packed operand in vcode.operands. */
  operands: Int32Array;
  /** Edits sorted by position: 5 numbers each: position (2 * inst for before, 2 * inst + 1 for after), kind, from, to, type. */
  edits: Int32Array;
  editCount: number;
  /** Spill slots used, of 8 bytes. */
  slots: number;
  /** Callee-saved registers written. */
  calleeSaved: number[];
  /** Undefined: at the entry. */
  frame?: FramePlace;
  /** The fast allocator stands in for the greedy one, which would have taken too long. */
  isStandIn?: boolean;
}

export type Allocator = (code: VCode, target: Target, options: CodegenOptions) => Allocation;
