// How a program's code is divided into assembly files. The division depends on the program alone, never on the number of threads:
// that is what makes the output the same for any --jobs.
import { TrapCode } from "../ir/types.ts";
import type { Program } from "../program.ts";

/** One piece of code, in text order. `module`: place in program.modules. */
export interface Item {
  readonly kind: "function" | "init" | "adapter" | "trap";
  readonly module: number;
  /** Function index, canonical type id of an adapter, or trap code; -1 for init. */
  readonly index: number;
}

export interface Part {
  readonly number: number;
  /** Place of the first item in text order. */
  readonly first: number;
  readonly items: readonly Item[];
}

/** Bytes of wasm code that make up one assembly file, at least and at most. Starting clang costs as much as assembling some 80 KiB. */
const SMALLEST_PART = 96 * 1024;
const LARGEST_PART = 1024 * 1024;
/** Files that a program of middle size is divided into: enough for the cores of a large machine. */
const USUAL_PARTS = 32;

/** Canonical ids of the types of functions that exist as values: each needs an adapter. */
export function adapterTypes(program: Program): number[] {
  const ids = new Set<number>();
  for (const { env } of program.modules)
    env.module.functions.forEach((f, i) => {
      if (env.layout.records[i] >= 0) ids.add(env.typeIds[f.typeIndex]);
    });
  return [...ids].sort((a, b) => a - b);
}

/** Trap codes of the entries of dispatch tables (translate/dispatch.ts) that are no functions. */
const dispatchTraps = [TrapCode.UninitializedElement, TrapCode.IndirectCallMismatch];

/** All parts of a program: functions of each module by index, its init, and at last the adapters and the code that traps for tables. */
export function divide(program: Program): Part[] {
  let total = 0;
  for (const { env } of program.modules) for (const f of env.module.functions) total += f.end - f.start;
  const partBytes = Math.min(LARGEST_PART, Math.max(SMALLEST_PART, total / USUAL_PARTS));
  const parts: Part[] = [];
  let items: Item[] = [];
  let first = 0;
  let bytes = 0;
  const close = (): void => {
    parts.push({ number: parts.length, first, items });
    first += items.length;
    items = [];
    bytes = 0;
  };
  program.modules.forEach(({ env }, module) => {
    env.module.functions.forEach((f, index) => {
      if (f.imported !== undefined && env.layout.records[index] < 0) return;
      items.push({ kind: "function", module, index });
      bytes += f.end - f.start;
      if (bytes >= partBytes) close();
    });
    items.push({ kind: "init", module, index: -1 });
  });
  for (const index of adapterTypes(program)) items.push({ kind: "adapter", module: 0, index });
  if (program.modules.some(({ env }) => env.module.tables.length > 0))
    for (const index of dispatchTraps) items.push({ kind: "trap", module: 0, index });
  close();
  return parts;
}
