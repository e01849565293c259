// Rotations, counts, byte swaps and narrow sign extensions: one instruction with Zbb, sequences without.
//
// Leading and trailing zeros come from the exponent of the number as a double: exact, and a third of the instructions of shifts and masks. The
// population count and byte swaps are the classic ones of Hacker's Delight (Warren), 5-1 and 7-1.
import type { Lowering } from "../../compiler/codegen/lower.ts";
import { any, constant, type RuleTable } from "../../compiler/codegen/pattern.ts";
import { simpleRule } from "../../compiler/codegen/rules.ts";
import { Op } from "../../compiler/ir/ops.ts";
import { Type } from "../../compiler/ir/types.ts";
import { constantRegister, low, noZbb, pick, putBinary, putImmediate, putUnary, zbb } from "./helpers.ts";
import { I, type Widths } from "./insts.ts";

const { I32, I64 } = Type;

type Sequence = (m: Lowering, d: number, x: number) => void;

/** Bias of a double's exponent. */
const BIAS = 1023;

/** 32 - the exponent of 2x + 1: x shifted up and down makes it unsigned. */
const clz32: Sequence = (m, d, x) => {
  const up = putImmediate(m, I64, I.slli.x, x, 32);
  const twice = putImmediate(m, I64, I.srli.x, up, 31);
  const exponent = putUnary(m, I64, I.exponent, putImmediate(m, I64, I.addi.x, twice, 1));
  m.put(I.sub.x, d, constantRegister(m, I64, BIAS + 32, 0), exponent);
};

/** The exponent of x, or that of `otherwise` when x is 0 (its field is 0 then). */
function exponentOr(m: Lowering, x: number, isolated: number, otherwise: number): number {
  const mask = putUnary(m, I64, I.neg.x, putUnary(m, I64, I.seqz, x));
  const instead = putImmediate(m, I64, I.andi, mask, BIAS + otherwise);
  return putBinary(m, I64, I.or, putUnary(m, I64, I.exponent, isolated), instead);
}

const clz64: Sequence = (m, d, x) => {
  const exponent = exponentOr(m, x, x, -1);
  m.put(I.sub.x, d, constantRegister(m, I64, BIAS + 63, 0), exponent);
};

function lowestBit(m: Lowering, x: number): number {
  return putBinary(m, I64, I.and, x, putUnary(m, I64, I.neg.x, x));
}

/** Bit 32 makes the count end there. */
const ctz32: Sequence = (m, d, x) => {
  const ended = putBinary(m, I64, I.or, x, constantRegister(m, I64, 0, 1));
  m.put(I.addi.x, d, putUnary(m, I64, I.exponent, lowestBit(m, ended)));
  m.imm(-BIAS);
};

const ctz64: Sequence = (m, d, x) => {
  m.put(I.addi.x, d, exponentOr(m, x, lowestBit(m, x), 64));
  m.imm(-BIAS);
};

function popcnt(t: Type): Sequence {
  return (m, d, x) => {
    const all = (bits: number): number => constantRegister(m, t, bits, t === I32 ? bits >> 31 : bits);
    const shifted = (a: number, k: number): number => putImmediate(m, t, pick(I.srli, t), a, k);
    const and = (a: number, b: number): number => putBinary(m, t, I.and, a, b);
    const pairs = putBinary(m, t, pick(I.sub, t), x, and(shifted(x, 1), all(0x55555555)));
    const two = all(0x33333333);
    const nibbles = putBinary(m, t, pick(I.add, t), and(pairs, two), and(shifted(pairs, 2), two));
    const sum = putBinary(m, t, pick(I.add, t), nibbles, shifted(nibbles, 4));
    const bytes = and(sum, all(0x0f0f0f0f));
    const total = putBinary(m, t, pick(I.mul, t), bytes, all(0x01010101));
    m.put(pick(I.srli, t), d, total);
    m.imm(t === I32 ? 24 : 56);
  };
}

/** Swaps neighbouring groups of bits: `mask` has the lower one of each pair. */
function swapGroups(m: Lowering, t: Type, x: number, mask: number, k: number): number {
  const lower = constantRegister(m, t, mask, t === I32 ? 0 : mask);
  const down = putBinary(m, t, I.and, putImmediate(m, t, pick(I.srli, t), x, k), lower);
  const up = putImmediate(m, t, pick(I.slli, t), putBinary(m, t, I.and, x, lower), k);
  return putBinary(m, t, I.or, down, up);
}

function rotate(m: Lowering, t: Type, d: number, x: number, left: number): void {
  const bits = t === I32 ? 32 : 64;
  const up = putImmediate(m, t, pick(I.slli, t), x, left);
  m.put(I.or, d, up, putImmediate(m, t, pick(I.srli, t), x, bits - left));
}

const bswap32: Sequence = (m, d, x) => rotate(m, I32, d, swapGroups(m, I32, x, 0x00ff00ff, 8), 16);
const bswap64: Sequence = (m, d, x) => {
  const bytes = swapGroups(m, I64, x, 0x00ff00ff, 8);
  rotate(m, I64, d, swapGroups(m, I64, bytes, 0x0000ffff, 16), 32);
};

function rotations(rules: RuleTable, t: Type): void {
  const mask = t === I32 ? 31 : 63;
  for (const [op, sign] of [
    [Op.Rotl, 1],
    [Op.Rotr, -1],
  ] as const)
    rules.on(op, t, t, [any, constant()], (m, v, c) => {
      const left = (sign * m.lo(c[1])) & mask;
      const [d, x] = [m.result(v), low(m, c[0])];
      if (left === 0) m.put(I.addi.x, d, m.reg(c[0]));
      else if (!zbb(m)) rotate(m, t, d, x, left);
      else {
        m.put(pick(I.rori, t), d, x);
        m.imm(mask + 1 - left);
      }
    });
  for (const [op, row, sequence] of [
    [Op.Rotl, I.rol, I.rotl],
    [Op.Rotr, I.ror, I.rotr],
  ] as const) {
    simpleRule(rules, op, t, t, pick(row, t), 2, zbb);
    simpleRule(rules, op, t, t, pick(sequence, t), 2);
  }
}

function oneOperand(rules: RuleTable, op: Op, t: Type, row: Widths, sequence: Sequence): void {
  rules.on(op, t, t, [], (m, v, c) => sequence(m, m.result(v), m.reg(c[0])), noZbb);
  rules.on(op, t, t, [], (m, v, c) => m.put(pick(row, t), m.result(v), low(m, c[0])));
}

export function bitRules(rules: RuleTable): void {
  for (const t of [I32, I64]) {
    const is32 = t === I32;
    rotations(rules, t);
    oneOperand(rules, Op.Clz, t, I.clz, is32 ? clz32 : clz64);
    oneOperand(rules, Op.Ctz, t, I.ctz, is32 ? ctz32 : ctz64);
    oneOperand(rules, Op.Popcnt, t, I.cpop, popcnt(t));
    oneOperand(rules, Op.Bswap, t, I.rev8, is32 ? bswap32 : bswap64);
    for (const [op, row, sequence] of [
      [Op.Extend8S, I.sextB, I.sext8],
      [Op.Extend16S, I.sextH, I.sext16],
    ] as const)
      rules.on(op, t, t, [], (m, v, c) => m.put(zbb(m) ? row : sequence, m.result(v), low(m, c[0])));
  }
}
