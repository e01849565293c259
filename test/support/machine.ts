// A machine that runs the IR of a whole module: instance, memory, tables and function records lie in one flat memory as docs/ABI.md says, and the
// runtime's functions are here in a few lines each. It shows whether translation, or a pass on top of it, keeps the meaning of a module,
// without a target, an assembler or a runtime.
//
// Values are pairs of 32-bit halves; a code address is CODE + function index, or TRAP + the code of a trap.
import * as rt from "../../compiler/codegen/rt.ts";
import { runtimeSymbols } from "../../compiler/codegen/symbols.ts";
import { EvalTrap, Evaluator, type World } from "../../compiler/ir/eval.ts";
import { Func } from "../../compiler/ir/func.ts";
import { Op } from "../../compiler/ir/ops.ts";
import { TrapCode } from "../../compiler/ir/types.ts";
import { translateAdapter } from "../../compiler/translate/adapters.ts";
import { dispatchTables, NULL_ENTRY } from "../../compiler/translate/dispatch.ts";
import type { Environment } from "../../compiler/translate/environment.ts";
import { scanModule } from "../../compiler/translate/facts.ts";
import { Translator } from "../../compiler/translate/function.ts";
import { translateInit } from "../../compiler/translate/init.ts";
import type { ConstExpr, FuncType } from "../../compiler/wasm/module.ts";
import { skipped } from "./searches.ts";

const CONTEXT = 0x10000;
const SLOTS = 0x18000;
const IMPORTS = 0x20000;
const INSTANCE = 0x40000;
const CODE = 0x40000000;
const TRAP = 0x50000000;
const MAX_PAGES = 64;
const RESERVATION = 2 ** 32 + rt.GUARD_BYTES;
/** The first page is never mapped. */
const NULL_PAGE = 4096;

/** Turns the translated function into what is run. */
export type Transform = (f: Func) => void;

export class Machine implements World {
  private readonly env: Environment;
  private readonly translator: Translator;
  private readonly transform: Transform;
  private readonly functions: (Func | undefined)[] = [];
  private readonly adapters = new Map<number, Func>();
  readonly view: DataView;
  private readonly bytes: Uint8Array;
  private readonly records: number;
  private readonly linearStart: number;
  private readonly evaluator = new Evaluator(this);
  private tableSpace: number;
  private importsEnd = IMPORTS;
  /** Addresses of dispatch tables by symbol. */
  private readonly dispatch = new Map<number, number>();

  constructor(env: Environment, transform: Transform = () => {}) {
    this.env = env;
    this.transform = transform;
    this.translator = new Translator(env);
    const { layout, module } = env;
    this.records = INSTANCE + layout.size;
    this.tableSpace = (this.records + rt.func.byteSize * layout.recordCount + 15) & ~15;
    const tableBytes = module.tables.reduce((n, t) => n + 8 * tableCapacity(t.limits), 0);
    const dispatch = dispatchTables(env, scanModule(module));
    const dispatchBytes = dispatch.reduce((n, d) => n + 8 * d.entries.length, 0);
    this.linearStart = (this.tableSpace + tableBytes + dispatchBytes + 0xffff) & ~0xffff;
    this.bytes = new Uint8Array(this.linearStart + MAX_PAGES * 65536);
    this.view = new DataView(this.bytes.buffer);
    this.makeInstance();
    for (const { symbol, entries } of dispatch) {
      this.dispatch.set(symbol, this.tableSpace);
      for (const f of entries) {
        const trap = f === NULL_ENTRY ? TrapCode.UninitializedElement : TrapCode.IndirectCallMismatch;
        this.setAddress(this.tableSpace, f < 0 ? TRAP + trap : CODE + f);
        this.tableSpace += 8;
      }
    }
  }

