// Native addresses of linear-memory accesses, for targets whose loads add only a small constant to a register: memory base + zero-extended i32
// is a value of its own, computed once for neighbouring accesses, in front of loops where it can be, and carried through loops instead of
// the i32.
//
// Why stepping a native address is right though the i32 addition may wrap: an access at p has succeeded before, so p lies below the memory's
// limit; when p + c stays below 2^32 even at that limit, zext(p + c) = zext(p) + c. With explicit checks an address is an i64 that is checked
// already, and is shared as it is. Constants within addresses are in the offsets already (fold-addresses.ts).
//
// A loop's parameter p that each round steps by constants, after an access at p, gets a native twin; comparisons of p that are as true of the
// twins are made on them, so that p dies when nothing else needs it. So does an address like a + 4 * i, of which i is the parameter.

import { affineIn, constantStep, rebuild } from "../analysis/affine.ts";
import { GREATEST, upperBound } from "../analysis/bounds.ts";
import type { Dominators } from "../analysis/dominators.ts";
import type { Loops } from "../analysis/loops.ts";
import type { Uses } from "../analysis/uses.ts";
import type { Builder } from "../ir/build.ts";
import type { Func } from "../ir/func.ts";
import { Effect, Op, opEffect } from "../ir/ops.ts";
import { Alias, auxAlias, Type } from "../ir/types.ts";
import type { PassContext } from "./context.ts";

const { I32, I64 } = Type;
const FOUR_GIB = 0x1_0000_0000;
/** Most that is added to a native address. */
const MAX_STEP = 0x8000;
/** Static offsets beyond this stay with the access. */
const MAX_OFFSET = 0x4000_0000;
/** Where plain accesses cost nothing: offsets beyond this are for table-bases.ts. */
const FAR_OFFSET = 4095;
/** Accesses at one value that are tried as a proof. */
const MAX_PROOFS = 8;
/** Sums that one loop carries. */
const MAX_SUMS = 8;
/** Constant addresses below this fit the access itself; the others are shared by their upper bits. */
const NEAR = 2048;

/** An access and what its address is: `delta` (and `index`) past value `root`, or past the constant -root when root is negative. */
interface Access {
  readonly v: number;
  root: number;
  delta: number;
  /** A small i32 value that comes on top of it, or 0. */
  index: number;
}

/** A loop parameter with a native twin. */
interface Carried {
  /** Number of the loop. */
  readonly loop: number;
  readonly p: number;
  /** p and what it steps to, with their native addresses. */
  readonly stepped: ReadonlyMap<number, number>;
  /** The one block that enters the loop, or -1. */
  readonly entry: number;
}

class NativeAddresses {
  private readonly c: PassContext;
  private readonly f: Func;
  private readonly dominators: Dominators;
  private readonly loops: Loops;
  /** Place of each instruction in its block. */
  private readonly place: Int32Array;
  private readonly accesses: Access[] = [];
  /** Accesses by the value of their address. */
  private readonly at = new Map<number, number[]>();
  /** Native address of a value, usable wherever the value is. */
  private readonly native = new Map<number, number>();
  private readonly stepLimit: number;
  readonly carried: Carried[] = [];
  /** Accesses without an offset cost nothing as they are. */
  private readonly offsetsOnly: boolean;
  private readonly builder: Builder;
  /** Where the builder stands. */
  private position = 0;
  made = 0;
  sums = 0;

  constructor(c: PassContext) {
    this.c = c;
    this.f = c.f;
    this.dominators = c.dominators;
    this.loops = c.loops;
    this.place = new Int32Array(c.f.count);
    this.builder = c.build();
    this.offsetsOnly = c.needs.includes("tableBases");
    this.stepLimit = Math.min(MAX_STEP, FOUR_GIB - c.facts.memoryLimit);
  }

  run(): void {
    this.collect();
    if (this.accesses.length === 0) return;
    if (this.stepLimit > 0) this.carryThroughLoops();
    const groups = new Map<number, Access[]>();
    for (const a of this.accesses) {
      this.findRoot(a);
      const group = groups.get(a.root);
      if (group === undefined) groups.set(a.root, [a]);
      else group.push(a);
    }
    for (const [root, group] of groups) this.rewriteGroup(root, group);
  }

  private collect(): void {
    const { f, at } = this;
    for (const id of f.order) {
      let n = 0;
      for (let v = f.blocks[id].first; v !== 0; v = f.next[v]) {
        this.place[v] = n++;
        const op = f.op[v];
        if ((op !== Op.Load && op !== Op.Store) || auxAlias(f.aux[v]) !== Alias.Memory) continue;
        if (f.immLo[v] >>> 0 > (this.offsetsOnly ? FAR_OFFSET : MAX_OFFSET)) continue;
        const address = f.arg(v, 0);
        this.accesses.push({ v, root: address, delta: 0, index: 0 });
        const list = at.get(address);
        if (list === undefined) at.set(address, [v]);
        else list.push(v);
      }
    }
  }

