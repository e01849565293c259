// Both allocators on random programs: the symbolic checker proves each result, and running it gives the trace of the program on
// virtual registers. WASMAOT_REGALLOC_SEEDS programs of each shape (default 60), from seed WASMAOT_SEED on.

import { describe, expect, test } from "vitest";
import { checkAllocation } from "../../compiler/codegen/regalloc/check.ts";
import { moveEdgeMoves } from "../../compiler/codegen/regalloc/edge-moves.ts";
import { allocateFast } from "../../compiler/codegen/regalloc/fast.ts";
import { allocateGreedy } from "../../compiler/codegen/regalloc/greedy.ts";
import { removeReloads } from "../../compiler/codegen/regalloc/reloads.ts";
import { placeFrame } from "../../compiler/codegen/regalloc/shrink-wrap.ts";
import type { Allocation, Allocator } from "../../compiler/codegen/regalloc/types.ts";
import {
  randomCode,
  runAllocated,
  runVirtual,
  type Shape,
  syntheticOptions,
  syntheticTarget,
} from "../support/vcode.ts";

const seeds = Number(process.env.WASMAOT_REGALLOC_SEEDS ?? 60);
const firstSeed = Number(process.env.WASMAOT_SEED ?? 1);
const STEPS = 3000;

const shapes: Record<string, Shape & { extra: number }> = {
  small: { size: 25, reach: 6, floats: false, calls: true, extra: 0 },
  pressure: { size: 120, reach: 40, floats: false, calls: false, extra: 0 },
  mixed: { size: 150, reach: 12, floats: true, calls: true, extra: 2 },
  large: { size: 700, reach: 25, floats: true, calls: true, extra: 6 },
};

const greedy: Allocator = (code, target, options) => {
  const allocation = allocateGreedy(code, target, options);
  if (allocation === undefined) throw new Error(`${code.name}: the greedy allocator gave up`);
  removeReloads(code, target, allocation);
  moveEdgeMoves(code, target, allocation);
  placeFrame(code, target.insts.rows, target.calleeSaved, allocation);
  return allocation;
};

describe.each([
  ["fast", allocateFast],
  ["greedy", greedy],
] as [string, Allocator][])("%s allocator", (_, allocate) => {
  test.each(Object.entries(shapes))("random programs: %s", (name, shape) => {
    const { target, row } = syntheticTarget(shape.extra);
    for (let seed = firstSeed; seed < firstSeed + seeds; seed++) {
      const code = randomCode(seed, shape, target, row);
      let allocation: Allocation;
      try {
        allocation = allocate(code, target, syntheticOptions);
        checkAllocation(code, target, syntheticOptions, allocation);
      } catch (error) {
        throw new Error(`shape ${name}, seed ${seed}: ${(error as Error).stack}`);
      }
      const trace = runAllocated(code, row, target, allocation, STEPS);
      expect(trace, `shape ${name}, seed ${seed}`).toEqual(runVirtual(code, row, target, STEPS));
    }
  });
});

describe("frames", () => {
  test("a path without calls runs without the frame", () => {
    let placed = 0;
    const { target, row } = syntheticTarget(4);
    for (let seed = 1; seed <= 200; seed++) {
      const shape = { size: 30, reach: 6, floats: false, calls: true };
      const code = randomCode(seed, shape, target, row);
      const allocation = greedy(code, target, syntheticOptions);
      checkAllocation(code, target, syntheticOptions, allocation);
      if (allocation.frame !== undefined) placed++;
    }
    expect(placed).toBeGreaterThan(3);
  });

  test("an allocation that needs the frame outside of it is refused", () => {
    const { target, row } = syntheticTarget(4);
    for (let seed = 1; ; seed++) {
      const code = randomCode(seed, { size: 30, reach: 6, floats: false, calls: true }, target, row);
      const allocation = greedy(code, target, syntheticOptions);
      if (allocation.frame === undefined) continue;
      allocation.frame.inside[allocation.frame.block] = 0;
      expect(() => checkAllocation(code, target, syntheticOptions, allocation)).toThrow(/frame/);
      return;
    }
  });
});
