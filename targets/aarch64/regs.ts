// AArch64 registers: 0-30 are x0-x30 (31 is never an operand), 32-63 are v0-v31. Source: AAPCS64 and docs/ABI.md.
import type { CodegenOptions } from "../../compiler/codegen/target.ts";
import { FLOAT_BASE } from "../../compiler/codegen/vcode.ts";

export const X16 = 16;
export const X17 = 17;
export const X27 = 27;
export const X28 = 28;
export const LINK = 30;
export const V31 = FLOAT_BASE + 31;

function range(from: number, to: number): number[] {
  return Array.from({ length: to - from + 1 }, (_, i) => from + i);
}

export const intArgs = range(0, 7);
export const floatArgs = range(FLOAT_BASE, FLOAT_BASE + 7);
export const intResults = range(0, 5);
export const floatResults = range(FLOAT_BASE, FLOAT_BASE + 5);
/** x18 is the platform's; d8-d15 survive calls in their low 64 bits only, so they are never given to v128. */
export const calleeSaved = [...range(19, 29), ...range(FLOAT_BASE + 8, FLOAT_BASE + 15)];
export const callClobbers = [
  ...range(0, 17),
  LINK,
  ...range(FLOAT_BASE, FLOAT_BASE + 7),
  ...range(FLOAT_BASE + 16, V31),
];

const ints = [...range(0, 15), ...range(19, 26), 29];
const floats = [
  ...range(FLOAT_BASE, FLOAT_BASE + 7),
  ...range(FLOAT_BASE + 16, FLOAT_BASE + 30),
  ...range(FLOAT_BASE + 8, FLOAT_BASE + 15),
];

export function allocatable(isFloat: boolean, options: CodegenOptions): readonly number[] {
  if (isFloat) return floats;
  const list = ints.slice();
  if (options.instance !== "pointer") list.push(X27);
  if (!options.hasMemory) list.push(X28);
  return list;
}

/** Name of register r; width: "" (x or d), w, x, s, d, q, v, b, h. */
export function registerName(r: number, width: string): string {
  if (r < FLOAT_BASE) return `${width === "w" ? "w" : "x"}${r}`;
  return `${width === "" ? "d" : width}${r - FLOAT_BASE}`;
}
