// Jump threading: an edge into a block whose branch or switch goes one known way when entered by that edge leads there directly.
//
// What is known on an edge: constants among its arguments; the outcome of the branch or switch it comes from, and of those on the only way to that one. The block
// is copied for the edge (copy-blocks.ts) without its last decision; what is left of it folds with the arguments, so small blocks are worth it. A
// copy's edge is looked at in turn.
//
// The graph stays reducible: a loop header is copied only for edges that then leave the loop; any other block of a loop has all the ways into the
// loop behind it, and its copies have them too.
// Source: Cooper and Torczon, "Engineering a Compiler", 10.3; Mueller and Whalley 1995, "Avoiding Conditional Branches by Code Replication".
import { isLoad } from "../analysis/memory.ts";
import type { Block, Func } from "../ir/func.ts";
import { Effect, isIntegerCompare, Op, opEffect, swappedCompare } from "../ir/ops.ts";
import { evaluate, result } from "../ir/scalar.ts";
import { Type } from "../ir/types.ts";
import type { PassContext } from "./context.ts";
import { BlockCopier, copyCost } from "./copy-blocks.ts";
import { decided, UNDECIDED } from "./implied.ts";
import { makeJump } from "./terminators.ts";

/** Instructions of a block that is copied, at -O2 and at -O3; how far conditions are followed; decisions behind an edge that are looked at. */
const MOST_COPIED = 8;
const MORE_COPIED = 16;
const DEEPEST = 4;
const MOST_FACTS = 6;
/** Edges into one block that are looked at, and blocks copied in a row. */
const MOST_EDGES = 64;
const LONGEST = 8;
/** Instructions that a function may grow by: this, or a share of what it has. */
const LEAST_GROWTH = 100;
const GROWTH_SHARE = 16;

/** `condition` is non-zero (`truth`) or zero; or with `equals` the condition has that value. */
interface Fact {
  readonly condition: number;
  readonly truth: boolean;
  readonly equals?: number;
}

const swap = (op: Op): Op => swappedCompare.get(op)!;

/** What is known when a block is entered by an edge. */
class EdgeKnowledge {
  private readonly f: Func;
  private readonly copier: BlockCopier;
  private readonly edge: number;
  private readonly b: Block;
  private readonly facts: Fact[] = [];

  constructor(f: Func, copier: BlockCopier, edge: number) {
    this.f = f;
    this.copier = copier;
    this.edge = edge;
    this.b = f.blocks[f.edges[edge].to];
    for (let e = edge, n = 0; n < MOST_FACTS; n++) {
      const from = f.blocks[f.edges[e].from];
      // A copy defines anew what the facts above it speak of.
      if (copier.original(from.id) !== from.id) break;
      this.addFact(from, e);
      if (from.preds.length !== 1 || from.id === 0) break;
      e = from.preds[0];
    }
  }

  private addFact(from: Block, e: number): void {
    const { f } = this;
    const op = f.op[from.last];
    if (op !== Op.Branch && op !== Op.Switch) return;
    const condition = f.arg(from.last, 0);
    const at = from.succs.indexOf(e);
    if (op === Op.Branch) {
      this.facts.push({ condition, truth: at === 0 });
      const compare = f.op[condition];
      if (compare !== (at === 0 ? Op.Eq : Op.Ne) || !f.isConst(f.arg(condition, 1))) return;
      const [x, y] = [f.arg(condition, 0), f.arg(condition, 1)];
      if (f.type[x] === Type.I32)
        this.facts.push({ condition: x, truth: f.immLo[y] !== 0, equals: f.immLo[y] });
    } else if (at < from.succs.length - 1) this.facts.push({ condition, truth: at !== 0, equals: at });
  }

  /** What v, as the block reads it, is when entered here; v itself when the block computes it. */
  private outside(v: number): number {
    const { f, b } = this;
    const { from, args } = f.edges[this.edge];
    if (f.block[v] !== b.id) return this.copier.valueIn(from, v);
    return f.op[v] === Op.Param ? args[f.immLo[v]] : v;
  }

  /** Whether the block computes v itself, so that no fact speaks of it. */
  private isNew(v: number): boolean {
    return this.f.block[v] === this.b.id && this.f.op[v] !== Op.Param;
  }

  /** Evaluates v, of the block or above; its bits are in scalar.ts's result when that succeeds. */
  private bits(v: number, depth: number): boolean {
    const { f } = this;
    const w = this.outside(v);
    if (f.isConst(w)) {
      result.lo = f.immLo[w];
      result.hi = f.immHi[w];
      return true;
    }
    if (this.isNew(v)) return this.computed(v, depth);
    for (const { condition, truth, equals } of this.facts) {
      if (condition !== w || (equals === undefined && truth && !isIntegerCompare(f.op[w]))) continue;
      result.lo = equals ?? (truth ? 1 : 0);
      result.hi = result.lo >> 31;
      return true;
    }
    return false;
  }