  private makeInstance(): void {
    const { layout, module, typeIds } = this.env;
    this.setAddress(INSTANCE + rt.instance.context, CONTEXT);
    layout.records.forEach((record, i) => {
      if (record < 0) return;
      const copied = layout.functionRecords !== 0;
      const at = (copied ? INSTANCE + layout.functionRecords : this.records) + rt.func.byteSize * record;
      this.setAddress(at + rt.func.code, CODE + i);
      this.setAddress(at + rt.func.instance, INSTANCE);
      this.view.setInt32(at + rt.func.typeId, typeIds[module.functions[i].typeIndex], true);
    });
    module.globals.forEach((g, i) => {
      if (g.imported !== undefined) this.setAddress(INSTANCE + layout.globals[i], this.importedSpace(16));
    });
    module.memories.forEach((m, i) => {
      const at = m.imported ? this.importedSpace(rt.memory.byteSize) : INSTANCE + layout.memoryDescriptors[i];
      this.setAddress(INSTANCE + layout.memories + 8 * i, at);
      this.setAddress(at + rt.memory.base, this.linearStart);
      this.setAddress(at + rt.memory.size, m.limits.min * 65536);
    });
    module.tables.forEach((t, i) => {
      const at = t.imported ? this.importedSpace(rt.table.byteSize) : INSTANCE + layout.tableDescriptors[i];
      this.setAddress(INSTANCE + layout.tables + 8 * i, at);
      this.setAddress(at + rt.table.elements, this.tableSpace);
      this.setAddress(at + rt.table.size, t.limits.min);
      this.tableSpace += 8 * tableCapacity(t.limits);
    });
  }

  /** Room for what an import brings: it is zero at first. */
  private importedSpace(size: number): number {
    const at = this.importsEnd;
    this.importsEnd += size;
    return at;
  }

  private setAddress(at: number, value: number): void {
    this.view.setBigUint64(at, BigInt(value), true);
  }
  private read(at: number): number {
    return Number(this.view.getBigUint64(at, true));
  }

  /** Runs the init function. Throws EvalTrap. */
  instantiate(): void {
    const f = new Func();
    translateInit(this.env, f);
    this.transform(f);
    this.evaluator.run(f, []);
  }

  /** Calls function `index` through its adapter: arguments and results as bits. Throws EvalTrap. */
  callExport(index: number, args: readonly bigint[]): bigint[] {
    const { module } = this.env;
    const { typeIndex } = module.functions[index];
    const type = module.types[typeIndex];
    this.evaluator.reset();
    args.forEach((word, i) => {
      this.view.setBigUint64(SLOTS + 16 * i, BigInt.asUintN(64, word), true);
    });
    const results = SLOTS + 16 * args.length;
    this.bytes.fill(0, results, results + 16 * type.results.length);
    this.evaluator.run(this.adapter(typeIndex, type), [CODE + index, 0, SLOTS, 0, results, 0, CONTEXT, 0]);
    return type.results.map((_, i) => this.view.getBigUint64(results + 16 * i, true));
  }

  private adapter(typeIndex: number, type: FuncType): Func {
    let f = this.adapters.get(typeIndex);
    if (f === undefined) {
      f = new Func();
      translateAdapter(type, f);
      this.transform(f);
      this.adapters.set(typeIndex, f);
    }
    return f;
  }

  private function(index: number): Func {
    let f = this.functions[index];
    if (f === undefined) {
      f = new Func();
      this.translator.translate(index, f);
      this.transform(f);
      this.functions[index] = f;
    }
    return f;
  }

  /** Bits of global `index`. */
  global(index: number): bigint {
    const place = INSTANCE + this.env.layout.globals[index];
    const { imported } = this.env.module.globals[index];
    return this.view.getBigUint64(imported === undefined ? place : this.read(place), true);
  }

  /** The bytes of memory 0. */
  memory(): Uint8Array {
    return this.bytes.subarray(this.linearStart, this.linearStart + this.memorySize());
  }

  private memoryDescriptor(): number {
    return this.read(INSTANCE + this.env.layout.memories);
  }

  private tableDescriptor(table: number): number {
    return this.read(INSTANCE + this.env.layout.tables + 8 * table);
  }

  private memorySize(): number {
    return this.read(this.memoryDescriptor() + rt.memory.size);
  }

  // ---- The world of the evaluator ----

  linear(address: number, size: number): number {
    if (address + size > this.memorySize()) throw new EvalTrap(TrapCode.MemoryOutOfBounds);
    return this.linearStart + address;
  }

