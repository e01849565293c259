// AArch64 frames, moves, addresses and the pseudo instructions.
//
// x17 holds addresses out of reach, x16 values: a move between a register and a slot leaves x16 alone.
import type { Emitter } from "../../compiler/codegen/emit.ts";
import { frameHooks, PAGE } from "../../compiler/codegen/frame.ts";
import type { CodegenOptions } from "../../compiler/codegen/target.ts";
import { FLOAT_BASE, SLOT_BASE } from "../../compiler/codegen/vcode.ts";
import { Type } from "../../compiler/ir/types.ts";
import { AddressMode, I } from "./insts.ts";
import { LINK, registerName } from "./regs.ts";

/** Splits a 64-bit constant into movz/movn and movk steps. */
export function moveImmediate(e: Emitter, register: string, lo: number, hi: number): void {
  const chunks = [lo & 0xffff, lo >>> 16, hi & 0xffff, hi >>> 16];
  const ones = chunks.filter((c) => c === 0xffff).length;
  const zeros = chunks.filter((c) => c === 0).length;
  const inverted = ones > zeros;
  const skip = inverted ? 0xffff : 0;
  let first = true;
  for (let i = 0; i < 4; i++) {
    if (chunks[i] === skip) continue;
    const shift = i === 0 ? "" : `, lsl #${16 * i}`;
    if (first)
      e.line(
        inverted
          ? `movn ${register}, #${chunks[i] ^ 0xffff}${shift}`
          : `movz ${register}, #${chunks[i]}${shift}`,
      );
    else e.line(`movk ${register}, #${chunks[i]}${shift}`);
    first = false;
  }
  if (first)
    e.line(
      inverted ? `movn ${register}, #0` : `mov ${register}, ${register.startsWith("w") ? "wzr" : "xzr"}`,
    );
}

/** sp + offset as an address operand for an access of up to 16 bytes; large offsets go through x17. */
function stackAddress(e: Emitter, offset: number): string {
  if (offset <= 4095 * 8 && offset % 8 === 0) return `[sp, #${offset}]`;
  moveImmediate(e, "x17", offset, 0);
  return "[sp, x17]";
}

function isFloatRegister(r: number): boolean {
  return r >= FLOAT_BASE && r < SLOT_BASE;
}

/** Name of register r as wide as a value of `type` needs when it is moved or spilled whole. */
function wholeName(r: number, type: Type): string {
  if (!isFloatRegister(r)) return registerName(r, "x");
  return registerName(r, type === Type.V128 ? "q" : "d");
}

export function move(e: Emitter, from: number, to: number, type: Type): void {
  if (from >= SLOT_BASE && to >= SLOT_BASE) {
    const scratch = type === Type.V128 ? "q31" : "x16";
    e.line(`ldr ${scratch}, ${stackAddress(e, e.slotOffset(from))}`);
    e.line(`str ${scratch}, ${stackAddress(e, e.slotOffset(to))}`);
  } else if (to >= SLOT_BASE) {
    e.line(`str ${wholeName(from, type)}, ${stackAddress(e, e.slotOffset(to))}`);
  } else if (from >= SLOT_BASE) {
    e.line(`ldr ${wholeName(to, type)}, ${stackAddress(e, e.slotOffset(from))}`);
  } else if (isFloatRegister(from) && isFloatRegister(to)) {
    if (type === Type.V128) e.line(`mov ${registerName(to, "v")}.16b, ${registerName(from, "v")}.16b`);
    else e.line(`fmov ${registerName(to, "d")}, ${registerName(from, "d")}`);
  } else {
    e.line(
      `${isFloatRegister(from) || isFloatRegister(to) ? "fmov" : "mov"} ${wholeName(to, type)}, ${wholeName(from, type)}`,
    );
  }
}

/** The accesses that save or restore `list` downwards from `top`: mnemonic and registers of each, and its offset. */
function savedAccesses(list: readonly number[], top: number, isStore: boolean): [string, number][] {
  const op = isStore ? "st" : "ld";
  const accesses: [string, number][] = [];
  let at = top;
  for (let i = 0; i < list.length; ) {
    const pairable =
      i + 1 < list.length && isFloatRegister(list[i]) === isFloatRegister(list[i + 1]) && at - 16 <= 504;
    if (pairable) {
      at -= 16;
      accesses.push([`${op}p ${registerName(list[i + 1], "")}, ${registerName(list[i], "")}`, at]);
      i += 2;
    } else {
      at -= 8;
      accesses.push([`${op}r ${registerName(list[i], "")}`, at]);
      i++;
    }
  }
  return accesses;
}

function transferSaved(e: Emitter, list: readonly number[], top: number, isStore: boolean): void {
  for (const [access, at] of savedAccesses(list, top, isStore)) e.line(`${access}, [sp, #${at}]`);
}

