// A machine that runs the IR of a whole module: instance, memory, tables and function records lie in one flat memory as docs/ABI.md says, and the
// runtime's functions are here in a few lines each. It shows whether translation, or a pass on top of it, keeps the meaning of a module,
// without a target, an assembler or a runtime.
//
// Values are pairs of 32-bit halves; a code address is CODE + function index.
import * as rt from "../../compiler/codegen/rt.ts";
import { runtimeSymbols } from "../../compiler/codegen/symbols.ts";
import { Func } from "../../compiler/ir/func.ts";
import { Op } from "../../compiler/ir/ops.ts";
import { evaluate, NOT_SCALAR, result } from "../../compiler/ir/scalar.ts";
import { accessSize, auxWidth, TrapCode, Type, Width } from "../../compiler/ir/types.ts";
import { translateAdapter } from "../../compiler/translate/adapters.ts";
import type { Environment } from "../../compiler/translate/environment.ts";
import { Translator } from "../../compiler/translate/function.ts";
import { translateInit } from "../../compiler/translate/init.ts";
import type { ConstExpr, FuncType } from "../../compiler/wasm/module.ts";

export class MachineTrap extends Error {
  readonly code: number;
  constructor(code: number) {
    super(`trap ${code}`);
    this.code = code;
  }
}

const CONTEXT = 0x10000;
const SLOTS = 0x18000;
const IMPORTS = 0x20000;
const INSTANCE = 0x40000;
const CODE = 0x40000000;
const MAX_PAGES = 64;
const MAX_DEPTH = 400;
/** The first page is never mapped. */
const NULL_PAGE = 4096;

/** Turns the translated function into what is run. */
export type Transform = (f: Func) => void;

export class Machine {
  private readonly env: Environment;
  private readonly translator: Translator;
  private readonly transform: Transform;
  private readonly functions: (Func | undefined)[] = [];
  private readonly adapters = new Map<number, Func>();
  private readonly view: DataView;
  private readonly bytes: Uint8Array;
  private readonly records: number;
  private readonly linear: number;
  private tableSpace: number;
  private importsEnd = IMPORTS;
  private depth = 0;
  private steps = 0;
  /** Instructions after which a run is given up. */
  private readonly maxSteps = 3e7;

