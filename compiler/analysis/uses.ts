// How often each value is used, and by whom: instructions and edge arguments of listed blocks.
//
// Edge uses belong to the terminator of the edge's source block.
import type { Func } from "../ir/func.ts";
import { none32, room32 } from "../support/arrays.ts";

export class Uses {
  private start = none32;
  private users = none32;

  compute(f: Func): void {
    const n = f.count;
    this.start = room32(this.start, n + 1);
    const start = this.start;
    start.fill(0, 0, n + 1);
    let total = 0;
    forEachUse(f, (v) => {
      start[v]++;
      total++;
    });
    let at = 0;
    for (let v = 0; v < n; v++) {
      at += start[v];
      start[v] = at;
    }
    start[n] = at;
    this.users = room32(this.users, total);
    // Filled from the end of each range, which leaves `start` at its beginning.
    const { users } = this;
    forEachUse(f, (v, user) => {
      users[--start[v]] = user;
    });
  }

  count(v: number): number {
    return this.start[v + 1] - this.start[v];
  }

  /** Instruction of use number i of v, 0 <= i < count(v). */
  user(v: number, i: number): number {
    return this.users[this.start[v] + i];
  }
}

/** Calls `visit` with each value used and the instruction that uses it. */
export function forEachUse(f: Func, visit: (v: number, user: number) => void): void {
  for (const id of f.order) {
    const b = f.blocks[id];
    for (let v = b.first; v !== 0; v = f.next[v]) {
      const start = f.argStart[v];
      const end = start + f.argCount[v];
      for (let i = start; i < end; i++) visit(f.pool[i], v);
    }
    for (const e of b.succs) {
      const { args } = f.edges[e];
      for (let i = 0; i < args.length; i++) visit(args[i], b.last);
    }
  }
}
