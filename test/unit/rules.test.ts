// Every op of the IR has, for each of its types and on every target, a lowering rule that matches whatever the operands are and whatever the CPU has.
import { describe, expect, it } from "vitest";
import { ruleKey } from "../../compiler/codegen/pattern.ts";
import { isFloatCompare, isIntegerCompare, Op, type OpRow, ops } from "../../compiler/ir/ops.ts";
import { Type } from "../../compiler/ir/types.ts";
import { loadTarget, targetNames } from "../../targets/index.ts";

const { Void, I32, I64, F32, F64, V128 } = Type;
const ints = [I32, I64];
const floats = [F32, F64];

/** The engine lowers these itself (lower.ts). */
const byEngine = new Set<Op>([
  Op.Nop,
  Op.Param,
  Op.Result,
  Op.Call,
  Op.CallPointer,
  Op.CallHost,
  Op.Jump,
  Op.Return,
]);

/** Types that the first argument "A" of an op can have, given the type of the result. */
function anyArgument(op: Op, type: Type): readonly Type[] {
  if (isIntegerCompare(op)) return ints;
  if (isFloatCompare(op)) return floats;
  switch (op) {
    case Op.TruncS:
    case Op.TruncU:
    case Op.TruncSatS:
    case Op.TruncSatU:
      return floats;
    case Op.ConvertS:
    case Op.ConvertU:
      return ints;
    case Op.Bitcast:
      return [
        new Map([
          [I32, F32],
          [F32, I32],
          [I64, F64],
          [F64, I64],
        ]).get(type)!,
      ];
    default:
      return ints;
  }
}

/** Types of the operand that a rule's key names. */
function operands(op: Op, row: OpRow, type: Type): readonly Type[] {
  const keyed = op === Op.Store || op === Op.RawStore ? 1 : 0;
  const argument = row.args?.[keyed];
  if (argument === undefined) return [Void];
  if (keyed === 1) return [I32, I64, F32, F64, V128];
  if (argument === "T") return [type];
  return argument === "A" ? anyArgument(op, type) : [argument];
}

describe.each(targetNames())("%s", (name) => {
  it("lowers every op of every type", async () => {
    const target = await loadTarget(name);
    const { lists } = target.rules;
    const missing: string[] = [];
    const hasVectors = target.optimizerNeeds?.(new Set())?.includes("scalars") !== true;
    ops.forEach((row, op) => {
      if (byEngine.has(op) || op === target.freeConversion) return;
      for (const type of row.types)
        for (const operand of operands(op, row, type)) {
          // Vectors reach only targets that have them, and there are no constants of them.
          if ((type === V128 || operand === V128) && (!hasVectors || op === Op.Const)) continue;
          const rules = lists[ruleKey(op, type, operand)] ?? [];
          const general = rules.some(
            (r) => r.when === undefined && r.patterns.every((p) => p.kind === "any"),
          );
          if (!general) missing.push(`${row.name} (result ${type}, operand ${operand})`);
        }
    });
    expect(missing).toEqual([]);
  });
});
