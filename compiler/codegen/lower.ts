// Lowering: SSA IR to VCode through a target's rule table.
//
// Blocks are visited in postorder and instructions bottom-up, so that when an instruction is reached all its uses are known: a
// pure value nobody demanded costs nothing, and a rule may absorb the producers of its operands (address arithmetic,
// compares, loads) because they have not been emitted yet.
//
// Invariants:
// - The engine alone decides whether a producer may be absorbed (see `absorbable`); a pattern only states shape.
// - A rule's emit function appends instructions in execution order; the engine places them in front of what it has.
// - An effectful instruction is emitted exactly once, absorbed or not.

import type { Block, Func, Signature } from "../ir/func.ts";
import { Effect, Op, opEffect, ops } from "../ir/ops.ts";
import { auxNonTrapping, Type } from "../ir/types.ts";
import { mapNumbers, none8, none32 } from "../support/arrays.ts";
import { assignLocations, type Location } from "./calls.ts";
import { postorder, splitCriticalEdges } from "./edges.ts";
import type { InstRow } from "./insts.ts";
import { type Pattern, ruleKey } from "./pattern.ts";
import type { Callee, CodegenOptions, Target } from "./target.ts";
import { Constraint, packOperand, VCode } from "./vcode.ts";

/** Instructions that a value may sink across. */
const FARTHEST_SINK = 64;

/** The engine and its state: number of IR uses up to 2, effect groups and virtual registers, by value of the function being lowered. */
export class Lowering {
  readonly target: Target;
  readonly options: CodegenOptions;
  f!: Func;
  /** What rules append to; instruction order is settled by `finish`. */
  code = new VCode();
  private final = new VCode();
  private vregs = none32;
  private uses = none8;
  private absorbed = none8;
  private group = none32;
  private sequence: number[] = [];
  private layoutIndex = none32;
  private captured = new Int32Array(32);
  private capturedCount = 0;
  private matched = new Int32Array(32);
  private matchedCount = 0;
  private rows: readonly InstRow[];
  private readonly freeConversion: Op;
  private currentSource = 0;
  private currentBlock = -1;
  private successors: number[] = [];

  constructor(target: Target, options: CodegenOptions) {
    this.target = target;
    this.options = options;
    this.rows = target.insts.rows;
    this.freeConversion = target.freeConversion ?? Op.Nop;
  }

  // ---- What rules use ----

  /** The virtual register that holds value v; demands v. */
  reg(v: number): number {
    const r = this.vregs[v];
    if (r !== 0) return r;
    if (this.f.op[v] === this.freeConversion) return (this.vregs[v] = this.reg(this.f.arg(v, 0)));
    return (this.vregs[v] = this.newReg(this.f.type[v]));
  }

  /** True when an instruction lowered so far needs v in a register. */
  isDemanded(v: number): boolean {
    return this.vregs[v] !== 0;
  }

  /** The register that a rule for v must define. */
  result(v: number): number {
    return this.reg(v);
  }

  newReg(type: Type): number {
    return this.code.newVreg(type === Type.I32 && this.target.wholeRegisters === true ? Type.I64 : type);
  }

  isConst(v: number): boolean {
    return this.f.op[v] === Op.Const;
  }
  lo(v: number): number {
    return this.f.immLo[v];
  }
  hi(v: number): number {
    return this.f.immHi[v];
  }

  /** True when instruction v has uses besides the one asking. */
  hasOtherUses(v: number): boolean {
    return this.uses[v] > 1;
  }

  /** True when v is needed after instruction `user`, which is being lowered, as far as is known: what follows it has been lowered already. */
  isLiveAfter(v: number, user: number): boolean {
    const source = this.f.op[v] === this.freeConversion ? this.f.arg(v, 0) : v;
    return this.vregs[source] !== 0 || this.isOutsideLoop(source, user);
  }

  /** True when v is computed outside a loop that holds instruction `user`. */
  isOutsideLoop(v: number, user: number): boolean {
    const { block, blocks } = this.f;
    return blocks[block[v]].loopDepth < blocks[block[user]].loopDepth;
  }