/** Takes or gives back a frame of nothing but saved registers with the access of the lowest ones, which moves the stack pointer. */
function transferFrame(
  e: Emitter,
  list: readonly number[],
  top: number,
  pop: number,
  isStore: boolean,
): boolean {
  // str and ldr move by up to 255 bytes, stp and ldp by up to 504.
  if (list.length === 0 || top + pop > 240) return false;
  const accesses = savedAccesses(list, top, isStore);
  let [lowest] = accesses.pop()!;
  // The return address stays at the top, where backtraces look for it.
  if (accesses.length === 0 && list.length === 1)
    lowest = `${isStore ? "stp" : "ldp"} xzr, ${registerName(list[0], "")}`;
  if (isStore) e.line(`${lowest}, [sp, #-${top}]!`);
  for (const [access, at] of accesses) e.line(`${access}, [sp, #${at}]`);
  if (!isStore) e.line(`${lowest}, [sp], #${top + pop}`);
  return true;
}

function adjustStack(e: Emitter, op: "add" | "sub", bytes: number): void {
  if (bytes === 0) return;
  if (bytes < PAGE) {
    e.line(`${op} sp, sp, #${bytes}`);
    return;
  }
  moveImmediate(e, "x16", bytes, 0);
  e.line(`${op} sp, sp, x16`);
}

export const frame = frameHooks({
  link: LINK,
  oneStep: 4080,
  adjust: (e, bytes) => adjustStack(e, bytes < 0 ? "sub" : "add", Math.abs(bytes)),
  transfer: transferSaved,
  transferFrame,
  probe(e) {
    e.line("sub sp, sp, #1, lsl #12");
    e.line("str xzr, [sp]");
  },
  probeLoop(e, pages) {
    const loop = e.newLabel();
    moveImmediate(e, "x16", pages, 0);
    e.text += `${loop}:\n`;
    e.line("sub sp, sp, #1, lsl #12");
    e.line("str xzr, [sp]");
    e.line("subs x16, x16, #1");
    e.line(`b.ne ${loop}`);
  },
});

// ---- Pseudo instructions ----

export function instanceExpression(options: CodegenOptions, offset: number): string {
  return `${options.instanceSymbol}+${offset}`;
}

function emitInstanceAddress(e: Emitter, register: string, offset: number): void {
  if (e.options.instance === "static") {
    e.line(`adrp ${register}, ${instanceExpression(e.options, offset)}`);
    e.line(`add ${register}, ${register}, :lo12:${instanceExpression(e.options, offset)}`);
  } else if (offset < PAGE) {
    e.line(`add ${register}, x27, #${offset}`);
  } else {
    moveImmediate(e, register, offset, 0);
    e.line(`add ${register}, x27, ${register}`);
  }
}

/** Goes to the default of a switch unless the index is one of its cases. */
function checkSwitch(e: Emitter, index: string, cases: number, otherwise: number): void {
  if (cases < PAGE) {
    e.line(`cmp ${index}, #${cases}`);
  } else {
    moveImmediate(e, "w16", cases, 0);
    e.line(`cmp ${index}, w16`);
  }
  if (e.reaches(I.switch, otherwise)) {
    e.line(`b.hs ${e.label(otherwise)}`);
    return;
  }
  const inRange = e.newLabel();
  e.line(`b.lo ${inRange}`);
  e.line(`b ${e.label(otherwise)}`);
  e.text += `${inRange}:\n`;
}

function emitSwitch(e: Emitter, inst: number): void {
  const { blocks, cases, checked } = e.switchCases(inst);
  const index = registerName(e.operandAllocation(inst, 0), "w");
  if (checked) checkSwitch(e, index, cases, blocks[cases]);
  const table = e.newLabel();
  e.line(`adrp x16, ${table}`);
  e.line(`add x16, x16, :lo12:${table}`);
  e.line(`ldrsw x17, [x16, ${index}, uxtw #2]`);
  e.line("add x16, x16, x17");
  e.line("br x16");
  e.jumpTable(table, blocks, cases);
}

function emitCall(e: Emitter, inst: number, row: number): void {
  const { code } = e;
  const symbol = e.options.symbolNames[code.symbol[inst]];
  if (row === I.callDirect) {
    e.line(`bl ${symbol}`);
  } else if (row === I.callPointer) {
    e.line(`blr ${registerName(e.operandAllocation(inst, 0), "x")}`);
  } else {
    e.line(`adrp x16, ${symbol}`);
    e.line(`add x16, x16, :lo12:${symbol}`);
    e.line("bl rt_host_call");
  }
  adjustStack(e, "sub", code.immLo[inst]);
}

