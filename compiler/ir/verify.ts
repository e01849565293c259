// Checks the invariants of a Func between passes:
//
//  1. `order` lists every block that can be reached from block 0, and no other, each once; block 0 comes first and has no predecessors.
//  2. A block has instructions; the last one, and only it, is a terminator; the list is linked both ways and every instruction knows its block.
//  3. A jump has one edge, a branch two, a switch at least one, return and trap none. Every edge is in `succs` of its source and `preds` of its
//     target, once.
//  4. An edge's arguments agree with the parameters of its target in number and type.
//  5. Arguments agree with the op's row in ops.ts; the type column holds one of the row's types.
//  6. Every use is dominated by its definition, which stands in a listed block; nothing is forwarded.
//  7. `result` stands behind its call, with only results of the same call between them.
//  8. A call names a signature, and its arguments and results agree with it.
//
// Violations are errors of ours: they throw.
import { DominatorTree } from "../support/dominators.ts";
import type { Block, Func } from "./func.ts";
import { isFloatCompare, isIntegerCompare, Op, ops } from "./ops.ts";
import { printInstruction } from "./print.ts";
import { isFloat, isInteger, Type, typeSize } from "./types.ts";

class Verifier {
  private readonly f: Func;
  /** Place of each block in the order, -1: none. */
  private readonly position: Int32Array;
  /** Place of each instruction in its block. */
  private readonly place: Int32Array;
  private readonly tree = new DominatorTree();

  constructor(f: Func) {
    this.f = f;
    this.position = new Int32Array(f.blocks.length).fill(-1);
    this.place = new Int32Array(f.count);
  }

  private fail(b: number, message: string, v = 0): never {
    const f = this.f;
    const what = v === 0 ? "" : `: ${printInstruction(f, v)}`;
    throw new Error(`${f.name || `function ${f.index}`}, b${b}: ${message}${what}`);
  }

  verify(): void {
    const f = this.f;
    if (f.order[0] !== 0 || f.blocks[0].preds.length > 0) this.fail(0, "is not the entry");
    f.order.forEach((id, i) => {
      if (this.position[id] >= 0) this.fail(id, "is listed twice");
      this.position[id] = i;
    });
    for (const id of f.order) this.checkList(f.blocks[id]);
    this.checkEdges();
    this.findDominators();
    for (const id of f.order) this.checkUses(f.blocks[id]);
  }

  private checkList(b: Block): void {
    const f = this.f;
    b.params.forEach((p, i) => {
      if (f.op[p] !== Op.Param || f.block[p] !== b.id || f.immLo[p] !== i) this.fail(b.id, `parameter ${i}`);
    });
    let n = 1;
    let last = 0;
    for (let v = b.first; v !== 0; v = f.next[v]) {
      this.place[v] = n++;
      if (f.block[v] !== b.id || f.prev[v] !== last) this.fail(b.id, "its list is broken", v);
      if (f.forward[v] !== 0) this.fail(b.id, "holds a replaced instruction", v);
      if (f.isTerminator(v) !== (v === b.last)) this.fail(b.id, "terminator", v);
      last = v;
    }
    if (last === 0 || last !== b.last) this.fail(b.id, "is empty");
    const edges = b.succs.length;
    const op = f.op[last] as Op;
    const right =
      op === Op.Jump
        ? edges === 1
        : op === Op.Branch
          ? edges === 2
          : op === Op.Switch
            ? edges > 0
            : edges === 0;
    if (!right) this.fail(b.id, `${edges} edges`, last);
  }

  private checkEdges(): void {
    const f = this.f;
    const times = new Uint8Array(f.edges.length);
    for (const id of f.order)
      for (const e of f.blocks[id].succs) {
        if (f.edges[e].from !== id || times[e]++ !== 0) this.fail(id, `edge ${e}`);
        if (this.position[f.edges[e].to] < 0)
          this.fail(id, `leads to b${f.edges[e].to}, which is not listed`);
      }
    for (const id of f.order)
      for (const e of f.blocks[id].preds)
        if (f.edges[e].to !== id || times[e]++ !== 1) this.fail(id, `predecessor edge ${e}`);
    times.forEach((n, e) => {
      if (n === 1) this.fail(f.edges[e].from, `its target does not know edge ${e}`);
    });
  }

  /** Over the blocks in reverse postorder, whatever the layout is. */
  private findDominators(): void {
    const f = this.f;
    const rpo = reversePostorder(f);
    if (rpo.length !== f.order.length)
      this.fail(0, `${f.order.length - rpo.length} blocks cannot be reached`);
    rpo.forEach((id, i) => {
      this.position[id] = i;
    });
    const start = new Int32Array(rpo.length + 1);
    const preds: number[] = [];
    rpo.forEach((id, i) => {
      for (const e of f.blocks[id].preds) preds.push(this.position[f.edges[e].from]);
      start[i + 1] = preds.length;
    });
    this.tree.compute(rpo.length, start, Int32Array.from(preds));
  }