  /**
   * True when the pure instruction v can be computed where `user` is, which is being lowered: it stands in front of it in the same block, not far, and nothing
   * between them reads it but `reader`. The rule that does so calls `done`.
   */
  canSink(v: number, user: number, reader = 0): boolean {
    const { f } = this;
    if (f.block[v] !== f.block[user] || f.argCount[v] === 0) return false;
    for (let w = f.prev[user], n = 0; w !== v; w = f.prev[w]) {
      if (w === 0 || ++n > FARTHEST_SINK) return false;
      // What was put together with something else is computed behind the user.
      if (w === reader || this.absorbed[w] !== 0) continue;
      for (let i = f.argStart[w] + f.argCount[w] - 1; i >= f.argStart[w]; i--)
        if (f.pool[i] === v) return false;
    }
    return true;
  }

  /** Tells that pure instruction v, which has not been lowered yet, was put together with the one that is being lowered. */
  done(v: number): void {
    this.absorbed[v] = 1;
  }

  /** Appends a row with virtual registers for the row's operands in order; returns nothing: use imm, aux, symbol, extra after it. */
  put(row: number, a = 0, b = 0, c = 0, d = 0, e = 0, g = 0): void {
    const code = this.code;
    const i = code.append(row);
    code.source[i] = this.currentSource;
    const specs = this.rows[row].operands;
    const n = specs.length;
    if (n > 0) code.addOperand(specs[0] | (a << 10));
    if (n > 1) code.addOperand(specs[1] | (b << 10));
    if (n > 2) code.addOperand(specs[2] | (c << 10));
    if (n > 3) code.addOperand(specs[3] | (d << 10));
    if (n > 4) code.addOperand(specs[4] | (e << 10));
    if (n > 5) code.addOperand(specs[5] | (g << 10));
  }

  /** Sets the immediate of the instruction put last. */
  imm(lo: number, hi: number = lo >> 31): void {
    const i = this.code.count - 1;
    this.code.immLo[i] = lo;
    this.code.immHi[i] = hi;
  }
  aux(aux: number): void {
    this.code.aux[this.code.count - 1] = aux;
  }
  symbol(symbol: number): void {
    this.code.symbol[this.code.count - 1] = symbol;
  }
  /** Adds a use in any register to the instruction put last (address registers). */
  extraUse(vreg: number): void {
    this.code.addOperand(packOperand(vreg, false, Constraint.Register));
  }
  extraUseFixed(vreg: number, register: number): void {
    this.code.addOperand(packOperand(vreg, false, Constraint.Fixed, register));
  }
  extraDefFixed(vreg: number, register: number): void {
    this.code.addOperand(packOperand(vreg, true, Constraint.Fixed, register));
  }

  /** Layout index of successor number i of the block being lowered: the {b} of terminators. */
  successor(i: number): number {
    return this.successors[i];
  }

  /** Registers a jump table over successors and returns its number. */
  jumpTable(successors: number[]): number {
    this.code.jumpTables.push(successors);
    return this.code.jumpTables.length - 1;
  }

  /**
   * Tries to match value v (an operand of the instruction being lowered) against a pattern, absorbing what it matches; returns the captures
   * (preorder, v first) or undefined. For shapes that rules compose, such as address modes.
   */
  match(v: number, pattern: Pattern, consumer: number): Int32Array | undefined {
    this.capturedCount = 0;
    this.matchedCount = 0;
    if (!this.matchValue(v, pattern, consumer)) return undefined;
    this.commit();
    return this.captured;
  }

  // ---- The engine ----

  /** `shared`: v is computed again for another user of what absorbs it, so effects must stay where they are. */
  private matchValue(v: number, p: Pattern, consumer: number, shared = false): boolean {
    const f = this.f;
    if (this.capturedCount === this.captured.length) throw new Error("pattern too large");
    this.captured[this.capturedCount++] = v;
    if (p.kind === "any") return true;
    if (p.kind === "const")
      return f.op[v] === Op.Const && (p.accept === undefined || p.accept(f.immLo[v], f.immHi[v]));
    if (f.op[v] !== p.op || (p.type !== undefined && f.type[v] !== p.type)) return false;
    if (!this.absorbable(v, consumer, p.duplicate === true)) return false;
    if (shared && opEffect[f.op[v]] !== Effect.Pure) return false;
    const repeated = shared || this.uses[v] > 1;
    this.matched[this.matchedCount++] = v;
    const args = p.args!;
    const mark = this.capturedCount;
    const markMatched = this.matchedCount;
    if (this.matchArgs(v, args, consumer, repeated, false)) return true;
    if (args.length === 2 && p.ordered !== true && ops[f.op[v]].commutes && args[0].kind !== args[1].kind) {
      this.capturedCount = mark;
      this.matchedCount = markMatched;
      return this.matchArgs(v, args, consumer, repeated, true);
    }
    return false;
  }

