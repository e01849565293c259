// Trials of functions that only read memory: comparing blocks and strings, finding bytes.
//
// Each trial says with a loop over single bytes what the function is to answer. They run through all pairs of byte values, all places of the deciding byte past
// every constant that a candidate may have, all alignments, and blocks that end where memory ends: one byte read beyond the deciding one
// traps there.
import { SMALL_CONSTANT } from "./body.ts";
import { Answer, Library, type Recognised } from "./library.ts";
import { PROBE_BYTES, type Probe } from "./probe.ts";
import { Trial } from "./trials.ts";

const LONGEST = 280;
/** A length that goes beyond the end of memory. */
const endless = (t: Trial): number => -1 - t.below(SMALL_CONSTANT);

type Reference = (m: Uint8Array, ...args: number[]) => number;

interface Search {
  readonly kind: Library;
  readonly params: number;
  /** How many of them, in front, are addresses. */
  readonly addresses: number;
  readonly reference: Reference;
  /** Arranges memory and gives the arguments of trial i, undefined after the last. */
  readonly arrange: (t: Trial, i: number) => readonly number[] | undefined;
}

function difference(m: Uint8Array, a: number, b: number, n: number): number {
  for (let i = 0; i < n >>> 0; i++) if (m[a + i] !== m[b + i]) return m[a + i] - m[b + i];
  return 0;
}

function stringDifference(m: Uint8Array, a: number, b: number, n: number): number {
  for (let i = 0; i < n >>> 0; i++) {
    if (m[a + i] !== m[b + i]) return m[a + i] - m[b + i];
    if (m[a + i] === 0) return 0;
  }
  return 0;
}

function find(m: Uint8Array, s: number, byte: number, n: number): number {
  for (let i = 0; i < n >>> 0; i++) if (m[s + i] === (byte & 255)) return s + i;
  return 0;
}

function findOrEnd(m: Uint8Array, s: number, byte: number): number {
  let at = s;
  while (m[at] !== 0 && m[at] !== (byte & 255)) at++;
  return at;
}

function findInString(m: Uint8Array, s: number, byte: number): number {
  const at = findOrEnd(m, s, byte);
  return m[at] === (byte & 255) ? at : 0;
}

/** Pairs of bytes tried in one place, before the next. */
const PAIRS_ALIKE = 32;

/** Number of trials with places and lengths from a grid. */
const GRID = 16 * LONGEST;

/** Addresses up to this are tried one by one: a candidate may compare them with a constant. */
const SMALL_ADDRESSES = SMALL_CONSTANT + 32;

/**
 * Where a block of `length` bytes starts in trial i: with each alignment, every third one of area 1 at the end of memory, every other one of area 0 at a
 * small address.
 */
function start(t: Trial, i: number, length: number, area: number): number {
  if (i % 3 === 0 && area === 1) return PROBE_BYTES - length;
  if ((i & 2) === 0 && area === 0) return (i >>> 2) % SMALL_ADDRESSES;
  return 1024 + area * 32768 + (i & 15) + 16 * t.below(8);
}

/**
 * Blocks alike up to byte i / 16 and then not, or never; `strings`: no zeros before. Behind come bytes that must not matter. `bounded`: with a
 * length.
 */
function arrangePairs(strings: boolean, bounded: boolean): Search["arrange"] {
  let a = 0;
  let b = 0;
  return (t, i) => {
    const pairs = i - GRID;
    if (pairs >= 65536) return undefined;
    const same = pairs >= 0 ? (pairs >> 8) & 3 : i >> 4;
    const ends = pairs >= 0 || i % 5 !== 0;
    // Pairs of bytes take turns in one place, some dozens each.
    if (pairs <= 0 || pairs % PAIRS_ALIKE === 0) {
      a = start(t, i, same + 1, i % 2);
      b = start(t, t.next(), same + 1, 1 - (i % 2));
      t.writeBoth(a, b, same, strings);
      const behind = pairs >= 0 ? t.below(3) : t.below(40);
      t.scramble(a + same, behind + 1);
      t.scramble(b + same, behind + 1);
    }
    const byte = t.byte();
    const other = t.byte();
    const left = pairs >= 0 ? pairs & 255 : byte;
    const right = pairs >= 0 ? pairs >> 8 : ends ? other : byte;
    // Without a length the deciding byte has to end the comparison.
    const decides = left !== right || (strings && left === 0);
    t.set(a + same, decides || bounded ? left : 0);
    t.set(b + same, decides || bounded ? right : 0);
    if (!bounded) return [a, b];
    // The deciding byte may also lie just behind the length.
    if (decides) return [a, b, i % 7 === 0 ? same : i % 2 === 0 ? endless(t) : same + 1];
    return [a, b, same + 1];
  };
}

