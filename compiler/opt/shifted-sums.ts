// Zero extensions of sums with a scaled index, for targets that pay two shifts for each: zext(i * 2^k + y) is ((i << 32 + k) + (y << 32)) >> 32.
// The scaling and the first half of the extension are one shift, and y << 32 is a constant or is made in front of the loop.
import type { Loops } from "../analysis/loops.ts";
import { makePreheaders, preheader } from "../analysis/preheaders.ts";
import type { Uses } from "../analysis/uses.ts";
import type { Builder } from "../ir/build.ts";
import type { Func } from "../ir/func.ts";
import { Op } from "../ir/ops.ts";
import { Type } from "../ir/types.ts";
import type { PassContext } from "./context.ts";

const { I32, I64 } = Type;

class ShiftedSums {
  private readonly f: Func;
  private readonly loops: Loops;
  private readonly uses: Uses;
  private readonly builder: Builder;
  changed = 0;

  constructor(c: PassContext) {
    this.f = c.f;
    this.loops = c.loops;
    this.uses = c.findUses();
    this.builder = c.build();
  }

  run(): void {
    const { f } = this;
    for (const id of f.order)
      for (let v = f.blocks[id].first; v !== 0; v = f.next[v])
        if (f.op[v] === Op.Add && f.type[v] === I32 && this.isExtendedOnly(v)) this.tryBoth(v);
    f.applyForwards();
  }

  private isAddress(user: number): boolean {
    const { f } = this;
    return f.op[user] === Op.Load || f.op[user] === Op.Store;
  }

  /** Whether all uses of v are zero extensions, of an address included. */
  private isExtendedOnly(v: number): boolean {
    const { f, uses } = this;
    const n = uses.count(v);
    for (let i = 0; i < n; i++) {
      const user = uses.user(v, i);
      const address = this.isAddress(user) && f.arg(user, 0) === v;
      if (!address && f.op[user] !== Op.ExtendU) return false;
      if (f.op[user] === Op.Store && f.arg(user, 1) === v) return false;
    }
    return n > 0;
  }

  private tryBoth(v: number): void {
    const { f } = this;
    for (let i = 0; i < 2; i++) {
      const scaled = f.arg(v, i);
      if (f.op[scaled] !== Op.Shl || !f.isConst(f.arg(scaled, 1)) || !this.isSummedOnly(scaled)) continue;
      const other = this.shiftedUp(f.arg(v, 1 - i), f.block[v]);
      if (other === 0) continue;
      this.rewrite(v, f.arg(scaled, 0), f.immLo[f.arg(scaled, 1)] & 31, other);
      return;
    }
  }

  /** Whether the scaled index goes into sums of this kind only. */
  private isSummedOnly(scaled: number): boolean {
    const { f, uses } = this;
    for (let i = 0; i < uses.count(scaled); i++) {
      const user = uses.user(scaled, i);
      if (f.op[user] !== Op.Add || f.type[user] !== I32 || !this.isExtendedOnly(user)) return false;
    }
    return true;
  }

  /** y << 32 as it costs nothing in `block`, or 0. */
  private shiftedUp(y: number, block: number): number {
    const { f, loops, builder } = this;
    if (f.isConst(y)) return builder.constant(I64, 0, f.immLo[y]);
    let home = -1;
    for (let l = loops.innermost(block); l >= 0 && !loops.contains(l, f.block[y]); l = loops.list[l].parent) {
      const before = preheader(f, loops.list[l]);
      if (before >= 0) home = before;
    }
    if (home < 0) return 0;
    builder.block = f.blocks[home];
    builder.setPosition(f.blocks[home].last);
    return builder.value(Op.Shl, I64, builder.value(Op.ExtendS, I64, y), builder.i64(32));
  }

  private rewrite(v: number, index: number, k: number, other: number): void {
    const { f, uses, builder } = this;
    builder.block = f.blocks[f.block[v]];
    builder.setPosition(f.next[v]);
    const wide = builder.value(Op.ExtendS, I64, index);
    const up = builder.value(Op.Shl, I64, wide, builder.i64(32 + k));
    const sum = builder.value(Op.ShrU, I64, builder.value(Op.Add, I64, up, other), builder.i64(32));
    for (let i = 0; i < uses.count(v); i++) {
      const user = uses.user(v, i);
      if (this.isAddress(user)) f.setArg(user, 0, sum);
      else {
        f.replace(user, sum);
        f.remove(user);
      }
    }
    this.changed++;
  }
}

export function shiftedSums(c: PassContext): void {
  makePreheaders(c);
  const pass = new ShiftedSums(c);
  pass.run();
  c.count("sums shifted", pass.changed);
}
