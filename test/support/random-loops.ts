// Random loops over arrays, as text of IR functions without parameters: counts from 0 up, arrays that are gone through upwards or downwards, that overlap in
// both directions, that end where the memory of two pages ends or wrap around, unrolled bodies, values carried from one iteration to the next, sums.
import type { Random } from "./random.ts";

const END = 2 * 65536;

interface Lane {
  readonly type: string;
  readonly size: number;
  readonly binary: readonly string[];
  readonly unary: readonly string[];
  readonly sums: readonly string[];
}
const lanes: readonly Lane[] = [
  {
    type: "f32",
    size: 4,
    binary: ["fadd", "fsub", "fmul", "fdiv"],
    unary: ["fabs", "fneg", "fsqrt"],
    sums: [],
  },
  {
    type: "f64",
    size: 8,
    binary: ["fadd", "fsub", "fmul", "fdiv"],
    unary: ["fabs", "fneg", "fsqrt"],
    sums: [],
  },
  {
    type: "i32",
    size: 4,
    binary: ["add", "sub", "mul", "and", "or", "xor"],
    unary: [],
    sums: ["add", "xor", "and", "or", "max"],
  },
  {
    type: "i64",
    size: 8,
    binary: ["add", "sub", "and", "or", "xor"],
    unary: [],
    sums: ["add", "xor", "and", "or"],
  },
];

const integerShapes = ["choice", "selection", "condition", "number", "extension", "quotient"];
const floatShapes = ["float choice"];
const comparisons = ["lt_s", "lt_u", "gt_s", "gt_u", "le_s", "le_u", "ge_s", "ge_u", "eq", "ne"];

/** Widths of elements in memory by lane type: bytes, and the width of loads and stores in text. */
const narrow = [
  { bytes: 1, load: ", width=8s", store: ", width=8u" },
  { bytes: 1, load: ", width=8u", store: ", width=8u" },
  { bytes: 2, load: ", width=16s", store: ", width=16u" },
  { bytes: 2, load: ", width=16u", store: ", width=16u" },
];

class Writer {
  private readonly r: Random;
  private readonly lane: Lane;
  private readonly entry: string[] = [];
  private readonly body: string[] = [];
  private next = 100;

  constructor(r: Random, of: readonly Lane[]) {
    this.r = r;
    this.lane = r.pick(of);
  }

  private constant(x: number, where = this.entry): string {
    return this.emit(`const.i32 ${x | 0}`, where);
  }

  private emit(text: string, where = this.body): string {
    const v = `v${this.next++}`;
    where.push(`  ${v} = ${text}`);
    return v;
  }

  /** One of the shapes that several instructions make up, of x and an invariant y. */
  private shape(name: string, type: string, x: string, y: string): string {
    const { r } = this;
    const compare = (op: string): string => this.emit(`${op} ${x}, ${y}`);
    switch (name) {
      case "choice": {
        const [a, b] = r.below(2) === 0 ? [x, y] : [y, x];
        return this.emit(`select.${type} ${compare(r.pick(comparisons))}, ${a}, ${b}`);
      }
      case "selection":
        return this.emit(
          `select.i32 ${compare(r.pick(comparisons))}, ${this.emit(`add.i32 ${x}, ${x}`)}, ${y}`,
        );
      case "condition":
        return this.emit(`select.i32 ${this.emit(`and.i32 ${x}, ${y}`)}, ${x}, ${y}`);
      case "number":
        return compare(r.pick(comparisons));
      case "extension":
        return this.emit(`${r.pick(["extend8_s", "extend16_s"])}.i32 ${x}`);
      case "quotient": {
        const factor = this.emit(`const.i64 ${r.pick([43691, 0x55555556])}`, this.entry);
        const count = this.emit(`const.i64 ${r.pick([32, 35, 40])}`, this.entry);
        const product = this.emit(
          `mul.i64 ${this.emit(`${r.pick(["extend_u", "extend_s"])} ${x}`)}, ${factor}`,
        );
        return this.emit(`wrap ${this.emit(`${r.pick(["shr_u", "shr_s"])}.i64 ${product}, ${count}`)}`);
      }
      case "float choice":
        return this.emit(
          `select.${type} ${compare(r.pick(["flt", "fgt", "fle", "fge", "feq", "fne"]))}, ${x}, ${y}`,
        );
      default:
        return x;
    }
  }

