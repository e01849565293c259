// Bytes of one value shifted, masked and joined back in reverse order become a byte swap.
//
// Each node of such an expression is described by where its bytes come from; an `or` whose bytes are those of one value in reverse is bswap.
import type { Func } from "../ir/func.ts";
import { Op } from "../ir/ops.ts";
import { Type } from "../ir/types.ts";
import type { PassContext } from "./context.ts";

const ZERO = -1;
const MAX_DEPTH = 8;
const MAX_NODES = 24;

/** Byte i of an expression is byte from[i] of value `source`, or zero. */
interface Bytes {
  readonly source: number;
  readonly from: readonly number[];
}

class ByteTracer {
  private readonly f: Func;
  private nodes = 0;

  constructor(f: Func) {
    this.f = f;
  }

  /** The value whose bytes v has in reverse, or 0. */
  swapped(v: number): number {
    this.nodes = 0;
    const bytes = this.trace(v, MAX_DEPTH);
    const last = bytes === undefined ? 0 : bytes.from.length - 1;
    return bytes?.from.every((b, i) => b === last - i) ? bytes.source : 0;
  }

  private trace(v: number, depth: number): Bytes | undefined {
    const { f } = this;
    const n = f.type[v] === Type.I64 ? 8 : 4;
    const itself: Bytes = { source: v, from: Array.from({ length: n }, (_, i) => i) };
    if (++this.nodes > MAX_NODES) return undefined;
    if (depth === 0 || f.argCount[v] !== 2) return itself;
    const [a, b] = [f.arg(v, 0), f.arg(v, 1)];
    if (f.op[v] === Op.Or) return this.joined(a, b, depth);
    if (f.op[b] !== Op.Const) return itself;
    const shift = (f.immLo[b] & (8 * n - 1)) / 8;
    const op = f.op[v];
    if (op === Op.And) {
      const mask = Array.from(
        { length: n },
        (_, i) => ((i < 4 ? f.immLo[b] : f.immHi[b]) >>> (8 * (i & 3))) & 0xff,
      );
      if (mask.some((m) => m !== 0 && m !== 0xff)) return itself;
      return this.mapped(a, depth, (from, i) => (mask[i] === 0 ? ZERO : from[i]));
    }
    if (shift !== Math.floor(shift)) return itself;
    if (op === Op.Shl) return this.mapped(a, depth, (from, i) => from[i - shift] ?? ZERO);
    if (op === Op.ShrU) return this.mapped(a, depth, (from, i) => from[i + shift] ?? ZERO);
    if (op === Op.Rotl) return this.mapped(a, depth, (from, i) => from[(i - shift + n) % n]);
    return itself;
  }

  private mapped(
    a: number,
    depth: number,
    byte: (from: readonly number[], i: number) => number,
  ): Bytes | undefined {
    const inner = this.trace(a, depth - 1);
    return inner && { source: inner.source, from: inner.from.map((_, i) => byte(inner.from, i)) };
  }

  private joined(a: number, b: number, depth: number): Bytes | undefined {
    const left = this.trace(a, depth - 1);
    const right = left && this.trace(b, depth - 1);
    if (left === undefined || right === undefined || left.source !== right.source) return undefined;
    const overlap = left.from.some((x, i) => x !== ZERO && right.from[i] !== ZERO);
    if (overlap) return undefined;
    return { source: left.source, from: left.from.map((x, i) => (x === ZERO ? right.from[i] : x)) };
  }
}

export function byteSwaps(c: PassContext): void {
  const { f } = c;
  const tracer = new ByteTracer(f);
  let found = 0;
  for (const id of f.order)
    for (let v = f.blocks[id].first; v !== 0; v = f.next[v]) {
      if (f.op[v] !== Op.Or) continue;
      const source = tracer.swapped(v);
      if (source === 0) continue;
      f.op[v] = Op.Bswap;
      f.setArg(v, 0, source);
      f.argCount[v] = 1;
      found++;
    }
  c.count("byte swaps", found);
}
