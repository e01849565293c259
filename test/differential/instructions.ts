// Single-instruction cases: every numeric operator and memory access of WebAssembly 2.0, with operands as variables, constants and loads, and
// results used as values, conditions, or not at all; and small random expressions. Operands are taken from edges.ts.
//
// A plan is one module and the commands to run on it. Functions take and return integers only, so that NaN bits pass; floats are reinterpreted
// inside.
import { Immediate, type OpcodeRow, opcodes } from "../../compiler/wasm/opcodes.ts";
import { leb, ModuleWriter, type NumberType, signedLeb, valueTypes } from "../support/binary.ts";
import type { Random } from "../support/random.ts";
import { edges } from "./edges.ts";
import { type Command, CommandKind } from "./protocol.ts";

export interface Plan {
  readonly module: Uint8Array;
  readonly commands: Command[];
}

const letterTypes: Record<string, NumberType> = { i: "i32", l: "i64", f: "f32", d: "f64" };
const integerOf: Record<NumberType, NumberType> = { i32: "i32", i64: "i64", f32: "i32", f64: "i64" };
const constantOpcode: Record<NumberType, number> = { i32: 0x41, i64: 0x42, f32: 0x43, f64: 0x44 };
const toFloat: Record<NumberType, number[]> = { i32: [], i64: [], f32: [0xbe], f64: [0xbf] };
const toInteger: Record<NumberType, number[]> = { i32: [], i64: [], f32: [0xbc], f64: [0xbd] };
const loadOpcode: Record<NumberType, number> = { i32: 0x28, i64: 0x29, f32: 0x2a, f64: 0x2b };
const storeOpcode: Record<NumberType, number> = { i32: 0x36, i64: 0x37, f32: 0x38, f64: 0x39 };
/** To an i64 that says as much as may be said of a value whose NaN bits are open. */
const toBits: Record<NumberType, number[]> = {
  i32: [0xac],
  i64: [],
  f32: [0xfc, 0x04],
  f64: [0xfc, 0x06],
};
const sumOpcode: Record<NumberType, number> = { i32: 0x6a, i64: 0x7c, f32: 0x92, f64: 0xa0 };
const PAGE = 65536;

interface Operator {
  readonly row: OpcodeRow;
  readonly params: readonly NumberType[];
  readonly result: NumberType;
  /** Result bits of a NaN are open. */
  readonly nan: boolean;
}

function isNumeric(row: OpcodeRow | undefined): row is OpcodeRow {
  if (row?.params === undefined || row.immediate !== Immediate.None || row.results.length !== 1) return false;
  return row.code >= 0x45 && (row.code < 0x100 || row.code >>> 8 === 0xfc);
}

const operators: readonly Operator[] = opcodes.filter(isNumeric).map((row) => {
  const result = letterTypes[row.results];
  const exact = /reinterpret|abs|neg|copysign/.test(row.name);
  return {
    row,
    params: [...row.params!].map((c) => letterTypes[c]),
    result,
    nan: (result === "f32" || result === "f64") && !exact,
  };
});

function operatorBytes(code: number): number[] {
  return code < 256 ? [code] : [code >>> 8, ...leb(code & 255)];
}

/** A constant from its bits. */
function constant(type: NumberType, bits: bigint): number[] {
  if (type === "i32") return [0x41, ...signedLeb(BigInt.asIntN(32, bits))];
  if (type === "i64") return [0x42, ...signedLeb(BigInt.asIntN(64, bits))];
  const bytes = new Uint8Array(BigUint64Array.of(bits).buffer).subarray(0, type === "f32" ? 4 : 8);
  return [constantOpcode[type], ...bytes];
}

/** Parameter i of the function as a value of a type. */
function variable(i: number, type: NumberType): number[] {
  return [0x20, i, ...toFloat[type]];
}

/** Memory cells that operands are loaded from. */
const CELL = 64;

/**
 * Addresses of the operands' cells. That of operand `last` ends with the memory: reading more than its width, as an instruction that absorbs the load
 * might, is out of bounds.
 */
function cellsOf(params: readonly NumberType[], last: number): number[] {
  return params.map((t, i) => (i === last ? PAGE - (t === "i32" || t === "f32" ? 4 : 8) : CELL + 8 * i));
}

/** Parameter i through memory: a store before, and the load that is the operand. The global is 0, which the compiler cannot know. */
function storeCell(i: number, type: NumberType, cell: number): number[] {
  return [0x23, 0, ...variable(i, type), storeOpcode[type], 0, ...leb(cell)];
}
function loadCell(type: NumberType, cell: number): number[] {
  return [0x41, 0, loadOpcode[type], 0, ...leb(cell)];
}

