// The addressing corpus: loads and stores of every width whose addresses are made by what instruction selection likes to fold - shifts, sums, masks,
// extensions, products, wrapped 64-bit arithmetic, counters of loops - with operands that put the access at the edges of memory, of 32 and of 33 bits.
//
// An address is an i32: whatever is folded has to wrap there. A program that reaches beyond 33 bits and the guard dies with a fault that is
// no trap, which the comparison with V8 reports as well.
import { type OpcodeRow, opcodes } from "../../compiler/wasm/opcodes.ts";
import { leb, ModuleWriter, type NumberType, signedLeb, valueTypes } from "../support/binary.ts";
import type { Random } from "../support/random.ts";
import type { Plan } from "./instructions.ts";
import { type Command, CommandKind } from "./protocol.ts";

const PAGE = 65536;
const accesses: readonly OpcodeRow[] = opcodes.filter(
  (row): row is OpcodeRow => row !== undefined && row.code >= 0x28 && row.code <= 0x3e,
);
const letterTypes: Record<string, NumberType> = { i: "i32", l: "i64", f: "f32", d: "f64" };
const fromI64: Record<NumberType, number[]> = { i32: [0xa7], i64: [], f32: [0xa7, 0xbe], f64: [0xbf] };
const toI64: Record<NumberType, number[]> = { i32: [0xad], i64: [], f32: [0xbc, 0xad], f64: [0xbd] };
const offsets = [
  0, 0, 0, 1, 2, 3, 4, 7, 8, 12, 16, 255, 256, 2040, 2047, 2048, 4088, 4095, 4096, 32760, 32767, 32768, 65520,
  65528, 65535, 65536, 0x00ff_fff0, 0x7fff_fff0, 0x7fff_ffff, 0x8000_0000, 0x8000_fff8, 0xffff_0000,
  0xffff_fff8, 0xffff_ffff,
];

const i32 = (n: number): number[] => [0x41, ...signedLeb(BigInt(n | 0))];
const i64 = (n: bigint): number[] => [0x42, ...signedLeb(BigInt.asIntN(64, n))];
const X = [0x20, 0];
const Y = [0x20, 1];
const Z = [0x20, 2];

/** An address as operators that leave an i32, and operands (x i32, y i32, z i64) that make it about `target`. */
interface Form {
  readonly text: string;
  readonly body: readonly number[];
  operands(target: number): readonly bigint[];
}

/** Splits `target` into the operands of a sum. */
function summands(random: Random, target: number): [bigint, bigint] {
  const part = random.pick([0, 1, -1, 16, PAGE, -PAGE, 0x7fffffff, -0x80000000, random.next()]);
  return [BigInt(part >>> 0), BigInt((target - part) >>> 0)];
}

