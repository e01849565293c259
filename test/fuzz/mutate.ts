// Damaged modules: cuts, flips, insertions, removals, repeated and exchanged pieces, oversized numbers, pieces of other modules, noise with a
// module's outline. The same random numbers give the same bytes.
import type { Random } from "../support/random.ts";

const header = [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0];
/** Bytes that mean something somewhere: ends of LEB128 numbers, types, opcodes, prefixes. */
const telling = [
  0, 1, 0x7f, 0x80, 0xff, 0x40, 0x60, 0x70, 0x6f, 0x7b, 0x7c, 0x7d, 0x7e, 0x0b, 0x0e, 0x11, 0x41, 0xfc, 0xfd,
];

function replace(bytes: Uint8Array, start: number, end: number, by: ArrayLike<number>): Uint8Array {
  const out = new Uint8Array(bytes.length - (end - start) + by.length);
  out.set(bytes.subarray(0, start));
  out.set(by, start);
  out.set(bytes.subarray(end), start + by.length);
  return out;
}

function randomBytes(random: Random, n: number): Uint8Array {
  return Uint8Array.from({ length: n }, () =>
    random.below(2) === 0 ? random.pick(telling) : random.below(256),
  );
}

/** Start and end of a piece of at most `longest` bytes. */
function piece(random: Random, length: number, longest: number): [number, number] {
  const start = random.below(length + 1);
  return [start, Math.min(length, start + random.below(longest + 1))];
}

/** A LEB128 number of many bytes. */
function longNumber(random: Random): number[] {
  const n = 1 + random.below(10);
  return [...Array.from({ length: n }, () => 0x80 | random.below(128)), random.below(128)];
}

type Mutation = (bytes: Uint8Array, random: Random, other: Uint8Array) => Uint8Array;

const mutations: readonly Mutation[] = [
  (b, random) => b.slice(0, random.below(b.length + 1)),
  (b, random) => {
    const out = b.slice();
    for (let n = 1 + random.below(4); n > 0; n--) out[random.below(out.length)] ^= 1 << random.below(8);
    return out;
  },
  (b, random) => {
    const out = b.slice();
    for (let n = 1 + random.below(3); n > 0; n--) out[random.below(out.length)] = random.pick(telling);
    return out;
  },
  (b, random) => {
    const at = random.below(b.length + 1);
    return replace(b, at, at, randomBytes(random, 1 + random.below(6)));
  },
  (b, random) => replace(b, ...piece(random, b.length, 8), []),
  (b, random) => {
    const [start, end] = piece(random, b.length, 40);
    const at = random.below(b.length + 1);
    return replace(b, at, at, b.slice(start, end));
  },
  (b, random, other) =>
    replace(b, ...piece(random, b.length, 60), other.slice(...piece(random, other.length, 60))),
  (b, random) => {
    const at = random.below(b.length + 1);
    return replace(b, at, Math.min(b.length, at + 1), longNumber(random));
  },
];

/** A module's header and sections of noise. */
export function noise(random: Random): Uint8Array {
  const out = random.below(4) === 0 ? [] : [...header];
  for (let sections = random.below(4); sections > 0; sections--) {
    const body = randomBytes(random, random.below(60));
    out.push(random.below(14), body.length, ...body);
  }
  if (random.below(3) === 0) out.push(...randomBytes(random, random.below(20)));
  return Uint8Array.from(out);
}

/** `bytes` damaged in one to three ways. */
export function mutate(bytes: Uint8Array, random: Random, other: Uint8Array): Uint8Array {
  let out = bytes;
  for (let n = 1 + random.below(3); n > 0 && out.length > 0; n--)
    out = random.pick(mutations)(out, random, other);
  return out;
}
