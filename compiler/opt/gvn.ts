// Global value numbering: an instruction equal to one that dominates it is replaced by it; loads are replaced by what was loaded or stored before;
// comparisons that a dominating branch or check decides become constants.
//
// One walk over the dominator tree in preorder. The table of expressions is scoped: entries made in a block are taken out when the walk leaves
// the block's subtree (Briggs, Cooper, Simpson 1997, "Value Numbering"). Arguments that changed fold again on the way.
// Loads and stores: gvn-memory.ts.
import type { Builder } from "../ir/build.ts";
import type { Block, Func } from "../ir/func.ts";
import {
  Effect,
  isFloatCompare,
  isIntegerCompare,
  Op,
  opCommutes,
  opEffect,
  swappedCompare,
} from "../ir/ops.ts";
import { Type } from "../ir/types.ts";
import { none32, room32 } from "../support/arrays.ts";
import type { PassContext } from "./context.ts";
import { MemoryNumbering } from "./gvn-memory.ts";
import { decided, UNDECIDED } from "./implied.ts";
import { makeTrap, simplifyTerminator } from "./terminators.ts";

const swapped = new Uint8Array(256);
for (const [op, other] of swappedCompare) swapped[op] = other;
const compareOps = [...swappedCompare.keys()].filter((op) => isIntegerCompare(op));

/** Expressions known at the current place of the walk; scoped. */
class Expressions {
  private heads = new Int32Array(1024);
  private entries = 1;
  private op = none32;
  private a = none32;
  private b = none32;
  /** The value an expression has: an instruction of the same op, or a constant for a decided comparison. */
  private value = none32;
  private next = none32;
  private slot = none32;

  reset(f: Func): void {
    let size = 1024;
    while (size < f.count) size *= 2;
    if (this.heads.length !== size) this.heads = new Int32Array(size);
    else this.heads.fill(0);
    this.entries = 1;
  }

  get mark(): number {
    return this.entries;
  }

  /** Takes out all entries made since `mark`. */
  release(mark: number): void {
    while (this.entries > mark) {
      this.entries--;
      this.heads[this.slot[this.entries]] = this.next[this.entries];
    }
  }

  private hash(op: number, a: number, b: number): number {
    let h = Math.imul(op, 0x9e3779b1) ^ Math.imul(a, 0x85ebca6b) ^ Math.imul(b, 0xc2b2ae35);
    h ^= h >>> 15;
    h = Math.imul(h, 0x27d4eb2f);
    return (h ^ (h >>> 13)) & (this.heads.length - 1);
  }

  add(op: number, a: number, b: number, value: number): void {
    const n = this.entries++;
    if (n >= this.op.length) {
      for (const key of ["op", "a", "b", "value", "next", "slot"] as const)
        this[key] = room32(this[key] as Int32Array<ArrayBuffer>, n + 1);
    }
    const slot = this.hash(op, a, b);
    this.op[n] = op;
    this.a[n] = a;
    this.b[n] = b;
    this.value[n] = value;
    this.next[n] = this.heads[slot];
    this.slot[n] = slot;
    this.heads[slot] = n;
  }

  /** What comparison (op, a, b) is known to be, or an instruction equal to v = (op, a, b, ...); 0 when there is none. */
  find(f: Func, op: number, a: number, b: number, v: number): number {
    for (let n = this.heads[this.hash(op, a, b)]; n !== 0; n = this.next[n]) {
      if (this.op[n] !== op || this.a[n] !== a || this.b[n] !== b) continue;
      const w = this.value[n];
      if (isIntegerCompare(op) || isFloatCompare(op)) return w;
      if (f.op[w] !== op) continue;
      if (f.type[w] !== f.type[v] || f.immLo[w] !== f.immLo[v] || f.immHi[w] !== f.immHi[v]) continue;
      if (f.aux[w] !== f.aux[v] || f.argCount[w] !== f.argCount[v]) continue;
      if (f.argCount[v] === 3 && f.resolve(f.arg(w, 2)) !== f.arg(v, 2)) continue;
      return w;
    }
    return 0;
  }
}

