// What makes a function body a candidate for recognition, and its code in a form that can be run on its own.
//
// A candidate computes with i32 and i64 values, constants and linear memory only: no globals, no calls but of other candidates, no growing of memory,
// no floats, vectors or tables. Its constants are small or belong to the usual tricks on words. So what it does depends on its arguments
// and the bytes they lead to, by comparisons with constants that the trials of trials.ts pass on both sides. A function that treats one
// length, address or byte apart from all others would need a constant for it, and is refused or found out. One that looks for several bytes in a row ("./",
// "\r\n") is not found out by trials; so where branches depend on bytes, constants that are characters of text are refused (`text`).

import { nextOperator, skipImmediate } from "../translate/skip.ts";
import { type Module, ValueType } from "../wasm/module.ts";
import { Immediate, opcodes } from "../wasm/opcodes.ts";
import { Reader } from "../wasm/reader.ts";

/** Longest body looked at, in bytes. */
const MOST_BYTES = 2400;
/** Constants up to this are tried on both sides. */
export const SMALL_CONSTANT = 256;

/** Constants of word tricks, as [lo, hi] of the sign-extended value. */
const wordConstants = new Set(
  [0x01010101, 0x80808080, 0x7f7f7f7f, 0xfefefeff, 0xff00ff00, 0x00ff00ff, 0xffff, 0xff00, 0xff0000]
    .flatMap((x) => [x | 0, -x | 0])
    .flatMap((x) => [`${x},${x >> 31}`, `${x},${x}`, `${x},0`])
    .concat(["1,1", "-1,0", "-16843009,-16843010", "16843008,16843009"]),
);

function isUsualConstant(lo: number, hi: number): boolean {
  if (hi === lo >> 31 && Math.abs(lo) <= SMALL_CONSTANT) return true;
  return wordConstants.has(`${lo},${hi}`);
}

/** Small constants that functions need which look at all bytes alike; none is a printable character. Trials put them in a row (trials.ts). */
export const plainConstants: readonly number[] = [0, 1, 2, 3, 4, 5, 6, 7, 8, 15, 16, 127, 128, 255, 256];

/** Whether a usual constant may be a character that a function looks for; `next` is the operator behind it: amounts of shifts are none. */
function isText(lo: number, hi: number, next: number): boolean {
  if (hi !== lo >> 31 || Math.abs(lo) > SMALL_CONSTANT || plainConstants.includes(Math.abs(lo))) return false;
  return !((next >= 0x74 && next <= 0x78) || (next >= 0x86 && next <= 0x8a));
}

export interface Body {
  /** Code with fuel (see below), from the local declarations to the last end. */
  readonly code: number[];
  readonly loads: boolean;
  readonly stores: boolean;
  readonly loops: boolean;
  /** Whether it has constants that may be characters of text. */
  readonly text: boolean;
  /** Functions it calls, in order of first call. */
  readonly calls: readonly number[];
}

/** Global 0 of the module that the code is run in counts down at every loop's start: global -= 1; if (!global) unreachable. */
const burnFuel = [0x23, 0, 0x41, 1, 0x6b, 0x24, 0, 0x23, 0, 0x45, 0x04, 0x40, 0x00, 0x0b];

const CALL = 0x10;
const LOOP = 0x03;
const I32_CONST = 0x41;
const I64_CONST = 0x42;

/** Whether an operator may stand in a candidate, whatever its immediate. */
function isAllowed(code: number): boolean {
  if (code <= CALL) return true;
  if (code === 0x1a || code === 0x1b) return true;
  if (code >= 0x20 && code <= 0x22) return true;
  if (code >= 0x28 && code <= 0x3e) return code !== 0x2a && code !== 0x2b && code !== 0x38 && code !== 0x39;
  if (code === I32_CONST || code === I64_CONST) return true;
  // Integer comparisons and arithmetic, without division.
  if (code >= 0x45 && code <= 0x5a) return true;
  if (code >= 0x67 && code <= 0x8a) return !isDivision(code);
  return code === 0xa7 || code === 0xac || code === 0xad || (code >= 0xc0 && code <= 0xc4);
}

function isDivision(code: number): boolean {
  return (code >= 0x6d && code <= 0x70) || (code >= 0x7f && code <= 0x82);
}

/** The body of a function if it can be a candidate. */
export function readBody(m: Module, index: number): Body | undefined {
  const entry = m.functions[index];
  if (entry.imported !== undefined || entry.end - entry.start > MOST_BYTES) return undefined;
  const r = new Reader(m.bytes);
  r.at = entry.start;
  r.end = entry.end;
  for (let groups = r.u32(); groups > 0; groups--) {
    r.u32();
    const type = r.byte();
    if (type !== ValueType.I32 && type !== ValueType.I64) return undefined;
  }
  const code = [...m.bytes.subarray(entry.start, r.at)];
  const seen = { loads: false, stores: false, loops: false, text: false };
  const calls: number[] = [];
  while (r.at < entry.end) {
    const start = r.at;
    const op = nextOperator(r);
    if (!isAllowed(op)) return undefined;
    const at = r.at;
    skipImmediate(r, op);
    const after = r.at;
    r.at = at;
    if (!isUsualImmediate(r, op)) return undefined;
    seen.text ||= hasTextImmediate(m, op, at, after);
    r.at = after;
    if (op === CALL) {
      r.at = at;
      calls.push(r.u32());
      code.push(CALL, -calls.length);
      continue;
    }
    for (let i = start; i < after; i++) code.push(m.bytes[i]);
    if (op === LOOP) code.push(...burnFuel);
    seen.loops ||= op === LOOP;
    seen.loads ||= op >= 0x28 && op <= 0x35;
    seen.stores ||= op >= 0x36 && op <= 0x3e;
  }
  return { code, calls, ...seen };
}

/** Whether the operator with the immediate at [at, after) is a constant that may be a character. */
function hasTextImmediate(m: Module, op: number, at: number, after: number): boolean {
  if (op !== I32_CONST && op !== I64_CONST) return false;
  const r = new Reader(m.bytes);
  r.at = at;
  r.end = after;
  if (op === I64_CONST) {
    r.s64();
    return isText(r.lo, r.hi, m.bytes[after]);
  }
  const x = r.s32();
  return isText(x, x >> 31, m.bytes[after]);
}

/** Constants, offsets and block types that a candidate may have; `r` stands at the immediate. */
function isUsualImmediate(r: Reader, op: number): boolean {
  switch (opcodes[op]?.immediate) {
    case Immediate.I32: {
      const x = r.s32();
      return isUsualConstant(x, x >> 31);
    }
    case Immediate.I64:
      r.s64();
      return isUsualConstant(r.lo, r.hi);
    case Immediate.Memory:
      return r.u32() < 64 && r.u32() <= SMALL_CONSTANT;
    case Immediate.Block:
      return r.byte() >= 0x40;
    default:
      return true;
  }
}
