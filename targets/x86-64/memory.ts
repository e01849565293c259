// Loads and stores, and instructions that change memory in place. Addresses are formed in address.ts.
import type { Lowering } from "../../compiler/codegen/lower.ts";
import { any, node, type RuleTable } from "../../compiler/codegen/pattern.ts";
import { loadRow } from "../../compiler/codegen/rules.ts";
import { Op } from "../../compiler/ir/ops.ts";
import { accessSize, auxWidth, Type, Width } from "../../compiler/ir/types.ts";
import { at } from "./address.ts";
import { adder, isImmediate, source } from "./helpers.ts";
import { type Arithmetic, alu, load, store, storeFloat, storeImm } from "./insts.ts";

const { Void, I32, I64, F32, F64, V128 } = Type;

const loadRows = {
  full: { [I32]: load.l, [I64]: load.q, [F32]: load.s, [F64]: load.d, [V128]: load.v },
  u8: { [I32]: load.zb, [I64]: load.zb },
  s8: { [I32]: load.sbl, [I64]: load.sbq },
  u16: { [I32]: load.zw, [I64]: load.zw },
  s16: { [I32]: load.swl, [I64]: load.swq },
  u32: load.l,
  s32: load.slq,
  lanes: {
    [Width.S8]: load.vsb,
    [Width.U8]: load.vzb,
    [Width.S16]: load.vsw,
    [Width.U16]: load.vzw,
    [Width.S32]: load.vsl,
    [Width.U32]: load.vzl,
  },
};
/** Width letter by bytes accessed. */
const letters: Readonly<Record<number, string>> = { 1: "b", 2: "w", 4: "l", 8: "q" };

/** An immediate as the assembler takes it for an access of `size` bytes. */
function truncated(lo: number, size: number): number {
  const unused = size < 4 ? 32 - 8 * size : 0;
  return (lo << unused) >> unused;
}

const updates = new Map<Op, Arithmetic>([
  [Op.Add, alu.add],
  [Op.Sub, alu.sub],
  [Op.And, alu.and],
  [Op.Or, alu.or],
  [Op.Xor, alu.xor],
]);
/** By op * 1024 + kind of load: x as the first operand, and as the second. */
const updateShapes = new Map(
  [...updates.keys()].flatMap((op) =>
    [Op.Load, Op.RawLoad].map((l) => {
      const load = node(l, [any]);
      const shapes = [node(op, [load, any], { ordered: true }), node(op, [any, load], { ordered: true })];
      return [op * 1024 + l, shapes] as const;
    }),
  ),
);

/** The other operand of what the store v stores, where one is a load from the same place and nobody else's, which is absorbed; 0 otherwise. */
function updatedWith(m: Lowering, v: number, t: Type, size: number): number {
  const { f } = m;
  const value = f.arg(v, 1);
  const loads = f.op[v] === Op.Store ? Op.Load : Op.RawLoad;
  const shapes = updateShapes.get(f.op[value] * 1024 + loads)!;
  const last = f.op[value] === Op.Sub ? 0 : 1;
  for (let i = 0; i <= last; i++) {
    const place = f.arg(value, i);
    const same =
      f.op[place] === loads &&
      f.arg(place, 0) === f.arg(v, 0) &&
      f.immLo[place] === f.immLo[v] &&
      accessSize(auxWidth(f.aux[place]), t) === size;
    if (same && m.match(value, shapes[i], v) !== undefined) return f.arg(value, 1 - i);
  }
  return 0;
}

/** A store of (load from the same place) (op) x as one instruction on memory. True when v is one. */
function update(m: Lowering, v: number, t: Type, size: number): boolean {
  const rows = updates.get(m.f.op[m.f.arg(v, 1)]);
  if (rows === undefined) return false;
  const other = updatedWith(m, v, t, size);
  if (other === 0) return false;
  const letter = letters[size];
  if (size < 8 ? m.isConst(other) : isImmediate(m, other)) {
    at.access(m, v, v);
    m.put(rows.mi[letter]);
    at.complete(m, truncated(m.lo(other), size));
  } else {
    const r = source(m, other, t, v);
    at.access(m, v, v);
    m.put(rows.mr[letter], r);
    at.complete(m);
  }
  return true;
}

function storeValue(m: Lowering, v: number, t: Type): void {
  const value = m.f.arg(v, 1);
  const size = accessSize(auxWidth(m.f.aux[v]), t);
  if (m.isConst(value) && (size < 8 || m.hi(value) === m.lo(value) >> 31)) {
    at.access(m, v, v);
    m.put(storeImm[letters[size]]);
    at.complete(m, truncated(m.lo(value), size));
    return;
  }
  if (update(m, v, t, size)) return;
  const r = source(m, value, t, v);
  at.access(m, v, v);
  const float = t === F32 ? storeFloat.s : t === F64 ? storeFloat.d : storeFloat.v;
  m.put(t >= F32 ? float : store[letters[size]], r);
  at.complete(m);
}

export function memoryRules(rules: RuleTable): void {
  const on = adder(rules);
  for (const t of [I32, I64, F32, F64, V128]) {
    for (const [op, address] of [
      [Op.Load, I32],
      [Op.Load, I64],
      [Op.RawLoad, I64],
    ] as const)
      on(op, t, address, (m, v) => {
        const d = m.result(v);
        at.access(m, v, v);
        m.put(loadRow(loadRows, auxWidth(m.f.aux[v]), t), d);
        at.complete(m);
      });
    on(Op.Store, Void, t, (m, v) => storeValue(m, v, t));
    on(Op.RawStore, Void, t, (m, v) => storeValue(m, v, t));
  }
}
