// Running single functions of IR in a small world, before and after a pass: results, traps, memory, globals and the calls made must be the same.
//
// The world: linear memory of two pages (one is promised to always be there), an instance of 4 KiB whose fields up to 64 are constants, and
// callees that answer with a hash of what they are given, and change memory and globals.
import { EvalTrap, Evaluator, type World } from "../../compiler/ir/eval.ts";
import type { Func } from "../../compiler/ir/func.ts";
import { Op } from "../../compiler/ir/ops.ts";
import { printFunc } from "../../compiler/ir/print.ts";
import { Alias, accessAux, isFloat, TrapCode, Type, Width } from "../../compiler/ir/types.ts";
import type { ModuleFacts } from "../../compiler/opt/context.ts";
import { Random } from "./random.ts";
import { searchNames, skipped } from "./searches.ts";

/** Symbols of the functions in searches.ts. */
const SEARCHES = 1000;
const searchSymbol = (name: string): number => SEARCHES + searchNames.indexOf(name);

/** Field of the instance with the bytes of linear memory. */
const MEMORY_SIZE = 1024;

export const testFacts: ModuleFacts = {
  memorySize: (b) => {
    const field = b.value(Op.InstanceAddress, Type.I64, 0, 0, 0, MEMORY_SIZE);
    return b.value(Op.RawLoad, Type.I64, field, 0, 0, 0, 0, accessAux(Width.Full, Alias.Instance, true));
  },
  memoryBytes: 65536,
  memoryLimit: 2 * 65536,
  searches: {
    until: searchSymbol("until"),
    untilBackwards: searchSymbol("until_backwards"),
    span: searchSymbol("span"),
    equal: searchSymbol("equal"),
    equalStrings: searchSymbol("equal_strings"),
  },
};

const MEMORY_BYTES = 2 * 65536;
const INSTANCE = 0x10000;
const INSTANCE_BYTES = 4096;
const LINEAR = INSTANCE + INSTANCE_BYTES;
const NULL_PAGE = 4096;
const MAX_STEPS = 20000;

class TestWorld implements World {
  readonly bytes = new Uint8Array(LINEAR + MEMORY_BYTES);
  readonly view = new DataView(this.bytes.buffer);
  readonly trace: number[] = [];
  private readonly f: Func;

  constructor(f: Func, seed: number) {
    this.f = f;
    const random = new Random(seed);
    for (let i = LINEAR; i < LINEAR + 1024; i += 4) this.view.setUint32(i, random.next(), true);
    for (let i = INSTANCE; i < INSTANCE + 256; i += 4) this.view.setUint32(i, random.next(), true);
    this.view.setUint32(INSTANCE + MEMORY_SIZE, MEMORY_BYTES, true);
    // Small numbers at the start, so that loaded addresses are often good.
    for (let i = LINEAR; i < LINEAR + 256; i += 4) this.view.setUint32(i, random.below(300), true);
  }

  linear(address: number, size: number): number {
    if (address + size > MEMORY_BYTES) throw new EvalTrap(TrapCode.MemoryOutOfBounds);
    return LINEAR + address;
  }

  native(address: number, size: number): number {
    if (address < NULL_PAGE) throw new EvalTrap(TrapCode.UninitializedElement);
    return address < LINEAR ? address : this.linear(address - LINEAR, size);
  }

  address(op: Op, index: number): number {
    if (op === Op.MemoryBase) return LINEAR;
    return INSTANCE + (op === Op.SymbolAddress ? 2048 + 16 * index : index);
  }

  call(op: Op, index: number, args: readonly number[]): number[] {
    if (op === Op.CallHost && index >= SEARCHES)
      return skipped(
        searchNames[index - SEARCHES],
        this.bytes.subarray(LINEAR, LINEAR + MEMORY_BYTES),
        args.slice(2),
      );
    this.trace.push(op, index, ...args);
    let hash = index;
    for (const a of args) hash = Math.imul(hash ^ a, 0x01000193);
    const random = new Random(hash);
    if (random.below(8) === 0) throw new EvalTrap(TrapCode.Unreachable);
    this.view.setUint32(LINEAR + random.below(64) * 4, random.below(300), true);
    this.view.setUint32(INSTANCE + 64 + random.below(64) * 4, random.next(), true);
    const call = this.f.signatures[this.signatureOf(op, index)];
    return call.results.flatMap((t) => value(t, random));
  }

