// Functions of the module that do what a library function does (idioms/recognise.ts), translated to the runtime's version of it.
//
// A function that writes keeps its body: short blocks, overlapping ones and all that is not well inside memory go through it, so that what it
// leaves behind, traps included, is its own. Beyond that the fast version changes the same bytes. A function that only reads is replaced whole: the runtime's
// version traps when the original does, when no byte inside memory decides.

import type { RuntimeSymbol } from "../codegen/symbols.ts";
import { Answer, Library, type Recognised } from "../idioms/library.ts";
import { LEAST_MOVED } from "../idioms/moves.ts";
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
  const search = fastSearches[kind];
  if (search === undefined) return false;
  translateSearch(s, search, kind);
  return true;
}

/** 1 when [at, at + n) ends before memory does. A block that ends with memory is left out: its end may be 2^32. */
function isInside(s: State, at: number, n: number, size: number): number {
  const { b } = s;
  const end = b.value(Op.Add, I64, b.value(Op.ExtendU, I64, at), b.value(Op.ExtendU, I64, n));
  return b.value(Op.LtU, I32, end, size);
}

function translateMove(s: State, symbol: RuntimeSymbol, kind: Library, answer: Answer): void {
  const { b, f } = s;
  const [to, from, n] = f.blocks[0].params;
  const check = f.newBlock();
  const fast = f.newBlock();
  const body = f.newBlock();
  b.branch(b.value(Op.GeU, I32, n, b.i32(LEAST_MOVED)), check, [], body, []);
  s.start(check);
  const size = memorySize(s);
  let good = isInside(s, to, n, size);
  const and = (condition: number): void => {
    good = b.value(Op.And, I32, good, condition);
  };
  if (kind !== Library.Fill) and(isInside(s, from, n, size));
  if (kind === Library.Copy) {
    and(b.value(Op.GeU, I32, b.value(Op.Sub, I32, to, from), n));
    and(b.value(Op.GeU, I32, b.value(Op.Sub, I32, from, to), n));
  }
  b.branch(good, fast, [], body, []);
  s.start(fast);
  const result = b.value(Op.Wrap, I32, callRuntime(s, symbol, [to, from, n]));
  const end = answer === Answer.End ? b.value(Op.Add, I32, result, n) : result;
  returnValues(s, answer === Answer.Nothing ? [] : [end]);
  s.start(body);
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
