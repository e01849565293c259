// Which i32 values are held zero-extended, for targets that hold an i32 sign-extended and pay two shifts for each use of one as an address.
//
// A load extends either way for nothing, and so does a block parameter that loads feed (a pointer that is chased). Such a value becomes an i64
// when that saves more than it costs: addresses and zero extensions of it are free then; sums, stores and unsigned comparisons never asked; what
// needs the sign (signed comparisons, arguments, results) pays one instruction.
//
// Values that feed one another are decided on together: loads and parameters joined by edges form a component. Costs are weighted by loop depth.
import { upperBound } from "../analysis/bounds.ts";
import type { Uses } from "../analysis/uses.ts";
import type { Builder } from "../ir/build.ts";
import type { Edge, Func } from "../ir/func.ts";
import { Effect, Op, opEffect } from "../ir/ops.ts";
import { auxWidth, Type, Width } from "../ir/types.ts";
import type { PassContext } from "./context.ts";

const { I32, I64 } = Type;
/** Instructions of a zero extension, and of a sign extension of the lower half. */
const EXTENSION = 2;
const SIGN = 1;
const LOOP_WEIGHT = 8;
const MAX_DEPTH = 5;
const ROUNDS = 3;

/** Operations that read the lower half of their i32 operands only. */
const readsLow = new Set<Op>([Op.Add, Op.Sub, Op.Mul, Op.Shl, Op.ShrS, Op.ShrU, Op.Extend8S, Op.Extend16S]);
const unsignedCompares = new Set<Op>([Op.Eq, Op.Ne, Op.LtU, Op.LeU, Op.GtU, Op.GeU]);

/** Values of which both extensions are the same, or free. */
function isFree(f: Func, v: number): boolean {
  return f.isConst(v) || upperBound(f, v) < 2 ** 31;
}

function isFullLoad(f: Func, v: number): boolean {
  return (
    (f.op[v] === Op.Load || f.op[v] === Op.RawLoad) && f.type[v] === I32 && auxWidth(f.aux[v]) === Width.Full
  );
}

class ZeroExtension {
  private readonly f: Func;
  private readonly uses: Uses;
  private readonly builder: Builder;
  private readonly candidates: number[] = [];
  /** By value: 1 for a candidate. */
  private readonly chosen: Uint8Array;
  /** Union-find over candidates. */
  private readonly parent: Int32Array;
  /** By candidate that is chosen: its zero extension. */
  private readonly extended = new Map<number, number>();

  constructor(c: PassContext) {
    this.f = c.f;
    c.loops;
    this.uses = c.findUses();
    this.builder = c.build();
    this.chosen = new Uint8Array(c.f.count);
    this.parent = new Int32Array(c.f.count);
  }

  /** Returns how many values changed. */
  run(): number {
    this.collect();
    for (let round = 0; round < ROUNDS && this.decide(); round++);
    const chosen = this.candidates.filter((v) => this.chosen[v] !== 0);
    if (chosen.length === 0) return 0;
    for (const v of chosen) this.define(v);
    for (const v of chosen) if (this.f.op[v] === Op.Param) this.feed(v);
    for (const v of chosen) this.rewriteUses(v);
    for (const v of chosen) this.rewriteAddress(this.extended.get(v)!);
    this.f.applyForwards();
    return chosen.length;
  }

  private collect(): void {
    const { f } = this;
    for (const id of f.order) {
      const b = f.blocks[id];
      if (id !== f.order[0]) for (const p of b.params) if (f.type[p] === I32) this.add(p);
      for (let v = b.first; v !== 0; v = f.next[v]) if (isFullLoad(f, v)) this.add(v);
    }
    for (const v of this.candidates) if (f.op[v] === Op.Param) this.join(v);
  }

  private add(v: number): void {
    this.candidates.push(v);
    this.chosen[v] = 1;
    this.parent[v] = v;
  }

  private find(v: number): number {
    const { parent } = this;
    while (parent[v] !== v) {
      parent[v] = parent[parent[v]];
      v = parent[v];
    }
    return v;
  }

  /** Joins a parameter with the candidates that feed it. */
  private join(p: number): void {
    const { f } = this;
    for (const e of f.blocks[f.block[p]].preds) {
      const a = f.edges[e].args[f.immLo[p]];
      if (this.chosen[a] !== 0) this.parent[this.find(a)] = this.find(p);
    }
  }

  private weight(block: number): number {
    const b = this.f.blocks[block];
    return LOOP_WEIGHT ** Math.min(b.loopDepth, MAX_DEPTH) * (b.cold ? 1 / LOOP_WEIGHT : 1);
  }

  /** Gives components up that do not gain; true when one did not. */
  private decide(): boolean {
    const { f } = this;
    const gains = new Map<number, number>();
    for (const v of this.candidates) {
      if (this.chosen[v] === 0) continue;
      const component = this.find(v);
      const gain = this.gain(v) - (f.op[v] === Op.Param ? this.costOfFeeding(v) : 0);
      gains.set(component, (gains.get(component) ?? 0) + gain);
    }
    let changed = false;
    for (const v of this.candidates) {
      if (this.chosen[v] === 0 || gains.get(this.find(v))! > 0) continue;
      this.chosen[v] = 0;
      changed = true;
    }
    return changed;
  }

  private gain(v: number): number {
    const { f, uses } = this;
    let saved = 0;
    let signed = 0;
    for (let i = 0; i < uses.count(v); i++) {
      const user = uses.user(v, i);
      const weight = this.weight(f.block[user]);
      if (this.isAddress(user, v) || f.op[user] === Op.ExtendU) saved += EXTENSION * weight;
      if (this.needsSign(user, v)) signed += SIGN * weight;
    }
    return saved - Math.min(signed, SIGN * this.weight(f.block[v]));
  }