class Numbering {
  private readonly c: PassContext;
  private readonly f: Func;
  private readonly builder: Builder;
  private readonly expressions: Expressions;
  private readonly memory: MemoryNumbering;
  /** Within the current subtree of the walk, a value that equals another one: constants behind "x == C". */
  private readonly equal: Int32Array;
  private readonly equalLog: number[] = [];
  private edgesGone = false;

  constructor(c: PassContext, expressions: Expressions) {
    this.c = c;
    this.f = c.f;
    this.builder = c.build();
    this.expressions = expressions;
    expressions.reset(c.f);
    this.memory = new MemoryNumbering(c, this.builder);
    this.equal = new Int32Array(c.f.count);
  }

  run(): void {
    const { c, f } = this;
    const { dominators } = c;
    const n = f.order.length;
    const scopes: { block: number; expressions: number; equal: number; memory: number }[] = [];
    for (let i = 0; i < n; i++) {
      const block = dominators.preorder[i];
      while (scopes.length > 0 && !dominators.dominates(scopes[scopes.length - 1].block, block)) {
        const scope = scopes.pop()!;
        this.expressions.release(scope.expressions);
        this.memory.release(scope.memory);
        while (this.equalLog.length > scope.equal) this.equal[this.equalLog.pop()!] = 0;
      }
      scopes.push({
        block,
        expressions: this.expressions.mark,
        equal: this.equalLog.length,
        memory: this.memory.mark,
      });
      this.visit(f.blocks[block]);
    }
    f.applyForwards();
    if (this.edgesGone) c.blocksChanged();
  }

  private visit(b: Block): void {
    const { f, builder } = this;
    this.memory.enter(b);
    this.learnFromEdge(b);
    builder.block = b;
    for (let v = b.first; v !== 0; v = f.next[v])
      if (f.op[v] === Op.TrapIf) {
        if (this.trapIf(b, v)) break;
      } else this.instruction(v);
    this.memory.leave(b);
    const before = b.succs.length;
    simplifyTerminator(f, builder, b);
    if (b.succs.length !== before) this.edgesGone = true;
  }

  /** Arguments are replaced by what they are known to equal; true when one changed. */
  private updateArgs(v: number): boolean {
    const { f, equal } = this;
    const end = f.argStart[v] + f.argCount[v];
    let changed = false;
    for (let i = f.argStart[v]; i < end; i++) {
      const a = f.pool[i];
      let w = f.resolve(a);
      if (w < equal.length && equal[w] !== 0) w = equal[w];
      if (w === a) continue;
      f.pool[i] = w;
      changed = true;
    }
    return changed;
  }

  private instruction(v: number): void {
    const { f, builder } = this;
    const changed = this.updateArgs(v);
    const op = f.op[v] as Op;
    const effect = opEffect[op];
    if (effect >= Effect.Read) {
      const known = this.memory.access(v);
      if (known > 0) this.replace(v, known);
      else if (known < 0) {
        f.remove(v);
        this.c.count("stores removed");
      }
      return;
    }
    if (op === Op.Result) return;
    if (changed || op === Op.Const) {
      builder.setPosition(v);
      builder.source = f.source[v];
      const w = builder.refold(v);
      if (w !== 0) {
        this.replace(v, w);
        return;
      }
    }
    if (op !== Op.Const) this.number(v);
  }

  private replace(v: number, w: number): void {
    this.f.replace(v, w);
    this.f.remove(v);
    this.c.count("instructions replaced");
  }

