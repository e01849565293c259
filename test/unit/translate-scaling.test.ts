// Inputs known to blow compilers up: each is translated within a bound far above what linear work takes, far below what quadratic work would.
import { expect, test } from "vitest";
import { Func } from "../../compiler/ir/func.ts";
import { verifyFunc } from "../../compiler/ir/verify.ts";
import { Translator } from "../../compiler/translate/function.ts";
import { translateInit } from "../../compiler/translate/init.ts";
import { type FunctionBytes, leb, moduleOf } from "../support/binary.ts";
import { environmentOf } from "../support/environment.ts";

const I32 = 0x7f;
const [BLOCK, LOOP, END, BR, BR_IF, BR_TABLE] = [0x02, 0x03, 0x0b, 0x0c, 0x0d, 0x0e];
const [GET, SET, CONST] = [0x20, 0x21, 0x41];
const VOID = 0x40;

/** Milliseconds of processor time; it usually takes a tenth of it. */
const LIMIT = 5000;

/** Milliseconds that this process has computed: a busy machine does not count. */
function cpuTime(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

function repeat(n: number, make: (i: number) => readonly number[]): number[] {
  const out: number[] = [];
  for (let i = 0; i < n; i++) for (const b of make(i)) out.push(b);
  return out;
}

/** Translates every function of the module and returns the last Func and the milliseconds it took. */
function translateAll(bytes: Uint8Array): { f: Func; time: number } {
  const environment = environmentOf(bytes);
  const translator = new Translator(environment);
  const f = new Func();
  const start = cpuTime();
  for (let i = 0; i < environment.module.functions.length; i++) translator.translate(i, f);
  return { f, time: cpuTime() - start };
}

function translateOne(fn: FunctionBytes, params: number[] = [I32], results: number[] = [I32]): Func {
  const { f, time } = translateAll(moduleOf([{ params, results, ...fn }]));
  expect(time).toBeLessThan(LIMIT);
  verifyFunc(f);
  return f;
}

test("a local read across 15,000 sequential blocks", () => {
  const body = repeat(15_000, () => [BLOCK, VOID, GET, 0, BR_IF, 0, 0x01, END]);
  const f = translateOne({ locals: [[1, I32]], body: [CONST, 7, SET, 1, ...body, GET, 1] });
  // The local never changes, so no block needs a parameter.
  expect(f.order.every((b) => b === 0 || f.blocks[b].params.length === 0)).toBe(true);
});

test("a local set in each of 15,000 sequential blocks", () => {
  const body = repeat(15_000, () => [BLOCK, VOID, GET, 0, BR_IF, 0, CONST, 1, SET, 1, END]);
  const f = translateOne({ locals: [[1, I32]], body: [...body, GET, 1] });
  expect(f.order.filter((b) => f.blocks[b].params.length > 1)).toEqual([]);
});

test("a local set behind two branches out of each of 5,000 blocks", () => {
  // What holds in front of a block is asked for by both branches: the second must find what the first found out.
  const body = repeat(5000, () => [BLOCK, VOID, GET, 0, BR_IF, 0, GET, 0, BR_IF, 0, CONST, 1, SET, 1, END]);
  const f = translateOne({ locals: [[1, I32]], body: [...body, GET, 1] });
  expect(f.order.filter((b) => f.blocks[b].params.length > 1)).toEqual([]);
});

test("200 locals set at the start, read after 10,000 blocks", () => {
  const set = repeat(200, (i) => [GET, 0, SET, ...leb(i + 1)]);
  const blocks = repeat(10_000, () => [BLOCK, VOID, GET, 0, BR_IF, 0, 0x01, END]);
  const get = repeat(200, (i) => [GET, ...leb(i + 1), 0x24, 0]);
  translateOne({ locals: [[200, I32]], body: [...set, ...blocks, ...get, GET, 0] });
});

test("blocks nested 100,000 deep with a branch out of each", () => {
  const open = repeat(100_000, () => [BLOCK, VOID]);
  const branches = repeat(1000, (i) => [CONST, 1, SET, 1, GET, 0, BR_IF, ...leb(99 * i)]);
  const close = repeat(100_000, () => [END]);
  translateOne({ locals: [[1, I32]], body: [...open, ...branches, ...close, GET, 1] });
});

test("loops nested 100,000 deep", () => {
  const open = repeat(100_000, () => [LOOP, VOID]);
  const close = repeat(100_000, () => [GET, 0, BR_IF, 0, END]);
  const inner = [GET, 1, CONST, 1, 0x6a, SET, 1];
  const body = [...open, ...inner, ...close, GET, 1, GET, 2, 0x6a];
  const { f, time } = translateAll(moduleOf([{ params: [I32], results: [I32], locals: [[2, I32]], body }]));
  expect(time).toBeLessThan(LIMIT);
  // One parameter for each loop that assigns the local.
  expect(f.order.reduce((n, b) => n + f.blocks[b].params.length, 0)).toBe(100_001);
});

test("ifs nested 20,000 deep", () => {
  const open = repeat(20_000, () => [GET, 0, 0x04, VOID]);
  const close = repeat(20_000, () => [0x05, GET, 0, SET, 1, END]);
  translateOne({ locals: [[1, I32]], body: [...open, CONST, 1, SET, 1, ...close, GET, 1] });
});

test("50,000 locals in 10,000 functions", () => {
  const fn: FunctionBytes = {
    params: [I32],
    results: [I32],
    locals: [[49_999, I32]],
    body: [GET, ...leb(49_999)],
  };
  const { time } = translateAll(moduleOf(new Array<FunctionBytes>(10_000).fill(fn)));
  expect(time).toBeLessThan(LIMIT);
});

test("two br_tables of 33,000 entries to one target", () => {
  const table = [BR_TABLE, ...leb(33_000), ...repeat(33_000, () => [0]), 1];
  const one = [BLOCK, VOID, BLOCK, VOID, CONST, 1, SET, 1, GET, 0, ...table, END, CONST, 2, SET, 1, END];
  const f = translateOne({ locals: [[1, I32]], body: [...one, ...one, GET, 1] });
  expect(f.edges.filter((e) => e.args.length > 0).length).toBeLessThan(100);
});

test("a br_table of 60,000 different targets", () => {
  const n = 60_000;
  const open = repeat(n, () => [BLOCK, VOID]);
  const table = [BR_TABLE, ...leb(n - 1), ...repeat(n, (i) => leb(i))];
  const close = repeat(n, (i) => [END, ...(i % 16 === 0 ? [CONST, 1, SET, 1] : [0x01])]);
  translateOne({ locals: [[1, I32]], body: [...open, GET, 0, ...table, ...close, GET, 1] });
});

test("200,000 operators of a loop that swaps locals", () => {
  const body = repeat(50_000, (i) => [GET, 1 + (i % 50), SET, 1 + ((i + 1) % 50)]);
  const f = translateOne({ locals: [[51, I32]], body: [LOOP, VOID, ...body, GET, 0, BR_IF, 0, END, GET, 1] });
  expect(f.order.length).toBe(3);
});

test("unreachable code of 1,000,000 operators", () => {
  translateOne({ body: [BR, 0, ...repeat(1_000_000, () => [0x01]), 0x00] }, [I32], []);
});

test("100,000 active data segments", () => {
  const head = [...moduleOf([{ body: [] }])];
  const data = [...leb(100_000), ...repeat(100_000, () => [0, CONST, 0, END, 1, 0x61])];
  const bytes = Uint8Array.from([...head, 11, ...leb(data.length), ...data]);
  const environment = environmentOf(bytes);
  const f = new Func();
  const start = cpuTime();
  translateInit(environment, f);
  expect(cpuTime() - start).toBeLessThan(LIMIT);
  expect(f.order.length).toBe(1);
  verifyFunc(f);
});
