// Recursion through frames of 4 KiB to 1 MiB ends as "call stack exhausted", again and again in one process, and leaves a program that still computes.
//
// V8 is no oracle here: how deep a stack is is nobody's promise. What the functions return is known beforehand.
import { expect, test } from "vitest";
import { leb, moduleOf, valueTypes } from "../support/binary.ts";
import { askNative } from "./native.ts";
import { CommandKind } from "./protocol.ts";
import { levels, targets, timeFor } from "./settings.ts";

const STACK_EXHAUSTED = 9n;

/**
 * f(n): makes `values` sums of words, all alive while it calls itself with n - 1 unless n is 0, and returns their sum (0: memory is empty) plus n plus
 * what the call returned.
 */
function deepFunction(values: number): Uint8Array {
  const body: number[] = [];
  for (let i = 0; i < values; i++)
    body.push(0x20, 1, 0x41, 0, 0x29, 0, ...leb(8 * (i % 8000)), 0x7c, 0x22, 1);
  body.push(0x20, 0, 0x50, 0x04, valueTypes.i64, 0x42, 0, 0x05);
  body.push(0x20, 0, 0x42, 1, 0x7d, 0x10, 0, 0x0b);
  for (let i = 0; i < values; i++) body.push(0x7c);
  body.push(0x20, 0, 0x7c);
  return moduleOf([
    { params: [valueTypes.i64], results: [valueTypes.i64], locals: [[1, valueTypes.i64]], body },
  ]);
}

/** Recursion with small frames that passes its arguments on the stack. */
function manyArguments(): Uint8Array {
  const params = Array.from({ length: 40 }, () => valueTypes.i64);
  const body = [0x20, 0, 0x50, 0x04, valueTypes.i64, 0x20, ...leb(39), 0x05, 0x20, 0, 0x42, 1, 0x7d];
  for (let i = 1; i < 40; i++) body.push(0x20, ...leb(i), 0x42, 1, 0x7c);
  body.push(0x10, 0, 0x0b);
  return moduleOf([{ params, results: [valueTypes.i64], body }]);
}

function call(args: readonly bigint[]) {
  return { kind: CommandKind.Call, index: 0, args };
}

for (const target of targets)
  for (const optimize of levels) {
    for (const values of [1, 512, 8192, 131_072])
      test(`${target} -O${optimize}: frames of ${values * 8} bytes`, { timeout: timeFor(2) }, async () => {
        const endless = call([1n << 60n]);
        const commands = [call([0n]), endless, endless, call([0n]), endless];
        const answers = await askNative(deepFunction(values), commands, { target, optimize });
        expect([...answers]).toEqual([0n, 0n, 0n, STACK_EXHAUSTED, STACK_EXHAUSTED, 0n, 0n, STACK_EXHAUSTED]);
      });
    test(`${target} -O${optimize}: arguments on the stack`, { timeout: timeFor(1) }, async () => {
      const zeros = Array.from({ length: 39 }, () => 0n);
      const commands = [call([10n, ...zeros]), call([1n << 60n, ...zeros]), call([3n, ...zeros])];
      const answers = await askNative(manyArguments(), commands, { target, optimize });
      expect([...answers]).toEqual([0n, 0n, 10n, STACK_EXHAUSTED, 0n, 3n]);
    });
  }
