// Which proposals beyond the first version of WebAssembly a module uses: for `inspect`. The module has been validated.
import { nextOperator, skipImmediate } from "../translate/skip.ts";
import { ExternalKind, isReference, type Module, ValueType } from "../wasm/module.ts";
import { Reader } from "../wasm/reader.ts";

export type Feature =
  | "bulk-memory"
  | "multi-value"
  | "mutable-globals"
  | "nontrapping-float-to-int"
  | "reference-types"
  | "sign-extension"
  | "simd"
  | "tail-call";

/** The feature an operator belongs to, by its number in opcodes.ts. */
function operatorFeature(code: number): Feature | undefined {
  if (code >= 0xc0 && code <= 0xc4) return "sign-extension";
  if (code === 0x12 || code === 0x13) return "tail-call";
  if (code === 0x1c || code === 0x25 || code === 0x26 || (code >= 0xd0 && code <= 0xd2))
    return "reference-types";
  if (code >= 0xfc00 && code <= 0xfc07) return "nontrapping-float-to-int";
  if (code >= 0xfc08 && code <= 0xfc0e) return "bulk-memory";
  if (code >= 0xfc0f && code <= 0xfc11) return "reference-types";
  return code >= 0xfd00 ? "simd" : undefined;
}

/** Names of the features in use, sorted. */
export function usedFeatures(m: Module): Feature[] {
  const used = new Set<Feature>();
  if (m.types.some((t) => t.results.length > 1)) used.add("multi-value");
  if (m.tables.length > 1 || m.tables.some((t) => t.element === ValueType.ExternRef))
    used.add("reference-types");
  if (m.globals.some((g) => isReference(g.type))) used.add("reference-types");
  if (m.globals.some((g) => g.type === ValueType.V128)) used.add("simd");
  if (m.datas.some((d) => d.mode === "passive") || m.elements.some((e) => e.mode === "passive"))
    used.add("bulk-memory");
  const crossing = [...m.imports, ...m.exports].filter((e) => e.kind === ExternalKind.Global);
  if (crossing.some((e) => m.globals[e.index].mutable)) used.add("mutable-globals");
  for (let i = m.importedFunctionCount; i < m.functions.length; i++) scanBody(m, i, used);
  return [...used].sort();
}

function scanBody(m: Module, index: number, used: Set<Feature>): void {
  const { start, end } = m.functions[index];
  const r = new Reader(m.bytes, start, end);
  for (let groups = r.u32(); groups > 0; groups--) {
    r.u32();
    const type = r.byte();
    if (type === ValueType.V128) used.add("simd");
    if (isReference(type)) used.add("reference-types");
  }
  while (r.at < end) {
    const code = nextOperator(r);
    const feature = operatorFeature(code);
    if (feature !== undefined) used.add(feature);
    skipImmediate(r, code);
  }
}