  native(address: number, size: number): number {
    if (address < NULL_PAGE) throw new EvalTrap(TrapCode.UninitializedElement);
    // The rest of a memory's reservation has no access.
    const reserved = address - this.linearStart;
    if (reserved >= 0 && reserved + size > this.memorySize() && reserved <= RESERVATION)
      throw new EvalTrap(TrapCode.MemoryOutOfBounds);
    if (address + size > this.bytes.length) throw new Error(`wild address 0x${address.toString(16)}`);
    return address;
  }

  address(op: Op, index: number): number {
    if (op === Op.SymbolAddress) return this.dispatch.get(index) ?? this.records;
    return op === Op.MemoryBase ? this.linearStart : INSTANCE + index;
  }

  call(op: Op, index: number, args: readonly number[]): number[] {
    if (op === Op.CallHost) return this.host(index, args.slice(2));
    if (op === Op.CallPointer && index >= TRAP) throw new EvalTrap(index - TRAP);
    return this.evaluator.run(this.function(op === Op.Call ? index : index - CODE), args);
  }

  // ---- The runtime ----

  /** Calls C function `symbol`. Imports return 0. */
  private host(symbol: number, args: readonly number[]): number[] {
    const at = symbol - this.env.module.functions.length;
    const name = runtimeSymbols[at];
    if (name === undefined) return [0, 0];
    if (name.startsWith("rt_skip_"))
      return skipped(name.slice("rt_skip_".length), this.memory(), args.slice(2));
    const low = args.filter((_, i) => i % 2 === 0).map((x) => x >>> 0);
    switch (name) {
      case "rt_memory_grow":
        return this.memoryGrow(low[1]);
      case "rt_memory_copy":
        this.checkMemory(low[2], low[4]);
        this.checkMemory(low[3], low[4]);
        this.memory().copyWithin(low[2], low[3], low[3] + low[4]);
        return [];
      case "rt_memory_fill":
        this.checkMemory(low[1], low[3]);
        this.memory().fill(low[2], low[1], low[1] + low[3]);
        return [];
      case "rt_memory_init": {
        const { bytes } = this.env.module;
        const segment = this.env.module.datas[low[1]];
        const length = this.isDropped(low[1], true) ? 0 : segment.end - segment.start;
        if (low[3] + low[4] > length) throw new EvalTrap(TrapCode.MemoryOutOfBounds);
        this.checkMemory(low[2], low[4]);
        this.memory().set(bytes.subarray(segment.start + low[3], segment.start + low[3] + low[4]), low[2]);
        return [];
      }
      case "rt_data_drop":
        this.bytes[INSTANCE + this.env.layout.droppedData + low[0]] = 1;
        return [];
      case "rt_elem_drop":
        this.bytes[INSTANCE + this.env.layout.droppedElements + low[0]] = 1;
        return [];
      default:
        return (
          libraryFunctions[name]?.(this.memory(), ...low.slice(1)) ?? this.tableFunction(name, low, args)
        );
    }
  }

  private isDropped(segment: number, isData: boolean): boolean {
    const { layout } = this.env;
    return this.bytes[INSTANCE + (isData ? layout.droppedData : layout.droppedElements) + segment] !== 0;
  }

  private checkMemory(at: number, n: number): void {
    if (at + n > this.memorySize()) throw new EvalTrap(TrapCode.MemoryOutOfBounds);
  }

  private memoryGrow(delta: number): number[] {
    const pages = this.memorySize() / 65536;
    if (pages + delta > Math.min(this.env.module.memories[0].limits.max ?? MAX_PAGES, MAX_PAGES))
      return [-1, -1];
    const descriptor = this.memoryDescriptor();
    this.setAddress(descriptor + rt.memory.size, (pages + delta) * 65536);
    return [pages, 0];
  }

  private checkTable(table: number, at: number, n: number): number {
    const descriptor = this.tableDescriptor(table);
    if (at + n > this.read(descriptor + rt.table.size)) throw new EvalTrap(TrapCode.TableOutOfBounds);
    return this.read(descriptor + rt.table.elements) + 8 * at;
  }

