// Measuring programs under engines. For each program: build everywhere; find the number of rounds that takes the wanted time with the first
// engine that works; then run all engines in turns, several times, each with those rounds and with none. The run time of a turn is the difference,
// and so excludes start-up (process, and compiling in engines that compile when they run). Medians over the turns are reported.
import { CompileError } from "../compiler/support/error.ts";
import type { Built, Engine } from "./engines.ts";
import { measure, median, type Sample, timeOf } from "./measure.ts";
import type { Program } from "./programs.ts";
import { textBytes } from "./workshop.ts";

export interface RunOptions {
  /** Wanted time of a run with the first engine, milliseconds. */
  readonly milliseconds: number;
  readonly turns: number;
  progress(what: string, fraction: number): void;
}

export interface Result {
  readonly engine: string;
  /** Why there is no measurement. */
  readonly failure?: string;
  /** Milliseconds: run, start-up by the clock, compiling. */
  readonly run?: number;
  readonly start?: number;
  readonly compile?: number;
  readonly peakKiB?: number;
  readonly bytes?: number;
  readonly textBytes?: number;
  /** Run times of the turns. */
  readonly samples?: readonly number[];
}

export interface ProgramResults {
  readonly name: string;
  readonly family: string;
  readonly rounds: number;
  readonly results: readonly Result[];
}

interface Contender {
  readonly engine: Engine;
  readonly built: Built;
  readonly samples: number[];
  readonly starts: number[];
  failure?: string;
}

const message = (error: unknown): string => (error instanceof Error ? error.message : String(error));

async function buildAll(p: Program, engines: readonly Engine[]) {
  const contenders: Contender[] = [];
  const failures: Result[] = [];
  for (const engine of engines) {
    try {
      const built = await engine.build(p);
      if (built !== undefined) contenders.push({ engine, built, samples: [], starts: [] });
    } catch (error) {
      failures.push({ engine: engine.name, failure: message(error) });
    }
  }
  return { contenders, failures };
}

/** Rounds that take about the wanted time, by doubling until a run is long enough to tell. */
async function calibrate(command: readonly string[], milliseconds: number): Promise<number> {
  const idle = timeOf(await measure([...command, "0"]));
  for (let rounds = 8; ; rounds *= 4) {
    const time = timeOf(await measure([...command, String(rounds)])) - idle;
    if (time >= milliseconds / 6 || rounds > 1e8)
      return Math.max(1, Math.round((rounds * milliseconds) / Math.max(time, 0.1)));
  }
}

interface Runs {
  full: Sample;
  idle: Sample | undefined;
}

async function turn(c: Contender, p: Program, rounds: number): Promise<Runs> {
  const { command } = c.built;
  if (p.module !== undefined) return { full: await measure([...command, ...p.args]), idle: undefined };
  const full = await measure([...command, String(rounds)]);
  return { full, idle: await measure([...command, "0"]) };
}

/** Measures one program under all engines. */
export async function runProgram(
  p: Program,
  engines: readonly Engine[],
  options: RunOptions,
): Promise<ProgramResults> {
  const { contenders, failures } = await buildAll(p, engines);
  const first = contenders[0];
  const calibrated = p.module === undefined && first !== undefined;
  const rounds = calibrated ? await calibrate(first.built.command, options.milliseconds) : 0;
  let expected: string | undefined;
  for (let t = 0; t < options.turns; t++)
    for (const c of contenders) {
      if (c.failure !== undefined) continue;
      options.progress(`${p.name}: ${c.engine.name}`, t / options.turns);
      try {
        const { full, idle } = await turn(c, p, rounds);
        expected ??= full.stdout;
        if (full.stdout !== expected)
          throw new CompileError(
            `prints ${JSON.stringify(full.stdout.trim().slice(0, 60))}, ${first.engine.name} ${JSON.stringify(expected.trim().slice(0, 60))}`,
          );
        c.samples.push(Math.max(0.001, timeOf(full) - (idle === undefined ? 0 : timeOf(idle))));
        if (idle !== undefined) c.starts.push(idle.wall);
      } catch (error) {
        c.failure = message(error);
      }
    }
  const results = [...failures];
  for (const c of contenders) results.push(await resultOf(c, p, rounds));
  return { name: p.name, family: p.family, rounds, results };
}

async function resultOf(c: Contender, p: Program, rounds: number): Promise<Result> {
  const { engine, built, failure } = c;
  if (failure !== undefined) return { engine: engine.name, failure };
  const args = p.module === undefined ? [String(rounds)] : p.args;
  const { peakKiB } = await measure([...built.command, ...args], "memory");
  return {
    engine: engine.name,
    run: median(c.samples),
    start: c.starts.length > 0 ? median(c.starts) : undefined,
    compile: built.compileMilliseconds,
    peakKiB,
    bytes: built.bytes,
    textBytes: built.elf === undefined ? undefined : await textBytes(built.elf),
    samples: c.samples,
  };
}
