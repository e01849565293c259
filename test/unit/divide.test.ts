// Division by constants: every divisor of a list against edge dividends and random ones, evaluated before and after.
import { expect, test } from "vitest";
import { Evaluator, type World } from "../../compiler/ir/eval.ts";
import { Func } from "../../compiler/ir/func.ts";
import { Op } from "../../compiler/ir/ops.ts";
import { evaluate, result } from "../../compiler/ir/scalar.ts";
import { Type } from "../../compiler/ir/types.ts";
import { defaultOptions, Optimizer } from "../../compiler/opt/run.ts";
import { Random } from "../support/random.ts";
import { testFacts } from "../support/run-ir.ts";

const nowhere = {} as World;
const { I32, I64 } = Type;

function divisors(bits: number): bigint[] {
  const list: bigint[] = [];
  for (let d = 2n; d < 130n; d++) list.push(d);
  list.push(255n, 256n, 625n, 641n, 1000n, 10000n, 65535n, 65537n, 1000000007n);
  for (let n = BigInt(bits) - 3n; n < bits; n++) list.push((1n << n) - 1n, 1n << n, (1n << n) + 1n);
  if (bits === 64) list.push(10n ** 18n, 6700417n, (1n << 33n) + 1n);
  return [...list, ...list.map((d) => -d), -1n, 1n];
}

function dividends(bits: number, d: bigint, random: Random): bigint[] {
  const top = 1n << BigInt(bits);
  const near = [0n, 1n, d - 1n, d, d + 1n, 2n * d - 1n, 2n * d, top - 1n, top - 2n, top / 2n - 1n, top / 2n];
  const last = (top / (d === 0n ? 1n : d)) * d;
  const list = [...near, last, last - 1n, top - d, top / 2n + d, top / 2n - d];
  for (let i = 0; i < 6; i++) list.push((BigInt(random.next()) << 32n) | BigInt(random.next()));
  return list;
}

function halves(x: bigint): [number, number] {
  return [Number(BigInt.asIntN(32, x)), Number(BigInt.asIntN(32, x >> 32n))];
}

function makeDivision(op: Op, type: Type, d: bigint): Func {
  const f = new Func();
  f.reset("divide", 0, { params: [type], results: [type] }, []);
  const b = f.newBlock();
  f.order.push(0);
  const x = f.addParam(b, type);
  const [lo, hi] = halves(d);
  const k = f.create(Op.Const, type, lo, type === I32 ? lo >> 31 : hi);
  f.append(b, k);
  const v = f.create(op, type);
  f.pushArg(v, x);
  f.pushArg(v, k);
  f.append(b, v);
  const r = f.create(Op.Return, Type.Void);
  f.pushArg(r, v);
  f.append(b, r);
  return f;
}

for (const [type, bits] of [
  [I32, 32],
  [I64, 64],
] as const)
  for (const op of [Op.DivU, Op.RemU, Op.DivS, Op.RemS])
    test(`${Op[op]} of ${bits} bits`, () => {
      const random = new Random(bits + op);
      const optimizer = new Optimizer({ ...defaultOptions(2), verify: true, only: ["divide"] });
      const evaluator = new Evaluator(nowhere);
      for (const d of divisors(bits)) {
        const f = makeDivision(op, type, d);
        optimizer.run(f, testFacts);
        const [dLo, dHi] = halves(d);
        for (const x of dividends(bits, d, random)) {
          const [lo, hi] = halves(x);
          if (evaluate(op, type, type, lo, hi, dLo, dHi) !== 0) continue;
          const expected = [result.lo, type === I32 ? 0 : result.hi];
          evaluator.reset();
          const found = evaluator.run(f, [lo, hi]);
          expect([found[0], type === I32 ? 0 : found[1]], `${x} by ${d}`).toEqual(expected);
        }
      }
    });
