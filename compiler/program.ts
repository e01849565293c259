// From module files to a program: which modules take part, how every import is met, canonical type ids, layouts.
//
// `makeProgram` is a pure function of the module bytes and the options: every compile thread runs it and gets the same symbols, offsets and
// ids, so that only file bytes and options cross threads.
import { layoutInstance } from "./codegen/layout.ts";
import { type FunctionBinding, SymbolTable } from "./codegen/symbols.ts";
import type { InstanceMode } from "./codegen/target.ts";
import { machines, type TargetName } from "./link/machines.ts";
import type { PassOptions } from "./opt/run.ts";
import { CompileError } from "./support/error.ts";
import type { Environment } from "./translate/environment.ts";
import { isWasiModule, wasiFunctions, wasiIndex, wasiSymbol } from "./wasi.ts";
import { decodeModule } from "./wasm/decode.ts";
import {
  ExternalKind,
  externalKindNames,
  type FuncType,
  functionType,
  type Import,
  type Module,
  ValueType,
} from "./wasm/module.ts";

/** Bytes without access behind the 4 GiB of a guarded memory; RT_GUARD_BYTES of runtime-c/rt.h. */
export const GUARD_BYTES = 0x8001_0000;

export interface ModuleInput {
  /** Name under which the other modules import it; "" for the main one. */
  readonly name: string;
  /** For messages. */
  readonly file: string;
  /** Shared memory, so that threads do not copy it. */
  readonly bytes: Uint8Array;
}

/** The options that decide what code is made: everything a compile thread needs to know. */
export interface CodeOptions {
  readonly target: string;
  /** CPU features beyond the target's baseline. */
  readonly features: readonly string[];
  readonly instance: InstanceMode;
  readonly bounds: "guard" | "explicit";
  readonly optimize: number;
  readonly deterministic: boolean;
  /** Names of functions in symbols and comments with wasm offsets in the text. */
  readonly annotate: boolean;
  /** Check every IR and allocation. */
  readonly verify: boolean;
  /** Measure the time of each phase. */
  readonly time: boolean;
  readonly passes: PassOptions;
  /** Every import is met when the program runs: no module is refused for what it imports. */
  readonly linkAtRunTime?: boolean;
  /** See CodegenOptions.fixedAddresses. */
  readonly fixedAddresses?: boolean;
  /** Write the optimized IR as text instead of assembly. */
  readonly emitIr?: boolean;
}

export interface Program {
  /** In instantiation order: linked modules first, the main one last. */
  readonly modules: readonly ProgramModule[];
  /** Text of each canonical type by id - 1 ("ii:i"). */
  readonly types: readonly string[];
  readonly functionTypes: readonly FuncType[];
  /** WASI functions imported by any module: one bit each, in the order of `wasiFunctions`. */
  readonly hostImports: bigint;
}

export interface ProgramModule {
  readonly name: string;
  readonly env: Environment;
}

const letters = new Map<ValueType, string>([
  [ValueType.I32, "i"],
  [ValueType.I64, "l"],
  [ValueType.F32, "f"],
  [ValueType.F64, "d"],
  [ValueType.V128, "v"],
  [ValueType.FuncRef, "r"],
  [ValueType.ExternRef, "x"],
]);

/** A function type as rt_type_text. */
export function typeText(t: FuncType): string {
  const text = (list: readonly ValueType[]): string => list.map((x) => letters.get(x)).join("");
  return `${text(t.params)}:${text(t.results)}`;
}

/** Decodes the inputs and lays out the program. `inputs`: linked modules in instantiation order, then the main one. */
export function makeProgram(inputs: readonly ModuleInput[], options: CodeOptions): Program {
  const decoded = inputs.map((input) => decodeModule(input.bytes, input.file));
  const typeIds = new Map<string, number>();
  const functionTypes: FuncType[] = [];
  const canonical = (t: FuncType): number => {
    const text = typeText(t);
    let id = typeIds.get(text);
    if (id === undefined) {
      id = functionTypes.push(t);
      typeIds.set(text, id);
    }
    return id;
  };
  let hostImports = 0n;
  const modules = decoded.map((module, i): ProgramModule => {
    const earlier = new Map(inputs.slice(0, i).map((input, k) => [input.name, decoded[k]]));
    const bindings = options.linkAtRunTime
      ? module.imports.filter(isFunction).map((): FunctionBinding => ({ kind: "slot" }))
      : bindImports(module, earlier);
    for (const entry of module.imports)
      if (isFunction(entry) && bindings[entry.index].kind === "host")
        hostImports |= 1n << BigInt(wasiIndex(entry.name)!);
    const number = inputs.length - 1 - i;
    return {
      name: inputs[i].name,
      env: {
        module,
        number,
        layout: layoutInstance(module, options.instance, bindings),
        symbols: new SymbolTable(module, number, bindings, true),
        bindings,
        instance: options.instance,
        bounds: options.bounds,
        typeIds: module.types.map(canonical),
        guardBytes: GUARD_BYTES,
        linked: inputs.length > 1,
        canonicalNaN: options.deterministic,
        optimize: options.optimize,
        unalignedAccess: machines[options.target as TargetName].unalignedAccess,
      },
    };
  });
  return { modules, types: [...typeIds.keys()], functionTypes, hostImports };
}

function isFunction(entry: Import): boolean {
  return entry.kind === ExternalKind.Function;
}

/** How each imported function is met; throws for an import that nothing meets. */
function bindImports(m: Module, earlier: ReadonlyMap<string, Module>): FunctionBinding[] {
  const bindings: FunctionBinding[] = [];
  for (const entry of m.imports) {
    const linked = earlier.get(entry.module);
    if (linked !== undefined) {
      checkLinked(m, entry, linked);
      if (isFunction(entry)) bindings.push({ kind: "slot" });
      continue;
    }
    checkWasi(m, entry);
    bindings.push({ kind: "host", symbol: wasiSymbol(entry.module, entry.name) });
  }
  return bindings;
}

function refuse(m: Module, entry: Import, why: string): never {
  const what = `${externalKindNames[entry.kind]} import "${entry.module}" "${entry.name}"`;
  throw new CompileError(`${what}: ${why}`, { file: m.file || undefined, offset: entry.offset });
}

function checkWasi(m: Module, entry: Import): void {
  if (!isWasiModule(entry.module))
    refuse(
      m,
      entry,
      `nothing provides it; give the module that does with --link ${entry.module}=<file.wasm>`,
    );
  const index = wasiIndex(entry.name);
  if (entry.kind !== ExternalKind.Function || index === undefined)
    refuse(m, entry, `${entry.module} has no such ${externalKindNames[entry.kind]}`);
  const found = typeText(functionType(m, entry.index));
  const expected = wasiFunctions()[index].type;
  if (found !== expected)
    refuse(m, entry, `type mismatch: the module says ${found}, ${entry.module} has ${expected}`);
}

function checkLinked(m: Module, entry: Import, from: Module): void {
  const found = from.exports.find((e) => e.name === entry.name);
  if (found === undefined) return refuse(m, entry, `${from.file} has no export of that name`);
  if (found.kind !== entry.kind)
    return refuse(
      m,
      entry,
      `incompatible import type: ${from.file} exports a ${externalKindNames[found.kind]}`,
    );
  if (entry.kind === ExternalKind.Function) {
    const want = typeText(functionType(m, entry.index));
    const have = typeText(functionType(from, found.index));
    if (want !== have)
      refuse(m, entry, `incompatible import type: the module says ${want}, ${from.file} has ${have}`);
  }
}
