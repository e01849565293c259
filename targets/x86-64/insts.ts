// x86-64 instruction rows. Formats are AT&T syntax; register widths: b w l q (xmm registers have one name). Compares are fused with their consumer
// (branch, trap, set, select) in one row, so that nothing that changes flags can come between them; between rows flags mean nothing.
//
// Suffixes of row names: rr register or spill slot, ri immediate, rm memory source, mr memory destination, mi immediate to memory.
// aux: condition (bits 0-4) and Address flags. immLo is the immediate ({i32}), immHi the displacement of an address. The registers of an address
// follow the row's own operands: base, then index. Slow paths that need a scratch register use r11 and xmm15.
import {
  def,
  defEarly,
  defFixed,
  defReuse,
  InstFlag,
  InstTable,
  use,
  useAny,
  useFixed,
  useLate,
} from "../../compiler/codegen/insts.ts";
import { Constraint, packOperand } from "../../compiler/codegen/vcode.ts";
import { callClobbers, RAX, RCX, RDX } from "./regs.ts";

export const table = new InstTable();

/** Condition codes in encoding order: inverted by flipping bit 0. */
export const conditions = "o no b ae e ne be a s ns p np l ge le g".split(" ");
export enum Condition {
  O,
  NO,
  B,
  AE,
  E,
  NE,
  BE,
  A,
  S,
  NS,
  P,
  NP,
  L,
  GE,
  LE,
  G,
}
export const CONDITION_MASK = 31;

/** Flags of an address, in aux. */
export enum Address {
  /** Linear memory: behind %gs (static mode) or r14 (pointer mode). */
  Linear = 1 << 5,
  /** Sums are taken in 32 bits: address-size prefix. */
  Narrow = 1 << 6,
  /** Instance field at immHi. */
  Instance = 1 << 7,
  /** The constant (immLo, immHi) itself, in read-only memory; its size is 1 << the scale field. */
  Constant = 1 << 8,
  Base = 1 << 9,
  Index = 1 << 10,
}
/** log2 of the index's scale, from this bit up. */
export const SCALE_SHIFT = 11;
/** The largest size of a constant in memory, log2: masks of 16 bytes. */
export const WIDE_CONSTANT = 4;

/** A row for 32-bit and one for 64-bit registers; for floats single and double. */
export interface Widths {
  readonly l: number;
  readonly q: number;
}
export type Width = "l" | "q";

/** A use that may be in a spill slot and lasts to the end of the instruction. */
const useAnyLate = packOperand(0, false, Constraint.Any, 0, true);

function row(
  name: string,
  format: string,
  operands: readonly number[],
  flags: number = InstFlag.None,
  clobbers: readonly number[] = [],
): number {
  return table.add(name, format, operands, flags, clobbers);
}
function memoryRow(name: string, format: string, operands: readonly number[], flags = 0): number {
  return row(name, format, operands, InstFlag.Variadic | flags);
}

type Format = (width: Width) => string;
function widths(
  name: string,
  format: Format,
  operands: readonly number[],
  flags = 0,
  clobbers: readonly number[] = [],
): Widths {
  const make = (w: Width): number => row(`${name}.${w}`, format(w), operands, flags, clobbers);
  return { l: make("l"), q: make("q") };
}
function memoryWidths(name: string, format: Format, operands: readonly number[]): Widths {
  return widths(name, format, operands, InstFlag.Variadic);
}

/** Counts zeros of n bits by a bit scan: `none` is what the scan finds in zero, `end` makes the count of what it found. */
function bitScan(name: string, none: (n: number) => number, end: (w: Width, n: number) => string): Widths {
  const format = (w: Width): string => {
    const n = w === "l" ? 32 : 64;
    const start = `${name}${w} {1:${w}}, {0:${w}}\n\tmovl $${none(n)}, %r11d`;
    return `${start}\n\tcmove${w} %r11${w === "l" ? "d" : ""}, {0:${w}}${end(w, n)}`;
  };
  return widths(name, format, [def, use]);
}

/** Two-address: operand 1 is operand 0 (op) operand 2. */
const reusing = [use, defReuse(0)];
const binary = [use, defReuse(0), useAny];