/** Ways to use a result of type i32 that select and branch instructions may fuse with, and the plain one. */
const uses: Record<string, (type: NumberType) => { tail: number[]; result: NumberType } | undefined> = {
  value: (type) => ({ tail: toInteger[type], result: integerOf[type] }),
  dropped: () => ({ tail: [0x1a, 0x41, 7], result: "i32" }),
  branch: (type) =>
    type === "i32" ? { tail: [0x04, 0x7f, 0x41, 1, 0x05, 0x41, 2, 0x0b], result: "i32" } : undefined,
  negated: (type) =>
    type === "i32" ? { tail: [0x45, 0x04, 0x7f, 0x41, 1, 0x05, 0x41, 2, 0x0b], result: "i32" } : undefined,
};

export class InstructionPlan implements Plan {
  private readonly writer = new ModuleWriter();
  readonly commands: Command[] = [];
  private readonly random: Random;

  constructor(random: Random) {
    this.random = random;
  }

  get module(): Uint8Array {
    return this.writer.finish();
  }

  private edge(type: NumberType): bigint {
    return this.random.pick(edges[type]);
  }

  private addFunction(params: readonly NumberType[], result: NumberType, body: readonly number[]): number {
    const types = params.map((t) => valueTypes[integerOf[t]]);
    return this.writer.add({ params: types, results: [valueTypes[result]], body });
  }

  private call(index: number, args: readonly bigint[], text: string, nan?: Command["nan"]): void {
    this.commands.push({ kind: CommandKind.Call, index, args, text, nan });
  }

  /** One operator in one form: each operand "variable", "constant" or "load"; `n` calls. */
  private addForm(o: Operator, forms: readonly string[], use: string, n: number): void {
    const end = uses[use](o.result);
    if (end === undefined) return;
    const constants = o.params.map((t) => this.edge(t));
    const cells = cellsOf(o.params, this.random.below(o.params.length));
    const before = o.params.flatMap((t, i) => (forms[i] === "load" ? storeCell(i, t, cells[i]) : []));
    const operands = o.params.flatMap((t, i) => {
      if (forms[i] === "constant") return constant(t, constants[i]);
      return forms[i] === "load" ? loadCell(t, cells[i]) : variable(i, t);
    });
    const body = [...before, ...operands, ...operatorBytes(o.row.code), ...end.tail];
    const index = this.addFunction(o.params, end.result, body);
    const nan = use === "value" && o.nan ? (o.result as "f32" | "f64") : undefined;
    const shown = forms.map((form, i) => (form === "constant" ? `0x${constants[i].toString(16)}` : form));
    for (let k = 0; k < n; k++)
      this.call(
        index,
        o.params.map((t) => this.edge(t)),
        `${o.row.name} of ${shown.join(", ")} as ${use}`,
        nan,
      );
  }

  /** A case of a random operator in a random form: about `calls` commands. */
  addOperator(calls: number): void {
    const o = this.random.pick(operators);
    const forms = o.params.map(() => this.random.pick(["variable", "variable", "constant", "load"]));
    const use = this.random.pick(["value", "value", "value", "branch", "negated", "dropped"]);
    this.addForm(o, forms, use, forms.every((form) => form === "constant") ? 1 : calls);
  }

  /** Every operator once in the plainest form. */
  addEveryOperator(calls: number): void {
    for (const o of operators)
      this.addForm(
        o,
        o.params.map(() => "variable"),
        "value",
        calls,
      );
  }

  /** A load or store at an address around the end of memory, with or without an offset, used or not. */
  addMemoryAccess(calls: number): void {
    const row = opcodes[0x28 + this.random.below(0x3f - 0x28)]!;
    const size = 1 << row.align;
    const address = (): bigint =>
      BigInt.asUintN(
        32,
        BigInt(
          this.random.pick([
            0,
            1,
            8,
            PAGE - 16,
            PAGE - size,
            PAGE - size + 1,
            PAGE - 1,
            PAGE,
            -1,
            -size,
            -PAGE,
          ]),
        ),
      );
    const offset = this.random.pick([
      0,
      0,
      1,
      8,
      4095,
      4096,
      PAGE - size,
      PAGE,
      0x7fffffff,
      0x80000000,
      0xffffffff,
    ]);
    const isLoad = row.results !== "";
    const type = letterTypes[isLoad ? row.results : row.params![1]];
    const base = this.random.below(3) === 0 ? constant("i32", address()) : variable(0, "i32");
    const access = [row.code, 0, ...leb(offset)];
    const dropped = isLoad && this.random.below(3) === 0;
    // A store's effect is read back from the end of memory.
    const body = isLoad
      ? [...base, ...access, ...(dropped ? [0x1a, ...constant(type, 0n)] : []), ...toInteger[type]]
      : [...base, ...variable(1, type), ...access, ...constant("i32", BigInt(PAGE - 8)), 0x29, 0, 0];
    const index = this.addFunction(["i32", type], isLoad ? integerOf[type] : "i64", body);
    for (let k = 0; k < calls; k++)
      this.call(
        index,
        [address(), this.edge(type)],
        `${row.name} offset=${offset}${dropped ? " dropped" : ""}`,
      );
  }

