// Every operator of the binary format that the compiler knows: the one source for decoder, validator, translator and
// error messages. Source: WebAssembly core specification 2.0, "Binary Format: Instructions".
//
// Operators behind a prefix byte have number prefix * 256 + sub-opcode (0xfc08 is memory.init; SIMD sub-opcodes above 255 go on
// from 0xfe00 on, see simdCode).

/** What follows the opcode. */
export enum Immediate {
  None = 0,
  Block,
  Label,
  LabelTable,
  Function,
  TypeAndTable,
  SelectTypes,
  Local,
  Global,
  Table,
  /** alignment, offset */
  Memory,
  /** one memory index */
  MemoryIndex,
  I32,
  I64,
  F32,
  F64,
  RefType,
  DataAndMemory,
  Data,
  TwoMemories,
  ElementAndTable,
  Element,
  TwoTables,
  V128,
  Shuffle,
  Lane,
  MemoryLane,
}

export interface OpcodeRow {
  readonly code: number;
  readonly name: string;
  readonly immediate: Immediate;
  /** Operand and result types as letters (i l f d v); undefined when validation is special. */
  readonly params: string | undefined;
  readonly results: string;
  /** log2 of the access size, for memory operators. */
  readonly align: number;
  readonly lanes: number;
}

const rows: (OpcodeRow | undefined)[] = [];

function op(
  code: number,
  name: string,
  immediate: Immediate,
  signature?: string,
  align = 0,
  lanes = 0,
): void {
  const [params, results] = signature === undefined ? [undefined, ""] : signature.split(":");
  rows[code] = { code, name, immediate, params, results, align, lanes };
}

/** Names in order from `code` on, all of one signature. */
function run(code: number, names: string, signature: string, prefix = ""): void {
  names.split(" ").forEach((n, i) => op(code + i, prefix + n, Immediate.None, signature));
}

op(0x00, "unreachable", Immediate.None);
op(0x01, "nop", Immediate.None, ":");
op(0x02, "block", Immediate.Block);
op(0x03, "loop", Immediate.Block);
op(0x04, "if", Immediate.Block);
op(0x05, "else", Immediate.None);
op(0x0b, "end", Immediate.None);
op(0x0c, "br", Immediate.Label);
op(0x0d, "br_if", Immediate.Label);
op(0x0e, "br_table", Immediate.LabelTable);
op(0x0f, "return", Immediate.None);
op(0x10, "call", Immediate.Function);
op(0x11, "call_indirect", Immediate.TypeAndTable);
op(0x1a, "drop", Immediate.None);
op(0x1b, "select", Immediate.None);
op(0x1c, "select", Immediate.SelectTypes);
op(0x20, "local.get", Immediate.Local);
op(0x21, "local.set", Immediate.Local);
op(0x22, "local.tee", Immediate.Local);
op(0x23, "global.get", Immediate.Global);
op(0x24, "global.set", Immediate.Global);
op(0x25, "table.get", Immediate.Table);
op(0x26, "table.set", Immediate.Table);
const loads: [string, string, number][] = [
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
  ["i64.load32_u", "l", 2],
];
loads.forEach(([name, result, align], i) => op(0x28 + i, name, Immediate.Memory, `i:${result}`, align));
const stores: [string, string, number][] = [
  ["i32.store", "i", 2],
  ["i64.store", "l", 3],
  ["f32.store", "f", 2],
  ["f64.store", "d", 3],
  ["i32.store8", "i", 0],
  ["i32.store16", "i", 1],
  ["i64.store8", "l", 0],
  ["i64.store16", "l", 1],
  ["i64.store32", "l", 2],
];
stores.forEach(([name, value, align], i) => op(0x36 + i, name, Immediate.Memory, `i${value}:`, align));
op(0x3f, "memory.size", Immediate.MemoryIndex, ":i");
op(0x40, "memory.grow", Immediate.MemoryIndex, "i:i");
op(0x41, "i32.const", Immediate.I32, ":i");
op(0x42, "i64.const", Immediate.I64, ":l");
op(0x43, "f32.const", Immediate.F32, ":f");
op(0x44, "f64.const", Immediate.F64, ":d");
const intCompare = "eq ne lt_s lt_u gt_s gt_u le_s le_u ge_s ge_u";
const floatCompare = "eq ne lt gt le ge";
const intBinary = "add sub mul div_s div_u rem_s rem_u and or xor shl shr_s shr_u rotl rotr";
run(0x45, "i32.eqz", "i:i");
run(0x46, intCompare, "ii:i", "i32.");
run(0x50, "i64.eqz", "l:i");
run(0x51, intCompare, "ll:i", "i64.");
run(0x5b, floatCompare, "ff:i", "f32.");
run(0x61, floatCompare, "dd:i", "f64.");
run(0x67, "clz ctz popcnt", "i:i", "i32.");
run(0x6a, intBinary, "ii:i", "i32.");
run(0x79, "clz ctz popcnt", "l:l", "i64.");
run(0x7c, intBinary, "ll:l", "i64.");
run(0x8b, "abs neg ceil floor trunc nearest sqrt", "f:f", "f32.");
run(0x92, "add sub mul div min max copysign", "ff:f", "f32.");
run(0x99, "abs neg ceil floor trunc nearest sqrt", "d:d", "f64.");
run(0xa0, "add sub mul div min max copysign", "dd:d", "f64.");
const conversions: [string, string][] = [
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
  ["i64.extend32_s", "l:l"],
];
conversions.forEach(([name, signature], i) => op(0xa7 + i, name, Immediate.None, signature));
op(0xd0, "ref.null", Immediate.RefType);
op(0xd1, "ref.is_null", Immediate.None);
op(0xd2, "ref.func", Immediate.Function);
const saturating: [string, string][] = [
  ["i32.trunc_sat_f32_s", "f:i"],
  ["i32.trunc_sat_f32_u", "f:i"],
  ["i32.trunc_sat_f64_s", "d:i"],
  ["i32.trunc_sat_f64_u", "d:i"],
  ["i64.trunc_sat_f32_s", "f:l"],
  ["i64.trunc_sat_f32_u", "f:l"],
  ["i64.trunc_sat_f64_s", "d:l"],
  ["i64.trunc_sat_f64_u", "d:l"],
];
saturating.forEach(([name, signature], i) => op(0xfc00 + i, name, Immediate.None, signature));
op(0xfc08, "memory.init", Immediate.DataAndMemory, "iii:");
op(0xfc09, "data.drop", Immediate.Data, ":");
op(0xfc0a, "memory.copy", Immediate.TwoMemories, "iii:");
op(0xfc0b, "memory.fill", Immediate.MemoryIndex, "iii:");
op(0xfc0c, "table.init", Immediate.ElementAndTable, "iii:");
op(0xfc0d, "elem.drop", Immediate.Element, ":");
op(0xfc0e, "table.copy", Immediate.TwoTables, "iii:");
op(0xfc0f, "table.grow", Immediate.Table);
op(0xfc10, "table.size", Immediate.Table, ":i");
op(0xfc11, "table.fill", Immediate.Table);

