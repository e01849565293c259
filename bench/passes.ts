// What each pass brings: executed instructions of benchmark programs with one pass disabled at a time, relative to all passes (`make bench-passes`).
// Options: --target T (default: this machine's), --filter TEXT. Writes bench/results/passes.md.
import { join } from "node:path";
import { parseArgs } from "node:util";
import { outputFileSync } from "fs-extra/esm";
import { hostTarget, machines, type TargetName } from "../compiler/link/machines.ts";
import { passNames } from "../compiler/opt/passes.ts";
import { buildOurs, countRounds } from "./count.ts";
import { geometricMean } from "./measure.ts";
import { benchDirectory, findPrograms, type Program } from "./programs.ts";
import { type Table, toMarkdown, toText } from "./table.ts";

const ROUNDS = 2;

/** Passes without which nothing can be compiled are no choice. */
const needed = new Set(["place"]);

interface Effect {
  readonly pass: string;
  readonly mean: number;
  readonly worst: string;
  readonly worstRatio: number;
}

async function counts(
  target: TargetName,
  programs: readonly Program[],
  options: readonly string[],
): Promise<number[]> {
  const totals: number[] = [];
  for (const p of programs) {
    const m = machines[target];
    totals.push((await countRounds(m, await buildOurs(m, p, options), ROUNDS)).total);
  }
  return totals;
}

function effectOf(
  pass: string,
  programs: readonly Program[],
  full: readonly number[],
  without: readonly number[],
): Effect {
  const ratios = without.map((n, i) => n / full[i]);
  const worstRatio = Math.max(...ratios);
  return { pass, mean: geometricMean(ratios), worst: programs[ratios.indexOf(worstRatio)].name, worstRatio };
}

async function main(): Promise<void> {
  const args = process.argv.slice(2);
  const { values } = parseArgs({
    args: args[0] === "--" ? args.slice(1) : args,
    options: {
      target: { type: "string", default: hostTarget() },
      filter: { type: "string", multiple: true },
    },
  });
  const target = values.target as TargetName;
  const programs = findPrograms(join(benchDirectory, "programs"), values.filter ?? []);
  const full = await counts(target, programs, []);
  const effects: Effect[] = [];
  for (const pass of passNames) {
    if (needed.has(pass)) continue;
    const without = await counts(target, programs, ["--disable-pass", pass]);
    effects.push(effectOf(pass, programs, full, without));
    console.error(`${pass}: ${effects[effects.length - 1].mean.toFixed(3)}`);
  }
  effects.sort((a, b) => b.mean - a.mean);
  const none = [...passNames].filter((p) => !needed.has(p)).flatMap((p) => ["--disable-pass", p]);
  effects.push(effectOf("all of them", programs, full, await counts(target, programs, none)));
  const table: Table = {
    title: `Executed instructions without one pass, relative to all passes (${target}, ${programs.length} programs)`,
    head: ["without", "geometric mean", "most", "in"],
    rows: effects.map((e) => [e.pass, e.mean.toFixed(3), e.worstRatio.toFixed(2), e.worst]),
  };
  outputFileSync(join(benchDirectory, "results/passes.md"), toMarkdown(table));
  console.log(toText(table));
}

await main();
