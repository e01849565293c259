// Builds what vector-plan.ts found: what stands in front of the vector loop, one iteration of it, and what its vectors leave to the scalar loop.
import type { Builder } from "../ir/build.ts";
import { Op } from "../ir/ops.ts";
import { Alias, accessAux, Type, Width } from "../ir/types.ts";
import { choices } from "../ir/vector.ts";
import type { Stream } from "./vector-memory.ts";
import type { Node, State, VectorPlan } from "./vector-nodes.ts";
import { vectorOp } from "./vector-ops.ts";

const { Void, I32, I64, F32, F64, V128 } = Type;

const fullAux = accessAux(Width.Full, Alias.Memory);

/** Splat, extraction and replacement of lanes by their type. */
const laneOps = new Map<Type, readonly [Op, Op, Op]>([
  [I32, [Op.I32x4Splat, Op.I32x4ExtractLane, Op.I32x4ReplaceLane]],
  [I64, [Op.I64x2Splat, Op.I64x2ExtractLane, Op.I64x2ReplaceLane]],
  [F32, [Op.F32x4Splat, Op.F32x4ExtractLane, Op.F32x4ReplaceLane]],
  [F64, [Op.F64x2Splat, Op.F64x2ExtractLane, Op.F64x2ReplaceLane]],
]);

export class VectorBody {
  private readonly b: Builder;
  private readonly plan: VectorPlan;
  private readonly initial: readonly number[];
  /** By node: its vectors in this iteration, and those of invariants for all. */
  private readonly made = new Map<Node, number[]>();
  /** By state: its vectors when the iteration begins. */
  private readonly entered = new Map<State, number[]>();
  private addresses: readonly number[] = [];
  /** By the place of an element that is loaded on its own, in this iteration: its value. */
  private readonly elements = new Map<string, number>();

  constructor(b: Builder, plan: VectorPlan, initial: readonly number[]) {
    this.b = b;
    this.plan = plan;
    this.initial = initial;
  }

  private lane(op: 0 | 1 | 2, type: Type): Op {
    return laneOps.get(type)![op];
  }

  private splat(type: Type, v: number): number {
    return this.b.value(this.lane(0, type), V128, v);
  }

  /** A vector of given lanes. */
  private gather(type: Type, values: readonly number[]): number {
    let vector = this.splat(type, values[0]);
    values.forEach((v, i) => {
      if (v !== values[0]) vector = this.b.value(this.lane(2, type), V128, vector, v, 0, i);
    });
    return vector;
  }

  /** Vectors of U values for each of the C vectors' lanes. */
  private spread(type: Type, values: readonly number[]): number[] {
    const { lanes, chunks, unroll } = this.plan;
    return Array.from({ length: chunks }, (_, c) =>
      this.gather(
        type,
        Array.from({ length: lanes }, (_, i) => values[(c * lanes + i) % unroll]),
      ),
    );
  }

  private start(p: number): number {
    return this.initial[this.b.f.immLo[p]];
  }

  private vectorsOf(state: State): number {
    return state.kind === "lanes" ? this.plan.chunks : 1;
  }

  /** Makes what does not change, from nodes without anything that does; returns whether `node` is such. */
  private prepare(node: Node, seen: Map<Node, boolean>): boolean {
    const known = seen.get(node);
    if (known !== undefined) return known;
    seen.set(node, false);
    let isFixed = false;
    if (node.kind === "invariant") {
      this.made.set(node, this.spread(node.type, node.values));
      isFixed = true;
    } else if (node.kind === "load" && node.stream.kind === "fixed") {
      const values = node.stream.accesses.map((_, j) => this.element(node.stream, j, 0));
      this.made.set(node, this.spread(node.type, values));
      isFixed = true;
    } else if (node.kind === "op") {
      isFixed = node.args.map((a) => this.prepare(a, seen)).every((x) => x);
      if (isFixed) this.vectors(node);
    } else if (node.kind === "state") this.prepare(node.state.next!, seen);
    seen.set(node, isFixed);
    return isFixed;
  }

