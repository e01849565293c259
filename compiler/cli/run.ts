// `wasmaot run`: compiles a module, unless the cache has it, and runs it with this process's standard streams; its exit status becomes ours.
//
// The key of the cache is all that decides the bytes of the executable: the modules, the options, the compiler and the runtime.
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { constants } from "node:os";
import { join } from "node:path";
import type { ArgumentsCamelCase, Argv } from "yargs";
import { runCommand } from "../link/emulator.ts";
import { machines } from "../link/machines.ts";
import { cacheDirectory, runtimeSourceHash } from "../link/runtime.ts";
import type { BuildOptions } from "../options.ts";
import { compilerHash } from "../support/paths.ts";
import { addCompileOptions, type CompileArguments, toBuildOptions } from "./options.ts";
import { Progress } from "./progress.ts";

export const command = "run <module>";
export const describe = "compile a module, if need be, and run it";

interface RunArguments {
  module: string;
  "--"?: string[];
}

export function builder(yargs: Argv) {
  return addCompileOptions(
    yargs.positional("module", { type: "string", demandOption: true, describe: "a .wasm or .wat file" }),
  )
    .example("$0 run app.wasm -- one two", "with arguments")
    .example("$0 run app.wasm --dir .::/ --env LANG=C", "may use this directory, sees LANG")
    .example("$0 run app.wasm --target aarch64", "under qemu-user on another machine");
}

/** Name of the executable in the cache. */
function cacheKey(options: BuildOptions): string {
  const hash = createHash("sha256");
  for (const { name, file } of [...options.links, { name: "", file: options.input }]) {
    const bytes = readFileSync(file);
    hash.update(`${name}\0${bytes.length}\0`).update(bytes);
  }
  const { jobs, output, input, saveTemps, progress, links, ...rest } = options;
  void [jobs, output, input, saveTemps, progress, links];
  return hash
    .update(`${JSON.stringify(rest)}\0${compilerHash()}\0${runtimeSourceHash()}`)
    .digest("hex")
    .slice(0, 40);
}

async function buildCached(argv: ArgumentsCamelCase<RunArguments & CompileArguments>) {
  const progress = new Progress(argv.quiet ?? false);
  const options = toBuildOptions(argv.module, argv, {
    emit: "exe",
    output: "program",
    progress: (what, fraction) => progress.update(what, fraction),
  });
  const { readModule } = await import("../files.ts");
  for (const { file } of [...options.links, { file: options.input }]) await readModule(file);
  const directory = join(cacheDirectory(), "run");
  const output = join(directory, cacheKey(options));
  if (!existsSync(output)) {
    mkdirSync(directory, { recursive: true });
    const { build } = await import("../driver.ts");
    await build({ ...options, output });
  }
  progress.clear();
  return { output, target: options.target };
}

export async function handler(argv: ArgumentsCamelCase<RunArguments & CompileArguments>): Promise<void> {
  const { output, target } = await buildCached(argv);
  const [program, ...before] = runCommand(machines[target], output);
  const child = spawn(program, [...before, ...(argv["--"] ?? [])], { stdio: "inherit" });
  // The terminal sends its signals to both of us; those sent to us alone are passed on.
  const passed = ["SIGTERM", "SIGHUP", "SIGUSR1", "SIGUSR2"] as const;
  for (const signal of passed) process.on(signal, () => child.kill(signal));
  process.on("SIGINT", () => {});
  process.on("SIGQUIT", () => {});
  process.exitCode = await new Promise<number>((resolve, reject) => {
    child.on("error", reject);
    child.on("exit", (code, signal) =>
      resolve(code ?? 128 + (signal === null ? 0 : constants.signals[signal])),
    );
  });
}
