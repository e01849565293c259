// Inputs known to blow compilers up, through the whole compiler at -O2: each within a bound far above what linear work takes. One target by default,
// all with WASMAOT_SCALING=all.
import { expect, test } from "vitest";
import { FunctionCompiler } from "../../compiler/compile/function.ts";
import { divide } from "../../compiler/compile/parts.ts";
import { makeProgram } from "../../compiler/program.ts";
import { loadTarget, targetNames } from "../../targets/index.ts";
import { type FunctionBytes, leb, moduleOf } from "../support/binary.ts";
import { codeOptions } from "../support/environment.ts";

const [I32, I64] = [0x7f, 0x7e];
const [BLOCK, LOOP, END, BR_IF, BR_TABLE, RETURN, CALL, DROP] = [
  0x02, 0x03, 0x0b, 0x0d, 0x0e, 0x0f, 0x10, 0x1a,
];
const [GET, SET, TEE, CONST] = [0x20, 0x21, 0x22, 0x41];
const [ADD, MUL, XOR, REM_S_64] = [0x6a, 0x6c, 0x73, 0x81];
const VOID = 0x40;

/** Milliseconds of processor time; on an idle machine each case takes a tenth or less. */
const LIMIT = 30_000;

const targets = process.env.WASMAOT_SCALING === "all" ? targetNames() : targetNames().slice(0, 1);

function repeat(n: number, make: (i: number) => readonly number[]): number[] {
  const out: number[] = [];
  for (let i = 0; i < n; i++) for (const b of make(i)) out.push(b);
  return out;
}

/** One function of two i32 parameters and an i32 result. */
const one = (locals: FunctionBytes["locals"], body: readonly number[]): FunctionBytes[] => [
  { params: [I32, I32], results: [I32], locals, body },
];

/** A br_table of n cases, each in a block of its own that sets a local and leaves. */
function switchOf(n: number): number[] {
  const table = [BR_TABLE, ...leb(n), ...repeat(n, (i) => leb(i)), ...leb(n)];
  const arms = repeat(n, (i) => [END, GET, 1, CONST, ...leb(i % 64), ADD, RETURN]);
  return [...repeat(n + 1, () => [BLOCK, VOID]), GET, 0, ...table, ...arms, END, GET, 1];
}

/** Values that are all alive at once, then summed. */
function manyAlive(n: number): number[] {
  const make = repeat(n, (i) => [GET, ...leb(i + 1), GET, 0, MUL, SET, ...leb(i + 2)]);
  const sum = repeat(n, (i) => [GET, ...leb(i + 2), ADD]);
  return [...make, GET, 1, ...sum];
}

const cases: Readonly<Record<string, () => FunctionBytes[]>> = {
  "200,000 operators in one block": () =>
    one([], [...repeat(50_000, () => [GET, 1, ADD, GET, 0, XOR]).toSpliced(0, 0, GET, 0)]),
  "15,000 sequential blocks around a local": () =>
    one(
      [],
      [...repeat(15_000, () => [BLOCK, VOID, GET, 0, BR_IF, 0, GET, 1, GET, 0, MUL, SET, 1, END]), GET, 1],
    ),
  "10,000 sequential loops": () =>
    one([], [...repeat(10_000, () => [LOOP, VOID, GET, 0, CONST, 1, ADD, TEE, 0, BR_IF, 0, END]), GET, 0]),
  "a switch of 256 cases": () => one([], switchOf(256)),
  "a switch of 10,000 cases": () => one([], switchOf(10_000)),
  "5,000 remainders of i64": () => [
    {
      params: [I64, I64],
      results: [I64],
      body: [GET, 0, ...repeat(5000, () => [GET, 1, REM_S_64, GET, 0, 0x7c])],
    },
  ],
  "10,000 values alive at once": () => one([[10_000, I32]], manyAlive(10_000)),
  "blocks nested 20,000 deep": () =>
    one(
      [],
      [...repeat(20_000, () => [BLOCK, VOID, GET, 0, BR_IF, 0]), ...repeat(20_000, () => [END]), GET, 0],
    ),
  "20,000 calls": () => one([], [GET, 0, ...repeat(20_000, () => [GET, 1, CALL, 0])]),
  "a call of 1,000 arguments and 1,000 results": () => {
    const many = Array.from({ length: 1000 }, () => I32);
    const all = repeat(1000, (i) => [GET, ...leb(i)]);
    return [
      { params: many, results: many, body: all },
      { params: many, results: [I32], body: [...all, CALL, 0, ...repeat(999, () => [DROP])] },
    ];
  },
  "4,000 loads and stores": () =>
    one(
      [],
      [
        ...repeat(4000, (i) => [GET, 0, GET, 0, 0x28, 2, ...leb(4 * i), GET, 1, ADD, 0x36, 2, ...leb(4 * i)]),
        GET,
        0,
      ],
    ),
};

async function compile(bytes: Uint8Array, name: string): Promise<number> {
  const options = { ...codeOptions, target: name };
  const target = await loadTarget(name);
  const program = makeProgram([{ name: "", file: "", bytes }], options);
  const compiler = new FunctionCompiler(program, target, options);
  const start = process.cpuUsage();
  let ordinal = 0;
  for (const part of divide(program)) for (const item of part.items) compiler.compile(item, ordinal++);
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1000;
}

for (const name of targets)
  for (const [what, functions] of Object.entries(cases))
    test(`${name}: ${what}`, { timeout: 600_000 }, async () => {
      expect(await compile(moduleOf(functions()), name)).toBeLessThan(LIMIT);
    });
