// 64-bit integers as two 32-bit halves (lo, hi), both kept as signed JS integers.
//
// Functions leave their result in `out`: no allocation, no BigInt, so that the optimizer may fold constants in hot loops.
// Division is the exception: it is rare, and BigInt does it.

/** Where the functions of this file leave their result. */
export const out: { lo: number; hi: number } = { lo: 0, hi: 0 };

function set(lo: number, hi: number): void {
  out.lo = lo;
  out.hi = hi;
}

export function add64(aLo: number, aHi: number, bLo: number, bHi: number): void {
  const lo = (aLo + bLo) | 0;
  const carry = lo >>> 0 < aLo >>> 0 ? 1 : 0;
  set(lo, (aHi + bHi + carry) | 0);
}

export function sub64(aLo: number, aHi: number, bLo: number, bHi: number): void {
  const borrow = aLo >>> 0 < bLo >>> 0 ? 1 : 0;
  set((aLo - bLo) | 0, (aHi - bHi - borrow) | 0);
}

/** Upper 32 bits of the unsigned product. */
export function mulHigh32U(a: number, b: number): number {
  const aLow = a & 0xffff;
  const aHigh = a >>> 16;
  const bLow = b & 0xffff;
  const bHigh = b >>> 16;
  const low = aLow * bLow;
  const middle = aHigh * bLow + (low >>> 16);
  const middle2 = aLow * bHigh + (middle % 0x10000);
  return (aHigh * bHigh + Math.floor(middle / 0x10000) + Math.floor(middle2 / 0x10000)) | 0;
}

/** Upper 32 bits of the signed product. */
export function mulHigh32S(a: number, b: number): number {
  return (mulHigh32U(a, b) - (a < 0 ? b : 0) - (b < 0 ? a : 0)) | 0;
}

export function mul64(aLo: number, aHi: number, bLo: number, bHi: number): void {
  const high = mulHigh32U(aLo, bLo) + Math.imul(aLo, bHi) + Math.imul(aHi, bLo);
  set(Math.imul(aLo, bLo), high | 0);
}

/** Upper 64 bits of the unsigned 128-bit product. */
export function mulHigh64U(aLo: number, aHi: number, bLo: number, bHi: number): void {
  const ah = aHi >>> 0;
  const al = aLo >>> 0;
  const cross1Lo = Math.imul(al, bHi) >>> 0;
  const cross1Hi = mulHigh32U(al, bHi) >>> 0;
  const cross2Lo = Math.imul(ah, bLo) >>> 0;
  const cross2Hi = mulHigh32U(ah, bLo) >>> 0;
  const carry = (mulHigh32U(al, bLo) >>> 0) + cross1Lo + cross2Lo;
  const middle = (Math.imul(ah, bHi) >>> 0) + cross1Hi + cross2Hi + Math.floor(carry / 0x100000000);
  const top = (mulHigh32U(ah, bHi) >>> 0) + Math.floor(middle / 0x100000000);
  set(middle | 0, top | 0);
}

/** Upper 64 bits of the signed 128-bit product. */
export function mulHigh64S(aLo: number, aHi: number, bLo: number, bHi: number): void {
  mulHigh64U(aLo, aHi, bLo, bHi);
  if (aHi < 0) sub64(out.lo, out.hi, bLo, bHi);
  if (bHi < 0) sub64(out.lo, out.hi, aLo, aHi);
}

/** Shift counts are taken modulo 64. */
export function shl64(lo: number, hi: number, count: number): void {
  const n = count & 63;
  if (n === 0) set(lo, hi);
  else if (n < 32) set(lo << n, (hi << n) | (lo >>> (32 - n)));
  else set(0, lo << (n - 32));
}

export function shrU64(lo: number, hi: number, count: number): void {
  const n = count & 63;
  if (n === 0) set(lo, hi);
  else if (n < 32) set((lo >>> n) | (hi << (32 - n)), (hi >>> n) | 0);
  else set((hi >>> (n - 32)) | 0, 0);
}

export function shrS64(lo: number, hi: number, count: number): void {
  const n = count & 63;
  if (n === 0) set(lo, hi);
  else if (n < 32) set((lo >>> n) | (hi << (32 - n)), hi >> n);
  else set(hi >> (n - 32), hi >> 31);
}

export function rotl64(lo: number, hi: number, count: number): void {
  const n = count & 63;
  shl64(lo, hi, n);
  const highLo = out.lo;
  const highHi = out.hi;
  if (n === 0) return;
  shrU64(lo, hi, 64 - n);
  set(out.lo | highLo, out.hi | highHi);
}

export function lessU64(aLo: number, aHi: number, bLo: number, bHi: number): boolean {
  return aHi === bHi ? aLo >>> 0 < bLo >>> 0 : aHi >>> 0 < bHi >>> 0;
}

export function lessS64(aLo: number, aHi: number, bLo: number, bHi: number): boolean {
  return aHi === bHi ? aLo >>> 0 < bLo >>> 0 : aHi < bHi;
}

export function clz64(lo: number, hi: number): number {
  return hi !== 0 ? Math.clz32(hi) : 32 + Math.clz32(lo);
}

export function ctz32(x: number): number {
  return x === 0 ? 32 : 31 - Math.clz32(x & -x);
}

export function ctz64(lo: number, hi: number): number {
  return lo !== 0 ? ctz32(lo) : 32 + ctz32(hi);
}

export function popcount32(x: number): number {
  x -= (x >>> 1) & 0x55555555;
  x = (x & 0x33333333) + ((x >>> 2) & 0x33333333);
  return Math.imul((x + (x >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}

export function bswap32(x: number): number {
  return (x << 24) | ((x & 0xff00) << 8) | ((x >>> 8) & 0xff00) | (x >>> 24);
}

/** True when the value is one set bit. */
export function isPowerOfTwo64(lo: number, hi: number): boolean {
  return popcount32(lo) + popcount32(hi) === 1;
}

export function toBigInt(lo: number, hi: number): bigint {
  return (BigInt(hi) << 32n) | BigInt(lo >>> 0);
}

/** Leaves the low 64 bits of x in `out`. */
export function fromBigInt(x: bigint): void {
  set(Number(BigInt.asIntN(32, x)), Number(BigInt.asIntN(32, x >> 32n)));
}

/** The double nearest to a signed value. */
export function toDoubleS(lo: number, hi: number): number {
  return hi * 4294967296 + (lo >>> 0);
}

/** The double nearest to an unsigned value. */
export function toDoubleU(lo: number, hi: number): number {
  return (hi >>> 0) * 4294967296 + (lo >>> 0);
}
