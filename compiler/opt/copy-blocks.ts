// Copies single blocks for some of the edges that lead to them, and puts the values right that are used below: what thread-jumps.ts and
// rotate-loops.ts are made of.
//
// A copy has no parameters: the edge's arguments stand in place of them, and what folds with them is folded. When all copies are made, `finish` gives
// each use elsewhere of a value that now has several definitions the one that reaches it: parameters are added on the iterated dominance frontier of the
// definitions, only where a use asks for them (Cytron, Ferrante, Rosen, Wegman, Zadeck 1991; on demand as Braun et al. 2013 do).
//
// Invariants: copies are not copied; between the first copy and `finish` the edges are right, uses outside the copied blocks are not.
import type { Dominators } from "../analysis/dominators.ts";
import type { Builder } from "../ir/build.ts";
import type { Block, Func } from "../ir/func.ts";
import { Effect, Op, opEffect } from "../ir/ops.ts";
import { Type } from "../ir/types.ts";
import { mapNumbers } from "../support/arrays.ts";
import type { PassContext } from "./context.ts";

/** Steps that `finish` may take, in blocks looked at. */
const MOST_STEPS = 4_000_000;
const LEAST_GROUPS = 16;

/** A block that was copied: where its values are defined now. */
interface Group {
  readonly block: number;
  /** All values of the block: folding may make uses of any elsewhere. */
  readonly values: readonly number[];
  /** By block that defines them: what stands there for each of `values`. */
  readonly definitions: Map<number, readonly number[]>;
}

export class BlockCopier {
  private readonly c: PassContext;
  private readonly f: Func;
  /** Made with the first copy: most functions need none. */
  private builder!: Builder;
  private map = new Int32Array(0);
  /** Values there are at the start. */
  private readonly count: number;
  private readonly groups = new Map<number, Group>();
  private readonly mostGroups: number;
  private readonly blockCount: number;
  /** By copy, from the first: the group of what it copies. */
  private readonly copied: Group[] = [];

  constructor(c: PassContext) {
    this.c = c;
    this.f = c.f;
    this.count = c.f.count;
    this.mostGroups = Math.max(LEAST_GROUPS, Math.floor(MOST_STEPS / c.f.order.length));
    this.blockCount = c.f.blocks.length;
  }

  /** Whether one more copy of this block can be made. */
  accepts(block: number): boolean {
    if (block === 0 || block >= this.blockCount) return false;
    return this.groups.has(block) || this.groups.size < this.mostGroups;
  }

  /** Leads edge e to a copy of its target, made for it. */
  copy(e: number): Block {
    if (this.copied.length === 0) {
      this.builder = this.c.build();
      this.map = new Int32Array(this.count);
    }
    const { f, map } = this;
    const edge = f.edges[e];
    const b = f.blocks[edge.to];
    const n = f.newBlock();
    n.loopDepth = b.loopDepth;
    b.params.forEach((p, i) => {
      map[p] = edge.args[i];
    });
    edge.args = [];
    f.retarget(e, n.id);
    this.builder.block = n;
    for (let v = b.first; v !== b.last; v = f.next[v]) map[v] = this.copyInstruction(n, v);
    const group = this.group(b);
    const { values, definitions } = group;
    this.copied.push(group);
    definitions.set(
      n.id,
      mapNumbers(values, (v) => map[v]),
    );
    this.copyEnd(b, n);
    return n;
  }

  get copies(): number {
    return this.copied.length;
  }

  /** The block that a copy was made of; any other block itself. */
  original(block: number): number {
    return block < this.blockCount ? block : this.copied[block - this.blockCount].block;
  }

  /** What value v is at the end of a block when that is a copy of the block of v; else v. */
  valueIn(block: number, v: number): number {
    if (block < this.blockCount) return v;
    const { block: from, values, definitions } = this.copied[block - this.blockCount];
    if (this.f.block[v] !== from) return v;
    const at = values.indexOf(v);
    return at < 0 ? v : definitions.get(block)![at];
  }

  private group(b: Block): Group {
    let group = this.groups.get(b.id);
    if (group === undefined) {
      const values: number[] = [...b.params];
      for (let v = b.first; v !== 0; v = this.f.next[v]) if (this.f.type[v] !== Type.Void) values.push(v);
      group = { block: b.id, values, definitions: new Map([[b.id, values]]) };
      this.groups.set(b.id, group);
    }
    return group;
  }

  /** The value in the copy that stands for v of the copied block, which is v itself when that comes from elsewhere. */
  private mapped(b: number, v: number): number {
    return v < this.count && this.f.block[v] === b ? this.map[v] : v;
  }

  private copyInstruction(n: Block, v: number): number {
    const { f, builder } = this;
    const b = f.block[v];
    const op = f.op[v] as Op;
    builder.source = f.source[v];
    if (op === Op.Const) return builder.constant(f.type[v], f.immLo[v], f.immHi[v]);
    const count = f.argCount[v];
    if (op >= Op.Add && op <= Op.Select) {
      const arg = (i: number): number => (i < count ? this.mapped(b, f.arg(v, i)) : 0);
      return builder.value(op, f.type[v], arg(0), arg(1), arg(2));
    }
    const w = f.create(op, f.type[v], f.immLo[v], f.immHi[v], f.aux[v]);
    f.source[w] = f.source[v];
    for (let i = 0; i < count; i++) f.pushArg(w, this.mapped(b, f.arg(v, i)));
    f.append(n, w);
    return w;
  }

