// Calls, returns and function references: direct calls, imports met by C or through records, call_indirect, results in memory.
//
// docs/ABI.md: a function value is the address of its rt_func record; a call through a record of a program of several modules switches the
// pinned registers around it; results beyond the registers lie in context->results.
import * as rt from "../codegen/rt.ts";
import type { RuntimeSymbol } from "../codegen/symbols.ts";
import type { Signature } from "../ir/func.ts";
import { Op } from "../ir/ops.ts";
import { Alias, accessAux, TrapCode, Type, Width } from "../ir/types.ts";
import { mapNumbers } from "../support/arrays.ts";
import { CompileError } from "../support/error.ts";
import { type DispatchTable, NULL_ENTRY, OTHER_TYPE } from "./dispatch.ts";
import { CONSTANT, FIELD, type State } from "./state.ts";
import { elementAddress, tableField, tableSize } from "./tables.ts";
import type { TranslatedType } from "./types.ts";

/** Reading a record through a reference that may be null. */
const RECORD = accessAux(Width.Full, Alias.Constant);

/** Bytes between results in memory. */
export const RESULT_SLOT = 16;

/** Returns from the function with these results. */
export function returnValues(s: State, values: readonly number[]): void {
  const { places } = s.type;
  const inRegisters: number[] = [];
  let context = 0;
  for (let i = 0; i < values.length; i++) {
    if (places[i] >= 0) inRegisters.push(values[i]);
    else {
      if (context === 0) context = s.loadConstant(s.instance(rt.instance.context));
      const offset = rt.context.results + RESULT_SLOT * (-1 - places[i]);
      s.b.value(Op.RawStore, Type.Void, context, values[i], 0, offset, 0, FIELD);
    }
  }
  s.b.return(inRegisters);
}

/** Builds a call in the internal convention and returns all its results; `switchBack`: the instance to switch to after it. */
export function buildCall(
  s: State,
  op: Op.Call | Op.CallPointer,
  args: readonly number[],
  immLo: number,
  type: TranslatedType,
  switchBack = 0,
): number[] {
  const { b } = s;
  const { results } = type.signature;
  const call = b.call(op, results[0] ?? Type.Void, args, immLo, s.signature(type.signature));
  const inRegisters = [call];
  for (let i = 1; i < results.length; i++) inRegisters.push(b.value(Op.Result, results[i], call, 0, 0, i));
  if (switchBack !== 0) b.value(Op.SwitchInstance, Type.Void, switchBack);
  let context = 0;
  return type.places.map((place, i) => {
    if (place >= 0) return inRegisters[place];
    if (context === 0) context = s.loadConstant(s.instance(rt.instance.context));
    const offset = rt.context.results + RESULT_SLOT * (-1 - place);
    return b.value(Op.RawLoad, type.results[i], context, 0, 0, offset, 0, FIELD);
  });
}

function pushResults(s: State, values: readonly number[]): void {
  for (let i = 0; i < values.length; i++) s.push(values[i]);
}

export function call(s: State): void {
  const index = s.r.u32();
  const type = s.types.get(s.env.module.functions[index].typeIndex);
  pushResults(s, callFunction(s, index, type, s.popMany(type.params.length)));
}

/** A value that need not be kept in a register: a constant, or something and a constant. */
function isCheap({ f }: State, v: number): boolean {
  return f.isConst(v) || (f.op[v] === Op.Add && f.isConst(f.arg(v, 1)));
}

/** Calls function `index` of the module, imported or not. */
export function callFunction(
  s: State,
  index: number,
  type: TranslatedType,
  args: readonly number[],
): number[] {
  const { module, bindings } = s.env;
  if (index >= module.importedFunctionCount) {
    const results = buildCall(s, Op.Call, args, index, type);
    const returned = results.length === 1 ? s.facts.returned(index) : -1;
    return returned >= 0 && isCheap(s, args[returned]) ? [args[returned]] : results;
  }
  const binding = bindings[index];
  if (binding.kind === "host") return callHostFunction(s, index, binding.symbol, type, args);
  return callRecord(s, functionReference(s, index), type, args, CONSTANT);
}

