// Loads and stores: linear memory by address and offset, and native addresses with what they are made of.
import type { Lowering } from "../../compiler/codegen/lower.ts";
import { any, constant, node, type RuleTable } from "../../compiler/codegen/pattern.ts";
import { loadRow, storeRow } from "../../compiler/codegen/rules.ts";
import { Op } from "../../compiler/ir/ops.ts";
import { accessSize, auxWidth, Type, Width } from "../../compiler/ir/types.ts";
import { movImm } from "./helpers.ts";
import { AddressMode, I, load, store } from "./insts.ts";

const { Void, I32, I64, F32, F64, V128 } = Type;
const anyConstant = constant();

/** Whether `offset` fits the immediate of an access of `size` bytes: scaled unsigned 12 bits, or signed 9 bits. */
function fitsOffset(offset: number, size: number): boolean {
  if (offset >= -256 && offset < 256) return true;
  return offset >= 0 && offset % size === 0 && offset / size < 4096;
}

/** Completes the memory instruction put last with base + offset. */
function offsetAddress(m: Lowering, base: number, offset: number): void {
  m.extraUse(base);
  m.aux(AddressMode.Offset);
  m.imm(offset);
}

/** base + offset as one register, for offsets no access can hold. */
function addOffset(m: Lowering, base: number, offset: number): number {
  const r = m.newReg(I64);
  if (offset >= 0 && offset < 4096) {
    m.put(I.addImm.x, r, base);
    m.imm(offset);
    return r;
  }
  const k = movImm(m, I64, offset | 0, Math.floor(offset / 0x100000000));
  m.put(I.add.x, r, base, k);
  return r;
}

/** Emits an access of `data` by `row` at base + offset. */
function accessAt(m: Lowering, row: number, data: number, base: number, offset: number, size: number): void {
  const isInReach = fitsOffset(offset, size);
  const at = isInReach ? base : addOffset(m, base, offset);
  m.put(row, data);
  offsetAddress(m, at, isInReach ? offset : 0);
}

/** Emits a linear-memory access of `data` by `row`: address value a (i32 or i64) plus an unsigned offset. */
function memoryAccess(m: Lowering, row: number, data: number, a: number, offset: number, size: number): void {
  // Offsets are unsigned: one of 2 GiB or more must not go below the memory.
  offset >>>= 0;
  if (m.isConst(a) && m.f.type[a] === I32) {
    const at = (m.lo(a) >>> 0) + offset;
    if (fitsOffset(at, size)) {
      m.put(row, data);
      m.aux(AddressMode.MemoryConstant);
      m.imm(at);
      return;
    }
    const r = movImm(m, I64, at | 0, Math.floor(at / 0x100000000));
    m.put(row, data);
    m.extraUse(r);
    m.aux(AddressMode.Memory64);
    return;
  }
  const narrow = m.f.type[a] === I32;
  const index = m.reg(a);
  if (offset === 0) {
    m.put(row, data);
    m.extraUse(index);
    m.aux(narrow ? AddressMode.Memory32 : AddressMode.Memory64);
    return;
  }
  const base = m.newReg(I64);
  if (narrow) {
    m.put(I.memoryAddress, base, index);
  } else {
    const memory = m.newReg(I64);
    m.put(I.memoryBase, memory);
    m.put(I.add.x, base, memory, index);
  }
  accessAt(m, row, data, base, offset, size);
}

const instanceField = node(Op.InstanceAddress, [], { duplicate: true });
const basePlusIndex = node(
  Op.Add,
  [node(Op.MemoryBase, [], { duplicate: true }), node(Op.ExtendU, [any], { duplicate: true })],
  { duplicate: true },
);
const plusConstant = node(Op.Add, [any, anyConstant], { duplicate: true });
const scaledIndex = [1, 2, 3].map((shift) =>
  node(Op.Add, [any, node(Op.Shl, [any, constant((lo) => lo === shift)])]),
);
const plusIndex = node(Op.Add, [any, any]);
const narrowIndex = node(Op.ExtendU, [any], { duplicate: true });
const plusNarrowIndex = node(Op.Add, [any, narrowIndex]);
const plusScaledNarrowIndex = [1, 2, 3].map((shift) =>
  node(Op.Add, [any, node(Op.Shl, [narrowIndex, constant((lo) => lo === shift)])]),
);

/** Emits an access at base + zero-extended index, or that scaled by the access's size; false when a is none. */
function narrowIndexAccess(
  m: Lowering,
  row: number,
  data: number,
  a: number,
  shift: number,
  consumer: number,
): boolean {
  let c = shift >= 1 && shift <= 3 ? m.match(a, plusScaledNarrowIndex[shift - 1], consumer) : undefined;
  const scaled = c !== undefined;
  c ??= m.match(a, plusNarrowIndex, consumer);
  if (c === undefined) return false;
  const [base, index] = [m.reg(c[1]), m.reg(c[scaled ? 4 : 3])];
  m.put(row, data);
  m.extraUse(base);
  m.extraUse(index);
  m.aux(AddressMode.Indexed32 | ((scaled ? shift : 0) << 4));
  return true;
}

