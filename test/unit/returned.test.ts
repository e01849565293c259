// Functions that return a parameter as it came (compiler/translate/returned.ts), and those that look alike.
import { expect, test } from "vitest";
import { returnedParameter } from "../../compiler/translate/returned.ts";
import { decodeModule } from "../../compiler/wasm/decode.ts";
import { assemble } from "../support/text.ts";

const cases: readonly (readonly [string, string, number])[] = [
  ["alone", "(param i32 i32) (result i32) local.get 1", 1],
  [
    "behind a loop",
    "(param $to i32) (param $n i32) (result i32) (loop $next (br_if $next (local.tee $n (i32.sub (local.get $n) (i32.const 1))))) local.get $to",
    0,
  ],
  ["early", "(param i32 i64) (result i32) (if (local.get 0) (then (return (local.get 0)))) local.get 0", 0],
  ["a block of its own", "(param i32) (result i32) (block (br 0)) local.get 0", 0],
  ["assigned", "(param i32) (result i32) (local.set 0 (i32.const 1)) local.get 0", -1],
  ["teed", "(param i32) (result i32) (drop (local.tee 0 (i32.const 1))) local.get 0", -1],
  [
    "another one early",
    "(param i32 i32) (result i32) (if (local.get 1) (then (return (local.get 1)))) local.get 0",
    -1,
  ],
  ["a branch out", "(param i32) (result i32) (drop (br_if 0 (i32.const 3) (local.get 0))) local.get 0", -1],
  [
    "a table out",
    "(param i32) (result i32) (block (br_table 0 1 (i32.const 3) (local.get 0))) local.get 0",
    -1,
  ],
  ["a local", "(param i32) (result i32) (local i32) local.get 1", -1],
  ["a constant", "(param i32) (result i32) i32.const 0x20", -1],
  ["what looks like it", "(param i64) (result i32) i32.const 0x1020", -1],
  ["two results", "(param i32) (result i32 i32) local.get 0 local.get 0", -1],
];

for (const [name, body, expected] of cases)
  test(name, async () => {
    const module = decodeModule(await assemble(`(module (func ${body}))`));
    expect(returnedParameter(module, 0)).toBe(expected);
  });
