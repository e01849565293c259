// `make bench-insns`: executed instructions of the benchmark programs, ours beside gcc -O2 and -O3 builds of the same C sources, for each target
// under qemu. Counts do not depend on what else the machine does. Options: --target T, --filter TEXT, --name NAME, and options of ours.
//
// Rounds are chosen so that gcc -O2's code executes about MILLIONS million instructions; those of a run with no rounds are taken off.
import { join } from "node:path";
import { outputFileSync } from "fs-extra/esm";
import { type Machine, machines, type TargetName } from "../compiler/link/machines.ts";
import { CompileError } from "../compiler/support/error.ts";
import { benchArguments } from "./arguments.ts";
import { buildGcc, buildOurs, countRounds } from "./count.ts";
import { describeMachine, machineLine } from "./machine.ts";
import { geometricMean, median } from "./measure.ts";
import { benchDirectory, findPrograms, type Program } from "./programs.ts";
import { type Table, toMarkdown, toText } from "./table.ts";

const MILLIONS = 10;

interface Row {
  readonly name: string;
  readonly target: TargetName;
  readonly rounds: number;
  readonly gccO2: number;
  readonly gccO3: number;
  readonly ours?: number;
  readonly failure?: string;
}

async function oursOrFailure(
  m: Machine,
  p: Program,
  rounds: number,
  expected: string,
  options: readonly string[],
) {
  try {
    const { total, stdout } = await countRounds(m, await buildOurs(m, p, options), rounds);
    if (stdout !== expected) return { failure: `prints ${stdout}, gcc ${expected}` };
    return { ours: total };
  } catch (error) {
    return { failure: error instanceof Error ? error.message : String(error) };
  }
}

async function measureRow(m: Machine, p: Program, options: readonly string[]): Promise<Row> {
  const o2 = await buildGcc(m, p, "-O2");
  const probe = await countRounds(m, o2, 2);
  const rounds = Math.max(2, Math.round((MILLIONS * 2e6) / Math.max(1, probe.total)));
  const { total: gccO2, stdout } = await countRounds(m, o2, rounds);
  const { total: gccO3 } = await countRounds(m, await buildGcc(m, p, "-O3"), rounds);
  return {
    name: p.name,
    target: m.name,
    rounds,
    gccO2,
    gccO3,
    ...(await oursOrFailure(m, p, rounds, stdout, options)),
  };
}

const ratioText = (a: number | undefined, b: number): string =>
  a === undefined ? "failed" : (a / b).toFixed(2);

function tableOf(rows: readonly Row[], targets: readonly TargetName[]): Table {
  const names = [...new Set(rows.map((r) => r.name))];
  const find = (name: string, target: TargetName) => rows.find((r) => r.name === name && r.target === target);
  const summary = (title: string, of: (v: number[]) => number): string[] => [
    title,
    ...targets.flatMap((t) => {
      const own = rows.filter((r) => r.target === t);
      const ours = own.filter((r) => r.ours !== undefined).map((r) => r.ours! / r.gccO2);
      const value = (v: number[]): string => (v.length === 0 ? "-" : of(v).toFixed(2));
      return [value(ours), value(own.map((r) => r.gccO3 / r.gccO2))];
    }),
  ];
  return {
    title: "Executed instructions, relative to gcc -O2 for the same target",
    head: ["program", ...targets.flatMap((t) => [`${t} ours`, `${t} gcc -O3`])],
    rows: names.map((name) => [
      name,
      ...targets.flatMap((t) => {
        const r = find(name, t);
        return r === undefined ? ["-", "-"] : [ratioText(r.ours, r.gccO2), ratioText(r.gccO3, r.gccO2)];
      }),
    ]),
    foot: [
      summary("geometric mean", geometricMean),
      summary("median", median),
      summary("worst", (v) => Math.max(...v)),
    ],
  };
}

function write(rows: readonly Row[], targets: readonly TargetName[], name: string): string {
  const table = tableOf(rows, targets);
  const failures = rows
    .filter((r) => r.failure !== undefined)
    .map((r) => `${r.name}, ${r.target}: ${r.failure}`);
  const directory = join(benchDirectory, "results");
  const head = [machineLine(describeMachine()), `about ${MILLIONS} million instructions by gcc -O2's code`];
  const text = [...head, "", toText(table), ...failures, ""].join("\n");
  outputFileSync(join(directory, `${name}.txt`), text);
  outputFileSync(
    join(directory, `${name}.md`),
    [...head, "", toMarkdown(table), ...failures.map((f) => `- ${f}`)].join("\n"),
  );
  outputFileSync(
    join(directory, `${name}.json`),
    `${JSON.stringify({ machine: describeMachine(), rows }, undefined, 1)}\n`,
  );
  return text;
}

async function main(): Promise<void> {
  const { targets, filters, name, ours } = benchArguments("insns-run");
  const rows: Row[] = [];
  for (const p of findPrograms(join(benchDirectory, "programs"), filters))
    for (const t of targets) {
      const row = await measureRow(machines[t], p, ours);
      rows.push(row);
      console.error(`${row.name} ${t}: ${ratioText(row.ours, row.gccO2)} ${row.failure ?? ""}`);
    }
  console.log(write(rows, targets, name));
}

main().catch((error) => {
  console.error(error instanceof CompileError ? error.format() : error);
  process.exitCode = 1;
});
