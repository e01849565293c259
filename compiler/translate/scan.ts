// A look ahead over the body of an outermost loop: which locals it assigns, where, and where the loops inside it end.
//
// Everything is recorded in the order of the text, for the whole function; times are byte offsets.
import type { Reader } from "../wasm/reader.ts";
import { nextOperator, skipImmediate } from "./skip.ts";

const NEVER = 0x7fffffff;

export class LoopScan {
  private reader!: Reader;
  /** Assignments (local.set and local.tee): place, local, the next one of the same local (0: none), whether it is the first of its scan. */
  readonly setAt: number[] = [];
  readonly setLocal: number[] = [];
  private readonly setNext: number[] = [];
  readonly isFirst: boolean[] = [];
  setCount = 1;
  /** First assignment of the scan done last. */
  firstSet = 1;
  private readonly loopAt: number[] = [];
  private readonly loopEndAt: number[] = [];
  private loopCount = 0;
  private setCursor = 1;
  private loopCursor = 0;
  /** By local: the last assignment seen, when it was in this scan. */
  private last = new Int32Array(64);
  private lastScan = new Int32Array(64);
  private scans = 0;
  /** Open blocks: the loop's number, -1 for other blocks. */
  private readonly open: number[] = [];

  reset(reader: Reader): void {
    this.reader = reader;
    this.setCount = 1;
    this.loopCount = 0;
    this.setCursor = 1;
    this.loopCursor = 0;
  }

  /** Scans the loop whose operator stands at `time`; the reader is behind its block type. */
  run(time: number, localCount: number): void {
    const r = this.reader;
    const back = r.at;
    if (this.last.length < localCount) {
      this.last = new Int32Array(localCount * 2);
      this.lastScan = new Int32Array(localCount * 2);
    }
    this.scans++;
    this.firstSet = this.setCount;
    const { open } = this;
    open.length = 0;
    this.openLoop(time);
    while (open.length > 0) {
      const at = r.at;
      const code = nextOperator(r);
      if (code === 0x21 || code === 0x22) this.assignment(at, r.u32());
      else {
        skipImmediate(r, code);
        if (code === 0x03) this.openLoop(at);
        else if (code === 0x02 || code === 0x04) open.push(-1);
        else if (code === 0x0b) {
          const l = open.pop()!;
          if (l >= 0) this.loopEndAt[l] = at;
        }
      }
    }
    r.at = back;
  }

  private openLoop(at: number): void {
    this.loopAt[this.loopCount] = at;
    this.open.push(this.loopCount++);
  }

  private assignment(at: number, x: number): void {
    const i = this.setCount++;
    this.setAt[i] = at;
    this.setLocal[i] = x;
    this.setNext[i] = 0;
    this.isFirst[i] = this.lastScan[x] !== this.scans;
    if (!this.isFirst[i]) this.setNext[this.last[x]] = i;
    this.last[x] = i;
    this.lastScan[x] = this.scans;
  }

  /** Where the local assigned at `time` is assigned next. Asked in the order of the text. */
  nextAssignment(time: number): number {
    while (this.setAt[this.setCursor] < time) this.setCursor++;
    const next = this.setNext[this.setCursor];
    return next === 0 ? NEVER : this.setAt[next];
  }

  /** Where the loop at `time` ends. Asked in the order of the text. */
  endOf(time: number): number {
    while (this.loopAt[this.loopCursor] < time) this.loopCursor++;
    return this.loopEndAt[this.loopCursor];
  }
}
