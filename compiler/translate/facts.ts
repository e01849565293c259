// What one look over the whole module tells about its tables: which never change once the module is instantiated, and what calls through those that
// do not may take for granted.
//
// Source of the rule: a table that is neither imported nor exported is only changed by the module's own table.set, table.fill, table.copy,
// table.init and table.grow; what its active segments leave there stays.
import { ExternalKind, type Module, ValueType } from "../wasm/module.ts";
import { Reader } from "../wasm/reader.ts";
import { type DispatchTable, dispatchTables } from "./dispatch.ts";
import type { Environment } from "./environment.ts";
import { returnedParameter } from "./returned.ts";
import { nextOperator, skipImmediate } from "./skip.ts";

export class ModuleFacts {
  private readonly env: Environment;
  private scan: ModuleScan | undefined;
  private singleTypes: (number | undefined)[] = [];
  private readonly returnedBy = new Map<number, number>();
  private dispatch: readonly DispatchTable[] | undefined;

  constructor(env: Environment) {
    this.env = env;
  }

  /** The parameter that a function returns as it came, -1 when it is not known to. */
  returned(index: number): number {
    let known = this.returnedBy.get(index);
    if (known === undefined) this.returnedBy.set(index, (known = returnedParameter(this.env.module, index)));
    return known;
  }

  /** The table of code addresses for calls of a canonical type through a table, undefined when there is none. */
  dispatchTable(table: number, typeId: number): DispatchTable | undefined {
    this.dispatch ??= dispatchTables(this.env, (this.scan ??= scanModule(this.env.module)));
    return this.dispatch.find((d) => d.table === table && d.typeId === typeId);
  }

  /** Number of elements of a table if it never changes, else -1. */
  fixedSize(table: number): number {
    this.scan ??= scanModule(this.env.module);
    return (this.scan.changes[table] & GROWN) !== 0 ? -1 : this.env.module.tables[table].limits.min;
  }

  /** The canonical type id that all functions in a table have, 0 when that is not known. */
  singleType(table: number): number {
    return (this.singleTypes[table] ??= this.findSingleType(table));
  }

  private findSingleType(table: number): number {
    const { module, typeIds } = this.env;
    this.scan ??= scanModule(module);
    if (this.scan.changes[table] !== 0 || module.tables[table].element !== ValueType.FuncRef) return 0;
    let single = 0;
    for (const segment of module.elements) {
      if (segment.mode !== "active" || segment.table !== table) continue;
      for (const item of segment.items) {
        const step = item[0];
        if (step.op === "null") continue;
        if (step.op !== "func") return 0;
        const id = typeIds[module.functions[step.index].typeIndex];
        if (single !== 0 && single !== id) return 0;
        single = id;
      }
    }
    return single;
  }
}

const WRITTEN = 1;
const GROWN = 2;

/** What the code of a module does with tables. */
export interface ModuleScan {
  /** By table: WRITTEN when its elements may change, GROWN when its size may. */
  readonly changes: Uint8Array;
  /** By table and type index, as table * types + type: number of call_indirects. */
  readonly calls: Map<number, number>;
}

/** The module's tables as its code leaves them. The code has been validated. */
export function scanModule(m: Module): ModuleScan {
  const scan = { changes: new Uint8Array(m.tables.length), calls: new Map<number, number>() };
  const { changes } = scan;
  m.tables.forEach((t, i) => {
    if (t.imported !== undefined) changes[i] = WRITTEN | GROWN;
  });
  for (const e of m.exports) if (e.kind === ExternalKind.Table) changes[e.index] = WRITTEN | GROWN;
  if (changes.every((c) => c !== 0)) return scan;
  const r = new Reader(m.bytes);
  for (let i = m.importedFunctionCount; i < m.functions.length; i++) scanBody(m, m.functions[i], r, scan);
  return scan;
}

function scanBody(m: Module, body: { start: number; end: number }, r: Reader, scan: ModuleScan): void {
  const { changes, calls } = scan;
  r.at = body.start;
  const groups = r.u32();
  for (let i = 0; i < groups; i++) {
    r.u32();
    r.byte();
  }
  while (r.at < body.end) {
    const code = nextOperator(r);
    const at = r.at;
    skipImmediate(r, code);
    if (code !== 0x11 && code !== 0x26 && code < 0xfc0c) continue;
    const after = r.at;
    r.at = at;
    if (code === 0x11) {
      const type = r.u32();
      const key = r.u32() * m.types.length + type;
      calls.set(key, (calls.get(key) ?? 0) + 1);
      r.at = after;
      continue;
    }
    // table.init names the segment first.
    if (code === 0xfc0c) r.u32();
    if (code === 0x26 || code === 0xfc0c || code === 0xfc0e || code === 0xfc11) changes[r.u32()] |= WRITTEN;
    else if (code === 0xfc0f) changes[r.u32()] |= WRITTEN | GROWN;
    r.at = after;
  }
}
