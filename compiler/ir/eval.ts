// A small reference interpreter of the IR: the oracle for passes.
//
// What an operation computes comes from scalar.ts; what lies outside a function (memory, instance, calls) from a World. Values are pairs of
// 32-bit halves, (lo, hi); i32 and f32 values use lo only. Vectors have a column of their own, of four words each.
import type { Func } from "./func.ts";
import { Op } from "./ops.ts";
import { evaluate, NOT_SCALAR, result } from "./scalar.ts";
import { accessSize, auxWidth, TrapCode, Type, Width } from "./types.ts";
import { evaluateVector, loadVector } from "./vector.ts";

/** Execution ended in a trap. */
export class EvalTrap extends Error {
  readonly code: number;
  constructor(code: number) {
    super(`trap ${code}`);
    this.code = code;
  }
}

/** Where a function runs. Methods may throw EvalTrap. */
export interface World {
  /** All memory that the functions see. */
  readonly view: DataView;
  /** Place in `view` of `size` bytes at an address of linear memory 0, or at a native address. */
  linear(address: number, size: number): number;
  native(address: number, size: number): number;
  /** The value of InstanceAddress, SymbolAddress, MemoryBase, GetInstance. */
  address(op: Op, index: number): number;
  /** Calls function or symbol `index` (of CallPointer: code address); arguments and results are halves. */
  call(op: Op, index: number, args: readonly number[]): number[];
}

const MAX_DEPTH = 400;

export class Evaluator {
  private readonly world: World;
  private depth = 0;
  private steps = 0;
  /** Vectors of the running function, four words for each value. */
  private vectors = new Int32Array(0);
  /** Blocks after which a run is given up. */
  private readonly maxSteps: number;

  constructor(world: World, maxSteps = 3e7) {
    this.world = world;
    this.maxSteps = maxSteps;
  }

  /** Forgets what earlier runs took. */
  reset(): void {
    this.depth = 0;
    this.steps = 0;
  }

  /** Runs f; arguments and results are pairs of halves. Throws EvalTrap. */
  run(f: Func, args: readonly number[]): number[] {
    if (++this.depth > MAX_DEPTH) throw new EvalTrap(TrapCode.StackExhausted);
    const values = new Int32Array(2 * f.count);
    const outer = this.vectors;
    this.vectors = new Int32Array(4 * f.count);
    f.blocks[0].params.forEach((p, i) => {
      values[2 * p] = args[2 * i];
      values[2 * p + 1] = args[2 * i + 1];
    });
    let block = f.blocks[0];
    for (;;) {
      let v = block.first;
      for (; v !== block.last; v = f.next[v]) this.instruction(f, v, values);
      if (++this.steps > this.maxSteps) throw new Error("the program does not end");
      const op = f.op[v];
      if (op === Op.Return) {
        const results: number[] = [];
        for (let i = 0; i < f.argCount[v]; i++)
          results.push(values[2 * f.arg(v, i)], values[2 * f.arg(v, i) + 1]);
        this.depth--;
        this.vectors = outer;
        return results;
      }
      if (op === Op.Trap) throw new EvalTrap(f.immLo[v]);
      const edge = f.edges[block.succs[this.successor(f, v, values, block.succs.length)]];
      block = f.blocks[edge.to];
      const passed = edge.args.map((a) => [values[2 * a], values[2 * a + 1]]);
      const wide = edge.args.map((a) =>
        f.type[a] === Type.V128 ? this.vectors.slice(4 * a, 4 * a + 4) : [],
      );
      block.params.forEach((p, i) => {
        [values[2 * p], values[2 * p + 1]] = passed[i];
        this.vectors.set(wide[i], 4 * p);
      });
    }
  }

  private successor(f: Func, v: number, values: Int32Array, n: number): number {
    if (f.op[v] === Op.Jump) return 0;
    const x = values[2 * f.arg(v, 0)];
    return f.op[v] === Op.Branch ? (x !== 0 ? 0 : 1) : Math.min(x >>> 0, n - 1);
  }

