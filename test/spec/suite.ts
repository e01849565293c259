// Where the official suite is, which of its files are in scope, and how module text becomes bytes.
//
// The files left for later are listed here by reason, and nowhere else: a file that is in neither list is run.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "@bytecodealliance/jco-transpile/wasm-tools";
import { type ModuleSource, parseForms } from "./wast.ts";

/** Directory of the suite: WASMAOT_SPEC_SUITE, or ../shared/wasm-testsuite beside the checkout, or build/testsuite (a clone). */
export function suiteDirectory(): string {
  const root = new URL("../..", import.meta.url).pathname;
  const candidates = [
    process.env.WASMAOT_SPEC_SUITE,
    join(root, "../shared/wasm-testsuite"),
    join(root, "../../shared/wasm-testsuite"),
    join(root, "build/testsuite"),
  ];
  for (const c of candidates) if (c !== undefined && existsSync(join(c, "i32.wast"))) return c;
  throw new Error(
    "the official test suite was not found: clone github.com/WebAssembly/testsuite at 193e551 to build/testsuite, or set WASMAOT_SPEC_SUITE",
  );
}

/** Why a file is not run yet, by a pattern on its name; the first match counts. */
export const later: readonly { readonly reason: string; readonly files: RegExp }[] = [
  { reason: "SIMD (v128)", files: /^simd_/ },
  { reason: "relaxed SIMD", files: /^(i16x8_relaxed|i32x4_relaxed|i8x16_relaxed|relaxed_)/ },
  {
    reason: "64-bit memories and tables",
    files: /64\.wast$|^(memory64|binary_leb128_64|memory64-imports)|table_copy_mixed/,
  },
  { reason: "tail calls", files: /^return_call/ },
  { reason: "exception handling", files: /^(instance|tag|throw|throw_ref|try_table)\.wast$/ },
  {
    reason: "garbage collection and typed function references",
    files:
      /^(array|struct|i31|extern|ref_cast|ref_test|ref_eq|ref_as|br_on|type-|table-sub|binary-gc|call_ref|ref\.|local_init|ref_null|ref_is_null)/,
  },
  {
    reason: "several memories in one module",
    files:
      /^(address[01]|align0|binary0|data0|data1|data_drop0|exports0|float_exprs[01]|float_memory0|imports[0-4]|linking[0-3]|load[012]|memory-multi|memory_copy[01]|memory_fill0|memory_init0|memory_size[0-3]|memory_size_import|memory_trap[01]|start0|store[012]|traps0|simd_memory-multi)\.wast$/,
  },
];

/** Fixed names with a 64 in them that are not about 64-bit memories. */
const notMemory64 = new Set(["f64.wast", "i64.wast"]);

export function laterReason(file: string): string | undefined {
  if (notMemory64.has(file)) return undefined;
  return later.find((l) => l.files.test(file))?.reason;
}

export function suiteFiles(): string[] {
  return readdirSync(suiteDirectory())
    .filter((f) => f.endsWith(".wast"))
    .sort();
}

export function coreFiles(): string[] {
  return suiteFiles().filter((f) => laterReason(f) === undefined);
}

/**
 * Core files of which some modules need a later feature. Those modules run without the fields that need it, or not at all; the commands that
 * so cannot run are counted as left, and a file that is not listed here has none.
 */
export const mixed: ReadonlyMap<string, string> = new Map([
  ["br_table.wast", "typed function references"],
  ["elem.wast", "typed function references (tables with an initial value)"],
  ["global.wast", "typed function references (tables with an initial value)"],
  ["imports.wast", "exception handling (tags)"],
  ["linking.wast", "typed function references"],
  ["memory_grow.wast", "several memories in one module"],
  ["table.wast", "typed function references"],
  ["table_init.wast", "garbage collection"],
  ["unreached-valid.wast", "typed function references"],
]);

/** A field of a module, as text, that needs a later feature all by itself. */
const laterField = /\(tag\b|\(ref (null )?\$|\bcall_ref\b|\bref\.as_non_null\b/;

/** A module's text without the fields that need a later feature. */
export function withoutLaterFields(text: string): string {
  const [module] = parseForms(text);
  let out = "";
  let at = 0;
  for (const item of module.items) {
    if (typeof item === "string" || !laterField.test(text.slice(item.start, item.end))) continue;
    out += text.slice(at, item.start);
    at = item.end;
  }
  return out + text.slice(at);
}

export function readSuiteFile(file: string): string {
  return readFileSync(join(suiteDirectory(), file), "utf8");
}

/** Bytes of a module, or undefined when its text is malformed. */
export async function moduleBytes(source: ModuleSource): Promise<Uint8Array | undefined> {
  if (source.kind === "binary") return source.bytes;
  try {
    // The text parser refuses characters that change the direction of text, which one file has in names.
    const plain = source.text.replace(
      /[\u202a-\u202e\u2066-\u206f]/g,
      (c) => `\\u{${c.charCodeAt(0).toString(16)}}`,
    );
    return await parse(plain);
  } catch {
    return undefined;
  }
}
