// Building instructions, folded on the way: the one entry for the translator and for the passes that make code.
//
// `value` answers with a value equal to the instruction asked for: a constant, an argument, what a rule makes of it (fold-rules.ts), an equal
// instruction built earlier in the same block, or a new instruction at the current position.
//
// Invariants:
// - constants stand once each at the start of the entry block, so that equal constants have equal ids; they are spread to their
//   users by the pass opt/place.ts.
// - instructions that may do more than compute (loads, stores, calls) are always built, in the order asked for.

import { foldRules } from "./fold-rules.ts";
import { vocabulary } from "./fold-vocabulary.ts";
import type { Block, Func } from "./func.ts";
import { Effect, Op, opCommutes, opEffect, swappedCompare } from "./ops.ts";
import { RuleTable } from "./rules.ts";
import { evaluate, result } from "./scalar.ts";
import { auxWidth, Type, Width } from "./types.ts";

const rules = new RuleTable(foldRules, vocabulary);

/** Comparison with swapped operands by op, 0 when there is none. */
const swapped = new Uint8Array(256);
for (const [op, other] of swappedCompare) swapped[op] = other;

const MANY_CONSTANTS = 4096;
const TABLE_BITS = 10;
const TABLE_SIZE = 1 << TABLE_BITS;
/** Entries probed before a value is given up as new. */
const PROBES = 4;

export class Builder {
  f: Func;
  /** The block that instructions are added to. */
  private current: Block | undefined;
  /** Instructions go before this one; 0: at the end of the block. */
  private before = 0;
  /** Byte offset in the module given to new instructions. */
  source = 0;
  private lastConstant = 0;
  private constants = new Int32Array(256);
  private constantCount = 0;
  /** Value numbering within the current block: ids, valid where the stamp is the current one. */
  private readonly table = new Int32Array(TABLE_SIZE);
  private readonly stamps = new Int32Array(TABLE_SIZE);
  private stamp = 1;

  constructor(f: Func) {
    this.f = f;
    this.attach(f);
  }

  /** Starts on a function: a new one, or one that has code. */
  attach(f: Func): void {
    this.f = f;
    this.current = undefined;
    this.before = 0;
    this.source = 0;
    this.stamp++;
    this.lastConstant = 0;
    this.constantCount = 0;
    // One large function must not make every later one clear a large table.
    if (this.constants.length > MANY_CONSTANTS) this.constants = new Int32Array(MANY_CONSTANTS);
    else this.constants.fill(0);
    if (f.blocks.length === 0) return;
    // Constants behind other instructions are left out: they do not dominate all of the entry block.
    for (let v = f.blocks[0].first; v !== 0 && f.op[v] === Op.Const; v = f.next[v]) {
      if (this.findConstant(f.type[v], f.immLo[v], f.immHi[v]) !== 0) continue;
      this.lastConstant = v;
      this.addConstant(v);
    }
  }

  get block(): Block {
    return this.current!;
  }

  /** Instructions go to the end of b from now on. */
  set block(b: Block) {
    this.current = b;
    this.before = 0;
    this.stamp++;
  }

  /** Instructions go before v from now on. Within one block, positions must go down the block, or `block` be set again. */
  setPosition(v: number): void {
    const b = this.f.blocks[this.f.block[v]];
    if (b !== this.current) this.block = b;
    this.before = v;
  }

  // ---- Constants ----

  private constantHash(type: Type, lo: number, hi: number): number {
    let h = Math.imul(lo, 0x9e3779b1) ^ Math.imul(hi, 0x85ebca6b) ^ type;
    h ^= h >>> 15;
    return h & (this.constants.length - 1);
  }

  private findConstant(type: Type, lo: number, hi: number): number {
    const f = this.f;
    const mask = this.constants.length - 1;
    for (let i = this.constantHash(type, lo, hi); ; i = (i + 1) & mask) {
      const v = this.constants[i];
      if (v === 0 || (f.immLo[v] === lo && f.immHi[v] === hi && f.type[v] === type)) return v;
    }
  }

