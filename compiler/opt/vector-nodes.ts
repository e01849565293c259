// A plan of vector-plan.ts for vector-body.ts: what the iterations of a loop compute, as a graph of operations on vectors.
import type { Op } from "../ir/ops.ts";
import type { Type } from "../ir/types.ts";
import type { AccessGroup, Stream } from "./vector-memory.ts";

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
  /** previous: the values of an iteration's elements, of which the last is kept for the next one. */
  elements: readonly number[] | undefined;
  /** previous: an instruction that extends the first value, or 0. */
  extension: number;
}

export interface VectorPlan {
  readonly unroll: number;
  readonly rounds: number;
  readonly lanes: number;
  /** Vectors for each value. */
  readonly chunks: number;
  readonly groups: readonly AccessGroup[];
  /** Groups that must not overlap. */
  readonly pairs: readonly (readonly [number, number])[];
  readonly states: readonly State[];
  readonly stores: readonly { readonly stream: Stream; readonly value: Node }[];
  /** The loop goes on as long as value `op` limit (0: the number zero): a parameter, or what it is next, growing by step. */
  readonly test: { readonly op: Op; readonly value: number; readonly limit: number; readonly step: number };
}

export function operation(op: Op, args: readonly Node[], count = 0): Node {
  return { kind: "op", op, args, count };
}

/** Whether a value of one iteration needs `state` of the same one, so that vectors cannot tell one element from the next. */
export function dependsOn(node: Node, state: State, seen: Set<Node>): boolean {
  if (seen.has(node)) return false;
  seen.add(node);
  if (node.kind === "state") {
    if (node.state === state) return true;
    // What is not known yet is looked at when that state is finished.
    return node.state.next !== undefined && dependsOn(node.state.next, state, seen);
  }
  return node.kind === "op" && node.args.some((a) => dependsOn(a, state, seen));
}