  /** Whether instruction a runs before b whenever b does. */
  private precedes(a: number, b: number): boolean {
    const { f } = this;
    if (f.block[a] === f.block[b]) return this.place[a] < this.place[b];
    return this.dominators.dominates(f.block[a], f.block[b]);
  }

  /** Whether an access exactly at u stands in front of instruction v. */
  private isProven(u: number, v: number): boolean {
    const list = this.at.get(u);
    if (list === undefined) return false;
    for (let i = 0; i < list.length && i < MAX_PROOFS; i++) if (this.precedes(list[i], v)) return true;
    return false;
  }

  /** The constant that i32 value v adds to its first argument, or 0. */
  private added(v: number): number {
    const { f } = this;
    if (f.op[v] !== Op.Add || f.type[v] !== I32 || !f.isConst(f.arg(v, 1))) return 0;
    const k = f.immLo[f.arg(v, 1)];
    return k > 0 && k <= this.stepLimit ? k : 0;
  }

  /** Constant addresses with the same upper bits have one root; so has what a small number is added to, which was an address before. */
  private findRoot(a: Access): void {
    const { f } = this;
    if (f.type[a.root] !== I32 || this.native.has(a.root)) return;
    if (f.op[a.root] === Op.Add) {
      for (let i = 0; i < 2; i++) {
        const u = f.arg(a.root, i);
        const index = f.arg(a.root, 1 - i);
        if (f.isConst(u) || f.isConst(index)) continue;
        const small = upperBound(f, index) <= this.stepLimit && this.isProven(u, a.v);
        if (!small && !this.isStable(u, index, f.block[a.v])) continue;
        a.root = u;
        a.index = index;
        return;
      }
    }
    if (!f.isConst(a.root)) return;
    const value = f.immLo[a.root] >>> 0;
    const upper = Math.floor((value + (f.immLo[a.v] >>> 0) + NEAR) / (2 * NEAR)) * 2 * NEAR;
    a.root = 0 - upper;
    a.delta = value - upper;
  }

  /** Whether u + index cannot wrap, and u stays the same in the loop around `block` while index does not. */
  private isStable(u: number, index: number, block: number): boolean {
    const { f, loops } = this;
    const l = loops.innermost(block);
    if (l < 0 || loops.contains(l, f.block[u]) || !loops.contains(l, f.block[index])) return false;
    return upperBound(f, u) + upperBound(f, index) <= GREATEST;
  }

  // ---- Making native addresses ----

  /** The builder, in front of instruction `before`. */
  private builderAt(before: number): Builder {
    const { f, builder } = this;
    if (before !== this.position) builder.block = f.blocks[f.block[before]];
    builder.setPosition(before);
    builder.source = f.source[before];
    this.position = before;
    return builder;
  }

  /** Puts base + root in front of instruction `before`. */
  private makeBefore(root: number, before: number): number {
    const { f } = this;
    const b = this.builderAt(before);
    this.made++;
    let index = root;
    if (root < 0) index = b.constant(I64, -root | 0, -root >= FOUR_GIB ? 1 : 0);
    else if (f.type[root] === I32) index = b.value(Op.ExtendU, I64, root);
    return b.value(Op.Add, I64, b.value(Op.MemoryBase, I64), index);
  }

  /** Native address of value v at the end of a block that v dominates. */
  private atEnd(v: number, block: number): number {
    const { f } = this;
    const { last } = f.blocks[block];
    const known = this.native.get(v);
    if (known !== undefined) return known;
    const k = this.added(v);
    const u = k === 0 ? 0 : f.arg(v, 0);
    const inner = this.native.get(u);
    if (inner === undefined || !this.isProven(u, last)) return this.makeBefore(v, last);
    return this.step(inner, k, last);
  }

  /** Puts address + index in front of instruction `before`. */
  private indexed(address: number, index: number, before: number): number {
    const b = this.builderAt(before);
    return b.value(Op.Add, I64, address, b.value(Op.ExtendU, I64, index));
  }

  /** Puts address + k in front of instruction `before`. */
  private step(address: number, k: number, before: number): number {
    const b = this.builderAt(before);
    return b.value(Op.Add, I64, address, b.constant(I64, k, 0));
  }

