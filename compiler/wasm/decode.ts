// Bytes to Module: the sections of the binary format. Function bodies are only delimited here; validate.ts and the
// translator read them.
//
// Nothing is allocated from a count before the bytes that must back it are known to be there. Custom sections never make a module
// malformed (only their own name must be well formed). Source: core specification 2.0, "Binary Format: Modules".
import { CompileError } from "../support/error.ts";
import {
  type ConstExpr,
  type ConstStep,
  ExternalKind,
  type FuncType,
  type GlobalType,
  type Import,
  isReference,
  type Limits,
  limits,
  type Module,
  type TableType,
  ValueType,
} from "./module.ts";
import { Reader } from "./reader.ts";

const sectionNames = [
  "custom",
  "type",
  "import",
  "function",
  "table",
  "memory",
  "global",
  "export",
  "start",
  "element",
  "code",
  "data",
  "data count",
  "tag",
  "string",
];
/** Order in which sections must come (data count stands before code). */
const sectionOrder = [0, 1, 2, 3, 4, 5, 7, 8, 9, 10, 12, 13, 11, 6];

/** Decodes a whole module; `file` is for messages. Throws CompileError. */
export function decodeModule(bytes: Uint8Array, file = ""): Module {
  try {
    return decodeSections(bytes, file);
  } catch (error) {
    if (error instanceof CompileError && file !== "") error.place.file ??= file;
    throw error;
  }
}

function emptyModule(bytes: Uint8Array, file: string): Module {
  return {
    file,
    bytes,
    types: [],
    canonicalTypeIds: [],
    imports: [],
    functions: [],
    tables: [],
    memories: [],
    globals: [],
    exports: [],
    startFunction: undefined,
    elements: [],
    datas: [],
    dataCount: undefined,
    sections: [],
    name: undefined,
    functionNames: [],
    referenced: new Uint8Array(0),
    importedFunctionCount: 0,
  };
}

function decodeSections(bytes: Uint8Array, file: string): Module {
  const r = new Reader(bytes);
  if (bytes.length < 4 || r.fixed32() !== 0x6d736100)
    throw new CompileError("not a WebAssembly module: magic header not detected", { offset: 0 });
  const version = r.fixed32();
  if (version === 0x1000d)
    throw new CompileError(
      "needs the component model: this is a component, not a core module",
      { offset: 4 },
      "unsupported",
    );
  if (version !== 1) throw new CompileError(`unknown binary version ${version}`, { offset: 4 });
  const m = emptyModule(bytes, file);
  let last = 0;
  let bodies = 0;
  while (r.at < bytes.length) {
    const start = r.at;
    const id = r.byte();
    const size = r.u32();
    if (size > bytes.length - r.at)
      r.fail("length out of bounds: the section reaches past the end of the module", start);
    const end = r.at + size;
    const section = new Reader(bytes, r.at, end);
    if (id === 0) {
      const name = section.name();
      m.sections.push({ id, name, start: section.at, end });
      if (name === "name") decodeNames(m, new Reader(bytes, section.at, end));
    } else {
      if (id === 13)
        throw new CompileError("needs exception handling: tag section", { offset: start }, "unsupported");
      if (id > 13) r.fail(`malformed section id ${id}`, start);
      if (sectionOrder[id] <= last)
        r.fail(
          `unexpected content after last section: ${sectionNames[id]} section out of order or repeated`,
          start,
        );
      last = sectionOrder[id];
      m.sections.push({ id, name: sectionNames[id], start: section.at, end });
      if (id === 10) bodies = decodeCode(m, section);
      else decodeSection(m, id, section);
      if (section.at !== end)
        section.fail(
          `section size mismatch: ${end - section.at} bytes left in the ${sectionNames[id]} section`,
        );
    }
    r.at = end;
  }
  const declared = m.functions.length - m.importedFunctionCount;
  if (declared !== bodies)
    throw new CompileError(`function and code section have inconsistent lengths: ${declared} and ${bodies}`, {
      offset: bytes.length,
    });
  if (m.dataCount !== undefined && m.dataCount !== m.datas.length) {
    throw new CompileError(
      `data count and data section have inconsistent lengths: ${m.dataCount} and ${m.datas.length}`,
      { offset: bytes.length },
    );
  }
  markReferenced(m);
  return m;
}