  private addConstant(v: number): void {
    if (2 * this.constantCount >= this.constants.length) {
      const old = this.constants;
      this.constants = new Int32Array(old.length * 2);
      for (const w of old) if (w !== 0) this.placeConstant(w);
    }
    this.constantCount++;
    this.placeConstant(v);
  }

  private placeConstant(v: number): void {
    const f = this.f;
    let i = this.constantHash(f.type[v], f.immLo[v], f.immHi[v]);
    while (this.constants[i] !== 0) i = (i + 1) & (this.constants.length - 1);
    this.constants[i] = v;
  }

  /** The constant with these bits; hi is ignored for 32-bit types. */
  constant(type: Type, lo: number, hi = 0): number {
    const f = this.f;
    if (type === Type.I32) hi = lo >> 31;
    else if (type === Type.F32) hi = 0;
    let v = this.findConstant(type, lo, hi);
    if (v !== 0) return v;
    v = f.create(Op.Const, type, lo, hi);
    const entry = f.blocks[0];
    if (this.lastConstant !== 0) f.insertAfter(this.lastConstant, v);
    else if (entry.first !== 0) f.insertBefore(entry.first, v);
    else f.append(entry, v);
    this.lastConstant = v;
    this.addConstant(v);
    return v;
  }

  i32(x: number): number {
    return this.constant(Type.I32, x, x >> 31);
  }

  /** An i64 constant from a signed 32-bit number. */
  i64(x: number): number {
    return this.constant(Type.I64, x, x >> 31);
  }

  // ---- Values ----

  /**
   * A value equal to the instruction; for one without a result, the instruction, or 0 when it turned out to do nothing. Calls and
   * `return`, which take any number of arguments, have their own methods.
   */
  value(op: Op, type: Type, a = 0, b = 0, c = 0, immLo = 0, immHi = 0, aux = 0): number {
    const f = this.f;
    const effect = opEffect[op];
    if (effect > Effect.Trap) {
      if (op === Op.Store || op === Op.RawStore) b = this.narrowStored(b, aux);
      return this.emit(op, type, a, b, c, immLo, immHi, aux);
    }
    if (op === Op.Const) return this.constant(type, immLo, immHi);
    if (op === Op.TrapIf) return this.trapIf(a, immLo);
    if (a !== 0) {
      if (f.op[a] === Op.Const && (b === 0 || f.op[b] === Op.Const) && c === 0) {
        const trap = evaluate(op, type, f.type[a], f.immLo[a], f.immHi[a], f.immLo[b], f.immHi[b]);
        if (trap === 0) return this.constant(type, result.lo, result.hi);
      }
      if (b !== 0 && f.op[a] === Op.Const && f.op[b] !== Op.Const) {
        const swap = opCommutes[op] !== 0 ? op : swapped[op];
        if (swap !== 0) {
          op = swap;
          const t = a;
          a = b;
          b = t;
        }
      }
      if (op === Op.Select && f.op[a] === Op.Const) return f.immLo[a] !== 0 ? b : c;
      if (op === Op.Bitcast) {
        const v = this.bitcast(type, a);
        if (v !== 0) return v;
      }
      const folded = rules.apply(this, op, type, a, b, c);
      if (folded !== 0) return folded;
    }
    return this.numbered(op, type, a, b, c, immLo, immHi, aux);
  }

  /**
   * A value equal to instruction v as it stands, built at the current position, or 0 when v is as good as it can be. v must be pure or trapping only.
   */
  refold(v: number): number {
    const f = this.f;
    const op = f.op[v];
    if (op === Op.Const) {
      const w = this.constant(f.type[v], f.immLo[v], f.immHi[v]);
      return w === v ? 0 : w;
    }
    if (op < Op.Add || op > Op.Select) return 0;
    const n = f.argCount[v];
    const a = f.arg(v, 0);
    const b = n > 1 ? f.arg(v, 1) : 0;
    const count = f.count;
    const w = this.value(op, f.type[v], a, b, n > 2 ? f.arg(v, 2) : 0);
    if (w !== count || f.count !== count + 1 || f.op[w] !== op) return w === v ? 0 : w;
    // It was built again as it is, or with its arguments swapped: keep v.
    for (let i = 0; i < n; i++) f.setArg(v, i, f.arg(w, i));
    this.forget(w, v);
    return 0;
  }

