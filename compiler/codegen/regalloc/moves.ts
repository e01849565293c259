// Parallel moves: a set of copies that happen at once, put in an order that gives the same result.
//
// Invariants: each location gets one value; a copy to a location that has one already brings the same, perhaps from elsewhere, and is dropped. A copy is emitted when nothing still reads its destination; what is left
// then are cycles, which a temporary breaks: the scratch register of the class, or a fresh slot when the cycle holds a
// slot-to-slot copy (target.move needs the scratch register for those). Rematerialized values have no source and come last.
// Copies into a scratch register go through a slot, because it would not survive the copies after it.

import { Type } from "../../ir/types.ts";
import { room8, room32 } from "../../support/arrays.ts";
import { InstFlag } from "../insts.ts";
import type { Target } from "../target.ts";
import { FLOAT_BASE, SLOT_BASE, type VCode } from "../vcode.ts";
import type { EditList } from "./edits.ts";

/** Who provides temporary slots: locations that hold nothing else at any edit; different ones for different `index`. */
export interface SlotSource {
  temporarySlot(type: Type, index: number): number;
}

export class ParallelMoves {
  private count = 0;
  private from = new Int32Array(32);
  private to = new Int32Array(32);
  private type = new Uint8Array(32);
  private done = new Uint8Array(32);
  /** By location: how many pending copies read it; 1 + the pending copy that writes it. Clear between uses. */
  private readers = new Int32Array(SLOT_BASE * 2);
  private writer = new Int32Array(SLOT_BASE * 2);
  private ready = new Int32Array(32);
  /** Rematerializations and copies into scratch registers, for the end: instruction or slot, destination, type. */
  private repeats: number[] = [];
  private scratchCopies: number[] = [];
  private code!: VCode;
  private target!: Target;
  private edits!: EditList;
  private slots!: SlotSource;

  reset(code: VCode, target: Target, edits: EditList, slots: SlotSource): void {
    this.code = code;
    this.target = target;
    this.edits = edits;
    this.slots = slots;
    this.count = 0;
  }

  /** Adds a copy to the set. */
  add(from: number, to: number, type: Type): void {
    if (from === to) return;
    const { scratch } = this.target;
    if (to === scratch.int || to === scratch.float) {
      const slot = this.slots.temporarySlot(type, 1 + this.scratchCopies.length / 3);
      this.scratchCopies.push(slot, to, type);
      to = slot;
    }
    const n = this.count++;
    this.from = room32(this.from, n + 1);
    this.to = room32(this.to, n + 1);
    this.ready = room32(this.ready, n + 1);
    this.type = room8(this.type, n + 1);
    this.done = room8(this.done, n + 1);
    this.from[n] = from;
    this.to[n] = to;
    this.type[n] = type;
    this.done[n] = 0;
  }

  /** Adds a destination whose value instruction `inst` makes anew. */
  addRepeat(inst: number, to: number, type: Type): void {
    this.repeats.push(inst, to, type);
  }

  /** Emits the set at `position` and empties it. */
  resolve(position: number): void {
    if (this.count === 1) this.edits.move(position, this.from[0], this.to[0], this.type[0]);
    else if (this.count > 1) this.order(position);
    this.count = 0;
    if (this.repeats.length > 0) this.emitRepeats(position);
    for (let k = 0; k < this.scratchCopies.length; k += 3)
      this.edits.move(position, this.scratchCopies[k], this.scratchCopies[k + 1], this.scratchCopies[k + 2]);
    this.scratchCopies.length = 0;
  }

  private order(position: number): void {
    const { count, from, to, ready, done } = this;
    for (let n = 0; n < count; n++) {
      const most = Math.max(from[n], to[n]) + 1;
      this.readers = room32(this.readers, most);
      this.writer = room32(this.writer, most);
      if (this.writer[to[n]] !== 0) {
        done[n] = 1;
        continue;
      }
      this.readers[from[n]]++;
      this.writer[to[n]] = n + 1;
    }
    let pending = 0;
    for (let n = 0; n < count; n++) if (done[n] === 0 && this.readers[to[n]] === 0) ready[pending++] = n;
    for (let next = 0; next < count; ) {
      while (pending > 0) {
        const n = ready[--pending];
        this.edits.move(position, from[n], to[n], this.type[n]);
        done[n] = 1;
        this.writer[to[n]] = 0;
        const source = from[n];
        if (--this.readers[source] === 0 && this.writer[source] !== 0)
          ready[pending++] = this.writer[source] - 1;
      }
      if (done[next] === 1) next++;
      else {
        this.breakCycle(position, next);
        ready[pending++] = next;
      }
    }
  }

  /** Saves the destination of copy n, which another copy of its cycle still reads, in a temporary. */
  private breakCycle(position: number, n: number): void {
    const { from, to } = this;
    // Every location of a cycle has one reader left: the copy into the location that is read from there.
    let reader = n;
    let slotToSlot = false;
    for (let k = n; ; ) {
      slotToSlot ||= from[k] >= SLOT_BASE && to[k] >= SLOT_BASE;
      const before = this.writer[from[k]] - 1;
      if (before === n) {
        reader = k;
        break;
      }
      k = before;
    }
    const saved = to[n];
    const type = this.type[reader];
    const isFloat = saved < SLOT_BASE ? saved >= FLOAT_BASE : type >= Type.F32;
    const { scratch } = this.target;
    const temporary = slotToSlot ? this.slots.temporarySlot(type, 0) : isFloat ? scratch.float : scratch.int;
    this.edits.move(position, saved, temporary, type);
    this.readers = room32(this.readers, temporary + 1);
    this.writer = room32(this.writer, temporary + 1);
    this.readers[saved]--;
    this.readers[temporary]++;
    from[reader] = temporary;
  }

  private emitRepeats(position: number): void {
    const { repeats, edits } = this;
    const { scratch } = this.target;
    // A repeated instruction may use the scratch registers, so destinations there come after all others.
    for (const last of [false, true])
      for (let k = 0; k < repeats.length; k += 3) {
        const to = repeats[k + 1];
        const type: Type = repeats[k + 2];
        if ((to === scratch.int || to === scratch.float) !== last) continue;
        const isFloat = type >= Type.F32;
        if (to < SLOT_BASE || this.repeatsInSlot(repeats[k]))
          edits.rematerialize(position, repeats[k], to, type);
        else {
          const register = isFloat ? scratch.float : scratch.int;
          edits.rematerialize(position, repeats[k], register, type);
          edits.move(position, register, to, type);
        }
      }
    repeats.length = 0;
  }

  private repeatsInSlot(inst: number): boolean {
    return (this.target.insts.rows[this.code.op[inst]].flags & InstFlag.RepeatsInSlot) !== 0;
  }
}
