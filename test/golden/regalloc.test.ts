// What the greedy allocator makes of some random functions, against fixtures/regalloc/functions.txt: edits by kind, and what they cost per call by
// block frequencies, beside the cost of the fast allocator. BLESS=1 writes the file anew; the diff then says what a change is worth.

import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { allocate } from "../../compiler/codegen/regalloc/allocate.ts";
import { checkAllocation } from "../../compiler/codegen/regalloc/check.ts";
import { allocateFast } from "../../compiler/codegen/regalloc/fast.ts";
import { countEdits, weightedCost } from "../../compiler/codegen/regalloc/statistics.ts";
import { randomCode, type Shape, syntheticOptions, syntheticTarget } from "../support/vcode.ts";

const file = join(fileURLToPath(new URL("../../fixtures/regalloc", import.meta.url)), "functions.txt");

const shapes: Record<string, Shape & { extra: number }> = {
  loops: { size: 60, reach: 8, floats: false, calls: false, extra: 4 },
  calls: { size: 80, reach: 8, floats: false, calls: true, extra: 6 },
  pressure: { size: 100, reach: 30, floats: false, calls: false, extra: 2 },
  mixed: { size: 200, reach: 12, floats: true, calls: true, extra: 6 },
  large: { size: 1500, reach: 16, floats: true, calls: true, extra: 8 },
};

/** Greedy and fast allocation of one function as a line of text, and their costs. */
function describe(name: string, seed: number): { line: string; greedy: number; fast: number } {
  const shape = shapes[name];
  const { target, row } = syntheticTarget(shape.extra);
  const code = randomCode(seed, shape, target, row);
  const allocation = allocate(code, target, syntheticOptions);
  checkAllocation(code, target, syntheticOptions, allocation);
  const { rows } = target.insts;
  const greedy = weightedCost(code, rows, allocation);
  const fast = weightedCost(code, rows, allocateFast(code, target, syntheticOptions));
  const { spills, reloads, moves, rematerialized } = countEdits(allocation);
  const counts = `spills ${spills}, reloads ${reloads}, moves ${moves}, repeated ${rematerialized}`;
  const rest = `slots ${allocation.slots}, saved ${allocation.calleeSaved.length}`;
  const line = `${name} ${seed}: ${code.count} instructions; ${counts}; ${rest}; cost ${greedy.toFixed(1)}, fast ${fast.toFixed(1)}\n`;
  return { line, greedy, fast };
}

test("allocations of random functions", () => {
  let text = "";
  for (const name of Object.keys(shapes))
    for (let seed = 1; seed <= 6; seed++) {
      const { line, greedy, fast } = describe(name, seed);
      text += line;
      expect(
        greedy,
        `${name} ${seed}: the greedy allocator is no worse than the fast one`,
      ).toBeLessThanOrEqual(fast);
    }
  if (process.env.BLESS === "1") writeFileSync(file, text);
  expect(text).toBe(existsSync(file) ? readFileSync(file, "utf8") : "");
});
