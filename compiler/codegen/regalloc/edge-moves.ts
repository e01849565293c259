// Moves on the edge that closes a loop are made in front of the branch instead, where that changes nothing for the other way: the block between
// branch and loop is then empty, and the branch leads straight back.
//
// Invariants: a move is made in front of a branch only if the branch does not read the register it writes, and nothing after the branch's other way
// out does. Liveness of registers is taken from the allocation itself: backward over blocks, as bit masks (64 registers in two words).
// The allocation check runs on the result.
import { none32, room32 } from "../../support/arrays.ts";
import type { Target } from "../target.ts";
import { operandIsDef, SLOT_BASE, type VCode } from "../vcode.ts";
import { type Allocation, DELETED, EditKind } from "./types.ts";

class EdgeMoves {
  private code!: VCode;
  private target!: Target;
  private allocation!: Allocation;
  /** First edit at or behind each block's first position. */
  private firstEdit = none32;
  // Two words a block.
  private reads = none32;
  private writes = none32;
  private liveIn = none32;
  private readonly word = new Int32Array(2);
  private readonly killed = new Int32Array(2);

  run(code: VCode, target: Target, allocation: Allocation): void {
    this.code = code;
    this.target = target;
    this.allocation = allocation;
    const n = code.blockCount;
    this.firstEdit = room32(this.firstEdit, n + 1);
    let e = 0;
    for (let b = 0; b < n; b++) {
      while (e < allocation.editCount && allocation.edits[5 * e] < 2 * code.blockStart[b]) e++;
      this.firstEdit[b] = e;
    }
    this.firstEdit[n] = allocation.editCount;
    const found = this.candidates();
    if (found.length === 0) return;
    this.computeLiveness();
    const chosen = found.filter(([branch, middle, other]) => this.mayMove(branch, middle, other));
    if (chosen.length > 0) this.rewrite(chosen);
  }

  /** Blocks that branch, the block of moves behind one of their ways out that stays in a loop, and the other way out. */
  private candidates(): [number, number, number][] {
    const { code } = this;
    const list: [number, number, number][] = [];
    for (let b = 0; b < code.blockCount; b++) {
      const successors = code.blockSuccs[b];
      if (successors.length !== 2 || successors[0] === successors[1]) continue;
      for (const [middle, other] of [successors, [successors[1], successors[0]]]) {
        if (code.blockLoopDepth[middle] <= code.blockLoopDepth[other] && !code.blockCold[other]) continue;
        if (this.onlyMoves(middle)) {
          list.push([b, middle, other]);
          break;
        }
      }
    }
    return list;
  }

  private onlyMoves(b: number): boolean {
    const { code, allocation } = this;
    if (code.blockSuccs[b].length !== 1 || code.blockPreds[b].length !== 1) return false;
    const jump = code.blockStart[b + 1] - 1;
    for (let i = code.blockStart[b]; i < jump; i++) {
      const o = code.operandStart[i];
      if (o === code.operandStart[i + 1] || allocation.operands[o] !== DELETED) return false;
    }
    const end = this.firstEdit[b + 1];
    for (let e = this.firstEdit[b]; e < end; e++) {
      const [, kind, from, to] = allocation.edits.subarray(5 * e, 5 * e + 4);
      // A constant of this very block cannot be repeated in front of it.
      if (to >= SLOT_BASE || (kind === EditKind.Rematerialize && from >= code.blockStart[b])) return false;
    }
    return end > this.firstEdit[b];
  }

  // ---- Liveness of registers ----

  private read(location: number): void {
    if (location < SLOT_BASE) this.word[location >> 5] |= 1 << (location & 31);
  }
  private write(location: number): void {
    if (location >= SLOT_BASE) return;
    this.word[location >> 5] &= ~(1 << (location & 31));
    this.killed[location >> 5] |= 1 << (location & 31);
  }

