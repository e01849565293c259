// Addresses that a loop computes from its counter (base + i, base + (i << 2)) become variables of their own that grow by a constant.
//
// For targets that pay for every access by a computed i32 address: addresses.ts then carries them as native addresses. i32 sums are exact modulo
// 2^32 either way, so nothing needs a proof here; an access on every iteration is asked for because only then addresses.ts can do its part.
import { type CountedLoop, countedLoops, type Follower, follow } from "../analysis/induction.ts";
import { isLoad, isStore } from "../analysis/memory.ts";
import { makePreheaders } from "../analysis/preheaders.ts";
import type { Builder } from "../ir/build.ts";
import type { Func } from "../ir/func.ts";
import { Op } from "../ir/ops.ts";
import { Alias, auxAlias, Type } from "../ir/types.ts";
import type { PassContext } from "./context.ts";

const { I32 } = Type;
/** What addresses.ts can step by at most. */
const MAX_STEP = 0x8000;

class StrengthReduction {
  private readonly c: PassContext;
  private readonly f: Func;
  private readonly b: Builder;
  /** Accesses by their computed i32 address. */
  private readonly groups = new Map<number, number[]>();
  reduced = 0;

  constructor(c: PassContext) {
    this.c = c;
    this.f = c.f;
    this.b = c.build();
  }

  run(): void {
    const { f, groups } = this;
    for (const id of f.order)
      for (let v = f.blocks[id].first; v !== 0; v = f.next[v]) {
        if (!(isLoad(f.op[v]) || isStore(f.op[v])) || auxAlias(f.aux[v]) !== Alias.Memory) continue;
        const a = f.arg(v, 0);
        if (f.type[a] !== I32 || (f.op[a] !== Op.Add && f.op[a] !== Op.Shl)) continue;
        const list = groups.get(a);
        if (list === undefined) groups.set(a, [v]);
        else list.push(v);
      }
    if (groups.size === 0) return;
    for (const l of countedLoops(f, this.c.loops)) this.reduceAll(l);
  }

  private reduceAll(l: CountedLoop): void {
    if (l.inductions.length === 0) return;
    const { f } = this;
    const { loops, dominators } = this.c;
    for (const [root, accesses] of this.groups) {
      const inside = accesses.filter((v) => loops.contains(l.number, f.block[v]));
      if (!inside.some((v) => dominators.dominates(f.block[v], l.latch))) continue;
      const follower = follow(f, loops, l, root);
      const step = follower === undefined ? 0 : follower.induction.step * 2 ** follower.shift;
      if (follower === undefined || step <= 0 || step > MAX_STEP) continue;
      const address = this.reduce(l, root, follower, step);
      for (const v of inside) f.setArg(v, 0, address);
      this.groups.delete(root);
      this.reduced++;
    }
  }

  /** A parameter of the loop's header that is equal to `root` on every iteration. */
  private reduce(l: CountedLoop, root: number, follower: Follower, step: number): number {
    const { f, b } = this;
    b.setPosition(f.blocks[l.preheader].last);
    const start = this.atEntry(l, root, follower.induction.param);
    const param = f.addParam(f.blocks[l.loop.header], I32);
    f.edges[l.entryEdge].args.push(start);
    b.setPosition(f.blocks[l.latch].last);
    f.edges[l.backEdge].args.push(b.value(Op.Add, I32, param, b.i32(step)));
    return param;
  }

  /** Builds what v is on entry to the loop. */
  private atEntry(l: CountedLoop, v: number, param: number): number {
    const { f, b } = this;
    if (v === param) return f.edges[l.entryEdge].args[f.immLo[v]];
    if (!this.c.loops.contains(l.number, f.block[v])) return v;
    return b.value(f.op[v], I32, this.atEntry(l, f.arg(v, 0), param), this.atEntry(l, f.arg(v, 1), param));
  }
}

export function strengthReduction(c: PassContext): void {
  if (c.loops.list.length === 0) return;
  makePreheaders(c);
  const pass = new StrengthReduction(c);
  pass.run();
  c.count("addresses reduced in strength", pass.reduced);
}
