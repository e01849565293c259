// Runs the passes: the only place that decides which run, and that times, verifies and prints them.
import type { Func } from "../ir/func.ts";
import { printFunc } from "../ir/print.ts";
import { verifyFunc } from "../ir/verify.ts";
import { CompileError } from "../support/error.ts";
import { type ModuleFacts, PassContext, type TargetNeed } from "./context.ts";
import { type Pass, passes } from "./passes.ts";

/** What --print-before and its like ask for. */
export interface PassOptions {
  /** Names of passes, or "all". */
  readonly printBefore: readonly string[];
  readonly printAfter: readonly string[];
  /** Index or name of the function to print; undefined: all. */
  readonly onlyFunction: string | undefined;
  readonly disabled: readonly string[];
  /** Number of passes to run in all, counted over all functions; undefined: no limit. */
  readonly bisect: number | undefined;
}

export interface OptimizeOptions extends PassOptions {
  readonly level: number;
  /** Check the IR before the first pass and after each. */
  readonly verify: boolean;
  /** Measure each pass. */
  readonly time: boolean;
  /** What the target needs of passes. */
  readonly needs?: readonly TargetNeed[];
  /** Run just these passes, in this order, whatever the level (tests). */
  readonly only?: readonly string[];
}

/** All passes of a level, no printing. */
export function defaultOptions(level: number): OptimizeOptions {
  return {
    level,
    verify: false,
    printBefore: [],
    printAfter: [],
    onlyFunction: undefined,
    disabled: [],
    bisect: undefined,
    time: false,
  };
}

function passNamed(name: string): Pass {
  const pass = passes.find((p) => p.name === name);
  if (pass === undefined) throw new CompileError(`there is no pass "${name}"`, {}, "usage");
  return pass;
}

/** The passes of one compile thread. */
export class Optimizer {
  private readonly options: OptimizeOptions;
  private readonly context = new PassContext();
  private readonly passes: readonly Pass[];
  private ran = 0;
  private times: Record<string, number> = {};
  private readonly print: (text: string) => void;

  constructor(
    options: OptimizeOptions,
    print = (text: string): void => {
      process.stderr.write(text);
    },
  ) {
    this.options = options;
    this.print = print;
    this.passes =
      options.only === undefined
        ? passes.filter(
            (p) =>
              p.level <= options.level &&
              !options.disabled.includes(p.name) &&
              (p.onlyFor === undefined || options.needs?.includes(p.onlyFor) === true) &&
              (p.notFor === undefined || options.needs?.includes(p.notFor) !== true),
          )
        : options.only.map((name) => passNamed(name));
  }

  /** Optimizes f in place. */
  run(f: Func, facts: ModuleFacts): void {
    const { verify, level, needs } = this.options;
    if (verify) this.check(f, "translation");
    this.context.begin(f, level, facts, needs);
    // Lists of passes are for tests, whose code comes from text.
    this.context.isFolded = this.options.only === undefined;
    for (const pass of this.passes) {
      if (this.ran === this.options.bisect) return;
      this.ran++;
      this.runPass(pass, f);
    }
  }

  private runPass(pass: Pass, f: Func): void {
    const { name } = pass;
    const { options } = this;
    if (this.prints(options.printBefore, name, f)) this.print(`; before ${name}\n${printFunc(f)}`);
    const start = options.time ? performance.now() : 0;
    pass.run(this.context);
    if (options.time) {
      const key = `optimize: ${name}`;
      this.times[key] = (this.times[key] ?? 0) + performance.now() - start;
    }
    if (options.bisect === this.ran) this.print(`pass ${this.ran}: ${name} on ${f.name || f.index}\n`);
    if (this.prints(options.printAfter, name, f)) this.print(`; after ${name}\n${printFunc(f)}`);
    if (options.verify) this.check(f, name);
  }

  private prints(list: readonly string[], name: string, f: Func): boolean {
    if (list.length === 0 || !(list.includes(name) || list.includes("all"))) return false;
    const { onlyFunction } = this.options;
    return onlyFunction === undefined || onlyFunction === f.name || onlyFunction === String(f.index);
  }

  private check(f: Func, after: string): void {
    try {
      verifyFunc(f);
    } catch (error) {
      throw new Error(`after ${after}: ${(error as Error).message}`);
    }
  }

  /** Milliseconds by pass since the last call. */
  takeTimes(): Record<string, number> {
    const taken = this.times;
    this.times = {};
    return taken;
  }

  /** Counters of the passes since the last call. */
  takeCounts(): Record<string, number> {
    return this.context.takeCounts();
  }
}
