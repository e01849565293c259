// Which allocator a function gets: the fast one at -O0 and where the greedy one would take too long, else the greedy one.

import type { CodegenOptions, Target } from "../target.ts";
import type { VCode } from "../vcode.ts";
import { moveEdgeMoves } from "./edge-moves.ts";
import { allocateFast } from "./fast.ts";
import { allocateGreedy } from "./greedy.ts";
import { removeReloads } from "./reloads.ts";
import { placeFrame } from "./shrink-wrap.ts";
import type { Allocation } from "./types.ts";

/** Instructions beyond which only the fast allocator is used: half a million that are alive at once took the greedy one a minute. */
const MOST_INSTRUCTIONS = 100_000;

/** Allocates registers for one function. */
export function allocate(code: VCode, target: Target, options: CodegenOptions): Allocation {
  if (options.optimize > 0 && code.count <= MOST_INSTRUCTIONS) {
    const allocation = allocateGreedy(code, target, options);
    if (allocation !== undefined) {
      removeReloads(code, target, allocation);
      moveEdgeMoves(code, target, allocation);
      placeFrame(code, target.insts.rows, target.calleeSaved, allocation);
      return allocation;
    }
  }
  const allocation = allocateFast(code, target, options);
  allocation.isStandIn = options.optimize > 0;
  return allocation;
}