/** A form for one shift amount, 0 to 63, and one constant. */
function formsOf(random: Random, k: number, c: number): Form[] {
  const k32 = k & 31;
  /** What a shift left loses. */
  const junk = (bits: number): bigint => BigInt(random.next()) << BigInt(32 - bits);
  const shifted = (target: number): bigint => BigInt(target >>> k32) | (k32 === 0 ? 0n : junk(k32));
  const any = (): bigint => BigInt(random.next());
  const high = (): bigint => BigInt(random.next()) << 32n;
  const shiftLeft = [...Y, ...i32(k), 0x74];
  return [
    { text: "x", body: X, operands: (t) => [BigInt(t), any(), any()] },
    { text: `x << ${k}`, body: [...X, ...i32(k), 0x74], operands: (t) => [shifted(t), any(), any()] },
    {
      text: `x >>u ${k}`,
      body: [...X, ...i32(k), 0x76],
      operands: (t) => [BigInt((t << k32) >>> 0), any(), any()],
    },
    {
      text: `x >>s ${k}`,
      body: [...X, ...i32(k), 0x75],
      operands: (t) => [BigInt((t << k32) >>> 0), any(), any()],
    },
    {
      text: `x + ${c}`,
      body: [...X, ...i32(c), 0x6a],
      operands: (t) => [BigInt((t - c) >>> 0), any(), any()],
    },
    {
      text: `x - ${c}`,
      body: [...X, ...i32(c), 0x6b],
      operands: (t) => [BigInt((t + c) >>> 0), any(), any()],
    },
    { text: "x + y", body: [...X, ...Y, 0x6a], operands: (t) => [...summands(random, t), any()] },
    {
      text: `x + (y << ${k})`,
      body: [...X, ...shiftLeft, 0x6a],
      operands: (t) => {
        const y = random.next();
        return [BigInt((t - (y << k32)) >>> 0), BigInt(y), any()];
      },
    },
    {
      text: `(x + ${c}) + (y << ${k})`,
      body: [...X, ...i32(c), 0x6a, ...shiftLeft, 0x6a],
      operands: (t) => {
        const y = random.below(64);
        return [BigInt((t - c - (y << k32)) >>> 0), BigInt(y), any()];
      },
    },
    {
      text: `((x + ${c}) << ${k}) + y`,
      body: [...X, ...i32(c), 0x6a, ...i32(k), 0x74, ...Y, 0x6a],
      operands: (t) => {
        const x = random.below(1 << 20);
        return [BigInt(x), BigInt((t - ((x + c) << k32)) >>> 0), any()];
      },
    },
    {
      text: `(x & 0xffff) << ${k}`,
      body: [...X, ...i32(0xffff), 0x71, ...i32(k), 0x74],
      operands: (t) => [BigInt(t >>> k32) | (BigInt(random.next()) << 16n), any(), any()],
    },
    {
      text: `x * ${c}`,
      body: [...X, ...i32(c), 0x6c],
      operands: (t) => [BigInt(c === 0 ? 0 : Math.floor(t / c) >>> 0), any(), any()],
    },
    { text: `x | ${c}`, body: [...X, ...i32(c), 0x72], operands: (t) => [BigInt(t), any(), any()] },
    { text: "extend8_s x", body: [...X, 0xc0], operands: (t) => [BigInt(t), any(), any()] },
    { text: "extend16_s x", body: [...X, 0xc1], operands: (t) => [BigInt(t), any(), any()] },
    { text: "wrap z", body: [...Z, 0xa7], operands: (t) => [any(), any(), BigInt(t) | high()] },
    {
      text: `wrap (z << ${k})`,
      body: [...Z, ...i64(BigInt(k)), 0x86, 0xa7],
      operands: (t) => [any(), any(), k > 31 ? high() : BigInt(t >>> k) | high()],
    },
    {
      text: `wrap (z >>u ${k})`,
      body: [...Z, ...i64(BigInt(k)), 0x88, 0xa7],
      operands: (t) => [any(), any(), BigInt(t) << BigInt(k)],
    },
    {
      text: `wrap (z + ${c})`,
      body: [...Z, ...i64(BigInt(c)), 0x7c, 0xa7],
      operands: (t) => [any(), any(), BigInt(t - c) + high()],
    },
    {
      text: `wrap (extend_u x << ${k})`,
      body: [...X, 0xad, ...i64(BigInt(k)), 0x86, 0xa7],
      operands: (t) => [shifted(t), any(), any()],
    },
    {
      text: `wrap ((extend_s x << ${k}) + extend_u y)`,
      body: [...X, 0xac, ...i64(BigInt(k)), 0x86, ...Y, 0xad, 0x7c, 0xa7],
      operands: (t) => {
        const x = random.below(256) - 128;
        return [BigInt(x >>> 0), BigInt((t - (k > 31 ? 0 : x << k)) >>> 0), any()];
      },
    },
  ];
}

class AddressingPlan implements Plan {
  private readonly writer = new ModuleWriter();
  readonly commands: Command[] = [];
  private readonly random: Random;

  constructor(random: Random) {
    this.random = random;
    this.call(this.addFill(), [], "fill");
  }

  get module(): Uint8Array {
    return this.writer.finish();
  }

  private call(index: number, args: readonly bigint[], text: string): void {
    const list = args.map((a, i) => BigInt.asUintN(i === 2 || i === 3 ? 64 : 32, a));
    this.commands.push({ kind: CommandKind.Call, index, args: list, text });
  }

  /** Every word of memory its own number, so that a load from the wrong place shows. */
  private addFill(): number {
    const body = [
      ...[0x03, 0x40, 0x20, 0, 0x20, 0, ...i32(0x9e3779b1), 0x6c, 0x36, 2, 0],
      ...[0x20, 0, ...i32(4), 0x6a, 0x22, 0, ...i32(PAGE), 0x49, 0x0d, 0, 0x0b],
    ];
    return this.writer.add({ locals: [[1, valueTypes.i32]], body });
  }

