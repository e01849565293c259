// Loops of one block that do the same for consecutive elements of arrays do it for several of them at once, in vectors of 16 bytes.
//
// The loop stays, and does what is left over (one iteration at least) or everything, where vectors cannot be used: a test in front of it makes sure that the
// vector loop's iterations are made by the loop too, that every byte they access lies inside the memory, so that nothing traps and no address wraps, and that
// what is stored is not what is accessed through other addresses. What an iteration does, and which loops fit, is vector-plan.ts's business.
//
// Blocks:   P -> (test) -> V (splats) -> VL (vector loop) -> VX (lanes out) -> H (joins) -> loop
//                       -> S ------------------------------------------------> H
// Source: staged as LLVM's LoopVectorize and GCC's vectorizer are: legality, runtime checks, vector body, scalar remainder.
import { type CountedLoop, countedLoops } from "../analysis/induction.ts";
import { makePreheaders } from "../analysis/preheaders.ts";
import type { Builder } from "../ir/build.ts";
import { Op } from "../ir/ops.ts";
import { Type } from "../ir/types.ts";
import type { PassContext } from "./context.ts";
import { VectorBody } from "./vector-body.ts";
import type { VectorPlan } from "./vector-nodes.ts";
import { planLoop } from "./vector-plan.ts";

const { I32, I64 } = Type;

/** Iterations of the vector loop, with one vector for each value, below which the test in front is not worth it. */
const FEWEST = 2;
/** Sums and comparisons that the test in front may take. */
const MOST_PAIRS = 12;

class VectorLoop {
  private readonly c: PassContext;
  private readonly b: Builder;
  private readonly l: CountedLoop;
  private readonly plan: VectorPlan;
  /** Values of the header's parameters when the loop is entered. */
  private readonly initial: readonly number[];

  constructor(c: PassContext, b: Builder, l: CountedLoop, plan: VectorPlan) {
    this.c = c;
    this.b = b;
    this.l = l;
    this.plan = plan;
    this.initial = c.f.edges[l.entryEdge].args.slice();
  }

  /** A value of the loop's block when the loop is entered: sums of its parameters. */
  private atEntry(v: number): number {
    const { f } = this.c;
    const { header } = this.l.loop;
    if (f.isConst(v) || f.block[v] !== header) return v;
    if (f.op[v] === Op.Param) return this.initial[f.immLo[v]];
    return this.b.value(f.op[v], f.type[v], this.atEntry(f.arg(v, 0)), this.atEntry(f.arg(v, 1)));
  }

  /**
   * Iterations of the vector loop. After iteration k the loop goes on if first + step * (k - 1) passes the test: it does for k up to distance / step, and
   * so one iteration at least is left for it.
   */
  private countIterations(): number {
    const { b, plan } = this;
    const { op, limit, step } = plan.test;
    const first = this.atEntry(plan.test.value);
    const end = limit === 0 ? b.i32(0) : limit;
    const distance = step > 0 ? b.value(Op.Sub, I32, end, first) : b.value(Op.Sub, I32, first, end);
    const size = Math.abs(step);
    const shift = 31 - Math.clz32(size);
    let n =
      size === 2 ** shift
        ? b.value(Op.ShrU, I32, distance, b.i32(shift))
        : b.value(Op.DivU, I32, distance, b.i32(size));
    if (op !== Op.Ne) n = b.value(Op.Select, I32, b.value(op, I32, first, end), n, b.i32(0));
    return b.value(Op.ShrU, I32, n, b.i32(31 - Math.clz32(plan.rounds)));
  }

  private plus(x: number, k: number): number {
    return this.b.value(Op.Add, I64, x, this.b.constant(I64, k | 0, Math.floor(k / 2 ** 32)));
  }

  private and(x: number, y: number): number {
    return x === 0 ? y : this.b.value(Op.And, I32, x, y);
  }

