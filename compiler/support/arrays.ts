// Arrays as V8 likes them.
//
// Typed arrays are reused from one function to the next: `room` gives back the same array while it is large enough. They begin empty (`none32`, ...):
// optimized code takes a field that was assigned once for a constant, and is thrown away when the field is assigned again; so that happens with the first
// function, when nothing is optimized yet.
//
// Lists of numbers never have holes (`mapNumbers`), so that one kind of list is all that any function meets: code that meets another kind than it was
// optimized for is thrown away as well.

export const none8: Uint8Array<ArrayBuffer> = new Uint8Array(0);
export const none32: Int32Array<ArrayBuffer> = new Int32Array(0);
export const none64: Float64Array<ArrayBuffer> = new Float64Array(0);
/** Elements of a typed array, at least. */
const LEAST = 1024;

/** An array of at least `n` elements: `a` itself, or a larger one with a's elements at its start. */
export function room32(a: Int32Array<ArrayBuffer>, n: number): Int32Array<ArrayBuffer> {
  if (a.length >= n) return a;
  const b = new Int32Array(Math.max(n, a.length * 2, LEAST));
  b.set(a);
  return b;
}

/** As room32, for bytes. */
export function room8(a: Uint8Array<ArrayBuffer>, n: number): Uint8Array<ArrayBuffer> {
  if (a.length >= n) return a;
  const b = new Uint8Array(Math.max(n, a.length * 2, LEAST));
  b.set(a);
  return b;
}

/** As room32, for doubles. */
export function room64(a: Float64Array<ArrayBuffer>, n: number): Float64Array<ArrayBuffer> {
  if (a.length >= n) return a;
  const b = new Float64Array(Math.max(n, a.length * 2, LEAST));
  b.set(a);
  return b;
}

/** As a.map(f). That makes an array with holes, filled in, where it is optimized, and one without where it is not. */
export function mapNumbers(a: readonly number[], f: (x: number, i: number) => number): number[] {
  const b = a.slice();
  for (let i = 0; i < b.length; i++) b[i] = f(b[i], i);
  return b;
}