// ---- Integer arithmetic ----

/** Rows of a two-operand instruction; memory destinations by access size. */
export interface Arithmetic {
  readonly rr: Widths;
  readonly ri: Widths;
  readonly rm: Widths;
  readonly mr: Readonly<Record<string, number>>;
  readonly mi: Readonly<Record<string, number>>;
}

function arithmetic(op: string): Arithmetic {
  const mr: Record<string, number> = {};
  const mi: Record<string, number> = {};
  for (const w of ["b", "w", "l", "q"]) {
    mr[w] = memoryRow(`${op}.mr.${w}`, `${op}${w} {0:${w}}, {m1}`, [use]);
    mi[w] = memoryRow(`${op}.mi.${w}`, `${op}${w} \${i32}, {m0}`, []);
  }
  return {
    rr: widths(`${op}.rr`, (w) => `${op}${w} {2:${w}}, {1:${w}}`, binary),
    ri: widths(`${op}.ri`, (w) => `${op}${w} \${i32}, {1:${w}}`, reusing),
    rm: memoryWidths(`${op}.rm`, (w) => `${op}${w} {m2}, {1:${w}}`, reusing),
    mr,
    mi,
  };
}

export const alu = {
  add: arithmetic("add"),
  sub: arithmetic("sub"),
  and: arithmetic("and"),
  or: arithmetic("or"),
  xor: arithmetic("xor"),
};

/** Rows of a shift or rotate: by cl, by immediate, and the three-address form of BMI2. */
export interface Shift {
  readonly cl: Widths;
  readonly imm: Widths;
  readonly bmi2: Widths | undefined;
}
function shift(op: string, three: string | undefined): Shift {
  return {
    cl: widths(`${op}.cl`, (w) => `${op}${w} %cl, {1:${w}}`, [use, defReuse(0), useFixed(RCX)]),
    imm: widths(`${op}.imm`, (w) => `${op}${w} \${i32}, {1:${w}}`, reusing),
    bmi2:
      three === undefined
        ? undefined
        : widths(three, (w) => `${three}${w} {2:${w}}, {1:${w}}, {0:${w}}`, [def, useAny, use]),
  };
}
export const shifts = {
  shl: shift("shl", "shlx"),
  shr: shift("shr", "shrx"),
  sar: shift("sar", "sarx"),
  rol: shift("rol", undefined),
  ror: shift("ror", undefined),
};

/** Sign extension of (e)(r)ax into (e)(r)dx. */
const signFill = { l: "cltd", q: "cqto" };
const accumulator = { l: "%eax", q: "%rax" };
const zeroRdx = "xorl %edx, %edx\n\t";
const quotient = [useFixed(RAX), useAnyLate, defFixed(RAX)];
const remainder = [useFixed(RAX), useAnyLate, defFixed(RDX)];

const pseudo = InstFlag.Pseudo;
const constantFlags = InstFlag.Pseudo | InstFlag.Rematerialize;

