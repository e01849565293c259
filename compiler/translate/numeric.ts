// What each numeric operator of WebAssembly becomes: IR op, result type and number of operands, by opcode. Operators with immediates or
// effects on anything but the operand stack are not here.
//
// Source: core specification 2.0, "Binary Format: Numeric Instructions".
import { Op } from "../ir/ops.ts";
import { Type } from "../ir/types.ts";

const { I32, I64, F32, F64 } = Type;

/** Columns by opcode (one byte); saturating truncations (0xfc00 and up) stand from `saturatingBase` on. */
export const saturatingBase = 0xd8;
export const numericOp = new Uint8Array(256);
export const numericType = new Uint8Array(256);
/** 0: not a numeric operator; 1, 2: operands; 3: a test for zero of its operand's type. */
export const numericArity = new Uint8Array(256);
export const TEST_FOR_ZERO = 3;
/** The result does not depend on the bits of a NaN operand, up to the bits of a NaN result. */
export const ignoresNaNBits = new Uint8Array(256);

function row(code: number, op: Op, type: Type, arity: number): void {
  numericOp[code] = op;
  numericType[code] = type;
  numericArity[code] = arity;
}

function run(code: number, type: Type, arity: number, list: readonly Op[]): void {
  list.forEach((op, i) => row(code + i, op, type, arity));
}

const { Eq, Ne, LtS, LtU, GtS, GtU, LeS, LeU, GeS, GeU } = Op;
const intCompare = [Eq, Ne, LtS, LtU, GtS, GtU, LeS, LeU, GeS, GeU];
const floatCompare = [Op.FEq, Op.FNe, Op.FLt, Op.FGt, Op.FLe, Op.FGe];
const { Add, Sub, Mul, DivS, DivU, RemS, RemU, And, Or, Xor, Shl, ShrS, ShrU, Rotl, Rotr } = Op;
const intBinary = [Add, Sub, Mul, DivS, DivU, RemS, RemU, And, Or, Xor, Shl, ShrS, ShrU, Rotl, Rotr];
const intUnary = [Op.Clz, Op.Ctz, Op.Popcnt];
const floatUnary = [Op.FAbs, Op.FNeg, Op.FCeil, Op.FFloor, Op.FTrunc, Op.FNearest, Op.FSqrt];
const floatBinary = [Op.FAdd, Op.FSub, Op.FMul, Op.FDiv, Op.FMin, Op.FMax, Op.FCopysign];

row(0x45, Op.Eq, I32, TEST_FOR_ZERO);
run(0x46, I32, 2, intCompare);
row(0x50, Op.Eq, I64, TEST_FOR_ZERO);
run(0x51, I32, 2, intCompare);
run(0x5b, I32, 2, floatCompare);
run(0x61, I32, 2, floatCompare);
run(0x67, I32, 1, intUnary);
run(0x6a, I32, 2, intBinary);
run(0x79, I64, 1, intUnary);
run(0x7c, I64, 2, intBinary);
run(0x8b, F32, 1, floatUnary);
run(0x92, F32, 2, floatBinary);
run(0x99, F64, 1, floatUnary);
run(0xa0, F64, 2, floatBinary);
row(0xa7, Op.Wrap, I32, 1);
run(0xa8, I32, 1, [Op.TruncS, Op.TruncU, Op.TruncS, Op.TruncU]);
run(0xac, I64, 1, [Op.ExtendS, Op.ExtendU]);
run(0xae, I64, 1, [Op.TruncS, Op.TruncU, Op.TruncS, Op.TruncU]);
run(0xb2, F32, 1, [Op.ConvertS, Op.ConvertU, Op.ConvertS, Op.ConvertU, Op.Demote]);
run(0xb7, F64, 1, [Op.ConvertS, Op.ConvertU, Op.ConvertS, Op.ConvertU, Op.Promote]);
[I32, I64, F32, F64].forEach((type, i) => row(0xbc + i, Op.Bitcast, type, 1));
run(0xc0, I32, 1, [Op.Extend8S, Op.Extend16S]);
run(0xc2, I64, 1, [Op.Extend8S, Op.Extend16S, Op.Extend32S]);
const saturating = [Op.TruncSatS, Op.TruncSatU, Op.TruncSatS, Op.TruncSatU];
run(saturatingBase, I32, 1, saturating);
run(saturatingBase + 4, I64, 1, saturating);

for (let code = 0; code < 256; code++) {
  const op = numericOp[code] as Op;
  const isCompareOrConversion = op >= Op.FEq && op <= Op.TruncSatU;
  if (numericArity[code] !== 0 && (makesNaN(op) || isCompareOrConversion)) ignoresNaNBits[code] = 1;
}

/** Whether the bits of a NaN result of `op` may differ from machine to machine. */
export function makesNaN(op: Op): boolean {
  const signOnly = op === Op.FAbs || op === Op.FNeg || op === Op.FCopysign;
  return (op >= Op.FAdd && op <= Op.FNearest && !signOnly) || op === Op.Demote || op === Op.Promote;
}
