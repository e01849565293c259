// A loop's exit test on a counter that nothing else needs becomes a test on a native pointer that the loop steps along anyway.
//
// The counter p (step c) is compared for equality with an invariant; the pointer a (step s, a multiple of c) is accessed on every iteration. The
// pointer's value at the exit is a0 + (end - p0) * s / c in 64 bits. Both tests become true on the same iteration: the first one with
// p0 + c t = end. Where c does not divide end - p0, or it is zero, the counter would have to wrap; long before that the pointer, which moves
// at least as far, has left the memory and trapped.
import { type CountedLoop, countedLoops, type Induction } from "../analysis/induction.ts";
import type { Loops } from "../analysis/loops.ts";
import { isLoad, isStore } from "../analysis/memory.ts";
import type { Uses } from "../analysis/uses.ts";
import type { Func } from "../ir/func.ts";
import { Op } from "../ir/ops.ts";
import { Alias, auxAlias, Type } from "../ir/types.ts";
import type { PassContext } from "./context.ts";

/** The comparison that alone ends the loop of counter i, when the counter has no other use. */
function onlyTest(f: Func, uses: Uses, l: CountedLoop, i: Induction): number {
  const jump = f.blocks[l.latch].last;
  if (f.op[jump] !== Op.Branch || uses.count(i.param) !== 1 || uses.count(i.next) !== 2) return 0;
  const test = f.arg(jump, 0);
  if ((f.op[test] !== Op.Eq && f.op[test] !== Op.Ne) || uses.count(test) !== 1) return 0;
  if (f.arg(test, 0) !== i.next && f.arg(test, 1) !== i.next) return 0;
  return test;
}

/** Whether the latch goes back or out, nowhere else. */
function leaves(f: Func, loops: Loops, l: CountedLoop): boolean {
  return f.blocks[l.latch].succs.every((e) => e === l.backEdge || !loops.contains(l.number, f.edges[e].to));
}

/** Whether the loop accesses memory through pointer p on every iteration. */
function isAccessed(c: PassContext, uses: Uses, l: CountedLoop, p: number): boolean {
  const { f, dominators } = c;
  for (let i = 0; i < uses.count(p); i++) {
    const v = uses.user(p, i);
    if (!isLoad(f.op[v]) && !isStore(f.op[v])) continue;
    const isAddress = f.arg(v, 0) === p && auxAlias(f.aux[v]) === Alias.Memory;
    if (isAddress && dominators.dominates(f.block[v], l.latch)) return true;
  }
  return false;
}

export function exitTests(c: PassContext): void {
  const { f, loops } = c;
  if (loops.list.length === 0) return;
  const b = c.build();
  const uses = c.findUses();
  for (const l of countedLoops(f, loops)) {
    for (const counter of l.inductions) {
      if (f.type[counter.param] !== Type.I32 || counter.step <= 0) continue;
      const test = onlyTest(f, uses, l, counter);
      if (test === 0 || !leaves(f, loops, l)) continue;
      const end = f.arg(test, f.arg(test, 0) === counter.next ? 1 : 0);
      if (loops.contains(l.number, f.block[end])) continue;
      const pointer = l.inductions.find(
        (i) =>
          f.type[i.param] === Type.I64 &&
          i.step > 0 &&
          i.step % counter.step === 0 &&
          isAccessed(c, uses, l, i.param),
      );
      if (pointer === undefined) continue;
      const entry = f.edges[l.entryEdge].args;
      b.setPosition(f.blocks[l.preheader].last);
      const length = b.value(Op.Sub, Type.I32, end, entry[f.immLo[counter.param]]);
      const wide = b.value(Op.ExtendU, Type.I64, length);
      const bytes = b.value(Op.Mul, Type.I64, wide, b.i64(pointer.step / counter.step));
      const last = b.value(Op.Add, Type.I64, entry[f.immLo[pointer.param]], bytes);
      // Behind what computes the pointer's next value.
      f.remove(test);
      f.insertBefore(f.blocks[l.latch].last, test);
      f.setArg(test, 0, pointer.next);
      f.setArg(test, 1, last);
      c.count("exit tests on pointers");
      break;
    }
  }
}
