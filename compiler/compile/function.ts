// One function from wasm bytes to assembly text: everything between the front end and the assembler.
//
// The result depends on the program, the item and the options only. A FunctionCompiler holds the reused state of one thread; it carries
// nothing from one function to the next.
import { adapterSymbol, initSymbol, instanceSymbol, trapSymbol } from "../codegen/descriptor.ts";
import { type EmittedFunction, Emitter } from "../codegen/emit.ts";
import { Lowering } from "../codegen/lower.ts";
import { allocate } from "../codegen/regalloc/allocate.ts";
import { checkAllocation } from "../codegen/regalloc/check.ts";
import { countEdits } from "../codegen/regalloc/statistics.ts";
import type { SymbolTable } from "../codegen/symbols.ts";
import type { CodegenOptions, Target } from "../codegen/target.ts";
import { Func } from "../ir/func.ts";
import { printFunc } from "../ir/print.ts";
import type { Inlinee, ModuleFacts, SearchSymbols } from "../opt/context.ts";
import { type OptimizeOptions, Optimizer } from "../opt/run.ts";
import type { CodeOptions, Program, ProgramModule } from "../program.ts";
import { translateAdapter, translateTrap } from "../translate/adapters.ts";
import { Translator } from "../translate/function.ts";
import { translateInit } from "../translate/init.ts";
import { buildMemorySize } from "../translate/memory.ts";
import { functionType, type Module, valueTypeName } from "../wasm/module.ts";
import { FunctionValidator } from "../wasm/validate-function.ts";
import { Inlinees } from "./inlinees.ts";
import type { Item } from "./parts.ts";
import { Stopwatch } from "./stopwatch.ts";

/** Reused state for the functions of one module; `translator` is absent for adapters, which belong to no module. */
interface Backend {
  readonly options: CodegenOptions;
  readonly facts: ModuleFacts;
  readonly lowering: Lowering;
  readonly emitter: Emitter;
}

interface ModuleState extends Backend {
  readonly module: ProgramModule;
  readonly validator: FunctionValidator;
  readonly translator: Translator;
}

export class FunctionCompiler {
  private readonly program: Program;
  private readonly target: Target;
  private readonly options: CodeOptions;
  private readonly states: (ModuleState | undefined)[] = [];
  private adapters: Backend | undefined;
  private readonly f = new Func();
  private readonly optimizeOptions: OptimizeOptions;
  private readonly optimizer: Optimizer;
  readonly stopwatch: Stopwatch;
  private counts: Record<string, number> = {};
  private notes: string[] = [];

  constructor(program: Program, target: Target, options: CodeOptions) {
    this.program = program;
    this.target = target;
    this.options = options;
    this.stopwatch = new Stopwatch(options.time);
    const { optimize: level, verify, time, passes } = options;
    const needs = target.optimizerNeeds?.(new Set(options.features));
    this.optimizeOptions = { level, verify, time, needs, ...passes };
    this.optimizer = new Optimizer(this.optimizeOptions);
  }

  /** Compiles one item; `ordinal` numbers it within the program, for labels. Throws CompileError. */
  compile(item: Item, ordinal: number): EmittedFunction {
    const { f, stopwatch } = this;
    if (item.kind === "adapter") {
      translateAdapter(this.program.functionTypes[item.index - 1], f);
      const symbol = adapterSymbol(item.index);
      return this.finish((this.adapters ??= this.backend(undefined)), symbol, ordinal, symbol);
    }
    if (item.kind === "trap") {
      translateTrap(item.index, f);
      const symbol = trapSymbol(item.index);
      return this.finish((this.adapters ??= this.backend(undefined)), symbol, ordinal, symbol);
    }
    const state = (this.states[item.module] ??= this.moduleState(this.program.modules[item.module]));
    const { env } = state.module;
    if (item.kind === "init") {
      translateInit(env, f);
      const symbol = initSymbol(env.number);
      return this.finish(state, symbol, ordinal, symbol);
    }
    stopwatch.start();
    if (item.index >= env.module.importedFunctionCount) state.validator.validate(item.index);
    stopwatch.lap("validate");
    state.translator.translate(item.index, f);
    stopwatch.lap("translate");
    return this.finish(state, env.symbols.names[item.index], ordinal, heading(env.module, item.index));
  }

  /** Assembly directives at the start of each file. */
  header(): string {
    return this.target.header((this.adapters ??= this.backend(undefined)).options);
  }

