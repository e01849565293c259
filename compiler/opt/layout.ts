// The order of blocks in the code: loops together, likely successors next, rare blocks out of line. Always the last pass.
//
// Blocks that can only end in a trap are cold; so is what only cold blocks lead to or what leads nowhere else. The order is grown from the entry as
// traces: the next block is the unplaced successor in the innermost loop that is most likely; a loop is finished before anything outside it
// is placed (Pettis and Hansen 1990, with static frequencies). A loop that tests at its top and jumps back from its bottom is turned: the top
// comes last, behind the jump back, which so becomes no instruction.
import type { Loops } from "../analysis/loops.ts";
import type { Block, Func } from "../ir/func.ts";
import { Op } from "../ir/ops.ts";
import type { PassContext } from "./context.ts";

/** Marks blocks from which every way leads to a trap. */
function markCold(f: Func): void {
  for (let i = f.order.length - 1; i >= 0; i--) {
    const b = f.blocks[f.order[i]];
    const op = f.op[b.last];
    b.cold = op === Op.Trap || (b.succs.length > 0 && b.succs.every((e) => f.blocks[f.edges[e].to].cold));
  }
  for (const id of f.order) {
    const b = f.blocks[id];
    if (id === 0) b.cold = false;
    else if (!b.cold && b.preds.every((e) => f.blocks[f.edges[e].from].cold)) b.cold = true;
  }
}

class Layout {
  private readonly f: Func;
  private readonly loops: Loops;
  private readonly placed: Uint8Array;
  private readonly rpo: Int32Array;
  readonly order: number[] = [];
  /** Unplaced blocks met on the way, by loop number + 1; the latest is tried first. */
  private readonly waiting: number[][];

  constructor(c: PassContext) {
    this.f = c.f;
    this.loops = c.loops;
    this.placed = new Uint8Array(c.f.blocks.length);
    this.rpo = new Int32Array(c.f.blocks.length);
    c.f.order.forEach((id, i) => {
      this.rpo[id] = i;
    });
    this.waiting = Array.from({ length: this.loops.list.length + 1 }, () => []);
  }

  run(): void {
    for (let id = 0; id >= 0; ) {
      this.place(id);
      id = this.next(this.f.blocks[id]);
    }
    const { f } = this;
    for (const id of f.order) if (this.placed[id] === 0) this.order.push(id);
  }

  private place(id: number): void {
    this.placed[id] = 1;
    this.order.push(id);
  }

  /** The block to come behind b: a successor, or one left waiting in the loops around. */
  private next(b: Block): number {
    const { f, loops, placed } = this;
    const loop = loops.innermost(b.id);
    let best = -1;
    for (const e of b.succs) {
      const { to } = f.edges[e];
      if (placed[to] !== 0 || f.blocks[to].cold) continue;
      this.waiting[loops.innermost(to) + 1].push(to);
      if (best < 0 || this.isLikelier(to, best)) best = to;
    }
    if (best >= 0 && (loop < 0 || loops.contains(loop, best))) return best;
    for (let l = loop; ; l = loops.list[l].parent) {
      const id = this.latest(l);
      if (id >= 0) return id;
      if (l < 0) return -1;
    }
  }

  private latest(loop: number): number {
    const list = this.waiting[loop + 1];
    while (list.length > 0) {
      const id = list.pop()!;
      if (this.placed[id] === 0) return id;
    }
    return -1;
  }

  /** Deeper loops first; then the block that comes first in reverse postorder, so that joins wait for their arms. */
  private isLikelier(a: number, b: number): boolean {
    const { f, rpo } = this;
    const depth = f.blocks[a].loopDepth - f.blocks[b].loopDepth;
    return depth !== 0 ? depth > 0 : rpo[a] < rpo[b];
  }
}

/**
 * Puts the header of a loop behind its last block when that ends in a jump back and the header may leave the loop: one jump into the loop for one
 * saved on each iteration.
 */
function turnLoops(f: Func, loops: Loops, order: number[]): number[] {
  const at = new Int32Array(f.blocks.length).fill(-1);
  order.forEach((id, i) => {
    at[id] = i;
  });
  const moveBehind = new Map<number, number>();
  const moved = new Uint8Array(f.blocks.length);
  for (const loop of loops.list) {
    const header = f.blocks[loop.header];
    if (header.id === 0 || header.succs.length !== 2 || !loop.innermost) continue;
    const leaves = header.succs.some((e) => !loops.contains(loops.innermost(header.id), f.edges[e].to));
    if (!leaves) continue;
    // The last block of the loop in the layout.
    let last = header.id;
    for (const id of loop.blocks) if (!f.blocks[id].cold && at[id] > at[last]) last = id;
    const end = f.blocks[last];
    if (last === header.id || end.succs.length !== 1 || f.edges[end.succs[0]].to !== header.id) continue;
    moveBehind.set(last, header.id);
    moved[header.id] = 1;
  }
  if (moveBehind.size === 0) return order;
  const turned: number[] = [];
  for (const id of order) {
    if (moved[id] === 0) turned.push(id);
    const header = moveBehind.get(id);
    if (header !== undefined) turned.push(header);
  }
  return turned;
}

export function layout(c: PassContext): void {
  const { f } = c;
  const { loops } = c;
  markCold(f);
  const l = new Layout(c);
  l.run();
  f.order = c.level >= 2 ? turnLoops(f, loops, l.order) : l.order;
}
