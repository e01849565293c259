// A growing forest of numbered nodes that answers "the outermost (innermost) ancestor with a monotone property" in logarithmic time, with
// one extra pointer for each node. Source: Myers 1983, "An applicative random-access stack".

export class Ancestry {
  private count = 0;
  private readonly parents: number[] = [];
  private readonly jumps: number[] = [];
  private readonly depths: number[] = [];

  reset(): void {
    this.count = 0;
  }

  /** Adds a node and returns its number: 0, 1, ... The first one is its own parent. */
  add(parent: number): number {
    const n = this.count++;
    const { parents, jumps, depths } = this;
    parents[n] = parent;
    if (n === parent) {
      jumps[n] = n;
      depths[n] = 0;
      return n;
    }
    const j = jumps[parent];
    depths[n] = depths[parent] + 1;
    jumps[n] = depths[parent] - depths[j] === depths[j] - depths[jumps[j]] ? jumps[j] : parent;
    return n;
  }

  parent(n: number): number {
    return this.parents[n];
  }

  /** The outermost of n and its ancestors with key <= limit, where keys grow towards the root; n itself must have it, the root not. */
  outermostUpTo(n: number, keys: readonly number[], limit: number): number {
    const { parents, jumps } = this;
    for (;;) {
      if (keys[jumps[n]] <= limit) n = jumps[n];
      else if (keys[parents[n]] <= limit) n = parents[n];
      else return n;
    }
  }

  /** The innermost of n and its ancestors with key >= limit, where keys grow towards the root; 0 when only the root is left. */
  innermostFrom(n: number, keys: readonly number[], limit: number): number {
    const { parents, jumps } = this;
    while (n !== 0 && keys[n] < limit) {
      const j = jumps[n];
      n = j !== 0 && keys[j] < limit ? j : parents[n];
    }
    return n;
  }
}