  private tableFunction(name: string, low: readonly number[], args: readonly number[]): number[] {
    const { view } = this;
    const reference = (i: number): bigint =>
      (BigInt(args[2 * i + 1] >>> 0) << 32n) | BigInt(args[2 * i] >>> 0);
    if (name === "rt_table_fill") {
      const at = this.checkTable(low[0], low[1], low[3]);
      for (let i = 0; i < low[3]; i++) view.setBigUint64(at + 8 * i, reference(2), true);
    } else if (name === "rt_table_copy") {
      const from = this.checkTable(low[1], low[3], low[4]);
      const to = this.checkTable(low[0], low[2], low[4]);
      this.bytes.copyWithin(to, from, from + 8 * low[4]);
    } else if (name === "rt_table_init") {
      const items = this.isDropped(low[1], false) ? [] : this.env.module.elements[low[1]].items;
      if (low[3] + low[4] > items.length) throw new EvalTrap(TrapCode.TableOutOfBounds);
      const to = this.checkTable(low[0], low[2], low[4]);
      for (let i = 0; i < low[4]; i++) view.setBigUint64(to + 8 * i, this.item(items[low[3] + i]), true);
    } else if (name === "rt_table_grow") {
      const descriptor = this.tableDescriptor(low[0]);
      const size = this.read(descriptor + rt.table.size);
      if (size + low[2] > tableCapacity(this.env.module.tables[low[0]].limits)) return [-1, -1];
      this.setAddress(descriptor + rt.table.size, size + low[2]);
      const at = this.checkTable(low[0], size, low[2]);
      for (let i = 0; i < low[2]; i++) view.setBigUint64(at + 8 * i, reference(1), true);
      return [size, 0];
    } else throw new Error(`the machine does not know ${name}`);
    return [];
  }

  /** An item of an element segment. */
  private item(e: ConstExpr): bigint {
    const { layout } = this.env;
    const step = e[0];
    if (step.op === "null") return 0n;
    if (step.op === "global") return this.global(step.index);
    if (step.op !== "func") throw new Error(`segment item ${step.op}`);
    const records = layout.functionRecords !== 0 ? INSTANCE + layout.functionRecords : this.records;
    return BigInt(records + rt.func.byteSize * layout.records[step.index]);
  }
}

/** A byte inside memory. */
function byteAt(m: Uint8Array, at: number): number {
  if (at >= m.length) throw new EvalTrap(TrapCode.MemoryOutOfBounds);
  return m[at];
}

function differenceOf(m: Uint8Array, a: number, b: number, n: number, strings: boolean): number[] {
  for (let i = 0; i < n; i++) {
    const d = byteAt(m, a + i) - byteAt(m, b + i);
    if (d !== 0) return [d, -1];
    if (strings && m[a + i] === 0) break;
  }
  return [0, 0];
}

/** The runtime's versions of library functions, one byte at a time. */
const libraryFunctions: Partial<Record<string, (m: Uint8Array, ...args: number[]) => number[]>> = {
  rt_block_move: (m, to, from, n) => {
    m.copyWithin(to, from, from + n);
    return [to, 0];
  },
  rt_block_fill: (m, to, byte, n) => {
    m.fill(byte, to, to + n);
    return [to, 0];
  },
  rt_block_compare: (m, a, b, n) => differenceOf(m, a, b, n, false),
  rt_string_compare: (m, a, b, n) => differenceOf(m, a, b, n, true),
  rt_find_byte: (m, s, byte, n) => {
    for (let i = 0; i < n; i++) if (byteAt(m, s + i) === (byte & 255)) return [s + i, 0];
    return [0, 0];
  },
  rt_string_length: (m, s) => {
    let n = 0;
    while (byteAt(m, s + n) !== 0) n++;
    return [n, 0];
  },
  rt_find_byte_or_end: (m, s, byte) => {
    let at = s;
    while (byteAt(m, at) !== 0 && m[at] !== (byte & 255)) at++;
    return [at, 0];
  },
  rt_string_copy: (m, to, from) => {
    const n = m.subarray(from).indexOf(0);
    const apart = Math.abs(to - from) > n;
    if (n < 0 || to + n >= m.length || !apart) return [-1, -1];
    m.copyWithin(to, from, from + n + 1);
    return [n, 0];
  },
};

function tableCapacity(limits: { min: number; max: number | undefined }): number {
  return Math.min(limits.max ?? limits.min + 1000, limits.min + 1000);
}
