// The functions of WASI preview 1 and their types, read from runtime-c/wasi/functions.def (the single source; its header says what a
// row means). The place in the list is the function's bit in rt_program.host_imports.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { runtimeDirectory } from "./support/paths.ts";

export const WASI_MODULE = "wasi_snapshot_preview1";
/** Snapshot 0: the same functions, four of them with other structures or numbers. */
export const OLD_WASI_MODULE = "wasi_unstable";

export function isWasiModule(name: string): boolean {
  return name === WASI_MODULE || name === OLD_WASI_MODULE;
}

export interface WasiFunction {
  readonly name: string;
  /** i and l stand for i32 and i64, "params:results". */
  readonly type: string;
}

let functions: WasiFunction[] | undefined;
const indexByName = new Map<string, number>();
/** Names of the functions that snapshot 0 has in a form of its own. */
const oldForms = new Set<string>();

const ROW = /^WASI(_UNSTABLE)?\(([^,]+), (\w+), \(rt_instance \*self(?:, )?([^)]*)\)/;

function typeLetter(parameter: string): string {
  return parameter.trim().startsWith("u64") ? "l" : "i";
}

/** All WASI functions, in the order of their bits. */
export function wasiFunctions(): readonly WasiFunction[] {
  if (functions !== undefined) return functions;
  functions = [];
  for (const line of readFileSync(join(runtimeDirectory, "wasi/functions.def"), "utf8").split("\n")) {
    const row = ROW.exec(line);
    if (row === null) continue;
    const [, old, result, name, parameters] = row;
    if (old !== undefined) {
      oldForms.add(name);
      continue;
    }
    const params = parameters === "" ? "" : parameters.split(",").map(typeLetter).join("");
    const results = result.endsWith("void") ? "" : typeLetter(result);
    indexByName.set(name, functions.push({ name, type: `${params}:${results}` }) - 1);
  }
  return functions;
}

/** Place of a WASI function in `wasiFunctions`, or undefined. */
export function wasiIndex(name: string): number | undefined {
  wasiFunctions();
  return indexByName.get(name);
}

/** The C function that meets an import. */
export function wasiSymbol(module: string, name: string): string {
  wasiFunctions();
  return `${module === OLD_WASI_MODULE && !oldForms.has(name) ? WASI_MODULE : module}_${name}`;
}
