// The values of a function's locals while its body is translated to SSA: on-the-fly construction after Braun et al. 2013, "Simple and
// Efficient Construction of Static Single Assignment Form", turned to account for structured control flow.
//
// Instead of a table of definitions for each block, every local has one history: its definitions in the order of the text, each with the
// time (byte offset of the operator) and the region (block, arm of an if) it stands in. Then:
// - A definition reaches every later point of its region, whatever blocks lie between; so most reads cost nothing.
// - Behind a closed region the value is the one its edges merge to: a parameter of the block at its end, made when somebody reads it, put
//   into the history at the time the region closed, and left out when all edges bring one value.
// - A loop header has a parameter for a local only if the loop assigns the local (a scan of the outermost loop's body tells).
// Walking up nested regions and loops takes jump pointers (Myers 1983), so 100,000 levels are no trouble; nothing recurses.
//
// Invariants: a history is sorted by time; edges into a block are in order of time; parameters of a loop that is still open have no arguments on
// the edges yet, `closeLoop` adds them.
import type { Builder } from "../ir/build.ts";
import type { Func } from "../ir/func.ts";
import type { Type } from "../ir/types.ts";
import type { Reader } from "../wasm/reader.ts";
import { Ancestry } from "./ancestry.ts";
import { removeTrivialParams } from "./params.ts";
import { LoopScan } from "./scan.ts";

const NEVER = 0x7fffffff;
/** Steps along a history before checkpoints are asked. */
const NEAR = 32;
/** Join of a region that is left only through its end. */
const FALLTHROUGH = -2;

export class Locals {
  private f!: Func;
  private readonly b: Builder;
  readonly scan = new LoopScan();
  private count = 0;
  private types = new Uint8Array(64);
  /** Latest history entry of each local, 0: none yet. */
  private newest = new Int32Array(64);
  private readonly touched: number[] = [];
  private readonly checkpoints = new Map<number, number[]>();

  // History entries, from 1.
  private entryCount = 1;
  private time: number[] = [0];
  private region: number[] = [0];
  private value: number[] = [0];
  private older: number[] = [0];
  private newer: number[] = [0];
  private local: number[] = [0];
  /** Where the local is assigned next inside the outermost loop around (byte offset); NEVER: not, or no loop is known. */
  private assigned: number[] = [0];
  /** The next entry whose parameter waits for its arguments until the loop is closed. */
  private waiting: number[] = [0];

  // Regions: nested spans of time. Region 0 is the function.
  private readonly regions = new Ancestry();
  private opened: number[] = [];
  private closed: number[] = [];
  private join: number[] = [];
  private isArm: boolean[] = [];
  private fallthroughLoop: number[] = [];

  // Loops, from 1.
  private readonly loops = new Ancestry();
  private loopOpened: number[] = [0];
  private loopEnd: number[] = [0];
  private loopHeader: number[] = [0];
  private loopRegion: number[] = [0];
  private loopClosed: boolean[] = [false];
  private firstWaiting: number[] = [0];
  private lastWaiting: number[] = [0];

  // By edge id of the Func.
  private edgeTime: number[] = [];
  private edgeLoop: number[] = [];

  /** Where translation is: innermost region and loop. */
  currentRegion = 0;
  currentLoop = 0;

  // The question `run` answers, and the tasks it interrupted.
  private askedEntry = 0;
  private askedTime = 0;
  private askedLoop = 0;
  /** The latest entry up to the time asked about, though the value may be from before an arm it stands in. */
  private latest = 0;
  private readonly tasks: Task[] = [];
  private depth = 0;
  private readonly answers: number[] = [];
  private answerCount = 0;
  /** Parameters found to be another value; others may have become so. */
  private replaced = 0;

  constructor(b: Builder) {
    this.b = b;
  }

