// Where everything of one module lies in its instance (docs/ABI.md, "Instance"). Both instance modes share the offsets.
//
// Order after the header: memory pointers, memory descriptors, table pointers, table descriptors, function slots, global
// cells and slots, function records (pointer mode only), dropped-segment flags. What hot code reads comes first, so that its offsets stay small.
import { type Module, ValueType } from "../wasm/module.ts";
import * as rt from "./rt.ts";
import type { FunctionBinding } from "./symbols.ts";
import type { InstanceMode } from "./target.ts";

export interface InstanceLayout {
  /** Bytes of the whole instance, a multiple of 16. */
  readonly size: number;
  /** Array of rt_memory pointers, by memory index. */
  readonly memories: number;
  /** Descriptor of each memory; -1 when imported. */
  readonly memoryDescriptors: readonly number[];
  readonly tables: number;
  readonly tableDescriptors: readonly number[];
  /** Pointer slots (rt_func *) of imported functions, 8 bytes each. */
  readonly functionSlots: number;
  /** Cell of each global, or the pointer slot to it when imported. */
  readonly globals: readonly number[];
  /** Record number of each function that may be referenced; -1: none (imports in slots need none). */
  readonly records: Int32Array;
  readonly recordCount: number;
  /** Offset of the copied records in pointer mode; 0 in static mode, where they are the symbol functionRecords. */
  readonly functionRecords: number;
  readonly droppedData: number;
  readonly droppedElements: number;
}

export function layoutInstance(
  m: Module,
  mode: InstanceMode,
  bindings: readonly FunctionBinding[],
): InstanceLayout {
  let at: number = rt.instance.headerSize;
  const take = (bytes: number, align = 8): number => {
    at = (at + align - 1) & -align;
    const offset = at;
    at += bytes;
    return offset;
  };
  const memories = take(8 * m.memories.length);
  const memoryDescriptors = m.memories.map((x) => (x.imported ? -1 : take(rt.memory.byteSize)));
  const tables = take(8 * m.tables.length);
  const tableDescriptors = m.tables.map((x) => (x.imported ? -1 : take(rt.table.byteSize)));
  const functionSlots = take(8 * m.importedFunctionCount);
  const globals = m.globals.map((g) => {
    const wide = g.type === ValueType.V128 && g.imported === undefined;
    return take(wide ? 16 : 8, wide ? 16 : 8);
  });
  const records = new Int32Array(m.functions.length).fill(-1);
  let recordCount = 0;
  for (let i = 0; i < m.functions.length; i++) {
    const slot = i < m.importedFunctionCount && bindings[i].kind === "slot";
    if (m.referenced[i] !== 0 && !slot) records[i] = recordCount++;
  }
  const functionRecords = mode === "pointer" ? take(rt.func.byteSize * recordCount) : 0;
  const droppedData = take(m.datas.length, 1);
  const droppedElements = take(m.elements.length, 1);
  return {
    size: (at + 15) & ~15,
    memories,
    memoryDescriptors,
    tables,
    tableDescriptors,
    functionSlots,
    globals,
    records,
    recordCount,
    functionRecords,
    droppedData,
    droppedElements,
  };
}
