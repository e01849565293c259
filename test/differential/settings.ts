// How much the differential tests do: little by default, as much as the environment says otherwise. A failure names its seed;
// WASMAOT_SEED=<seed> with the counts at 1 repeats it.

import { isNative, type TargetName } from "../../compiler/link/machines.ts";
import { targetNames } from "../../targets/index.ts";

function numberOf(variable: string, otherwise: number): number {
  const text = process.env[variable];
  return text === undefined || text === "" ? otherwise : Number(text);
}

/** Seed of the first plan or module; the next ones count up. */
export const firstSeed = numberOf("WASMAOT_SEED", 1);
/** Plans of single instructions for each target and level, and commands in each. */
export const planCount = numberOf("WASMAOT_PLANS", 1);
export const planCalls = numberOf("WASMAOT_PLAN_CALLS", 4000);
/** Random modules for each target and level. */
export const moduleCount = numberOf("WASMAOT_MODULES", 4);
/** Random loops for each target. */
export const loopCount = numberOf("WASMAOT_LOOPS", 100);
/** Calls of each function of fixtures/library. */
export const libraryCalls = numberOf("WASMAOT_LIBRARY_CALLS", 40);
/** Targets, all by default ("aarch64,riscv64"). */
export const targets = (process.env.WASMAOT_TARGETS || targetNames().join()).split(",") as TargetName[];
/** Levels, -O0 and -O2 by default ("3"). */
export const levels = (process.env.WASMAOT_LEVELS || "0,2").split(",").map(Number);
/** --cpu of the random modules and single instructions; the targets' baselines by default. */
export const cpu = process.env.WASMAOT_CPU;
/** A CPU beyond the baseline whose code can run here. */
export function richCpu(target: TargetName): string | undefined {
  if (isNative(target)) return "native";
  return target === "riscv64" ? "rva22u64" : undefined;
}

/** Milliseconds for `n` pieces of work of a few seconds each. */
export function timeFor(n: number): number {
  return 60_000 + 30_000 * n;
}
