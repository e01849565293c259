// Taking an interval out of its register: what remains of it are short pieces around the instructions that need one.
//
// First every block gets a piece from its first to its last use (a reload, then registers); when such a local piece finds no register
// either, each instruction gets its own. Between the pieces the value is in its slot. A piece that begins with a reload may end
// anywhere, because the slot still holds the value.

import { Stage } from "./intervals.ts";
import { Need, type Problem } from "./problem.ts";

/** Where a register is needed: [from, to), instruction; see `collectNeeds`. */
export class Needs {
  count = 0;
  readonly from: number[] = [];
  readonly to: number[] = [];
  readonly inst: number[] = [];

  private add(from: number, to: number, inst: number): void {
    const n = this.count++;
    this.from[n] = from;
    this.to[n] = to;
    this.inst[n] = inst;
  }

  /** Finds the needs of interval n in the order of the code; uses by one instruction of one value are one need. */
  collect(problem: Problem, n: number): void {
    const { intervals } = problem;
    this.count = 0;
    const end = intervals.start[n] + intervals.size[n];
    for (let k = intervals.start[n]; k < end; k++)
      this.collectSegment(problem, intervals.value[k], intervals.from[k], intervals.to[k]);
  }

  private collectSegment(problem: Problem, v: number, from: number, to: number): void {
    const { live, need, repeat } = problem;
    const d = live.defOperand[v];
    if (d >= 0 && repeat[v] < 0 && need[d] === Need.Register && live.defPoint(d) === from)
      this.add(from, Math.min(to, 4 * live.operandInst[d] + 4), live.operandInst[d]);
    for (let k = problem.firstUse(v, from); k < live.useStart[v + 1]; k++) {
      const o = live.useList[k];
      const i = live.operandInst[o];
      if (4 * i >= to) break;
      if (need[o] !== Need.Register) continue;
      const until = live.useEnd(o);
      const last = this.count - 1;
      if (last >= 0 && this.inst[last] === i && this.from[last] === 4 * i)
        this.to[last] = Math.max(this.to[last], until);
      else this.add(4 * i, until, i);
    }
  }
}

/** Makes a piece of interval n's bundle: n's segments between two points. Returns -1 when there are none. */
export function cutPiece(problem: Problem, n: number, from: number, to: number, stage: Stage): number {
  const { intervals } = problem;
  const first = intervals.segmentBehind(n, from);
  const end = intervals.start[n] + intervals.size[n];
  let size = 0;
  while (first + size < end && intervals.from[first + size] < to) size++;
  if (size === 0) return -1;
  const at = intervals.allocate(size);
  for (let k = 0; k < size; k++) {
    intervals.from[at + k] = Math.max(from, intervals.from[first + k]);
    intervals.to[at + k] = Math.min(to, intervals.to[first + k]);
    intervals.value[at + k] = intervals.value[first + k];
  }
  const piece = intervals.add(at, size, intervals.root[n]);
  intervals.stage[piece] = stage;
  return piece;
}

/** Replaces interval n by a piece for each instruction that needs a register, from need `first` to need `last`. */
export function spillToInstructions(
  problem: Problem,
  n: number,
  needs: Needs,
  first: number,
  last: number,
  pieces: number[],
): void {
  for (let k = first; k <= last; k++)
    pieces.push(cutPiece(problem, n, needs.from[k], needs.to[k], Stage.Minimal));
}

/** Replaces interval n by a local piece for each block with several needs, minimal ones elsewhere. */
export function spillToBlocks(problem: Problem, n: number, needs: Needs, pieces: number[]): void {
  const { instBlock } = problem.live;
  for (let first = 0; first < needs.count; ) {
    let last = first;
    while (last + 1 < needs.count && instBlock[needs.inst[last + 1]] === instBlock[needs.inst[first]]) last++;
    if (needs.inst[first] === needs.inst[last]) spillToInstructions(problem, n, needs, first, last, pieces);
    else pieces.push(cutPiece(problem, n, needs.from[first], needs.to[last], Stage.Local));
    first = last + 1;
  }
}

/** Adds a segment of v to a list of triples; it continues the last one, except from the definition of v on. */
export function appendSegment(problem: Problem, list: number[], from: number, to: number, v: number): void {
  const top = list.length;
  const continues = top > 0 && list[top - 2] === from && list[top - 1] === v;
  if (continues && !problem.definedAt(v, from)) list[top - 2] = to;
  else list.push(from, to, v);
}

/** Cuts interval n into its part in blocks marked 1 and its part in the others; false when one of them is empty. */
export function cutByBlocks(problem: Problem, n: number, mark: Uint8Array, pieces: number[]): boolean {
  const { intervals } = problem;
  const parts: [number[], number[]] = [[], []];
  const end = intervals.start[n] + intervals.size[n];
  for (let k = intervals.start[n]; k < end; k++) {
    const last = problem.blockOf(intervals.to[k] - 1);
    for (let b = problem.blockOf(intervals.from[k]); b <= last; b++) {
      const from = Math.max(intervals.from[k], problem.blockFrom(b));
      const to = Math.min(intervals.to[k], problem.blockTo(b));
      appendSegment(problem, parts[mark[b]], from, to, intervals.value[k]);
    }
  }
  if (parts[0].length === 0 || parts[1].length === 0) return false;
  for (const list of parts) {
    const size = list.length / 3;
    const at = intervals.allocate(size);
    for (let k = 0; k < size; k++) {
      intervals.from[at + k] = list[3 * k];
      intervals.to[at + k] = list[3 * k + 1];
      intervals.value[at + k] = list[3 * k + 2];
    }
    pieces.push(intervals.add(at, size, intervals.root[n]));
  }
  return true;
}
