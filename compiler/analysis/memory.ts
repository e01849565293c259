// What accesses of memory may touch: locations, overlap, and which blocks write what.
//
// A location is (region, root value, byte offset, size). The root of an i32 address x + C is x, so that fields of one object compare; a difference
// of offsets holds modulo 2^32 then, which is enough to tell small offsets apart. Regions never overlap (Alias in ir/types.ts).
import type { Func } from "../ir/func.ts";
import { Effect, Op, opEffect } from "../ir/ops.ts";
import { Alias, accessSize, auxAlias, auxWidth, Type } from "../ir/types.ts";

export interface Location {
  region: Alias;
  root: number;
  offset: number;
  size: number;
}

export function isLoad(op: number): boolean {
  return op === Op.Load || op === Op.RawLoad;
}
export function isStore(op: number): boolean {
  return op === Op.Store || op === Op.RawStore;
}

/** Bytes that a load or store touches. */
export function bytesAccessed(f: Func, v: number): number {
  const type = isStore(f.op[v]) ? f.type[f.resolve(f.arg(v, 1))] : f.type[v];
  return accessSize(auxWidth(f.aux[v]), type);
}

/** Describes the access of v in `out`. */
export function locate(f: Func, v: number, out: Location): void {
  let root = f.resolve(f.arg(v, 0));
  const linear = f.op[v] === Op.Load || f.op[v] === Op.Store;
  let offset = linear ? f.immLo[v] >>> 0 : f.immLo[v];
  if (f.op[root] === Op.Add) {
    const c = f.resolve(f.arg(root, 1));
    if (f.op[c] === Op.Const && (f.type[root] === Type.I32 || f.immHi[c] === f.immLo[c] >> 31)) {
      offset += f.immLo[c];
      root = f.resolve(f.arg(root, 0));
    }
  } else if (f.op[root] === Op.InstanceAddress) {
    // All fields have one root: the instance.
    offset += f.immLo[root];
    root = -1;
  } else if (f.op[root] === Op.Const && f.type[root] === Type.I32) {
    offset += f.immLo[root] >>> 0;
    root = -2;
  }
  out.region = auxAlias(f.aux[v]);
  out.root = root;
  out.offset = offset;
  out.size = bytesAccessed(f, v);
}

/** False when no byte can be both in `size` bytes at `offset` and in `otherSize` at `other`, from the same root. */
export function rangesMayOverlap(offset: number, size: number, other: number, otherSize: number): boolean {
  const difference = other - offset;
  if (difference <= -0x80000000 || difference >= 0x80000000) return true;
  return difference < size && -difference < otherSize;
}

/**
 * Sets of what is written, one bit for each kind: linear memories, instance fields, tables, and globals hashed by their cell. A call writes all.
 */
export const WRITES_ALL = -1;
const GLOBAL_BITS = 24;

/** The bits of what a load reads or a store writes. */
export function accessBits(f: Func, v: number): number {
  const region = auxAlias(f.aux[v]);
  if (region === Alias.Constant) return 0;
  if (region === Alias.Instance) return 1;
  if (region === Alias.Table) return 2;
  if (region !== Alias.Global) return 4 << Math.min(region - Alias.Memory, 3);
  const base = f.resolve(f.arg(v, 0));
  if (f.op[base] !== Op.InstanceAddress) return WRITES_ALL << (32 - GLOBAL_BITS);
  return 1 << (32 - GLOBAL_BITS + (((f.immLo[base] + f.immLo[v]) >> 3) % GLOBAL_BITS));
}

/** What instruction v writes. */
export function writeBits(f: Func, v: number): number {
  const effect = opEffect[f.op[v]];
  if (effect === Effect.Call) return WRITES_ALL;
  return effect === Effect.Write ? accessBits(f, v) : 0;
}

/** What each block writes. */
export function blockWrites(f: Func, out: Int32Array): void {
  for (const id of f.order) {
    let bits = 0;
    for (let v = f.blocks[id].first; v !== 0; v = f.next[v]) bits |= writeBits(f, v);
    out[id] = bits;
  }
}
