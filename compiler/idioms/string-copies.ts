// Trials of functions that copy a string. Their branches depend on the bytes, unlike those of functions in moves.ts, so bytes are tried as in searches.ts and
// memory is compared as in moves.ts.
//
// Tried are all lengths past every constant that a candidate may have, each alignment of both places, each byte value at each place, every small address, and
// strings and copies that end where memory ends. Strings that overlap their copy or run out of memory are left to the function itself.
import { Answer, Library, type Recognised } from "./library.ts";
import { answerOf } from "./moves.ts";
import { PROBE_BYTES, type Probe } from "./probe.ts";
import { Trial } from "./trials.ts";

const LONGEST = 280;
const TRIALS = 16 * LONGEST;

/** One copy of a string of n bytes; what the function answers, NaN when memory is not as it should be. */
function copy(t: Trial, to: number, from: number, n: number): number {
  t.write(from, n, true);
  t.set(from + n, 0);
  for (let i = n + 1; i < n + 24 && from + i < PROBE_BYTES; i++) t.set(from + i, t.byte());
  t.expected.copyWithin(to, from, from + n + 1);
  const result = t.probe.call(to, from);
  return t.unchanged(to, to + n + 1) ? result : Number.NaN;
}

/** Places of trial i for a string of n bytes and its copy: far apart or one behind the other, in front low or at the end of memory. */
function places(t: Trial, i: number, n: number): [number, number] {
  const own = 4096 + 512 * t.below(8) + (i & 15);
  const other = 16384 + 512 * t.below(8) + t.below(16);
  switch ((i >> 4) % 4) {
    case 0:
      return [own, PROBE_BYTES - n - 1];
    case 1:
      return [PROBE_BYTES - n - 1, own];
    case 2:
      return i % 8 < 4 ? [own, own + n + 1] : [own + n + 1, own];
    default:
      return [own, other];
  }
}

/** What a function of two parameters that reads and writes is. */
export function recogniseStringCopy(p: Probe, hasResult: boolean): Recognised | undefined {
  const t = new Trial(p);
  const answer = answerOf(copy(t, 3000, 5001, 40), 3000, 40, hasResult);
  if (answer === undefined) return undefined;
  const fits = (to: number, from: number, n: number): boolean => {
    const found = answerOf(copy(t, to, from, n), to, n, hasResult);
    // The end of an empty string is its start.
    return found === answer || (n === 0 && found === Answer.First && answer === Answer.End);
  };
  for (let i = 0; i < TRIALS; i++) {
    const n = i >> 4;
    const [to, from] = places(t, i, n);
    if (!fits(to, from, n)) return undefined;
  }
  for (let low = 0; low <= LONGEST; low++)
    for (const n of [0, 1 + t.below(30)]) if (!fits(low, 4096, n) || !fits(4096, low, n)) return undefined;
  return { kind: Library.CopyString, answer };
}
