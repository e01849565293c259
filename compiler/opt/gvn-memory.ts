// The memory half of gvn.ts: which loads and stores tell what a location holds.
//
// At each place of the walk there is a list of accesses that are still valid: nothing that may overlap was written since. A block starts with the list
// at the end of its immediate dominator, less what may be written on the paths between. Lists share their tails.
//
// Soundness of dropping a load: the access it equals or lies within has been made before on every path, so it cannot trap (memories never shrink).
import {
  accessBits,
  blockWrites,
  bytesAccessed,
  isLoad,
  isStore,
  type Location,
  locate,
  mayOverlap,
  WRITES_ALL,
} from "../analysis/memory.ts";
import type { Builder } from "../ir/build.ts";
import type { Block, Func } from "../ir/func.ts";
import { Effect, Op, opEffect } from "../ir/ops.ts";
import { accessSize, auxAlias, auxWidth, Type, Width } from "../ir/types.ts";
import type { PassContext } from "./context.ts";

/** Accesses in one list (more are worth less than the registers they take), and blocks looked at between a block and its dominator. */
const MAX_LIST = 32;
const MAX_BLOCKS = 64;

export class MemoryNumbering {
  private readonly c: PassContext;
  private readonly f: Func;
  private readonly builder: Builder;
  private readonly writes: Int32Array;
  /** Lists: cell number to access and next cell; 0 is the empty list. */
  private readonly cellAccess: number[] = [0];
  private readonly cellNext: number[] = [0];
  private readonly cellLength: number[] = [0];
  private readonly listAtEnd: Int32Array;
  private readonly seen: Int32Array;
  private stamp = 0;
  private list = 0;
  private readonly here: Location = { region: 0, root: 0, offset: 0, size: 0 };
  private readonly there: Location = { region: 0, root: 0, offset: 0, size: 0 };

  constructor(c: PassContext, builder: Builder) {
    this.c = c;
    this.f = c.f;
    this.builder = builder;
    this.writes = new Int32Array(c.f.blocks.length);
    this.listAtEnd = new Int32Array(c.f.blocks.length);
    this.seen = new Int32Array(c.f.blocks.length);
    blockWrites(c.f, this.writes);
  }

  enter(b: Block): void {
    if (b.id === 0) {
      this.list = 0;
      return;
    }
    const dominator = this.c.dominators.idom(b.id);
    this.list = this.listAtEnd[dominator];
    if (this.list === 0) return;
    const written = this.writtenBetween(dominator, b);
    if (written !== 0) this.keep((access) => (accessBits(this.f, access) & written) === 0);
  }

  leave(b: Block): void {
    this.listAtEnd[b.id] = this.list;
  }

  /** What is written on paths from the end of block `from`, which dominates b, to b. */
  private writtenBetween(from: number, b: Block): number {
    const { f, seen } = this;
    const stamp = ++this.stamp;
    const work: Block[] = [b];
    let written = 0;
    let visited = 0;
    while (work.length > 0) {
      for (const e of work.pop()!.preds) {
        const p = f.edges[e].from;
        if (p === from || seen[p] === stamp) continue;
        seen[p] = stamp;
        written |= this.writes[p];
        if (written === WRITES_ALL || ++visited > MAX_BLOCKS) return WRITES_ALL;
        work.push(f.blocks[p]);
      }
    }
    return written;
  }

  /** Takes accesses out of the list that do not pass. */
  private keep(passes: (access: number) => boolean): void {
    const kept: number[] = [];
    /** Behind the last cell that goes, the old list is shared; before it this many accesses stay. */
    let shared = this.list;
    let before = 0;
    for (let cell = this.list; cell !== 0; cell = this.cellNext[cell]) {
      if (passes(this.cellAccess[cell])) kept.push(this.cellAccess[cell]);
      else {
        shared = this.cellNext[cell];
        before = kept.length;
      }
    }
    this.list = shared;
    for (let i = before - 1; i >= 0; i--) this.push(kept[i]);
  }

  /** Adds an access; a list that got too long keeps its newer half, so that on average little is copied. */
  private push(access: number): void {
    if (this.cellLength[this.list] === MAX_LIST) {
      const newer: number[] = [];
      for (let cell = this.list; newer.length < MAX_LIST / 2; cell = this.cellNext[cell])
        newer.push(this.cellAccess[cell]);
      this.list = 0;
      for (let i = newer.length - 1; i >= 0; i--) this.push(newer[i]);
    }
    this.cellLength.push(this.cellLength[this.list] + 1);
    this.cellNext.push(this.list);
    this.list = this.cellAccess.push(access) - 1;
  }

