// What a loop that is to become one of vectors does to memory: its accesses, put together by what their addresses are sums of, and whether the vector loop
// may make them in another order.
//
// Streams are accesses of the U elements of an iteration: consecutive ones (what is loaded and stored as vectors), one place for all iterations (loaded in front
// of the vector loop), and any others (loaded one by one). Groups are streams whose addresses are a constant apart.
//
// Legality, where `block` is the bytes that a group moves on in the vector loop's iteration: in one iteration all loads come first, then all stores.
// - In a group: what an element loads may be stored by the same or a later element's turn, not by an earlier one's within a block.
// - All moving groups move the same way; where they go down, the lanes of a block are in the order of addresses, not of time.
// - Different groups, of which one stores: tested at run time for overlap (pairs of groups).
import type { CountedLoop } from "../analysis/induction.ts";
import { type Sum, strideOf, sumOf } from "../analysis/streams.ts";
import type { Func } from "../ir/func.ts";
import { Op } from "../ir/ops.ts";
import { accessSize, auxWidth } from "../ir/types.ts";

/** Offsets within a group of accesses. */
const FARTHEST = 1 << 30;
/** Bytes between elements that are loaded one by one. */
const WIDEST_STRIDE = 1 << 20;

/** Thrown where a loop turns out not to fit; one for all, as most loops do not. */
export const unfitLoop = new Error("the loop does not fit");
export function unfit(): never {
  throw unfitLoop;
}

/** Accesses whose addresses are a constant apart. */
export interface AccessGroup {
  readonly key: string;
  /** Bytes that the addresses grow by on an iteration; less than 0 where they go down. */
  readonly stride: number;
  /** The address of one whose address, as an i32, is the least. */
  address: number;
  /** Constant of that address. */
  constant: number;
  /**
   * From that address on, as it is when the loop is entered: the first byte that is accessed, and the byte behind the last one; the end where addresses
   * go up, the first byte where they go down, is that of the iteration before.
   */
  first: number;
  end: number;
  stores: boolean;
}

/** One access for each of an iteration's elements. */
export interface Stream {
  readonly kind: "consecutive" | "fixed" | "apart";
  readonly accesses: readonly number[];
  readonly group: number;
  /** Offsets from the group's address. */
  offsets: readonly number[];
  /** Bytes of an element. */
  readonly size: number;
}

export class LoopMemory {
  private readonly f: Func;
  private readonly l: CountedLoop;
  /** By access: its place in the order of the loop. */
  private readonly position: ReadonlyMap<number, number>;
  private readonly sums = new Map<number, Sum>();
  private readonly strides = new Map<string, number>();
  readonly groups: AccessGroup[] = [];
  readonly streams: Stream[] = [];
  readonly met = new Set<number>();
  /** -1 when the addresses of all elements that are stored, or of all that are loaded, go down. */
  direction = 1;

  constructor(f: Func, l: CountedLoop, position: ReadonlyMap<number, number>) {
    this.f = f;
    this.l = l;
    this.position = position;
  }

  sum(v: number): Sum {
    let sum = this.sums.get(v);
    if (sum === undefined) this.sums.set(v, (sum = sumOf(this.f, this.f.arg(v, 0))));
    return sum;
  }

  /** Constant of an access: of its address and its offset. */
  place(v: number): number {
    return (this.sum(v).constant + this.f.immLo[v]) | 0;
  }

  /** Bytes of an access. */
  size(v: number): number {
    const { f } = this;
    return accessSize(auxWidth(f.aux[v]), f.op[v] === Op.Store ? f.type[f.arg(v, 1)] : f.type[v]);
  }

  /** What an access moves on by on each iteration. */
  stride(v: number): number {
    const sum = this.sum(v);
    const known = this.strides.get(sum.key);
    if (known !== undefined) return known;
    const stride = strideOf(this.f, this.l, sum);
    if (stride === undefined || Math.abs(stride) > WIDEST_STRIDE) return unfit();
    this.strides.set(sum.key, stride);
    return stride;
  }

