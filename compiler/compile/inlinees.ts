// The functions of a module that may be copied into their callers, made when first asked for. What is answered depends on the module and the options alone:
// a function is translated and optimized on its own, never with anything copied into it.

import { Func } from "../ir/func.ts";
import { Op } from "../ir/ops.ts";
import { makeTemplate } from "../ir/template.ts";
import type { Inlinee, ModuleFacts } from "../opt/context.ts";
import { type OptimizeOptions, Optimizer } from "../opt/run.ts";
import { CompileError } from "../support/error.ts";
import type { Translator } from "../translate/function.ts";
import type { Module } from "../wasm/module.ts";
import type { FunctionValidator } from "../wasm/validate-function.ts";

/** Longest body looked at, in bytes, and most instructions of a function that is kept. */
const MOST_BYTES = 200;
const MOST_COST = 90;
/** Functions kept; then all are forgotten. */
const MOST_KEPT = 4096;

/** Passes run on a callee: what makes it small. */
const passes = ["merge-blocks", "gvn", "simplify", "wide-multiply", "dce", "merge-blocks"];

export class Inlinees {
  private readonly module: Module;
  private readonly validator: FunctionValidator;
  private readonly translator: Translator;
  private readonly facts: ModuleFacts;
  private readonly optimizer: Optimizer;
  private readonly kept = new Map<number, Inlinee | undefined>();
  private readonly f = new Func();

  constructor(
    module: Module,
    validator: FunctionValidator,
    translator: Translator,
    facts: ModuleFacts,
    options: OptimizeOptions,
  ) {
    this.module = module;
    this.validator = validator;
    this.translator = translator;
    this.facts = facts;
    const only = passes.filter((p) => !options.disabled.includes(p));
    this.optimizer = new Optimizer({
      ...options,
      time: false,
      bisect: undefined,
      printBefore: [],
      printAfter: [],
      only,
    });
  }

  find(index: number): Inlinee | undefined {
    const { start, end, imported } = this.module.functions[index];
    if (imported !== undefined || end - start > MOST_BYTES) return undefined;
    if (this.kept.has(index)) return this.kept.get(index);
    if (this.kept.size >= MOST_KEPT) this.kept.clear();
    const made = this.make(index);
    this.kept.set(index, made);
    return made;
  }

  private make(index: number): Inlinee | undefined {
    const { f } = this;
    try {
      this.validator.validate(index);
      this.translator.translate(index, f);
    } catch (error) {
      // It is reported when the function itself is compiled.
      if (error instanceof CompileError) return undefined;
      throw error;
    }
    this.optimizer.run(f, this.facts);
    const place = new Map(f.order.map((id, i) => [id, i]));
    let cost = 0;
    let hasCalls = false;
    let hasLoops = false;
    for (const id of f.order) {
      for (let v = f.blocks[id].first; v !== 0; v = f.next[v]) {
        if (f.op[v] !== Op.Const) cost++;
        hasCalls ||= f.op[v] === Op.Call || f.op[v] === Op.CallPointer;
      }
      for (const e of f.blocks[id].succs) hasLoops ||= place.get(f.edges[e].to)! <= place.get(id)!;
    }
    return cost > MOST_COST ? undefined : { template: makeTemplate(f), cost, hasCalls, hasLoops };
  }
}
