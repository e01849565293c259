// Finding and running outside programs. A program that fails becomes one line: what was run for what, and the first line it said.
import { type ChildProcess, spawn } from "node:child_process";
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

interface Result {
  /** Exit status; null when it could not be started or was killed. */
  readonly status: number | null;
  /** Why there is no status. */
  readonly reason: string;
  readonly stdout: string;
  readonly stderr: string;
}

/** Tools at work, which do not outlive this process. */
const running = new Set<ChildProcess>();

function killAll(): void {
  for (const child of running) child.kill();
}

function execute(command: readonly string[], cwd?: string): Promise<Result> {
  if (running.size === 0 && !process.listeners("exit").includes(killAll)) process.on("exit", killAll);
  return new Promise((resolve) => {
    const child = spawn(command[0], command.slice(1), {
      cwd,
      env: { ...process.env, ...environment },
      stdio: ["ignore", "pipe", "pipe"],
    });
    running.add(child);
    const said = { stdout: "", stderr: "" };
    for (const name of ["stdout", "stderr"] as const)
      child[name].setEncoding("utf8").on("data", (text: string) => {
        said[name] += text;
      });
    const end = (status: number | null, reason: string): void => {
      running.delete(child);
      resolve({ status, reason, ...said });
    };
    child.on("error", (error) => end(null, error.message));
    child.on("close", (status, signal) =>
      end(status, signal === null ? `status ${status}` : `killed by ${signal}`),
    );
  });
}

/** Runs a tool to its end; `purpose` completes "cannot ...". Throws CompileError (toolchain, or io when the disk is full). */
export async function runTool(command: readonly string[], purpose: string, cwd?: string): Promise<string> {
  const { status, reason, stdout, stderr } = await execute(command, cwd);
  if (status === 0) return stdout;
  const said = `${stderr}\n${stdout}`;
  if (process.env.WASMAOT_DEBUG) process.stderr.write(`${command.join(" ")}\n${said}\n`);
  if (/no space left on device/i.test(said))
    throw new CompileError(`cannot ${purpose}: no space left on the disk`, {}, "io");
  const first =
    said.split("\n").find((line) => /error|undefined|cannot|fatal/i.test(line)) ??
    said.split("\n").find((line) => line.trim() !== "");
  throw new CompileError(`cannot ${purpose}: ${command[0]}: ${first?.trim() || reason}`, {}, "toolchain");
}

/** First line that `program --version` prints, or undefined when it cannot run. */
export async function versionLine(program: string, flag = "--version"): Promise<string | undefined> {
  const { status, stdout } = await execute([program, flag]);
  return status === 0 ? stdout.split("\n")[0].trim() : undefined;
}
