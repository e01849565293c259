// `make bench-size`: bytes of machine code of the benchmark programs' own functions, ours beside gcc -O2 and -O3 builds of the same C sources, for each
// target. Options: --target T, --filter TEXT, --name NAME, --functions (a list of every function instead), and options of ours.
//
// What is compared: the functions that the program's C sources define, in the linked executable of either side, unused ones dropped by both linkers;
// what a compiler made of them (clones, cold parts) counts with them. Sizes are those of symbols: constants, jump tables and the space between functions are in
// neither sum, and neither is the C library, which is not the same library, nor our runtime.
import { basename, dirname, join } from "node:path";
import { execa } from "execa";
import { outputFileSync } from "fs-extra/esm";
import { versionLine, which } from "../compiler/link/exec.ts";
import { isNative, type Machine, machines, type TargetName } from "../compiler/link/machines.ts";
import { CompileError } from "../compiler/support/error.ts";
import { benchArguments } from "./arguments.ts";
import { buildOurs } from "./count.ts";
import { buildModule, languageFlags } from "./engines.ts";
import { describeMachine, machineLine } from "./machine.ts";
import { geometricMean, median } from "./measure.ts";
import { benchDirectory, findPrograms, type Program } from "./programs.ts";
import { type Table, toMarkdown, toText } from "./table.ts";
import { make } from "./workshop.ts";

/** Bytes by function. */
type Sizes = Map<string, number>;

interface Row {
  readonly name: string;
  readonly target: TargetName;
  readonly gccO2: Sizes;
  readonly gccO3: Sizes;
  readonly ours: Sizes;
}

const sum = (sizes: Sizes): number => [...sizes.values()].reduce((a, b) => a + b, 0);

function add(sizes: Sizes, name: string, bytes: number): void {
  sizes.set(name, (sizes.get(name) ?? 0) + bytes);
}

interface ElfSymbol {
  readonly name: string;
  readonly size: number;
  readonly isGlobal: boolean;
  /** The source file of a local symbol. */
  readonly file: string;
}

/** Functions of an ELF file. */
async function elfFunctions(file: string): Promise<ElfSymbol[]> {
  const { stdout } = await execa("readelf", ["-sW", file], { maxBuffer: 1 << 28 });
  const found: ElfSymbol[] = [];
  let source = "";
  for (const [, size, type, bind, name] of stdout.matchAll(
    /^\s*\d+: [0-9a-f]+\s+(\w+) (\w+)\s+(\w+)\s+\w+\s+(?:\[[^\]]*\]\s+)?\w+\s+(\S+)$/gm,
  )) {
    if (type === "FILE") source = name;
    else if (type === "FUNC")
      found.push({ name, size: Number(size), isGlobal: bind !== "LOCAL", file: source });
  }
  return found;
}

/** A function's own name without what gcc says of clones and parts. */
const sourceName = (symbol: string): string => symbol.replace(/\..*$/, "");

/** What gcc makes of the program's functions. */
async function gccSizes(m: Machine, p: Program, level: string): Promise<Sizes> {
  const gcc = which(`${m.triple}-gcc`) ?? (isNative(m.name) ? which("gcc") : undefined);
  if (gcc === undefined)
    throw new CompileError(`no gcc for ${m.name}: apt-get install ${m.gccPackage}`, {}, "toolchain");
  const flags = [level, "-ffunction-sections", ...languageFlags, ...p.flags];
  const objects = p.sources.map((s) => `@${basename(s, ".c")}.o`);
  const link = [gcc, "-static", "-Wl,--gc-sections", ...objects, "-lm", "-o", "@"];
  const steps = [[gcc, ...flags, "-c", ...p.sources], link];
  const product = await make({ steps, inputs: p.sources, identity: (await versionLine(gcc)) ?? "" });
  const own = new Set<string>();
  for (const o of objects)
    for (const s of await elfFunctions(join(dirname(product.file), o.slice(1))))
      if (s.isGlobal) own.add(s.name);
  const files = new Set(p.sources.map((s) => basename(s)));
  const sizes: Sizes = new Map();
  for (const s of await elfFunctions(product.file))
    if (s.isGlobal ? own.has(s.name) : files.has(s.file)) add(sizes, sourceName(s.name), s.size);
  return sizes;
}

/** What C calls main, by its names in modules. */
const mainNames = new Set(["main", "__main_argc_argv", "__main_void", "__original_main"]);