  private matchArgs(
    v: number,
    args: readonly Pattern[],
    consumer: number,
    shared: boolean,
    swap: boolean,
  ): boolean {
    const f = this.f;
    // Captures stay in pattern order.
    for (let i = 0; i < args.length; i++)
      if (!this.matchValue(f.arg(v, swap ? 1 - i : i), args[i], consumer, shared)) return false;
    return true;
  }

  /**
   * A producer may be computed inside its user when nobody else needs it (or the pattern says that computing it again is free), and it is pure or a
   * load with no effect in between, and not in an outer loop (its work would be repeated).
   */
  private absorbable(v: number, consumer: number, duplicate: boolean): boolean {
    const f = this.f;
    const effect = opEffect[f.op[v]];
    if (effect > Effect.Read || effect === Effect.Trap) return false;
    if (this.uses[v] > 1 && !(duplicate && effect === Effect.Pure)) return false;
    if (effect === Effect.Read)
      return (
        f.block[v] === f.block[consumer] && this.group[v] === this.group[consumer] && this.vregs[v] === 0
      );
    if (f.block[v] === f.block[consumer] || duplicate) return true;
    return f.blocks[f.block[consumer]].loopDepth <= f.blocks[f.block[v]].loopDepth;
  }

  private commit(): void {
    for (let i = 0; i < this.matchedCount; i++) {
      const v = this.matched[i];
      if (opEffect[this.f.op[v]] !== Effect.Pure) this.absorbed[v] = 1;
    }
  }

  private applyRules(v: number): void {
    const f = this.f;
    const op = f.op[v] as Op;
    const n = f.argCount[v];
    const typed = op === Op.Store || op === Op.RawStore ? 1 : 0;
    const operand = n > typed ? f.type[f.arg(v, typed)] : Type.Void;
    const list = this.target.rules.lists[ruleKey(op, f.type[v], operand)];
    if (list !== undefined) {
      for (let i = 0; i < list.length; i++) {
        const rule = list[i];
        if (rule.when !== undefined && !rule.when(this)) continue;
        this.capturedCount = 0;
        this.matchedCount = 0;
        const patterns = rule.patterns;
        let ok = true;
        for (let k = 0; k < patterns.length && ok; k++) ok = this.matchValue(f.arg(v, k), patterns[k], v);
        if (!ok) continue;
        // Unpatterned arguments are captured as well, so that c covers all of them.
        for (let k = patterns.length; k < n && k < 8; k++) this.captured[this.capturedCount++] = f.arg(v, k);
        this.commit();
        rule.emit(this, v, this.captured);
        return;
      }
    }
    throw new Error(
      `no rule for ${ops[op].name} (result ${f.type[v]}, operand ${operand}) on ${this.target.name}`,
    );
  }

  /** Lowers a whole function. The result is valid until the next call. */
  lower(f: Func): VCode {
    this.f = f;
    splitCriticalEdges(f);
    this.prepare();
    const order = f.order;
    if (this.layoutIndex.length < f.blocks.length) this.layoutIndex = new Int32Array(f.blocks.length * 2);
    for (let i = 0; i < order.length; i++) this.layoutIndex[order[i]] = i;
    const ranges = new Int32Array(order.length * 2);
    this.sequence.length = 0;
    for (const id of postorder(f)) {
      const at = this.layoutIndex[id];
      ranges[2 * at] = this.sequence.length;
      this.lowerBlock(f.blocks[id]);
      ranges[2 * at + 1] = this.sequence.length;
    }
    return this.finish(ranges);
  }

  private prepare(): void {
    const f = this.f;
    const n = f.count;
    if (this.vregs.length < n) {
      this.vregs = new Int32Array(n * 2);
      this.uses = new Uint8Array(n * 2);
      this.absorbed = new Uint8Array(n * 2);
      this.group = new Int32Array(n * 2);
    }
    this.vregs.fill(0, 0, n);
    this.uses.fill(0, 0, n);
    this.absorbed.fill(0, 0, n);
    this.code.reset(f.name);
    let group = 0;
    /** The op of the last load in the group that may trap. */
    let trapping: number = Op.Nop;
    for (const id of f.order) {
      const b = f.blocks[id];
      group++;
      for (let v = b.first; v !== 0; v = f.next[v]) {
        const effect = opEffect[f.op[v]];
        // Loads of linear memory and loads through references trap differently: they may not change places.
        if (effect === Effect.Read && !auxNonTrapping(f.aux[v])) {
          if (trapping !== Op.Nop && trapping !== f.op[v]) group++;
          trapping = f.op[v];
        }
        this.group[v] = group;
        if (effect === Effect.Trap || effect >= Effect.Write) {
          group++;
          trapping = Op.Nop;
        }
        const start = f.argStart[v];
        for (let i = start + f.argCount[v] - 1; i >= start; i--) this.countUse(f.pool[i]);
      }
      for (const e of b.succs) for (const a of f.edges[e].args) this.countUse(a);
    }
  }