export function emitPseudo(e: Emitter, inst: number): void {
  const { code } = e;
  const row = code.op[inst];
  switch (row) {
    case I.callDirect:
    case I.callPointer:
    case I.callHost:
      emitCall(e, inst, row);
      return;
    case I.switch:
      emitSwitch(e, inst);
      return;
    default:
  }
  const allocation = e.operandAllocation(inst, 0);
  switch (row) {
    case I.movImm:
      if (code.aux[inst] === Type.I32) moveImmediate(e, registerName(allocation, "w"), code.immLo[inst], 0);
      else moveImmediate(e, registerName(allocation, "x"), code.immLo[inst], code.immHi[inst]);
      return;
    case I.fmovImm:
      emitFloatConstant(e, inst, allocation);
      return;
    case I.instanceAddress:
      emitInstanceAddress(e, registerName(allocation, "x"), code.immLo[inst]);
      return;
    case I.ubfx.w:
    case I.ubfx.x: {
      const name = (k: number): string =>
        registerName(e.operandAllocation(inst, k), row === I.ubfx.w ? "w" : "x");
      e.line(`ubfx ${name(0)}, ${name(1)}, #${code.immLo[inst]}, #${code.aux[inst]}`);
      return;
    }
    case I.loadIncoming:
      e.line(
        `ldr ${wholeName(allocation, code.aux[inst])}, ${stackAddress(e, e.incomingBase + code.immLo[inst])}`,
      );
      return;
    case I.storeOutgoing:
      e.line(`str ${wholeName(allocation, code.aux[inst])}, ${stackAddress(e, code.immLo[inst])}`);
      return;
    default:
      throw new Error(`pseudo instruction ${row} has no expansion`);
  }
}

const words = new Uint32Array(2);
const doubles = new Float64Array(words.buffer);
const singles = new Float32Array(words.buffer);

/** The f64 whose upper half is `hi` and whose lower half is 0. */
function doubleOf(hi: number): number {
  words[0] = 0;
  words[1] = hi;
  return doubles[0];
}

function floatOf(bits: number): number {
  words[0] = bits;
  return singles[0];
}

/** Whether fmov has the constant as an immediate: an exponent from -3 to 4 and four bits of fraction. */
function isFloatImmediate(lo: number, hi: number, single: boolean): boolean {
  if (single) return (lo & 0x7ffff) === 0 && [0x1f, 0x20].includes((lo >>> 25) & 0x3f);
  return lo === 0 && (hi & 0xffff) === 0 && [0xff, 0x100].includes((hi >>> 22) & 0x1ff);
}

function emitFloatConstant(e: Emitter, inst: number, allocation: number): void {
  const lo = e.code.immLo[inst];
  const hi = e.code.immHi[inst];
  const single = e.code.aux[inst] === Type.F32;
  if (lo === 0 && hi === 0) {
    e.line(`movi ${registerName(allocation, "d")}, #0`);
  } else if (isFloatImmediate(lo, hi, single)) {
    const value = single ? floatOf(lo) : doubleOf(hi);
    e.line(
      `fmov ${registerName(allocation, single ? "s" : "d")}, #${value}${Number.isInteger(value) ? ".0" : ""}`,
    );
  } else if (single) {
    moveImmediate(e, "w16", lo, 0);
    e.line(`fmov ${registerName(allocation, "s")}, w16`);
  } else {
    moveImmediate(e, "x16", lo, hi);
    e.line(`fmov ${registerName(allocation, "d")}, x16`);
  }
}

/** Prints an address; see AddressMode. */
export function address(e: Emitter, inst: number, first: number): string {
  const { code } = e;
  const aux = code.aux[inst];
  const imm = code.immLo[inst];
  const register = (k: number, width: string): string =>
    registerName(e.operandAllocation(inst, first + k), width);
  switch (aux & 15) {
    case AddressMode.Offset:
      return imm === 0 ? `[${register(0, "x")}]` : `[${register(0, "x")}, #${imm}]`;
    case AddressMode.Memory32:
      return `[x28, ${register(0, "w")}, uxtw]`;
    case AddressMode.Memory64:
      return `[x28, ${register(0, "x")}]`;
    case AddressMode.MemoryConstant:
      return `[x28, #${imm}]`;
    case AddressMode.Indexed: {
      const shift = aux >> 4;
      return `[${register(0, "x")}, ${register(1, "x")}${shift === 0 ? "" : `, lsl #${shift}`}]`;
    }
    case AddressMode.Indexed32: {
      const shift = aux >> 4;
      return `[${register(0, "x")}, ${register(1, "w")}, uxtw${shift === 0 ? "" : ` #${shift}`}]`;
    }
    default:
      if (e.options.instance === "static") {
        const field = instanceExpression(e.options, imm);
        if (!e.keepsHeld(field)) e.line(`adrp x17, ${field}`);
        return `[x17, :lo12:${field}]`;
      }
      if (imm <= 4095 * 4 && imm % 8 === 0) return `[x27, #${imm}]`;
      moveImmediate(e, "x17", imm, 0);
      return "[x27, x17]";
  }
}
