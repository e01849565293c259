// Proof that an allocation is right for its VCode, in the spirit of regalloc2's symbolic checker, but backward: every use demands
// "this location holds this virtual register"; demands travel against the flow of control, through moves and edges, until the
// definition of that register in that location satisfies them. An instruction that overwrites a demanded location, a
// definition elsewhere, or a demand that reaches the entry is an error.
//
// Invariants relied on: only VCode, rows and the Allocation are read; nothing comes from an allocator's own tables. Demands only
// grow while blocks are revisited, so the iteration ends; each demand is followed along all paths, so what holds for the
// demands holds for every execution. What concerns one instruction alone (constraints, collisions) is in check-operands.ts.

import { Type } from "../../ir/types.ts";
import { InstFlag, type InstRow } from "../insts.ts";
import type { CodegenOptions, Target } from "../target.ts";
import { FLOAT_BASE, operandIsDef, operandVreg, SLOT_BASE, type VCode } from "../vcode.ts";
import { checkFrame } from "./check-frame.ts";
import { checkEdits, checkOperands, locationName, typeHolds } from "./check-operands.ts";
import { type Allocation, DELETED, EditKind } from "./types.ts";

/** A set of demands (location, virtual register), indexed both ways. */
class Demands {
  /** Entry 0 is unused: 0 ends a list. */
  private top = 1;
  location = new Int32Array(256);
  vreg = new Int32Array(256);
  private nextOfLocation = new Int32Array(256);
  private nextOfVreg = new Int32Array(256);
  private alive = new Uint8Array(256);
  private readonly firstOfLocation: Int32Array;
  private readonly firstOfVreg: Int32Array;

  constructor(locations: number, vregs: number) {
    this.firstOfLocation = new Int32Array(locations);
    this.firstOfVreg = new Int32Array(vregs);
  }

  clear(): void {
    for (let n = 1; n < this.top; n++) {
      this.firstOfLocation[this.location[n]] = 0;
      this.firstOfVreg[this.vreg[n]] = 0;
    }
    this.top = 1;
  }

  /** First demand on a location, 0 when there is none. */
  at(location: number): number {
    return this.skipDead(this.firstOfLocation[location], this.nextOfLocation);
  }
  nextAt(n: number): number {
    return this.skipDead(this.nextOfLocation[n], this.nextOfLocation);
  }
  /** First demand for a virtual register, 0 when there is none. */
  of(vreg: number): number {
    return this.skipDead(this.firstOfVreg[vreg], this.nextOfVreg);
  }

  private skipDead(n: number, next: Int32Array): number {
    while (n !== 0 && this.alive[n] === 0) n = next[n];
    return n;
  }

  add(location: number, vreg: number): void {
    for (let n = this.at(location); n !== 0; n = this.nextAt(n)) if (this.vreg[n] === vreg) return;
    if (this.top === this.vreg.length) this.grow();
    const n = this.top++;
    this.location[n] = location;
    this.vreg[n] = vreg;
    this.alive[n] = 1;
    // Dead entries are dropped as they are passed, so lists stay as short as what is alive.
    this.nextOfLocation[n] = this.at(location);
    this.nextOfVreg[n] = this.of(vreg);
    this.firstOfLocation[location] = n;
    this.firstOfVreg[vreg] = n;
  }

  remove(n: number): void {
    this.alive[n] = 0;
  }

  private grow(): void {
    const size = this.vreg.length * 2;
    const larger = (a: Int32Array): Int32Array<ArrayBuffer> => {
      const b = new Int32Array(size);
      b.set(a);
      return b;
    };
    this.location = larger(this.location);
    this.vreg = larger(this.vreg);
    this.nextOfLocation = larger(this.nextOfLocation);
    this.nextOfVreg = larger(this.nextOfVreg);
    const alive = new Uint8Array(size);
    alive.set(this.alive);
    this.alive = alive;
  }

  /** The set as pairs location, register. */
  pairs(): number[] {
    const out: number[] = [];
    for (let n = 1; n < this.top; n++) if (this.alive[n] === 1) out.push(this.location[n], this.vreg[n]);
    return out;
  }
}

class Checker {
  private readonly code: VCode;
  private readonly target: Target;
  private readonly allocation: Allocation;
  private readonly rows: readonly InstRow[];
  private readonly demands: Demands;
  /** Demands at the start of each block, as pairs. */
  private readonly entry: number[][];
  /** Number of a block parameter within its block, and that block (-1: not a parameter). */
  private readonly paramIndex: Int32Array;
  private readonly paramBlock: Int32Array;
  /** The source of Move rows, followed to the end: what a rematerialized register may be called. */
  private readonly origin: Int32Array;
  /** First edit at or after each instruction's "before" position. */
  private readonly firstEdit: Int32Array;

