// What a build is asked to do: the command line's options after parsing, defaults filled in.
import type { Grant } from "./codegen/descriptor.ts";
import type { TargetName } from "./link/machines.ts";
import type { CodeOptions } from "./program.ts";

export type Emit = "exe" | "obj" | "asm" | "ir";

export interface BuildOptions {
  /** The main module. */
  readonly input: string;
  readonly output: string;
  /** Modules that others import by name, in instantiation order. */
  readonly links: readonly { readonly name: string; readonly file: string }[];
  readonly target: TargetName;
  /** --cpu as given, for the record in the artefact. */
  readonly cpu: string;
  /** CPU features and levels that the start code checks. */
  readonly requiredFeatures: readonly string[];
  readonly code: CodeOptions;
  readonly emit: Emit;
  /** Export that the executable calls. */
  readonly entry: string;
  readonly grants: readonly Grant[];
  readonly noEnvGrants: boolean;
  readonly harden: "on" | "off" | "require";
  /** Bytes over all memories; 0: no limit beyond the module's own. */
  readonly maxMemory: number;
  /** Bytes of the wasm stack; 0: the default. */
  readonly stackSize: number;
  /** Open files at a time; 0: the default. */
  readonly maxFiles: number;
  readonly pie: boolean;
  /** Keep symbols in the executable (-g). */
  readonly debug: boolean;
  readonly cc: string | undefined;
  readonly jobs: number;
  /** Directory for the intermediate files, kept; undefined: a temporary one. */
  readonly saveTemps: string | undefined;
  /** Called with what is going on, and how far it is (0 to 1) when known. */
  progress(what: string, fraction?: number): void;
}
