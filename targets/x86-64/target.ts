// The x86-64 target: data and hooks for the shared code generator.
import { loweringHooks } from "../../compiler/codegen/common.ts";
import type { Emitter } from "../../compiler/codegen/emit.ts";
import type { CodegenOptions, Target } from "../../compiler/codegen/target.ts";
import { Op } from "../../compiler/ir/ops.ts";
import * as abi from "./abi.ts";
import { withoutCompare } from "./flags.ts";
import { CONDITION_MASK, compareFloat, conditions, I, table } from "./insts.ts";
import { lowerCall, rules } from "./lower.ts";
import * as regs from "./regs.ts";

const convention = {
  intArgs: regs.intArgs,
  floatArgs: regs.floatArgs,
  intResults: regs.intResults,
  floatResults: regs.floatResults,
  clobbers: regs.callClobbers,
};

/** Branches on equality of floats and the ones that take the other way. */
const invertedRows = new Map<number, number>();
for (const rows of [compareFloat.l, compareFloat.q])
  for (const { eqBranch, neBranch } of [rows.equalRr, rows.equalRm]) {
    invertedRows.set(eqBranch, neBranch);
    invertedRows.set(neBranch, eqBranch);
  }

export const x86_64: Target = {
  name: "x86-64",
  triple: "x86_64-linux-gnu",
  insts: table,
  rules,
  registerName: (r) => regs.registerName(r, ""),
  allocatable: regs.allocatable,
  calleeSaved: regs.calleeSaved,
  scratch: { int: regs.R11, float: regs.XMM15 },
  convention,
  hostConvention: convention,
  optimizerNeeds: () => ["scaledIndices"],
  freeConversion: Op.ExtendU,
  ...loweringHooks(I),
  lowerCall,
  layoutFrame: abi.layoutFrame,
  prologue: abi.prologue,
  epilogue: abi.epilogue,
  move: abi.move,
  emitPseudo: abi.emitPseudo,
  address: abi.address,
  operand: abi.operand,
  trap(e: Emitter, code: number): void {
    e.line(`ud1 ${code}(%eax), %eax`);
  },
  jump(e: Emitter, label: string): void {
    e.line(`jmp ${label}`);
  },
  condition(aux: number): string {
    return conditions[aux & CONDITION_MASK];
  },
  invertBranch(row: number, aux: number) {
    const other = invertedRows.get(row);
    return other === undefined ? { row, aux: aux ^ 1 } : { row: other, aux };
  },
  withoutCompare,
  loopAlignment: ".p2align 4,,10",
  header(_options: CodegenOptions): string {
    return '\t.section .text.wasm,"ax",%progbits\n';
  },
};
