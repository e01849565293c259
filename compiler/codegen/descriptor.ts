// Module and program descriptors (rt_module, rt_program and all they point to) as assembler data.
//
// Invariants:
// - Structures are written through the layouts of structs.ts only.
// - The frame table stands at wasmaot_text_start inside the text section: distances between functions of different object files
//   can then be written as pc-relative words on every target.
// - Nothing depends on paths or time: a large data image is included by a name relative to the directory of the assembly file.
import type { Environment } from "../translate/environment.ts";
import {
  type ConstExpr,
  ExternalKind,
  type Import,
  type Limits,
  type Module,
  type ValueType,
} from "../wasm/module.ts";
import { type Assembly, bytesDirectives } from "./assembly.ts";
import * as rt from "./rt.ts";
import {
  rtAdapter,
  rtDataSegment,
  rtElementSegment,
  rtExport,
  rtFrameEntry,
  rtFunc,
  rtGrant,
  rtImport,
  rtMemoryDef,
  rtModule,
  rtProgram,
  rtTableDef,
} from "./structs.ts";

/** Above this many bytes a module's data segments go to a file of their own, included by the assembler. */
export const INLINE_DATA_LIMIT = 64 * 1024;

/** Name of the file with the bytes of module `number`, from dataRange(m).start to its end. */
export function dataFileName(number: number): string {
  return `data${number}.bin`;
}

/** The part of the module's bytes that holds all data segments. */
export function dataRange(m: Module): { start: number; end: number } {
  if (m.datas.length === 0) return { start: 0, end: 0 };
  return { start: m.datas[0].start, end: m.datas[m.datas.length - 1].end };
}

export function instanceSymbol(number: number): string {
  return `wasmaot_instance_${number}`;
}
export function initSymbol(number: number): string {
  return `wasmaot_init_${number}`;
}
export function adapterSymbol(typeId: number): string {
  return `wasmaot_adapter_${typeId}`;
}
/** Code that does nothing but trap, for tables of code addresses. */
export function trapSymbol(code: number): string {
  return `wasmaot_trap_${code}`;
}
function moduleSymbol(number: number): string {
  return `wasmaot_module_${number}`;
}

/** An array object: its label, or 0 when it is empty. */
function array<T>(
  a: Assembly,
  items: readonly T[],
  write: (item: T, index: number) => void,
): string | number {
  if (items.length === 0) return 0;
  const label = a.local();
  items.forEach(write);
  return label;
}

const NO_LIMIT = -1;

function maximum(limits: Limits): number {
  return limits.max ?? NO_LIMIT;
}

function memoryFlags(env: Environment): number {
  return env.bounds === "explicit" ? rt.memoryFlags.explicit : 0;
}

function writeFunctionRecords(a: Assembly, env: Environment): void {
  const { module: m, layout } = env;
  a.section("relro");
  a.define(env.symbols.names[env.symbols.functionRecords]);
  for (let i = 0; i < m.functions.length; i++) {
    if (layout.records[i] < 0) continue;
    a.struct(rtFunc, {
      code: env.symbols.names[env.symbols.function(i)],
      instance: env.instance === "static" ? instanceSymbol(env.number) : 0,
      type_id: env.typeIds[m.functions[i].typeIndex],
      index: i,
    });
  }
}

function isSlotImport(env: Environment, i: Import): boolean {
  return i.kind !== ExternalKind.Function || env.bindings[i.index].kind === "slot";
}