  private computed(v: number, depth: number): boolean {
    const { f } = this;
    const op = f.op[v];
    const n = f.argCount[v];
    if (depth >= DEEPEST || opEffect[op] !== Effect.Pure || n === 0 || n > 2 || op === Op.Result)
      return false;
    if (!this.bits(f.arg(v, 0), depth + 1)) return false;
    const { lo, hi } = result;
    const a = f.arg(v, 0);
    if (n === 2 && !this.bits(f.arg(v, 1), depth + 1)) return false;
    const [lo2, hi2] = n === 2 ? [result.lo, result.hi] : [0, 0];
    return evaluate(op as Op, f.type[v], f.type[a], lo, hi, lo2, hi2) === 0;
  }

  /** Whether condition v is non-zero: 1 or 0; UNDECIDED when that is not known. */
  truth(v: number): number {
    const { f } = this;
    if (this.bits(v, 0)) return result.lo !== 0 ? 1 : 0;
    const w = this.outside(v);
    const isNew = this.isNew(v);
    if (!isNew) for (const { condition, truth } of this.facts) if (condition === w) return truth ? 1 : 0;
    if (!isIntegerCompare(f.op[w])) return UNDECIDED;
    const [x, y] = [f.arg(w, 0), f.arg(w, 1)];
    if (!isNew) return this.compare(f.op[w], x, y);
    if (this.isNew(x) || this.isNew(y)) return UNDECIDED;
    return this.compare(f.op[w], this.outside(x), this.outside(y));
  }

  private compare(op: Op, x: number, y: number): number {
    const { f } = this;
    for (const { condition, truth, equals } of this.facts) {
      if (equals !== undefined) continue;
      let known: number = UNDECIDED;
      if (isIntegerCompare(f.op[condition])) {
        const [a, b] = [f.arg(condition, 0), f.arg(condition, 1)];
        if (a === x && b === y) known = decided(f.op[condition], truth, op);
        else if (a === y && b === x) known = decided(swap(f.op[condition]), truth, op);
      } else if (condition === x && f.isConst(y) && f.immLo[y] === 0) {
        known = decided(Op.Ne, truth, op);
      }
      if (known !== UNDECIDED) return known;
    }
    return UNDECIDED;
  }

  /** Number of the successor that the block goes on to; -1 when that is not known. */
  target(): number {
    const { f, b } = this;
    const condition = f.arg(b.last, 0);
    if (f.op[b.last] === Op.Branch) {
      const truth = this.truth(condition);
      return truth === UNDECIDED ? -1 : truth !== 0 ? 0 : 1;
    }
    return this.bits(condition, 0) ? Math.min(result.lo >>> 0, b.succs.length - 1) : -1;
  }
}

/** Whether what b decides can depend on the way it is entered: on its parameters, or on what is outside of it. */
function mayBeKnown(f: Func, b: Block): boolean {
  for (let v = f.arg(b.last, 0), n = 0; f.block[v] === b.id && n < DEEPEST; n++) {
    if (f.op[v] === Op.Param) return true;
    if (isLoad(f.op[v]) || opEffect[f.op[v]] !== Effect.Pure || f.argCount[v] === 0) return false;
    v = f.arg(v, 0);
  }
  return true;
}

class Threading {
  private readonly c: PassContext;
  private readonly f: Func;
  private readonly copier: BlockCopier;
  private room: number;
  threaded = 0;

  constructor(c: PassContext, copier: BlockCopier) {
    this.c = c;
    this.f = c.f;
    this.copier = copier;
    this.room = Math.max(LEAST_GROWTH, Math.floor(c.f.count / GROWTH_SHARE));
  }

  /** Whether an edge into b may go on to block `to` instead. */
  private keepsLoops(b: Block, to: number): boolean {
    // Asked for before the first copy, so that they are those of the graph as it was.
    const { loops } = this.c;
    // Where a copy leads, what it copies led.
    to = this.copier.original(to);
    const loop = loops.innermost(b.id);
    return loop < 0 || loops.list[loop].header !== b.id || !loops.contains(loop, to);
  }

  /** Threads edge e as far as it goes. */
  private thread(e: number): void {
    const { f } = this;
    for (let n = 0; n < LONGEST; n++) {
      const b = f.blocks[f.edges[e].to];
      const op = f.op[b.last];
      if ((op !== Op.Branch && op !== Op.Switch) || !this.copier.accepts(b.id)) return;
      const k = new EdgeKnowledge(f, this.copier, e).target();
      if (k < 0 || !this.keepsLoops(b, f.edges[b.succs[k]].to)) return;
      const most = this.c.level >= 3 ? MORE_COPIED : MOST_COPIED;
      const cost = copyCost(f, b, most);
      if (cost > most || cost > this.room) return;
      this.room -= cost;
      const copy = this.copier.copy(e);
      this.threaded++;
      // Facts decide where constants do not: the copy's branch is told.
      if (copy.succs.length > 1) makeJump(f, copy, k);
      e = copy.succs[0];
    }
  }

  run(): void {
    const { f } = this;
    for (const id of f.order) {
      const b = f.blocks[id];
      const op = f.op[b.last];
      if ((op !== Op.Branch && op !== Op.Switch) || b.preds.length < 2) continue;
      if (b.preds.length > MOST_EDGES || !mayBeKnown(f, b)) continue;
      for (const e of b.preds.slice()) this.thread(e);
    }
  }
}

export function threadJumps(c: PassContext): void {
  const copier = new BlockCopier(c);
  const threading = new Threading(c, copier);
  threading.run();
  copier.finish();
  c.count("jumps threaded", threading.threaded);
}