  /** In front of the loop, at the given addresses: what does not change, and the states' first vectors. */
  enter(addresses: readonly number[]): number[] {
    const { b, plan } = this;
    this.addresses = addresses;
    const seen = new Map<Node, boolean>();
    for (const s of plan.stores) this.prepare(s.value, seen);
    for (const s of plan.states) this.prepare(s.next!, seen);
    return plan.states.flatMap((s) => {
      const values = s.params.map((p) => this.start(p));
      if (s.kind === "lanes") return this.spread(s.type, values);
      if (s.kind === "previous") return [this.splat(s.type, this.extended(s, values[0]))];
      if (s.op === Op.And || s.op === Op.Or || choices.has(s.op)) return [this.splat(s.type, values[0])];
      const zero = b.constant(s.type, 0, 0);
      const lanes = new Array<number>(plan.lanes).fill(zero);
      lanes[0] = values[0];
      return [this.gather(s.type, lanes)];
    });
  }

  /** The first value of a state, extended as what follows is. */
  private extended({ extension, type }: State, v: number): number {
    const { b } = this;
    if (extension === 0) return v;
    return b.value(b.f.op[extension], type, v, b.f.argCount[extension] > 1 ? b.f.arg(extension, 1) : 0);
  }

  /** Element j of an iteration's, `round` iterations on. */
  private element(s: Stream, j: number, round: number): number {
    const { b, plan } = this;
    const { f } = b;
    const v = s.accesses[j];
    const offset = s.offsets[j] + round * Math.abs(plan.groups[s.group].stride);
    const key = `${s.group} ${offset} ${f.type[v]} ${f.aux[v]}`;
    let value = this.elements.get(key);
    if (value === undefined) {
      value = b.value(Op.Load, f.type[v], this.addresses[s.group], 0, 0, offset | 0, 0, f.aux[v]);
      this.elements.set(key, value);
    }
    return value;
  }

  /** Vectors of elements that are loaded one by one. */
  private collect(s: Stream, type: Type): number[] {
    const { lanes, chunks, unroll } = this.plan;
    return Array.from({ length: chunks }, (_, c) => {
      const elements = Array.from({ length: lanes }, (_, i) => {
        const at = c * lanes + i;
        return this.element(s, at % unroll, Math.floor(at / unroll));
      });
      return this.gather(type, elements);
    });
  }

  private load(s: Stream, chunk: number): number {
    const { b, plan } = this;
    const offset = s.offsets[0] + plan.lanes * s.size * chunk;
    const aux = b.f.aux[s.accesses[0]];
    return b.value(Op.Load, V128, this.addresses[s.group], 0, 0, offset | 0, 0, aux);
  }

  private storeAt(s: Stream, at: number, value: number): void {
    this.b.value(Op.Store, Void, this.addresses[s.group], value, 0, (s.offsets[0] + at) | 0, 0, fullAux);
  }

  /** Stores a value's vectors, packed where elements in memory are narrower than lanes. */
  private store(s: Stream, vectors: readonly number[]): void {
    const { b, plan } = this;
    const lane = 16 / plan.lanes;
    let packed = vectors;
    for (let size = lane; size > s.size; size /= 2) packed = this.pack(size, packed);
    const end = (vectors.length * 16 * s.size) / lane;
    packed.forEach((x, i) => {
      const left = end - 16 * i;
      if (left >= 16) this.storeAt(s, 16 * i, x);
      if (left >= 16) return;
      if (left >= 8) this.storeAt(s, 16 * i, b.value(Op.I64x2ExtractLane, I64, x, 0, 0, 0));
      if (left % 8 === 4)
        this.storeAt(s, 16 * i + left - 4, b.value(Op.I32x4ExtractLane, I32, x, 0, 0, left / 4 - 1));
    });
  }

