// Patterns over IR values, and the table of a target's lowering rules. The engine that matches and applies them is lower.ts: a pattern only
// states a shape, whether a producer may be absorbed is decided there.
import { type Op, ops } from "../ir/ops.ts";
import type { Type } from "../ir/types.ts";
import type { Lowering } from "./lower.ts";

export interface Pattern {
  readonly kind: "any" | "const" | "op";
  /** kind "const": accepts the bits. */
  readonly accept?: (lo: number, hi: number) => boolean;
  readonly op?: Op;
  readonly args?: readonly Pattern[];
  /** kind "op": may be absorbed though it has other uses (it is then computed again there). */
  readonly duplicate?: boolean;
  /** kind "op": type of the value, when it matters. */
  readonly type?: Type;
  /** kind "op": its operands match in the order in which they stand, though the op commutes: for rules that know which operand they mean. */
  readonly ordered?: boolean;
}

/** Matches every operand. */
export const any: Pattern = { kind: "any" };

/** Matches a constant whose bits are accepted. */
export function constant(accept?: (lo: number, hi: number) => boolean): Pattern {
  return { kind: "const", accept };
}

/** Matches the result of `op` with matching arguments, if the engine allows to absorb it. */
export function node(
  op: Op,
  args: readonly Pattern[],
  options: { type?: Type; duplicate?: boolean; ordered?: boolean } = {},
): Pattern {
  return { kind: "op", op, args, ...options };
}

/**
 * Emits v. `c` holds the value ids the pattern visited, in preorder over the operand patterns (c[0] is the first operand). It is reused: read
 * what is needed before calling anything that matches again.
 */
export type Emit = (m: Lowering, v: number, c: Int32Array) => void;

export interface Rule {
  readonly patterns: readonly Pattern[];
  readonly emit: Emit;
  readonly when?: (m: Lowering) => boolean;
  readonly where: string;
}

export function ruleKey(op: Op, result: Type, operand: Type): number {
  return (op << 6) | (result << 3) | operand;
}

/**
 * The rules of one target. The key of a rule is (op, result type, operand type); the operand type is that of the stored value for
 * stores and of the first argument otherwise (Void without arguments). Rules are tried in the order they were added.
 */
export class RuleTable {
  readonly lists: (Rule[] | undefined)[] = [];

  /**
   * Adds a rule. `patterns` are matched against the arguments in order; missing ones match anything. For commutative ops a rule with
   * patterns is tried with swapped operands too (c is then in swapped order). `when` gates it on options.
   */
  on(
    op: Op,
    result: Type,
    operand: Type,
    patterns: readonly Pattern[],
    emit: Emit,
    when?: (m: Lowering) => boolean,
  ): void {
    const key = ruleKey(op, result, operand);
    const list = (this.lists[key] ??= []);
    const where = `${ops[op].name} (${result}, ${operand})`;
    const last = list[list.length - 1];
    if (last && !last.when && last.patterns.every((p) => p.kind === "any"))
      throw new Error(`unreachable rule for ${where}`);
    list.push({ patterns, emit, when, where });
    if (ops[op].commutes && patterns.length === 2 && patterns[0].kind !== patterns[1].kind) {
      list.push({ patterns: [patterns[1], patterns[0]], emit: swapped(emit, patterns), when, where });
    }
  }
}

/** Number of values a pattern captures. */
function captures(p: Pattern): number {
  let n = 1;
  for (const a of p.args ?? []) n += captures(a);
  return n;
}

function swapped(emit: Emit, patterns: readonly Pattern[]): Emit {
  const first = captures(patterns[0]);
  const second = captures(patterns[1]);
  const order = new Int32Array(first + second);
  // The matcher ran with the second pattern first: put the captures back in the rule's order.
  return (m, v, c) => {
    for (let i = 0; i < first; i++) order[i] = c[second + i];
    for (let i = 0; i < second; i++) order[first + i] = c[i];
    for (let i = 0; i < order.length; i++) c[i] = order[i];
    emit(m, v, c);
  };
}
