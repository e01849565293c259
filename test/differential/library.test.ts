// Library functions inside modules, natively where the runtime does their work, against V8: edge lengths, overlaps, alignments, ends of memory, and what memory
// holds after each call.
import { describe, expect, test } from "vitest";
import { decodeModule } from "../../compiler/wasm/decode.ts";
import { ExternalKind } from "../../compiler/wasm/module.ts";
import { libraryModules } from "../support/library.ts";
import { Random } from "../support/random.ts";
import { askNative } from "./native.ts";
import { askV8 } from "./oracle.ts";
import { type Command, CommandKind, compareAnswers, signaturesOf } from "./protocol.ts";
import { firstSeed, libraryCalls, targets, timeFor } from "./settings.ts";

const END = 131072;
const lengths = [
  0, 1, 2, 3, 7, 8, 15, 16, 17, 24, 31, 32, 33, 48, 63, 64, 65, 100, 127, 128, 129, 200, 255, 256, 300,
];

function commandsFor(bytes: Uint8Array, seed: number): Command[] {
  const random = new Random(seed);
  const { exports } = decodeModule(bytes);
  const signatures = signaturesOf(bytes);
  const indexOf = (name: string): number => exports.findIndex((e) => e.name === name);
  const memory: Command = { kind: CommandKind.Memory, index: indexOf("memory"), args: [] };
  const commands: Command[] = [];
  const call = (index: number, ...args: number[]): void => {
    commands.push({
      kind: CommandKind.Call,
      index,
      args: args.map((x) => BigInt(x >>> 0)),
      text: exports[index].name,
    });
  };
  const has = indexOf("scramble") >= 0;
  exports.forEach((e, index) => {
    if (e.kind !== ExternalKind.Function || !/^[A-Zn]\w*_/.test(e.name)) return;
    const params = signatures[index].split(":")[0].length;
    const moves = /^(Copy|Move|Fill|none_(copy|fill|str))/.test(e.name);
    for (let k = 0; k < libraryCalls; k++) {
      if (has && (k % 8 === 0 || moves))
        call(indexOf("scramble"), random.next() | 1, random.pick([255, 255, 3, 1, 0]));
      const n = random.pick(lengths) + (random.below(6) === 0 ? random.below(3000) : 0);
      const room = END - 16384;
      const a = random.below(4) === 0 ? END - n - random.below(20) + 4 : 16384 + random.below(room - n);
      // The second block lies anywhere, near the first, or at the end of memory.
      const near = a + random.pick([-1, 1, -n, n, -n - 1, n + 1, -8, 8, 0]) + random.below(3) - 1;
      const b = random.pick([
        16384 + random.below(room - n),
        Math.max(16384, near),
        END - n - random.below(4),
      ]);
      if (has && !moves && random.below(2) === 0)
        call(indexOf("alike"), b, a, Math.min(random.below(n + 4), END - a, END - b));
      const byte = random.below(3) === 0 ? random.next() | 0 : random.below(4);
      const isByte = /Fill|Find|fill|find|strrchr/.test(e.name);
      const length = random.below(20) === 0 ? -1 - random.below(3) : n;
      call(index, ...[a, isByte ? byte : b, moves && random.below(8) !== 0 ? n : length].slice(0, params));
      if (moves) commands.push(memory);
    }
  });
  commands.push(memory);
  return commands;
}

const variants = [{}, { bounds: "explicit", instance: "pointer" }] as const;

for (const target of targets)
  describe(target, () => {
    test("library functions in modules", { timeout: timeFor(12) }, async () => {
      const modules = await libraryModules();
      for (const [i, { name, bytes }] of modules.entries()) {
        const commands = commandsFor(bytes, firstSeed + i);
        const options = variants[i % variants.length];
        const found = await askNative(bytes, commands, { target, optimize: 2, ...options });
        const mismatches = compareAnswers(commands, signaturesOf(bytes), askV8(bytes, commands), found);
        expect(mismatches.slice(0, 10), name).toEqual([]);
      }
    });
  });
