// Func: one function in SSA form with block parameters.
//
// Values and instructions share one id space: an instruction that yields nothing has type Void. Instruction
// data lives in typed-array columns indexed by id; the instructions of a block form a doubly linked list.
//
// Invariants (held by verify.ts):
// - id 0 is never used, so 0 means "none" in every column.
// - arguments stand in `pool` from argStart[v], argCount[v] of them.
// - a block's last instruction is its only terminator; its edges are block.succs in order.
// - edge.args match the parameters of the target block in number and type.
// - block 0 is the entry; it has no predecessors; its parameters are the function's.
// - a value that was replaced has forward[v] != 0; `resolve` follows it; `applyForwards` removes all of them. Passes
//   end with none left in arguments.
// - source[v] is the byte offset in the module of the wasm operator it came from (0: none).
//
// One Func is reused for all functions of a module: `reset` keeps the columns.

import { none8, none32, room8, room32 } from "../support/arrays.ts";
import { Effect, type Op, Op as Ops, opEffect } from "./ops.ts";
import type { Type } from "./types.ts";

export interface Signature {
  params: Type[];
  results: Type[];
}

/** A control-flow edge; id = index in func.edges. */
export interface Edge {
  from: number;
  to: number;
  args: number[];
}

export interface Block {
  id: number;
  params: number[];
  /** First and last instruction, 0 when empty. */
  first: number;
  last: number;
  /** Edge ids. */
  preds: number[];
  succs: number[];
  /** Number of loops around it; filled by analysis/loops.ts. */
  loopDepth: number;
  /** Rarely executed (ends in a trap, ...): laid out last. */
  cold: boolean;
}

export class Func {
  name = "";
  /** Index in the module's function space. */
  index = 0;
  signature: Signature = { params: [], results: [] };
  /** Signatures of calls, by the aux column of Call, CallPointer, CallHost. */
  signatures: Signature[] = [];
  count = 1;
  op = none8;
  type = none8;
  argStart = none32;
  argCount = none32;
  immLo = none32;
  immHi = none32;
  aux = none32;
  next = none32;
  prev = none32;
  /** Block of an instruction or parameter; -1 when it stands in none. */
  block = none32;
  forward = none32;
  source = none32;
  pool = none32;
  poolLength = 0;
  blocks: Block[] = [];
  edges: Edge[] = [];
  /** Block ids in layout order; reachable blocks only, entry first. Reverse postorder until layout runs. */
  order: number[] = [];

  reset(name: string, index: number, signature: Signature, signatures: Signature[]): void {
    this.name = name;
    this.index = index;
    this.signature = signature;
    this.signatures = signatures;
    this.forward.fill(0, 0, this.count);
    this.count = 1;
    this.poolLength = 0;
    this.blocks.length = 0;
    this.edges.length = 0;
    this.order.length = 0;
  }

  private growColumns(): void {
    const n = this.count;
    this.op = room8(this.op, n);
    this.type = room8(this.type, n);
    this.argStart = room32(this.argStart, n);
    this.argCount = room32(this.argCount, n);
    this.immLo = room32(this.immLo, n);
    this.immHi = room32(this.immHi, n);
    this.aux = room32(this.aux, n);
    this.next = room32(this.next, n);
    this.prev = room32(this.prev, n);
    this.block = room32(this.block, n);
    this.forward = room32(this.forward, n);
    this.source = room32(this.source, n);
  }

  /** A new instruction that stands in no block yet; arguments are added with `pushArg` directly after. */
  create(op: Op, type: Type, immLo = 0, immHi = 0, aux = 0): number {
    const v = this.count++;
    if (v >= this.op.length) this.growColumns();
    this.op[v] = op;
    this.type[v] = type;
    this.argStart[v] = this.poolLength;
    this.argCount[v] = 0;
    this.immLo[v] = immLo;
    this.immHi[v] = immHi;
    this.aux[v] = aux;
    this.next[v] = 0;
    this.prev[v] = 0;
    this.block[v] = -1;
    this.forward[v] = 0;
    this.source[v] = 0;
    return v;
  }

  /** Adds an argument to the instruction created last. */
  pushArg(v: number, arg: number): void {
    if (this.poolLength >= this.pool.length) this.pool = room32(this.pool, this.poolLength + 1);
    this.pool[this.poolLength++] = arg;
    this.argCount[v]++;
  }

  arg(v: number, i: number): number {
    return this.pool[this.argStart[v] + i];
  }

  setArg(v: number, i: number, arg: number): void {
    this.pool[this.argStart[v] + i] = arg;
  }