/** A byte looked for at place i / 16, or missing; `zero`: how often the text ends in a zero there instead. */
function arrangeFind(strings: boolean): Search["arrange"] {
  return (t, i) => {
    if (i >= 2 * GRID) return undefined;
    const at = i < GRID ? i >> 4 : i & 7;
    const s = start(t, i, at + 1, i % 2);
    const wanted = i < GRID ? t.byte() : (i >> 3) & 255;
    t.write(s, at, strings);
    for (let k = t.expected.indexOf(wanted, s); k >= s && k < s + at; k = t.expected.indexOf(wanted, k))
      t.set(k, wanted ^ 0x80 || 1);
    t.scramble(s + at, 40);
    const missing = i % 4 === 3;
    t.set(s + at, strings && missing ? 0 : wanted);
    // Only the low eight bits of the argument count.
    const byte = wanted | [0, 0, ~255, 256, t.next() & ~255][i % 5];
    if (strings) return [s, byte];
    return [s, byte, missing ? at : i % 4 === 2 ? endless(t) : at + 1 + t.below(2)];
  };
}

function arrangeLength(t: Trial, i: number): readonly number[] | undefined {
  if (i >= GRID + 256) return undefined;
  const length = i < GRID ? i >> 4 : t.below(1000);
  const s = start(t, i, length + 1, i % 2);
  // From time to time all bytes anew; zeros of earlier trials become something else.
  if (i % 16 === 0 || i >= GRID) t.write(s, length, true);
  else for (let k = 0; k < length; k++) if (t.expected[s + k] === 0) t.set(s + k, t.nonZero());
  t.scramble(s + length, 24);
  t.set(s + length, 0);
  return [s];
}

const differs: Reference = (m, a, b, n) => (difference(m, a, b, n) !== 0 ? 1 : 0);
const sign: Reference = (m, a, b, n) => Math.sign(difference(m, a, b, n));
const blocks = { params: 3, addresses: 2, arrange: arrangePairs(false, true) };

const searches: readonly Search[] = [
  {
    kind: Library.Length,
    params: 1,
    addresses: 1,
    reference: (m, s) => find(m, s, 0, -1) - s,
    arrange: arrangeLength,
  },
  {
    kind: Library.CompareStrings,
    params: 2,
    addresses: 2,
    reference: (m, a, b) => stringDifference(m, a, b, -1),
    arrange: arrangePairs(true, false),
  },
  { kind: Library.FindByteOrEnd, params: 2, addresses: 1, reference: findOrEnd, arrange: arrangeFind(true) },
  {
    kind: Library.FindByteInString,
    params: 2,
    addresses: 1,
    reference: findInString,
    arrange: arrangeFind(true),
  },
  { kind: Library.Compare, reference: difference, ...blocks },
  { kind: Library.CompareSign, reference: sign, ...blocks },
  { kind: Library.Differs, reference: differs, ...blocks },
  { kind: Library.FindByte, params: 3, addresses: 1, reference: find, arrange: arrangeFind(false) },
  {
    kind: Library.CompareStringsBounded,
    params: 3,
    addresses: 2,
    reference: stringDifference,
    arrange: arrangePairs(true, true),
  },
];

/** What lies outside memory has to trap: no candidate may know an address there. */
function trapsOutside(p: Probe, { params, addresses }: Search): boolean {
  for (let at = -SMALL_ADDRESSES; at < 0; at++)
    for (let i = 0; i < addresses; i++) {
      const args = [1024, 1024, 1].slice(0, params);
      args[i] = at;
      if (!Number.isNaN(p.call(...args))) return false;
    }
  return true;
}

function passes(p: Probe, s: Search): boolean {
  const t = new Trial(p);
  for (let i = 0; ; i++) {
    const args = s.arrange(t, i);
    if (args === undefined) return trapsOutside(p, s);
    if (t.probe.call(...args) !== (s.reference(t.expected, ...args) | 0)) return false;
  }
}

/** What a function of `params` parameters that only reads is. */
export function recogniseSearch(p: Probe, params: number): Recognised | undefined {
  const found = searches.find((s) => s.params === params && passes(p, s));
  return found === undefined ? undefined : { kind: found.kind, answer: Answer.Nothing };
}