  /**
   * Takes note of v, which reads, writes or calls; returns the value that makes load v superfluous, -1 for a store that changes nothing,
   * else 0.
   */
  access(v: number): number {
    const { f } = this;
    const op = f.op[v];
    if (isLoad(op)) return this.load(v);
    if (isStore(op)) return this.store(v);
    if (opEffect[op] === Effect.Call) this.keep((access) => auxAlias(f.aux[access]) === 0);
    return 0;
  }

  private load(v: number): number {
    const { f, here, there } = this;
    locate(f, v, here);
    for (let cell = this.list; cell !== 0; cell = this.cellNext[cell]) {
      const access = this.cellAccess[cell];
      if (auxAlias(f.aux[access]) !== here.region) continue;
      locate(f, access, there);
      if (there.root !== here.root || there.offset !== here.offset || there.size < here.size) continue;
      const value = this.valueOf(access, v);
      if (value !== 0) return value;
    }
    this.push(v);
    return 0;
  }

  private store(v: number): number {
    const { f, here, there } = this;
    locate(f, v, here);
    if (this.holds(f.arg(v, 1))) return -1;
    this.keep((access) => {
      locate(f, access, there);
      return !mayOverlap(here, there);
    });
    this.push(v);
    return 0;
  }

  /** Whether the location `here` is known to hold `value`, as far as it is wide. */
  private holds(value: number): boolean {
    const { f, here, there } = this;
    for (let cell = this.list; cell !== 0; cell = this.cellNext[cell]) {
      const access = this.cellAccess[cell];
      if ((isStore(f.op[access]) ? f.resolve(f.arg(access, 1)) : access) !== value) continue;
      locate(f, access, there);
      const same = there.root === here.root && there.offset === here.offset && there.size === here.size;
      if (same && there.region === here.region) return true;
    }
    return false;
  }

  /** What load v gives, from an access of the same place that is at least as wide; 0 when it takes too much. */
  private valueOf(access: number, v: number): number {
    const { f, builder } = this;
    const stored = isStore(f.op[access]);
    const value = stored ? f.resolve(f.arg(access, 1)) : access;
    const have = f.type[value] as Type;
    const want = f.type[v] as Type;
    const wantWidth = auxWidth(f.aux[v]);
    const haveWidth = auxWidth(f.aux[access]);
    if (have === want && haveWidth === wantWidth && (!stored || wantWidth === Width.Full)) return value;
    const size = bytesAccessed(f, v);
    builder.setPosition(v);
    builder.source = f.source[v];
    if (haveWidth === Width.Full && wantWidth === Width.Full) {
      if (accessSize(Width.Full, have) !== size) return this.lowHalf(value, have, want);
      if (have === Type.V128 || want === Type.V128) return 0;
      return builder.value(Op.Bitcast, want, value);
    }
    // From here on integers only, whose low bits are known.
    if ((have !== Type.I32 && have !== Type.I64) || (want !== Type.I32 && want !== Type.I64)) return 0;
    if (have === Type.I32 && want === Type.I64 && (size > 4 || wantWidth === Width.Full)) return 0;
    let low = value;
    if (have === Type.I64 && want === Type.I32) low = builder.value(Op.Wrap, want, low);
    else if (have === Type.I32 && want === Type.I64) low = builder.value(Op.ExtendU, want, low);
    return this.extend(low, want, wantWidth);
  }

  private lowHalf(value: number, have: Type, want: Type): number {
    return have === Type.I64 && want === Type.I32 ? this.builder.value(Op.Wrap, want, value) : 0;
  }

  /** The low bits of an integer, extended as a load of `width` does. */
  private extend(v: number, type: Type, width: Width): number {
    const { builder } = this;
    switch (width) {
      case Width.U8:
        return builder.value(Op.And, type, v, builder.constant(type, 0xff));
      case Width.U16:
        return builder.value(Op.And, type, v, builder.constant(type, 0xffff));
      case Width.U32:
        return builder.value(Op.And, type, v, builder.constant(type, -1, 0));
      case Width.S8:
        return builder.value(Op.Extend8S, type, v);
      case Width.S16:
        return builder.value(Op.Extend16S, type, v);
      case Width.S32:
        return builder.value(Op.Extend32S, type, v);
      default:
        return v;
    }
  }
}
