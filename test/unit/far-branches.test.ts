// Branches out of reach, on targets whose branches reach 1 MiB: with a reach of a few bytes every one is printed as its opposite over a jump, and
// assemblers take it.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { Emitter } from "../../compiler/codegen/emit.ts";
import { Lowering } from "../../compiler/codegen/lower.ts";
import { allocate } from "../../compiler/codegen/regalloc/allocate.ts";
import type { CodegenOptions, Target } from "../../compiler/codegen/target.ts";
import { parseFuncs } from "../../compiler/ir/parse.ts";
import { loadTarget } from "../../targets/index.ts";
import { clang, gcc, nativeTargets, runTool, temporaryDirectory } from "../support/native.ts";

const text = `
func 0 "far" (i32, i32, f64) -> (i32) {
b0(v1: i32, v2: i32, v3: f64):
  v4 = const.i32 1
  v5 = div_u.i32 v1, v2
  v6 = fneg.f64 v3
  jump b1(v5)
b1(v7: i32):
  v8 = sub.i32 v7, v4
  store v8, v7, memory
  v9 = lt_s v8, v2
  branch v9, b2, b3
b2:
  v10 = flt v3, v6
  branch v10, b1(v8), b4
b3:
  switch v7, b1(v8), b4, b5
b4:
  branch v7, b5, b1(v8)
b5:
  return v7
}
`;

const options: CodegenOptions = {
  instance: "static",
  bounds: "guard",
  features: new Set(),
  symbolNames: [],
  functionSymbol: (index) => index,
  instanceSymbol: "instance",
  hasMemory: true,
  optimize: 2,
  annotate: false,
};

function compile(target: Target): string {
  const f = parseFuncs(text)[0];
  const code = new Lowering(target, options).lower(f);
  const body = new Emitter(target, options).emit("far", 0, "", code, allocate(code, target, options)).text;
  return target.header(options) + body;
}

const conditional: Partial<Record<Target["name"], RegExp>> = {
  riscv64: /^\tb(?:eq|ne|lt|ge|ltu|geu) .*, (\.L0_x?\d+)$/,
  aarch64: /^\t(?:b\.\w+ |cbn?z \w+, |tbn?z \w+, #\d+, )(\.L0_x?\d+)$/,
};

/** How many conditional branches there are, to blocks and to traps, and those among them that do more than skip the jump behind them. */
function branches(text: string, pattern: RegExp): { count: number; direct: string[] } {
  const lines = text.split("\n");
  const found = lines.map((line, i) => ({ i, line, label: pattern.exec(line)?.[1] })).filter((x) => x.label);
  return {
    count: found.length,
    direct: found.filter(({ i, label }) => lines[i + 2] !== `${label}:`).map(({ line }) => line),
  };
}

describe("branches out of reach", () => {
  for (const native of nativeTargets.filter((t) => conditional[t.name] !== undefined))
    test(native.name, { timeout: 60_000 }, async () => {
      const target = await loadTarget(native.name);
      const near = compile(target);
      const pattern = conditional[native.name]!;
      const expected = branches(near, pattern);
      expect(expected.direct.some((line) => line.includes("_x"))).toBe(true);
      const far = compile({
        ...target,
        reach: () => 8,
        shortestReach: 8,
        farJump: target.farJump ?? target.jump,
      });
      const found = branches(far, pattern);
      expect(found.direct).toEqual([]);
      expect(found.count).toBeGreaterThanOrEqual(expected.count);
      const file = join(temporaryDirectory(), "far.s");
      writeFileSync(file, far);
      for (const { command } of [clang(native), gcc(native)])
        await runTool(command, ["-c", file, "-o", `${file}.o`]);
    });
});
