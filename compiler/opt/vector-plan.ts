// Which loops vectorize.ts takes, and what their iterations do, as operations on vectors.
//
// A loop accesses U elements of each array on an iteration (U > 1: it was unrolled). Values are looked at U at a time, one of each element: from what is
// stored and what parameters become, back to loads and to what does not change, as long as all U do the same. Everything in the loop
// with an effect must be met on the way. The vector loop makes `rounds` iterations at once, C vectors for each value. All values have lanes of one
// size; in memory elements may be narrower. What the loop does to memory, and whether that may be done in another order, is vector-memory.ts's business.
import type { CountedLoop } from "../analysis/induction.ts";
import { testOn } from "../analysis/loop-bounds.ts";
import type { Builder } from "../ir/build.ts";
import type { Func } from "../ir/func.ts";
import { Effect, Op, opCommutes, opEffect } from "../ir/ops.ts";
import { Alias, auxAlias, auxWidth, Type, typeSize, Width } from "../ir/types.ts";
import { choices } from "../ir/vector.ts";
import { LoopMemory, unfit, unfitLoop } from "./vector-memory.ts";
import { dependsOn, type Node, operation, type State, type VectorPlan } from "./vector-nodes.ts";
import { isReduction, isShift, vectorOp } from "./vector-ops.ts";
import { type HighProduct, highProduct, maskOf, minMax, type Pair } from "./vector-patterns.ts";

const { I32, I64 } = Type;

const MOST_INSTRUCTIONS = 400;
/** Elements of an iteration. */
const MOST_UNROLLED = 16;
const VECTOR_BYTES = 16;
/** Vectors for each value that a vector loop should have, so that its counters cost little. */
const MOST_CHUNKS = 2;

class Planner {
  private readonly f: Func;
  private readonly b: Builder;
  private readonly l: CountedLoop;
  private readonly header: number;
  private unroll = 0;
  private size = 0;
  private rounds = 0;
  private readonly position = new Map<number, number>();
  private readonly memory: LoopMemory;
  private readonly states: State[] = [];
  private readonly stateOf = new Map<number, State>();
  /** By first element: nodes found. */
  private readonly nodes = new Map<number, { readonly values: readonly number[]; readonly node: Node }[]>();

  constructor(f: Func, l: CountedLoop, b: Builder) {
    this.f = f;
    this.b = b;
    this.l = l;
    this.header = l.loop.header;
    this.memory = new LoopMemory(f, l, this.position);
  }

  private isInside(v: number): boolean {
    return !this.f.isConst(v) && this.f.block[v] === this.header;
  }

  plan(): VectorPlan {
    const { memory } = this;
    const test = this.findTest();
    const { loads, stores } = this.collect();
    this.measure(loads, stores);
    const lanes = VECTOR_BYTES / this.size;
    const divisor = Math.min(lanes, this.unroll & -this.unroll);
    this.rounds = lanes / divisor;
    this.findStates();
    const planned = this.tuples(stores).map((tuple) => ({
      stream: memory.stream(tuple),
      value: this.match(tuple.map((v) => this.f.arg(v, 1))),
    }));
    this.finishStates();
    if (planned.length + this.states.length === 0 || loads.some((v) => !memory.met.has(v))) unfit();
    memory.placeStreams();
    if (!memory.allows(this.rounds)) unfit();
    this.makeLarger(test, lanes);
    if (!this.isCheaper(planned.length)) unfit();
    const { unroll, rounds, states } = this;
    const chunks = (rounds * unroll) / lanes;
    const { groups } = memory;
    return { unroll, rounds, lanes, chunks, groups, pairs: memory.pairs(), states, stores: planned, test };
  }

  /** More iterations at once, where there are enough. */
  private makeLarger(test: VectorPlan["test"], lanes: number): void {
    const known = this.knownRounds(test);
    if (known < 2 * this.rounds) unfit();
    if (this.states.some((s) => s.kind === "lanes")) return;
    while (true) {
      const more = 2 * this.rounds;
      if ((more * this.unroll) / lanes > MOST_CHUNKS || known < 2 * more || !this.memory.allows(more)) return;
      this.rounds = more;
    }
  }