  constructor(env: Environment, transform: Transform = () => {}) {
    this.env = env;
    this.transform = transform;
    this.translator = new Translator(env);
    const { layout, module } = env;
    this.records = INSTANCE + layout.size;
    this.tableSpace = (this.records + rt.func.byteSize * layout.recordCount + 15) & ~15;
    const tableBytes = module.tables.reduce((n, t) => n + 8 * tableCapacity(t.limits), 0);
    this.linear = (this.tableSpace + tableBytes + 0xffff) & ~0xffff;
    this.bytes = new Uint8Array(this.linear + MAX_PAGES * 65536);
    this.view = new DataView(this.bytes.buffer);
    this.makeInstance();
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
      this.setAddress(at + rt.memory.base, this.linear);
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
  private address(at: number): number {
    return Number(this.view.getBigUint64(at, true));
  }

  /** Runs the init function. Throws MachineTrap. */
  instantiate(): void {
    const f = new Func();
    translateInit(this.env, f);
    this.transform(f);
    this.run(f, []);
  }

  /** Calls function `index` through its adapter: arguments and results as bits. Throws MachineTrap. */
  call(index: number, args: readonly bigint[]): bigint[] {
    const { module } = this.env;
    const { typeIndex } = module.functions[index];
    const type = module.types[typeIndex];
    this.steps = 0;
    this.depth = 0;
    args.forEach((word, i) => {
      this.view.setBigUint64(SLOTS + 16 * i, BigInt.asUintN(64, word), true);
    });
    const results = SLOTS + 16 * args.length;
    this.bytes.fill(0, results, results + 16 * type.results.length);
    this.run(this.adapter(typeIndex, type), [CODE + index, 0, SLOTS, 0, results, 0, CONTEXT, 0]);
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
    return this.view.getBigUint64(imported === undefined ? place : this.address(place), true);
  }

  /** The bytes of memory 0. */
  memory(): Uint8Array {
    return this.bytes.subarray(this.linear, this.linear + this.memorySize());
  }

  private memoryDescriptor(): number {
    return this.address(INSTANCE + this.env.layout.memories);
  }

  private tableDescriptor(table: number): number {
    return this.address(INSTANCE + this.env.layout.tables + 8 * table);
  }

  private memorySize(): number {
    return this.address(this.memoryDescriptor() + rt.memory.size);
  }

  // ---- Execution ----

  /** Runs f; arguments and results are pairs of halves. */
  private run(f: Func, args: readonly number[]): number[] {
    if (++this.depth > MAX_DEPTH) throw new MachineTrap(TrapCode.StackExhausted);
    const values = new Int32Array(2 * f.count);
    f.blocks[0].params.forEach((p, i) => {
      values[2 * p] = args[2 * i];
      values[2 * p + 1] = args[2 * i + 1];
    });
    let block = f.blocks[0];
    for (;;) {
      let v = block.first;
      for (; v !== block.last; v = f.next[v]) this.instruction(f, v, values);
      if (++this.steps > this.maxSteps) throw new Error("the program does not end");
      const op = f.op[v];
      if (op === Op.Return) {
        const results: number[] = [];
        for (let i = 0; i < f.argCount[v]; i++)
          results.push(values[2 * f.arg(v, i)], values[2 * f.arg(v, i) + 1]);
        this.depth--;
        return results;
      }
      if (op === Op.Trap) throw new MachineTrap(f.immLo[v]);
      const edge = f.edges[block.succs[this.successor(f, v, values, block.succs.length)]];
      block = f.blocks[edge.to];
      const passed = edge.args.map((a) => [values[2 * a], values[2 * a + 1]]);
      block.params.forEach((p, i) => {
        [values[2 * p], values[2 * p + 1]] = passed[i];
      });
    }
  }

  private successor(f: Func, v: number, values: Int32Array, n: number): number {
    if (f.op[v] === Op.Jump) return 0;
    const x = values[2 * f.arg(v, 0)];
    return f.op[v] === Op.Branch ? (x !== 0 ? 0 : 1) : Math.min(x >>> 0, n - 1);
  }

  private instruction(f: Func, v: number, values: Int32Array): void {
    const n = f.argCount[v];
    const a = n > 0 ? f.arg(v, 0) : 0;
    const b = n > 1 ? f.arg(v, 1) : 0;
    const op = f.op[v] as Op;
    const [aLo, aHi, bLo, bHi] = [values[2 * a], values[2 * a + 1], values[2 * b], values[2 * b + 1]];
    const set = (lo: number, hi: number): void => {
      values[2 * v] = lo;
      values[2 * v + 1] = hi;
    };
    switch (op) {
      case Op.Nop:
      case Op.Result:
      case Op.SwitchInstance:
        return;
      case Op.Const:
        return set(f.immLo[v], f.immHi[v]);
      case Op.Select: {
        const chosen = f.arg(v, aLo !== 0 ? 1 : 2);
        return set(values[2 * chosen], values[2 * chosen + 1]);
      }
      case Op.InstanceAddress:
        return set(INSTANCE + f.immLo[v], 0);
      case Op.GetInstance:
        return set(INSTANCE, 0);
      case Op.SymbolAddress:
        return set(this.records, 0);
      case Op.MemoryBase:
        return set(this.linear, 0);
      case Op.TrapIf:
        if (aLo !== 0) throw new MachineTrap(f.immLo[v]);
        return;
      case Op.Load:
      case Op.RawLoad:
        return this.load(f, v, this.place(f, v, aLo, f.type[a] === Type.I64 ? aHi : 0), set);
      case Op.Store:
      case Op.RawStore:
        return this.store(f, v, this.place(f, v, aLo, f.type[a] === Type.I64 ? aHi : 0), b, bLo, bHi);
      case Op.Call:
      case Op.CallPointer:
      case Op.CallHost:
        return this.callInstruction(f, v, values);
    }
    const trap = evaluate(op, f.type[v], f.type[a], aLo, aHi, bLo, bHi);
    if (trap === NOT_SCALAR) throw new Error(`the machine does not know op ${Op[op]}`);
    if (trap !== 0) throw new MachineTrap(trap);
    set(result.lo, result.hi);
  }

  /** Address in the flat memory of an access, checked. */
  private place(f: Func, v: number, lo: number, hi: number): number {
    const isStore = f.op[v] === Op.Store || f.op[v] === Op.RawStore;
    const size = accessSize(auxWidth(f.aux[v]), isStore ? f.type[f.arg(v, 1)] : f.type[v]);
    const base = (hi >>> 0) * 2 ** 32 + (lo >>> 0);
    if (f.op[v] === Op.Load || f.op[v] === Op.Store) {
      const at = base + (f.immLo[v] >>> 0);
      if (at + size > this.memorySize()) throw new MachineTrap(TrapCode.MemoryOutOfBounds);
      return this.linear + at;
    }
    const at = base + f.immLo[v];
    if (at < NULL_PAGE) throw new MachineTrap(TrapCode.UninitializedElement);
    if (at + size > this.bytes.length) throw new Error(`wild address 0x${at.toString(16)}`);
    return at;
  }

  private load(f: Func, v: number, at: number, set: (lo: number, hi: number) => void): void {
    const { view } = this;
    const signed = (x: number): void => set(x, x >> 31);
    switch (auxWidth(f.aux[v])) {
      case Width.S8:
        return signed(view.getInt8(at));
      case Width.U8:
        return set(view.getUint8(at), 0);
      case Width.S16:
        return signed(view.getInt16(at, true));
      case Width.U16:
        return set(view.getUint16(at, true), 0);
      case Width.S32:
        return signed(view.getInt32(at, true));
      case Width.U32:
        return set(view.getInt32(at, true), 0);
    }
    if (accessSize(Width.Full, f.type[v]) === 4) return signed(view.getInt32(at, true));
    set(view.getInt32(at, true), view.getInt32(at + 4, true));
  }

  private store(f: Func, v: number, at: number, b: number, lo: number, hi: number): void {
    const { view } = this;
    const size = accessSize(auxWidth(f.aux[v]), f.type[b]);
    if (size === 1) view.setInt8(at, lo);
    else if (size === 2) view.setInt16(at, lo, true);
    else view.setInt32(at, lo, true);
    if (size === 8) view.setInt32(at + 4, hi, true);
  }

  private callInstruction(f: Func, v: number, values: Int32Array): void {
    const args: number[] = [];
    const first = f.op[v] === Op.Call ? 0 : 1;
    for (let i = first; i < f.argCount[v]; i++)
      args.push(values[2 * f.arg(v, i)], values[2 * f.arg(v, i) + 1]);
    let results: number[];
    if (f.op[v] === Op.CallHost) results = this.host(f.immLo[v], args);
    else {
      const index = f.op[v] === Op.Call ? f.immLo[v] : values[2 * f.arg(v, 0)] - CODE;
      results = this.run(this.function(index), args);
    }
    for (let i = 0, w = v; 2 * i < results.length; i++) {
      if (i > 0) {
        w = f.next[w];
        if (f.op[w] !== Op.Result || f.immLo[w] !== i) throw new Error("results do not follow their call");
      }
      values[2 * w] = results[2 * i];
      values[2 * w + 1] = results[2 * i + 1];
    }
  }

  // ---- The runtime ----

  /** Calls C function `symbol`. Imports return 0. */
  private host(symbol: number, args: readonly number[]): number[] {
    const at = symbol - this.env.module.functions.length;
    const name = runtimeSymbols[at];
    if (name === undefined) return [0, 0];
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
        if (low[3] + low[4] > length) throw new MachineTrap(TrapCode.MemoryOutOfBounds);
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
        return this.tableFunction(name, low, args);
    }
  }

  private isDropped(segment: number, isData: boolean): boolean {
    const { layout } = this.env;
    return this.bytes[INSTANCE + (isData ? layout.droppedData : layout.droppedElements) + segment] !== 0;
  }

  private checkMemory(at: number, n: number): void {
    if (at + n > this.memorySize()) throw new MachineTrap(TrapCode.MemoryOutOfBounds);
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
    if (at + n > this.address(descriptor + rt.table.size)) throw new MachineTrap(TrapCode.TableOutOfBounds);
    return this.address(descriptor + rt.table.elements) + 8 * at;
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
      if (low[3] + low[4] > items.length) throw new MachineTrap(TrapCode.TableOutOfBounds);
      const to = this.checkTable(low[0], low[2], low[4]);
      for (let i = 0; i < low[4]; i++) view.setBigUint64(to + 8 * i, this.item(items[low[3] + i]), true);
    } else if (name === "rt_table_grow") {
      const descriptor = this.tableDescriptor(low[0]);
      const size = this.address(descriptor + rt.table.size);
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

function tableCapacity(limits: { min: number; max: number | undefined }): number {
  return Math.min(limits.max ?? limits.min + 1000, limits.min + 1000);
}
