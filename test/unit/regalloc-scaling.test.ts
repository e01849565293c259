// The allocators' time grows with the function, not with its square: processor time for a function and for one of four times its size.

import { expect, test } from "vitest";
import { allocate } from "../../compiler/codegen/regalloc/allocate.ts";
import { randomCode, syntheticOptions, syntheticTarget } from "../support/vcode.ts";

const { target, row } = syntheticTarget(12);

/** Milliseconds of processor time to allocate registers for a random function of about `size` instructions. */
function cost(size: number, reach: number): number {
  const code = randomCode(11, { size, reach, floats: true, calls: true }, target, row);
  const start = process.cpuUsage().user;
  allocate(code, target, syntheticOptions);
  return (process.cpuUsage().user - start) / 1000;
}

test("four times the instructions, not ten times the time", () => {
  cost(3000, 8);
  expect(cost(16_000, 8)).toBeLessThan(10 * cost(4000, 8) + 500);
}, 120_000);