  /** Whether vectors take clearly fewer instructions: they do unless most elements are loaded one by one. */
  private isCheaper(stores: number): boolean {
    const { streams, groups } = this.memory;
    let ops = stores;
    for (const list of this.nodes.values()) for (const n of list) if (n.node.kind === "op") ops++;
    const elements = this.rounds * this.unroll;
    const apart = streams.filter((s) => s.kind === "apart").length;
    let packing = 0;
    for (const { accesses, size } of streams)
      if (this.f.op[accesses[0]] === Op.Store && size < this.size) packing += size === 1 ? 6 : 3;
    const loads = streams.length - stores;
    const scalar = elements * (ops + loads) + 2 * this.rounds;
    const chunks = elements / (VECTOR_BYTES / this.size);
    return chunks * (ops + loads - apart + packing) + 2 * elements * apart + groups.length + 1 < 0.8 * scalar;
  }

  // ---- The loop ----

  private findTest(): VectorPlan["test"] {
    const { f, l } = this;
    for (const { param, next, step } of l.inductions) {
      if (f.type[param] !== I32) continue;
      const late = testOn(f, l.latch, l.backEdge, next);
      const found = late ?? testOn(f, l.latch, l.backEdge, param);
      const value = late === undefined ? param : next;
      if (found === undefined || this.isInside(found.right)) continue;
      const { op, right: limit } = found;
      const isLess = op === Op.LtS || op === Op.LtU || op === Op.LeS || op === Op.LeU;
      const isGreater = op === Op.GtS || op === Op.GtU || op === Op.GeS || op === Op.GeU;
      if (op === Op.Ne || (isLess && step > 0) || (isGreater && step < 0)) return { op, value, limit, step };
    }
    return unfit();
  }

  /** Iterations behind the first, as far as that is known. */
  private knownRounds({ value, limit, step }: VectorPlan["test"]): number {
    const { f } = this;
    const isParam = f.op[value] === Op.Param;
    const start = f.edges[this.l.entryEdge].args[f.immLo[isParam ? value : f.arg(value, 0)]];
    if (!f.isConst(start) || (limit !== 0 && !f.isConst(limit))) return Number.POSITIVE_INFINITY;
    const first = f.immLo[start] + (isParam ? 0 : step);
    const end = limit === 0 ? 0 : f.immLo[limit];
    const distance = step > 0 ? end - first : first - end;
    return (distance >>> 0) / Math.abs(step);
  }

  /** Loads and stores; nothing else may have an effect. */
  private collect(): { loads: number[]; stores: number[] } {
    const { f } = this;
    const loads: number[] = [];
    const stores: number[] = [];
    let n = 0;
    const b = f.blocks[this.header];
    for (let v = b.first; v !== b.last; v = f.next[v]) {
      this.position.set(v, n);
      if (++n > MOST_INSTRUCTIONS) unfit();
      if (opEffect[f.op[v]] === Effect.Pure) continue;
      if (f.op[v] !== Op.Load && f.op[v] !== Op.Store) unfit();
      if (auxAlias(f.aux[v]) !== Alias.Memory) unfit();
      if (f.op[v] === Op.Store && f.type[f.arg(v, 1)] === I64 && auxWidth(f.aux[v]) !== Width.Full) unfit();
      if (f.type[f.arg(v, 0)] !== I32) unfit();
      (f.op[v] === Op.Load ? loads : stores).push(v);
    }
    return { loads, stores };
  }

  /** Size of lanes, and the number of elements of an iteration, which is that of what is stored, or else of what is loaded most densely. */
  private measure(loads: readonly number[], stores: readonly number[]): void {
    const { f, memory } = this;
    if (loads.length + stores.length === 0) unfit();
    this.size = typeSize[stores.length > 0 ? f.type[f.arg(stores[0], 1)] : f.type[loads[0]]];
    if (this.size > 8) unfit();
    const strides = (stores.length > 0 ? stores : loads).map((v) => memory.stride(v) / memory.size(v));
    memory.direction = strides.some((u) => u < 0) ? -1 : 1;
    const unrolls = strides.map((u) => u * memory.direction).filter((u) => u > 0 && Number.isInteger(u));
    this.unroll = Math.min(...unrolls);
    if (unrolls.length === 0 || this.unroll > MOST_UNROLLED) unfit();
  }