function decodeSection(m: Module, id: number, r: Reader): void {
  switch (id) {
    case 1:
      return decodeTypes(m, r);
    case 2:
      return repeat(r, limits.imports, "imports", () => decodeImport(m, r));
    case 3:
      return repeat(r, limits.functions, "functions", () => {
        m.functions.push({ typeIndex: r.u32(), imported: undefined, start: 0, end: 0 });
      });
    case 4:
      return repeat(r, limits.tables, "tables", () => {
        if (r.bytes[r.at] === 0x40)
          unsupported(r, "typed function references", "table with an initial value");
        m.tables.push({ ...tableType(r), imported: undefined });
      });
    case 5:
      return repeat(r, limits.memories, "memories", () => {
        m.memories.push({ limits: memoryLimits(r), imported: undefined });
      });
    case 6:
      return repeat(r, limits.globals, "globals", () => {
        const type = globalType(r);
        m.globals.push({ ...type, imported: undefined, init: constExpr(r) });
      });
    case 7:
      return decodeExports(m, r);
    case 8:
      m.startFunction = r.u32();
      return;
    case 9:
      return repeat(r, limits.elementSegments, "element segments", () => decodeElement(m, r));
    case 11:
      return repeat(r, limits.dataSegments, "data segments", () => decodeData(m, r));
    default:
      m.dataCount = r.u32();
  }
}

function unsupported(r: Reader, feature: string, what: string, offset = r.at): never {
  throw new CompileError(`needs ${feature}: ${what}`, { offset }, "unsupported");
}

/** Reads a vector: each entry takes at least one byte, so a count beyond what is left is refused at once. */
function repeat(r: Reader, limit: number, what: string, one: () => void): void {
  const at = r.at;
  const count = r.u32();
  if (count > r.end - r.at) r.fail(`length out of bounds: ${count} ${what} do not fit in the section`, at);
  if (count > limit) r.fail(`too many ${what}: ${count}, the limit is ${limit}`, at);
  for (let i = 0; i < count; i++) one();
}

function valueType(r: Reader): ValueType {
  const at = r.at;
  const b = r.byte();
  if ((b >= 0x7b && b <= 0x7f) || b === 0x70 || b === 0x6f) return b;
  if (b === 0x63 || b === 0x64)
    unsupported(r, "typed function references", `reference type 0x${b.toString(16)}`, at);
  if ((b >= 0x69 && b <= 0x6e) || (b >= 0x71 && b <= 0x74))
    unsupported(r, "garbage collection", `heap type 0x${b.toString(16)}`, at);
  return r.fail(`malformed value type 0x${b.toString(16)}`, at);
}

function referenceType(r: Reader): ValueType {
  const at = r.at;
  const t = valueType(r);
  return isReference(t) ? t : r.fail("malformed reference type", at);
}

function decodeTypes(m: Module, r: Reader): void {
  const ids = new Map<string, number>();
  repeat(r, limits.types, "types", () => {
    const at = r.at;
    const form = r.byte();
    if (form === 0x5e || form === 0x5f || form === 0x4e || form === 0x4f || form === 0x50)
      unsupported(r, "garbage collection", "struct, array or recursive type", at);
    if (form !== 0x60)
      r.fail(`integer representation too long or malformed type form 0x${form.toString(16)}`, at);
    const type: FuncType = {
      params: types(r, limits.params, "parameters"),
      results: types(r, limits.results, "results"),
    };
    const key = `${String.fromCharCode(...type.params)}>${String.fromCharCode(...type.results)}`;
    let id = ids.get(key);
    if (id === undefined) {
      id = ids.size + 1;
      ids.set(key, id);
    }
    m.types.push(type);
    m.canonicalTypeIds.push(id);
  });
}

