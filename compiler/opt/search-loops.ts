// Loops that look for a byte, or compare two blocks, byte by byte or word by word, skip ahead with the runtime's vectors.
//
// The loop stays as it is but for a count of its first iterations; when that runs out, the runtime is asked once how many bytes from here on let the loop
// go on, and the loop continues that many iterations later. Nothing is left out but iterations that read bytes inside memory, change nothing but
// the loop's counters, and take no exit; so results and traps are those of the loop. Short searches never ask.
//
// A loop fits when it is one chain of blocks with pure instructions and loads, every parameter of its header grows by a constant, stays, or is what the
// iteration before loaded, and every exit is one of: a byte equals (or differs from) an invariant, two bytes or words differ, a word holds a zero byte (the usual trick; Warren, Hacker's Delight,
// 6-1), a counter meets a bound. Every load is looked at by an exit and steps by its own size.
import { type CountedLoop, countedLoops } from "../analysis/induction.ts";
import { makePreheaders } from "../analysis/preheaders.ts";
import type { Builder } from "../ir/build.ts";
import type { Func } from "../ir/func.ts";
import { Effect, invertedCompare, Op, opEffect, swappedCompare } from "../ir/ops.ts";
import { Alias, accessSize, auxAlias, auxWidth, Type, Width } from "../ir/types.ts";
import type { PassContext } from "./context.ts";

const { I32, I64 } = Type;

/** Iterations before the runtime is asked, for bytes and for words. */
const FIRST_BYTES = 16;
const FIRST_WORDS = 8;
const MOST_BLOCKS = 4;
/** How deep sums in addresses are followed. */
const DEEPEST = 4;

/** An exit that is not taken while a counter keeps away from a bound: x `op` y holds in each iteration. */
interface Bound {
  readonly op: Op;
  readonly x: number;
  readonly y: number;
  /** What x grows by. */
  readonly step: number;
}

/** A value that is read from memory: by the load in this iteration, or (late) in the one before. */
interface Read {
  readonly load: number;
  readonly late: boolean;
}

/** An exit by what is read: a byte that ends the search, or (span) the one that continues it; 0 stands for the number zero. */
interface Stop extends Read {
  readonly byte: number;
  readonly span: boolean;
}

/** What the loop looks at. */
interface Search {
  /** Loads compared with each other; the second is 0 when there is one stream. */
  readonly loads: readonly [number, number];
  /** Some exit looks at what the iteration before loaded. */
  readonly late: boolean;
  /** Values whose low byte ends the search, or the one that continues it (span). */
  readonly bytes: number[];
  readonly span: boolean;
}

/** Linear values of a loop, and the value each has later. */
class LinearValues {
  private readonly f: Func;
  private readonly isInside: (v: number) => boolean;
  private readonly steps = new Map<number, number>();

  constructor(f: Func, l: CountedLoop, isInside: (v: number) => boolean) {
    this.f = f;
    this.isInside = isInside;
    for (const { param, step } of l.inductions) this.steps.set(param, step);
  }

  isInvariant(v: number): boolean {
    return !this.isInside(v) || this.f.isConst(v);
  }

  /** What v grows by on each iteration, undefined when that is not known. */
  step(v: number, depth = 0): number | undefined {
    const { f } = this;
    if (this.isInvariant(v)) return 0;
    const known = this.steps.get(v);
    if (known !== undefined) return known;
    const op = f.op[v];
    if ((op !== Op.Add && op !== Op.Sub) || f.type[v] !== I32 || depth >= DEEPEST) return undefined;
    const a = this.step(f.arg(v, 0), depth + 1);
    const b = this.step(f.arg(v, 1), depth + 1);
    if (a === undefined || b === undefined) return undefined;
    return op === Op.Add ? a + b : a - b;
  }

  /** Builds v anew from other values of the header's parameters. */
  rebuild(v: number, b: Builder, current: ReadonlyMap<number, number>): number {
    const { f } = this;
    if (this.isInvariant(v)) return v;
    const now = current.get(v);
    if (now !== undefined) return now;
    const [x, y] = [f.arg(v, 0), f.arg(v, 1)];
    return b.value(f.op[v] as Op, f.type[v], this.rebuild(x, b, current), this.rebuild(y, b, current));
  }
}

class SearchLoop {
  private readonly f: Func;
  private readonly l: CountedLoop;
  private readonly linear: LinearValues;
  readonly bounds: Bound[] = [];
  private readonly pairs: (readonly [Read, Read])[] = [];
  private readonly stops: Stop[] = [];
  /** Parameters of the header that are loads of the iteration before. */
  private readonly carried = new Map<number, number>();
  private readonly loads: number[] = [];
  search!: Search;
  /** Bytes that the streams move on each iteration: the size of the loads, or -1. */
  stride = 0;

