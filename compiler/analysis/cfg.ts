// The control-flow graph as dense arrays: blocks in reverse postorder, numbered by their place in it.
//
// `rebuildOrder` is what a pass calls after it changed edges: it makes func.order the reachable blocks in reverse postorder and takes edges
// from unreachable blocks away. All other analyses start from the order it leaves.
import type { Func } from "../ir/func.ts";
import { none32, room32 } from "../support/arrays.ts";

let visited = none32;
let stack = none32;

/**
 * Sets f.order to the reachable blocks in reverse postorder and drops edges that come from other blocks. Successors are visited last first, so
 * that of two arms the first comes first.
 */
export function rebuildOrder(f: Func): void {
  const n = f.blocks.length;
  visited = room32(visited, n);
  stack = room32(stack, n);
  visited.fill(-1, 0, n);
  const order: number[] = [];
  let top = 0;
  stack[0] = 0;
  visited[0] = f.blocks[0].succs.length;
  while (top >= 0) {
    const b = f.blocks[stack[top]];
    if (visited[b.id] === 0) {
      order.push(b.id);
      top--;
      continue;
    }
    const { to } = f.edges[b.succs[--visited[b.id]]];
    if (visited[to] >= 0) continue;
    visited[to] = f.blocks[to].succs.length;
    stack[++top] = to;
  }
  order.reverse();
  f.order = order;
  for (const id of order) {
    const { preds } = f.blocks[id];
    let dead = false;
    for (let i = 0; i < preds.length && !dead; i++) dead = visited[f.edges[preds[i]].from] < 0;
    if (dead) f.blocks[id].preds = preds.filter((e) => visited[f.edges[e].from] >= 0);
  }
}
