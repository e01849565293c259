// RISC-V instruction rows. Formats are assembler syntax; t5, t6 and ft11 are never allocated, so a row may use them between its own lines.
//
// Compares are fused with their consumer (branch, trap, select) in one row, as the branch instruction is the compare. aux of such a row is a
// Condition; aux of memory rows is an AddressMode. Extensions beyond rv64gc are used by rules that ask for the feature; Zicond is written
// with .insn, as not every assembler knows it.
import { def, defEarly, defReuse, InstFlag, InstTable, use } from "../../compiler/codegen/insts.ts";
import { callClobbers } from "./regs.ts";

export const table = new InstTable();

/** Inverted by flipping bit 0. */
export const conditions = ["eq", "ne", "lt", "ge", "ltu", "geu"] as const;
export enum Condition {
  EQ,
  NE,
  LT,
  GE,
  LTU,
  GEU,
}

export enum AddressMode {
  /** imm(register) */
  Offset = 0,
  /** imm(s11): linear memory at a small constant address. */
  MemoryConstant = 1,
  /** Field imm of the instance. */
  Instance = 2,
}

/** A row for 32-bit values (w, s) and one for 64-bit values (x, d). */
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
const binary = [def, use, use];
const unary = [def, use];

/** Rows of a format in which "$" is a suffix: "w" for 32-bit integers. */
function ints(name: string, format: string, operands: readonly number[]): Widths {
  const make = (suffix: string): number =>
    row(`${name}.${suffix === "" ? "x" : "w"}`, format.replaceAll("$", suffix), operands);
  return { w: make("w"), x: make("") };
}
/** Rows of a format in which "$" is s or d, "W" the integer of that size and "B" its number of bits. */
function floats(name: string, format: string, operands: readonly number[]): Widths {
  return { w: floatRow(name, "s", format, operands), x: floatRow(name, "d", format, operands) };
}
function floatRow(name: string, f: string, format: string, operands: readonly number[]): number {
  return row(`${name}.${f}`, format.replaceAll("$", f), operands);
}
function three(mnemonic: string): number {
  return row(mnemonic, `${mnemonic} {0}, {1}, {2}`, binary);
}
function two(mnemonic: string): number {
  return row(mnemonic, `${mnemonic} {0}, {1}`, unary);
}
function immediate(mnemonic: string): number {
  return row(mnemonic, `${mnemonic} {0}, {1}, {i}`, unary);
}

/** Sets {0} to 0 when {1} is NaN: the end of a saturating conversion. */
const zeroIfNaN = "feq.$ t5, {1}, {1}\n\tneg t5, t5\n\tand {0}, {0}, t5";
/**
 * Rounds {1} to an integer in {0}, of a float with `fraction` bits of fraction and exponent in the upper bits. Values of 2^fraction and more are
 * integers; fmin makes every NaN canonical; the result has the sign of the operand, also when it is zero.
 */
function rounding(f: "s" | "d", mode: string): string {
  const [integer, shift, limit] = f === "s" ? ["w", 33, 127 + 23] : ["l", 1, 1023 + 52];
  const move = f === "s" ? "fmv.x.w" : "fmv.x.d";
  return [
    `fmin.${f} {0}, {1}, {1}`,
    `${move} t5, {1}`,
    `slli t5, t5, ${shift}`,
    `srli t5, t5, ${f === "s" ? 56 : 53}`,
    `li t6, ${limit}`,
    "bgeu t5, t6, 1f",
    `fcvt.${integer}.${f} t5, {1}, ${mode}`,
    `fcvt.${f}.${integer} {0}, t5`,
    `fsgnj.${f} {0}, {0}, {1}`,
    "1:",
  ].join("\n\t");
}
function roundings(name: string, mode: string): Widths {
  const make = (f: "s" | "d"): number => row(`${name}.${f}`, rounding(f, mode), [defEarly, use]);
  return { w: make("s"), x: make("d") };
}
/** fmin and fmax ignore a NaN operand; the sum of the operands is the NaN that is wanted then. */
function extremum(name: string): Widths {
  return floats(
    name,
    `${name}.$ {0}, {1}, {2}\n\tfeq.$ t5, {1}, {1}\n\tfeq.$ t6, {2}, {2}\n\tand t5, t5, t6\n\tbnez t5, 1f\n\tfadd.$ {0}, {1}, {2}\n1:`,
    [defEarly, use, use],
  );
}
/** Traps when the truncation of {1} failed: as NaN or as overflow. Skipped by a branch to 1. */
const conversionTrap = "feq.$ t5, {1}, {1}\n\tbnez t5, 2f\n\tunimp\n\t.half 5\n2:\n\tunimp\n\t.half 4\n1:";
const call = InstFlag.Pseudo | InstFlag.Call | InstFlag.Variadic;

