// Indices that are masked or shifted into place become an index in elements that the access scales.
//
// (x >> 14) & 0x3fc as the address of 4 bytes is ((x >> 16) & 0xff) << 2: the mask becomes one of a byte, or nothing at all where the shift leaves no more
// bits, and the scale costs nothing in an address. A product y << k that cannot wrap is then given as a 64-bit sum, so that it may stand beside an
// offset; targets with native addresses do that themselves (addresses.ts, table-bases.ts).
import { GREATEST, upperBound } from "../analysis/bounds.ts";
import { bytesAccessed } from "../analysis/memory.ts";
import type { Uses } from "../analysis/uses.ts";
import type { Builder } from "../ir/build.ts";
import type { Func } from "../ir/func.ts";
import { Op } from "../ir/ops.ts";
import { Alias, auxAlias, Type } from "../ir/types.ts";
import type { PassContext } from "./context.ts";

const { I32, I64 } = Type;
const MAX_SHIFT = 3;

function constantArg(f: Func, v: number): number | undefined {
  const k = f.arg(v, 1);
  return f.op[k] === Op.Const ? f.immLo[k] : undefined;
}

/** The index y in elements of 1 << shift bytes when address a is ((x >> n) & mask) with all bits of the mask at or above `shift`; 0 else. */
function unmasked(f: Func, b: Builder, uses: Uses, a: number, shift: number): number {
  if (f.op[a] !== Op.And || uses.count(a) !== 1) return 0;
  const mask = constantArg(f, a);
  const x = f.arg(a, 0);
  if (mask === undefined || mask === 0 || (mask & ((1 << shift) - 1)) !== 0) return 0;
  if (f.op[x] !== Op.ShrU || uses.count(x) !== 1) return 0;
  const n = constantArg(f, x);
  if (n === undefined || (n & 31) + shift > 31) return 0;
  const count = (n & 31) + shift;
  const shifted = b.value(Op.ShrU, I32, f.arg(x, 0), b.i32(count));
  const kept = GREATEST >>> count;
  return (kept & ~(mask >>> shift)) === 0 ? shifted : b.value(Op.And, I32, shifted, b.i32(mask >>> shift));
}

/** y << shift in 64 bits, when address a is y << shift and does not wrap; 0 else. */
function widened(f: Func, b: Builder, a: number): number {
  const shift = f.op[a] === Op.Shl ? constantArg(f, a) : undefined;
  if (shift === undefined || shift < 1 || shift > MAX_SHIFT) return 0;
  const y = f.arg(a, 0);
  if (upperBound(f, y) * 2 ** shift > GREATEST) return 0;
  return b.value(Op.Shl, I64, b.value(Op.ExtendU, I64, y), b.i64(shift));
}

export function scaledIndices(c: PassContext): void {
  const { f } = c;
  const b = c.build();
  const uses = c.findUses();
  const widens = !c.needs.includes("nativeAddresses");
  let scaled = 0;
  for (const id of f.order)
    for (let v = f.blocks[id].first; v !== 0; v = f.next[v]) {
      if ((f.op[v] !== Op.Load && f.op[v] !== Op.Store) || auxAlias(f.aux[v]) !== Alias.Memory) continue;
      const a = f.arg(v, 0);
      if (f.type[a] !== I32 || (f.op[a] !== Op.And && f.op[a] !== Op.Shl)) continue;
      const shift = Math.log2(bytesAccessed(f, v));
      b.setPosition(v);
      b.source = f.source[v];
      const y = shift >= 1 && shift <= MAX_SHIFT ? unmasked(f, b, uses, a, shift) : 0;
      if (y !== 0) f.setArg(v, 0, b.value(Op.Shl, I32, y, b.i32(shift)));
      const wide = widens && f.immLo[v] !== 0 ? widened(f, b, f.arg(v, 0)) : 0;
      if (wide !== 0) f.setArg(v, 0, wide);
      if (y !== 0 || wide !== 0) scaled++;
    }
  c.count("addresses scaled", scaled);
}
