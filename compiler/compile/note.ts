// The record of how a program was made, kept in the executable as an ELF note: what `wasmaot inspect` shows of it.
import { createHash } from "node:crypto";
import type { BuildOptions } from "../options.ts";
import type { Program } from "../program.ts";
import { allowedSystemCalls, wasiFunctions } from "../wasi.ts";

export const NOTE_SECTION = ".note.wasmaot";
export const NOTE_NAME = "wasmaot";

export interface BuildRecord {
  readonly target: string;
  readonly cpu: string;
  /** CPU features and levels the code needs. */
  readonly features: readonly string[];
  readonly entry: string;
  readonly optimize: number;
  readonly bounds: string;
  readonly instance: string;
  readonly deterministic: boolean;
  readonly harden: string;
  readonly environmentGrants: boolean;
  readonly grants: readonly { kind: string; readOnly: boolean; a: string; b: string }[];
  /** Limits; 0: the default. */
  readonly limits: { memory: number; stack: number; files: number };
  /** WASI functions the program can call. */
  readonly wasi: readonly string[];
  /** System calls that the filter lets through; none when the program imports no WASI function or is built without a filter. */
  readonly systemCalls: readonly string[];
  readonly modules: readonly { name: string; sha256: string; bytes: number }[];
}

export function buildRecord(program: Program, o: BuildOptions): BuildRecord {
  return {
    target: o.target,
    cpu: o.cpu,
    features: o.requiredFeatures,
    entry: o.entry,
    optimize: o.code.optimize,
    bounds: o.code.bounds,
    instance: o.code.instance,
    deterministic: o.code.deterministic,
    harden: o.harden,
    environmentGrants: !o.noEnvGrants,
    grants: o.grants,
    limits: { memory: o.maxMemory, stack: o.stackSize, files: o.maxFiles },
    wasi: wasiFunctions()
      .filter((_, i) => ((program.hostImports >> BigInt(i)) & 1n) !== 0n)
      .map((f) => f.name),
    systemCalls:
      program.hostImports === 0n || o.harden === "off"
        ? []
        : allowedSystemCalls(program.hostImports, o.target === "x86-64"),
    modules: program.modules.map(({ name, env }) => ({
      name,
      sha256: createHash("sha256").update(env.module.bytes).digest("hex"),
      bytes: env.module.bytes.length,
    })),
  };
}
