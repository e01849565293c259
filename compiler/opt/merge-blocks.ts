// Joins a block with its only successor when it is that one's only predecessor, and leads edges past blocks that only jump on.
//
// Invariant: an edge is led past a block only if the block's parameters are used nowhere but on its own edge.
import type { Block, Func } from "../ir/func.ts";
import { Op } from "../ir/ops.ts";
import { mapNumbers, none8, room8 } from "../support/arrays.ts";
import type { PassContext } from "./context.ts";

/** Edge arguments that leading edges past one block may copy. */
const MAX_COPIED = 64;

let used = none8;

export function mergeBlocks(c: PassContext): void {
  const { f } = c;
  const bypassed = bypassAll(f);
  if (bypassed > 0) c.blocksChanged();
  let merged = 0;
  for (const id of f.order) {
    const b = f.blocks[id];
    while (joinSuccessor(f, b)) merged++;
  }
  if (merged > 0) {
    f.applyForwards();
    c.blocksChanged();
  }
  c.count("blocks merged", merged);
  c.count("blocks bypassed", bypassed);
}

/** Appends the only successor of b to it. */
function joinSuccessor(f: Func, b: Block): boolean {
  if (b.succs.length !== 1 || f.op[b.last] !== Op.Jump) return false;
  const edge = f.edges[b.succs[0]];
  const next = f.blocks[edge.to];
  if (next.preds.length !== 1 || next === b || next.id === 0) return false;
  next.params.forEach((p, i) => {
    f.replace(p, edge.args[i]);
    f.block[p] = -1;
  });
  f.remove(b.last);
  for (let v = next.first; v !== 0; v = f.next[v]) f.block[v] = b.id;
  if (next.first !== 0) {
    f.prev[next.first] = b.last;
    if (b.last !== 0) f.next[b.last] = next.first;
    else b.first = next.first;
    b.last = next.last;
  }
  b.succs = next.succs;
  for (const e of b.succs) f.edges[e].from = b.id;
  next.params = [];
  next.succs = [];
  next.preds = [];
  next.first = 0;
  next.last = 0;
  return true;
}

/** From the last block to the first, so that along a chain of jumps each edge is moved once, to the end of the chain. */
function bypassAll(f: Func): number {
  markUsed(f);
  let count = 0;
  for (let i = f.order.length - 1; i >= 0; i--) {
    const id = f.order[i];
    const b = f.blocks[id];
    if (id !== 0 && b.first === b.last && f.op[b.last] === Op.Jump && bypass(f, b)) count++;
  }
  return count;
}

/** Marks values used by instructions, or on the edges of blocks that are more than a jump. */
function markUsed(f: Func): void {
  used = room8(used, f.count);
  used.fill(0, 0, f.count);
  for (const id of f.order) {
    const b = f.blocks[id];
    for (let v = b.first; v !== 0; v = f.next[v]) {
      const end = f.argStart[v] + f.argCount[v];
      for (let i = f.argStart[v]; i < end; i++) used[f.pool[i]] = 1;
    }
    for (const e of b.succs) for (const a of f.edges[e].args) if (f.block[a] !== id) used[a] = 1;
  }
}

function bypass(f: Func, b: Block): boolean {
  const out = f.edges[b.succs[0]];
  if (out.to === b.id || b.preds.length * out.args.length > MAX_COPIED) return false;
  if (b.params.some((p) => used[p] !== 0)) return false;
  for (const e of b.preds.slice()) {
    const edge = f.edges[e];
    const args = mapNumbers(out.args, (a) =>
      f.block[a] === b.id && f.op[a] === Op.Param ? edge.args[f.immLo[a]] : a,
    );
    f.retarget(e, out.to);
    edge.args = args;
  }
  return true;
}
