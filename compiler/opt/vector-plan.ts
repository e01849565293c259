// Which loops vectorize.ts takes, and what their iterations do, as operations on vectors.
//
// A loop accesses U elements of each array on an iteration (U > 1: it was unrolled). Values are looked at U at a time, one of each element: from what is
// stored and what parameters become, back to loads of neighbours and to what does not change, as long as all U do the same. Everything in the loop
// with an effect must be met on the way. The vector loop makes `rounds` iterations at once, C vectors for each value.
//
// Legality of memory, where `block` is the bytes that an array moves on in the vector loop's iteration: in one iteration all loads come first, then all stores.
// - Addresses with equal sums: the same element may be loaded, then stored; a later one may be loaded if U is 1; otherwise a block must lie between.
// - Other addresses: tested at run time for overlap (pairs of groups).
import type { CountedLoop } from "../analysis/induction.ts";
import { testOn } from "../analysis/loop-bounds.ts";
import { type Sum, strideOf, sumOf } from "../analysis/streams.ts";
import type { Func } from "../ir/func.ts";
import { Effect, Op, opCommutes, opEffect } from "../ir/ops.ts";
import { Alias, auxAlias, auxWidth, Type, typeSize, Width } from "../ir/types.ts";

const { I32, I64, F32, F64 } = Type;

const MOST_INSTRUCTIONS = 400;
/** Elements of an iteration. */
const MOST_UNROLLED = 16;
/** Offsets within a group of accesses. */
const FARTHEST = 1 << 30;
const VECTOR_BYTES = 16;

/** Accesses whose addresses are a constant apart. */
export interface AccessGroup {
  readonly key: string;
  /** The address of one whose address, as an i32, is the least. */
  address: number;
  /** Of what is accessed, from that address on: least and greatest offset. */
  first: number;
  last: number;
  stores: boolean;
  /** Constant of the address. */
  constant: number;
}

/** One access for each of an iteration's elements, in the order of their addresses. */
export interface Stream {
  readonly accesses: readonly number[];
  readonly group: number;
  /** Offset of the first from the group's address. */
  offset: number;
  readonly sum: Sum;
}

export type Node =
  | { readonly kind: "load"; readonly stream: Stream; readonly type: Type }
  | { readonly kind: "invariant"; readonly values: readonly number[]; readonly type: Type }
  /** `count`: the scalar operand of a shift, 0 without one. */
  | { readonly kind: "op"; readonly op: Op; readonly args: readonly Node[]; readonly count: number }
  | { readonly kind: "state"; readonly state: State };

/** Parameters that are no counters. */
export interface State {
  /** lanes: each element its own; previous: a value of the element before; sum: all elements' are combined by `op`. */
  readonly kind: "lanes" | "previous" | "sum";
  readonly params: readonly number[];
  readonly type: Type;
  readonly op: Op;
  next: Node | undefined;
}

export interface VectorPlan {
  readonly unroll: number;
  readonly rounds: number;
  readonly lanes: number;
  /** Vectors for each value. */
  readonly chunks: number;
  readonly blockBytes: number;
  readonly groups: readonly AccessGroup[];
  /** Groups that must not overlap. */
  readonly pairs: readonly (readonly [number, number])[];
  readonly states: readonly State[];
  readonly stores: readonly { readonly stream: Stream; readonly value: Node }[];
  /** The loop goes on as long as value `op` limit (0: the number zero): a parameter, or what it is next, growing by step. */
  readonly test: { readonly op: Op; readonly value: number; readonly limit: number; readonly step: number };
}

/** Vector operations by scalar operation and type. */
const vectorOps = new Map<number, Op>();
for (const [type, list] of [
  [
    F32,
    [
      [Op.FAdd, Op.F32x4Add],
      [Op.FSub, Op.F32x4Sub],
      [Op.FMul, Op.F32x4Mul],
      [Op.FDiv, Op.F32x4Div],
      [Op.FSqrt, Op.F32x4Sqrt],
      [Op.FAbs, Op.F32x4Abs],
      [Op.FNeg, Op.F32x4Neg],
      [Op.ConvertS, Op.F32x4ConvertI32x4S],
    ],
  ],
  [
    F64,
    [
      [Op.FAdd, Op.F64x2Add],
      [Op.FSub, Op.F64x2Sub],
      [Op.FMul, Op.F64x2Mul],
      [Op.FDiv, Op.F64x2Div],
      [Op.FSqrt, Op.F64x2Sqrt],
      [Op.FAbs, Op.F64x2Abs],
      [Op.FNeg, Op.F64x2Neg],
    ],
  ],
  [
    I32,
    [
      [Op.Add, Op.I32x4Add],
      [Op.Sub, Op.I32x4Sub],
      [Op.Mul, Op.I32x4Mul],
      [Op.And, Op.V128And],
      [Op.Or, Op.V128Or],
      [Op.Xor, Op.V128Xor],
      [Op.Shl, Op.I32x4Shl],
      [Op.ShrS, Op.I32x4ShrS],
      [Op.ShrU, Op.I32x4ShrU],
    ],
  ],
  [
    I64,
    [
      [Op.Add, Op.I64x2Add],
      [Op.Sub, Op.I64x2Sub],
      [Op.And, Op.V128And],
      [Op.Or, Op.V128Or],
      [Op.Xor, Op.V128Xor],
    ],
  ],
] as const)
  for (const [op, vector] of list) vectorOps.set(op * 8 + type, vector);

