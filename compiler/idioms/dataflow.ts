// Proves of a function that moves bytes that where it reads and writes, and whether it branches, depends on its arguments alone and never on the bytes
// it moves. Its behaviour is then one pattern of accesses for each triple of arguments, the same for all contents of memory.
//
// Values are of two kinds. Data comes from loads (and from the byte argument of a fill); it is shifted, masked and put together, and ends in stores.
// Everything else is places and counts, made by addition, subtraction, masks and comparisons: conditions that are linear with a small period.
import type { Func } from "../ir/func.ts";
import { isIntegerCompare, Op } from "../ir/ops.ts";

const placeOps = new Set<Op>([
  Op.Const,
  Op.Add,
  Op.Sub,
  Op.And,
  Op.Or,
  Op.Select,
  Op.ExtendU,
  Op.Wrap,
  Op.Xor,
  Op.Shl,
  Op.ShrU,
]);
const dataOps = new Set<Op>([
  Op.And,
  Op.Or,
  Op.Xor,
  Op.Shl,
  Op.ShrU,
  Op.ShrS,
  Op.Mul,
  Op.ExtendU,
  Op.ExtendS,
  Op.Extend8S,
  Op.Wrap,
  Op.Rotl,
]);

/** Marks data: loads, parameter `byte` of the function (-1: none), and what is made of them. */
function findData(f: Func, byte: number): Uint8Array {
  const data = new Uint8Array(f.count);
  if (byte >= 0) data[f.blocks[0].params[byte]] = 1;
  for (let changed = true; changed; ) {
    changed = false;
    const mark = (v: number): void => {
      changed ||= data[v] === 0;
      data[v] = 1;
    };
    for (const id of f.order) {
      const b = f.blocks[id];
      for (let v = b.first; v !== 0; v = f.next[v]) {
        let any = f.op[v] === Op.Load;
        if (f.op[v] === Op.Call) continue;
        for (let i = 0; i < f.argCount[v] && !any; i++) any = data[f.arg(v, i)] !== 0;
        if (any) mark(v);
      }
      for (const e of b.succs) {
        const { args, to } = f.edges[e];
        args.forEach((a, i) => {
          if (data[a] !== 0) mark(f.blocks[to].params[i]);
        });
      }
    }
  }
  return data;
}

/** Whether f only moves data to places that do not depend on it; `byte`: see findData. */
export function movesBlindly(f: Func, byte: number): boolean {
  const data = findData(f, byte);
  for (const id of f.order)
    for (let v = f.blocks[id].first; v !== 0; v = f.next[v]) if (!isBlind(f, v, data)) return false;
  return true;
}

function isBlind(f: Func, v: number, data: Uint8Array): boolean {
  const op = f.op[v] as Op;
  const isData = (i: number): boolean => data[f.arg(v, i)] !== 0;
  switch (op) {
    case Op.Load:
    case Op.Store:
      return !isData(0);
    case Op.Jump:
    case Op.Trap:
      return true;
    case Op.Branch:
    case Op.Switch:
      return !isData(0);
    case Op.Return:
      return f.argCount[v] === 0 || !isData(0);
    case Op.Call:
      // The callee is looked at as well; what it returns is no data either.
      for (let i = 0; i < f.argCount[v]; i++) if (isData(i)) return false;
      return true;
  }
  if (data[v] === 0) {
    if ((op === Op.Shl || op === Op.ShrU) && !f.isConst(f.arg(v, 1))) return false;
    return placeOps.has(op) || isIntegerCompare(op);
  }
  if (!dataOps.has(op)) return false;
  for (let i = 0; i < f.argCount[v]; i++) if (!isData(i) && !f.isConst(f.arg(v, i))) return false;
  return true;
}