export const I = {
  // Whichever form the allocated registers allow: add, or lea.
  add: widths("add", () => "", [use, useAny, def], pseudo | InstFlag.RegistersOnly),
  addImm: widths("add_imm", () => "", [use, def], pseudo | InstFlag.RegistersOnly),
  /** Shift left by 1 to 3. */
  shlSmall: widths("shl_small", () => "", [use, def], pseudo | InstFlag.RegistersOnly),
  lea: memoryWidths("lea", (w) => `lea${w} {m1}, {0:${w}}`, [def]),
  mul: widths("imul", (w) => `imul${w} {2:${w}}, {1:${w}}`, binary),
  mulMemory: memoryWidths("imul.rm", (w) => `imul${w} {m2}, {1:${w}}`, reusing),
  mulImm: widths("imul.imm", (w) => `imul${w} \${i32}, {1:${w}}, {0:${w}}`, [def, useAny]),
  mulImmMemory: memoryWidths("imul.imm.rm", (w) => `imul${w} \${i32}, {m1}, {0:${w}}`, [def]),
  neg: widths("neg", (w) => `neg${w} {1:${w}}`, reusing),
  abs: widths(
    "abs",
    (w) => `mov${w} {0:${w}}, {1:${w}}\n\tneg${w} {1:${w}}\n\tcmovs${w} {0:${w}}, {1:${w}}`,
    [use, defEarly],
  ),
  not: widths("not", (w) => `not${w} {1:${w}}`, reusing),
  divU: widths("div_u", (w) => `${zeroRdx}div${w} {1:${w}}`, quotient, 0, [RDX]),
  remU: widths("rem_u", (w) => `${zeroRdx}div${w} {1:${w}}`, remainder, 0, [RAX]),
  divS: widths("div_s", (w) => `${signFill[w]}\n\tidiv${w} {1:${w}}`, quotient, 0, [RDX]),
  remS: widths("rem_s", (w) => `${signFill[w]}\n\tidiv${w} {1:${w}}`, remainder, 0, [RAX]),
  /** Traps with "integer overflow" for the least value by -1, which is found by subtracting 1. */
  divSChecked: widths(
    "div_s_checked",
    (w) =>
      `cmp${w} $-1, {1:${w}}\n\tjne 1f\n\tcmp${w} $1, ${accumulator[w]}\n\tjo {trap4}\n1:\t${signFill[w]}\n\tidiv${w} {1:${w}}`,
    quotient,
    0,
    [RDX],
  ),
  /** 0 for any value by -1. */
  remSChecked: widths(
    "rem_s_checked",
    (w) => `${zeroRdx}cmp${w} $-1, {1:${w}}\n\tje 1f\n\t${signFill[w]}\n\tidiv${w} {1:${w}}\n1:`,
    remainder,
    0,
    [RAX],
  ),
  mulHighU: row("mulhigh_u", "mulq {1:q}", [useFixed(RAX), useAny, defFixed(RDX)], 0, [RAX]),
  mulHighS: row("mulhigh_s", "imulq {1:q}", [useFixed(RAX), useAny, defFixed(RDX)], 0, [RAX]),
  /** Both halves of the product: low, high. */
  mulWideU: row("mul_wide_u", "mulq {1:q}", [useFixed(RAX), useAny, defFixed(RAX), defFixed(RDX)]),
  mulWideS: row("mul_wide_s", "imulq {1:q}", [useFixed(RAX), useAny, defFixed(RAX), defFixed(RDX)]),
  mulHighU32: row("mulhigh_u32", "imulq {2:q}, {1:q}\n\tshrq $32, {1:q}", binary),
  mulHighS32: row(
    "mulhigh_s32",
    "movslq {1:l}, {0:q}\n\tmovslq {2:l}, %r11\n\timulq %r11, {0:q}\n\tshrq $32, {0:q}",
    [defEarly, useAny, use],
  ),
  bsr: bitScan(
    "bsr",
    (n) => 2 * n - 1,
    (w, n) => `\n\txor${w} $${n - 1}, {0:${w}}`,
  ),
  bsf: bitScan(
    "bsf",
    (n) => n,
    () => "",
  ),
  lzcnt: widths("lzcnt", (w) => `lzcnt${w} {1:${w}}, {0:${w}}`, [def, useAny]),
  tzcnt: widths("tzcnt", (w) => `tzcnt${w} {1:${w}}, {0:${w}}`, [def, useAny]),
  popcnt: widths("popcnt", (w) => `popcnt${w} {1:${w}}, {0:${w}}`, [def, useAny]),
  bswap: widths("bswap", (w) => `bswap${w} {1:${w}}`, reusing),
  rorx: widths("rorx", (w) => `rorx${w} \${i32}, {1:${w}}, {0:${w}}`, [def, useAny]),
  andn: widths("andn", (w) => `andn${w} {2:${w}}, {1:${w}}, {0:${w}}`, [def, use, useAny]),
  blsr: widths("blsr", (w) => `blsr${w} {1:${w}}, {0:${w}}`, [def, useAny]),
  blsi: widths("blsi", (w) => `blsi${w} {1:${w}}, {0:${w}}`, [def, useAny]),
  // Extensions from a register or slot.
  movzb: row("movzb", "movzbl {1:b}, {0:l}", [def, useAny]),
  movzw: row("movzw", "movzwl {1:w}, {0:l}", [def, useAny]),
  movl: row("movl", "movl {1:l}, {0:l}", [def, useAny]),
  movsb: widths("movsb", (w) => `movsb${w} {1:b}, {0:${w}}`, [def, useAny]),
  movsw: widths("movsw", (w) => `movsw${w} {1:w}, {0:${w}}`, [def, useAny]),
  movslq: row("movslq", "movslq {1:l}, {0:q}", [def, useAny]),
  // Constants and addresses.
  movImm: row("mov_imm", "", [def], constantFlags | InstFlag.RepeatsInSlot),
  fmovImm: row("fmov_imm", "", [def], constantFlags),
  instanceAddress: row("instance_address", "", [def], constantFlags),
  getInstance: row("get_instance", "movq %r15, {0:q}", [def]),
  /** Sets the base of memory 0 (rt_instance.memory_base), and in pointer mode the instance register. */
  switchInstance: {
    static: row("switch_instance.static", "movq 8({0:q}), %r11\n\twrgsbase %r11", [use]),
    pointer: row("switch_instance.pointer", "movq {0:q}, %r15\n\tmovq 8(%r15), %r14", [use]),
  },
  symbolAddress: row("symbol_address", "leaq {s}(%rip), {0:q}", [def], InstFlag.Rematerialize),
  memoryBase: row("memory_base", "", [def], constantFlags),
  // Calls and control. imm: stack bytes the callee popped.
  callDirect: row("call_direct", "", [], pseudo | InstFlag.Call | InstFlag.Variadic, callClobbers),
  callPointer: row("call_pointer", "", [useAny], pseudo | InstFlag.Call | InstFlag.Variadic, callClobbers),
  callMemory: row("call_memory", "", [], pseudo | InstFlag.Call | InstFlag.Variadic, callClobbers),
  callHost: row("call_host", "", [], pseudo | InstFlag.Call | InstFlag.Variadic, callClobbers),
  jump: row("jump", "jmp {b}", [], InstFlag.Terminator),
  ret: row("ret", "", [], pseudo | InstFlag.Terminator | InstFlag.Return | InstFlag.Variadic),
  trap: row("trap", "ud1 {i32}(%eax), %eax", [], InstFlag.Terminator),
  /** Address of jump table `symbol`. */
  switchTable: row("switch_table", "", [def], constantFlags),
  switch: row("switch", "", [use, use], InstFlag.Terminator | pseudo),
  switchFixed: row("switch_fixed", "", [use], InstFlag.Terminator | pseudo),
  loadIncoming: row("load_incoming", "", [def], constantFlags),
  storeOutgoing: row("store_outgoing", "", [use], pseudo),
};

