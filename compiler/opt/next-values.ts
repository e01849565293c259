// A counter's old value that is read behind its step is got from the new value: x == 7 becomes x' == 8 where x' = x + 1, and what is used behind the
// loop becomes x' - 1 there. The old value then ends where the new one begins, so that one register does for both, without a copy on each
// iteration.
//
// Only where all reads behind the step can be so changed; all of this holds modulo 2^32 or 2^64. Where readers in the step's own block are the
// only ones, the step moves behind them instead (sink-steps.ts).
import { type CountedLoop, countedLoops, type Induction } from "../analysis/induction.ts";
import type { Uses } from "../analysis/uses.ts";
import type { Builder } from "../ir/build.ts";
import type { Func } from "../ir/func.ts";
import { Op } from "../ir/ops.ts";
import { Type } from "../ir/types.ts";
import type { PassContext } from "./context.ts";

/** How a reader of the old value is changed. */
enum Change {
  /** It compares it with a constant. */
  Compare,
  /** It branches on it. */
  Branch,
  /** It adds a constant. */
  Sum,
  /** It stands behind the loop. */
  Behind,
  /** It is an argument of an edge that leaves the loop. */
  Edge,
}

interface Reader {
  readonly change: Change;
  readonly induction: Induction;
  /** The reading instruction; for an edge, its number. */
  readonly user: number;
  /** Behind: the first block outside the loop on the way to the reader. */
  readonly block: number;
}

class Finder {
  private readonly c: PassContext;
  private readonly f: Func;
  private readonly uses: Uses;
  /** Place of an instruction in its block, for the blocks of steps. */
  private readonly place: Int32Array;
  private readonly numbered: Uint8Array;

  constructor(c: PassContext) {
    this.c = c;
    this.f = c.f;
    this.uses = c.findUses();
    this.place = new Int32Array(c.f.count);
    this.numbered = new Uint8Array(c.f.blocks.length);
  }

  /** The readers behind the step, or undefined when one of them cannot be changed or nothing would be gained. */
  find(l: CountedLoop, induction: Induction): Reader[] | undefined {
    const { f, uses, c } = this;
    const { param, next } = induction;
    const home = f.block[next];
    if (c.loops.innermost(home) !== l.number) return undefined;
    const found: Reader[] = [];
    for (let k = 0; k < uses.count(param); k++) {
      const user = uses.user(param, k);
      if (user === next) continue;
      const block = f.block[user];
      if (block === home ? this.isInFront(home, user, next) : !c.dominators.dominates(home, block)) {
        if (block !== home && !this.isEarly(l, home, block)) return undefined;
      } else if (!this.classify(l, induction, user, found)) return undefined;
    }
    return this.isGain(induction, found) ? found : undefined;
  }

  /** Whether a block that the step's does not dominate is passed only in front of it: on the way to the step, or behind an exit there. */
  private isEarly(l: CountedLoop, home: number, block: number): boolean {
    const { f } = this;
    const { dominators, loops } = this.c;
    if (loops.contains(l.number, block)) return dominators.dominates(block, home);
    const { preds } = f.blocks[this.exitAbove(l, block)];
    return preds.length === 1 && dominators.dominates(f.edges[preds[0]].from, home);
  }

  private isInFront(block: number, v: number, w: number): boolean {
    const { f, place } = this;
    if (this.numbered[block] === 0) {
      this.numbered[block] = 1;
      let n = 0;
      for (let u = f.blocks[block].first; u !== 0; u = f.next[u]) place[u] = n++;
    }
    return place[v] < place[w];
  }

  private classify(l: CountedLoop, induction: Induction, user: number, found: Reader[]): boolean {
    const { f, c } = this;
    const { loops } = c;
    const { param } = induction;
    const block = f.block[user];
    if (!loops.contains(l.number, block)) {
      found.push({ change: Change.Behind, induction, user, block: this.exitAbove(l, block) });
      return true;
    }
    const { op } = f;
    const isLast = f.blocks[block].last === user;
    for (let k = 0; k < f.argCount[user]; k++)
      if (f.arg(user, k) === param && (k > 0 || (isLast && op[user] !== Op.Branch))) return false;
    if (isLast) {
      if (
        op[user] === Op.Branch &&
        f.arg(user, 0) === param &&
        !found.some((r) => r.change === Change.Branch && r.user === user)
      )
        found.push({ change: Change.Branch, induction, user, block });
      for (const e of f.blocks[block].succs) {
        if (!f.edges[e].args.includes(param)) continue;
        if (loops.contains(l.number, f.edges[e].to)) return false;
        if (!found.some((r) => r.change === Change.Edge && r.user === e))
          found.push({ change: Change.Edge, induction, user: e, block });
      }
      return true;
    }
    if (f.argCount[user] < 2 || !f.isConst(f.arg(user, 1))) return false;
    const change = op[user] === Op.Add ? Change.Sum : Change.Compare;
    if (change === Change.Compare && op[user] !== Op.Eq && op[user] !== Op.Ne) return false;
    found.push({ change, induction, user, block });
    return true;
  }

