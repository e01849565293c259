// Trials of functions that move or fill bytes blindly (dataflow.ts): their pattern of accesses depends on the arguments alone, so a trial with fresh random bytes
// settles one triple of arguments. Tried are all lengths past every constant they may have, with every alignment, gap and small address.
import { Answer, Library, type Recognised } from "./library.ts";
import { PROBE_BYTES, type Probe } from "./probe.ts";
import { Trial } from "./trials.ts";

/** Below this length the replacement leaves the work to the function itself. */
export const LEAST_MOVED = 4;

const LONGEST_OF_ALL = 330;
const edgeLengths = [4, 5, 7, 8, 9, 15, 16, 17, 31, 32, 33, 63, 64, 65, 127, 128, 129, 255, 256, 257, 300];
const longLengths = [511, 512, 1000, 4095, 4096, 4097, 10000, 16384, 20003];

/** Calls `use` with every length to try and places for it. */
function someLengths(use: (n: number, alignment: number) => boolean): boolean {
  for (let n = LEAST_MOVED; n <= LONGEST_OF_ALL; n++)
    for (let k = 0; k < 6; k++) if (!use(n, (n * 7 + k * 37) & 255)) return false;
  for (const n of edgeLengths) for (let a = n & 1; a < 256; a += 2) if (!use(n, a)) return false;
  for (const n of longLengths) for (let a = n & 3; a < 256; a += 15) if (!use(n, a)) return false;
  return true;
}

/** One trial of a move; `answer` is undefined when it is not yet known. */
function moves(t: Trial, to: number, from: number, n: number): number {
  t.scramble(from, n);
  t.expected.copyWithin(to, from, from + n);
  const result = t.probe.call(to, from, n);
  return t.unchanged(to, to + n) ? result : Number.NaN;
}

/** What `result` says that a function answers which wrote n bytes at `to`; undefined: nothing usual. */
export function answerOf(result: number, to: number, n: number, hasResult: boolean): Answer | undefined {
  if (Number.isNaN(result)) return undefined;
  if (!hasResult) return Answer.Nothing;
  if (result === to) return Answer.First;
  return result === to + n ? Answer.End : undefined;
}

/** Places for two blocks of n bytes with given low address bits that do not overlap. */
function places(t: Trial, n: number, alignment: number): [number, number] {
  const gap = t.below(3) === 0 ? 0 : t.below(n > 1000 ? 40 : 320);
  const low = t.below(2) === 0 ? t.below(300) : t.below(PROBE_BYTES - 2 * n - 400);
  const first = (low & ~15) + (alignment & 15);
  // The second block starts behind the first, moved on to its alignment.
  const behind = first + n + gap;
  const second = gap === 0 ? behind : behind + (((alignment >> 4) - behind) & 15);
  return (alignment ^ n) & 1 ? [first, second] : [second, first];
}

function copies(p: Probe, hasResult: boolean): Answer | undefined {
  const t = new Trial(p);
  const answer = answerOf(moves(t, 3000, 5001, 40), 3000, 40, hasResult);
  if (answer === undefined) return undefined;
  const good = someLengths((n, alignment) => {
    const [to, from] = places(t, n, alignment);
    return answerOf(moves(t, to, from, n), to, n, hasResult) === answer;
  });
  return good ? answer : undefined;
}

function movesOverlapping(p: Probe, answer: Answer, hasResult: boolean): boolean {
  const t = new Trial(p);
  const one = (distance: number, n: number): boolean => {
    const from = 2000 + t.below(64);
    const to = from + distance;
    return answerOf(moves(t, to, from, n), to, n, hasResult) === answer;
  };
  for (let distance = -330; distance <= 330; distance++)
    for (let k = 0; k < 4; k++) if (!one(distance, LEAST_MOVED + t.below(k < 2 ? 60 : 600))) return false;
  for (const n of longLengths)
    for (let k = 0; k < 16; k++) if (!one(t.below(n) - Math.min(n >> 1, 1900), n)) return false;
  return true;
}

function fills(p: Probe, hasResult: boolean): Answer | undefined {
  const t = new Trial(p);
  const one = (to: number, byte: number, n: number): Answer | undefined => {
    t.scramble(Math.max(0, to - 8), n + 16);
    t.expected.fill(byte & 255, to, to + n);
    const result = t.probe.call(to, byte, n);
    return answerOf(t.unchanged(to, to + n) ? result : Number.NaN, to, n, hasResult);
  };
  const answer = one(3000, 0x5a, 40);
  if (answer === undefined) return undefined;
  const good = someLengths((n, alignment) => {
    const byte = t.below(2) === 0 ? t.byte() : t.next() | 0;
    return one(8 + alignment + t.below(2) * t.below(30000), byte, n) === answer;
  });
  return good ? answer : undefined;
}

/** What a function (to, from or byte, n) is, if it moves blindly; `loads`: it reads memory. */
export function recogniseMove(p: Probe, loads: boolean, hasResult: boolean): Recognised | undefined {
  if (!loads) {
    const answer = fills(p, hasResult);
    return answer === undefined ? undefined : { kind: Library.Fill, answer };
  }
  const answer = copies(p, hasResult);
  if (answer === undefined) return undefined;
  return { kind: movesOverlapping(p, answer, hasResult) ? Library.Move : Library.Copy, answer };
}