  constructor(code: VCode, target: Target, allocation: Allocation) {
    this.code = code;
    this.target = target;
    this.allocation = allocation;
    this.rows = target.insts.rows;
    this.demands = new Demands(SLOT_BASE + allocation.slots, code.vregCount);
    this.entry = Array.from({ length: code.blockCount }, () => []);
    this.paramIndex = new Int32Array(code.vregCount);
    this.paramBlock = new Int32Array(code.vregCount).fill(-1);
    for (let b = 0; b < code.blockCount; b++)
      code.blockParams[b].forEach((p, k) => {
        this.paramIndex[p] = k;
        this.paramBlock[p] = b;
      });
    this.origin = moveOrigins(code, this.rows);
    this.firstEdit = new Int32Array(code.count + 1);
    let e = 0;
    for (let i = 0; i <= code.count; i++) {
      while (e < allocation.editCount && allocation.edits[5 * e] < 2 * i) e++;
      this.firstEdit[i] = e;
    }
  }

  private fail(message: string): never {
    throw new Error(`register allocation of ${this.code.name || "function"}: ${message}`);
  }
  private name(location: number): string {
    return locationName(this.target, location);
  }
  private instName(i: number): string {
    return `instruction ${i} (${this.rows[this.code.op[i]].name})`;
  }

  run(): void {
    const { code } = this;
    const dirty = new Uint8Array(code.blockCount).fill(1);
    for (let again = true; again; ) {
      again = false;
      for (let b = code.blockCount - 1; b >= 0; b--) {
        if (dirty[b] === 0) continue;
        dirty[b] = 0;
        this.collectExit(b);
        this.walkBlock(b);
        const found = this.demands.pairs();
        if (found.length === this.entry[b].length) continue;
        this.entry[b] = found;
        for (const p of code.blockPreds[b]) {
          dirty[p] = 1;
          if (p >= b) again = true;
        }
      }
    }
    const [first] = this.entry;
    if (first.length > 0)
      this.fail(
        `v${first[1]} is expected in ${this.name(first[0])}, but nothing defines it on a path from the entry`,
      );
  }

  /** Demands at the end of block b: those of its successors, parameters replaced by the edge's arguments. */
  private collectExit(b: number): void {
    const { code, demands } = this;
    demands.clear();
    const args = code.blockArgs[b];
    let last = -1;
    for (const s of code.blockSuccs[b]) {
      if (s === last) continue;
      last = s;
      const pairs = this.entry[s];
      for (let k = 0; k < pairs.length; k += 2) {
        const v = pairs[k + 1];
        if (this.paramBlock[v] !== s) demands.add(pairs[k], v);
        else if (this.paramIndex[v] < args.length) demands.add(pairs[k], args[this.paramIndex[v]]);
        else this.fail(`block ${b} passes no argument for v${v} of block ${s}`);
      }
    }
  }

  private walkBlock(b: number): void {
    const { code, allocation } = this;
    const start = code.blockStart[b];
    let e = this.firstEdit[code.blockStart[b + 1]] - 1;
    for (let i = code.blockStart[b + 1] - 1; i >= start; i--) {
      for (; e >= 0 && allocation.edits[5 * e] > 2 * i; e--) this.undoEdit(e);
      this.undoInstruction(i);
      for (; e >= 0 && allocation.edits[5 * e] === 2 * i; e--) this.undoEdit(e);
    }
  }

  /** Errors when a write to `location` (two slots when `wide`) destroys a demanded value. */
  private destroyed(location: number, wide: boolean, by: () => string): void {
    const { demands, code } = this;
    let n = demands.at(location);
    let at = location;
    if (n === 0 && wide && location >= SLOT_BASE) n = demands.at((at = location + 1));
    if (n === 0 && location > SLOT_BASE) {
      n = demands.at((at = location - 1));
      while (n !== 0 && code.vregType[demands.vreg[n]] !== Type.V128) n = demands.nextAt(n);
    }
    if (n !== 0) this.fail(`${by()} overwrites ${this.name(at)}, which must still hold v${demands.vreg[n]}`);
  }

  private undoEdit(e: number): void {
    const { edits } = this.allocation;
    const [position, kind, from, to, type] = edits.subarray(5 * e, 5 * e + 5);
    const by = (): string =>
      `the edit ${position % 2 === 0 ? "before" : "after"} instruction ${position >> 1}`;
    if (kind === EditKind.Rematerialize) this.undoRematerialize(from, to, by);
    else if (from !== to) this.undoMove(from, to, type, by);
  }

  private undoMove(from: number, to: number, type: Type, by: () => string): void {
    const { demands, code } = this;
    const wanted: number[] = [];
    for (let n = demands.at(to); n !== 0; n = demands.nextAt(n)) {
      const v = demands.vreg[n];
      if (!typeHolds(type, code.vregType[v] as Type)) this.fail(`${by()} moves only a part of v${v}`);
      wanted.push(v);
      demands.remove(n);
    }
    this.destroyed(to, type === Type.V128, by);
    if (from >= SLOT_BASE && to >= SLOT_BASE) this.scratchDestroyed(by);
    for (const v of wanted) demands.add(from, v);
  }

