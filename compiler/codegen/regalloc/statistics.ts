// What an allocation costs: how many moves, loads, stores and repeated instructions it adds, and how often they run.

import type { InstRow } from "../insts.ts";
import { SLOT_BASE, type VCode } from "../vcode.ts";
import { Frequencies } from "./frequency.ts";
import { type Allocation, EditKind } from "./types.ts";

export interface EditCounts {
  /** Stores to spill slots. */
  spills: number;
  /** Loads from spill slots. */
  reloads: number;
  /** Moves between registers. */
  moves: number;
  /** Instructions repeated. */
  rematerialized: number;
}

/** Cost of an edit by what it is, in units of a move. */
const MEMORY = 2;
const SLOT_TO_SLOT = 4;
/** Saving and restoring a callee-saved register. */
const SAVE = 2;

/** Counts the edits of an allocation; a move between two slots is a spill and a reload. */
export function countEdits(allocation: Allocation): EditCounts {
  const { edits, editCount } = allocation;
  const counts = { spills: 0, reloads: 0, moves: 0, rematerialized: 0 };
  for (let e = 0; e < editCount; e++) {
    if (edits[5 * e + 1] === EditKind.Rematerialize) {
      counts.rematerialized++;
      continue;
    }
    const loads = edits[5 * e + 2] >= SLOT_BASE;
    const stores = edits[5 * e + 3] >= SLOT_BASE;
    if (loads) counts.reloads++;
    if (stores) counts.spills++;
    if (!loads && !stores) counts.moves++;
  }
  return counts;
}

const frequencies = new Frequencies();

/** What the edits and saved registers of an allocation cost per call of the function, by estimated block frequencies. */
export function weightedCost(code: VCode, rows: readonly InstRow[], allocation: Allocation): number {
  const { edits, editCount } = allocation;
  frequencies.compute(code, rows);
  const saves = allocation.frame === undefined ? 1 : frequencies.of[allocation.frame.block];
  let sum = SAVE * saves * allocation.calleeSaved.length;
  let b = 0;
  for (let e = 0; e < editCount; e++) {
    const inst = edits[5 * e] >> 1;
    while (code.blockStart[b + 1] <= inst) b++;
    const slots = Number(edits[5 * e + 2] >= SLOT_BASE) + Number(edits[5 * e + 3] >= SLOT_BASE);
    const isMove = edits[5 * e + 1] === EditKind.Move;
    sum += frequencies.of[b] * (!isMove || slots === 0 ? 1 : slots === 2 ? SLOT_TO_SLOT : MEMORY);
  }
  return sum;
}