/** Calls through a record; `aux` tells how it is read. */
function callRecord(
  s: State,
  record: number,
  type: TranslatedType,
  args: readonly number[],
  aux: number,
): number[] {
  const { b } = s;
  const code = b.value(Op.RawLoad, Type.I64, record, 0, 0, rt.func.code, 0, aux);
  let current = 0;
  if (s.env.linked) {
    current = b.value(Op.GetInstance, Type.I64);
    const instance = b.value(Op.RawLoad, Type.I64, record, 0, 0, rt.func.instance, 0, aux);
    b.value(Op.SwitchInstance, Type.Void, instance);
  }
  return buildCall(s, Op.CallPointer, [code, ...args], 0, type, current);
}

// ---- The host ----

const hostSignatures = new WeakMap<TranslatedType, Signature>();

/** C leaves the upper half of an i32 result undefined, so such a result has type i64. */
function hostSignature(type: TranslatedType): Signature {
  let signature = hostSignatures.get(type);
  if (signature === undefined) {
    const results = type.results.map((t) => (t === Type.I32 ? Type.I64 : t));
    signature = { params: [Type.I64, ...type.params], results };
    hostSignatures.set(type, signature);
  }
  return signature;
}

/** Calls the C function that meets import `index`. */
export function callHostFunction(
  s: State,
  index: number,
  symbol: string,
  type: TranslatedType,
  args: readonly number[],
): number[] {
  if (type.results.length > 1) {
    const { imported } = s.env.module.functions[index];
    const name = `"${imported?.module}" "${imported?.name}"`;
    throw new CompileError(
      `import ${name} has ${type.results.length} results: a C function can have one`,
      {},
      "unsupported",
    );
  }
  const v = buildHostCall(s, s.env.symbols.host(symbol), hostSignature(type), args);
  if (type.results.length === 0) return [];
  return [type.results[0] === Type.I32 ? s.b.value(Op.Wrap, Type.I32, v) : v];
}

function buildHostCall(s: State, symbol: number, signature: Signature, args: readonly number[]): number {
  const result = signature.results[0] ?? Type.Void;
  return s.b.call(Op.CallHost, result, [s.instance(0), ...args], symbol, s.signature(signature));
}

const { I32, I64 } = Type;
/** Parameters behind the instance, and results, of the runtime's functions (docs/ABI.md, "Calls to the host"). */
const runtimeTypes: Record<RuntimeSymbol, readonly [Type[], Type[]]> = {
  rt_memory_grow: [[I32, I64], [I64]],
  rt_memory_copy: [[I32, I32, I64, I64, I64], []],
  rt_memory_fill: [[I32, I64, I32, I64], []],
  rt_memory_init: [[I32, I32, I64, I32, I32], []],
  rt_data_drop: [[I32], []],
  rt_table_grow: [[I32, I64, I64], [I64]],
  rt_table_fill: [[I32, I64, I64, I64], []],
  rt_table_copy: [[I32, I32, I64, I64, I64], []],
  rt_table_init: [[I32, I32, I64, I32, I32], []],
  rt_elem_drop: [[I32], []],
  rt_block_move: [[I32, I32, I32], [I64]],
  rt_block_fill: [[I32, I32, I32], [I64]],
  rt_block_compare: [[I32, I32, I32], [I64]],
  rt_find_byte: [[I32, I32, I32], [I64]],
  rt_string_length: [[I32], [I64]],
  rt_string_compare: [[I32, I32, I32], [I64]],
  rt_find_byte_or_end: [[I32, I32], [I64]],
  rt_string_copy: [[I32, I32], [I64]],
  rt_skip_until: [[I64, I32, I32, I64], [I64]],
  rt_skip_until_backwards: [[I64, I32, I64], [I64]],
  rt_skip_span: [[I64, I32, I64], [I64]],
  rt_skip_equal: [[I64, I64, I64], [I64]],
  rt_skip_equal_strings: [[I64, I64, I64], [I64]],
};
const runtimeSignatures = new Map<string, Signature>(
  Object.entries(runtimeTypes).map(([name, [params, results]]) => [
    name,
    { params: [I64, ...params], results },
  ]),
);

/** Calls a function of the runtime; i32 arguments that the runtime takes as 64 bits are zero-extended. */
export function callRuntime(s: State, name: RuntimeSymbol, args: readonly number[]): number {
  const signature = runtimeSignatures.get(name)!;
  const { f, b } = s;
  const converted = mapNumbers(args, (v, i) =>
    signature.params[i + 1] === I64 && f.type[v] === I32 ? b.value(Op.ExtendU, I64, v) : v,
  );
  return buildHostCall(s, s.env.symbols.runtime(name), signature, converted);
}

// ---- Function values ----