  constructor(f: Func, l: CountedLoop, isInside: (v: number) => boolean) {
    this.f = f;
    this.l = l;
    this.linear = new LinearValues(f, l, isInside);
    f.blocks[l.loop.header].params.forEach((p, i) => {
      const next = f.edges[l.backEdge].args[i];
      if (f.op[next] === Op.Load && isInside(next)) this.carried.set(p, next);
    });
  }

  private read(v: number): Read | undefined {
    if (this.f.op[v] === Op.Load && !this.linear.isInvariant(v)) return { load: v, late: false };
    const load = this.carried.get(v);
    return load === undefined ? undefined : { load, late: true };
  }

  /** Whether the loop is a search. */
  matches(): boolean {
    return this.followsChain() && this.onlyCounts() && this.combines();
  }

  /** Goes through the blocks from the header to the back edge, and takes note of exits and loads. */
  private followsChain(): boolean {
    const { f, l } = this;
    let b = f.blocks[l.loop.header];
    for (let n = 1; ; n++) {
      for (let v = b.first; v !== b.last; v = f.next[v]) if (!this.takes(v)) return false;
      const inside = b.succs.filter((e) => this.isEdgeInside(e));
      if (inside.length !== 1) return false;
      if (b.succs.length === 2) {
        if (f.op[b.last] !== Op.Branch) return false;
        if (!this.takesExit(f.arg(b.last, 0), b.succs[0] === inside[0])) return false;
      } else if (b.succs.length !== 1) return false;
      if (inside[0] === l.backEdge) return n === l.loop.blocks.length;
      b = f.blocks[f.edges[inside[0]].to];
      if (b.params.length > 0 || n >= MOST_BLOCKS) return false;
    }
  }

  private isEdgeInside(e: number): boolean {
    return this.l.loop.blocks.includes(this.f.edges[e].to);
  }

  private takes(v: number): boolean {
    const { f } = this;
    if (f.op[v] === Op.Load) {
      this.loads.push(v);
      return auxAlias(f.aux[v]) === Alias.Memory && f.type[f.arg(v, 0)] === I32;
    }
    return opEffect[f.op[v]] === Effect.Pure;
  }

  /** Every parameter of the header is a counter or stays what it is. */
  private onlyCounts(): boolean {
    const { f, l } = this;
    const args = f.edges[l.backEdge].args;
    return f.blocks[l.loop.header].params.every(
      (p, i) =>
        args[i] === p || this.carried.has(p) || l.inductions.some((x) => x.param === p && f.type[p] === I32),
    );
  }

  /** Takes note of an exit: the loop goes on when `condition` is `goesOn`. */
  private takesExit(condition: number, goesOn: boolean): boolean {
    const { f } = this;
    const op = f.op[condition] as Op;
    const compare = op >= Op.Eq && op <= Op.GeU ? op : undefined;
    if (compare === undefined) {
      // The condition itself, against zero.
      const zero = 0;
      return this.takesComparison(goesOn ? Op.Ne : Op.Eq, condition, zero);
    }
    const holds = goesOn ? compare : invertedCompare.get(compare)!;
    return this.takesComparison(holds, f.arg(condition, 0), f.arg(condition, 1));
  }

  /** The loop goes on while x `op` y; y = 0 stands for the number zero. */
  private takesComparison(op: Op, x: number, y: number): boolean {
    const { f } = this;
    const left = this.read(x);
    const right = y === 0 ? undefined : this.read(y);
    if (left !== undefined && right !== undefined) {
      if (op !== Op.Eq) return false;
      this.pairs.push([left, right]);
      return true;
    }
    if (left !== undefined) return this.takesByte(op, left, y);
    if (right !== undefined) return this.takesByte(op, right, x);
    if (op === Op.Eq && this.isZero(y)) {
      const word = zeroByteTest(f, x);
      if (word !== 0) return this.takesWord(word);
    }
    return this.takesBound(op, x, y) || (y !== 0 && this.takesBound(swappedCompare.get(op)!, y, x));
  }

  private isZero(y: number): boolean {
    return y === 0 || (this.f.isConst(y) && this.f.immLo[y] === 0);
  }

