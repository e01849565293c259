// Values that change by a constant from one round of a loop to the next: sums of a loop parameter, scaled by constants, and of what does not
// change in the loop.
import type { Builder } from "../ir/build.ts";
import type { Func } from "../ir/func.ts";
import { Op } from "../ir/ops.ts";
import { Type } from "../ir/types.ts";
import type { Loops } from "./loops.ts";

const DEPTH = 6;
/** Factors beyond this are of no use. */
const MAX_FACTOR = 1 << 20;

/** v = factor * param + something that does not change in the loop, modulo 2^32. param is 0 when v itself does not change. */
export interface Affine {
  readonly param: number;
  readonly factor: number;
}

const invariant: Affine = { param: 0, factor: 0 };

/** What i32 value v is in loop l, or undefined when it is no such sum. */
export function affineIn(f: Func, loops: Loops, l: number, v: number, depth = DEPTH): Affine | undefined {
  if (f.isConst(v) || !loops.contains(l, f.block[v])) return invariant;
  if (f.op[v] === Op.Param) return f.block[v] === loops.list[l].header ? { param: v, factor: 1 } : undefined;
  if (depth === 0) return undefined;
  const op = f.op[v];
  if (op !== Op.Add && op !== Op.Sub && op !== Op.Shl && op !== Op.Mul) return undefined;
  const a = affineIn(f, loops, l, f.arg(v, 0), depth - 1);
  if (a === undefined) return undefined;
  if (op === Op.Shl || op === Op.Mul) return scaled(f, op, a, f.arg(v, 1));
  const b = affineIn(f, loops, l, f.arg(v, 1), depth - 1);
  if (b === undefined || (a.param !== 0 && b.param !== 0 && a.param !== b.param)) return undefined;
  const factor = op === Op.Add ? a.factor + b.factor : a.factor - b.factor;
  return { param: a.param === 0 ? b.param : a.param, factor };
}

function scaled(f: Func, op: Op, a: Affine, by: number): Affine | undefined {
  if (!f.isConst(by)) return undefined;
  const k = f.immLo[by];
  const factor = op === Op.Shl ? a.factor * 2 ** (k & 31) : a.factor * k;
  return Math.abs(factor) > MAX_FACTOR ? undefined : { param: a.param, factor };
}

/** Builds v at the builder's position with `initial` in the place of the loop's parameter `param`. */
export function rebuild(
  b: Builder,
  loops: Loops,
  l: number,
  v: number,
  param: number,
  initial: number,
): number {
  const { f } = b;
  if (v === param) return initial;
  if (f.isConst(v) || !loops.contains(l, f.block[v])) return v;
  const x = rebuild(b, loops, l, f.arg(v, 0), param, initial);
  return b.value(f.op[v], Type.I32, x, rebuild(b, loops, l, f.arg(v, 1), param, initial));
}

/** What a round that passes v on as the next value of parameter p adds to it, or undefined when that is no constant. */
export function constantStep(f: Func, p: number, v: number): number | undefined {
  let sum = 0;
  for (let i = 0; v !== p; i++) {
    if (i === DEPTH || f.op[v] !== Op.Add || !f.isConst(f.arg(v, 1))) return undefined;
    sum += f.immLo[f.arg(v, 1)];
    v = f.arg(v, 0);
  }
  return sum;
}
