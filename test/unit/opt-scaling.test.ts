// Passes take time in proportion to the function: shapes that have made compilers quadratic, at two sizes.
import { expect, test } from "vitest";
import { Func } from "../../compiler/ir/func.ts";
import { Op } from "../../compiler/ir/ops.ts";
import { Alias, accessAux, Type, Width } from "../../compiler/ir/types.ts";
import { defaultOptions, Optimizer } from "../../compiler/opt/run.ts";
import { testFacts } from "../support/run-ir.ts";

const { Void, I32 } = Type;
const MEMORY = accessAux(Width.Full, Alias.Memory);

/** Makes functions block by block. */
class Maker {
  readonly f = new Func();
  block = 0;

  constructor() {
    this.f.reset("large", 0, { params: [I32, I32], results: [I32] }, []);
    this.start(this.newBlock());
    this.f.addParam(this.f.blocks[0], I32);
    this.f.addParam(this.f.blocks[0], I32);
  }

  newBlock(): number {
    return this.f.newBlock().id;
  }

  start(block: number): void {
    this.block = block;
    this.f.order.push(block);
  }

  emit(op: Op, type: Type, args: readonly number[], immLo = 0, aux = 0): number {
    const v = this.f.create(op, type, immLo, immLo >> 31, aux);
    for (const a of args) this.f.pushArg(v, a);
    this.f.append(this.f.blocks[this.block], v);
    return v;
  }

  constant(x: number): number {
    return this.emit(Op.Const, I32, [], x);
  }

  load(address: number, offset: number): number {
    return this.emit(Op.Load, I32, [address], offset, MEMORY);
  }

  store(address: number, value: number, offset: number): void {
    this.emit(Op.Store, Void, [address, value], offset, MEMORY);
  }

  jump(to: number, args: number[] = []): void {
    this.emit(Op.Jump, Void, []);
    this.f.addEdge(this.block, to, args);
  }

  branch(condition: number, then: number, otherwise: number): void {
    this.emit(Op.Branch, Void, [condition]);
    this.f.addEdge(this.block, then, []);
    this.f.addEdge(this.block, otherwise, []);
  }

  return(v: number): Func {
    this.emit(Op.Return, Void, [v]);
    return this.f;
  }
}

const shapes: Record<string, (n: number) => Func> = {
  "one long block of loads and stores": (n) => {
    const m = new Maker();
    const [p, q] = m.f.blocks[0].params;
    let sum = q;
    for (let i = 0; i < n; i++) {
      const address = m.emit(Op.Add, I32, [p, m.constant(8 * (i % 1000))]);
      sum = m.emit(Op.Add, I32, [sum, m.load(address, 4)]);
      if (i % 3 === 0) m.store(m.emit(Op.Xor, I32, [q, address]), sum, 0);
    }
    return m.return(sum);
  },
  "blocks in a row that all may leave to one": (n) => {
    const m = new Maker();
    const [p, q] = m.f.blocks[0].params;
    const exit = m.newBlock();
    for (let i = 0; i < n; i++) {
      const next = m.newBlock();
      const v = m.load(p, 4 * (i % 5));
      if (i % 7 === 0) m.store(q, v, i % 100);
      m.branch(m.emit(Op.Eq, I32, [v, m.constant(i)]), exit, next);
      m.start(next);
    }
    m.jump(exit);
    m.start(exit);
    return m.return(m.load(p, 0));
  },
  "diamonds in a row": (n) => {
    const m = new Maker();
    const [p, q] = m.f.blocks[0].params;
    let sum = q;
    for (let i = 0; i < n; i++) {
      const [a, b, end] = [m.newBlock(), m.newBlock(), m.newBlock()];
      m.branch(m.emit(Op.LtU, I32, [sum, m.load(p, 4 * (i % 50))]), a, b);
      const merged = m.f.addParam(m.f.blocks[end], I32);
      for (const arm of [a, b]) {
        m.start(arm);
        if (arm === a) m.store(p, sum, 4 * (i % 50));
        m.jump(end, [m.emit(Op.Add, I32, [sum, m.constant(i + arm)])]);
      }
      m.start(end);
      sum = merged;
    }
    return m.return(sum);
  },
  "nested loops": (n) => {
    const m = new Maker();
    const [p, q] = m.f.blocks[0].params;
    const headers: number[] = [];
    for (let i = 0; i < n / 4; i++) {
      const header = m.newBlock();
      m.jump(header);
      m.start(header);
      headers.push(header);
      m.emit(Op.Mul, I32, [p, q]);
      m.load(p, 4 * i);
    }
    for (const header of headers.reverse()) {
      const next = m.newBlock();
      m.branch(m.emit(Op.LtU, I32, [m.load(p, 0), m.constant(header)]), header, next);
      m.start(next);
    }
    return m.return(q);
  },
  "a wide switch": (n) => {
    const m = new Maker();
    const [p, q] = m.f.blocks[0].params;
    const from = m.block;
    m.emit(Op.Switch, Void, [p]);
    const end = m.newBlock();
    const merged = m.f.addParam(m.f.blocks[end], I32);
    for (let i = 0; i < n; i++) {
      const arm = m.newBlock();
      m.f.addEdge(from, arm, []);
      m.start(arm);
      m.jump(end, [m.emit(Op.Add, I32, [q, m.load(p, 4 * (i % 100))])]);
    }
    m.start(end);
    return m.return(merged);
  },
};

function milliseconds(make: (n: number) => Func, n: number): { total: number; slowest: string } {
  const optimizer = new Optimizer({
    ...defaultOptions(3),
    time: true,
    needs: ["nativeAddresses", "zeroExtend"],
  });
  const f = make(n);
  const start = process.cpuUsage();
  optimizer.run(f, testFacts);
  const used = process.cpuUsage(start);
  const times = Object.entries(optimizer.takeTimes()).sort((a, b) => b[1] - a[1]);
  return {
    total: used.user / 1000,
    slowest: times
      .slice(0, 3)
      .map(([k, v]) => `${k} ${v.toFixed(0)}`)
      .join(", "),
  };
}

const SIZE = 4000;
for (const [name, make] of Object.entries(shapes))
  test(name, { timeout: 120_000 }, () => {
    milliseconds(make, SIZE);
    const small = milliseconds(make, SIZE);
    const large = milliseconds(make, 8 * SIZE);
    const text = `${small.total.toFixed(0)} ms, then ${large.total.toFixed(0)} ms (${large.slowest})`;
    if (process.env.WASMAOT_VERBOSE) console.log(name, text);
    expect(large.total, text).toBeLessThan(24 * Math.max(small.total, 20));
  });
