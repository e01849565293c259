// Constant expressions: initial values of globals, offsets and items of segments.
import { Op } from "../ir/ops.ts";
import { Type } from "../ir/types.ts";
import type { ConstExpr } from "../wasm/module.ts";
import { functionReference } from "./calls.ts";
import { loadGlobal } from "./memory.ts";
import type { State } from "./state.ts";
import { irType } from "./types.ts";

const ops = { add: Op.Add, sub: Op.Sub, mul: Op.Mul } as const;

/** The value of a constant expression. */
export function evaluateConstant(s: State, e: ConstExpr): number {
  const { b } = s;
  const stack: number[] = [];
  for (const step of e) {
    switch (step.op) {
      case "const":
        stack.push(b.constant(irType(step.type), step.lo, step.hi));
        break;
      case "null":
        stack.push(b.constant(Type.I64, 0));
        break;
      case "func":
        stack.push(functionReference(s, step.index));
        break;
      case "global":
        stack.push(loadGlobal(s, step.index));
        break;
      default: {
        const right = stack.pop()!;
        stack.push(b.value(ops[step.op], irType(step.type), stack.pop()!, right));
      }
    }
  }
  return stack[0];
}
