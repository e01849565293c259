// t1.tmp.ts
import { readFileSync } from "node:fs";

// compiler/wasm/module.ts
function valueTypeName(t) {
  switch (t) {
    case 127 /* I32 */:
      return "i32";
    case 126 /* I64 */:
      return "i64";
    case 125 /* F32 */:
      return "f32";
    case 124 /* F64 */:
      return "f64";
    case 123 /* V128 */:
      return "v128";
    case 112 /* FuncRef */:
      return "funcref";
    case 111 /* ExternRef */:
      return "externref";
    default:
      return "any type";
  }
}
function isReference(t) {
  return t === 112 /* FuncRef */ || t === 111 /* ExternRef */;
}
var externalKindNames = ["function", "table", "memory", "global"];
function functionType(module, index) {
  return module.types[module.functions[index].typeIndex];
}
var limits = {
  types: 1e6,
  functions: 1e6,
  imports: 1e6,
  exports: 1e6,
  globals: 1e6,
  tables: 1e5,
  memories: 100,
  dataSegments: 1e5,
  elementSegments: 1e7,
  tableSize: 1e7,
  functionSize: 7654321,
  locals: 5e4,
  params: 1e3,
  results: 1e3,
  branchTable: 65520,
  memoryPages: 65536
};

// compiler/codegen/rt.ts
var instance = {
  module: 0,
  memoryBase: 8,
  hostStackLimit: 16,
  context: 24,
  memories: 32,
  tables: 40,
  user: 48,
  headerSize: 64
};
var memory = {
  base: 0,
  size: 8,
  maxPages: 16,
  reserved: 24,
  flags: 32,
  index: 36,
  byteSize: 40
};
var table = {
  elements: 0,
  size: 8,
  max: 16,
  capacity: 24,
  type: 32,
  flags: 36,
  byteSize: 40
};
var func = { code: 0, instance: 8, typeId: 16, index: 20, byteSize: 24 };
var context = { results: 128 };
var REGISTER_RESULTS = 6;
var element = { null: -1, import: 1 << 30 };

// compiler/codegen/layout.ts
function layoutInstance(m, mode, bindings) {
  let at = instance.headerSize;
  const take = (bytes, align = 8) => {
    at = at + align - 1 & -align;
    const offset = at;
    at += bytes;
    return offset;
  };
  const memories = take(8 * m.memories.length);
  const memoryDescriptors = m.memories.map((x) => x.imported ? -1 : take(memory.byteSize));
  const tables = take(8 * m.tables.length);
  const tableDescriptors = m.tables.map((x) => x.imported ? -1 : take(table.byteSize));
  const functionSlots = take(8 * m.importedFunctionCount);
  const globals = m.globals.map((g) => {
    const wide = g.type === 123 /* V128 */ && g.imported === void 0;
    return take(wide ? 16 : 8, wide ? 16 : 8);
  });
  const records = new Int32Array(m.functions.length).fill(-1);
  let recordCount = 0;
  for (let i = 0; i < m.functions.length; i++) {
    const slot = i < m.importedFunctionCount && bindings[i].kind === "slot";
    if (m.referenced[i] !== 0 && !slot) records[i] = recordCount++;
  }
  const functionRecords = mode === "pointer" ? take(func.byteSize * recordCount) : 0;
  const droppedData = take(m.datas.length, 1);
  const droppedElements = take(m.elements.length, 1);
  return {
    size: at + 15 & ~15,
    memories,
    memoryDescriptors,
    tables,
    tableDescriptors,
    functionSlots,
    globals,
    records,
    recordCount,
    functionRecords,
    droppedData,
    droppedElements
  };
}

// compiler/codegen/symbols.ts
var runtimeSymbols = [
  "rt_memory_grow",
  "rt_memory_copy",
  "rt_memory_fill",
  "rt_memory_init",
  "rt_data_drop",
  "rt_table_grow",
  "rt_table_fill",
  "rt_table_copy",
  "rt_table_init",
  "rt_elem_drop"
];
var SymbolTable = class {
  names = [];
  functionCount;
  hostIds = /* @__PURE__ */ new Map();
  /** Array of rt_func records (static mode). */
  functionRecords;
  /** `number`: the module's number in the program; `bindings`: of imported functions; `readable`: put names of functions into symbols. */
  constructor(m, number, bindings, readable) {
    this.functionCount = m.functions.length;
    for (let i = 0; i < m.functions.length; i++)
      this.names.push(functionSymbol(number, i, readable ? m.functionNames[i] : void 0));
    this.names.push(...runtimeSymbols);
    this.functionRecords = this.names.push(`wasmaot_functions_${number}`) - 1;
    for (const b of bindings)
      if (b.kind === "host" && !this.hostIds.has(b.symbol))
        this.hostIds.set(b.symbol, this.names.push(b.symbol) - 1);
  }
  function(index) {
    return index;
  }
  runtime(name) {
    return this.functionCount + runtimeSymbols.indexOf(name);
  }
  /** Id of the C function of a host import. */
  host(symbol) {
    const id = this.hostIds.get(symbol);
    if (id === void 0) throw new Error(`no symbol for host function ${symbol}`);
    return id;
  }
};
function functionSymbol(number, index, name) {
  const plain = `wasm${number}_f${index}`;
  return name === void 0 || name === "" ? plain : `${plain}_${safeName(name)}`;
}
function safeName(name) {
  return name.replace(/[^A-Za-z0-9_]/g, "_").slice(0, 64);
}

// compiler/support/error.ts
var CompileError = class extends Error {
  place;
  kind;
  constructor(message, place = {}, kind = "module") {
    super(message);
    this.name = "CompileError";
    this.place = place;
    this.kind = kind;
  }
  /** "app.wasm: function 12 (main), byte 0x1f2: type mismatch ..." */
  format() {
    const { file, functionIndex, functionName, offset } = this.place;
    const where = [];
    if (functionIndex !== void 0)
      where.push(`function ${functionIndex}${functionName ? ` (${functionName})` : ""}`);
    if (offset !== void 0) where.push(`byte 0x${offset.toString(16)}`);
    return [file, where.join(", "), this.message].filter((s) => s !== void 0 && s !== "").join(": ");
  }
};

// compiler/wasm/reader.ts
var Reader = class {
  bytes;
  at;
  end;
  /** Result of the last s64 read. */
  lo = 0;
  hi = 0;
  constructor(bytes, start = 0, end = bytes.length) {
    this.bytes = bytes;
    this.at = start;
    this.end = end;
  }
  fail(message, offset = this.at) {
    throw new CompileError(message, { offset });
  }
  byte() {
    if (this.at >= this.end) this.fail("unexpected end");
    return this.bytes[this.at++];
  }
  skip(n) {
    if (n > this.end - this.at) this.fail("unexpected end");
    this.at += n;
  }
  /** Unsigned LEB128 of at most 32 bits. */
  u32() {
    const b = this.byte();
    return b < 128 ? b : this.u32More(b & 127);
  }
  u32More(value) {
    const start = this.at - 1;
    let shift = 7;
    for (; ; ) {
      const b = this.byte();
      if (shift === 28) {
        if (b > 15) this.fail(b >= 128 ? "integer representation too long" : "integer too large", start);
        return (value | b << 28) >>> 0;
      }
      value |= (b & 127) << shift;
      if (b < 128) return value >>> 0;
      shift += 7;
    }
  }
  /** Signed LEB128 of at most 32 bits. */
  s32() {
    const start = this.at;
    let value = 0;
    let shift = 0;
    for (; ; ) {
      const b = this.byte();
      if (shift === 28) {
        if (b >= 128) this.fail("integer representation too long", start);
        const sign = b & 8 ? 112 : 0;
        if ((b & 112) !== sign) this.fail("integer too large", start);
        return value | b << 28;
      }
      value |= (b & 127) << shift;
      shift += 7;
      if (b < 128) return value << 32 - shift >> 32 - shift;
    }
  }
  /** Signed LEB128 of at most 33 bits (block types): a number from -2^32 to 2^32 - 1. */
  s33() {
    const start = this.at;
    let value = 0;
    let scale = 1;
    for (let i = 0; i < 5; i++) {
      const b = this.byte();
      if (i === 4) {
        if (b >= 128) this.fail("integer representation too long", start);
        const sign = b & 16 ? 96 : 0;
        if ((b & 96) !== sign) this.fail("integer too large", start);
        value += (b & 31) * scale;
        return b & 16 ? value - 8589934592 : value;
      }
      value += (b & 127) * scale;
      scale *= 128;
      if (b < 128) return b & 64 ? value - scale : value;
    }
    return value;
  }
  /** Signed LEB128 of at most 64 bits, into lo and hi. */
  s64() {
    const start = this.at;
    let lo = 0;
    let hi = 0;
    for (let shift = 0; ; shift += 7) {
      const b = this.byte();
      const bits = b & 127;
      if (shift < 28) lo |= bits << shift;
      else if (shift === 28) {
        lo |= bits << 28;
        hi |= bits >> 4;
      } else if (shift < 63) hi |= bits << shift - 32;
      else {
        if (b >= 128) this.fail("integer representation too long", start);
        if (bits !== 0 && bits !== 127) this.fail("integer too large", start);
        hi |= bits << 31;
      }
      if (b < 128) {
        const used = shift + 7;
        if (b & 64) {
          if (used < 32) {
            lo |= -1 << used;
            hi = -1;
          } else if (used === 35 || used < 64) hi |= used === 32 ? -1 : -1 << used - 32;
        }
        this.lo = lo;
        this.hi = hi;
        return;
      }
    }
  }
  /** Four bytes as an int32. */
  fixed32() {
    const at = this.at;
    this.skip(4);
    const b = this.bytes;
    return b[at] | b[at + 1] << 8 | b[at + 2] << 16 | b[at + 3] << 24;
  }
  /** A length-prefixed UTF-8 name. */
  name() {
    const length = this.u32();
    const start = this.at;
    this.skip(length);
    return decodeUtf8(this.bytes, start, this.at);
  }
};
var strict = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
function decodeUtf8(bytes, start, end) {
  try {
    return strict.decode(bytes.slice(start, end));
  } catch {
    throw new CompileError("malformed UTF-8 encoding", { offset: start });
  }
}

