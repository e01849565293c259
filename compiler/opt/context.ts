// What a pass is given besides the function: the builder, analyses on demand, facts about the module, counters.
//
// Invariants: an analysis is computed when first asked for after the blocks or edges changed; a pass that changes them calls
// `blocksChanged`, which also puts f.order right. Passes hold no state between functions.
import { rebuildOrder } from "../analysis/cfg.ts";
import { Dominators } from "../analysis/dominators.ts";
import { Loops } from "../analysis/loops.ts";
import { Uses } from "../analysis/uses.ts";
import { Builder } from "../ir/build.ts";
import { Func } from "../ir/func.ts";

/** A function that may be copied in place of calls. */
export interface Inlinee {
  readonly template: Func;
  /** Instructions, constants not counted. */
  readonly cost: number;
  readonly hasLoops: boolean;
  readonly hasCalls: boolean;
}

/** Symbols of the runtime's functions that tell how many bytes a loop may skip (runtime-c/blocks.c). */
export interface SearchSymbols {
  readonly until: number;
  readonly untilBackwards: number;
  readonly span: number;
  readonly equal: number;
  readonly equalStrings: number;
}

/** What the module tells about all its functions. */
export interface ModuleFacts {
  /** Bytes of linear memory 0 that are always there (memories never shrink). */
  readonly memoryBytes: number;
  /** Bytes that linear memory 0 never exceeds. */
  readonly memoryLimit: number;
  /** The function of that index when it is small enough to be copied into its callers, optimized, and none it must not be copied into. */
  readonly searches?: SearchSymbols;
  /** Builds the bytes that linear memory 0 has now, as i64; none when there is no such memory of 32-bit addresses. */
  readonly memorySize?: (b: Builder) => number;
  readonly inlinee?: (index: number) => Inlinee | undefined;
}

/**
 * What a target lacks. nativeAddresses: its loads and stores add only a constant to a register (addresses.ts); tableBases: they add a 32-bit index to
 * any register, so that accesses without an offset are well as they are (table-bases.ts); scaledIndices: they scale an index, so that its place in
 * a word does not matter (scaled-indices.ts); zeroExtend: it holds an i32 sign-extended and pays for
 * each zero extension (zero-extend.ts); alignedAccesses: others may be slow, so none are made of aligned ones (combine-loads.ts); scalars: it has
 * no vectors of 16 bytes (vectorize.ts).
 */
export type TargetNeed =
  | "nativeAddresses"
  | "tableBases"
  | "scaledIndices"
  | "zeroExtend"
  | "alignedAccesses"
  | "scalars";

export class PassContext {
  f: Func = new Func();
  level = 2;
  needs: readonly TargetNeed[] = [];
  /** The code was folded when it was built: only what changed since is worth folding again. */
  isFolded = false;
  facts: ModuleFacts = { memoryBytes: 0, memoryLimit: 2 ** 32 };
  readonly builder = new Builder(this.f);
  private readonly dominatorTree = new Dominators();
  private readonly loopForest = new Loops();
  private readonly useLists = new Uses();
  private dominatorsKnown = false;
  private loopsKnown = false;
  private readonly counts = new Map<string, number>();

  /** Starts on a function. */
  begin(f: Func, level: number, facts: ModuleFacts, needs: readonly TargetNeed[] = []): void {
    this.needs = needs;
    this.f = f;
    this.level = level;
    this.facts = facts;
    this.dominatorsKnown = false;
    this.loopsKnown = false;
  }

  /** Edges, or which blocks there are, changed: the order is made anew and what was known of it forgotten. */
  blocksChanged(): void {
    rebuildOrder(this.f);
    this.dominatorsKnown = false;
    this.loopsKnown = false;
  }

  get dominators(): Dominators {
    if (!this.dominatorsKnown) this.dominatorTree.compute(this.f);
    this.dominatorsKnown = true;
    return this.dominatorTree;
  }

  get loops(): Loops {
    if (!this.loopsKnown) this.loopForest.compute(this.f, this.dominators);
    this.loopsKnown = true;
    return this.loopForest;
  }

  /** Use lists as of now; valid until the next call. */
  findUses(): Uses {
    this.useLists.compute(this.f);
    return this.useLists;
  }

  /** A builder at work on the function. */
  build(): Builder {
    this.builder.attach(this.f);
    return this.builder;
  }

  /** Adds to a counter that --stats prints. */
  count(what: string, n = 1): void {
    if (n !== 0) this.counts.set(what, (this.counts.get(what) ?? 0) + n);
  }

  takeCounts(): Record<string, number> {
    const taken = Object.fromEntries(this.counts);
    this.counts.clear();
    return taken;
  }
}
