// `make isel-report`: our assembly of the small C functions in bench/isel beside gcc -O2's, for each target, and how many instructions each has.
//
// Both get the same C: gcc directly, we through clang -O2's WebAssembly, where pointers are 32 bits wide and go through the memory base. A function
// may be named on the command line to see only that one. The table goes to bench/results/isel.md, the listings to build/bench/isel.txt.
import { readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { outputFileSync } from "fs-extra/esm";
import { which } from "../compiler/link/exec.ts";
import { type Machine, machines } from "../compiler/link/machines.ts";
import { compilerHash, packageRoot } from "../compiler/support/paths.ts";
import { builtinsArchive } from "../fixtures/toolchain.ts";
import { geometricMean } from "./measure.ts";
import { benchDirectory } from "./programs.ts";
import { toMarkdown, toText } from "./table.ts";
import { make, workDirectory } from "./workshop.ts";

const sources = join(benchDirectory, "isel");

interface Pair {
  readonly name: string;
  readonly target: string;
  readonly ours: readonly string[];
  readonly gcc: readonly string[];
}

/** Function names of a C file, in order: those that are not static. */
function functionNames(file: string): string[] {
  const names = readFileSync(file, "utf8").matchAll(/^(?!static|extern)\w+ \*?(\w+)\([^;]*\) \{/gm);
  return [...names].map((m) => m[1]);
}

/** Instructions between a label and the end of the function, labels of branch targets among them. */
function body(assembly: string, isLabel: (label: string) => boolean): string[] {
  const lines: string[] = [];
  let inside = false;
  for (const raw of assembly.split("\n")) {
    const line = raw.replace(/\s*(#\s|\/\/).*$/, "").trimEnd();
    const label = /^([\w.$]+):/.exec(line)?.[1];
    if (label !== undefined && !label.startsWith(".")) {
      if (inside) break;
      inside = isLabel(label);
      continue;
    }
    if (!inside) continue;
    if (/^\s+\.(size|section|text)/.test(line) && lines.length > 0) break;
    if (label !== undefined) lines.push(`${label}:`);
    else if (/^\s+[a-z]/.test(line)) lines.push(`  ${line.trim().replace(/\s+/g, " ")}`);
  }
  return lines;
}

/** Labels that no line mentions say nothing. */
function withoutUnusedLabels(lines: readonly string[]): string[] {
  return lines.filter((l) => !l.endsWith(":") || lines.some((o) => o !== l && o.includes(l.slice(0, -1))));
}

const instructionCount = (lines: readonly string[]): number => lines.filter((l) => !l.endsWith(":")).length;

async function assemblies(m: Machine, file: string): Promise<{ ours: string; gcc: string }> {
  const gcc = which(`${m.triple}-gcc`) ?? "gcc";
  const flags = [
    "-O2",
    "-std=gnu17",
    "-ffp-contract=off",
    "-fno-asynchronous-unwind-tables",
    "-fcf-protection=none",
  ];
  const gccFlags = m.name === "x86-64" ? flags : flags.slice(0, -1);
  const native = await make({
    steps: [[gcc, ...gccFlags, "-S", file, "-o", "@"]],
    inputs: [file],
    identity: "",
  });
  // Compiled and linked apart, so that binaryen's wasm-opt is not run.
  const wasm = ["clang-19", "--target=wasm32"];
  const link = ["-nostdlib", "-Wl,--no-entry,--export-all", "@f.o", builtinsArchive(), "-o", "@"];
  const steps = [
    [...wasm, "-O2", "-c", file, "-o", "@f.o"],
    [...wasm, ...link],
  ];
  const module = await make({ steps, inputs: [file], identity: "" });
  const wasmaot = [
    process.execPath,
    join(packageRoot, "bin/wasmaot"),
    "build",
    module.file,
    "--emit",
    "asm",
    "-g",
  ];
  const own = await make({
    steps: [[...wasmaot, "--target", m.name, "--entry", functionNames(file)[0], "-o", "@"]],
    inputs: [module.file],
    identity: compilerHash(),
  });
  return { ours: readFileSync(own.file, "utf8"), gcc: readFileSync(native.file, "utf8") };
}

async function pairsOf(file: string, m: Machine): Promise<Pair[]> {
  const { ours, gcc } = await assemblies(m, file);
  return functionNames(file).map((name) => ({
    name,
    target: m.name,
    ours: withoutUnusedLabels(body(ours, (l) => new RegExp(`^wasm0_f\\d+_${name}$`).test(l))),
    gcc: withoutUnusedLabels(body(gcc, (l) => l === name)),
  }));
}

function listing(p: Pair): string {
  const width = Math.max(40, ...p.ours.map((l) => l.length));
  const rows = Array.from({ length: Math.max(p.ours.length, p.gcc.length) }, (_, i) =>
    `${(p.ours[i] ?? "").padEnd(width)}  ${p.gcc[i] ?? ""}`.trimEnd(),
  );
  const counts = `ours ${instructionCount(p.ours)}, gcc ${instructionCount(p.gcc)}`;
  return [`== ${p.name}, ${p.target}: ${counts}`, ...rows, ""].join("\n");
}

function tableOf(pairs: readonly Pair[]) {
  const targets = [...new Set(pairs.map((p) => p.target))];
  const ratioOf = (p: Pair): number => instructionCount(p.ours) / instructionCount(p.gcc);
  const cell = (name: string, target: string): string => {
    const p = pairs.find((x) => x.name === name && x.target === target);
    return p === undefined || p.ours.length === 0
      ? "-"
      : `${instructionCount(p.ours)} / ${instructionCount(p.gcc)}`;
  };
  const mean = (t: string): string =>
    geometricMean(pairs.filter((p) => p.target === t && p.ours.length > 0).map(ratioOf)).toFixed(2);
  return {
    title: "Instructions of small functions: ours / gcc -O2",
    head: ["function", ...targets],
    rows: [...new Set(pairs.map((p) => p.name))].map((name) => [name, ...targets.map((t) => cell(name, t))]),
    foot: [["geometric mean of the ratios", ...targets.map(mean)]],
  };
}

async function main(): Promise<void> {
  const wanted = process.argv.slice(2).filter((a) => a !== "--");
  const pairs: Pair[] = [];
  for (const file of readdirSync(sources).sort())
    for (const m of Object.values(machines)) {
      try {
        pairs.push(...(await pairsOf(join(sources, file), m)));
      } catch (error) {
        console.error(`${basename(file)}, ${m.name}: ${error instanceof Error ? error.message : error}`);
      }
    }
  const shown = pairs.filter((p) => wanted.length === 0 || wanted.includes(p.name));
  const listings = shown.map(listing).join("\n");
  if (wanted.length > 0) return console.log(listings);
  const table = tableOf(pairs);
  outputFileSync(join(benchDirectory, "results/isel.md"), toMarkdown(table));
  outputFileSync(join(workDirectory, "isel.txt"), listings);
  console.log(toText(table));
  console.log("listings: build/bench/isel.txt");
}

await main();
