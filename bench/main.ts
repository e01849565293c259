// The benchmark as one function: find programs and engines, measure, write bench/results/<name>.{txt,md,json,svg,html}.
import { join } from "node:path";
import { outputFileSync } from "fs-extra/esm";
import { CompileError } from "../compiler/support/error.ts";
import { type EngineOptions, findEngines } from "./engines.ts";
import { describeMachine } from "./machine.ts";
import { familyChart, htmlReport } from "./plot.ts";
import { findPrograms, type Program } from "./programs.ts";
import { markdownReport, type Report, ratio, textReport } from "./report.ts";
import { type ProgramResults, runProgram } from "./run.ts";

export interface BenchOptions extends EngineOptions {
  /** A directory of C programs or modules, or one of them. */
  readonly path: string;
  readonly filters: readonly string[];
  /** Engines by a part of their name; empty: all. */
  readonly engines: readonly string[];
  readonly args: readonly string[];
  readonly milliseconds: number;
  readonly turns: number;
  /** Where reports go, and the name of this one. */
  readonly results: string;
  readonly name: string;
  progress(what: string, fraction?: number): void;
  /** A line as each program is done. */
  line(text: string): void;
}

function programLine(p: ProgramResults): string {
  const base = p.results.find((r) => r.run !== undefined)?.engine ?? "";
  const parts = p.results.map((r) => {
    const value = ratio(p, r.engine, base);
    return `${r.engine} ${value === undefined ? (r.failure === undefined ? "-" : "failed") : value.toFixed(2)}`;
  });
  return `${p.name} (${p.rounds} rounds): ${parts.join(", ")}`;
}

/** One program of each family, then the next of each: a run that is cut short has seen all families. */
function inTurns(programs: readonly Program[]): Program[] {
  const place = (p: Program): number => programs.filter((o) => o.family === p.family).indexOf(p);
  return programs
    .map((p) => ({ p, at: place(p) }))
    .sort((a, b) => a.at - b.at)
    .map(({ p }) => p);
}

/** Measures and writes the reports. Returns their text. Throws CompileError when nothing can be measured. */
export async function bench(options: BenchOptions): Promise<string> {
  const programs = inTurns(findPrograms(options.path, options.filters, options.args));
  const all = await findEngines(options);
  const engines = all.filter(
    (e) => options.engines.length === 0 || options.engines.some((n) => e.name.includes(n)),
  );
  if (engines.length === 0)
    throw new CompileError(`no such engine; here are ${all.map((e) => e.name).join(", ")}`, {}, "usage");
  const { milliseconds, turns } = options;
  const done: ProgramResults[] = [];
  const machine = describeMachine();
  const report: Report = {
    machine,
    engines: engines.map(({ name, version, kind }) => ({ name, version, kind })),
    milliseconds,
    turns,
    programs: done,
  };
  for (const p of programs) {
    const at = done.length / programs.length;
    const progress = (what: string) => options.progress(what, at);
    const result = await runProgram(p, engines, { milliseconds, turns, progress });
    done.push(result);
    done.sort((a, b) => (a.name < b.name ? -1 : 1));
    options.line(programLine(result));
    // Long runs may be cut short: what is measured so far is written each time.
    writeReports(report, options.results, options.name);
  }
  return textReport(report);
}

function writeReports(report: Report, directory: string, name: string): void {
  const write = (extension: string, text: string): void =>
    outputFileSync(join(directory, `${name}.${extension}`), text);
  write("txt", textReport(report));
  write("md", markdownReport(report));
  write("json", `${JSON.stringify(report, undefined, 1)}\n`);
  write("svg", familyChart(report));
  write("html", htmlReport(report));
}
