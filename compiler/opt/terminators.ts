// Rewriting the end of a block, shared by the passes that find out where it leads.
import type { Builder } from "../ir/build.ts";
import type { Block, Func } from "../ir/func.ts";
import { Op } from "../ir/ops.ts";
import { Type } from "../ir/types.ts";

/** Makes b end in a jump along its edge number `keep`; the other edges go. */
export function makeJump(f: Func, b: Block, keep: number): void {
  const kept = b.succs[keep];
  for (const e of b.succs.slice()) if (e !== kept) f.removeEdge(e);
  const v = b.last;
  f.op[v] = Op.Jump;
  f.argCount[v] = 0;
}

/** Makes b end in a trap in place of instruction v and all behind it. */
export function makeTrap(f: Func, b: Block, v: number, code: number): void {
  for (const e of b.succs.slice()) f.removeEdge(e);
  while (b.last !== v) f.remove(b.last);
  f.remove(v);
  const trap = f.create(Op.Trap, Type.Void, code);
  f.source[trap] = f.source[v];
  f.append(b, trap);
}

/** Whether two edges lead to one block with the same arguments. */
export function sameEdge(f: Func, a: number, b: number): boolean {
  const x = f.edges[a];
  const y = f.edges[b];
  return x.to === y.to && x.args.length === y.args.length && x.args.every((v, i) => v === y.args[i]);
}

/**
 * Simplifies b's terminator, whose arguments are resolved: known conditions, conditions that test for zero, edges that all lead to one place. True
 * when edges went away.
 */
export function simplifyTerminator(f: Func, builder: Builder, b: Block): boolean {
  const v = b.last;
  const op = f.op[v];
  if (op === Op.Branch) {
    const condition = builder.truth(f.arg(v, 0));
    f.setArg(v, 0, condition);
    if (f.op[condition] === Op.Const) makeJump(f, b, f.immLo[condition] !== 0 ? 0 : 1);
    else if (sameEdge(f, b.succs[0], b.succs[1])) makeJump(f, b, 0);
    else {
      const negated = builder.negated(condition);
      if (negated !== 0) {
        f.setArg(v, 0, negated);
        b.succs.reverse();
      }
      return false;
    }
    return true;
  }
  if (op !== Op.Switch) return false;
  const index = f.arg(v, 0);
  const last = b.succs.length - 1;
  if (f.op[index] === Op.Const) makeJump(f, b, Math.min(f.immLo[index] >>> 0, last));
  else if (b.succs.every((e) => sameEdge(f, e, b.succs[0]))) makeJump(f, b, 0);
  else return false;
  return true;
}