  /** Stores put together, one for each element. */
  private tuples(stores: readonly number[]): number[][] {
    const { memory } = this;
    const sorted = stores
      .slice()
      .sort((a, b) =>
        memory.sum(a).key === memory.sum(b).key
          ? memory.place(a) - memory.place(b)
          : memory.sum(a).key < memory.sum(b).key
            ? -1
            : 1,
      );
    const found: number[][] = [];
    for (let i = 0; i < sorted.length; i += this.unroll) found.push(sorted.slice(i, i + this.unroll));
    return found.sort((a, b) => this.position.get(a[0])! - this.position.get(b[0])!);
  }

  // ---- Values ----

  private match(values: readonly number[]): Node {
    const known = this.nodes.get(values[0])?.find((n) => n.values.every((v, j) => v === values[j]));
    if (known !== undefined) return known.node;
    const node = this.make(values);
    const list = this.nodes.get(values[0]) ?? [];
    list.push({ values, node });
    this.nodes.set(values[0], list);
    return node;
  }

  private make(values: readonly number[]): Node {
    const { f } = this;
    const [v] = values;
    const type = f.type[v] as Type;
    const op = f.op[v] as Op;
    if (typeSize[type] !== this.size) unfit();
    if (values.every((w) => !this.isInside(w))) return { kind: "invariant", values, type };
    if (values.some((w) => !this.isInside(w) || f.type[w] !== type)) unfit();
    if (op === Op.Param) return this.makeState(values, 0);
    if (this.isExtendedState(values)) return this.makeState([f.arg(v, 0), ...values.slice(1)], v);
    if (values.some((w) => f.op[w] !== op)) unfit();
    if (op === Op.Load) {
      if (type === I64 && auxWidth(f.aux[v]) !== Width.Full && auxWidth(f.aux[v]) < Width.S32) unfit();
      return { kind: "load", stream: this.memory.stream(values), type };
    }
    const vector = vectorOp(op, type);
    if (vector === undefined) return this.makeOther(values, op);
    if (isShift(op)) {
      const count = f.arg(v, 1);
      if (this.isInside(count) || values.some((w) => f.arg(w, 1) !== count)) unfit();
      return operation(vector, [this.arguments(values, 0)], count);
    }
    const args = [this.match(values.map((w) => this.operand(v, w, 0)))];
    if (f.argCount[v] > 1) args.push(this.match(values.map((w) => this.operand(v, w, 1))));
    return operation(vector, args);
  }

  private arguments(values: readonly number[], i: number): Node {
    return this.match(values.map((w) => this.f.arg(w, i)));
  }

  /** The same i32 for all elements. */
  private constant(x: number): Node {
    return { kind: "invariant", values: new Array<number>(this.unroll).fill(this.b.i32(x)), type: I32 };
  }

  /** Values that take several operations on vectors, or of which several instructions are one. */
  private makeOther(values: readonly number[], op: Op): Node {
    const { f, b } = this;
    if (op === Op.Extend8S || op === Op.Extend16S) {
      if (f.type[values[0]] !== I32) unfit();
      const count = b.i32(op === Op.Extend8S ? 24 : 16);
      return operation(Op.I32x4ShrS, [operation(Op.I32x4Shl, [this.arguments(values, 0)], count)], count);
    }
    if (op === Op.Select) return this.makeSelect(values);
    if (op === Op.Wrap) return this.makeHighProduct(values);
    // A comparison as a number, 0 or 1.
    if (maskOf(op, f.type[f.arg(values[0], 0)]) === undefined) unfit();
    const { node, inverted } = this.makeMask(values);
    const bit = operation(Op.I32x4ShrU, [node], b.i32(31));
    return inverted ? operation(Op.V128Xor, [bit, this.constant(1)]) : bit;
  }

  private makeSelect(values: readonly number[]): Node {
    const { f } = this;
    const pairs = values.map((w) => minMax(f, w));
    const [first] = pairs;
    if (first !== undefined && pairs.every((p) => p?.op === first.op)) {
      const [x, y] = [pairs.map((p) => p!.x), pairs.map((p) => p!.y)];
      return operation(first.op, [this.match(x), this.match(y)]);
    }
    const { node, inverted } = this.makeMask(values.map((w) => f.arg(w, 0)));
    const [x, y] = [this.arguments(values, 1), this.arguments(values, 2)];
    return operation(Op.V128Bitselect, inverted ? [y, x, node] : [x, y, node]);
  }

