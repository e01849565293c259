// Tables of code addresses for call_indirect through tables that never change: one for each type that is called, with an entry for each element. Where
// the element is null or of another type, the entry is the code that traps so. A call then is a bounds check and one load, instead of the loads of the
// record, its type and its code with two more checks.
//
// Which types get one depends on the module alone, so that every thread and the descriptors agree. The tables together take no more room than a share of the
// module's code; types with the most calls come first.
import { ValueType } from "../wasm/module.ts";
import type { Environment } from "./environment.ts";
import type { ModuleScan } from "./facts.ts";

/** Entries that are no function. */
export const NULL_ENTRY = -1;
export const OTHER_TYPE = -2;

/** Bytes of all tables: this, or a share of the bytes of code. */
const LEAST_BYTES = 4096;
const CODE_SHARE = 8;
const ENTRY_BYTES = 8;

export interface DispatchTable {
  readonly table: number;
  /** Canonical. */
  readonly typeId: number;
  /** Id in the module's symbol table. */
  readonly symbol: number;
  /** By element: function index, NULL_ENTRY or OTHER_TYPE. */
  readonly entries: Int32Array;
}

/** The functions in a table once the module is instantiated; undefined when they are not known. */
function initialTable(env: Environment, table: number): Int32Array | undefined {
  const { module, layout } = env;
  const { element, limits } = module.tables[table];
  if (element !== ValueType.FuncRef) return undefined;
  const entries = new Int32Array(limits.min).fill(NULL_ENTRY);
  for (const segment of module.elements) {
    if (segment.mode !== "active" || segment.table !== table) continue;
    const [at] = segment.offset;
    if (segment.offset.length !== 1 || at.op !== "const" || at.hi > 0) return undefined;
    for (let i = 0; i < segment.items.length; i++) {
      const step = segment.items[i][0];
      // Beyond the end: the module traps before any code runs.
      const place = (at.lo >>> 0) + i;
      if (place >= entries.length) return undefined;
      if (step.op === "null") entries[place] = NULL_ENTRY;
      else if (step.op === "func" && layout.records[step.index] >= 0) entries[place] = step.index;
      else return undefined;
    }
  }
  return entries;
}

const known = new WeakMap<Environment, readonly DispatchTable[]>();

/** The dispatch tables of a module. Their symbols join its symbol table. */
export function dispatchTables(env: Environment, scan: ModuleScan): readonly DispatchTable[] {
  let list = known.get(env);
  if (list === undefined) known.set(env, (list = env.optimize > 0 ? findTables(env, scan) : []));
  return list;
}

function findTables(env: Environment, scan: ModuleScan): DispatchTable[] {
  const { module, typeIds, symbols } = env;
  const initial = module.tables.map((_, i) => (scan.changes[i] === 0 ? initialTable(env, i) : undefined));
  /** Calls by table and canonical type. */
  const calls = new Map<string, { table: number; typeId: number; calls: number }>();
  for (const [key, n] of scan.calls) {
    const table = Math.floor(key / module.types.length);
    if (initial[table] === undefined) continue;
    const typeId = typeIds[key % module.types.length];
    const name = `${table}_${typeId}`;
    const entry = calls.get(name) ?? { table, typeId, calls: 0 };
    entry.calls += n;
    calls.set(name, entry);
  }
  const wanted = [...calls.values()].sort(
    (a, b) => b.calls - a.calls || a.table - b.table || a.typeId - b.typeId,
  );
  let codeBytes = 0;
  for (const f of module.functions) codeBytes += f.end - f.start;
  let room = Math.max(LEAST_BYTES, codeBytes / CODE_SHARE);
  const tables: DispatchTable[] = [];
  for (const { table, typeId } of wanted) {
    const functions = initial[table]!;
    room -= ENTRY_BYTES * functions.length;
    if (room < 0) break;
    const entries = functions.map((f) =>
      f < 0 || typeIds[module.functions[f].typeIndex] === typeId ? f : OTHER_TYPE,
    );
    const symbol = symbols.add(`wasmaot_dispatch_${env.number}_${table}_${typeId}`);
    tables.push({ table, typeId, symbol, entries });
  }
  return tables;
}
