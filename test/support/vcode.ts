// Random VCode over a made-up target, and a machine that runs it with and without registers, for tests of the allocators.
//
// The target has few registers and a row for every constraint: fixed and reused operands, late uses, early definitions, clobbers,
// memory operands, repeatable constants. An instruction's results are hashes of its inputs; `observe` rows and returns make a trace.
// Programs are structured (sequences, branches, switches, loops), so every value defined so far in enclosing code dominates.

import {
  def,
  defEarly,
  defFixed,
  defReuse,
  InstFlag,
  InstTable,
  use,
  useAny,
  useFixed,
  useLate,
} from "../../compiler/codegen/insts.ts";
import { type Allocation, DELETED, EditKind } from "../../compiler/codegen/regalloc/types.ts";
import type { CodegenOptions, Target } from "../../compiler/codegen/target.ts";
import {
  Constraint,
  FLOAT_BASE,
  operandIsDef,
  operandVreg,
  packOperand,
  SLOT_BASE,
  VCode,
} from "../../compiler/codegen/vcode.ts";
import { Type } from "../../compiler/ir/types.ts";
import { Random } from "./random.ts";

const F = FLOAT_BASE;
const clobbers = [0, 1, 2, 3, F, F + 1, F + 2, F + 3];

function rows(table: InstTable) {
  const { Rematerialize, Variadic, Call, Terminator, Return, Move } = InstFlag;
  return {
    constant: table.add("constant", "", [def], Rematerialize),
    unary: table.add("unary", "", [def, use]),
    binary: table.add("binary", "", [def, use, use]),
    two: table.add("two", "", [use, use, defReuse(0)]),
    memory: table.add("memory", "", [use, useAny, defReuse(0)]),
    any: table.add("any", "", [def, useAny, use]),
    shift: table.add("shift", "", [use, useFixed(1), defReuse(0)]),
    divide: table.add("divide", "", [useFixed(0), use, defFixed(0), defFixed(2)]),
    divideLate: table.add("divide_late", "", [useFixed(0), useLate, defReuse(0)], 0, [2]),
    late: table.add("late", "", [def, useLate, use]),
    early: table.add("early", "", [defEarly, use, use]),
    pair: table.add("pair", "", [def, def, use]),
    toFloat: table.add("to_float", "", [def, use]),
    clobber: table.add("clobber", "", [use, def], 0, [0, 3]),
    move: table.add("move", "", [def, use], Move),
    observe: table.add("observe", "", [use]),
    observeAny: table.add("observe_any", "", [useAny]),
    call: table.add("call", "", [], Call | Variadic, clobbers),
    callPointer: table.add("call_pointer", "", [use], Call | Variadic, clobbers),
    jump: table.add("jump", "", [], Terminator),
    branch: table.add("branch", "", [use], Terminator),
    ret: table.add("ret", "", [], Terminator | Return | Variadic),
  };
}
type Rows = ReturnType<typeof rows>;

/** A target with 6 integer registers (4 and 5 are callee-saved), 5 float registers and `extra` more of each. */
export function syntheticTarget(extra: number): { target: Target; row: Rows } {
  const insts = new InstTable();
  const row = rows(insts);
  const more = Array.from({ length: extra }, (_, k) => 6 + k);
  const target = {
    name: "synthetic",
    insts,
    registerName: (r: number) => (r < F ? `r${r}` : `f${r - F}`),
    allocatable: (isFloat: boolean) =>
      isFloat ? [F, F + 1, F + 2, F + 3, F + 4, ...more.map((r) => F + r)] : [0, 1, 2, 3, 4, 5, ...more],
    calleeSaved: [4, 5, ...more, F + 4, ...more.map((r) => F + r)],
    scratch: { int: 31, float: F + 31 },
    convention: { clobbers },
  } as unknown as Target;
  return { target, row };
}

export const syntheticOptions = { optimize: 2 } as CodegenOptions;

interface RandomInst {
  op: number;
  imm: number;
  operands: number[];
}
interface RandomBlock {
  insts: RandomInst[];
  params: number[];
  args: number[];
  succs: RandomBlock[];
  depth: number;
  cold: boolean;
  index: number;
}

/** How programs look: sizes and likelihoods. */
export interface Shape {
  /** Instructions, about. */
  size: number;
  /** How far back operands reach: how many values are alive. */
  reach: number;
  floats: boolean;
  calls: boolean;
}

