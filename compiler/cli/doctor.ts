// `wasmaot doctor`: which outside programs each target would use, and what to install where one is missing.
import type { ArgumentsCamelCase, Argv } from "yargs";
import { findEmulator } from "../link/emulator.ts";
import { versionLine } from "../link/exec.ts";
import { installEmulator, installTools } from "../link/install.ts";
import { isNative, type Machine, machines, type TargetName } from "../link/machines.ts";
import { findAll, type Toolchain } from "../link/toolchain.ts";
import { CompileError } from "../support/error.ts";

export const command = "doctor";
export const describe = "show the tools found for each target, and what to install";

interface DoctorArguments {
  target: TargetName | undefined;
  json: boolean | undefined;
}

export function builder(yargs: Argv) {
  return yargs
    .option("target", {
      string: true,
      choices: Object.keys(machines) as TargetName[],
      describe: "one target only",
    })
    .option("json", { boolean: true, describe: "as JSON" })
    .example("$0 doctor --target riscv64", "what building for RISC-V would use");
}

interface ToolchainReport {
  readonly kind: string;
  /** Versions. */
  readonly identity: string;
  /** Commands; the compiler is absent where the published package's runtime has to do. */
  readonly assembler: string;
  readonly linker: string;
  readonly compiler: string | undefined;
}

interface Diagnosis {
  readonly target: TargetName;
  /** Best first: the first is used. */
  readonly toolchains: readonly ToolchainReport[];
  /** How programs of the target run here. */
  readonly runs: string;
  /** What to do, one command each; empty when nothing is missing. */
  readonly missing: readonly string[];
}

function toolchainReport({ kind, identity, assembler, linker, cc }: Toolchain): ToolchainReport {
  return {
    kind,
    identity,
    assembler: assembler.join(" "),
    linker: linker.join(" "),
    compiler: cc?.join(" "),
  };
}

async function diagnose(m: Machine): Promise<Diagnosis> {
  const toolchains = await findAll(m);
  const emulator = isNative(m.name) ? undefined : findEmulator(m);
  const missing: string[] = [];
  if (toolchains.length === 0) missing.push(installTools());
  if (!isNative(m.name) && emulator === undefined) missing.push(installEmulator());
  const runs = isNative(m.name)
    ? "natively"
    : emulator === undefined
      ? "not here"
      : `with ${emulator} (${await versionLine(emulator)})`;
  return {
    target: m.name,
    toolchains: toolchains.map(toolchainReport),
    runs,
    missing,
  };
}

function print(d: Diagnosis): void {
  const lines = [`${d.target}`];
  d.toolchains.forEach((t, i) => {
    lines.push(`  ${i === 0 ? "uses" : "also"}     ${t.kind}: ${t.identity}`);
    if (i > 0) return;
    lines.push(`           assembles with ${t.assembler}`, `           links with ${t.linker}`);
    lines.push(`           compiles the runtime with ${t.compiler ?? "nothing: takes the package's own"}`);
  });
  lines.push(`  runs     ${d.runs}`);
  for (const command of d.missing) lines.push(`  missing  install with: ${command}`);
  process.stdout.write(`${lines.join("\n")}\n`);
}

export async function handler(argv: ArgumentsCamelCase<DoctorArguments>): Promise<void> {
  const wanted = argv.target === undefined ? Object.values(machines) : [machines[argv.target]];
  const diagnoses: Diagnosis[] = [];
  for (const m of wanted) diagnoses.push(await diagnose(m));
  if (argv.json) process.stdout.write(`${JSON.stringify(diagnoses, undefined, 2)}\n`);
  else diagnoses.forEach(print);
  const broken = diagnoses.find((d) => d.toolchains.length === 0);
  if (broken !== undefined)
    throw new CompileError(
      `no assembler and linker for ${broken.target}: ${broken.missing[0]}`,
      {},
      "toolchain",
    );
}
