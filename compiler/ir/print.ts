// Func to text, in the form that parse.ts reads.
//
//   func 3 "name" (i32, i64) -> (i32) {
//     sig0 = (i32) -> ()                                  signatures of calls, as far as they are used
//   b0(v1: i32, v2: i64):                                 blocks in layout order; "cold" before the colon
//     v3 = const.i32 5                                    op.type; the type is left out where the op has only one
//     v4 = load.i32 v1, offset=16, width=8u, memory       regions: constant instance global table memory memory1 ...
//     v5 = call.i32 #7, sig0, v4                          #n: the index that the op takes (function, symbol, field)
//     trap_if v5, IntegerOverflow
//     branch v5, b1(v4, v3), b2
//   }
//
// Constants: integers in decimal, floats by their bits in hexadecimal. "; ..." is a comment.
import { toBigInt } from "../support/int64.ts";
import type { Block, Func, Signature } from "./func.ts";
import { Immediate, Op, ops } from "./ops.ts";
import {
  Alias,
  auxAlias,
  auxNonTrapping,
  auxWidth,
  isFloat,
  TrapCode,
  Type,
  typeNames,
  widthNames,
} from "./types.ts";

/** Names of alias regions below Alias.Memory. */
export const regionNames = ["constant", "instance", "global", "table"] as const;

export function regionName(alias: Alias): string {
  if (alias < Alias.Memory) return regionNames[alias as 0 | 1 | 2 | 3];
  return alias === Alias.Memory ? "memory" : `memory${alias - Alias.Memory}`;
}

function typeList(types: readonly Type[]): string {
  return `(${types.map((t) => typeNames[t]).join(", ")})`;
}

export function printSignature(s: Signature): string {
  return `${typeList(s.params)} -> ${typeList(s.results)}`;
}

/** "add.i32": the op with its type where the op does not tell it. */
function mnemonic(op: Op, type: Type): string {
  const row = ops[op];
  return row.types.length > 1 && type !== Type.Void ? `${row.name}.${typeNames[type]}` : row.name;
}

function hex(x: number): string {
  return (x >>> 0).toString(16).padStart(8, "0");
}

export function constantText(type: Type, lo: number, hi: number): string {
  if (type === Type.I32) return String(lo);
  if (type === Type.I64) return toBigInt(lo, hi).toString();
  return type === Type.F32 ? `0x${hex(lo)}` : `0x${hex(hi)}${hex(lo)}`;
}

class Printer {
  private readonly f: Func;
  /** Printed number of a value. */
  private readonly names: Int32Array | undefined;

  constructor(f: Func, renumber: boolean) {
    this.f = f;
    if (renumber) this.names = this.number();
  }

  /** Numbers values as they are printed. */
  private number(): Int32Array {
    const f = this.f;
    const names = new Int32Array(f.count);
    let n = 1;
    for (const id of f.order) {
      const b = f.blocks[id];
      for (const p of b.params) names[p] = n++;
      for (let v = b.first; v !== 0; v = f.next[v]) if (f.type[v] !== Type.Void) names[v] = n++;
    }
    return names;
  }

  private value(v: number): string {
    return `v${this.names === undefined ? v : this.names[v]}`;
  }

  private edge(e: number): string {
    const { to, args } = this.f.edges[e];
    return args.length === 0 ? `b${to}` : `b${to}(${args.map((a) => this.value(a)).join(", ")})`;
  }

  private header(b: Block): string {
    const params = b.params.map((p) => `${this.value(p)}: ${typeNames[this.f.type[p]]}`).join(", ");
    const depth = b.loopDepth > 0 ? `  ; depth ${b.loopDepth}` : "";
    return `b${b.id}${params === "" ? "" : `(${params})`}${b.cold ? " cold" : ""}:${depth}\n`;
  }

  private access(v: number): string[] {
    const f = this.f;
    const aux = f.aux[v];
    const linear = f.op[v] === Op.Load || f.op[v] === Op.Store;
    const offset = linear ? f.immLo[v] >>> 0 : f.immLo[v];
    const words: string[] = [];
    if (offset !== 0) words.push(`offset=${offset}`);
    if (auxWidth(aux) !== 0) words.push(`width=${widthNames[auxWidth(aux)]}`);
    words.push(regionName(auxAlias(aux)));
    if (auxNonTrapping(aux)) words.push("nontrapping");
    return words;
  }

  instruction(v: number): string {
    const f = this.f;
    const op = f.op[v] as Op;
    const type = f.type[v] as Type;
    const before: string[] = [];
    const after: string[] = [];
    switch (ops[op].immediate) {
      case Immediate.Bits:
        before.push(constantText(type, f.immLo[v], f.immHi[v]));
        break;
      case Immediate.Index:
        after.push(`#${f.immLo[v]}`);
        break;
      case Immediate.Access:
        after.push(...this.access(v));
        break;
      case Immediate.Call:
        if (op !== Op.CallPointer) before.push(`#${f.immLo[v]}`);
        before.push(`sig${f.aux[v]}`);
        break;
      case Immediate.Trap:
        after.push(TrapCode[f.immLo[v]]);
        break;
    }
    const args = Array.from({ length: f.argCount[v] }, (_, i) => this.value(f.arg(v, i)));
    const edges = f.isTerminator(v) ? f.blocks[f.block[v]].succs.map((e) => this.edge(e)) : [];
    const operands = [...before, ...args, ...after, ...edges].join(", ");
    const result = type === Type.Void ? "" : `${this.value(v)} = `;
    const note = op === Op.Const && isFloat(type) ? `  ; ${floatOf(type, f.immLo[v], f.immHi[v])}` : "";
    return `  ${result}${mnemonic(op, type)}${operands === "" ? "" : ` ${operands}`}${note}\n`;
  }

  print(): string {
    const f = this.f;
    let text = `func ${f.index} ${JSON.stringify(f.name)} ${printSignature(f.signature)} {\n`;
    const used = new Set<number>();
    for (const id of f.order)
      for (let v = f.blocks[id].first; v !== 0; v = f.next[v])
        if (ops[f.op[v]].immediate === Immediate.Call) used.add(f.aux[v]);
    for (const i of [...used].sort((a, b) => a - b))
      text += `  sig${i} = ${printSignature(f.signatures[i])}\n`;
    for (const id of f.order) {
      const b = f.blocks[id];
      text += this.header(b);
      for (let v = b.first; v !== 0; v = f.next[v]) text += this.instruction(v);
    }
    return `${text}}\n`;
  }
}

function floatOf(type: Type, lo: number, hi: number): number {
  const words = Int32Array.of(lo, hi).buffer;
  return type === Type.F32 ? new Float32Array(words)[0] : new Float64Array(words)[0];
}

/** The text of f. With `renumber`, values are numbered as they are printed, so that the text does not tell how f was made. */
export function printFunc(f: Func, renumber = false): string {
  return new Printer(f, renumber).print();
}

/** One instruction, for messages. */
export function printInstruction(f: Func, v: number): string {
  return new Printer(f, false).instruction(v).trim();
}