/** Names of the functions that the program's objects define, from which its module was linked. */
async function moduleFunctions(p: Program): Promise<Set<string>> {
  const module = await buildModule(p, false);
  const nm = which("llvm-nm-19") ?? which("llvm-nm");
  if (nm === undefined) throw new CompileError("no llvm-nm: apt-get install llvm", {}, "toolchain");
  const objects = p.sources.map((s) => join(dirname(module.file), `${basename(s, ".c")}.o`));
  const { stdout } = await execa(nm, ["--defined-only", ...objects], { maxBuffer: 1 << 28 });
  return new Set([...stdout.matchAll(/^[0-9a-f]+ [tTwW] (\S+)$/gm)].map(([, name]) => name));
}

async function ourSizes(m: Machine, p: Program, options: readonly string[]): Promise<Sizes> {
  const own = await moduleFunctions(p);
  const product = await buildOurs(m, p, options);
  const sizes: Sizes = new Map();
  for (const s of await elfFunctions(product.file)) {
    const name = /^wasm\d+_f\d+_(.+)$/.exec(s.name)?.[1];
    if (name === undefined) continue;
    if (mainNames.has(name)) add(sizes, "main", s.size);
    else if (own.has(name)) add(sizes, name, s.size);
  }
  return sizes;
}

async function measureRow(m: Machine, p: Program, options: readonly string[]): Promise<Row> {
  const ours = await ourSizes(m, p, options);
  const gccO2 = await gccSizes(m, p, "-O2");
  return { name: p.name, target: m.name, gccO2, gccO3: await gccSizes(m, p, "-O3"), ours };
}

function tableOf(rows: readonly Row[], targets: readonly TargetName[]): Table {
  const names = [...new Set(rows.map((r) => r.name))];
  const summary = (title: string, of: (v: number[]) => number): string[] => [
    title,
    ...targets.flatMap((t) => {
      const own = rows.filter((r) => r.target === t);
      const value = (f: (r: Row) => Sizes) => of(own.map((r) => sum(f(r)) / sum(r.gccO2))).toFixed(2);
      return ["", "", value((r) => r.ours), value((r) => r.gccO3)];
    }),
  ];
  return {
    title: "Bytes of the programs' own functions; ratios to gcc -O2",
    head: ["program", ...targets.flatMap((t) => [`${t} gcc -O2`, "ours", "ratio", "gcc -O3"])],
    rows: names.map((name) => [
      name,
      ...targets.flatMap((t) => {
        const r = rows.find((x) => x.name === name && x.target === t)!;
        const base = sum(r.gccO2);
        const ours = sum(r.ours);
        return [`${base}`, `${ours}`, (ours / base).toFixed(2), (sum(r.gccO3) / base).toFixed(2)];
      }),
    ]),
    foot: [
      summary("geometric mean", geometricMean),
      summary("median", median),
      summary("worst", (v) => Math.max(...v)),
    ],
  };
}

/** Functions of a row, those first where ours is larger by most. */
function functionsOf(r: Row): string {
  const names = [...new Set([...r.gccO2.keys(), ...r.ours.keys()])];
  const of = (sizes: Sizes, name: string): number => sizes.get(name) ?? 0;
  const more = (name: string): number => of(r.ours, name) - of(r.gccO2, name);
  names.sort((a, b) => more(b) - more(a));
  return toText({
    title: `${r.name}, ${r.target}`,
    head: ["function", "gcc -O2", "ours", "more"],
    rows: names.map((n) => [n, `${of(r.gccO2, n)}`, `${of(r.ours, n)}`, `${more(n)}`]),
  });
}

function write(rows: readonly Row[], targets: readonly TargetName[], name: string): string {
  const table = tableOf(rows, targets);
  const directory = join(benchDirectory, "results");
  const head = machineLine(describeMachine());
  outputFileSync(join(directory, `${name}.md`), [head, "", toMarkdown(table)].join("\n"));
  return [head, "", toText(table)].join("\n");
}

async function main(): Promise<void> {
  const { targets, filters, name, flags, ours } = benchArguments("size-run", ["--functions"]);
  const rows: Row[] = [];
  for (const p of findPrograms(join(benchDirectory, "programs"), filters))
    for (const t of targets) rows.push(await measureRow(machines[t], p, ours));
  console.log(flags.has("--functions") ? rows.map(functionsOf).join("\n") : write(rows, targets, name));
}

main().catch((error) => {
  console.error(error instanceof CompileError ? error.format() : error);
  process.exitCode = 1;
});