  private takesByte(op: Op, read: Read, byte: number): boolean {
    const { f, linear } = this;
    const { load } = read;
    const width = auxWidth(f.aux[load]);
    if ((width !== Width.U8 && width !== Width.S8) || f.type[load] !== I32) return false;
    if (byte !== 0 && !linear.isInvariant(byte)) return false;
    if (op === Op.Ne) this.stops.push({ ...read, byte, span: false });
    else if (op === Op.Eq) {
      // A byte outside the range of the load never continues the search; the runtime looks at its low bits.
      if (byte !== 0 && !(f.isConst(byte) && isByteOf(width, f.immLo[byte]))) return false;
      this.stops.push({ ...read, byte, span: true });
    } else return false;
    return true;
  }

  /** Goes on while no byte of `word` is zero, where word is a load, or a load xor a repeated byte. */
  private takesWord(word: number): boolean {
    const { f, linear } = this;
    let value = word;
    let byte = 0;
    if (f.op[word] === Op.Xor) {
      const [x, y] = [f.arg(word, 0), f.arg(word, 1)];
      const pattern = linear.isInvariant(y) ? y : x;
      value = pattern === y ? x : y;
      if (!linear.isInvariant(pattern) || !isRepeatedByte(f, pattern)) return false;
      byte = pattern;
    }
    const read = this.read(value);
    if (read === undefined || auxWidth(f.aux[read.load]) !== Width.Full) return false;
    this.stops.push({ ...read, byte, span: false });
    return true;
  }

  private takesBound(op: Op, x: number, y: number): boolean {
    const step = this.linear.step(x);
    if (step === undefined || step === 0 || (y !== 0 && !this.linear.isInvariant(y))) return false;
    if (this.f.type[x] !== I32) return false;
    const up = op === Op.LtU || op === Op.LtS || op === Op.LeU || op === Op.LeS;
    const down = op === Op.GtU || op === Op.GtS || op === Op.GeU || op === Op.GeS;
    if (op !== Op.Ne && !(up && step > 0) && !(down && step < 0)) return false;
    this.bounds.push({ op, x, y, step });
    return true;
  }

  /** Puts the exits together to one search. */
  private combines(): boolean {
    const { f, pairs, stops } = this;
    if (pairs.length > 1 || pairs.length + stops.length === 0 || this.bounds.length > 2) return false;
    const first = pairs.length === 1 ? pairs[0][0].load : stops[0].load;
    const second = pairs.length === 1 ? pairs[0][1].load : 0;
    if (pairs.length === 1 && pairs[0][0].late !== pairs[0][1].late) return false;
    const late = stops.some((x) => x.late) || (pairs.length === 1 && pairs[0][0].late);
    const span = pairs.length === 0 && stops[0].span;
    for (const s of stops) if (s.span !== span || !this.isStream(s.load, first, second)) return false;
    if (span && stops.length > 1) return false;
    // Strings: the zero, and nothing else, ends the comparison.
    if (second !== 0 && (stops.length > 1 || stops.some((s) => s.byte !== 0 && !this.isZero(s.byte))))
      return false;
    if (stops.length > 2 || !this.hasStrides(first, second)) return false;
    for (const v of this.loads) if (!this.isStream(v, first, second)) return false;
    this.search = { loads: [first, second], late, bytes: stops.map((s) => s.byte), span };
    return second === 0 || (f.type[first] === f.type[second] && f.aux[first] === f.aux[second]);
  }

  /** Whether a load is one of the two streams, or reads the same bytes. */
  private isStream(v: number, first: number, second: number): boolean {
    const { f } = this;
    const same = (w: number): boolean =>
      w !== 0 &&
      f.arg(v, 0) === f.arg(w, 0) &&
      f.immLo[v] === f.immLo[w] &&
      accessSize(auxWidth(f.aux[v]), f.type[v]) === accessSize(auxWidth(f.aux[w]), f.type[w]);
    return same(first) || same(second);
  }

  private hasStrides(first: number, second: number): boolean {
    const { f, linear } = this;
    const size = accessSize(auxWidth(f.aux[first]), f.type[first]);
    const step = linear.step(f.arg(first, 0));
    this.stride = step ?? 0;
    if (second !== 0) return step === size && linear.step(f.arg(second, 0)) === size;
    // Downwards single bytes only.
    return step === size || (step === -1 && size === 1 && this.stops.length === 1 && !this.stops[0].span);
  }

  // ---- Building ----

