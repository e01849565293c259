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
  /** Linux system calls it can make. */
  readonly calls: readonly string[];
}

let functions: WasiFunction[] | undefined;
const indexByName = new Map<string, number>();
/** Names of the functions that snapshot 0 has in a form of its own. */
const oldForms = new Set<string>();

const ROW = /^WASI(_UNSTABLE)?\(([^,]+), (\w+), \(rt_instance \*self(?:, )?([^)]*)\)(?:, (.*))?\)$/;

function typeLetter(parameter: string): string {
  return parameter.trim().startsWith("u64") ? "l" : "i";
}

function definitionLines(file: string): string[] {
  return readFileSync(join(runtimeDirectory, "wasi", file), "utf8").split("\n");
}

function callNames(text: string): string[] {
  return [...text.matchAll(/S\((\w+)\)/g)].map((m) => m[1]);
}

/** All WASI functions, in the order of their bits. */
export function wasiFunctions(): readonly WasiFunction[] {
  if (functions !== undefined) return functions;
  functions = [];
  let paths = "";
  for (const line of definitionLines("functions.def")) {
    if (line.startsWith("#define PATHS ")) paths = line;
    const row = ROW.exec(line);
    if (row === null) continue;
    const [, old, result, name, parameters, mask] = row;
    if (old !== undefined) {
      oldForms.add(name);
      continue;
    }
    const params = parameters === "" ? "" : parameters.split(",").map(typeLetter).join("");
    const results = result.endsWith("void") ? "" : typeLetter(result);
    indexByName.set(
      name,
      functions.push({ name, type: `${params}:${results}`, calls: callNames(mask.replace("PATHS", paths)) }) -
        1,
    );
  }
  return functions;
}

/** Names of the system calls that a program with these imports (rt_program.host_imports) may make once it runs, sorted. */
export function allowedSystemCalls(hostImports: bigint, isX86: boolean): string[] {
  const allowed = new Set<string>();
  for (const line of definitionLines("syscalls.def")) {
    const row = /^SYSCALL\((\w+), (-?\d+), (-?\d+), 1\)/.exec(line);
    if (row !== null && Number(row[isX86 ? 2 : 3]) >= 0) allowed.add(row[1]);
  }
  wasiFunctions().forEach((f, i) => {
    if ((hostImports >> BigInt(i)) & 1n) for (const call of f.calls) allowed.add(call);
  });
  return [...allowed].sort();
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
