// Random functions of IR: structured control flow over a few variables, each join passing all of them as block parameters, so that passes find
// redundant parameters, invariants, equal loads, known conditions. Nothing is folded while it is made.
import { Func } from "../../compiler/ir/func.ts";
import { Op, ops } from "../../compiler/ir/ops.ts";
import { Alias, accessAux, TrapCode, Type, Width } from "../../compiler/ir/types.ts";
import type { Random } from "./random.ts";
import { value } from "./run-ir.ts";

const { Void, I32, I64, F64 } = Type;
const variableTypes = [I32, I32, I32, I32, I64, I64, F64];

const binary = [
  Op.Add,
  Op.Sub,
  Op.Mul,
  Op.And,
  Op.Or,
  Op.Xor,
  Op.Shl,
  Op.ShrS,
  Op.ShrU,
  Op.Rotl,
  Op.Rotr,
  Op.MulHighS,
  Op.MulHighU,
];
const divisions = [Op.DivS, Op.DivU, Op.RemS, Op.RemU];
const unary = [Op.Clz, Op.Ctz, Op.Popcnt, Op.Bswap, Op.Extend8S, Op.Extend16S];
const compares = [Op.Eq, Op.Ne, Op.LtS, Op.LtU, Op.LeS, Op.LeU, Op.GtS, Op.GtU, Op.GeS, Op.GeU];
const floats = [Op.FAdd, Op.FSub, Op.FMul, Op.FMin, Op.FMax];
const codes = [TrapCode.Unreachable, TrapCode.TableOutOfBounds, TrapCode.UndefinedElement];
const widths = [Width.Full, Width.S8, Width.U8, Width.S16, Width.U16];
const GLOBAL = accessAux(Width.Full, Alias.Global, true);
const GLOBALS = 64;

class Generator {
  private readonly r: Random;
  readonly f = new Func();
  private block = 0;
  private variables: number[] = [];
  private budget: number;
  /** Blocks that break and continue go to. */
  private readonly exits: number[] = [];

  constructor(r: Random, budget: number) {
    this.r = r;
    this.budget = budget;
  }

  private emit(op: Op, type: Type, args: readonly number[], immLo = 0, immHi = 0, aux = 0): number {
    const v = this.f.create(op, type, immLo, immHi, aux);
    for (const a of args) this.f.pushArg(v, a);
    this.f.append(this.f.blocks[this.block], v);
    return v;
  }

  private constant(type: Type): number {
    const [lo, hi] = value(type, this.r);
    return this.emit(Op.Const, type, [], lo, type === I32 ? lo >> 31 : hi);
  }

  private small(limit: number): number {
    return this.emit(Op.Const, I32, [], this.r.below(limit), 0);
  }

  /** A variable of a type, or a constant. */
  private operand(type: Type): number {
    if (this.r.below(4) === 0) return this.constant(type);
    const list = this.variables.filter((_, i) => variableTypes[i] === type);
    return this.r.pick(list);
  }

  private computed(type: Type): number {
    const { r } = this;
    if (type === F64) {
      if (r.below(4) === 0) return this.emit(Op.ConvertS, F64, [this.operand(I32)]);
      return this.emit(r.pick(floats), F64, [this.operand(F64), this.operand(F64)]);
    }
    switch (r.below(12)) {
      case 0:
        return this.emit(r.pick(unary), type, [this.operand(type)]);
      case 1:
        return this.emit(r.pick(divisions), type, [this.operand(type), this.operand(type)]);
      case 2:
        return type === I64
          ? this.emit(r.pick([Op.ExtendS, Op.ExtendU]), I64, [this.operand(I32)])
          : this.emit(Op.Wrap, I32, [this.operand(I64)]);
      case 3:
        return this.emit(Op.Select, type, [this.condition(), this.operand(type), this.operand(type)]);
      case 4:
      case 5:
        return this.load(type);
      case 6:
        return type === I32 ? this.condition() : this.constant(type);
      case 7:
        return this.emit(r.pick([Op.Add, Op.Sub, Op.Mul, Op.And, Op.DivU, Op.RemU, Op.DivS]), type, [
          this.operand(type),
          this.constant(type),
        ]);
      default:
        return this.emit(r.pick(binary), type, [this.operand(type), this.operand(type)]);
    }
  }

  private condition(): number {
    const { r } = this;
    if (r.below(8) === 0) return this.emit(Op.FLt, I32, [this.operand(F64), this.operand(F64)]);
    const type = r.pick([I32, I32, I64]);
    return this.emit(r.pick(compares), I32, [this.operand(type), this.operand(type)]);
  }

  /** An address that is mostly in bounds. */
  private address(): number {
    const { r } = this;
    if (r.below(8) === 0) return this.operand(I32);
    if (r.below(4) === 0) return this.small(256);
    return this.emit(Op.And, I32, [this.operand(I32), this.emit(Op.Const, I32, [], 252, 0)]);
  }

  private load(type: Type): number {
    const { r } = this;
    if (r.below(3) === 0) {
      const base = this.emit(Op.InstanceAddress, I64, [], GLOBALS + 8 * r.below(3));
      return this.emit(Op.RawLoad, type, [base], 0, 0, GLOBAL);
    }
    const width = type === F64 ? Width.Full : r.pick(widths);
    return this.emit(
      Op.Load,
      type,
      [this.address()],
      r.pick([0, 0, 4, 8]),
      0,
      accessAux(width, Alias.Memory),
    );
  }

