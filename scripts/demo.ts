// `make demo`: SQLite to WebAssembly with clang, WebAssembly to a native program with wasmaot, and the result against SQLite compiled natively:
// the same output? how long did each step take? TARGET=aarch64 or riscv64 builds for that machine and runs under qemu.
import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { execa } from "execa";
import { runCommand } from "../compiler/link/emulator.ts";
import { hostTarget, machines, type TargetName } from "../compiler/link/machines.ts";
import { buildNative, buildProgram, findProgram } from "../fixtures/programs.ts";

const wasmaot = new URL("../bin/wasmaot", import.meta.url).pathname;
const target = (process.env.TARGET || hostTarget()) as TargetName;
const RUNS = 3;

/** Does one step and says how long it took. */
async function step<T>(title: string, work: () => Promise<T>, remark: (result: T) => string): Promise<T> {
  process.stdout.write(`${title.padEnd(44)}`);
  const start = performance.now();
  const result = await work();
  const seconds = ((performance.now() - start) / 1000).toFixed(2);
  console.log(`${seconds.padStart(7)} s   ${remark(result)}`);
  return result;
}

const size = (file: string): string => `${Math.round(statSync(file).size / 1024)} KiB`;
const shown = (file: string): string => relative(process.cwd(), file);

interface Timed {
  readonly output: string;
  /** Best of the runs. */
  readonly seconds: number;
}

async function timed(command: readonly string[]): Promise<Timed> {
  let seconds = Number.POSITIVE_INFINITY;
  let output = "";
  for (let i = 0; i < RUNS; i++) {
    const start = performance.now();
    output = (await execa(command[0], command.slice(1))).stdout;
    seconds = Math.min(seconds, (performance.now() - start) / 1000);
  }
  return { output, seconds };
}

async function demo(directory: string): Promise<boolean> {
  const sqlite = findProgram("sqlite");
  const ours = join(directory, "sqlite");
  console.log(`SQLite, through WebAssembly, to a native ${target} program\n`);
  const module = await step(
    "1. clang: C to WebAssembly",
    async () => (await buildProgram(sqlite))!,
    (m) => `${shown(m)}, ${size(m)}`,
  );
  await step(
    `2. wasmaot: WebAssembly to ${target}`,
    () => execa(process.execPath, [wasmaot, "build", module, "--target", target, "-o", ours]),
    () => size(ours),
  );
  const native = await step(
    "3. clang: C to native, to compare with",
    async () => (await buildNative(sqlite))!,
    (n) => `${shown(n)}, ${size(n)}`,
  );
  const emulated = runCommand(machines[target], ours);
  const mine = await step(
    `4. run ours ${RUNS} times${emulated.length > 1 ? " (emulated)" : ""}`,
    () => timed(emulated),
    (r) => `best ${r.seconds.toFixed(3)} s`,
  );
  const theirs = await step(
    `5. run native ${RUNS} times`,
    () => timed([native]),
    (r) => `best ${r.seconds.toFixed(3)} s`,
  );
  console.log(`\n${mine.output.split("\n").slice(0, 8).join("\n")}\n  ...\n`);
  const lines = mine.output.split("\n").length;
  if (mine.output !== theirs.output) {
    console.log("The outputs DIFFER.");
    return false;
  }
  console.log(`Both print the same ${lines} lines.`);
  return true;
}

const directory = mkdtempSync(join(tmpdir(), "wasmaot-demo-"));
try {
  process.exitCode = (await demo(directory)) ? 0 : 1;
} finally {
  rmSync(directory, { recursive: true, force: true });
}
