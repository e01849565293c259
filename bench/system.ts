// What calls to the system cost beside the native program: npx vite-node bench/system.ts -- [--turns N] [--save NAME]
//
// bench/system/calls.c natively (clang -O3, the C library of the machine) and through WebAssembly by us, with and without hardening, in turns; of each line
// the least of all turns counts, so that other work of the machine hardly shows.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { execa } from "execa";
import { outputFileSync } from "fs-extra/esm";
import { which } from "../compiler/link/exec.ts";
import { CompileError } from "../compiler/support/error.ts";
import { packageRoot } from "../compiler/support/paths.ts";
import { buildModule } from "./engines.ts";
import { describeMachine, machineLine } from "./machine.ts";
import { benchDirectory, findPrograms } from "./programs.ts";
import { type Table, toText } from "./table.ts";
import { make } from "./workshop.ts";

interface Contender {
  readonly name: string;
  readonly file: string;
  readonly best: Map<string, number>;
}

const source = join(benchDirectory, "system/calls.c");

async function buildContenders(directory: string): Promise<Contender[]> {
  const clang = which("clang-19") ?? "clang";
  const native = await make({
    steps: [[clang, "-O3", source, "-o", "@"]],
    inputs: [source],
    identity: "",
  });
  const module = await buildModule(findPrograms(source, [])[0], false);
  const list = [{ name: "native", file: native.file, best: new Map<string, number>() }];
  for (const harden of ["off", "on"]) {
    const file = join(directory, harden);
    const flags = ["--dir", ".", "--harden", harden, "-o", file];
    await execa(join(packageRoot, "bin/wasmaot"), ["build", module.file, ...flags]);
    list.push({ name: `--harden=${harden}`, file, best: new Map() });
  }
  return list;
}

async function runOnce(c: Contender, directory: string): Promise<void> {
  const cwd = mkdtempSync(join(directory, "run-"));
  const { stdout } = await execa(c.file, [], { cwd });
  for (const line of stdout.split("\n")) {
    const [what, value] = line.split("\t");
    c.best.set(what, Math.min(c.best.get(what) ?? Number.POSITIVE_INFINITY, Number(value)));
  }
}

function tableOf(contenders: readonly Contender[]): Table {
  const [native, ...ours] = contenders;
  const rows = [...native.best].map(([what, base]) => [
    what,
    base.toFixed(1),
    ...ours.flatMap(({ best }) => [best.get(what)!.toFixed(1), (best.get(what)! / base).toFixed(2)]),
  ]);
  return {
    title: `Nanoseconds a call: ${machineLine(describeMachine())}`,
    head: ["", native.name, ...ours.flatMap((c) => [c.name, "times"])],
    rows,
  };
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    args: process.argv.slice(2).filter((a) => a !== "--"),
    options: { turns: { type: "string", default: "3" }, save: { type: "string" } },
  });
  const turns = Number(values.turns);
  if (!(turns > 0)) throw new CompileError("--turns takes a number from 1 on", {}, "usage");
  const directory = mkdtempSync(join(tmpdir(), "wasmaot-system-"));
  try {
    const contenders = await buildContenders(directory);
    for (let i = 0; i < turns; i++) for (const c of contenders) await runOnce(c, directory);
    const text = toText(tableOf(contenders));
    console.log(text);
    if (values.save === undefined) return;
    outputFileSync(join(benchDirectory, "results", `${values.save}.txt`), text);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message.split("\n")[0] : String(error));
  process.exitCode = 1;
});