// ---- Comparisons ----

/** Rows of a compare fused with each consumer. Operands: the compare's uses, then the consumer's (uses, definition), then address registers. */
export interface Fused {
  readonly branch: number;
  readonly trap: number;
  readonly set: number;
  /** (if not, definition, if so) for integers: cmov. */
  readonly selectInt: Widths;
  /** (if so, definition, if not) for floats: a jump over a move. */
  readonly selectFloat: number;
  /** Number of the compare's own operands. */
  readonly uses: number;
}

/** `compare` prints the compare; its address, if any, starts at operand `m`. */
function fused(name: string, uses: readonly number[], compare: (m: number) => string): Fused {
  const n = uses.length;
  const flags = InstFlag.Variadic;
  const reuse = defReuse(n);
  const first = (m: number): string => (compare(m) === "" ? "" : `${compare(m)}\n\t`);
  const select = (w: Width): number =>
    row(
      `${name}.select.${w}`,
      `${first(n + 3)}cmov{c}${w} {${n + 2}:${w}}, {${n + 1}:${w}}`,
      [...uses, use, reuse, useAny],
      flags,
    );
  return {
    uses: n,
    branch: row(`${name}.branch`, `${first(n)}j{c} {b}`, uses, flags | InstFlag.Terminator),
    trap: row(`${name}.trap`, `${first(n)}j{c} {trap}`, uses, flags),
    set: row(
      `${name}.set`,
      `xorl {${n}:l}, {${n}:l}\n\t${first(n + 1)}set{c} {${n}:b}`,
      [...uses, defEarly],
      flags,
    ),
    selectInt: { l: select("l"), q: select("q") },
    selectFloat: row(
      `${name}.select.f`,
      `${first(n + 3)}j{c} 1f\n\tmovaps {${n + 2}}, {${n + 1}}\n1:`,
      [...uses, use, reuse, use],
      flags,
    ),
  };
}

