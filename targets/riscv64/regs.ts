// RISC-V registers: 0-31 are x0-x31, 32-63 are f0-f31. Source: the RISC-V psABI and docs/ABI.md.
import type { CodegenOptions } from "../../compiler/codegen/target.ts";
import { FLOAT_BASE } from "../../compiler/codegen/vcode.ts";

export const LINK = 1;
export const S10 = 26;
export const S11 = 27;
/** Scratch for values. */
export const T5 = 30;
export const FT11 = FLOAT_BASE + 31;

const names =
  "zero ra sp gp tp t0 t1 t2 s0 s1 a0 a1 a2 a3 a4 a5 a6 a7 s2 s3 s4 s5 s6 s7 s8 s9 s10 s11 t3 t4 t5 t6 " +
  "ft0 ft1 ft2 ft3 ft4 ft5 ft6 ft7 fs0 fs1 fa0 fa1 fa2 fa3 fa4 fa5 fa6 fa7 fs2 fs3 fs4 fs5 fs6 fs7 fs8 fs9 fs10 fs11 ft8 ft9 ft10 ft11";
export const registerNames: readonly string[] = names.split(" ");

function numbers(list: string): number[] {
  return list.split(" ").map((name) => registerNames.indexOf(name));
}

export const intArgs = numbers("a0 a1 a2 a3 a4 a5 a6 a7");
export const floatArgs = numbers("fa0 fa1 fa2 fa3 fa4 fa5 fa6 fa7");
export const intResults = intArgs.slice(0, 6);
export const floatResults = floatArgs.slice(0, 6);
const savedInts = numbers("s0 s1 s2 s3 s4 s5 s6 s7 s8 s9");
const savedFloats = numbers("fs0 fs1 fs2 fs3 fs4 fs5 fs6 fs7 fs8 fs9 fs10 fs11");
const temporaries = numbers("t0 t1 t2 t3 t4");
const floatTemporaries = numbers("ft0 ft1 ft2 ft3 ft4 ft5 ft6 ft7 ft8 ft9 ft10");
export const calleeSaved = [...savedInts, S10, S11, ...savedFloats];
export const callClobbers = [
  LINK,
  ...temporaries,
  ...numbers("t5 t6"),
  ...intArgs,
  ...floatTemporaries,
  FT11,
  ...floatArgs,
];

const ints = [...intArgs, ...temporaries, ...savedInts];
const floats = [...floatArgs, ...floatTemporaries, ...savedFloats];

export function allocatable(isFloat: boolean, options: CodegenOptions): readonly number[] {
  if (isFloat) return floats;
  const list = ints.slice();
  if (options.instance !== "pointer") list.push(S10);
  if (!options.hasMemory) list.push(S11);
  return list;
}
