// Upper bounds of loop counters, from where they start, their step and the test that ends the loop.
//
// A counter is an i32 parameter of a loop header with one back edge that adds a constant. The test is looked for where the back edge leaves, on the
// counter's next value, and at the header, on the counter itself. Outer loops come first: what starts an inner one may be an outer counter.
import type { Func } from "../ir/func.ts";
import { invertedCompare, Op, swappedCompare } from "../ir/ops.ts";
import { Type } from "../ir/types.ts";
import { GREATEST, type KnownBound, upperBound } from "./bounds.ts";
import type { Loop, Loops } from "./loops.ts";

const GREATEST_SIGNED = 0x7fffffff;

/** "The loop goes on only if (left op right)", left being the value asked for. */
export interface Test {
  readonly op: Op;
  readonly right: number;
}

/** The test that block `from` makes on `value`, whose outcome `edge` follows. */
export function testOn(f: Func, from: number, edge: number, value: number): Test | undefined {
  const { last, succs } = f.blocks[from];
  if (f.op[last] !== Op.Branch || f.edges[succs[0]].to === f.edges[succs[1]].to) return undefined;
  const condition = f.resolve(f.arg(last, 0));
  const goesOn = succs[0] === edge;
  // "branch x" itself: x is not zero.
  if (condition === value) return goesOn ? { op: Op.Ne, right: 0 } : undefined;
  if (f.argCount[condition] !== 2 || !swappedCompare.has(f.op[condition])) return undefined;
  let op = f.op[condition] as Op;
  let right = f.resolve(f.arg(condition, 1));
  if (f.resolve(f.arg(condition, 0)) !== value) {
    if (right !== value) return undefined;
    right = f.resolve(f.arg(condition, 0));
    op = swappedCompare.get(op)!;
  }
  if (goesOn) return { op, right };
  const inverted = invertedCompare.get(op);
  return inverted === undefined ? undefined : { op: inverted, right };
}

function constantOf(f: Func, v: number): number | undefined {
  if (v === 0) return 0;
  return f.op[v] === Op.Const ? f.immLo[v] >>> 0 : undefined;
}

class LoopBounds {
  private readonly f: Func;
  private readonly loops: Loops;
  readonly bounds = new Map<number, number>();
  private readonly known: KnownBound = (v) => this.bounds.get(v) ?? GREATEST;

  constructor(f: Func, loops: Loops) {
    this.f = f;
    this.loops = loops;
  }

  run(): void {
    this.loops.list.forEach((loop, number) => {
      if (loop.latches.length !== 1) return;
      const { params } = this.f.blocks[loop.header];
      for (let i = 0; i < params.length; i++)
        if (this.f.type[params[i]] === Type.I32) this.bound(loop, number, i);
    });
  }

  private bound(loop: Loop, number: number, i: number): void {
    const { f } = this;
    const header = f.blocks[loop.header];
    const p = header.params[i];
    const [latch] = loop.latches;
    const next = f.resolve(f.edges[latch].args[i]);
    if (f.op[next] !== Op.Add || f.resolve(f.arg(next, 0)) !== p) return;
    const step = constantOf(f, f.resolve(f.arg(next, 1)));
    if (step === undefined) return;
    const starts = header.preds.filter((e) => e !== latch).map((e) => f.resolve(f.edges[e].args[i]));
    const bottom = testOn(f, f.edges[latch].from, latch, next);
    let found = bottom === undefined ? GREATEST : this.whileTest(bottom, starts, step | 0, 0);
    const inside = header.succs.filter((e) => this.loops.contains(number, f.edges[e].to));
    if (inside.length === 1 && header.succs.length === 2) {
      const top = testOn(f, header.id, inside[0], p);
      if (top !== undefined) found = Math.min(found, this.whileTest(top, starts, step | 0, step | 0));
    }
    if (found < GREATEST) this.bounds.set(p, found);
  }

  /**
   * The bound of a counter that goes on while the test holds; `late` is what is added after a test that held, before it is tested again.
   */
  private whileTest({ op, right }: Test, starts: readonly number[], step: number, late: number): number {
    const { f } = this;
    const start = Math.max(...starts.map((v) => upperBound(f, v, this.known)));
    const limit = right === 0 ? 0 : upperBound(f, right, this.known);
    if (op === Op.Ne) return this.exactly(starts, constantOf(f, right), step, late);
    if (step <= 0) return GREATEST;
    switch (op) {
      case Op.LtU:
        return within(Math.max(start, limit - 1 + late), GREATEST);
      case Op.LeU:
        return within(Math.max(start, limit + late), GREATEST);
      // As signed numbers, when neither the counter nor the limit can be negative, nor their sum with the step.
      case Op.LtS:
        return this.signed(start, limit - 1, step, late);
      case Op.LeS:
        return this.signed(start, limit, step, late);
      default:
        return GREATEST;
    }
  }

  private signed(start: number, last: number, step: number, late: number): number {
    if (Math.max(start, last) + step > GREATEST_SIGNED) return GREATEST;
    return Math.max(start, last + late);
  }

  /** A counter that must meet `end` exactly. */
  private exactly(starts: readonly number[], end: number | undefined, step: number, late: number): number {
    if (starts.length !== 1 || end === undefined || step === 0) return GREATEST;
    const start = constantOf(this.f, starts[0]);
    if (start === undefined) return GREATEST;
    const distance = end - start;
    // A test at the bottom is not made before the first step.
    if (distance % step !== 0 || distance / step < (late === 0 ? 1 : 0)) return GREATEST;
    return step > 0 ? end - step + late : start;
  }
}

function within(x: number, most: number): number {
  return x <= most ? x : GREATEST;
}

/** Bounds by counter, as unsigned numbers. */
export function loopBounds(f: Func, loops: Loops): ReadonlyMap<number, number> {
  const found = new LoopBounds(f, loops);
  found.run();
  return found.bounds;
}
