// `wasmaot build`: a module to an executable, object or assembly file.
import type { ArgumentsCamelCase, Argv } from "yargs";
import type { Emit } from "../options.ts";
import { addCompileOptions, type CompileArguments, toBuildOptions } from "./options.ts";
import { Progress } from "./progress.ts";

export const command = "build <module>";
export const describe = "compile a module to a native executable";

interface BuildArguments {
  module: string;
  o: string | undefined;
  emit: Emit;
}

export function builder(yargs: Argv) {
  return addCompileOptions(
    yargs
      .positional("module", { type: "string", demandOption: true, describe: "a .wasm or .wat file" })
      .option("o", {
        alias: "output",
        string: true,
        describe: "output file, - for standard output (default: the module's name)",
      })
      .option("emit", {
        string: true,
        requiresArg: true,
        choices: ["exe", "obj", "asm", "ir"] as const,
        default: "exe" as const,
        describe: "what to write",
      }),
  )
    .example("$0 build app.wasm", "an executable for this machine: ./app")
    .example("$0 build app.wasm --target riscv64 -o app.rv", "for another machine")
    .example("$0 build app.wasm --dir data::/data:ro", "may read ./data as /data")
    .example("$0 build app.wasm --emit asm --annotate", "assembly to read");
}

export async function handler(argv: ArgumentsCamelCase<BuildArguments & CompileArguments>): Promise<void> {
  const progress = new Progress(argv.quiet ?? false);
  const options = toBuildOptions(argv.module, argv, {
    emit: argv.emit,
    output: argv.o,
    progress: (what, fraction) => progress.update(what, fraction),
  });
  const start = performance.now();
  const { build } = await import("../driver.ts");
  try {
    const result = await build(options);
    progress.clear();
    const seconds = (performance.now() - start) / 1000;
    if (argv.json) {
      const { functions, bytes, toolchain, phases, counts, notes } = result;
      process.stdout.write(
        `${JSON.stringify({ output: options.output, target: options.target, bytes, functions, seconds, toolchain, phases, counts, notes })}\n`,
      );
      return;
    }
    if (!argv.quiet) for (const note of result.notes) process.stderr.write(`wasmaot: note: ${note}\n`);
    if (argv.verbose) {
      const what = `${result.functions} functions for ${options.target}, ${result.bytes} bytes, ${seconds.toFixed(2)} s`;
      process.stderr.write(`${options.output}: ${what}\n${result.toolchain}\n`);
    }
    if (argv.timePasses) printPhases(result.phases);
    if (argv.stats) printCounts(result.counts);
  } finally {
    progress.clear();
  }
}

function printPhases(phases: Readonly<Record<string, number>>): void {
  for (const [phase, ms] of Object.entries(phases))
    process.stderr.write(`${ms.toFixed(1).padStart(10)} ms  ${phase}\n`);
}

function printCounts(counts: Readonly<Record<string, number>>): void {
  for (const [what, n] of Object.entries(counts).sort())
    process.stderr.write(`${String(n).padStart(10)}  ${what}\n`);
}