  /** Where an array begins that is gone through downwards for some bytes, or upwards: 0. */
  private base(down: number): number {
    const { r } = this;
    if (down > 0 && r.below(4) !== 0)
      return r.pick([8 * r.below(20), END - 8, -8, 0]) + r.pick([0, 8, down, down]);
    switch (r.below(8)) {
      case 0:
        return END - 8 * r.below(50) - r.below(3);
      case 1:
        return -8 * r.below(20);
      case 2:
        return r.below(600);
      default:
        return 8 * r.below(60);
    }
  }

  write(): string {
    const { r, lane } = this;
    const { type, size } = lane;
    const unroll = r.pick([1, 1, 1, 2, 3, 4]);
    const step = unroll * size;
    // Counter: bytes or iterations, up or down; tested before or after the step.
    const rounds = r.below(41);
    const down = r.below(4) === 0;
    const unit = r.pick([1, step, step]);
    const start = down ? rounds * unit : r.pick([0, 0, -unit, 5]);
    const end = down ? r.pick([0, 0, unit]) : start + rounds * unit + r.pick([0, 0, 0, 1]);
    const s0 = this.constant(start);
    const limit = this.constant(end);
    const increment = this.constant(down ? -unit : unit);
    // Arrays of i32 may be of narrower elements.
    const widths = [0, 1, 2].map(() =>
      type === "i32" && r.below(3) > 0 ? r.pick(narrow) : { bytes: size, load: "", store: "" },
    );
    const backwards = r.below(4) === 0;
    const bumps = widths.map((w) => this.constant(unroll * w.bytes * (backwards ? -1 : 1)));
    const bases = widths.map((w) => this.constant(this.base(backwards ? rounds * unroll * w.bytes : 0)));
    const invariant = type.startsWith("f")
      ? this.emit(`const.${type} ${size === 4 ? "0x3fc00000" : "0x3ff8000000000000"}`, this.entry)
      : this.emit(`const.${type} ${r.below(1000)}`, this.entry);
    const pointers = ["v10", "v11", "v12"];
    const offsets = pointers.map(() => this.constant(r.pick([0, 0, 8, -8, 64, 1 << 16])));
    // Another array, of which elements further apart are loaded, or the same again and again.
    const wide = r.pick([0, size, 2 * step, 3 * step]) * (backwards && r.below(8) !== 0 ? -1 : 1);
    const wider = this.constant(wide);
    const wideBase = this.constant(this.base(wide < 0 ? -rounds * wide : 0));
    const carried = type.startsWith("f") || r.below(2) === 0;
    const loadAt = (k: number, j: number, shift: number): string => {
      if (k === 3) {
        const address = wide === 0 ? wideBase : "v14";
        return this.emit(`load.${type} ${address}, offset=${r.pick([0, j, j + shift]) * size}, memory`);
      }
      const address = r.below(2) === 0 ? pointers[k] : this.emit(`add.i32 ${pointers[k]}, ${offsets[k]}`);
      const { bytes, load } = widths[k];
      return this.emit(`load.${type} ${address}, offset=${(j + shift) * bytes}${load}, memory`);
    };
    // The first load's place moves: where the counter never meets its limit, the loop ends in a trap.
    const plans = Array.from({ length: 1 + r.below(3) }, (_, plan) => ({
      to: r.below(3),
      sources: Array.from({ length: 1 + r.below(2) }, (_, i) => ({
        k: r.below(16) % (plan + i === 0 ? 3 : 4),
        shift: r.below(3),
      })),
      ops: [r.pick(lane.binary), r.pick(lane.binary)],
      unary: lane.unary.length > 0 && r.below(3) === 0 ? r.pick(lane.unary) : undefined,
      shape:
        r.below(2) === 0
          ? ""
          : r.pick(type === "i32" ? integerShapes : type.startsWith("f") ? floatShapes : [""]),
      previous: unroll === 1 && r.below(3) === 0,
      stored: r.below(4) !== 0,
      shift: r.pick([0, 0, 0, 1, 7]),
    }));
    let accumulator = "v20";
    let last = "v21";
    const sum = lane.sums.length > 0 && carried ? r.pick(lane.sums) : undefined;
    const elements: string[] = [];
    const order = Array.from({ length: unroll }, (_, j) => j);
    if (backwards && r.below(2) === 0) order.reverse();
    for (const j of order)
      for (const p of plans) {
        let x = loadAt(p.sources[0].k, j, p.sources[0].shift);
        last = x;
        for (const [i, s] of p.sources.slice(1).entries())
          x = this.emit(`${p.ops[i]}.${type} ${x}, ${loadAt(s.k, j, s.shift)}`);
        x = this.emit(`${p.ops[1]}.${type} ${x}, ${p.previous ? "v21" : invariant}`);
        x = this.shape(p.shape, type, x, invariant);
        if (p.unary !== undefined) x = this.emit(`${p.unary}.${type} ${x}`);
        if (p.stored)
          this.body.push(
            `  store ${pointers[p.to]}, ${x}, offset=${(j + p.shift) * widths[p.to].bytes}${widths[p.to].store}, memory`,
          );
        else if (p === plans[0] && sum !== undefined) elements.push(x);
      }
    for (const x of elements)
      accumulator =
        sum === "max"
          ? this.emit(`select.i32 ${this.emit(`gt_s ${x}, ${accumulator}`)}, ${x}, ${accumulator}`)
          : this.emit(`${sum}.${type} ${accumulator}, ${x}`);
    const moved = pointers.map((p, i) => this.emit(`add.i32 ${p}, ${bumps[i]}`));
    const widely = wide === 0 ? [] : [this.emit(`add.i32 v14, ${wider}`)];
    const counter = this.emit(`add.i32 v13, ${increment}`);
    const tested = r.below(2) === 0 ? counter : "v13";
    const test = this.emit(
      `${down ? r.pick(["ne", "gt_s"]) : r.pick(["ne", "lt_s", "lt_u", "le_s"])} ${tested}, ${limit}`,
    );
    // Which values go around: what nothing uses would only keep loops from being taken.
    const around = [...moved, counter, ...widely];
    const params = [...pointers, "v13", ...widely.map(() => "v14")].map((p) => `${p}: i32`);
    const initial = [...bases, s0, ...widely.map(() => wideBase)];
    const results = [counter];
    const types = ["i32"];
    if (elements.length > 0) {
      params.push(`v20: ${type}`);
      around.push(accumulator);
      initial.push(invariant);
      results.push(accumulator);
      types.push(type);
    }
    if (plans.some((p) => p.previous)) {
      params.push(`v21: ${type}`);
      around.push(last);
      initial.push(invariant);
      results.push(last);
      types.push(type);
    }
    return [
      `func 0 "loop" () -> (${types.join(", ")}) {`,
      "b0:",
      ...this.entry,
      `  jump b1(${initial.join(", ")})`,
      `b1(${params.join(", ")}):`,
      ...this.body,
      `  branch ${test}, b1(${around.join(", ")}), b2`,
      "b2:",
      `  return ${results.join(", ")}`,
      "}",
      "",
    ].join("\n");
  }
}

/** The text of a function with one loop; of integers only, where the bits of NaNs would tell machines apart. */
export function randomLoop(random: Random, integers = false): string {
  return new Writer(random, integers ? lanes.filter((l) => l.type.startsWith("i")) : lanes).write();
}
