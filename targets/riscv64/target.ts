// The RISC-V 64 target: data and hooks for the shared code generator.
import { loweringHooks } from "../../compiler/codegen/common.ts";
import type { Emitter } from "../../compiler/codegen/emit.ts";
import type { CodegenOptions, Target } from "../../compiler/codegen/target.ts";
import { SLOT_BASE } from "../../compiler/codegen/vcode.ts";
import { Op } from "../../compiler/ir/ops.ts";
import * as abi from "./abi.ts";
import { conditions, I, table } from "./insts.ts";
import { rules } from "./lower.ts";
import * as regs from "./regs.ts";

const convention = {
  intArgs: regs.intArgs,
  floatArgs: regs.floatArgs,
  intResults: regs.intResults,
  floatResults: regs.floatResults,
  clobbers: regs.callClobbers,
};

/** Extensions that instructions are written with; Zicond is not among them, see insts.ts. */
const assemblerExtensions = ["zba", "zbb", "zbs"];

const REACH = 0xffff0;

export const riscv64: Target = {
  name: "riscv64",
  triple: "riscv64-linux-gnu",
  insts: table,
  rules,
  registerName: (r) => regs.registerNames[r],
  allocatable: regs.allocatable,
  calleeSaved: regs.calleeSaved,
  scratch: { int: regs.T5, float: regs.FT11 },
  addressScratch: "t6",
  convention,
  hostConvention: convention,
  ...loweringHooks(I),
  ...abi.frame,
  move: abi.move,
  emitPseudo: abi.emitPseudo,
  address: abi.address,
  operand(_e: Emitter, allocation: number): string {
    if (allocation >= SLOT_BASE) throw new Error("riscv64 has no memory operands");
    return regs.registerNames[allocation];
  },
  trap(e: Emitter, code: number): void {
    e.line("unimp");
    e.line(`.half ${code}`);
  },
  jump(e: Emitter, label: string): void {
    e.line(`j ${label}`);
  },
  farJump(e: Emitter, label: string): void {
    e.line(`jump ${label}, t6`);
  },
  // Assemblers turn a branch out of reach into its opposite over a jump, which reaches 1 MiB.
  freeConversion: Op.ExtendS,
  wholeRegisters: true,
  optimizerNeeds: (features) =>
    features.has("zba")
      ? ["nativeAddresses", "alignedAccesses", "scalars"]
      : ["nativeAddresses", "alignedAccesses", "zeroExtend", "scalars"],
  reach: () => REACH,
  shortestReach: REACH,
  condition: (aux) => conditions[aux],
  invertBranch: (row, aux) => ({ row, aux: aux ^ 1 }),
  header(options: CodegenOptions): string {
    const extensions = assemblerExtensions.filter((name) => options.features.has(name));
    const arch = extensions.map((name) => `\t.option arch, +${name}\n`).join("");
    return `${arch}\t.section .text.wasm,"ax",%progbits\n`;
  },
};
