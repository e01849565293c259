// x86-64 vectors: rows of SSE up to SSE4.2 and their rules. Operands are registers only: one in memory would have to be aligned to 16 bytes.
import { def, defEarly, defReuse, use } from "../../compiler/codegen/insts.ts";
import type { Lowering } from "../../compiler/codegen/lower.ts";
import type { RuleTable } from "../../compiler/codegen/pattern.ts";
import { Op } from "../../compiler/ir/ops.ts";
import { Type } from "../../compiler/ir/types.ts";
import { table } from "./insts.ts";

const { I32, I64, F32, F64, V128 } = Type;

const unary = [def, use];
/** Operand 1 is operand 0 (op) operand 2. */
const reusing = [use, defReuse(0), use];

function row(name: string, format: string, operands: readonly number[]): number {
  return table.add(name, format, operands, 0, []);
}

/** (x, y) to x op y. */
const binary: readonly (readonly [Op, string])[] = [
  [Op.V128And, "pand"],
  [Op.V128Or, "por"],
  [Op.V128Xor, "pxor"],
  [Op.I32x4Add, "paddd"],
  [Op.I32x4Sub, "psubd"],
  [Op.I32x4Mul, "pmulld"],
  [Op.I32x4MinS, "pminsd"],
  [Op.I32x4MinU, "pminud"],
  [Op.I32x4MaxS, "pmaxsd"],
  [Op.I32x4MaxU, "pmaxud"],
  [Op.I32x4Eq, "pcmpeqd"],
  [Op.I32x4GtS, "pcmpgtd"],
  [Op.F32x4Eq, "cmpeqps"],
  [Op.F32x4Lt, "cmpltps"],
  [Op.F32x4Le, "cmpleps"],
  [Op.F64x2Eq, "cmpeqpd"],
  [Op.F64x2Lt, "cmpltpd"],
  [Op.F64x2Le, "cmplepd"],
  [Op.I64x2Add, "paddq"],
  [Op.I64x2Sub, "psubq"],
  [Op.F32x4Add, "addps"],
  [Op.F32x4Sub, "subps"],
  [Op.F32x4Mul, "mulps"],
  [Op.F32x4Div, "divps"],
  [Op.F64x2Add, "addpd"],
  [Op.F64x2Sub, "subpd"],
  [Op.F64x2Mul, "mulpd"],
  [Op.F64x2Div, "divpd"],
];

const ones = "pcmpeqd %xmm15, %xmm15\n\t";
/** Sign bits in the scratch register, and all other bits. */
const masked: readonly (readonly [Op, string])[] = [
  [Op.F32x4Abs, `${ones}psrld $1, %xmm15\n\tandps %xmm15, {1}`],
  [Op.F32x4Neg, `${ones}pslld $31, %xmm15\n\txorps %xmm15, {1}`],
  [Op.F64x2Abs, `${ones}psrlq $1, %xmm15\n\tandpd %xmm15, {1}`],
  [Op.F64x2Neg, `${ones}psllq $63, %xmm15\n\txorpd %xmm15, {1}`],
];

const conversions: readonly (readonly [Op, string])[] = [
  [Op.F32x4Sqrt, "sqrtps"],
  [Op.F64x2Sqrt, "sqrtpd"],
  [Op.F32x4ConvertI32x4S, "cvtdq2ps"],
];

const shifts: readonly (readonly [Op, string])[] = [
  [Op.I32x4Shl, "pslld"],
  [Op.I32x4ShrS, "psrad"],
  [Op.I32x4ShrU, "psrld"],
];

const splats: readonly (readonly [Op, Type, string])[] = [
  [Op.I32x4Splat, I32, "movd {1:l}, {0}\n\tpshufd $0, {0}, {0}"],
  [Op.I64x2Splat, I64, "movq {1:q}, {0}\n\tpunpcklqdq {0}, {0}"],
  [Op.F32x4Splat, F32, "pshufd $0, {1}, {0}"],
  [Op.F64x2Splat, F64, "movddup {1}, {0}"],
];

/** Immediates by lane. */
const lanes = [0, 1, 2, 3];
const extractions: readonly (readonly [Op, Type, string, readonly number[]])[] = [
  [Op.I32x4ExtractLane, I32, `pextrd \${i32}, {1}, {0:l}`, lanes],
  [Op.I64x2ExtractLane, I64, `pextrq \${i32}, {1}, {0:q}`, lanes],
  [Op.F32x4ExtractLane, F32, `pshufd \${i32}, {1}, {0}`, lanes],
  [Op.F64x2ExtractLane, F64, `pshufd \${i32}, {1}, {0}`, [0xe4, 0xee]],
];
const replacements: readonly (readonly [Op, string, readonly number[]])[] = [
  [Op.I32x4ReplaceLane, `pinsrd \${i32}, {2:l}, {1}`, lanes],
  [Op.I64x2ReplaceLane, `pinsrq \${i32}, {2:q}, {1}`, lanes],
  [Op.F32x4ReplaceLane, `insertps \${i32}, {2}, {1}`, [0, 16, 32, 48]],
];