  /** Lanes of ones where conditions hold, or where they do not. */
  private makeMask(values: readonly number[]): { node: Node; inverted: boolean } {
    const { f } = this;
    const [v] = values;
    if (values.some((w) => !this.isInside(w) || f.op[w] !== f.op[v] || f.type[w] !== f.type[v])) unfit();
    const mask = maskOf(f.op[v] as Op, f.type[f.arg(v, 0)]);
    if (mask === undefined)
      return { node: operation(Op.I32x4Eq, [this.match(values), this.constant(0)]), inverted: true };
    let args = [this.arguments(values, 0), this.arguments(values, 1)];
    if (mask.unsigned) args = args.map((x) => operation(Op.V128Xor, [x, this.constant(1 << 31)]));
    if (mask.swapped) args.reverse();
    return { node: operation(mask.op, args), inverted: mask.inverted };
  }

  private makeHighProduct(values: readonly number[]): Node {
    const products = values.map((w) => highProduct(this.f, w));
    const [first] = products;
    if (first === undefined) unfit();
    const { op, factor, shift, by } = first;
    const fits = (p: HighProduct | undefined): boolean =>
      p !== undefined && p.op === op && p.factor === factor && p.shift === shift && p.by === by;
    if (!products.every(fits)) unfit();
    const high = operation(op, [this.match(products.map((p) => p!.x)), this.constant(factor)]);
    return by === 0 ? high : operation(vectorOp(shift, I32)!, [high], this.b.i32(by));
  }

  /** Operand i of w; those of sums and products are in the order of v's. */
  private operand(v: number, w: number, i: number): number {
    const { f } = this;
    const op = f.op[v] as Op;
    const commutes = opCommutes[op] !== 0 || op === Op.FAdd || op === Op.FMul;
    const kind = (x: number): number => (this.isInside(x) ? f.op[x] : -1);
    const [x, y] = [f.arg(w, 0), f.argCount[w] > 1 ? f.arg(w, 1) : 0];
    const swap = commutes && kind(x) !== kind(f.arg(v, 0)) && kind(y) === kind(f.arg(v, 0));
    return (i === 0) !== swap ? x : y;
  }

  // ---- Parameters ----

  private next(p: number): number {
    return this.f.edges[this.l.backEdge].args[this.f.immLo[p]];
  }

  /**
   * A value of the element before is followed by those of this iteration's elements but the last, which is what the parameter becomes. `extension`, if
   * not 0, is applied to the parameter, and matters for its first value only.
   */
  private makeState(values: readonly number[], extension: number): Node {
    const [p] = values;
    const state = this.stateOf.get(p);
    if (state === undefined || state.kind === "sum") unfit();
    if (state.kind === "lanes") {
      if (!values.every((w, j) => w === state.params[j])) unfit();
      return { kind: "state", state };
    }
    const elements = [...values.slice(1), this.next(p)];
    state.elements ??= elements;
    if (extension !== 0) state.extension = extension;
    if (elements.some((v, j) => v !== state.elements![j]) || state.extension !== extension) unfit();
    return { kind: "state", state };
  }

  /** Whether the first of values is a parameter, extended from what the loop loads in this way anyway. */
  private isExtendedState(values: readonly number[]): boolean {
    const { f } = this;
    const [v] = values;
    if (values.length === 1 || f.op[values[1]] !== Op.Load) return false;
    const p = f.argCount[v] > 0 ? f.arg(v, 0) : 0;
    if (this.stateOf.get(p)?.kind !== "previous" || f.op[this.next(p)] !== Op.Load) return false;
    const width = auxWidth(f.aux[this.next(p)]);
    if (f.op[v] === Op.Extend8S) return width === Width.S8;
    if (f.op[v] === Op.Extend16S) return width === Width.S16;
    if (f.op[v] !== Op.And || !f.isConst(f.arg(v, 1))) return false;
    return f.immLo[f.arg(v, 1)] === (width === Width.U8 ? 0xff : width === Width.U16 ? 0xffff : -1);
  }

