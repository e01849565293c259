// Single instructions and small expressions, natively on every target and level, against V8.
import { describe, expect, test } from "vitest";
import { Random } from "../support/random.ts";
import { planInstructions } from "./instructions.ts";
import { askNative, type NativeOptions } from "./native.ts";
import { askV8 } from "./oracle.ts";
import { compareAnswers, signaturesOf } from "./protocol.ts";
import { firstSeed, levels, planCalls, planCount, targets, timeFor } from "./settings.ts";

for (const target of targets) {
  describe(target, () => {
    for (const optimize of levels) {
      // Explicit bounds and pinned instances take the same seeds, one level each.
      const variants: NativeOptions[] = [
        { target, optimize },
        { target, optimize, bounds: "explicit", instance: optimize === 0 ? "static" : "pointer" },
      ];
      for (const options of variants) {
        const { bounds = "guard", instance = "static" } = options;
        const name = `-O${optimize}, ${bounds} bounds, ${instance} instance`;
        test(name, { timeout: timeFor(planCount) }, async () => {
          for (let seed = firstSeed; seed < firstSeed + planCount; seed++) {
            const { module, commands } = planInstructions(new Random(seed), planCalls);
            const found = await askNative(module, commands, options);
            const mismatches = compareAnswers(commands, signaturesOf(module), askV8(module, commands), found);
            expect(mismatches.slice(0, 10), `seed ${seed}`).toEqual([]);
          }
        });
      }
    }
  });
}
