// The official suite against decoder and validator: modules of core files are accepted, malformed and invalid ones refused.
import { describe, expect, test } from "vitest";
import { CompileError } from "../../compiler/support/error.ts";
import { decodeModule } from "../../compiler/wasm/decode.ts";
import { validateModule } from "../../compiler/wasm/validate.ts";
import { coreFiles, moduleBytes, readSuiteFile } from "./suite.ts";
import { type Command, type ModuleSource, parseScript } from "./wast.ts";

interface Outcome {
  readonly accepted: boolean;
  readonly error: CompileError | undefined;
}

async function check(source: ModuleSource): Promise<Outcome> {
  const bytes = await moduleBytes(source);
  if (bytes === undefined) return { accepted: false, error: undefined };
  try {
    validateModule(decodeModule(bytes));
    return { accepted: true, error: undefined };
  } catch (error) {
    if (!(error instanceof CompileError)) throw error;
    return { accepted: false, error };
  }
}

async function problems(commands: readonly Command[]): Promise<string[]> {
  const out: string[] = [];
  for (const c of commands) {
    if (!("module" in c)) continue;
    const { accepted, error } = await check(c.module);
    const refuse = c.kind === "malformed" || c.kind === "invalid";
    if (!refuse && !accepted && error?.kind !== "unsupported")
      out.push(`line ${c.line}: refused: ${error?.format() ?? "text does not parse"}`);
    if (refuse && accepted) out.push(`line ${c.line}: accepted, expected ${c.kind}: ${c.message}`);
  }
  return out;
}

describe("decoder and validator on the core suite", () => {
  for (const file of coreFiles())
    test(file, async () => {
      expect(await problems(parseScript(readSuiteFile(file)))).toEqual([]);
    });
});
