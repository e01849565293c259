// Building instructions: the one entry for the translator and for the passes that make code.
//
// Invariants:
// - constants stand once each at the start of the entry block, so that equal constants have equal ids;
// - everything else is built in the order asked for.
import type { Block, Func } from "./func.ts";
import { Op } from "./ops.ts";
import { Type } from "./types.ts";

export class Builder {
  f: Func;
  /** The block that instructions are added to. */
  block!: Block;
  /** Byte offset in the module given to new instructions. */
  source = 0;
  private lastConstant = 0;
  private readonly constants = new Map<string, number>();

  constructor(f: Func) {
    this.f = f;
  }

  /** Starts on a new function. */
  attach(f: Func): void {
    this.f = f;
    this.source = 0;
    this.lastConstant = 0;
    this.constants.clear();
  }

  /** The constant with these bits; hi is ignored for 32-bit types. */
  constant(type: Type, lo: number, hi = 0): number {
    const f = this.f;
    if (type === Type.I32) hi = lo >> 31;
    else if (type === Type.F32) hi = 0;
    const key = `${type} ${lo} ${hi}`;
    let v = this.constants.get(key);
    if (v !== undefined) return v;
    v = f.create(Op.Const, type, lo, hi);
    const entry = f.blocks[0];
    if (this.lastConstant !== 0) f.insertAfter(this.lastConstant, v);
    else if (entry.first !== 0) f.insertBefore(entry.first, v);
    else f.append(entry, v);
    this.lastConstant = v;
    this.constants.set(key, v);
    return v;
  }

  /** An instruction of up to three arguments (0: none). */
  value(op: Op, type: Type, a = 0, b = 0, c = 0, immLo = 0, immHi = 0, aux = 0): number {
    const f = this.f;
    const v = f.create(op, type, immLo, immHi, aux);
    if (a !== 0) f.pushArg(v, a);
    if (b !== 0) f.pushArg(v, b);
    if (c !== 0) f.pushArg(v, c);
    return this.place(v);
  }

  private place(v: number): number {
    this.f.source[v] = this.source;
    this.f.append(this.block, v);
    return v;
  }

  /** A call: `type` is that of its first result, `immLo` and `aux` as ops.ts says. */
  call(
    op: Op.Call | Op.CallPointer | Op.CallHost,
    type: Type,
    args: readonly number[],
    immLo: number,
    aux: number,
  ): number {
    const f = this.f;
    const v = f.create(op, type, immLo, 0, aux);
    for (const a of args) f.pushArg(v, a);
    return this.place(v);
  }

  // ---- Terminators: they end `block`, and add its edges ----

  jump(to: Block, args: number[]): void {
    this.value(Op.Jump, Type.Void);
    this.f.addEdge(this.block.id, to.id, args);
  }

  branch(
    condition: number,
    then: Block,
    thenArgs: number[],
    otherwise: Block,
    otherwiseArgs: number[],
  ): void {
    this.value(Op.Branch, Type.Void, condition);
    this.f.addEdge(this.block.id, then.id, thenArgs);
    this.f.addEdge(this.block.id, otherwise.id, otherwiseArgs);
  }

  /** A switch over edges 0 .. n - 1, the last being the default. */
  switch(index: number, targets: readonly Block[], args: readonly number[][]): void {
    this.value(Op.Switch, Type.Void, index);
    for (let i = 0; i < targets.length; i++) this.f.addEdge(this.block.id, targets[i].id, args[i]);
  }

  return(values: readonly number[]): void {
    const f = this.f;
    const v = f.create(Op.Return, Type.Void);
    for (const a of values) f.pushArg(v, a);
    this.place(v);
  }

  trap(code: number): void {
    this.value(Op.Trap, Type.Void, 0, 0, 0, code);
  }
}