class Generator {
  private readonly random: Random;
  private readonly shape: Shape;
  private readonly row: Rows;
  private readonly code: VCode;
  private readonly blocks: RandomBlock[] = [];
  private block!: RandomBlock;
  private values: number[] = [];
  private left: number;

  constructor(random: Random, shape: Shape, row: Rows, code: VCode) {
    this.random = random;
    this.shape = shape;
    this.row = row;
    this.code = code;
    this.left = shape.size;
  }

  generate(): void {
    const { random, row } = this;
    this.block = this.newBlock(0);
    const n = 1 + random.below(4);
    const params: number[] = [];
    for (let k = 0; k < n; k++) params.push(packOperand(this.newValue(Type.I64), true, Constraint.Fixed, k));
    this.block.insts.push({ op: 0, imm: 0, operands: params });
    if (this.shape.floats) this.constant(Type.F64);
    this.sequence(0);
    while (this.left > 0) this.sequence(0);
    this.put(row.ret, 0, [packOperand(this.pick(Type.I64), false, Constraint.Fixed, 0)]);
    this.serialize();
  }

  private newBlock(depth: number): RandomBlock {
    const block: RandomBlock = {
      insts: [],
      params: [],
      args: [],
      succs: [],
      depth,
      cold: this.random.below(8) === 0,
      index: this.blocks.length,
    };
    this.blocks.push(block);
    return block;
  }

  private newValue(type: Type): number {
    const v = this.code.newVreg(type);
    this.values.push(v);
    return v;
  }

  /** A value of the class of `type` that is in scope, a new constant if there is none. */
  private pick(type: Type): number {
    const { random, values, shape } = this;
    const n = values.length;
    for (let tries = 0; tries < 6; tries++) {
      const reach = random.below(6) === 0 ? n : Math.min(shape.reach, n);
      const v = values[n - 1 - random.below(reach)];
      if (this.code.vregType[v] === type) return v;
    }
    for (let k = n - 1; k >= 0; k--) if (this.code.vregType[values[k]] === type) return values[k];
    return this.constant(type);
  }

  private put(op: number, imm: number, operands: number[]): void {
    this.block.insts.push({ op, imm, operands });
    this.left--;
  }

  private constant(type: Type): number {
    const v = this.newValue(type);
    this.put(this.row.constant, this.random.below(1000), [def | (v << 10)]);
    return v;
  }

  private type(): Type {
    const { random, shape } = this;
    if (!shape.floats || random.below(3) > 0) return Type.I64;
    return random.below(3) === 0 ? Type.V128 : Type.F64;
  }

  private instruction(): void {
    const { random, row } = this;
    const kind = random.below(this.shape.calls ? 18 : 16);
    const type = this.type();
    const { specs } = this;
    const isInt = type === Type.I64;
    const choice = [
      row.unary,
      row.binary,
      row.binary,
      row.two,
      row.two,
      row.memory,
      row.any,
      row.late,
      row.early,
      row.pair,
      row.move,
      row.observe,
      row.observeAny,
      row.constant,
      isInt ? row.shift : row.two,
      isInt ? random.pick([row.divide, row.divideLate, row.clobber]) : row.toFloat,
    ][kind];
    if (choice === undefined) this.call();
    else if (choice === row.constant) this.constant(type);
    else if (choice === row.toFloat) {
      const from = this.pick(Type.I64);
      this.put(choice, 0, [def | (this.newValue(Type.F64) << 10), use | (from << 10)]);
    } else {
      // Uses first, so that an instruction does not read what it defines.
      const registers = specs(choice).map((o) => (operandIsDef(o) ? 0 : this.pick(type)));
      this.put(
        choice,
        random.below(100),
        specs(choice).map((o, k) => o | ((operandIsDef(o) ? this.newValue(type) : registers[k]) << 10)),
      );
    }
  }

  specs: (op: number) => readonly number[] = () => [];

  private call(): void {
    const { random, row } = this;
    const operands: number[] = [];
    const pointer = random.below(3) === 0;
    if (pointer) operands.push(use | (this.pick(Type.I64) << 10));
    const n = random.below(4);
    for (let k = 0; k < n; k++) operands.push(packOperand(this.pick(Type.I64), false, Constraint.Fixed, k));
    if (this.shape.floats && random.below(2) === 0)
      operands.push(packOperand(this.pick(random.pick([Type.F64, Type.V128])), false, Constraint.Fixed, F));
    if (random.below(3) > 0) operands.push(packOperand(this.newValue(Type.I64), true, Constraint.Fixed, 0));
    if (this.shape.floats && random.below(4) === 0)
      operands.push(packOperand(this.newValue(Type.F64), true, Constraint.Fixed, F));
    this.put(pointer ? row.callPointer : row.call, random.below(100), operands);
  }