  /** Starts a function whose body `reader` reads; its locals are declared next. */
  reset(f: Func, reader: Reader): void {
    this.f = f;
    for (const x of this.touched) this.newest[x] = 0;
    this.touched.length = 0;
    this.checkpoints.clear();
    this.count = 0;
    this.entryCount = 1;
    this.regions.reset();
    this.loops.reset();
    this.loops.add(0);
    this.currentLoop = 0;
    this.replaced = 0;
    this.currentRegion = this.addRegion(0, 0, false);
    this.scan.reset(reader);
  }

  /** Declares n more locals of a type. */
  declare(n: number, type: Type): void {
    const end = this.count + n;
    if (end > this.types.length) {
      const size = Math.max(end, this.types.length * 2);
      const types = new Uint8Array(size);
      types.set(this.types);
      this.types = types;
      const newest = new Int32Array(size);
      newest.set(this.newest);
      this.newest = newest;
    }
    this.types.fill(type, this.count, end);
    this.count = end;
  }

  // ---- Regions, loops, edges ----

  private addRegion(parent: number, time: number, isArm: boolean): number {
    const r = this.regions.add(parent);
    this.opened[r] = time;
    this.closed[r] = NEVER;
    this.join[r] = -1;
    this.isArm[r] = isArm;
    return r;
  }

  /** Opens a region inside the current one. An arm of an if has no end of its own: the region around the if does. */
  openRegion(time: number, isArm = false): number {
    return (this.currentRegion = this.addRegion(this.currentRegion, time, isArm));
  }

  /** Closes region r at its `end`; `join` is the block all its edges lead to, -1 when it is only left through the end. */
  closeRegion(r: number, time: number, join = -1): void {
    this.closed[r] = time;
    this.join[r] = join < 0 ? FALLTHROUGH : join;
    this.fallthroughLoop[r] = this.currentLoop;
    this.currentRegion = this.regions.parent(r);
  }

  /** Opens a loop at its operator; the edge into the header comes before or after. */
  openLoop(time: number, header: number): number {
    if (this.currentLoop === 0) this.scanLoop(time);
    const l = this.loops.add(this.currentLoop);
    this.loopOpened[l] = time;
    this.loopEnd[l] = this.scan.endOf(time);
    this.loopHeader[l] = header;
    this.loopRegion[l] = this.currentRegion;
    this.loopClosed[l] = false;
    this.firstWaiting[l] = 0;
    this.lastWaiting[l] = 0;
    return (this.currentLoop = l);
  }

  private scanLoop(time: number): void {
    const { scan } = this;
    scan.run(time, this.count);
    for (let i = scan.firstSet; i < scan.setCount; i++) {
      const x = scan.setLocal[i];
      if (!scan.isFirst[i]) continue;
      const e = this.newest[x] !== 0 ? this.newest[x] : this.initial(x);
      this.assigned[e] = scan.setAt[i];
    }
  }

  /** Closes the innermost loop: all edges to its header exist. */
  closeLoop(): void {
    const l = this.currentLoop;
    this.loopClosed[l] = true;
    this.currentLoop = this.loops.parent(l);
    const header = this.f.blocks[this.loopHeader[l]];
    const before = this.replaced;
    const { f } = this;
    const base = this.depth;
    for (let e = this.firstWaiting[l]; e !== 0; e = this.waiting[e]) {
      this.ask(e, this.time[e], this.currentLoop);
      this.startHeader(l, e, this.newest[this.local[e]]);
      this.run(base);
    }
    if (this.replaced !== before) {
      header.params = header.params.filter((p) => f.block[p] >= 0);
      for (let i = 0; i < header.params.length; i++) f.immLo[header.params[i]] = i;
    }
  }

  /** Tells when edge e leaves: `time` is the last moment that counts. */
  noteEdge(e: number, time: number): void {
    this.edgeTime[e] = time;
    this.edgeLoop[e] = this.currentLoop;
  }

  /** Notes the edge into a loop header, which is seen from outside the loop just opened. */
  noteLoopEntry(e: number, time: number): void {
    this.edgeTime[e] = time - 1;
    this.edgeLoop[e] = this.loops.parent(this.currentLoop);
  }