  private undoRematerialize(inst: number, to: number, by: () => string): void {
    const { demands, code } = this;
    const made = operandVreg(code.operands[code.operandStart[inst]]);
    for (let n = demands.at(to); n !== 0; n = demands.nextAt(n)) {
      const v = demands.vreg[n];
      if (this.origin[v] !== this.origin[made])
        this.fail(`${by()} rematerializes v${made} in ${this.name(to)}, but v${v} is expected there`);
      demands.remove(n);
    }
    this.destroyed(to, false, by);
    this.scratchDestroyed(by);
    for (const r of this.rows[code.op[inst]].clobbers) this.destroyed(r, false, by);
  }

  private scratchDestroyed(by: () => string): void {
    this.destroyed(this.target.scratch.int, false, by);
    this.destroyed(this.target.scratch.float, false, by);
  }

  private undoInstruction(i: number): void {
    const { code, demands, allocation } = this;
    const row = this.rows[code.op[i]];
    const start = code.operandStart[i];
    const end = code.operandStart[i + 1];
    if (end > start && allocation.operands[start] === DELETED) {
      this.undoDeleted(i, row);
      return;
    }
    for (let o = start; o < end; o++) {
      if (!operandIsDef(code.operands[o])) continue;
      const v = operandVreg(code.operands[o]);
      for (let n = demands.at(allocation.operands[o]); n !== 0; n = demands.nextAt(n))
        if (demands.vreg[n] === v) demands.remove(n);
      const stale = demands.of(v);
      if (stale !== 0)
        this.fail(
          `v${v} is expected in ${this.name(demands.location[stale])}, but ${this.instName(i)} defines it in ${this.name(allocation.operands[o])}`,
        );
    }
    const by = (): string => this.instName(i);
    for (let o = start; o < end; o++)
      if (operandIsDef(code.operands[o])) this.destroyed(allocation.operands[o], false, by);
    for (const r of row.clobbers) this.destroyed(r, false, by);
    this.scratchDestroyed(by);
    if ((row.flags & InstFlag.Call) !== 0) this.vectorsDestroyed(by);
    for (let o = start; o < end; o++)
      if (!operandIsDef(code.operands[o])) demands.add(allocation.operands[o], operandVreg(code.operands[o]));
  }

  /** Calls keep at most 64 bits of any register. */
  private vectorsDestroyed(by: () => string): void {
    const { demands, code } = this;
    for (let r = FLOAT_BASE; r < SLOT_BASE; r++)
      for (let n = demands.at(r); n !== 0; n = demands.nextAt(n))
        if (code.vregType[demands.vreg[n]] === Type.V128)
          this.fail(`${by()} destroys the upper half of v${demands.vreg[n]} in ${this.name(r)}`);
  }

  /** A deleted copy gives a new name to what its source's locations hold; other deleted definitions never happen. */
  private undoDeleted(i: number, row: InstRow): void {
    const { code, demands } = this;
    const start = code.operandStart[i];
    const v = operandVreg(code.operands[start]);
    for (let n = demands.of(v); n !== 0; n = demands.of(v)) {
      if ((row.flags & InstFlag.Move) === 0)
        this.fail(
          `${this.instName(i)} is deleted, but v${v} is expected in ${this.name(demands.location[n])}`,
        );
      demands.remove(n);
      demands.add(demands.location[n], operandVreg(code.operands[start + 1]));
    }
  }
}

/** The register each register is a copy of through Move rows, itself otherwise. */
function moveOrigins(code: VCode, rows: readonly InstRow[]): Int32Array {
  const origin = new Int32Array(code.vregCount);
  for (let v = 0; v < code.vregCount; v++) origin[v] = v;
  for (let i = 0; i < code.count; i++) {
    if ((rows[code.op[i]].flags & InstFlag.Move) === 0) continue;
    const start = code.operandStart[i];
    origin[operandVreg(code.operands[start])] = operandVreg(code.operands[start + 1]);
  }
  for (let v = 0; v < code.vregCount; v++) {
    let end = v;
    while (origin[end] !== end) end = origin[end];
    for (let w = v; origin[w] !== end; ) {
      const next = origin[w];
      origin[w] = end;
      w = next;
    }
  }
  return origin;
}

/** Throws an Error that says what is wrong unless `allocation` is right for `code`. */
export function checkAllocation(
  code: VCode,
  target: Target,
  options: CodegenOptions,
  allocation: Allocation,
): void {
  checkOperands(code, target, options, allocation);
  checkEdits(code, target, options, allocation);
  checkFrame(code, target, allocation);
  new Checker(code, target, allocation).run();
}
