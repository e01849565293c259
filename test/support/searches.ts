// The runtime's functions that tell how many bytes a search may skip, one byte at a time, for the worlds that run IR.

type Continues = (m: Uint8Array, at: number, i: number, args: readonly number[]) => boolean;

/** By name without "rt_skip_": whether byte i lets the search go on; arguments as numbers, the length last. */
const searches: Readonly<Record<string, Continues>> = {
  until: (m, at, i, [, one, other]) => m[at + i] !== (one & 255) && m[at + i] !== (other & 255),
  until_backwards: (m, at, i, [, byte]) => m[at - i] !== (byte & 255),
  span: (m, at, i, [, byte]) => m[at + i] === (byte & 255),
  equal: (m, a, i, [, b]) => b + i < m.length && m[a + i] === m[b + i],
  equal_strings: (m, a, i, [, b]) => b + i < m.length && m[a + i] === m[b + i] && m[a + i] !== 0,
};

export const searchNames: readonly string[] = Object.keys(searches);

/** Bytes skipped; `args`: halves of the arguments behind the instance. */
export function skipped(name: string, m: Uint8Array, args: readonly number[]): number[] {
  const numbers = args.flatMap((lo, i) => (i % 2 === 0 ? [(args[i + 1] >>> 0) * 2 ** 32 + (lo >>> 0)] : []));
  const n = numbers[numbers.length - 1];
  const at = numbers[0];
  let i = 0;
  while (i < n && at + i < m.length && at - i >= 0 && searches[name](m, at, i, numbers)) i++;
  if (name === "until_backwards" && at >= m.length) i = 0;
  return [i | 0, 0];
}
