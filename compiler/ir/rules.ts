// Rewrite rules written as text, "(add (sub x y) y) => x": parsed when the program starts, then matched and built by a small
// interpreter. fold-*.ts hold the tables.
//
// Left side: (op args) matches the result of an op; (op.i64 args) also its type, which for an op whose arguments decide (a comparison, a
// conversion) is that of the first argument. A lower-case name matches anything, an upper-case one a constant, a number that integer
// constant; a name used twice must match one value. Arguments of a commutative op match in either order.
// Right side: a name, a number, (op args) which is folded in its turn, or (@fn args), a constant that a function of `functions` computes.
// After "if": conditions from `conditions`, separated by "and".
// Types on the right follow from the root's type and the ops table; an "A" argument has the type of the root's first argument
// unless the op names it.
//
// Invariant: a rule's right side is cheaper than its left or nearer to the canonical form, so folding ends.
import { out } from "../support/int64.ts";
import type { Func } from "./func.ts";
import { type ArgType, Op, ops } from "./ops.ts";
import { Type, typeNames } from "./types.ts";

/** What a right side is built with: the builder, which folds in its turn. */
export interface RuleTarget {
  readonly f: Func;
  value(op: Op, type: Type, a?: number, b?: number, c?: number): number;
  constant(type: Type, lo: number, hi: number): number;
}

/** Conditions of rules: of values (constants mostly) by id. */
export type Condition = (f: Func, a: number, b: number, c: number) => boolean;
/** Computes a constant of `type` from constants; leaves the bits in int64.ts's `out`. */
export type ConstantFunction = (f: Func, type: Type, a: number, b: number) => void;

enum Kind {
  Any,
  Const,
  Literal,
  Node,
  Function,
}

interface PatternNode {
  kind: Kind;
  /** Any, Const: which binding. */
  slot: number;
  /** Any, Const: seen before, so the values must be the same. */
  repeated: boolean;
  literal: number;
  op: Op;
  /** Explicit type, or Void. */
  type: Type;
  args: PatternNode[];
  run: ConstantFunction | undefined;
}

interface Test {
  run: Condition;
  slots: [number, number, number];
}

export interface Rule {
  readonly text: string;
  /** The op that argument 0 or 1 must have, -1 for any: a quick refusal. */
  readonly op0: number;
  readonly op1: number;
  readonly left: PatternNode;
  readonly right: PatternNode;
  readonly tests: readonly Test[];
}

const opByName = new Map<string, Op>(ops.map((row, op) => [row.name, op as Op]));
const MAX_SLOTS = 8;

// ---- Parsing ----

class RuleParser {
  private readonly tokens: string[];
  private at = 0;
  private readonly names: string[] = [];
  private readonly text: string;
  private readonly vocabulary: Vocabulary;

  constructor(text: string, vocabulary: Vocabulary) {
    this.text = text;
    this.tokens = text.match(/[()]|=>|[^\s(),]+/g) ?? [];
    this.vocabulary = vocabulary;
  }

  parse(): { left: PatternNode; right: PatternNode; tests: Test[] } {
    const left = this.pattern(true);
    this.expect("=>");
    const right = this.pattern(false);
    const tests: Test[] = [];
    while (this.at < this.tokens.length) {
      this.expect(tests.length === 0 ? "if" : "and");
      tests.push(this.test());
    }
    return { left, right, tests };
  }

  private fail(message: string): never {
    throw new Error(`rule "${this.text}": ${message}`);
  }

  private expect(token: string): void {
    if (this.tokens[this.at++] !== token) this.fail(`"${token}" expected`);
  }

  private slot(name: string): number {
    const i = this.names.indexOf(name);
    if (i < 0) this.fail(`unknown name ${name}`);
    return i;
  }

  private test(): Test {
    const name = this.tokens[this.at++];
    const run = this.vocabulary.conditions[name];
    if (run === undefined) this.fail(`unknown condition ${name}`);
    const slots: [number, number, number] = [0, 0, 0];
    this.expect("(");
    let i = 0;
    while (this.tokens[this.at] !== ")") slots[i++] = this.slot(this.tokens[this.at++]);
    this.at++;
    return { run, slots };
  }

  private pattern(left: boolean): PatternNode {
    const token = this.tokens[this.at++];
    const p: PatternNode = {
      kind: Kind.Any,
      slot: 0,
      repeated: false,
      literal: 0,
      op: Op.Nop,
      type: Type.Void,
      args: [],
      run: undefined,
    };
    if (token === "(") {
      this.node(p, left);
    } else if (/^-?\d/.test(token)) {
      p.kind = Kind.Literal;
      p.literal = Number(token);
      if ((p.literal | 0) !== p.literal) this.fail(`${token} is too large`);
    } else if (left) {
      p.kind = /^[A-Z]/.test(token) ? Kind.Const : Kind.Any;
      p.repeated = this.names.includes(token);
      if (!p.repeated && this.names.push(token) > MAX_SLOTS) this.fail("too many names");
      p.slot = this.slot(token);
    } else {
      p.slot = this.slot(token);
    }
    return p;
  }

