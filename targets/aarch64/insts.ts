// AArch64 instruction rows. Formats are GNU syntax; register widths: w x s d q v. Formats with "$" are added
// once per width. Compares are fused with their consumer (branch, trap, set, select) in one row, so that nothing can come between them.
//
// aux of memory rows is an AddressMode (low 4 bits, shift above); aux of compare rows is a condition (conditions below).
import { def, defEarly, defReuse, InstFlag, InstTable, use, useLate } from "../../compiler/codegen/insts.ts";
import { callClobbers } from "./regs.ts";

export const table = new InstTable();

/** Condition codes in encoding order: inverted by flipping bit 0. */
export const conditions = [
  "eq",
  "ne",
  "hs",
  "lo",
  "mi",
  "pl",
  "vs",
  "vc",
  "hi",
  "ls",
  "ge",
  "lt",
  "gt",
  "le",
] as const;
export enum Condition {
  EQ,
  NE,
  HS,
  LO,
  MI,
  PL,
  VS,
  VC,
  HI,
  LS,
  GE,
  LT,
  GT,
  LE,
}

export enum AddressMode {
  /** [base, #imm] */
  Offset = 0,
  /** [x28, index, uxtw]: linear memory at a 32-bit address. */
  Memory32 = 1,
  /** [x28, index]: linear memory at a 64-bit address. */
  Memory64 = 2,
  /** [x28, #imm] */
  MemoryConstant = 3,
  /** Field imm of the instance. */
  Instance = 4,
  /** [base, index, lsl #shift] */
  Indexed = 5,
  /** [base, index, uxtw #shift]: a 32-bit index. */
  Indexed32 = 6,
}

/** A row for each width. */
export interface Widths {
  readonly w: number;
  readonly x: number;
}

function row(
  name: string,
  format: string,
  operands: readonly number[],
  flags: number = InstFlag.None,
  clobbers: readonly number[] = [],
): number {
  return table.add(name, format, operands, flags, clobbers);
}
function widths(name: string, format: string, operands: readonly number[]): Widths {
  const make = (w: string): number => row(`${name}.${w}`, format.replaceAll("$", w), operands);
  return { w: make("w"), x: make("x") };
}
function floats(name: string, format: string, operands: readonly number[]): Widths {
  const make = (w: string): number => row(`${name}.${w}`, format.replaceAll("$", w), operands);
  return { w: make("s"), x: make("d") };
}

const binary = [def, use, use];
const unary = [def, use];

