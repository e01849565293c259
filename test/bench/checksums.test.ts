// Benchmark programs print the same checksum as we compile them and natively: real loops, at each level. A few by default;
// WASMAOT_BENCH_PROGRAMS gives parts of names, separated by commas, or "all".
import { join } from "node:path";
import { execa } from "execa";
import { describe, expect, it } from "vitest";
import { buildOurs } from "../../bench/count.ts";
import { languageFlags } from "../../bench/engines.ts";
import { findPrograms, type Program } from "../../bench/programs.ts";
import { make } from "../../bench/workshop.ts";
import { hostTarget, machines } from "../../compiler/link/machines.ts";
import { root } from "../support/native.ts";

const few = [
  "numeric/fft",
  "integer/divide",
  "crypto/aes",
  "text/json",
  "dispatch/vm",
  "memory/own-loops",
  "containers/heap",
  "bigint/mulmod",
];
const asked = process.env.WASMAOT_BENCH_PROGRAMS?.split(",") ?? few;
const programs = findPrograms(join(root, "bench/programs"), asked[0] === "all" ? [] : asked);
const machine = machines[hostTarget() ?? "x86-64"];
const ROUNDS = "3";

async function nativeOutput(p: Program): Promise<string> {
  const step = ["gcc", "-O1", ...languageFlags, ...p.flags, ...p.sources, "-lm", "-o", "@"];
  const { file } = await make({ steps: [step], inputs: p.sources, identity: "" });
  return (await execa(file, [ROUNDS])).stdout;
}

describe("checksums of benchmark programs", () => {
  it.each(programs.map((p) => [p.name, p] as const))("%s", async (_, p) => {
    const expected = await nativeOutput(p);
    for (const level of ["-O0", "-O2", "-O3"]) {
      const { file } = await buildOurs(machine, p, [level]);
      expect((await execa(file, [ROUNDS])).stdout, level).toBe(expected);
    }
  });
});