// SIMD (0xfd): decoded and typed here; code generation for it is a separate capability.
const v = 0xfd00;
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
  "v128.load64_splat",
].forEach((n, i) => op(v + i, n, Immediate.Memory, "i:v", [4, 3, 3, 3, 3, 3, 3, 0, 1, 2, 3][i]));
op(v + 0x0b, "v128.store", Immediate.Memory, "iv:", 4);
op(v + 0x0c, "v128.const", Immediate.V128, ":v");
op(v + 0x0d, "i8x16.shuffle", Immediate.Shuffle, "vv:v", 0, 32);
run(v + 0x0e, "i8x16.swizzle", "vv:v");
["i8x16", "i16x8", "i32x4", "i64x2", "f32x4", "f64x2"].forEach((n, i) =>
  op(v + 0x0f + i, `${n}.splat`, Immediate.None, `${"iiilfd"[i]}:v`),
);
const lanes: [string, string, number][] = [
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
  ["f64x2.replace_lane", "vd:v", 2],
];
lanes.forEach(([n, signature, count], i) => op(v + 0x15 + i, n, Immediate.Lane, signature, 0, count));
run(v + 0x23, intCompare, "vv:v", "i8x16.");
run(v + 0x2d, intCompare, "vv:v", "i16x8.");
run(v + 0x37, intCompare, "vv:v", "i32x4.");
run(v + 0x41, floatCompare, "vv:v", "f32x4.");
run(v + 0x47, floatCompare, "vv:v", "f64x2.");
run(v + 0x4d, "v128.not", "v:v");
run(v + 0x4e, "and andnot or xor", "vv:v", "v128.");
run(v + 0x52, "v128.bitselect", "vvv:v");
run(v + 0x53, "v128.any_true", "v:i");
[8, 16, 32, 64].forEach((bits, i) =>
  op(v + 0x54 + i, `v128.load${bits}_lane`, Immediate.MemoryLane, "iv:v", i, 128 / bits),
);
[8, 16, 32, 64].forEach((bits, i) =>
  op(v + 0x58 + i, `v128.store${bits}_lane`, Immediate.MemoryLane, "iv:", i, 128 / bits),
);
op(v + 0x5c, "v128.load32_zero", Immediate.Memory, "i:v", 2);
op(v + 0x5d, "v128.load64_zero", Immediate.Memory, "i:v", 3);
run(v + 0x5e, "f32x4.demote_f64x2_zero f64x2.promote_low_f32x4", "v:v");
run(v + 0x60, "abs neg popcnt", "v:v", "i8x16.");
run(v + 0x63, "all_true bitmask", "v:i", "i8x16.");
run(v + 0x65, "narrow_i16x8_s narrow_i16x8_u", "vv:v", "i8x16.");
run(v + 0x67, "f32x4.ceil f32x4.floor f32x4.trunc f32x4.nearest", "v:v");
run(v + 0x6b, "shl shr_s shr_u", "vi:v", "i8x16.");
run(v + 0x6e, "add add_sat_s add_sat_u sub sub_sat_s sub_sat_u", "vv:v", "i8x16.");
run(v + 0x74, "f64x2.ceil f64x2.floor", "v:v");
run(v + 0x76, "min_s min_u max_s max_u", "vv:v", "i8x16.");
run(v + 0x7a, "f64x2.trunc", "v:v");
run(v + 0x7b, "i8x16.avgr_u", "vv:v");
run(
  v + 0x7c,
  "i16x8.extadd_pairwise_i8x16_s i16x8.extadd_pairwise_i8x16_u i32x4.extadd_pairwise_i16x8_s i32x4.extadd_pairwise_i16x8_u",
  "v:v",
);
for (const [base, n] of [
  [0x80, "i16x8"],
  [0xa0, "i32x4"],
  [0xc0, "i64x2"],
] as const) {
  const narrow = n === "i16x8" ? "i8x16" : n === "i32x4" ? "i16x8" : "i32x4";
  run(v + base, "abs neg", "v:v", `${n}.`);
  run(v + base + 3, "all_true bitmask", "v:i", `${n}.`);
  run(
    v + base + 7,
    `extend_low_${narrow}_s extend_high_${narrow}_s extend_low_${narrow}_u extend_high_${narrow}_u`,
    "v:v",
    `${n}.`,
  );
  run(v + base + 0x0b, "shl shr_s shr_u", "vi:v", `${n}.`);
  run(v + base + 0x0e, "add", "vv:v", `${n}.`);
  run(v + base + 0x11, "sub", "vv:v", `${n}.`);
  run(v + base + 0x15, "mul", "vv:v", `${n}.`);
  run(
    v + base + 0x1c,
    `extmul_low_${narrow}_s extmul_high_${narrow}_s extmul_low_${narrow}_u extmul_high_${narrow}_u`,
    "vv:v",
    `${n}.`,
  );
}
run(v + 0x82, "i16x8.q15mulr_sat_s", "vv:v");
run(v + 0x85, "narrow_i32x4_s narrow_i32x4_u", "vv:v", "i16x8.");
run(v + 0x8f, "add_sat_s add_sat_u", "vv:v", "i16x8.");
run(v + 0x92, "sub_sat_s sub_sat_u", "vv:v", "i16x8.");
run(v + 0x94, "f64x2.nearest", "v:v");
run(v + 0x96, "min_s min_u max_s max_u", "vv:v", "i16x8.");
run(v + 0x9b, "i16x8.avgr_u", "vv:v");
run(v + 0xb6, "min_s min_u max_s max_u dot_i16x8_s", "vv:v", "i32x4.");
run(v + 0xd6, "eq ne lt_s gt_s le_s ge_s", "vv:v", "i64x2.");
run(v + 0xe0, "abs neg", "v:v", "f32x4.");
run(v + 0xe3, "sqrt", "v:v", "f32x4.");
run(v + 0xe4, "add sub mul div min max pmin pmax", "vv:v", "f32x4.");
run(v + 0xec, "abs neg", "v:v", "f64x2.");
run(v + 0xef, "sqrt", "v:v", "f64x2.");
run(v + 0xf0, "add sub mul div min max pmin pmax", "vv:v", "f64x2.");
run(
  v + 0xf8,
  "i32x4.trunc_sat_f32x4_s i32x4.trunc_sat_f32x4_u f32x4.convert_i32x4_s f32x4.convert_i32x4_u i32x4.trunc_sat_f64x2_s_zero i32x4.trunc_sat_f64x2_u_zero f64x2.convert_low_i32x4_s f64x2.convert_low_i32x4_u",
  "v:v",
);

