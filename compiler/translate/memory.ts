// Linear memory and globals.
//
// An access of memory 0 is a Load or Store with the operator's static offset. Guard mode: an i32 address plus an offset whose access ends within
// env.guardBytes past 4 GiB cannot leave the reservation, so the hardware checks. Otherwise the end of the access is computed
// in 64 bits, where it cannot wrap, and compared with the memory's size. The access itself then keeps its trap (it is no `nonTrapping` one), so
// that no pass moves it above the check.
import type { InstanceLayout } from "../codegen/layout.ts";
import * as rt from "../codegen/rt.ts";
import type { Builder } from "../ir/build.ts";
import { Op } from "../ir/ops.ts";
import { Alias, accessAux, accessSize, auxWidth, TrapCode, Type, Width } from "../ir/types.ts";
import { expandCopy, expandFill } from "./bulk.ts";
import { callRuntime } from "./calls.ts";
import { evaluateConstant } from "./constants.ts";
import { CONSTANT, FIELD, type State } from "./state.ts";
import { irType } from "./types.ts";

const { I32, I64, F32, F64 } = Type;

/** Aux of an access to linear memory 0. */
export function memoryAux(width: Width): number {
  return accessAux(width, Alias.Memory);
}

/** Types and widths of loads (from 0x28) and stores (from 0x36). */
const loadTypes = [I32, I64, F32, F64, I32, I32, I32, I32, I64, I64, I64, I64, I64, I64];
const { Full, S8, U8, S16, U16, S32, U32 } = Width;
const loadWidths = [Full, Full, Full, Full, S8, U8, S16, U16, S8, U8, S16, U16, S32, U32];
const storeTypes = [I32, I64, F32, F64, I32, I32, I64, I64, I64];
const storeWidths = [Full, Full, Full, Full, U8, U16, U8, U16, U32];

/** Bytes of memory 0 now, as i64. */
export function buildMemorySize(b: Builder, layout: InstanceLayout): number {
  const own = layout.memoryDescriptors[0];
  const field = b.value(Op.InstanceAddress, I64, 0, 0, 0, own >= 0 ? own : layout.memories);
  const descriptor = own >= 0 ? field : b.value(Op.RawLoad, I64, field, 0, 0, 0, 0, CONSTANT);
  return b.value(Op.RawLoad, I64, descriptor, 0, 0, rt.memory.size, 0, FIELD);
}

export function memorySize(s: State): number {
  return buildMemorySize(s.b, s.env.layout);
}

/** The address to use for an access of `size` bytes at address + offset, after the check it needs. */
export function checkedAddress(s: State, address: number, offset: number, size: number): number {
  const { b, env } = s;
  const reach = offset + size;
  if (env.bounds === "guard" && reach <= env.guardBytes) return address;
  const wide = b.value(Op.ExtendU, I64, address);
  const end = b.value(Op.Add, I64, wide, b.constant(I64, reach | 0, reach > 0xffffffff ? 1 : 0));
  s.trapIf(b.value(Op.GtU, I32, end, memorySize(s)), TrapCode.MemoryOutOfBounds);
  return wide;
}

export function load(s: State, code: number): void {
  const { r } = s;
  r.u32();
  const offset = r.u32();
  const type = loadTypes[code - 0x28];
  const aux = memoryAux(loadWidths[code - 0x28]);
  const address = checkedAddress(s, s.popRaw(), offset, accessSize(auxWidth(aux), type));
  s.push(s.b.value(Op.Load, type, address, 0, 0, offset | 0, 0, aux));
}

export function store(s: State, code: number): void {
  const { r } = s;
  r.u32();
  const offset = r.u32();
  const aux = memoryAux(storeWidths[code - 0x36]);
  const value = s.pop();
  const size = accessSize(auxWidth(aux), storeTypes[code - 0x36]);
  const address = checkedAddress(s, s.popRaw(), offset, size);
  s.b.value(Op.Store, Type.Void, address, value, 0, offset | 0, 0, aux);
}

const PAGE_SHIFT = 16;

export function memorySizeOperator(s: State): void {
  const { b } = s;
  s.r.u32();
  const pages = b.value(Op.ShrU, I64, memorySize(s), b.constant(I64, PAGE_SHIFT));
  s.push(b.value(Op.Wrap, I32, pages));
}

export function memoryGrow(s: State): void {
  const { b } = s;
  const memory = b.constant(I32, s.r.u32());
  const pages = callRuntime(s, "rt_memory_grow", [memory, s.popRaw()]);
  s.push(b.value(Op.Wrap, I32, pages));
}

/** memory.init, data.drop, memory.copy, memory.fill. */
export function translateBulkOperator(s: State, code: number): void {
  const { b, r } = s;
  const number = (n: number): number => b.constant(I32, n | 0);
  switch (code) {
    case 0xfc08: {
      const segment = r.u32();
      const memory = r.u32();
      callRuntime(s, "rt_memory_init", [number(memory), number(segment), ...s.popMany(3)]);
      return;
    }
    case 0xfc09:
      callRuntime(s, "rt_data_drop", [number(r.u32())]);
      return;
    case 0xfc0a: {
      const to = r.u32();
      const from = r.u32();
      const [target, source, length] = s.popMany(3);
      if (expandCopy(s, target, source, length)) return;
      callRuntime(s, "rt_memory_copy", [number(to), number(from), target, source, length]);
      return;
    }
    default: {
      const memory = r.u32();
      const [target, byte, length] = s.popMany(3);
      if (expandFill(s, target, byte, length)) return;
      callRuntime(s, "rt_memory_fill", [number(memory), target, byte, length]);
    }
  }
}

// ---- Globals ----

/** Address of the cell of a global. */
export function globalCell(s: State, index: number): number {
  const { layout, module } = s.env;
  const place = s.instance(layout.globals[index]);
  return module.globals[index].imported === undefined ? place : s.loadConstant(place);
}

const GLOBAL = accessAux(Width.Full, Alias.Global, true);

/** `constant`: the global has its value already and keeps it. */
export function loadGlobal(s: State, index: number, constant = false): number {
  const g = s.env.module.globals[index];
  const aux = constant ? CONSTANT : GLOBAL;
  return s.b.value(Op.RawLoad, irType(g.type), globalCell(s, index), 0, 0, 0, 0, aux);
}

/** Also sets immutable globals, once. */
export function storeGlobal(s: State, index: number, value: number): void {
  s.b.value(Op.RawStore, Type.Void, globalCell(s, index), value, 0, 0, 0, GLOBAL);
}

export function globalGet(s: State): void {
  const index = s.r.u32();
  const g = s.env.module.globals[index];
  const known = g.imported === undefined && !g.mutable && g.init.length === 1 && g.init[0].op !== "global";
  s.push(known ? evaluateConstant(s, g.init) : loadGlobal(s, index, !g.mutable));
}

export function globalSet(s: State): void {
  storeGlobal(s, s.r.u32(), s.pop());
}