  private node(p: PatternNode, left: boolean): void {
    const head = this.tokens[this.at++];
    while (this.tokens[this.at] !== ")") p.args.push(this.pattern(left));
    this.at++;
    if (head.startsWith("@")) {
      p.kind = Kind.Function;
      p.run = this.vocabulary.functions[head.slice(1)];
      if (p.run === undefined || left) this.fail(`unknown function ${head}`);
      if (p.args.some((a) => a.kind !== Kind.Any)) this.fail(`${head} takes names`);
      return;
    }
    const [name, suffix] = head.split(".");
    const op = opByName.get(name);
    if (op === undefined) this.fail(`unknown op ${name}`);
    p.kind = Kind.Node;
    p.op = op;
    if (suffix !== undefined) {
      p.type = typeNames.indexOf(suffix as (typeof typeNames)[number]);
      if (p.type < 0) this.fail(`unknown type ${suffix}`);
    }
    if (ops[op].args?.length !== p.args.length) this.fail(`${name} has another number of arguments`);
  }
}

/** All forms of a pattern under commutation. */
function variants(p: PatternNode): PatternNode[] {
  if (p.kind !== Kind.Node) return [p];
  let lists: PatternNode[][] = [[]];
  for (const a of p.args) {
    const forms = variants(a);
    lists = lists.flatMap((list) => forms.map((form) => [...list, form]));
  }
  const forms: PatternNode[] = [];
  for (const args of lists) {
    forms.push({ ...p, args });
    // A constant stands on the right in canonical code, and two arguments of the same shape match the same values either way round unless
    // names tie them to the rest of the pattern.
    const constant = args.some((a) => a.kind === Kind.Const || a.kind === Kind.Literal);
    if (ops[p.op].commutes && !constant) forms.push({ ...p, args: [args[1], args[0]] });
  }
  return forms;
}

/** Names bind where they come first in matching order. */
function markRepeats(p: PatternNode, seen: Set<number>): PatternNode {
  if (p.kind === Kind.Node) return { ...p, args: p.args.map((a) => markRepeats(a, seen)) };
  if (p.kind === Kind.Literal) return p;
  const repeated = seen.has(p.slot);
  seen.add(p.slot);
  return { ...p, repeated };
}

export interface Vocabulary {
  readonly conditions: Readonly<Record<string, Condition>>;
  readonly functions: Readonly<Record<string, ConstantFunction>>;
}

function quickOp(p: PatternNode | undefined): number {
  if (p === undefined || p.kind === Kind.Any) return -1;
  return p.kind === Kind.Node ? p.op : Op.Const;
}

/** The op of an instruction whose type is decided by its arguments: a suffix then names the type of the first. */
function suffixIsOperand(op: Op): boolean {
  return ops[op].args?.[0] === "A";
}

// ---- Matching and building ----

/** Rules by root op and by the op of its first argument, in table order. */
export class RuleTable {
  private readonly lists: Rule[][] = [];
  private readonly byOp: (Rule[][] | undefined)[] = [];
  private bindings = new Int32Array(MAX_SLOTS * 64);
  private base = 0;

  constructor(texts: readonly string[], vocabulary: Vocabulary) {
    for (const text of texts) {
      const { left, right, tests } = new RuleParser(text, vocabulary).parse();
      if (left.kind !== Kind.Node) throw new Error(`rule "${text}": an op expected on the left`);
      for (const form of variants(left)) {
        const marked = markRepeats(form, new Set());
        const rule = {
          text,
          left: marked,
          right,
          tests,
          op0: quickOp(form.args[0]),
          op1: quickOp(form.args[1]),
        };
        (this.lists[left.op] ??= []).push(rule);
      }
    }
    this.lists.forEach((list, op) => {
      const table: Rule[][] = [];
      for (let first = 0; first < ops.length; first++)
        table.push(list.filter((r) => r.op0 < 0 || r.op0 === first));
      this.byOp[op] = table;
    });
  }

