// What a differential test asks of a module, how it is asked (harness.c natively, oracle.mjs in V8) and how two lists of answers compare.
//
// Answers are 64-bit words. Traps compare by class, because V8 has one message for some pairs of traps; results of a float type are equal when both
// are NaN, as the specification leaves their bits open.
import { CompileError } from "../../compiler/support/error.ts";
import { decodeModule } from "../../compiler/wasm/decode.ts";
import { ExternalKind, functionType, type Module, ValueType } from "../../compiler/wasm/module.ts";

export enum CommandKind {
  Call = 0,
  Global = 1,
  Memory = 2,
}

export interface Command {
  readonly kind: CommandKind;
  /** Number of the export. */
  readonly index: number;
  readonly args: readonly bigint[];
  /** Of a result i32 or i64: its bits are those of a float that may be any NaN. */
  readonly nan?: "f32" | "f64";
  /** For messages. */
  readonly text?: string;
}

const letters = new Map<ValueType, string>([
  [ValueType.I32, "i"],
  [ValueType.I64, "l"],
  [ValueType.F32, "f"],
  [ValueType.F64, "d"],
  [ValueType.FuncRef, "r"],
  [ValueType.ExternRef, "x"],
]);

function lettersOf(types: readonly ValueType[]): string {
  return types.map((t) => letters.get(t) ?? "v").join("");
}

/** By export: "params:results" of a function, ":type" of a global, ":ll" of a memory, "" of what cannot be asked. */
export function signaturesOf(bytes: Uint8Array): string[] {
  const module: Module = decodeModule(bytes);
  return module.exports.map((e) => {
    if (e.kind === ExternalKind.Function) {
      const type = functionType(module, e.index);
      return `${lettersOf(type.params)}:${lettersOf(type.results)}`;
    }
    if (e.kind === ExternalKind.Global) return `:${lettersOf([module.globals[e.index].type])}`;
    return e.kind === ExternalKind.Memory ? ":ll" : "";
  });
}

/** The words of harness.c's standard input: `commands` for the program's module number `module`. */
export function encodeCommands(module: number, commands: readonly Command[]): Uint8Array {
  const words: bigint[] = [BigInt(module)];
  for (const c of commands) {
    words.push(BigInt(c.kind), BigInt(c.index));
    if (c.kind === CommandKind.Call) words.push(BigInt(c.args.length), ...c.args);
  }
  return new Uint8Array(BigUint64Array.from(words, (w) => BigInt.asUintN(64, w)).buffer);
}

/** Traps that V8's messages do not tell apart. */
const trapClasses = [0, 1, 2, 3, 4, 4, 6, 7, 7, 9, 6];

function trapClass(code: bigint): number {
  return trapClasses[Number(code)] ?? Number(code);
}

function isNaNBits(word: bigint, type: "f32" | "f64"): boolean {
  return type === "f32"
    ? (word & 0x7fffffffn) > 0x7f800000n
    : (word & 0x7fffffffffffffffn) > 0x7ff0000000000000n;
}

/** A NaN of arithmetic is quiet, whatever else is in it. */
function isQuiet(word: bigint, type: "f32" | "f64"): boolean {
  return type === "f32" ? (word & 0x400000n) !== 0n : (word & 0x8000000000000n) !== 0n;
}

const canonicalNaN = { f32: 0x7fc00000n, f64: 0x7ff8000000000000n } as const;

function sameValue(
  expected: bigint,
  found: bigint,
  letter: string,
  nan: Command["nan"],
  canonical: boolean,
): boolean {
  if (letter === "r" || letter === "x") return (expected === 0n) === (found === 0n);
  const type = letter === "f" ? "f32" : letter === "d" ? "f64" : nan;
  if (type === undefined || !isNaNBits(expected, type)) return expected === found;
  if (canonical && nan !== undefined) return found === canonicalNaN[type];
  return isNaNBits(found, type) && (nan === undefined || isQuiet(found, type));
}

export interface Mismatch {
  /** Index of the command, -1: instantiation. */
  readonly at: number;
  readonly message: string;
}

const STACK_EXHAUSTED = 9;

/**
 * Compares the answers to `commands` up to the first stack overflow (whose moment is nobody's promise); returns the differences. `canonical`: every
 * NaN of arithmetic has to be the canonical one.
 */
export function compareAnswers(
  commands: readonly Command[],
  signatures: readonly string[],
  expected: BigUint64Array,
  found: BigUint64Array,
  canonical = false,
): Mismatch[] {
  const mismatches: Mismatch[] = [];
  if (trapClass(expected[0]) !== trapClass(found[0]))
    return [{ at: -1, message: `instantiation: expected trap ${expected[0]}, found ${found[0]}` }];
  if (expected[0] !== 0n) return [];
  let [e, o] = [1, 1];
  for (let i = 0; i < commands.length; i++) {
    const c = commands[i];
    const report = (what: string): void => {
      const args = c.args.map((a) => `0x${BigInt.asUintN(64, a).toString(16)}`).join(", ");
      mismatches.push({ at: i, message: `${c.text ?? `export ${c.index}`} (${args}): ${what}` });
    };
    if (o >= found.length) {
      report("no answer: the program ended");
      return mismatches;
    }
    if (c.kind === CommandKind.Call) {
      const [a, b] = [expected[e++], found[o++]];
      if (trapClass(a) === STACK_EXHAUSTED || trapClass(b) === STACK_EXHAUSTED) return mismatches;
      if (trapClass(a) !== trapClass(b)) report(`expected trap ${a}, found ${b}`);
      // Where one traps and the other does not, their answers differ in length.
      if (a !== 0n || b !== 0n) {
        const results = signatures[c.index].split(":")[1].length;
        if (a === 0n) e += results;
        if (b === 0n) o += results;
        continue;
      }
    }
    for (const letter of signatures[c.index].split(":")[1]) {
      const [a, b] = [expected[e++], found[o++]];
      if (!sameValue(a, b, letter, c.nan, canonical))
        report(`expected 0x${a.toString(16)}, found 0x${b.toString(16)}`);
    }
  }
  return mismatches;
}

/** Whether the compiler may refuse this module (an unsupported feature), which a random module's test has to pass over. */
export function isRefusal(error: unknown): boolean {
  return error instanceof CompileError && error.kind === "unsupported";
}
