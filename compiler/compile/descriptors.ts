// The two assembly files around the compiled parts: the first opens the text with the frame table and holds all descriptors; the last
// closes the text and records how the program was made.
import { closeSync, openSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Assembly, bytesDirectives } from "../codegen/assembly.ts";
import {
  adapterSymbol,
  dataFileName,
  dataRange,
  type Frame,
  INLINE_DATA_LIMIT,
  initSymbol,
  trapSymbol,
  writeCodeTable,
  writeFrames,
  writeModule,
  writeProgram,
} from "../codegen/descriptor.ts";
import * as rt from "../codegen/rt.ts";
import { TrapCode } from "../ir/types.ts";
import type { BuildOptions } from "../options.ts";
import type { Program } from "../program.ts";
import { dispatchTables, NULL_ENTRY, OTHER_TYPE } from "../translate/dispatch.ts";
import type { Environment } from "../translate/environment.ts";
import { scanModule } from "../translate/facts.ts";
import type { CompiledPart } from "./compile-part.ts";
import { buildRecord, NOTE_NAME, NOTE_SECTION } from "./note.ts";
import { adapterTypes, type Item, type Part } from "./parts.ts";

export interface DescriptorJob {
  readonly program: Program;
  readonly parts: readonly Part[];
  readonly compiled: readonly CompiledPart[];
  readonly options: BuildOptions;
  readonly directory: string;
  /** Write data segments as directives whatever their size. */
  readonly inlineData: boolean;
}

function frameOf(program: Program, item: Item, frameSize: number): Frame {
  const { env } = program.modules[item.module];
  if (item.kind === "adapter")
    return { symbol: adapterSymbol(item.index), frameSize, name: "", index: rt.FRAME_GENERATED };
  if (item.kind === "trap")
    return { symbol: trapSymbol(item.index), frameSize, name: "", index: rt.FRAME_GENERATED };
  if (item.kind === "init")
    return { symbol: initSymbol(env.number), frameSize, name: "", index: rt.FRAME_GENERATED };
  const { module } = env;
  const name = module.functionNames[item.index] ?? exportName(program, item) ?? "";
  return { symbol: env.symbols.names[item.index], frameSize, name, index: item.index };
}

const exportNames = new WeakMap<Program, Map<number, string>[]>();

/** Name under which a function without a name is exported. */
function exportName(program: Program, item: Item): string | undefined {
  let maps = exportNames.get(program);
  if (maps === undefined) {
    maps = program.modules.map(
      ({ env }) => new Map(env.module.exports.filter((e) => e.kind === 0).map((e) => [e.index, e.name])),
    );
    exportNames.set(program, maps);
  }
  return maps[item.module].get(item.index);
}

function* frames(job: DescriptorJob): Generator<Frame> {
  for (const part of job.parts) {
    const { frameSizes } = job.compiled[part.number];
    for (let i = 0; i < part.items.length; i++) yield frameOf(job.program, part.items[i], frameSizes[i]);
  }
}

function programFlags(o: BuildOptions): number {
  return (
    (o.noEnvGrants ? rt.programFlags.noEnvGrants : 0) |
    (o.code.deterministic ? rt.programFlags.deterministic : 0) |
    (o.harden === "off" ? rt.programFlags.hardenOff : 0) |
    (o.harden === "require" ? rt.programFlags.hardenRequire : 0)
  );
}

/** Writes both files into the job's directory and returns their names. */
export function writeDescriptors(job: DescriptorJob): { first: string; last: string } {
  const { directory } = job;
  const names = { first: "program.s", last: "end.s" };
  const first = openSync(join(directory, names.first), "w");
  try {
    writeFirst(job, new Assembly((text) => writeFileSync(first, text)));
  } finally {
    closeSync(first);
  }
  let text = "";
  writeLast(job, new Assembly((piece) => (text += piece)));
  writeFileSync(join(directory, names.last), text);
  return names;
}

function writeFirst(job: DescriptorJob, a: Assembly): void {
  const { program, options, directory } = job;
  const table = writeFrames(a, frames(job));
  for (const { name, env } of program.modules) {
    const { start, end } = dataRange(env.module);
    const apart = !job.inlineData && end - start > INLINE_DATA_LIMIT;
    if (apart)
      writeFileSync(join(directory, dataFileName(env.number)), env.module.bytes.subarray(start, end));
    writeModule(a, env, name, apart ? dataFileName(env.number) : undefined);
    for (const { symbol, entries } of dispatchTables(env, scanModule(env.module)))
      writeCodeTable(a, env.symbols.names[symbol], codesOf(env, entries));
  }
  writeProgram(
    a,
    {
      modules: program.modules.map(({ name, env }) => ({ number: env.number, name })),
      types: program.types,
      adapters: adapterTypes(program),
      grants: options.grants,
      flags: programFlags(options),
      maxFiles: options.maxFiles,
      maxMemory: options.maxMemory,
      stackSize: options.stackSize,
      features: options.requiredFeatures,
      entry: options.entry,
      hostImports: program.hostImports,
    },
    table,
  );
  writeEnd(a);
}

/** Symbols of the entries of a dispatch table. */
function codesOf(env: Environment, entries: Int32Array): string[] {
  return Array.from(entries, (f) => {
    if (f === NULL_ENTRY) return trapSymbol(TrapCode.UninitializedElement);
    return f === OTHER_TYPE ? trapSymbol(TrapCode.IndirectCallMismatch) : env.symbols.names[f];
  });
}

function writeLast(job: DescriptorJob, a: Assembly): void {
  a.section("text");
  a.define("wasmaot_text_end", 0);
  const record = Buffer.from(`${JSON.stringify(buildRecord(job.program, job.options))}\0`, "utf8");
  a.line(`.section ${NOTE_SECTION},"a",%note`);
  a.line(".p2align 2");
  a.line(`.long ${NOTE_NAME.length + 1}, ${record.length}, 1`);
  a.line(`.asciz "${NOTE_NAME}"`);
  a.line(".p2align 2");
  bytesDirectives(record, (text) => a.raw(text));
  a.line(".p2align 2");
  writeEnd(a);
}

function writeEnd(a: Assembly): void {
  a.line('.section .note.GNU-stack,"",%progbits');
  a.flush();
}
