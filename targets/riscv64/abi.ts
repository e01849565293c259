// RISC-V frames, moves, addresses, constants and the pseudo instructions.
//
// t5 holds values, t6 addresses out of reach of a 12-bit offset and bits on their way to a float register: a move between a register and a slot,
// and a constant made again, leave t5 alone.
import type { Emitter } from "../../compiler/codegen/emit.ts";
import { frameHooks } from "../../compiler/codegen/frame.ts";
import { FLOAT_BASE, SLOT_BASE } from "../../compiler/codegen/vcode.ts";
import { Type } from "../../compiler/ir/types.ts";
import { constantSteps, type Step } from "./constants.ts";
import { isImm12 } from "./helpers.ts";
import { AddressMode, I } from "./insts.ts";
import { LINK, registerNames, T5 } from "./regs.ts";

/** Steps up to which an integer constant is computed rather than loaded. */
const MAX_STEPS = 3;

function isFloatRegister(r: number): boolean {
  return r >= FLOAT_BASE && r < SLOT_BASE;
}

function printSteps(e: Emitter, register: string, steps: readonly Step[]): void {
  steps.forEach(([op, value], i) => {
    if (op === "lui") e.line(`lui ${register}, ${value}`);
    else if (op === "addi" && i === 0) e.line(`li ${register}, ${value}`);
    else e.line(`${op} ${register}, ${register}, ${value}`);
  });
}

function loadConstant(e: Emitter, register: string, lo: number, hi: number): void {
  const steps = constantSteps(lo, hi);
  if (steps.length <= MAX_STEPS) printSteps(e, register, steps);
  else e.line(`ld ${register}, ${e.constant(lo, hi, 8)}`);
}

function floatConstant(e: Emitter, inst: number, name: string): void {
  const { code } = e;
  const [lo, hi] = [code.immLo[inst], code.immHi[inst]];
  const single = code.aux[inst] === Type.F32;
  const move = single ? "fmv.w.x" : "fmv.d.x";
  if (lo === 0 && (single || hi === 0)) {
    e.line(`${move} ${name}, zero`);
    return;
  }
  const steps = single ? constantSteps(lo, lo >> 31) : constantSteps(lo, hi);
  if (steps.length <= 2) {
    printSteps(e, "t6", steps);
    e.line(`${move} ${name}, t6`);
  } else e.line(`fld ${name}, ${e.constant(lo, hi, 8)}, t6`);
}

/** base + offset as an address operand; large offsets go through t6. */
function baseOffset(e: Emitter, base: string, offset: number): string {
  if (isImm12(offset)) return `${offset}(${base})`;
  const low = (offset << 20) >> 20;
  printSteps(e, "t6", constantSteps(offset - low, (offset - low) >> 31));
  e.line(`add t6, t6, ${base}`);
  return `${low}(t6)`;
}

function transferWhole(e: Emitter, isStore: boolean, register: number, address: string): void {
  const f = isFloatRegister(register) ? "f" : "";
  e.line(`${f}${isStore ? "sd" : "ld"} ${registerNames[register]}, ${address}`);
}

export function move(e: Emitter, from: number, to: number, type: Type): void {
  if (type === Type.V128) throw new Error("riscv64 has no v128 registers");
  if (from >= SLOT_BASE && to >= SLOT_BASE) {
    transferWhole(e, false, T5, baseOffset(e, "sp", e.slotOffset(from)));
    transferWhole(e, true, T5, baseOffset(e, "sp", e.slotOffset(to)));
  } else if (to >= SLOT_BASE) {
    transferWhole(e, true, from, baseOffset(e, "sp", e.slotOffset(to)));
  } else if (from >= SLOT_BASE) {
    transferWhole(e, false, to, baseOffset(e, "sp", e.slotOffset(from)));
  } else {
    e.line(`${isFloatRegister(to) ? "fmv.d" : "mv"} ${registerNames[to]}, ${registerNames[from]}`);
  }
}

function adjustStack(e: Emitter, bytes: number): void {
  if (isImm12(bytes)) {
    if (bytes !== 0) e.line(`addi sp, sp, ${bytes}`);
    return;
  }
  printSteps(e, "t6", constantSteps(bytes, bytes >> 31));
  e.line("add sp, sp, t6");
}