  private store(): void {
    const { r } = this;
    const type = r.pick([I32, I32, I64, F64]);
    if (r.below(3) === 0) {
      const base = this.emit(Op.InstanceAddress, I64, [], GLOBALS + 8 * r.below(3));
      this.emit(Op.RawStore, Void, [base, this.operand(type)], 0, 0, GLOBAL);
      return;
    }
    const width = type === F64 ? Width.Full : r.pick([Width.Full, Width.U8, Width.U16]);
    const address = this.address();
    const aux = accessAux(width, Alias.Memory);
    this.emit(Op.Store, Void, [address, this.operand(type)], r.pick([0, 0, 4, 8]), 0, aux);
  }

  private newBlock(): number {
    const b = this.f.newBlock();
    for (const t of variableTypes) this.f.addParam(b, t);
    return b.id;
  }

  private start(block: number): void {
    this.block = block;
    this.variables = this.f.blocks[block].params.slice();
    this.f.order.push(block);
  }

  private edge(to: number): void {
    this.f.addEdge(this.block, to, this.variables.slice());
  }

  private jump(to: number): void {
    this.emit(Op.Jump, Void, []);
    this.edge(to);
  }

  private branch(condition: number, then: number, otherwise: number): void {
    this.emit(Op.Branch, Void, [condition]);
    this.edge(then);
    this.edge(otherwise);
  }

  private statements(n: number, depth: number): void {
    for (let i = 0; i < n; i++) this.statement(depth);
  }

  private statement(depth: number): void {
    const { r } = this;
    if (--this.budget < 0) return;
    switch (depth > 3 ? 0 : r.below(16)) {
      case 10:
        return this.ifStatement(depth);
      case 11:
        return this.loop(depth);
      case 12:
        return this.switchStatement(depth);
      case 13:
        return this.call();
      case 14:
        if (r.below(3) === 0) {
          this.emit(Op.TrapIf, Void, [this.condition()], r.pick(codes));
          return;
        }
        return this.leave();
      case 7:
      case 8:
      case 9:
        return this.store();
      default: {
        const i = r.below(variableTypes.length);
        this.variables[i] = this.computed(variableTypes[i]);
      }
    }
  }

  private call(): void {
    const v = this.emit(Op.Call, I32, [this.operand(I32), this.operand(I64)], this.r.below(3), 0, 0);
    if (this.r.below(3) !== 0) this.variables[this.r.below(4)] = v;
  }

  private ifStatement(depth: number): void {
    const [then, otherwise, end] = [this.newBlock(), this.newBlock(), this.newBlock()];
    this.branch(this.condition(), then, otherwise);
    for (const arm of [then, otherwise]) {
      this.start(arm);
      this.statements(this.r.below(3), depth + 1);
      this.jump(end);
    }
    this.start(end);
  }

  /** Leaves the function, an outer loop, or traps, on a condition. */
  private leave(): void {
    const { r } = this;
    const [out, on] = [this.newBlock(), this.newBlock()];
    this.branch(this.condition(), out, on);
    this.start(out);
    if (this.exits.length > 0 && r.below(3) !== 0) this.jump(r.pick(this.exits));
    else if (r.below(2) === 0) this.emit(Op.Trap, Void, [], r.pick(codes));
    else this.return();
    this.start(on);
  }

  private return(): void {
    this.emit(Op.Return, Void, [this.operand(I32), this.operand(I64), this.operand(F64)]);
  }

  /** Variable 0 often counts, so that many loops end; the test is at the top or at the bottom. */
  private loop(depth: number): void {
    const { r } = this;
    const [header, body, end] = [this.newBlock(), this.newBlock(), this.newBlock()];
    if (r.below(4) !== 0) this.variables[0] = this.small(4);
    this.jump(header);
    this.start(header);
    const limit = this.small(12);
    const bottom = r.below(2) === 0;
    if (bottom) this.jump(body);
    else this.branch(this.emit(Op.LtS, I32, [this.variables[0], limit]), body, end);
    this.start(body);
    this.exits.push(end);
    this.statements(1 + r.below(4), depth + 1);
    this.exits.pop();
    const step = this.emit(Op.Const, I32, [], 1 + r.below(3), 0);
    this.variables[0] = this.emit(Op.Add, I32, [this.variables[0], step]);
    if (bottom) this.branch(this.emit(Op.LtU, I32, [this.variables[0], this.small(12)]), header, end);
    else this.jump(header);
    this.start(end);
  }

  private switchStatement(depth: number): void {
    const arms = Array.from({ length: 2 + this.r.below(4) }, () => this.newBlock());
    const end = this.newBlock();
    this.emit(Op.Switch, Void, [this.operand(I32)]);
    for (const arm of arms) this.edge(arm);
    if (this.r.below(2) === 0) this.edge(arms[0]);
    this.edge(end);
    for (const arm of arms) {
      this.start(arm);
      this.statements(this.r.below(3), depth + 1);
      this.jump(end);
    }
    this.start(end);
  }

  generate(): Func {
    const { f } = this;
    const params = [I32, I32, I64, F64];
    const signature = { params: [I32, I64], results: [I32] };
    f.reset("random", 0, { params, results: [I32, I64, F64] }, [signature]);
    const entry = f.newBlock();
    for (const t of params) f.addParam(entry, t);
    f.order.push(0);
    const given = entry.params;
    this.variables = variableTypes.map((t) => {
      const i = params.indexOf(t);
      return this.r.below(3) === 0 ? this.constant(t) : given[i];
    });
    this.statements(4 + this.r.below(12), 0);
    this.return();
    return f;
  }
}

/** A function of about `budget` statements; it verifies. */
export function randomFunc(r: Random, budget: number): Func {
  if (ops.length === 0) throw new Error("no ops");
  return new Generator(r, budget).generate();
}
