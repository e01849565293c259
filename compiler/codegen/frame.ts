// Frames of targets with a link register: the list of saved registers, the area they take at the top of the frame, prologue and epilogue.
//
// Frame, from the stack pointer up: outgoing arguments, spill slots, saved registers, return address when there are calls. The stack pointer stays
// 16-byte aligned. Leaf functions without locals have no frame: their return address is in the link register.
import type { Emitter } from "./emit.ts";

/** Distance between the stack probes of a large frame. */
export const PAGE = 4096;

/** Pages up to which probes are written one by one. */
const UNROLLED_PROBES = 8;

/** What a target with a link register knows about its frames. */
export interface LinkFrame {
  /** The link register. */
  readonly link: number;
  /** Bytes of the largest frame that is taken in one step with its saves in reach: below a page. */
  readonly oneStep: number;
  /** Adds to the stack pointer. */
  adjust(e: Emitter, bytes: number): void;
  /** Stores or loads `saved` downwards from the top of an area of `top` bytes above the stack pointer. */
  transfer(e: Emitter, saved: readonly number[], top: number, isStore: boolean): void;
  /**
   * The same for a frame of `top` bytes that holds nothing else, together with the step of the stack pointer, which goes up by `top` and `pop` bytes after loading; false
   * when that takes as much as apart.
   */
  transferFrame?(e: Emitter, saved: readonly number[], top: number, pop: number, isStore: boolean): boolean;
  /** Moves the stack pointer down by a page and touches it. */
  probe(e: Emitter): void;
  /** Probes `pages` pages in a loop. */
  probeLoop(e: Emitter, pages: number): void;
}

/** The registers the frame saves, from the top of the frame down: the return address first, when there are calls. */
function savedWithLink(e: Emitter, frame: LinkFrame): readonly number[] {
  return e.code.hasCalls ? [frame.link, ...e.savedRegisters] : e.savedRegisters;
}

/** Bytes of the upper part of the frame, a multiple of 16: allocated first in a large frame, so that the saves' offsets stay small. */
function saveAreaBytes(saved: readonly number[]): number {
  return (saved.length * 8 + 15) & ~15;
}

/** The frame hooks of a target. */
export function frameHooks(frame: LinkFrame) {
  return {
    layoutFrame(e: Emitter): void {
      e.frameSize = (e.localBytes + savedWithLink(e, frame).length * 8 + 15) & ~15;
      e.incomingBase = e.frameSize;
      e.needsFrame = e.frameSize > 0;
      e.returnsByLink = !e.code.hasCalls;
    },
    prologue(e: Emitter): void {
      if (!e.needsFrame) return;
      const saved = savedWithLink(e, frame);
      if (e.localBytes === 0 && frame.transferFrame?.(e, saved, e.frameSize, 0, true)) return;
      if (e.frameSize <= frame.oneStep) {
        frame.adjust(e, -e.frameSize);
        frame.transfer(e, saved, e.frameSize, true);
        return;
      }
      const top = saveAreaBytes(saved);
      if (top > 0) frame.adjust(e, -top);
      frame.transfer(e, saved, top, true);
      const local = e.frameSize - top;
      // Touch every page in order, so that a frame cannot step over the guard of the stack.
      const pages = Math.floor(local / PAGE);
      if (pages > UNROLLED_PROBES) frame.probeLoop(e, pages);
      else for (let i = 0; i < pages; i++) frame.probe(e);
      if (local % PAGE > 0) frame.adjust(e, -(local % PAGE));
    },
    epilogue(e: Emitter): void {
      const pop = e.code.incomingBytes;
      const saved = savedWithLink(e, frame);
      let top = e.frameSize;
      if (e.localBytes === 0 && frame.transferFrame?.(e, saved, top, pop, false)) return;
      if (e.frameSize > frame.oneStep) {
        top = saveAreaBytes(saved);
        frame.adjust(e, e.frameSize - top);
      }
      frame.transfer(e, saved, top, false);
      if (top + pop > 0) frame.adjust(e, top + pop);
    },
  };
}