  /** Adds the count, the question and the way back. */
  build(c: PassContext, builder: Builder): void {
    const { f, l } = this;
    const header = f.blocks[l.loop.header];
    const args = f.edges[l.backEdge].args;
    const budget = f.addParam(header, I32);
    f.edges[l.entryEdge].args.push(builder.i32(Math.abs(this.stride) > 1 ? FIRST_WORDS : FIRST_BYTES));
    const count = f.newBlock();
    const ask = f.newBlock();
    ask.cold = true;
    f.retarget(l.backEdge, count.id);
    f.edges[l.backEdge].args = [];
    builder.block = count;
    builder.source = f.source[f.blocks[l.latch].last];
    const left = builder.value(Op.Add, I32, budget, builder.i32(-1));
    builder.branch(left, header, [...args, left], ask, []);
    builder.block = ask;
    const current = new Map(header.params.map((p, i) => [p, args[i]]));
    const iterations = this.ask(c, builder, current);
    const later = header.params.slice(0, args.length).map((p, i) => {
      const load = this.carried.get(p);
      if (load !== undefined) return this.loadBefore(builder, load, current, iterations);
      const step = l.inductions.find((x) => x.param === p)?.step;
      if (step === undefined || args[i] === p) return args[i];
      return builder.value(Op.Add, I32, args[i], builder.value(Op.Mul, I32, iterations, builder.i32(step)));
    });
    builder.jump(header, [...later, builder.i32(-1)]);
  }

  /** What a load gave in the iteration before the one that comes `iterations` later. */
  private loadBefore(
    b: Builder,
    load: number,
    current: ReadonlyMap<number, number>,
    iterations: number,
  ): number {
    const { f } = this;
    const last = b.value(Op.Mul, I32, b.value(Op.Add, I32, iterations, b.i32(-1)), b.i32(this.stride));
    const address = b.value(Op.Add, I32, this.linear.rebuild(f.arg(load, 0), b, current), last);
    return b.value(Op.Load, f.type[load], address, 0, 0, f.immLo[load], 0, f.aux[load]);
  }

  /**
   * Number of iterations to skip, as i32. When exits look at what the iteration before loaded, the bytes asked for begin with those, and an iteration needs
   * both its own and the next ones.
   */
  private ask(c: PassContext, b: Builder, current: ReadonlyMap<number, number>): number {
    const { f, linear } = this;
    const { loads, bytes, span, late } = this.search;
    const symbols = c.facts.searches!;
    const place = (load: number): number => {
      const address = b.value(Op.ExtendU, I64, linear.rebuild(f.arg(load, 0), b, current));
      const at = b.value(Op.Add, I64, address, b.constant(I64, f.immLo[load], 0));
      return late ? b.value(Op.Add, I64, at, b.i64(-this.stride)) : at;
    };
    const byte = (v: number): number => {
      if (v === 0) return b.i32(0);
      return f.type[v] === I64 ? b.value(Op.Wrap, I32, v) : v;
    };
    const size = Math.abs(this.stride);
    const scale = Math.log2(size);
    const most = b.value(Op.Add, I64, this.limit(b, current), b.i64(late ? 1 : 0));
    const limit = b.value(Op.Shl, I64, most, b.i64(scale));
    const first = place(loads[0]);
    const instance = b.value(Op.InstanceAddress, I64);
    let symbol: number;
    let args: number[];
    if (loads[1] !== 0) {
      symbol = bytes.length > 0 ? symbols.equalStrings : symbols.equal;
      args = [instance, first, place(loads[1]), limit];
    } else if (this.stride < 0 || span) {
      symbol = span ? symbols.span : symbols.untilBackwards;
      args = [instance, first, byte(bytes[0]), limit];
    } else {
      symbol = symbols.until;
      args = [instance, first, byte(bytes[0]), byte(bytes[bytes.length - 1]), limit];
    }
    const signature = f.signatures.push({ params: args.map((a) => f.type[a]), results: [I64] }) - 1;
    const found = b.call(Op.CallHost, I64, args, symbol, signature);
    const n = b.value(Op.ShrU, I64, found, b.i64(scale));
    if (!late) return b.value(Op.Wrap, I32, n);
    const isNone = b.value(Op.Eq, I32, n, b.i64(0));
    return b.value(Op.Wrap, I32, b.value(Op.Select, I64, isNone, n, b.value(Op.Add, I64, n, b.i64(-1))));
  }

  /** Iterations that no bound ends, as i64. */
  private limit(b: Builder, current: ReadonlyMap<number, number>): number {
    let least = 0;
    for (const { op, x, y, step } of this.bounds) {
      const from = this.linear.rebuild(x, b, current);
      const to = y === 0 ? b.i32(0) : y;
      const distance = b.value(Op.Sub, I32, step > 0 ? to : from, step > 0 ? from : to);
      let n = b.value(Op.DivU, I32, distance, b.i32(Math.abs(step)));
      if (op !== Op.Ne) n = b.value(Op.Select, I32, b.value(op, I32, from, to), n, b.i32(0));
      least = least === 0 ? n : b.value(Op.Select, I32, b.value(Op.LtU, I32, n, least), n, least);
    }
    return least === 0 ? b.constant(I64, 0, 1) : b.value(Op.ExtendU, I64, least);
  }
}

