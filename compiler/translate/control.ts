// Structured control: blocks, loops, ifs, branches.
//
// A label's block is made when the first branch to it is met, so straight code stays one block. Results of a block are parameters of its label's
// block; locals get theirs from locals.ts. A branch to the function's own label returns on the spot.
import type { Block } from "../ir/func.ts";
import { Op } from "../ir/ops.ts";
import { TrapCode, type Type } from "../ir/types.ts";
import { returnValues } from "./calls.ts";
import { nextOperator, skipImmediate } from "./skip.ts";
import { Frame, FrameKind, type State } from "./state.ts";
import type { TranslatedType } from "./types.ts";

/** Targets of one br_table that repeat more often than this share a block with one edge to the target. */
const SHARED_TARGETS = 8;

function readBlockType(s: State): TranslatedType {
  const { r } = s;
  const byte = r.bytes[r.at];
  if (byte >= 0x40 && byte < 0x80) {
    r.at++;
    return s.types.block(byte);
  }
  return s.types.get(r.s33());
}

function pushFrame(s: State, kind: FrameKind, type: TranslatedType): Frame {
  const d = s.depth++;
  let frame = s.frames[d];
  if (frame === undefined) {
    frame = new Frame();
    s.frames.push(frame);
  }
  frame.kind = kind;
  frame.type = type;
  frame.height = s.height - type.params.length;
  frame.label = undefined;
  frame.region = s.locals.currentRegion;
  return frame;
}

/** Opens the frame of the function itself. */
export function openFunction(s: State): void {
  pushFrame(s, FrameKind.Function, s.type).height = 0;
}

export function openBlock(s: State): void {
  pushFrame(s, FrameKind.Block, readBlockType(s)).region = s.locals.openRegion(s.at);
}

export function openLoop(s: State): void {
  const { f, locals } = s;
  const type = readBlockType(s);
  const frame = pushFrame(s, FrameKind.Loop, type);
  const header = f.newBlock();
  frame.label = header;
  for (const t of type.params) f.addParam(header, t);
  const edge = f.edges.length;
  s.b.jump(header, s.operands(frame.height));
  locals.openLoop(s.at, header.id);
  locals.noteLoopEntry(edge, s.at);
  s.start(header);
  setOperands(s, frame.height, header.params, type.params.length);
}

/** Makes the first n of `values` the operands above `height`. */
function setOperands(s: State, height: number, values: readonly number[], n: number): void {
  for (let i = 0; i < n; i++) s.stack[height + i] = values[i];
  s.height = height + n;
}

export function openIf(s: State): void {
  const { f, b, locals } = s;
  const type = readBlockType(s);
  const condition = s.popRaw();
  const frame = pushFrame(s, FrameKind.If, type);
  frame.saved = s.operands(frame.height);
  const then = f.newBlock();
  const otherwise = f.newBlock();
  const first = f.edges.length;
  b.branch(condition, then, [], otherwise, []);
  for (let e = first; e < f.edges.length; e++) locals.noteEdge(e, s.at);
  frame.elseEdge = otherwise.preds.length === 0 ? -1 : otherwise.preds[0];
  frame.region = locals.openRegion(s.at);
  locals.openRegion(s.at, true);
  if (then.preds.length > 0) s.start(then);
  else s.reachable = false;
}

export function translateElse(s: State): void {
  const frame = s.frames[s.depth - 1];
  leave(s, frame);
  s.locals.closeRegion(s.locals.currentRegion, s.at);
  s.locals.openRegion(s.at, true);
  frame.kind = FrameKind.Else;
  startElse(s, frame);
}

/** Goes on in the block of an if's other arm, if it can be reached. */
function startElse(s: State, frame: Frame): void {
  setOperands(s, frame.height, frame.saved, frame.saved.length);
  s.reachable = frame.elseEdge >= 0;
  if (s.reachable) s.start(s.f.blocks[s.f.edges[frame.elseEdge].to]);
}

/** The edge from the end of a frame (or of its first arm) to its label. */
function leave(s: State, frame: Frame): void {
  if (!s.reachable) return;
  const edge = s.f.edges.length;
  s.b.jump(labelBlock(s, frame), s.operands(s.height - frame.type.results.length));
  s.locals.noteEdge(edge, s.at - 1);
}

/** The block that branches to a frame's label go to. */
function labelBlock(s: State, frame: Frame): Block {
  if (frame.label === undefined) {
    frame.label = s.f.newBlock();
    for (const t of frame.type.results) s.f.addParam(frame.label, t);
  }
  return frame.label;
}

/** The `end` of a frame that was opened in reachable code. */
export function translateEnd(s: State): void {
  const frame = s.frames[s.depth - 1];
  switch (frame.kind) {
    case FrameKind.Function:
      if (s.reachable) returnValues(s, s.operands(s.height - frame.type.results.length));
      s.reachable = false;
      break;
    case FrameKind.Loop:
      s.locals.closeLoop();
      break;
    case FrameKind.If:
      endIfWithoutElse(s, frame);
      break;
    case FrameKind.Else:
      s.locals.closeRegion(s.locals.currentRegion, s.at);
      endAtLabel(s, frame);
      break;
    default:
      endAtLabel(s, frame);
  }
  s.depth--;
}

function endAtLabel(s: State, frame: Frame): void {
  if (!isBranchedTo(frame)) return s.locals.closeRegion(frame.region, s.at);
  leave(s, frame);
  const label = labelBlock(s, frame);
  s.locals.closeRegion(frame.region, s.at, label.id);
  startLabel(s, frame, label);
}

/** False also when the branches to the label were folded away. */
function isBranchedTo(frame: Frame): boolean {
  return frame.label !== undefined && frame.label.preds.length > 0;
}

