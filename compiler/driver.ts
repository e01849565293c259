// The whole pipeline on one screen:
//
//   files -> decode, bind, lay out (program.ts) -> per part, on threads: validate, translate, optimize, lower, allocate, emit
//   (compile/) -> assembly files -> assemblers as parts are ready -> descriptors (codegen/descriptor.ts) -> link with the runtime (link/)
//
// Invariants: the same input and options give the same bytes, whatever the job count, directory or locale. The output appears complete or not at
// all (output.ts); temporary files are gone when `build` ends, however it ends.
import { mkdirSync, mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { loadTarget } from "../targets/index.ts";
import { type CompiledPart, partFileName } from "./compile/compile-part.ts";
import { writeDescriptors } from "./compile/descriptors.ts";
import { divide } from "./compile/parts.ts";
import { compileParts } from "./compile/pool.ts";
import { concatenate, onTermination, readInputs } from "./files.ts";
import { assemble, linkExecutable, linkRelocatable } from "./link/link.ts";
import { machines } from "./link/machines.ts";
import { runtimeObjects } from "./link/runtime.ts";
import { findToolchain, type Toolchain } from "./link/toolchain.ts";
import type { BuildOptions } from "./options.ts";
import { prepareOutput } from "./output.ts";
import { makeProgram, type Program } from "./program.ts";
import { Lanes } from "./support/concurrency.ts";
import { CompileError, systemError } from "./support/error.ts";
import { validateModuleFields } from "./wasm/validate.ts";

export interface BuildResult {
  readonly functions: number;
  /** Size of the output. */
  readonly bytes: number;
  readonly toolchain: string;
  /** Milliseconds by phase; compile phases (with --time-passes) are summed over threads. */
  readonly phases: Readonly<Record<string, number>>;
  /** What the passes counted (--stats). */
  readonly counts: Readonly<Record<string, number>>;
  /** What users should know: functions that got less than was asked for. */
  readonly notes: readonly string[];
}

/** Builds `options.output`. Throws CompileError; then no output exists. */
export async function build(options: BuildOptions): Promise<BuildResult> {
  const directory = workDirectory(options);
  let partial: string | undefined;
  const clean = (): void => {
    if (options.saveTemps === undefined) rmSync(directory, { recursive: true, force: true });
    if (partial !== undefined) rmSync(partial, { force: true });
  };
  const forget = onTermination(clean);
  try {
    const output = prepareOutput(options.output, directory);
    partial = output.partial;
    const result = await buildInto(options, directory, output.partial);
    const { size: bytes } = statSync(output.partial);
    await output.finish();
    return { ...result, bytes };
  } catch (error) {
    throw systemError(error);
  } finally {
    forget();
    clean();
  }
}

function workDirectory(options: BuildOptions): string {
  try {
    if (options.saveTemps === undefined) return mkdtempSync(join(tmpdir(), "wasmaot-"));
    mkdirSync(options.saveTemps, { recursive: true });
    return resolve(options.saveTemps);
  } catch (error) {
    throw systemError(error);
  }
}

async function buildInto(
  options: BuildOptions,
  directory: string,
  output: string,
): Promise<Omit<BuildResult, "bytes">> {
  const phases: Record<string, number> = {};
  const timed = async <T>(phase: string, work: () => T | Promise<T>): Promise<T> => {
    const start = performance.now();
    const result = await work();
    phases[phase] = performance.now() - start;
    return result;
  };

  const machine = machines[options.target];
  const text = options.emit === "asm" || options.emit === "ir";
  // The tools are asked who they are while the module is read.
  const finding = text ? undefined : findToolchain(machine, options.cc);
  finding?.catch(() => {}); // Awaited below, once the module is known to be good.
  options.progress("reading");
  const inputs = await timed("read", () => readInputs(options));
  const program = await timed("decode", () => {
    const made = makeProgram(inputs, options.code);
    for (const { env } of made.modules) validateModuleFields(env.module);
    checkEntry(made, options);
    return made;
  });
  const target = await timed("load target", () => loadTarget(options.target));
  const parts = divide(program);
  const toolchain = await timed("find tools", () => finding);
  const lanes = new Lanes(options.jobs);
  const assembled: Promise<void>[] = [];
  const assembleLater = (file: string): void => {
    if (toolchain === undefined) return;
    const work = lanes.run(() => assemble(toolchain, machine, directory, file, objectName(file)));
    work.catch(() => {}); // Awaited below; a failure meanwhile must not end the process.
    assembled.push(work);
  };

  let done = 0;
  const compiled = await timed("compile", () =>
    compileParts({
      inputs,
      program,
      target,
      options: options.code,
      partCount: parts.length,
      directory,
      jobs: options.jobs,
      onPart: (part: CompiledPart) => {
        options.progress("compiling", ++done / parts.length);
        assembleLater(partFileName(part.number));
      },
    }),
  );

  const partFiles = parts.map((p) => partFileName(p.number));
  const wrapping = await timed("describe", () =>
    writeDescriptors({ program, parts, compiled: compiled.parts, options, directory, inlineData: text }),
  );
  const files = options.emit === "ir" ? partFiles : [wrapping.first, ...partFiles, wrapping.last];
  if (toolchain === undefined) {
    await timed("write", () => concatenate(directory, files, output));
  } else {
    assembleLater(wrapping.first);
    assembleLater(wrapping.last);
    options.progress("assembling");
    await timed("assemble", () => Promise.all(assembled));
    options.progress("linking");
    await timed("link", () => link(options, toolchain, directory, files.map(objectName), output));
  }
  return {
    functions: program.modules.reduce(
      (n, m) => n + m.env.module.functions.length - m.env.module.importedFunctionCount,
      0,
    ),
    toolchain: toolchain?.identity ?? "",
    phases: { ...phases, ...compiled.phases },
    counts: sumCounts(compiled.parts),
    notes: compiled.parts.flatMap((p) => p.notes),
  };
}

function sumCounts(parts: readonly CompiledPart[]): Record<string, number> {
  const sums: Record<string, number> = {};
  for (const { counts } of parts)
    for (const [what, n] of Object.entries(counts)) sums[what] = (sums[what] ?? 0) + n;
  return sums;
}

function objectName(file: string): string {
  return file.replace(/\.s$/, ".o");
}

async function link(
  options: BuildOptions,
  toolchain: Toolchain,
  directory: string,
  objects: readonly string[],
  output: string,
): Promise<void> {
  const machine = machines[options.target];
  if (options.emit === "obj") return linkRelocatable(toolchain, machine, directory, objects, output);
  const runtime = await runtimeObjects(machine, toolchain, options.jobs, () =>
    options.progress(`compiling the runtime for ${machine.name}`),
  );
  const { pie, debug: keepSymbols } = options;
  await linkExecutable(toolchain, machine, { directory, objects, runtime, output, pie, keepSymbols });
}

/** An executable needs something to call. */
function checkEntry(program: Program, options: BuildOptions): void {
  if (options.emit === "obj") return;
  const { module } = program.modules[program.modules.length - 1].env;
  const entry = module.exports.find((e) => e.name === options.entry && e.kind === 0);
  if (entry !== undefined) return;
  throw new CompileError(
    `no exported function "${options.entry}" to start with: build the module as a WASI command, or name another export with --entry`,
    { file: module.file || undefined },
  );
}
