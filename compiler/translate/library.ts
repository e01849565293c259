// Functions of the module that do what a library function does (idioms/recognise.ts), translated to the runtime's version of it.
//
// A function that writes keeps its body: short blocks, overlapping ones and all that is not well inside memory go through it, so that what it
// leaves behind, traps included, is its own. Beyond that the fast version changes the same bytes. A function that only reads is replaced whole: the runtime's
// version traps when the original does, when no byte inside memory decides.

import type { RuntimeSymbol } from "../codegen/symbols.ts";
import { Answer, Library, type Recognised } from "../idioms/library.ts";
import { LEAST_MOVED } from "../idioms/moves.ts";
import type { Block } from "../ir/func.ts";
import { Op } from "../ir/ops.ts";
import { Type, Width } from "../ir/types.ts";
import { callRuntime, returnValues } from "./calls.ts";
import { checkedAddress, memoryAux, memorySize } from "./memory.ts";
import type { State } from "./state.ts";

const { I32, I64 } = Type;

const fastMoves: Partial<Record<Library, RuntimeSymbol>> = {
  [Library.Copy]: "rt_block_move",
  [Library.Move]: "rt_block_move",
  [Library.Fill]: "rt_block_fill",
};
const fastSearches: Partial<Record<Library, RuntimeSymbol>> = {
  [Library.Compare]: "rt_block_compare",
  [Library.CompareSign]: "rt_block_compare",
  [Library.Differs]: "rt_block_compare",
  [Library.FindByte]: "rt_find_byte",
  [Library.Length]: "rt_string_length",
  [Library.CompareStrings]: "rt_string_compare",
  [Library.CompareStringsBounded]: "rt_string_compare",
  [Library.FindByteOrEnd]: "rt_find_byte_or_end",
  [Library.FindByteInString]: "rt_find_byte_or_end",
};

/**
 * Translates the function at hand as what was recognised. True when that is all of it; false when the body is to follow, in the block that is
 * current then.
 */
export function translateLibrary(s: State, { kind, answer }: Recognised): boolean {
  const move = fastMoves[kind];
  if (move !== undefined) {
    translateMove(s, move, kind, answer);
    return false;
  }
  if (kind === Library.CopyString) {
    translateStringCopy(s, answer);
    return false;
  }
  const search = fastSearches[kind];
  if (search === undefined) return false;
  translateSearch(s, search, kind);
  return true;
}

/** Goes on only when `condition` holds, else at `otherwise`. */
function require(s: State, condition: number, otherwise: Block): void {
  const next = s.f.newBlock();
  s.b.branch(condition, next, [], otherwise, []);
  s.start(next);
}

/** Requires [at, at + n) to end before memory does. A block that ends with memory is left out: its end may be 2^32. */
function requireInside(s: State, at: number, n: number, otherwise: Block): void {
  const { b } = s;
  const end = b.value(Op.Add, I64, b.value(Op.ExtendU, I64, at), b.value(Op.ExtendU, I64, n));
  require(s, b.value(Op.LtU, I32, end, memorySize(s)), otherwise);
}

function translateMove(s: State, symbol: RuntimeSymbol, kind: Library, answer: Answer): void {
  const { b, f } = s;
  const [to, from, n] = f.blocks[0].params;
  const body = f.newBlock();
  const inline = s.env.unalignedAccess;
  require(s, b.value(Op.GeU, I32, n, b.i32(inline ? LEAST_MOVED : LEAST_CALLED)), body);
  requireInside(s, to, n, body);
  if (kind !== Library.Fill) requireInside(s, from, n, body);
  if (kind === Library.Copy) {
    require(s, b.value(Op.GeU, I32, b.value(Op.Sub, I32, to, from), n), body);
    require(s, b.value(Op.GeU, I32, b.value(Op.Sub, I32, from, to), n), body);
  }
  const results = (): number[] => {
    if (answer === Answer.Nothing) return [];
    return [answer === Answer.End ? b.value(Op.Add, I32, to, n) : to];
  };
  if (inline) {
    const long = f.newBlock();
    require(s, b.value(Op.LeU, I32, n, b.i32(MOST_INLINE)), long);
    moveShort(s, kind, results);
    s.start(long);
  }
  callRuntime(s, symbol, [to, from, n]);
  returnValues(s, results());
  s.start(body);
}

function translateStringCopy(s: State, answer: Answer): void {
  const { b, f } = s;
  const [to, from] = f.blocks[0].params;
  const body = f.newBlock();
  const length = callRuntime(s, "rt_string_copy", [to, from]);
  require(s, b.value(Op.GeS, I32, length, b.i64(0)), body);
  const end = (): number => b.value(Op.Add, I32, to, b.value(Op.Wrap, I32, length));
  returnValues(s, answer === Answer.Nothing ? [] : [answer === Answer.End ? end() : to]);
  s.start(body);
}

