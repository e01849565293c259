// Where values are computed that could be computed in many places.
//
// Constants and other values without arguments stand in the entry block, once each (ir/build.ts): a register would hold each of them through the whole
// function. Here they are spread: a copy in each block that uses them; within loops one copy in front of the outermost loop around the uses, where
// the register allocator may take it back if registers run out. Pure values used in one other block only, which is not in a deeper loop, sink
// into it, so that paths that do not need them do not pay.
//
// Invariants: nothing is put between switch_instance and its call, where the instance is another one; a value never moves into a loop.
import type { Loops } from "../analysis/loops.ts";
import { makePreheaders, preheader } from "../analysis/preheaders.ts";
import type { Block, Func } from "../ir/func.ts";
import { Effect, Op, opEffect } from "../ir/ops.ts";
import type { PassContext } from "./context.ts";

function isFloating(op: number): boolean {
  return op === Op.Const || op === Op.InstanceAddress || op === Op.SymbolAddress || op === Op.MemoryBase;
}

class Placement {
  private readonly f: Func;
  private readonly loops: Loops;
  /** By value: the copy made last, and the block it stands in + 1. */
  private readonly copy: Int32Array;
  private readonly copyBlock: Int32Array;
  /** By loop: where copies for uses in it go: the preheader of the outermost loop around it that has one. */
  private readonly homes: Int32Array;
  /** Copies made in front of loops: by value and block. */
  private readonly made = new Map<number, number>();

  constructor(c: PassContext) {
    this.f = c.f;
    this.loops = c.loops;
    this.copy = new Int32Array(c.f.count);
    this.copyBlock = new Int32Array(c.f.count);
    const { list } = this.loops;
    this.homes = new Int32Array(list.length);
    list.forEach((loop, i) => {
      const outer = loop.parent < 0 ? -1 : this.homes[loop.parent];
      this.homes[i] = outer >= 0 ? outer : preheader(c.f, loop);
    });
  }

  run(): void {
    const { f } = this;
    const count = f.count;
    const originals: number[] = [];
    for (const id of f.order)
      for (let v = f.blocks[id].first; v !== 0; v = f.next[v]) if (isFloating(f.op[v])) originals.push(v);
    for (const id of f.order) {
      const b = f.blocks[id];
      for (let v = b.first; v !== 0; v = f.next[v]) {
        if (v >= count) continue;
        const end = f.argStart[v] + f.argCount[v];
        for (let i = f.argStart[v]; i < end; i++)
          if (isFloating(f.op[f.pool[i]]) && f.pool[i] < count) f.pool[i] = this.copyFor(f.pool[i], b, v);
      }
      for (const e of b.succs) {
        const { args } = f.edges[e];
        for (let i = 0; i < args.length; i++)
          if (isFloating(f.op[args[i]]) && args[i] < count) args[i] = this.copyFor(args[i], b, b.last);
      }
    }
    for (const v of originals) f.remove(v);
  }

  /** The copy of v to use by instruction `user` of block b. */
  private copyFor(v: number, b: Block, user: number): number {
    const { f } = this;
    const loop = this.loops.innermost(b.id);
    const home = loop < 0 ? -1 : this.homes[loop];
    if (home < 0) {
      if (this.copyBlock[v] !== b.id + 1) {
        this.copyBlock[v] = b.id + 1;
        this.copy[v] = this.put(v, this.place(user));
      }
      return this.copy[v];
    }
    const key = v * f.blocks.length + home;
    let w = this.made.get(key);
    if (w === undefined) {
      w = this.put(v, f.blocks[home].last);
      this.made.set(key, w);
    }
    return w;
  }

  /** Where to put what `user` needs: in front of it, and of a switch_instance that belongs to it. */
  private place(user: number): number {
    const { f } = this;
    const before = f.prev[user];
    return f.op[user] === Op.CallPointer && f.op[before] === Op.SwitchInstance ? before : user;
  }

  private put(v: number, at: number): number {
    const { f } = this;
    const w = f.create(f.op[v], f.type[v], f.immLo[v], f.immHi[v], f.aux[v]);
    f.source[w] = f.source[at];
    f.insertBefore(at, w);
    return w;
  }
}

/** Moves pure values into the only block that uses them. */
function sink(c: PassContext): number {
  const { f, loops } = c;
  // By value: the block that uses it + 1, or -1 when there are several.
  const users = new Int32Array(f.count);
  const use = (v: number, block: number): void => {
    users[v] = users[v] === 0 || users[v] === block + 1 ? block + 1 : -1;
  };
  let moved = 0;
  // Users come before what they use, so that a whole expression sinks.
  for (let i = f.order.length - 1; i >= 0; i--) {
    const b = f.blocks[f.order[i]];
    for (const e of b.succs) for (const a of f.edges[e].args) use(a, b.id);
    for (let v = b.last; v !== 0; ) {
      const before = f.prev[v];
      let block = b.id;
      const target = users[v] - 1;
      if (
        target >= 0 &&
        target !== b.id &&
        f.argCount[v] > 0 &&
        isMovable(f, v) &&
        leads(loops, b.id, target)
      ) {
        const to = f.blocks[target];
        f.remove(v);
        f.insertBefore(to.first, v);
        block = target;
        moved++;
      }
      const end = f.argStart[v] + f.argCount[v];
      for (let k = f.argStart[v]; k < end; k++) use(f.pool[k], block);
      v = before;
    }
  }
  return moved;
}

function isMovable(f: Func, v: number): boolean {
  return opEffect[f.op[v]] === Effect.Pure && f.op[v] !== Op.Result;
}

/** Whether `to` is in no loop that `from` is not in. */
function leads(loops: Loops, from: number, to: number): boolean {
  const loop = loops.innermost(to);
  return loop < 0 || loops.contains(loop, from);
}

export function place(c: PassContext): void {
  if (c.level >= 2) {
    makePreheaders(c);
    c.count("instructions sunk", sink(c));
  }
  new Placement(c).run();
}
