// Removes block parameters that always have one value: every edge brings that value or the parameter itself. A removal may make
// others trivial; those that had the parameter as an argument are looked at again, so the work is linear in edge arguments times the
// length of such chains. Source: Braun et al. 2013, algorithm 3, on a finished function.
import type { Func } from "../ir/func.ts";

/** The one value that parameter i of block b stands for, 0 when there are several. */
function onlyValue(f: Func, b: number, i: number): number {
  const block = f.blocks[b];
  const p = block.params[i];
  let only = 0;
  for (const e of block.preds) {
    const v = f.resolve(f.edges[e].args[i]);
    if (v === p || v === only) continue;
    if (only !== 0) return 0;
    only = v;
  }
  return only;
}

/** Needs f.order; leaves forwards behind (f.applyForwards). */
export function removeTrivialParams(f: Func): void {
  const users = paramUsers(f);
  const work: number[] = [];
  for (const id of f.order) if (id !== f.order[0]) for (const p of f.blocks[id].params) work.push(p);
  const changed = new Uint8Array(f.blocks.length);
  while (work.length > 0) {
    const p = work.pop()!;
    const b = f.block[p];
    if (b < 0 || f.forward[p] !== 0) continue;
    const v = onlyValue(f, b, f.immLo[p]);
    if (v === 0) continue;
    f.replace(p, v);
    changed[b] = 1;
    for (let u = users.first[p]; u !== 0; u = users.next[u]) {
      const q = users.user[u];
      work.push(q);
      // A user of p is now a user of v.
      if (v < users.first.length && f.op[v] === f.op[p]) users.add(v, q);
    }
  }
  for (let b = 0; b < changed.length; b++) if (changed[b] !== 0) dropForwarded(f, b);
}

/** Takes the forwarded parameters of block b away, with their arguments. */
function dropForwarded(f: Func, b: number): void {
  const block = f.blocks[b];
  const { params } = block;
  for (const e of block.preds) f.edges[e].args = f.edges[e].args.filter((_, i) => f.forward[params[i]] === 0);
  for (const p of params) if (f.forward[p] !== 0) f.block[p] = -1;
  block.params = params.filter((p) => f.forward[p] === 0);
  for (let i = 0; i < block.params.length; i++) f.immLo[block.params[i]] = i;
}

/** By value: the parameters that have it as an argument, as linked lists. */
class Users {
  readonly first: Int32Array;
  readonly next: number[] = [0];
  readonly user: number[] = [0];
  constructor(count: number) {
    this.first = new Int32Array(count);
  }
  add(v: number, p: number): void {
    this.next.push(this.first[v]);
    this.user.push(p);
    this.first[v] = this.user.length - 1;
  }
}

function paramUsers(f: Func): Users {
  const users = new Users(f.count);
  for (const id of f.order) {
    for (const e of f.blocks[id].succs) {
      const { args, to } = f.edges[e];
      const { params } = f.blocks[to];
      for (let i = 0; i < args.length; i++) users.add(f.resolve(args[i]), params[i]);
    }
  }
  return users;
}
