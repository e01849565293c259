// Neighbouring bytes that are loaded one by one, shifted and joined become one load, with a byte swap where the first byte is the highest: how portable
// C reads numbers of a fixed byte order. LLVM does the other order itself but has no byte swap on WebAssembly.
//
// The pieces must be used for nothing else, stand in one block, and have nothing between the first and the last of them that writes memory or
// traps in another way: then the one load, in the place of the first, reads the same bytes and traps exactly when one of them did.

import type { Uses } from "../analysis/uses.ts";
import type { Func } from "../ir/func.ts";
import { Effect, Op, opEffect } from "../ir/ops.ts";
import { accessAux, auxAlias, auxNonTrapping, auxWidth, Type, Width } from "../ir/types.ts";
import { room32 } from "../support/arrays.ts";
import type { PassContext } from "./context.ts";

const { I32, I64 } = Type;
/** Nodes of one expression that are looked at: 8 loads with a shift, an extension and a join each. */
const MOST_NODES = 32;

/** A load whose lowest bit is bit `shift` of the whole. */
interface Piece {
  readonly load: number;
  readonly shift: number;
  readonly bytes: number;
}

/** Bytes that a load zero-extends into an integer, 0 for other loads. */
function zeroExtendedBytes(f: Func, v: number): number {
  if (f.op[v] !== Op.Load || (f.type[v] !== I32 && f.type[v] !== I64)) return 0;
  const width = auxWidth(f.aux[v]);
  return width === Width.U8 ? 1 : width === Width.U16 ? 2 : 0;
}

class Combiner {
  private readonly f: Func;
  private readonly uses: Uses;
  /** By instruction: its place in its block, and how many barriers stand before it. */
  private place = new Int32Array(0);
  private barrier = new Int32Array(0);
  private pieces: Piece[] = [];
  /** All of the expression but constants. */
  private nodes: number[] = [];

  constructor(f: Func, uses: Uses) {
    this.f = f;
    this.uses = uses;
    this.place = room32(this.place, f.count);
    this.barrier = room32(this.barrier, f.count);
  }

  /** Replaces what can be combined in a block; returns how many loads appeared. */
  run(block: number): number {
    const { f } = this;
    const joins: number[] = [];
    let place = 0;
    let barriers = 0;
    for (let v = f.blocks[block].first; v !== 0; v = f.next[v]) {
      this.place[v] = place++;
      this.barrier[v] = barriers;
      if (this.isBarrier(v)) barriers++;
      if (f.op[v] === Op.Or) joins.push(v);
    }
    let found = 0;
    // Later joins first: the root of an expression before what it joins.
    for (let i = joins.length - 1; i >= 0; i--) if (this.combine(joins[i])) found++;
    return found;
  }

  private isBarrier(v: number): boolean {
    const { f } = this;
    const effect = opEffect[f.op[v]];
    if (effect === Effect.Pure || f.op[v] === Op.Load) return false;
    return effect !== Effect.Read || !auxNonTrapping(f.aux[v]);
  }

  private combine(root: number): boolean {
    const { f } = this;
    // Part of an expression that was replaced.
    if (f.block[root] < 0) return false;
    this.pieces = [];
    this.nodes = [];
    if (!this.collect(root, 0, f.type[root] === I64 ? 64 : 32, true)) return false;
    const { pieces } = this;
    pieces.sort((a, b) => (f.immLo[a.load] >>> 0) - (f.immLo[b.load] >>> 0));
    const bytes = pieces.reduce((n, p) => n + p.bytes, 0);
    if ((bytes !== 2 && bytes !== 4 && bytes !== 8) || !this.areNeighbours()) return false;
    const swapped = this.isOrdered(bytes, true);
    if (!swapped && !this.isOrdered(bytes, false)) return false;
    this.replace(root, bytes, swapped);
    return true;
  }

