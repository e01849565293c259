// Loads and stores. A wasm address is the memory base plus an unsigned i32 plus a static offset, added in 64 bits: the offset may go to
// the instruction whenever it fits its 12 bits.
import { isNonNegative } from "../../compiler/codegen/facts.ts";
import type { Lowering } from "../../compiler/codegen/lower.ts";
import { any, constant, node, type RuleTable } from "../../compiler/codegen/pattern.ts";
import { isZero, loadRow, storeRow } from "../../compiler/codegen/rules.ts";
import { Op } from "../../compiler/ir/ops.ts";
import { auxWidth, Type, type Width } from "../../compiler/ir/types.ts";
import { constantRegister, isImm12, low, putBinary, putImmediate, putUnary, zba } from "./helpers.ts";
import { AddressMode, I, load, store, zeroStore } from "./insts.ts";

const { Void, I32, I64, F32, F64 } = Type;

function highPart(m: Lowering, value: number): { low: number; register: number } {
  const lowPart = (value << 20) >> 20;
  const high = value - lowPart;
  return { low: lowPart, register: constantRegister(m, I64, high | 0, Math.floor(high / 0x100000000)) };
}

/** Puts an access of `data` by `row` at base + offset. */
function accessAt(m: Lowering, row: number, data: number, base: number, offset: number): void {
  let at = base;
  let rest = offset;
  if (!isImm12(offset)) {
    const high = highPart(m, offset);
    at = putBinary(m, I64, I.add.x, base, high.register);
    rest = high.low;
  }
  m.put(row, data);
  m.extraUse(at);
  m.aux(AddressMode.Offset);
  m.imm(rest);
}

const scaled = node(Op.Shl, [any, constant()]);

/** Memory base plus address value a, as a register. */
function memoryAddress(m: Lowering, a: number, consumer: number): number {
  if (m.f.type[a] !== I32 || isNonNegative(m.f, a)) return putUnary(m, I64, I.memoryAddressX, m.reg(a));
  if (zba(m)) return putUnary(m, I64, I.memoryAddressZba, low(m, a));
  const c = m.f.op[a] === Op.Shl ? m.match(a, scaled, consumer) : undefined;
  if (c === undefined) return putUnary(m, I64, I.memoryAddress, low(m, a));
  // The shift to the left and that of the extension are one.
  const k = m.lo(c[2]) & 31;
  const up = putImmediate(m, I64, I.slli.x, low(m, c[1]), 32 + k);
  return putUnary(m, I64, I.memoryAddressX, putImmediate(m, I64, I.srli.x, up, 32));
}

/** Puts an access of `data` by `row` in linear memory: address value a (i32 or i64) plus an unsigned offset. */
function memoryAccess(
  m: Lowering,
  row: number,
  data: number,
  a: number,
  offset: number,
  consumer: number,
): void {
  offset >>>= 0;
  if (!m.isConst(a) || m.f.type[a] !== I32) {
    accessAt(m, row, data, memoryAddress(m, a, consumer), offset);
    return;
  }
  const at = (m.lo(a) >>> 0) + offset;
  if (isImm12(at)) {
    m.put(row, data);
    m.aux(AddressMode.MemoryConstant);
    m.imm(at);
    return;
  }
  const high = highPart(m, at);
  accessAt(m, row, data, putUnary(m, I64, I.memoryAddressX, high.register), high.low);
}

const instanceField = node(Op.InstanceAddress, [], { duplicate: true });
const memoryBase = node(Op.MemoryBase, [], { duplicate: true });
const plusConstant = node(Op.Add, [any, constant()], { duplicate: true });

/** Puts an access of `data` by `row` at native address value a plus a signed offset. */
function rawAccess(
  m: Lowering,
  row: number,
  data: number,
  a: number,
  offset: number,
  consumer: number,
): void {
  if (m.match(a, instanceField, consumer) !== undefined) {
    m.put(row, data);
    m.aux(AddressMode.Instance);
    m.imm(m.lo(a) + offset);
    return;
  }
  if (isImm12(offset) && m.match(a, memoryBase, consumer) !== undefined) {
    m.put(row, data);
    m.aux(AddressMode.MemoryConstant);
    m.imm(offset);
    return;
  }
  const inner = m.f.op[a] === Op.Add && m.isConst(m.f.arg(a, 1)) ? m.f.arg(a, 1) : 0;
  if (inner !== 0 && m.hi(inner) === m.lo(inner) >> 31 && isImm12(m.lo(inner) + offset)) {
    const c = m.match(a, plusConstant, consumer);
    if (c !== undefined) {
      const at = m.lo(c[2]) + offset;
      accessAt(m, row, data, m.reg(c[1]), at);
      return;
    }
  }
  accessAt(m, row, data, m.reg(a), offset);
}

const loadRows = {
  full: { [I32]: load.w, [I64]: load.d, [F32]: load.fs, [F64]: load.fd },
  u8: { [I32]: load.bu, [I64]: load.bu },
  s8: { [I32]: load.b, [I64]: load.b },
  u16: { [I32]: load.hu, [I64]: load.hu },
  s16: { [I32]: load.h, [I64]: load.h },
  u32: load.wu,
  s32: load.w,
};
const storeRows = {
  full: { [I32]: store.w, [I64]: store.d, [F32]: store.fs, [F64]: store.fd },
  narrow8: store.b,
  narrow16: store.h,
  narrow32: store.w,
};

/** Row and register that store value v. */
function stored(m: Lowering, width: Width, v: number): [row: number, register: number] {
  const t = m.f.type[v];
  const row = storeRow(storeRows, width, t);
  if (isZero(m, v)) return [zeroStore[row], 0];
  return [row, t === I32 ? low(m, v) : m.reg(v)];
}

export function memoryRules(rules: RuleTable): void {
  for (const t of [I32, I64, F32, F64]) {
    for (const a of [I32, I64])
      rules.on(Op.Load, t, a, [], (m, v, c) => {
        const row = loadRow(loadRows, auxWidth(m.f.aux[v]), t);
        memoryAccess(m, row, m.result(v), c[0], m.lo(v), v);
      });
    rules.on(Op.RawLoad, t, I64, [], (m, v, c) => {
      const row = loadRow(loadRows, auxWidth(m.f.aux[v]), t);
      rawAccess(m, row, m.result(v), c[0], m.lo(v), v);
    });
    rules.on(Op.Store, Void, t, [], (m, v, c) => {
      const [row, data] = stored(m, auxWidth(m.f.aux[v]), c[1]);
      memoryAccess(m, row, data, c[0], m.lo(v), v);
    });
    rules.on(Op.RawStore, Void, t, [], (m, v, c) => {
      const [row, data] = stored(m, auxWidth(m.f.aux[v]), c[1]);
      rawAccess(m, row, data, c[0], m.lo(v), v);
    });
  }
}
