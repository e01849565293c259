// Random loops of integers that become loops of vectors (test/support/random-loops.ts), natively on every target, against V8.
import { expect, test } from "vitest";
import { decodeModule } from "../../compiler/wasm/decode.ts";
import { ExternalKind } from "../../compiler/wasm/module.ts";
import { Random } from "../support/random.ts";
import { assemble } from "../support/text.ts";
import { loopText } from "./loop-texts.ts";
import { askNative } from "./native.ts";
import { askV8 } from "./oracle.ts";
import { type Command, CommandKind, compareAnswers, signaturesOf } from "./protocol.ts";
import { firstSeed, loopCount, targets, timeFor } from "./settings.ts";

/** Loops in one module. */
const TOGETHER = 100;

/** A module of loops, and commands that run each on random memory and look at the memory after it. */
async function plan(seed: number, count: number): Promise<{ module: Uint8Array; commands: Command[] }> {
  const random = new Random(seed);
  const loops = Array.from({ length: count }, (_, i) => loopText(random, `loop ${i}`));
  const module = await assemble(`(module (memory (export "memory") 2)
    (func (export "scramble") (param $x i32) (local $at i32)
      (loop $next
        (local.set $x (i32.add (i32.mul (local.get $x) (i32.const 1664525)) (i32.const 1013904223)))
        (i32.store (local.get $at) (i32.xor (local.get $x) (i32.shr_u (local.get $x) (i32.const 15))))
        (local.set $at (i32.add (local.get $at) (i32.const 4)))
        (br_if $next (i32.lt_u (local.get $at) (i32.const 131072)))))
    ${loops.join("\n")})`);
  const { exports } = decodeModule(module);
  const indexOf = (name: string): number => exports.findIndex((e) => e.name === name);
  const commands = exports.flatMap(({ kind, name }, index): Command[] =>
    kind !== ExternalKind.Function || name === "scramble"
      ? []
      : [
          { kind: CommandKind.Call, index: indexOf("scramble"), args: [BigInt(random.below(2 ** 31))] },
          { kind: CommandKind.Call, index, args: [], text: name },
          { kind: CommandKind.Memory, index: indexOf("memory"), args: [], text: `memory after ${name}` },
        ],
  );
  return { module, commands };
}

for (const target of targets)
  test(`random loops, ${target}`, { timeout: timeFor(loopCount / 10) }, async () => {
    for (let done = 0; done < loopCount; done += TOGETHER) {
      const seed = firstSeed + done;
      const { module, commands } = await plan(seed, Math.min(TOGETHER, loopCount - done));
      const expected = askV8(module, commands);
      for (const bounds of ["guard", "explicit"] as const) {
        const found = await askNative(module, commands, { target, optimize: 2, bounds });
        const mismatches = compareAnswers(commands, signaturesOf(module), expected, found);
        expect(mismatches.slice(0, 10), `seed ${seed}, ${bounds}`).toEqual([]);
      }
    }
  });
