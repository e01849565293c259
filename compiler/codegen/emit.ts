// Emission: an allocated VCode to assembly text, one function at a time.
//
// Frame, from the stack pointer up: outgoing stack arguments, spill slots, saved registers, return address (as the target
// lays it out), incoming stack arguments. The stack pointer never moves between prologue and epilogue, except that a callee pops
// stack arguments and the call row takes them back.
//
// The prologue stands at the entry or at the block that the allocation names; the frame is taken down where control leaves its blocks.
//
// Blocks that became empty (a lone jump without edits) are skipped: branches go to where they lead. A jump to the next block is not
// printed, and a conditional branch is inverted when its taken block comes next.
import type { Type } from "../ir/types.ts";
import { InstFlag, type InstRow } from "./insts.ts";
import { blockOffsets, distance } from "./reach.ts";
import { type Allocation, DELETED, EditKind } from "./regalloc/types.ts";
import type { CodegenOptions, Target } from "./target.ts";
import { SLOT_BASE, SWITCH_UNCHECKED, type VCode } from "./vcode.ts";

/** RT_FRAME_LEAF. */
const FRAME_LEAF = 1;

interface Part {
  /** Placeholder letter, or "" for literal text, or "#" for a register operand. */
  readonly kind: string;
  readonly text: string;
  readonly index: number;
}

function parseFormat(format: string): Part[] {
  const parts: Part[] = [];
  const pattern = /\{(\d+)(?::(\w+))?\}|\{([a-z]+)(\d*)\}/g;
  let at = 0;
  for (const found of format.matchAll(pattern)) {
    if (found.index > at) parts.push({ kind: "", text: format.slice(at, found.index), index: 0 });
    if (found[1] !== undefined) parts.push({ kind: "#", text: found[2] ?? "", index: Number(found[1]) });
    else parts.push({ kind: found[3], text: "", index: Number(found[4] || 0) });
    at = found.index + found[0].length;
  }
  if (at < format.length) parts.push({ kind: "", text: format.slice(at), index: 0 });
  return parts;
}

export interface EmittedFunction {
  readonly text: string;
  /** For the backtrace table (rt_frame_entry): bytes from sp after the prologue to the slot above the return address; | RT_FRAME_LEAF. */
  readonly frameSize: number;
}

export class Emitter {
  readonly target: Target;
  readonly options: CodegenOptions;
  code!: VCode;
  allocation!: Allocation;
  /** Assembly of the function so far. */
  text = "";
  /** Outgoing arguments and spill slots, in bytes. */
  localBytes = 0;
  savedRegisters: readonly number[] = [];
  frameSize = 0;
  incomingBase = 0;
  needsFrame = false;
  /** The return address stays in a link register throughout the function. */
  returnsByLink = false;
  private slotBase = 0;
  private labelPrefix = "";
  private labelCounter = 0;
  private formats: (Part[] | undefined)[] = [];
  private rows: readonly InstRow[];
  private edit = 0;
  /** The instruction of this block that was printed last with nothing behind it, or -1. */
  private previous = -1;
  /** Out-of-line traps of this function: a label by trap code. */
  private traps: string[] = [];
  /** Code behind the function's last block: slow paths. */
  private outOfLine = "";
  /** Labels of this function's constants in memory, by size and bits. */
  private readonly constants = new Map<string, string>();
  private forward: number[] = [];
  /** See reach.ts; empty when every branch is in reach. */
  private offsets: readonly number[] = [];
  private block = 0;
  /** Label that a branch is printed with instead of its own, or "". */
  private skipLabel = "";
  /** What the target's address scratch register holds since it was last written in this block, or "". */
  private held = "";
  /** Label of the instruction that put it there, for targets whose lower parts name it. */
  heldLabel = "";
  /** What an address that is being printed leaves there. */
  private holds = "";

  constructor(target: Target, options: CodegenOptions) {
    this.target = target;
    this.options = options;
    this.rows = target.insts.rows;
  }

