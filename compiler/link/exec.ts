// Finding and running outside programs. A program that fails becomes one line: what was run for what, and the first line it said.
import { accessSync, constants, statSync } from "node:fs";
import { delimiter, isAbsolute, join, resolve } from "node:path";
import { CompileError } from "../support/error.ts";

/** Full path of a program on PATH (or of a path given), or undefined. */
export function which(program: string): string | undefined {
  if (program.includes("/")) {
    const path = isAbsolute(program) ? program : resolve(program);
    return isExecutable(path) ? path : undefined;
  }
  for (const directory of (process.env.PATH ?? "").split(delimiter)) {
    if (directory === "") continue;
    const path = join(directory, program);
    if (isExecutable(path)) return path;
  }
  return undefined;
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

/** Tools speak English and depend on nothing of the caller's environment that could change their output. */
const environment = { LC_ALL: "C", SOURCE_DATE_EPOCH: "0" };

/** execa, loaded when something is run: the bundle is one file, in which a static import would load it at every start. */
export async function loadExeca() {
  return (await import("execa")).execa;
}

/** Runs a tool to its end; `purpose` completes "cannot ...". Throws CompileError (toolchain, or io when the disk is full). */
export async function runTool(command: readonly string[], purpose: string, cwd?: string): Promise<string> {
  const execa = await loadExeca();
  const result = await execa(command[0], command.slice(1), {
    cwd,
    env: environment,
    reject: false,
    stdin: "ignore",
    cleanup: true,
  });
  if (!result.failed) return result.stdout;
  const said = `${result.stderr ?? ""}\n${result.stdout ?? ""}`;
  if (process.env.WASMAOT_DEBUG) process.stderr.write(`${command.join(" ")}\n${said}\n`);
  if (/no space left on device/i.test(said))
    throw new CompileError(`cannot ${purpose}: no space left on the disk`, {}, "io");
  const first =
    said.split("\n").find((line) => /error|undefined|cannot|fatal/i.test(line)) ??
    said.split("\n").find((line) => line.trim() !== "");
  const reason = first?.trim() || (result.signal ? `killed by ${result.signal}` : result.shortMessage);
  throw new CompileError(`cannot ${purpose}: ${command[0]}: ${reason}`, {}, "toolchain");
}

/** First line that `program --version` prints, or undefined when it cannot run. */
export async function versionLine(program: string, flag = "--version"): Promise<string | undefined> {
  const execa = await loadExeca();
  const result = await execa(program, [flag], { env: environment, reject: false, stdin: "ignore" });
  return result.failed ? undefined : result.stdout.split("\n")[0].trim();
}