export const I = {
  // Integer, three registers.
  add: widths("add", "add {0:$}, {1:$}, {2:$}", binary),
  sub: widths("sub", "sub {0:$}, {1:$}, {2:$}", binary),
  and: widths("and", "and {0:$}, {1:$}, {2:$}", binary),
  orr: widths("orr", "orr {0:$}, {1:$}, {2:$}", binary),
  eor: widths("eor", "eor {0:$}, {1:$}, {2:$}", binary),
  bic: widths("bic", "bic {0:$}, {1:$}, {2:$}", binary),
  orn: widths("orn", "orn {0:$}, {1:$}, {2:$}", binary),
  mul: widths("mul", "mul {0:$}, {1:$}, {2:$}", binary),
  mneg: widths("mneg", "mneg {0:$}, {1:$}, {2:$}", binary),
  madd: widths("madd", "madd {0:$}, {1:$}, {2:$}, {3:$}", [def, use, use, use]),
  msub: widths("msub", "msub {0:$}, {1:$}, {2:$}, {3:$}", [def, use, use, use]),
  sdiv: widths("sdiv", "sdiv {0:$}, {1:$}, {2:$}", binary),
  udiv: widths("udiv", "udiv {0:$}, {1:$}, {2:$}", binary),
  srem: widths("srem", "sdiv {0:$}, {1:$}, {2:$}\n\tmsub {0:$}, {0:$}, {2:$}, {1:$}", [defEarly, use, use]),
  urem: widths("urem", "udiv {0:$}, {1:$}, {2:$}\n\tmsub {0:$}, {0:$}, {2:$}, {1:$}", [defEarly, use, use]),
  lsl: widths("lsl", "lsl {0:$}, {1:$}, {2:$}", binary),
  lsr: widths("lsr", "lsr {0:$}, {1:$}, {2:$}", binary),
  asr: widths("asr", "asr {0:$}, {1:$}, {2:$}", binary),
  ror: widths("ror", "ror {0:$}, {1:$}, {2:$}", binary),
  rol: widths("rol", "neg {0:$}, {2:$}\n\tror {0:$}, {1:$}, {0:$}", [defEarly, use, use]),
  smulh: row("smulh", "smulh {0:x}, {1:x}, {2:x}", binary),
  umulh: row("umulh", "umulh {0:x}, {1:x}, {2:x}", binary),
  smulh32: row("smulh32", "smull {0:x}, {1:w}, {2:w}\n\tlsr {0:x}, {0:x}, #32", binary),
  umulh32: row("umulh32", "umull {0:x}, {1:w}, {2:w}\n\tlsr {0:x}, {0:x}, #32", binary),
  smull: row("smull", "smull {0:x}, {1:w}, {2:w}", binary),
  umull: row("umull", "umull {0:x}, {1:w}, {2:w}", binary),
  addUxtw: row("add_uxtw", "add {0:x}, {1:x}, {2:w}, uxtw", binary),
  addSxtw: row("add_sxtw", "add {0:x}, {1:x}, {2:w}, sxtw", binary),
  // Immediates.
  addImm: widths("add_imm", "add {0:$}, {1:$}, #{i}", unary),
  subImm: widths("sub_imm", "sub {0:$}, {1:$}, #{i}", unary),
  andImm: widths("and_imm", "and {0:$}, {1:$}, #{i}", unary),
  orrImm: widths("orr_imm", "orr {0:$}, {1:$}, #{i}", unary),
  eorImm: widths("eor_imm", "eor {0:$}, {1:$}, #{i}", unary),
  lslImm: widths("lsl_imm", "lsl {0:$}, {1:$}, #{i}", unary),
  lsrImm: widths("lsr_imm", "lsr {0:$}, {1:$}, #{i}", unary),
  asrImm: widths("asr_imm", "asr {0:$}, {1:$}, #{i}", unary),
  rorImm: widths("ror_imm", "ror {0:$}, {1:$}, #{i}", unary),
  // Shifted second operand.
  addShift: widths("add_shift", "add {0:$}, {1:$}, {2:$}, lsl #{i}", binary),
  subShift: widths("sub_shift", "sub {0:$}, {1:$}, {2:$}, lsl #{i}", binary),
  andShift: widths("and_shift", "and {0:$}, {1:$}, {2:$}, lsl #{i}", binary),
  orrShift: widths("orr_shift", "orr {0:$}, {1:$}, {2:$}, lsl #{i}", binary),
  eorShift: widths("eor_shift", "eor {0:$}, {1:$}, {2:$}, lsl #{i}", binary),
  orrLsr: widths("orr_lsr", "orr {0:$}, {1:$}, {2:$}, lsr #{i}", binary),
  eorLsr: widths("eor_lsr", "eor {0:$}, {1:$}, {2:$}, lsr #{i}", binary),
  addLsr: widths("add_lsr", "add {0:$}, {1:$}, {2:$}, lsr #{i}", binary),
  addAsr: widths("add_asr", "add {0:$}, {1:$}, {2:$}, asr #{i}", binary),
  // One operand.
  neg: widths("neg", "neg {0:$}, {1:$}", unary),
  mvn: widths("mvn", "mvn {0:$}, {1:$}", unary),
  clz: widths("clz", "clz {0:$}, {1:$}", unary),
  ctz: widths("ctz", "rbit {0:$}, {1:$}\n\tclz {0:$}, {0:$}", unary),
  rev: widths("rev", "rev {0:$}, {1:$}", unary),
  sxtb: widths("sxtb", "sxtb {0:$}, {1:w}", unary),
  sxth: widths("sxth", "sxth {0:$}, {1:w}", unary),
  sxtw: row("sxtw", "sxtw {0:x}, {1:w}", unary),
  uxtw: row("uxtw", "mov {0:w}, {1:w}", unary),
  popcnt: {
    w: row("popcnt.w", "fmov s31, {1:w}\n\tcnt v31.8b, v31.8b\n\taddv b31, v31.8b\n\tfmov {0:w}, s31", unary),
    x: row("popcnt.x", "fmov d31, {1:x}\n\tcnt v31.8b, v31.8b\n\taddv b31, v31.8b\n\tfmov {0:x}, d31", unary),
  },
  /** Unsigned bit field: imm = position, aux = width. */
  ubfx: { w: row("ubfx.w", "", unary, InstFlag.Pseudo), x: row("ubfx.x", "", unary, InstFlag.Pseudo) },
  move: row("move", "mov {0:x}, {1:x}", unary, InstFlag.Move),
  movImm: row("mov_imm", "", [def], InstFlag.Pseudo | InstFlag.Rematerialize),
  fmovImm: row("fmov_imm", "", [def], InstFlag.Pseudo | InstFlag.Rematerialize),
  instanceAddress: row("instance_address", "", [def], InstFlag.Pseudo | InstFlag.Rematerialize),
  getInstance: row("get_instance", "mov {0:x}, x27", [def]),
  /** Sets the base of memory 0 (rt_instance.memory_base), and in pointer mode the instance register. */
  switchInstance: {
    static: row("switch_instance.static", "ldr x28, [{0:x}, #8]", [use]),
    pointer: row("switch_instance.pointer", "mov x27, {0:x}\n\tldr x28, [x27, #8]", [use]),
  },
  symbolAddress: row(
    "symbol_address",
    "adrp {0:x}, {s}\n\tadd {0:x}, {0:x}, :lo12:{s}",
    [def],
    InstFlag.Rematerialize,
  ),
  memoryBase: row("memory_base", "mov {0:x}, x28", [def], InstFlag.Rematerialize),
  memoryAddress: row("memory_address", "add {0:x}, x28, {1:w}, uxtw", unary),
  // Float.
  fadd: floats("fadd", "fadd {0:$}, {1:$}, {2:$}", binary),
  fsub: floats("fsub", "fsub {0:$}, {1:$}, {2:$}", binary),
  fmul: floats("fmul", "fmul {0:$}, {1:$}, {2:$}", binary),
  fdiv: floats("fdiv", "fdiv {0:$}, {1:$}, {2:$}", binary),
  fmin: floats("fmin", "fmin {0:$}, {1:$}, {2:$}", binary),
  fmax: floats("fmax", "fmax {0:$}, {1:$}, {2:$}", binary),
  fabs: floats("fabs", "fabs {0:$}, {1:$}", unary),
  fneg: floats("fneg", "fneg {0:$}, {1:$}", unary),
  fsqrt: floats("fsqrt", "fsqrt {0:$}, {1:$}", unary),
  frintp: floats("frintp", "frintp {0:$}, {1:$}", unary),
  frintm: floats("frintm", "frintm {0:$}, {1:$}", unary),
  frintz: floats("frintz", "frintz {0:$}, {1:$}", unary),
  frintn: floats("frintn", "frintn {0:$}, {1:$}", unary),
  copysign: {
    w: row(
      "copysign.s",
      "movi v31.4s, #0x80, lsl #24\n\tbsl v31.16b, {2:v}.16b, {1:v}.16b\n\tfmov {0:s}, s31",
      binary,
    ),
    x: row(
      "copysign.d",
      "movi v31.2d, #0\n\tfneg v31.2d, v31.2d\n\tbsl v31.16b, {2:v}.16b, {1:v}.16b\n\tfmov {0:d}, d31",
      binary,
    ),
  },
  demote: row("demote", "fcvt {0:s}, {1:d}", unary),
  promote: row("promote", "fcvt {0:d}, {1:s}", unary),
  moveToFloat: {
    w: row("fmov.sw", "fmov {0:s}, {1:w}", unary),
    x: row("fmov.dx", "fmov {0:d}, {1:x}", unary),
  },
  moveToInt: { w: row("fmov.ws", "fmov {0:w}, {1:s}", unary), x: row("fmov.xd", "fmov {0:x}, {1:d}", unary) },
  // Calls and control. imm: stack bytes the callee popped.
  callDirect: row("call_direct", "", [], InstFlag.Pseudo | InstFlag.Call | InstFlag.Variadic, callClobbers),
  callPointer: row(
    "call_pointer",
    "",
    [use],
    InstFlag.Pseudo | InstFlag.Call | InstFlag.Variadic,
    callClobbers,
  ),
  callHost: row("call_host", "", [], InstFlag.Pseudo | InstFlag.Call | InstFlag.Variadic, callClobbers),
  jump: row("jump", "b {b}", [], InstFlag.Terminator),
  ret: row("ret", "ret", [], InstFlag.Terminator | InstFlag.Return | InstFlag.Variadic),
  trap: row("trap", "brk #{i}", [], InstFlag.Terminator),
  switch: row("switch", "", [use], InstFlag.Terminator | InstFlag.Pseudo),
  loadIncoming: row("load_incoming", "", [def], InstFlag.Pseudo),
  storeOutgoing: row("store_outgoing", "", [use], InstFlag.Pseudo),
};

