// The memory half of gvn.ts: which loads and stores tell what a location holds.
//
// At each place of the walk there is a list of accesses that are still valid: nothing that may overlap was written since. A block starts with the list
// at the end of its immediate dominator, less what may be written on the paths between. Lists share their tails.
//
// Soundness of dropping a load: the access it equals or lies within has been made before on every path, so its bytes are there (memories never
// shrink). That its own address does not leave the 32 bits where the other's did not is a matter of its own: see `reaches`.
import {
  accessBits,
  blockWrites,
  bytesAccessed,
  isLoad,
  isStore,
  type Location,
  locate,
  rangesMayOverlap,
  WRITES_ALL,
} from "../analysis/memory.ts";
import type { Builder } from "../ir/build.ts";
import type { Block, Func } from "../ir/func.ts";
import { Effect, Op, opEffect } from "../ir/ops.ts";
import { Alias, accessSize, auxWidth, Type, Width } from "../ir/types.ts";
import type { PassContext } from "./context.ts";

/** Accesses in one list (from farther away, loading again is cheaper than a register), and blocks looked at between a block and its dominator. */
const MAX_LIST = 32;
const MAX_BLOCKS = 64;
/** Bytes at the end of the 32 bits that memory 0 never has, when its limit is below: an address of an access is that far from wrapping around. */
const NEVER_THERE = 65536;

export class MemoryNumbering {
  private readonly c: PassContext;
  private readonly f: Func;
  private readonly builder: Builder;
  private readonly writes: Int32Array;
  /** Lists: cell number to access and next cell; 0 is the empty list. */
  private readonly cellAccess: number[] = [0];
  private readonly cellNext: number[] = [0];
  private readonly cellLength: number[] = [0];
  /** Where the access of a cell is (Location). */
  private readonly cellRoot: number[] = [0];
  private readonly cellOffset: number[] = [0];
  private readonly cellPlace: number[] = [0];
  private readonly listAtEnd: Int32Array;
  private readonly seen: Int32Array;
  /** By value: an offset that leaves 32 bits from no address that it can be, as an access in front shows; and how to undo it. */
  private readonly reach: Float64Array;
  private readonly reachLog: number[] = [];
  private stamp = 0;
  private list = 0;
  private readonly here: Location = { region: 0, root: 0, offset: 0, size: 0 };

