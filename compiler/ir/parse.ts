// Text to Func: reads what print.ts writes (the format is described there). For tests and fixtures; errors name the line.
//
// Two passes: the first makes blocks and values, so that the second can meet uses before definitions. Values get ids in the order of their
// definitions, whatever their numbers in the text; blocks keep their numbers.
import { fromBigInt, out } from "../support/int64.ts";
import { type Block, Func, type Signature } from "./func.ts";
import { Immediate, Op, ops } from "./ops.ts";
import { regionNames } from "./print.ts";
import { Alias, accessAux, isFloat, TrapCode, Type, typeNames, type Width, widthNames } from "./types.ts";

const opByName = new Map<string, Op>(ops.map((row, op) => [row.name, op as Op]));

/** An instruction seen in the first pass. */
interface Line {
  readonly v: number;
  readonly block: Block;
  readonly operands: string;
  readonly number: number;
}

class Parser {
  private readonly lines: readonly string[];
  private at: number;
  private readonly f: Func;
  private readonly values = new Map<string, number>();

  constructor(lines: readonly string[], at: number, f: Func) {
    this.lines = lines;
    this.at = at;
    this.f = f;
  }

  private fail(message: string, line = this.at): never {
    throw new Error(`line ${line + 1}: ${message}: ${this.lines[line]}`);
  }

  private types(text: string): Type[] {
    const names = text.split(",").map((s) => s.trim());
    return names.filter((s) => s !== "").map((s) => this.type(s));
  }

  private type(name: string): Type {
    const t = typeNames.indexOf(name as (typeof typeNames)[number]);
    return t < 0 ? this.fail(`unknown type ${name}`) : t;
  }

  private signature(text: string): Signature {
    const m = /^\((.*?)\)\s*->\s*\((.*?)\)$/.exec(text.trim());
    if (m === null) return this.fail("signature expected");
    return { params: this.types(m[1]), results: this.types(m[2]) };
  }

  private clean(line: number): string {
    return this.lines[line].replace(/;.*$/, "").trim();
  }

