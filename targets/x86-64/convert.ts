// x86-64 sequences for what the machine has no instruction for: wasm's minimum and maximum, copysign, conversions between floats and
// integers with wasm's traps and saturation. What seldom happens stands behind the function's body.
//
// cvttss2si and cvttsd2si answer 0x80..0 for NaN and for values out of range.
import { truncationBounds } from "../../compiler/codegen/conversions.ts";
import type { Emitter } from "../../compiler/codegen/emit.ts";
import { TrapCode, Type } from "../../compiler/ir/types.ts";
import { F, type Width } from "./insts.ts";
import { registerName } from "./regs.ts";

/** Code of one instruction, with the registers of its operands. */
interface Site {
  readonly e: Emitter;
  /** "s" or "d". */
  readonly t: string;
  readonly float: Type;
  register(k: number, width: string): string;
}

function site(e: Emitter, inst: number, w: Width): Site {
  return {
    e,
    t: w === "l" ? "s" : "d",
    float: w === "l" ? Type.F32 : Type.F64,
    register: (k, width) => registerName(e.operandAllocation(inst, k), width),
  };
}

/** Memory operand that holds a float's bits. */
function constant(s: Site, bits: readonly [number, number]): string {
  return `${s.e.constant(bits[0], bits[1], s.t === "s" ? 4 : 8)}(%rip)`;
}

/** Mask operand of 16 bytes: the sign bit of every lane, or all others. */
function mask(s: Site, sign: boolean): string {
  const hi = sign ? -0x80000000 : 0x7fffffff;
  const lo = s.t === "s" ? hi : sign ? 0 : -1;
  return `${s.e.constant(lo, hi, 16)}(%rip)`;
}

/**
 * Operands that differ are the usual case, and min and max do that. Equal ones may be zeros of different sign: their bits are joined. NaN: a sum
 * is a quiet NaN.
 */
function emitMinimum(s: Site, instruction: string, join: string): void {
  const { e, t } = s;
  const d = s.register(1, "");
  const b = s.register(2, "");
  const slow = e.newLabel();
  const nan = e.newLabel();
  const back = e.newLabel();
  e.line(`ucomis${t} ${b}, ${d}`);
  e.line(`je ${slow}`);
  e.line(`${instruction}s${t} ${b}, ${d}`);
  e.text += `${back}:\n`;
  e.slowPath(slow, [`jp ${nan}`, `${join}ps ${b}, ${d}`, `jmp ${back}`]);
  e.slowPath(nan, [`adds${t} ${b}, ${d}`, `jmp ${back}`]);
}

function emitCopysign(s: Site): void {
  const d = s.register(1, "");
  s.e.line(`movaps ${s.register(2, "")}, %xmm15`);
  s.e.line(`andps ${mask(s, false)}, ${d}`);
  s.e.line(`andps ${mask(s, true)}, %xmm15`);
  s.e.line(`orps %xmm15, ${d}`);
}

/** Values of 2^63 and more are halved, with the lowest bit kept for rounding, and doubled again. */
function emitFromUnsigned(s: Site): void {
  const { e, t } = s;
  const a = s.register(0, "q");
  const d = s.register(1, "");
  const low = s.register(2, "");
  const slow = e.newLabel();
  const back = e.newLabel();
  e.line(`xorps ${d}, ${d}`);
  e.line(`testq ${a}, ${a}`);
  e.line(`js ${slow}`);
  e.line(`cvtsi2s${t}q ${a}, ${d}`);
  e.text += `${back}:\n`;
  e.slowPath(slow, [
    `movq ${a}, ${low}`,
    `movl ${s.register(0, "l")}, %r11d`,
    `shrq ${low}`,
    "andl $1, %r11d",
    `orq %r11, ${low}`,
    `cvtsi2s${t}q ${low}, ${d}`,
    `adds${t} ${d}, ${d}`,
    `jmp ${back}`,
  ]);
}

// ---- Float to integer ----

type Mode = "trap" | "sat";

/** Signed: the answer 0x80..0, the only one that overflows when 1 is subtracted, is looked at again. */
function emitSigned(s: Site, w: Width, mode: Mode): void {
  const { e, t } = s;
  const d = s.register(0, w);
  const x = s.register(1, "");
  const slow = e.newLabel();
  const back = e.newLabel();
  e.line(`cvtts${t}2si${w} ${x}, ${d}`);
  e.line(`cmp${w} $1, ${d}`);
  e.line(`jo ${slow}`);
  e.text += `${back}:\n`;
  const long = s.register(0, "l");
  if (mode === "sat") {
    // NaN is 0; what is not below zero was too large.
    const nan = e.newLabel();
    const greatest = w === "l" ? [`movl $0x7fffffff, ${d}`] : [`movabsq $0x7fffffffffffffff, ${d}`];
    e.slowPath(slow, [
      "xorps %xmm15, %xmm15",
      `ucomis${t} %xmm15, ${x}`,
      `jp ${nan}`,
      `jb ${back}`,
      ...greatest,
      `jmp ${back}`,
    ]);
    e.slowPath(nan, [`xorl ${long}, ${long}`, `jmp ${back}`]);
    return;
  }
  const bounds = truncationBounds(w === "l" ? Type.I32 : Type.I64, s.float, true);
  const overflow = e.trapLabel(TrapCode.IntegerOverflow);
  e.slowPath(slow, [
    `ucomis${t} ${constant(s, bounds.low)}, ${x}`,
    `jp ${e.trapLabel(TrapCode.InvalidConversion)}`,
    `${bounds.lowInclusive ? "jbe" : "jb"} ${overflow}`,
    "xorps %xmm15, %xmm15",
    `ucomis${t} %xmm15, ${x}`,
    `jae ${overflow}`,
    `jmp ${back}`,
  ]);
}