  private exitAbove(l: CountedLoop, block: number): number {
    const { dominators, loops } = this.c;
    let at = block;
    for (let above = dominators.idom(at); !loops.contains(l.number, above); above = dominators.idom(at))
      at = above;
    return at;
  }

  /** Sums in the block of a step that nothing else needs are no reason: the step can move behind them. */
  private isGain({ next }: Induction, found: readonly Reader[]): boolean {
    const { f, uses } = this;
    const { last } = f.blocks[f.block[next]];
    let leaves = true;
    for (let k = 0; k < uses.count(next); k++) leaves &&= uses.user(next, k) === last;
    return found.some((r) => r.change !== Change.Sum || !leaves || r.block !== f.block[next]);
  }
}

class Changer {
  private readonly f: Func;
  private readonly b: Builder;
  /** New values behind loops, by old value and block; blocks made in edges. */
  private readonly made = new Map<number, number>();
  private readonly split = new Map<number, number>();
  private readonly mostBlocks: number;

  constructor(c: PassContext) {
    this.f = c.f;
    this.mostBlocks = c.f.blocks.length + c.f.edges.length;
    this.b = c.build();
  }

  get newBlocks(): number {
    return this.split.size;
  }

  change(r: Reader): void {
    const { f, b } = this;
    const { param, next, step } = r.induction;
    const { user } = r;
    if (r.change === Change.Edge) {
      const edge = this.splitEdge(user);
      const { from, args } = f.edges[edge];
      const old = this.oldValue(r.induction, from);
      args.forEach((a, i) => {
        if (a === param) args[i] = old;
      });
      return;
    }
    if (r.change === Change.Behind) {
      this.replaceUses(user, param, this.oldValue(r.induction, r.block));
      return;
    }
    if (r.change === Change.Branch) {
      f.setArg(user, 0, this.put(user, Op.Ne, Type.I32, next, this.constant(f.type[param], step)));
      return;
    }
    const sign = r.change === Change.Sum ? -1 : 1;
    const constant = b.value(
      Op.Add,
      f.type[param],
      f.arg(user, 1),
      this.constant(f.type[param], sign * step),
    );
    f.setArg(user, 0, next);
    f.setArg(user, 1, constant);
  }

  private constant(type: Type, x: number): number {
    return type === Type.I32 ? this.b.i32(x | 0) : this.b.constant(type, x | 0, x < 0 ? -1 : 0);
  }

  /** next - step at the start of a block behind the loop. */
  private oldValue({ param, next, step }: Induction, block: number): number {
    const { f } = this;
    const key = param * this.mostBlocks + block;
    let v = this.made.get(key);
    if (v !== undefined) return v;
    const back = this.constant(f.type[param], -step);
    v = this.put(f.blocks[block].first, Op.Add, f.type[param], next, back);
    this.made.set(key, v);
    return v;
  }

  /** Not by the builder, which would find out that this is the same of the old value. */
  private put(at: number, op: Op, type: Type, x: number, y: number): number {
    const { f } = this;
    const v = f.create(op, type);
    f.pushArg(v, x);
    f.pushArg(v, y);
    f.source[v] = f.source[at];
    f.insertBefore(at, v);
    return v;
  }

  private replaceUses(user: number, from: number, to: number): void {
    const { f } = this;
    for (let k = 0; k < f.argCount[user]; k++) if (f.arg(user, k) === from) f.setArg(user, k, to);
    const block = f.blocks[f.block[user]];
    if (block.last !== user) return;
    for (const e of block.succs) {
      const { args } = f.edges[e];
      args.forEach((a, i) => {
        if (a === from) args[i] = to;
      });
    }
  }

  /** A block of its own in edge e; answers the edge out of it, which has the arguments. */
  private splitEdge(e: number): number {
    const { f } = this;
    let out = this.split.get(e);
    if (out !== undefined) return out;
    const { to, args } = f.edges[e];
    const block = f.newBlock();
    f.append(block, f.create(Op.Jump, Type.Void));
    f.edges[e].args = [];
    f.retarget(e, block.id);
    out = f.addEdge(block.id, to, args);
    this.split.set(e, out);
    return out;
  }
}

export function nextValues(c: PassContext): void {
  const { f, loops } = c;
  if (loops.list.length === 0) return;
  const finder = new Finder(c);
  const readers: Reader[] = [];
  for (const l of countedLoops(f, loops)) {
    for (const induction of l.inductions) {
      if (f.type[induction.param] !== Type.I32 && f.type[induction.param] !== Type.I64) continue;
      const found = finder.find(l, induction);
      if (found === undefined || found.length === 0) continue;
      for (const r of found) readers.push(r);
      c.count("counters read as their next values");
    }
  }
  if (readers.length === 0) return;
  const changer = new Changer(c);
  for (const r of readers) changer.change(r);
  if (changer.newBlocks > 0) c.blocksChanged();
}
