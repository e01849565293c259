// Facts about integer values that save extensions on targets which hold an i32 in a wider register: how many bits a value needs.
//
// Each answer looks a few steps up the definitions and no further, so it costs a constant; block parameters are unknown.
import type { Func } from "../ir/func.ts";
import { isFloatCompare, isIntegerCompare, Op } from "../ir/ops.ts";
import { auxWidth, Type, Width } from "../ir/types.ts";

const DEPTH = 6;

/** Bits of v as an unsigned number: v < 2^bits. At most 32 for an i32, 64 for an i64. */
export function unsignedBits(f: Func, v: number, depth = DEPTH): number {
  const type = f.type[v];
  const most = type === Type.I32 ? 32 : 64;
  const op = f.op[v] as Op;
  if (op === Op.Const) return constantBits(f, v);
  if (isIntegerCompare(op) || isFloatCompare(op)) return 1;
  if (op === Op.Load || op === Op.RawLoad) return loadBits(auxWidth(f.aux[v]), most);
  if (op === Op.Clz || op === Op.Ctz || op === Op.Popcnt) return most === 32 ? 6 : 7;
  if (depth === 0) return most;
  const arg = (i: number): number => unsignedBits(f, f.arg(v, i), depth - 1);
  const shift = f.argCount[v] === 2 && f.isConst(f.arg(v, 1)) ? f.immLo[f.arg(v, 1)] & (most - 1) : -1;
  switch (op) {
    case Op.And:
      return Math.min(arg(0), arg(1));
    case Op.Or:
    case Op.Xor:
      return Math.max(arg(0), arg(1));
    case Op.Select:
      return Math.max(arg(1), arg(2));
    case Op.Add:
      return Math.min(most, Math.max(arg(0), arg(1)) + 1);
    case Op.Mul:
      return Math.min(most, arg(0) + arg(1));
    case Op.Shl:
      return shift < 0 ? most : Math.min(most, arg(0) + shift);
    case Op.ShrU:
      return Math.max(arg(0) - Math.max(shift, 0), 0);
    case Op.ShrS: {
      const bits = arg(0);
      return bits === most ? most : Math.max(bits - Math.max(shift, 0), 0);
    }
    case Op.DivU:
      return arg(0);
    case Op.RemU:
      return Math.min(arg(0), arg(1));
    case Op.ExtendU:
      return arg(0);
    case Op.ExtendS: {
      const bits = arg(0);
      return bits < 32 ? bits : 64;
    }
    case Op.Wrap:
      return Math.min(32, arg(0));
    default:
      return most;
  }
}

function constantBits(f: Func, v: number): number {
  const lo = 32 - Math.clz32(f.immLo[v]);
  if (f.type[v] === Type.I32) return lo;
  const hi = f.immHi[v];
  return hi === 0 ? lo : 64 - Math.clz32(hi);
}

function loadBits(width: Width, most: number): number {
  switch (width) {
    case Width.U8:
      return 8;
    case Width.U16:
      return 16;
    case Width.U32:
      return 32;
    default:
      return most;
  }
}

/** The i32 value v is not negative: sign and zero extension agree. */
export function isNonNegative(f: Func, v: number): boolean {
  return unsignedBits(f, v) < 32;
}

/** The i64 value v lies in the range of an i32: its register holds what wrapping it to an i32 gives, sign-extended. */
export function fitsSigned32(f: Func, v: number): boolean {
  const op = f.op[v] as Op;
  if (op === Op.ExtendS || op === Op.Extend8S || op === Op.Extend16S || op === Op.Extend32S) return true;
  if (op === Op.Load || op === Op.RawLoad) {
    const width = auxWidth(f.aux[v]);
    if (width !== Width.Full && width !== Width.U32) return true;
  }
  if (op === Op.ShrS && f.isConst(f.arg(v, 1)) && (f.immLo[f.arg(v, 1)] & 63) >= 32) return true;
  return unsignedBits(f, v) < 32;
}