  private costOfFeeding(p: number): number {
    const { f } = this;
    let cost = 0;
    for (const e of f.blocks[f.block[p]].preds) {
      const { from, args } = f.edges[e];
      const a = args[f.immLo[p]];
      if (this.chosen[a] === 0 && !isFree(f, a)) cost += EXTENSION * this.weight(from);
    }
    return cost;
  }

  private isAddress(user: number, v: number): boolean {
    const { f } = this;
    return (f.op[user] === Op.Load || f.op[user] === Op.Store) && f.arg(user, 0) === v;
  }

  private isStored(user: number, v: number): boolean {
    const { f } = this;
    return (f.op[user] === Op.Store || f.op[user] === Op.RawStore) && f.arg(user, 1) === v;
  }

  /** A comparison that is as true of the zero extensions, which both sides have. */
  private isComparable(user: number): boolean {
    const { f } = this;
    if (!unsignedCompares.has(f.op[user])) return false;
    for (let i = 0; i < 2; i++) {
      const a = f.arg(user, i);
      if (f.type[a] !== I32 || (this.chosen[a] === 0 && !f.isConst(a))) return false;
    }
    return true;
  }

  private needsSign(user: number, v: number): boolean {
    const { f } = this;
    const op = f.op[user] as Op;
    if (opEffect[op] === Effect.Terminator) {
      for (let i = 0; i < f.argCount[user]; i++) if (f.arg(user, i) === v) return op !== Op.Branch;
      return f.blocks[f.block[user]].succs.some((e) => this.staysSigned(f.edges[e], v));
    }
    if (this.isAddress(user, v) || this.isStored(user, v) || op === Op.ExtendU || op === Op.TrapIf)
      return false;
    return !readsLow.has(op) && !this.isComparable(user);
  }

  private staysSigned(edge: Edge, v: number): boolean {
    const { params } = this.f.blocks[edge.to];
    return edge.args.some((a, i) => a === v && this.chosen[params[i]] === 0);
  }

  // ---- Rewriting ----

  /** Makes the zero extension; v itself becomes its lower half. */
  private define(v: number): void {
    const { f } = this;
    const b = f.blocks[f.block[v]];
    if (f.op[v] === Op.Param) {
      const wide = f.addParam(b, I64);
      this.extended.set(v, wide);
      const narrow = f.create(Op.Wrap, I32);
      f.pushArg(narrow, wide);
      f.insertBefore(b.first, narrow);
      f.replace(v, narrow);
      return;
    }
    const wide = f.create(f.op[v], I64, f.immLo[v], f.immHi[v], (f.aux[v] & ~15) | Width.U32);
    f.pushArg(wide, f.arg(v, 0));
    f.source[wide] = f.source[v];
    f.insertBefore(v, wide);
    f.op[v] = Op.Wrap;
    f.immLo[v] = 0;
    f.immHi[v] = 0;
    f.aux[v] = 0;
    f.setArg(v, 0, wide);
    this.extended.set(v, wide);
  }

  /** The zero extension of a, where it is known or free. */
  private known(a: number): number | undefined {
    const { f } = this;
    return f.isConst(a) ? this.builder.constant(I64, f.immLo[a], 0) : this.extended.get(a);
  }

  /** Passes zero extensions on to the parameter beside p. */
  private feed(p: number): void {
    const { f } = this;
    for (const e of f.blocks[f.block[p]].preds) {
      const { from, args } = f.edges[e];
      const a = args[f.immLo[p]];
      let wide = this.known(a);
      if (wide === undefined) {
        wide = f.create(Op.ExtendU, I64);
        f.pushArg(wide, a);
        f.insertBefore(f.blocks[from].last, wide);
      }
      args.push(wide);
    }
  }

  private rewriteUses(v: number): void {
    const { f, uses } = this;
    const wide = this.extended.get(v)!;
    for (let i = 0; i < uses.count(v); i++) {
      const user = uses.user(v, i);
      const op = f.op[user] as Op;
      if (op === Op.ExtendU) {
        f.replace(user, wide);
        f.remove(user);
        continue;
      }
      if (this.isStored(user, v)) {
        f.setArg(user, 1, wide);
        if (auxWidth(f.aux[user]) === Width.Full) f.aux[user] |= Width.U32;
      } else if (unsignedCompares.has(op) && this.isComparable(user)) {
        const [a, b] = [this.known(f.arg(user, 0))!, this.known(f.arg(user, 1))!];
        f.setArg(user, 0, a);
        f.setArg(user, 1, b);
      } else if ((op === Op.Branch || op === Op.TrapIf) && f.arg(user, 0) === v) {
        const test = f.create(Op.Ne, I32);
        f.pushArg(test, wide);
        f.pushArg(test, this.builder.constant(I64, 0, 0));
        f.insertBefore(user, test);
        f.setArg(user, 0, test);
      }
      this.rewriteAddress(user);
    }
  }

  private rewriteAddress(access: number): void {
    const { f } = this;
    if (f.op[access] !== Op.Load && f.op[access] !== Op.Store) return;
    const wide = this.extended.get(f.arg(access, 0));
    if (wide !== undefined) f.setArg(access, 0, wide);
  }
}

export function zeroExtend(c: PassContext): void {
  c.count("values held zero-extended", new ZeroExtension(c).run());
}