type FusedBySize = Readonly<Record<string, Fused>>;
function fusedSizes(
  name: string,
  sizes: string,
  uses: readonly number[],
  compare: (w: string, m: number) => string,
): FusedBySize {
  const rows: Record<string, Fused> = {};
  for (const w of sizes) rows[w] = fused(`${name}.${w}`, uses, (m) => compare(w, m));
  return rows;
}

/** Integer compares by operand size b, w, l, q. */
export const compare = {
  rr: fusedSizes("cmp.rr", "lq", [use, useAny], (w) => `cmp${w} {1:${w}}, {0:${w}}`),
  ri: fusedSizes("cmp.ri", "blq", [useAny], (w) => `cmp${w} \${i32}, {0:${w}}`),
  rm: fusedSizes("cmp.rm", "lq", [use], (w, m) => `cmp${w} {m${m}}, {0:${w}}`),
  mr: fusedSizes("cmp.mr", "lq", [use], (w, m) => `cmp${w} {0:${w}}, {m${m}}`),
  mi: fusedSizes("cmp.mi", "bwlq", [], (w, m) => `cmp${w} \${i32}, {m${m}}`),
  /** Register with zero. */
  zero: fusedSizes("test.r", "blq", [use], (w) => `test${w} {0:${w}}, {0:${w}}`),
  /** As zero, where the instruction in front has set the flags by its result already. */
  flags: fusedSizes("flags", "lq", [use], () => ""),
  test: fusedSizes("test.rr", "lq", [use, use], (w) => `test${w} {1:${w}}, {0:${w}}`),
  testImm: fusedSizes("test.ri", "blq", [useAny], (w) => `test${w} \${i32}, {0:${w}}`),
  testMemory: fusedSizes("test.mr", "lq", [use], (w, m) => `test${w} {0:${w}}, {m${m}}`),
  testMemoryImm: fusedSizes("test.mi", "blq", [], (w, m) => `test${w} \${i32}, {m${m}}`),
  bit: fusedSizes("bt.rr", "lq", [use, use], (w) => `bt${w} {1:${w}}, {0:${w}}`),
  bitImm: fusedSizes("bt.ri", "lq", [use], (w) => `bt${w} \${i32}, {0:${w}}`),
};

/** Rows that add or subtract the carry of an unsigned compare. Operands: the compare's uses, then (x, definition) or (x, definition, y). */
export interface CarryRows {
  /** x + carry, x - carry. */
  readonly add: Widths;
  readonly sub: Widths;
  /** x + y + carry, x - y - carry. */
  readonly addBoth: Widths;
  readonly subBoth: Widths;
}

function carryRows(name: string, uses: readonly number[], compare: string): CarryRows {
  const n = uses.length;
  const reuse = [...uses, use, defReuse(n)];
  const alone = (op: string): Widths =>
    widths(`${name}.${op}`, (w) => `${compare}\n\t${op}${w} $0, {${n + 1}:${w}}`, reuse);
  const both = (op: string): Widths =>
    widths(`${name}.${op}.rr`, (w) => `${compare}\n\t${op}${w} {${n + 2}:${w}}, {${n + 1}:${w}}`, [
      ...reuse,
      useAny,
    ]);
  return { add: alone("adc"), sub: alone("sbb"), addBoth: both("adc"), subBoth: both("sbb") };
}