/** Moves or fills LEAST_MOVED to MOST_INLINE bytes by accesses from both ends that may overlap: all is loaded before anything is stored. */
function moveShort(s: State, kind: Library, results: () => number[]): void {
  const { b, f } = s;
  for (const { least, type, size, pairs } of shortMoves) {
    const [to, from, n] = f.blocks[0].params;
    const shorter = f.newBlock();
    if (least > LEAST_MOVED) require(s, b.value(Op.GeU, I32, n, b.i32(least)), shorter);
    const places = [...Array(pairs).keys()].flatMap((i) => [size * i, -size * (i + 1)]);
    const at = (start: number, offset: number): number =>
      offset >= 0 ? start : b.value(Op.Add, I32, b.value(Op.Add, I32, start, n), b.i32(offset));
    const aux = memoryAux(Width.Full);
    const values = places.map((x) =>
      kind === Library.Fill
        ? repeated(s, from, type)
        : b.value(Op.Load, type, at(from, x), 0, 0, Math.max(x, 0), 0, aux),
    );
    places.forEach((x, i) => {
      b.value(Op.Store, Type.Void, at(to, x), values[i], 0, Math.max(x, 0), 0, aux);
    });
    returnValues(s, results());
    if (least > LEAST_MOVED) s.start(shorter);
  }
}

/** Shortest block for which the runtime is called where short ones are left to the function itself. */
const LEAST_CALLED = 16;
/** Longest block moved without a call. */
const MOST_INLINE = 32;
const shortMoves = [
  { least: 16, type: I64, size: 8, pairs: 2 },
  { least: 8, type: I64, size: 8, pairs: 1 },
  { least: 4, type: I32, size: 4, pairs: 1 },
] as const;

/** The low byte of `byte` in every byte of a value. */
function repeated(s: State, byte: number, type: Type): number {
  const { b } = s;
  const low = b.value(Op.And, I32, byte, b.i32(0xff));
  const word = b.value(Op.Mul, I32, low, b.i32(0x01010101));
  if (type === I32) return word;
  const wide = b.value(Op.ExtendU, I64, word);
  return b.value(Op.Or, I64, wide, b.value(Op.Shl, I64, wide, b.i64(32)));
}

function loadByte(s: State, address: number): number {
  const at = checkedAddress(s, address, 0, 1);
  return s.b.value(Op.Load, I32, at, 0, 0, 0, 0, memoryAux(Width.U8));
}

/** Returns from the function on the spot when `condition` holds. */
function returnIf(s: State, condition: number, result: () => number): void {
  const done = s.f.newBlock();
  const rest = s.f.newBlock();
  s.b.branch(condition, done, [], rest, []);
  s.start(done);
  returnValues(s, [result()]);
  s.start(rest);
}

function translateSearch(s: State, symbol: RuntimeSymbol, kind: Library): void {
  const { b, f } = s;
  const params = f.blocks[0].params.slice();
  const zero = b.i32(0);
  const compares = kind !== Library.FindByteOrEnd && kind !== Library.FindByteInString;
  if (params.length === 3) returnIf(s, b.value(Op.Eq, I32, params[2], zero), () => zero);
  if (params.length > 1 && compares && kind !== Library.FindByte) {
    // Most comparisons end at the first byte.
    const left = loadByte(s, params[0]);
    const right = loadByte(s, params[1]);
    const difference = (): number => compared(s, kind, b.value(Op.Sub, I32, left, right));
    returnIf(s, b.value(Op.Ne, I32, left, right), difference);
  }
  if (kind === Library.CompareStrings) params.push(b.i32(-1));
  const found = b.value(Op.Wrap, I32, callRuntime(s, symbol, params));
  if (kind !== Library.FindByteInString) return returnValues(s, [compared(s, kind, found)]);
  const byte = b.value(Op.And, I32, params[1], b.i32(0xff));
  const isThere = b.value(Op.Eq, I32, loadByte(s, found), byte);
  returnValues(s, [b.value(Op.Select, I32, isThere, found, zero)]);
}

/** The result of a comparison from a difference of bytes. */
function compared(s: State, kind: Library, difference: number): number {
  const { b } = s;
  const zero = b.i32(0);
  if (kind === Library.Differs) return b.value(Op.Ne, I32, difference, zero);
  if (kind !== Library.CompareSign) return difference;
  const more = b.value(Op.GtS, I32, difference, zero);
  return b.value(Op.Sub, I32, more, b.value(Op.LtS, I32, difference, zero));
}
