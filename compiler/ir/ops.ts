// The one table of IR operations. Printer, parser, verifier, evaluator, effect checks and rule tables derive
// from these rows; nothing else lists operations.
//
// A row says: mnemonic, argument types, result type, effect, and algebraic facts. "T" stands for the
// instruction's own type (the type column), "A" for any type. A comparison's type column is I32 (its result); its operands
// share one type, read off the first argument.
import { Type } from "./types.ts";

export enum Effect {
  /** Depends on its arguments only: may be duplicated, moved, merged, dropped. */
  Pure = 0,
  /** Pure but for a trap: may be merged with an equal dominating one, never dropped or moved up past other effects. */
  Trap = 1,
  /** Reads memory and may trap (unless its aux says nonTrapping): merged with an equal one when no write lies between. */
  Read = 2,
  /** Writes memory (and may trap). */
  Write = 3,
  /** Reads and writes everything, may trap, may not return. */
  Call = 4,
  /** Ends a block. */
  Terminator = 5,
}

export enum Op {
  Nop = 0,
  /** Block parameter (the parameters of block 0 are those of the function); defined by its block, not in its list. */
  Param,
  /** Result number imm (1 and up) of the call that is its argument; stands directly after the call. */
  Result,
  /** imm holds the bits: lo, hi. */
  Const,
  Add,
  Sub,
  Mul,
  DivS,
  DivU,
  RemS,
  RemU,
  And,
  Or,
  Xor,
  Shl,
  ShrS,
  ShrU,
  Rotl,
  Rotr,
  /** Upper 64 (32) bits of the full product. */
  MulHighS,
  MulHighU,
  Clz,
  Ctz,
  Popcnt,
  Bswap,
  /** Sign-extend the low 8, 16, 32 bits, in the value's own type. */
  Extend8S,
  Extend16S,
  Extend32S,
  /** i32 to i64. */
  ExtendS,
  ExtendU,
  /** i64 to i32. */
  Wrap,
  Eq,
  Ne,
  LtS,
  LtU,
  LeS,
  LeU,
  GtS,
  GtU,
  GeS,
  GeU,
  FAdd,
  FSub,
  FMul,
  FDiv,
  FMin,
  FMax,
  FCopysign,
  FAbs,
  FNeg,
  FSqrt,
  FCeil,
  FFloor,
  FTrunc,
  FNearest,
  FEq,
  FNe,
  FLt,
  FLe,
  FGt,
  FGe,
  /** Float to integer; trap on NaN and overflow. */
  TruncS,
  TruncU,
  TruncSatS,
  TruncSatU,
  /** Integer to float. */
  ConvertS,
  ConvertU,
  Demote,
  Promote,
  /** Same bits, other type of the same size. */
  Bitcast,
  /** (condition i32, if non-zero, if zero). */
  Select,
  /** Linear memory 0: (address i32 or i64), byte offset in immLo (u32), aux = accessAux. */
  Load,
  /** (address, value). */
  Store,
  /** Any memory by native address: (address i64), signed byte offset in immLo, aux = accessAux. */
  RawLoad,
  RawStore,
  /** Address of byte immLo of the instance. */
  InstanceAddress,
  /** Address of symbol immLo (an id of the module's symbol table, see codegen/symbols.ts). */
  SymbolAddress,
  /** Base address of linear memory 0, as i64. */
  MemoryBase,
  /** Traps with code immLo if its i32 argument is non-zero. */
  TrapIf,
  /** Direct call in the internal convention of wasm function immLo; aux is the type id. Type: first result or Void. */
  Call,
  /** (code address i64, arguments...), internal convention; aux is the type index into func.signatures. */
  CallPointer,
  /** C function of symbol immLo through rt_host_call; the first argument is the instance. aux as CallPointer. */
  CallHost,
  /** The instance whose pinned registers are set (an address); never moved or repeated. */
  GetInstance,
  /** Sets the pinned registers for the instance at its argument (docs/ABI.md, "Several modules"). */
  SwitchInstance,
  Jump,
  /** (condition i32), edges: non-zero, zero. */
  Branch,
  /** (index i32), edges: 0..n-1, last is the default. */
  Switch,
  Return,
  /** Ends in trap immLo. */
  Trap,
  // Vectors of 16 bytes; lane 0 comes first in memory. Named as WebAssembly names what computes the same.
  I32x4Splat,
  I64x2Splat,
  F32x4Splat,
  F64x2Splat,
  /** Lane immLo. */
  I32x4ExtractLane,
  I64x2ExtractLane,
  F32x4ExtractLane,
  F64x2ExtractLane,
  /** (vector, new value of lane immLo). */
  I32x4ReplaceLane,
  I64x2ReplaceLane,
  F32x4ReplaceLane,
  F64x2ReplaceLane,
  V128And,
  V128Or,
  V128Xor,
  I32x4Add,
  I32x4Sub,
  I32x4Mul,
  /** The upper halves of the products. */
  I32x4MulHighS,
  I32x4MulHighU,
  I32x4MinS,
  I32x4MinU,
  I32x4MaxS,
  I32x4MaxU,
  /** Comparisons give lanes of ones or zeros. */
  I32x4Eq,
  I32x4GtS,
  I64x2Add,
  I64x2Sub,
  /** (vector, count i32), modulo the lane's width. */
  I32x4Shl,
  I32x4ShrS,
  I32x4ShrU,
  F32x4Add,
  F32x4Sub,
  F32x4Mul,
  F32x4Div,
  F32x4Sqrt,
  F32x4Abs,
  F32x4Neg,
  F32x4Eq,
  F32x4Lt,
  F32x4Le,
  F64x2Add,
  F64x2Sub,
  F64x2Mul,
  F64x2Div,
  F64x2Sqrt,
  F64x2Abs,
  F64x2Neg,
  F64x2Eq,
  F64x2Lt,
  F64x2Le,
  F32x4ConvertI32x4S,
  /** The low halves of all lanes of i32 (i16), those of the first vector before those of the second. */
  I16x8Pack,
  I8x16Pack,
  /** (x, y, mask): bits of x where the mask has ones, otherwise of y. */
  V128Bitselect,
  /** Bytes immLo (1 to 15) and up of the first vector, then bytes of the second: one of the shuffles. */
  V128Ext,
}