  /** True when the vector loop may run `count` times; sets `starts`, the groups' addresses on its first iteration: those of its first element. */
  private check(count: number, starts: number[]): number {
    const { b, plan, c } = this;
    let fine = b.value(Op.GtU, I32, count, b.i32(plan.chunks > 1 ? 0 : FEWEST - 1));
    const wideCount = b.value(Op.ExtendU, I64, count);
    const size = c.facts.memorySize!(b);
    const bounds = plan.groups.map((g) => {
      const start = this.atEntry(g.address);
      starts.push(b.value(Op.Add, I32, start, b.i32(Math.min(g.stride, 0) * (plan.rounds - 1))));
      const wide = b.value(Op.ExtendU, I64, start);
      const total = b.value(Op.Mul, I64, wideCount, b.i64(g.stride * plan.rounds));
      const isDown = g.stride < 0;
      const end = b.value(Op.Add, I64, this.plus(wide, g.end), isDown ? b.i64(0) : total);
      fine = this.and(fine, b.value(Op.LeU, I32, end, size));
      if (!isDown) return { first: this.plus(wide, g.first), end };
      // No address may become less than 0: its constant offset would not bring it back.
      const last = b.value(Op.Add, I64, this.plus(wide, -g.stride), total);
      fine = this.and(fine, b.value(Op.GeS, I32, last, b.i64(0)));
      return { first: b.value(Op.Add, I64, this.plus(wide, g.first), total), end };
    });
    for (const [x, y] of plan.pairs) {
      const apart = b.value(
        Op.Or,
        I32,
        b.value(Op.LeU, I32, bounds[x].end, bounds[y].first),
        b.value(Op.LeU, I32, bounds[y].end, bounds[x].first),
      );
      fine = this.and(fine, apart);
    }
    return fine;
  }

  make(): void {
    const { c, b, l, plan, initial } = this;
    const { f } = c;
    const before = f.blocks[l.preheader];
    const header = f.blocks[l.loop.header];
    const [scalar, enter, loop, leave, join] = Array.from({ length: 5 }, () => f.newBlock());
    f.removeEdge(l.entryEdge);
    f.remove(before.last);
    b.block = before;
    const starts: number[] = [];
    const count = this.countIterations();
    const fine = this.check(count, starts);
    b.branch(fine, enter, [], scalar, []);
    b.block = scalar;
    b.jump(join, initial.slice());

    b.block = enter;
    const body = new VectorBody(b, plan, initial);
    const vectors = body.enter(starts);
    const isMoving = plan.groups.map((g) => g.stride !== 0);
    b.jump(loop, [count, ...starts.filter((_, i) => isMoving[i]), ...vectors]);

    b.block = loop;
    const counter = f.addParam(loop, I32);
    const addresses = starts.map((a, i) => (isMoving[i] ? f.addParam(loop, I32) : a));
    const next = body.iterate(
      addresses,
      vectors.map(() => f.addParam(loop, Type.V128)),
    );
    const left = b.value(Op.Add, I32, counter, b.i32(-1));
    const moved = addresses.flatMap((a, i) =>
      isMoving[i] ? [b.value(Op.Add, I32, a, b.i32(plan.groups[i].stride * plan.rounds))] : [],
    );
    b.branch(left, loop, [left, ...moved, ...next], leave, []);

    b.block = leave;
    const ends = body.leave(next);
    const rounds = b.value(Op.Mul, I32, count, b.i32(plan.rounds));
    const final = header.params.map((p, i) => ends.get(p) ?? this.counterAfter(i, rounds));
    b.jump(join, final);

    b.block = join;
    const passed = header.params.map((p) => f.addParam(join, f.type[p]));
    b.jump(header, passed);
  }

  /** Counter i of the header after some iterations. */
  private counterAfter(i: number, rounds: number): number {
    const { b, l, initial } = this;
    const { f } = this.c;
    const p = f.blocks[l.loop.header].params[i];
    const step = l.inductions.find((x) => x.param === p)!.step;
    const wide = f.type[p] === I64;
    const n = wide ? b.value(Op.ExtendU, I64, rounds) : rounds;
    const k = wide ? b.i64(step) : b.i32(step);
    return b.value(Op.Add, f.type[p], initial[i], b.value(Op.Mul, f.type[p], n, k));
  }
}

function isWorthwhile(plan: VectorPlan): boolean {
  return plan.pairs.length <= MOST_PAIRS && plan.groups.length <= MOST_PAIRS;
}

export function vectorize(c: PassContext): void {
  if (c.facts.memorySize === undefined || !c.loops.list.some((l) => l.innermost && l.blocks.length === 1))
    return;
  makePreheaders(c);
  const b = c.build();
  let made = 0;
  for (const l of countedLoops(c.f, c.loops)) {
    if (!l.loop.innermost || l.loop.blocks.length !== 1) continue;
    const plan = planLoop(c.f, l, b);
    if (plan === undefined || !isWorthwhile(plan)) continue;
    new VectorLoop(c, b, l, plan).make();
    made++;
  }
  if (made === 0) return;
  c.blocksChanged();
  c.count("loops vectorized", made);
}