  /** The terminator, with the edges that are left when its condition is known. */
  private copyEnd(b: Block, n: Block): void {
    const { f } = this;
    const exit = b.last;
    let op = f.op[exit] as Op;
    const args: number[] = [];
    for (let i = 0; i < f.argCount[exit]; i++) args.push(this.mapped(b.id, f.arg(exit, i)));
    let edges = b.succs;
    if ((op === Op.Branch || op === Op.Switch) && f.isConst(args[0])) {
      const value = f.immLo[args[0]];
      edges = [
        op === Op.Branch ? edges[value !== 0 ? 0 : 1] : edges[Math.min(value >>> 0, edges.length - 1)],
      ];
      op = Op.Jump;
      args.length = 0;
    }
    const w = f.create(op, Type.Void, f.immLo[exit], f.immHi[exit], f.aux[exit]);
    f.source[w] = f.source[exit];
    for (const a of args) f.pushArg(w, a);
    f.append(n, w);
    for (const e of edges.slice()) {
      const { to, args: passed } = f.edges[e];
      f.addEdge(
        n.id,
        to,
        mapNumbers(passed, (a) => this.mapped(b.id, a)),
      );
    }
  }

  /** Makes all uses right again. */
  finish(): void {
    if (this.copies === 0) return;
    this.c.blocksChanged();
    const repair = new Repair(this.f, this.c.dominators, this.count);
    for (const g of this.groups.values()) repair.add(g);
    repair.run();
  }
}

/** Gives uses the definition that reaches them. */
class Repair {
  private readonly f: Func;
  private readonly dominators: Dominators;
  private readonly groups: Group[] = [];
  /** By value: its group + 1, and its place in the group's list. */
  private readonly groupOf: Int32Array;
  private readonly place: Int32Array;
  /** Blocks where definitions of a group meet, by group and block; and parameters made there, by value and block. */
  private readonly joins = new Set<number>();
  private readonly params = new Map<number, number>();
  /** Parameters whose arguments are not there yet. */
  private readonly open: { readonly value: number; readonly block: number }[] = [];

  constructor(f: Func, dominators: Dominators, count: number) {
    this.f = f;
    this.dominators = dominators;
    this.groupOf = new Int32Array(count);
    this.place = new Int32Array(count);
  }

  add(g: Group): void {
    if (g.values.length === 0) return;
    this.groups.push(g);
    const number = this.groups.length;
    g.values.forEach((v, i) => {
      this.groupOf[v] = number;
      this.place[v] = i;
    });
    this.findJoins(g, number);
  }

  private key(n: number, block: number): number {
    return n * this.f.blocks.length + block;
  }

  /** The iterated dominance frontier of the blocks that define the group's values. */
  private findJoins(g: Group, number: number): void {
    const { f, dominators, joins } = this;
    const work = [...g.definitions.keys()].filter((b) => dominators.position[b] >= 0);
    while (work.length > 0) {
      const d = work.pop()!;
      dominators.forEachDominated(d, (b) => {
        for (const e of f.blocks[b].succs) {
          const { to } = f.edges[e];
          if ((to !== d && dominators.dominates(d, to)) || joins.has(this.key(number, to))) continue;
          joins.add(this.key(number, to));
          work.push(to);
        }
      });
    }
  }

  run(): void {
    const { f } = this;
    for (const id of f.order) {
      const b = f.blocks[id];
      for (let v = b.first; v !== 0; v = f.next[v]) {
        const end = f.argStart[v] + f.argCount[v];
        for (let i = f.argStart[v]; i < end; i++) f.pool[i] = this.atUse(f.pool[i], id);
      }
      for (const e of b.succs) {
        const { args } = f.edges[e];
        for (let i = 0; i < args.length; i++) args[i] = this.atUse(args[i], id);
      }
    }
    // In the order in which they were made, which is that of the parameters.
    for (let i = 0; i < this.open.length; i++) {
      const { value, block } = this.open[i];
      for (const e of f.blocks[block].preds) f.edges[e].args.push(this.atEnd(value, f.edges[e].from));
    }
  }

  /** What a use of v in a block means. In a copy of v's block all that is left of v came with the edge. */
  private atUse(v: number, block: number): number {
    if (v >= this.groupOf.length || this.groupOf[v] === 0 || this.f.block[v] === block) return v;
    return this.atStart(v, block);
  }

  private atEnd(v: number, block: number): number {
    return this.defined(v, block) || this.atStart(v, block);
  }

  /** What block defines for v, 0 when it does not. What a copy has for a parameter came with its edge, and is told by that place. */
  private defined(v: number, block: number): number {
    const definition = this.groups[this.groupOf[v] - 1].definitions.get(block);
    if (definition === undefined) return 0;
    const d = definition[this.place[v]];
    return d === v ? v : this.atUse(d, block);
  }

  private atStart(v: number, block: number): number {
    const number = this.groupOf[v];
    for (let b = block; ; ) {
      if (this.joins.has(this.key(number, b))) return this.param(v, b);
      if (b === 0) throw new Error(`value ${v} does not reach block ${block}`);
      b = this.dominators.idom(b);
      const d = this.defined(v, b);
      if (d !== 0) return d;
    }
  }

  private param(v: number, block: number): number {
    const key = this.key(v, block);
    let p = this.params.get(key);
    if (p === undefined) {
      p = this.f.addParam(this.f.blocks[block], this.f.type[v]);
      this.params.set(key, p);
      this.open.push({ value: v, block });
    }
    return p;
  }
}

/** Instructions that a copy of b has, at most: constants and the terminator do not count. Stops above `most`. */
export function copyCost(f: Func, b: Block, most: number): number {
  let cost = 0;
  for (let v = b.first; v !== b.last && cost <= most; v = f.next[v]) {
    if (f.op[v] === Op.Const) continue;
    cost += opEffect[f.op[v]] === Effect.Call ? 4 : 1;
  }
  return cost;
}