/** What the immediate columns of an instruction mean. */
export enum Immediate {
  None = 0,
  /** immLo, immHi: the bits of a constant. */
  Bits,
  /** immLo: an index or id. */
  Index,
  /** immLo: byte offset; aux: accessAux. */
  Access,
  /** immLo: function, symbol or nothing; aux: index into func.signatures. */
  Call,
  /** immLo: TrapCode. */
  Trap,
}

export type ArgType = Type | "T" | "A";
export interface OpRow {
  readonly name: string;
  /** Undefined: any number (calls, return). */
  readonly args: readonly ArgType[] | undefined;
  /** "T": any type the row's `types` lists. */
  readonly result: Type | "T";
  /** Types the type column may hold. */
  readonly types: readonly Type[];
  readonly effect: Effect;
  readonly commutes: boolean;
  readonly immediate: Immediate;
}

const { Void, I32, I64, F32, F64, V128 } = Type;
const ints = [I32, I64];
const floats = [F32, F64];
const scalars = [I32, I64, F32, F64];
const all = [I32, I64, F32, F64, V128];

const immediates: { [op in Op]?: Immediate } = {
  [Op.Param]: Immediate.Index,
  [Op.Result]: Immediate.Index,
  [Op.Const]: Immediate.Bits,
  [Op.Load]: Immediate.Access,
  [Op.Store]: Immediate.Access,
  [Op.RawLoad]: Immediate.Access,
  [Op.RawStore]: Immediate.Access,
  [Op.InstanceAddress]: Immediate.Index,
  [Op.SymbolAddress]: Immediate.Index,
  [Op.TrapIf]: Immediate.Trap,
  [Op.Trap]: Immediate.Trap,
  [Op.Call]: Immediate.Call,
  [Op.CallPointer]: Immediate.Call,
  [Op.CallHost]: Immediate.Call,
  [Op.I32x4ExtractLane]: Immediate.Index,
  [Op.I64x2ExtractLane]: Immediate.Index,
  [Op.F32x4ExtractLane]: Immediate.Index,
  [Op.F64x2ExtractLane]: Immediate.Index,
  [Op.I32x4ReplaceLane]: Immediate.Index,
  [Op.I64x2ReplaceLane]: Immediate.Index,
  [Op.F32x4ReplaceLane]: Immediate.Index,
  [Op.F64x2ReplaceLane]: Immediate.Index,
  [Op.V128Ext]: Immediate.Index,
};

