// Accesses of linear memory in a loop that move on by a constant on each iteration, by what their addresses are sums of.
//
// An i32 address is taken apart into constant + sum of factor * value, modulo 2^32, across blocks. Accesses with equal sums are a constant apart.
import type { Func } from "../ir/func.ts";
import { Op } from "../ir/ops.ts";
import { Type } from "../ir/types.ts";
import type { CountedLoop } from "./induction.ts";

const DEEPEST = 8;

export interface Sum {
  /** The terms, as text that is equal for equal sums. */
  readonly key: string;
  readonly terms: ReadonlyMap<number, number>;
  readonly constant: number;
}

function addTerms(f: Func, v: number, factor: number, depth: number, terms: Map<number, number>): number {
  const op = f.op[v];
  if (op === Op.Const) return Math.imul(f.immLo[v], factor);
  if (depth > 0 && f.type[v] === Type.I32) {
    const [x, y] = f.argCount[v] === 2 ? [f.arg(v, 0), f.arg(v, 1)] : [0, 0];
    if (op === Op.Add || op === Op.Sub) {
      const a = addTerms(f, x, factor, depth - 1, terms);
      return (a + addTerms(f, y, op === Op.Add ? factor : -factor | 0, depth - 1, terms)) | 0;
    }
    if (op === Op.Shl && f.isConst(y)) return addTerms(f, x, factor << f.immLo[y], depth - 1, terms);
    if (op === Op.Mul && f.isConst(y)) return addTerms(f, x, Math.imul(factor, f.immLo[y]), depth - 1, terms);
  }
  terms.set(v, ((terms.get(v) ?? 0) + factor) | 0);
  return 0;
}

/** What i32 value v is a sum of. */
export function sumOf(f: Func, v: number): Sum {
  const terms = new Map<number, number>();
  const constant = addTerms(f, v, 1, DEEPEST, terms);
  const list = [...terms].sort(([a], [b]) => a - b);
  return { key: list.map(([x, factor]) => `${x}*${factor}`).join("+"), terms, constant };
}

/** What a sum grows by on each iteration of a loop of one block, or undefined when that is no constant. */
export function strideOf(f: Func, l: CountedLoop, sum: Sum): number | undefined {
  let stride = 0;
  for (const [v, factor] of sum.terms) {
    const induction = l.inductions.find((x) => x.param === v);
    if (induction !== undefined) stride = (stride + Math.imul(factor, induction.step)) | 0;
    else if (f.block[v] === l.loop.header) return undefined;
  }
  return stride;
}