  /** Lanes of `size` bytes to half of that; the last vector may be left half empty. */
  private pack(size: number, vectors: readonly number[]): number[] {
    const op = size === 4 ? Op.I16x8Pack : Op.I8x16Pack;
    const packed: number[] = [];
    for (let i = 0; i < vectors.length; i += 2)
      packed.push(this.b.value(op, V128, vectors[i], vectors[i + 1] ?? vectors[i]));
    return packed;
  }

  /** The vectors of a node in this iteration. */
  private vectors(node: Node): number[] {
    const known = this.made.get(node);
    if (known !== undefined) return known;
    const made = this.compute(node);
    this.made.set(node, made);
    return made;
  }

  private compute(node: Node): number[] {
    const { b, plan } = this;
    if (node.kind === "load" && node.stream.kind !== "consecutive")
      return this.collect(node.stream, node.type);
    if (node.kind === "load") return Array.from({ length: plan.chunks }, (_, c) => this.load(node.stream, c));
    if (node.kind === "op") {
      const args = node.args.map((a) => this.vectors(a));
      return args[0].map((x, c) =>
        b.value(node.op, V128, x, node.count !== 0 ? node.count : (args[1]?.[c] ?? 0), args[2]?.[c] ?? 0),
      );
    }
    if (node.kind === "invariant") throw new Error("an invariant is made in front of the loop");
    const { state } = node;
    const before = this.entered.get(state)!;
    if (state.kind !== "previous") return before;
    // The last lane of the iteration before, then all but the last of this one's.
    let last = before[0];
    return this.vectors(state.next!).map((x) => {
      const vector = b.value(Op.V128Ext, V128, last, x, 0, 16 - 16 / plan.lanes);
      last = x;
      return vector;
    });
  }

  /** One iteration at the given addresses; returns the states' next vectors. */
  iterate(addresses: readonly number[], states: readonly number[]): number[] {
    const { b, plan } = this;
    this.addresses = addresses;
    this.elements.clear();
    let at = 0;
    for (const s of plan.states) {
      const n = this.vectorsOf(s);
      this.entered.set(s, states.slice(at, at + n));
      at += n;
    }
    const stored = plan.stores.map((s) => this.vectors(s.value));
    const next = plan.states.flatMap((s) => {
      const vectors = this.vectors(s.next!);
      if (s.kind === "lanes") return vectors;
      if (s.kind === "previous") return vectors.slice(-1);
      // Before they meet the sum, which each iteration waits for.
      const op = choices.has(s.op) ? s.op : vectorOp(s.op, s.type)!;
      const all = vectors.reduce((sum, x) => b.value(op, V128, sum, x));
      return [b.value(op, V128, this.entered.get(s)![0], all)];
    });
    plan.stores.forEach((s, i) => {
      this.store(s.stream, stored[i]);
    });
    return next;
  }

  private combine(s: State, x: number, y: number): number {
    const { b } = this;
    const choice = choices.get(s.op);
    if (choice === undefined) return b.value(s.op, s.type, x, y);
    return b.value(Op.Select, s.type, b.value(choice, I32, x, y), x, y);
  }

  /** Behind the loop: what the states' parameters are, from their last vectors. */
  leave(vectors: readonly number[]): Map<number, number> {
    const { b, plan } = this;
    const ends = new Map<number, number>();
    let at = 0;
    for (const s of plan.states) {
      const own = vectors.slice(at, at + this.vectorsOf(s));
      at += own.length;
      const lane = (v: number, i: number): number => b.value(this.lane(1, s.type), s.type, v, 0, 0, i);
      if (s.kind === "sum") {
        let sum = lane(own[0], 0);
        for (let i = 1; i < plan.lanes; i++) sum = this.combine(s, sum, lane(own[0], i));
        ends.set(s.params[0], sum);
      } else if (s.kind === "previous") ends.set(s.params[0], lane(own[0], plan.lanes - 1));
      else
        s.params.forEach((p, i) => {
          ends.set(p, lane(own[Math.floor(i / plan.lanes)], i % plan.lanes));
        });
    }
    return ends;
  }
}
