// Results as tables: run time relative to the first engine, by program and family; compile time, size, memory and start-up.
import type { Engine } from "./engines.ts";
import { type MachineInfo, machineLine } from "./machine.ts";
import { geometricMean, median } from "./measure.ts";
import type { ProgramResults, Result } from "./run.ts";
import { type Table, toMarkdown, toText } from "./table.ts";
import { workDirectory } from "./workshop.ts";

export interface Report {
  readonly machine: MachineInfo;
  readonly engines: readonly {
    readonly name: string;
    readonly version: string;
    readonly kind: Engine["kind"];
  }[];
  /** What a run was calibrated to, milliseconds, and how often it was measured. */
  readonly milliseconds: number;
  readonly turns: number;
  readonly programs: readonly ProgramResults[];
}

export function resultOf(p: ProgramResults, engine: string): Result | undefined {
  return p.results.find((r) => r.engine === engine);
}

/** The engine that others are compared with: the first that measured anything. */
export function baseline(report: Report): string {
  const measured = (name: string) => report.programs.some((p) => resultOf(p, name)?.run !== undefined);
  return (report.engines.find((e) => measured(e.name)) ?? report.engines[0]).name;
}

/** Run time over the baseline's. */
export function ratio(p: ProgramResults, engine: string, base: string): number | undefined {
  const [own, first] = [resultOf(p, engine)?.run, resultOf(p, base)?.run];
  return own === undefined || first === undefined ? undefined : own / first;
}

export function families(report: Report): string[] {
  return [...new Set(report.programs.map((p) => p.family))];
}

const isNumber = (x: number | undefined): x is number => x !== undefined;

/** Geometric mean of the ratios over programs that `wanted` lets through. */
export function meanRatio(
  report: Report,
  engine: string,
  wanted: (p: ProgramResults) => boolean,
): number | undefined {
  const base = baseline(report);
  const ratios = report.programs
    .filter(wanted)
    .map((p) => ratio(p, engine, base))
    .filter(isNumber);
  return ratios.length === 0 ? undefined : geometricMean(ratios);
}

const shown = (value: number | undefined, digits = 2): string =>
  value === undefined ? "-" : value.toFixed(digits);

function timeTable(report: Report): Table {
  const base = baseline(report);
  const names = report.engines.map((e) => e.name);
  const rows = report.programs.map((p) => [
    p.name,
    shown(resultOf(p, base)?.run, 0),
    ...names.map((n) => (resultOf(p, n)?.failure !== undefined ? "failed" : shown(ratio(p, n, base)))),
  ]);
  const summary = (title: string, of: (ratios: number[]) => number): string[] => [
    title,
    "",
    ...names.map((n) => {
      const ratios = report.programs.map((p) => ratio(p, n, base)).filter(isNumber);
      return ratios.length === 0 ? "-" : of(ratios).toFixed(2);
    }),
  ];
  const byFamily = families(report).map((family) => [
    family,
    "",
    ...names.map((n) => shown(meanRatio(report, n, (p) => p.family === family))),
  ]);
  return {
    title: `Run time, relative to ${base} (its own in ms)`,
    head: ["program", "ms", ...names],
    rows,
    foot: [
      ...byFamily,
      summary("geometric mean", geometricMean),
      summary("median", median),
      summary("worst", (r) => Math.max(...r)),
    ],
  };
}

function costTable(report: Report): Table {
  const middle = (name: string, of: (r: Result) => number | undefined): number | undefined => {
    const values = report.programs
      .map((p) => resultOf(p, name))
      .filter((r) => r !== undefined)
      .map(of)
      .filter(isNumber);
    return values.length === 0 ? undefined : median(values);
  };
  const rows = report.engines.map(({ name }) => [
    name,
    shown(
      middle(name, (r) => r.compile),
      0,
    ),
    shown(middle(name, (r) => r.start)),
    shown(
      middle(name, (r) => r.peakKiB),
      0,
    ),
    shown(
      middle(name, (r) => r.bytes),
      0,
    ),
    shown(
      middle(name, (r) => r.textBytes),
      0,
    ),
  ]);
  return {
    title: "Other costs, medians over the programs",
    head: ["engine", "compile ms", "start-up ms", "peak KiB", "file bytes", "code bytes"],
    rows,
  };
}

/** One line for each engine and reason, with the programs it holds for. */
function failureLines(report: Report): string[] {
  const programs = new Map<string, string[]>();
  for (const p of report.programs)
    for (const { engine, failure } of p.results) {
      if (failure === undefined) continue;
      const reason = `${engine}: ${failure.replaceAll(`${workDirectory}/`, "")}`;
      programs.set(reason, [...(programs.get(reason) ?? []), p.name]);
    }
  return [...programs].map(([reason, names]) => `${reason} (${names.join(", ")})`);
}

function heading(report: Report): string[] {
  return [
    machineLine(report.machine),
    `runs calibrated to about ${report.milliseconds} ms, ${report.turns} turns, medians`,
    ...report.engines.filter((e) => e.version !== "").map((e) => `${e.name}: ${e.version}`),
  ];
}

export function textReport(report: Report): string {
  const failures = failureLines(report);
  return [
    ...heading(report),
    "",
    toText(timeTable(report)),
    toText(costTable(report)),
    ...(failures.length === 0 ? [] : ["Failures:", ...failures, ""]),
  ].join("\n");
}

export function markdownReport(report: Report): string {
  const failures = failureLines(report);
  return [
    "# Benchmark results",
    "",
    ...heading(report).map((l) => `- ${l}`),
    "",
    toMarkdown(timeTable(report)),
    toMarkdown(costTable(report)),
    ...(failures.length === 0 ? [] : ["### Failures", "", ...failures.map((f) => `- ${f}`), ""]),
  ].join("\n");
}