  /** Takes w, built last, away again in favour of v. */
  private forget(w: number, v: number): void {
    const f = this.f;
    f.remove(w);
    for (let i = 0, at = this.hashOf(w); i < PROBES; i++, at = (at + 1) & (TABLE_SIZE - 1))
      if (this.table[at] === w) this.table[at] = v;
    f.poolLength = f.argStart[w];
    f.count = w;
  }

  private bitcast(type: Type, a: number): number {
    const f = this.f;
    if (f.op[a] !== Op.Bitcast) return 0;
    const inner = f.resolve(f.arg(a, 0));
    return f.type[inner] === type ? inner : this.value(Op.Bitcast, type, inner);
  }

  private trapIf(condition: number, code: number): number {
    const f = this.f;
    if (f.op[condition] === Op.Const && f.immLo[condition] === 0) return 0;
    return this.numbered(Op.TrapIf, Type.Void, this.truth(condition), 0, 0, code, 0, 0);
  }

  /** What a narrow store stores need only be right in its low bits. */
  private narrowStored(v: number, aux: number): number {
    const f = this.f;
    const width = auxWidth(aux);
    if (width === Width.Full) return v;
    const bits = width <= Width.U8 ? 8 : width <= Width.U16 ? 16 : 32;
    for (;;) {
      const op = f.op[v];
      const keeps =
        (op === Op.Extend8S && bits <= 8) ||
        (op === Op.Extend16S && bits <= 16) ||
        op === Op.Extend32S ||
        (op === Op.And && this.keepsLow(f.resolve(f.arg(v, 1)), bits));
      if (!keeps) return v;
      v = f.resolve(f.arg(v, 0));
    }
  }

  private keepsLow(v: number, bits: number): boolean {
    const f = this.f;
    return f.op[v] === Op.Const && (~f.immLo[v] & (-1 >>> (32 - bits))) === 0;
  }

  /** The simplest value that is zero just when `condition` is. */
  truth(condition: number): number {
    const f = this.f;
    for (;;) {
      if (f.op[condition] !== Op.Ne) return condition;
      const a = f.resolve(f.arg(condition, 0));
      const b = f.resolve(f.arg(condition, 1));
      if (f.type[a] !== Type.I32 || f.op[b] !== Op.Const || f.immLo[b] !== 0) return condition;
      condition = a;
    }
  }

  private hash(op: number, type: number, a: number, b: number, c: number, immLo: number): number {
    let h = Math.imul(op + (type << 8), 0x9e3779b1) ^ Math.imul(a, 0x85ebca6b) ^ Math.imul(b, 0xc2b2ae35);
    h ^= Math.imul(c, 0x27d4eb2f) ^ Math.imul(immLo, 0x165667b1);
    h ^= h >>> 15;
    return h & (TABLE_SIZE - 1);
  }

  private hashOf(v: number): number {
    const f = this.f;
    const n = f.argCount[v];
    const a = n > 0 ? f.arg(v, 0) : 0;
    const b = n > 1 ? f.arg(v, 1) : 0;
    return this.hash(f.op[v], f.type[v], a, b, n > 2 ? f.arg(v, 2) : 0, f.immLo[v]);
  }

  private numbered(
    op: Op,
    type: Type,
    a: number,
    b: number,
    c: number,
    immLo: number,
    immHi: number,
    aux: number,
  ): number {
    const f = this.f;
    let at = this.hash(op, type, a, b, c, immLo);
    for (let i = 0; i < PROBES && this.stamps[at] === this.stamp; i++, at = (at + 1) & (TABLE_SIZE - 1)) {
      const v = this.table[at];
      if (f.op[v] !== op || f.type[v] !== type || f.immLo[v] !== immLo || f.immHi[v] !== immHi) continue;
      if (f.aux[v] !== aux || f.forward[v] !== 0) continue;
      const n = f.argCount[v];
      if (n > 0 && f.arg(v, 0) !== a) continue;
      if (n > 1 && f.arg(v, 1) !== b) continue;
      if (n > 2 && f.arg(v, 2) !== c) continue;
      return v;
    }
    const v = this.emit(op, type, a, b, c, immLo, immHi, aux);
    this.table[at] = v;
    this.stamps[at] = this.stamp;
    return v;
  }

