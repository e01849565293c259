// Building and running native programs of the tests: the runtime of each target from runtime-c/sources.json, and an emulator for
// foreign programs.
//
// Programs go to fresh directories under the system's temporary one, which are removed when the test file ends.
import { mkdtempSync, readFileSync } from "node:fs";
import { arch, tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { removeSync } from "fs-extra/esm";
import { afterAll } from "vitest";

export const root = new URL("../..", import.meta.url).pathname;

export interface NativeTarget {
  readonly name: "x86-64" | "aarch64" | "riscv64";
  /** As uname and qemu call it. */
  readonly machine: string;
}

export const nativeTargets: readonly NativeTarget[] = [
  { name: "x86-64", machine: "x86_64" },
  { name: "aarch64", machine: "aarch64" },
  { name: "riscv64", machine: "riscv64" },
];

interface Sources {
  readonly common: readonly string[];
  readonly wasi: readonly string[];
  readonly targets: Readonly<Record<string, readonly string[]>>;
  readonly compileFlags: readonly string[];
  readonly linkFlags: readonly string[];
}

export function runtimeSources(): Sources {
  return JSON.parse(readFileSync(join(root, "runtime-c/sources.json"), "utf8"));
}

const directories: string[] = [];

export function temporaryDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), "wasmaot-test-"));
  directories.push(directory);
  return directory;
}

afterAll(() => directories.forEach((d) => removeSync(d)));

export interface RunResult {
  /** Exit status; 128 + number after death by a signal, as shells say it. */
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

const signalNumbers: Readonly<Record<string, number>> = {
  SIGILL: 4,
  SIGTRAP: 5,
  SIGABRT: 6,
  SIGBUS: 7,
  SIGSEGV: 11,
  SIGSYS: 31,
};

/** Runs a command in the project's root, with `input` on its standard input. */
export async function run(
  command: string,
  args: readonly string[],
  environment: NodeJS.ProcessEnv = {},
  input = "",
): Promise<RunResult> {
  const r = await execa(command, args, {
    cwd: root,
    env: environment,
    input,
    timeout: 60_000,
    reject: false,
    stripFinalNewline: false,
  });
  const status = r.exitCode ?? (r.signal === undefined ? undefined : 128 + signalNumbers[r.signal]);
  if (status === undefined || r.timedOut) throw r;
  return { status, stdout: r.stdout, stderr: r.stderr };
}

/** Runs a program of `target`, under qemu when it is foreign. */
export async function runNative(
  target: NativeTarget,
  program: string,
  args: readonly string[] = [],
  environment: NodeJS.ProcessEnv = {},
  input = "",
): Promise<RunResult> {
  const host = { x64: "x86_64", arm64: "aarch64", riscv64: "riscv64" }[arch() as string];
  if (host === target.machine) return run(program, args, environment, input);
  const result = await run(`qemu-${target.machine}`, [program, ...args], environment, input);
  // qemu tells of a signal in its own words.
  return { ...result, stderr: result.stderr.replace(/^qemu: uncaught target signal.*\n/m, "") };
}

/** A compiler: command with first arguments, and flags for linking only. */
export interface Compiler {
  readonly command: readonly string[];
  readonly linkFlags: readonly string[];
}

export function clang(target: NativeTarget): Compiler {
  return { command: ["clang-19", `--target=${target.machine}-linux-gnu`], linkFlags: ["-fuse-ld=lld"] };
}

export function gcc(target: NativeTarget): Compiler {
  return { command: [target.name === "x86-64" ? "gcc" : `${target.machine}-linux-gnu-gcc`], linkFlags: [] };
}

/** Runs a tool; whatever it prints on standard error is a failure. */
export async function runTool(command: readonly string[], args: readonly string[]): Promise<void> {
  const r = await run(command[0], [...command.slice(1), ...args]);
  if (r.status !== 0 || r.stderr !== "")
    throw new Error(`${command.join(" ")} ${args.join(" ")}\n${r.stderr}`);
}

const compileFlags = runtimeSources().compileFlags.map((x) => (x === "-I." ? "-Iruntime-c" : x));

/** Archives of the runtime without WASI, by compiler. */
const archives = new Map<string, Promise<string>>();

async function buildArchive(compiler: Compiler, target: NativeTarget): Promise<string> {
  const sources = runtimeSources();
  const directory = temporaryDirectory();
  const objects: string[] = [];
  for (const source of [...sources.common, ...sources.targets[target.name]]) {
    const object = join(directory, `${source.replaceAll("/", "_")}.o`);
    await runTool(compiler.command, [...compileFlags, "-c", `runtime-c/${source}`, "-o", object]);
    objects.push(object);
  }
  const archive = join(directory, "runtime.a");
  await runTool(["ar"], ["rcs", archive, ...objects]);
  return archive;
}

/** The runtime of a target without WASI as an archive; built once for each compiler. */
export function runtimeArchive(compiler: Compiler, target: NativeTarget): Promise<string> {
  const key = compiler.command.join(" ");
  let archive = archives.get(key);
  if (archive === undefined) {
    archive = buildArchive(compiler, target);
    archives.set(key, archive);
  }
  return archive;
}

/**
 * Compiles C and assembly files and links them with the runtime (without WASI) to an executable; returns its path. The files may define rt_main, which
 * the runtime does otherwise. `more`: further arguments for the compiler.
 */
export async function buildWithRuntime(
  compiler: Compiler,
  target: NativeTarget,
  files: readonly string[],
  more: readonly string[] = [],
): Promise<string> {
  const archive = await runtimeArchive(compiler, target);
  const program = join(temporaryDirectory(), "program");
  const flags = [...compileFlags, ...runtimeSources().linkFlags, ...compiler.linkFlags, ...more];
  await runTool(compiler.command, [...flags, ...files, archive, "-o", program]);
  return program;
}
