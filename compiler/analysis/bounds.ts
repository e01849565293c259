// Upper bounds of i32 values read as unsigned numbers, from the instructions that make them: a few levels deep, so cheap enough to ask anywhere.
import type { Func } from "../ir/func.ts";
import { isFloatCompare, isIntegerCompare, Op } from "../ir/ops.ts";
import { auxWidth, Type, Width } from "../ir/types.ts";

export const GREATEST = 0xffffffff;
const MAX_DEPTH = 6;

/** What is known besides: the bound of a value at the place that is looked at, or GREATEST. */
export type KnownBound = (v: number) => number;

const nothing: KnownBound = () => GREATEST;

/** A number that i32 value v, unsigned, never exceeds. */
export function upperBound(f: Func, v: number, known: KnownBound = nothing, depth = MAX_DEPTH): number {
  return Math.min(known(v), boundOf(f, v, known, depth));
}

function isConst(f: Func, v: number): boolean {
  return f.op[v] === Op.Const;
}

function boundOf(f: Func, v: number, known: KnownBound, depth: number): number {
  const op = f.op[v];
  if (op === Op.Const) return f.immLo[v] >>> 0;
  if (depth === 0) return GREATEST;
  const bound = (i: number): number => upperBound(f, f.resolve(f.arg(v, i)), known, depth - 1);
  const count = (i: number): number => {
    const c = f.resolve(f.arg(v, i));
    return isConst(f, c) ? f.immLo[c] & 31 : -1;
  };
  switch (op) {
    case Op.And:
      return Math.min(bound(0), bound(1));
    case Op.Or:
    case Op.Xor:
      return filled(Math.max(bound(0), bound(1)));
    case Op.Add:
      return within(bound(0) + bound(1));
    case Op.Mul:
      return within(bound(0) * bound(1));
    case Op.Shl:
      return count(1) < 0 ? GREATEST : within(bound(0) * 2 ** count(1));
    case Op.ShrU:
      return count(1) < 0 ? bound(0) : Math.floor(bound(0) / 2 ** count(1));
    case Op.DivU:
      return divided(f, f.resolve(f.arg(v, 1)), bound(0));
    case Op.RemU: {
      const b = bound(1);
      return Math.min(bound(0), b === 0 ? 0 : b - 1);
    }
    case Op.Select:
      return Math.max(bound(1), bound(2));
    case Op.Clz:
    case Op.Ctz:
    case Op.Popcnt:
      return 32;
    case Op.Load:
    case Op.RawLoad:
      return loaded(auxWidth(f.aux[v]));
    case Op.Wrap:
      return wrapped(f, f.resolve(f.arg(v, 0)));
    default:
      return isIntegerCompare(op) || isFloatCompare(op) ? 1 : GREATEST;
  }
}

/** A sum or product that may wrap is bounded by nothing. */
function within(x: number): number {
  return Math.min(x, GREATEST);
}

/** All ones up to the highest bit of x. */
function filled(x: number): number {
  return x === 0 ? 0 : 2 ** (32 - Math.clz32(x)) - 1;
}

function divided(f: Func, divisor: number, bound: number): number {
  const d = isConst(f, divisor) ? f.immLo[divisor] >>> 0 : 1;
  return d === 0 ? bound : Math.floor(bound / d);
}

function loaded(width: Width): number {
  return width === Width.U8 ? 0xff : width === Width.U16 ? 0xffff : GREATEST;
}

/** The low half of an i64 value. */
function wrapped(f: Func, v: number): number {
  if (f.type[v] !== Type.I64) return GREATEST;
  const width = f.op[v] === Op.Load ? auxWidth(f.aux[v]) : Width.Full;
  if (width === Width.U8 || width === Width.U16) return loaded(width);
  if (f.op[v] !== Op.ShrU) return GREATEST;
  const c = f.resolve(f.arg(v, 1));
  const n = isConst(f, c) ? f.immLo[c] & 63 : 0;
  return n > 32 ? 2 ** (64 - n) - 1 : GREATEST;
}