function types(r: Reader, limit: number, what: string): ValueType[] {
  const list: ValueType[] = [];
  repeat(r, limit, what, () => list.push(valueType(r)));
  return list;
}

function decodeLimits(r: Reader, what: string): Limits {
  const at = r.at;
  const flags = r.byte();
  if (flags > 7)
    r.fail(
      flags >= 0x80 ? "integer representation too long" : `malformed limits flags 0x${flags.toString(16)}`,
      at,
    );
  if (flags & 4) unsupported(r, "memory64", `64-bit ${what}`, at);
  if (flags & 2) unsupported(r, "threads", `shared ${what}`, at);
  const min = r.u32();
  return { min, max: flags & 1 ? r.u32() : undefined };
}

function tableType(r: Reader): TableType {
  return { element: referenceType(r), limits: decodeLimits(r, "table") };
}

function memoryLimits(r: Reader): Limits {
  return decodeLimits(r, "memory");
}

function globalType(r: Reader): GlobalType {
  const type = valueType(r);
  const at = r.at;
  const mutable = r.byte();
  if (mutable > 1) r.fail("malformed mutability", at);
  return { type, mutable: mutable === 1 };
}

function decodeImport(m: Module, r: Reader): void {
  const offset = r.at;
  const module = r.name();
  const name = r.name();
  const at = r.at;
  const kind = r.byte();
  const add = (index: number): Import => {
    const entry: Import = { module, name, kind, index, offset };
    m.imports.push(entry);
    return entry;
  };
  switch (kind) {
    case ExternalKind.Function:
      m.functions.push({ typeIndex: r.u32(), imported: add(m.functions.length), start: 0, end: 0 });
      m.importedFunctionCount++;
      return;
    case ExternalKind.Table:
      m.tables.push({ ...tableType(r), imported: add(m.tables.length) });
      return;
    case ExternalKind.Memory:
      m.memories.push({ limits: memoryLimits(r), imported: add(m.memories.length) });
      return;
    case ExternalKind.Global:
      m.globals.push({ ...globalType(r), imported: add(m.globals.length), init: [] });
      return;
    case 4:
      return unsupported(r, "exception handling", `tag import "${name}"`, at);
    default:
      r.fail(`malformed import kind ${kind}`, at);
  }
}

function decodeExports(m: Module, r: Reader): void {
  repeat(r, limits.exports, "exports", () => {
    const name = r.name();
    const at = r.at;
    const kind = r.byte();
    if (kind === 4) unsupported(r, "exception handling", `tag export "${name}"`, at);
    if (kind > 3) r.fail(`malformed export kind ${kind}`, at);
    m.exports.push({ name, kind, index: r.u32() });
  });
}

/** A constant expression up to its end; anything but constant operators is left to say "constant expression required". */
function constExpr(r: Reader): ConstExpr {
  const steps: ConstStep[] = [];
  for (;;) {
    const at = r.at;
    const code = r.byte();
    switch (code) {
      case 0x0b:
        return steps;
      case 0x41: {
        const lo = r.s32();
        steps.push({ op: "const", type: ValueType.I32, lo, hi: lo >> 31 });
        break;
      }
      case 0x42:
        r.s64();
        steps.push({ op: "const", type: ValueType.I64, lo: r.lo, hi: r.hi });
        break;
      case 0x43:
        steps.push({ op: "const", type: ValueType.F32, lo: r.fixed32(), hi: 0 });
        break;
      case 0x44: {
        const lo = r.fixed32();
        steps.push({ op: "const", type: ValueType.F64, lo, hi: r.fixed32() });
        break;
      }
      case 0x23:
        steps.push({ op: "global", index: r.u32() });
        break;
      case 0xd0:
        steps.push({ op: "null", type: referenceType(r) });
        break;
      case 0xd2:
        steps.push({ op: "func", index: r.u32() });
        break;
      case 0xfd: {
        if (r.u32() !== 12) throw new CompileError("constant expression required", { offset: at });
        const start = r.at;
        r.skip(16);
        steps.push({ op: "const", type: ValueType.V128, lo: 0, hi: 0, wide: r.bytes.slice(start, r.at) });
        break;
      }
      case 0x6a:
      case 0x6b:
      case 0x6c:
        steps.push({ op: (["add", "sub", "mul"] as const)[code - 0x6a], type: ValueType.I32 });
        break;
      case 0x7c:
      case 0x7d:
      case 0x7e:
        steps.push({ op: (["add", "sub", "mul"] as const)[code - 0x7c], type: ValueType.I64 });
        break;
      case 0xfb:
        return unsupported(r, "garbage collection", "constant expression", at);
      default:
        throw new CompileError(`constant expression required, found operator 0x${code.toString(16)}`, {
          offset: at,
        });
    }
  }
}