/** By the compare's rows. */
export const carries: ReadonlyMap<Fused, CarryRows> = new Map(
  ["l", "q"].flatMap((w): [Fused, CarryRows][] => [
    [compare.rr[w], carryRows(`carry.rr.${w}`, [use, useAny], `cmp${w} {1:${w}}, {0:${w}}`)],
    [compare.ri[w], carryRows(`carry.ri.${w}`, [use], `cmp${w} \${i32}, {0:${w}}`)],
  ]),
);

/** The second operand of the lower half of a long sum. */
export interface LongForms {
  readonly rr: Widths;
  readonly ri: Widths;
  readonly rm: Widths;
}

/**
 * Sums and differences of two words: lower half x (op) y, upper half p (op) carry, or p (op) q (op) carry.
 * Operands: (x, lower, p, upper), then y, if it is a register, then q.
 */
export interface LongArithmetic {
  readonly alone: LongForms;
  readonly both: LongForms;
}

function longArithmetic(op: string, carry: string): LongArithmetic {
  const halves = [use, defReuse(0), use, defReuse(2)];
  const forms = (name: string, q: readonly number[]): LongForms => {
    const upper = (w: Width, at: number): string =>
      `\n\t${carry}${w} ${q.length > 0 ? `{${at}:${w}}` : "$0"}, {3:${w}}`;
    const m = 4 + q.length;
    return {
      rr: widths(`${name}.rr`, (w) => `${op}${w} {4:${w}}, {1:${w}}${upper(w, 5)}`, [
        ...halves,
        useAny,
        ...q,
      ]),
      ri: widths(`${name}.ri`, (w) => `${op}${w} \${i32}, {1:${w}}${upper(w, 4)}`, [...halves, ...q]),
      rm: memoryWidths(`${name}.rm`, (w) => `${op}${w} {m${m}}, {1:${w}}${upper(w, 4)}`, [...halves, ...q]),
    };
  };
  return { alone: forms(`long_${op}`, []), both: forms(`long_${op}_both`, [useAnyLate]) };
}
export const long = { add: longArithmetic("add", "adc"), sub: longArithmetic("sub", "sbb") };

/** Equality of floats needs two flags: unordered sets ZF as well as PF. Rows for eq and ne, which invert each other. */
function fusedEquality(name: string, uses: readonly number[], compare: (m: number) => string) {
  const n = uses.length;
  const flags = InstFlag.Variadic;
  const terminator = flags | InstFlag.Terminator;
  const selectOperands = [...uses, use, defReuse(n), useAny];
  const select = (w: Width): number =>
    row(
      `${name}.ne.select.${w}`,
      `${compare(n + 3)}\n\tcmovne${w} {${n + 2}:${w}}, {${n + 1}:${w}}\n\tcmovp${w} {${n + 2}:${w}}, {${n + 1}:${w}}`,
      selectOperands,
      flags,
    );
  return {
    eqBranch: row(`${name}.eq.branch`, `${compare(n)}\n\tjp 1f\n\tje {b}\n1:`, uses, terminator),
    neBranch: row(`${name}.ne.branch`, `${compare(n)}\n\tjp {b}\n\tjne {b}`, uses, terminator),
    eqTrap: row(`${name}.eq.trap`, `${compare(n)}\n\tjp 1f\n\tje {trap}\n1:`, uses, flags),
    neTrap: row(`${name}.ne.trap`, `${compare(n)}\n\tjp {trap}\n\tjne {trap}`, uses, flags),
    eqSet: row(
      `${name}.eq.set`,
      `${compare(n + 1)}\n\tsetnp %r11b\n\tsete {${n}:b}\n\tandb %r11b, {${n}:b}\n\tmovzbl {${n}:b}, {${n}:l}`,
      [...uses, def],
      flags,
    ),
    neSet: row(
      `${name}.ne.set`,
      `${compare(n + 1)}\n\tsetp %r11b\n\tsetne {${n}:b}\n\torb %r11b, {${n}:b}\n\tmovzbl {${n}:b}, {${n}:l}`,
      [...uses, def],
      flags,
    ),
    /** (if equal, definition, if not). */
    selectInt: { l: select("l"), q: select("q") },
    selectFloat: row(
      `${name}.ne.select.f`,
      `${compare(n + 3)}\n\tjp 2f\n\tje 1f\n2:\tmovaps {${n + 2}}, {${n + 1}}\n1:`,
      [...uses, use, defReuse(n), use],
      flags,
    ),
  };
}
export type FusedEquality = ReturnType<typeof fusedEquality>;