  /** The fixture's calls of one function agree in their signature. */
  private signatureOf(op: Op, index: number): number {
    const { f } = this;
    for (const id of f.order)
      for (let v = f.blocks[id].first; v !== 0; v = f.next[v])
        if (f.op[v] === op && (op === Op.CallPointer || f.immLo[v] === index)) return f.aux[v];
    throw new Error(`no call of ${index}`);
  }
}

const edges = [
  0, 1, 2, 3, 7, 8, 16, 31, 32, 64, 100, 255, 256, 65535, 65536, -1, -2, -8, 0x7fffffff, -0x80000000,
];

/** A random value of a type, as halves: small and edge values mostly. */
export function value(type: Type, random: Random): [number, number] {
  if (type === Type.F32) return [new Int32Array(Float32Array.of(random.pick(edges) / 4).buffer)[0], 0];
  if (isFloat(type)) {
    const words = new Int32Array(Float64Array.of(random.pick(edges) / 4).buffer);
    return [words[0], words[1]];
  }
  const lo = random.below(3) === 0 ? random.next() | 0 : random.pick(edges);
  if (type === Type.I32) return [lo, lo >> 31];
  return [lo, random.below(3) === 0 ? random.next() | 0 : random.pick([0, 0, lo >> 31, -1])];
}

interface Outcome {
  readonly end: string;
  readonly trace: readonly number[];
  readonly bytes: Uint8Array;
}

function run(f: Func, seed: number): Outcome | undefined {
  const world = new TestWorld(f, seed);
  const random = new Random(seed);
  const args = f.blocks[0].params.flatMap((p) => value(f.type[p], random));
  try {
    const results = new Evaluator(world, MAX_STEPS).run(f, args);
    const shown = f.signature.results.map((t, i) => shownResult(t, results[2 * i], results[2 * i + 1]));
    return { end: `returns ${shown.join(" ")}`, trace: world.trace, bytes: world.bytes };
  } catch (error) {
    if (error instanceof EvalTrap)
      return { end: `traps ${TrapCode[error.code]}`, trace: world.trace, bytes: world.bytes };
    if ((error as Error).message.includes("does not end")) return undefined;
    throw error;
  }
}

/** i32 results count by their low half, NaNs are all the same. */
function shownResult(type: Type, lo: number, hi: number): string {
  const words = Int32Array.of(lo, hi).buffer;
  if (type === Type.I32) return String(lo);
  if (type === Type.F32) return String(new Float32Array(words)[0]);
  if (type === Type.F64) return String(new Float64Array(words)[0]);
  return `${hi}:${lo}`;
}

/** Runs both functions on the arguments and world that `seed` gives; throws when they can be told apart. */
export function compareRuns(before: Func, after: Func, seed: number): void {
  const a = run(before, seed);
  const b = run(after, seed);
  // A run that is given up shows nothing.
  if (a === undefined || b === undefined) return;
  const equal = Buffer.compare(a.bytes, b.bytes) === 0;
  const memory = equal ? -1 : a.bytes.findIndex((x, i) => x !== b.bytes[i]);
  const same = a.end === b.end && String(a.trace) === String(b.trace) && memory < 0;
  if (same) return;
  const what =
    a.end !== b.end
      ? `before: ${a.end}, after: ${b.end}`
      : memory >= 0
        ? `memory differs at 0x${memory.toString(16)}`
        : `calls differ: ${a.trace} and ${b.trace}`;
  throw new Error(`seed ${seed}: ${what}\n${printFunc(before)}\n${printFunc(after)}`);
}