function isByteOf(width: Width, value: number): boolean {
  return width === Width.U8 ? value >= 0 && value <= 255 : value >= -128 && value <= 127;
}

/** v is a constant of four (eight) equal bytes, or one byte times 0x01010101. */
function isRepeatedByte(f: Func, v: number): boolean {
  const ones = 0x01010101;
  if (f.isConst(v)) {
    const low = f.immLo[v];
    return low === Math.imul(low & 0xff, ones) && (f.type[v] === I32 || f.immHi[v] === low);
  }
  if (f.op[v] !== Op.Mul || !f.isConst(f.arg(v, 1))) return false;
  const k = f.arg(v, 1);
  if (f.immLo[k] !== ones || (f.type[v] === I64 && f.immHi[k] !== ones)) return false;
  return isByteValue(f, f.arg(v, 0));
}

function isByteValue(f: Func, v: number): boolean {
  const op = f.op[v];
  if (op === Op.ExtendU) return isByteValue(f, f.arg(v, 0));
  if (op === Op.Load) return auxWidth(f.aux[v]) === Width.U8;
  if (op !== Op.And || !f.isConst(f.arg(v, 1))) return false;
  const k = f.arg(v, 1);
  return f.immLo[k] >>> 0 <= 0xff && (f.type[v] === I32 || f.immHi[k] === 0);
}

/** w, when v is not zero just if a byte of w is: ~w & (w - 0x01010101) & 0x80808080, in any order; else 0. */
function zeroByteTest(f: Func, v: number): number {
  const terms = [v];
  for (let i = 0; i < terms.length && terms.length < 4; ) {
    if (f.op[terms[i]] !== Op.And) {
      i++;
      continue;
    }
    const t = terms[i];
    terms[i] = f.arg(t, 0);
    terms.push(f.arg(t, 1));
  }
  if (terms.length !== 3) return 0;
  const has = (test: (t: number) => boolean): boolean => terms.some(test);
  if (!has((t) => isRepeatedConstant(f, t, 0x80808080 | 0))) return 0;
  // w - 0x01010101 as it is built: w + 0xfefefeff, in 64 bits + 0xfefefefefefefeff.
  for (const t of terms) {
    if (f.op[t] !== Op.Add || !isMinusOnes(f, f.arg(t, 1))) continue;
    const w = f.arg(t, 0);
    if (has((u) => isComplement(f, u, w))) return w;
  }
  return 0;
}

/** Whether v is ~w, which for w = x ^ C is x ^ ~C. */
function isComplement(f: Func, v: number, w: number): boolean {
  if (f.op[v] !== Op.Xor || !f.isConst(f.arg(v, 1))) return false;
  const [x, k] = [f.arg(v, 0), f.arg(v, 1)];
  if (x === w) return isRepeatedConstant(f, k, -1);
  if (f.op[w] !== Op.Xor || f.arg(w, 0) !== x || !f.isConst(f.arg(w, 1))) return false;
  const inner = f.arg(w, 1);
  return f.immLo[k] === ~f.immLo[inner] && (f.type[v] === I32 || f.immHi[k] === ~f.immHi[inner]);
}

function isRepeatedConstant(f: Func, v: number, word: number): boolean {
  return f.isConst(v) && f.immLo[v] === word && (f.type[v] === I32 || f.immHi[v] === word);
}

function isMinusOnes(f: Func, v: number): boolean {
  if (!f.isConst(v) || f.immLo[v] !== (0xfefefeff | 0)) return false;
  return f.type[v] === I32 || f.immHi[v] === (0xfefefefe | 0);
}

export function searchLoops(c: PassContext): void {
  const { f, facts } = c;
  if (facts.searches === undefined || c.loops.list.length === 0) return;
  const found: SearchLoop[] = [];
  makePreheaders(c);
  const { loops } = c;
  for (const l of countedLoops(f, loops)) {
    if (!l.loop.innermost || l.loop.blocks.length > MOST_BLOCKS) continue;
    const isInside = (v: number): boolean => loops.contains(l.number, f.block[v]);
    const search = new SearchLoop(f, l, isInside);
    if (search.matches()) found.push(search);
  }
  if (found.length === 0) return;
  const builder = c.build();
  for (const search of found) search.build(c, builder);
  c.blocksChanged();
  c.count("searches", found.length);
}
