// x86-64 frames, moves, addresses and the pseudo instructions.
//
// Frame, from rsp up: outgoing arguments, spill slots, saved registers (pushed), return address, incoming arguments. rsp is 16-byte aligned
// at calls. r11 and xmm15 are scratch within one instruction; a move between a register and a slot leaves them alone.
import type { Emitter } from "../../compiler/codegen/emit.ts";
import { PAGE } from "../../compiler/codegen/frame.ts";
import * as rt from "../../compiler/codegen/rt.ts";
import { FLOAT_BASE, SLOT_BASE } from "../../compiler/codegen/vcode.ts";
import { Type } from "../../compiler/ir/types.ts";
import { conversionPseudos } from "./convert.ts";
import { Address, I, SCALE_SHIFT, type Width } from "./insts.ts";
import { registerName } from "./regs.ts";

function isFloatRegister(r: number): boolean {
  return r >= FLOAT_BASE && r < SLOT_BASE;
}

/** A register or a spill slot as an operand. */
export function operand(e: Emitter, allocation: number, width: string): string {
  return allocation < SLOT_BASE ? registerName(allocation, width) : `${e.slotOffset(allocation)}(%rsp)`;
}

// ---- Moves ----

/** Instruction that moves a value of `type` between a register and memory. */
function transfer(type: Type): string {
  switch (type) {
    case Type.F32:
      return "movss";
    case Type.F64:
      return "movsd";
    case Type.V128:
      return "movups";
    default:
      return "movq";
  }
}

export function move(e: Emitter, from: number, to: number, type: Type): void {
  const fromSlot = from >= SLOT_BASE;
  const toSlot = to >= SLOT_BASE;
  if (fromSlot && toSlot) {
    const scratch = type === Type.V128 ? "%xmm15" : "%r11";
    const instruction = type === Type.V128 ? "movups" : "movq";
    e.line(`${instruction} ${operand(e, from, "q")}, ${scratch}`);
    e.line(`${instruction} ${scratch}, ${operand(e, to, "q")}`);
  } else if (fromSlot && type === Type.I32) {
    // The slot holds the whole register, whose upper half is zero.
    e.line(`movl ${operand(e, from, "l")}, ${registerName(to, "l")}`);
  } else if (fromSlot || toSlot) {
    e.line(`${transfer(type)} ${operand(e, from, "q")}, ${operand(e, to, "q")}`);
  } else if (isFloatRegister(from) && isFloatRegister(to)) {
    e.line(`movaps ${registerName(from, "")}, ${registerName(to, "")}`);
  } else {
    const width = type === Type.I32 && !isFloatRegister(from) && !isFloatRegister(to) ? "l" : "q";
    e.line(`mov${width} ${registerName(from, width)}, ${registerName(to, width)}`);
  }
}

// ---- Frames ----

/** Pages up to which the probes of a frame are written one by one. */
const UNROLLED_PROBES = 8;

export function layoutFrame(e: Emitter): void {
  let size = e.localBytes + e.savedRegisters.length * 8;
  // With the return address, a multiple of 16.
  if (e.code.hasCalls) size += (size + 8) % 16;
  e.frameSize = size + 8;
  e.incomingBase = size + 8;
  e.needsFrame = size > 0;
}

/** Bytes of the frame below the saved registers. */
function lowerBytes(e: Emitter): number {
  return e.frameSize - 8 - e.savedRegisters.length * 8;
}

/**
 * A prologue that is not at the entry lowers the stack pointer first: a backtrace from the guard recognizes pushes only where the function begins.
 * Such frames are small (shrink-wrap.ts).
 */
function latePrologue(e: Emitter): void {
  const bytes = lowerBytes(e) + 8 * e.savedRegisters.length;
  if (bytes > 0) e.line(`subq $${bytes}, %rsp`);
  e.savedRegisters.forEach((r, i) => {
    e.line(`movq ${registerName(r, "q")}, ${bytes - 8 * (i + 1)}(%rsp)`);
  });
}

export function prologue(e: Emitter): void {
  if (e.allocation.frame !== undefined) {
    latePrologue(e);
    return;
  }
  for (const r of e.savedRegisters) e.line(`pushq ${registerName(r, "q")}`);
  const lower = lowerBytes(e);
  if (lower > 0) e.line(`subq $${lower}, %rsp`);
  // Touch every page from the top down, so that a frame cannot step over the guard of the stack.
  const pages = Math.floor(lower / PAGE);
  if (pages <= UNROLLED_PROBES) {
    for (let i = 1; i <= pages; i++) e.line(`movb $0, ${lower - i * PAGE}(%rsp)`);
    return;
  }
  const loop = e.newLabel();
  e.line(`movl $${pages * PAGE}, %r11d`);
  e.text += `${loop}:\n`;
  e.line(`movb $0, ${lower - (pages + 1) * PAGE}(%rsp, %r11)`);
  e.line(`subq $${PAGE}, %r11`);
  e.line(`jne ${loop}`);
}