/** Emits an access of `data` by `row` at native address value a plus a signed offset. */
function rawAccess(
  m: Lowering,
  row: number,
  data: number,
  a: number,
  offset: number,
  size: number,
  consumer: number,
): void {
  let c = m.match(a, instanceField, consumer);
  if (c !== undefined) {
    const at = m.lo(a) + offset;
    m.put(row, data);
    m.aux(AddressMode.Instance);
    m.imm(at);
    return;
  }
  if (offset === 0) {
    c = m.match(a, basePlusIndex, consumer);
    if (c !== undefined) {
      const index = m.reg(c[3]);
      m.put(row, data);
      m.extraUse(index);
      m.aux(AddressMode.Memory32);
      return;
    }
    const shift = Math.log2(size);
    if (narrowIndexAccess(m, row, data, a, shift, consumer)) return;
    if (shift >= 1 && shift <= 3) {
      c = m.match(a, scaledIndex[shift - 1], consumer);
      if (c !== undefined) {
        const [base, index] = [m.reg(c[1]), m.reg(c[3])];
        m.put(row, data);
        m.extraUse(base);
        m.extraUse(index);
        m.aux(AddressMode.Indexed | (shift << 4));
        return;
      }
    }
  }
  const inner = m.f.op[a] === Op.Add && m.isConst(m.f.arg(a, 1)) ? m.f.arg(a, 1) : 0;
  if (inner !== 0 && m.hi(inner) === m.lo(inner) >> 31 && fitsOffset(m.lo(inner) + offset, size)) {
    c = m.match(a, plusConstant, consumer);
    if (c !== undefined) {
      const [base, at] = [m.reg(c[1]), m.lo(c[2]) + offset];
      m.put(row, data);
      offsetAddress(m, base, at);
      return;
    }
  }
  if (offset === 0) {
    c = m.match(a, plusIndex, consumer);
    if (c !== undefined) {
      const [base, index] = [m.reg(c[1]), m.reg(c[2])];
      m.put(row, data);
      m.extraUse(base);
      m.extraUse(index);
      m.aux(AddressMode.Indexed);
      return;
    }
  }
  accessAt(m, row, data, m.reg(a), offset, size);
}

const loadRows = {
  full: { [I32]: load.w, [I64]: load.x, [F32]: load.s, [F64]: load.d, [V128]: load.q },
  u8: { [I32]: load.b, [I64]: load.b },
  s8: { [I32]: load.sbw, [I64]: load.sbx },
  u16: { [I32]: load.h, [I64]: load.h },
  s16: { [I32]: load.shw, [I64]: load.shx },
  u32: load.w,
  s32: load.swx,
  lanes: {
    [Width.S8]: load.lanes.s8,
    [Width.U8]: load.lanes.u8,
    [Width.S16]: load.lanes.s16,
    [Width.U16]: load.lanes.u16,
    [Width.S32]: load.lanes.s32,
    [Width.U32]: load.lanes.u32,
  },
};
const storeRows = {
  full: { [I32]: store.w, [I64]: store.x, [F32]: store.s, [F64]: store.d, [V128]: store.q },
  narrow8: store.b,
  narrow16: store.h,
  narrow32: store.w,
};

export function memoryRules(rules: RuleTable): void {
  for (const t of [I32, I64, F32, F64, V128]) {
    for (const a of [I32, I64]) {
      rules.on(Op.Load, t, a, [], (m, v, c) => {
        const width = auxWidth(m.f.aux[v]);
        memoryAccess(m, loadRow(loadRows, width, t), m.result(v), c[0], m.lo(v), accessSize(width, t));
      });
    }
    rules.on(Op.RawLoad, t, I64, [], (m, v, c) => {
      const width = auxWidth(m.f.aux[v]);
      rawAccess(m, loadRow(loadRows, width, t), m.result(v), c[0], m.lo(v), accessSize(width, t), v);
    });
    rules.on(Op.Store, Void, t, [], (m, v, c) => {
      const width = auxWidth(m.f.aux[v]);
      memoryAccess(m, storeRow(storeRows, width, t), m.reg(c[1]), c[0], m.lo(v), accessSize(width, t));
    });
    rules.on(Op.RawStore, Void, t, [], (m, v, c) => {
      const width = auxWidth(m.f.aux[v]);
      rawAccess(m, storeRow(storeRows, width, t), m.reg(c[1]), c[0], m.lo(v), accessSize(width, t), v);
    });
  }
}
