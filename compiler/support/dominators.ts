// Immediate dominators of a graph whose nodes are numbered in reverse postorder, node 0 being the entry.
//
// In a reducible graph one pass in that order is exact: what a back edge brings is dominated by its target. The nearest common dominator is
// found through jump pointers (Myers 1983, "An applicative random-access stack"), so that a chain of n blocks that all leave to one exit costs
// n log n. Where a retreating edge does not lead to a dominator (an irreducible graph) the pass is repeated until nothing changes (Cooper,
// Harvey and Kennedy 2001, "A Simple, Fast Dominance Algorithm").
import { none32, room32 } from "./arrays.ts";

export class DominatorTree {
  /** By node: its immediate dominator; node 0 is its own. */
  idom = none32;
  depth = none32;
  private jump = none32;

  /** `preds` holds the predecessors of node i at predStart[i] .. predStart[i + 1]. Every node is reachable. */
  compute(n: number, predStart: Int32Array, preds: Int32Array): void {
    this.idom = room32(this.idom, n);
    this.depth = room32(this.depth, n);
    this.jump = room32(this.jump, n);
    this.idom.fill(-1, 0, n);
    this.idom[0] = 0;
    this.depth[0] = 0;
    this.jump[0] = 0;
    let irreducible = false;
    for (let i = 1; i < n; i++) {
      let d = -1;
      for (let k = predStart[i]; k < predStart[i + 1]; k++) {
        const p = preds[k];
        if (p < i) d = d < 0 ? p : this.common(d, p);
      }
      if (d < 0) throw new Error(`node ${i} comes before what leads to it`);
      this.hang(i, d);
    }
    for (let i = 1; i < n && !irreducible; i++)
      for (let k = predStart[i]; k < predStart[i + 1]; k++)
        if (preds[k] >= i && !this.dominates(i, preds[k])) irreducible = true;
    if (irreducible) this.iterate(n, predStart, preds);
  }

  private hang(i: number, d: number): void {
    this.idom[i] = d;
    this.depth[i] = this.depth[d] + 1;
    const j = this.jump[d];
    this.jump[i] =
      this.depth[d] - this.depth[j] === this.depth[j] - this.depth[this.jump[j]] ? this.jump[j] : d;
  }

  private iterate(n: number, predStart: Int32Array, preds: Int32Array): void {
    const { idom } = this;
    for (let changed = true; changed; ) {
      changed = false;
      for (let i = 1; i < n; i++) {
        let d = -1;
        for (let k = predStart[i]; k < predStart[i + 1]; k++) {
          let p = preds[k];
          if (d < 0) d = p;
          while (d !== p) {
            if (d > p) d = idom[d];
            else p = idom[p];
          }
        }
        if (idom[i] !== d) {
          idom[i] = d;
          changed = true;
        }
      }
    }
    for (let i = 1; i < n; i++) this.hang(i, idom[i]);
  }

  /** The ancestor of node i at depth `depth`. */
  private ancestor(i: number, depth: number): number {
    while (this.depth[i] > depth) i = this.depth[this.jump[i]] >= depth ? this.jump[i] : this.idom[i];
    return i;
  }

  /** The nearest node that dominates both. */
  common(a: number, b: number): number {
    if (this.depth[a] > this.depth[b]) a = this.ancestor(a, this.depth[b]);
    else b = this.ancestor(b, this.depth[a]);
    while (a !== b) {
      if (this.jump[a] !== this.jump[b]) {
        a = this.jump[a];
        b = this.jump[b];
      } else {
        a = this.idom[a];
        b = this.idom[b];
      }
    }
    return a;
  }

  dominates(a: number, b: number): boolean {
    return this.depth[a] <= this.depth[b] && this.ancestor(b, this.depth[a]) === a;
  }
}