function startLabel(s: State, frame: Frame, label: Block): void {
  s.start(label);
  setOperands(s, frame.height, label.params, frame.type.results.length);
}

/** The missing arm brings the parameters as they are, from the moment of the branch. */
function endIfWithoutElse(s: State, frame: Frame): void {
  const { f, locals } = s;
  locals.closeRegion(locals.currentRegion, s.at);
  if (frame.elseEdge < 0) return endAtLabel(s, frame);
  if (!s.reachable && !isBranchedTo(frame)) {
    const block = f.edges[frame.elseEdge].to;
    locals.closeRegion(frame.region, s.at, block);
    return startElse(s, frame);
  }
  leave(s, frame);
  const label = labelBlock(s, frame);
  f.retarget(frame.elseEdge, label.id);
  f.edges[frame.elseEdge].args = frame.saved;
  // Edges stay in order of time.
  label.preds.unshift(label.preds.pop()!);
  locals.closeRegion(frame.region, s.at, label.id);
  startLabel(s, frame, label);
}

// ---- Branches ----

function target(s: State, depth: number): Frame {
  return s.frames[s.depth - 1 - depth];
}

/** The values a branch to a frame takes along. */
function branchArguments(s: State, frame: Frame): number[] {
  const types = frame.kind === FrameKind.Loop ? frame.type.params : frame.type.results;
  return s.operands(s.height - types.length);
}

/** The block a branch to a frame goes to; for the function's own label a new block that returns. */
function branchBlock(s: State, frame: Frame): Block {
  return frame.kind === FrameKind.Function ? s.f.newBlock() : labelBlock(s, frame);
}

/** Fills the block of a branch to the function's label. */
function fillReturnBlock(s: State, block: Block): void {
  if (block.preds.length === 0) return;
  const values = s.operands(s.height - s.type.results.length);
  s.start(block);
  returnValues(s, values);
}

export function branch(s: State): void {
  const frame = target(s, s.r.u32());
  if (frame.kind === FrameKind.Function) returnValues(s, branchArguments(s, frame));
  else {
    const edge = s.f.edges.length;
    s.b.jump(labelBlock(s, frame), branchArguments(s, frame));
    s.locals.noteEdge(edge, s.at);
  }
  s.reachable = false;
}

export function branchIf(s: State): void {
  const { f, locals } = s;
  const frame = target(s, s.r.u32());
  const condition = s.popRaw();
  const isReturn = frame.kind === FrameKind.Function;
  const args = isReturn ? [] : branchArguments(s, frame);
  const taken = branchBlock(s, frame);
  const next = f.newBlock();
  const first = f.edges.length;
  s.b.branch(condition, taken, args, next, []);
  for (let e = first; e < f.edges.length; e++) locals.noteEdge(e, s.at);
  if (isReturn) fillReturnBlock(s, taken);
  if (next.preds.length > 0) s.start(next);
  else s.reachable = false;
}

export function branchTable(s: State): void {
  const { f, r, locals } = s;
  const count = r.u32();
  const depths: number[] = [];
  for (let i = 0; i <= count; i++) depths.push(r.u32());
  const index = s.popRaw();
  /** Uses of each label by depth, then the block its edges go to. */
  const uses = new Map<number, number>();
  for (const d of depths) uses.set(d, (uses.get(d) ?? 0) + 1);
  const blocks = new Map<number, Block>();
  const shared: number[] = [];
  let returns: Block | undefined;
  for (const [d, n] of uses) {
    const frame = target(s, d);
    const direct = branchBlock(s, frame);
    if (frame.kind === FrameKind.Function) returns = direct;
    const indirect = n > SHARED_TARGETS && uses.size > 1 && frame.kind !== FrameKind.Function;
    if (indirect) shared.push(d);
    blocks.set(d, indirect ? f.newBlock() : direct);
  }
  const targets = depths.map((d) => blocks.get(d)!);
  const args = depths.map((d, i) => {
    const frame = target(s, d);
    const direct = frame.label === targets[i];
    return direct ? branchArguments(s, frame) : [];
  });
  const first = f.edges.length;
  if (uses.size === 1) s.b.jump(targets[0], args[0]);
  else s.b.switch(index, targets, args);
  for (let e = first; e < f.edges.length; e++) locals.noteEdge(e, s.at);
  for (const d of shared) {
    const block = blocks.get(d)!;
    if (block.preds.length === 0) continue;
    s.start(block);
    const frame = target(s, d);
    const edge = f.edges.length;
    s.b.jump(labelBlock(s, frame), branchArguments(s, frame));
    locals.noteEdge(edge, s.at);
  }
  if (returns !== undefined) fillReturnBlock(s, returns);
  s.reachable = false;
}

export function translateReturn(s: State): void {
  returnValues(s, s.operands(s.height - s.type.results.length));
  s.reachable = false;
}

export function translateUnreachable(s: State): void {
  s.b.trap(TrapCode.Unreachable);
  s.b.block.cold = true;
  s.reachable = false;
}

export function select(s: State): void {
  const condition = s.popRaw();
  const otherwise = s.pop();
  const then = s.pop();
  s.push(s.b.value(Op.Select, s.f.type[then] as Type, condition, then, otherwise));
}

/** Steps over an operator in unreachable code; only what ends or turns the enclosing frame is translated. */
export function skipUnreachable(s: State): void {
  const code = nextOperator(s.r);
  switch (code) {
    case 0x02:
    case 0x03:
    case 0x04:
      s.skipped++;
      break;
    case 0x05:
      if (s.skipped === 0) return translateElse(s);
      break;
    case 0x0b:
      if (s.skipped === 0) return translateEnd(s);
      s.skipped--;
      break;
  }
  skipImmediate(s.r, code);
}
