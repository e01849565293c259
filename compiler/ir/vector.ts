// What each operation on vectors computes, for the evaluator: lane by lane what scalar.ts says of the scalar operation.
//
// A vector is four 32-bit words at a place of `vectors`; scalars are (lo, hi) halves.
import { Op } from "./ops.ts";
import { evaluate, result } from "./scalar.ts";
import { Type, Width } from "./types.ts";

const { I32, I64, F32, F64 } = Type;

/** Lane types of splats and of what moves single lanes, from I32x4Splat on. */
const laneTypes = [I32, I64, F32, F64] as const;

/** The scalar operation and lane type of operations that work lane by lane. */
const lanewise = new Map<Op, readonly [Op, Type]>([
  [Op.I32x4Add, [Op.Add, I32]],
  [Op.I32x4Sub, [Op.Sub, I32]],
  [Op.I32x4Mul, [Op.Mul, I32]],
  [Op.I64x2Add, [Op.Add, I64]],
  [Op.I64x2Sub, [Op.Sub, I64]],
  [Op.V128And, [Op.And, I64]],
  [Op.V128Or, [Op.Or, I64]],
  [Op.V128Xor, [Op.Xor, I64]],
  [Op.F32x4Add, [Op.FAdd, F32]],
  [Op.F32x4Sub, [Op.FSub, F32]],
  [Op.F32x4Mul, [Op.FMul, F32]],
  [Op.F32x4Div, [Op.FDiv, F32]],
  [Op.F32x4Sqrt, [Op.FSqrt, F32]],
  [Op.F32x4Abs, [Op.FAbs, F32]],
  [Op.F32x4Neg, [Op.FNeg, F32]],
  [Op.F64x2Add, [Op.FAdd, F64]],
  [Op.F64x2Sub, [Op.FSub, F64]],
  [Op.F64x2Mul, [Op.FMul, F64]],
  [Op.F64x2Div, [Op.FDiv, F64]],
  [Op.F64x2Sqrt, [Op.FSqrt, F64]],
  [Op.F64x2Abs, [Op.FAbs, F64]],
  [Op.F64x2Neg, [Op.FNeg, F64]],
  [Op.F32x4ConvertI32x4S, [Op.ConvertS, F32]],
]);
/** Comparisons, whose lanes become ones or zeros. */
const comparisons = new Map<Op, readonly [Op, Type]>([
  [Op.I32x4Eq, [Op.Eq, I32]],
  [Op.I32x4GtS, [Op.GtS, I32]],
  [Op.F32x4Eq, [Op.FEq, F32]],
  [Op.F32x4Lt, [Op.FLt, F32]],
  [Op.F32x4Le, [Op.FLe, F32]],
  [Op.F64x2Eq, [Op.FEq, F64]],
  [Op.F64x2Lt, [Op.FLt, F64]],
  [Op.F64x2Le, [Op.FLe, F64]],
]);
/** The comparison that says which of two lanes is taken. */
export const choices = new Map<Op, Op>([
  [Op.I32x4MinS, Op.LtS],
  [Op.I32x4MinU, Op.LtU],
  [Op.I32x4MaxS, Op.GtS],
  [Op.I32x4MaxU, Op.GtU],
]);
const shifts = new Map<Op, Op>([
  [Op.I32x4Shl, Op.Shl],
  [Op.I32x4ShrS, Op.ShrS],
  [Op.I32x4ShrU, Op.ShrU],
]);

function wordsOf(lane: Type): number {
  return lane === I32 || lane === F32 ? 1 : 2;
}

/** Type of the lanes that a splat, an extraction or a replacement is about; undefined for other operations. */
function laneOf(op: Op): Type | undefined {
  return op >= Op.I32x4Splat && op <= Op.F64x2ReplaceLane ? laneTypes[(op - Op.I32x4Splat) % 4] : undefined;
}

function setLane(to: Int32Array, at: number, words: number, lo: number, hi: number): void {
  to[at] = lo;
  if (words === 2) to[at + 1] = hi;
}

/** Loads a vector, of lanes extended from a narrow width or not, to place d. */
export function loadVector(view: DataView, at: number, width: Width, vectors: Int32Array, d: number): void {
  for (let i = 0; i < 4; i++)
    switch (width) {
      case Width.S8:
        vectors[d + i] = view.getInt8(at + i);
        break;
      case Width.U8:
        vectors[d + i] = view.getUint8(at + i);
        break;
      case Width.S16:
        vectors[d + i] = view.getInt16(at + 2 * i, true);
        break;
      case Width.U16:
        vectors[d + i] = view.getUint16(at + 2 * i, true);
        break;
      case Width.Full:
        vectors[d + i] = view.getInt32(at + 4 * i, true);
        break;
      default: {
        const low = view.getInt32(at + 4 * (i >> 1), true);
        vectors[d + i] = (i & 1) === 0 ? low : width === Width.S32 ? low >> 31 : 0;
      }
    }
}

