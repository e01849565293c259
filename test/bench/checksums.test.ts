// Benchmark programs print the same checksum as we compile them and natively: real loops, at each level, with bounds checks, with an instance pointer.
// A few on this machine by default; WASMAOT_BENCH_PROGRAMS gives parts of names, separated by commas, or "all", WASMAOT_BENCH_TARGET the target.
import { join } from "node:path";
import { execa } from "execa";
import { describe, expect, it } from "vitest";
import { buildOurs } from "../../bench/count.ts";
import { languageFlags } from "../../bench/engines.ts";
import { findPrograms, type Program } from "../../bench/programs.ts";
import { make } from "../../bench/workshop.ts";
import { runCommand } from "../../compiler/link/emulator.ts";
import { hostTarget, machines, type TargetName } from "../../compiler/link/machines.ts";
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
const target = (process.env.WASMAOT_BENCH_TARGET ?? hostTarget() ?? "x86-64") as TargetName;
const machine = machines[target];
const ROUNDS = "3";

/** Ways of compiling, as command lines. */
const ways = ["-O0", "-O2", "-O3", "-O2 --bounds explicit", "-O2 --instance pointer"];

async function nativeOutput(p: Program): Promise<string> {
  const step = ["gcc", "-O1", ...languageFlags, ...p.flags, ...p.sources, "-lm", "-o", "@"];
  const { file } = await make({ steps: [step], inputs: p.sources, identity: "" });
  return (await execa(file, [ROUNDS])).stdout;
}

describe(`checksums of benchmark programs on ${target}`, () => {
  it.each(programs.map((p) => [p.name, p] as const))("%s", async (_, p) => {
    const expected = await nativeOutput(p);
    const outputs: Record<string, string> = {};
    for (const way of ways) {
      const { file } = await buildOurs(machine, p, way.split(" "));
      const [command, ...args] = [...runCommand(machine, file), ROUNDS];
      const { stdout, stderr } = await execa(command, args, { reject: false });
      outputs[way] = `${stdout}${stderr}`;
    }
    expect(outputs).toEqual(Object.fromEntries(ways.map((way) => [way, expected])));
  });
});