export function epilogue(e: Emitter): void {
  const lower = lowerBytes(e);
  if (lower > 0) e.line(`addq $${lower}, %rsp`);
  for (let i = e.savedRegisters.length - 1; i >= 0; i--)
    e.line(`popq ${registerName(e.savedRegisters[i], "q")}`);
}

// ---- Addresses ----

function instanceField(e: Emitter, offset: number): string {
  return e.options.instance === "static" ? `${e.options.instanceSymbol}+${offset}(%rip)` : `${offset}(%r15)`;
}

/** Prints an address; see Address in insts.ts. */
export function address(e: Emitter, inst: number, first: number): string {
  const { code } = e;
  const aux = code.aux[inst];
  const scale = 1 << (aux >> SCALE_SHIFT);
  if ((aux & Address.Constant) !== 0) return `${e.constant(code.immLo[inst], code.immHi[inst], scale)}(%rip)`;
  if ((aux & Address.Instance) !== 0) return instanceField(e, code.immHi[inst]);
  const width = (aux & Address.Narrow) !== 0 ? "l" : "q";
  let at = first;
  const register = (): string => registerName(e.operandAllocation(inst, at++), width);
  let base = (aux & Address.Base) !== 0 ? register() : "";
  let index = (aux & Address.Index) !== 0 ? register() : "";
  const linear = (aux & Address.Linear) !== 0;
  const pinned = linear && e.options.instance === "pointer";
  if (pinned) {
    if (index === "") index = base;
    base = "%r14";
  }
  const displacement = code.immHi[inst];
  const segment = linear && !pinned ? "%gs:" : "";
  if (base === "" && index === "") return `${segment}${displacement}`;
  const offset = displacement === 0 ? "" : String(displacement);
  if (index === "") return `${segment}${offset}(${base})`;
  return `${segment}${offset}(${base}, ${index}${scale === 1 ? "" : `, ${scale}`})`;
}

// ---- Pseudo instructions ----

type Expand = (e: Emitter, inst: number) => void;
const expansions: (Expand | undefined)[] = [];

export function emitPseudo(e: Emitter, inst: number): void {
  const expand = expansions[e.code.op[inst]];
  if (expand === undefined) throw new Error(`pseudo instruction ${e.code.op[inst]} has no expansion`);
  expand(e, inst);
}

/** Operand k of inst, in the width given. */
function text(e: Emitter, inst: number, k: number, width: string): string {
  return operand(e, e.operandAllocation(inst, k), width);
}

for (const w of ["l", "q"] as const) {
  expansions[I.add[w]] = (e, inst) => emitAdd(e, inst, w);
  expansions[I.addImm[w]] = (e, inst) => emitAddImmediate(e, inst, w);
  expansions[I.shlSmall[w]] = (e, inst) => emitSmallShift(e, inst, w);
}

/** Sum in operand 2 of a register and a register or slot: an add where a register may be overwritten, else lea. */
function emitAdd(e: Emitter, inst: number, w: Width): void {
  const [a, b, to] = [0, 1, 2].map((k) => e.operandAllocation(inst, k));
  const [x, y, d] = [0, 1, 2].map((k) => text(e, inst, k, w));
  if (b === to) e.line(`add${w} ${x}, ${d}`);
  else if (a !== to && b < SLOT_BASE)
    e.line(`lea${w} (${registerName(a, "q")}, ${registerName(b, "q")}), ${d}`);
  else {
    if (a !== to) e.line(`mov${w} ${x}, ${d}`);
    e.line(`add${w} ${y}, ${d}`);
  }
}

function emitAddImmediate(e: Emitter, inst: number, w: Width): void {
  const [a, to] = [e.operandAllocation(inst, 0), e.operandAllocation(inst, 1)];
  const imm = e.code.immLo[inst];
  const d = registerName(to, w);
  if (a !== to) e.line(`lea${w} ${imm}(${registerName(a, "q")}), ${d}`);
  // -128 fits a byte, 128 does not.
  else if (imm === 128 || (imm < 0 && imm !== -128 && imm !== -0x80000000)) e.line(`sub${w} $${-imm}, ${d}`);
  else e.line(`add${w} $${imm}, ${d}`);
}

function emitSmallShift(e: Emitter, inst: number, w: Width): void {
  const [a, to] = [e.operandAllocation(inst, 0), e.operandAllocation(inst, 1)];
  const count = e.code.immLo[inst];
  const source = registerName(a, "q");
  const d = registerName(to, w);
  if (a === to) e.line(count === 1 ? `add${w} ${d}, ${d}` : `shl${w} $${count}, ${d}`);
  else if (count === 1) e.line(`lea${w} (${source}, ${source}), ${d}`);
  else e.line(`lea${w} 0(, ${source}, ${1 << count}), ${d}`);
}