  /** A random expression of a few operators over three parameters, constants and what they make. */
  addExpression(calls: number): void {
    const params: NumberType[] = [this.anyType(), this.anyType(), this.anyType()];
    const names: string[] = [];
    const state = { budget: 2 + this.random.below(7) };
    const type = this.random.pick(["i32", "i64"] as const);
    const body = this.expression(type, params, state, names);
    const index = this.addFunction(params, type, body);
    for (let k = 0; k < calls; k++)
      this.call(
        index,
        params.map((t) => this.edge(t)),
        names.join(" "),
      );
  }

  /** Many values alive at once, across a call with many arguments, in a loop: all of them go into the result. */
  addPressure(calls: number): void {
    const params: NumberType[] = [this.anyType(), this.anyType(), this.anyType()];
    const locals: NumberType[] = Array.from({ length: 8 + this.random.below(50) }, () => this.anyType());
    const names: string[] = [];
    const first = params.length;
    const counter = first + locals.length;
    const set = locals.flatMap((t, i) => [
      ...this.expression(t, params, { budget: 2 }, names),
      0x21,
      ...leb(first + i),
    ]);
    const callee = this.addCallee(locals.slice(0, 14));
    const args = locals.slice(0, 14).flatMap((t, i) => [0x20, ...leb(first + i), ...toBits[t]]);
    const total = locals.flatMap((t, i) => [
      0x20,
      ...leb(first + i),
      ...toBits[t],
      ...(i === 0 ? [] : [0x85]),
    ]);
    const step = locals.flatMap((t, i) =>
      i % 3 === 0
        ? [0x20, ...leb(first + i), 0x20, ...leb(first + i), sumOpcode[t], 0x21, ...leb(first + i)]
        : [],
    );
    const again = [0x20, ...leb(counter), 0x41, 1, 0x6a, 0x22, ...leb(counter), 0x41, 3, 0x49, 0x0d, 0];
    const body = [
      ...[...set, 0x03, 0x40],
      ...[...args, 0x10, ...leb(callee), 0x21, ...leb(counter + 1)],
      ...[...step, ...again, 0x0b, ...total, 0x20, ...leb(counter + 1), 0x85],
    ];
    const index = this.writer.add({
      params: params.map((t) => valueTypes[integerOf[t]]),
      results: [valueTypes.i64],
      locals: [...locals, "i32" as const, "i64" as const].map((t) => [1, valueTypes[t]]),
      body,
    });
    for (let k = 0; k < calls; k++)
      this.call(
        index,
        params.map((t) => this.edge(t)),
        `${locals.length} values alive: ${names.join(" ").slice(0, 100)}`,
      );
  }

  /** A function that mixes i64 arguments, one for each of `types`. */
  private addCallee(types: readonly NumberType[]): number {
    const body = types.flatMap((_, i) => [0x20, ...leb(i), ...(i === 0 ? [] : [0x42, 3, 0x7e, 0x7c])]);
    const params = types.map(() => valueTypes.i64);
    return this.writer.add({ params, results: [valueTypes.i64], body });
  }

  private anyType(): NumberType {
    return this.random.pick(["i32", "i64", "i32", "i64", "f32", "f64"]);
  }

  private expression(
    type: NumberType,
    params: readonly NumberType[],
    state: { budget: number },
    names: string[],
  ): number[] {
    if (state.budget-- <= 0) return this.leaf(type, params, names);
    if (this.random.below(8) === 0) {
      const [a, b] = [0, 1].map(() => this.expression(type, params, state, names));
      const c = this.expression("i32", params, state, names);
      names.push("select");
      return [...a, ...b, ...c, 0x1b];
    }
    // These would show the bits of a NaN of arithmetic.
    const fits = operators.filter((o) => o.result === type && !/i..\.reinterpret|copysign/.test(o.row.name));
    const o = this.random.pick(fits);
    const operands = o.params.flatMap((t) => this.expression(t, params, state, names));
    names.push(o.row.name);
    return [...operands, ...operatorBytes(o.row.code)];
  }

  private leaf(type: NumberType, params: readonly NumberType[], names: string[]): number[] {
    const fits = params.flatMap((t, i) => (t === type ? [i] : []));
    if (fits.length > 0 && this.random.below(3) > 0) {
      const i = this.random.pick(fits);
      names.push(`$${i}`);
      return variable(i, type);
    }
    const bits = this.edge(type);
    names.push(`0x${bits.toString(16)}`);
    return constant(type, bits);
  }

  /** Asks for the memory, last. */
  addMemoryHash(): void {
    this.commands.push({ kind: CommandKind.Memory, index: this.writer.count, args: [], text: "memory" });
  }
}

/** About `calls` commands, drawn from `random`. */
export function planInstructions(random: Random, calls: number): Plan {
  const plan = new InstructionPlan(random);
  plan.addEveryOperator(2);
  while (plan.commands.length < calls) {
    const kind = random.below(7);
    if (kind < 3) plan.addOperator(4);
    else if (kind === 3) plan.addMemoryAccess(4);
    else if (kind < 6) plan.addExpression(4);
    else plan.addPressure(4);
  }
  plan.addMemoryHash();
  return plan;
}
