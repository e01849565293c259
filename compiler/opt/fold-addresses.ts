// Constants added to addresses move into the offset of the access: load (add x, 12) becomes load x, offset=12.
//
// An i32 addition wraps at 4 GiB and an offset does not, so this needs a proof that x + 12 does not wrap; compilers to wasm know it and have no way to
// say it (CVE-2023-26489 is what happens without a proof). Proofs:
// - The value is bounded by how it is computed (analysis/bounds.ts), or it is a loop's counter (analysis/loop-bounds.ts).
// - The memory can never exceed `memoryLimit`, 64 KiB at least below 4 GiB, so an access at x that has been made bounds x from then on.
// - An access at x that is made later, when nothing but accesses lies between: if x + 12 did wrap, that access would trap, and all that
//   is changed is which access traps.
//
// The last kind is looked for within segments of a block: accesses up to and including the first store; other effects end a segment.
import { GREATEST, upperBound } from "../analysis/bounds.ts";
import { loopBounds } from "../analysis/loop-bounds.ts";
import { bytesAccessed } from "../analysis/memory.ts";
import type { Block, Func } from "../ir/func.ts";
import { Effect, Op, opEffect } from "../ir/ops.ts";
import { Alias, auxAlias, auxNonTrapping, Type } from "../ir/types.ts";
import type { PassContext } from "./context.ts";

/** Offsets stay below this, so that offset and size end within the guard. */
const MAX_OFFSET = 0x7ff00000;

class Folding {
  private readonly f: Func;
  private readonly limit: number;
  /** By value: it exceeds this nowhere below in the dominator tree. 0: nothing known. Stored as bound + 1. */
  private readonly bounds: Float64Array;
  private readonly log: { v: number; old: number }[] = [];
  /** Bounds that the accesses of the segment at hand give, each also for places in front of it. */
  private readonly segment = new Map<number, number>();
  private readonly known = (v: number): number => {
    const bound = this.bounds[v] === 0 ? GREATEST : this.bounds[v] - 1;
    return Math.min(bound, this.segment.get(v) ?? GREATEST);
  };
  folded = 0;

  constructor(f: Func, limit: number, counters: ReadonlyMap<number, number>) {
    this.f = f;
    this.limit = limit;
    this.bounds = new Float64Array(f.count);
    for (const [v, bound] of counters) this.bounds[v] = bound + 1;
  }

  run(c: PassContext): void {
    const { f } = this;
    const { dominators } = c;
    const scopes: { block: number; log: number }[] = [];
    for (let i = 0; i < f.order.length; i++) {
      const block = dominators.preorder[i];
      while (scopes.length > 0 && !dominators.dominates(scopes[scopes.length - 1].block, block)) {
        const { log } = scopes.pop()!;
        while (this.log.length > log) {
          const { v, old } = this.log.pop()!;
          this.bounds[v] = old;
        }
      }
      scopes.push({ block, log: this.log.length });
      this.visit(f.blocks[block]);
    }
  }

  private visit(b: Block): void {
    const { f } = this;
    let start = b.first;
    for (let v = b.first; v !== 0; v = f.next[v]) {
      if (!this.endsSegment(v)) continue;
      this.foldSegment(start, f.next[v]);
      start = f.next[v];
    }
    if (start !== 0) this.foldSegment(start, 0);
  }

  private endsSegment(v: number): boolean {
    const { f } = this;
    const effect = opEffect[f.op[v]];
    if (effect === Effect.Read) return !isLinear(f, v) && !auxNonTrapping(f.aux[v]);
    return effect === Effect.Trap || effect >= Effect.Write;
  }

  /** Folds the accesses from `start` to before `end`. */
  private foldSegment(start: number, end: number): void {
    const { f, segment } = this;
    segment.clear();
    for (let v = start; v !== end; v = f.next[v]) {
      if (!isLinear(f, v)) continue;
      const a = f.arg(v, 0);
      segment.set(a, Math.min(segment.get(a) ?? GREATEST, this.proven(v)));
    }
    for (let v = start; v !== end; v = f.next[v]) {
      if (!isLinear(f, v)) continue;
      this.learn(v);
      while (this.fold(v)) this.learn(v);
    }
  }

  /** The bound of v's address once v has been carried out. */
  private proven(v: number): number {
    const { f } = this;
    return Math.max(0, this.limit - (f.immLo[v] >>> 0) - bytesAccessed(f, v));
  }

  private learn(v: number): void {
    const a = this.f.arg(v, 0);
    const bound = this.proven(v);
    const old = this.bounds[a];
    if (old !== 0 && old <= bound + 1) return;
    this.log.push({ v: a, old });
    this.bounds[a] = bound + 1;
  }

  /** Takes one constant out of v's address. */
  private fold(v: number): boolean {
    const { f } = this;
    const a = f.arg(v, 0);
    if (f.op[a] !== Op.Add) return false;
    const k = f.arg(a, 1);
    if (f.op[k] !== Op.Const || f.immLo[k] <= 0) return false;
    const offset = (f.immLo[v] >>> 0) + f.immLo[k];
    if (offset > MAX_OFFSET) return false;
    const x = f.arg(a, 0);
    if (upperBound(f, x, this.known) + f.immLo[k] > GREATEST) return false;
    f.setArg(v, 0, x);
    f.immLo[v] = offset;
    this.folded++;
    return true;
  }
}

/** An access of linear memory 0 by an i32 address. */
function isLinear(f: Func, v: number): boolean {
  const op = f.op[v];
  return (
    (op === Op.Load || op === Op.Store) &&
    auxAlias(f.aux[v]) === Alias.Memory &&
    f.type[f.arg(v, 0)] === Type.I32
  );
}

export function foldAddresses(c: PassContext): void {
  if (c.facts.memoryLimit > 0xffff0000) return;
  const folding = new Folding(c.f, c.facts.memoryLimit, loopBounds(c.f, c.loops));
  folding.run(c);
  c.count("constants folded into addresses", folding.folded);
}
