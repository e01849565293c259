// Tables at fixed addresses in loops: load x, offset=T becomes a load at (memory base + T) + x, and the sum in brackets leaves the loop.
//
// For targets whose accesses add a 32-bit index to any register (AArch64), where an offset would take instructions on every access. An index
// x = y << k that cannot wrap is given as the 64-bit value y << k, which such a target scales for nothing.
import { GREATEST, upperBound } from "../analysis/bounds.ts";
import { bytesAccessed } from "../analysis/memory.ts";
import { makePreheaders, preheader } from "../analysis/preheaders.ts";
import type { Builder } from "../ir/build.ts";
import type { Func } from "../ir/func.ts";
import { Op } from "../ir/ops.ts";
import { Alias, auxAlias, Type } from "../ir/types.ts";
import type { PassContext } from "./context.ts";

const { I32, I64 } = Type;
/** Bases that one loop nest keeps in registers. */
const MAX_BASES = 6;

class TableBases {
  private readonly c: PassContext;
  private readonly f: Func;
  private readonly b: Builder;
  /** By loop: the preheader of the outermost loop around it, -1: none. */
  private readonly homes: number[] = [];
  /** Bases by preheader and offset. */
  private readonly bases = new Map<number, Map<number, number>>();
  made = 0;

  constructor(c: PassContext) {
    this.c = c;
    this.f = c.f;
    this.b = c.build();
    for (const loop of c.loops.list) {
      const outer = loop.parent < 0 ? -1 : this.homes[loop.parent];
      this.homes.push(outer >= 0 ? outer : preheader(c.f, loop));
    }
  }

  run(): void {
    const { f } = this;
    for (const id of f.order) {
      const loop = this.c.loops.innermost(id);
      if (loop < 0 || this.homes[loop] < 0) continue;
      for (let v = f.blocks[id].first; v !== 0; v = f.next[v]) this.rewrite(v, this.homes[loop]);
    }
  }

  private rewrite(v: number, home: number): void {
    const { f, b } = this;
    if ((f.op[v] !== Op.Load && f.op[v] !== Op.Store) || auxAlias(f.aux[v]) !== Alias.Memory) return;
    const x = f.arg(v, 0);
    if (f.type[x] !== I32 || f.op[x] === Op.Const || f.immLo[v] === 0) return;
    const base = this.base(home, f.immLo[v] >>> 0);
    if (base === 0) return;
    b.setPosition(v);
    b.source = f.source[v];
    f.setArg(v, 0, b.value(Op.Add, I64, base, this.index(x, bytesAccessed(f, v))));
    f.op[v] = f.op[v] === Op.Load ? Op.RawLoad : Op.RawStore;
    f.immLo[v] = 0;
    this.made++;
  }

  /** Memory base + offset, in front of the loop nest; 0 when it has enough of them. */
  private base(home: number, offset: number): number {
    const { f, b } = this;
    let known = this.bases.get(home);
    if (known === undefined) this.bases.set(home, (known = new Map()));
    let base = known.get(offset) ?? 0;
    if (base !== 0 || known.size === MAX_BASES) return base;
    b.setPosition(f.blocks[home].last);
    base = b.value(Op.Add, I64, b.value(Op.MemoryBase, I64), b.constant(I64, offset | 0, 0));
    known.set(offset, base);
    return base;
  }

  private index(x: number, size: number): number {
    const { f, b } = this;
    if (f.op[x] === Op.Shl) {
      const [y, k] = [f.arg(x, 0), f.arg(x, 1)];
      const scales = f.op[k] === Op.Const && 2 ** f.immLo[k] === size;
      if (scales && upperBound(f, y) * size <= GREATEST)
        return b.value(Op.Shl, I64, b.value(Op.ExtendU, I64, y), b.i64(f.immLo[k]));
    }
    return b.value(Op.ExtendU, I64, x);
  }
}

export function tableBases(c: PassContext): void {
  if (c.loops.list.length === 0) return;
  makePreheaders(c);
  const pass = new TableBases(c);
  pass.run();
  c.count("accesses by table bases", pass.made);
}