// compiler/wasm/decode.ts
var sectionNames = [
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
  "string"
];
var sectionOrder = [0, 1, 2, 3, 4, 5, 7, 8, 9, 10, 12, 13, 11, 6];
function decodeModule(bytes, file = "") {
  try {
    return decodeSections(bytes, file);
  } catch (error) {
    if (error instanceof CompileError && file !== "") error.place.file ??= file;
    throw error;
  }
}
function emptyModule(bytes, file) {
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
    startFunction: void 0,
    elements: [],
    datas: [],
    dataCount: void 0,
    sections: [],
    name: void 0,
    functionNames: [],
    referenced: new Uint8Array(0),
    importedFunctionCount: 0
  };
}
function decodeSections(bytes, file) {
  const r = new Reader(bytes);
  if (bytes.length < 4 || r.fixed32() !== 1836278016)
    throw new CompileError("not a WebAssembly module: magic header not detected", { offset: 0 });
  const version = r.fixed32();
  if (version === 65549)
    throw new CompileError(
      "needs the component model: this is a component, not a core module",
      { offset: 4 },
      "unsupported"
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
          start
        );
      last = sectionOrder[id];
      m.sections.push({ id, name: sectionNames[id], start: section.at, end });
      if (id === 10) bodies = decodeCode(m, section);
      else decodeSection(m, id, section);
      if (section.at !== end)
        section.fail(
          `section size mismatch: ${end - section.at} bytes left in the ${sectionNames[id]} section`
        );
    }
    r.at = end;
  }
  const declared = m.functions.length - m.importedFunctionCount;
  if (declared !== bodies)
    throw new CompileError(`function and code section have inconsistent lengths: ${declared} and ${bodies}`, {
      offset: bytes.length
    });
  if (m.dataCount !== void 0 && m.dataCount !== m.datas.length) {
    throw new CompileError(
      `data count and data section have inconsistent lengths: ${m.dataCount} and ${m.datas.length}`,
      { offset: bytes.length }
    );
  }
  markReferenced(m);
  return m;
}
function decodeSection(m, id, r) {
  switch (id) {
    case 1:
      return decodeTypes(m, r);
    case 2:
      return repeat(r, limits.imports, "imports", () => decodeImport(m, r));
    case 3:
      return repeat(r, limits.functions, "functions", () => {
        m.functions.push({ typeIndex: r.u32(), imported: void 0, start: 0, end: 0 });
      });
    case 4:
      return repeat(r, limits.tables, "tables", () => {
        if (r.bytes[r.at] === 64)
          unsupported(r, "typed function references", "table with an initial value");
        m.tables.push({ ...tableType(r), imported: void 0 });
      });
    case 5:
      return repeat(r, limits.memories, "memories", () => {
        m.memories.push({ limits: memoryLimits(r), imported: void 0 });
      });
    case 6:
      return repeat(r, limits.globals, "globals", () => {
        const type = globalType(r);
        m.globals.push({ ...type, imported: void 0, init: constExpr(r) });
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
function unsupported(r, feature, what, offset = r.at) {
  throw new CompileError(`needs ${feature}: ${what}`, { offset }, "unsupported");
}
function repeat(r, limit, what, one) {
  const at = r.at;
  const count = r.u32();
  if (count > r.end - r.at) r.fail(`length out of bounds: ${count} ${what} do not fit in the section`, at);
  if (count > limit) r.fail(`too many ${what}: ${count}, the limit is ${limit}`, at);
  for (let i = 0; i < count; i++) one();
}
function valueType(r) {
  const at = r.at;
  const b = r.byte();
  if (b >= 123 && b <= 127 || b === 112 || b === 111) return b;
  if (b === 99 || b === 100)
    unsupported(r, "typed function references", `reference type 0x${b.toString(16)}`, at);
  if (b >= 105 && b <= 110 || b >= 113 && b <= 116)
    unsupported(r, "garbage collection", `heap type 0x${b.toString(16)}`, at);
  return r.fail(`malformed value type 0x${b.toString(16)}`, at);
}
function referenceType(r) {
  const at = r.at;
  const t = valueType(r);
  return isReference(t) ? t : r.fail("malformed reference type", at);
}
function decodeTypes(m, r) {
  const ids = /* @__PURE__ */ new Map();
  repeat(r, limits.types, "types", () => {
    const at = r.at;
    const form = r.byte();
    if (form === 94 || form === 95 || form === 78 || form === 79 || form === 80)
      unsupported(r, "garbage collection", "struct, array or recursive type", at);
    if (form !== 96)
      r.fail(`integer representation too long or malformed type form 0x${form.toString(16)}`, at);
    const type = {
      params: types(r, limits.params, "parameters"),
      results: types(r, limits.results, "results")
    };
    const key = `${String.fromCharCode(...type.params)}>${String.fromCharCode(...type.results)}`;
    let id = ids.get(key);
    if (id === void 0) {
      id = ids.size + 1;
      ids.set(key, id);
    }
    m.types.push(type);
    m.canonicalTypeIds.push(id);
  });
}
function types(r, limit, what) {
  const list = [];
  repeat(r, limit, what, () => list.push(valueType(r)));
  return list;
}
function decodeLimits(r, what) {
  const at = r.at;
  const flags = r.byte();
  if (flags > 7)
    r.fail(
      flags >= 128 ? "integer representation too long" : `malformed limits flags 0x${flags.toString(16)}`,
      at
    );
  if (flags & 4) unsupported(r, "memory64", `64-bit ${what}`, at);
  if (flags & 2) unsupported(r, "threads", `shared ${what}`, at);
  const min = r.u32();
  return { min, max: flags & 1 ? r.u32() : void 0 };
}
function tableType(r) {
  return { element: referenceType(r), limits: decodeLimits(r, "table") };
}
function memoryLimits(r) {
  return decodeLimits(r, "memory");
}
function globalType(r) {
  const type = valueType(r);
  const at = r.at;
  const mutable = r.byte();
  if (mutable > 1) r.fail("malformed mutability", at);
  return { type, mutable: mutable === 1 };
}
function decodeImport(m, r) {
  const offset = r.at;
  const module = r.name();
  const name = r.name();
  const at = r.at;
  const kind = r.byte();
  const add = (index) => {
    const entry = { module, name, kind, index, offset };
    m.imports.push(entry);
    return entry;
  };
  switch (kind) {
    case 0 /* Function */:
      m.functions.push({ typeIndex: r.u32(), imported: add(m.functions.length), start: 0, end: 0 });
      m.importedFunctionCount++;
      return;
    case 1 /* Table */:
      m.tables.push({ ...tableType(r), imported: add(m.tables.length) });
      return;
    case 2 /* Memory */:
      m.memories.push({ limits: memoryLimits(r), imported: add(m.memories.length) });
      return;
    case 3 /* Global */:
      m.globals.push({ ...globalType(r), imported: add(m.globals.length), init: [] });
      return;
    case 4:
      return unsupported(r, "exception handling", `tag import "${name}"`, at);
    default:
      r.fail(`malformed import kind ${kind}`, at);
  }
}
function decodeExports(m, r) {
  repeat(r, limits.exports, "exports", () => {
    const name = r.name();
    const at = r.at;
    const kind = r.byte();
    if (kind === 4) unsupported(r, "exception handling", `tag export "${name}"`, at);
    if (kind > 3) r.fail(`malformed export kind ${kind}`, at);
    m.exports.push({ name, kind, index: r.u32() });
  });
}
function constExpr(r) {
  const steps = [];
  for (; ; ) {
    const at = r.at;
    const code = r.byte();
    switch (code) {
      case 11:
        return steps;
      case 65: {
        const lo = r.s32();
        steps.push({ op: "const", type: 127 /* I32 */, lo, hi: lo >> 31 });
        break;
      }
      case 66:
        r.s64();
        steps.push({ op: "const", type: 126 /* I64 */, lo: r.lo, hi: r.hi });
        break;
      case 67:
        steps.push({ op: "const", type: 125 /* F32 */, lo: r.fixed32(), hi: 0 });
        break;
      case 68: {
        const lo = r.fixed32();
        steps.push({ op: "const", type: 124 /* F64 */, lo, hi: r.fixed32() });
        break;
      }
      case 35:
        steps.push({ op: "global", index: r.u32() });
        break;
      case 208:
        steps.push({ op: "null", type: referenceType(r) });
        break;
      case 210:
        steps.push({ op: "func", index: r.u32() });
        break;
      case 253: {
        if (r.u32() !== 12) throw new CompileError("constant expression required", { offset: at });
        const start = r.at;
        r.skip(16);
        steps.push({ op: "const", type: 123 /* V128 */, lo: 0, hi: 0, wide: r.bytes.slice(start, r.at) });
        break;
      }
      case 106:
      case 107:
      case 108:
        steps.push({ op: ["add", "sub", "mul"][code - 106], type: 127 /* I32 */ });
        break;
      case 124:
      case 125:
      case 126:
        steps.push({ op: ["add", "sub", "mul"][code - 124], type: 126 /* I64 */ });
        break;
      case 251:
        return unsupported(r, "garbage collection", "constant expression", at);
      default:
        throw new CompileError(`constant expression required, found operator 0x${code.toString(16)}`, {
          offset: at
        });
    }
  }
}
function decodeElement(m, r) {
  const at = r.at;
  const flags = r.u32();
  if (flags > 7) r.fail(`malformed elements segment kind ${flags}`, at);
  const mode = (flags & 1) === 0 ? "active" : flags & 2 ? "declarative" : "passive";
  const table2 = mode === "active" && flags & 2 ? r.u32() : 0;
  const offset = mode === "active" ? constExpr(r) : [];
  let type = 112 /* FuncRef */;
  if (flags & 3) {
    if (flags & 4) type = referenceType(r);
    else {
      const kindAt = r.at;
      if (r.byte() !== 0) r.fail("malformed element kind", kindAt);
    }
  }
  const items = [];
  repeat(r, limits.tableSize, "elements", () => {
    items.push(flags & 4 ? constExpr(r) : [{ op: "func", index: r.u32() }]);
  });
  m.elements.push({ mode, table: table2, offset, type, items });
}
function decodeData(m, r) {
  const at = r.at;
  const flags = r.u32();
  if (flags > 2) r.fail(`malformed data segment kind ${flags}`, at);
  const memory2 = flags === 2 ? r.u32() : 0;
  const offset = flags === 1 ? [] : constExpr(r);
  const length = r.u32();
  const start = r.at;
  r.skip(length);
  m.datas.push({ mode: flags === 1 ? "passive" : "active", memory: memory2, offset, start, end: r.at });
}
function decodeCode(m, r) {
  let index = m.importedFunctionCount;
  repeat(r, limits.functions, "function bodies", () => {
    const at = r.at;
    const size = r.u32();
    if (size > r.end - r.at) r.fail("length out of bounds: function body reaches past its section", at);
    if (size > limits.functionSize)
      r.fail(`function body of ${size} bytes, the limit is ${limits.functionSize}`, at);
    const f = m.functions[index++];
    if (f === void 0) r.fail("function and code section have inconsistent lengths", at);
    f.start = r.at;
    f.end = r.at + size;
    r.at = f.end;
  });
  return index - m.importedFunctionCount;
}
function decodeNames(m, r) {
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
function markReferenced(m) {
  m.referenced = new Uint8Array(m.functions.length);
  const mark = (e) => {
    for (const step of e)
      if (step.op === "func" && step.index < m.referenced.length) m.referenced[step.index] = 1;
  };
  for (const e of m.exports)
    if (e.kind === 0 /* Function */ && e.index < m.referenced.length) m.referenced[e.index] = 1;
  for (const g of m.globals) mark(g.init);
  for (const e of m.elements) for (const item of e.items) mark(item);
}

// compiler/wasm/opcodes.ts
var rows = [];
function op(code, name, immediate, signature, align = 0, lanes2 = 0) {
  const [params, results] = signature === void 0 ? [void 0, ""] : signature.split(":");
  rows[code] = { code, name, immediate, params, results, align, lanes: lanes2 };
}
function run(code, names, signature, prefix = "") {
  names.split(" ").forEach((n, i) => op(code + i, prefix + n, 0 /* None */, signature));
}
op(0, "unreachable", 0 /* None */);
op(1, "nop", 0 /* None */, ":");
op(2, "block", 1 /* Block */);
op(3, "loop", 1 /* Block */);
op(4, "if", 1 /* Block */);
op(5, "else", 0 /* None */);
op(11, "end", 0 /* None */);
op(12, "br", 2 /* Label */);
op(13, "br_if", 2 /* Label */);
op(14, "br_table", 3 /* LabelTable */);
op(15, "return", 0 /* None */);
op(16, "call", 4 /* Function */);
op(17, "call_indirect", 5 /* TypeAndTable */);
op(26, "drop", 0 /* None */);
op(27, "select", 0 /* None */);
op(28, "select", 6 /* SelectTypes */);
op(32, "local.get", 7 /* Local */);
op(33, "local.set", 7 /* Local */);
op(34, "local.tee", 7 /* Local */);
op(35, "global.get", 8 /* Global */);
op(36, "global.set", 8 /* Global */);
op(37, "table.get", 9 /* Table */);
op(38, "table.set", 9 /* Table */);
var loads = [
  ["i32.load", "i", 2],
  ["i64.load", "l", 3],
  ["f32.load", "f", 2],
  ["f64.load", "d", 3],
  ["i32.load8_s", "i", 0],
  ["i32.load8_u", "i", 0],
  ["i32.load16_s", "i", 1],
  ["i32.load16_u", "i", 1],
  ["i64.load8_s", "l", 0],
  ["i64.load8_u", "l", 0],
  ["i64.load16_s", "l", 1],
  ["i64.load16_u", "l", 1],
  ["i64.load32_s", "l", 2],
  ["i64.load32_u", "l", 2]
];
loads.forEach(([name, result, align], i) => op(40 + i, name, 10 /* Memory */, `i:${result}`, align));
var stores = [
  ["i32.store", "i", 2],
  ["i64.store", "l", 3],
  ["f32.store", "f", 2],
  ["f64.store", "d", 3],
  ["i32.store8", "i", 0],
  ["i32.store16", "i", 1],
  ["i64.store8", "l", 0],
  ["i64.store16", "l", 1],
  ["i64.store32", "l", 2]
];
stores.forEach(([name, value, align], i) => op(54 + i, name, 10 /* Memory */, `i${value}:`, align));
op(63, "memory.size", 11 /* MemoryIndex */, ":i");
op(64, "memory.grow", 11 /* MemoryIndex */, "i:i");
op(65, "i32.const", 12 /* I32 */, ":i");
op(66, "i64.const", 13 /* I64 */, ":l");
op(67, "f32.const", 14 /* F32 */, ":f");
op(68, "f64.const", 15 /* F64 */, ":d");
var intCompare = "eq ne lt_s lt_u gt_s gt_u le_s le_u ge_s ge_u";
var floatCompare = "eq ne lt gt le ge";
var intBinary = "add sub mul div_s div_u rem_s rem_u and or xor shl shr_s shr_u rotl rotr";
run(69, "i32.eqz", "i:i");
run(70, intCompare, "ii:i", "i32.");
run(80, "i64.eqz", "l:i");
run(81, intCompare, "ll:i", "i64.");
run(91, floatCompare, "ff:i", "f32.");
run(97, floatCompare, "dd:i", "f64.");
run(103, "clz ctz popcnt", "i:i", "i32.");
run(106, intBinary, "ii:i", "i32.");
run(121, "clz ctz popcnt", "l:l", "i64.");
run(124, intBinary, "ll:l", "i64.");
run(139, "abs neg ceil floor trunc nearest sqrt", "f:f", "f32.");
run(146, "add sub mul div min max copysign", "ff:f", "f32.");
run(153, "abs neg ceil floor trunc nearest sqrt", "d:d", "f64.");
run(160, "add sub mul div min max copysign", "dd:d", "f64.");
var conversions = [
  ["i32.wrap_i64", "l:i"],
  ["i32.trunc_f32_s", "f:i"],
  ["i32.trunc_f32_u", "f:i"],
  ["i32.trunc_f64_s", "d:i"],
  ["i32.trunc_f64_u", "d:i"],
  ["i64.extend_i32_s", "i:l"],
  ["i64.extend_i32_u", "i:l"],
  ["i64.trunc_f32_s", "f:l"],
  ["i64.trunc_f32_u", "f:l"],
  ["i64.trunc_f64_s", "d:l"],
  ["i64.trunc_f64_u", "d:l"],
  ["f32.convert_i32_s", "i:f"],
  ["f32.convert_i32_u", "i:f"],
  ["f32.convert_i64_s", "l:f"],
  ["f32.convert_i64_u", "l:f"],
  ["f32.demote_f64", "d:f"],
  ["f64.convert_i32_s", "i:d"],
  ["f64.convert_i32_u", "i:d"],
  ["f64.convert_i64_s", "l:d"],
  ["f64.convert_i64_u", "l:d"],
  ["f64.promote_f32", "f:d"],
  ["i32.reinterpret_f32", "f:i"],
  ["i64.reinterpret_f64", "d:l"],
  ["f32.reinterpret_i32", "i:f"],
  ["f64.reinterpret_i64", "l:d"],
  ["i32.extend8_s", "i:i"],
  ["i32.extend16_s", "i:i"],
  ["i64.extend8_s", "l:l"],
  ["i64.extend16_s", "l:l"],
  ["i64.extend32_s", "l:l"]
];
conversions.forEach(([name, signature], i) => op(167 + i, name, 0 /* None */, signature));
op(208, "ref.null", 16 /* RefType */);
op(209, "ref.is_null", 0 /* None */);
op(210, "ref.func", 4 /* Function */);
var saturating = [
  ["i32.trunc_sat_f32_s", "f:i"],
  ["i32.trunc_sat_f32_u", "f:i"],
  ["i32.trunc_sat_f64_s", "d:i"],
  ["i32.trunc_sat_f64_u", "d:i"],
  ["i64.trunc_sat_f32_s", "f:l"],
  ["i64.trunc_sat_f32_u", "f:l"],
  ["i64.trunc_sat_f64_s", "d:l"],
  ["i64.trunc_sat_f64_u", "d:l"]
];
saturating.forEach(([name, signature], i) => op(64512 + i, name, 0 /* None */, signature));
op(64520, "memory.init", 17 /* DataAndMemory */, "iii:");
op(64521, "data.drop", 18 /* Data */, ":");
op(64522, "memory.copy", 19 /* TwoMemories */, "iii:");
op(64523, "memory.fill", 11 /* MemoryIndex */, "iii:");
op(64524, "table.init", 20 /* ElementAndTable */, "iii:");
op(64525, "elem.drop", 21 /* Element */, ":");
op(64526, "table.copy", 22 /* TwoTables */, "iii:");
op(64527, "table.grow", 9 /* Table */);
op(64528, "table.size", 9 /* Table */, ":i");
op(64529, "table.fill", 9 /* Table */);
var v = 64768;
[
  "v128.load",
  "v128.load8x8_s",
  "v128.load8x8_u",
  "v128.load16x4_s",
  "v128.load16x4_u",
  "v128.load32x2_s",
  "v128.load32x2_u",
  "v128.load8_splat",
  "v128.load16_splat",
  "v128.load32_splat",
  "v128.load64_splat"
].forEach((n, i) => op(v + i, n, 10 /* Memory */, "i:v", [4, 3, 3, 3, 3, 3, 3, 0, 1, 2, 3][i]));
op(v + 11, "v128.store", 10 /* Memory */, "iv:", 4);
op(v + 12, "v128.const", 23 /* V128 */, ":v");
op(v + 13, "i8x16.shuffle", 24 /* Shuffle */, "vv:v", 0, 32);
run(v + 14, "i8x16.swizzle", "vv:v");
["i8x16", "i16x8", "i32x4", "i64x2", "f32x4", "f64x2"].forEach(
  (n, i) => op(v + 15 + i, `${n}.splat`, 0 /* None */, `${"iiilfd"[i]}:v`)
);
var lanes = [
  ["i8x16.extract_lane_s", "v:i", 16],
  ["i8x16.extract_lane_u", "v:i", 16],
  ["i8x16.replace_lane", "vi:v", 16],
  ["i16x8.extract_lane_s", "v:i", 8],
  ["i16x8.extract_lane_u", "v:i", 8],
  ["i16x8.replace_lane", "vi:v", 8],
  ["i32x4.extract_lane", "v:i", 4],
  ["i32x4.replace_lane", "vi:v", 4],
  ["i64x2.extract_lane", "v:l", 2],
  ["i64x2.replace_lane", "vl:v", 2],
  ["f32x4.extract_lane", "v:f", 4],
  ["f32x4.replace_lane", "vf:v", 4],
  ["f64x2.extract_lane", "v:d", 2],
  ["f64x2.replace_lane", "vd:v", 2]
];
lanes.forEach(([n, signature, count], i) => op(v + 21 + i, n, 25 /* Lane */, signature, 0, count));
run(v + 35, intCompare, "vv:v", "i8x16.");
run(v + 45, intCompare, "vv:v", "i16x8.");
run(v + 55, intCompare, "vv:v", "i32x4.");
run(v + 65, floatCompare, "vv:v", "f32x4.");
run(v + 71, floatCompare, "vv:v", "f64x2.");
run(v + 77, "v128.not", "v:v");
run(v + 78, "and andnot or xor", "vv:v", "v128.");
run(v + 82, "v128.bitselect", "vvv:v");
run(v + 83, "v128.any_true", "v:i");
[8, 16, 32, 64].forEach(
  (bits, i) => op(v + 84 + i, `v128.load${bits}_lane`, 26 /* MemoryLane */, "iv:v", i, 128 / bits)
);
[8, 16, 32, 64].forEach(
  (bits, i) => op(v + 88 + i, `v128.store${bits}_lane`, 26 /* MemoryLane */, "iv:", i, 128 / bits)
);
op(v + 92, "v128.load32_zero", 10 /* Memory */, "i:v", 2);
op(v + 93, "v128.load64_zero", 10 /* Memory */, "i:v", 3);
run(v + 94, "f32x4.demote_f64x2_zero f64x2.promote_low_f32x4", "v:v");
run(v + 96, "abs neg popcnt", "v:v", "i8x16.");
run(v + 99, "all_true bitmask", "v:i", "i8x16.");
run(v + 101, "narrow_i16x8_s narrow_i16x8_u", "vv:v", "i8x16.");
run(v + 103, "f32x4.ceil f32x4.floor f32x4.trunc f32x4.nearest", "v:v");
run(v + 107, "shl shr_s shr_u", "vi:v", "i8x16.");
run(v + 110, "add add_sat_s add_sat_u sub sub_sat_s sub_sat_u", "vv:v", "i8x16.");
run(v + 116, "f64x2.ceil f64x2.floor", "v:v");
run(v + 118, "min_s min_u max_s max_u", "vv:v", "i8x16.");
run(v + 122, "f64x2.trunc", "v:v");
run(v + 123, "i8x16.avgr_u", "vv:v");
run(
  v + 124,
  "i16x8.extadd_pairwise_i8x16_s i16x8.extadd_pairwise_i8x16_u i32x4.extadd_pairwise_i16x8_s i32x4.extadd_pairwise_i16x8_u",
  "v:v"
);
for (const [base, n] of [
  [128, "i16x8"],
  [160, "i32x4"],
  [192, "i64x2"]
]) {
  const narrow = n === "i16x8" ? "i8x16" : n === "i32x4" ? "i16x8" : "i32x4";
  run(v + base, "abs neg", "v:v", `${n}.`);
  run(v + base + 3, "all_true bitmask", "v:i", `${n}.`);
  run(
    v + base + 7,
    `extend_low_${narrow}_s extend_high_${narrow}_s extend_low_${narrow}_u extend_high_${narrow}_u`,
    "v:v",
    `${n}.`
  );
  run(v + base + 11, "shl shr_s shr_u", "vi:v", `${n}.`);
  run(v + base + 14, "add", "vv:v", `${n}.`);
  run(v + base + 17, "sub", "vv:v", `${n}.`);
  run(v + base + 21, "mul", "vv:v", `${n}.`);
  run(
    v + base + 28,
    `extmul_low_${narrow}_s extmul_high_${narrow}_s extmul_low_${narrow}_u extmul_high_${narrow}_u`,
    "vv:v",
    `${n}.`
  );
}
run(v + 130, "i16x8.q15mulr_sat_s", "vv:v");
run(v + 133, "narrow_i32x4_s narrow_i32x4_u", "vv:v", "i16x8.");
run(v + 143, "add_sat_s add_sat_u", "vv:v", "i16x8.");
run(v + 146, "sub_sat_s sub_sat_u", "vv:v", "i16x8.");
run(v + 148, "f64x2.nearest", "v:v");
run(v + 150, "min_s min_u max_s max_u", "vv:v", "i16x8.");
run(v + 155, "i16x8.avgr_u", "vv:v");
run(v + 182, "min_s min_u max_s max_u dot_i16x8_s", "vv:v", "i32x4.");
run(v + 214, "eq ne lt_s gt_s le_s ge_s", "vv:v", "i64x2.");
run(v + 224, "abs neg", "v:v", "f32x4.");
run(v + 227, "sqrt", "v:v", "f32x4.");
run(v + 228, "add sub mul div min max pmin pmax", "vv:v", "f32x4.");
run(v + 236, "abs neg", "v:v", "f64x2.");
run(v + 239, "sqrt", "v:v", "f64x2.");
run(v + 240, "add sub mul div min max pmin pmax", "vv:v", "f64x2.");
run(
  v + 248,
  "i32x4.trunc_sat_f32x4_s i32x4.trunc_sat_f32x4_u f32x4.convert_i32x4_s f32x4.convert_i32x4_u i32x4.trunc_sat_f64x2_s_zero i32x4.trunc_sat_f64x2_u_zero f64x2.convert_low_i32x4_s f64x2.convert_low_i32x4_u",
  "v:v"
);
var opcodes = rows;
function prefixedCode(prefix, sub) {
  return sub < 256 ? prefix * 256 + sub : -1;
}
function laterFeature(prefix, sub) {
  if (prefix === 6 || prefix === 7 || prefix === 8 || prefix === 9 || prefix === 10 || prefix === 24 || prefix === 25 || prefix === 31)
    return "exception handling";
  if (prefix === 18 || prefix === 19) return "tail calls";
  if (prefix === 20 || prefix === 21 || prefix === 211 || prefix === 212 || prefix === 213 || prefix === 214)
    return "typed function references";
  if (prefix === 251) return "garbage collection";
  if (prefix === 253 && sub >= 256) return "relaxed SIMD";
  if (prefix === 254) return "threads";
  if (prefix === 252 && sub >= 19 && sub <= 22) return "wide arithmetic";
  return void 0;
}

// compiler/wasm/validate-function.ts
var UNKNOWN = 0;
var letterTypes = {
  i: 127 /* I32 */,
  l: 126 /* I64 */,
  f: 125 /* F32 */,
  d: 124 /* F64 */,
  v: 123 /* V128 */
};
var simpleParams = [];
var simpleResults = [];
for (const row3 of opcodes) {
  if (row3?.params === void 0) continue;
  simpleParams[row3.code] = [...row3.params].map((c) => letterTypes[c]);
  simpleResults[row3.code] = [...row3.results].map((c) => letterTypes[c]);
}
var noTypes = [];
var FunctionValidator = class {
  m;
  r;
  index = 0;
  at = 0;
  stack = new Uint8Array(256);
  height = 0;
  locals = new Uint8Array(256);
  localCount = 0;
  // Control frames.
  depth = 0;
  kinds = [];
  heights = [];
  unreachable = [];
  params = [];
  results = [];
  constructor(m) {
    this.m = m;
    this.r = new Reader(m.bytes);
  }
  fail(message, offset = this.at) {
    throw new CompileError(message, {
      file: this.m.file || void 0,
      offset,
      functionIndex: this.index,
      functionName: this.m.functionNames[this.index]
    });
  }
  /** Validates the body of function `index`. Throws CompileError. */
  validate(index) {
    const f = this.m.functions[index];
    this.index = index;
    const r = this.r;
    r.at = f.start;
    r.end = f.end;
    this.at = f.start;
    const type = functionType(this.m, index);
    this.height = 0;
    this.depth = 0;
    try {
      this.readLocals(type);
      this.pushFrame(0 /* Block */, noTypes, type.results);
      while (this.depth > 0) {
        this.at = r.at;
        this.operator();
      }
    } catch (error) {
      if (error instanceof CompileError && error.place.functionIndex === void 0)
        this.fail(error.message, error.place.offset);
      throw error;
    }
    if (r.at !== f.end) this.fail("END opcode expected: operators after the end of the function", r.at);
  }
  readLocals(type) {
    const r = this.r;
    this.localCount = 0;
    for (const t of type.params) this.addLocals(1, t);
    const groups = r.u32();
    if (groups > r.end - r.at) r.fail("length out of bounds: local declarations");
    for (let i = 0; i < groups; i++) {
      const at = r.at;
      const n = r.u32();
      if (this.localCount + n > limits.locals) r.fail(`too many locals: the limit is ${limits.locals}`, at);
      this.addLocals(n, this.valueType());
    }
  }
  addLocals(n, type) {
    const end = this.localCount + n;
    if (end > this.locals.length) {
      const b = new Uint8Array(Math.max(end, this.locals.length * 2));
      b.set(this.locals);
      this.locals = b;
    }
    this.locals.fill(type, this.localCount, end);
    this.localCount = end;
  }
  valueType() {
    const at = this.r.at;
    const b = this.r.byte();
    if (b >= 123 && b <= 127 || b === 112 || b === 111) return b;
    if (b === 99 || b === 100)
      this.unsupported("typed function references", `reference type 0x${b.toString(16)}`);
    if (b >= 105 && b <= 110 || b >= 113 && b <= 116)
      this.unsupported("garbage collection", `heap type 0x${b.toString(16)}`);
    return this.r.fail(`malformed value type 0x${b.toString(16)}`, at);
  }
  unsupported(feature, what) {
    throw new CompileError(
      `needs ${feature}: ${what}`,
      {
        file: this.m.file || void 0,
        offset: this.at,
        functionIndex: this.index,
        functionName: this.m.functionNames[this.index]
      },
      "unsupported"
    );
  }
  // ---- Stacks ----
  push(type) {
    if (this.height === this.stack.length) {
      const b = new Uint8Array(this.stack.length * 2);
      b.set(this.stack);
      this.stack = b;
    }
    this.stack[this.height++] = type;
  }
  pushAll(types2) {
    for (let i = 0; i < types2.length; i++) this.push(types2[i]);
  }
  popAny() {
    if (this.height === this.heights[this.depth - 1]) {
      if (this.unreachable[this.depth - 1]) return UNKNOWN;
      this.fail("type mismatch: expected a value, found an empty stack");
    }
    return this.stack[--this.height];
  }
  pop(expected) {
    if (this.height === this.heights[this.depth - 1]) {
      if (this.unreachable[this.depth - 1]) return;
      this.fail(`type mismatch: expected ${valueTypeName(expected)}, found an empty stack`);
    }
    const found = this.stack[--this.height];
    if (found !== expected && found !== UNKNOWN)
      this.fail(`type mismatch: expected ${valueTypeName(expected)}, found ${valueTypeName(found)}`);
  }
  popAll(types2) {
    for (let i = types2.length - 1; i >= 0; i--) this.pop(types2[i]);
  }
  pushFrame(kind, params, results) {
    const d = this.depth++;
    this.kinds[d] = kind;
    this.heights[d] = this.height;
    this.unreachable[d] = false;
    this.params[d] = params;
    this.results[d] = results;
    this.pushAll(params);
  }
  popFrame() {
    const d = this.depth - 1;
    this.popAll(this.results[d]);
    if (this.height !== this.heights[d])
      this.fail(`type mismatch: ${this.height - this.heights[d]} values too many at the end of the block`);
    this.depth = d;
    return d;
  }
  setUnreachable() {
    this.height = this.heights[this.depth - 1];
    this.unreachable[this.depth - 1] = true;
  }
  /** Frame index of label l. */
  label(l) {
    if (l >= this.depth) this.fail(`unknown label ${l}: the nesting depth here is ${this.depth}`);
    return this.depth - 1 - l;
  }
  labelTypes(frame) {
    return this.kinds[frame] === 1 /* Loop */ ? this.params[frame] : this.results[frame];
  }
  // ---- Operators ----
  operator() {
    const r = this.r;
    let code = r.byte();
    if (code >= 251 && code <= 254) {
      const sub = r.u32();
      const later = laterFeature(code, sub);
      if (later !== void 0)
        this.unsupported(later, `operator 0x${code.toString(16)} 0x${sub.toString(16)}`);
      code = prefixedCode(code, sub);
    }
    const row3 = opcodes[code];
    if (row3 === void 0) {
      const later = laterFeature(code, 0);
      if (later !== void 0) this.unsupported(later, `operator 0x${code.toString(16)}`);
      this.fail(`illegal opcode 0x${code.toString(16)}`);
    }
    const params = simpleParams[code];
    if (params !== void 0) {
      if (row3.immediate !== 0 /* None */) this.immediate(row3);
      this.popAll(params);
      this.pushAll(simpleResults[code]);
      return;
    }
    this.special(code);
  }
  memoryZero() {
    const at = this.r.at;
    const index = this.r.byte();
    if (index !== 0) this.r.fail("zero byte expected: memory index", at);
    if (this.m.memories.length === 0) this.fail("unknown memory 0");
  }
  table(index) {
    const t = this.m.tables[index];
    if (t === void 0) this.fail(`unknown table ${index}`);
    return t.element;
  }
  memoryArgument(row3) {
    const align = this.r.u32();
    if (align >= 32) {
      if (align >= 64 && align < 128)
        this.unsupported("multiple memories", "memory index in a memory argument");
      this.fail("malformed memop flags");
    }
    this.r.u32();
    if (this.m.memories.length === 0) this.fail("unknown memory 0");
    if (align > row3.align)
      this.fail(
        `alignment must not be larger than natural: 2^${align} for an access of ${1 << row3.align} bytes`
      );
  }
  immediate(row3) {
    const { r, m } = this;
    switch (row3.immediate) {
      case 10 /* Memory */:
        return this.memoryArgument(row3);
      case 11 /* MemoryIndex */:
        return this.memoryZero();
      case 12 /* I32 */:
        r.s32();
        return;
      case 13 /* I64 */:
        r.s64();
        return;
      case 14 /* F32 */:
        return r.skip(4);
      case 15 /* F64 */:
        return r.skip(8);
      case 17 /* DataAndMemory */:
        this.data(r.u32());
        return this.memoryZero();
      case 18 /* Data */:
        return this.data(r.u32());
      case 19 /* TwoMemories */:
        this.memoryZero();
        return this.memoryZero();
      case 20 /* ElementAndTable */: {
        const segment = m.elements[this.element(r.u32())];
        const type = this.table(r.u32());
        if (segment.type !== type)
          this.fail(
            `type mismatch: the segment holds ${valueTypeName(segment.type)}, the table ${valueTypeName(type)}`
          );
        return;
      }
      case 21 /* Element */:
        this.element(r.u32());
        return;
      case 22 /* TwoTables */: {
        const to = this.table(r.u32());
        const from = this.table(r.u32());
        if (to !== from)
          this.fail(`type mismatch: tables of ${valueTypeName(to)} and ${valueTypeName(from)}`);
        return;
      }
      case 9 /* Table */:
        this.table(r.u32());
        return;
      case 23 /* V128 */:
        return r.skip(16);
      case 24 /* Shuffle */:
        for (let i = 0; i < 16; i++) if (r.byte() >= 32) this.fail("invalid lane index");
        return;
      case 26 /* MemoryLane */:
        this.memoryArgument(row3);
        if (r.byte() >= row3.lanes) this.fail("invalid lane index");
        return;
      case 25 /* Lane */:
        if (r.byte() >= row3.lanes) this.fail("invalid lane index");
        return;
      default:
        throw new Error(`immediate of ${row3.name}`);
    }
  }
  data(index) {
    if (this.m.dataCount === void 0) this.fail("data count section required");
    if (index >= this.m.dataCount) this.fail(`unknown data segment ${index}`);
  }
  element(index) {
    if (index >= this.m.elements.length) this.fail(`unknown elem segment ${index}`);
    return index;
  }
  blockType() {
    const r = this.r;
    const b = r.bytes[r.at];
    if (b === 64) {
      r.byte();
      return { params: noTypes, results: noTypes };
    }
    if (b >= 64 && b < 128) return { params: noTypes, results: [this.valueType()] };
    const index = r.s33();
    if (index < 0 || index >= this.m.types.length) this.fail(`unknown type ${index} as block type`);
    return this.m.types[index];
  }
  special(code) {
    switch (code) {
      case 0:
        return this.setUnreachable();
      case 2:
      case 3:
      case 4: {
        const type = this.blockType();
        if (code === 4) this.pop(127 /* I32 */);
        this.popAll(type.params);
        this.pushFrame(code - 2, type.params, type.results);
        return;
      }
      case 5: {
        if (this.kinds[this.depth - 1] !== 2 /* If */) this.fail("else without if");
        const d = this.popFrame();
        this.pushFrame(3 /* Else */, this.params[d], this.results[d]);
        return;
      }
      case 11:
        return this.end();
      case 12:
        this.popAll(this.labelTypes(this.label(this.r.u32())));
        return this.setUnreachable();
      case 13: {
        const types2 = this.labelTypes(this.label(this.r.u32()));
        this.pop(127 /* I32 */);
        this.popAll(types2);
        this.pushAll(types2);
        return;
      }
      case 14:
        return this.branchTable();
      case 15:
        this.popAll(this.results[0]);
        return this.setUnreachable();
      default:
        this.specialValue(code);
    }
  }
  end() {
    const kind = this.kinds[this.depth - 1];
    const d = this.popFrame();
    if (kind === 2 /* If */) {
      const [p, q] = [this.params[d], this.results[d]];
      if (p.length !== q.length || p.some((t, i) => t !== q[i]))
        this.fail("type mismatch: an if without else must leave what it takes");
    }
    this.pushAll(this.results[d]);
  }
  branchTable() {
    const r = this.r;
    const count = r.u32();
    if (count > r.end - r.at) r.fail("length out of bounds: branch table");
    if (count > limits.branchTable)
      this.fail(`branch table of ${count} targets, the limit is ${limits.branchTable}`);
    const start = r.at;
    for (let i = 0; i < count; i++) r.u32();
    const fallback = this.labelTypes(this.label(r.u32()));
    const after = r.at;
    this.pop(127 /* I32 */);
    r.at = start;
    let previous = -1;
    for (let i = 0; i < count; i++) {
      const frame = this.label(r.u32());
      if (frame === previous) continue;
      previous = frame;
      const types2 = this.labelTypes(frame);
      if (types2.length !== fallback.length)
        this.fail("type mismatch: branch table targets take different numbers of values");
      this.peekAll(types2);
    }
    r.at = after;
    this.popAll(fallback);
    this.setUnreachable();
  }
  /** Checks that the operands match `types` without taking them. */
  peekAll(types2) {
    const floor = this.heights[this.depth - 1];
    let h = this.height;
    for (let i = types2.length - 1; i >= 0; i--) {
      if (h === floor) {
        if (this.unreachable[this.depth - 1]) return;
        this.fail(`type mismatch: expected ${valueTypeName(types2[i])}, found an empty stack`);
      }
      const found = this.stack[--h];
      if (found !== types2[i] && found !== UNKNOWN)
        this.fail(`type mismatch: expected ${valueTypeName(types2[i])}, found ${valueTypeName(found)}`);
    }
  }
  local() {
    const index = this.r.u32();
    if (index >= this.localCount) this.fail(`unknown local ${index}`);
    return this.locals[index];
  }
  call(type) {
    this.popAll(type.params);
    this.pushAll(type.results);
  }
  specialValue(code) {
    const { r, m } = this;
    switch (code) {
      case 16: {
        const index = r.u32();
        if (index >= m.functions.length) this.fail(`unknown function ${index}`);
        return this.call(functionType(m, index));
      }
      case 17: {
        const type = r.u32();
        const table2 = this.table(r.u32());
        if (table2 !== 112 /* FuncRef */)
          this.fail(`type mismatch: call_indirect through a table of ${valueTypeName(table2)}`);
        if (type >= m.types.length) this.fail(`unknown type ${type}`);
        this.pop(127 /* I32 */);
        return this.call(m.types[type]);
      }
      case 26:
        this.popAny();
        return;
      case 27:
        return this.select();
      case 28: {
        if (r.u32() !== 1) this.fail("invalid result arity: select takes one type");
        const type = this.valueType();
        this.pop(127 /* I32 */);
        this.pop(type);
        this.pop(type);
        return this.push(type);
      }
      case 32:
        return this.push(this.local());
      case 33:
        return this.pop(this.local());
      case 34: {
        const type = this.local();
        this.pop(type);
        return this.push(type);
      }
      case 35:
      case 36:
        return this.global(code === 36);
      default:
        this.reference(code);
    }
  }
  select() {
    this.pop(127 /* I32 */);
    const b = this.popAny();
    const a = this.popAny();
    if (isReference(a) || isReference(b))
      this.fail("type mismatch: select without a type takes numbers and vectors only");
    if (a !== b && a !== UNKNOWN && b !== UNKNOWN)
      this.fail(`type mismatch: select of ${valueTypeName(a)} and ${valueTypeName(b)}`);
    this.push(a === UNKNOWN ? b : a);
  }
  global(isSet) {
    const index = this.r.u32();
    const g = this.m.globals[index];
    if (g === void 0) this.fail(`unknown global ${index}`);
    if (!isSet) return this.push(g.type);
    if (!g.mutable) this.fail(`global is immutable: ${index}`);
    this.pop(g.type);
  }
  reference(code) {
    const { r, m } = this;
    switch (code) {
      case 37: {
        const type = this.table(r.u32());
        this.pop(127 /* I32 */);
        return this.push(type);
      }
      case 38: {
        const type = this.table(r.u32());
        this.pop(type);
        return this.pop(127 /* I32 */);
      }
      case 208: {
        const type = this.valueType();
        if (!isReference(type)) this.fail("malformed reference type");
        return this.push(type);
      }
      case 209: {
        const type = this.popAny();
        if (type !== UNKNOWN && !isReference(type))
          this.fail(`type mismatch: expected a reference, found ${valueTypeName(type)}`);
        return this.push(127 /* I32 */);
      }
      case 210: {
        const index = r.u32();
        if (index >= m.functions.length) this.fail(`unknown function ${index}`);
        if (m.referenced[index] === 0) this.fail(`undeclared function reference ${index}`);
        return this.push(112 /* FuncRef */);
      }
      case 64527: {
        const type = this.table(r.u32());
        this.pop(127 /* I32 */);
        this.pop(type);
        return this.push(127 /* I32 */);
      }
      case 64529: {
        const type = this.table(r.u32());
        this.pop(127 /* I32 */);
        this.pop(type);
        return this.pop(127 /* I32 */);
      }
      default:
        this.fail(`illegal opcode 0x${code.toString(16)}`);
    }
  }
};

// compiler/wasm/validate.ts
function validateModuleFields(m) {
  const fail = (message) => {
    throw new CompileError(message, { file: m.file || void 0 });
  };
  m.functions.forEach((f, i) => {
    if (f.typeIndex >= m.types.length) fail(`unknown type ${f.typeIndex} of function ${i}`);
  });
  m.tables.forEach((t, i) => {
    const { min, max } = t.limits;
    if (max !== void 0 && min > max)
      fail(`size minimum must not be greater than maximum: table ${i} has ${min} and ${max}`);
    if (min > limits.tableSize && t.imported === void 0)
      fail(`table ${i} of ${min} elements, the limit is ${limits.tableSize}`);
  });
  m.memories.forEach((memory2, i) => {
    const { min, max } = memory2.limits;
    if (min > limits.memoryPages || (max ?? 0) > limits.memoryPages)
      fail(`memory size must be at most 65536 pages (4GiB): memory ${i}`);
    if (max !== void 0 && min > max)
      fail(`size minimum must not be greater than maximum: memory ${i} has ${min} and ${max}`);
  });
  if (m.memories.length > 1)
    throw new CompileError(
      `needs multiple memories: ${m.memories.length} memories`,
      { file: m.file || void 0 },
      "unsupported"
    );
  m.globals.forEach((g, i) => {
    if (g.imported === void 0) checkConst(m, g.init, g.type, i, `global ${i}`);
  });
  checkExports(m, fail);
  if (m.startFunction !== void 0) {
    if (m.startFunction >= m.functions.length) fail(`unknown function ${m.startFunction} as start function`);
    const type = functionType(m, m.startFunction);
    if (type.params.length + type.results.length > 0)
      fail(`start function ${m.startFunction} must have no parameters and no results`);
  }
  checkSegments(m, fail);
}
function checkExports(m, fail) {
  const seen = /* @__PURE__ */ new Set();
  const sizes = [m.functions.length, m.tables.length, m.memories.length, m.globals.length];
  for (const e of m.exports) {
    if (seen.has(e.name)) fail(`duplicate export name "${e.name}"`);
    seen.add(e.name);
    if (e.index >= sizes[e.kind])
      fail(`unknown ${externalKindNames[e.kind]} ${e.index} in export "${e.name}"`);
  }
}
function checkSegments(m, fail) {
  m.elements.forEach((e, i) => {
    for (const item of e.items) checkConst(m, item, e.type, m.globals.length, `element segment ${i}`);
    if (e.mode !== "active") return;
    const table2 = m.tables[e.table];
    if (table2 === void 0) fail(`unknown table ${e.table} in element segment ${i}`);
    if (table2.element !== e.type)
      fail(
        `type mismatch in element segment ${i}: table ${e.table} holds ${valueTypeName(table2.element)}, the segment ${valueTypeName(e.type)}`
      );
    checkConst(m, e.offset, 127 /* I32 */, m.globals.length, `element segment ${i}`);
  });
  m.datas.forEach((d, i) => {
    if (d.mode !== "active") return;
    if (d.memory >= m.memories.length) fail(`unknown memory ${d.memory} in data segment ${i}`);
    checkConst(m, d.offset, 127 /* I32 */, m.globals.length, `data segment ${i}`);
  });
}
function checkConst(m, e, expected, globalLimit, where) {
  const fail = (message) => {
    throw new CompileError(`${message} in constant expression of ${where}`, { file: m.file || void 0 });
  };
  const stack = [];
  for (const step of e) {
    switch (step.op) {
      case "const":
      case "null":
        stack.push(step.type);
        break;
      case "func":
        if (step.index >= m.functions.length) fail(`unknown function ${step.index}`);
        stack.push(112 /* FuncRef */);
        break;
      case "global": {
        const g = m.globals[step.index];
        if (g === void 0 || step.index >= globalLimit) return fail(`unknown global ${step.index}`);
        if (g.mutable) fail(`constant expression required: global ${step.index} is mutable`);
        stack.push(g.type);
        break;
      }
      default: {
        const b = stack.pop();
        const a = stack.pop();
        if (a !== step.type || b !== step.type)
          fail(`type mismatch: ${step.op} of ${valueTypeName(a ?? 0)} and ${valueTypeName(b ?? 0)}`);
        stack.push(step.type);
      }
    }
  }
  if (stack.length !== 1 || stack[0] !== expected) {
    fail(
      `type mismatch: expected ${valueTypeName(expected)}, found ${stack.length === 1 ? valueTypeName(stack[0]) : `${stack.length} values`}`
    );
  }
}
function validateModule(m) {
  validateModuleFields(m);
  const validator = new FunctionValidator(m);
  for (let i = m.importedFunctionCount; i < m.functions.length; i++) validator.validate(i);
}

// test/support/environment.ts
function environmentOf(bytes, options = {}) {
  const module = decodeModule(bytes);
  validateModule(module);
  const bindings = module.functions.slice(0, module.importedFunctionCount).map((_, i) => options.imports === "slot" ? { kind: "slot" } : { kind: "host", symbol: `host_${i}` });
  const instance2 = options.instance ?? "static";
  return {
    module,
    number: 0,
    layout: layoutInstance(module, instance2, bindings),
    symbols: new SymbolTable(module, 0, bindings, false),
    bindings,
    instance: instance2,
    bounds: options.bounds ?? "guard",
    typeIds: module.canonicalTypeIds,
    guardBytes: 1 << 16,
    linked: options.linked ?? false,
    canonicalNaN: options.canonicalNaN ?? false,
    optimize: 2
  };
}

// compiler/ir/types.ts
var Type = /* @__PURE__ */ ((Type2) => {
  Type2[Type2["Void"] = 0] = "Void";
  Type2[Type2["I32"] = 1] = "I32";
  Type2[Type2["I64"] = 2] = "I64";
  Type2[Type2["F32"] = 3] = "F32";
  Type2[Type2["F64"] = 4] = "F64";
  Type2[Type2["V128"] = 5] = "V128";
  return Type2;
})(Type || {});
var typeSize = [0, 4, 8, 4, 8, 16];
function isFloat(type) {
  return type === 3 /* F32 */ || type === 4 /* F64 */;
}
var Width = /* @__PURE__ */ ((Width2) => {
  Width2[Width2["Full"] = 0] = "Full";
  Width2[Width2["S8"] = 1] = "S8";
  Width2[Width2["U8"] = 2] = "U8";
  Width2[Width2["S16"] = 3] = "S16";
  Width2[Width2["U16"] = 4] = "U16";
  Width2[Width2["S32"] = 5] = "S32";
  Width2[Width2["U32"] = 6] = "U32";
  return Width2;
})(Width || {});
function accessSize(width, type) {
  switch (width) {
    case 1 /* S8 */:
    case 2 /* U8 */:
      return 1;
    case 3 /* S16 */:
    case 4 /* U16 */:
      return 2;
    case 5 /* S32 */:
    case 6 /* U32 */:
      return 4;
    default:
      return typeSize[type];
  }
}
function accessAux(width, alias, nonTrapping = false) {
  return width | (nonTrapping ? 16 : 0) | alias << 8;
}
function auxWidth(aux) {
  return aux & 15;
}

// compiler/ir/ops.ts
var Op = /* @__PURE__ */ ((Op2) => {
  Op2[Op2["Nop"] = 0] = "Nop";
  Op2[Op2["Param"] = 1] = "Param";
  Op2[Op2["Result"] = 2] = "Result";
  Op2[Op2["Const"] = 3] = "Const";
  Op2[Op2["Add"] = 4] = "Add";
  Op2[Op2["Sub"] = 5] = "Sub";
  Op2[Op2["Mul"] = 6] = "Mul";
  Op2[Op2["DivS"] = 7] = "DivS";
  Op2[Op2["DivU"] = 8] = "DivU";
  Op2[Op2["RemS"] = 9] = "RemS";
  Op2[Op2["RemU"] = 10] = "RemU";
  Op2[Op2["And"] = 11] = "And";
  Op2[Op2["Or"] = 12] = "Or";
  Op2[Op2["Xor"] = 13] = "Xor";
  Op2[Op2["Shl"] = 14] = "Shl";
  Op2[Op2["ShrS"] = 15] = "ShrS";
  Op2[Op2["ShrU"] = 16] = "ShrU";
  Op2[Op2["Rotl"] = 17] = "Rotl";
  Op2[Op2["Rotr"] = 18] = "Rotr";
  Op2[Op2["MulHighS"] = 19] = "MulHighS";
  Op2[Op2["MulHighU"] = 20] = "MulHighU";
  Op2[Op2["Clz"] = 21] = "Clz";
  Op2[Op2["Ctz"] = 22] = "Ctz";
  Op2[Op2["Popcnt"] = 23] = "Popcnt";
  Op2[Op2["Bswap"] = 24] = "Bswap";
  Op2[Op2["Extend8S"] = 25] = "Extend8S";
  Op2[Op2["Extend16S"] = 26] = "Extend16S";
  Op2[Op2["Extend32S"] = 27] = "Extend32S";
  Op2[Op2["ExtendS"] = 28] = "ExtendS";
  Op2[Op2["ExtendU"] = 29] = "ExtendU";
  Op2[Op2["Wrap"] = 30] = "Wrap";
  Op2[Op2["Eq"] = 31] = "Eq";
  Op2[Op2["Ne"] = 32] = "Ne";
  Op2[Op2["LtS"] = 33] = "LtS";
  Op2[Op2["LtU"] = 34] = "LtU";
  Op2[Op2["LeS"] = 35] = "LeS";
  Op2[Op2["LeU"] = 36] = "LeU";
  Op2[Op2["GtS"] = 37] = "GtS";
  Op2[Op2["GtU"] = 38] = "GtU";
  Op2[Op2["GeS"] = 39] = "GeS";
  Op2[Op2["GeU"] = 40] = "GeU";
  Op2[Op2["FAdd"] = 41] = "FAdd";
  Op2[Op2["FSub"] = 42] = "FSub";
  Op2[Op2["FMul"] = 43] = "FMul";
  Op2[Op2["FDiv"] = 44] = "FDiv";
  Op2[Op2["FMin"] = 45] = "FMin";
  Op2[Op2["FMax"] = 46] = "FMax";
  Op2[Op2["FCopysign"] = 47] = "FCopysign";
  Op2[Op2["FAbs"] = 48] = "FAbs";
  Op2[Op2["FNeg"] = 49] = "FNeg";
  Op2[Op2["FSqrt"] = 50] = "FSqrt";
  Op2[Op2["FCeil"] = 51] = "FCeil";
  Op2[Op2["FFloor"] = 52] = "FFloor";
  Op2[Op2["FTrunc"] = 53] = "FTrunc";
  Op2[Op2["FNearest"] = 54] = "FNearest";
  Op2[Op2["FEq"] = 55] = "FEq";
  Op2[Op2["FNe"] = 56] = "FNe";
  Op2[Op2["FLt"] = 57] = "FLt";
  Op2[Op2["FLe"] = 58] = "FLe";
  Op2[Op2["FGt"] = 59] = "FGt";
  Op2[Op2["FGe"] = 60] = "FGe";
  Op2[Op2["TruncS"] = 61] = "TruncS";
  Op2[Op2["TruncU"] = 62] = "TruncU";
  Op2[Op2["TruncSatS"] = 63] = "TruncSatS";
  Op2[Op2["TruncSatU"] = 64] = "TruncSatU";
  Op2[Op2["ConvertS"] = 65] = "ConvertS";
  Op2[Op2["ConvertU"] = 66] = "ConvertU";
  Op2[Op2["Demote"] = 67] = "Demote";
  Op2[Op2["Promote"] = 68] = "Promote";
  Op2[Op2["Bitcast"] = 69] = "Bitcast";
  Op2[Op2["Select"] = 70] = "Select";
  Op2[Op2["Load"] = 71] = "Load";
  Op2[Op2["Store"] = 72] = "Store";
  Op2[Op2["RawLoad"] = 73] = "RawLoad";
  Op2[Op2["RawStore"] = 74] = "RawStore";
  Op2[Op2["InstanceAddress"] = 75] = "InstanceAddress";
  Op2[Op2["SymbolAddress"] = 76] = "SymbolAddress";
  Op2[Op2["MemoryBase"] = 77] = "MemoryBase";
  Op2[Op2["TrapIf"] = 78] = "TrapIf";
  Op2[Op2["Call"] = 79] = "Call";
  Op2[Op2["CallPointer"] = 80] = "CallPointer";
  Op2[Op2["CallHost"] = 81] = "CallHost";
  Op2[Op2["GetInstance"] = 82] = "GetInstance";
  Op2[Op2["SwitchInstance"] = 83] = "SwitchInstance";
  Op2[Op2["Jump"] = 84] = "Jump";
  Op2[Op2["Branch"] = 85] = "Branch";
  Op2[Op2["Switch"] = 86] = "Switch";
  Op2[Op2["Return"] = 87] = "Return";
  Op2[Op2["Trap"] = 88] = "Trap";
  return Op2;
})(Op || {});
var { Void, I32, I64, F32, F64, V128 } = Type;
var ints = [I32, I64];
var floats = [F32, F64];
var scalars = [I32, I64, F32, F64];
var all = [I32, I64, F32, F64, V128];
var ops = [];
function row(op2, name, args, result, types2, effect = 0 /* Pure */, commutes = false) {
  ops[op2] = { name, args, result, types: types2, effect, commutes };
}
function rows2(list, make) {
  for (const [op2, name] of list) make(op2, name);
}
row(0 /* Nop */, "nop", [], Void, [Void]);
row(1 /* Param */, "param", [], "T", all);
row(2 /* Result */, "result", ["A"], "T", all);
row(3 /* Const */, "const", [], "T", all);
rows2(
  [
    [4 /* Add */, "add"],
    [6 /* Mul */, "mul"],
    [11 /* And */, "and"],
    [12 /* Or */, "or"],
    [13 /* Xor */, "xor"],
    [19 /* MulHighS */, "mulhigh_s"],
    [20 /* MulHighU */, "mulhigh_u"]
  ],
  (op2, name) => row(op2, name, ["T", "T"], "T", ints, 0 /* Pure */, true)
);
rows2(
  [
    [5 /* Sub */, "sub"],
    [14 /* Shl */, "shl"],
    [15 /* ShrS */, "shr_s"],
    [16 /* ShrU */, "shr_u"],
    [17 /* Rotl */, "rotl"],
    [18 /* Rotr */, "rotr"]
  ],
  (op2, name) => row(op2, name, ["T", "T"], "T", ints)
);
rows2(
  [
    [7 /* DivS */, "div_s"],
    [8 /* DivU */, "div_u"],
    [9 /* RemS */, "rem_s"],
    [10 /* RemU */, "rem_u"]
  ],
  (op2, name) => row(op2, name, ["T", "T"], "T", ints, 1 /* Trap */)
);
rows2(
  [
    [21 /* Clz */, "clz"],
    [22 /* Ctz */, "ctz"],
    [23 /* Popcnt */, "popcnt"],
    [24 /* Bswap */, "bswap"],
    [25 /* Extend8S */, "extend8_s"],
    [26 /* Extend16S */, "extend16_s"]
  ],
  (op2, name) => row(op2, name, ["T"], "T", ints)
);
row(27 /* Extend32S */, "extend32_s", [I64], I64, [I64]);
row(28 /* ExtendS */, "extend_s", [I32], I64, [I64]);
row(29 /* ExtendU */, "extend_u", [I32], I64, [I64]);
row(30 /* Wrap */, "wrap", [I64], I32, [I32]);
rows2(
  [
    [31 /* Eq */, "eq"],
    [32 /* Ne */, "ne"]
  ],
  (op2, name) => row(op2, name, ["A", "A"], I32, [I32], 0 /* Pure */, true)
);
rows2(
  [
    [33 /* LtS */, "lt_s"],
    [34 /* LtU */, "lt_u"],
    [35 /* LeS */, "le_s"],
    [36 /* LeU */, "le_u"],
    [37 /* GtS */, "gt_s"],
    [38 /* GtU */, "gt_u"],
    [39 /* GeS */, "ge_s"],
    [40 /* GeU */, "ge_u"]
  ],
  (op2, name) => row(op2, name, ["A", "A"], I32, [I32])
);
rows2(
  [
    [41 /* FAdd */, "fadd"],
    [43 /* FMul */, "fmul"]
  ],
  (op2, name) => row(op2, name, ["T", "T"], "T", floats, 0 /* Pure */, false)
);
rows2(
  [
    [42 /* FSub */, "fsub"],
    [44 /* FDiv */, "fdiv"],
    [45 /* FMin */, "fmin"],
    [46 /* FMax */, "fmax"],
    [47 /* FCopysign */, "fcopysign"]
  ],
  (op2, name) => row(op2, name, ["T", "T"], "T", floats)
);
rows2(
  [
    [48 /* FAbs */, "fabs"],
    [49 /* FNeg */, "fneg"],
    [50 /* FSqrt */, "fsqrt"],
    [51 /* FCeil */, "fceil"],
    [52 /* FFloor */, "ffloor"],
    [53 /* FTrunc */, "ftrunc"],
    [54 /* FNearest */, "fnearest"]
  ],
  (op2, name) => row(op2, name, ["T"], "T", floats)
);
rows2(
  [
    [55 /* FEq */, "feq"],
    [56 /* FNe */, "fne"]
  ],
  (op2, name) => row(op2, name, ["A", "A"], I32, [I32], 0 /* Pure */, true)
);
rows2(
  [
    [57 /* FLt */, "flt"],
    [58 /* FLe */, "fle"],
    [59 /* FGt */, "fgt"],
    [60 /* FGe */, "fge"]
  ],
  (op2, name) => row(op2, name, ["A", "A"], I32, [I32])
);
rows2(
  [
    [61 /* TruncS */, "trunc_s"],
    [62 /* TruncU */, "trunc_u"]
  ],
  (op2, name) => row(op2, name, ["A"], "T", ints, 1 /* Trap */)
);
rows2(
  [
    [63 /* TruncSatS */, "trunc_sat_s"],
    [64 /* TruncSatU */, "trunc_sat_u"]
  ],
  (op2, name) => row(op2, name, ["A"], "T", ints)
);
rows2(
  [
    [65 /* ConvertS */, "convert_s"],
    [66 /* ConvertU */, "convert_u"]
  ],
  (op2, name) => row(op2, name, ["A"], "T", floats)
);
row(67 /* Demote */, "demote", [F64], F32, [F32]);
row(68 /* Promote */, "promote", [F32], F64, [F64]);
row(69 /* Bitcast */, "bitcast", ["A"], "T", scalars);
row(70 /* Select */, "select", [I32, "T", "T"], "T", all);
row(71 /* Load */, "load", ["A"], "T", all, 2 /* Read */);
row(72 /* Store */, "store", ["A", "A"], Void, [Void], 3 /* Write */);
row(73 /* RawLoad */, "raw_load", [I64], "T", all, 2 /* Read */);
row(74 /* RawStore */, "raw_store", [I64, "A"], Void, [Void], 3 /* Write */);
row(75 /* InstanceAddress */, "instance_address", [], I64, [I64]);
row(76 /* SymbolAddress */, "symbol_address", [], I64, [I64]);
row(77 /* MemoryBase */, "memory_base", [], I64, [I64], 0 /* Pure */);
row(78 /* TrapIf */, "trap_if", [I32], Void, [Void], 1 /* Trap */);
rows2(
  [
    [79 /* Call */, "call"],
    [80 /* CallPointer */, "call_pointer"],
    [81 /* CallHost */, "call_host"]
  ],
  (op2, name) => row(op2, name, void 0, "T", [Void, ...all], 4 /* Call */)
);
row(82 /* GetInstance */, "get_instance", [], I64, [I64], 4 /* Call */);
row(83 /* SwitchInstance */, "switch_instance", [I64], Void, [Void], 4 /* Call */);
row(84 /* Jump */, "jump", [], Void, [Void], 5 /* Terminator */);
row(85 /* Branch */, "branch", [I32], Void, [Void], 5 /* Terminator */);
row(86 /* Switch */, "switch", [I32], Void, [Void], 5 /* Terminator */);
row(87 /* Return */, "return", void 0, Void, [Void], 5 /* Terminator */);
row(88 /* Trap */, "trap", [], Void, [Void], 5 /* Terminator */);
var opEffect = Uint8Array.from(ops, (r) => r.effect);
var opCommutes = Uint8Array.from(ops, (r) => r.commutes ? 1 : 0);

// compiler/ir/build.ts
var Builder = class {
  f;
  /** The block that instructions are added to. */
  block;
  /** Byte offset in the module given to new instructions. */
  source = 0;
  lastConstant = 0;
  constants = /* @__PURE__ */ new Map();
  constructor(f) {
    this.f = f;
  }
  /** Starts on a new function. */
  attach(f) {
    this.f = f;
    this.source = 0;
    this.lastConstant = 0;
    this.constants.clear();
  }
  /** The constant with these bits; hi is ignored for 32-bit types. */
  constant(type, lo, hi = 0) {
    const f = this.f;
    if (type === 1 /* I32 */) hi = lo >> 31;
    else if (type === 3 /* F32 */) hi = 0;
    const key = `${type} ${lo} ${hi}`;
    let v2 = this.constants.get(key);
    if (v2 !== void 0) return v2;
    v2 = f.create(3 /* Const */, type, lo, hi);
    const entry = f.blocks[0];
    if (this.lastConstant !== 0) f.insertAfter(this.lastConstant, v2);
    else if (entry.first !== 0) f.insertBefore(entry.first, v2);
    else f.append(entry, v2);
    this.lastConstant = v2;
    this.constants.set(key, v2);
    return v2;
  }
  /** An instruction of up to three arguments (0: none). */
  value(op2, type, a = 0, b = 0, c = 0, immLo = 0, immHi = 0, aux = 0) {
    const f = this.f;
    const v2 = f.create(op2, type, immLo, immHi, aux);
    if (a !== 0) f.pushArg(v2, a);
    if (b !== 0) f.pushArg(v2, b);
    if (c !== 0) f.pushArg(v2, c);
    return this.place(v2);
  }
  place(v2) {
    this.f.source[v2] = this.source;
    this.f.append(this.block, v2);
    return v2;
  }
  /** A call: `type` is that of its first result, `immLo` and `aux` as ops.ts says. */
  call(op2, type, args, immLo, aux) {
    const f = this.f;
    const v2 = f.create(op2, type, immLo, 0, aux);
    for (const a of args) f.pushArg(v2, a);
    return this.place(v2);
  }
  // ---- Terminators: they end `block`, and add its edges ----
  jump(to, args) {
    this.value(84 /* Jump */, 0 /* Void */);
    this.f.addEdge(this.block.id, to.id, args);
  }
  branch(condition, then, thenArgs, otherwise, otherwiseArgs) {
    this.value(85 /* Branch */, 0 /* Void */, condition);
    this.f.addEdge(this.block.id, then.id, thenArgs);
    this.f.addEdge(this.block.id, otherwise.id, otherwiseArgs);
  }
  /** A switch over edges 0 .. n - 1, the last being the default. */
  switch(index, targets, args) {
    this.value(86 /* Switch */, 0 /* Void */, index);
    for (let i = 0; i < targets.length; i++) this.f.addEdge(this.block.id, targets[i].id, args[i]);
  }
  return(values) {
    const f = this.f;
    const v2 = f.create(87 /* Return */, 0 /* Void */);
    for (const a of values) f.pushArg(v2, a);
    this.place(v2);
  }
  trap(code) {
    this.value(88 /* Trap */, 0 /* Void */, 0, 0, 0, code);
  }
};

// compiler/translate/skip.ts
var immediateOf = new Uint8Array(256);
for (let code = 0; code < 256; code++) immediateOf[code] = opcodes[code]?.immediate ?? 0 /* None */;
function nextOperator(r) {
  const code = r.bytes[r.at++];
  return code < 251 ? code : code * 256 + r.u32();
}
function skipNumber(r) {
  const bytes = r.bytes;
  while (bytes[r.at++] >= 128) ;
}
function skipImmediate(r, code) {
  const kind = code < 256 ? immediateOf[code] : opcodes[code].immediate;
  switch (kind) {
    case 0 /* None */:
      return;
    case 1 /* Block */:
    case 2 /* Label */:
    case 4 /* Function */:
    case 7 /* Local */:
    case 8 /* Global */:
    case 9 /* Table */:
    case 11 /* MemoryIndex */:
    case 12 /* I32 */:
    case 13 /* I64 */:
    case 16 /* RefType */:
    case 18 /* Data */:
    case 21 /* Element */:
    case 25 /* Lane */:
      return skipNumber(r);
    case 5 /* TypeAndTable */:
    case 10 /* Memory */:
    case 17 /* DataAndMemory */:
    case 19 /* TwoMemories */:
    case 20 /* ElementAndTable */:
    case 22 /* TwoTables */:
      skipNumber(r);
      return skipNumber(r);
    case 14 /* F32 */:
      r.at += 4;
      return;
    case 15 /* F64 */:
      r.at += 8;
      return;
    case 23 /* V128 */:
    case 24 /* Shuffle */:
      r.at += 16;
      return;
    case 26 /* MemoryLane */:
      skipNumber(r);
      skipNumber(r);
      return skipNumber(r);
    default: {
      const n = r.u32() + (kind === 3 /* LabelTable */ ? 1 : 0);
      for (let i = 0; i < n; i++) skipNumber(r);
    }
  }
}

// compiler/translate/facts.ts
var ModuleFacts = class {
  env;
  /** By table: 1 when the module may write elements, 2 when it may grow it; undefined until asked for. */
  changes;
  singleTypes = [];
  constructor(env) {
    this.env = env;
  }
  /** Number of elements of a table if it never changes, else -1. */
  fixedSize(table2) {
    this.changes ??= tableChanges(this.env.module);
    return (this.changes[table2] & 2) !== 0 ? -1 : this.env.module.tables[table2].limits.min;
  }
  /** The canonical type id that all functions in a table have, 0 when that is not known. */
  singleType(table2) {
    return this.singleTypes[table2] ??= this.findSingleType(table2);
  }
  findSingleType(table2) {
    const { module, typeIds } = this.env;
    this.changes ??= tableChanges(module);
    if (this.changes[table2] !== 0 || module.tables[table2].element !== 112 /* FuncRef */) return 0;
    let single = 0;
    for (const segment of module.elements) {
      if (segment.mode !== "active" || segment.table !== table2) continue;
      for (const item of segment.items) {
        const step = item[0];
        if (step.op === "null") continue;
        if (step.op !== "func") return 0;
        const id = typeIds[module.functions[step.index].typeIndex];
        if (single !== 0 && single !== id) return 0;
        single = id;
      }
    }
    return single;
  }
};
var WRITTEN = 1;
var GROWN = 2;
function tableChanges(m) {
  const changes = new Uint8Array(m.tables.length);
  m.tables.forEach((t, i) => {
    if (t.imported !== void 0) changes[i] = WRITTEN | GROWN;
  });
  for (const e of m.exports) if (e.kind === 1 /* Table */) changes[e.index] = WRITTEN | GROWN;
  if (changes.every((c) => c !== 0)) return changes;
  const r = new Reader(m.bytes);
  for (let i = m.importedFunctionCount; i < m.functions.length; i++) scanBody(m.functions[i], r, changes);
  return changes;
}
function scanBody(body, r, changes) {
  r.at = body.start;
  const groups = r.u32();
  for (let i = 0; i < groups; i++) {
    r.u32();
    r.byte();
  }
  while (r.at < body.end) {
    const code = nextOperator(r);
    const at = r.at;
    skipImmediate(r, code);
    if (code !== 38 && code < 64524) continue;
    const after = r.at;
    r.at = at;
    if (code === 64524) r.u32();
    if (code === 38 || code === 64524 || code === 64526 || code === 64529) changes[r.u32()] |= WRITTEN;
    else if (code === 64527) changes[r.u32()] |= WRITTEN | GROWN;
    r.at = after;
  }
}

// compiler/translate/ancestry.ts
var Ancestry = class {
  count = 0;
  parents = [];
  jumps = [];
  depths = [];
  reset() {
    this.count = 0;
  }
  /** Adds a node and returns its number: 0, 1, ... The first one is its own parent. */
  add(parent) {
    const n = this.count++;
    const { parents, jumps, depths } = this;
    parents[n] = parent;
    if (n === parent) {
      jumps[n] = n;
      depths[n] = 0;
      return n;
    }
    const j = jumps[parent];
    depths[n] = depths[parent] + 1;
    jumps[n] = depths[parent] - depths[j] === depths[j] - depths[jumps[j]] ? jumps[j] : parent;
    return n;
  }
  parent(n) {
    return this.parents[n];
  }
  /** The outermost of n and its ancestors with key <= limit, where keys grow towards the root; n itself must have it, the root not. */
  outermostUpTo(n, keys, limit) {
    const { parents, jumps } = this;
    for (; ; ) {
      if (keys[jumps[n]] <= limit) n = jumps[n];
      else if (keys[parents[n]] <= limit) n = parents[n];
      else return n;
    }
  }
  /** The innermost of n and its ancestors with key >= limit, where keys grow towards the root; 0 when only the root is left. */
  innermostFrom(n, keys, limit) {
    const { parents, jumps } = this;
    while (n !== 0 && keys[n] < limit) {
      const j = jumps[n];
      n = j !== 0 && keys[j] < limit ? j : parents[n];
    }
    return n;
  }
};

// compiler/translate/params.ts
function onlyValue(f, b, i) {
  const block = f.blocks[b];
  const p = block.params[i];
  let only = 0;
  for (const e of block.preds) {
    const v2 = f.resolve(f.edges[e].args[i]);
    if (v2 === p || v2 === only) continue;
    if (only !== 0) return 0;
    only = v2;
  }
  return only;
}
function removeTrivialParams(f) {
  const users = paramUsers(f);
  const work = [];
  for (const id of f.order) if (id !== f.order[0]) for (const p of f.blocks[id].params) work.push(p);
  const changed = new Uint8Array(f.blocks.length);
  while (work.length > 0) {
    const p = work.pop();
    const b = f.block[p];
    if (b < 0 || f.forward[p] !== 0) continue;
    const v2 = onlyValue(f, b, f.immLo[p]);
    if (v2 === 0) continue;
    f.replace(p, v2);
    changed[b] = 1;
    for (let u = users.first[p]; u !== 0; u = users.next[u]) {
      const q = users.user[u];
      work.push(q);
      if (v2 < users.first.length && f.op[v2] === f.op[p]) users.add(v2, q);
    }
  }
  for (let b = 0; b < changed.length; b++) if (changed[b] !== 0) dropForwarded(f, b);
}
function dropForwarded(f, b) {
  const block = f.blocks[b];
  const { params } = block;
  for (const e of block.preds) f.edges[e].args = f.edges[e].args.filter((_, i) => f.forward[params[i]] === 0);
  for (const p of params) if (f.forward[p] !== 0) f.block[p] = -1;
  block.params = params.filter((p) => f.forward[p] === 0);
  for (let i = 0; i < block.params.length; i++) f.immLo[block.params[i]] = i;
}
var Users = class {
  first;
  next = [0];
  user = [0];
  constructor(count) {
    this.first = new Int32Array(count);
  }
  add(v2, p) {
    this.next.push(this.first[v2]);
    this.user.push(p);
    this.first[v2] = this.user.length - 1;
  }
};
function paramUsers(f) {
  const users = new Users(f.count);
  for (const id of f.order) {
    for (const e of f.blocks[id].succs) {
      const { args, to } = f.edges[e];
      const { params } = f.blocks[to];
      for (let i = 0; i < args.length; i++) users.add(f.resolve(args[i]), params[i]);
    }
  }
  return users;
}

// compiler/translate/scan.ts
var NEVER = 2147483647;
var LoopScan = class {
  reader;
  /** Assignments (local.set and local.tee): place, local, the next one of the same local (0: none), whether it is the first of its scan. */
  setAt = [];
  setLocal = [];
  setNext = [];
  isFirst = [];
  setCount = 1;
  /** First assignment of the scan done last. */
  firstSet = 1;
  loopAt = [];
  loopEndAt = [];
  loopCount = 0;
  setCursor = 1;
  loopCursor = 0;
  /** By local: the last assignment seen, when it was in this scan. */
  last = new Int32Array(64);
  lastScan = new Int32Array(64);
  scans = 0;
  /** Open blocks: the loop's number, -1 for other blocks. */
  open = [];
  reset(reader) {
    this.reader = reader;
    this.setCount = 1;
    this.loopCount = 0;
    this.setCursor = 1;
    this.loopCursor = 0;
  }
  /** Scans the loop whose operator stands at `time`; the reader is behind its block type. */
  run(time, localCount) {
    const r = this.reader;
    const back = r.at;
    if (this.last.length < localCount) {
      this.last = new Int32Array(localCount * 2);
      this.lastScan = new Int32Array(localCount * 2);
    }
    this.scans++;
    this.firstSet = this.setCount;
    const { open } = this;
    open.length = 0;
    this.openLoop(time);
    while (open.length > 0) {
      const at = r.at;
      const code = nextOperator(r);
      if (code === 33 || code === 34) this.assignment(at, r.u32());
      else {
        skipImmediate(r, code);
        if (code === 3) this.openLoop(at);
        else if (code === 2 || code === 4) open.push(-1);
        else if (code === 11) {
          const l = open.pop();
          if (l >= 0) this.loopEndAt[l] = at;
        }
      }
    }
    r.at = back;
  }
  openLoop(at) {
    this.loopAt[this.loopCount] = at;
    this.open.push(this.loopCount++);
  }
  assignment(at, x) {
    const i = this.setCount++;
    this.setAt[i] = at;
    this.setLocal[i] = x;
    this.setNext[i] = 0;
    this.isFirst[i] = this.lastScan[x] !== this.scans;
    if (!this.isFirst[i]) this.setNext[this.last[x]] = i;
    this.last[x] = i;
    this.lastScan[x] = this.scans;
  }
  /** Where the local assigned at `time` is assigned next. Asked in the order of the text. */
  nextAssignment(time) {
    while (this.setAt[this.setCursor] < time) this.setCursor++;
    const next = this.setNext[this.setCursor];
    return next === 0 ? NEVER : this.setAt[next];
  }
  /** Where the loop at `time` ends. Asked in the order of the text. */
  endOf(time) {
    while (this.loopAt[this.loopCursor] < time) this.loopCursor++;
    return this.loopEndAt[this.loopCursor];
  }
};

// compiler/translate/locals.ts
var NEVER2 = 2147483647;
var FALLTHROUGH = -2;
var Locals = class {
  f;
  b;
  scan = new LoopScan();
  count = 0;
  types = new Uint8Array(64);
  /** Latest history entry of each local, 0: none yet. */
  newest = new Int32Array(64);
  touched = [];
  // History entries, from 1.
  entryCount = 1;
  time = [0];
  region = [0];
  value = [0];
  older = [0];
  newer = [0];
  local = [0];
  /** Where the local is assigned next inside the outermost loop around (byte offset); NEVER: not, or no loop is known. */
  assigned = [0];
  /** The next entry whose parameter waits for its arguments until the loop is closed. */
  waiting = [0];
  // Regions: nested spans of time. Region 0 is the function.
  regions = new Ancestry();
  opened = [];
  closed = [];
  join = [];
  isArm = [];
  fallthroughLoop = [];
  // Loops, from 1.
  loops = new Ancestry();
  loopOpened = [0];
  loopEnd = [0];
  loopHeader = [0];
  loopRegion = [0];
  loopClosed = [false];
  firstWaiting = [0];
  lastWaiting = [0];
  // By edge id of the Func.
  edgeTime = [];
  edgeLoop = [];
  /** Where translation is: innermost region and loop. */
  currentRegion = 0;
  currentLoop = 0;
  // The question `run` answers, and the tasks it interrupted.
  askedEntry = 0;
  askedTime = 0;
  askedLoop = 0;
  tasks = [];
  depth = 0;
  answers = [];
  /** Parameters found to be another value; others may have become so. */
  replaced = 0;
  constructor(b) {
    this.b = b;
  }
  /** Starts a function whose body `reader` reads; its locals are declared next. */
  reset(f, reader) {
    this.f = f;
    for (const x of this.touched) this.newest[x] = 0;
    this.touched.length = 0;
    this.count = 0;
    this.entryCount = 1;
    this.regions.reset();
    this.loops.reset();
    this.loops.add(0);
    this.currentLoop = 0;
    this.replaced = 0;
    this.currentRegion = this.addRegion(0, 0, false);
    this.scan.reset(reader);
  }
  /** Declares n more locals of a type. */
  declare(n, type) {
    const end = this.count + n;
    if (end > this.types.length) {
      const size = Math.max(end, this.types.length * 2);
      const types2 = new Uint8Array(size);
      types2.set(this.types);
      this.types = types2;
      const newest = new Int32Array(size);
      newest.set(this.newest);
      this.newest = newest;
    }
    this.types.fill(type, this.count, end);
    this.count = end;
  }
  // ---- Regions, loops, edges ----
  addRegion(parent, time, isArm) {
    const r = this.regions.add(parent);
    this.opened[r] = time;
    this.closed[r] = NEVER2;
    this.join[r] = -1;
    this.isArm[r] = isArm;
    return r;
  }
  /** Opens a region inside the current one. An arm of an if has no end of its own: the region around the if does. */
  openRegion(time, isArm = false) {
    return this.currentRegion = this.addRegion(this.currentRegion, time, isArm);
  }
  /** Closes region r at its `end`; `join` is the block all its edges lead to, -1 when it is only left through the end. */
  closeRegion(r, time, join = -1) {
    this.closed[r] = time;
    this.join[r] = join < 0 ? FALLTHROUGH : join;
    this.fallthroughLoop[r] = this.currentLoop;
    this.currentRegion = this.regions.parent(r);
  }
  /** Opens a loop at its operator; the edge into the header comes before or after. */
  openLoop(time, header) {
    if (this.currentLoop === 0) this.scanLoop(time);
    const l = this.loops.add(this.currentLoop);
    this.loopOpened[l] = time;
    this.loopEnd[l] = this.scan.endOf(time);
    this.loopHeader[l] = header;
    this.loopRegion[l] = this.currentRegion;
    this.loopClosed[l] = false;
    this.firstWaiting[l] = 0;
    this.lastWaiting[l] = 0;
    return this.currentLoop = l;
  }
  scanLoop(time) {
    const { scan } = this;
    scan.run(time, this.count);
    for (let i = scan.firstSet; i < scan.setCount; i++) {
      const x = scan.setLocal[i];
      if (!scan.isFirst[i]) continue;
      const e = this.newest[x] !== 0 ? this.newest[x] : this.initial(x);
      this.assigned[e] = scan.setAt[i];
    }
  }
  /** Closes the innermost loop: all edges to its header exist. */
  closeLoop() {
    const l = this.currentLoop;
    this.loopClosed[l] = true;
    this.currentLoop = this.loops.parent(l);
    const header = this.f.blocks[this.loopHeader[l]];
    const before = this.replaced;
    const { f } = this;
    const base = this.depth;
    for (let e = this.firstWaiting[l]; e !== 0; e = this.waiting[e]) {
      this.ask(e, this.time[e], this.currentLoop);
      this.startHeader(l, e, this.newest[this.local[e]]);
      this.run(base);
    }
    if (this.replaced !== before) {
      header.params = header.params.filter((p) => f.block[p] >= 0);
      for (let i = 0; i < header.params.length; i++) f.immLo[header.params[i]] = i;
    }
  }
  /** Tells when edge e leaves: `time` is the last moment that counts. */
  noteEdge(e, time) {
    this.edgeTime[e] = time;
    this.edgeLoop[e] = this.currentLoop;
  }
  /** Notes the edge into a loop header, which is seen from outside the loop just opened. */
  noteLoopEntry(e, time) {
    this.edgeTime[e] = time - 1;
    this.edgeLoop[e] = this.loops.parent(this.currentLoop);
  }
  // ---- Reading and writing ----
  typeOf(x) {
    return this.types[x];
  }
  /** Gives parameter x of the function its value. */
  define(x, v2) {
    this.push(x, 0, v2, NEVER2);
  }
  write(x, v2, time) {
    if (this.newest[x] === 0) this.initial(x);
    this.push(x, time, v2, this.currentLoop === 0 ? NEVER2 : this.scan.nextAssignment(time));
  }
  /** The value of local x now. */
  read(x, time) {
    let e = this.newest[x];
    if (e === 0) e = this.initial(x);
    if (this.closed[this.region[e]] === NEVER2 && this.loopOpened[this.currentLoop] <= this.time[e])
      return this.value[e];
    const found = this.lookup(e, time, this.currentLoop);
    const v2 = this.value[found];
    if (found !== this.newest[x]) this.push(x, time, v2, this.assigned[found]);
    return v2;
  }
  push(x, time, v2, assigned) {
    const e = this.entryCount++;
    const last = this.newest[x];
    if (last === 0) this.touched.push(x);
    else this.newer[last] = e;
    this.fill(e, x, time, this.currentRegion, v2, assigned);
    this.older[e] = last;
    this.newer[e] = 0;
    this.newest[x] = e;
    return e;
  }
  fill(e, x, time, region, v2, assigned) {
    this.local[e] = x;
    this.time[e] = time;
    this.region[e] = region;
    this.value[e] = v2;
    this.assigned[e] = assigned;
    this.waiting[e] = 0;
  }
  /** The entry for the zero that local x holds from the start. */
  initial(x) {
    const region = this.currentRegion;
    this.currentRegion = 0;
    const e = this.push(x, 0, this.b.constant(this.types[x], 0), NEVER2);
    this.currentRegion = region;
    return e;
  }
  /** Puts an entry into the history of x at its time, looking from entry `near` on. */
  insert(near, time, region, v2) {
    near = this.reaching(this.latestUpTo(near, time), time);
    const e = this.entryCount++;
    const x = this.local[near];
    this.fill(e, x, time, region, v2, this.assigned[near]);
    const after = this.newer[near];
    this.older[e] = near;
    this.newer[e] = after;
    this.newer[near] = e;
    if (after !== 0) this.older[after] = e;
    else this.newest[x] = e;
    return e;
  }
  // ---- Values at a time ----
  /** The latest entry up to `time`, from e back. */
  reaching(e, time) {
    while (this.time[e] > time) e = this.older[e];
    return e;
  }
  /** The outermost region around r (or r) that is closed at `time`, -1 when r is open. */
  closedAround(r, time) {
    return this.closed[r] > time ? -1 : this.regions.outermostUpTo(r, this.closed, time);
  }
  /** The innermost loop around `loop` (or it) that assigns the local of e after e and was opened after it, 0: none. */
  loopBetween(e, loop) {
    if (this.loopOpened[loop] <= this.time[e]) return 0;
    const l = this.loops.innermostFrom(loop, this.loopEnd, this.assigned[e]);
    return this.loopOpened[l] > this.time[e] ? l : 0;
  }
  /** The entry whose value the local of e has at `time` in loop `loop`; e is one of its entries, not before that time. */
  lookup(e, time, loop) {
    this.ask(e, time, loop);
    return this.run(this.depth);
  }
  ask(e, time, loop) {
    this.askedEntry = e;
    this.askedTime = time;
    this.askedLoop = loop;
  }
  /** Answers the question asked and those it raises, down to `base` open tasks. */
  run(base) {
    let limit = this.askedTime;
    for (; ; ) {
      const time = this.askedTime;
      let e = this.askedEntry = this.reaching(this.askedEntry, limit);
      const r = this.closedAround(this.region[e], time);
      if (r >= 0) {
        if (this.isArm[r]) {
          limit = this.opened[r] - 1;
        } else {
          this.startJoin(r);
          limit = this.askedTime;
        }
        continue;
      }
      const l = this.loopBetween(e, this.askedLoop);
      if (l !== 0) {
        e = this.addLoopParam(l, e);
        if (this.loopClosed[l]) {
          this.startHeader(l, e, this.latestUpTo(e, this.lastEdgeTime(l)));
          limit = this.askedTime;
          continue;
        }
      }
      if (this.depth === base) return e;
      this.answer(e);
      limit = this.askedTime;
    }
  }
  /** Takes e as the answer for the edge the innermost task waits for, and asks for the next edge or what the task was for. */
  answer(e) {
    const task = this.tasks[this.depth - 1];
    if (this.answers.length === task.base) task.near = e;
    this.answers.push(this.value[e]);
    if (--task.edge >= 0) {
      const near = task.header >= 0 && task.edge === 0 ? this.older[task.entry] : task.cursor;
      task.cursor = this.reaching(near, this.edgeTime[task.preds[task.edge]]);
      this.askEdge(task);
      return;
    }
    this.depth--;
    const merged = task.header >= 0 ? this.finishHeader(task) : this.finishJoin(task);
    this.answers.length = task.base;
    this.ask(merged, task.time, task.loop);
  }
  askEdge(task) {
    const edge = task.preds[task.edge];
    this.ask(task.cursor, this.edgeTime[edge], this.edgeLoop[edge]);
  }
  /** Opens a task that asks for the value at each edge, the last one first. */
  startTask(preds, cursor) {
    const d = this.depth++;
    let task = this.tasks[d];
    if (task === void 0) {
      task = new Task();
      this.tasks.push(task);
    }
    task.preds = preds;
    task.edge = preds.length - 1;
    task.cursor = cursor;
    task.entry = cursor;
    task.time = this.askedTime;
    task.loop = this.askedLoop;
    task.base = this.answers.length;
    return task;
  }
  /** The value behind closed region r: what its edges bring. */
  startJoin(r) {
    const fallthrough = this.join[r] === FALLTHROUGH;
    const preds = fallthrough ? noEdges : this.f.blocks[this.join[r]].preds;
    const task = this.startTask(preds, this.askedEntry);
    task.region = r;
    task.header = -1;
    if (fallthrough) this.ask(task.cursor, this.closed[r] - 1, this.fallthroughLoop[r]);
    else this.askEdge(task);
  }
  finishJoin(task) {
    const { f, answers } = this;
    const r = task.region;
    let v2 = f.resolve(answers[task.base]);
    let same = true;
    for (let i = task.base + 1; i < answers.length && same; i++) same = f.resolve(answers[i]) === v2;
    if (!same) {
      const b = f.blocks[this.join[r]];
      v2 = f.addParam(b, this.types[this.local[task.entry]]);
      this.addArguments(task);
    }
    return this.insert(task.near, this.closed[r], this.regions.parent(r), v2);
  }
  /** Appends the answers to the arguments of the edges; they came in reverse order. */
  addArguments(task) {
    const { f, answers } = this;
    const { preds } = task;
    const n = preds.length;
    for (let i = 0; i < n; i++) f.edges[preds[i]].args.push(answers[task.base + n - 1 - i]);
  }
  /** A parameter of loop l for the local of e, and its entry. */
  addLoopParam(l, e) {
    const p = this.f.addParam(this.f.blocks[this.loopHeader[l]], this.types[this.local[e]]);
    const entry = this.insert(e, this.loopOpened[l], this.loopRegion[l], p);
    if (!this.loopClosed[l]) {
      if (this.lastWaiting[l] === 0) this.firstWaiting[l] = entry;
      else this.waiting[this.lastWaiting[l]] = entry;
      this.lastWaiting[l] = entry;
    }
    return entry;
  }
  lastEdgeTime(l) {
    const { preds } = this.f.blocks[this.loopHeader[l]];
    return this.edgeTime[preds[preds.length - 1]];
  }
  /** The latest entry up to `time`, from e on. */
  latestUpTo(e, time) {
    while (this.newer[e] !== 0 && this.time[this.newer[e]] <= time) e = this.newer[e];
    return e;
  }
  /** Asks for the arguments of loop l's parameter, which entry e holds; `cursor` is the latest entry that may matter. */
  startHeader(l, e, cursor) {
    const { preds } = this.f.blocks[this.loopHeader[l]];
    const task = this.startTask(preds, cursor);
    task.entry = e;
    task.header = this.loopHeader[l];
    this.askEdge(task);
  }
  finishHeader(task) {
    const { f, answers } = this;
    const p = this.value[task.entry];
    let other = 0;
    let same = true;
    for (let i = task.base; i < answers.length && same; i++) {
      const v2 = f.resolve(answers[i]);
      if (v2 === p) continue;
      same = other === 0 || other === v2;
      other = v2;
    }
    if (!same) {
      this.addArguments(task);
      return task.entry;
    }
    f.replace(p, other);
    f.block[p] = -1;
    this.value[task.entry] = other;
    this.replaced++;
    const { params } = f.blocks[task.header];
    if (params[params.length - 1] === p) params.pop();
    return task.entry;
  }
  /** Ends the function: no parameter is left that always has one value, and no argument is forwarded. */
  finish() {
    if (this.replaced === 0) return;
    removeTrivialParams(this.f);
    this.f.applyForwards();
  }
};
var noEdges = [0];
var Task = class {
  preds = noEdges;
  /** Index of the edge asked about. */
  edge = 0;
  /** Latest history entry up to the edge. */
  cursor = 0;
  /** Loop header block, or -1; then the region that closed. */
  header = -1;
  region = 0;
  /** A header's parameter; otherwise where the search began. */
  entry = 0;
  /** The first answer: the latest entry before a join. */
  near = 0;
  /** What the task's result is for. */
  time = 0;
  loop = 0;
  /** Start of its answers. */
  base = 0;
};

// compiler/translate/numeric.ts
var { I32: I322, I64: I642, F32: F322, F64: F642 } = Type;
var saturatingBase = 216;
var numericOp = new Uint8Array(256);
var numericType = new Uint8Array(256);
var numericArity = new Uint8Array(256);
var TEST_FOR_ZERO = 3;
var ignoresNaNBits = new Uint8Array(256);
function row2(code, op2, type, arity) {
  numericOp[code] = op2;
  numericType[code] = type;
  numericArity[code] = arity;
}
function run2(code, type, arity, list) {
  list.forEach((op2, i) => row2(code + i, op2, type, arity));
}
var { Eq, Ne, LtS, LtU, GtS, GtU, LeS, LeU, GeS, GeU } = Op;
var intCompare2 = [Eq, Ne, LtS, LtU, GtS, GtU, LeS, LeU, GeS, GeU];
var floatCompare2 = [55 /* FEq */, 56 /* FNe */, 57 /* FLt */, 59 /* FGt */, 58 /* FLe */, 60 /* FGe */];
var { Add, Sub, Mul, DivS, DivU, RemS, RemU, And, Or, Xor, Shl, ShrS, ShrU, Rotl, Rotr } = Op;
var intBinary2 = [Add, Sub, Mul, DivS, DivU, RemS, RemU, And, Or, Xor, Shl, ShrS, ShrU, Rotl, Rotr];
var intUnary = [21 /* Clz */, 22 /* Ctz */, 23 /* Popcnt */];
var floatUnary = [48 /* FAbs */, 49 /* FNeg */, 51 /* FCeil */, 52 /* FFloor */, 53 /* FTrunc */, 54 /* FNearest */, 50 /* FSqrt */];
var floatBinary = [41 /* FAdd */, 42 /* FSub */, 43 /* FMul */, 44 /* FDiv */, 45 /* FMin */, 46 /* FMax */, 47 /* FCopysign */];
row2(69, 31 /* Eq */, I322, TEST_FOR_ZERO);
run2(70, I322, 2, intCompare2);
row2(80, 31 /* Eq */, I642, TEST_FOR_ZERO);
run2(81, I322, 2, intCompare2);
run2(91, I322, 2, floatCompare2);
run2(97, I322, 2, floatCompare2);
run2(103, I322, 1, intUnary);
run2(106, I322, 2, intBinary2);
run2(121, I642, 1, intUnary);
run2(124, I642, 2, intBinary2);
run2(139, F322, 1, floatUnary);
run2(146, F322, 2, floatBinary);
run2(153, F642, 1, floatUnary);
run2(160, F642, 2, floatBinary);
row2(167, 30 /* Wrap */, I322, 1);
run2(168, I322, 1, [61 /* TruncS */, 62 /* TruncU */, 61 /* TruncS */, 62 /* TruncU */]);
run2(172, I642, 1, [28 /* ExtendS */, 29 /* ExtendU */]);
run2(174, I642, 1, [61 /* TruncS */, 62 /* TruncU */, 61 /* TruncS */, 62 /* TruncU */]);
run2(178, F322, 1, [65 /* ConvertS */, 66 /* ConvertU */, 65 /* ConvertS */, 66 /* ConvertU */, 67 /* Demote */]);
run2(183, F642, 1, [65 /* ConvertS */, 66 /* ConvertU */, 65 /* ConvertS */, 66 /* ConvertU */, 68 /* Promote */]);
[I322, I642, F322, F642].forEach((type, i) => row2(188 + i, 69 /* Bitcast */, type, 1));
run2(192, I322, 1, [25 /* Extend8S */, 26 /* Extend16S */]);
run2(194, I642, 1, [25 /* Extend8S */, 26 /* Extend16S */, 27 /* Extend32S */]);
var saturating2 = [63 /* TruncSatS */, 64 /* TruncSatU */, 63 /* TruncSatS */, 64 /* TruncSatU */];
run2(saturatingBase, I322, 1, saturating2);
run2(saturatingBase + 4, I642, 1, saturating2);
for (let code = 0; code < 256; code++) {
  const op2 = numericOp[code];
  const isCompareOrConversion = op2 >= 55 /* FEq */ && op2 <= 64 /* TruncSatU */;
  if (numericArity[code] !== 0 && (makesNaN(op2) || isCompareOrConversion)) ignoresNaNBits[code] = 1;
}
function makesNaN(op2) {
  const signOnly = op2 === 48 /* FAbs */ || op2 === 49 /* FNeg */ || op2 === 47 /* FCopysign */;
  return op2 >= 41 /* FAdd */ && op2 <= 54 /* FNearest */ && !signOnly || op2 === 67 /* Demote */ || op2 === 68 /* Promote */;
}

// compiler/translate/types.ts
function irType(t) {
  switch (t) {
    case 127 /* I32 */:
      return 1 /* I32 */;
    case 125 /* F32 */:
      return 3 /* F32 */;
    case 124 /* F64 */:
      return 4 /* F64 */;
    case 123 /* V128 */:
      throw new CompileError("needs SIMD: a value of type v128", {}, "unsupported");
    default:
      return 2 /* I64 */;
  }
}
function translateType(type) {
  const params = type.params.map(irType);
  const results = type.results.map(irType);
  const inRegisters = [];
  const places = [];
  let [ints2, floats2, stored] = [0, 0, 0];
  for (const t of results) {
    const n = isFloat(t) ? ++floats2 : ++ints2;
    if (n > REGISTER_RESULTS) places.push(-1 - stored++);
    else places.push(inRegisters.push(t) - 1);
  }
  return { params, results, signature: { params, results: inRegisters }, places };
}
var empty = translateType({ params: [], results: [] });
var TypeTable = class {
  module;
  byIndex = [];
  bySingleResult = [];
  constructor(module) {
    this.module = module;
  }
  get(index) {
    return this.byIndex[index] ??= translateType(this.module.types[index]);
  }
  /** Of a block with a one-byte type. */
  block(byte) {
    if (byte === 64) return empty;
    return this.bySingleResult[byte] ??= translateType({ params: [], results: [byte] });
  }
};

// compiler/translate/state.ts
var Frame = class {
  kind = 0 /* Function */;
  type;
  /** Operand stack height below the parameters. */
  height = 0;
  /** The block a branch to the label goes to; undefined: not needed yet. */
  label;
  region = 0;
  /** If: the edge taken when the condition is zero (-1: it never is), and the parameters for it. */
  elseEdge = 0;
  saved = none;
};
var none = [];
var CONSTANT = accessAux(0 /* Full */, 0 /* Constant */, true);
var FIELD = accessAux(0 /* Full */, 1 /* Instance */, true);
var State = class {
  env;
  types;
  facts;
  r;
  b;
  locals;
  f;
  /** Type of the function. */
  type;
  /** Byte offset of the operator being translated. */
  at = 0;
  reachable = true;
  /** Open blocks inside unreachable code. */
  skipped = 0;
  stack = [];
  height = 0;
  frames = [];
  depth = 0;
  /** Numbers in f.signatures of signatures met before; cleared for each function. */
  signatureNumbers = /* @__PURE__ */ new Map();
  canonicalNaN;
  constructor(env, f) {
    this.env = env;
    this.f = f;
    this.b = new Builder(f);
    this.locals = new Locals(this.b);
    this.types = new TypeTable(env.module);
    this.facts = new ModuleFacts(env);
    this.r = new Reader(env.module.bytes);
    this.canonicalNaN = env.canonicalNaN;
  }
  /** Resets f to an empty function with an entry block that has its parameters. */
  begin(f, name, index, type) {
    this.f = f;
    this.type = type;
    f.reset(name, index, type.signature, []);
    this.signatureNumbers.clear();
    this.height = 0;
    this.depth = 0;
    this.skipped = 0;
    this.reachable = true;
    const entry = f.newBlock();
    for (const t of type.params) f.addParam(entry, t);
    this.b.attach(f);
    this.start(entry);
  }
  /** Goes on with block b, which comes next in the order. */
  start(b) {
    this.f.order.push(b.id);
    this.b.block = b;
    this.reachable = true;
  }
  push(v2) {
    this.stack[this.height++] = v2;
  }
  /** Takes an operand whose NaN bits may matter. */
  pop() {
    const v2 = this.stack[--this.height];
    return this.canonicalNaN ? this.canonical(v2) : v2;
  }
  /** Takes an operand of arithmetic, which does not care which NaN it gets. */
  popRaw() {
    return this.stack[--this.height];
  }
  /** The operands from stack position `from` up, without taking them. */
  operands(from) {
    const list = [];
    for (let i = from; i < this.height; i++)
      list.push(this.canonicalNaN ? this.canonical(this.stack[i]) : this.stack[i]);
    return list;
  }
  popMany(n) {
    const list = this.operands(this.height - n);
    this.height -= n;
    return list;
  }
  /** v with any NaN replaced by the canonical one, if it comes from arithmetic. */
  canonical(v2) {
    const { f, b } = this;
    const type = f.type[v2];
    if (!isFloat(type) || !makesNaN(f.op[v2])) return v2;
    const nan = b.constant(type, type === 3 /* F32 */ ? 2143289344 : 0, 2146959360);
    return b.value(70 /* Select */, type, b.value(56 /* FNe */, 1 /* I32 */, v2, v2), nan, v2);
  }
  /** Number of a signature in f.signatures. */
  signature(signature) {
    let n = this.signatureNumbers.get(signature);
    if (n === void 0) {
      n = this.f.signatures.push(signature) - 1;
      this.signatureNumbers.set(signature, n);
    }
    return n;
  }
  instance(offset) {
    return this.b.value(75 /* InstanceAddress */, 2 /* I64 */, 0, 0, 0, offset);
  }
  /** Reads 64 bits at base + offset that never change. */
  loadConstant(base, offset = 0) {
    return this.b.value(73 /* RawLoad */, 2 /* I64 */, base, 0, 0, offset, 0, CONSTANT);
  }
  /** Reads 64 bits at base + offset of an instance's descriptors. */
  loadField(base, offset) {
    return this.b.value(73 /* RawLoad */, 2 /* I64 */, base, 0, 0, offset, 0, FIELD);
  }
  trapIf(condition, code) {
    this.b.value(78 /* TrapIf */, 0 /* Void */, condition, 0, 0, code);
  }
  /** Refuses the operator at hand. */
  unsupported(code) {
    throw new CompileError(
      `needs SIMD: operator ${opcodes[code]?.name ?? `0x${code.toString(16)}`}`,
      { offset: this.at },
      "unsupported"
    );
  }
};

// compiler/translate/tables.ts
var { I32: I323, I64: I643 } = Type;
var ELEMENT = accessAux(0 /* Full */, 3 /* Table */);
function descriptor(s, table2) {
  const { layout } = s.env;
  const own = layout.tableDescriptors[table2];
  return own >= 0 ? s.instance(own) : s.loadConstant(s.instance(layout.tables + 8 * table2));
}
function tableField(s, table2, offset, constant2 = false) {
  const d = descriptor(s, table2);
  return constant2 ? s.loadConstant(d, offset) : s.loadField(d, offset);
}
function tableSize(s, table2) {
  const fixed = s.facts.fixedSize(table2);
  return fixed >= 0 ? s.b.constant(I643, fixed | 0, 0) : tableField(s, table2, table.size);
}
function elementAddress(s, elements, index) {
  const { b } = s;
  const wide = b.value(29 /* ExtendU */, I643, index);
  return b.value(4 /* Add */, I643, elements, b.value(14 /* Shl */, I643, wide, b.constant(I643, 3)));
}
function checkedElement(s, table2, index) {
  const { b } = s;
  const outside = b.value(40 /* GeU */, I323, b.value(29 /* ExtendU */, I643, index), tableSize(s, table2));
  s.trapIf(outside, 10 /* TableOutOfBounds */);
  const fixed = s.facts.fixedSize(table2) >= 0;
  return elementAddress(s, tableField(s, table2, table.elements, fixed), index);
}
function tableGet(s) {
  const table2 = s.r.u32();
  const address = checkedElement(s, table2, s.popRaw());
  s.push(s.b.value(73 /* RawLoad */, I643, address, 0, 0, 0, 0, ELEMENT));
}
function tableSet(s) {
  const table2 = s.r.u32();
  const value = s.popRaw();
  const address = checkedElement(s, table2, s.popRaw());
  s.b.value(74 /* RawStore */, 0 /* Void */, address, value, 0, 0, 0, ELEMENT);
}
function translateTableOperator(s, code) {
  const { b, r } = s;
  const number = (n) => b.constant(I323, n | 0);
  switch (code) {
    case 64524: {
      const segment = r.u32();
      const table2 = r.u32();
      callRuntime(s, "rt_table_init", [number(table2), number(segment), ...s.popMany(3)]);
      return;
    }
    case 64525:
      callRuntime(s, "rt_elem_drop", [number(r.u32())]);
      return;
    case 64526: {
      const to = r.u32();
      const from = r.u32();
      callRuntime(s, "rt_table_copy", [number(to), number(from), ...s.popMany(3)]);
      return;
    }
    case 64527: {
      const grown = callRuntime(s, "rt_table_grow", [number(r.u32()), ...s.popMany(2)]);
      s.push(b.value(30 /* Wrap */, I323, grown));
      return;
    }
    case 64528:
      s.push(b.value(30 /* Wrap */, I323, tableSize(s, r.u32())));
      return;
    default:
      callRuntime(s, "rt_table_fill", [number(r.u32()), ...s.popMany(3)]);
  }
}

// compiler/translate/calls.ts
var RECORD = accessAux(0 /* Full */, 0 /* Constant */);
var RESULT_SLOT = 16;
function returnValues(s, values) {
  const { places } = s.type;
  const inRegisters = [];
  let context2 = 0;
  for (let i = 0; i < values.length; i++) {
    if (places[i] >= 0) inRegisters.push(values[i]);
    else {
      if (context2 === 0) context2 = s.loadConstant(s.instance(instance.context));
      const offset = context.results + RESULT_SLOT * (-1 - places[i]);
      s.b.value(74 /* RawStore */, 0 /* Void */, context2, values[i], 0, offset, 0, FIELD);
    }
  }
  s.b.return(inRegisters);
}
function buildCall(s, op2, args, immLo, type, switchBack = 0) {
  const { b } = s;
  const { results } = type.signature;
  const call2 = b.call(op2, results[0] ?? 0 /* Void */, args, immLo, s.signature(type.signature));
  const inRegisters = [call2];
  for (let i = 1; i < results.length; i++) inRegisters.push(b.value(2 /* Result */, results[i], call2, 0, 0, i));
  if (switchBack !== 0) b.value(83 /* SwitchInstance */, 0 /* Void */, switchBack);
  let context2 = 0;
  return type.places.map((place, i) => {
    if (place >= 0) return inRegisters[place];
    if (context2 === 0) context2 = s.loadConstant(s.instance(instance.context));
    const offset = context.results + RESULT_SLOT * (-1 - place);
    return b.value(73 /* RawLoad */, type.results[i], context2, 0, 0, offset, 0, FIELD);
  });
}
function pushResults(s, values) {
  for (let i = 0; i < values.length; i++) s.push(values[i]);
}
function call(s) {
  const index = s.r.u32();
  const type = s.types.get(s.env.module.functions[index].typeIndex);
  pushResults(s, callFunction(s, index, type, s.popMany(type.params.length)));
}
function callFunction(s, index, type, args) {
  const { module, bindings } = s.env;
  if (index >= module.importedFunctionCount) return buildCall(s, 79 /* Call */, args, index, type);
  const binding = bindings[index];
  if (binding.kind === "host") return callHostFunction(s, index, binding.symbol, type, args);
  return callRecord(s, functionReference(s, index), type, args, CONSTANT);
}
function callRecord(s, record, type, args, aux) {
  const { b } = s;
  const code = b.value(73 /* RawLoad */, 2 /* I64 */, record, 0, 0, func.code, 0, aux);
  let current = 0;
  if (s.env.linked) {
    current = b.value(82 /* GetInstance */, 2 /* I64 */);
    const instance2 = b.value(73 /* RawLoad */, 2 /* I64 */, record, 0, 0, func.instance, 0, aux);
    b.value(83 /* SwitchInstance */, 0 /* Void */, instance2);
  }
  return buildCall(s, 80 /* CallPointer */, [code, ...args], 0, type, current);
}
var hostSignatures = /* @__PURE__ */ new WeakMap();
function hostSignature(type) {
  let signature = hostSignatures.get(type);
  if (signature === void 0) {
    const results = type.results.map((t) => t === 1 /* I32 */ ? 2 /* I64 */ : t);
    signature = { params: [2 /* I64 */, ...type.params], results };
    hostSignatures.set(type, signature);
  }
  return signature;
}
function callHostFunction(s, index, symbol, type, args) {
  if (type.results.length > 1) {
    const { imported } = s.env.module.functions[index];
    const name = `"${imported?.module}" "${imported?.name}"`;
    throw new CompileError(
      `import ${name} has ${type.results.length} results: a C function can have one`,
      {},
      "unsupported"
    );
  }
  const v2 = buildHostCall(s, s.env.symbols.host(symbol), hostSignature(type), args);
  if (type.results.length === 0) return [];
  return [type.results[0] === 1 /* I32 */ ? s.b.value(30 /* Wrap */, 1 /* I32 */, v2) : v2];
}
function buildHostCall(s, symbol, signature, args) {
  const result = signature.results[0] ?? 0 /* Void */;
  return s.b.call(81 /* CallHost */, result, [s.instance(0), ...args], symbol, s.signature(signature));
}
var { I32: I324, I64: I644 } = Type;
var runtimeTypes = {
  rt_memory_grow: [[I324, I644], [I644]],
  rt_memory_copy: [[I324, I324, I644, I644, I644], []],
  rt_memory_fill: [[I324, I644, I324, I644], []],
  rt_memory_init: [[I324, I324, I644, I324, I324], []],
  rt_data_drop: [[I324], []],
  rt_table_grow: [[I324, I644, I644], [I644]],
  rt_table_fill: [[I324, I644, I644, I644], []],
  rt_table_copy: [[I324, I324, I644, I644, I644], []],
  rt_table_init: [[I324, I324, I644, I324, I324], []],
  rt_elem_drop: [[I324], []]
};
var runtimeSignatures = new Map(
  Object.entries(runtimeTypes).map(([name, [params, results]]) => [
    name,
    { params: [I644, ...params], results }
  ])
);
function callRuntime(s, name, args) {
  const signature = runtimeSignatures.get(name);
  const { f, b } = s;
  const converted = args.map(
    (v2, i) => signature.params[i + 1] === I644 && f.type[v2] === I324 ? b.value(29 /* ExtendU */, I644, v2) : v2
  );
  return buildHostCall(s, s.env.symbols.runtime(name), signature, converted);
}
function functionReference(s, index) {
  const { b } = s;
  const { layout, symbols, instance: instance2, module } = s.env;
  const record = layout.records[index];
  if (record < 0) {
    if (index >= module.importedFunctionCount) throw new Error(`function ${index} has no record`);
    return s.loadConstant(s.instance(layout.functionSlots + 8 * index));
  }
  const offset = func.byteSize * record;
  if (instance2 === "pointer") return s.instance(layout.functionRecords + offset);
  const records = b.value(76 /* SymbolAddress */, 2 /* I64 */, 0, 0, 0, symbols.functionRecords);
  return offset === 0 ? records : b.value(4 /* Add */, 2 /* I64 */, records, b.constant(2 /* I64 */, offset));
}
function refFunc(s) {
  s.push(functionReference(s, s.r.u32()));
}
function callIndirect(s) {
  const { b, env } = s;
  const typeIndex = s.r.u32();
  const table2 = s.r.u32();
  const type = s.types.get(typeIndex);
  const index = s.popRaw();
  const args = s.popMany(type.params.length);
  const fixed = s.facts.fixedSize(table2);
  const outside = fixed >= 0 ? b.value(40 /* GeU */, 1 /* I32 */, index, b.constant(1 /* I32 */, fixed | 0)) : b.value(40 /* GeU */, 1 /* I32 */, b.value(29 /* ExtendU */, 2 /* I64 */, index), tableSize(s, table2));
  s.trapIf(outside, 6 /* UndefinedElement */);
  const elements = tableField(s, table2, table.elements, fixed >= 0);
  const reference = b.value(
    73 /* RawLoad */,
    2 /* I64 */,
    elementAddress(s, elements, index),
    0,
    0,
    0,
    0,
    accessAux(0 /* Full */, 3 /* Table */)
  );
  const expected = env.typeIds[typeIndex];
  if (s.facts.singleType(table2) !== expected) {
    const found = b.value(73 /* RawLoad */, 1 /* I32 */, reference, 0, 0, func.typeId, 0, RECORD);
    const differs = b.value(32 /* Ne */, 1 /* I32 */, found, b.constant(1 /* I32 */, expected));
    s.trapIf(differs, 8 /* IndirectCallMismatch */);
  }
  pushResults(s, callRecord(s, reference, type, args, RECORD));
}
function translateHostStub(s, index) {
  const { env, f } = s;
  const binding = env.bindings[index];
  if (binding.kind !== "host") throw new Error(`import ${index} needs no stub`);
  const type = s.types.get(env.module.functions[index].typeIndex);
  returnValues(s, callHostFunction(s, index, binding.symbol, type, f.blocks[0].params.slice()));
}

// compiler/translate/control.ts
var SHARED_TARGETS = 8;
function readBlockType(s) {
  const { r } = s;
  const byte = r.bytes[r.at];
  if (byte >= 64 && byte < 128) {
    r.at++;
    return s.types.block(byte);
  }
  return s.types.get(r.s33());
}
function pushFrame(s, kind, type) {
  const d = s.depth++;
  let frame = s.frames[d];
  if (frame === void 0) {
    frame = new Frame();
    s.frames.push(frame);
  }
  frame.kind = kind;
  frame.type = type;
  frame.height = s.height - type.params.length;
  frame.label = void 0;
  frame.region = s.locals.currentRegion;
  return frame;
}
function openFunction(s) {
  pushFrame(s, 0 /* Function */, s.type).height = 0;
}
function openBlock(s) {
  pushFrame(s, 1 /* Block */, readBlockType(s)).region = s.locals.openRegion(s.at);
}
function openLoop(s) {
  const { f, locals } = s;
  const type = readBlockType(s);
  const frame = pushFrame(s, 2 /* Loop */, type);
  const header = f.newBlock();
  frame.label = header;
  for (const t of type.params) f.addParam(header, t);
  const edge = f.edges.length;
  s.b.jump(header, s.operands(frame.height));
  locals.openLoop(s.at, header.id);
  locals.noteLoopEntry(edge, s.at);
  s.start(header);
  setOperands(s, frame.height, header.params, type.params.length);
}
function setOperands(s, height, values, n) {
  for (let i = 0; i < n; i++) s.stack[height + i] = values[i];
  s.height = height + n;
}
function openIf(s) {
  const { f, b, locals } = s;
  const type = readBlockType(s);
  const condition = s.popRaw();
  const frame = pushFrame(s, 3 /* If */, type);
  frame.saved = s.operands(frame.height);
  const then = f.newBlock();
  const otherwise = f.newBlock();
  const first = f.edges.length;
  b.branch(condition, then, [], otherwise, []);
  for (let e = first; e < f.edges.length; e++) locals.noteEdge(e, s.at);
  frame.elseEdge = otherwise.preds.length === 0 ? -1 : otherwise.preds[0];
  frame.region = locals.openRegion(s.at);
  locals.openRegion(s.at, true);
  if (then.preds.length > 0) s.start(then);
  else s.reachable = false;
}
function translateElse(s) {
  const frame = s.frames[s.depth - 1];
  leave(s, frame);
  s.locals.closeRegion(s.locals.currentRegion, s.at);
  s.locals.openRegion(s.at, true);
  frame.kind = 4 /* Else */;
  startElse(s, frame);
}
function startElse(s, frame) {
  setOperands(s, frame.height, frame.saved, frame.saved.length);
  s.reachable = frame.elseEdge >= 0;
  if (s.reachable) s.start(s.f.blocks[s.f.edges[frame.elseEdge].to]);
}
function leave(s, frame) {
  if (!s.reachable) return;
  const edge = s.f.edges.length;
  s.b.jump(labelBlock(s, frame), s.operands(s.height - frame.type.results.length));
  s.locals.noteEdge(edge, s.at - 1);
}
function labelBlock(s, frame) {
  if (frame.label === void 0) {
    frame.label = s.f.newBlock();
    for (const t of frame.type.results) s.f.addParam(frame.label, t);
  }
  return frame.label;
}
function translateEnd(s) {
  const frame = s.frames[s.depth - 1];
  switch (frame.kind) {
    case 0 /* Function */:
      if (s.reachable) returnValues(s, s.operands(s.height - frame.type.results.length));
      s.reachable = false;
      break;
    case 2 /* Loop */:
      s.locals.closeLoop();
      break;
    case 3 /* If */:
      endIfWithoutElse(s, frame);
      break;
    case 4 /* Else */:
      s.locals.closeRegion(s.locals.currentRegion, s.at);
      endAtLabel(s, frame);
      break;
    default:
      endAtLabel(s, frame);
  }
  s.depth--;
}
function endAtLabel(s, frame) {
  if (!isBranchedTo(frame)) return s.locals.closeRegion(frame.region, s.at);
  leave(s, frame);
  const label = labelBlock(s, frame);
  s.locals.closeRegion(frame.region, s.at, label.id);
  startLabel(s, frame, label);
}
function isBranchedTo(frame) {
  return frame.label !== void 0 && frame.label.preds.length > 0;
}
function startLabel(s, frame, label) {
  s.start(label);
  setOperands(s, frame.height, label.params, frame.type.results.length);
}
function endIfWithoutElse(s, frame) {
  const { f, locals } = s;
  locals.closeRegion(locals.currentRegion, s.at);
  if (frame.elseEdge < 0) return endAtLabel(s, frame);
  if (!s.reachable && !isBranchedTo(frame)) {
    const block = f.edges[frame.elseEdge].to;
    locals.closeRegion(frame.region, s.at, block);
    return startElse(s, frame);
  }
  leave(s, frame);
  const label = labelBlock(s, frame);
  f.retarget(frame.elseEdge, label.id);
  f.edges[frame.elseEdge].args = frame.saved;
  label.preds.unshift(label.preds.pop());
  locals.closeRegion(frame.region, s.at, label.id);
  startLabel(s, frame, label);
}
function target(s, depth) {
  return s.frames[s.depth - 1 - depth];
}
function branchArguments(s, frame) {
  const types2 = frame.kind === 2 /* Loop */ ? frame.type.params : frame.type.results;
  return s.operands(s.height - types2.length);
}
function branchBlock(s, frame) {
  return frame.kind === 0 /* Function */ ? s.f.newBlock() : labelBlock(s, frame);
}
function fillReturnBlock(s, block) {
  if (block.preds.length === 0) return;
  const values = s.operands(s.height - s.type.results.length);
  s.start(block);
  returnValues(s, values);
}
function branch(s) {
  const frame = target(s, s.r.u32());
  if (frame.kind === 0 /* Function */) returnValues(s, branchArguments(s, frame));
  else {
    const edge = s.f.edges.length;
    s.b.jump(labelBlock(s, frame), branchArguments(s, frame));
    s.locals.noteEdge(edge, s.at);
  }
  s.reachable = false;
}
function branchIf(s) {
  const { f, locals } = s;
  const frame = target(s, s.r.u32());
  const condition = s.popRaw();
  const isReturn = frame.kind === 0 /* Function */;
  const args = isReturn ? [] : branchArguments(s, frame);
  const taken = branchBlock(s, frame);
  const next = f.newBlock();
  const first = f.edges.length;
  s.b.branch(condition, taken, args, next, []);
  for (let e = first; e < f.edges.length; e++) locals.noteEdge(e, s.at);
  if (isReturn) fillReturnBlock(s, taken);
  if (next.preds.length > 0) s.start(next);
  else s.reachable = false;
}
function branchTable(s) {
  const { f, r, locals } = s;
  const count = r.u32();
  const depths = [];
  for (let i = 0; i <= count; i++) depths.push(r.u32());
  const index = s.popRaw();
  const uses = /* @__PURE__ */ new Map();
  for (const d of depths) uses.set(d, (uses.get(d) ?? 0) + 1);
  const blocks = /* @__PURE__ */ new Map();
  const shared = [];
  let returns;
  for (const [d, n] of uses) {
    const frame = target(s, d);
    const direct = branchBlock(s, frame);
    if (frame.kind === 0 /* Function */) returns = direct;
    const indirect = n > SHARED_TARGETS && uses.size > 1 && frame.kind !== 0 /* Function */;
    if (indirect) shared.push(d);
    blocks.set(d, indirect ? f.newBlock() : direct);
  }
  const targets = depths.map((d) => blocks.get(d));
  const args = depths.map((d, i) => {
    const frame = target(s, d);
    const direct = frame.label === targets[i];
    return direct ? branchArguments(s, frame) : [];
  });
  const first = f.edges.length;
  if (uses.size === 1) s.b.jump(targets[0], args[0]);
  else s.b.switch(index, targets, args);
  for (let e = first; e < f.edges.length; e++) locals.noteEdge(e, s.at);
  for (const d of shared) {
    const block = blocks.get(d);
    if (block.preds.length === 0) continue;
    s.start(block);
    const frame = target(s, d);
    const edge = f.edges.length;
    s.b.jump(labelBlock(s, frame), branchArguments(s, frame));
    locals.noteEdge(edge, s.at);
  }
  if (returns !== void 0) fillReturnBlock(s, returns);
  s.reachable = false;
}
function translateReturn(s) {
  returnValues(s, s.operands(s.height - s.type.results.length));
  s.reachable = false;
}
function translateUnreachable(s) {
  s.b.trap(1 /* Unreachable */);
  s.b.block.cold = true;
  s.reachable = false;
}
function select(s) {
  const condition = s.popRaw();
  const otherwise = s.pop();
  const then = s.pop();
  s.push(s.b.value(70 /* Select */, s.f.type[then], condition, then, otherwise));
}
function skipUnreachable(s) {
  const code = nextOperator(s.r);
  switch (code) {
    case 2:
    case 3:
    case 4:
      s.skipped++;
      break;
    case 5:
      if (s.skipped === 0) return translateElse(s);
      break;
    case 11:
      if (s.skipped === 0) return translateEnd(s);
      s.skipped--;
      break;
  }
  skipImmediate(s.r, code);
}

// compiler/translate/bulk.ts
var LIMIT = 64;
var widest = [
  [8, 2 /* I64 */, 0 /* Full */],
  [4, 1 /* I32 */, 0 /* Full */],
  [2, 1 /* I32 */, 4 /* U16 */],
  [1, 1 /* I32 */, 2 /* U8 */]
];
function pieces(length) {
  const list = [];
  const [size, type, width] = widest.find(([n]) => n <= length);
  let offset = 0;
  for (; offset + size <= length; offset += size) list.push({ offset, type, width });
  const left = length - offset;
  if (left === 0) return list;
  const [tailSize, tailType, tailWidth] = widest.filter(([n]) => n >= left).pop();
  list.push({ offset: length - tailSize, type: tailType, width: tailWidth });
  return list;
}
function expandedLength(s, length) {
  const { f } = s;
  const n = f.isConst(length) ? f.immLo[length] >>> 0 : 0;
  return s.env.optimize > 0 && n <= LIMIT ? n : 0;
}
function expandCopy(s, target2, source, length) {
  const n = expandedLength(s, length);
  if (n === 0) return false;
  const from = checkedAddress(s, source, 0, n);
  const to = checkedAddress(s, target2, 0, n);
  const list = pieces(n);
  const values = list.map((p) => s.b.value(71 /* Load */, p.type, from, 0, 0, p.offset, 0, memoryAux(p.width)));
  for (let i = list.length - 1; i >= 0; i--) storePiece(s, to, list[i], values[i]);
  return true;
}
function expandFill(s, target2, byte, length) {
  const { b } = s;
  const n = expandedLength(s, length);
  if (n === 0) return false;
  const to = checkedAddress(s, target2, 0, n);
  const low = b.value(11 /* And */, 1 /* I32 */, byte, b.constant(1 /* I32 */, 255));
  const word = b.value(6 /* Mul */, 1 /* I32 */, low, b.constant(1 /* I32 */, 16843009));
  const wide = b.value(29 /* ExtendU */, 2 /* I64 */, word);
  const long = b.value(12 /* Or */, 2 /* I64 */, wide, b.value(14 /* Shl */, 2 /* I64 */, wide, b.constant(2 /* I64 */, 32)));
  const list = pieces(n);
  for (let i = list.length - 1; i >= 0; i--)
    storePiece(s, to, list[i], list[i].type === 2 /* I64 */ ? long : word);
  return true;
}
function storePiece(s, to, p, value) {
  s.b.value(72 /* Store */, 0 /* Void */, to, value, 0, p.offset, 0, memoryAux(p.width));
}

// compiler/translate/constants.ts
var ops2 = { add: 4 /* Add */, sub: 5 /* Sub */, mul: 6 /* Mul */ };
function evaluateConstant(s, e) {
  const { b } = s;
  const stack = [];
  for (const step of e) {
    switch (step.op) {
      case "const":
        stack.push(b.constant(irType(step.type), step.lo, step.hi));
        break;
      case "null":
        stack.push(b.constant(2 /* I64 */, 0));
        break;
      case "func":
        stack.push(functionReference(s, step.index));
        break;
      case "global":
        stack.push(loadGlobal(s, step.index));
        break;
      default: {
        const right = stack.pop();
        stack.push(b.value(ops2[step.op], irType(step.type), stack.pop(), right));
      }
    }
  }
  return stack[0];
}

// compiler/translate/memory.ts
var { I32: I325, I64: I645, F32: F323, F64: F643 } = Type;
function memoryAux(width) {
  return accessAux(width, 16 /* Memory */);
}
var loadTypes = [I325, I645, F323, F643, I325, I325, I325, I325, I645, I645, I645, I645, I645, I645];
var { Full, S8, U8, S16, U16, S32, U32 } = Width;
var loadWidths = [Full, Full, Full, Full, S8, U8, S16, U16, S8, U8, S16, U16, S32, U32];
var storeTypes = [I325, I645, F323, F643, I325, I325, I645, I645, I645];
var storeWidths = [Full, Full, Full, Full, U8, U16, U8, U16, U32];
function memorySize(s) {
  const { layout } = s.env;
  const own = layout.memoryDescriptors[0];
  const descriptor2 = own >= 0 ? s.instance(own) : s.loadConstant(s.instance(layout.memories));
  return s.loadField(descriptor2, memory.size);
}
function checkedAddress(s, address, offset, size) {
  const { b, env } = s;
  const reach = offset + size;
  if (env.bounds === "guard" && reach <= env.guardBytes) return address;
  const wide = b.value(29 /* ExtendU */, I645, address);
  const end = b.value(4 /* Add */, I645, wide, b.constant(I645, reach | 0, reach > 4294967295 ? 1 : 0));
  s.trapIf(b.value(38 /* GtU */, I325, end, memorySize(s)), 2 /* MemoryOutOfBounds */);
  return wide;
}
function load(s, code) {
  const { r } = s;
  r.u32();
  const offset = r.u32();
  const type = loadTypes[code - 40];
  const aux = memoryAux(loadWidths[code - 40]);
  const address = checkedAddress(s, s.popRaw(), offset, accessSize(auxWidth(aux), type));
  s.push(s.b.value(71 /* Load */, type, address, 0, 0, offset | 0, 0, aux));
}
function store(s, code) {
  const { r } = s;
  r.u32();
  const offset = r.u32();
  const aux = memoryAux(storeWidths[code - 54]);
  const value = s.pop();
  const size = accessSize(auxWidth(aux), storeTypes[code - 54]);
  const address = checkedAddress(s, s.popRaw(), offset, size);
  s.b.value(72 /* Store */, 0 /* Void */, address, value, 0, offset | 0, 0, aux);
}
var PAGE_SHIFT = 16;
function memorySizeOperator(s) {
  const { b } = s;
  s.r.u32();
  const pages = b.value(16 /* ShrU */, I645, memorySize(s), b.constant(I645, PAGE_SHIFT));
  s.push(b.value(30 /* Wrap */, I325, pages));
}
function memoryGrow(s) {
  const { b } = s;
  const memory2 = b.constant(I325, s.r.u32());
  const pages = callRuntime(s, "rt_memory_grow", [memory2, s.popRaw()]);
  s.push(b.value(30 /* Wrap */, I325, pages));
}
function translateBulkOperator(s, code) {
  const { b, r } = s;
  const number = (n) => b.constant(I325, n | 0);
  switch (code) {
    case 64520: {
      const segment = r.u32();
      const memory2 = r.u32();
      callRuntime(s, "rt_memory_init", [number(memory2), number(segment), ...s.popMany(3)]);
      return;
    }
    case 64521:
      callRuntime(s, "rt_data_drop", [number(r.u32())]);
      return;
    case 64522: {
      const to = r.u32();
      const from = r.u32();
      const [target2, source, length] = s.popMany(3);
      if (expandCopy(s, target2, source, length)) return;
      callRuntime(s, "rt_memory_copy", [number(to), number(from), target2, source, length]);
      return;
    }
    default: {
      const memory2 = r.u32();
      const [target2, byte, length] = s.popMany(3);
      if (expandFill(s, target2, byte, length)) return;
      callRuntime(s, "rt_memory_fill", [number(memory2), target2, byte, length]);
    }
  }
}
function globalCell(s, index) {
  const { layout, module } = s.env;
  const place = s.instance(layout.globals[index]);
  return module.globals[index].imported === void 0 ? place : s.loadConstant(place);
}
var GLOBAL = accessAux(0 /* Full */, 2 /* Global */, true);
function loadGlobal(s, index, constant2 = false) {
  const g = s.env.module.globals[index];
  const aux = constant2 ? CONSTANT : GLOBAL;
  return s.b.value(73 /* RawLoad */, irType(g.type), globalCell(s, index), 0, 0, 0, 0, aux);
}
function storeGlobal(s, index, value) {
  s.b.value(74 /* RawStore */, 0 /* Void */, globalCell(s, index), value, 0, 0, 0, GLOBAL);
}
function globalGet(s) {
  const index = s.r.u32();
  const g = s.env.module.globals[index];
  const known = g.imported === void 0 && !g.mutable && g.init.length === 1 && g.init[0].op !== "global";
  s.push(known ? evaluateConstant(s, g.init) : loadGlobal(s, index, !g.mutable));
}
function globalSet(s) {
  storeGlobal(s, s.r.u32(), s.pop());
}

// compiler/translate/function.ts
var Translator = class {
  env;
  state;
  constructor(env) {
    this.env = env;
  }
  /**
   * Fills f with the body of function `index`; for an import met by C, with the stub that stands for it as a value. Throws CompileError
   * (unsupported) for what needs v128.
   */
  translate(index, f) {
    const { module } = this.env;
    const entry = module.functions[index];
    this.state ??= new State(this.env, f);
    const s = this.state;
    try {
      s.begin(f, module.functionNames[index] ?? "", index, s.types.get(entry.typeIndex));
      if (index < module.importedFunctionCount) translateHostStub(s, index);
      else translateBody(s, entry.start, entry.end);
    } catch (error) {
      if (!(error instanceof CompileError)) throw error;
      const functionName = module.functionNames[index];
      const place = { file: module.file || void 0, functionIndex: index, functionName, offset: s.at };
      throw new CompileError(error.message, { ...place, ...error.place }, error.kind);
    }
  }
};
function translateBody(s, start, end) {
  const { r, f, locals } = s;
  r.at = start;
  r.end = end;
  s.at = start;
  locals.reset(f, r);
  for (const t of s.type.params) locals.declare(1, t);
  f.blocks[0].params.forEach((v2, i) => locals.define(i, v2));
  const groups = r.u32();
  for (let i = 0; i < groups; i++) {
    const n = r.u32();
    locals.declare(n, irType(r.byte()));
  }
  openFunction(s);
  while (s.depth > 0) {
    s.at = r.at;
    if (!s.reachable) {
      skipUnreachable(s);
      continue;
    }
    s.b.source = r.at;
    const code = nextOperator(r);
    const column = code < 256 ? code : code - 64512 < 8 ? saturatingBase + code - 64512 : 0;
    if (numericArity[column] !== 0) numeric(s, column);
    else operator(s, code);
  }
  locals.finish();
}
function numeric(s, column) {
  const { b } = s;
  const arity = numericArity[column];
  const raw = ignoresNaNBits[column] !== 0;
  const right = raw ? s.popRaw() : s.pop();
  const op2 = numericOp[column];
  const type = numericType[column];
  if (arity === 2) s.push(b.value(op2, type, raw ? s.popRaw() : s.pop(), right));
  else if (arity === TEST_FOR_ZERO) s.push(b.value(op2, 1 /* I32 */, right, b.constant(type, 0)));
  else s.push(b.value(op2, type, right));
}
function operator(s, code) {
  if (code >= 40 && code <= 53) return load(s, code);
  if (code >= 54 && code <= 62) return store(s, code);
  if (code >= 65 && code <= 68) return constant(s, code);
  if (code >= 64520 && code <= 64523) return translateBulkOperator(s, code);
  if (code >= 64524 && code <= 64529) return translateTableOperator(s, code);
  switch (code) {
    case 32:
      return s.push(s.locals.read(s.r.u32(), s.at));
    case 33:
      return s.locals.write(s.r.u32(), s.pop(), s.at);
    case 34: {
      const v2 = s.pop();
      s.push(v2);
      return s.locals.write(s.r.u32(), v2, s.at);
    }
    case 26:
      s.height--;
      return;
    case 27:
      return select(s);
    case 28:
      s.r.u32();
      irType(s.r.byte());
      return select(s);
    default:
      if (code < 32) controlOperator(s, code);
      else otherOperator(s, code);
  }
}
function controlOperator(s, code) {
  switch (code) {
    case 0:
      return translateUnreachable(s);
    case 1:
      return;
    case 2:
      return openBlock(s);
    case 3:
      return openLoop(s);
    case 4:
      return openIf(s);
    case 5:
      return translateElse(s);
    case 11:
      return translateEnd(s);
    case 12:
      return branch(s);
    case 13:
      return branchIf(s);
    case 14:
      return branchTable(s);
    case 15:
      return translateReturn(s);
    case 16:
      return call(s);
    case 17:
      return callIndirect(s);
    default:
      throw new Error(`operator 0x${code.toString(16)} at ${s.at}`);
  }
}
function otherOperator(s, code) {
  const { r, b } = s;
  switch (code) {
    case 35:
      return globalGet(s);
    case 36:
      return globalSet(s);
    case 37:
      return tableGet(s);
    case 38:
      return tableSet(s);
    case 63:
      return memorySizeOperator(s);
    case 64:
      return memoryGrow(s);
    case 208:
      r.byte();
      return s.push(b.constant(2 /* I64 */, 0));
    case 209:
      return s.push(b.value(31 /* Eq */, 1 /* I32 */, s.popRaw(), b.constant(2 /* I64 */, 0)));
    case 210:
      return refFunc(s);
    default:
      if (code >>> 8 === 253) return s.unsupported(code);
      throw new Error(`operator 0x${code.toString(16)} at ${s.at}`);
  }
}
function constant(s, code) {
  const { r, b } = s;
  switch (code) {
    case 65:
      return s.push(b.constant(1 /* I32 */, r.s32()));
    case 66:
      r.s64();
      return s.push(b.constant(2 /* I64 */, r.lo, r.hi));
    case 67:
      return s.push(b.constant(3 /* F32 */, r.fixed32()));
    default: {
      const lo = r.fixed32();
      return s.push(b.constant(4 /* F64 */, lo, r.fixed32()));
    }
  }
}

// compiler/translate/init.ts
function translateInit(env, f) {
  const { module } = env;
  const s = new State(env, f);
  s.begin(f, "init", -1, translateType({ params: [], results: [] }));
  module.globals.forEach((g, i) => {
    if (g.imported === void 0) storeGlobal(s, i, evaluateConstant(s, g.init));
  });
  const number = (n) => s.b.constant(1 /* I32 */, n);
  module.elements.forEach((e, i) => {
    if (e.mode === "active") {
      const at = evaluateConstant(s, e.offset);
      const length = number(e.items.length);
      callRuntime(s, "rt_table_init", [number(e.table), number(i), at, number(0), length]);
    }
    if (e.mode !== "passive") callRuntime(s, "rt_elem_drop", [number(i)]);
  });
  module.datas.forEach((d, i) => {
    if (d.mode !== "active") return;
    const at = evaluateConstant(s, d.offset);
    const length = number(d.end - d.start | 0);
    callRuntime(s, "rt_memory_init", [number(d.memory), number(i), at, number(0), length]);
    callRuntime(s, "rt_data_drop", [number(i)]);
  });
  if (module.startFunction !== void 0) {
    const type = s.types.get(module.functions[module.startFunction].typeIndex);
    callFunction(s, module.startFunction, type, []);
  }
  returnValues(s, []);
}

// compiler/ir/func.ts
var Func = class {
  name = "";
  /** Index in the module's function space. */
  index = 0;
  signature = { params: [], results: [] };
  /** Signatures of calls, by the aux column of Call, CallPointer, CallHost. */
  signatures = [];
  count = 1;
  op = new Uint8Array(1024);
  type = new Uint8Array(1024);
  argStart = new Int32Array(1024);
  argCount = new Int32Array(1024);
  immLo = new Int32Array(1024);
  immHi = new Int32Array(1024);
  aux = new Int32Array(1024);
  next = new Int32Array(1024);
  prev = new Int32Array(1024);
  /** Block of an instruction or parameter; -1 when it stands in none. */
  block = new Int32Array(1024);
  forward = new Int32Array(1024);
  source = new Int32Array(1024);
  pool = new Int32Array(2048);
  poolLength = 0;
  blocks = [];
  edges = [];
  /** Block ids in layout order; reachable blocks only, entry first. Reverse postorder until layout runs. */
  order = [];
  reset(name, index, signature, signatures) {
    this.name = name;
    this.index = index;
    this.signature = signature;
    this.signatures = signatures;
    this.forward.fill(0, 0, this.count);
    this.count = 1;
    this.poolLength = 0;
    this.blocks.length = 0;
    this.edges.length = 0;
    this.order.length = 0;
  }
  growColumns() {
    const n = this.op.length * 2;
    const grow = (a) => {
      const b = new Int32Array(n);
      b.set(a);
      return b;
    };
    const growBytes = (a) => {
      const b = new Uint8Array(n);
      b.set(a);
      return b;
    };
    this.op = growBytes(this.op);
    this.type = growBytes(this.type);
    this.argStart = grow(this.argStart);
    this.argCount = grow(this.argCount);
    this.immLo = grow(this.immLo);
    this.immHi = grow(this.immHi);
    this.aux = grow(this.aux);
    this.next = grow(this.next);
    this.prev = grow(this.prev);
    this.block = grow(this.block);
    this.forward = grow(this.forward);
    this.source = grow(this.source);
  }
  /** A new instruction that stands in no block yet; arguments are added with `pushArg` directly after. */
  create(op2, type, immLo = 0, immHi = 0, aux = 0) {
    const v2 = this.count++;
    if (v2 >= this.op.length) this.growColumns();
    this.op[v2] = op2;
    this.type[v2] = type;
    this.argStart[v2] = this.poolLength;
    this.argCount[v2] = 0;
    this.immLo[v2] = immLo;
    this.immHi[v2] = immHi;
    this.aux[v2] = aux;
    this.next[v2] = 0;
    this.prev[v2] = 0;
    this.block[v2] = -1;
    this.forward[v2] = 0;
    this.source[v2] = 0;
    return v2;
  }
  /** Adds an argument to the instruction created last. */
  pushArg(v2, arg) {
    if (this.poolLength >= this.pool.length) {
      const b = new Int32Array(this.pool.length * 2);
      b.set(this.pool);
      this.pool = b;
    }
    this.pool[this.poolLength++] = arg;
    this.argCount[v2]++;
  }
  arg(v2, i) {
    return this.pool[this.argStart[v2] + i];
  }
  setArg(v2, i, arg) {
    this.pool[this.argStart[v2] + i] = arg;
  }
  newBlock() {
    const b = {
      id: this.blocks.length,
      params: [],
      first: 0,
      last: 0,
      preds: [],
      succs: [],
      loopDepth: 0,
      cold: false
    };
    this.blocks.push(b);
    return b;
  }
  addParam(b, type) {
    const v2 = this.create(1 /* Param */, type, b.params.length);
    this.block[v2] = b.id;
    b.params.push(v2);
    return v2;
  }
  /** Removes parameter i of b and the matching argument of every edge into it. */
  removeParam(b, i) {
    this.block[b.params[i]] = -1;
    b.params.splice(i, 1);
    for (let k = i; k < b.params.length; k++) this.immLo[b.params[k]] = k;
    for (const e of b.preds) this.edges[e].args.splice(i, 1);
  }
  /** Adds an edge as the last successor of `from`. */
  addEdge(from, to, args) {
    const e = this.edges.length;
    this.edges.push({ from, to, args });
    this.blocks[from].succs.push(e);
    this.blocks[to].preds.push(e);
    return e;
  }
  /** Takes edge e out of its source and target. */
  removeEdge(e) {
    const edge = this.edges[e];
    const succs = this.blocks[edge.from].succs;
    succs.splice(succs.indexOf(e), 1);
    const preds = this.blocks[edge.to].preds;
    preds.splice(preds.indexOf(e), 1);
  }
  /** Points edge e at another block; the caller sets edge.args to match. */
  retarget(e, to) {
    const edge = this.edges[e];
    const preds = this.blocks[edge.to].preds;
    preds.splice(preds.indexOf(e), 1);
    edge.to = to;
    this.blocks[to].preds.push(e);
  }
  append(b, v2) {
    this.block[v2] = b.id;
    this.prev[v2] = b.last;
    this.next[v2] = 0;
    if (b.last !== 0) this.next[b.last] = v2;
    else b.first = v2;
    b.last = v2;
  }
  insertBefore(at, v2) {
    const b = this.blocks[this.block[at]];
    const p = this.prev[at];
    this.block[v2] = b.id;
    this.prev[v2] = p;
    this.next[v2] = at;
    this.prev[at] = v2;
    if (p !== 0) this.next[p] = v2;
    else b.first = v2;
  }
  insertAfter(at, v2) {
    const b = this.blocks[this.block[at]];
    const n = this.next[at];
    this.block[v2] = b.id;
    this.next[v2] = n;
    this.prev[v2] = at;
    this.next[at] = v2;
    if (n !== 0) this.prev[n] = v2;
    else b.last = v2;
  }
  /** Takes v out of its block; its columns stay readable. */
  remove(v2) {
    const b = this.blocks[this.block[v2]];
    const p = this.prev[v2];
    const n = this.next[v2];
    if (p !== 0) this.next[p] = n;
    else b.first = n;
    if (n !== 0) this.prev[n] = p;
    else b.last = p;
    this.block[v2] = -1;
  }
  /** From now on every use of v means w. The caller removes v from its block. */
  replace(v2, w) {
    this.forward[v2] = w;
  }
  resolve(v2) {
    let w = this.forward[v2];
    if (w === 0) return v2;
    while (this.forward[w] !== 0) w = this.forward[w];
    this.forward[v2] = w;
    return w;
  }
  /** Rewrites all arguments of reachable blocks (order) so that no forward is needed any more. */
  applyForwards() {
    for (const id of this.order) {
      const b = this.blocks[id];
      for (let v2 = b.first; v2 !== 0; v2 = this.next[v2]) {
        const start = this.argStart[v2];
        const end = start + this.argCount[v2];
        for (let i = start; i < end; i++) this.pool[i] = this.resolve(this.pool[i]);
      }
      for (const e of b.succs) {
        const args = this.edges[e].args;
        for (let i = 0; i < args.length; i++) args[i] = this.resolve(args[i]);
      }
    }
  }
  isTerminator(v2) {
    return opEffect[this.op[v2]] === 5 /* Terminator */;
  }
  isConst(v2) {
    return this.op[v2] === 3 /* Const */;
  }
};

// check.tmp.ts
function check(f) {
  const n = f.order.length;
  const idx = new Int32Array(f.blocks.length).fill(-1);
  f.order.forEach((b, i) => idx[b] = i);
  const seen = new Uint8Array(n), post = [];
  const st = [0], nx = [0];
  seen[0] = 1;
  while (st.length) {
    const t = st.length - 1;
    const b = f.blocks[f.order[st[t]]];
    if (nx[t] < b.succs.length) {
      const to = idx[f.edges[b.succs[nx[t]++]].to];
      if (to < 0) return `edge to block not in order from ${b.id}`;
      if (!seen[to]) {
        seen[to] = 1;
        st.push(to);
        nx.push(0);
      }
    } else {
      post.push(st.pop());
      nx.pop();
    }
  }
  if (post.length !== n) return `unreachable blocks in order: ${n - post.length}`;
  const rpo = post.reverse();
  const pos = new Int32Array(n);
  rpo.forEach((b, i) => pos[b] = i);
  const idom = new Int32Array(n).fill(-1);
  idom[0] = 0;
  for (let changed = true; changed; ) {
    changed = false;
    for (const i of rpo) {
      if (i === 0) continue;
      let d = -1;
      for (const e of f.blocks[f.order[i]].preds) {
        let p = idx[f.edges[e].from];
        if (p < 0) return "pred not in order";
        if (idom[p] < 0) continue;
        if (d < 0) d = p;
        else {
          let a = d;
          while (a !== p) {
            while (pos[a] > pos[p]) a = idom[a];
            while (pos[p] > pos[a]) p = idom[p];
          }
          d = a;
        }
      }
      if (d >= 0 && idom[i] !== d) {
        idom[i] = d;
        changed = true;
      }
    }
  }
  const depth = new Int32Array(n);
  for (const i of rpo) if (i) depth[i] = depth[idom[i]] + 1;
  const dom = (a, b) => {
    while (depth[b] > depth[a]) b = idom[b];
    return a === b;
  };
  const at = new Int32Array(f.count);
  for (const id of f.order) {
    let k = 1;
    const b = f.blocks[id];
    for (const p of b.params) {
      at[p] = 0;
      if (f.block[p] !== id || f.op[p] !== 1 /* Param */) return "param block";
    }
    b.params.forEach((p, i) => {
      if (f.immLo[p] !== i) throw new Error("param index");
    });
    for (let v2 = b.first; v2; v2 = f.next[v2]) {
      at[v2] = k++;
      if (f.block[v2] !== id) return "block col";
      if (v2 === b.last !== (opEffect[f.op[v2]] === 5 /* Terminator */)) return `terminator b${id} v${v2} ${ops[f.op[v2]].name}`;
    }
    if (!b.first) return `empty block ${id}`;
  }
  const use = (v2, b, k) => {
    if (v2 === 0) return "zero";
    if (f.forward[v2]) return `forwarded v${v2}`;
    const d = f.block[v2];
    if (d < 0) return `v${v2} in no block`;
    if (idx[d] < 0) return "def in dead block";
    if (d === b ? at[v2] >= k : !dom(idx[d], idx[b])) return `v${v2} (b${d}) does not dominate use in b${b}`;
    return "";
  };
  for (const id of f.order) {
    const b = f.blocks[id];
    for (let v2 = b.first; v2; v2 = f.next[v2]) for (let i = 0; i < f.argCount[v2]; i++) {
      const r = use(f.arg(v2, i), id, at[v2]);
      if (r) return r + ` in ${ops[f.op[v2]].name}`;
    }
    for (const e of b.succs) {
      const ed = f.edges[e];
      const t = f.blocks[ed.to];
      if (ed.args.length !== t.params.length) return `edge args ${ed.args.length} ${t.params.length}`;
      for (let i = 0; i < ed.args.length; i++) {
        const r = use(ed.args[i], id, 1e9);
        if (r) return r + " edge";
        if (f.type[ed.args[i]] !== f.type[t.params[i]]) return "edge type";
      }
      if (!t.preds.includes(e)) return "pred missing";
    }
  }
  return void 0;
}

// t1.tmp.ts
for (const file of process.argv.slice(2)) {
  const bytes = readFileSync(file);
  let t = performance.now();
  const m = decodeModule(bytes);
  const t1 = performance.now();
  try {
    validateModule(m);
  } catch (e) {
    console.log(file, e.message);
    continue;
  }
  const t2 = performance.now();
  const env = environmentOf(bytes);
  const t3 = performance.now();
  const tr = new Translator(env);
  const f = new Func();
  let values = 0, blocks = 0, params = 0, bad = 0, un = 0, worst = 0, worstI = 0;
  for (let i = env.module.importedFunctionCount; i < env.module.functions.length; i++) {
    const s = performance.now();
    try {
      tr.translate(i, f);
    } catch (e) {
      if (e.kind === "unsupported") {
        un++;
        continue;
      }
      throw e;
    }
    const d = performance.now() - s;
    if (d > worst) {
      worst = d;
      worstI = i;
    }
    values += f.count;
    blocks += f.order.length;
    for (const b of f.order) params += f.blocks[b].params.length;
    if (process.env.CHECK) {
      const err = check(f);
      if (err) {
        bad++;
        if (bad < 5) console.log("function", i, err);
      }
    }
  }
  const t4 = performance.now();
  translateInit(env, f);
  if (process.env.CHECK) console.log("init", check(f));
  console.log(file, bytes.length, "decode", t1 - t | 0, "validate", t2 - t1 | 0, "translate", t4 - t3 | 0, { values, blocks, params, un, bad, worst, worstI });
}
