// `wasmaot run`: compiles a module, unless the cache has it, and runs it with this process's standard streams; its exit status becomes ours.
//
// The key of the cache is all that decides the bytes of the executable: the modules, the options, the compiler and the runtime.
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, utimesSync } from "node:fs";
import { constants } from "node:os";
import { join } from "node:path";
import type { ArgumentsCamelCase, Argv } from "yargs";
import type { Grant } from "../codegen/descriptor.ts";
import { runCommand } from "../link/emulator.ts";
import { machines } from "../link/machines.ts";
import { cacheDirectory, toolHash } from "../link/runtime.ts";
import type { BuildOptions } from "../options.ts";
import { addCompileOptions, type CompileArguments, toBuildOptions } from "./options.ts";
import { Progress } from "./progress.ts";

export const command = "run <module> [arguments..]";
export const describe = "compile a module, if need be, and run it";

/** Days that an executable is kept without being used. */
const KEPT_DAYS = 30;

interface RunArguments {
  module: string;
  /** The program's, in front of "--" and behind it. */
  arguments?: string[];
  "--"?: string[];
}

export function builder(yargs: Argv) {
  return addCompileOptions(
    yargs
      .positional("module", { type: "string", demandOption: true, describe: "a .wasm or .wat file" })
      .positional("arguments", {
        type: "string",
        array: true,
        describe: "for the program; those that start with a dash go after --",
      }),
  )
    .example("$0 run app.wasm one two", "with arguments")
    .example("$0 run app.wasm -- -v one", "with arguments that look like options")
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
    .update(`${JSON.stringify(rest)}\0${toolHash()}`)
    .digest("hex")
    .slice(0, 40);
}

/** An item of a WASMAOT_* list. */
function listItem(text: string): string {
  return text.replace(/[\\;]/g, "\\$&");
}

/**
 * Grants that the program takes from its environment, as variables: it need not be built anew for others. What stands in the caller's variables already
 * stays in force.
 */
function grantVariables(grants: readonly Grant[]): Record<string, string> {
  const lists: Record<string, string[]> = { WASMAOT_DIR: [], WASMAOT_ENV: [], WASMAOT_LISTEN: [] };
  for (const { kind, a, b, readOnly } of grants) {
    if (kind === "dir") lists.WASMAOT_DIR.push(listItem(`${a}::${b}${readOnly ? ":ro" : ""}`));
    if (kind === "env") lists.WASMAOT_ENV.push(listItem(`${a}=${b}`));
    if (kind === "listen") lists.WASMAOT_LISTEN.push(listItem(a));
  }
  const variables: Record<string, string> = {};
  for (const [name, items] of Object.entries(lists)) {
    const before = process.env[name];
    if (items.length > 0) variables[name] = (before ? [before, ...items] : items).join(";");
  }
  return variables;
}

/** Notes that a file is used; false when there is none. */
function touch(file: string): boolean {
  if (!existsSync(file)) return false;
  const now = new Date();
  utimesSync(file, now, now);
  return true;
}

/** Removes from the cache what was not used for a long time. */
function forgetUnused(directory: string): void {
  const oldest = Date.now() - KEPT_DAYS * 24 * 3600 * 1000;
  for (const name of readdirSync(directory)) {
    const file = join(directory, name);
    if ((statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? oldest) < oldest)
      rmSync(file, { force: true });
  }
}

async function buildCached(argv: ArgumentsCamelCase<RunArguments & CompileArguments>) {
  const progress = new Progress(argv.quiet ?? false);
  const asked = toBuildOptions(argv.module, argv, {
    emit: "exe",
    output: "program",
    progress: (what, fraction) => progress.update(what, fraction),
  });
  const isBuiltIn = (g: Grant): boolean => asked.noEnvGrants || g.kind === "arg0" || g.kind === "envInherit";
  const options = { ...asked, grants: asked.grants.filter(isBuiltIn) };
  const variables = grantVariables(asked.grants.filter((g) => !isBuiltIn(g)));
  const { readModule } = await import("../files.ts");
  for (const { file } of [...options.links, { file: options.input }]) await readModule(file);
  const directory = join(cacheDirectory(), "run");
  const output = join(directory, cacheKey(options));
  if (!touch(output)) {
    mkdirSync(directory, { recursive: true });
    const { build } = await import("../driver.ts");
    await build({ ...options, output });
    forgetUnused(directory);
  }
  progress.clear();
  return { output, target: options.target, variables };
}

export async function handler(argv: ArgumentsCamelCase<RunArguments & CompileArguments>): Promise<void> {
  const { output, target, variables } = await buildCached(argv);
  // The program is called as its module is, not as the file in the cache.
  const [program, ...before] = runCommand(machines[target], output, argv.module);
  const child = spawn(program, [...before, ...(argv.arguments ?? []), ...(argv["--"] ?? [])], {
    argv0: before.length === 0 ? argv.module : undefined,
    stdio: "inherit",
    env: { ...process.env, ...variables },
  });
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