  // ---- Reading and writing ----

  typeOf(x: number): Type {
    return this.types[x];
  }

  /** Gives parameter x of the function its value. */
  define(x: number, v: number): void {
    this.push(x, 0, v, NEVER);
  }

  write(x: number, v: number, time: number): void {
    if (this.newest[x] === 0) this.initial(x);
    this.push(x, time, v, this.currentLoop === 0 ? NEVER : this.scan.nextAssignment(time));
  }

  /** The value of local x now. */
  read(x: number, time: number): number {
    let e = this.newest[x];
    if (e === 0) e = this.initial(x);
    if (this.closed[this.region[e]] === NEVER && this.loopOpened[this.currentLoop] <= this.time[e])
      return this.value[e];
    const found = this.lookup(e, time, this.currentLoop);
    const v = this.value[found];
    // Remembered here, the next reads are short.
    if (found !== this.newest[x]) this.push(x, time, v, this.assigned[found]);
    return v;
  }

  private push(x: number, time: number, v: number, assigned: number): number {
    const e = this.entryCount++;
    const last = this.newest[x];
    if (last === 0) this.touched.push(x);
    else this.newer[last] = e;
    this.fill(e, x, time, this.currentRegion, v, assigned);
    this.older[e] = last;
    this.newer[e] = 0;
    this.newest[x] = e;
    return e;
  }

  private fill(e: number, x: number, time: number, region: number, v: number, assigned: number): void {
    this.local[e] = x;
    this.time[e] = time;
    this.region[e] = region;
    this.value[e] = v;
    this.assigned[e] = assigned;
    this.waiting[e] = 0;
  }

  /** The entry for the zero that local x holds from the start. */
  private initial(x: number): number {
    const region = this.currentRegion;
    this.currentRegion = 0;
    const e = this.push(x, 0, this.b.constant(this.types[x], 0), NEVER);
    this.currentRegion = region;
    return e;
  }

  /** Puts an entry into the history of x at its time, looking from entry `near` on. */
  private insert(near: number, time: number, region: number, v: number): number {
    near = this.reaching(this.latestUpTo(near, time), time);
    const e = this.entryCount++;
    const x = this.local[near];
    this.fill(e, x, time, region, v, this.assigned[near]);
    const after = this.newer[near];
    this.older[e] = near;
    this.newer[e] = after;
    this.newer[near] = e;
    if (after !== 0) this.older[after] = e;
    else this.newest[x] = e;
    return e;
  }

  // ---- Values at a time ----

  /** The latest entry up to `time`, from e back. */
  private reaching(e: number, time: number): number {
    for (let n = NEAR; n > 0; n--) {
      if (this.time[e] <= time) return e;
      e = this.older[e];
    }
    return this.find(this.local[e], time);
  }

  /** The latest entry up to `time`, from e on. */
  private latestUpTo(e: number, time: number): number {
    for (let n = NEAR; n > 0; n--) {
      const next = this.newer[e];
      if (next === 0 || this.time[next] > time) return e;
      e = next;
    }
    return this.find(this.local[e], time);
  }