  /** Appends one line. */
  line(s: string): void {
    if (this.held !== "" && s.includes(this.target.addressScratch!)) this.held = "";
    this.text += `\t${s}\n`;
  }

  /** For an address of two parts: true when the address scratch register still holds `what`; else the caller puts it there. */
  keepsHeld(what: string): boolean {
    this.holds = what;
    return this.held === what;
  }

  /** Whether a conditional branch of row `row` in the block that is being printed reaches block `to`. */
  reaches(row: number, to: number): boolean {
    const { offsets, target } = this;
    return offsets.length === 0 || distance(offsets, this.block, this.forward[to]) <= target.reach!(row);
  }

  /** Label of a block (layout index), after skipping empty blocks. */
  label(block: number): string {
    return this.labelPrefix + this.forward[block];
  }

  /** A fresh local label. */
  newLabel(): string {
    return `${this.labelPrefix}x${this.labelCounter++}`;
  }

  /** Label of this function's out-of-line trap `code`: the {trap} of rows that keep the code in the symbol column. */
  trapLabel(code: number): string {
    return (this.traps[code] ??= this.newLabel());
  }

  /** Appends lines that start at `label` behind the function's body. */
  slowPath(label: string, lines: readonly string[]): void {
    this.outOfLine += `${label}:\n${lines.map((l) => `\t${l}\n`).join("")}`;
  }

  /** Label of a constant of 4, 8 or 16 bytes in read-only memory, where the linker merges equal ones; one of 16 bytes repeats (lo, hi). */
  constant(lo: number, hi: number, size: number): string {
    const key = `${size}:${lo}:${hi}`;
    let label = this.constants.get(key);
    if (label === undefined) {
      label = `${this.labelPrefix}c${this.constants.size}`;
      this.constants.set(key, label);
    }
    return label;
  }

  private printConstants(): void {
    if (this.constants.size === 0) return;
    for (const size of [4, 8, 16]) {
      let text = "";
      for (const [key, label] of this.constants) {
        const [bytes, lo, hi] = key.split(":").map(Number);
        if (bytes !== size) continue;
        const words = size === 4 ? `${lo}` : size === 8 ? `${lo}, ${hi}` : `${lo}, ${hi}, ${lo}, ${hi}`;
        text += `${label}:\n\t.long ${words}\n`;
      }
      if (text === "") continue;
      this.text += `\t.section .rodata.cst${size},"aM",%progbits,${size}\n\t.p2align ${Math.log2(size)}\n${text}`;
    }
    this.text += '\t.section .text.wasm,"ax",%progbits\n';
  }

  /** Jumps to a block. */
  jump(block: number): void {
    const { target } = this;
    const to = this.forward[block];
    const far = this.offsets.length > 0 && target.farJump !== undefined;
    if (far && distance(this.offsets, this.block, to) > target.reach!(-1))
      target.farJump!(this, this.label(block));
    else target.jump(this, this.label(block));
  }

  /** Label of the function's jump table `number`, for targets that name it before it is printed. */
  jumpTableLabel(number: number): string {
    return `${this.labelPrefix}t${number}`;
  }

  /**
   * Prints the table of a switch, off the code: for each of the first `cases` blocks its distance from `table`, 4 bytes each; or, absolute, its
   * address, 8 bytes each.
   */
  jumpTable(table: string, blocks: readonly number[], cases: number, absolute = false): void {
    this.text += `\t.section .rodata.wasm,"a",%progbits\n\t.p2align ${absolute ? 3 : 2}\n${table}:\n`;
    for (let i = 0; i < cases; i++)
      this.text += absolute
        ? `\t.quad ${this.label(blocks[i])}\n`
        : `\t.long ${this.label(blocks[i])}-${table}\n`;
    this.text += '\t.section .text.wasm,"ax",%progbits\n';
  }

