// Limits at N and N + 1: what is at a limit is accepted, what is beyond is refused by a sentence that names it. And newer features: each refused by its
// name and place until it is there.
import { describe, expect, test } from "vitest";
import { CompileError } from "../../compiler/support/error.ts";
import { decodeModule } from "../../compiler/wasm/decode.ts";
import { limits } from "../../compiler/wasm/module.ts";
import { validateModule } from "../../compiler/wasm/validate.ts";
import { leb, moduleOf } from "../support/binary.ts";
import { assemble } from "../support/text.ts";

const I32 = 0x7f;

/** The error, or undefined when the module is accepted. */
function refusal(bytes: Uint8Array): CompileError | undefined {
  try {
    validateModule(decodeModule(bytes));
    return undefined;
  } catch (error) {
    if (error instanceof CompileError) return error;
    throw error;
  }
}

const header = [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0];
const section = (id: number, content: readonly number[]): number[] => [
  id,
  ...leb(content.length),
  ...content,
];
const module = (...sections: readonly number[][]): Uint8Array =>
  Uint8Array.from([...header, ...sections.flat()]);
const many = (n: number, item: readonly number[]): number[] => [
  ...leb(n),
  ...Array.from({ length: n }, () => item).flat(),
];
const limitsOf = (min: number, max?: number): number[] =>
  max === undefined ? [0, ...leb(min)] : [1, ...leb(min), ...leb(max)];

/** A function body of exactly `size` bytes. */
function bodyOf(size: number): Uint8Array {
  const bytes = new Uint8Array(size).fill(0x01);
  bytes[0] = 0;
  bytes[size - 1] = 0x0b;
  const head = [...header, ...section(1, [1, 0x60, 0, 0]), ...section(3, [1, 0])];
  const length = leb(size);
  const content = leb(1 + length.length + size);
  const out = new Uint8Array(head.length + 1 + content.length + 1 + length.length + size);
  out.set([...head, 10, ...content, 1, ...length]);
  out.set(bytes, out.length - size);
  return out;
}

const table = (n: number): Uint8Array =>
  moduleOf([{ params: [I32], body: [0x20, 0, 0x0e, ...many(n, [0]), 0] }]);

/** What has a limit: a module with n of them, and the words of its refusal. */
const cases: readonly (readonly [string, number, (n: number) => Uint8Array, RegExp])[] = [
  [
    "parameters",
    limits.params,
    (n) => module(section(1, [1, 0x60, ...many(n, [I32]), 0])),
    /too many parameters/,
  ],
  ["results", limits.results, (n) => module(section(1, [1, 0x60, 0, ...many(n, [I32])])), /too many results/],
  [
    "locals",
    limits.locals,
    (n) =>
      moduleOf([
        {
          params: [I32, I32],
          locals: [
            [n - 3, I32],
            [1, 0x7e],
          ],
          body: [],
        },
      ]),
    /too many locals/,
  ],
  ["entries of a br_table", limits.branchTable, table, /branch table/],
  ["bytes of a function", limits.functionSize, bodyOf, /function body of \d+ bytes/],
  ["pages of memory", limits.memoryPages, (n) => module(section(5, [1, ...limitsOf(n)])), /memory size/],
  ["pages at most", limits.memoryPages, (n) => module(section(5, [1, ...limitsOf(0, n)])), /memory size/],
  [
    "elements of a table",
    limits.tableSize,
    (n) => module(section(4, [1, 0x70, ...limitsOf(n)])),
    /table of \d+ elements/,
  ],
  ["memories", 1, (n) => module(section(5, many(n, limitsOf(0)))), /needs multiple memories/],
];

describe("limits", () => {
  test.each(cases.map(([what, limit, make, words]) => ({ what, limit, make, words })))(
    "$what: $limit",
    ({ limit, make, words }) => {
      expect(refusal(make(limit))?.format()).toBeUndefined();
      const error = refusal(make(limit + 1));
      expect(error?.format()).toMatch(words);
      expect(error?.kind).not.toBe("internal");
    },
  );

  test("sizes that add up beyond 32 bits", () => {
    const locals = Array.from({ length: 8 }, () => [0xffffffff, I32] as const);
    expect(refusal(moduleOf([{ locals, body: [] }]))?.format()).toMatch(/too many locals/);
    expect(refusal(module([10, 0xff, 0xff, 0xff, 0xff, 0x0f, 0]))).toBeDefined();
    expect(refusal(module(section(11, [1, 0, 0x41, 0, 0x0b, 0xff, 0xff, 0xff, 0xff, 0x0f])))).toBeDefined();
  });
});

const newer: readonly (readonly [string, string, RegExp])[] = [
  [
    "exception handling",
    "(module (tag))",
    /needs exception handling: tag section, byte 0x|byte 0x.*needs exception handling/,
  ],
  ["memory64", "(module (memory i64 1))", /needs memory64/],
  ["threads", "(module (memory 1 1 shared))", /needs threads/],
  ["garbage collection", "(module (type (struct (field i32))))", /needs (garbage collection|GC)/],
  [
    "relaxed SIMD",
    "(module (func (param v128) (result v128) (i8x16.relaxed_swizzle (local.get 0) (local.get 0))))",
    /needs (relaxed )?SIMD/,
  ],
  [
    "typed references",
    "(module (type $t (func)) (func (param (ref null $t)) (call_ref $t (local.get 0))))",
    /needs /,
  ],
];

describe("newer features", () => {
  test.each(newer.map(([what, text, words]) => ({ what, text, words })))("$what", async ({ text, words }) => {
    const error = refusal(await assemble(text));
    expect(error?.format()).toMatch(words);
    expect(error?.kind).toBe("unsupported");
    expect(error?.place.offset).toBeGreaterThan(7);
  });
});