export const frame = frameHooks({
  link: LINK,
  oneStep: 2032,
  adjust: adjustStack,
  transfer(e, saved, top, isStore) {
    saved.forEach((register, i) => {
      transferWhole(e, isStore, register, `${top - 8 * (i + 1)}(sp)`);
    });
  },
  probe(e) {
    e.line("lui t6, 1");
    e.line("sub sp, sp, t6");
    e.line("sd zero, 0(sp)");
  },
  probeLoop(e, pages) {
    const loop = e.newLabel();
    printSteps(e, "t5", constantSteps(pages, 0));
    e.line("lui t6, 1");
    e.text += `${loop}:\n`;
    e.line("sub sp, sp, t6");
    e.line("sd zero, 0(sp)");
    e.line("addi t5, t5, -1");
    e.line(`bnez t5, ${loop}`);
  },
});

// ---- Pseudo instructions ----

function instanceExpression(e: Emitter, offset: number): string {
  return `${e.options.instanceSymbol}+${offset}`;
}

function emitInstanceAddress(e: Emitter, register: string, offset: number): void {
  if (e.options.instance === "static") {
    e.line(`lla ${register}, ${instanceExpression(e, offset)}`);
  } else if (isImm12(offset)) {
    e.line(`addi ${register}, s10, ${offset}`);
  } else {
    printSteps(e, register, constantSteps(offset, 0));
    e.line(`add ${register}, ${register}, s10`);
  }
}

function emitSwitch(e: Emitter, inst: number): void {
  const { blocks, cases, checked } = e.switchCases(inst);
  const index = registerNames[e.operandAllocation(inst, 0)];
  const table = e.newLabel();
  if (checked) printSteps(e, "t5", constantSteps(cases, 0));
  // As an unsigned number, a sign-extended negative index is above every count.
  if (checked && e.reaches(I.switch, blocks[cases])) e.line(`bgeu ${index}, t5, ${e.label(blocks[cases])}`);
  else if (checked) {
    const inRange = e.newLabel();
    e.line(`bltu ${index}, t5, ${inRange}`);
    e.jump(blocks[cases]);
    e.text += `${inRange}:\n`;
  }
  e.line(`lla t6, ${table}`);
  e.line(`slli t5, ${index}, 2`);
  e.line("add t5, t5, t6");
  e.line("lw t5, 0(t5)");
  e.line("add t5, t5, t6");
  e.line("jr t5");
  e.jumpTable(table, blocks, cases);
}

function emitCall(e: Emitter, inst: number, row: number): void {
  const { code } = e;
  const symbol = e.options.symbolNames[code.symbol[inst]];
  if (row === I.callDirect) {
    e.line(`call ${symbol}`);
  } else if (row === I.callPointer) {
    e.line(`jalr ${registerNames[e.operandAllocation(inst, 0)]}`);
  } else {
    e.line(`lla t0, ${symbol}`);
    e.line("call rt_host_call");
  }
  adjustStack(e, -code.immLo[inst]);
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
  const name = registerNames[allocation];
  const [lo, hi] = [code.immLo[inst], code.immHi[inst]];
  switch (row) {
    case I.movImm:
      loadConstant(e, name, lo, code.aux[inst] === Type.I32 ? lo >> 31 : hi);
      return;
    case I.fmovImm:
      floatConstant(e, inst, name);
      return;
    case I.instanceAddress:
      emitInstanceAddress(e, name, lo);
      return;
    case I.loadIncoming:
      transferWhole(e, false, allocation, baseOffset(e, "sp", e.incomingBase + lo));
      return;
    case I.storeOutgoing:
      transferWhole(e, true, allocation, baseOffset(e, "sp", lo));
      return;
    default:
      throw new Error(`pseudo instruction ${row} has no expansion`);
  }
}

/** Prints an address; see AddressMode. */
export function address(e: Emitter, inst: number, first: number): string {
  const { code } = e;
  const imm = code.immLo[inst];
  switch (code.aux[inst]) {
    case AddressMode.Offset:
      return `${imm}(${registerNames[e.operandAllocation(inst, first)]})`;
    case AddressMode.MemoryConstant:
      return `${imm}(s11)`;
    default: {
      if (e.options.instance === "pointer") return baseOffset(e, "s10", imm);
      const field = instanceExpression(e, imm);
      if (!e.keepsHeld(field)) {
        e.heldLabel = e.newLabel();
        e.text += `${e.heldLabel}:\n`;
        e.line(`auipc t6, %pcrel_hi(${field})`);
      }
      return `%pcrel_lo(${e.heldLabel})(t6)`;
    }
  }
}
