// Table operators. Sizes and elements are read from the table's descriptor in the instance (rt_table), imported tables through
// their pointer slot; what may move or fail calls the runtime.
import * as rt from "../codegen/rt.ts";
import { Op } from "../ir/ops.ts";
import { Alias, accessAux, TrapCode, Type, Width } from "../ir/types.ts";
import { callRuntime } from "./calls.ts";
import type { State } from "./state.ts";

const { I32, I64 } = Type;
const ELEMENT = accessAux(Width.Full, Alias.Table);

/** Address of the descriptor of a table. */
function descriptor(s: State, table: number): number {
  const { layout } = s.env;
  const own = layout.tableDescriptors[table];
  return own >= 0 ? s.instance(own) : s.loadConstant(s.instance(layout.tables + 8 * table));
}

/** A 64-bit field of the descriptor; `constant` when it never changes. */
export function tableField(s: State, table: number, offset: number, constant = false): number {
  const d = descriptor(s, table);
  return constant ? s.loadConstant(d, offset) : s.loadField(d, offset);
}

/** Number of elements, as i64. */
export function tableSize(s: State, table: number): number {
  const fixed = s.facts.fixedSize(table);
  return fixed >= 0 ? s.b.constant(I64, fixed | 0, 0) : tableField(s, table, rt.table.size);
}

/** Address of element `index` (i32, in bounds). */
export function elementAddress(s: State, elements: number, index: number): number {
  const { b } = s;
  const wide = b.value(Op.ExtendU, I64, index);
  return b.value(Op.Add, I64, elements, b.value(Op.Shl, I64, wide, b.constant(I64, 3)));
}

/** Address of element `index` of a table, after the bounds check. */
function checkedElement(s: State, table: number, index: number): number {
  const { b } = s;
  const outside = b.value(Op.GeU, I32, b.value(Op.ExtendU, I64, index), tableSize(s, table));
  s.trapIf(outside, TrapCode.TableOutOfBounds);
  const fixed = s.facts.fixedSize(table) >= 0;
  return elementAddress(s, tableField(s, table, rt.table.elements, fixed), index);
}

export function tableGet(s: State): void {
  const table = s.r.u32();
  const address = checkedElement(s, table, s.popRaw());
  s.push(s.b.value(Op.RawLoad, I64, address, 0, 0, 0, 0, ELEMENT));
}

export function tableSet(s: State): void {
  const table = s.r.u32();
  const value = s.popRaw();
  const address = checkedElement(s, table, s.popRaw());
  s.b.value(Op.RawStore, Type.Void, address, value, 0, 0, 0, ELEMENT);
}

/** The operators behind prefix 0xfc that work on tables. */
export function translateTableOperator(s: State, code: number): void {
  const { b, r } = s;
  const number = (n: number): number => b.constant(I32, n | 0);
  switch (code) {
    case 0xfc0c: {
      const segment = r.u32();
      const table = r.u32();
      callRuntime(s, "rt_table_init", [number(table), number(segment), ...s.popMany(3)]);
      return;
    }
    case 0xfc0d:
      callRuntime(s, "rt_elem_drop", [number(r.u32())]);
      return;
    case 0xfc0e: {
      const to = r.u32();
      const from = r.u32();
      callRuntime(s, "rt_table_copy", [number(to), number(from), ...s.popMany(3)]);
      return;
    }
    case 0xfc0f: {
      const grown = callRuntime(s, "rt_table_grow", [number(r.u32()), ...s.popMany(2)]);
      s.push(b.value(Op.Wrap, I32, grown));
      return;
    }
    case 0xfc10:
      s.push(b.value(Op.Wrap, I32, tableSize(s, r.u32())));
      return;
    default:
      callRuntime(s, "rt_table_fill", [number(r.u32()), ...s.popMany(3)]);
  }
}