  private countUse(v: number): void {
    if (this.uses[v] < 2) this.uses[v]++;
  }

  private lowerBlock(b: Block): void {
    const f = this.f;
    this.currentBlock = b.id;
    const successors: number[] = [];
    for (const e of b.succs) successors.push(this.layoutIndex[f.edges[e].to]);
    this.successors = successors;
    for (let v = b.last; v !== 0; v = f.prev[v]) {
      const op = f.op[v];
      if (op === Op.Result || op === Op.Nop || op === this.freeConversion) continue;
      if (opEffect[op] === Effect.Pure ? this.absorbed[v] !== 0 || this.vregs[v] === 0 : this.isAbsorbed(v))
        continue;
      const start = this.code.count;
      this.currentSource = f.source[v];
      this.lowerInstruction(v, op);
      for (let i = this.code.count - 1; i >= start; i--) this.sequence.push(i);
    }
    if (b.id === f.order[0]) this.lowerEntry(b);
  }

  /** True when an instruction with an effect was absorbed. A rule that absorbs what others need as well must not go unseen: the register would have no value. */
  private isAbsorbed(v: number): boolean {
    if (this.absorbed[v] === 0) return false;
    if (this.vregs[v] !== 0) throw new Error(`v${v} was absorbed by an instruction and is needed by another`);
    return true;
  }

  private lowerInstruction(v: number, op: Op): void {
    switch (op) {
      case Op.Call:
        this.lowerCall(v, { kind: "direct", symbol: this.options.functionSymbol(this.f.immLo[v]) }, 0);
        return;
      case Op.CallPointer:
        this.lowerCall(v, { kind: "pointer", value: this.f.arg(v, 0), call: v }, 1);
        return;
      case Op.CallHost:
        this.lowerCall(v, { kind: "host", symbol: this.f.immLo[v] }, 0);
        return;
      case Op.Jump:
        // Demand the edge's values before what computes them is reached.
        for (const a of this.f.edges[this.f.blocks[this.currentBlock].succs[0]].args) this.reg(a);
        this.target.lowerJump(this, this.successors[0]);
        return;
      case Op.Return:
        this.lowerReturn(v);
        return;
      default:
        this.applyRules(v);
    }
  }

  /** Arguments to registers and outgoing slots, the call, results from registers. */
  private lowerCall(v: number, callee: Callee, firstArg: number): void {
    const f = this.f;
    const host = callee.kind === "host";
    const convention = host ? this.target.hostConvention : this.target.convention;
    const signature: Signature = f.signatures[f.aux[v]];
    const n = f.argCount[v] - firstArg;
    const types: Type[] = [];
    for (let i = 0; i < n; i++) types.push(f.type[f.arg(v, firstArg + i)]);
    const locations = assignLocations(types, convention.intArgs, convention.floatArgs);
    for (let i = 0; i < n; i++) {
      const l = locations.list[i];
      if (l.register < 0)
        this.target.lowerOutgoing(this, this.reg(f.arg(v, firstArg + i)), types[i], l.offset);
    }
    this.code.hasCalls = true;
    if (locations.stackBytes > this.code.outgoingBytes) this.code.outgoingBytes = locations.stackBytes;
    this.target.lowerCall(this, callee, host ? 0 : locations.stackBytes);
    for (let i = 0; i < n; i++) {
      const l = locations.list[i];
      if (l.register >= 0) this.extraUseFixed(this.reg(f.arg(v, firstArg + i)), l.register);
    }
    this.callResults(v, signature, convention.intResults, convention.floatResults);
  }