  /** Replaces v by an equal instruction, or enters it. */
  private number(v: number): void {
    const { f } = this;
    let op = f.op[v];
    let a = f.argCount[v] > 0 ? f.arg(v, 0) : 0;
    let b = f.argCount[v] > 1 ? f.arg(v, 1) : 0;
    const swap = a > b && b !== 0 ? (opCommutes[op] !== 0 ? op : swapped[op]) : 0;
    if (swap !== 0) {
      [a, b] = [b, a];
      op = swap;
    }
    const w = this.expressions.find(f, op, a, b, v);
    if (w !== 0) this.replace(v, w);
    else this.expressions.add(op, a, b, v);
  }

  /** A check; true when it always fails, so that the block ends in it. */
  private trapIf(b: Block, v: number): boolean {
    const { f, builder } = this;
    this.updateArgs(v);
    const condition = builder.truth(f.arg(v, 0));
    f.setArg(v, 0, condition);
    if (f.op[condition] === Op.Const) {
      this.c.count("checks decided");
      if (f.immLo[condition] === 0) {
        f.remove(v);
        return false;
      }
      this.edgesGone = true;
      makeTrap(f, b, v, f.immLo[v]);
      return true;
    }
    this.learn(condition, false, 0);
    return false;
  }

  /** What the branch that alone leads here tells. */
  private learnFromEdge(b: Block): void {
    const { f } = this;
    if (b.preds.length !== 1) return;
    const edge = f.edges[b.preds[0]];
    const from = f.blocks[edge.from];
    const v = from.last;
    if (
      f.op[v] === Op.Branch &&
      from.succs.length === 2 &&
      f.edges[from.succs[0]].to !== f.edges[from.succs[1]].to
    ) {
      this.learn(f.resolve(f.arg(v, 0)), from.succs[0] === b.preds[0], 0);
    } else if (f.op[v] === Op.Switch) {
      const at = from.succs.indexOf(b.preds[0]);
      if (at < from.succs.length - 1) this.setEqual(f.resolve(f.arg(v, 0)), this.builder.i32(at));
    }
  }

  private setEqual(v: number, w: number): void {
    if (this.f.op[v] === Op.Const || v >= this.equal.length || this.equal[v] !== 0) return;
    this.equal[v] = w;
    this.equalLog.push(v);
  }

  /** From here on in the current subtree, `condition` is non-zero (`truth`) or zero. */
  private learn(condition: number, truth: boolean, depth: number): void {
    const { f, builder } = this;
    const op = f.op[condition];
    if (!truth) this.setEqual(condition, builder.i32(0));
    else if (isIntegerCompare(op)) this.setEqual(condition, builder.i32(1));
    if (isIntegerCompare(op)) {
      const a = f.resolve(f.arg(condition, 0));
      const b = f.resolve(f.arg(condition, 1));
      this.learnComparison(op, a, b, truth);
      if (op === (truth ? Op.Eq : Op.Ne) && f.op[b] === Op.Const) this.setEqual(a, b);
    } else if (op === (truth ? Op.And : Op.Or) && depth < 4 && f.type[condition] === Type.I32) {
      // Bits that are all zero, or truth values that are both one.
      for (let i = 0; i < 2; i++) {
        const part = f.resolve(f.arg(condition, i));
        if (!truth || this.bothTruthValues(condition)) this.learn(part, truth, depth + 1);
      }
    } else if (f.type[condition] === Type.I32 && truth) {
      this.learnComparison(Op.Ne, condition, builder.i32(0), true);
    }
  }

  private bothTruthValues(v: number): boolean {
    const { f } = this;
    return isIntegerCompare(f.op[f.resolve(f.arg(v, 0))]) && isIntegerCompare(f.op[f.resolve(f.arg(v, 1))]);
  }

  private learnComparison(op: Op, a: number, b: number, truth: boolean): void {
    if (a > b) {
      [a, b] = [b, a];
      op = swapped[op];
    }
    for (const other of compareOps) {
      const known = decided(op, truth, other);
      if (known !== UNDECIDED) this.expressions.add(other, a, b, this.builder.i32(known));
    }
  }
}

const expressions = new Expressions();

export function gvn(c: PassContext): void {
  new Numbering(c, expressions).run();
}
