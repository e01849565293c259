// The modules of texts.ts, natively on every target and level, against V8.
import { describe, expect, test } from "vitest";
import type { NativeOptions } from "../support/build.ts";
import { askNative } from "./native.ts";
import { askV8 } from "./oracle.ts";
import { compareAnswers, signaturesOf } from "./protocol.ts";
import { levels, targets, timeFor } from "./settings.ts";
import { planText, textCases } from "./texts.ts";

for (const target of targets) {
  describe(target, () => {
    for (const optimize of levels) {
      const variants: NativeOptions[] = [
        { target, optimize },
        { target, optimize, bounds: "explicit", instance: "pointer" },
      ];
      for (const options of variants) {
        const name = `-O${optimize}${options.bounds === undefined ? "" : ", explicit bounds, pointer instance"}`;
        test(name, { timeout: timeFor(textCases.length) }, async () => {
          for (const c of textCases) {
            const { module, commands } = await planText(c);
            const found = await askNative(module, commands, options);
            const mismatches = compareAnswers(commands, signaturesOf(module), askV8(module, commands), found);
            expect(mismatches.slice(0, 10), c.name).toEqual([]);
          }
        });
      }
    }
  });
}