export function vectorOp(op: Op, type: Type): Op | undefined {
  return vectorOps.get(op * 8 + type);
}

function isShift(op: Op): boolean {
  return op === Op.Shl || op === Op.ShrS || op === Op.ShrU;
}
function isReduction(op: Op): boolean {
  return op === Op.Add || op === Op.Xor || op === Op.And || op === Op.Or;
}

/** Thrown where a loop turns out not to fit; one for all, as most loops do not. */
const unfitLoop = new Error("the loop does not fit");
function unfit(): never {
  throw unfitLoop;
}

class Planner {
  private readonly f: Func;
  private readonly l: CountedLoop;
  private readonly header: number;
  private unroll = 0;
  private size = 0;
  private rounds = 0;
  private readonly sums = new Map<number, Sum>();
  private readonly position = new Map<number, number>();
  private readonly groups: AccessGroup[] = [];
  private readonly streams: Stream[] = [];
  private readonly states: State[] = [];
  private readonly stateOf = new Map<number, State>();
  /** By first element: nodes found. */
  private readonly nodes = new Map<number, { readonly values: readonly number[]; readonly node: Node }[]>();
  private readonly met = new Set<number>();

  constructor(f: Func, l: CountedLoop) {
    this.f = f;
    this.l = l;
    this.header = l.loop.header;
  }

  private isInside(v: number): boolean {
    return !this.f.isConst(v) && this.f.block[v] === this.header;
  }

  plan(): VectorPlan {
    const test = this.findTest();
    const { loads, stores } = this.collect();
    this.measure([...stores, ...loads]);
    const lanes = VECTOR_BYTES / this.size;
    const divisor = Math.min(lanes, this.unroll & -this.unroll);
    this.rounds = lanes / divisor;
    const chunks = (this.rounds * this.unroll) / lanes;
    this.checkRounds(test);
    this.findStates();
    const planned = this.tuples(stores).map((tuple) => ({
      stream: this.stream(tuple),
      value: this.match(tuple.map((v) => this.f.arg(v, 1))),
    }));
    for (const state of this.states) this.finishState(state);
    if (planned.length + this.states.length === 0 || loads.some((v) => !this.met.has(v))) unfit();
    const blockBytes = chunks * VECTOR_BYTES;
    const pairs = this.checkDependences(blockBytes);
    const { unroll, rounds, groups, states } = this;
    return { unroll, rounds, lanes, chunks, blockBytes, groups, pairs, states, stores: planned, test };
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

  /** Few iterations, as far as that is known. */
  private checkRounds({ value, limit, step }: VectorPlan["test"]): void {
    const { f } = this;
    const isParam = f.op[value] === Op.Param;
    const start = f.edges[this.l.entryEdge].args[f.immLo[isParam ? value : f.arg(value, 0)]];
    if (!f.isConst(start) || (limit !== 0 && !f.isConst(limit))) return;
    const first = f.immLo[start] + (isParam ? 0 : step);
    const end = limit === 0 ? 0 : f.immLo[limit];
    const distance = step > 0 ? end - first : first - end;
    if ((distance >>> 0) / Math.abs(step) < 2 * this.rounds) unfit();
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
      if (auxAlias(f.aux[v]) !== Alias.Memory || auxWidth(f.aux[v]) !== Width.Full) unfit();
      if (f.type[f.arg(v, 0)] !== I32) unfit();
      (f.op[v] === Op.Load ? loads : stores).push(v);
    }
    return { loads, stores };
  }

  private sum(v: number): Sum {
    let sum = this.sums.get(v);
    if (sum === undefined) this.sums.set(v, (sum = sumOf(this.f, this.f.arg(v, 0))));
    return sum;
  }

  /** Constant of an access: of its address and its offset. */
  private place(v: number): number {
    return (this.sum(v).constant + this.f.immLo[v]) | 0;
  }

