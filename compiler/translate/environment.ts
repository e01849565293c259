// What translating one function needs to know about its module and the program around it; the same for all functions.
import type { InstanceLayout } from "../codegen/layout.ts";
import type { FunctionBinding, SymbolTable } from "../codegen/symbols.ts";
import type { InstanceMode } from "../codegen/target.ts";
import type { Module } from "../wasm/module.ts";

export interface Environment {
  readonly module: Module;
  /** Number of the module in the program; 0 is the main one. */
  readonly number: number;
  readonly layout: InstanceLayout;
  readonly symbols: SymbolTable;
  /** How each imported function is met. */
  readonly bindings: readonly FunctionBinding[];
  readonly instance: InstanceMode;
  readonly bounds: "guard" | "explicit";
  /** Canonical type id over the whole program, by type index of this module. */
  readonly typeIds: readonly number[];
  /**
   * Bytes past the end of memory 0's 4 GiB that are reserved without access: an access whose static offset plus size is at most this needs no check
   * in guard mode.
   */
  readonly guardBytes: number;
  /** Several modules make up the program: calls through records switch the pinned registers. */
  readonly linked: boolean;
  /** Turn every NaN result into the canonical one (--deterministic). */
  readonly canonicalNaN: boolean;
  readonly optimize: number;
  /** Unaligned accesses cost no more than aligned ones. */
  readonly unalignedAccess: boolean;
}