  constructor(c: PassContext, builder: Builder) {
    this.c = c;
    this.f = c.f;
    this.builder = builder;
    this.writes = new Int32Array(c.f.blocks.length);
    this.listAtEnd = new Int32Array(c.f.blocks.length);
    this.seen = new Int32Array(c.f.blocks.length);
    this.reach = new Float64Array(c.f.count);
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
    if (written !== 0) this.keep((cell) => (accessBits(this.f, this.cellAccess[cell]) & written) === 0);
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

  /** Takes cells out of the list that do not pass. */
  private keep(passes: (cell: number) => boolean): void {
    const kept: number[] = [];
    /** Behind the last cell that goes, the old list is shared; before it this many stay. */
    let shared = this.list;
    let before = 0;
    for (let cell = this.list; cell !== 0; cell = this.cellNext[cell]) {
      if (passes(cell)) kept.push(cell);
      else {
        shared = this.cellNext[cell];
        before = kept.length;
      }
    }
    this.list = shared;
    for (let i = before - 1; i >= 0; i--) this.pushAgain(kept[i]);
  }

  /** Adds access v at `here`; a list that got too long keeps its newer half, so that on average little is copied. */
  private push(v: number): void {
    const { here } = this;
    if (this.cellLength[this.list] === MAX_LIST) {
      const newer: number[] = [];
      for (let cell = this.list; newer.length < MAX_LIST / 2; cell = this.cellNext[cell]) newer.push(cell);
      this.list = 0;
      for (let i = newer.length - 1; i >= 0; i--) this.pushAgain(newer[i]);
    }
    this.addCell(v, here.root, here.offset, (here.region << 8) | here.size);
  }

  private pushAgain(cell: number): void {
    this.addCell(this.cellAccess[cell], this.cellRoot[cell], this.cellOffset[cell], this.cellPlace[cell]);
  }

  private addCell(access: number, root: number, offset: number, place: number): void {
    this.cellLength.push(this.cellLength[this.list] + 1);
    this.cellNext.push(this.list);
    this.cellRoot.push(root);
    this.cellOffset.push(offset);
    this.cellPlace.push(place);
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
    if (opEffect[op] === Effect.Call) this.keep((cell) => this.cellPlace[cell] >> 8 === Alias.Constant);
    return 0;
  }

  private load(v: number): number {
    const { f, here } = this;
    locate(f, v, here);
    let reached = false;
    for (let cell = this.list; cell !== 0; cell = this.cellNext[cell]) {
      if (this.cellRoot[cell] !== here.root || this.cellOffset[cell] !== here.offset) continue;
      const place = this.cellPlace[cell];
      if (place >> 8 !== here.region || (place & 255) < here.size) continue;
      reached ||= this.reaches(v, cell);
      if (!reached) return this.note(v);
      const value = this.valueOf(this.cellAccess[cell], v);
      if (value !== 0) return value;
    }
    return this.note(v);
  }

  private note(v: number): number {
    this.push(v);
    this.made(v);
    return 0;
  }

  /**
   * Whether the sum of address and static offset of v stays within 32 bits as that of the access in `equal` did, which is to the same place modulo
   * 2^32: when its static offset is no larger, as the place is not below the other one's offset; or when an access at the same address has been made
   * with an offset so large that what is missing to v's is less than what memory never has.
   */
  private reaches(v: number, equal: number): boolean {
    const { f, here } = this;
    const access = this.cellAccess[equal];
    if ((f.op[v] !== Op.Load && f.op[v] !== Op.Store) || here.root < 0) return true;
    const offset = f.immLo[v] >>> 0;
    if (offset <= f.immLo[access] >>> 0) return true;
    const a = f.arg(v, 0);
    return a < this.reach.length && offset < this.reach[a];
  }

  /** Enters that access v has been made: in the current subtree of the walk its address plus less than `reach` stays within 32 bits. */
  private made(v: number): void {
    const { f, here, reach } = this;
    if (f.op[v] !== Op.Load && f.op[v] !== Op.Store) return;
    const a = f.arg(v, 0);
    const isLimited = here.region === Alias.Memory && this.c.facts.memoryLimit <= 2 ** 32 - NEVER_THERE;
    const end = (f.immLo[v] >>> 0) + here.size + (isLimited ? NEVER_THERE : 0);
    if (a >= reach.length || end <= reach[a]) return;
    this.reachLog.push(a, reach[a]);
    reach[a] = end;
  }

  get mark(): number {
    return this.reachLog.length;
  }

  /** Forgets what was entered by `made` since `mark`. */
  release(mark: number): void {
    const { reach, reachLog } = this;
    while (reachLog.length > mark) {
      const old = reachLog.pop()!;
      reach[reachLog.pop()!] = old;
    }
  }

  private store(v: number): number {
    const { f, here } = this;
    locate(f, v, here);
    if (this.holds(v, f.arg(v, 1))) return -1;
    this.keep((cell) => !this.mayBeIn(cell));
    this.note(v);
    return 0;
  }

  /** Whether a byte of `here` may be among those of the access in the cell. */
  private mayBeIn(cell: number): boolean {
    const { here } = this;
    const place = this.cellPlace[cell];
    if (place >> 8 !== here.region) return false;
    return (
      this.cellRoot[cell] !== here.root ||
      rangesMayOverlap(here.offset, here.size, this.cellOffset[cell], place & 255)
    );
  }

  /** Whether the location `here`, of store v, is known to hold `value`, as far as it is wide. */
  private holds(v: number, value: number): boolean {
    const { f, here } = this;
    const place = (here.region << 8) | here.size;
    for (let cell = this.list; cell !== 0; cell = this.cellNext[cell]) {
      if (this.cellRoot[cell] !== here.root || this.cellOffset[cell] !== here.offset) continue;
      if (this.cellPlace[cell] !== place) continue;
      const access = this.cellAccess[cell];
      if ((isStore(f.op[access]) ? f.resolve(f.arg(access, 1)) : access) !== value) continue;
      if (this.reaches(v, cell)) return true;
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
