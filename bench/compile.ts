// What compiling costs: time, processor time and peak memory of `wasmaot build` for the fixture programs, SQLite and, where it is found, LLVM
// itself as a module (`make bench-compile`), beside wasm2c + gcc -O2 for SQLite. Options: --target T (default: this machine's), --jobs N (2),
// --filter TEXT, --no-peers. Writes bench/results/compile.md. Assembler and link are part of every figure.
import { existsSync, mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { parseArgs } from "node:util";
import { outputFileSync } from "fs-extra/esm";
import { which } from "../compiler/link/exec.ts";
import { hostTarget } from "../compiler/link/machines.ts";
import { CompileError } from "../compiler/support/error.ts";
import { packageRoot } from "../compiler/support/paths.ts";
import { buildProgram, programs } from "../fixtures/programs.ts";
import { describeMachine, machineLine } from "./machine.ts";
import { measure, type Sample } from "./measure.ts";
import { benchDirectory } from "./programs.ts";
import { type Table, toMarkdown, toText } from "./table.ts";

/** LLVM as a WASI module: the npm package @yowasp/clang, installed by bench/peers/install.sh, or named by WASMAOT_LLVM. */
const llvm =
  process.env.WASMAOT_LLVM ??
  join(packageRoot, "build/bench/peers/node_modules/@yowasp/clang/gen/llvm.core.wasm");
const SUPPORT = "/usr/share/wabt/wasm2c";
const MOST_SECONDS = 3600;

interface Cost extends Sample {
  readonly name: string;
  readonly bytes: number;
}

/** The sum over several steps: times add up, the peak is the largest. */
function total(samples: readonly Sample[]): Sample {
  return {
    wall: samples.reduce((sum, s) => sum + s.wall, 0),
    cpu: samples.reduce((sum, s) => sum + s.cpu, 0),
    peakKiB: Math.max(...samples.map((s) => s.peakKiB)),
    stdout: "",
  };
}

async function ours(file: string, options: readonly string[], directory: string): Promise<Sample> {
  const wasmaot = join(packageRoot, "bin/wasmaot");
  const command = [process.execPath, wasmaot, "build", file, ...options, "-o", join(directory, "program")];
  return measure(command, "time", MOST_SECONDS);
}

async function wasm2c(file: string, directory: string): Promise<Sample | undefined> {
  const tool = which("wasm2c");
  if (tool === undefined || which("gcc") === undefined || !existsSync(SUPPORT)) return undefined;
  const c = join(directory, "m.c");
  const shim = join(benchDirectory, "peers/wasm2c-wasi.c");
  const flags = ["-O2", "-w", `-I${SUPPORT}`, `-I${directory}`];
  return total([
    await measure([tool, "--module-name", "m", file, "-o", c], "time", MOST_SECONDS),
    await measure(
      ["gcc", ...flags, c, shim, `${SUPPORT}/wasm-rt-impl.c`, "-lm", "-o", join(directory, "m")],
      "time",
      MOST_SECONDS,
    ),
  ]);
}

/** The modules to compile: name and file. */
async function modules(filters: readonly string[]): Promise<{ name: string; file: string }[]> {
  const wanted = (name: string): boolean => filters.length === 0 || filters.some((f) => name.includes(f));
  const found: { name: string; file: string }[] = [];
  for (const p of programs) {
    if (!wanted(p.name)) continue;
    const file = await buildProgram(p);
    if (file !== undefined) found.push({ name: p.name, file });
  }
  if (wanted("llvm") && existsSync(llvm)) found.push({ name: "llvm", file: llvm });
  return found.sort((a, b) => statSync(a.file).size - statSync(b.file).size);
}

function row(c: Cost): string[] {
  return [
    c.name,
    String(c.bytes),
    (c.wall / 1000).toFixed(2),
    (c.cpu / 1000).toFixed(2),
    (c.peakKiB / 1024).toFixed(0),
    ((c.cpu * 1000) / c.bytes).toFixed(2),
  ];
}

async function costs(
  list: readonly { name: string; file: string }[],
  options: readonly string[],
  peers: boolean,
): Promise<Cost[]> {
  const done: Cost[] = [];
  const add = (name: string, bytes: number, sample: Sample): void => {
    done.push({ ...sample, name, bytes });
    console.error(row(done[done.length - 1]).join("  "));
  };
  for (const { name, file } of list) {
    const directory = mkdtempSync(join(tmpdir(), "wasmaot-bench-"));
    try {
      const { size } = statSync(file);
      add(name, size, await ours(file, options, directory));
      const peer = peers && basename(file).startsWith("sqlite") ? await wasm2c(file, directory) : undefined;
      if (peer !== undefined) add(`${name}, wasm2c + gcc -O2`, size, peer);
    } finally {
      rmSync(directory, { recursive: true, force: true });
    }
  }
  return done;
}

async function main(): Promise<void> {
  const args = process.argv.slice(2);
  const { values } = parseArgs({
    args: args[0] === "--" ? args.slice(1) : args,
    options: {
      target: { type: "string", default: hostTarget() ?? "x86-64" },
      jobs: { type: "string", default: "2" },
      filter: { type: "string", multiple: true },
      "no-peers": { type: "boolean", default: false },
    },
  });
  const list = await modules(values.filter ?? []);
  if (list.length === 0) throw new CompileError("no module that the filters let through", {}, "usage");
  const options = ["--target", values.target, "--jobs", values.jobs];
  // The first build compiles the runtime, once for all.
  await costs(list.slice(0, 1), options, false);
  const table: Table = {
    title: `Compiling with -O2 for ${values.target}, ${values.jobs} jobs`,
    head: [
      "module",
      "bytes",
      "wall, s",
      "processor, s",
      "peak of one process, MiB",
      "processor, µs per byte",
    ],
    rows: (await costs(list, options, !values["no-peers"])).map(row),
  };
  const machine = machineLine(describeMachine());
  outputFileSync(join(benchDirectory, "results/compile.md"), `${toMarkdown(table)}\n${machine}\n`);
  console.log(`${toText(table)}\n${machine}`);
}

await main();
