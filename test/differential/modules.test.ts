// Random modules, natively on every target and level, against V8: results, traps, globals and memory.
//
// Making a module and starting tools costs more than comparing, so modules and V8's answers are made once for all targets and levels, and modules
// that import nothing are compiled many to one program.
import { describe, expect, test } from "vitest";
import type { NativeOptions } from "../support/build.ts";
import { Random } from "../support/random.ts";
import { commandsFor, exportState, mergeModules, randomModule, supportModules } from "./modules.ts";
import { type Ask, withNativeProgram } from "./native.ts";
import { askV8, type Linked } from "./oracle.ts";
import { type Command, compareAnswers, isRefusal, signaturesOf } from "./protocol.ts";
import { cpu, firstSeed, levels, moduleCount, targets, timeFor } from "./settings.ts";

/** Modules in one program. */
const BATCH = 10;

interface RandomProgram {
  readonly seed: number;
  readonly module: Uint8Array;
  /** What it imports from; empty where its imports are merged in. */
  readonly linked: readonly Linked[];
  readonly commands: readonly Command[];
  /** V8's answers. */
  readonly expected: BigUint64Array;
}

/** A random program: seven of eight with their imports merged in, the others linked with what they import. */
async function randomProgram(seed: number): Promise<RandomProgram> {
  const random = new Random(seed);
  const original = randomModule(random, 2000 + random.below(20_000));
  const support = await supportModules(original);
  const merged = seed % 8 === 0 ? undefined : mergeModules(original, support);
  const module = exportState(merged ?? original);
  const linked = merged === undefined ? support : [];
  const commands = commandsFor(module, random);
  return { seed, module, linked, commands, expected: askV8(module, commands, linked) };
}

const programs = new Map<number, Promise<RandomProgram>>();

function programOf(seed: number): Promise<RandomProgram> {
  const known = programs.get(seed) ?? randomProgram(seed);
  programs.set(seed, known);
  return known;
}

async function check(p: RandomProgram, ask: Ask, number: number): Promise<void> {
  const found = await ask(number, p.commands);
  const mismatches = compareAnswers(p.commands, signaturesOf(p.module), p.expected, found);
  expect(mismatches.slice(0, 10), `seed ${p.seed}`).toEqual([]);
}

/** Compares programs of one native program; returns how many, none when the compiler refuses one for a feature it does not have. */
async function compareTogether(group: readonly RandomProgram[], options: NativeOptions): Promise<number> {
  const first = group[0].linked;
  const modules = [...first, ...group.map((p, i) => ({ name: `random ${i}`, bytes: p.module }))];
  const seeds = group.map((p) => p.seed).join();
  try {
    await withNativeProgram(modules, options, async (ask) => {
      for (const [i, p] of group.entries()) await check(p, ask, first.length + i);
    });
    return group.length;
  } catch (error) {
    if (isRefusal(error)) return 0;
    throw new Error(`seed ${seeds}: ${error instanceof Error ? error.message : error}`, { cause: error });
  }
}

/** Compares programs, together where they import nothing; returns how many the compiler did not refuse. */
async function compareAll(batch: readonly RandomProgram[], options: NativeOptions): Promise<number> {
  const alone = batch.filter((p) => p.linked.length > 0).map((p) => [p]);
  const together = batch.filter((p) => p.linked.length === 0);
  let compared = 0;
  for (const group of [...alone, together]) {
    if (group.length === 0) continue;
    const done = await compareTogether(group, options);
    compared += done;
    if (done === 0 && group.length > 1)
      for (const p of group) compared += await compareTogether([p], options);
  }
  return compared;
}

for (const target of targets) {
  describe(target, () => {
    for (const optimize of levels) {
      test(`-O${optimize}`, { timeout: timeFor(moduleCount) }, async () => {
        let compared = 0;
        for (let at = 0; at < moduleCount; at += BATCH) {
          const seeds = Array.from(
            { length: Math.min(BATCH, moduleCount - at) },
            (_, i) => firstSeed + at + i,
          );
          const batch: RandomProgram[] = [];
          for (const seed of seeds) batch.push(await programOf(seed));
          const explicit = (at / BATCH) % 4 === 3;
          const options: NativeOptions = explicit
            ? { target, optimize, cpu, bounds: "explicit", instance: "pointer" }
            : { target, optimize, cpu };
          compared += await compareAll(batch, options);
        }
        expect(compared).toBeGreaterThan(moduleCount / 2);
      });
    }
  });
}