function writeImports(a: Assembly, env: Environment): { label: string | number; count: number } {
  const { module: m, layout } = env;
  const list = m.imports.filter((i) => isSlotImport(env, i));
  const label = array(a, list, (i) => {
    const base = { module: a.string(i.module), name: a.string(i.name), kind: i.kind, index: i.index };
    const none = { min: 0, max: NO_LIMIT };
    switch (i.kind) {
      case ExternalKind.Function:
        a.struct(rtImport, {
          ...base,
          ...none,
          slot: layout.functionSlots + 8 * i.index,
          type: env.typeIds[m.functions[i.index].typeIndex],
        });
        return;
      case ExternalKind.Table: {
        const t = m.tables[i.index];
        const slot = layout.tables + 8 * i.index;
        a.struct(rtImport, { ...base, slot, type: t.element, min: t.limits.min, max: maximum(t.limits) });
        return;
      }
      case ExternalKind.Memory: {
        const { limits } = m.memories[i.index];
        const slot = layout.memories + 8 * i.index;
        a.struct(rtImport, { ...base, slot, type: 0, min: limits.min, max: maximum(limits) });
        return;
      }
      default:
        a.struct(rtImport, {
          ...base,
          ...none,
          slot: layout.globals[i.index],
          type: globalTypeWord(m.globals[i.index]),
        });
    }
  });
  return { label, count: list.length };
}

function globalTypeWord(g: { type: ValueType; mutable: boolean }): number {
  return g.type | (g.mutable ? rt.MUTABLE : 0);
}

function writeExports(a: Assembly, env: Environment): string | number {
  const { module: m, layout } = env;
  return array(a, m.exports, (e) => {
    const base = {
      name: a.string(e.name),
      kind: e.kind,
      index: e.index,
      type: 0,
      offset: 0,
      flags: 0,
      record: 0,
    };
    switch (e.kind) {
      case ExternalKind.Function: {
        const type = env.typeIds[m.functions[e.index].typeIndex];
        const record = layout.records[e.index];
        if (record >= 0) a.struct(rtExport, { ...base, type, record });
        else
          a.struct(rtExport, {
            ...base,
            type,
            flags: rt.EXPORT_INDIRECT,
            record: layout.functionSlots + 8 * e.index,
          });
        return;
      }
      case ExternalKind.Table:
        a.struct(rtExport, { ...base, type: m.tables[e.index].element, offset: e.index });
        return;
      case ExternalKind.Memory:
        a.struct(rtExport, { ...base, offset: e.index });
        return;
      default: {
        const g = m.globals[e.index];
        const flags = g.imported === undefined ? 0 : rt.EXPORT_INDIRECT;
        a.struct(rtExport, { ...base, type: globalTypeWord(g), offset: layout.globals[e.index], flags });
      }
    }
  });
}

/** The number that stands for an element expression (rt_element_segment). */
function elementItem(env: Environment, e: ConstExpr): number {
  const step = e[0];
  if (step.op === "func") {
    const record = env.layout.records[step.index];
    return record >= 0 ? record : rt.element.import + step.index;
  }
  if (step.op === "global") return -2 - step.index;
  return rt.element.null;
}

function writeElements(a: Assembly, env: Environment): string | number {
  const { elements } = env.module;
  if (elements.length === 0) return 0;
  a.section("rodata");
  const items = elements.map((segment) => {
    if (segment.items.length === 0) return 0;
    const label = a.local();
    for (const e of segment.items) a.line(`.long ${elementItem(env, e)}`);
    return label;
  });
  a.section("relro");
  return array(a, elements, (segment, i) =>
    a.struct(rtElementSegment, { items: items[i], length: segment.items.length }),
  );
}

/** Data segments; `dataFile`: name of the file with their bytes, or undefined to write them here. */
function writeDatas(a: Assembly, m: Module, dataFile: string | undefined): string | number {
  if (m.datas.length === 0) return 0;
  a.section("rodata");
  const { start, end } = dataRange(m);
  const image = a.local(4);
  if (dataFile !== undefined) a.line(`.incbin "${dataFile}"`);
  else bytesDirectives(m.bytes.subarray(start, end), (text) => a.raw(text));
  a.section("relro");
  return array(a, m.datas, (d) =>
    a.struct(rtDataSegment, { bytes: `${image}+${d.start - start}`, length: d.end - d.start }),
  );
}

