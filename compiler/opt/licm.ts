// Loop-invariant code motion: what a loop computes anew each time with the same outcome moves in front of it, out of as many loops as it can.
//
// Pure instructions move whenever their arguments stand outside. What may trap moves only from the part of a loop that every entry runs before
// anything else happens: the header down to the first effect, and on through jumps; loads besides only out of loops that write nothing they may
// read. Loads that cannot trap need the latter only.
// Comparisons stay beside the branch they feed, and sums with constants where there are many: each would take a register through the whole loop. Constants and addresses of fields move, so that what uses them can; place.ts puts them back.

import type { Loops } from "../analysis/loops.ts";
import { accessBits, blockWrites, isLoad } from "../analysis/memory.ts";
import { makePreheaders, preheader } from "../analysis/preheaders.ts";
import type { Func } from "../ir/func.ts";
import { Effect, isFloatCompare, isIntegerCompare, Op, opEffect } from "../ir/ops.ts";
import { auxNonTrapping } from "../ir/types.ts";
import type { PassContext } from "./context.ts";

/** Loops that one instruction is tried to leave. */
const MAX_LEVELS = 16;
/** Sums with constants that may leave a loop; when it has more, all stay. */
const MOST_SUMS = 8;

class Motion {
  private readonly f: Func;
  private readonly loops: Loops;
  /** By loop: its preheader, and what it writes, inner loops included. */
  private readonly preheaders: number[];
  private readonly writes: Int32Array;
  /** By loop: sums with constants that could leave it from its own blocks. */
  private readonly sums: Int32Array;
  moved = 0;

  constructor(c: PassContext) {
    this.f = c.f;
    this.loops = c.loops;
    const { list } = this.loops;
    this.preheaders = list.map((l) => preheader(c.f, l));
    const blocks = new Int32Array(c.f.blocks.length);
    blockWrites(c.f, blocks);
    this.writes = new Int32Array(list.length);
    this.sums = new Int32Array(list.length);
    for (let l = list.length - 1; l >= 0; l--) {
      for (const id of list[l].blocks) this.writes[l] |= blocks[id];
      if (list[l].parent >= 0) this.writes[list[l].parent] |= this.writes[l];
    }
  }

  private countSums(): void {
    const { f, loops } = this;
    for (const id of f.order) {
      const loop = loops.innermost(id);
      if (loop < 0) continue;
      for (let v = f.blocks[id].first; v !== 0; v = f.next[v])
        if (this.isSum(v) && this.isInvariant(v, loop)) this.sums[loop]++;
    }
  }

  /** x + C: as cheap as getting it back from memory. */
  private isSum(v: number): boolean {
    return this.f.op[v] === Op.Add && this.f.isConst(this.f.arg(v, 1));
  }

  run(): void {
    const { f, loops } = this;
    this.countSums();
    // Blocks in order: arguments have moved before their users are looked at.
    for (const id of f.order.slice()) {
      const loop = loops.innermost(id);
      if (loop < 0) continue;
      const b = f.blocks[id];
      /** The loop of which this block is the header, while nothing has happened in it yet. */
      let first = loops.list[loop].header === id ? loop : -1;
      for (let v = b.first; v !== 0; ) {
        const next = f.next[v];
        if (!this.tryMove(v, loop, first)) {
          const effect = opEffect[f.op[v]];
          if (effect !== Effect.Pure && effect !== Effect.Terminator && !this.isQuiet(v)) first = -1;
        }
        v = next;
      }
    }
  }

  /**
   * A read that does no harm where the loop would not do it. Through a null reference, which value numbering has put where it is known to be one, nothing is
   * read: such code is never run.
   */
  private isQuiet(v: number): boolean {
    const { f } = this;
    if (opEffect[f.op[v]] !== Effect.Read || !auxNonTrapping(f.aux[v])) return false;
    return f.op[v] !== Op.RawLoad || !f.isConst(f.arg(v, 0));
  }

  private tryMove(v: number, loop: number, first: number): boolean {
    const { f, loops } = this;
    const op = f.op[v];
    const effect = opEffect[op];
    if (effect > Effect.Read || op === Op.Result || op === Op.TrapIf) return false;
    if (isIntegerCompare(op) || isFloatCompare(op)) return false;
    if (this.sums[loop] > MOST_SUMS && this.isSum(v)) return false;
    const quiet = effect === Effect.Pure || this.isQuiet(v);
    let target = -1;
    for (let l = loop, n = 0; l >= 0 && n < MAX_LEVELS; l = loops.list[l].parent, n++) {
      if (this.preheaders[l] < 0 || !this.isInvariant(v, l)) break;
      if (!quiet && l !== first) break;
      if (isLoad(op) && (this.writes[l] & accessBits(f, v)) !== 0) break;
      target = l;
      // Out of the outer loop too only if that one enters the inner one first of all: not looked at.
      if (!quiet) break;
    }
    if (target < 0) return false;
    f.remove(v);
    const to = f.blocks[this.preheaders[target]];
    f.insertBefore(to.last, v);
    this.moved++;
    return true;
  }

  private isInvariant(v: number, loop: number): boolean {
    const { f, loops } = this;
    for (let i = 0; i < f.argCount[v]; i++) {
      const a = f.arg(v, i);
      if (loops.contains(loop, f.block[a])) return false;
    }
    return true;
  }
}

export function licm(c: PassContext): void {
  if (c.loops.list.length === 0) return;
  makePreheaders(c);
  const motion = new Motion(c);
  motion.run();
  c.count("instructions moved out of loops", motion.moved);
}