/** The reference to function `index`: the address of its record. */
export function functionReference(s: State, index: number): number {
  const { b } = s;
  const { layout, symbols, instance, module } = s.env;
  const record = layout.records[index];
  if (record < 0) {
    if (index >= module.importedFunctionCount) throw new Error(`function ${index} has no record`);
    return s.loadConstant(s.instance(layout.functionSlots + 8 * index));
  }
  const offset = rt.func.byteSize * record;
  if (instance === "pointer") return s.instance(layout.functionRecords + offset);
  const records = b.value(Op.SymbolAddress, Type.I64, 0, 0, 0, symbols.functionRecords);
  return offset === 0 ? records : b.value(Op.Add, Type.I64, records, b.constant(Type.I64, offset));
}

export function refFunc(s: State): void {
  s.push(functionReference(s, s.r.u32()));
}

export function callIndirect(s: State): void {
  const { b, env } = s;
  const typeIndex = s.r.u32();
  const table = s.r.u32();
  const type = s.types.get(typeIndex);
  const index = s.popRaw();
  const args = s.popMany(type.params.length);
  const expected = env.typeIds[typeIndex];
  const fixed = s.facts.fixedSize(table);
  const outside =
    fixed >= 0
      ? b.value(Op.GeU, Type.I32, index, b.constant(Type.I32, fixed | 0))
      : b.value(Op.GeU, Type.I32, b.value(Op.ExtendU, Type.I64, index), tableSize(s, table));
  s.trapIf(outside, TrapCode.UndefinedElement);
  const dispatch = s.facts.dispatchTable(table, expected);
  if (dispatch !== undefined) {
    pushResults(s, callDispatched(s, dispatch, index, type, args));
    return;
  }
  const elements = tableField(s, table, rt.table.elements, fixed >= 0);
  const reference = b.value(
    Op.RawLoad,
    Type.I64,
    elementAddress(s, elements, index),
    0,
    0,
    0,
    0,
    accessAux(Width.Full, Alias.Table),
  );
  // The first read through a null reference traps as "uninitialized element".
  if (s.facts.singleType(table) !== expected) {
    const found = b.value(Op.RawLoad, Type.I32, reference, 0, 0, rt.func.typeId, 0, RECORD);
    const differs = b.value(Op.Ne, Type.I32, found, b.constant(Type.I32, expected));
    s.trapIf(differs, TrapCode.IndirectCallMismatch);
  }
  pushResults(s, callRecord(s, reference, type, args, RECORD));
}

/** Calls element `index`, in bounds, of a table that never changes. */
function callDispatched(
  s: State,
  dispatch: DispatchTable,
  index: number,
  type: TranslatedType,
  args: readonly number[],
): number[] {
  const { b } = s;
  const only = onlyTarget(dispatch);
  if (only >= 0) {
    const at = (op: Op, place: number): number =>
      b.value(op, Type.I32, index, b.constant(Type.I32, place | 0));
    const { entries } = dispatch;
    if (entries[0] === NULL_ENTRY) s.trapIf(at(Op.Eq, 0), TrapCode.UninitializedElement);
    if (entries.length > 1) s.trapIf(at(Op.Ne, only), TrapCode.IndirectCallMismatch);
    return callFunction(s, entries[only], type, args);
  }
  const codes = b.value(Op.SymbolAddress, Type.I64, 0, 0, 0, dispatch.symbol);
  const code = b.value(Op.RawLoad, Type.I64, elementAddress(s, codes, index), 0, 0, 0, 0, CONSTANT);
  return buildCall(s, Op.CallPointer, [code, ...args], 0, type);
}

/** Place of the only element that may be called, when the others are not null, but for the first; else -1. */
function onlyTarget({ entries }: DispatchTable): number {
  let only = -1;
  for (let i = 0; i < entries.length; i++) {
    if (entries[i] === OTHER_TYPE || (entries[i] === NULL_ENTRY && i === 0)) continue;
    if (entries[i] === NULL_ENTRY || only >= 0) return -1;
    only = i;
  }
  return only;
}

/** The body of an import met by C that is used as a value: hands its parameters on. */
export function translateHostStub(s: State, index: number): void {
  const { env, f } = s;
  const binding = env.bindings[index];
  if (binding.kind !== "host") throw new Error(`import ${index} needs no stub`);
  const type = s.types.get(env.module.functions[index].typeIndex);
  returnValues(s, callHostFunction(s, index, binding.symbol, type, f.blocks[0].params.slice()));
}
