// The AArch64 target: data and hooks for the shared code generator.
import { loweringHooks } from "../../compiler/codegen/common.ts";
import type { Emitter } from "../../compiler/codegen/emit.ts";
import type { CodegenOptions, Target } from "../../compiler/codegen/target.ts";
import { SLOT_BASE } from "../../compiler/codegen/vcode.ts";
import * as abi from "./abi.ts";
import { cbz, cbzTrap, conditions, I, table, tbz, ZeroTest } from "./insts.ts";
import { rules } from "./lower.ts";
import * as regs from "./regs.ts";

const convention = {
  intArgs: regs.intArgs,
  floatArgs: regs.floatArgs,
  intResults: regs.intResults,
  floatResults: regs.floatResults,
  clobbers: regs.callClobbers,
};

const TEST_REACH = 0x7ff0;
const BRANCH_REACH = 0xffff0;

export const aarch64: Target = {
  name: "aarch64",
  triple: "aarch64-linux-gnu",
  insts: table,
  rules,
  registerName: (r) => regs.registerName(r, ""),
  allocatable: regs.allocatable,
  calleeSaved: regs.calleeSaved,
  scratch: { int: regs.X16, float: regs.V31 },
  addressScratch: "x17",
  convention,
  optimizerNeeds: () => ["nativeAddresses", "tableBases", "scaledIndices"],
  hostConvention: convention,
  ...loweringHooks(I),
  ...abi.frame,
  move: abi.move,
  emitPseudo: abi.emitPseudo,
  address: abi.address,
  operand(e: Emitter, allocation: number, width: string): string {
    if (allocation >= SLOT_BASE) throw new Error("aarch64 has no memory operands");
    void e;
    return regs.registerName(allocation, width);
  },
  trap(e: Emitter, code: number): void {
    e.line(`brk #${code}`);
  },
  jump(e: Emitter, label: string): void {
    e.line(`b ${label}`);
  },
  // tbz reaches 32 KiB, b.cond and cbz 1 MiB, b 128 MiB.
  reach: (row) => (row < 0 ? 0x7fffff0 : row === tbz.w || row === tbz.x ? TEST_REACH : BRANCH_REACH),
  shortestReach: TEST_REACH,
  condition(aux: number): string {
    if (aux === ZeroTest.Zero) return "z";
    if (aux === ZeroTest.NonZero) return "nz";
    return conditions[aux];
  },
  invertBranch(row: number, aux: number) {
    if (row === cbz.w || row === cbz.x || row === cbzTrap.w || row === cbzTrap.x)
      return { row, aux: aux ^ 1 };
    return { row, aux: aux ^ 1 };
  },
  header(_options: CodegenOptions): string {
    return '\t.section .text.wasm,"ax",%progbits\n';
  },
};
