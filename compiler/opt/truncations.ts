// Conversions of floats to integers behind a test for the range: (|x| < 2^31) ? trunc(x) : least integer, and (x < 2^32 && x >= 0) ? trunc(x) : 0, which is what C compilers
// make of a cast where the plain instruction would trap. Both arms become one select of a saturating conversion, which needs no checks; x86-64 does
// all of the signed form by one instruction (codegen/conversions.ts).
import type { Block, Func } from "../ir/func.ts";
import { Op } from "../ir/ops.ts";
import { Type } from "../ir/types.ts";
import type { PassContext } from "./context.ts";

/** The arm of a test that does nothing but convert, and where it leads. */
interface Arm {
  readonly conversion: number;
  /** Edge out of the arm. */
  readonly edge: number;
}

/** v is the float of type t with the value 2^exponent. */
function isPower(f: Func, v: number, t: Type, exponent: number): boolean {
  if (f.op[v] !== Op.Const) return false;
  if (t === Type.F32) return f.immLo[v] === (exponent + 127) << 23;
  return f.immLo[v] === 0 && f.immHi[v] === (exponent + 1023) << 20;
}

function isZero(f: Func, v: number, t: Type): boolean {
  return f.op[v] === Op.Const && f.immLo[v] === 0 && (t === Type.F32 || f.immHi[v] === 0);
}

/** Whether `condition` says that x is in the range of conversion v. */
function isRangeTest(f: Func, condition: number, v: number): boolean {
  const x = f.arg(v, 0);
  const t = f.type[x];
  const bits = f.type[v] === Type.I32 ? 32 : 64;
  if (f.op[v] === Op.TruncS) {
    if (f.op[condition] !== Op.FLt) return false;
    const left = f.arg(condition, 0);
    return f.op[left] === Op.FAbs && f.arg(left, 0) === x && isPower(f, f.arg(condition, 1), t, bits - 1);
  }
  if (f.op[condition] !== Op.And) return false;
  const tests = [f.arg(condition, 0), f.arg(condition, 1)];
  const holds = (op: Op, accept: (c: number) => boolean): boolean =>
    tests.some((c) => f.op[c] === op && f.arg(c, 0) === x && accept(f.arg(c, 1)));
  return holds(Op.FLt, (c) => isPower(f, c, t, bits)) && holds(Op.FGe, (c) => isZero(f, c, t));
}

/** What C compilers return for values out of range. */
function isFallback(f: Func, v: number, conversion: number): boolean {
  if (f.op[v] !== Op.Const) return false;
  if (f.op[conversion] === Op.TruncU) return f.immLo[v] === 0 && (f.type[v] === Type.I32 || f.immHi[v] === 0);
  const least = -0x80000000;
  return f.type[v] === Type.I32 ? f.immLo[v] === least : f.immLo[v] === 0 && f.immHi[v] === least;
}

function hasOneWay(f: Func, b: Block): boolean {
  return b.preds.length === 1 && b.params.length === 0 && f.op[b.last] === Op.Jump;
}

function findArm(f: Func, b: Block): Arm | undefined {
  const v = b.first;
  if (!hasOneWay(f, b) || (f.op[v] !== Op.TruncS && f.op[v] !== Op.TruncU) || f.next[v] !== b.last)
    return undefined;
  return { conversion: v, edge: b.succs[0] };
}

/** The edge that the other arm, which does nothing, takes into block `to`; -1 when it is no such arm. */
function findOtherEdge(f: Func, edge: number, to: number): number {
  if (f.edges[edge].to === to) return edge;
  const b = f.blocks[f.edges[edge].to];
  return hasOneWay(f, b) && b.first === b.last && f.edges[b.succs[0]].to === to ? b.succs[0] : -1;
}

/** The argument in which the edges differ: there the one brings `conversion`, the other what it falls back to; -1: they are others. */
function differingArgument(
  f: Func,
  conversion: number,
  yes: readonly number[],
  no: readonly number[],
): number {
  let at = -1;
  for (let i = 0; i < yes.length; i++) {
    if (yes[i] === no[i]) continue;
    if (at >= 0 || yes[i] !== conversion || !isFallback(f, no[i], conversion)) return -1;
    at = i;
  }
  return at;
}

/** True when the branch at the end of b was such a test, and is a jump now. */
function convert(c: PassContext, b: Block): boolean {
  const { f } = c;
  const branch = b.last;
  if (f.op[branch] !== Op.Branch || b.succs.length !== 2) return false;
  const arm = findArm(f, f.blocks[f.edges[b.succs[0]].to]);
  const condition = f.arg(branch, 0);
  if (arm === undefined || !isRangeTest(f, condition, arm.conversion)) return false;
  const { to, args } = f.edges[arm.edge];
  const other = findOtherEdge(f, b.succs[1], to);
  if (other < 0) return false;
  const at = differingArgument(f, arm.conversion, args, f.edges[other].args);
  if (at < 0) return false;
  const builder = c.build();
  builder.setPosition(branch);
  builder.source = f.source[arm.conversion];
  const type = f.type[arm.conversion];
  const op = f.op[arm.conversion] === Op.TruncS ? Op.TruncSatS : Op.TruncSatU;
  const saturated = builder.value(op, type, f.arg(arm.conversion, 0));
  const merged = args.slice();
  merged[at] = builder.value(Op.Select, type, condition, saturated, f.edges[other].args[at]);
  for (const e of new Set([...b.succs, arm.edge, other])) f.removeEdge(e);
  f.op[branch] = Op.Jump;
  f.argCount[branch] = 0;
  f.addEdge(b.id, to, merged);
  return true;
}

export function truncations(c: PassContext): void {
  const { f } = c;
  let found = 0;
  for (const id of f.order) if (convert(c, f.blocks[id])) found++;
  if (found > 0) c.blocksChanged();
  c.count("guarded conversions", found);
}
