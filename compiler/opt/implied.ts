// What one integer comparison of two values tells about another of the same two.
import { isIntegerCompare, Op, swappedCompare } from "../ir/ops.ts";

export const UNDECIDED = 2;

/** The outcomes of (a, b) that each comparison accepts: equal 1, signed less 2 or greater 4, unsigned less 8 or greater 16. */
const EQUAL = 1;
const lessS = 2;
const greaterS = 4;
const lessU = 8;
const greaterU = 16;
/** Every pair of distinct numbers is one of four kinds: signed less or greater with unsigned less or greater. */
const kinds = [EQUAL, lessS | lessU, lessS | greaterU, greaterS | lessU, greaterS | greaterU];

const accepts = new Map<Op, (kind: number) => boolean>([
  [Op.Eq, (k) => k === EQUAL],
  [Op.Ne, (k) => k !== EQUAL],
  [Op.LtS, (k) => (k & lessS) !== 0],
  [Op.GtS, (k) => (k & greaterS) !== 0],
  [Op.LeS, (k) => (k & (lessS | EQUAL)) !== 0],
  [Op.GeS, (k) => (k & (greaterS | EQUAL)) !== 0],
  [Op.LtU, (k) => (k & lessU) !== 0],
  [Op.GtU, (k) => (k & greaterU) !== 0],
  [Op.LeU, (k) => (k & (lessU | EQUAL)) !== 0],
  [Op.GeU, (k) => (k & (greaterU | EQUAL)) !== 0],
]);

/** By known comparison, its truth, asked comparison. */
const table = new Uint8Array(256 * 64).fill(UNDECIDED);
const compares = [...swappedCompare.keys()].filter((op) => isIntegerCompare(op));
for (const known of compares)
  for (const truth of [false, true])
    for (const asked of compares) {
      const left = kinds.filter((k) => accepts.get(known)!(k) === truth);
      const yes = left.filter((k) => accepts.get(asked)!(k)).length;
      const at = (known - Op.Eq) * 32 + (truth ? 16 : 0) + asked - Op.Eq;
      table[at] = yes === left.length ? 1 : yes === 0 ? 0 : UNDECIDED;
    }

/** 1 or 0 when comparison `asked` of two values is decided by comparison `known` of the same being `truth`; else UNDECIDED. */
export function decided(known: Op, truth: boolean, asked: Op): number {
  return table[(known - Op.Eq) * 32 + (truth ? 16 : 0) + asked - Op.Eq];
}