function decodeElement(m: Module, r: Reader): void {
  const at = r.at;
  const flags = r.u32();
  if (flags > 7) r.fail(`malformed elements segment kind ${flags}`, at);
  const mode = (flags & 1) === 0 ? "active" : flags & 2 ? "declarative" : "passive";
  const table = mode === "active" && flags & 2 ? r.u32() : 0;
  const offset = mode === "active" ? constExpr(r) : [];
  let type = ValueType.FuncRef;
  if (flags & 3) {
    if (flags & 4) type = referenceType(r);
    else {
      const kindAt = r.at;
      if (r.byte() !== 0) r.fail("malformed element kind", kindAt);
    }
  }
  const items: ConstExpr[] = [];
  repeat(r, limits.tableSize, "elements", () => {
    items.push(flags & 4 ? constExpr(r) : [{ op: "func", index: r.u32() }]);
  });
  m.elements.push({ mode, table, offset, type, items });
}

function decodeData(m: Module, r: Reader): void {
  const at = r.at;
  const flags = r.u32();
  if (flags > 2) r.fail(`malformed data segment kind ${flags}`, at);
  const memory = flags === 2 ? r.u32() : 0;
  const offset = flags === 1 ? [] : constExpr(r);
  const length = r.u32();
  const start = r.at;
  r.skip(length);
  m.datas.push({ mode: flags === 1 ? "passive" : "active", memory, offset, start, end: r.at });
}

function decodeCode(m: Module, r: Reader): number {
  let index = m.importedFunctionCount;
  repeat(r, limits.functions, "function bodies", () => {
    const at = r.at;
    const size = r.u32();
    if (size > r.end - r.at) r.fail("length out of bounds: function body reaches past its section", at);
    if (size > limits.functionSize)
      r.fail(`function body of ${size} bytes, the limit is ${limits.functionSize}`, at);
    const f = m.functions[index++];
    if (f === undefined) r.fail("function and code section have inconsistent lengths", at);
    f.start = r.at;
    f.end = r.at + size;
    r.at = f.end;
  });
  return index - m.importedFunctionCount;
}

/** The name section: a malformed one is ignored from there on, as the specification asks. */
function decodeNames(m: Module, r: Reader): void {
  try {
    while (r.at < r.end) {
      const id = r.byte();
      const size = r.u32();
      if (size > r.end - r.at) return;
      const end = r.at + size;
      if (id === 0) m.name = r.name();
      else if (id === 1) {
        const count = r.u32();
        for (let i = 0; i < count && r.at < end; i++) {
          const index = r.u32();
          const name = r.name();
          if (index < m.functions.length) m.functionNames[index] = name;
        }
      }
      r.at = end;
    }
  } catch (error) {
    if (!(error instanceof CompileError)) throw error;
  }
}

function markReferenced(m: Module): void {
  m.referenced = new Uint8Array(m.functions.length);
  const mark = (e: ConstExpr): void => {
    for (const step of e)
      if (step.op === "func" && step.index < m.referenced.length) m.referenced[step.index] = 1;
  };
  for (const e of m.exports)
    if (e.kind === ExternalKind.Function && e.index < m.referenced.length) m.referenced[e.index] = 1;
  for (const g of m.globals) mark(g.init);
  for (const e of m.elements) for (const item of e.items) mark(item);
}