  private sizeOf(v: number): number {
    const { f } = this;
    return typeSize[f.op[v] === Op.Store ? f.type[f.arg(v, 1)] : f.type[v]];
  }

  /** Element size and number of elements, the same for all accesses. */
  private measure(accesses: readonly number[]): void {
    if (accesses.length === 0) unfit();
    this.size = this.sizeOf(accesses[0]);
    if (this.size > 8) unfit();
    for (const v of accesses) {
      const stride = strideOf(this.f, this.l, this.sum(v));
      if (stride === undefined || stride <= 0 || this.sizeOf(v) !== this.size) unfit();
      const unroll = stride / this.size;
      if (this.unroll === 0) this.unroll = unroll;
      if (unroll !== this.unroll || unroll > MOST_UNROLLED || !Number.isInteger(unroll)) unfit();
    }
  }

  /** Stores put together, one for each element. */
  private tuples(stores: readonly number[]): number[][] {
    const sorted = stores
      .slice()
      .sort((a, b) =>
        this.sum(a).key === this.sum(b).key
          ? this.place(a) - this.place(b)
          : this.sum(a).key < this.sum(b).key
            ? -1
            : 1,
      );
    const found: number[][] = [];
    for (let i = 0; i < sorted.length; i += this.unroll) found.push(sorted.slice(i, i + this.unroll));
    return found.sort((a, b) => this.position.get(a[0])! - this.position.get(b[0])!);
  }

  // ---- Memory ----

  private group({ key, constant }: Sum, address: number): number {
    let i = this.groups.findIndex((g) => g.key === key);
    if (i < 0) i = this.groups.push({ key, address, first: 0, last: 0, stores: false, constant }) - 1;
    const g = this.groups[i];
    if (((constant - g.constant) | 0) < 0) {
      g.address = address;
      g.constant = constant;
    }
    return i;
  }

  /** Accesses of neighbours, in order. */
  private stream(accesses: readonly number[]): Stream {
    const { f } = this;
    const known = this.streams.find((s) => accesses.every((v, j) => s.accesses[j] === v));
    if (known !== undefined) return known;
    const [v] = accesses;
    if (accesses.length !== this.unroll) unfit();
    const sum = this.sum(v);
    accesses.forEach((w, j) => {
      const distance = (this.place(w) - this.place(v)) | 0;
      if (this.sum(w).key !== sum.key || distance !== j * this.size) unfit();
      if (f.type[w] !== f.type[v] || f.op[w] !== f.op[v]) unfit();
      this.group(this.sum(w), f.arg(w, 0));
      this.met.add(w);
    });
    const stream: Stream = { accesses, group: this.group(sum, f.arg(v, 0)), offset: 0, sum };
    this.streams.push(stream);
    return stream;
  }

  /** Offsets within groups, and which groups must be told apart at run time. */
  private checkDependences(blockBytes: number): [number, number][] {
    const { f, groups, streams } = this;
    for (const s of streams) {
      const g = groups[s.group];
      // All elements of a stream, as their addresses may have been made in different ways.
      s.accesses.forEach((v, j) => {
        const above = (this.sum(v).constant - g.constant) | 0;
        const offset = above + (f.immLo[v] >>> 0);
        if (above < 0 || offset >= FARTHEST) unfit();
        if (j === 0) s.offset = offset;
        if (offset !== s.offset + j * this.size) unfit();
      });
    }
    for (const [i, g] of groups.entries()) {
      const own = streams.filter((s) => s.group === i);
      g.first = Math.min(...own.map((s) => s.offset));
      g.last = Math.max(...own.map((s) => s.offset));
      g.stores = own.some((s) => f.op[s.accesses[0]] === Op.Store);
    }
    for (const store of streams)
      if (f.op[store.accesses[0]] === Op.Store)
        for (const other of streams)
          if (other !== store && other.group === store.group) this.checkPair(store, other, blockBytes);
    const pairs: [number, number][] = [];
    for (let i = 0; i < groups.length; i++)
      for (let k = 0; k < i; k++) if (groups[i].stores || groups[k].stores) pairs.push([i, k]);
    return pairs;
  }

