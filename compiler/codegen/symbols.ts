// The assembler symbols of one module, by dense id: SymbolAddress, CallHost and direct calls name symbols by id.
//
// Ids: function i of the module's index space is id i (imports included, though only compiled functions are defined); then the runtime
// functions in the order of `runtimeSymbols`; then the module's data symbols; then C functions of host imports, by import order; then dispatch tables. The
// list depends on the module and its number only, so every compile thread has the same ids. No byte of a name from the module reaches
// assembly: see safeName.
import type { Module } from "../wasm/module.ts";

/** Functions of runtime-c/rt.h that compiled code calls. */
export const runtimeSymbols = [
  "rt_memory_grow",
  "rt_memory_copy",
  "rt_memory_fill",
  "rt_memory_init",
  "rt_data_drop",
  "rt_table_grow",
  "rt_table_fill",
  "rt_table_copy",
  "rt_table_init",
  "rt_elem_drop",
  "rt_block_move",
  "rt_block_fill",
  "rt_block_compare",
  "rt_find_byte",
  "rt_string_length",
  "rt_string_compare",
  "rt_find_byte_or_end",
  "rt_string_copy",
  "rt_skip_until",
  "rt_skip_until_backwards",
  "rt_skip_span",
  "rt_skip_equal",
  "rt_skip_equal_strings",
] as const;
export type RuntimeSymbol = (typeof runtimeSymbols)[number];

/** How an imported function is met: by a C function, or by an rt_func pointer in the instance. */
export type FunctionBinding = { readonly kind: "host"; readonly symbol: string } | { readonly kind: "slot" };

export class SymbolTable {
  readonly names: string[] = [];
  private readonly functionCount: number;
  private readonly hostIds = new Map<string, number>();
  /** Array of rt_func records (static mode). */
  readonly functionRecords: number;

  /** `number`: the module's number in the program; `bindings`: of imported functions; `readable`: put names of functions into symbols. */
  constructor(m: Module, number: number, bindings: readonly FunctionBinding[], readable: boolean) {
    this.functionCount = m.functions.length;
    for (let i = 0; i < m.functions.length; i++)
      this.names.push(functionSymbol(number, i, readable ? m.functionNames[i] : undefined));
    this.names.push(...runtimeSymbols);
    this.functionRecords = this.names.push(`wasmaot_functions_${number}`) - 1;
    for (const b of bindings)
      if (b.kind === "host" && !this.hostIds.has(b.symbol))
        this.hostIds.set(b.symbol, this.names.push(b.symbol) - 1);
  }

  /** Adds a symbol of the module's own and returns its id. The same are added in the same order wherever code is compiled. */
  add(name: string): number {
    return this.names.push(name) - 1;
  }

  function(index: number): number {
    return index;
  }

  runtime(name: RuntimeSymbol): number {
    return this.functionCount + runtimeSymbols.indexOf(name);
  }

  /** Id of the C function of a host import. */
  host(symbol: string): number {
    const id = this.hostIds.get(symbol);
    if (id === undefined) throw new Error(`no symbol for host function ${symbol}`);
    return id;
  }
}

/** Assembler symbol of function `index` of module `number`, with its wasm name when given. */
export function functionSymbol(number: number, index: number, name?: string): string {
  const plain = `wasm${number}_f${index}`;
  return name === undefined || name === "" ? plain : `${plain}_${safeName(name)}`;
}

/** Letters, digits and underscores only, at most 64. */
export function safeName(name: string): string {
  return name.replace(/[^A-Za-z0-9_]/g, "_").slice(0, 64);
}