  private callResults(
    v: number,
    signature: Signature,
    ints: readonly number[],
    floats: readonly number[],
  ): void {
    const f = this.f;
    if (signature.results.length === 0) return;
    const locations = assignLocations(signature.results, ints, floats);
    const place = (value: number, l: Location): void => {
      if (this.vregs[value] !== 0 && l.register >= 0) this.extraDefFixed(this.vregs[value], l.register);
    };
    place(v, locations.list[0]);
    for (let w = f.next[v]; w !== 0 && f.op[w] === Op.Result; w = f.next[w])
      place(w, locations.list[f.immLo[w]]);
  }

  private lowerReturn(v: number): void {
    const f = this.f;
    const types: Type[] = [];
    for (let i = 0; i < f.argCount[v]; i++) types.push(f.type[f.arg(v, i)]);
    const c = this.target.convention;
    const locations = assignLocations(types, c.intResults, c.floatResults);
    this.target.lowerReturn(this, assignLocations(f.signature.params, c.intArgs, c.floatArgs).stackBytes);
    for (let i = 0; i < types.length; i++)
      this.extraUseFixed(this.reg(f.arg(v, i)), locations.list[i].register);
  }

  /** The function's parameters: registers through the args row, stack ones loaded on entry. */
  private lowerEntry(b: Block): void {
    const c = this.target.convention;
    const start = this.code.count;
    this.currentSource = 0;
    const locations = assignLocations(this.f.signature.params, c.intArgs, c.floatArgs);
    this.code.incomingBytes = locations.stackBytes;
    this.put(ARGS_ROW);
    for (let i = 0; i < b.params.length; i++) {
      const l = locations.list[i];
      const r = this.vregs[b.params[i]];
      if (r !== 0 && l.register >= 0) this.extraDefFixed(r, l.register);
    }
    for (let i = 0; i < b.params.length; i++) {
      const l = locations.list[i];
      const r = this.vregs[b.params[i]];
      if (r !== 0 && l.register < 0) this.target.lowerIncoming(this, r, this.f.type[b.params[i]], l.offset);
    }
    for (let i = this.code.count - 1; i >= start; i--) this.sequence.push(i);
  }

  /** Copies the instructions into their final order and describes the blocks. */
  private finish(ranges: Int32Array): VCode {
    const f = this.f;
    const from = this.code;
    const to = this.final;
    to.reset(f.name);
    const blockCount = f.order.length;
    // Parameters are registers even when nothing uses them: edges still pass them.
    to.blockParams.push([]);
    for (let i = 1; i < blockCount; i++)
      to.blockParams.push(mapNumbers(f.blocks[f.order[i]].params, (p) => this.reg(p)));
    for (let i = 0; i < blockCount; i++) {
      const b = f.blocks[f.order[i]];
      to.blockStart.push(to.count);
      for (let k = ranges[2 * i + 1] - 1; k >= ranges[2 * i]; k--) copyInst(from, this.sequence[k], to);
      to.blockSuccs.push(mapNumbers(b.succs, (e) => this.layoutIndex[f.edges[e].to]));
      to.blockPreds.push(mapNumbers(b.preds, (e) => this.layoutIndex[f.edges[e].from]));
      to.blockArgs.push(
        b.succs.length === 1 ? mapNumbers(f.edges[b.succs[0]].args, (a) => this.vregs[a]) : [],
      );
      to.blockLoopDepth.push(b.loopDepth);
      to.blockCold.push(b.cold);
    }
    to.blockStart.push(to.count);
    to.blockCount = blockCount;
    to.vregCount = from.vregCount;
    if (to.vregType.length < from.vregCount) to.vregType = new Uint8Array(from.vregType.length);
    to.vregType.set(from.vregType.subarray(0, from.vregCount));
    to.jumpTables = from.jumpTables.slice();
    to.outgoingBytes = from.outgoingBytes;
    to.incomingBytes = from.incomingBytes;
    to.hasCalls = from.hasCalls;
    return to;
  }
}

/** Row 0 of every table: defines the parameters in their registers; prints nothing. */
export const ARGS_ROW = 0;

function copyInst(from: VCode, i: number, to: VCode): void {
  const k = to.append(from.op[i]);
  to.immLo[k] = from.immLo[i];
  to.immHi[k] = from.immHi[i];
  to.aux[k] = from.aux[i];
  to.symbol[k] = from.symbol[i];
  to.source[k] = from.source[i];
  const end = from.operandStart[i + 1];
  for (let o = from.operandStart[i]; o < end; o++) to.addOperand(from.operands[o]);
}
