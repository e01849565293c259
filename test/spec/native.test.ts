// The official suite natively: every core file as one program for each target and mode, 0 commands skipped.
//
// By default each target at -O2 with static instances, and the host in every mode; WASMAOT_SPEC_MODES=all: all of them in every mode.
// WASMAOT_TARGETS and WASMAOT_SPEC_FILES (a pattern on names) choose.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, test } from "vitest";
import { isNative } from "../../compiler/link/machines.ts";
import { targets } from "../differential/settings.ts";
import type { NativeOptions } from "../support/build.ts";
import { assemble } from "../support/text.ts";
import { encodeScript } from "./encode.ts";
import { runScript } from "./run.ts";
import { coreFiles, later, mixed, readSuiteFile } from "./suite.ts";
import { parseScript } from "./wast.ts";

const all = process.env.WASMAOT_SPEC_MODES === "all";
const pattern = new RegExp(process.env.WASMAOT_SPEC_FILES ?? "");
const spectestText = readFileSync(fileURLToPath(new URL("./spectest.wat", import.meta.url)), "utf8");

const modes: readonly NativeOptions[] = targets.flatMap((target) =>
  ([2, 0] as const)
    .flatMap((optimize): NativeOptions[] => [
      { target, optimize, instance: "static" },
      { target, optimize, instance: "pointer" },
    ])
    .filter((mode, i) => all || i === 0 || isNative(mode.target)),
);

const files = coreFiles().filter((f) => pattern.test(f));
/** Scripts of our own, for what the suite does not reach. */
const ownDirectory = fileURLToPath(new URL("../../fixtures/wast", import.meta.url));
const ownFiles = readdirSync(ownDirectory).sort();
const readOwn = (file: string): string => readFileSync(join(ownDirectory, file), "utf8");

async function runFile(text: string, mode: NativeOptions, mayLeave: boolean) {
  const script = await encodeScript(parseScript(text), await assemble(spectestText), mayLeave);
  const outcome = await runScript(script, mode);
  expect(outcome.failures).toEqual([]);
  expect(outcome.passed).toBe(script.count);
  return script;
}

for (const mode of modes) {
  const name = `${mode.target} -O${mode.optimize} ${mode.instance}`;
  describe(name, () => {
    const total = { files: 0, passed: 0, left: 0 };
    for (const file of files)
      test(file, { timeout: 400_000 }, async () => {
        const { count, left } = await runFile(readSuiteFile(file), mode, mixed.has(file));
        total.files++;
        total.passed += count;
        total.left += left;
      });
    for (const file of ownFiles)
      test(`ours: ${file}`, async () => void (await runFile(readOwn(file), mode, false)));
    afterAll(() =>
      console.log(
        `${name}: ${total.files} of ${files.length} files passed with ${total.passed} commands; ${total.left} commands left for later features`,
      ),
    );
  });
}

afterAll(() => {
  if (!all) return;
  for (const { reason, files } of later) console.log(`left for later: ${reason}: ${files.source}`);
  for (const [file, reason] of mixed) console.log(`left for later in ${file}: ${reason}`);
});
