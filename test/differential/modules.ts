// Random modules: binaryen's `wasm-opt -ttf` turns random bytes into a valid module. Its imports are met by a small support module that is linked
// in; NaNs are turned into zeros (--denan), because their bits are not the specification's business.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { execaSync } from "execa";
import { decodeModule } from "../../compiler/wasm/decode.ts";
import {
  ExternalKind,
  type FuncType,
  functionType,
  type Import,
  type Limits,
  type Module,
  ValueType,
} from "../../compiler/wasm/module.ts";
import { leb } from "../support/binary.ts";
import type { Random } from "../support/random.ts";
import { assemble } from "../support/text.ts";
import { type Linked, withDirectory } from "./oracle.ts";
import { type Command, CommandKind, signaturesOf } from "./protocol.ts";

function tool(name: string): string {
  return fileURLToPath(new URL(`../../node_modules/binaryen/bin/${name}`, import.meta.url));
}
const wasmOpt = tool("wasm-opt");
const wasmMerge = tool("wasm-merge");

const features = [
  "--mvp-features",
  "--enable-bulk-memory",
  "--enable-bulk-memory-opt",
  "--enable-sign-ext",
  "--enable-nontrapping-float-to-int",
  "--enable-multivalue",
  "--enable-mutable-globals",
  "--enable-reference-types",
];

/** A random module of about `bytes` random bytes. */
export function randomModule(random: Random, bytes: number): Uint8Array {
  return withDirectory((directory) => {
    const input = join(directory, "input");
    const output = join(directory, "output.wasm");
    writeFileSync(
      input,
      Uint8Array.from({ length: bytes }, () => random.below(256)),
    );
    execaSync(wasmOpt, [input, "-ttf", "--denan", ...features, "-o", output], { stdio: "ignore" });
    return new Uint8Array(readFileSync(output));
  });
}

const typeNames = new Map<number, string>([
  [ValueType.I32, "i32"],
  [ValueType.I64, "i64"],
  [ValueType.F32, "f32"],
  [ValueType.F64, "f64"],
  [ValueType.FuncRef, "funcref"],
  [ValueType.ExternRef, "externref"],
]);

function zero(type: ValueType): string {
  if (type === ValueType.FuncRef) return "(ref.null func)";
  return type === ValueType.ExternRef ? "(ref.null extern)" : `(${typeNames.get(type)}.const 0)`;
}

/** A function that mixes its parameters into $hash and returns zeros. */
function functionText(name: string, type: FuncType): string {
  const params = type.params.map((t) => `(param ${typeNames.get(t)})`).join(" ");
  const results = type.results.map((t) => `(result ${typeNames.get(t)})`).join(" ");
  const asLong: Partial<Record<ValueType, string>> = {
    [ValueType.I32]: "i64.extend_i32_u",
    [ValueType.I64]: "",
    [ValueType.F32]: "i32.reinterpret_f32 i64.extend_i32_u",
    [ValueType.F64]: "i64.reinterpret_f64",
  };
  const mixes = type.params.map((t, i) =>
    asLong[t] === undefined ? "" : `local.get ${i} ${asLong[t]} call $mix`,
  );
  return `(func (export "${name}") ${params} ${results} ${mixes.join(" ")} ${type.results.map(zero).join(" ")})`;
}

function limitsText({ min, max }: Limits): string {
  return `${min} ${max ?? ""}`;
}

/** What one import asks for. */
function importText(m: Module, { name, kind, index }: Import): string {
  switch (kind) {
    case ExternalKind.Function:
      return functionText(name, functionType(m, index));
    case ExternalKind.Table:
      return `(table (export "${name}") ${limitsText(m.tables[index].limits)} ${typeNames.get(m.tables[index].element)})`;
    case ExternalKind.Memory:
      return `(memory (export "${name}") ${limitsText(m.memories[index].limits)})`;
    default: {
      const { type, mutable } = m.globals[index];
      const text = typeNames.get(type);
      return `(global (export "${name}") ${mutable ? `(mut ${text})` : text} ${zero(type)})`;
    }
  }
}