  /** Blocks of a switch's table, how many of them are cases, and whether the index must be checked to be one of those. */
  switchCases(inst: number): { blocks: readonly number[]; cases: number; checked: boolean } {
    const blocks = this.code.jumpTables[this.code.symbol[inst]];
    const checked = this.code.aux[inst] !== SWITCH_UNCHECKED;
    return { blocks, cases: checked ? blocks.length - 1 : blocks.length, checked };
  }

  /** Allocation of operand number k of inst. */
  operandAllocation(inst: number, k: number): number {
    return this.allocation.operands[this.code.operandStart[inst] + k];
  }

  operandCount(inst: number): number {
    return this.code.operandStart[inst + 1] - this.code.operandStart[inst];
  }

  /** True when the allocator made instruction inst unnecessary. */
  private isDeleted(inst: number): boolean {
    return this.operandCount(inst) > 0 && this.operandAllocation(inst, 0) === DELETED;
  }

  /** Byte offset from the stack pointer of a spill-slot allocation. */
  slotOffset(allocation: number): number {
    return this.slotBase + (allocation - SLOT_BASE) * 8;
  }

  /** `index` numbers the function uniquely within the program part (labels). */
  emit(symbol: string, index: number, comment: string, code: VCode, allocation: Allocation): EmittedFunction {
    this.code = code;
    this.allocation = allocation;
    this.labelPrefix = `.L${index}_`;
    this.labelCounter = 0;
    this.edit = 0;
    this.traps = [];
    this.outOfLine = "";
    this.constants.clear();
    this.slotBase = (code.outgoingBytes + 15) & ~15;
    this.localBytes = this.slotBase + allocation.slots * 8;
    this.savedRegisters = allocation.calleeSaved;
    this.target.layoutFrame(this);
    this.findEmptyBlocks();
    const { target } = this;
    this.offsets =
      target.reach === undefined ? [] : blockOffsets(code, allocation, this.rows, target.shortestReach!);
    this.text = `\n${comment === "" ? "" : `# ${comment}\n`}\t.p2align 4\n\t.type ${symbol}, %function\n\t.globl ${symbol}\n\t.hidden ${symbol}\n${symbol}:\n`;
    if (allocation.frame === undefined) this.target.prologue(this);
    for (let b = 0; b < code.blockCount; b++) if (b === 0 || this.forward[b] === b) this.emitBlock(b);
    this.text += this.outOfLine;
    this.traps.forEach((label, trap) => {
      this.text += `${label}:\n`;
      this.target.trap(this, trap);
    });
    this.text += `\t.size ${symbol}, .-${symbol}\n`;
    this.printConstants();
    return { text: this.text, frameSize: this.frameSize | (this.returnsByLink ? FRAME_LEAF : 0) };
  }

  private findEmptyBlocks(): void {
    const { code } = this;
    const edits = this.allocation.edits;
    const touched = new Uint8Array(code.count + 1);
    for (let k = 0; k < this.allocation.editCount; k++) touched[edits[5 * k] >> 1] = 1;
    const n = code.blockCount;
    this.forward = new Array(n);
    for (let b = 0; b < n; b++) {
      const last = code.blockStart[b + 1] - 1;
      let first = code.blockStart[b];
      while (first < last && touched[first] === 0 && this.isDeleted(first)) first++;
      const isEmpty = b > 0 && first === last && code.blockSuccs[b].length === 1 && touched[last] === 0;
      const alone = isEmpty && !this.changesFrame(b);
      this.forward[b] = alone && code.blockSuccs[b][0] !== b ? code.blockSuccs[b][0] : b;
    }
    for (let b = 0; b < n; b++) {
      let to = this.forward[b];
      for (let steps = 0; this.forward[to] !== to && steps < n; steps++) to = this.forward[to];
      if (this.forward[to] !== to) this.forward[to] = to; // a cycle of empty blocks: one of them stays
      for (let k = b; this.forward[k] !== to && k !== to; ) {
        const nextBlock = this.forward[k];
        this.forward[k] = to;
        k = nextBlock;
      }
    }
  }

  /** True when the frame is set up or taken down in block b (see FramePlace). */
  private changesFrame(b: number): boolean {
    return b === this.allocation.frame?.block || this.leavesFrame(b) || this.comesFromFrame(b);
  }