function writeDefinitions(a: Assembly, env: Environment) {
  const { module: m, layout } = env;
  a.section("rodata");
  const memories = m.memories.flatMap((x, i) =>
    x.imported ? [] : [{ limits: x.limits, offset: layout.memoryDescriptors[i] }],
  );
  const tables = m.tables.flatMap((x, i) =>
    x.imported ? [] : [{ limits: x.limits, offset: layout.tableDescriptors[i], type: x.element }],
  );
  const memoryDefs = array(a, memories, ({ limits, offset }) =>
    a.struct(rtMemoryDef, {
      min_pages: limits.min,
      max_pages: maximum(limits),
      flags: memoryFlags(env),
      offset,
    }),
  );
  const tableDefs = array(a, tables, ({ limits, offset, type }) =>
    a.struct(rtTableDef, { min: limits.min, max: maximum(limits), type, offset }),
  );
  const globalOffsets = array(a, m.globals, (g, i) =>
    a.line(`.long ${layout.globals[i] + (g.imported === undefined ? 0 : 1)}`),
  );
  return { memoryDefs, memoryCount: memories.length, tableDefs, tableCount: tables.length, globalOffsets };
}

/** Writes a table of code addresses, given by symbols. */
export function writeCodeTable(a: Assembly, symbol: string, codes: readonly string[]): void {
  a.section("relro");
  a.define(symbol);
  for (const code of codes) a.line(`.quad ${code}`);
}

/** Writes `wasmaot_module_<n>` and everything it points to. `name` is for messages. */
export function writeModule(a: Assembly, env: Environment, name: string, dataFile: string | undefined): void {
  const { module: m, layout, number } = env;
  const isStatic = env.instance === "static";
  if (isStatic) {
    a.section("bss");
    a.define(instanceSymbol(number), 6);
    a.line(`.zero ${layout.size}`);
  }
  writeFunctionRecords(a, env);
  const definitions = writeDefinitions(a, env);
  a.section("relro");
  const imports = writeImports(a, env);
  const exports = writeExports(a, env);
  const datas = writeDatas(a, m, dataFile);
  const elements = writeElements(a, env);
  a.section("relro");
  a.define(moduleSymbol(number));
  a.struct(rtModule, {
    abi_version: rt.ABI_VERSION,
    flags:
      (isStatic ? 0 : rt.moduleFlags.pointer) | (env.bounds === "explicit" ? rt.moduleFlags.explicit : 0),
    name: a.string(name),
    instance: isStatic ? instanceSymbol(number) : 0,
    instance_size: layout.size,
    functions: layout.recordCount === 0 ? 0 : env.symbols.names[env.symbols.functionRecords],
    memory_defs: definitions.memoryDefs,
    table_defs: definitions.tableDefs,
    imports: imports.label,
    exports,
    datas,
    elements,
    init: initSymbol(number),
    function_count: layout.recordCount,
    functions_offset: layout.functionRecords,
    memory_def_count: definitions.memoryCount,
    memory_count: m.memories.length,
    memories_offset: layout.memories,
    table_def_count: definitions.tableCount,
    table_count: m.tables.length,
    tables_offset: layout.tables,
    import_count: imports.count,
    export_count: m.exports.length,
    data_count: m.datas.length,
    element_count: m.elements.length,
    dropped_data_offset: layout.droppedData,
    dropped_element_offset: layout.droppedElements,
    function_slots_offset: layout.functionSlots,
    reserved: 0,
    global_offsets: definitions.globalOffsets,
    global_count: m.globals.length,
    imported_function_count: m.importedFunctionCount,
  });
}

/** A piece of compiled code for the frame table, in text order. */
export interface Frame {
  readonly symbol: string;
  /** Bytes from sp after the prologue to the slot above the return address. */
  readonly frameSize: number;
  /** Shown in backtraces; "" when unknown. */
  readonly name: string;
  /** Index in the module's function space; -1 for code that the compiler made up. */
  readonly index: number;
}