  private findStates(): void {
    const { f, l } = this;
    const params = f.blocks[this.header].params.filter((p) => l.inductions.every((i) => i.param !== p));
    const rest = params.filter((p) => !this.addSum(p));
    if (rest.length === 0) return;
    const state = (kind: State["kind"], of: readonly number[], elements?: readonly number[]): void =>
      this.addState({
        kind,
        params: of,
        type: f.type[of[0]],
        op: Op.Nop,
        next: undefined,
        elements,
        extension: 0,
      });
    // Each element has its own: only where the vector loop makes one iteration at once.
    if (this.unroll > 1 && this.rounds === 1 && rest.length === this.unroll) {
      const places = rest.map((p) => ({ p, place: this.firstPlace(this.next(p)) }));
      places.sort((a, b) => a.place - b.place);
      state(
        "lanes",
        places.map(({ p }) => p),
      );
      return;
    }
    // Elements follow each other in the order of lanes only where addresses go up.
    if (this.memory.direction < 0) unfit();
    for (const p of rest) state("previous", [p], this.unroll === 1 ? [this.next(p)] : undefined);
  }

  private addState(state: State): void {
    this.states.push(state);
    for (const p of state.params) this.stateOf.set(p, state);
  }

  /** Place of the first load that v is computed from. */
  private firstPlace(v: number, depth = 12): number {
    const { f } = this;
    if (!this.isInside(v) || f.op[v] === Op.Param || depth === 0) return Number.NaN;
    if (f.op[v] === Op.Load) return this.memory.place(v);
    for (let i = 0; i < f.argCount[v]; i++) {
      const place = this.firstPlace(f.arg(v, i), depth - 1);
      if (!Number.isNaN(place)) return place;
    }
    return Number.NaN;
  }

  /** A value as x op y. */
  private pair(v: number): Pair | undefined {
    const { f } = this;
    if (f.op[v] === Op.Select) return minMax(f, v);
    return f.argCount[v] === 2 && f.op[v] !== Op.Store
      ? { op: f.op[v] as Op, x: f.arg(v, 0), y: f.arg(v, 1) }
      : undefined;
  }

  /** Integers combined over all elements: p op x0 op x1 ... */
  private terms(p: number): number[] | undefined {
    const op = this.pair(this.next(p))?.op;
    const found: number[] = [];
    for (let v = this.next(p); v !== p; ) {
      const pair = this.isInside(v) ? this.pair(v) : undefined;
      if (pair === undefined || pair.op !== op || found.length === this.unroll) return undefined;
      const { x, y } = pair;
      const goesOn = (w: number): boolean => w === p || (this.isInside(w) && this.pair(w)?.op === op);
      if (!goesOn(x) && !goesOn(y)) return undefined;
      const chain = x === p || (goesOn(x) && y !== p) ? x : y;
      found.push(chain === x ? y : x);
      v = chain;
    }
    return found.length === this.unroll ? found : undefined;
  }

  private addSum(p: number): boolean {
    const { f } = this;
    const type = f.type[p] as Type;
    const next = this.next(p);
    if ((type !== I32 && type !== I64) || !this.isInside(next)) return false;
    const op = this.pair(next)?.op;
    if (op === undefined || !(isReduction(op) || choices.has(op))) return false;
    if (typeSize[type] !== this.size || this.terms(p) === undefined) return false;
    this.addState({
      kind: "sum",
      params: [p],
      type,
      op,
      next: undefined,
      elements: undefined,
      extension: 0,
    });
    return true;
  }

  /** What states become. Those of one iteration's last element may be met on the way only. */
  private finishStates(): void {
    for (const state of this.states) {
      const { params } = state;
      if (state.kind === "lanes") state.next = this.match(params.map((p) => this.next(p)));
      if (state.kind !== "sum") continue;
      const terms = this.terms(params[0])!;
      const places = terms.map((v) => ({ v, place: this.firstPlace(v) })).sort((a, b) => a.place - b.place);
      state.next = this.match(places.map(({ v }) => v));
    }
    const previous = this.states.filter((s) => s.kind === "previous");
    for (let left = previous; left.length > 0; ) {
      for (const state of left) if (state.elements !== undefined) state.next = this.match(state.elements);
      const rest = left.filter((s) => s.next === undefined);
      if (rest.length === left.length) unfit();
      left = rest;
    }
    for (const state of previous) if (dependsOn(state.next!, state, new Set())) unfit();
  }
}

/** What the loop, of one block, does, when it can be done by vectors. */
export function planLoop(f: Func, l: CountedLoop, b: Builder): VectorPlan | undefined {
  try {
    return new Planner(f, l, b).plan();
  } catch (error) {
    if (error === unfitLoop) return undefined;
    throw error;
  }
}