function floatCompare(letter: "s" | "d") {
  const op = `ucomis${letter}`;
  const rr = (): string => `${op} {1}, {0}`;
  const rm = (m: number): string => `${op} {m${m}}, {0}`;
  return {
    rr: fused(`${op}.rr`, [use, useAny], rr),
    rm: fused(`${op}.rm`, [use], rm),
    equalRr: fusedEquality(`${op}.rr`, [use, useAny], rr),
    equalRm: fusedEquality(`${op}.rm`, [use], rm),
  };
}
export const compareFloat = { l: floatCompare("s"), q: floatCompare("d") };

// ---- Floats ----

export interface FloatArithmetic {
  readonly rr: number;
  readonly rm: number;
  /** Three-address forms of AVX. */
  readonly avx: number;
  readonly avxMemory: number;
}
type ByFloat<T> = Readonly<Record<Width, T>>;

function byFloat<T>(make: (letter: "s" | "d", width: Width) => T): ByFloat<T> {
  return { l: make("s", "l"), q: make("d", "q") };
}

function floatArithmetic(op: string): ByFloat<FloatArithmetic> {
  return byFloat((t) => {
    const name = `${op}s${t}`;
    return {
      rr: row(`${name}.rr`, `${name} {2}, {1}`, binary),
      rm: memoryRow(`${name}.rm`, `${name} {m2}, {1}`, reusing),
      avx: row(`v${name}`, `v${name} {1}, {0}, {2}`, [use, useAny, def]),
      avxMemory: memoryRow(`v${name}.rm`, `v${name} {m2}, {0}, {1}`, [use, def]),
    };
  });
}

export const float = {
  add: floatArithmetic("add"),
  sub: floatArithmetic("sub"),
  mul: floatArithmetic("mul"),
  div: floatArithmetic("div"),
  /** (a < b) ? a : b, and (a > b) ? a : b: not the wasm operators. */
  min: floatArithmetic("min"),
  max: floatArithmetic("max"),
};

export interface FloatUnary {
  readonly r: number;
  readonly m: number;
}
function unary(name: string, format: (source: string) => string, operands: readonly number[]): FloatUnary {
  return {
    r: row(`${name}.r`, format("{1}"), operands),
    m: memoryRow(`${name}.m`, format("{m1}"), [operands[0]]),
  };
}
/** The destination's upper part is kept by these, so it is cleared first: no wait for what was there. `width` of the source register. */
function cleared(instruction: string, width = ""): FloatUnary {
  const source = width === "" ? "{1}" : `{1:${width}}`;
  const clear = "xorps {0}, {0}\n\t";
  return {
    r: row(`${instruction}.r`, `${clear}${instruction} ${source}, {0}`, [defEarly, useAny]),
    m: memoryRow(`${instruction}.m`, `${clear}${instruction} {m1}, {0}`, [defEarly]),
  };
}

