// Operands worth trying: bits of values at the edges of each number type.
import type { NumberType } from "../support/binary.ts";

const i32 = [
  0, 1, 2, 3, 5, 7, 8, 15, 16, 31, 32, 33, 63, 64, 100, 127, 128, 255, 256, 2047, 2048, 4095, 4096, 32767,
  32768, 65535, 65536, 0x12345678, 0x7ffffffe, 0x7fffffff, -0x80000000, -0x7fffffff, -1, -2, -8, -128, -129,
  -2048, -2049, -4096, -32768, 0x55555555, -0x55555556, 0x00ff00ff,
];
const wide = [
  0x80000000n,
  0xffffffffn,
  0x100000000n,
  0x100000001n,
  0x7fffffff00000000n,
  0x7fffffffffffffffn,
  0x8000000000000000n,
  0x8000000000000001n,
  0xffffffff00000000n,
  0xffffffff80000000n,
  0xffffffff7fffffffn,
  0x123456789abcdef0n,
  0x5555555555555555n,
  0x00ff00ff00ff00ffn,
];
const floats = [
  0,
  -0,
  1,
  -1,
  0.5,
  -0.5,
  0.49999997,
  1.5,
  2.5,
  -2.5,
  3.5,
  1.1,
  -0.9999999,
  0.99999999,
  255.5,
  8388609.5,
  16777217,
  2147483520,
  2147483647,
  2147483647.5,
  2147483648,
  -2147483648,
  -2147483648.5,
  -2147483649,
  4294967040,
  4294967295,
  4294967295.5,
  4294967296,
  2 ** 53,
  2 ** 63 - 2 ** 39,
  2 ** 63 - 2 ** 10,
  2 ** 63,
  -(2 ** 63),
  -(2 ** 63) - 2 ** 40,
  2 ** 64 - 2 ** 40,
  2 ** 64 - 2 ** 11,
  2 ** 64,
  1e-45,
  -1e-45,
  1.1754944e-38,
  3.4028235e38,
  -3.4028235e38,
  5e-324,
  2.2250738585072014e-308,
  1.7976931348623157e308,
  1e30,
  -1e30,
  Infinity,
  -Infinity,
];
const nans32 = [0x7fc00000n, 0xffc00000n, 0x7fa00000n, 0x7f800001n, 0xffffffffn];
const nans64 = [0x7ff8000000000000n, 0xfff8000000000000n, 0x7ff4000000000000n, 0x7ff0000000000001n];

function unique(list: bigint[]): bigint[] {
  return [...new Set(list)];
}

function f32Bits(x: number): bigint {
  return BigInt(new Uint32Array(Float32Array.of(x).buffer)[0]);
}

function f64Bits(x: number): bigint {
  return new BigUint64Array(Float64Array.of(x).buffer)[0];
}

/** Bits, as unsigned numbers. */
export const edges: Record<NumberType, readonly bigint[]> = {
  i32: i32.map((x) => BigInt.asUintN(32, BigInt(x))),
  i64: unique([...i32.map((x) => BigInt.asUintN(64, BigInt(x))), ...wide]),
  f32: unique([...floats.map(f32Bits), ...nans32]),
  f64: unique([...floats.map(f64Bits), ...nans64]),
};
