// Random loops in the text format of modules: the IR of test/support/random-loops.ts, a local for each value.
import type { Random } from "../support/random.ts";
import { randomLoop } from "../support/random-loops.ts";

const names = new Map([
  ["extend_u", "i64.extend_i32_u"],
  ["extend_s", "i64.extend_i32_s"],
  ["wrap", "i32.wrap_i64"],
]);

class Translation {
  private readonly types = new Map<string, string>();
  private readonly lines: string[] = [];
  private params: readonly string[] = [];

  private get(v: string): string {
    return `(local.get $${v})`;
  }

  private set(v: string, type: string, value: string): void {
    this.types.set(v, type);
    this.lines.push(`(local.set $${v} ${value})`);
  }

  /** All at once: what is assigned may be read by another of the values. */
  private assign(args: readonly string[]): string {
    const sets = this.params.map((p) => `(local.set $${p})`).reverse();
    return [...args.map((a) => this.get(a)), ...sets].join(" ");
  }

  private instruction(v: string, op: string, type: string, operands: string): void {
    const [plain, ...rest] = operands.split(", offset=");
    const args = plain.split(", ");
    if (op === "const") return this.set(v, type, `(${type}.const ${args[0]})`);
    if (op === "load") {
      const [offset, width] = rest[0].replace(", memory", "").split(", width=");
      const narrow = width === undefined ? "" : width.replace(/(\d+)([su])/, "$1_$2");
      return this.set(v, type, `(${type}.load${narrow} offset=${offset} ${this.get(args[0])})`);
    }
    if (op === "select")
      return this.set(v, type, `(select ${[args[1], args[2], args[0]].map((a) => this.get(a)).join(" ")})`);
    const operand = this.types.get(args[0])!;
    const isCompare = type === "" && !names.has(op);
    const name = names.get(op) ?? `${isCompare ? operand : type}.${op}`;
    const result = op.startsWith("extend_") ? "i64" : op === "wrap" || isCompare ? "i32" : type;
    this.set(v, result, `(${name} ${args.map((a) => this.get(a)).join(" ")})`);
  }

  private line(text: string): void {
    const list = (x: string): string[] => (x === "" ? [] : x.split(", "));
    let m = /^(v\d+) = (\w+?)(?:\.([if]\d+))? (.*)$/.exec(text);
    if (m !== null) return this.instruction(m[1], m[2], m[3] ?? "", m[4]);
    m = /^store (v\d+), (v\d+), offset=(\d+)(?:, width=(\d+)u)?, memory$/.exec(text);
    if (m !== null) {
      const name = `${this.types.get(m[2])}.store${m[4] ?? ""}`;
      this.lines.push(`(${name} offset=${m[3]} ${this.get(m[1])} ${this.get(m[2])})`);
      return;
    }
    m = /^jump b1\((.*)\)$/.exec(text);
    if (m !== null) {
      this.lines.push(`${this.assign(list(m[1]))} (loop $next`);
      return;
    }
    m = /^branch (v\d+), b1\((.*)\), b2$/.exec(text);
    if (m !== null) {
      this.lines.push(`(if ${this.get(m[1])} (then ${this.assign(list(m[2]))} (br $next))))`);
      return;
    }
    m = /^return (.*)$/.exec(text);
    if (m === null) throw new Error(`no loop has the line ${text}`);
    this.lines.push(...list(m[1]).map((v) => this.get(v)));
  }

  translate(text: string, name: string): string {
    const results = /-> \((.*)\) \{/.exec(text)![1].replaceAll(",", "");
    const params = [.../^b1\((.*)\):$/m.exec(text)![1].matchAll(/(v\d+): ([if]\d+)/g)];
    for (const [, v, type] of params) this.types.set(v, type);
    this.params = params.map(([, v]) => v);
    for (const line of text.split("\n")) if (line.startsWith("  ")) this.line(line.trim());
    const locals = [...this.types].map(([v, type]) => `(local $${v} ${type})`);
    return `(func (export "${name}") (result ${results}) ${locals.join(" ")}\n${this.lines.join("\n")})`;
  }
}

/** A function of the text format that does what a random loop of integers does. */
export function loopText(random: Random, name: string): string {
  return new Translation().translate(randomLoop(random, true), name);
}
