// Every pass alone, and all of them together, keep the meaning of random functions and of modules.
import { expect, test } from "vitest";
import { searchSymbols } from "../../compiler/compile/function.ts";
import { Inlinees } from "../../compiler/compile/inlinees.ts";
import { parseFunc } from "../../compiler/ir/parse.ts";
import { printFunc } from "../../compiler/ir/print.ts";
import { verifyFunc } from "../../compiler/ir/verify.ts";
import { passNames } from "../../compiler/opt/passes.ts";
import { defaultOptions, type OptimizeOptions, Optimizer } from "../../compiler/opt/run.ts";
import { Translator } from "../../compiler/translate/function.ts";
import { FunctionValidator } from "../../compiler/wasm/validate-function.ts";
import { planInstructions } from "../differential/instructions.ts";
import { askMachine } from "../differential/machine.ts";
import {
  commandsFor,
  exportState,
  mergeModules,
  randomModule,
  supportModules,
} from "../differential/modules.ts";
import type { Command } from "../differential/protocol.ts";
import { planText, textCases } from "../differential/texts.ts";
import { environmentOf } from "../support/environment.ts";
import { Random } from "../support/random.ts";
import { randomFunc } from "../support/random-ir.ts";
import { compareRuns, testFacts } from "../support/run-ir.ts";

const seed = Number(process.env.WASMAOT_SEED ?? 1);
const count = Number(process.env.WASMAOT_FUNCTIONS ?? 60);

test("random functions verify and round-trip through text", () => {
  const random = new Random(seed);
  for (let i = 0; i < 50; i++) {
    const f = randomFunc(random, 60);
    verifyFunc(f);
    const text = printFunc(f, true);
    const again = parseFunc(text);
    verifyFunc(again);
    expect(printFunc(again, true)).toBe(text);
    compareRuns(f, again, i);
  }
});

function checkRandom(options: OptimizeOptions, from: number, n: number): void {
  const optimizer = new Optimizer(options);
  for (let i = 0; i < n; i++) {
    const random = new Random(from + i);
    const size = 10 + random.below(80);
    const before = randomFunc(random, size);
    const after = parseFunc(printFunc(before));
    try {
      optimizer.run(after, testFacts);
    } catch (error) {
      throw new Error(`seed ${from + i}: ${(error as Error).stack}\n${printFunc(before)}`);
    }
    for (let k = 0; k < 6; k++) compareRuns(before, after, random.next());
  }
}

for (const name of passNames)
  test(`pass ${name} on random functions, seed ${seed}`, () => {
    checkRandom({ ...defaultOptions(3), verify: true, only: [name] }, seed * 100000, count);
  });

for (const level of [1, 2, 3])
  test(`all passes of -O${level} on random functions, seed ${seed}`, () => {
    for (const lacks of ["zeroExtend", "tableBases"] as const) {
      const needs = ["nativeAddresses", lacks] as const;
      checkRandom({ ...defaultOptions(level), verify: true, needs }, seed * 100000 + 50000, count);
    }
  });

/** The module's answers with passes are those without. */
function checkModule(bytes: Uint8Array, commands: readonly Command[], level: number): void {
  const options = {
    ...defaultOptions(level),
    verify: true,
    needs:
      level === 3
        ? (["nativeAddresses", "tableBases"] as const)
        : (["nativeAddresses", "zeroExtend"] as const),
  };
  const optimizer = new Optimizer(options);
  const env = environmentOf(bytes);
  const memoryBytes = (env.module.memories[0]?.limits.min ?? 0) * 65536;
  const facts = { memoryBytes, memoryLimit: 64 * 65536 };
  const validator = new FunctionValidator(env.module);
  const inlinees = new Inlinees(env.module, validator, new Translator(env), facts, options);
  const plain = askMachine(bytes, commands, {});
  const optimized = askMachine(bytes, commands, {}, (f) =>
    optimizer.run(f, {
      ...facts,
      inlinee: (index) => inlinees.find(index),
      searches: searchSymbols(env.symbols),
    }),
  );
  expect([...optimized]).toEqual([...plain]);
}

test(`single instructions, seed ${seed}`, () => {
  const plan = planInstructions(new Random(seed), 2000);
  for (const level of [1, 2, 3]) checkModule(plan.module, plan.commands, level);
});

for (const c of textCases)
  test(`module: ${c.name}`, async () => {
    const { module, commands } = await planText(c);
    for (const level of [1, 2, 3]) checkModule(module, commands, level);
  });

const moduleCount = Number(process.env.WASMAOT_MODULES ?? 6);

test(`random modules, seed ${seed}`, { timeout: 60_000 * (1 + moduleCount / 10) }, async () => {
  for (let i = 0; i < moduleCount; i++) {
    const random = new Random(1000 * seed + i);
    const module = randomModule(random, 2000 + random.below(10_000));
    const merged = mergeModules(module, await supportModules(module));
    if (merged === undefined) continue;
    const bytes = exportState(merged);
    const commands = commandsFor(bytes, random);
    try {
      for (const level of [1, 2, 3]) checkModule(bytes, commands, level);
    } catch (error) {
      if (!/does not end|needs SIMD/.test((error as Error).message))
        throw new Error(`seed ${1000 * seed + i}: ${(error as Error).message}`, { cause: error });
    }
  }
});