export const F = {
  sqrt: byFloat((t) => unary(`sqrt${t}`, (s) => `sqrts${t} ${s}, {0}`, [def, useAny])),
  nearest: byFloat((t) => unary(`nearest${t}`, (s) => `rounds${t} $8, ${s}, {0}`, [def, useAny])),
  floor: byFloat((t) => unary(`floor${t}`, (s) => `rounds${t} $9, ${s}, {0}`, [def, useAny])),
  ceil: byFloat((t) => unary(`ceil${t}`, (s) => `rounds${t} $10, ${s}, {0}`, [def, useAny])),
  trunc: byFloat((t) => unary(`trunc${t}`, (s) => `rounds${t} $11, ${s}, {0}`, [def, useAny])),
  demote: cleared("cvtsd2ss"),
  promote: cleared("cvtss2sd"),
  /** From signed integers, by float and integer width. */
  fromInt: byFloat((t) => ({
    l: cleared(`cvtsi2s${t}l`, "l"),
    q: cleared(`cvtsi2s${t}q`, "q"),
  })),
  /** From unsigned 64-bit integers; operand 2 is a temporary. */
  fromUnsigned: byFloat((t) => row(`from_u64.${t}`, "", [use, defEarly, defEarly], pseudo)),
  /** Float to integer by target width: truncating, trapping or saturating; expanded in abi.ts. */
  toInt: byFloat((t) => ({
    /** The least integer for all that is out of range. */
    plain: widths(`cvtts${t}2si`, (w) => `cvtts${t}2si${w} {1}, {0:${w}}`, [def, use]),
    trapS: widths(`trunc_s.${t}`, () => "", [def, use], pseudo),
    trapU: widths(`trunc_u.${t}`, () => "", [def, use], pseudo),
    satS: widths(`trunc_sat_s.${t}`, () => "", [def, use], pseudo),
    satU: widths(`trunc_sat_u.${t}`, () => "", [def, use], pseudo),
  })),
  /** Wasm minimum and maximum. */
  fmin: byFloat((t) => row(`fmin.${t}`, "", [use, defReuse(0), use], pseudo)),
  fmax: byFloat((t) => row(`fmax.${t}`, "", [use, defReuse(0), use], pseudo)),
  /** With a mask in memory. */
  andMask: memoryRow("andps", "andps {m2}, {1}", reusing),
  xorMask: memoryRow("xorps", "xorps {m2}, {1}", reusing),
  copysign: byFloat((t) => row(`copysign.${t}`, "", [use, defReuse(0), useLate], pseudo)),
  moveToFloat: {
    l: row("movd.xr", "movd {1:l}, {0}", [def, use]),
    q: row("movq.xr", "movq {1:q}, {0}", [def, use]),
  },
  moveToInt: {
    l: row("movd.rx", "movd {1}, {0:l}", [def, use]),
    q: row("movq.rx", "movq {1}, {0:q}", [def, use]),
  },
};

// ---- Memory ----

function loadRow(name: string, instruction: string, width: string): number {
  return memoryRow(name, `${instruction} {m1}, {0:${width}}`, [def]);
}
export const load = {
  l: loadRow("load.l", "movl", "l"),
  q: loadRow("load.q", "movq", "q"),
  s: loadRow("load.s", "movss", "x"),
  d: loadRow("load.d", "movsd", "x"),
  v: loadRow("load.v", "movups", "x"),
  zb: loadRow("load.zb", "movzbl", "l"),
  zw: loadRow("load.zw", "movzwl", "l"),
  sbl: loadRow("load.sbl", "movsbl", "l"),
  sbq: loadRow("load.sbq", "movsbq", "q"),
  swl: loadRow("load.swl", "movswl", "l"),
  swq: loadRow("load.swq", "movswq", "q"),
  slq: loadRow("load.slq", "movslq", "q"),
  vsb: loadRow("pmovsxbd", "pmovsxbd", "x"),
  vzb: loadRow("pmovzxbd", "pmovzxbd", "x"),
  vsw: loadRow("pmovsxwd", "pmovsxwd", "x"),
  vzw: loadRow("pmovzxwd", "pmovzxwd", "x"),
  vsl: loadRow("pmovsxdq", "pmovsxdq", "x"),
  vzl: loadRow("pmovzxdq", "pmovzxdq", "x"),
};
/** Stores of registers, and of immediates. */
export const store: Readonly<Record<string, number>> = Object.fromEntries(
  ["b", "w", "l", "q"].map((w) => [w, memoryRow(`store.${w}`, `mov${w} {0:${w}}, {m1}`, [use])]),
);
export const storeFloat = {
  s: memoryRow("store.s", "movss {0}, {m1}", [use]),
  d: memoryRow("store.d", "movsd {0}, {m1}", [use]),
  v: memoryRow("store.v", "movups {0}, {m1}", [use]),
};
export const storeImm: Readonly<Record<string, number>> = Object.fromEntries(
  ["b", "w", "l", "q"].map((w) => [w, memoryRow(`store_imm.${w}`, `mov${w} \${i32}, {m0}`, [])]),
);