  /** A store and another access whose addresses are a constant apart. */
  private checkPair(store: Stream, other: Stream, blockBytes: number): void {
    const distance = other.offset - store.offset;
    if (Math.abs(distance) >= blockBytes) return;
    if (this.f.op[other.accesses[0]] === Op.Store) unfit();
    if (distance === 0) {
      const isAfter = (v: number, j: number): boolean =>
        this.position.get(v)! > this.position.get(store.accesses[j])!;
      if (other.accesses.some(isAfter)) unfit();
    } else if (distance < 0 || distance % this.size !== 0 || this.unroll > 1) unfit();
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
    if (values.some((w) => !this.isInside(w) || f.op[w] !== op || f.type[w] !== type)) unfit();
    if (op === Op.Param) {
      const state = this.stateOf.get(v);
      if (state === undefined || state.kind === "sum" || !values.every((w, j) => w === state.params[j]))
        unfit();
      return { kind: "state", state };
    }
    if (op === Op.Load) return { kind: "load", stream: this.stream(values), type };
    const vector = vectorOp(op, type);
    if (vector === undefined) unfit();
    if (isShift(op)) {
      const count = f.arg(v, 1);
      if (this.isInside(count) || values.some((w) => f.arg(w, 1) !== count)) unfit();
      return { kind: "op", op: vector, args: [this.match(values.map((w) => f.arg(w, 0)))], count };
    }
    const args = [this.match(values.map((w) => this.operand(v, w, 0)))];
    if (f.argCount[v] > 1) args.push(this.match(values.map((w) => this.operand(v, w, 1))));
    return { kind: "op", op: vector, args, count: 0 };
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

  private findStates(): void {
    const { f, l } = this;
    const params = f.blocks[this.header].params.filter((p) => l.inductions.every((i) => i.param !== p));
    const rest = params.filter((p) => !this.addSum(p));
    if (rest.length === 0) return;
    if (this.unroll === 1) {
      for (const p of rest)
        this.addState({ kind: "previous", params: [p], type: f.type[p], op: Op.Nop, next: undefined });
      return;
    }
    // Each element has its own: only where the vector loop makes one iteration at once.
    if (this.rounds !== 1 || rest.length !== this.unroll) unfit();
    const places = rest.map((p) => ({ p, place: this.firstPlace(this.next(p)) }));
    places.sort((a, b) => a.place - b.place);
    const sorted = places.map(({ p }) => p);
    this.addState({ kind: "lanes", params: sorted, type: f.type[sorted[0]], op: Op.Nop, next: undefined });
  }

  private addState(state: State): void {
    this.states.push(state);
    for (const p of state.params) this.stateOf.set(p, state);
  }

  /** Place of the first load that v is computed from. */
  private firstPlace(v: number, depth = 12): number {
    const { f } = this;
    if (!this.isInside(v) || f.op[v] === Op.Param || depth === 0) return Number.NaN;
    if (f.op[v] === Op.Load) return this.place(v);
    for (let i = 0; i < f.argCount[v]; i++) {
      const place = this.firstPlace(f.arg(v, i), depth - 1);
      if (!Number.isNaN(place)) return place;
    }
    return Number.NaN;
  }

  /** Integers combined over all elements: p op x0 op x1 ... */
  private terms(p: number): number[] | undefined {
    const { f } = this;
    const op = f.op[this.next(p)] as Op;
    const found: number[] = [];
    for (let v = this.next(p); v !== p; ) {
      if (!this.isInside(v) || f.op[v] !== op || found.length === this.unroll) return undefined;
      const [x, y] = [f.arg(v, 0), f.arg(v, 1)];
      const goesOn = (w: number): boolean => w === p || (this.isInside(w) && f.op[w] === op);
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
    const op = f.op[next] as Op;
    if ((type !== I32 && type !== I64) || !this.isInside(next) || !isReduction(op)) return false;
    if (typeSize[type] !== this.size || this.terms(p) === undefined) return false;
    this.addState({ kind: "sum", params: [p], type, op, next: undefined });
    return true;
  }

  private finishState(state: State): void {
    const { params } = state;
    if (state.kind === "sum") {
      const terms = this.terms(params[0])!;
      const places = terms.map((v) => ({ v, place: this.firstPlace(v) })).sort((a, b) => a.place - b.place);
      state.next = this.match(places.map(({ v }) => v));
      return;
    }
    state.next = this.match(params.map((p) => this.next(p)));
    if (state.kind === "previous" && dependsOn(state.next, state, new Set())) unfit();
  }
}

/** Whether a value of one iteration needs `state` of the same one, so that vectors cannot tell one element from the next. */
function dependsOn(node: Node, state: State, seen: Set<Node>): boolean {
  if (seen.has(node)) return false;
  seen.add(node);
  if (node.kind === "state") {
    if (node.state === state) return true;
    // What is not known yet is looked at when that state is finished.
    return node.state.next !== undefined && dependsOn(node.state.next, state, seen);
  }
  return node.kind === "op" && node.args.some((a) => dependsOn(a, state, seen));
}

/** What the loop, of one block, does, when it can be done by vectors. */
export function planLoop(f: Func, l: CountedLoop): VectorPlan | undefined {
  try {
    return new Planner(f, l).plan();
  } catch (error) {
    if (error === unfitLoop) return undefined;
    throw error;
  }
}
