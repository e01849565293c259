// Loop inversion: a loop that tests at its top and jumps back from its bottom becomes a test in front of a loop that tests at its bottom.
//
// The header is copied for the way into the loop (copy-blocks.ts) and stays as the last block of the loop; the block behind the test is the header
// from then on. One jump a round is saved, and what the body does first now happens on every entry, so that licm.ts may move its loads, and
// induction.ts finds the test in the latch. Compilers such as clang have done this before they write WebAssembly; others have not.
//
// Only headers that are small, whose branch leaves the loop one way, and whose other way leads to a block that nothing else leads to.
import { makePreheaders, preheader } from "../analysis/preheaders.ts";
import { Op } from "../ir/ops.ts";
import type { PassContext } from "./context.ts";
import { BlockCopier, copyCost } from "./copy-blocks.ts";

const MOST_COPIED = 10;

/** The edge into loop `number` that its header is to be copied for; -1 when the loop stays as it is. */
function edgeToRotate(c: PassContext, number: number): number {
  const { f, loops } = c;
  const loop = loops.list[number];
  const header = f.blocks[loop.header];
  if (f.op[header.last] !== Op.Branch || header.succs.length !== 2) return -1;
  const inside = header.succs.filter((e) => loops.contains(number, f.edges[e].to));
  if (inside.length !== 1) return -1;
  const body = f.blocks[f.edges[inside[0]].to];
  if (body.preds.length !== 1 || body === header) return -1;
  // A latch that may leave the loop is a test at the bottom already.
  for (const e of loop.latches) if (f.blocks[f.edges[e].from].succs.length !== 1) return -1;
  if (copyCost(f, header, MOST_COPIED) > MOST_COPIED) return -1;
  const before = preheader(f, loop);
  return before < 0 ? -1 : f.blocks[before].succs[0];
}

export function rotateLoops(c: PassContext): void {
  if (!c.loops.list.some((_, i) => mayRotate(c, i))) return;
  makePreheaders(c);
  const copier = new BlockCopier(c);
  const edges: number[] = [];
  for (let i = 0; i < c.loops.list.length; i++) {
    const e = edgeToRotate(c, i);
    if (e >= 0) edges.push(e);
  }
  for (const e of edges) if (copier.accepts(c.f.edges[e].to)) copier.copy(e);
  copier.finish();
  c.count("loops rotated", copier.copies);
}

/** A quick look: whether the header of a loop branches and its latches do not. */
function mayRotate(c: PassContext, number: number): boolean {
  const { f, loops } = c;
  const { header, latches } = loops.list[number];
  if (f.op[f.blocks[header].last] !== Op.Branch) return false;
  return latches.every((e) => f.blocks[f.edges[e].from].succs.length === 1);
}