/** Adds the rules. */
export function vectorRules(rules: RuleTable): void {
  const on = (op: Op, result: Type, operand: Type, emit: (m: Lowering, v: number) => void): void =>
    rules.on(op, result, operand, [], emit);
  const arg = (m: Lowering, v: number, i: number): number => m.reg(m.f.arg(v, i));
  for (const [op, instruction] of binary) {
    const r = row(instruction, `${instruction} {2}, {1}`, reusing);
    on(op, V128, V128, (m, v) => m.put(r, arg(m, v, 0), m.result(v), arg(m, v, 1)));
  }
  for (const [op, format] of masked) {
    const r = row(`vector.${Op[op]}`, format, [use, defReuse(0)]);
    on(op, V128, V128, (m, v) => m.put(r, arg(m, v, 0), m.result(v)));
  }
  for (const [op, instruction] of conversions) {
    const r = row(instruction, `${instruction} {1}, {0}`, unary);
    on(op, V128, V128, (m, v) => m.put(r, m.result(v), arg(m, v, 0)));
  }
  for (const [op, lane, format] of splats) {
    const r = row(`vector.${Op[op]}`, format, unary);
    on(op, V128, lane, (m, v) => m.put(r, m.result(v), arg(m, v, 0)));
  }
  for (const [op, lane, format, immediates] of extractions) {
    const r = row(`vector.${Op[op]}`, format, unary);
    on(op, lane, V128, (m, v) => {
      m.put(r, m.result(v), arg(m, v, 0));
      m.imm(immediates[m.lo(v)]);
    });
  }
  for (const [op, format, immediates] of replacements) {
    const r = row(`vector.${Op[op]}`, format, reusing);
    on(op, V128, V128, (m, v) => {
      m.put(r, arg(m, v, 0), m.result(v), arg(m, v, 1));
      m.imm(immediates[m.lo(v)]);
    });
  }
  const halves = [
    row("vector.low", "movsd {2}, {1}", reusing),
    row("vector.high", "movlhps {2}, {1}", reusing),
  ];
  on(Op.F64x2ReplaceLane, V128, V128, (m, v) =>
    m.put(halves[m.lo(v)], arg(m, v, 0), m.result(v), arg(m, v, 1)),
  );
  const ext = row("palignr", `palignr \${i32}, {2}, {1}`, reusing);
  on(Op.V128Ext, V128, V128, (m, v) => {
    m.put(ext, arg(m, v, 1), m.result(v), arg(m, v, 0));
    m.imm(m.lo(v));
  });
  shiftRules(rules);
  lanesRules(rules);
}

/** What takes several instructions: packing (saturation must not happen), selection by bits, upper halves of products. */
function lanesRules(rules: RuleTable): void {
  const arg = (m: Lowering, v: number, i: number): number => m.reg(m.f.arg(v, i));
  for (const [op, left, right, pack] of [
    [Op.I16x8Pack, "pslld $16, ", "psrad $16, ", "packssdw"],
    [Op.I8x16Pack, "psllw $8, ", "psrlw $8, ", "packuswb"],
  ] as const) {
    const both = (x: string): string => `${left}${x}\n\t${right}${x}\n\t`;
    const copy = "movdqa {2}, %xmm15\n\t";
    const two = row(pack, `${copy}${both("{1}")}${both("%xmm15")}${pack} %xmm15, {1}`, reusing);
    const same = row(`${pack}.same`, `${both("{1}")}${pack} {1}, {1}`, [use, defReuse(0)]);
    rules.on(op, V128, V128, [], (m, v) => {
      if (m.f.arg(v, 0) === m.f.arg(v, 1)) m.put(same, arg(m, v, 0), m.result(v));
      else m.put(two, arg(m, v, 0), m.result(v), arg(m, v, 1));
    });
  }
  const select = row("vector.select", "pxor {2}, {1}\n\tpand {3}, {1}\n\tpxor {2}, {1}", [
    use,
    defReuse(0),
    use,
    use,
  ]);
  rules.on(Op.V128Bitselect, V128, V128, [], (m, v) =>
    m.put(select, arg(m, v, 0), m.result(v), arg(m, v, 1), arg(m, v, 2)),
  );
  for (const [op, multiply] of [
    [Op.I32x4MulHighS, "pmuldq"],
    [Op.I32x4MulHighU, "pmuludq"],
  ] as const) {
    // Lanes 1 and 3 in the result, lanes 0 and 2 in the scratch register.
    const odd = `pshufd $0xf5, {0}, {2}\n\tpshufd $0xf5, {1}, {3}\n\t${multiply} {3}, {2}`;
    const even = `movdqa {0}, %xmm15\n\t${multiply} {1}, %xmm15\n\tpsrlq $32, %xmm15`;
    const format = `${odd}\n\t${even}\n\tpblendw $0x33, %xmm15, {2}`;
    const high = row(`vector.${Op[op]}`, format, [use, use, defEarly, defEarly]);
    rules.on(op, V128, V128, [], (m, v) => {
      const d = m.result(v);
      m.put(high, arg(m, v, 0), arg(m, v, 1), d, m.newReg(V128));
    });
  }
}

function shiftRules(rules: RuleTable): void {
  for (const [op, instruction] of shifts) {
    const fixed = row(`${instruction}.imm`, `${instruction} \${i32}, {1}`, [use, defReuse(0)]);
    const any = row(
      instruction,
      `movl {2:l}, %r11d\n\tandl $31, %r11d\n\tmovd %r11d, %xmm15\n\t${instruction} %xmm15, {1}`,
      reusing,
    );
    rules.on(op, V128, V128, [], (m, v) => {
      const count = m.f.arg(v, 1);
      if (m.isConst(count)) {
        m.put(fixed, m.reg(m.f.arg(v, 0)), m.result(v));
        m.imm(m.lo(count) & 31);
      } else m.put(any, m.reg(m.f.arg(v, 0)), m.result(v), m.reg(count));
    });
  }
}