  /** Gives the accesses of a group the native address of their root, when that is worth a register. */
  private rewriteGroup(root: number, group: readonly Access[]): void {
    let address = this.native.get(root);
    if (address === undefined) {
      if (root === 0) return;
      const before = this.homeOf(root, group);
      if (before === 0) return;
      address = this.makeBefore(root, before);
    }
    const { f } = this;
    for (const a of group) {
      f.op[a.v] = f.op[a.v] === Op.Load ? Op.RawLoad : Op.RawStore;
      f.setArg(a.v, 0, a.index === 0 ? address : this.indexed(address, a.index, a.v));
      f.immLo[a.v] += a.delta;
    }
  }

  /** The instruction in front of which a group's address is computed; 0 when each access had better do it. */
  private homeOf(root: number, group: readonly Access[]): number {
    const { f, loops, dominators } = this;
    let block = f.block[group[0].v];
    for (const a of group) block = dominators.common(block, f.block[a.v]);
    const defined = root < 0 || f.isConst(root) ? f.order[0] : f.block[root];
    const inner = block;
    for (let l = loops.innermost(block); l >= 0 && !loops.contains(l, defined); l = loops.innermost(block))
      block = dominators.idom(loops.list[l].header);
    const gain = this.offsetsOnly && root > 0 ? group.filter((a) => f.immLo[a.v] !== 0).length : group.length;
    if (gain === 0 || (gain === 1 && block === inner)) return 0;
    if (block !== inner) return f.blocks[block].last;
    let first = 0;
    for (const a of group)
      if (f.block[a.v] === block && (first === 0 || this.place[a.v] < this.place[first])) first = a.v;
    return first === 0 ? f.blocks[block].last : first;
  }

  // ---- Loops ----

  private carryThroughLoops(): void {
    const { f, loops } = this;
    const uses = this.c.findUses();
    const sums: number[][] = loops.list.map(() => []);
    for (const v of this.at.keys()) {
      const l = f.type[v] === I32 && !f.isConst(v) && f.op[v] !== Op.Param ? loops.innermost(f.block[v]) : -1;
      if (l >= 0) sums[l].push(v);
    }
    for (let l = 0; l < loops.list.length; l++) {
      // Twins are appended: the list is that of the parameters before.
      const params = f.blocks[loops.list[l].header].params.slice();
      for (const p of params) if (f.type[p] === I32 && this.at.has(p)) this.carry(l, p);
      for (const v of sums[l].slice(0, MAX_SUMS)) this.carrySum(l, v);
    }
    // Inner loops first: an outer parameter that only starts an inner one dies with it.
    const dying = new Set<number>();
    for (let i = this.carried.length - 1; i >= 0; i--)
      if (this.compareTwins(this.carried[i], dying, uses)) dying.add(this.carried[i].p);
  }

  /** Whether accesses at v get cheaper by its native address. */
  private gains(v: number): boolean {
    return !this.offsetsOnly || this.at.get(v)!.some((access) => this.f.immLo[access] !== 0);
  }

  private entries(l: number): number[] {
    const loop = this.loops.list[l];
    return this.f.blocks[loop.header].preds.filter((e) => !loop.latches.includes(e));
  }

  /**
   * What is added to v = factor * p + ... at each back edge, or undefined: not constants, or out of bounds, or v is not accessed in every
   * round.
   */
  private steps(l: number, p: number, factor: number, v: number): number[] | undefined {
    const { f } = this;
    const steps: number[] = [];
    for (const e of this.loops.list[l].latches) {
      const { from, args } = f.edges[e];
      const k = constantStep(f, p, args[f.immLo[p]]);
      if (k === undefined || k * factor < 0 || k * factor > this.stepLimit) return undefined;
      if (!this.isProven(v, f.blocks[from].last)) return undefined;
      steps.push(k * factor);
    }
    return steps;
  }

  /** Gives parameter p, which is an address, a native twin. */
  private carry(l: number, p: number): void {
    const { f } = this;
    const loop = this.loops.list[l];
    const header = f.blocks[loop.header];
    const index = f.immLo[p];
    const steps = this.gains(p) ? this.steps(l, p, 1, p) : undefined;
    if (steps === undefined) return;
    const entries = this.entries(l);
    const initial = entries.map((e) => this.atEnd(f.edges[e].args[index], f.edges[e].from));
    const twin = f.addParam(header, I64);
    entries.forEach((e, i) => f.edges[e].args.push(initial[i]));
    this.native.set(p, twin);
    const stepped = new Map<number, number>([[p, twin]]);
    loop.latches.forEach((e, i) => {
      const v = f.edges[e].args[index];
      let next = stepped.get(v);
      if (next === undefined) {
        next = this.step(twin, steps[i], f.next[v]);
        stepped.set(v, next);
      }
      f.edges[e].args.push(next);
    });
    this.carried.push({ loop: l, p, stepped, entry: entries.length === 1 ? f.edges[entries[0]].from : -1 });
  }

