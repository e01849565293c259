// The dominator tree of a function. f.order must be a reverse postorder (cfg.ts).
//
// Besides "who dominates whom" it gives the tree in preorder: a walk over `preorder` meets every block behind its dominators, and the blocks
// that b dominates are those at preorder places first(b) .. last(b).
import type { Func } from "../ir/func.ts";
import { none32, room32 } from "../support/arrays.ts";
import { DominatorTree } from "../support/dominators.ts";

export class Dominators {
  private readonly tree = new DominatorTree();
  private f!: Func;
  /** Place of each block in f.order; -1 for unreachable ones. */
  position = none32;
  private predStart = none32;
  private preds = none32;
  /** Block ids so that every block stands behind its dominators, subtrees together. */
  preorder = none32;
  private first = none32;
  private last = none32;

  compute(f: Func): void {
    this.f = f;
    const n = f.order.length;
    const blocks = f.blocks.length;
    this.position = room32(this.position, blocks);
    this.predStart = room32(this.predStart, n + 1);
    this.position.fill(-1, 0, blocks);
    for (let i = 0; i < n; i++) this.position[f.order[i]] = i;
    let count = 0;
    this.predStart[0] = 0;
    for (let i = 0; i < n; i++) {
      const { preds } = f.blocks[f.order[i]];
      this.preds = room32(this.preds, count + preds.length);
      for (let k = 0; k < preds.length; k++) this.preds[count++] = this.position[f.edges[preds[k]].from];
      this.predStart[i + 1] = count;
    }
    this.tree.compute(n, this.predStart, this.preds);
    this.number(n);
  }

  /** Preorder by subtree sizes: no lists of children are needed. */
  private number(n: number): void {
    const { f, tree } = this;
    this.preorder = room32(this.preorder, n);
    this.first = room32(this.first, n);
    this.last = room32(this.last, n);
    const size = this.last;
    size.fill(1, 0, n);
    for (let i = n - 1; i > 0; i--) size[tree.idom[i]] += size[i];
    // next[i]: where the next child of i goes; `first` holds it until i's turn has passed.
    const next = new Int32Array(n);
    this.first[0] = 0;
    next[0] = 1;
    for (let i = 1; i < n; i++) {
      const d = tree.idom[i];
      this.first[i] = next[d];
      next[d] += size[i];
      next[i] = this.first[i] + 1;
    }
    for (let i = 0; i < n; i++) {
      this.last[i] += this.first[i] - 1;
      this.preorder[this.first[i]] = f.order[i];
    }
  }

  /** The immediate dominator of a block other than the entry, by ids. */
  idom(block: number): number {
    return this.f.order[this.tree.idom[this.position[block]]];
  }

  depth(block: number): number {
    return this.tree.depth[this.position[block]];
  }

  /** Whether block a dominates block b (every block dominates itself). */
  dominates(a: number, b: number): boolean {
    const i = this.position[a];
    const at = this.first[this.position[b]];
    return this.first[i] <= at && at <= this.last[i];
  }

  /** Calls `visit` with every block that a block dominates, itself first. */
  forEachDominated(block: number, visit: (block: number) => void): void {
    const i = this.position[block];
    for (let at = this.first[i]; at <= this.last[i]; at++) visit(this.preorder[at]);
  }

  /** The nearest block that dominates both. */
  common(a: number, b: number): number {
    return this.f.order[this.tree.common(this.position[a], this.position[b])];
  }
}