  /** The latest entry of x up to `time`, by way of checkpoints: sorted samples of the history, made where a walk was long. */
  private find(x: number, time: number): number {
    let list = this.checkpoints.get(x);
    if (list === undefined) {
      let oldest = this.newest[x];
      while (this.older[oldest] !== 0) oldest = this.older[oldest];
      list = [oldest];
      this.checkpoints.set(x, list);
    }
    let low = 0;
    let high = list.length;
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if (this.time[list[middle]] <= time) low = middle;
      else high = middle;
    }
    let e = list[low];
    for (let n = 1; ; n++) {
      const next = this.newer[e];
      if (next === 0 || this.time[next] > time) return e;
      e = next;
      if (n % (2 * NEAR) === 0) list.splice(++low, 0, e);
    }
  }

  /** The outermost region around r (or r) that is closed at `time`, -1 when r is open. */
  private closedAround(r: number, time: number): number {
    return this.closed[r] > time ? -1 : this.regions.outermostUpTo(r, this.closed, time);
  }

  /** The innermost loop around `loop` (or it) that assigns the local of e after e and was opened after it, 0: none. */
  private loopBetween(e: number, loop: number): number {
    if (this.loopOpened[loop] <= this.time[e]) return 0;
    const l = this.loops.innermostFrom(loop, this.loopEnd, this.assigned[e]);
    return this.loopOpened[l] > this.time[e] ? l : 0;
  }

  /** The entry whose value the local of e has at `time` in loop `loop`; e is one of its entries, not before that time. */
  private lookup(e: number, time: number, loop: number): number {
    this.ask(e, time, loop);
    return this.run(this.depth);
  }

  private ask(e: number, time: number, loop: number): void {
    this.askedEntry = this.latest = this.reaching(e, time);
    this.askedTime = time;
    this.askedLoop = loop;
  }

  /** Takes note of entry e, just put into the history. */
  private noteLatest(e: number): void {
    if (this.time[e] > this.time[this.latest]) this.latest = e;
  }

  /** Answers the question asked and those it raises, down to `base` open tasks. */
  private run(base: number): number {
    let limit = this.askedTime;
    for (;;) {
      const time = this.askedTime;
      let e = (this.askedEntry = this.reaching(this.askedEntry, limit));
      const r = this.closedAround(this.region[e], time);
      if (r >= 0) {
        if (this.isArm[r]) {
          // The other arm of an if that is still open: what holds is from before it.
          limit = this.opened[r] - 1;
        } else {
          this.startJoin(r);
          limit = this.askedTime;
        }
        continue;
      }
      const l = this.loopBetween(e, this.askedLoop);
      if (l !== 0) {
        e = this.addLoopParam(l, e);
        this.noteLatest(e);
        if (this.loopClosed[l]) {
          this.startHeader(l, e, this.latestUpTo(e, this.lastEdgeTime(l)));
          limit = this.askedTime;
          continue;
        }
      }
      if (this.depth === base) return e;
      this.answer(e);
      limit = this.askedTime;
    }
  }

  /** Takes e as the answer for the edge the innermost task waits for, and asks for the next edge or what the task was for. */
  private answer(e: number): void {
    const task = this.tasks[this.depth - 1];
    if (this.answerCount === task.base) task.near = this.latest;
    this.answers[this.answerCount++] = this.value[e];
    if (--task.edge >= 0) {
      // What comes before a loop is directly in front of its parameter, however much lies inside. Otherwise from the latest entry on, which the answer for the
      // later edge may just have put there: what it found out must not be asked again.
      const near = task.header >= 0 && task.edge === 0 ? this.older[task.entry] : this.latest;
      task.cursor = this.reaching(near, this.edgeTime[task.preds[task.edge]]);
      this.askEdge(task);
      return;
    }
    this.depth--;
    const merged = task.header >= 0 ? this.finishHeader(task) : this.finishJoin(task);
    this.answerCount = task.base;
    this.askedEntry = merged;
    this.askedTime = task.time;
    this.askedLoop = task.loop;
    this.latest = task.latest;
    this.noteLatest(merged);
  }

  private askEdge(task: Task): void {
    const edge = task.preds[task.edge];
    this.ask(task.cursor, this.edgeTime[edge], this.edgeLoop[edge]);
  }

  /** Opens a task that asks for the value at each edge, the last one first. */
  private startTask(preds: readonly number[], cursor: number): Task {
    const d = this.depth++;
    let task = this.tasks[d];
    if (task === undefined) {
      task = new Task();
      this.tasks.push(task);
    }
    task.preds = preds;
    task.edge = preds.length - 1;
    task.cursor = cursor;
    task.entry = cursor;
    task.time = this.askedTime;
    task.loop = this.askedLoop;
    task.base = this.answerCount;
    task.latest = this.latest;
    return task;
  }

  /** The value behind closed region r: what its edges bring. */
  private startJoin(r: number): void {
    const fallthrough = this.join[r] === FALLTHROUGH;
    const preds = fallthrough ? noEdges : this.f.blocks[this.join[r]].preds;
    const task = this.startTask(preds, this.askedEntry);
    task.region = r;
    task.header = -1;
    if (fallthrough) this.ask(task.cursor, this.closed[r] - 1, this.fallthroughLoop[r]);
    else this.askEdge(task);
  }

  private finishJoin(task: Task): number {
    const { f, answers, answerCount } = this;
    const r = task.region;
    let v = f.resolve(answers[task.base]);
    let same = true;
    for (let i = task.base + 1; i < answerCount && same; i++) same = f.resolve(answers[i]) === v;
    if (!same) {
      const b = f.blocks[this.join[r]];
      v = f.addParam(b, this.types[this.local[task.entry]]);
      this.addArguments(task);
    }
    return this.insert(task.near, this.closed[r], this.regions.parent(r), v);
  }

  /** Appends the answers to the arguments of the edges; they came in reverse order. */
  private addArguments(task: Task): void {
    const { f, answers } = this;
    const { preds } = task;
    const n = preds.length;
    for (let i = 0; i < n; i++) f.edges[preds[i]].args.push(answers[task.base + n - 1 - i]);
  }

  /** A parameter of loop l for the local of e, and its entry. */
  private addLoopParam(l: number, e: number): number {
    const p = this.f.addParam(this.f.blocks[this.loopHeader[l]], this.types[this.local[e]]);
    const entry = this.insert(e, this.loopOpened[l], this.loopRegion[l], p);
    if (!this.loopClosed[l]) {
      if (this.lastWaiting[l] === 0) this.firstWaiting[l] = entry;
      else this.waiting[this.lastWaiting[l]] = entry;
      this.lastWaiting[l] = entry;
    }
    return entry;
  }

  private lastEdgeTime(l: number): number {
    const { preds } = this.f.blocks[this.loopHeader[l]];
    return this.edgeTime[preds[preds.length - 1]];
  }

  /** Asks for the arguments of loop l's parameter, which entry e holds; `cursor` is the latest entry that may matter. */
  private startHeader(l: number, e: number, cursor: number): void {
    const { preds } = this.f.blocks[this.loopHeader[l]];
    const task = this.startTask(preds, cursor);
    task.entry = e;
    task.header = this.loopHeader[l];
    this.askEdge(task);
  }

  private finishHeader(task: Task): number {
    const { f, answers, answerCount } = this;
    const p = this.value[task.entry];
    let other = 0;
    let same = true;
    for (let i = task.base; i < answerCount && same; i++) {
      const v = f.resolve(answers[i]);
      if (v === p) continue;
      same = other === 0 || other === v;
      other = v;
    }
    if (!same) {
      this.addArguments(task);
      return task.entry;
    }
    f.replace(p, other);
    f.block[p] = -1;
    this.value[task.entry] = other;
    this.replaced++;
    const { params } = f.blocks[task.header];
    if (params[params.length - 1] === p) params.pop();
    return task.entry;
  }

  /** Ends the function: no parameter is left that always has one value, and no argument is forwarded. */
  finish(): void {
    if (this.replaced === 0) return;
    removeTrivialParams(this.f);
    this.f.applyForwards();
  }
}

const noEdges: readonly number[] = [0];

/** Collects the values of one local on all edges into a block. */
class Task {
  preds: readonly number[] = noEdges;
  /** Index of the edge asked about. */
  edge = 0;
  /** Latest history entry up to the edge. */
  cursor = 0;
  /** Loop header block, or -1; then the region that closed. */
  header = -1;
  region = 0;
  /** A header's parameter; otherwise where the search began. */
  entry = 0;
  /** The latest entry up to the last edge: what a join comes behind. */
  near = 0;
  latest = 0;
  /** What the task's result is for. */
  time = 0;
  loop = 0;
  /** Start of its answers. */
  base = 0;
}
