// Induction variables: parameters of a loop header that grow by a constant on each iteration, and values that follow them.
//
// Only loops with one back edge and a preheader are looked at. A value x + invariant or x << k follows x with its step, shifted by k. Steps
// hold modulo 2^32 for i32 values.
import type { Func } from "../ir/func.ts";
import { Op } from "../ir/ops.ts";
import { Type } from "../ir/types.ts";
import type { Loop, Loops } from "./loops.ts";
import { preheader } from "./preheaders.ts";

export interface Induction {
  /** The parameter. */
  readonly param: number;
  /** The value the back edge brings: param + step. */
  readonly next: number;
  readonly step: number;
}

/** A loop as passes on induction variables need it. */
export interface CountedLoop {
  readonly number: number;
  readonly loop: Loop;
  readonly preheader: number;
  /** The block of the back edge. */
  readonly latch: number;
  readonly entryEdge: number;
  readonly backEdge: number;
  readonly inductions: readonly Induction[];
}

const MAX_DEPTH = 4;

/** The loops with one back edge and a preheader, inner ones first. */
export function countedLoops(f: Func, loops: Loops): CountedLoop[] {
  const found: CountedLoop[] = [];
  for (let number = loops.list.length - 1; number >= 0; number--) {
    const loop = loops.list[number];
    const before = preheader(f, loop);
    if (before < 0 || loop.latches.length !== 1) continue;
    const backEdge = loop.latches[0];
    const entryEdge = f.blocks[before].succs[0];
    const inductions: Induction[] = [];
    f.blocks[loop.header].params.forEach((param, i) => {
      const next = f.edges[backEdge].args[i];
      const step = stepOf(f, param, next);
      if (step !== 0) inductions.push({ param, next, step });
    });
    found.push({
      number,
      loop,
      preheader: before,
      latch: f.edges[backEdge].from,
      entryEdge,
      backEdge,
      inductions,
    });
  }
  return found;
}

/** The constant in next = param + constant; 0 when it is not of that form, or not small. */
function stepOf(f: Func, param: number, next: number): number {
  if (f.op[next] !== Op.Add || f.arg(next, 0) !== param) return 0;
  const k = f.arg(next, 1);
  if (f.op[k] !== Op.Const) return 0;
  return f.type[next] === Type.I32 || f.immHi[k] === f.immLo[k] >> 31 ? f.immLo[k] : 0;
}

/** What v is per step of an induction variable of the loop: which one, and by how much its step is shifted. */
export interface Follower {
  readonly induction: Induction;
  readonly shift: number;
}

/** How i32 value v follows an induction variable of the loop; undefined when it does not. */
export function follow(
  f: Func,
  loops: Loops,
  l: CountedLoop,
  v: number,
  depth = MAX_DEPTH,
): Follower | undefined {
  const induction = l.inductions.find((i) => i.param === v);
  if (induction !== undefined) return { induction, shift: 0 };
  if (depth === 0 || f.argCount[v] !== 2 || !loops.contains(l.number, f.block[v])) return undefined;
  const [a, b] = [f.arg(v, 0), f.arg(v, 1)];
  if (f.op[v] === Op.Shl && f.op[b] === Op.Const) {
    const inner = follow(f, loops, l, a, depth - 1);
    return inner && { induction: inner.induction, shift: inner.shift + (f.immLo[b] & 31) };
  }
  if (f.op[v] !== Op.Add) return undefined;
  if (!loops.contains(l.number, f.block[b])) return follow(f, loops, l, a, depth - 1);
  if (!loops.contains(l.number, f.block[a])) return follow(f, loops, l, b, depth - 1);
  return undefined;
}
