// What the frames of targets with a link register share: the list of saved registers and the area they take at the top of the frame.
import type { Emitter } from "./emit.ts";

/** Distance between the stack probes of a large frame. */
export const PAGE = 4096;

/** The registers the frame saves, from the top of the frame down: the return address first, when there are calls. */
export function savedWithLink(e: Emitter, link: number): readonly number[] {
  return e.code.hasCalls ? [link, ...e.savedRegisters] : e.savedRegisters;
}

/** Bytes of the upper part of the frame, a multiple of 16: allocated first in a large frame, so that the saves' offsets stay small. */
export function saveAreaBytes(saved: readonly number[]): number {
  return (saved.length * 8 + 15) & ~15;
}