  private finish(state: Backend, symbol: string, ordinal: number, comment: string): EmittedFunction {
    const { f, stopwatch, options } = this;
    stopwatch.start();
    this.optimizer.run(f, state.facts);
    stopwatch.lap("optimize");
    if (options.emitIr) return { text: printFunc(f), frameSize: 0 };
    const code = state.lowering.lower(f);
    stopwatch.lap("lower");
    const allocation = allocate(code, this.target, state.options);
    stopwatch.lap("allocate");
    for (const [what, n] of Object.entries(countEdits(allocation)))
      this.counts[`allocate: ${what}`] = (this.counts[`allocate: ${what}`] ?? 0) + n;
    if (allocation.isStandIn)
      this.notes.push(
        `${comment}: ${code.count} instructions, too many for the register allocation of -O${options.optimize}: it gets that of -O0`,
      );
    if (options.verify) checkAllocation(code, this.target, state.options, allocation);
    const emitted = state.emitter.emit(symbol, ordinal, comment, code, allocation);
    stopwatch.lap("emit");
    return emitted;
  }

  /** Milliseconds by phase and by pass since the last call. */
  takePhases(): Record<string, number> {
    return { ...this.stopwatch.take(), ...this.optimizer.takeTimes() };
  }

  /** Counters of the passes and of the register allocator since the last call. */
  takeCounts(): Record<string, number> {
    const taken = { ...this.counts, ...this.optimizer.takeCounts() };
    this.counts = {};
    return taken;
  }

  /** What users should know of the functions compiled since the last call. */
  takeNotes(): string[] {
    const taken = this.notes;
    this.notes = [];
    return taken;
  }

  private moduleState(module: ProgramModule): ModuleState {
    const backend = this.backend(module);
    const validator = new FunctionValidator(module.env.module);
    const translator = new Translator(module.env);
    const { facts } = backend;
    const inlinees = new Inlinees(module.env.module, validator, translator, facts, this.optimizeOptions);
    const inlinee = (index: number): Inlinee | undefined => inlinees.find(index);
    const searches = searchSymbols(module.env.symbols);
    return { ...backend, module, validator, translator, facts: { ...facts, inlinee, searches } };
  }

  private backend(module: ProgramModule | undefined): Backend {
    const { options } = this;
    const codegen: CodegenOptions = {
      instance: options.instance,
      bounds: options.bounds,
      features: new Set(options.features),
      symbolNames: module?.env.symbols.names ?? [],
      functionSymbol: (index) => index,
      instanceSymbol: instanceSymbol(module?.env.number ?? 0),
      // An adapter runs with the pinned registers of the function it calls; in a linked program a call may switch them.
      hasMemory: module === undefined || module.env.linked || module.env.module.memories.length > 0,
      optimize: options.optimize,
      annotate: options.annotate,
      fixedAddresses: options.fixedAddresses,
    };
    return {
      options: codegen,
      facts: { ...moduleFacts(module?.env.module), ...memorySizeFact(module) },
      lowering: new Lowering(this.target, codegen),
      emitter: new Emitter(this.target, codegen),
    };
  }
}

/** Where the functions are that search-loops.ts calls. */
export function searchSymbols(symbols: SymbolTable): SearchSymbols {
  return {
    until: symbols.runtime("rt_skip_until"),
    untilBackwards: symbols.runtime("rt_skip_until_backwards"),
    span: symbols.runtime("rt_skip_span"),
    equal: symbols.runtime("rt_skip_equal"),
    equalStrings: symbols.runtime("rt_skip_equal_strings"),
  };
}

/** A function's name and type on one line of an assembly comment: "main (i32, i32) -> (i32)". */
function heading(m: Module, index: number): string {
  const { params, results } = functionType(m, index);
  const list = (types: readonly number[]): string => types.map(valueTypeName).join(", ");
  const name = (m.functionNames[index] ?? `function ${index}`).replace(/[^\x20-\x7e]|\\/g, "?").slice(0, 200);
  return `${name} (${list(params)}) -> (${list(results)})`;
}

/** How vectorize.ts asks for the memory's size. */
function memorySizeFact(module: ProgramModule | undefined): Pick<ModuleFacts, "memorySize"> {
  if (module === undefined || module.env.module.memories.length === 0) return {};
  const { layout } = module.env;
  return { memorySize: (b) => buildMemorySize(b, layout) };
}

const PAGE_BYTES = 65536;
/** Pages that the runtime never grows a memory beyond (runtime-c/memory.c); one created with more has more. */
const MOST_PAGES = 65535;

function moduleFacts(module: Module | undefined): ModuleFacts {
  const memory = module?.memories[0];
  if (memory === undefined) return { memoryBytes: 0, memoryLimit: 0 };
  const { min, max = MOST_PAGES + 1 } = memory.limits;
  // Who imports a memory knows only what its type promises.
  const most = memory.imported === undefined ? Math.min(max, Math.max(min, MOST_PAGES)) : max;
  return { memoryBytes: min * PAGE_BYTES, memoryLimit: most * PAGE_BYTES };
}