  private emit(
    op: Op,
    type: Type,
    a: number,
    b: number,
    c: number,
    immLo: number,
    immHi: number,
    aux: number,
  ): number {
    const f = this.f;
    const v = f.create(op, type, immLo, immHi, aux);
    if (a !== 0) f.pushArg(v, a);
    if (b !== 0) f.pushArg(v, b);
    if (c !== 0) f.pushArg(v, c);
    this.place(v);
    return v;
  }

  private place(v: number): void {
    const f = this.f;
    f.source[v] = this.source;
    if (this.before !== 0) f.insertBefore(this.before, v);
    else f.append(this.current!, v);
  }

  /** A call: `type` is that of its first result, `immLo` and `aux` as ops.ts says. */
  call(
    op: Op.Call | Op.CallPointer | Op.CallHost,
    type: Type,
    args: readonly number[],
    immLo: number,
    aux: number,
  ): number {
    const f = this.f;
    const v = f.create(op, type, immLo, 0, aux);
    for (const a of args) f.pushArg(v, a);
    this.place(v);
    return v;
  }

  // ---- Terminators: they end `block`, and add its edges ----

  jump(to: Block, args: number[]): void {
    this.emit(Op.Jump, Type.Void, 0, 0, 0, 0, 0, 0);
    this.f.addEdge(this.current!.id, to.id, args);
  }

  /** A branch, or a jump when the condition is known: then only one of the blocks gets an edge. */
  branch(
    condition: number,
    then: Block,
    thenArgs: number[],
    otherwise: Block,
    otherwiseArgs: number[],
  ): void {
    const f = this.f;
    condition = this.truth(condition);
    if (f.op[condition] === Op.Const) {
      if (f.immLo[condition] !== 0) this.jump(then, thenArgs);
      else this.jump(otherwise, otherwiseArgs);
      return;
    }
    const negated = this.negated(condition);
    this.emit(Op.Branch, Type.Void, negated !== 0 ? negated : condition, 0, 0, 0, 0, 0);
    const from = this.current!.id;
    f.addEdge(from, negated !== 0 ? otherwise.id : then.id, negated !== 0 ? otherwiseArgs : thenArgs);
    f.addEdge(from, negated !== 0 ? then.id : otherwise.id, negated !== 0 ? thenArgs : otherwiseArgs);
  }

  /** x, when the condition is x == 0 for an i32 x; otherwise 0. */
  negated(condition: number): number {
    const f = this.f;
    if (f.op[condition] !== Op.Eq) return 0;
    const a = f.resolve(f.arg(condition, 0));
    const b = f.resolve(f.arg(condition, 1));
    return f.type[a] === Type.I32 && f.op[b] === Op.Const && f.immLo[b] === 0 ? this.truth(a) : 0;
  }

  /** A switch over edges 0 .. n - 1, the last being the default; a jump when the index is known. */
  switch(index: number, targets: readonly Block[], args: readonly number[][]): void {
    const f = this.f;
    const last = targets.length - 1;
    if (last === 0 || f.op[index] === Op.Const) {
      const i = last === 0 ? 0 : Math.min(f.immLo[index] >>> 0, last);
      this.jump(targets[i], args[i]);
      return;
    }
    this.emit(Op.Switch, Type.Void, index, 0, 0, 0, 0, 0);
    for (let i = 0; i <= last; i++) f.addEdge(this.current!.id, targets[i].id, args[i]);
  }

  return(values: readonly number[]): void {
    const f = this.f;
    const v = f.create(Op.Return, Type.Void);
    for (const a of values) f.pushArg(v, a);
    this.place(v);
  }

  trap(code: number): void {
    this.emit(Op.Trap, Type.Void, 0, 0, 0, code, 0, 0);
  }
}
