// Golden tests of instruction selection: fixtures/isel/*.ir hold small functions, and behind "; expect <target>" the instructions that each target makes
// of them, without directives. "; test isel <words>" in the first line may name "pointer" (instance mode), "fixed" (addresses) and --cpu values by target,
// "x86-64=x86-64-v3". BLESS=1 writes the expectations anew; a target with no section is not tested there.
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { Emitter } from "../../compiler/codegen/emit.ts";
import { Lowering } from "../../compiler/codegen/lower.ts";
import { allocate } from "../../compiler/codegen/regalloc/allocate.ts";
import { checkAllocation } from "../../compiler/codegen/regalloc/check.ts";
import type { CodegenOptions } from "../../compiler/codegen/target.ts";
import { parseCpu } from "../../compiler/cpu.ts";
import { parseFuncs } from "../../compiler/ir/parse.ts";
import { verifyFunc } from "../../compiler/ir/verify.ts";
import type { TargetName } from "../../compiler/link/machines.ts";
import { loadTarget } from "../../targets/index.ts";
import { root } from "../support/native.ts";

const directory = join(root, "fixtures/isel");

/** The instructions and labels of every function of the text. */
async function selected(name: TargetName, text: string, words: readonly string[]): Promise<string> {
  const target = await loadTarget(name);
  const cpu = words.find((w) => w.startsWith(`${name}=`))?.slice(name.length + 1);
  const options: CodegenOptions = {
    instance: words.includes("pointer") ? "pointer" : "static",
    bounds: "guard",
    features: new Set(parseCpu(name, cpu).features),
    symbolNames: ["callee"],
    functionSymbol: (index) => index,
    instanceSymbol: "instance",
    hasMemory: true,
    optimize: 2,
    annotate: false,
    fixedAddresses: words.includes("fixed"),
  };
  const lowering = new Lowering(target, options);
  const emitter = new Emitter(target, options);
  let out = "";
  for (const f of parseFuncs(text)) {
    verifyFunc(f);
    const code = lowering.lower(f);
    const allocation = allocate(code, target, options);
    checkAllocation(code, target, options, allocation);
    const lines = emitter.emit(f.name, 0, "", code, allocation).text.split("\n");
    out += `${lines.filter((l) => l !== "" && !/^\t\.(?!long)|^\.L0_\d+:$/.test(l) && !l.startsWith("\n")).join("\n")}\n`;
  }
  return out;
}

describe("golden instruction selection", () => {
  for (const file of readdirSync(directory).sort()) {
    test(file, async () => {
      const [input, ...sections] = readFileSync(join(directory, file), "utf8").split("; expect ");
      const words = /^; test isel(.*)\n/.exec(input)?.[1].trim().split(/\s+/);
      if (words === undefined) throw new Error(`${file}: the first line must be "; test isel"`);
      let blessed = input;
      for (const section of sections) {
        const end = section.indexOf("\n");
        const name = section.slice(0, end) as TargetName;
        const found = await selected(name, input, words);
        blessed += `; expect ${name}\n${found}`;
        if (process.env.BLESS !== "1") expect(found).toBe(section.slice(end + 1));
      }
      if (process.env.BLESS === "1") writeFileSync(join(directory, file), blessed);
    });
  }
});