/** Rows by operator number; undefined: not an operator of WebAssembly 2.0. */
export const opcodes: readonly (OpcodeRow | undefined)[] = rows;

/** Number of the operator behind a prefix byte, or -1 when the sub-opcode is out of range. */
export function prefixedCode(prefix: number, sub: number): number {
  return sub < 256 ? prefix * 256 + sub : -1;
}

/** What an operator beyond 2.0 needs, for the error that refuses it. */
export function laterFeature(prefix: number, sub: number): string | undefined {
  if (
    prefix === 0x06 ||
    prefix === 0x07 ||
    prefix === 0x08 ||
    prefix === 0x09 ||
    prefix === 0x0a ||
    prefix === 0x18 ||
    prefix === 0x19 ||
    prefix === 0x1f
  )
    return "exception handling";
  if (prefix === 0x12 || prefix === 0x13) return "tail calls";
  if (
    prefix === 0x14 ||
    prefix === 0x15 ||
    prefix === 0xd3 ||
    prefix === 0xd4 ||
    prefix === 0xd5 ||
    prefix === 0xd6
  )
    return "typed function references";
  if (prefix === 0xfb) return "garbage collection";
  if (prefix === 0xfd && sub >= 256) return "relaxed SIMD";
  if (prefix === 0xfe) return "threads";
  if (prefix === 0xfc && sub >= 0x13 && sub <= 0x16) return "wide arithmetic";
  return undefined;
}