  private computeLiveness(): void {
    const { code } = this;
    const n = code.blockCount;
    this.reads = room32(this.reads, 2 * n);
    this.writes = room32(this.writes, 2 * n);
    this.liveIn = room32(this.liveIn, 2 * n);
    for (let b = 0; b < n; b++) this.summarize(b);
    this.liveIn.set(this.reads.subarray(0, 2 * n));
    const pending = new Uint8Array(n).fill(1);
    for (let again = true; again; ) {
      again = false;
      for (let b = n - 1; b >= 0; b--) {
        if (pending[b] === 0) continue;
        pending[b] = 0;
        let [lo, hi] = [0, 0];
        for (const s of code.blockSuccs[b]) {
          lo |= this.liveIn[2 * s];
          hi |= this.liveIn[2 * s + 1];
        }
        lo = this.reads[2 * b] | (lo & ~this.writes[2 * b]);
        hi = this.reads[2 * b + 1] | (hi & ~this.writes[2 * b + 1]);
        if (lo === this.liveIn[2 * b] && hi === this.liveIn[2 * b + 1]) continue;
        this.liveIn[2 * b] = lo;
        this.liveIn[2 * b + 1] = hi;
        for (const p of code.blockPreds[b]) {
          pending[p] = 1;
          if (p >= b) again = true;
        }
      }
    }
  }

  /** What block b reads before it writes it, and what it writes. */
  private summarize(b: number): void {
    const { code, allocation } = this;
    this.word.fill(0);
    this.killed.fill(0);
    let e = this.firstEdit[b + 1] - 1;
    const from = this.firstEdit[b];
    const editsFrom = (position: number): void => {
      for (; e >= from && allocation.edits[5 * e] >= position; e--) {
        this.write(allocation.edits[5 * e + 3]);
        if (allocation.edits[5 * e + 1] === EditKind.Move) this.read(allocation.edits[5 * e + 2]);
      }
    };
    for (let i = code.blockStart[b + 1] - 1; i >= code.blockStart[b]; i--) {
      editsFrom(2 * i + 1);
      this.instruction(i);
      editsFrom(2 * i);
    }
    this.reads.set(this.word, 2 * b);
    this.writes.set(this.killed, 2 * b);
  }

  private instruction(i: number): void {
    const { code, allocation } = this;
    const start = code.operandStart[i];
    const end = code.operandStart[i + 1];
    if (start < end && allocation.operands[start] === DELETED) return;
    for (const r of this.target.insts.rows[code.op[i]].clobbers) this.write(r);
    for (let o = start; o < end; o++) if (operandIsDef(code.operands[o])) this.write(allocation.operands[o]);
    for (let o = start; o < end; o++) if (!operandIsDef(code.operands[o])) this.read(allocation.operands[o]);
  }

  // ---- Moving ----

  private mayMove(branch: number, middle: number, other: number): boolean {
    const { code, allocation } = this;
    const i = code.blockStart[branch + 1] - 1;
    this.word[0] = this.liveIn[2 * other];
    this.word[1] = this.liveIn[2 * other + 1];
    for (let o = code.operandStart[i]; o < code.operandStart[i + 1]; o++) this.read(allocation.operands[o]);
    for (let e = this.firstEdit[middle]; e < this.firstEdit[middle + 1]; e++) {
      const to = allocation.edits[5 * e + 3];
      if ((this.word[to >> 5] & (1 << (to & 31))) !== 0) return false;
    }
    return true;
  }

  /** Edits anew in order, those of each chosen middle block in front of the branch. */
  private rewrite(chosen: readonly (readonly [number, number, number])[]): void {
    const { code, allocation } = this;
    const n = code.blockCount;
    const movedTo = new Int32Array(n).fill(-1);
    const middleOf = new Int32Array(n).fill(-1);
    for (const [branch, middle] of chosen) {
      movedTo[middle] = branch;
      middleOf[branch] = middle;
    }
    const edits = new Int32Array(5 * allocation.editCount);
    let length = 0;
    const copy = (block: number, position: number): void => {
      for (let e = this.firstEdit[block]; e < this.firstEdit[block + 1]; e++) {
        edits.set(allocation.edits.subarray(5 * e, 5 * e + 5), length);
        if (position >= 0) edits[length] = position;
        length += 5;
      }
    };
    for (let b = 0; b < n; b++) {
      if (movedTo[b] < 0) copy(b, -1);
      if (middleOf[b] >= 0) copy(middleOf[b], 2 * (code.blockStart[b + 1] - 1));
    }
    allocation.edits = edits;
  }
}

const edgeMoves = new EdgeMoves();

/** Moves copies out of the blocks that close loops; see the head of this file. */
export function moveEdgeMoves(code: VCode, target: Target, allocation: Allocation): void {
  edgeMoves.run(code, target, allocation);
}
