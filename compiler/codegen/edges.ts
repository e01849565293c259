// The control flow that lowering wants: blocks in postorder, and no critical edges, so that the register allocator has a place for
// moves on every edge.
import type { Block, Func } from "../ir/func.ts";
import { Op } from "../ir/ops.ts";
import { Type } from "../ir/types.ts";

/** Reachable blocks, every successor before its predecessors except along back edges. Iterative. */
export function postorder(f: Func): number[] {
  const seen = new Uint8Array(f.blocks.length);
  const out: number[] = [];
  const stack: number[] = [f.order[0]];
  const next: number[] = [0];
  seen[f.order[0]] = 1;
  while (stack.length > 0) {
    const top = stack.length - 1;
    const b = f.blocks[stack[top]];
    if (next[top] < b.succs.length) {
      const to = f.edges[b.succs[next[top]++]].to;
      if (seen[to] === 0) {
        seen[to] = 1;
        stack.push(to);
        next.push(0);
      }
    } else {
      out.push(b.id);
      stack.pop();
      next.pop();
    }
  }
  return out;
}

/**
 * Splits critical edges, and gives every edge that passes arguments a source with one successor: a new block directly behind the source. So the
 * register allocator has a place for moves on every edge; a block that stays empty is not emitted. Equal edges of one switch share a block. The block
 * of an edge back to a loop's header comes directly above the header, so that an iteration does not pay for a jump.
 */
export function splitCriticalEdges(f: Func): void {
  const order: number[] = [];
  const blockCount = f.blocks.length;
  const placed = new Uint8Array(blockCount);
  /** By loop header: the block between it and the end of its loop. */
  const above = new Map<number, number>();
  /** By target block: 1 + the source looked at last, and the block last put between the two (0: the edge is not critical). */
  const stamp = new Int32Array(blockCount);
  const between = new Int32Array(blockCount);
  const shrunk: number[] = [];
  for (const id of f.order) {
    order.push(id);
    placed[id] = 1;
    const b = f.blocks[id];
    if (b.succs.length < 2) continue;
    for (let i = 0; i < b.succs.length; i++) {
      const edge = f.edges[b.succs[i]];
      const to = edge.to;
      if (stamp[to] !== id + 1) {
        stamp[to] = id + 1;
        between[to] = 0;
        if (edge.args.length === 0 && f.blocks[to].preds.every((p) => f.edges[p].from === id)) continue;
      } else if (between[to] === 0) continue;
      let middle = f.blocks[between[to]];
      if (between[to] === 0 || !sameArguments(f.edges[middle.succs[0]].args, edge.args)) {
        middle = insertBlock(f, b, to, edge.args);
        between[to] = middle.id;
        if (placed[to] !== 0 && !middle.cold && !above.has(to)) above.set(to, middle.id);
        else order.push(middle.id);
        shrunk.push(to);
      }
      edge.args = [];
      edge.to = middle.id;
      middle.preds.push(b.succs[i]);
    }
  }
  for (const to of new Set(shrunk))
    f.blocks[to].preds = f.blocks[to].preds.filter((p) => f.edges[p].to === to);
  if (above.size === 0) f.order = order;
  else {
    f.order = [];
    for (const id of order) {
      const middle = above.get(id);
      if (middle !== undefined) f.order.push(middle);
      f.order.push(id);
    }
  }
}

/** A new block that only jumps from b to block `to` with `args`. */
function insertBlock(f: Func, b: Block, to: number, args: number[]): Block {
  const middle = f.newBlock();
  middle.loopDepth = Math.min(b.loopDepth, f.blocks[to].loopDepth);
  middle.cold = b.cold || f.blocks[to].cold;
  f.append(middle, f.create(Op.Jump, Type.Void));
  f.addEdge(middle.id, to, args);
  return middle;
}

function sameArguments(a: readonly number[], b: readonly number[]): boolean {
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}