/** Casts of C (codegen/conversions.ts): the machine gives the greatest integer for NaN and what is too large, the least one is wanted. */
export const guarded = {
  w: floats(
    "cast_w",
    "fcvt.l.$ {0}, {1}, rtz\n\tsext.w t5, {0}\n\tbeq t5, {0}, 1f\n\tlui {0}, 524288\n1:",
    unary,
  ),
  x: floats(
    "cast_l",
    "fcvt.l.$ {0}, {1}, rtz\n\taddi t5, {0}, 1\n\tslt t5, t5, {0}\n\tadd {0}, {0}, t5",
    unary,
  ),
};

export const I = {
  add: { w: three("addw"), x: three("add") },
  sub: { w: three("subw"), x: three("sub") },
  mul: { w: three("mulw"), x: three("mul") },
  and: three("and"),
  or: three("or"),
  xor: three("xor"),
  sll: { w: three("sllw"), x: three("sll") },
  srl: { w: three("srlw"), x: three("srl") },
  sra: { w: three("sraw"), x: three("sra") },
  div: { w: three("divw"), x: three("div") },
  divu: { w: three("divuw"), x: three("divu") },
  rem: { w: three("remw"), x: three("rem") },
  remu: { w: three("remuw"), x: three("remu") },
  mulhs: three("mulh"),
  mulhu: three("mulhu"),
  mulh32: row("mulh32", "mul {0}, {1}, {2}\n\tsrai {0}, {0}, 32", binary),
  mulhu32: row(
    "mulhu32",
    "slli t5, {1}, 32\n\tslli t6, {2}, 32\n\tmulhu {0}, t5, t6\n\tsrai {0}, {0}, 32",
    binary,
  ),
  /** Full product of two 32-bit values, unsigned. */
  mulWideU: row("mul_wide_u", "slli t5, {1}, 32\n\tslli t6, {2}, 32\n\tmulhu {0}, t5, t6", binary),
  rotl: ints("rotl", "sll$ t5, {1}, {2}\n\tneg t6, {2}\n\tsrl$ {0}, {1}, t6\n\tor {0}, {0}, t5", binary),
  rotr: ints("rotr", "srl$ t5, {1}, {2}\n\tneg t6, {2}\n\tsll$ {0}, {1}, t6\n\tor {0}, {0}, t5", binary),
  // Immediates.
  addi: { w: immediate("addiw"), x: immediate("addi") },
  andi: immediate("andi"),
  ori: immediate("ori"),
  xori: immediate("xori"),
  slli: { w: immediate("slliw"), x: immediate("slli") },
  srli: { w: immediate("srliw"), x: immediate("srli") },
  srai: { w: immediate("sraiw"), x: immediate("srai") },
  // Comparisons to 0 or 1.
  slt: three("slt"),
  sltu: three("sltu"),
  sge: row("sge", "slt {0}, {1}, {2}\n\txori {0}, {0}, 1", binary),
  sgeu: row("sgeu", "sltu {0}, {1}, {2}\n\txori {0}, {0}, 1", binary),
  slti: immediate("slti"),
  sltiu: immediate("sltiu"),
  seqz: two("seqz"),
  snez: two("snez"),
  sgtz: two("sgtz"),
  neg: { w: two("negw"), x: two("neg") },
  not: two("not"),
  sextW: row("sext.w", "sext.w {0}, {1}", unary),
  zextW: row("zext.w", "slli {0}, {1}, 32\n\tsrli {0}, {0}, 32", unary),
  sext8: row("sext8", "slli {0}, {1}, 56\n\tsrai {0}, {0}, 56", unary),
  sext16: row("sext16", "slli {0}, {1}, 48\n\tsrai {0}, {0}, 48", unary),
  // Zba.
  addUw: row("add.uw", "add.uw {0}, {1}, {2}", binary),
  zextWZba: row("zext.w.zba", "add.uw {0}, {1}, zero", unary),
  memoryAddressZba: row("memory_address.zba", "add.uw {0}, {1}, s11", unary),
  shadd: [1, 2, 3].map((k) => three(`sh${k}add`)),
  shaddUw: [1, 2, 3].map((k) => three(`sh${k}add.uw`)),
  slliUw: immediate("slli.uw"),
  // Zbb.
  andn: three("andn"),
  orn: three("orn"),
  xnor: three("xnor"),
  min: three("min"),
  max: three("max"),
  minu: three("minu"),
  maxu: three("maxu"),
  clz: { w: two("clzw"), x: two("clz") },
  ctz: { w: two("ctzw"), x: two("ctz") },
  cpop: { w: two("cpopw"), x: two("cpop") },
  rol: { w: three("rolw"), x: three("rol") },
  ror: { w: three("rorw"), x: three("ror") },
  rori: { w: immediate("roriw"), x: immediate("rori") },
  sextB: two("sext.b"),
  sextH: two("sext.h"),
  zextH: two("zext.h"),
  rev8: { w: row("rev8.w", "rev8 {0}, {1}\n\tsrai {0}, {0}, 32", unary), x: two("rev8") },
  // Zbs.
  bset: three("bset"),
  bclr: three("bclr"),
  binv: three("binv"),
  bext: three("bext"),
  bseti: immediate("bseti"),
  bclri: immediate("bclri"),
  binvi: immediate("binvi"),
  bexti: immediate("bexti"),
  // Zicond: {1} if {2} is not zero (is zero), else 0.
  czeroEqz: row("czero.eqz", ".insn r 0x33, 5, 7, {0}, {1}, {2}", binary),
  czeroNez: row("czero.nez", ".insn r 0x33, 7, 7, {0}, {1}, {2}", binary),
  // Moves, constants, addresses.
  move: row("move", "mv {0}, {1}", unary, InstFlag.Move),
  movImm: row("mov_imm", "", [def], InstFlag.Pseudo | InstFlag.Rematerialize),
  fmovImm: row("fmov_imm", "", [def], InstFlag.Pseudo | InstFlag.Rematerialize),
  instanceAddress: row("instance_address", "", [def], InstFlag.Pseudo | InstFlag.Rematerialize),
  getInstance: row("get_instance", "mv {0}, s10", [def]),
  /** Sets the base of memory 0 (rt_instance.memory_base), and in pointer mode the instance register. */
  switchInstance: {
    static: row("switch_instance.static", "ld s11, 8({0})", [use]),
    pointer: row("switch_instance.pointer", "mv s10, {0}\n\tld s11, 8(s10)", [use]),
  },
  symbolAddress: row("symbol_address", "lla {0}, {s}", [def], InstFlag.Rematerialize),
  memoryBase: row("memory_base", "mv {0}, s11", [def], InstFlag.Rematerialize),
  /** Memory base plus an i32: any, one that is not negative or an i64. */
  memoryAddress: row("memory_address", "slli {0}, {1}, 32\n\tsrli {0}, {0}, 32\n\tadd {0}, {0}, s11", unary),
  memoryAddressX: row("memory_address.x", "add {0}, {1}, s11", unary),
  // Floats.
  fadd: floats("fadd", "fadd.$ {0}, {1}, {2}", binary),
  fsub: floats("fsub", "fsub.$ {0}, {1}, {2}", binary),
  fmul: floats("fmul", "fmul.$ {0}, {1}, {2}", binary),
  fdiv: floats("fdiv", "fdiv.$ {0}, {1}, {2}", binary),
  fmin: extremum("fmin"),
  fmax: extremum("fmax"),
  fsgnj: floats("fsgnj", "fsgnj.$ {0}, {1}, {2}", binary),
  fabs: floats("fabs", "fabs.$ {0}, {1}", unary),
  fneg: floats("fneg", "fneg.$ {0}, {1}", unary),
  fsqrt: floats("fsqrt", "fsqrt.$ {0}, {1}", unary),
  ceil: roundings("ceil", "rup"),
  floor: roundings("floor", "rdn"),
  trunc: roundings("trunc", "rtz"),
  nearest: roundings("nearest", "rne"),
  demote: row("demote", "fcvt.s.d {0}, {1}", unary),
  promote: row("promote", "fcvt.d.s {0}, {1}", unary),
  moveToFloat: { w: two("fmv.w.x"), x: two("fmv.d.x") },
  moveToInt: { w: two("fmv.x.w"), x: two("fmv.x.d") },
  feq: floats("feq", "feq.$ {0}, {1}, {2}", binary),
  fne: floats("fne", "feq.$ {0}, {1}, {2}\n\txori {0}, {0}, 1", binary),
  flt: floats("flt", "flt.$ {0}, {1}, {2}", binary),
  fle: floats("fle", "fle.$ {0}, {1}, {2}", binary),
  /** Exponent of the integer {1} as a double, rounded toward zero: 1023 + the number of its highest bit; 0 for 0. */
  exponent: row("exponent", "fcvt.d.lu ft11, {1}, rtz\n\tfmv.x.d {0}, ft11\n\tsrli {0}, {0}, 52", unary),
  // Division: the least value by -1.
  divOverflow: {
    w: row(
      "div_overflow.w",
      "addi t5, {1}, 1\n\tbnez t5, 1f\n\tlui t5, 0x80000\n\tbne {0}, t5, 1f\n\tunimp\n\t.half 4\n1:",
      [use, use],
    ),
    x: row(
      "div_overflow.x",
      "addi t5, {1}, 1\n\tbnez t5, 1f\n\tli t5, -1\n\tslli t5, t5, 63\n\tbne {0}, t5, 1f\n\tunimp\n\t.half 4\n1:",
      [use, use],
    ),
  },
  // Calls and control. imm: stack bytes the callee popped.
  callDirect: row("call_direct", "", [], call, callClobbers),
  callPointer: row("call_pointer", "", [use], call, callClobbers),
  callHost: row("call_host", "", [], call, callClobbers),
  jump: row("jump", "j {b}", [], InstFlag.Terminator),
  ret: row("ret", "ret", [], InstFlag.Terminator | InstFlag.Return | InstFlag.Variadic),
  trap: row("trap", "unimp\n\t.half {i}", [], InstFlag.Terminator),
  switch: row("switch", "", [use], InstFlag.Terminator | InstFlag.Pseudo),
  loadIncoming: row("load_incoming", "", [def], InstFlag.Pseudo),
  storeOutgoing: row("store_outgoing", "", [use], InstFlag.Pseudo),
};