  private group(v: number): number {
    const { key, constant } = this.sum(v);
    const address = this.f.arg(v, 0);
    let i = this.groups.findIndex((g) => g.key === key);
    if (i < 0) {
      const stride = this.stride(v);
      i = this.groups.push({ key, stride, address, constant, first: 0, end: 0, stores: false }) - 1;
    }
    const g = this.groups[i];
    if (((constant - g.constant) | 0) < 0) {
      g.address = address;
      g.constant = constant;
    }
    return i;
  }

  /** The accesses of one iteration's elements, in order. */
  stream(accesses: readonly number[]): Stream {
    const { f } = this;
    const known = this.streams.find((s) => accesses.every((v, j) => s.accesses[j] === v));
    if (known !== undefined) return known;
    const [v] = accesses;
    const { key } = this.sum(v);
    const size = this.size(v);
    const stride = this.stride(v) * this.direction;
    if (stride < 0) unfit();
    let consecutive = stride === accesses.length * size;
    accesses.forEach((w, j) => {
      if (this.sum(w).key !== key || f.type[w] !== f.type[v] || f.op[w] !== f.op[v]) unfit();
      if (f.aux[w] !== f.aux[v]) unfit();
      if (((this.place(w) - this.place(v)) | 0) !== j * size) consecutive = false;
      this.group(w);
      this.met.add(w);
    });
    const kind = stride === 0 ? "fixed" : consecutive ? "consecutive" : "apart";
    if (kind !== "consecutive" && f.op[v] === Op.Store) unfit();
    const stream: Stream = { kind, accesses, group: this.group(v), offsets: [], size };
    this.streams.push(stream);
    return stream;
  }

  /** Offsets within groups, once all streams are known. */
  placeStreams(): void {
    const { f, groups } = this;
    for (const g of groups) {
      g.first = FARTHEST;
      g.end = -FARTHEST;
    }
    for (const s of this.streams) {
      const g = groups[s.group];
      // All elements of a stream, as their addresses may have been made in different ways.
      const offsets = s.accesses.map((v) => {
        const above = (this.sum(v).constant - g.constant) | 0;
        const offset = above + (f.immLo[v] >>> 0);
        if (above < 0 || offset >= FARTHEST) unfit();
        g.first = Math.min(g.first, offset - Math.min(g.stride, 0));
        g.end = Math.max(g.end, offset + s.size - Math.max(g.stride, 0));
        return offset;
      });
      if (s.kind === "consecutive" && offsets.some((x, j) => x !== offsets[0] + j * s.size)) unfit();
      s.offsets = offsets;
      if (f.op[s.accesses[0]] === Op.Store) g.stores = true;
    }
  }

  /** Groups that must be told apart at run time. */
  pairs(): [number, number][] {
    const { groups } = this;
    const pairs: [number, number][] = [];
    for (let i = 0; i < groups.length; i++)
      for (let k = 0; k < i; k++) if (groups[i].stores || groups[k].stores) pairs.push([i, k]);
    return pairs;
  }

  /** Whether so many iterations at once keep the order of accesses within groups. */
  allows(rounds: number): boolean {
    const { f, streams } = this;
    for (const store of streams) {
      if (f.op[store.accesses[0]] !== Op.Store) continue;
      const block = Math.abs(this.groups[store.group].stride) * rounds;
      for (const other of streams)
        if (other !== store && other.group === store.group && !this.keepsOrder(store, other, block))
          return false;
    }
    return true;
  }

  /** A store and another stream of its group. */
  private keepsOrder(store: Stream, other: Stream, block: number): boolean {
    if (other.kind !== "consecutive") return false;
    const distance = other.offsets[0] - store.offsets[0];
    if (Math.abs(distance) >= block) return true;
    const isBehind = distance * this.direction < 0;
    if (this.f.op[other.accesses[0]] === Op.Store || isBehind || distance % store.size !== 0) return false;
    const later = distance / store.size;
    return other.accesses.every((v, j) => {
      const stored = store.accesses[j + later];
      return stored === undefined || this.position.get(v)! < this.position.get(stored)!;
    });
  }
}