export const ops: OpRow[] = [];

function row(
  op: Op,
  name: string,
  args: readonly ArgType[] | undefined,
  result: Type | "T",
  types: readonly Type[],
  effect = Effect.Pure,
  commutes = false,
): void {
  ops[op] = { name, args, result, types, effect, commutes, immediate: immediates[op] ?? Immediate.None };
}

function rows(list: readonly (readonly [Op, string])[], make: (op: Op, name: string) => void): void {
  for (const [op, name] of list) make(op, name);
}

row(Op.Nop, "nop", [], Void, [Void]);
row(Op.Param, "param", [], "T", all);
row(Op.Result, "result", ["A"], "T", all);
row(Op.Const, "const", [], "T", all);
rows(
  [
    [Op.Add, "add"],
    [Op.Mul, "mul"],
    [Op.And, "and"],
    [Op.Or, "or"],
    [Op.Xor, "xor"],
    [Op.MulHighS, "mulhigh_s"],
    [Op.MulHighU, "mulhigh_u"],
  ],
  (op, name) => row(op, name, ["T", "T"], "T", ints, Effect.Pure, true),
);
rows(
  [
    [Op.Sub, "sub"],
    [Op.Shl, "shl"],
    [Op.ShrS, "shr_s"],
    [Op.ShrU, "shr_u"],
    [Op.Rotl, "rotl"],
    [Op.Rotr, "rotr"],
  ],
  (op, name) => row(op, name, ["T", "T"], "T", ints),
);
rows(
  [
    [Op.DivS, "div_s"],
    [Op.DivU, "div_u"],
    [Op.RemS, "rem_s"],
    [Op.RemU, "rem_u"],
  ],
  (op, name) => row(op, name, ["T", "T"], "T", ints, Effect.Trap),
);
rows(
  [
    [Op.Clz, "clz"],
    [Op.Ctz, "ctz"],
    [Op.Popcnt, "popcnt"],
    [Op.Bswap, "bswap"],
    [Op.Extend8S, "extend8_s"],
    [Op.Extend16S, "extend16_s"],
  ],
  (op, name) => row(op, name, ["T"], "T", ints),
);
row(Op.Extend32S, "extend32_s", [I64], I64, [I64]);
row(Op.ExtendS, "extend_s", [I32], I64, [I64]);
row(Op.ExtendU, "extend_u", [I32], I64, [I64]);
row(Op.Wrap, "wrap", [I64], I32, [I32]);
rows(
  [
    [Op.Eq, "eq"],
    [Op.Ne, "ne"],
  ],
  (op, name) => row(op, name, ["A", "A"], I32, [I32], Effect.Pure, true),
);
rows(
  [
    [Op.LtS, "lt_s"],
    [Op.LtU, "lt_u"],
    [Op.LeS, "le_s"],
    [Op.LeU, "le_u"],
    [Op.GtS, "gt_s"],
    [Op.GtU, "gt_u"],
    [Op.GeS, "ge_s"],
    [Op.GeU, "ge_u"],
  ],
  (op, name) => row(op, name, ["A", "A"], I32, [I32]),
);
rows(
  [
    [Op.FAdd, "fadd"],
    [Op.FMul, "fmul"],
  ],
  (op, name) => row(op, name, ["T", "T"], "T", floats, Effect.Pure, false),
);
rows(
  [
    [Op.FSub, "fsub"],
    [Op.FDiv, "fdiv"],
    [Op.FMin, "fmin"],
    [Op.FMax, "fmax"],
    [Op.FCopysign, "fcopysign"],
  ],
  (op, name) => row(op, name, ["T", "T"], "T", floats),
);
rows(
  [
    [Op.FAbs, "fabs"],
    [Op.FNeg, "fneg"],
    [Op.FSqrt, "fsqrt"],
    [Op.FCeil, "fceil"],
    [Op.FFloor, "ffloor"],
    [Op.FTrunc, "ftrunc"],
    [Op.FNearest, "fnearest"],
  ],
  (op, name) => row(op, name, ["T"], "T", floats),
);
rows(
  [
    [Op.FEq, "feq"],
    [Op.FNe, "fne"],
  ],
  (op, name) => row(op, name, ["A", "A"], I32, [I32], Effect.Pure, true),
);
rows(
  [
    [Op.FLt, "flt"],
    [Op.FLe, "fle"],
    [Op.FGt, "fgt"],
    [Op.FGe, "fge"],
  ],
  (op, name) => row(op, name, ["A", "A"], I32, [I32]),
);
rows(
  [
    [Op.TruncS, "trunc_s"],
    [Op.TruncU, "trunc_u"],
  ],
  (op, name) => row(op, name, ["A"], "T", ints, Effect.Trap),
);
rows(
  [
    [Op.TruncSatS, "trunc_sat_s"],
    [Op.TruncSatU, "trunc_sat_u"],
  ],
  (op, name) => row(op, name, ["A"], "T", ints),
);
rows(
  [
    [Op.ConvertS, "convert_s"],
    [Op.ConvertU, "convert_u"],
  ],
  (op, name) => row(op, name, ["A"], "T", floats),
);
row(Op.Demote, "demote", [F64], F32, [F32]);
row(Op.Promote, "promote", [F32], F64, [F64]);
row(Op.Bitcast, "bitcast", ["A"], "T", scalars);
row(Op.Select, "select", [I32, "T", "T"], "T", all);
row(Op.Load, "load", ["A"], "T", all, Effect.Read);
row(Op.Store, "store", ["A", "A"], Void, [Void], Effect.Write);
row(Op.RawLoad, "raw_load", [I64], "T", all, Effect.Read);
row(Op.RawStore, "raw_store", [I64, "A"], Void, [Void], Effect.Write);
row(Op.InstanceAddress, "instance_address", [], I64, [I64]);
row(Op.SymbolAddress, "symbol_address", [], I64, [I64]);
row(Op.MemoryBase, "memory_base", [], I64, [I64], Effect.Pure);
row(Op.TrapIf, "trap_if", [I32], Void, [Void], Effect.Trap);
rows(
  [
    [Op.Call, "call"],
    [Op.CallPointer, "call_pointer"],
    [Op.CallHost, "call_host"],
  ],
  (op, name) => row(op, name, undefined, "T", [Void, ...all], Effect.Call),
);
row(Op.GetInstance, "get_instance", [], I64, [I64], Effect.Call);
row(Op.SwitchInstance, "switch_instance", [I64], Void, [Void], Effect.Call);
row(Op.Jump, "jump", [], Void, [Void], Effect.Terminator);
row(Op.Branch, "branch", [I32], Void, [Void], Effect.Terminator);
row(Op.Switch, "switch", [I32], Void, [Void], Effect.Terminator);
row(Op.Return, "return", undefined, Void, [Void], Effect.Terminator);
row(Op.Trap, "trap", [], Void, [Void], Effect.Terminator);

