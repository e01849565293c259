// Templates: functions kept small, to be copied into other functions where they are called.
//
// `makeTemplate` packs a finished Func into arrays of its own size. `Splicer` copies a template in place of a call: a template of one block goes in front of the
// call and its results stand for the call's; any other splits the block, with the results as parameters of the second half. Arithmetic is folded as it
// is copied: arguments are often constants.

import { mapNumbers, none32 } from "../support/arrays.ts";
import type { Builder } from "./build.ts";
import { type Block, Func, type Signature } from "./func.ts";
import { Op } from "./ops.ts";
import type { Type } from "./types.ts";

/** A copy of f without spare room. */
export function makeTemplate(f: Func): Func {
  const t = new Func();
  t.reset(f.name, f.index, f.signature, [...f.signatures]);
  const n = f.count;
  t.count = n;
  for (const column of ["op", "type"] as const) t[column] = f[column].slice(0, n);
  for (const column of words) t[column] = f[column].slice(0, n);
  t.pool = f.pool.slice(0, f.poolLength);
  t.poolLength = f.poolLength;
  t.blocks = f.blocks.map((b) => ({ ...b, params: [...b.params], preds: [...b.preds], succs: [...b.succs] }));
  t.edges = f.edges.map((e) => ({ ...e, args: [...e.args] }));
  t.order = [...f.order];
  return t;
}

const words = [
  "argStart",
  "argCount",
  "immLo",
  "immHi",
  "aux",
  "next",
  "prev",
  "block",
  "forward",
  "source",
] as const;

export class Splicer {
  private readonly f: Func;
  private readonly builder: Builder;
  /** By value of the template: the value in f. */
  private map = none32;
  private readonly signatures = new Map<Signature, number>();
  /** Calls of wasm functions copied by the last splice, in order. */
  calls: number[] = [];

  constructor(f: Func, builder: Builder) {
    this.f = f;
    this.builder = builder;
    f.signatures.forEach((s, i) => {
      if (!this.signatures.has(s)) this.signatures.set(s, i);
    });
  }

  private signature(s: Signature): number {
    let n = this.signatures.get(s);
    if (n === undefined) {
      n = this.f.signatures.push(s) - 1;
      this.signatures.set(s, n);
    }
    return n;
  }

  /** Replaces the call v with the code of t, which has the call's signature. f.order is made anew by the caller when blocks were added. */
  splice(v: number, t: Func): boolean {
    const { f } = this;
    this.calls = [];
    if (this.map.length < t.count) this.map = new Int32Array(2 * t.count);
    t.blocks[0].params.forEach((p, i) => {
      this.map[p] = f.arg(v, i);
    });
    const exit = t.blocks[0].last;
    if (t.order.length === 1 && t.op[exit] === Op.Return) {
      this.builder.block = f.blocks[f.block[v]];
      this.builder.setPosition(v);
      this.copyInstructions(t, t.blocks[0], (w) => f.insertBefore(v, w), exit);
      const values: number[] = [];
      for (let i = 0; i < t.argCount[exit]; i++) values.push(this.map[t.arg(exit, i)]);
      this.replaceResults(v, f.next[v], values);
      return false;
    }
    const b = f.blocks[f.block[v]];
    const rest = this.split(v, t.signature.results);
    this.replaceResults(v, rest.first, rest.params);
    this.copyBlocks(t, b, rest);
    return true;
  }

  /** Moves what follows v into a new block with parameters of these types. */
  private split(v: number, types: readonly Type[]): Block {
    const { f } = this;
    const b = f.blocks[f.block[v]];
    const rest = f.newBlock();
    rest.loopDepth = b.loopDepth;
    for (const type of types) f.addParam(rest, type);
    rest.first = f.next[v];
    rest.last = b.last;
    f.prev[rest.first] = 0;
    f.next[v] = 0;
    b.last = v;
    for (let w = rest.first; w !== 0; w = f.next[w]) f.block[w] = rest.id;
    rest.succs = b.succs;
    b.succs = [];
    for (const e of rest.succs) f.edges[e].from = rest.id;
    return rest;
  }

  private copyBlocks(t: Func, first: Block, rest: Block): void {
    const { f, map } = this;
    const blocks = new Map<number, Block>([[0, first]]);
    for (const id of t.order) {
      if (id === 0) continue;
      const b = f.newBlock();
      b.loopDepth = first.loopDepth;
      blocks.set(id, b);
      for (const p of t.blocks[id].params) map[p] = f.addParam(b, t.type[p]);
    }
    // The order is a reverse postorder: every value is copied before it is used.
    for (const id of t.order) {
      const from = t.blocks[id];
      const to = blocks.get(id)!;
      const exit = from.last;
      this.builder.block = to;
      this.copyInstructions(t, from, (w) => f.append(to, w), exit);
      if (t.op[exit] === Op.Return) {
        const values: number[] = [];
        for (let i = 0; i < t.argCount[exit]; i++) values.push(map[t.arg(exit, i)]);
        f.append(to, f.create(Op.Jump, t.type[exit]));
        f.addEdge(to.id, rest.id, values);
        continue;
      }
      f.append(to, this.copyInstruction(t, exit));
    }
    for (const id of t.order)
      for (const e of t.blocks[id].succs) {
        const { to, args } = t.edges[e];
        f.addEdge(
          blocks.get(id)!.id,
          blocks.get(to)!.id,
          mapNumbers(args, (a) => map[a]),
        );
      }
  }

  /** Copies the instructions of a block but its terminator. */
  private copyInstructions(t: Func, b: Block, put: (v: number) => void, exit: number): void {
    for (let v = b.first; v !== exit; v = t.next[v]) {
      if (t.op[v] === Op.Const) {
        this.map[v] = this.builder.constant(t.type[v], t.immLo[v], t.immHi[v]);
        continue;
      }
      if (this.fold(t, v)) continue;
      const w = this.copyInstruction(t, v);
      put(w);
      if (t.op[v] === Op.Call) this.calls.push(w);
    }
  }

  /** Builds instruction v of the template at the builder's position when it is arithmetic, so that it folds; false when it is something else. */
  private fold(t: Func, v: number): boolean {
    const { f, builder, map } = this;
    const op = t.op[v] as Op;
    if (op < Op.Add || op > Op.Select) return false;
    const n = t.argCount[v];
    const arg = (i: number): number => (i < n ? f.resolve(map[t.arg(v, i)]) : 0);
    builder.source = t.source[v];
    map[v] = builder.value(op, t.type[v], arg(0), arg(1), arg(2));
    return true;
  }

  private copyInstruction(t: Func, v: number): number {
    const { f, map } = this;
    const w = f.create(t.op[v] as Op, t.type[v], t.immLo[v], t.immHi[v], t.aux[v]);
    f.source[w] = t.source[v];
    for (let i = 0; i < t.argCount[v]; i++) f.pushArg(w, map[t.arg(v, i)]);
    const op = t.op[v];
    if (op === Op.Call || op === Op.CallPointer || op === Op.CallHost)
      f.aux[w] = this.signature(t.signatures[t.aux[v]]);
    map[v] = w;
    return w;
  }

  /** Lets the results of call v, which goes, be these values; `next`: what follows the call. */
  private replaceResults(v: number, next: number, values: readonly number[]): void {
    const { f } = this;
    if (values.length > 0) f.replace(v, values[0]);
    f.remove(v);
    for (let w = next; w !== 0 && f.op[w] === Op.Result && f.arg(w, 0) === v; w = next) {
      next = f.next[w];
      f.replace(w, values[f.immLo[w]]);
      f.remove(w);
    }
  }
}
