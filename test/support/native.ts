// Building and running native programs of the tests: the runtime of each target from runtime-c/sources.json, and an emulator for
// foreign programs.
//
// Programs go to a fresh directory under the system's temporary one.
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync } from "node:fs";
import { arch, tmpdir } from "node:os";
import { join } from "node:path";

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
};

/** Runs a command in the project's root. */
export function run(
  command: string,
  args: readonly string[],
  environment: NodeJS.ProcessEnv = {},
): RunResult {
  const r = spawnSync(command, args, {
    cwd: root,
    encoding: "utf8",
    env: { ...process.env, ...environment },
    timeout: 60_000,
  });
  if (r.error !== undefined) throw r.error;
  const status = r.status ?? 128 + (signalNumbers[r.signal ?? ""] ?? 0);
  return { status, stdout: r.stdout, stderr: r.stderr };
}

/** Runs a program of `target`, under qemu when it is foreign. */
export function runNative(
  target: NativeTarget,
  program: string,
  args: readonly string[] = [],
  environment: NodeJS.ProcessEnv = {},
): RunResult {
  const host = { x64: "x86_64", arm64: "aarch64", riscv64: "riscv64" }[arch() as string];
  if (host === target.machine) return run(program, args, environment);
  const result = run(`qemu-${target.machine}`, [program, ...args], environment);
  // qemu tells of a signal in its own words.
  return { ...result, stderr: result.stderr.replace(/^qemu: uncaught target signal.*\n/m, "") };
}

/** A compiler as command and first arguments. */
export type Compiler = readonly string[];

export function clang(target: NativeTarget): Compiler {
  return ["clang-19", `--target=${target.machine}-linux-gnu`, "-fuse-ld=lld"];
}

export function gcc(target: NativeTarget): Compiler {
  return [target.name === "x86-64" ? "gcc" : `${target.machine}-linux-gnu-gcc`];
}

/**
 * Compiles C and assembly files together with the runtime (without WASI) to an executable; returns its path. `main`: with the ordinary rt_main; the files have
 * one otherwise.
 */
export function buildWithRuntime(
  compiler: Compiler,
  target: NativeTarget,
  files: readonly string[],
  options: { readonly more?: readonly string[]; readonly main?: boolean } = {},
): string {
  const sources = runtimeSources();
  const program = join(mkdtempSync(join(tmpdir(), "wasmaot-test-")), "program");
  const runtime = [...sources.common, ...sources.targets[target.name]].filter(
    (x) => options.main || x !== "main.c",
  );
  const flags = sources.compileFlags.map((x) => (x === "-I." ? "-Iruntime-c" : x));
  const inputs = [...files, ...runtime.map((x) => `runtime-c/${x}`)];
  const r = run(compiler[0], [
    ...compiler.slice(1),
    ...flags,
    ...sources.linkFlags,
    ...(options.more ?? []),
    ...inputs,
    "-o",
    program,
  ]);
  if (r.status !== 0) throw new Error(`cannot build ${files[0]} for ${target.name}:\n${r.stderr}`);
  return program;
}
