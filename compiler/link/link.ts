// Assembling the parts of a program and linking them with the runtime.

import { runTool } from "./exec.ts";
import type { Machine } from "./machines.ts";
import { runtimeSources } from "./runtime.ts";
import type { Toolchain } from "./toolchain.ts";

/** Assembles `source` into `object`, both names in `directory`: no path of this machine reaches the output. */
export async function assemble(
  t: Toolchain,
  m: Machine,
  directory: string,
  source: string,
  object: string,
): Promise<void> {
  await runTool([...t.assembler, source, "-o", object], `assemble ${source} for ${m.name}`, directory);
}

/** Linker flags written for a compiler driver, for the linker itself. */
function plainFlags(flags: readonly string[]): string[] {
  return flags.flatMap((x) => (x.startsWith("-Wl,") ? x.slice(4).split(",") : [x]));
}

export interface LinkInput {
  readonly directory: string;
  /** Names in `directory`, in link order; the first opens the text of the program and the last closes it. */
  readonly objects: readonly string[];
  readonly runtime: readonly string[];
  readonly output: string;
  readonly pie: boolean;
  readonly keepSymbols: boolean;
}

/** Links an executable. */
export async function linkExecutable(t: Toolchain, m: Machine, input: LinkInput): Promise<void> {
  const driver = runtimeSources().linkFlags.map((x) => (x === "-static" && input.pie ? "-static-pie" : x));
  // Debian's gcc for RISC-V names a dynamic linker even with -static-pie.
  if (input.pie) driver.push("-Wl,--no-dynamic-linker");
  else if (!t.plainLinker) driver.push("-no-pie");
  if (!input.keepSymbols) driver.push("-Wl,--strip-all");
  const flags = t.plainLinker ? plainFlags(driver) : driver;
  await runTool(
    [...t.linker, ...flags, ...input.objects, ...input.runtime, "-o", input.output],
    `link for ${m.name}`,
    input.directory,
  );
}

/** Joins objects into one relocatable object, without the runtime. */
export async function linkRelocatable(
  t: Toolchain,
  m: Machine,
  directory: string,
  objects: readonly string[],
  output: string,
): Promise<void> {
  const flags = t.plainLinker ? ["-r"] : ["-nostdlib", "-r"];
  await runTool([...t.linker, ...flags, ...objects, "-o", output], `link for ${m.name}`, directory);
}