  private instruction(f: Func, v: number, values: Int32Array): void {
    const n = f.argCount[v];
    const a = n > 0 ? f.arg(v, 0) : 0;
    const b = n > 1 ? f.arg(v, 1) : 0;
    const op = f.op[v] as Op;
    const [aLo, aHi, bLo, bHi] = [values[2 * a], values[2 * a + 1], values[2 * b], values[2 * b + 1]];
    const set = (lo: number, hi: number): void => {
      values[2 * v] = lo;
      values[2 * v + 1] = hi;
    };
    switch (op) {
      case Op.Nop:
      case Op.Result:
      case Op.SwitchInstance:
        return;
      case Op.Const:
        return set(f.immLo[v], f.immHi[v]);
      case Op.Select: {
        const chosen = f.arg(v, aLo !== 0 ? 1 : 2);
        if (f.type[v] === Type.V128) this.vectors.copyWithin(4 * v, 4 * chosen, 4 * chosen + 4);
        return set(values[2 * chosen], values[2 * chosen + 1]);
      }
      case Op.InstanceAddress:
      case Op.GetInstance:
      case Op.SymbolAddress:
      case Op.MemoryBase: {
        const at = this.world.address(op, f.immLo[v]);
        return set(at | 0, Math.floor(at / 2 ** 32));
      }
      case Op.TrapIf:
        if (aLo !== 0) throw new EvalTrap(f.immLo[v]);
        return;
      case Op.Load:
      case Op.RawLoad:
        return this.load(f, v, this.place(f, v, aLo, f.type[a] === Type.I64 ? aHi : 0), set);
      case Op.Store:
      case Op.RawStore:
        return this.store(f, v, this.place(f, v, aLo, f.type[a] === Type.I64 ? aHi : 0), b, bLo, bHi);
      case Op.Call:
      case Op.CallPointer:
      case Op.CallHost:
        return this.callInstruction(f, v, values);
    }
    if (op >= Op.I32x4Splat) {
      const scalar = n > 1 && f.type[b] !== Type.V128 ? b : a;
      evaluateVector(
        op,
        this.vectors,
        4 * v,
        4 * a,
        4 * b,
        values[2 * scalar],
        values[2 * scalar + 1],
        op === Op.V128Bitselect ? 4 * f.arg(v, 2) : f.immLo[v],
      );
      return f.type[v] === Type.V128 ? undefined : set(result.lo, result.hi);
    }
    const trap = evaluate(op, f.type[v], f.type[a], aLo, aHi, bLo, bHi);
    if (trap === NOT_SCALAR) throw new Error(`the evaluator does not know op ${Op[op]}`);
    if (trap !== 0) throw new EvalTrap(trap);
    set(result.lo, result.hi);
  }

  /** Place of an access in the world's memory. */
  private place(f: Func, v: number, lo: number, hi: number): number {
    const isStore = f.op[v] === Op.Store || f.op[v] === Op.RawStore;
    const size = accessSize(auxWidth(f.aux[v]), isStore ? f.type[f.arg(v, 1)] : f.type[v]);
    const base = (hi >>> 0) * 2 ** 32 + (lo >>> 0);
    if (f.op[v] === Op.Load || f.op[v] === Op.Store)
      return this.world.linear(base + (f.immLo[v] >>> 0), size);
    return this.world.native(base + f.immLo[v], size);
  }

  private load(f: Func, v: number, at: number, set: (lo: number, hi: number) => void): void {
    const { view } = this.world;
    if (f.type[v] === Type.V128) return loadVector(view, at, auxWidth(f.aux[v]), this.vectors, 4 * v);
    const signed = (x: number): void => set(x, x >> 31);
    switch (auxWidth(f.aux[v])) {
      case Width.S8:
        return signed(view.getInt8(at));
      case Width.U8:
        return set(view.getUint8(at), 0);
      case Width.S16:
        return signed(view.getInt16(at, true));
      case Width.U16:
        return set(view.getUint16(at, true), 0);
      case Width.S32:
        return signed(view.getInt32(at, true));
      case Width.U32:
        return set(view.getInt32(at, true), 0);
    }
    if (accessSize(Width.Full, f.type[v]) === 4) return signed(view.getInt32(at, true));
    set(view.getInt32(at, true), view.getInt32(at + 4, true));
  }

  private store(f: Func, v: number, at: number, b: number, lo: number, hi: number): void {
    const { view } = this.world;
    const size = accessSize(auxWidth(f.aux[v]), f.type[b]);
    if (size === 16) {
      for (let i = 0; i < 4; i++) view.setInt32(at + 4 * i, this.vectors[4 * b + i], true);
      return;
    }
    if (size === 1) view.setInt8(at, lo);
    else if (size === 2) view.setInt16(at, lo, true);
    else view.setInt32(at, lo, true);
    if (size === 8) view.setInt32(at + 4, hi, true);
  }

  private callInstruction(f: Func, v: number, values: Int32Array): void {
    const args: number[] = [];
    const op = f.op[v] as Op;
    const first = op === Op.CallPointer ? 1 : 0;
    for (let i = first; i < f.argCount[v]; i++)
      args.push(values[2 * f.arg(v, i)], values[2 * f.arg(v, i) + 1]);
    const index = op === Op.CallPointer ? values[2 * f.arg(v, 0)] : f.immLo[v];
    const results = this.world.call(op, index, args);
    for (let i = 0, w = v; 2 * i < results.length; i++) {
      // Results that nothing uses may be gone.
      if (i > 0 && f.op[f.next[w]] === Op.Result && f.immLo[f.next[w]] === i) w = f.next[w];
      else if (i > 0) continue;
      if (f.type[w] === Type.Void) continue;
      values[2 * w] = results[2 * i];
      values[2 * w + 1] = results[2 * i + 1];
    }
  }
}