  /** Makes the native address of v, a sum of a parameter of the loop and what does not change in it, a parameter of its own. */
  private carrySum(l: number, v: number): void {
    const { f, loops } = this;
    const sum = affineIn(f, loops, l, v);
    if (sum === undefined || sum.param === 0 || sum.factor === 0) return;
    const steps = this.gains(v) ? this.steps(l, sum.param, sum.factor, v) : undefined;
    if (steps === undefined) return;
    const loop = loops.list[l];
    const index = f.immLo[sum.param];
    const entries = this.entries(l);
    const initial = entries.map((e) => {
      const { from, args } = f.edges[e];
      const b = this.builderAt(f.blocks[from].last);
      return this.atEnd(rebuild(b, loops, l, v, sum.param, args[index]), from);
    });
    const twin = f.addParam(f.blocks[loop.header], I64);
    entries.forEach((e, i) => f.edges[e].args.push(initial[i]));
    loop.latches.forEach((e, i) => {
      const { from, args } = f.edges[e];
      args.push(this.step(twin, steps[i], f.blocks[from].last));
    });
    this.native.set(v, twin);
    this.sums++;
  }

  /**
   * Comparisons of p and what it steps to, with values from outside the loop, become comparisons of native addresses, if then p is not needed.
   * Returns whether it is not.
   */
  private compareTwins(carried: Carried, dying: ReadonlySet<number>, uses: Uses): boolean {
    const { f } = this;
    const { p, stepped, entry } = carried;
    const compares = new Set<number>();
    const chain = this.chain(p, stepped);
    for (const v of chain) {
      for (let i = 0; i < uses.count(v); i++) {
        const user = uses.user(v, i);
        if (opEffect[f.op[user]] === Effect.Terminator) {
          if (!this.diesOnEdges(v, user, p, dying)) return false;
        } else if (!chain.has(user) && !this.isAccess(user, v)) {
          if (!this.isComparable(carried, user, v)) return false;
          compares.add(user);
        }
      }
    }
    if (compares.size > 0 && entry < 0) return false;
    for (const cmp of compares)
      for (let i = 0; i < 2; i++) {
        const v = f.arg(cmp, i);
        f.setArg(cmp, i, stepped.get(v) ?? this.atEnd(v, entry));
      }
    return true;
  }

  /** p, what it steps to, and what stands between. */
  private chain(p: number, stepped: ReadonlyMap<number, number>): Set<number> {
    const chain = new Set<number>([p]);
    for (const end of stepped.keys()) for (let v = end; v !== p; v = this.f.arg(v, 0)) chain.add(v);
    return chain;
  }

  /** Whether v is passed on by a terminator only as the next value of p or of a parameter that goes away. */
  private diesOnEdges(v: number, terminator: number, p: number, dying: ReadonlySet<number>): boolean {
    const { f } = this;
    for (let i = 0; i < f.argCount[terminator]; i++) if (f.arg(terminator, i) === v) return false;
    for (const e of f.blocks[f.block[terminator]].succs) {
      const { args, to } = f.edges[e];
      const { params } = f.blocks[to];
      for (let i = 0; i < args.length; i++)
        if (args[i] === v && params[i] !== p && !dying.has(params[i])) return false;
    }
    return true;
  }

  private isAccess(user: number, v: number): boolean {
    const { f } = this;
    if (f.op[user] === Op.Store && f.arg(user, 1) === v) return false;
    return (f.op[user] === Op.Load || f.op[user] === Op.Store) && f.immLo[user] >>> 0 <= MAX_OFFSET;
  }

  private isComparable({ loop, p, stepped }: Carried, cmp: number, v: number): boolean {
    const { f } = this;
    const op = f.op[cmp];
    const ordered = op === Op.LtU || op === Op.LeU || op === Op.GtU || op === Op.GeU;
    if (op !== Op.Eq && op !== Op.Ne && !ordered) return false;
    if (!stepped.has(v) || (v !== p && !this.isProven(p, cmp))) return false;
    const other = f.arg(cmp, 0) === v ? f.arg(cmp, 1) : f.arg(cmp, 0);
    if (stepped.has(other)) return other === p || this.isProven(p, cmp);
    return f.isConst(other) || !this.loops.contains(loop, f.block[other]);
  }
}

export function addresses(c: PassContext): void {
  const pass = new NativeAddresses(c);
  pass.run();
  c.count("native addresses", pass.made);
  c.count("addresses carried through loops", pass.carried.length + pass.sums);
}