/** Integer to float by result and operand: s d, w x. */
export const toFloat: Record<string, number> = {};
/** Float to integer by result and operand; the first two letters of keys: s or u, then w or x. */
export const saturate: Record<string, number> = {};
export const truncate: Record<string, number> = {};

/** What follows a truncation to {0} that is in range: a branch to 1. For 64 bits the failures saturate to values that need a second look. */
function truncationCheck(sign: string, integer: string): string {
  if (integer === "w")
    // The conversion was one to 64 bits, which NaN and everything out of range leave outside 32 bits.
    return sign === "s" ? "sext.w t5, {0}\n\tbeq t5, {0}, 1f" : "srli t5, {0}, 32\n\tbeqz t5, 1f";
  if (sign === "s")
    // Least and greatest value: xor with the sign, plus 1, is negative. The least is right when it converts back.
    return [
      "srai t5, {0}, 63",
      "xor t5, t5, {0}",
      "addi t5, t5, 1",
      "bgez t5, 1f",
      "fcvt.$.l ft11, {0}, rtz",
      "feq.$ t5, ft11, {1}",
      "bnez t5, 1f",
    ].join("\n\t");
  // 0 and the greatest value. 0 is right when the operand truncates to 0 as a signed number too.
  return "addi t5, {0}, 1\n\tli t6, 1\n\tbltu t6, t5, 1f\n\tfcvt.l.$ t5, {1}, rtz\n\tbeqz t5, 1f";
}

