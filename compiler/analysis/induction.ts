// Induction variables: parameters of a loop header that grow by a constant on each iteration.
//
// Only loops with one back edge and a preheader are looked at. Steps hold modulo 2^32 for i32 values.
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
