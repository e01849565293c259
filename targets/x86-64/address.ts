// x86-64 address modes: base + index * scale + displacement, built from the IR's sums.
//
// Invariants: 64-bit arithmetic is folded into 64-bit addresses as it is. 32-bit arithmetic is folded only where the address is that sum and
// nothing else: then the whole address is taken in 32 bits (address-size prefix), where it wraps as i32 does, before the segment's base is
// added. A static offset or a base in a register is added in 64 bits, so there the i32 sum is computed first.
import type { Lowering } from "../../compiler/codegen/lower.ts";
import { any, constant, node } from "../../compiler/codegen/pattern.ts";
import { Op } from "../../compiler/ir/ops.ts";
import { auxWidth, Type, Width } from "../../compiler/ir/types.ts";
import { Address, I, SCALE_SHIFT, WIDE_CONSTANT } from "./insts.ts";

/** Shapes of sums; those of addresses may have other users, as folding them costs nothing. */
function shapes(duplicate: boolean) {
  return {
    plusConstant: node(Op.Add, [any, constant()], { duplicate }),
    plus: node(Op.Add, [any, any], { duplicate }),
    multiple: node(Op.Mul, [any, constant()], { duplicate }),
    scaled: node(Op.Shl, [any, constant((lo) => lo >= 1 && lo <= 3)], { duplicate }),
  };
}
const shared = shapes(true);
const single = shapes(false);

const instanceField = node(Op.InstanceAddress, [], { duplicate: true });
const memoryBase = node(Op.MemoryBase, [], { duplicate: true });
const behindBase = node(Op.Add, [memoryBase, any], { duplicate: true });
const load = node(Op.Load, [any]);
const rawLoad = node(Op.RawLoad, [any]);
const wrapped = node(Op.Wrap, [any], { duplicate: true });

/** A register whose lower half is the i32 value v; its upper half may be anything. */
export function lowRegister(m: Lowering, v: number, consumer: number): number {
  if (m.f.op[v] === Op.Wrap && !m.isDemanded(v)) {
    const c = m.match(v, wrapped, consumer);
    if (c !== undefined) return m.reg(c[1]);
  }
  return m.reg(v);
}

/** The address of the instruction being lowered. One is enough: it is completed before the next begins. */
class AddressMode {
  base = 0;
  index = 0;
  shift = 0;
  displacement = 0;
  flags = 0;
  private readonly pending: number[] = [];
  private bitsHi = 0;

  private reset(flags: number, displacement: number): void {
    this.base = 0;
    this.index = 0;
    this.shift = 0;
    this.displacement = displacement;
    this.flags = flags;
  }

  /** Finishes the instruction put last: its address registers, immediate and condition. */
  complete(m: Lowering, immediate = 0, condition = 0): void {
    let flags = this.flags | (this.shift << SCALE_SHIFT) | condition;
    if (this.base !== 0) {
      m.extraUse(this.base);
      flags |= Address.Base;
    }
    if (this.index !== 0) {
      m.extraUse(this.index);
      flags |= Address.Index;
    }
    m.aux(flags);
    if ((flags & Address.Constant) !== 0) m.imm(this.displacement, this.bitsHi);
    else m.imm(immediate, this.displacement);
  }

  /** The bits (lo, hi) in read-only memory, 1 << size bytes. */
  constant(lo: number, hi: number, size: number): void {
    this.reset(Address.Constant, lo);
    this.bitsHi = hi;
    this.shift = size;
  }

  /** A mask of 16 bytes for floats of type t: their sign bits, or all others. */
  mask(t: Type, sign: boolean): void {
    const hi = sign ? -0x80000000 : 0x7fffffff;
    this.constant(t === Type.F32 ? hi : sign ? 0 : -1, hi, WIDE_CONSTANT);
  }

  /** x + y as lea computes it. */
  sum(m: Lowering, x: number, y: number, consumer: number): void {
    this.reset(0, 0);
    // The last is taken first: a constant, where there is one, so that it is not in the way of taking x apart.
    this.pending.push(x, y);
    this.fold(m, consumer, 2, m.f.type[x] === Type.I32, single);
  }

  /** x + (x << shift) */
  multiple(m: Lowering, x: number, shift: number, consumer: number): void {
    this.reset(0, 0);
    this.base = m.f.type[x] === Type.I32 ? lowRegister(m, x, consumer) : m.reg(x);
    this.index = this.base;
    this.shift = shift;
  }

  /** The address of load or store v. */
  access(m: Lowering, v: number, consumer: number): void {
    const { op } = m.f;
    if (op[v] === Op.Load || op[v] === Op.Store) this.linear(m, m.f.arg(v, 0), m.lo(v) >>> 0, consumer);
    else this.native(m, m.f.arg(v, 0), m.lo(v), consumer);
  }

  /** Linear memory at value a (i32 or i64) plus an unsigned offset. */
  private linear(m: Lowering, a: number, offset: number, consumer: number): void {
    const far = offset > 0x7fffffff;
    this.reset(Address.Linear, far ? 0 : offset);
    const segment = m.options.instance === "static";
    if (m.f.type[a] === Type.I32) {
      const at = (m.lo(a) >>> 0) + offset;
      if (m.isConst(a) && at <= 0x7fffffff) this.displacement = at;
      else if (segment && offset === 0 && !m.isConst(a)) this.narrow(m, a, consumer);
      else this.base = m.reg(a);
    } else if (far) {
      this.base = m.reg(a);
    } else {
      this.pending.push(a);
      this.fold(m, consumer, segment ? 2 : 1, false, shared);
    }
    if (far) this.addFar(m, offset, segment);
  }

