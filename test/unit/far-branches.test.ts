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

/** Conditional branches that do not just skip the next jump. */
const direct: Partial<Record<Target["name"], RegExp>> = {
  riscv64: /^\tb(eq|ne|lt|ge|ltu|geu) .*, \.L0_\d+$/m,
  aarch64: /^\t(b\.\w+|cbn?z \w+,) \.L0_\d+$/m,
};

describe("branches out of reach", () => {
  for (const native of nativeTargets.filter((t) => direct[t.name] !== undefined))
    test(native.name, { timeout: 60_000 }, async () => {
      const target = await loadTarget(native.name);
      const near = compile(target);
      expect(near).toMatch(direct[native.name]!);
      const far = compile({
        ...target,
        reach: () => 8,
        shortestReach: 8,
        farJump: target.farJump ?? target.jump,
      });
      expect(far).not.toMatch(direct[native.name]!);
      const file = join(temporaryDirectory(), "far.s");
      writeFileSync(file, far);
      for (const { command } of [clang(native), gcc(native)])
        await runTool(command, ["-c", file, "-o", `${file}.o`]);
    });
});
