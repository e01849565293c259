// The edits of an allocation under construction, and what both allocators derive from them at the end: statistics and the
// callee-saved registers written.
//
// Edits may be added out of order; `finish` sorts them by position and keeps the order of insertion within one.

import type { Type } from "../../ir/types.ts";
import { none32, room32 } from "../../support/arrays.ts";
import type { Target } from "../target.ts";
import { operandIsDef, SLOT_BASE, type VCode } from "../vcode.ts";
import { type Allocation, DELETED, EditKind } from "./types.ts";

export class EditList {
  /** Five numbers each; see Allocation.edits. */
  data = none32;
  count = 0;
  private sorted = none32;
  private buckets = none32;

  clear(): void {
    this.count = 0;
  }

  move(position: number, from: number, to: number, type: Type): void {
    if (from !== to) this.add(position, EditKind.Move, from, to, type);
  }

  rematerialize(position: number, inst: number, to: number, type: Type): void {
    this.add(position, EditKind.Rematerialize, inst, to, type);
  }

  private add(position: number, kind: EditKind, from: number, to: number, type: Type): void {
    const at = 5 * this.count++;
    this.data = room32(this.data, at + 5);
    this.data[at] = position;
    this.data[at + 1] = kind;
    this.data[at + 2] = from;
    this.data[at + 3] = to;
    this.data[at + 4] = type;
  }

  /** Stable counting sort by position; `positions` is twice the number of instructions. */
  private sort(positions: number): void {
    const { data, count } = this;
    let ordered = true;
    for (let e = 1; e < count && ordered; e++) ordered = data[5 * e - 5] <= data[5 * e];
    if (ordered) return;
    this.buckets = room32(this.buckets, positions + 1);
    this.sorted = room32(this.sorted, data.length);
    const { buckets, sorted } = this;
    buckets.fill(0, 0, positions + 1);
    for (let e = 0; e < count; e++) buckets[data[5 * e] + 1]++;
    for (let p = 1; p <= positions; p++) buckets[p] += buckets[p - 1];
    for (let e = 0; e < count; e++) {
      const to = 5 * buckets[data[5 * e]]++;
      for (let k = 0; k < 5; k++) sorted[to + k] = data[5 * e + k];
    }
    this.data = sorted;
    this.sorted = data;
  }

  /** The finished allocation; the operands are copied as well, so the allocator may reuse its arrays. */
  finish(code: VCode, target: Target, operands: Int32Array, slots: number): Allocation {
    this.sort(2 * code.count);
    const allocation: Allocation = {
      operands: operands.slice(0, code.operandTotal),
      edits: this.data.slice(0, 5 * this.count),
      editCount: this.count,
      slots,
      calleeSaved: [],
    };
    findSavedRegisters(code, target, allocation);
    return allocation;
  }
}

function findSavedRegisters(code: VCode, target: Target, allocation: Allocation): void {
  const written = new Uint8Array(SLOT_BASE);
  const rows = target.insts.rows;
  const { operandStart } = code;
  for (let i = 0; i < code.count; i++) {
    const start = operandStart[i];
    const end = operandStart[i + 1];
    if (start < end && allocation.operands[start] === DELETED) continue;
    const { clobbers } = rows[code.op[i]];
    for (let k = 0; k < clobbers.length; k++) written[clobbers[k]] = 1;
    for (let o = start; o < end; o++) if (operandIsDef(code.operands[o])) written[allocation.operands[o]] = 1;
  }
  for (let e = 0; e < allocation.editCount; e++) {
    const to = allocation.edits[5 * e + 3];
    if (to < SLOT_BASE) written[to] = 1;
  }
  for (const r of target.calleeSaved) if (written[r] === 1) allocation.calleeSaved.push(r);
}