  newBlock(): Block {
    const b: Block = {
      id: this.blocks.length,
      params: [],
      first: 0,
      last: 0,
      preds: [],
      succs: [],
      loopDepth: 0,
      cold: false,
    };
    this.blocks.push(b);
    return b;
  }

  addParam(b: Block, type: Type): number {
    const v = this.create(Ops.Param, type, b.params.length);
    this.block[v] = b.id;
    b.params.push(v);
    return v;
  }

  /** Removes parameter i of b and the matching argument of every edge into it. */
  removeParam(b: Block, i: number): void {
    this.block[b.params[i]] = -1;
    b.params.splice(i, 1);
    for (let k = i; k < b.params.length; k++) this.immLo[b.params[k]] = k;
    for (const e of b.preds) this.edges[e].args.splice(i, 1);
  }

  /** Removes the parameters of b for which keep is false, and their arguments; returns how many. */
  filterParams(b: Block, keep: readonly boolean[]): number {
    const kept: number[] = [];
    b.params.forEach((p, i) => {
      if (keep[i]) this.immLo[p] = kept.push(p) - 1;
      else this.block[p] = -1;
    });
    const removed = b.params.length - kept.length;
    if (removed === 0) return 0;
    b.params = kept;
    for (const e of b.preds) this.edges[e].args = this.edges[e].args.filter((_, i) => keep[i]);
    return removed;
  }

  /** Adds an edge as the last successor of `from`. */
  addEdge(from: number, to: number, args: number[]): number {
    const e = this.edges.length;
    this.edges.push({ from, to, args });
    this.blocks[from].succs.push(e);
    this.blocks[to].preds.push(e);
    return e;
  }

  /** Takes edge e out of its source and target. */
  removeEdge(e: number): void {
    const edge = this.edges[e];
    const succs = this.blocks[edge.from].succs;
    succs.splice(succs.indexOf(e), 1);
    const preds = this.blocks[edge.to].preds;
    preds.splice(preds.indexOf(e), 1);
  }

  /** Points edge e at another block; the caller sets edge.args to match. */
  retarget(e: number, to: number): void {
    const edge = this.edges[e];
    const preds = this.blocks[edge.to].preds;
    preds.splice(preds.indexOf(e), 1);
    edge.to = to;
    this.blocks[to].preds.push(e);
  }

  append(b: Block, v: number): void {
    this.block[v] = b.id;
    this.prev[v] = b.last;
    this.next[v] = 0;
    if (b.last !== 0) this.next[b.last] = v;
    else b.first = v;
    b.last = v;
  }

  insertBefore(at: number, v: number): void {
    const b = this.blocks[this.block[at]];
    const p = this.prev[at];
    this.block[v] = b.id;
    this.prev[v] = p;
    this.next[v] = at;
    this.prev[at] = v;
    if (p !== 0) this.next[p] = v;
    else b.first = v;
  }

  insertAfter(at: number, v: number): void {
    const b = this.blocks[this.block[at]];
    const n = this.next[at];
    this.block[v] = b.id;
    this.next[v] = n;
    this.prev[v] = at;
    this.next[at] = v;
    if (n !== 0) this.prev[n] = v;
    else b.last = v;
  }

  /** Takes v out of its block; its columns stay readable. */
  remove(v: number): void {
    const b = this.blocks[this.block[v]];
    const p = this.prev[v];
    const n = this.next[v];
    if (p !== 0) this.next[p] = n;
    else b.first = n;
    if (n !== 0) this.prev[n] = p;
    else b.last = p;
    this.block[v] = -1;
  }

  /** From now on every use of v means w. The caller removes v from its block. */
  replace(v: number, w: number): void {
    this.forward[v] = w;
  }

  resolve(v: number): number {
    let w = this.forward[v];
    if (w === 0) return v;
    while (this.forward[w] !== 0) w = this.forward[w];
    this.forward[v] = w;
    return w;
  }

  /** Rewrites all arguments of reachable blocks (order) so that no forward is needed any more. */
  applyForwards(): void {
    for (const id of this.order) {
      const b = this.blocks[id];
      for (let v = b.first; v !== 0; v = this.next[v]) {
        const start = this.argStart[v];
        const end = start + this.argCount[v];
        for (let i = start; i < end; i++) this.pool[i] = this.resolve(this.pool[i]);
      }
      for (const e of b.succs) {
        const args = this.edges[e].args;
        for (let i = 0; i < args.length; i++) args[i] = this.resolve(args[i]);
      }
    }
  }

  isTerminator(v: number): boolean {
    return opEffect[this.op[v]] === Effect.Terminator;
  }

  isConst(v: number): boolean {
    return this.op[v] === Ops.Const;
  }
}