/** The half of each lane that packing keeps: lanes of 4 bytes become 2, lanes of 2 bytes 1. */
function pack(vectors: Int32Array, d: number, a: number, b: number, bytes: number): void {
  const from = new Uint8Array(Int32Array.of(...vectors.slice(a, a + 4), ...vectors.slice(b, b + 4)).buffer);
  const out = Uint8Array.from({ length: 16 }, (_, i) => from[2 * i - (i % bytes)]);
  vectors.set(new Int32Array(out.buffer), d);
}

/** Operations on lanes of i32 that no scalar operation does; false for others. */
function evaluateLanes(op: Op, vectors: Int32Array, d: number, a: number, b: number, mask: number): boolean {
  const choice = choices.get(op);
  const comparison = comparisons.get(op);
  if (op === Op.I16x8Pack) pack(vectors, d, a, b, 2);
  else if (op === Op.I8x16Pack) pack(vectors, d, a, b, 1);
  else if (op === Op.V128Bitselect) {
    for (let i = 0; i < 4; i++)
      vectors[d + i] = (vectors[a + i] & vectors[mask + i]) | (vectors[b + i] & ~vectors[mask + i]);
  } else if (op === Op.I32x4MulHighS || op === Op.I32x4MulHighU) {
    const isSigned = op === Op.I32x4MulHighS;
    for (let i = 0; i < 4; i++) {
      const [x, y] = [vectors[a + i], vectors[b + i]];
      evaluate(Op.Mul, I64, I64, x, isSigned ? x >> 31 : 0, y, isSigned ? y >> 31 : 0);
      vectors[d + i] = result.hi;
    }
  } else if (choice !== undefined) {
    for (let i = 0; i < 4; i++) {
      evaluate(choice, I32, I32, vectors[a + i], 0, vectors[b + i], 0);
      vectors[d + i] = vectors[(result.lo !== 0 ? a : b) + i];
    }
  } else if (comparison !== undefined) {
    const [compare, type] = comparison;
    const words = wordsOf(type);
    for (let i = 0; i < 4; i += words) {
      evaluate(compare, I32, type, vectors[a + i], vectors[a + i + 1], vectors[b + i], vectors[b + i + 1]);
      setLane(vectors, d + i, words, -result.lo, -result.lo);
    }
  } else return false;
  return true;
}

/** Computes `op` of vectors a and b (places in `vectors`), or of the scalar (lo, hi), to place d; what is extracted is left in `result` of scalar.ts. */
export function evaluateVector(
  op: Op,
  vectors: Int32Array,
  d: number,
  a: number,
  b: number,
  lo: number,
  hi: number,
  immediate: number,
): void {
  const lane = laneOf(op);
  if (lane !== undefined) {
    const words = wordsOf(lane);
    if (op <= Op.F64x2Splat) {
      for (let i = 0; i < 4; i += words) setLane(vectors, d + i, words, lo, hi);
    } else if (op <= Op.F64x2ExtractLane) {
      result.lo = vectors[a + immediate * words];
      result.hi = words === 2 ? vectors[a + immediate * words + 1] : lane === I32 ? result.lo >> 31 : 0;
    } else {
      vectors.copyWithin(d, a, a + 4);
      setLane(vectors, d + immediate * words, words, lo, hi);
    }
    return;
  }
  if (op === Op.V128Ext) {
    const bytes = new Uint8Array(vectors.slice(a, a + 4).buffer);
    const rest = new Uint8Array(vectors.slice(b, b + 4).buffer);
    const out = Uint8Array.from({ length: 16 }, (_, i) =>
      i + immediate < 16 ? bytes[i + immediate] : rest[i + immediate - 16],
    );
    vectors.set(new Int32Array(out.buffer), d);
    return;
  }
  if (evaluateLanes(op, vectors, d, a, b, immediate)) return;
  const shift = shifts.get(op);
  if (shift !== undefined) {
    for (let i = 0; i < 4; i++) {
      evaluate(shift, I32, I32, vectors[a + i], 0, lo, 0);
      vectors[d + i] = result.lo;
    }
    return;
  }
  const scalar = lanewise.get(op);
  if (scalar === undefined) throw new Error(`the evaluator does not know op ${Op[op]}`);
  const words = wordsOf(scalar[1]);
  const operand = scalar[0] === Op.ConvertS ? I32 : scalar[1];
  for (let i = 0; i < 4; i += words) {
    evaluate(
      scalar[0],
      scalar[1],
      operand,
      vectors[a + i],
      vectors[a + i + 1],
      vectors[b + i],
      vectors[b + i + 1],
    );
    setLane(vectors, d + i, words, result.lo, result.hi);
  }
}