  /** The value that the first matching rule makes of the instruction (op, type, a, b, c); 0 when none matches. */
  apply(s: RuleTarget, op: Op, type: Type, a: number, b: number, c: number): number {
    const table = this.byOp[op];
    if (table === undefined) return 0;
    const f = s.f;
    const list = table[f.op[a]];
    const op1 = b === 0 ? 0 : f.op[b];
    for (let i = 0; i < list.length; i++) {
      const rule = list[i];
      if (rule.op1 >= 0 && rule.op1 !== op1) continue;
      const left = rule.left;
      if (left.type !== Type.Void && left.type !== (suffixIsOperand(op) ? f.type[a] : type)) continue;
      const args = left.args;
      if (!this.match(f, args[0], a)) continue;
      if (args.length > 1 && !this.match(f, args[1], b)) continue;
      if (args.length > 2 && !this.match(f, args[2], c)) continue;
      if (rule.tests.length > 0 && !this.test(f, rule.tests)) continue;
      if (this.base + 2 * MAX_SLOTS > this.bindings.length)
        throw new Error(`rules do not end: "${rule.text}"`);
      this.base += MAX_SLOTS;
      const v = this.build(s, rule.right, this.base - MAX_SLOTS, type, f.type[a]);
      this.base -= MAX_SLOTS;
      return v;
    }
    return 0;
  }

  private match(f: Func, p: PatternNode, v: number): boolean {
    switch (p.kind) {
      case Kind.Const:
        if (f.op[v] !== Op.Const) return false;
        return this.bind(f, p, v);
      case Kind.Any:
        return this.bind(f, p, v);
      case Kind.Literal:
        return (
          f.op[v] === Op.Const &&
          f.immLo[v] === p.literal &&
          (f.type[v] === Type.I32 || (f.type[v] === Type.I64 && f.immHi[v] === p.literal >> 31))
        );
      default:
        return this.matchNode(f, p, v);
    }
  }

  private bind(f: Func, p: PatternNode, v: number): boolean {
    if (p.repeated) {
      const w = this.bindings[this.base + p.slot];
      return w === v || (p.kind === Kind.Const && equalConstants(f, v, w));
    }
    this.bindings[this.base + p.slot] = v;
    return true;
  }

  private matchNode(f: Func, p: PatternNode, v: number): boolean {
    if (f.op[v] !== p.op) return false;
    const args = p.args;
    const first = f.resolve(f.arg(v, 0));
    if (p.type !== Type.Void && p.type !== (suffixIsOperand(p.op) ? f.type[first] : f.type[v])) return false;
    if (!this.match(f, args[0], first)) return false;
    for (let i = 1; i < args.length; i++) if (!this.match(f, args[i], f.resolve(f.arg(v, i)))) return false;
    return true;
  }

  private test(f: Func, tests: readonly Test[]): boolean {
    for (let i = 0; i < tests.length; i++) {
      const { run, slots } = tests[i];
      const b = this.bindings;
      const at = this.base;
      if (!run(f, b[at + slots[0]], b[at + slots[1]], b[at + slots[2]])) return false;
    }
    return true;
  }

  /** Builds right side p as a value of `expected` type; `operand` is the type of the root's first argument. */
  private build(s: RuleTarget, p: PatternNode, at: number, expected: Type, operand: Type): number {
    switch (p.kind) {
      case Kind.Any:
      case Kind.Const:
        return this.bindings[at + p.slot];
      case Kind.Literal:
        return s.constant(expected, p.literal, p.literal >> 31);
      case Kind.Function:
        return this.buildConstant(s, p, at, expected);
      default:
        return this.buildNode(s, p, at, expected, operand);
    }
  }

  private buildConstant(s: RuleTarget, p: PatternNode, at: number, expected: Type): number {
    const first = this.bindings[at + p.args[0].slot];
    const second = p.args.length > 1 ? this.bindings[at + p.args[1].slot] : 0;
    p.run!(s.f, expected, first, second);
    return s.constant(expected, out.lo, out.hi);
  }

  private buildNode(s: RuleTarget, p: PatternNode, at: number, expected: Type, operand: Type): number {
    const row = ops[p.op];
    const named = p.type !== Type.Void;
    const type = row.result !== "T" ? row.result : named && !suffixIsOperand(p.op) ? p.type : expected;
    const any = named ? p.type : operand;
    const args = row.args!;
    const a = this.build(s, p.args[0], at, argType(args[0], type, any), operand);
    const b = args.length > 1 ? this.build(s, p.args[1], at, argType(args[1], type, any), operand) : 0;
    const c = args.length > 2 ? this.build(s, p.args[2], at, argType(args[2], type, any), operand) : 0;
    return s.value(p.op, type, a, b, c);
  }
}

function equalConstants(f: Func, a: number, b: number): boolean {
  return f.type[a] === f.type[b] && f.immLo[a] === f.immLo[b] && f.immHi[a] === f.immHi[b];
}

function argType(arg: ArgType, own: Type, any: Type): Type {
  return arg === "T" ? own : arg === "A" ? any : arg;
}
