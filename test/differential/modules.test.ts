// Random modules, natively on every target and level, against V8: results, traps, globals and memory.
import { describe, expect, test } from "vitest";
import type { NativeOptions } from "../support/build.ts";
import { Random } from "../support/random.ts";
import { commandsFor, exportState, mergeModules, randomModule, supportModules } from "./modules.ts";
import { askNative } from "./native.ts";
import { askV8, type Linked } from "./oracle.ts";
import { compareAnswers, isRefusal, signaturesOf } from "./protocol.ts";
import { cpu, firstSeed, levels, moduleCount, targets, timeFor } from "./settings.ts";

interface RandomProgram {
  readonly module: Uint8Array;
  readonly linked: readonly Linked[];
}

/** A random program: every other one with its imports merged in, the others linked with what they import. */
async function randomProgram(random: Random, seed: number): Promise<RandomProgram> {
  const module = randomModule(random, 2000 + random.below(20_000));
  const linked = await supportModules(module);
  const merged = seed % 2 === 0 ? mergeModules(module, linked) : undefined;
  return merged === undefined
    ? { module: exportState(module), linked }
    : { module: exportState(merged), linked: [] };
}

/** Compares one program; false when the compiler refuses it for a feature it does not have. */
async function compare(
  program: RandomProgram,
  random: Random,
  seed: number,
  options: NativeOptions,
): Promise<boolean> {
  const { module, linked } = program;
  const commands = commandsFor(module, random);
  try {
    const found = await askNative(module, commands, options, linked);
    const mismatches = compareAnswers(commands, signaturesOf(module), askV8(module, commands, linked), found);
    expect(mismatches.slice(0, 10), `seed ${seed}`).toEqual([]);
    return true;
  } catch (error) {
    if (isRefusal(error)) return false;
    throw new Error(`seed ${seed}: ${error instanceof Error ? error.message : error}`, { cause: error });
  }
}

for (const target of targets) {
  describe(target, () => {
    for (const optimize of levels) {
      test(`-O${optimize}`, { timeout: timeFor(moduleCount) }, async () => {
        let compared = 0;
        for (let seed = firstSeed; seed < firstSeed + moduleCount; seed++) {
          const random = new Random(seed);
          const program = await randomProgram(random, seed);
          const explicit = seed % 4 === 3;
          const options: NativeOptions = explicit
            ? { target, optimize, cpu, bounds: "explicit", instance: "pointer" }
            : { target, optimize, cpu };
          if (await compare(program, random, seed, options)) compared++;
        }
        expect(compared).toBeGreaterThan(moduleCount / 2);
      });
    }
  });
}
