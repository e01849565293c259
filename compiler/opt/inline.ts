// Copies small functions in place of their calls.
//
// A callee comes translated and optimized from the module's facts. It is copied when it costs about what the call does, or a little more in loops and where
// arguments are constants; then calls that came with it are looked at, a few levels deep, never into a function that is being copied already. The
// growth of a function is bounded.
//
// A small function that calls itself is copied into itself last, level by level, as far as a budget of its own goes: each level saves the calls of the
// one below (what gcc does as well; its param max-inline-recursive-depth-auto is the source of the depth). Traps inside copied code show the caller alone in backtraces; positions in the module stay those of the callee.
import { Op } from "../ir/ops.ts";
import { Splicer } from "../ir/template.ts";
import type { Inlinee, PassContext } from "./context.ts";

/** Levels of calls followed into copied code. */
const DEEPEST = 4;
/** Instructions that a function may grow by: this, or half of what it has. */
const LEAST_GROWTH = 400;
const MOST_GROWTH = 20_000;

/** Largest function that is copied into itself, how deep, and by how many instructions it may grow. */
const RECURSIVE_COST = 60;
const RECURSIVE_DEPTH = 6;
const RECURSIVE_GROWTH = 120;

/** A call that came with copied code, and the functions it came through. */
interface Site {
  readonly call: number;
  readonly chain: readonly number[];
}

/** Cost of a callee that is accepted at a call. */
function acceptedCost(c: PassContext, call: number, callee: Inlinee): number {
  const { f } = c;
  const n = f.argCount[call];
  const least = 8 + 2 * n;
  if (callee.hasCalls) return least;
  if (callee.hasLoops) return least;
  const inLoop = f.blocks[f.block[call]].loopDepth > 0;
  let most = c.level >= 3 ? 50 : 25;
  for (let i = 0; i < n; i++) if (f.isConst(f.resolve(f.arg(call, i)))) most += 4;
  return Math.max(least, inLoop ? most * 1.5 : most);
}

/** The calls of wasm functions, so that the last of each block come off the end of the list first. */
function findCalls(c: PassContext): Site[] {
  const { f } = c;
  const sites: Site[] = [];
  for (const id of f.order) {
    const b = f.blocks[id];
    // What leads straight into a trap is not worth it.
    if (f.op[b.last] === Op.Trap) continue;
    for (let v = b.first; v !== 0; v = f.next[v]) if (f.op[v] === Op.Call) sites.push({ call: v, chain: [] });
  }
  return sites;
}

/** Copies the function into itself at these calls, the outer ones first. Returns how often. */
function inlineItself(c: PassContext, splicer: Splicer, sites: Site[]): number {
  const { f, facts } = c;
  const itself = sites.length === 0 ? undefined : facts.inlinee?.(f.index);
  if (itself === undefined || itself.cost > RECURSIVE_COST) return 0;
  let room = c.level >= 3 ? 2 * RECURSIVE_GROWTH : RECURSIVE_GROWTH;
  let copied = 0;
  for (let i = 0; i < sites.length && room >= itself.cost; i++, room -= itself.cost) {
    const { call, chain } = sites[i];
    splicer.splice(call, itself.template);
    copied++;
    if (chain.length + 1 >= RECURSIVE_DEPTH) continue;
    for (const w of splicer.calls)
      if (f.immLo[w] === f.index) sites.push({ call: w, chain: [...chain, f.index] });
  }
  return copied;
}

export function inline(c: PassContext): void {
  const { f, facts } = c;
  if (facts.inlinee === undefined) return;
  const calls = findCalls(c);
  if (calls.length === 0) return;
  const sites = calls.filter(({ call }) => f.immLo[call] !== f.index);
  const recursive = calls.filter(({ call }) => f.immLo[call] === f.index);
  if (c.loops.list.length === 0) for (const id of f.order) f.blocks[id].loopDepth = 0;
  const splicer = new Splicer(f, c.build());
  let room = Math.min(MOST_GROWTH, Math.max(LEAST_GROWTH, f.count >> 1));
  let copied = 0;
  let blocksAdded = false;
  while (sites.length > 0) {
    const { call, chain } = sites.pop()!;
    const index = f.immLo[call];
    if (chain.includes(index)) continue;
    const callee = facts.inlinee(index);
    if (callee === undefined || callee.cost > room) continue;
    if (callee.cost > acceptedCost(c, call, callee)) continue;
    const saved = 1 + f.argCount[call];
    const before = f.count;
    if (splicer.splice(call, callee.template)) blocksAdded = true;
    // What folded away costs nothing, and neither does a copy no larger than the call.
    room -= Math.max(0, Math.min(callee.cost, f.count - before) - saved);
    copied++;
    if (chain.length + 1 >= DEEPEST) continue;
    for (const w of splicer.calls)
      if (f.immLo[w] !== f.index) sites.push({ call: w, chain: [...chain, index] });
  }
  const unfolded = inlineItself(c, splicer, recursive);
  c.count("calls of a function by itself inlined", unfolded);
  if (copied + unfolded === 0) return;
  if (blocksAdded || unfolded > 0) c.blocksChanged();
  f.applyForwards();
  c.count("calls inlined", copied);
}
