// x86-64 registers: 0-15 are rax rcx rdx rbx rsp rbp rsi rdi r8-r15 (encoding order), 32-47 are xmm0-xmm15. Source: System V psABI and
// docs/ABI.md.
import type { CodegenOptions } from "../../compiler/codegen/target.ts";
import { FLOAT_BASE } from "../../compiler/codegen/vcode.ts";

export const RAX = 0;
export const RCX = 1;
export const RDX = 2;
export const RBX = 3;
export const RBP = 5;
export const RSI = 6;
export const RDI = 7;
export const R11 = 11;
export const R14 = 14;
export const R15 = 15;
export const XMM15 = FLOAT_BASE + 15;

function range(from: number, to: number): number[] {
  return Array.from({ length: to - from + 1 }, (_, i) => from + i);
}

export const intArgs = [RDI, RSI, RDX, RCX, 8, 9];
export const floatArgs = range(FLOAT_BASE, FLOAT_BASE + 7);
export const intResults = [RAX, RDX, RCX, RSI, RDI, 8];
export const floatResults = range(FLOAT_BASE, FLOAT_BASE + 5);
export const calleeSaved = [RBX, RBP, 12, 13, R14, R15];
export const callClobbers = [RAX, RCX, RDX, RSI, RDI, 8, 9, 10, R11, ...range(FLOAT_BASE, XMM15)];

/** Registers without a REX prefix first; r12 and r13 last, whose encodings as a base are longer. */
const ints = [RAX, RCX, RDX, RSI, RDI, 8, 9, 10, RBX, RBP];
const floats = range(FLOAT_BASE, FLOAT_BASE + 14);

export function allocatable(isFloat: boolean, options: CodegenOptions): readonly number[] {
  if (isFloat) return floats;
  const isPointer = options.instance === "pointer";
  const list = ints.slice();
  if (!isPointer || !options.hasMemory) list.push(R14);
  if (!isPointer) list.push(R15);
  list.push(12, 13);
  return list;
}

const quads = "rax rcx rdx rbx rsp rbp rsi rdi r8 r9 r10 r11 r12 r13 r14 r15".split(" ");
const longs = "eax ecx edx ebx esp ebp esi edi r8d r9d r10d r11d r12d r13d r14d r15d".split(" ");
const words = "ax cx dx bx sp bp si di r8w r9w r10w r11w r12w r13w r14w r15w".split(" ");
const bytes = "al cl dl bl spl bpl sil dil r8b r9b r10b r11b r12b r13b r14b r15b".split(" ");

const names: Readonly<Record<string, readonly string[]>> = { q: quads, l: longs, w: words, b: bytes };

/** Name of register r for AT&T syntax; width: "" (q), b, w, l, q; without meaning for xmm registers. */
export function registerName(r: number, width: string): string {
  if (r < FLOAT_BASE) return `%${(names[width] ?? quads)[r]}`;
  return `%xmm${r - FLOAT_BASE}`;
}