  private sequence(depth: number): void {
    const { random } = this;
    const n = 2 + random.below(10);
    for (let k = 0; k < n && this.left > 0; k++) {
      const kind = random.below(15);
      if (kind === 0 && depth < 5) this.branches(depth, 2);
      else if (kind === 1 && depth < 5) this.loop(depth);
      else if (kind === 2 && depth < 5) this.branches(depth, 2 + random.below(4));
      else if (kind === 3) this.chain();
      else this.instruction();
    }
  }

  private jump(to: RandomBlock, args: number[]): void {
    this.block.insts.push({ op: this.row.jump, imm: 0, operands: [] });
    this.block.succs.push(to);
    this.block.args = args;
  }

  private branch(): void {
    this.put(this.row.branch, 0, [use | (this.pick(Type.I64) << 10)]);
  }

  /** Types of new block parameters: sometimes many. */
  private paramTypes(): Type[] {
    const n = this.random.below(8) === 0 ? 6 + this.random.below(8) : this.random.below(4);
    return Array.from({ length: n }, () => this.type());
  }

  private branches(depth: number, ways: number): void {
    const { block } = this;
    const scope = this.values.length;
    this.branch();
    const types = this.paramTypes();
    const ends: { block: RandomBlock; args: number[] }[] = [];
    for (let k = 0; k < ways; k++) {
      this.block = this.newBlock(block.depth);
      block.succs.push(this.block);
      if (k > 0 || ways > 2) this.sequence(depth + 1);
      ends.push({ block: this.block, args: types.map((t) => this.pick(t)) });
      this.values.length = scope;
    }
    const join = this.newBlock(block.depth);
    for (const end of ends) {
      this.block = end.block;
      this.jump(join, end.args);
    }
    this.block = join;
    join.params = types.map((t) => this.newValue(t));
  }

  /** A block with parameters and one predecessor. */
  private chain(): void {
    const types = this.paramTypes();
    const args = types.map((t) => (this.random.below(4) === 0 ? this.constant(t) : this.pick(t)));
    const before = this.block;
    const next = this.newBlock(before.depth);
    this.jump(next, args);
    this.block = next;
    next.params = types.map((t) => this.newValue(t));
  }

  private loop(depth: number): void {
    const outside = this.block.depth;
    const types = this.paramTypes();
    const initial = types.map((t) => this.pick(t));
    const before = this.block;
    const header = this.newBlock(outside + 1);
    this.block = before;
    this.jump(header, initial);
    this.block = header;
    header.params = types.map((t) => this.newValue(t));
    this.sequence(depth + 1);
    const next = types.map((t, k) => (this.random.below(3) === 0 ? header.params[k] : this.pick(t)));
    this.branch();
    const end = this.block;
    const back = this.newBlock(outside + 1);
    // Lowering puts the block that leads back in front of the header.
    if (this.random.below(2) === 0) {
      this.blocks.pop();
      this.blocks.splice(this.blocks.indexOf(header), 0, back);
    }
    end.succs.push(back);
    this.block = back;
    this.jump(header, next);
    this.block = this.newBlock(outside);
    end.succs.push(this.block);
  }

  private serialize(): void {
    const { code } = this;
    this.blocks.forEach((b, i) => {
      b.index = i;
    });
    for (const b of this.blocks) {
      code.blockStart.push(code.count);
      for (const inst of b.insts) {
        const i = code.append(inst.op);
        code.immLo[i] = inst.imm;
        for (const o of inst.operands) code.addOperand(o);
      }
      code.blockParams.push(b.params);
      code.blockSuccs.push(b.succs.map((s) => s.index));
      code.blockPreds.push([]);
      code.blockArgs.push(b.args);
      code.blockLoopDepth.push(b.depth);
      code.blockCold.push(b.cold);
      if (b.insts.some((inst) => inst.op === this.row.call || inst.op === this.row.callPointer))
        code.hasCalls = true;
    }
    code.blockStart.push(code.count);
    code.blockCount = this.blocks.length;
    for (const b of this.blocks) for (const s of b.succs) code.blockPreds[s.index].push(b.index);
  }
}

/** A random function for a target made by `syntheticTarget`. */
export function randomCode(seed: number, shape: Shape, target: Target, row: Rows): VCode {
  const code = new VCode();
  code.reset(`seed ${seed}`);
  const generator = new Generator(new Random(seed), shape, row, code);
  generator.specs = (op) => target.insts.rows[op].operands;
  generator.generate();
  return code;
}