for (const f of ["s", "d"]) {
  for (const [i, letter] of [
    ["w", "w"],
    ["x", "l"],
  ]) {
    for (const [sign, u] of [
      ["s", ""],
      ["u", "u"],
    ]) {
      const name = `${sign}${i}.${f}`;
      toFloat[`${f}.${sign}${i}`] = row(`to_float.${name}`, `fcvt.${f}.${letter}${u} {0}, {1}`, unary);
      saturate[name] = floatRow(
        `saturate.${sign}${i}`,
        f,
        `fcvt.${letter}${u}.$ {0}, {1}, rtz\n\t${zeroIfNaN}`,
        unary,
      );
      const wide = i === "w" ? "l" : `l${u}`;
      const end = sign === "u" && i === "w" ? "\n\tsext.w {0}, {0}" : "";
      truncate[name] = floatRow(
        `truncate.${sign}${i}`,
        f,
        `fcvt.${wide}.$ {0}, {1}, rtz\n\t${truncationCheck(sign, i)}\n\t${conversionTrap}${end}`,
        unary,
      );
    }
  }
}

/** Rows of a compare fused with each consumer. Operands: the compare's uses, then the consumer's (uses, definition). */
export interface Fused {
  readonly uses: number;
  readonly branch: number;
  readonly trap: number;
  /** Select of integers: operand kept when the condition holds, the other one, definition. */
  readonly selectInt: number;
  /** The same with imm as the other one. */
  readonly selectImm: number;
  readonly selectFloat: number;
}

