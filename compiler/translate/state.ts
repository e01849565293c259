// The state of translating one function body: reader, builder, operand stack, control frames, locals. One State is reused for
// all functions of a module.
//
// The operand stack holds value ids. In unreachable code nothing is built and the stack is not kept: `reachable` is false and operators are
// only stepped over.
import { Builder } from "../ir/build.ts";
import type { Block, Func, Signature } from "../ir/func.ts";
import { Op } from "../ir/ops.ts";
import { Alias, accessAux, isFloat, Type, Width } from "../ir/types.ts";
import { CompileError } from "../support/error.ts";
import { opcodes } from "../wasm/opcodes.ts";
import { Reader } from "../wasm/reader.ts";
import type { Environment } from "./environment.ts";
import { ModuleFacts } from "./facts.ts";
import { Locals } from "./locals.ts";
import { makesNaN } from "./numeric.ts";
import { type TranslatedType, TypeTable } from "./types.ts";

export enum FrameKind {
  Function = 0,
  Block = 1,
  Loop = 2,
  If = 3,
  Else = 4,
}

/** A control frame: a block, loop or if that is open. */
export class Frame {
  kind: FrameKind = FrameKind.Function;
  type!: TranslatedType;
  /** Operand stack height below the parameters. */
  height = 0;
  /** The block a branch to the label goes to; undefined: not needed yet. */
  label: Block | undefined;
  region = 0;
  /** If: the edge taken when the condition is zero (-1: it never is), and the parameters for it. */
  elseEdge = 0;
  saved: number[] = none;
}

const none: number[] = [];

/** Aux of reading an instance field that is set once. */
export const CONSTANT = accessAux(Width.Full, Alias.Constant, true);
/** Aux of reading or writing an instance field that changes. */
export const FIELD = accessAux(Width.Full, Alias.Instance, true);

export class State {
  readonly env: Environment;
  readonly types: TypeTable;
  readonly facts: ModuleFacts;
  readonly r: Reader;
  readonly b: Builder;
  readonly locals: Locals;
  f: Func;
  /** Type of the function. */
  type!: TranslatedType;
  /** Byte offset of the operator being translated. */
  at = 0;
  reachable = true;
  /** Open blocks inside unreachable code. */
  skipped = 0;
  stack: number[] = [];
  height = 0;
  readonly frames: Frame[] = [];
  depth = 0;
  /** Numbers in f.signatures of signatures met before; cleared for each function. */
  private readonly signatureNumbers = new Map<Signature, number>();
  private readonly canonicalNaN: boolean;

  constructor(env: Environment, f: Func) {
    this.env = env;
    this.f = f;
    this.b = new Builder(f);
    this.locals = new Locals(this.b);
    this.types = new TypeTable(env.module);
    this.facts = new ModuleFacts(env);
    this.r = new Reader(env.module.bytes);
    this.canonicalNaN = env.canonicalNaN;
  }

  /** Resets f to an empty function with an entry block that has its parameters. */
  begin(f: Func, name: string, index: number, type: TranslatedType): void {
    this.f = f;
    this.type = type;
    f.reset(name, index, type.signature, []);
    this.signatureNumbers.clear();
    this.height = 0;
    this.depth = 0;
    this.skipped = 0;
    this.reachable = true;
    const entry = f.newBlock();
    for (const t of type.params) f.addParam(entry, t);
    this.b.attach(f);
    this.start(entry);
  }

  /** Goes on with block b, which comes next in the order. */
  start(b: Block): void {
    this.f.order.push(b.id);
    this.b.block = b;
    this.reachable = true;
  }

  push(v: number): void {
    this.stack[this.height++] = v;
  }

  /** Takes an operand whose NaN bits may matter. */
  pop(): number {
    const v = this.stack[--this.height];
    return this.canonicalNaN ? this.canonical(v) : v;
  }

  /** Takes an operand of arithmetic, which does not care which NaN it gets. */
  popRaw(): number {
    return this.stack[--this.height];
  }

  /** The operands from stack position `from` up, without taking them. */
  operands(from: number): number[] {
    const list: number[] = [];
    for (let i = from; i < this.height; i++)
      list.push(this.canonicalNaN ? this.canonical(this.stack[i]) : this.stack[i]);
    return list;
  }

  popMany(n: number): number[] {
    const list = this.operands(this.height - n);
    this.height -= n;
    return list;
  }

  /** v with any NaN replaced by the canonical one, if it comes from arithmetic. */
  private canonical(v: number): number {
    const { f, b } = this;
    const type = f.type[v] as Type;
    if (!isFloat(type) || !makesNaN(f.op[v])) return v;
    const nan = b.constant(type, type === Type.F32 ? 0x7fc00000 : 0, 0x7ff80000);
    return b.value(Op.Select, type, b.value(Op.FNe, Type.I32, v, v), nan, v);
  }

  /** Number of a signature in f.signatures. */
  signature(signature: Signature): number {
    let n = this.signatureNumbers.get(signature);
    if (n === undefined) {
      n = this.f.signatures.push(signature) - 1;
      this.signatureNumbers.set(signature, n);
    }
    return n;
  }

  instance(offset: number): number {
    return this.b.value(Op.InstanceAddress, Type.I64, 0, 0, 0, offset);
  }

  /** Reads 64 bits at base + offset that never change. */
  loadConstant(base: number, offset = 0): number {
    return this.b.value(Op.RawLoad, Type.I64, base, 0, 0, offset, 0, CONSTANT);
  }

  /** Reads 64 bits at base + offset of an instance's descriptors. */
  loadField(base: number, offset: number): number {
    return this.b.value(Op.RawLoad, Type.I64, base, 0, 0, offset, 0, FIELD);
  }

  trapIf(condition: number, code: number): void {
    this.b.value(Op.TrapIf, Type.Void, condition, 0, 0, code);
  }

  /** Refuses the operator at hand. */
  unsupported(code: number): never {
    throw new CompileError(
      `needs SIMD: operator ${opcodes[code]?.name ?? `0x${code.toString(16)}`}`,
      { offset: this.at },
      "unsupported",
    );
  }
}