function hash(a: number, b: number): number {
  let h = Math.imul(a ^ (a >>> 15), 0x2c1b3c6d) ^ Math.imul(b + 0x9e3779b9, 0x297a2d39);
  h = Math.imul(h ^ (h >>> 12), 0x85ebca6b);
  return (h ^ (h >>> 13)) >>> 0;
}

/** Where the values are while a program runs: by virtual register or by location. */
interface Store {
  read(operand: number): number;
  write(operand: number, value: number): void;
  before(inst: number): void;
  after(inst: number): void;
  isSkipped(inst: number): boolean;
  clobber(registers: readonly number[]): void;
  edge(from: number, to: number): void;
}

/** Runs the program for at most `steps` instructions and returns what it observes. */
function run(code: VCode, row: Rows, target: Target, store: Store, steps: number): number[] {
  const trace: number[] = [];
  for (let b = 0; ; ) {
    const end = code.blockStart[b + 1];
    let chosen = 0;
    for (let i = code.blockStart[b]; i < end; i++) {
      if (steps-- === 0) return trace;
      store.before(i);
      if (!store.isSkipped(i)) {
        const op = code.op[i];
        let h = hash(op, code.immLo[i]);
        for (let o = code.operandStart[i]; o < code.operandStart[i + 1]; o++)
          if (!operandIsDef(code.operands[o])) h = hash(h, (chosen = store.read(o)));
        if (op === row.observe || op === row.observeAny || op === row.ret || op === row.call) trace.push(h);
        if (op === row.ret) return trace;
        const results = code.operandStart[i + 1];
        store.clobber(target.insts.rows[op].clobbers);
        for (let o = code.operandStart[i]; o < results; o++)
          if (operandIsDef(code.operands[o])) {
            h = op === row.move ? chosen : hash(h, 1);
            store.write(o, h);
          }
      }
      store.after(i);
    }
    const successors = code.blockSuccs[b];
    const next = successors.length === 1 ? successors[0] : successors[chosen % successors.length];
    store.edge(b, next);
    b = next;
  }
}

/** The trace of a program on virtual registers. */
export function runVirtual(code: VCode, row: Rows, target: Target, steps: number): number[] {
  const values = new Map<number, number>();
  const vreg = (o: number): number => operandVreg(code.operands[o]);
  return run(
    code,
    row,
    target,
    {
      read: (o) => values.get(vreg(o))!,
      write: (o, value) => values.set(vreg(o), value),
      before: () => {},
      after: () => {},
      isSkipped: () => false,
      clobber: () => {},
      edge: (from, to) => {
        const args = code.blockArgs[from].map((a) => values.get(a)!);
        code.blockParams[to].forEach((p, k) => values.set(p, args[k]));
      },
    },
    steps,
  );
}

/** The trace of a program on registers and slots. */
export function runAllocated(
  code: VCode,
  row: Rows,
  target: Target,
  allocation: Allocation,
  steps: number,
): number[] {
  const { edits, editCount, operands } = allocation;
  const locations: number[] = [];
  const byPosition = new Map<number, number[]>();
  for (let e = 0; e < editCount; e++) {
    const list = byPosition.get(edits[5 * e]);
    if (list === undefined) byPosition.set(edits[5 * e], [e]);
    else list.push(e);
  }
  const perform = (position: number): void => {
    for (const e of byPosition.get(position) ?? []) {
      const [, kind, from, to] = edits.subarray(5 * e, 5 * e + 5);
      if (kind === EditKind.Move) {
        locations[to] = locations[from];
        if (from >= SLOT_BASE && to >= SLOT_BASE)
          locations[target.scratch.int] = locations[target.scratch.float] = -1;
      } else locations[to] = hash(hash(code.op[from], code.immLo[from]), 1);
    }
  };
  return run(
    code,
    row,
    target,
    {
      read: (o) => locations[operands[o]],
      write: (o, value) => {
        locations[operands[o]] = value;
      },
      before: (i) => perform(2 * i),
      after: (i) => perform(2 * i + 1),
      isSkipped: (i) =>
        code.operandStart[i] < code.operandStart[i + 1] && operands[code.operandStart[i]] === DELETED,
      clobber: (registers) => {
        for (const r of registers) locations[r] = -1;
      },
      edge: () => {},
    },
    steps,
  );
}