/** Float to integer and back, by "from to" widths, e.g. fcvtzs.ws is f32 to i32. */
export const convert: Record<string, number> = {};
for (const [name, instruction] of [
  ["toIntS", "fcvtzs"],
  ["toIntU", "fcvtzu"],
] as const) {
  for (const to of ["w", "x"])
    for (const from of ["s", "d"])
      convert[`${name}.${to}${from}`] = row(
        `${instruction}.${to}${from}`,
        `${instruction} {0:${to}}, {1:${from}}`,
        unary,
      );
}
for (const [name, instruction] of [
  ["toFloatS", "scvtf"],
  ["toFloatU", "ucvtf"],
] as const) {
  for (const to of ["s", "d"])
    for (const from of ["w", "x"])
      convert[`${name}.${to}${from}`] = row(
        `${instruction}.${to}${from}`,
        `${instruction} {0:${to}}, {1:${from}}`,
        unary,
      );
}

/** Rows of a compare fused with each consumer. Operands: the compare's uses, then the consumer's (uses, definition). */
export interface Fused {
  readonly uses: number;
  readonly branch: number;
  readonly trap: number;
  readonly set: number;
  /** One operand, or the other plus 1. */
  readonly selectNext: Widths;
  /** An operand, plus 1 where the condition holds. */
  readonly increment: Widths;
  /** Select by width of the value: w x s d q. */
  readonly select: Readonly<Record<string, number>>;
}

