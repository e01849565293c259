// The targets. Each is loaded only when it is asked for: the tables of a target take time to build.
import type { Target } from "../compiler/codegen/target.ts";
import { CompileError } from "../compiler/support/error.ts";

const loaders: Readonly<Record<string, () => Promise<Target>>> = {
  "x86-64": async () => (await import("./x86-64/target.ts")).x86_64,
  aarch64: async () => (await import("./aarch64/target.ts")).aarch64,
  riscv64: async () => (await import("./riscv64/target.ts")).riscv64,
};

export function targetNames(): string[] {
  return Object.keys(loaders);
}

/** Loads a target by name. Throws CompileError (usage) for one that is not there. */
export async function loadTarget(name: string): Promise<Target> {
  const load = loaders[name];
  if (load === undefined) throw new CompileError(`no target "${name}"`, {}, "usage");
  return load();
}
