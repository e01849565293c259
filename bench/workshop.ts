// Building what is measured, into a cache: build/bench/<hash>/, where the hash covers the command and the contents of its inputs. What a build
// cost is kept beside what it made, so that a table made from the cache still tells compile times.
import { createHash } from "node:crypto";
import { existsSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { emptyDirSync, moveSync, outputJsonSync, readJsonSync, removeSync } from "fs-extra/esm";
import { loadExeca } from "../compiler/link/exec.ts";
import { CompileError } from "../compiler/support/error.ts";
import { packageRoot } from "../compiler/support/paths.ts";

export const workDirectory = join(packageRoot, "build/bench");

export interface Product {
  readonly file: string;
  readonly milliseconds: number;
  readonly bytes: number;
}

export interface Recipe {
  /** Commands run in order; "@" stands for the output, "@name" for another file of its directory. */
  readonly steps: readonly (readonly string[])[];
  /** Files whose contents decide whether the product is still good. */
  readonly inputs: readonly string[];
  /** Anything else that decides it: versions of tools. */
  readonly identity: string;
}

function keyOf(recipe: Recipe): string {
  const hash = createHash("sha256").update(JSON.stringify([recipe.steps, recipe.identity]));
  for (const file of recipe.inputs) hash.update("\0").update(readFileSync(file));
  return hash.digest("hex").slice(0, 24);
}

/** The product of a recipe. Throws CompileError (toolchain) with the first thing a failing tool said. */
export async function make(recipe: Recipe): Promise<Product> {
  const directory = join(workDirectory, keyOf(recipe));
  const record = join(directory, "record.json");
  if (existsSync(record)) return readJsonSync(record) as Product;
  const partial = `${directory}.${process.pid}`;
  emptyDirSync(partial);
  let milliseconds = 0;
  try {
    for (const step of recipe.steps) milliseconds += await runStep(step, partial);
    const file = join(directory, "product");
    const { size } = statSync(join(partial, "product"));
    const product: Product = { file, milliseconds, bytes: size };
    outputJsonSync(join(partial, "record.json"), product);
    moveSync(partial, directory, { overwrite: true });
    return product;
  } finally {
    removeSync(partial);
  }
}

async function runStep(step: readonly string[], directory: string): Promise<number> {
  const words = step.map((w) => (w === "@" ? join(directory, "product") : w.replace(/^@/, `${directory}/`)));
  const start = performance.now();
  const execa = await loadExeca();
  const result = await execa(words[0], words.slice(1), { cwd: directory, reject: false, stdin: "ignore" });
  if (result.failed) {
    const said = `${result.stderr ?? ""}\n${result.stdout ?? ""}`.split("\n").filter((l) => l.trim() !== "");
    const line = said.find((l) => /error|trap|unsupported/i.test(l)) ?? said[0] ?? result.shortMessage;
    throw new CompileError(`${step[0]}: ${line.trim()}`, {}, "toolchain");
  }
  return performance.now() - start;
}

/** Bytes of machine code in an ELF file: its executable sections. */
export async function textBytes(file: string): Promise<number | undefined> {
  const execa = await loadExeca();
  const { failed, stdout } = await execa("readelf", ["-SW", file], { reject: false });
  if (failed) return undefined;
  let total = 0;
  for (const [, size, flags] of stdout.matchAll(
    /\sPROGBITS\s+[0-9a-f]+ [0-9a-f]+ ([0-9a-f]+) [0-9a-f]+\s+([A-Z]*)/g,
  ))
    if (flags.includes("X")) total += Number.parseInt(size, 16);
  return total;
}