function fused(name: string, compare: string, uses: number): Fused {
  const operands: number[] = new Array(uses).fill(use);
  const select: Record<string, number> = {};
  for (const w of ["w", "x", "s", "d"]) {
    const op = w === "w" || w === "x" ? "csel" : "fcsel";
    select[w] = row(
      `${name}.select.${w}`,
      `${compare}\n\t${op} {${uses + 2}:${w}}, {${uses}:${w}}, {${uses + 1}:${w}}, {c}`,
      [...operands, use, use, def],
    );
  }
  select.q = row(
    `${name}.select.q`,
    `${compare}\n\tcsetm x16, {c}\n\tdup v31.2d, x16\n\tbsl v31.16b, {${uses}:v}.16b, {${uses + 1}:v}.16b\n\tmov {${uses + 2}:v}.16b, v31.16b`,
    [...operands, use, use, def],
  );
  return {
    uses,
    branch: row(`${name}.branch`, `${compare}\n\tb.{c} {b}`, operands, InstFlag.Terminator),
    trap: row(`${name}.trap`, `${compare}\n\tb.{c} {trap}`, operands),
    selectNext: widths(
      `${name}.select_next`,
      `${compare}\n\tcsinc {${uses + 2}:$}, {${uses}:$}, {${uses + 1}:$}, {c}`,
      [...operands, use, use, def],
    ),
    increment: widths(`${name}.increment`, `${compare}\n\tcinc {${uses + 1}:$}, {${uses}:$}, {c}`, [
      ...operands,
      use,
      def,
    ]),
    set: row(`${name}.set`, `${compare}\n\tcset {${uses}:w}, {c}`, [...operands, def]),
    select,
  };
}

export const compare = {
  rr: { w: fused("cmp.w", "cmp {0:w}, {1:w}", 2), x: fused("cmp.x", "cmp {0:x}, {1:x}", 2) },
  ri: { w: fused("cmp_imm.w", "cmp {0:w}, #{i}", 1), x: fused("cmp_imm.x", "cmp {0:x}, #{i}", 1) },
  tst: { w: fused("tst.w", "tst {0:w}, {1:w}", 2), x: fused("tst.x", "tst {0:x}, {1:x}", 2) },
  tstImm: { w: fused("tst_imm.w", "tst {0:w}, #{i}", 1), x: fused("tst_imm.x", "tst {0:x}, #{i}", 1) },
  float: { w: fused("fcmp.s", "fcmp {0:s}, {1:s}", 2), x: fused("fcmp.d", "fcmp {0:d}, {1:d}", 2) },
};
export const cbz: Widths = {
  w: row("cbz.w", "cb{c} {0:w}, {b}", [use], InstFlag.Terminator),
  x: row("cbz.x", "cb{c} {0:x}, {b}", [use], InstFlag.Terminator),
};
export const cbzTrap: Widths = {
  w: row("cbz_trap.w", "cb{c} {0:w}, {trap}", [use]),
  x: row("cbz_trap.x", "cb{c} {0:x}, {trap}", [use]),
};
/** Bit imm is (not) zero. */
export const tbz: Widths = {
  w: row("tbz.w", "tb{c} {0:w}, #{i}, {b}", [use], InstFlag.Terminator),
  x: row("tbz.x", "tb{c} {0:x}, #{i}, {b}", [use], InstFlag.Terminator),
};
/** aux of cbz and tbz rows. */
export enum ZeroTest {
  Zero = 16,
  NonZero = 17,
}