  /** True when block b takes down the frame in front of its jump. */
  private leavesFrame(b: number): boolean {
    const { frame } = this.allocation;
    const successors = this.code.blockSuccs[b];
    return frame?.inside[b] === 1 && successors.length === 1 && frame.inside[successors[0]] === 0;
  }

  /** True when block b begins by taking down the frame of its one predecessor. */
  private comesFromFrame(b: number): boolean {
    const { frame } = this.allocation;
    if (frame === undefined || frame.inside[b] === 1) return false;
    return this.code.blockPreds[b].some((p) => frame.inside[p] === 1 && this.code.blockSuccs[p].length > 1);
  }

  private nextEmitted(b: number): number {
    for (let k = b + 1; k < this.code.blockCount; k++) if (this.forward[k] === k) return k;
    return -1;
  }

  private emitBlock(b: number): void {
    const { code } = this;
    this.block = b;
    if (this.isLoopStart(b)) this.text += `\t${this.target.loopAlignment}\n`;
    this.text += `${this.labelPrefix}${b}:\n`;
    this.held = "";
    if (b === this.allocation.frame?.block) this.target.prologue(this);
    if (this.comesFromFrame(b)) this.target.epilogue(this);
    const end = code.blockStart[b + 1];
    let lastSource = -1;
    this.previous = -1;
    for (let i = code.blockStart[b]; i < end; i++) {
      const before = this.text.length;
      this.emitEdits(2 * i);
      if (this.text.length !== before) this.previous = -1;
      if (this.options.annotate && code.source[i] !== lastSource && code.source[i] !== 0) {
        lastSource = code.source[i];
        this.text += `\t# 0x${lastSource.toString(16)}\n`;
      }
      if (i === end - 1) this.emitTerminator(b, i);
      else if (!this.isDeleted(i)) {
        this.instruction(i, code.op[i], code.aux[i]);
        this.previous = i;
      }
      this.emitEdits(2 * i + 1);
    }
  }

  private isLoopStart(b: number): boolean {
    const { code, target } = this;
    if (target.loopAlignment === undefined || this.options.optimize < 2 || b === 0 || code.blockCold[b])
      return false;
    // The block between a loop's end and its header stands above the header, and may be empty.
    const isBack = (p: number): boolean =>
      p >= b || (this.forward[p] === b && code.blockPreds[p].some((q) => q >= b));
    return code.blockPreds[b].some(isBack);
  }

  private emitEdits(position: number): void {
    const { edits, editCount } = this.allocation;
    while (this.edit < editCount && edits[5 * this.edit] <= position) {
      const k = 5 * this.edit++;
      if (edits[k + 1] === EditKind.Move) {
        if (edits[k + 2] !== edits[k + 3])
          this.target.move(this, edits[k + 2], edits[k + 3], edits[k + 4] as Type);
      } else this.rematerialize(edits[k + 2], edits[k + 3]);
    }
  }

  /** Repeats instruction `inst` with its definition (operand 0) in register `to`. */
  private rematerialize(inst: number, to: number): void {
    const at = this.code.operandStart[inst];
    const saved = this.allocation.operands[at];
    this.allocation.operands[at] = to;
    this.instruction(inst, this.code.op[inst], this.code.aux[inst]);
    this.allocation.operands[at] = saved;
  }

