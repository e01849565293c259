// Builds what vector-plan.ts found: what stands in front of the vector loop, one iteration of it, and what its vectors leave to the scalar loop.
import type { Builder } from "../ir/build.ts";
import { Op } from "../ir/ops.ts";
import { Alias, accessAux, Type, Width } from "../ir/types.ts";
import { type Node, type State, type Stream, type VectorPlan, vectorOp } from "./vector-plan.ts";

const { Void, I32, I64, F32, F64, V128 } = Type;

const vectorAux = accessAux(Width.Full, Alias.Memory);

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

  /** In front of the loop: the states' first vectors. */
  enter(): number[] {
    const { b, plan } = this;
    const seen = new Set<Node>();
    const prepare = (node: Node | undefined): void => {
      if (node === undefined || seen.has(node)) return;
      seen.add(node);
      if (node.kind === "invariant") this.made.set(node, this.spread(node.type, node.values));
      if (node.kind === "op") for (const a of node.args) prepare(a);
      if (node.kind === "state") prepare(node.state.next);
    };
    for (const s of plan.stores) prepare(s.value);
    for (const s of plan.states) prepare(s.next);
    return plan.states.flatMap((s) => {
      const values = s.params.map((p) => this.start(p));
      if (s.kind === "lanes") return this.spread(s.type, values);
      if (s.kind === "previous" || s.op === Op.And || s.op === Op.Or) return [this.splat(s.type, values[0])];
      const zero = b.constant(s.type, 0, 0);
      const lanes = new Array<number>(plan.lanes).fill(zero);
      lanes[0] = values[0];
      return [this.gather(s.type, lanes)];
    });
  }

  private access(op: Op.Load | Op.Store, s: Stream, chunk: number, value: number): number {
    const offset = s.offset + 16 * chunk;
    const type = op === Op.Load ? V128 : Void;
    return this.b.value(op, type, this.addresses[s.group], value, 0, offset | 0, 0, vectorAux);
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
    if (node.kind === "load")
      return Array.from({ length: plan.chunks }, (_, c) => this.access(Op.Load, node.stream, c, 0));
    if (node.kind === "op") {
      const args = node.args.map((a) => this.vectors(a));
      return args[0].map((x, c) =>
        b.value(node.op, V128, x, node.count !== 0 ? node.count : (args[1]?.[c] ?? 0)),
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
      const op = vectorOp(s.op, s.type)!;
      return [vectors.reduce((sum, x) => b.value(op, V128, sum, x), this.entered.get(s)![0])];
    });
    plan.stores.forEach((s, i) => {
      stored[i].forEach((x, c) => {
        this.access(Op.Store, s.stream, c, x);
      });
    });
    return next;
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
        for (let i = 1; i < plan.lanes; i++) sum = b.value(s.op, s.type, sum, lane(own[0], i));
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