/** Modules that meet all imports of a module: functions record what they are given, everything else is zero. */
export async function supportModules(bytes: Uint8Array): Promise<Linked[]> {
  const m = decodeModule(bytes);
  const names = [...new Set(m.imports.map((i) => i.module))];
  return await Promise.all(
    names.map(async (name) => {
      const fields = m.imports.filter((i) => i.module === name).map((i) => importText(m, i));
      const text = `(module ${fields.join("\n")}
        (global $hash (mut i64) (i64.const 0))
        (func (export "hash") (result i64) global.get $hash)
        (func $mix (param i64)
          (global.set $hash (i64.add (i64.mul (global.get $hash) (i64.const 31)) (local.get 0)))))`;
      return { name, bytes: await assemble(text) };
    }),
  );
}

/** The module with all its own globals and memories exported, so that they can be compared. Tables stay as they are: what is exported may change. */
export function exportState(bytes: Uint8Array): Uint8Array {
  const m = decodeModule(bytes);
  const added: number[] = [];
  const entry = (name: string, kind: ExternalKind, index: number): void => {
    added.push(...leb(name.length), ...[...name].map((c) => c.charCodeAt(0)), kind, ...leb(index));
  };
  let count = m.exports.length;
  m.memories.forEach((_, i) => entry(`state memory ${i}`, ExternalKind.Memory, i) ?? count++);
  m.globals.forEach((_, i) => entry(`state global ${i}`, ExternalKind.Global, i) ?? count++);
  const section = m.sections.find((x) => x.id === EXPORT_SECTION);
  if (section === undefined) return bytes;
  const old = bytes.subarray(section.start + leb(m.exports.length).length, section.end);
  const content = [...leb(count), ...old, ...added];
  // The section's header: its id and its length, which ends where the content starts.
  const header = section.start - 1 - leb(section.end - section.start).length;
  const head = [...bytes.subarray(0, header), EXPORT_SECTION, ...leb(content.length)];
  return Uint8Array.from([...head, ...content, ...bytes.subarray(section.end)]);
}

const EXPORT_SECTION = 7;

/** The module and those it imports from as one without imports; undefined when binaryen cannot do it. */
export function mergeModules(module: Uint8Array, linked: readonly Linked[]): Uint8Array | undefined {
  return withDirectory((directory) => {
    const inputs = [{ name: "main", bytes: module }, ...linked].flatMap(({ name, bytes }, i) => {
      const file = join(directory, `${i}.wasm`);
      writeFileSync(file, bytes);
      return [file, name];
    });
    const output = join(directory, "merged.wasm");
    const flags = [...features, "--skip-export-conflicts", "-o", output];
    if (execaSync(wasmMerge, [...inputs, ...flags], { stdio: "ignore", reject: false }).failed)
      return undefined;
    const merged = new Uint8Array(readFileSync(output));
    return decodeModule(merged).imports.length === 0 ? merged : undefined;
  });
}

const values: Record<string, readonly bigint[]> = {
  i: [0n, 1n, 0xffffffffn, 0x80000000n, 100n],
  l: [0n, 1n, 0xffffffffffffffffn, 0x8000000000000000n, 1000n],
  f: [0n, 0x3f800000n, 0xbf800000n, 0x7f800000n, 0x42c80000n],
  d: [0n, 0x3ff0000000000000n, 0xbff0000000000000n, 0x7ff0000000000000n, 0x4059000000000000n],
};

/** Calls every exported function twice, then asks for globals and memories. */
export function commandsFor(module: Uint8Array, random: Random): Command[] {
  const signatures = signaturesOf(module);
  const m = decodeModule(module);
  const calls: Command[] = [];
  const state: Command[] = [];
  signatures.forEach((signature, index) => {
    if (signature === "") return;
    const params = signature.split(":")[0];
    const { kind, name } = m.exports[index];
    if (kind === ExternalKind.Memory) state.push({ kind: CommandKind.Memory, index, args: [], text: name });
    else if (kind === ExternalKind.Global)
      state.push({ kind: CommandKind.Global, index, args: [], text: name });
    else
      calls.push({
        kind: CommandKind.Call,
        index,
        args: [...params].map((c) => random.pick(values[c] ?? [0n])),
      });
  });
  return [...calls, ...calls, ...state];
}
