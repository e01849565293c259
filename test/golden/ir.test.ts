// Golden tests of passes: fixtures/ir/<pass>/*.ir hold functions, "; test opt=<passes>" (needs=...: as for a target with these) in the first line, and behind "; expect" what the passes make of
// them. BLESS=1 writes the expectations anew. What a pass makes of a function is also run against the function on random arguments.
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, test } from "vitest";
import type { Func } from "../../compiler/ir/func.ts";
import { parseFuncs } from "../../compiler/ir/parse.ts";
import { printFunc } from "../../compiler/ir/print.ts";
import { verifyFunc } from "../../compiler/ir/verify.ts";
import type { TargetNeed } from "../../compiler/opt/context.ts";
import { defaultOptions, Optimizer } from "../../compiler/opt/run.ts";
import { root } from "../support/native.ts";
import { Random } from "../support/random.ts";
import { compareRuns, testFacts } from "../support/run-ir.ts";

const SEPARATOR = "; expect\n";
const directory = join(root, "fixtures/ir");
const files = readdirSync(directory, { recursive: true, encoding: "utf8" })
  .filter((f) => f.endsWith(".ir"))
  .sort();

function optimized(text: string, only: readonly string[], needs: readonly TargetNeed[]): Func[] {
  const optimizer = new Optimizer({ ...defaultOptions(3), verify: true, only, needs });
  const funcs = parseFuncs(text);
  for (const f of funcs) optimizer.run(f, testFacts);
  return funcs;
}

describe("golden IR", () => {
  for (const file of files) {
    test(file, () => {
      const text = readFileSync(join(directory, file), "utf8");
      const [input, expected = ""] = text.split(SEPARATOR);
      const only = /^; test opt=([\w,-]+)/.exec(input)?.[1].split(",");
      if (only === undefined) throw new Error(`${file}: the first line must be "; test opt=<passes>"`);
      expect(only, "the folder names the pass").toContain(dirname(file));
      const before = parseFuncs(input);
      for (const f of before) verifyFunc(f);
      const needs = /^; test .*needs=([\w,]+)/.exec(input)?.[1].split(",") as TargetNeed[] | undefined;
      const after = optimized(input, only, needs ?? []);
      const random = new Random(1);
      for (let i = 0; i < before.length; i++)
        for (let k = 0; k < 20; k++) compareRuns(before[i], after[i], random.next());
      const found = after.map((f) => printFunc(f, true)).join("");
      if (process.env.BLESS === "1") writeFileSync(join(directory, file), input + SEPARATOR + found);
      else expect(found).toBe(expected);
    });
  }
});