/** Something the program may reach at run time, as in rt_grant. */
export interface Grant {
  readonly kind: keyof typeof rt.grantKinds;
  readonly readOnly: boolean;
  readonly a: string;
  readonly b: string;
}

export interface ProgramDescription {
  /** Names under which others import each module, in instantiation order; the main one is last. */
  readonly modules: readonly { readonly number: number; readonly name: string }[];
  /** Text of each canonical type, by id - 1. */
  readonly types: readonly string[];
  /** Ids of the types that have an adapter, ascending. */
  readonly adapters: readonly number[];
  readonly grants: readonly Grant[];
  /** rt_program_flags. */
  readonly flags: number;
  readonly maxFiles: number;
  readonly maxMemory: number;
  readonly stackSize: number;
  readonly features: readonly string[];
  /** Export to call. */
  readonly entry: string;
  /** One bit for each WASI function imported. */
  readonly hostImports: bigint;
}

/** Opens the text section: `wasmaot_text_start` and the frame table. Must stand in the first file of the link. Returns the names for `writeProgram`. */
export function writeFrames(a: Assembly, frames: Iterable<Frame>): { count: number; names: string } {
  a.section("text");
  a.define("wasmaot_text_start", 4);
  a.define("wasmaot_frames", 4);
  const offsets = new Map<string, number>();
  const names = ["\0"];
  let end = 1;
  let count = 0;
  for (const frame of frames) {
    let offset = 0;
    if (frame.name !== "") {
      offset = offsets.get(frame.name) ?? 0;
      if (offset === 0) {
        offset = end;
        offsets.set(frame.name, offset);
        names.push(frame.name, "\0");
        end += Buffer.byteLength(frame.name) + 1;
      }
    }
    a.struct(rtFrameEntry, {
      code_offset: `${frame.symbol}-wasmaot_text_start`,
      frame_size: frame.frameSize,
      name_offset: offset,
      function: frame.index,
    });
    count++;
  }
  return { count, names: names.join("") };
}

/** Writes `wasmaot_program`, the root. */
export function writeProgram(
  a: Assembly,
  p: ProgramDescription,
  frames: { count: number; names: string },
): void {
  a.section("rodata");
  const names = a.local(0);
  bytesDirectives(Buffer.from(frames.names, "utf8"), (text) => a.raw(text));
  a.section("relro");
  const pointers = (list: readonly string[]) => array(a, list, (x) => a.line(`.quad ${x}`));
  const modules = pointers(p.modules.map((m) => moduleSymbol(m.number)));
  const moduleNames = pointers(p.modules.map((m) => a.string(m.name)));
  const types = pointers(p.types.map((t) => a.string(t)));
  const features = pointers([...p.features.map((x) => a.string(x)), "0"]);
  const adapters = array(a, p.adapters, (id) =>
    a.struct(rtAdapter, { type_id: id, reserved: 0, code: adapterSymbol(id) }),
  );
  const grants = array(a, p.grants, (g) =>
    a.struct(rtGrant, {
      kind: rt.grantKinds[g.kind],
      flags: g.readOnly ? rt.GRANT_READONLY : 0,
      a: a.string(g.a),
      b: a.string(g.b),
    }),
  );
  a.define("wasmaot_program");
  a.struct(rtProgram, {
    abi_version: rt.ABI_VERSION,
    flags: p.flags,
    module_count: p.modules.length,
    type_count: p.types.length,
    modules,
    module_names: moduleNames,
    types,
    text_start: "wasmaot_text_start",
    text_end: "wasmaot_text_end",
    frames: "wasmaot_frames",
    names,
    adapters,
    grants,
    frame_count: frames.count,
    adapter_count: p.adapters.length,
    grant_count: p.grants.length,
    max_files: p.maxFiles,
    max_memory: p.maxMemory,
    stack_size: p.stackSize,
    features,
    entry: a.string(p.entry),
    host_imports: `0x${p.hostImports.toString(16)}`,
    host_init: p.hostImports === 0n ? 0 : "rt_wasi_init",
  });
  a.writeStrings();
}