  /** An offset of 2 GiB or more: displacements are signed. */
  private addFar(m: Lowering, offset: number, segment: boolean): void {
    const k = m.newReg(Type.I64);
    m.put(I.movImm, k);
    m.imm(offset | 0, 0);
    m.aux(Type.I64);
    if (segment) {
      this.index = k;
      return;
    }
    const sum = m.newReg(Type.I64);
    m.put(I.add.q, this.base, k, sum);
    this.base = sum;
  }

  private narrow(m: Lowering, a: number, consumer: number): void {
    this.pending.push(a);
    this.fold(m, consumer, 2, true, shared);
    if (this.index !== 0 || this.displacement !== 0) this.flags |= Address.Narrow;
    else this.base = m.reg(a);
  }

  /** Native address a plus a signed offset. */
  private native(m: Lowering, a: number, offset: number, consumer: number): void {
    this.reset(0, offset);
    const { f } = m;
    let rest = a;
    let limit = 2;
    if (f.op[a] === Op.InstanceAddress && m.match(a, instanceField, consumer) !== undefined) {
      this.flags = Address.Instance;
      this.displacement += m.lo(a);
      return;
    }
    if (f.op[a] === Op.Add) {
      const c = m.match(a, behindBase, consumer);
      if (c !== undefined) {
        rest = c[2];
        this.flags = Address.Linear;
        if (m.options.instance === "pointer") limit = 1;
      }
    }
    this.pending.push(rest);
    this.fold(m, consumer, limit, false, shared);
  }

  /** Takes the sum of the pending values apart, as far as `limit` registers and the displacement hold it. */
  private fold(
    m: Lowering,
    consumer: number,
    limit: number,
    narrow: boolean,
    shape: ReturnType<typeof shapes>,
  ): void {
    const { pending } = this;
    while (pending.length > 0) {
      const v = pending.pop()!;
      if (m.isConst(v) && this.addConstant(m, v, narrow)) continue;
      if (!m.isDemanded(v) && this.takeApart(m, v, consumer, limit, narrow, shape)) continue;
      const r = narrow ? lowRegister(m, v, consumer) : m.reg(v);
      if (this.base === 0) this.base = r;
      else this.index = r;
    }
  }

  private addConstant(m: Lowering, v: number, narrow: boolean): boolean {
    const sum = this.displacement + m.lo(v);
    if (narrow) this.displacement = sum | 0;
    else if (m.hi(v) === m.lo(v) >> 31 && sum === (sum | 0)) this.displacement = sum;
    else return false;
    return true;
  }

  /** 3, 5 or 9 times x is x + x * 2, 4 or 8. */
  private takeMultiple(
    m: Lowering,
    v: number,
    consumer: number,
    limit: number,
    narrow: boolean,
    shape: ReturnType<typeof shapes>,
  ): boolean {
    const k = m.f.arg(v, 1);
    const shift = m.isConst(k) ? [3, 5, 9].indexOf(m.lo(k)) + 1 : 0;
    if (shift === 0 || (m.f.type[v] === Type.I64 && m.hi(k) !== 0) || limit < 2) return false;
    if (m.match(v, shape.multiple, consumer) === undefined) return false;
    const x = m.f.arg(v, 0);
    this.base = narrow ? lowRegister(m, x, consumer) : m.reg(x);
    this.index = this.base;
    this.shift = shift;
    return true;
  }

  private takeApart(
    m: Lowering,
    v: number,
    consumer: number,
    limit: number,
    narrow: boolean,
    shape: ReturnType<typeof shapes>,
  ): boolean {
    const { f } = m;
    const used = (this.base === 0 ? 0 : 1) + (this.index === 0 ? 0 : 1) + this.pending.length;
    if (f.op[v] === Op.Add) {
      const [x, y] = [f.arg(v, 0), f.arg(v, 1)];
      // From inside a loop, a counter's old value would be live behind it, beside the new one.
      if (m.isConst(y) && !m.isOutsideLoop(consumer, v)) {
        const before = this.displacement;
        if (this.addConstant(m, y, narrow)) {
          if (m.match(v, shape.plusConstant, consumer) !== undefined) {
            this.pending.push(x);
            return true;
          }
          this.displacement = before;
        }
      }
      // From outside a loop, two registers instead of one would be live through it.
      if (used + 2 > limit || m.isOutsideLoop(v, consumer) || m.match(v, shape.plus, consumer) === undefined)
        return false;
      this.pending.push(y, x);
      return true;
    }
    if (f.op[v] === Op.Mul && used === 0) return this.takeMultiple(m, v, consumer, limit, narrow, shape);
    if (f.op[v] !== Op.Shl || this.index !== 0) return false;
    const c = m.match(v, shape.scaled, consumer);
    if (c === undefined) return false;
    const [x, count] = [c[1], c[2]];
    this.index = narrow ? lowRegister(m, x, consumer) : m.reg(x);
    this.shift = m.lo(count);
    return true;
  }
}

export const at = new AddressMode();

/** True when v is a load of `width` with a result of type t which may be part of `consumer`: then it is, and its address is in `at`. */
export function foldLoad(m: Lowering, v: number, t: Type, consumer: number, width = Width.Full): boolean {
  const { f } = m;
  const op = f.op[v];
  if ((op !== Op.Load && op !== Op.RawLoad) || f.type[v] !== t || auxWidth(f.aux[v]) !== width) return false;
  if (m.match(v, op === Op.Load ? load : rawLoad, consumer) === undefined) return false;
  at.access(m, v, consumer);
  return true;
}