  private checkUse(v: number, b: number, place: number, user: number): void {
    const f = this.f;
    if (v <= 0 || v >= f.count || f.forward[v] !== 0) this.fail(b, `uses v${v}, which is no value`, user);
    const d = f.block[v];
    if (d < 0 || this.position[d] < 0) this.fail(b, `uses v${v}, which stands nowhere`, user);
    const fine = d === b ? this.place[v] < place : this.tree.dominates(this.position[d], this.position[b]);
    if (!fine) this.fail(b, `uses v${v} of b${d}, which does not dominate it`, user);
  }

  private checkUses(b: Block): void {
    const f = this.f;
    for (let v = b.first; v !== 0; v = f.next[v]) {
      for (let i = 0; i < f.argCount[v]; i++) this.checkUse(f.arg(v, i), b.id, this.place[v], v);
      this.checkTypes(b.id, v);
    }
    for (const e of b.succs) {
      const { args, to } = f.edges[e];
      const { params } = f.blocks[to];
      if (args.length !== params.length) this.fail(b.id, `${args.length} arguments for b${to}`, b.last);
      args.forEach((v, i) => {
        this.checkUse(v, b.id, 0x7fffffff, b.last);
        if (f.type[v] !== f.type[params[i]]) this.fail(b.id, `type of argument ${i} for b${to}`, b.last);
      });
    }
  }

  private checkTypes(b: number, v: number): void {
    const f = this.f;
    const op = f.op[v] as Op;
    const row = ops[op];
    const type = f.type[v] as Type;
    if (!row.types.includes(type)) this.fail(b, "type of the instruction", v);
    if (row.args === undefined) return this.checkCall(b, v, op);
    if (row.args.length !== f.argCount[v]) this.fail(b, "number of arguments", v);
    row.args.forEach((want, i) => {
      const have = f.type[f.arg(v, i)];
      const expected = want === "T" ? type : want;
      if (expected === "A" ? have === Type.Void : have !== expected) this.fail(b, `type of argument ${i}`, v);
    });
    if (!this.agrees(op, type, v)) this.fail(b, "types of the arguments", v);
  }

  /** Whether arguments of any type are such as the op takes. */
  private agrees(op: Op, type: Type, v: number): boolean {
    const f = this.f;
    const a = f.argCount[v] > 0 ? f.type[f.arg(v, 0)] : Type.Void;
    const b = f.argCount[v] > 1 ? f.type[f.arg(v, 1)] : Type.Void;
    if (isIntegerCompare(op)) return a === b && isInteger(a);
    if (isFloatCompare(op)) return a === b && isFloat(a);
    switch (op) {
      case Op.TruncS:
      case Op.TruncU:
      case Op.TruncSatS:
      case Op.TruncSatU:
        return isFloat(a);
      case Op.ConvertS:
      case Op.ConvertU:
      case Op.Load:
      case Op.Store:
        return isInteger(a);
      case Op.Bitcast:
        return a !== type && typeSize[a] === typeSize[type];
      case Op.Result:
        return this.followsCall(v);
      default:
        return true;
    }
  }

  private followsCall(v: number): boolean {
    const f = this.f;
    const call = f.arg(v, 0);
    let w = f.prev[v];
    while (w !== call && w !== 0 && f.op[w] === Op.Result && f.arg(w, 0) === call) w = f.prev[w];
    return w === call && f.immLo[v] > 0;
  }

  private checkCall(b: number, v: number, op: Op): void {
    const f = this.f;
    const isReturn = op === Op.Return;
    const signature = isReturn ? f.signature : f.signatures[f.aux[v]];
    if (signature === undefined) this.fail(b, "signature", v);
    const expected = isReturn ? signature.results : signature.params;
    const first = op === Op.CallPointer ? 1 : 0;
    if (f.argCount[v] !== expected.length + first) this.fail(b, "number of arguments", v);
    expected.forEach((t, i) => {
      if (f.type[f.arg(v, first + i)] !== t) this.fail(b, `type of argument ${i}`, v);
    });
    if (!isReturn && f.type[v] !== (signature.results[0] ?? Type.Void)) this.fail(b, "result type", v);
  }
}

function reversePostorder(f: Func): number[] {
  const next = new Int32Array(f.blocks.length).fill(-1);
  const list: number[] = [];
  const stack = [0];
  next[0] = 0;
  while (stack.length > 0) {
    const b = f.blocks[stack[stack.length - 1]];
    if (next[b.id] < b.succs.length) {
      const { to } = f.edges[b.succs[next[b.id]++]];
      if (next[to] < 0) {
        next[to] = 0;
        stack.push(to);
      }
    } else list.push(stack.pop()!);
  }
  return list.reverse();
}

/** Throws an Error that says what is wrong with f. */
export function verifyFunc(f: Func): void {
  new Verifier(f).verify();
}