  /** Reads one function; returns the number of the line behind it. */
  parse(): number {
    const m = /^func\s+(-?\d+)\s+("(?:[^"\\]|\\.)*")\s+(.*)\{$/.exec(this.clean(this.at));
    if (m === null) return this.fail("func expected");
    this.f.reset(JSON.parse(m[2]), Number(m[1]), this.signature(m[3]), []);
    const found: Line[] = [];
    let block: Block | undefined;
    this.at++;
    for (; this.at < this.lines.length; this.at++) {
      const line = this.clean(this.at);
      if (line === "") continue;
      if (line === "}") break;
      const sig = /^sig(\d+)\s*=\s*(.*)$/.exec(line);
      if (sig !== null) {
        while (this.f.signatures.length <= Number(sig[1]))
          this.f.signatures.push({ params: [], results: [] });
        this.f.signatures[Number(sig[1])] = this.signature(sig[2]);
      } else if (line.endsWith(":")) block = this.block(line);
      else if (block === undefined) this.fail("block expected");
      else found.push(this.define(line, block));
    }
    if (this.at === this.lines.length) this.fail("} expected", this.at - 1);
    const end = this.at + 1;
    for (const line of found) this.fill(line);
    return end;
  }

  private block(line: string): Block {
    const m = /^b(\d+)(?:\((.*)\))?( cold)?:$/.exec(line);
    if (m === null) return this.fail("block expected");
    const b = this.blockOf(Number(m[1]));
    this.f.order.push(b.id);
    b.cold = m[3] !== undefined;
    for (const param of (m[2] ?? "").split(",")) {
      if (param.trim() === "") continue;
      const [name, type] = param.split(":").map((s) => s.trim());
      this.name(name, this.f.addParam(b, this.type(type)));
    }
    return b;
  }

  private blockOf(id: number): Block {
    if (id > 1e6) this.fail("block number too large");
    while (this.f.blocks.length <= id) this.f.newBlock();
    return this.f.blocks[id];
  }

  private name(name: string, v: number): void {
    if (!/^v\d+$/.test(name)) this.fail(`value name expected, not ${name}`);
    if (this.values.has(name)) this.fail(`${name} is defined twice`);
    this.values.set(name, v);
  }

  private define(line: string, block: Block): Line {
    const m = /^(?:(v\d+)\s*=\s*)?([a-z0-9_]+)(?:\.(\w+))?(?:\s+(.*))?$/.exec(line);
    if (m === null) return this.fail("instruction expected");
    const op = opByName.get(m[2]);
    if (op === undefined) return this.fail(`unknown op ${m[2]}`);
    const { types } = ops[op];
    const type = m[3] !== undefined ? this.type(m[3]) : types.includes(Type.Void) ? Type.Void : types[0];
    if (!types.includes(type)) this.fail(`${m[2]} has no type ${m[3]}`);
    if (m[3] === undefined && types.length > 1 && type !== Type.Void) this.fail(`${m[2]} needs a type`);
    const v = this.f.create(op, type);
    this.f.append(block, v);
    if ((m[1] !== undefined) !== (type !== Type.Void)) this.fail("a result where there is none, or none");
    if (m[1] !== undefined) this.name(m[1], v);
    return { v, block, operands: m[4] ?? "", number: this.at };
  }

  /** Arguments, immediates and edges of an instruction. */
  private fill({ v, block, operands, number }: Line): void {
    const f = this.f;
    this.at = number;
    const op = f.op[v] as Op;
    const access = { width: 0 as Width, alias: Alias.Memory as Alias, nonTrapping: false };
    f.argStart[v] = f.poolLength;
    for (const word of operands.split(/,(?![^(]*\))/).map((s) => s.trim())) {
      if (word === "") continue;
      if (/^v\d+$/.test(word)) f.pushArg(v, this.use(word));
      else if (/^b\d+/.test(word)) this.edge(block, word);
      else if (op === Op.Const) this.constant(v, word);
      else if (!this.immediate(v, word) && !this.accessWord(v, word, access)) this.fail(`what is ${word}?`);
    }
    if (ops[op].immediate === Immediate.Access)
      f.aux[v] = accessAux(access.width, access.alias, access.nonTrapping);
  }

  private use(name: string): number {
    return this.values.get(name) ?? this.fail(`${name} is not defined`);
  }

  private edge(from: Block, word: string): void {
    const m = /^b(\d+)(?:\((.*)\))?$/.exec(word);
    if (m === null) return this.fail(`edge expected, not ${word}`);
    const args = (m[2] ?? "").split(",").filter((s) => s.trim() !== "");
    this.f.addEdge(
      from.id,
      this.blockOf(Number(m[1])).id,
      args.map((s) => this.use(s.trim())),
    );
  }

  private constant(v: number, word: string): void {
    const f = this.f;
    fromBigInt(BigInt(word));
    const type = f.type[v];
    f.immLo[v] = out.lo;
    f.immHi[v] = type === Type.I32 ? out.lo >> 31 : type === Type.F32 ? 0 : out.hi;
    if (isFloat(type) && !word.startsWith("0x")) this.fail("float constants are given by their bits");
  }

  private immediate(v: number, word: string): boolean {
    const f = this.f;
    const kind = ops[f.op[v]].immediate;
    if (/^#-?\d+$/.test(word)) f.immLo[v] = Number(word.slice(1));
    else if (kind === Immediate.Call && /^sig\d+$/.test(word)) f.aux[v] = Number(word.slice(3));
    else if (kind === Immediate.Trap && word in TrapCode)
      f.immLo[v] = TrapCode[word as keyof typeof TrapCode];
    else return false;
    return true;
  }

  private accessWord(
    v: number,
    word: string,
    access: { width: Width; alias: Alias; nonTrapping: boolean },
  ): boolean {
    const [name, value] = word.split("=");
    const region = regionNames.indexOf(name as (typeof regionNames)[number]);
    const memory = /^memory(\d*)$/.exec(name);
    if (name === "offset") this.f.immLo[v] = Number(value) | 0;
    else if (name === "width") {
      access.width = widthNames.indexOf(value as (typeof widthNames)[number]);
      if (access.width < 0) this.fail(`unknown width ${value}`);
    } else if (name === "nontrapping") access.nonTrapping = true;
    else if (region >= 0) access.alias = region;
    else if (memory !== null) access.alias = Alias.Memory + Number(memory[1]);
    else return false;
    return true;
  }
}

/** All functions of a text. Throws Error with line and reason. */
export function parseFuncs(text: string): Func[] {
  const lines = text.split("\n");
  const funcs: Func[] = [];
  let at = 0;
  while (at < lines.length) {
    if (lines[at].replace(/;.*$/, "").trim() === "") {
      at++;
      continue;
    }
    const f = new Func();
    at = new Parser(lines, at, f).parse();
    funcs.push(f);
  }
  return funcs;
}

/** The one function of a text. */
export function parseFunc(text: string): Func {
  const funcs = parseFuncs(text);
  if (funcs.length !== 1) throw new Error(`${funcs.length} functions where one is expected`);
  return funcs[0];
}
