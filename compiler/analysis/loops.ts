// Natural loops and how they nest. f.order must be a reverse postorder and its dominators known.
//
// A loop is a header and every block that reaches a back edge to it without passing it. Loops that share a header are one. Fills
// block.loopDepth. Retreating edges that lead to no dominator (irreducible graphs) make no loop.
//
// Source: Havlak 1997, restricted to reducible loops: headers inside out, each block climbs to its outermost loop found so far.
import type { Func } from "../ir/func.ts";
import { none32, room32 } from "../support/arrays.ts";
import type { Dominators } from "./dominators.ts";

export interface Loop {
  /** Block id. */
  readonly header: number;
  /** The loop around it, -1: none. */
  parent: number;
  /** 1 for an outermost loop. */
  depth: number;
  /** Its blocks that are in no inner loop, in reverse postorder; the header comes first. */
  readonly blocks: number[];
  /** Ids of its back edges. */
  readonly latches: number[];
  /** Holds no other loop. */
  innermost: boolean;
}

export class Loops {
  /** Outer loops before the loops inside them. */
  list: Loop[] = [];
  /** By block: the innermost loop around it, -1: none. */
  private of = none32;
  private position!: Int32Array;

  compute(f: Func, dominators: Dominators): void {
    const n = f.blocks.length;
    this.list = [];
    this.of = room32(this.of, n);
    this.of.fill(-1, 0, n);
    this.position = dominators.position;
    // Headers from the last to the first in reverse postorder: inner loops before outer ones.
    for (let i = f.order.length - 1; i >= 0; i--) {
      const header = f.order[i];
      const latches = f.blocks[header].preds.filter((e) => dominators.dominates(header, f.edges[e].from));
      if (latches.length > 0) this.collect(f, header, latches);
    }
    this.finish(f);
  }

  private collect(f: Func, header: number, latches: number[]): void {
    const { list, of } = this;
    const number = list.length;
    list.push({ header, parent: -1, depth: 0, blocks: [], latches, innermost: true });
    const work: number[] = [];
    const add = (block: number): void => {
      // The block itself, or the header of the outermost loop around it found so far.
      let l = of[block];
      if (l < 0) {
        if (block === header) return;
        of[block] = number;
        work.push(block);
        return;
      }
      while (list[l].parent >= 0) l = list[l].parent;
      if (l === number) return;
      list[l].parent = number;
      list[number].innermost = false;
      work.push(list[l].header);
    };
    of[header] = number;
    for (const e of latches) if (f.edges[e].from !== header) add(f.edges[e].from);
    while (work.length > 0) {
      const block = work.pop()!;
      for (const e of f.blocks[block].preds) {
        const { from } = f.edges[e];
        if (this.position[from] >= 0) add(from);
      }
    }
  }

  private finish(f: Func): void {
    const { list, of } = this;
    // Outer loops first.
    const last = list.length - 1;
    list.reverse();
    for (const l of list) {
      if (l.parent >= 0) l.parent = last - l.parent;
      l.depth = l.parent < 0 ? 1 : list[l.parent].depth + 1;
    }
    for (const id of f.order) {
      if (of[id] >= 0) of[id] = last - of[id];
      f.blocks[id].loopDepth = of[id] < 0 ? 0 : list[of[id]].depth;
      if (of[id] >= 0) list[of[id]].blocks.push(id);
    }
  }

  /** The innermost loop around a block, or -1. */
  innermost(block: number): number {
    return this.of[block];
  }

  /** Whether a loop holds a block. */
  contains(loop: number, block: number): boolean {
    let l = this.of[block];
    while (l > loop) l = this.list[l].parent;
    return l === loop;
  }
}
