// Rules and lowering hooks that read the same on every target, over rows which each target defines: constants, addresses of
// instance and symbols, pinned registers, stack arguments, calls, jumps, returns, traps, switches.
import { Op } from "../ir/ops.ts";
import { Type } from "../ir/types.ts";
import { unsignedBits } from "./facts.ts";
import type { Lowering } from "./lower.ts";
import { any, type RuleTable } from "./pattern.ts";
import type { Callee } from "./target.ts";
import { SWITCH_UNCHECKED } from "./vcode.ts";

/** Longest table that gets entries for the default so that its index needs no check. */
const MOST_PADDED = 256;

/** Row numbers of a target's table. */
export interface CommonRows {
  /** Constant imm of integer or float type aux. */
  readonly movImm: number;
  readonly fmovImm: number;
  /** Address of byte imm of the instance. */
  readonly instanceAddress: number;
  readonly getInstance: number;
  readonly switchInstance: { readonly static: number; readonly pointer: number };
  readonly symbolAddress: number;
  readonly memoryBase: number;
  /** Stack argument at byte imm, of type aux. */
  readonly loadIncoming: number;
  readonly storeOutgoing: number;
  /** imm: stack bytes the callee popped. */
  readonly callDirect: number;
  readonly callPointer: number;
  readonly callHost: number;
  readonly jump: number;
  /** imm: stack bytes to pop. */
  readonly ret: number;
  readonly trap: number;
  readonly switch: number;
  /** Address of jump table `symbol`, where the switch takes it as its second operand. */
  readonly switchTable?: number;
  /** The switch through a table of addresses, for code at fixed addresses. */
  readonly switchFixed?: number;
}

/** Puts a constant in a new register of type t. */
export function putConstant(m: Lowering, rows: CommonRows, t: Type, lo: number, hi: number): number {
  const r = m.newReg(t);
  constantInto(m, rows, r, t, lo, hi);
  return r;
}

function constantInto(m: Lowering, rows: CommonRows, r: number, t: Type, lo: number, hi: number): void {
  m.put(t === Type.F32 || t === Type.F64 ? rows.fmovImm : rows.movImm, r);
  m.imm(lo, hi);
  m.aux(t);
}

/** Adds the rules. */
export function commonRules(rules: RuleTable, rows: CommonRows): void {
  const { Void, I32, I64, F32, F64 } = Type;
  for (const t of [I32, I64, F32, F64])
    rules.on(Op.Const, t, Void, [], (m, v) => constantInto(m, rows, m.result(v), t, m.lo(v), m.hi(v)));
  rules.on(Op.InstanceAddress, I64, Void, [], (m, v) => {
    m.put(rows.instanceAddress, m.result(v));
    m.imm(m.lo(v));
  });
  rules.on(Op.GetInstance, I64, Void, [], (m, v) => {
    // In static mode the code belongs to one instance: its address is a constant.
    m.put(m.options.instance === "pointer" ? rows.getInstance : rows.instanceAddress, m.result(v));
  });
  rules.on(Op.SwitchInstance, Void, I64, [any], (m, _v, c) =>
    m.put(rows.switchInstance[m.options.instance], m.reg(c[0])),
  );
  rules.on(Op.SymbolAddress, I64, Void, [], (m, v) => {
    m.put(rows.symbolAddress, m.result(v));
    m.symbol(m.lo(v));
  });
  rules.on(Op.MemoryBase, I64, Void, [], (m, v) => m.put(rows.memoryBase, m.result(v)));
  rules.on(Op.Trap, Void, Void, [], (m, v) => {
    m.put(rows.trap);
    m.imm(m.lo(v));
  });
  rules.on(Op.Switch, Void, I32, [], (m, v, c) => {
    const successors: number[] = [];
    const n = m.f.blocks[m.f.block[v]].succs.length;
    for (let i = 0; i < n; i++) successors.push(m.successor(i));
    // An index that can only be in the table needs no check; one of eight bits, say a byte of some bytecode, gets a table for all of them.
    const reach = 2 ** unsignedBits(m.f, m.f.arg(v, 0));
    const checked = reach > n && (reach > MOST_PADDED || reach > 2 * n);
    if (!checked) while (successors.length < reach) successors.push(m.successor(n - 1));
    const aux = checked ? 0 : SWITCH_UNCHECKED;
    const index = m.reg(c[0]);
    const number = m.jumpTable(successors);
    if (rows.switchFixed !== undefined && m.options.fixedAddresses) {
      m.put(rows.switchFixed, index);
      m.symbol(number);
      m.aux(aux);
      return;
    }
    let table = 0;
    if (rows.switchTable !== undefined) {
      table = m.newReg(I64);
      m.put(rows.switchTable, table);
      m.symbol(number);
    }
    m.put(rows.switch, index, table);
    m.symbol(number);
    m.aux(aux);
  });
}

/** The lowering hooks of a target whose rows do the work. */
export function loweringHooks(rows: CommonRows) {
  return {
    lowerIncoming(m: Lowering, vreg: number, type: Type, offset: number): void {
      m.put(rows.loadIncoming, vreg);
      m.imm(offset);
      m.aux(type);
    },
    lowerOutgoing(m: Lowering, vreg: number, type: Type, offset: number): void {
      m.put(rows.storeOutgoing, vreg);
      m.imm(offset);
      m.aux(type);
    },
    lowerCall(m: Lowering, callee: Callee, popBytes: number): void {
      if (callee.kind === "pointer") {
        m.put(rows.callPointer, m.reg(callee.value));
      } else {
        m.put(callee.kind === "direct" ? rows.callDirect : rows.callHost);
        m.symbol(callee.symbol);
      }
      m.imm(popBytes);
    },
    lowerJump(m: Lowering, block: number): void {
      m.put(rows.jump);
      m.symbol(block);
    },
    lowerReturn(m: Lowering, popBytes: number): void {
      m.put(rows.ret);
      m.imm(popBytes);
    },
  };
}
