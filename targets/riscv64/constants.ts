// How to make an integer constant in a register with lui, addi, addiw and shifts.
//
// Source of the method: a constant is its upper part, made first, shifted left, plus its sign-extended low 12 bits; one with leading
// zeros and ones below may be shorter as a negative number shifted right.
import { clz64, ctz64, out, shl64, shrS64, sub64 } from "../../compiler/support/int64.ts";

/** The first step is lui, or addi to zero; each other one reads and writes the register. */
export type Step = readonly [op: "lui" | "addi" | "addiw" | "slli" | "srli", value: number];

/** The shortest sequence found: at most 8 steps. */
export function constantSteps(lo: number, hi: number): Step[] {
  const steps = upperFirst(lo, hi);
  if (steps.length <= 2 || hi < 0) return steps;
  const zeros = clz64(lo, hi);
  shl64(lo, hi, zeros);
  const filled =
    zeros < 32 ? [out.lo | ((1 << zeros) - 1), out.hi] : [-1, out.hi | ((1 << (zeros - 32)) - 1)];
  const other = upperFirst(filled[0], filled[1]);
  return other.length + 1 < steps.length ? [...other, ["srli", zeros]] : steps;
}

function upperFirst(lo: number, hi: number): Step[] {
  const low = (lo << 20) >> 20;
  if (hi === lo >> 31) {
    if (lo === low) return [["addi", low]];
    const steps: Step[] = [["lui", ((lo - low) >>> 12) & 0xfffff]];
    if (low !== 0) steps.push(["addiw", low]);
    return steps;
  }
  sub64(lo, hi, low, low >> 31);
  const [restLo, restHi] = [out.lo, out.hi];
  const shift = ctz64(restLo, restHi);
  shrS64(restLo, restHi, shift);
  const steps = upperFirst(out.lo, out.hi);
  steps.push(["slli", shift]);
  if (low !== 0) steps.push(["addi", low]);
  return steps;
}
