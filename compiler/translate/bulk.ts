// memory.copy and memory.fill of a small constant length, without a call.
//
// Exact traps: all bytes are loaded before any is stored, and the store of the last bytes comes first. If the target does not fit, its last
// byte lies outside, so that first store traps and memory is unchanged; if the source does not fit, a load traps. An access of
// length zero still has to check its addresses and is left to the runtime.
import { Op } from "../ir/ops.ts";
import { Type, Width } from "../ir/types.ts";
import { checkedAddress, memoryAux } from "./memory.ts";
import type { State } from "./state.ts";

/** Longest copy or fill expanded, in bytes. */
const LIMIT = 64;

interface Piece {
  readonly offset: number;
  readonly type: Type;
  readonly width: Width;
}

const widest: readonly (readonly [number, Type, Width])[] = [
  [8, Type.I64, Width.Full],
  [4, Type.I32, Width.Full],
  [2, Type.I32, Width.U16],
  [1, Type.I32, Width.U8],
];

/** Accesses that cover `length` bytes; the last one may overlap the one before it. */
function pieces(length: number): Piece[] {
  const list: Piece[] = [];
  const [size, type, width] = widest.find(([n]) => n <= length)!;
  let offset = 0;
  for (; offset + size <= length; offset += size) list.push({ offset, type, width });
  const left = length - offset;
  if (left === 0) return list;
  const [tailSize, tailType, tailWidth] = widest.filter(([n]) => n >= left).pop()!;
  list.push({ offset: length - tailSize, type: tailType, width: tailWidth });
  return list;
}

/** The length, if it is a constant that is expanded; else 0. */
function expandedLength(s: State, length: number): number {
  const { f } = s;
  const n = f.isConst(length) ? f.immLo[length] >>> 0 : 0;
  return s.env.optimize > 0 && n <= LIMIT ? n : 0;
}

/** Expands a copy; false when it is to be a call. */
export function expandCopy(s: State, target: number, source: number, length: number): boolean {
  const n = expandedLength(s, length);
  if (n === 0) return false;
  const from = checkedAddress(s, source, 0, n);
  const to = checkedAddress(s, target, 0, n);
  const list = pieces(n);
  const values = list.map((p) => s.b.value(Op.Load, p.type, from, 0, 0, p.offset, 0, memoryAux(p.width)));
  for (let i = list.length - 1; i >= 0; i--) storePiece(s, to, list[i], values[i]);
  return true;
}

/** Expands a fill; false when it is to be a call. */
export function expandFill(s: State, target: number, byte: number, length: number): boolean {
  const { b } = s;
  const n = expandedLength(s, length);
  if (n === 0) return false;
  const to = checkedAddress(s, target, 0, n);
  const low = b.value(Op.And, Type.I32, byte, b.constant(Type.I32, 0xff));
  const word = b.value(Op.Mul, Type.I32, low, b.constant(Type.I32, 0x01010101));
  const wide = b.value(Op.ExtendU, Type.I64, word);
  const long = b.value(Op.Or, Type.I64, wide, b.value(Op.Shl, Type.I64, wide, b.constant(Type.I64, 32)));
  const list = pieces(n);
  for (let i = list.length - 1; i >= 0; i--)
    storePiece(s, to, list[i], list[i].type === Type.I64 ? long : word);
  return true;
}

function storePiece(s: State, to: number, p: Piece, value: number): void {
  s.b.value(Op.Store, Type.Void, to, value, 0, p.offset, 0, memoryAux(p.width));
}