for (const [shape, lane, splat, extract, replace] of [
  ["i32x4", I32, Op.I32x4Splat, Op.I32x4ExtractLane, Op.I32x4ReplaceLane],
  ["i64x2", I64, Op.I64x2Splat, Op.I64x2ExtractLane, Op.I64x2ReplaceLane],
  ["f32x4", F32, Op.F32x4Splat, Op.F32x4ExtractLane, Op.F32x4ReplaceLane],
  ["f64x2", F64, Op.F64x2Splat, Op.F64x2ExtractLane, Op.F64x2ReplaceLane],
] as const) {
  row(splat, `${shape}_splat`, [lane], V128, [V128]);
  row(extract, `${shape}_extract_lane`, [V128], lane, [lane]);
  row(replace, `${shape}_replace_lane`, [V128, lane], V128, [V128]);
}
rows(
  [
    [Op.V128And, "v128_and"],
    [Op.V128Or, "v128_or"],
    [Op.V128Xor, "v128_xor"],
    [Op.I32x4Add, "i32x4_add"],
    [Op.I32x4Mul, "i32x4_mul"],
    [Op.I32x4MulHighS, "i32x4_mulhigh_s"],
    [Op.I32x4MulHighU, "i32x4_mulhigh_u"],
    [Op.I32x4MinS, "i32x4_min_s"],
    [Op.I32x4MinU, "i32x4_min_u"],
    [Op.I32x4MaxS, "i32x4_max_s"],
    [Op.I32x4MaxU, "i32x4_max_u"],
    [Op.I32x4Eq, "i32x4_eq"],
    [Op.F32x4Eq, "f32x4_eq"],
    [Op.F64x2Eq, "f64x2_eq"],
    [Op.I64x2Add, "i64x2_add"],
  ],
  (op, name) => row(op, name, [V128, V128], V128, [V128], Effect.Pure, true),
);
rows(
  [
    [Op.I32x4Sub, "i32x4_sub"],
    [Op.I64x2Sub, "i64x2_sub"],
    [Op.F32x4Add, "f32x4_add"],
    [Op.F32x4Sub, "f32x4_sub"],
    [Op.F32x4Mul, "f32x4_mul"],
    [Op.F32x4Div, "f32x4_div"],
    [Op.F64x2Add, "f64x2_add"],
    [Op.F64x2Sub, "f64x2_sub"],
    [Op.F64x2Mul, "f64x2_mul"],
    [Op.F64x2Div, "f64x2_div"],
    [Op.I32x4GtS, "i32x4_gt_s"],
    [Op.F32x4Lt, "f32x4_lt"],
    [Op.F32x4Le, "f32x4_le"],
    [Op.F64x2Lt, "f64x2_lt"],
    [Op.F64x2Le, "f64x2_le"],
    [Op.I16x8Pack, "i16x8_pack"],
    [Op.I8x16Pack, "i8x16_pack"],
    [Op.V128Ext, "v128_ext"],
  ],
  (op, name) => row(op, name, [V128, V128], V128, [V128]),
);
rows(
  [
    [Op.I32x4Shl, "i32x4_shl"],
    [Op.I32x4ShrS, "i32x4_shr_s"],
    [Op.I32x4ShrU, "i32x4_shr_u"],
  ],
  (op, name) => row(op, name, [V128, I32], V128, [V128]),
);
rows(
  [
    [Op.F32x4Sqrt, "f32x4_sqrt"],
    [Op.F32x4Abs, "f32x4_abs"],
    [Op.F32x4Neg, "f32x4_neg"],
    [Op.F64x2Sqrt, "f64x2_sqrt"],
    [Op.F64x2Abs, "f64x2_abs"],
    [Op.F64x2Neg, "f64x2_neg"],
    [Op.F32x4ConvertI32x4S, "f32x4_convert_i32x4_s"],
  ],
  (op, name) => row(op, name, [V128], V128, [V128]),
);