expansions[I.movImm] = (e, inst) => {
  const { code } = e;
  const to = e.operandAllocation(inst, 0);
  const lo = code.immLo[inst];
  const hi = code.aux[inst] === Type.I32 ? 0 : code.immHi[inst];
  if (to >= SLOT_BASE) {
    const at = e.slotOffset(to);
    if (hi === lo >> 31) e.line(`movq $${lo}, ${at}(%rsp)`);
    else for (const [k, half] of [lo, hi].entries()) e.line(`movl $${half}, ${at + 4 * k}(%rsp)`);
    return;
  }
  const long = registerName(to, "l");
  const quad = registerName(to, "q");
  if (lo === 0 && hi === 0) e.line(`xorl ${long}, ${long}`);
  else if (hi === 0) e.line(`movl $${lo}, ${long}`);
  else if (hi === lo >> 31) e.line(`movq $${lo}, ${quad}`);
  else e.line(`movabsq $0x${(hi >>> 0).toString(16)}${(lo >>> 0).toString(16).padStart(8, "0")}, ${quad}`);
};

expansions[I.fmovImm] = (e, inst) => {
  const { code } = e;
  const [lo, hi] = [code.immLo[inst], code.immHi[inst]];
  const to = text(e, inst, 0, "");
  const single = code.aux[inst] === Type.F32;
  if (lo === 0 && hi === 0) e.line(`xorps ${to}, ${to}`);
  else if (single) e.line(`movss ${e.constant(lo, 0, 4)}(%rip), ${to}`);
  else e.line(`movsd ${e.constant(lo, hi, 8)}(%rip), ${to}`);
};

expansions[I.instanceAddress] = (e, inst) => {
  e.line(`leaq ${instanceField(e, e.code.immLo[inst])}, ${text(e, inst, 0, "q")}`);
};

/** In static mode the base is where the instance says; reading %gs itself needs an instruction that not every machine has. */
expansions[I.memoryBase] = (e, inst) => {
  const from = e.options.instance === "static" ? instanceField(e, rt.instance.memoryBase) : "%r14";
  e.line(`movq ${from}, ${text(e, inst, 0, "q")}`);
};

expansions[I.callDirect] = (e, inst) => {
  e.line(`call ${e.options.symbolNames[e.code.symbol[inst]]}`);
  takeBack(e, inst);
};
expansions[I.callPointer] = (e, inst) => {
  e.line(`call *${text(e, inst, 0, "q")}`);
  takeBack(e, inst);
};
expansions[I.callMemory] = (e, inst) => {
  e.line(`call *${address(e, inst, 0)}`);
  takeBack(e, inst);
};
expansions[I.callHost] = (e, inst) => {
  e.line(`leaq ${e.options.symbolNames[e.code.symbol[inst]]}(%rip), %rax`);
  e.line("call rt_host_call");
  takeBack(e, inst);
};

/** Lowers rsp again by what the callee popped. */
function takeBack(e: Emitter, inst: number): void {
  if (e.code.immLo[inst] > 0) e.line(`subq $${e.code.immLo[inst]}, %rsp`);
}

expansions[I.ret] = (e, inst) => {
  const pop = e.code.immLo[inst];
  e.line(pop > 0 ? `ret $${pop}` : "ret");
};

function stackArgument(e: Emitter, inst: number, base: number): string {
  return `${base + e.code.immLo[inst]}(%rsp)`;
}
expansions[I.loadIncoming] = (e, inst) => {
  const type = e.code.aux[inst] as Type;
  const width = type === Type.I32 ? "l" : "q";
  const instruction = type === Type.I32 ? "movl" : transfer(type);
  e.line(`${instruction} ${stackArgument(e, inst, e.incomingBase)}, ${text(e, inst, 0, width)}`);
};
expansions[I.storeOutgoing] = (e, inst) => {
  e.line(`${transfer(e.code.aux[inst] as Type)} ${text(e, inst, 0, "q")}, ${stackArgument(e, inst, 0)}`);
};

expansions[I.switchTable] = (e, inst) => {
  e.line(`leaq ${e.jumpTableLabel(e.code.symbol[inst])}(%rip), ${text(e, inst, 0, "q")}`);
};
/** The default case of a switch, if there is one; answers its blocks and how many cases there are. */
function switchBounds(e: Emitter, inst: number): { blocks: readonly number[]; cases: number } {
  const { blocks, cases, checked } = e.switchCases(inst);
  if (checked) {
    e.line(`cmpl $${cases}, ${text(e, inst, 0, "l")}`);
    e.line(`jae ${e.label(blocks[cases])}`);
  }
  return { blocks, cases };
}
expansions[I.switchFixed] = (e, inst) => {
  const { blocks, cases } = switchBounds(e, inst);
  const table = e.jumpTableLabel(e.code.symbol[inst]);
  e.line(`jmp *${table}(, ${text(e, inst, 0, "q")}, 8)`);
  e.jumpTable(table, blocks, cases, true);
};
expansions[I.switch] = (e, inst) => {
  const { blocks, cases } = switchBounds(e, inst);
  const [index, table] = [0, 1].map((k) => e.operandAllocation(inst, k));
  e.line(`movslq (${registerName(table, "q")}, ${registerName(index, "q")}, 4), %r11`);
  e.line(`addq ${registerName(table, "q")}, %r11`);
  e.line("jmp *%r11");
  e.jumpTable(e.jumpTableLabel(e.code.symbol[inst]), blocks, cases);
};

for (const [row, expand] of conversionPseudos) expansions[row] = expand;