function fused(name: string, before: string, operands: string, uses: number): Fused {
  const list: number[] = new Array(uses).fill(use);
  const branch = (to: string): string => `${before}b{c} ${operands}, ${to}`;
  const select = (kind: string, move: string): number =>
    row(`${name}.${kind}`, `${branch("1f")}\n\t${move} {${uses + 2}}, {${uses + 1}}\n1:`, [
      ...list,
      use,
      use,
      defReuse(uses),
    ]);
  return {
    uses,
    branch: row(`${name}.branch`, branch("{b}"), list, InstFlag.Terminator),
    trap: row(`${name}.trap`, branch("{trap}"), list),
    selectInt: select("select", "mv"),
    selectImm: row(`${name}.select_imm`, `${branch("1f")}\n\tli {${uses + 1}}, {i}\n1:`, [
      ...list,
      use,
      defReuse(uses),
    ]),
    selectFloat: select("select_float", "fmv.d"),
  };
}
function fusedFloat(name: string): { w: Fused; x: Fused } {
  const make = (f: string): Fused =>
    fused(`branch.${name}.${f}`, `${name}.${f} t5, {0}, {1}\n\t`, "t5, zero", 2);
  return { w: make("s"), x: make("d") };
}

export const compare = {
  rr: fused("branch.rr", "", "{0}, {1}", 2),
  rz: fused("branch.rz", "", "{0}, zero", 1),
  zr: fused("branch.zr", "", "zero, {0}", 1),
  feq: fusedFloat("feq"),
  flt: fusedFloat("flt"),
  fle: fusedFloat("fle"),
};

function memory(mnemonic: string, isStore: boolean): number {
  return row(mnemonic, `${mnemonic} {0}, {m1}`, [isStore ? use : def], InstFlag.Variadic);
}
function loads(mnemonic: string): number {
  return memory(mnemonic, false);
}
/** The row that stores 0, by the row that stores a register. */
export const zeroStore: Record<number, number> = {};
/** A store, and one of zero (0.0 has the same bits). */
function stores(mnemonic: string): number {
  const store = memory(mnemonic, true);
  const integer = mnemonic.replace("f", "");
  zeroStore[store] = row(`${mnemonic}.zero`, `${integer} zero, {m0}`, [], InstFlag.Variadic);
  return store;
}
export const load = {
  b: loads("lb"),
  bu: loads("lbu"),
  h: loads("lh"),
  hu: loads("lhu"),
  w: loads("lw"),
  wu: loads("lwu"),
  d: loads("ld"),
  fs: loads("flw"),
  fd: loads("fld"),
};
export const store = {
  b: stores("sb"),
  h: stores("sh"),
  w: stores("sw"),
  d: stores("sd"),
  fs: stores("fsw"),
  fd: stores("fsd"),
};