row(Op.V128Bitselect, "v128_bitselect", [V128, V128, V128], V128, [V128]);

/** Effects by op, for hot loops. */
export const opEffect: Uint8Array = Uint8Array.from(ops, (r) => r.effect);
export const opCommutes: Uint8Array = Uint8Array.from(ops, (r) => (r.commutes ? 1 : 0));

/** The comparison with swapped operands (a < b to b > a). */
export const swappedCompare = new Map<Op, Op>([
  [Op.Eq, Op.Eq],
  [Op.Ne, Op.Ne],
  [Op.LtS, Op.GtS],
  [Op.GtS, Op.LtS],
  [Op.LeS, Op.GeS],
  [Op.GeS, Op.LeS],
  [Op.LtU, Op.GtU],
  [Op.GtU, Op.LtU],
  [Op.LeU, Op.GeU],
  [Op.GeU, Op.LeU],
  [Op.FEq, Op.FEq],
  [Op.FNe, Op.FNe],
  [Op.FLt, Op.FGt],
  [Op.FGt, Op.FLt],
  [Op.FLe, Op.FGe],
  [Op.FGe, Op.FLe],
]);

/** The opposite integer comparison (a < b to a >= b). Float comparisons have one only for eq and ne. */
export const invertedCompare = new Map<Op, Op>([
  [Op.Eq, Op.Ne],
  [Op.Ne, Op.Eq],
  [Op.LtS, Op.GeS],
  [Op.GeS, Op.LtS],
  [Op.LeS, Op.GtS],
  [Op.GtS, Op.LeS],
  [Op.LtU, Op.GeU],
  [Op.GeU, Op.LtU],
  [Op.LeU, Op.GtU],
  [Op.GtU, Op.LeU],
  [Op.FEq, Op.FNe],
  [Op.FNe, Op.FEq],
]);

export function isIntegerCompare(op: Op): boolean {
  return op >= Op.Eq && op <= Op.GeU;
}
export function isFloatCompare(op: Op): boolean {
  return op >= Op.FEq && op <= Op.FGe;
}
