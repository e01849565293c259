// If-conversion: a branch around almost nothing becomes a select.
//
// A branch whose two ways meet again at once, with at most a cheap pure instruction on them and one or two integers that differ where they meet, costs more when
// it is mispredicted than both ways together. What the ways compute moves in front of the branch. Loads, divisions and products stay behind branches, and so do floats: their
// selects are branches on some targets.
import type { Block, Func } from "../ir/func.ts";
import { Effect, Op, opEffect } from "../ir/ops.ts";
import { Type } from "../ir/types.ts";
import { mapNumbers } from "../support/arrays.ts";
import type { PassContext } from "./context.ts";

/** Instructions on both ways together, and values that differ. */
const MOST_MOVED = 2;
const MOST_SELECTS = 2;

function isCheap(f: Func, v: number): boolean {
  const op = f.op[v];
  const isInteger = f.type[v] === Type.I32 || f.type[v] === Type.I64;
  return opEffect[op] === Effect.Pure && isInteger && op !== Op.Mul && op !== Op.Result && op <= Op.Select;
}

/** The edge on which a way from the branch ends: itself, or the one behind a block that only it leads to; -1 when that block does too much. */
function endOfWay(f: Func, e: number, room: number): { edge: number; moved: number } | undefined {
  const b = f.blocks[f.edges[e].to];
  if (b.preds.length !== 1 || f.op[b.last] !== Op.Jump || b.params.length > 0) return { edge: e, moved: 0 };
  let moved = 0;
  for (let v = b.first; v !== b.last; v = f.next[v]) {
    if (f.op[v] === Op.Const) continue;
    if (++moved > room || !isCheap(f, v)) return undefined;
  }
  return { edge: b.succs[0], moved };
}

/** Moves the instructions of the block behind edge e, when that is not the last edge of the way, in front of b's end. */
function hoist(f: Func, b: Block, e: number, end: number): void {
  if (e === end) return;
  const way = f.blocks[f.edges[e].to];
  for (let v = way.first; v !== way.last; ) {
    const next = f.next[v];
    f.remove(v);
    f.insertBefore(b.last, v);
    v = next;
  }
}

function convert(c: PassContext, b: Block): boolean {
  const { f } = c;
  const [yes, no] = b.succs;
  const a = endOfWay(f, yes, MOST_MOVED);
  if (a === undefined) return false;
  const z = endOfWay(f, no, MOST_MOVED - a.moved);
  if (z === undefined || f.edges[a.edge].to !== f.edges[z.edge].to) return false;
  const join = f.blocks[f.edges[a.edge].to];
  if (join === b) return false;
  const [left, right] = [f.edges[a.edge].args, f.edges[z.edge].args];
  let selects = 0;
  for (let i = 0; i < left.length; i++) {
    if (left[i] === right[i]) continue;
    const type = f.type[left[i]];
    if (++selects > MOST_SELECTS || (type !== Type.I32 && type !== Type.I64)) return false;
  }
  hoist(f, b, yes, a.edge);
  hoist(f, b, no, z.edge);
  const condition = f.arg(b.last, 0);
  const { builder } = c;
  builder.setPosition(b.last);
  builder.source = f.source[b.last];
  const args = mapNumbers(left, (x, i) =>
    x === right[i] ? x : builder.value(Op.Select, f.type[x], condition, x, right[i]),
  );
  for (const e of [yes, no]) f.removeEdge(e);
  f.remove(b.last);
  builder.block = b;
  builder.jump(join, args);
  // Blocks left behind lead nowhere any more.
  for (const e of new Set([a.edge, z.edge])) if (f.edges[e].from !== b.id) f.removeEdge(e);
  return true;
}

export function ifConvert(c: PassContext): void {
  const { f } = c;
  c.build();
  let converted = 0;
  // From the last block to the first, so that inner ones are gone when outer ones are looked at.
  for (let i = f.order.length - 1; i >= 0; i--) {
    const b = f.blocks[f.order[i]];
    if (f.op[b.last] === Op.Branch && b.succs.length === 2 && convert(c, b)) converted++;
  }
  if (converted > 0) c.blocksChanged();
  c.count("branches made selects", converted);
}