  /** Addresses about the edges that an access of `size` bytes at `offset` has. */
  private target(size: number, offset: number): number {
    const edge = this.random.pick([
      0,
      PAGE - size,
      PAGE - size,
      PAGE,
      0,
      0x80000000,
      0x100000000 - size,
      this.random.below(PAGE),
    ]);
    return (edge - offset + this.random.pick([0, 0, 0, 1, -1, size, -size, 8])) >>> 0;
  }

  /** Parameters x, y, z and the value to store. */
  private addFunction(row: OpcodeRow, address: readonly number[], offset: number): number {
    const isLoad = row.results !== "";
    const type = letterTypes[isLoad ? row.results : row.params![1]];
    const access = [row.code, 0, ...leb(offset)];
    const body = isLoad
      ? [...address, ...access, ...toI64[type]]
      : [...address, 0x20, 3, ...fromI64[type], ...access, ...i64(0n)];
    const params = [valueTypes.i32, valueTypes.i32, valueTypes.i64, valueTypes.i64];
    return this.writer.add({ params, results: [valueTypes.i64], body });
  }

  /** One form with one access: `calls` commands. */
  addAccess(shift: number, calls: number): void {
    const { random } = this;
    const constant = random.pick([
      0, 1, 3, 4, 8, 12, 24, 100, 4096, 65535, 0x7fffffff, -1, -4, -65536, -0x80000000,
    ]);
    const form = random.pick(formsOf(random, shift, constant));
    const row = random.pick(accesses);
    const offset = random.pick(offsets);
    const index = this.addFunction(row, form.body, offset);
    for (let i = 0; i < calls; i++) {
      const operands = form.operands(this.target(1 << row.align, offset));
      const value = (BigInt(random.next()) << 32n) | BigInt(random.next());
      this.call(index, [...operands, value], `${row.name} offset=${offset} at ${form.text}`);
    }
  }

  /** A loop whose counter makes the address: what runs over the end traps there, with everything before it done. */
  addLoop(calls: number): void {
    const { random } = this;
    const row = random.pick(accesses);
    const isLoad = row.results !== "";
    const type = letterTypes[isLoad ? row.results : row.params![1]];
    const step = random.pick([1, 2, 4, 8, 12, 64, -1, -4, -8]);
    const k = random.below(4);
    const offset = random.pick(offsets);
    // x: counter, y: rounds, z: sum.
    const address = random.pick([X, [...X, ...i32(k), 0x74], [...X, ...i32(step), 0x6a]]);
    const access = [row.code, 0, ...leb(offset)];
    const work = isLoad
      ? [...address, ...access, ...toI64[type], ...Z, 0x7c, 0x21, 2]
      : [...address, 0x20, 3, ...fromI64[type], ...access];
    const body = [
      ...[0x03, 0x40, ...work, ...X, ...i32(step), 0x6a, 0x21, 0],
      ...[...Y, ...i32(1), 0x6b, 0x22, 1, 0x0d, 0, 0x0b, ...Z],
    ];
    const params = [valueTypes.i32, valueTypes.i32, valueTypes.i64, valueTypes.i64];
    const index = this.writer.add({ params, results: [valueTypes.i64], body });
    for (let i = 0; i < calls; i++) {
      const rounds = 1 + random.below(40);
      const start = (this.target(1 << row.align, offset) - random.below(2) * rounds * step) >>> 0;
      this.call(
        index,
        [BigInt(start), BigInt(rounds), 0n, BigInt(random.next())],
        `${row.name} offset=${offset} in a loop by ${step}`,
      );
    }
  }

  /** Asks for the memory: stores that trapped have left it as it was. */
  addMemoryHash(): void {
    this.commands.push({ kind: CommandKind.Memory, index: this.writer.count, args: [], text: "memory" });
  }

  /** Memory commands name the export behind the last function. */
  finish(): Plan {
    const commands = this.commands.map((c) =>
      c.kind === CommandKind.Memory ? { ...c, index: this.writer.count } : c,
    );
    return { module: this.module, commands };
  }
}

/** About `calls` commands, every shift amount in turn. */
export function planAddressing(random: Random, calls: number): Plan {
  const plan = new AddressingPlan(random);
  for (let shift = 0; plan.commands.length < calls; shift = (shift + 1) & 63) {
    plan.addAccess(shift, 6);
    if (shift % 4 === 0) plan.addLoop(4);
    if (shift % 16 === 15) plan.addMemoryHash();
  }
  plan.addMemoryHash();
  return plan.finish();
}
