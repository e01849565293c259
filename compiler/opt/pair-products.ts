// Puts both halves of a product next to each other: mulhigh and mul of the same factors in one block, mulhigh first, where the earlier of them stood. Machines
// compute both at once (x86-64), or take less time for the second of a pair.
import type { Block, Func } from "../ir/func.ts";
import { Op } from "../ir/ops.ts";
import { Type } from "../ir/types.ts";
import type { PassContext } from "./context.ts";

function isHigh(f: Func, v: number): boolean {
  return (f.op[v] === Op.MulHighU || f.op[v] === Op.MulHighS) && f.type[v] === Type.I64;
}

/** A number for the pair of factors of v. */
function factors(f: Func, v: number): number {
  const [a, b] = [f.arg(v, 0), f.arg(v, 1)];
  return Math.min(a, b) * f.count + Math.max(a, b);
}

/** By pair of factors: the upper half in block b. */
function findHighs(f: Func, b: Block): Map<number, number> | undefined {
  let highs: Map<number, number> | undefined;
  for (let v = b.first; v !== 0; v = f.next[v]) {
    if (!isHigh(f, v)) continue;
    highs ??= new Map();
    highs.set(factors(f, v), v);
  }
  return highs;
}

function pairIn(f: Func, b: Block, highs: Map<number, number>): number {
  let pairs = 0;
  const passed = new Set<number>();
  for (let v = b.first, next = 0; v !== 0; v = next) {
    next = f.next[v];
    if (isHigh(f, v)) passed.add(v);
    if (f.op[v] !== Op.Mul || f.type[v] !== Type.I64) continue;
    const high = highs.get(factors(f, v));
    if (high === undefined) continue;
    if (passed.has(high)) {
      f.remove(v);
      f.insertAfter(high, v);
    } else {
      if (next === high) next = f.next[high];
      f.remove(high);
      f.insertBefore(v, high);
    }
    pairs++;
  }
  return pairs;
}

export function pairProducts(c: PassContext): void {
  const { f } = c;
  let pairs = 0;
  for (const id of f.order) {
    const highs = findHighs(f, f.blocks[id]);
    if (highs !== undefined) pairs += pairIn(f, f.blocks[id], highs);
  }
  c.count("products paired", pairs);
}
