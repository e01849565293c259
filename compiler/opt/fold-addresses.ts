// Constants added to addresses move into the offset of the access: load (add x, 12) becomes load x, offset=12.
//
// An i32 addition wraps at 4 GiB and an offset does not, so this needs a proof that x + 12 does not wrap; compilers to wasm know it and have no way to
// say it (CVE-2023-26489 is what happens without a proof). Proofs:
// - The value is bounded by how it is computed (analysis/bounds.ts), or it is a loop's counter (analysis/loop-bounds.ts).
// - The memory can never exceed `memoryLimit`, 64 KiB at least below 4 GiB, so an access at x that has been made bounds x from then on.
// - An access at x that is made later, when nothing but accesses lies between: if x + 12 did wrap, that access would trap, and all that
//   is changed is which access traps.
//
// Where x itself has not been accessed but x + D has, D smaller than C, an access at x + C becomes one at x + D, offset C - D, by the same proof: fields
// of a stack frame are then reached from one register, whichever way their addresses were computed. Only where x + D must be in a register: it has been
// accessed with an offset, which machines do not add within 32 bits; and not when x is needed in loops anyway. All sums of x below follow then.
//
// The last kind is looked for within segments of a block: accesses up to and including the first store; other effects end a segment.
import { GREATEST, upperBound } from "../analysis/bounds.ts";
import { loopBounds } from "../analysis/loop-bounds.ts";
import { bytesAccessed } from "../analysis/memory.ts";
import type { Uses } from "../analysis/uses.ts";
import type { Block, Func } from "../ir/func.ts";
import { Effect, Op, opEffect } from "../ir/ops.ts";
import { Alias, auxAlias, auxNonTrapping, Type } from "../ir/types.ts";
import type { PassContext } from "./context.ts";

/** Offsets stay below this, so that offset and size end within the guard. */
const MAX_OFFSET = 0x7ff00000;

class Folding {
  private readonly c: PassContext;
  private readonly f: Func;
  private readonly limit: number;
  /** By value: it exceeds this nowhere below in the dominator tree. 0: nothing known. Stored as bound + 1. */
  private readonly bounds: Float64Array;
  private readonly log: { v: number; old: number }[] = [];
  /** By value x: the sum x + D with the least D that has a bound; scoped as the bounds. */
  private readonly sums: Int32Array;
  /** By value x: 1 or 2 once `isBusy` has been asked. */
  private readonly busy: Uint8Array;
  private uses: Uses | undefined;
  /** By value x: the sum that accesses were moved to. */
  private readonly rebased = new Map<number, number>();
  private readonly sumLog: { v: number; old: number }[] = [];
  /** Bounds that the accesses of the segment at hand give, each also for places in front of it. */
  private readonly segment = new Map<number, number>();
  private readonly known = (v: number): number => {
    const bound = this.bounds[v] === 0 ? GREATEST : this.bounds[v] - 1;
    return Math.min(bound, this.segment.get(v) ?? GREATEST);
  };
  folded = 0;

  constructor(c: PassContext, counters: ReadonlyMap<number, number>) {
    const { f } = c;
    this.c = c;
    this.f = f;
    this.limit = c.facts.memoryLimit;
    this.busy = new Uint8Array(f.count);
    this.bounds = new Float64Array(f.count);
    this.sums = new Int32Array(f.count);
    for (const [v, bound] of counters) this.bounds[v] = bound + 1;
  }

  run(): void {
    const { f } = this;
    const { dominators } = this.c;
    const scopes: { block: number; log: number; sumLog: number }[] = [];
    for (let i = 0; i < f.order.length; i++) {
      const block = dominators.preorder[i];
      while (scopes.length > 0 && !dominators.dominates(scopes[scopes.length - 1].block, block)) {
        const { log, sumLog } = scopes.pop()!;
        while (this.log.length > log) {
          const { v, old } = this.log.pop()!;
          this.bounds[v] = old;
        }
        while (this.sumLog.length > sumLog) {
          const { v, old } = this.sumLog.pop()!;
          this.sums[v] = old;
        }
      }
      scopes.push({ block, log: this.log.length, sumLog: this.sumLog.length });
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
    if (this.f.immLo[v] !== 0) this.learnSum(a);
  }

  /** a has got a bound: other sums of the same value may be reached from it. */
  private learnSum(a: number): void {
    const { f, sums } = this;
    if (!isSum(f, a)) return;
    const x = f.arg(a, 0);
    const old = sums[x];
    if (old !== 0 && f.immLo[f.arg(old, 1)] <= f.immLo[f.arg(a, 1)]) return;
    this.sumLog.push({ v: x, old });
    sums[x] = a;
  }

  /** Takes one constant out of v's address. */
  private fold(v: number): boolean {
    const { f } = this;
    const a = f.arg(v, 0);
    if (f.op[a] !== Op.Add) return false;
    const k = f.arg(a, 1);
    if (f.op[k] !== Op.Const) return false;
    const x = f.arg(a, 0);
    if (this.moveTo(v, x, f.immLo[k])) return true;
    const sum = this.sums[x];
    if (sum === 0 || sum === a || this.isBusy(x)) return false;
    if (!this.moveTo(v, sum, f.immLo[k] - f.immLo[f.arg(sum, 1)])) return false;
    this.rebased.set(x, sum);
    return true;
  }

  /** Whether x is needed in loops for something else than sums with constants. */
  private isBusy(x: number): boolean {
    const { f, busy } = this;
    if (busy[x] === 0) {
      this.uses ??= this.c.findUses();
      busy[x] = 1;
      for (let i = this.uses.count(x) - 1; i >= 0 && busy[x] === 1; i--) {
        const user = this.uses.user(x, i);
        if (f.block[user] >= 0 && !isSum(f, user) && f.blocks[f.block[user]].loopDepth > 0) busy[x] = 2;
      }
    }
    return busy[x] === 2;
  }

  /** Computes other sums of values left aside from the sums that stand for them. */
  moveSums(): void {
    const { f, c, rebased, uses } = this;
    if (uses === undefined) return;
    const builder = c.build();
    for (const [x, sum] of rebased)
      for (let i = uses.count(x) - 1; i >= 0; i--) {
        const user = uses.user(x, i);
        const from = f.block[sum];
        const to = f.block[user];
        if (to < 0 || !isSum(f, user) || from === to || !c.dominators.dominates(from, to)) continue;
        f.setArg(user, 1, builder.i32(f.immLo[f.arg(user, 1)] - f.immLo[f.arg(sum, 1)]));
        f.setArg(user, 0, sum);
      }
  }

  /** Lets the address of access v be x with `constant` in its offset, if x + constant cannot wrap. */
  private moveTo(v: number, x: number, constant: number): boolean {
    const { f } = this;
    const offset = (f.immLo[v] >>> 0) + constant;
    if (constant <= 0 || offset > MAX_OFFSET) return false;
    if (upperBound(f, x, this.known) + constant > GREATEST) return false;
    f.setArg(v, 0, x);
    f.immLo[v] = offset;
    this.folded++;
    return true;
  }
}

/** x + C. */
function isSum(f: Func, v: number): boolean {
  return f.op[v] === Op.Add && f.type[v] === Type.I32 && f.isConst(f.arg(v, 1));
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
  const folding = new Folding(c, loopBounds(c.f, c.loops));
  folding.run();
  folding.moveSums();
  c.count("constants folded into addresses", folding.folded);
}