/**
 * Sums and differences of two words: lower half x (op) y, upper half p (op) carry, or p (op) q (op) carry.
 * Operands: (x, lower, p, upper), then y, if it is a register, then q.
 */
function longArithmetic(op: string, carry: string) {
  const halves = [use, def, use, defReuse(2)];
  const forms = (name: string, q: readonly number[]) => {
    const upper = (at: number): string => `\n\t${carry} {3:$}, {3:$}, ${q.length > 0 ? `{${at}:$}` : "$zr"}`;
    return {
      rr: widths(`${name}.rr`, `${op} {1:$}, {0:$}, {4:$}${upper(5)}`, [...halves, use, ...q]),
      ri: widths(`${name}.ri`, `${op} {1:$}, {0:$}, #{i}${upper(4)}`, [...halves, ...q]),
    };
  };
  return { alone: forms(`long_${op}`, []), both: forms(`long_${op}_both`, [useLate]) };
}

/** The outcome of a < b added to or subtracted from p, or p - q. Operands: (a, b, p, result, q), without b where it is an immediate. */
function comparedCarry(w: string) {
  const rows = (name: string, compare: string, uses: readonly number[]) => {
    const n = uses.length;
    const row = (what: string, format: string, q: readonly number[] = []): Widths =>
      widths(`${name}.${what}.${w}`, `${compare}\n\t${format}`, [...uses, use, def, ...q]);
    return {
      add: row("add", `cinc {${n + 1}:$}, {${n}:$}, lo`),
      sub: row("sub", `sbc {${n + 1}:$}, {${n}:$}, $zr`),
      subBoth: row("sub_both", `sbc {${n + 1}:$}, {${n}:$}, {${n + 2}:$}`, [use]),
      /** a > b instead. */
      addGreater: row("add_greater", `cinc {${n + 1}:$}, {${n}:$}, hi`),
    };
  };
  return {
    rr: rows("carry", `cmp {0:${w}}, {1:${w}}`, [use, use]),
    ri: rows("carry_imm", `cmp {0:${w}}, #{i}`, [use]),
  };
}

export const carry = {
  add: longArithmetic("adds", "adc"),
  sub: longArithmetic("subs", "sbc"),
  compared: { w: comparedCarry("w"), x: comparedCarry("x") },
};

function memory(name: string, mnemonic: string, width: string, isStore: boolean): number {
  return row(name, `${mnemonic} {0:${width}}, {m1}`, [isStore ? use : def], InstFlag.Variadic);
}
/** A load of narrow lanes that are extended in steps. */
function lanes(width: string, extend: string, steps: readonly string[]): number {
  const extensions = steps.map((s) => `\n\t${extend} {0:v}.${s}, #0`).join("");
  const format = `ldr {0:${width}}, {m1}${extensions}`;
  return row(`ldr.${extend}.${steps[0].slice(0, 2)}.${width}`, format, [def], InstFlag.Variadic);
}
export const load = {
  w: memory("ldr.w", "ldr", "w", false),
  x: memory("ldr.x", "ldr", "x", false),
  s: memory("ldr.s", "ldr", "s", false),
  d: memory("ldr.d", "ldr", "d", false),
  q: memory("ldr.q", "ldr", "q", false),
  b: memory("ldrb", "ldrb", "w", false),
  h: memory("ldrh", "ldrh", "w", false),
  sbw: memory("ldrsb.w", "ldrsb", "w", false),
  sbx: memory("ldrsb.x", "ldrsb", "x", false),
  shw: memory("ldrsh.w", "ldrsh", "w", false),
  shx: memory("ldrsh.x", "ldrsh", "x", false),
  swx: memory("ldrsw", "ldrsw", "x", false),
  lanes: {
    s8: lanes("s", "sshll", ["8h, {0:v}.8b", "4s, {0:v}.4h"]),
    u8: lanes("s", "ushll", ["8h, {0:v}.8b", "4s, {0:v}.4h"]),
    s16: lanes("d", "sshll", ["4s, {0:v}.4h"]),
    u16: lanes("d", "ushll", ["4s, {0:v}.4h"]),
    s32: lanes("d", "sshll", ["2d, {0:v}.2s"]),
    u32: lanes("d", "ushll", ["2d, {0:v}.2s"]),
  },
};
export const store = {
  w: memory("str.w", "str", "w", true),
  x: memory("str.x", "str", "x", true),
  s: memory("str.s", "str", "s", true),
  d: memory("str.d", "str", "d", true),
  q: memory("str.q", "str", "q", true),
  b: memory("strb", "strb", "w", true),
  h: memory("strh", "strh", "w", true),
};