  private emitTerminator(b: number, i: number): void {
    const { code, target } = this;
    const row = code.op[i];
    const successors = code.blockSuccs[b];
    const next = this.nextEmitted(b);
    if (this.leavesFrame(b)) target.epilogue(this);
    if (successors.length === 1) {
      const to = this.forward[successors[0]];
      if (to !== next) this.jump(to);
      return;
    }
    if (successors.length !== 2 || (this.rows[row].flags & InstFlag.Pseudo) !== 0) {
      const hasFrame = this.allocation.frame === undefined || this.allocation.frame.inside[b] === 1;
      if ((this.rows[row].flags & InstFlag.Return) !== 0 && hasFrame) target.epilogue(this);
      this.instruction(i, row, code.aux[i]);
      return;
    }
    const taken = this.forward[code.symbol[i]];
    const otherRaw = code.symbol[i] === successors[0] ? successors[1] : successors[0];
    const other = this.forward[otherRaw];
    if (taken === next && taken !== other) {
      const inverted = target.invertBranch(row, code.aux[i]);
      if (inverted !== undefined) {
        code.symbol[i] = otherRaw;
        this.instruction(i, inverted.row, inverted.aux);
        return;
      }
    }
    this.instruction(i, row, code.aux[i]);
    if (other !== next) this.jump(other);
  }

  /** Prints one instruction from its row's format. */
  instruction(inst: number, row: number, aux: number): void {
    if ((this.rows[row].flags & InstFlag.Pseudo) !== 0) {
      if ((this.rows[row].flags & InstFlag.Call) !== 0) this.held = "";
      this.target.emitPseudo(this, inst);
      return;
    }
    if (this.offsets.length > 0 && this.skipLabel === "" && this.branchFar(inst, row, aux)) return;
    const { code, target } = this;
    const short =
      this.previous >= 0 ? target.withoutCompare?.(this, this.previous, inst, row, aux) : undefined;
    if (short !== undefined) {
      row = short.row;
      aux = short.aux;
    }
    const parts = (this.formats[row] ??= parseFormat(this.rows[row].format));
    if (parts.length === 0) return;
    let s = "\t";
    this.holds = "";
    for (let k = 0; k < parts.length; k++) {
      const p = parts[k];
      switch (p.kind) {
        case "":
          s += p.text;
          break;
        case "#":
          s += target.operand(this, this.operandAllocation(inst, p.index), p.text);
          break;
        case "i":
          s += p.index === 32 ? code.immLo[inst] : immediateText(code.immLo[inst], code.immHi[inst]);
          break;
        case "m":
          s += target.address(this, inst, p.index);
          break;
        case "c":
          s += target.condition(aux);
          break;
        case "b":
          s += this.skipLabel || this.label(code.symbol[inst]);
          break;
        case "trap":
          s += this.skipLabel || this.trapLabel(p.index || code.symbol[inst]);
          break;
        case "s":
          s += this.options.symbolNames[code.symbol[inst]];
          break;
        default:
          throw new Error(`unknown placeholder {${p.kind}} in row ${this.rows[row].name}`);
      }
    }
    if (this.holds !== "") this.held = this.holds;
    else if (this.held !== "" && s.includes(target.addressScratch!)) this.held = "";
    this.text += `${s}\n`;
  }

  /** Prints a conditional branch whose target is out of reach as its opposite over a jump; false for anything else. */
  private branchFar(inst: number, row: number, aux: number): boolean {
    const { code, target, offsets } = this;
    const { format } = this.rows[row];
    const toTrap = format.includes("{trap}");
    if (!toTrap && !format.includes("{b}")) return false;
    const to = toTrap ? code.blockCount : this.forward[code.symbol[inst]];
    const bytes = distance(offsets, this.block, to);
    const inverted = target.invertBranch(row, aux);
    if (bytes <= target.reach!(row) || inverted === undefined) return false;
    const label = toTrap ? this.trapLabel(code.symbol[inst]) : this.label(code.symbol[inst]);
    this.skipLabel = this.newLabel();
    this.instruction(inst, inverted.row, inverted.aux);
    if (bytes > target.reach!(-1)) target.farJump!(this, label);
    else target.jump(this, label);
    this.text += `${this.skipLabel}:\n`;
    this.skipLabel = "";
    return true;
  }
}

/** A 64-bit immediate. */
export function immediateText(lo: number, hi: number): string {
  if (hi === lo >> 31) return String(lo);
  return `0x${(hi >>> 0).toString(16)}${(lo >>> 0).toString(16).padStart(8, "0")}`;
}
