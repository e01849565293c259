// Measuring one run of a command with the C helper measure.c, which is compiled on first use.
import { spawn } from "node:child_process";
import { join } from "node:path";
import { CompileError } from "../compiler/support/error.ts";
import { benchDirectory } from "./programs.ts";
import { make } from "./workshop.ts";

export interface Sample {
  /** Milliseconds by the clock. */
  readonly wall: number;
  /** Milliseconds of processor time. */
  readonly cpu: number;
  readonly peakKiB: number;
  readonly stdout: string;
}

let helper: Promise<string> | undefined;

function helperPath(): Promise<string> {
  const source = join(benchDirectory, "measure.c");
  helper ??= make({ steps: [["gcc", "-O2", source, "-o", "@"]], inputs: [source], identity: "" }).then(
    (p) => p.file,
  );
  return helper;
}

/** Runs `command` to its end. "time" measures time, "memory" the exact peak. Throws CompileError when it fails or takes over `seconds`. */
export async function measure(
  command: readonly string[],
  what: "time" | "memory" = "time",
  seconds = 120,
): Promise<Sample> {
  const path = await helperPath();
  const child = spawn(path, [what === "time" ? "t" : "m", ...command], {
    stdio: ["ignore", "pipe", "pipe", "pipe"],
    detached: true,
  });
  const texts = ["", "", "", ""];
  for (const i of [1, 2, 3] as const)
    child.stdio[i]!.on("data", (chunk: Buffer) => (texts[i] += chunk.toString()));
  let late = false;
  const timer = setTimeout(() => {
    late = true;
    process.kill(-child.pid!, "SIGKILL");
  }, seconds * 1000);
  await new Promise<void>((resolve, reject) => {
    child.on("error", reject);
    child.on("close", () => resolve());
  });
  clearTimeout(timer);
  const [wall, cpu, peakKiB, status] = texts[3].trim().split(" ").map(Number);
  if (late) throw new CompileError(`took over ${seconds} s`, {}, "internal");
  if (texts[3] === "" || status !== 0) {
    const said = texts[2].trim().split("\n")[0];
    throw new CompileError(`ended with status ${status}${said === "" ? "" : `: ${said}`}`, {}, "internal");
  }
  return { wall: wall / 1e6, cpu: cpu / 1e6, peakKiB, stdout: texts[1] };
}

/** The time of a run, in milliseconds: the clock's, or processor time where that is less because the machine was busy with something else. */
export function timeOf(s: Sample): number {
  return Math.min(s.wall, s.cpu);
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

export function geometricMean(values: readonly number[]): number {
  return Math.exp(values.reduce((sum, v) => sum + Math.log(v), 0) / values.length);
}
