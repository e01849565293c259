// A translation environment for tests that look at single functions: one module, all function imports met by C unless told otherwise.
import { layoutInstance } from "../../compiler/codegen/layout.ts";
import { type FunctionBinding, SymbolTable } from "../../compiler/codegen/symbols.ts";
import type { CodeOptions } from "../../compiler/program.ts";
import type { Environment } from "../../compiler/translate/environment.ts";
import { decodeModule } from "../../compiler/wasm/decode.ts";
import { validateModule } from "../../compiler/wasm/validate.ts";

export interface EnvironmentOptions {
  readonly instance?: "static" | "pointer";
  readonly bounds?: "guard" | "explicit";
  readonly imports?: "host" | "slot";
  readonly linked?: boolean;
  readonly canonicalNaN?: boolean;
}

/** Decodes and validates a module. */
export function environmentOf(bytes: Uint8Array, options: EnvironmentOptions = {}): Environment {
  const module = decodeModule(bytes);
  validateModule(module);
  const bindings: FunctionBinding[] = module.functions
    .slice(0, module.importedFunctionCount)
    .map((_, i) => (options.imports === "slot" ? { kind: "slot" } : { kind: "host", symbol: `host_${i}` }));
  const instance = options.instance ?? "static";
  return {
    module,
    number: 0,
    layout: layoutInstance(module, instance, bindings),
    symbols: new SymbolTable(module, 0, bindings, false),
    bindings,
    instance,
    bounds: options.bounds ?? "guard",
    typeIds: module.canonicalTypeIds,
    guardBytes: 1 << 16,
    linked: options.linked ?? false,
    canonicalNaN: options.canonicalNaN ?? false,
    optimize: 2,
    unalignedAccess: true,
  };
}

/** Options of the compiler for tests that call it directly: -O2, no checks. */
export const codeOptions: CodeOptions = {
  target: "",
  features: [],
  instance: "static",
  bounds: "guard",
  optimize: 2,
  deterministic: false,
  annotate: false,
  verify: false,
  time: false,
  emitIr: false,
  passes: { printBefore: [], printAfter: [], onlyFunction: undefined, disabled: [], bisect: undefined },
};