  /** Collects the loads that v joins; `bits`: how many of v's bits from `shift` on count. False when there is anything else in it. */
  private collect(v: number, shift: number, bits: number, isRoot = false): boolean {
    const { f } = this;
    if (this.nodes.push(v) > MOST_NODES) return false;
    if (!isRoot && (this.uses.count(v) !== 1 || f.block[v] < 0)) return false;
    const bytes = zeroExtendedBytes(f, v);
    if (bytes !== 0) {
      this.pieces.push({ load: v, shift, bytes });
      return 8 * bytes <= bits;
    }
    switch (f.op[v]) {
      case Op.Or:
        return this.collect(f.arg(v, 0), shift, bits) && this.collect(f.arg(v, 1), shift, bits);
      case Op.ExtendU:
        return this.collect(f.arg(v, 0), shift, Math.min(bits, 32));
      case Op.Shl: {
        const by = f.arg(v, 1);
        if (f.op[by] !== Op.Const) return false;
        const n = f.immLo[by] & (f.type[v] === I64 ? 63 : 31);
        return n % 8 === 0 && this.collect(f.arg(v, 0), shift + n, bits - n);
      }
      default:
        return false;
    }
  }

  /** Whether the sorted pieces read neighbouring bytes of one place in memory, with no barrier between. */
  private areNeighbours(): boolean {
    const { f, pieces } = this;
    const first = pieces[0].load;
    let end = f.immLo[first] >>> 0;
    for (const { load, bytes } of pieces) {
      if (f.arg(load, 0) !== f.arg(first, 0) || f.block[load] !== f.block[first]) return false;
      if (this.barrier[load] !== this.barrier[first] || auxAlias(f.aux[load]) !== auxAlias(f.aux[first]))
        return false;
      if (f.immLo[load] >>> 0 !== end || f.immHi[load] !== f.immHi[first]) return false;
      end += bytes;
    }
    return true;
  }

  /** Whether each piece stands where one load of all bytes puts it; with `swapped`, the other way round. */
  private isOrdered(bytes: number, swapped: boolean): boolean {
    const { pieces } = this;
    let before = 0;
    for (const p of pieces) {
      if (swapped && p.bytes !== 1) return false;
      if (p.shift !== 8 * (swapped ? bytes - 1 - before : before)) return false;
      before += p.bytes;
    }
    return true;
  }

  private replace(root: number, bytes: number, swapped: boolean): void {
    const { f, pieces } = this;
    const loads = pieces.map((p) => p.load);
    const first = loads.reduce((a, b) => (this.place[b] < this.place[a] ? b : a));
    const type: Type = f.type[root];
    // A swap of 4 bytes is one of an i32, whatever it is extended to.
    const loaded: Type = swapped && bytes === 4 ? I32 : type;
    const size = loaded === I64 ? 8 : 4;
    const width = bytes === size ? Width.Full : bytes === 4 ? Width.U32 : Width.U16;
    const lowest = loads[loads.indexOf(pieces[0].load)];
    const nonTrapping = loads.every((v) => auxNonTrapping(f.aux[v]));
    const load = f.create(
      Op.Load,
      loaded,
      f.immLo[lowest],
      f.immHi[lowest],
      accessAux(width, auxAlias(f.aux[lowest]), nonTrapping),
    );
    f.pushArg(load, f.arg(lowest, 0));
    f.source[load] = f.source[first];
    f.insertBefore(first, load);
    let value = load;
    if (swapped) {
      value = this.insert(root, Op.Bswap, loaded, value);
      if (bytes < size)
        value = this.insert(root, Op.ShrU, loaded, value, this.constant(root, loaded, 8 * (size - bytes)));
      if (loaded !== type) value = this.insert(root, Op.ExtendU, type, value);
    }
    f.replace(root, value);
    for (const v of this.nodes) f.remove(v);
  }

  private insert(before: number, op: Op, type: Type, a: number, b = 0): number {
    const { f } = this;
    const v = f.create(op, type);
    f.pushArg(v, a);
    if (b !== 0) f.pushArg(v, b);
    f.source[v] = f.source[before];
    f.insertBefore(before, v);
    return v;
  }

  private constant(before: number, type: Type, n: number): number {
    const v = this.f.create(Op.Const, type, n);
    this.f.insertBefore(before, v);
    return v;
  }
}

export function combineLoads(c: PassContext): void {
  const { f } = c;
  const combiner = new Combiner(f, c.findUses());
  let found = 0;
  for (const id of f.order) found += combiner.run(id);
  if (found > 0) f.applyForwards();
  c.count("combined loads", found);
}
