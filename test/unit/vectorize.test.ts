// Random loops over arrays (random-loops.ts), before and after vectorize, by the evaluator; test/differential/loops.test.ts runs them on machines.
import { expect, test } from "vitest";
import { parseFunc } from "../../compiler/ir/parse.ts";
import { printFunc } from "../../compiler/ir/print.ts";
import { defaultOptions, Optimizer } from "../../compiler/opt/run.ts";
import { Random } from "../support/random.ts";
import { randomLoop } from "../support/random-loops.ts";
import { compareRuns, testFacts } from "../support/run-ir.ts";

const seed = Number(process.env.WASMAOT_SEED ?? 1);
const count = Number(process.env.WASMAOT_LOOPS ?? 400);
test(`random loops, seed ${seed}`, () => {
  const optimizer = new Optimizer({ ...defaultOptions(3), verify: true, only: ["vectorize"] });
  let vectorized = 0;
  for (let i = 0; i < count; i++) {
    const random = new Random(seed * 1_000_000 + i);
    const text = randomLoop(random);
    const before = parseFunc(text);
    const after = parseFunc(text);
    try {
      optimizer.run(after, testFacts);
    } catch (error) {
      throw new Error(`loop ${i}: ${(error as Error).stack}\n${text}`);
    }
    if (printFunc(after).includes("v128")) vectorized++;
    compareRuns(before, after, random.next());
  }
  expect(vectorized).toBeGreaterThan(count / 10);
});
