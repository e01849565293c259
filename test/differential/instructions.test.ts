// Single instructions and small expressions, and the addressing corpus, natively on every target and level, against V8.
import { describe, expect, test } from "vitest";
import type { NativeOptions } from "../support/build.ts";
import { Random } from "../support/random.ts";
import { planAddressing } from "./addressing.ts";
import { type Plan, planInstructions } from "./instructions.ts";
import { askNative } from "./native.ts";
import { askV8 } from "./oracle.ts";
import { compareAnswers, signaturesOf } from "./protocol.ts";
import { cpu, firstSeed, levels, planCalls, planCount, richCpu, targets, timeFor } from "./settings.ts";

async function comparePlan({ module, commands }: Plan, seed: number, options: NativeOptions): Promise<void> {
  const found = await askNative(module, commands, options);
  const expected = askV8(module, commands);
  const mismatches = compareAnswers(commands, signaturesOf(module), expected, found, options.deterministic);
  expect(mismatches.slice(0, 10), `seed ${seed}`).toEqual([]);
}

for (const target of targets) {
  describe(target, () => {
    for (const optimize of levels) {
      const variants: NativeOptions[] = [
        { target, optimize, cpu },
        { target, optimize, cpu, bounds: "explicit", instance: optimize === 0 ? "static" : "pointer" },
        { target, optimize, cpu, deterministic: true },
      ];
      // Forms that the baseline does not have, as far as they run here.
      const rich = richCpu(target);
      if (rich !== undefined) variants.push({ target, optimize, cpu: rich });
      for (const options of variants) {
        const { bounds = "guard", instance = "static", deterministic = false, cpu = "" } = options;
        const nans = deterministic ? ", canonical NaNs" : "";
        const name = `-O${optimize}, ${bounds} bounds, ${instance} instance${nans}${cpu && `, --cpu ${cpu}`}`;
        test(name, { timeout: timeFor(planCount) }, async () => {
          for (let seed = firstSeed; seed < firstSeed + planCount; seed++) {
            await comparePlan(planInstructions(new Random(seed), planCalls), seed, options);
            if (!deterministic) await comparePlan(planAddressing(new Random(seed), planCalls), seed, options);
          }
        });
      }
    }
  });
}