/** Unsigned 32 bits: the 64-bit answer must be below 2^32. */
function emitUnsigned32(s: Site, mode: Mode): void {
  const { e, t } = s;
  const d = s.register(0, "q");
  const long = s.register(0, "l");
  const x = s.register(1, "");
  const slow = e.newLabel();
  e.line(`cvtts${t}2siq ${x}, ${d}`);
  e.line(`movl ${long}, %r11d`);
  e.line(`cmpq ${d}, %r11`);
  e.line(`jne ${slow}`);
  if (mode === "trap") {
    e.slowPath(slow, [
      `ucomis${t} ${x}, ${x}`,
      `jp ${e.trapLabel(TrapCode.InvalidConversion)}`,
      `jmp ${e.trapLabel(TrapCode.IntegerOverflow)}`,
    ]);
    return;
  }
  const back = e.newLabel();
  e.text += `${back}:\n`;
  // 0 for NaN and below zero, which "be" both are.
  e.slowPath(slow, [
    `xorl ${long}, ${long}`,
    "xorps %xmm15, %xmm15",
    `ucomis${t} %xmm15, ${x}`,
    `jbe ${back}`,
    `movl $-1, ${long}`,
    `jmp ${back}`,
  ]);
}

/** Unsigned 64 bits: values from 2^63 up are converted after 2^63 is taken off. */
function emitUnsigned64(s: Site, mode: Mode): void {
  const { e, t } = s;
  const d = s.register(0, "q");
  const long = s.register(0, "l");
  const x = s.register(1, "");
  const slow = e.newLabel();
  const back = e.newLabel();
  const half = constant(s, truncationBounds(Type.I64, s.float, true).high);
  e.line(`cvtts${t}2siq ${x}, ${d}`);
  e.line(`testq ${d}, ${d}`);
  e.line(`js ${slow}`);
  e.text += `${back}:\n`;
  const upper = [
    `movaps ${x}, %xmm15`,
    `subs${t} ${half}, %xmm15`,
    `cvtts${t}2siq %xmm15, ${d}`,
    `testq ${d}, ${d}`,
  ];
  const top = [`btcq $63, ${d}`, `jmp ${back}`];
  if (mode === "trap") {
    const overflow = e.trapLabel(TrapCode.IntegerOverflow);
    e.slowPath(slow, [
      `ucomis${t} ${half}, ${x}`,
      `jp ${e.trapLabel(TrapCode.InvalidConversion)}`,
      `jb ${overflow}`,
      ...upper,
      `js ${overflow}`,
      ...top,
    ]);
    return;
  }
  const most = e.newLabel();
  e.slowPath(slow, [
    `xorl ${long}, ${long}`,
    `ucomis${t} ${half}, ${x}`,
    `jb ${back}`,
    ...upper,
    `js ${most}`,
    ...top,
  ]);
  e.slowPath(most, [`movq $-1, ${d}`, `jmp ${back}`]);
}

/** Row numbers and what prints them. */
export const conversionPseudos: [number, (e: Emitter, inst: number) => void][] = [];

for (const f of ["l", "q"] as const) {
  const add = (row: number, expand: (s: Site) => void): void => {
    conversionPseudos.push([row, (e, inst) => expand(site(e, inst, f))]);
  };
  add(F.fmin[f], (s) => emitMinimum(s, "min", "or"));
  add(F.fmax[f], (s) => emitMinimum(s, "max", "and"));
  add(F.copysign[f], emitCopysign);
  add(F.fromUnsigned[f], emitFromUnsigned);
  const rows = F.toInt[f];
  for (const w of ["l", "q"] as const) {
    add(rows.trapS[w], (s) => emitSigned(s, w, "trap"));
    add(rows.satS[w], (s) => emitSigned(s, w, "sat"));
  }
  add(rows.trapU.l, (s) => emitUnsigned32(s, "trap"));
  add(rows.satU.l, (s) => emitUnsigned32(s, "sat"));
  add(rows.trapU.q, (s) => emitUnsigned64(s, "trap"));
  add(rows.satU.q, (s) => emitUnsigned64(s, "sat"));
}
