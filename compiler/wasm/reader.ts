// A cursor over the module's bytes. Every read is checked and fails with the byte offset.
//
// 64-bit values come as two 32-bit halves (lo, hi fields), so that nothing allocates.
import { CompileError } from "../support/error.ts";

export class Reader {
  readonly bytes: Uint8Array;
  at: number;
  end: number;
  /** Result of the last s64 read. */
  lo = 0;
  hi = 0;

  constructor(bytes: Uint8Array, start = 0, end = bytes.length) {
    this.bytes = bytes;
    this.at = start;
    this.end = end;
  }

  fail(message: string, offset = this.at): never {
    throw new CompileError(message, { offset });
  }

  byte(): number {
    if (this.at >= this.end) this.fail("unexpected end");
    return this.bytes[this.at++];
  }

  skip(n: number): void {
    if (n > this.end - this.at) this.fail("unexpected end");
    this.at += n;
  }

  /** Unsigned LEB128 of at most 32 bits. */
  u32(): number {
    const b = this.byte();
    return b < 0x80 ? b : this.u32More(b & 0x7f);
  }

  private u32More(value: number): number {
    const start = this.at - 1;
    let shift = 7;
    for (;;) {
      const b = this.byte();
      if (shift === 28) {
        if (b > 0x0f) this.fail(b >= 0x80 ? "integer representation too long" : "integer too large", start);
        return (value | (b << 28)) >>> 0;
      }
      value |= (b & 0x7f) << shift;
      if (b < 0x80) return value >>> 0;
      shift += 7;
    }
  }

  /** Signed LEB128 of at most 32 bits. */
  s32(): number {
    const start = this.at;
    let value = 0;
    let shift = 0;
    for (;;) {
      const b = this.byte();
      if (shift === 28) {
        if (b >= 0x80) this.fail("integer representation too long", start);
        const sign = b & 0x08 ? 0x70 : 0;
        if ((b & 0x70) !== sign) this.fail("integer too large", start);
        return value | (b << 28);
      }
      value |= (b & 0x7f) << shift;
      shift += 7;
      if (b < 0x80) return (value << (32 - shift)) >> (32 - shift);
    }
  }

  /** Signed LEB128 of at most 33 bits (block types): a number from -2^32 to 2^32 - 1. */
  s33(): number {
    const start = this.at;
    let value = 0;
    let scale = 1;
    for (let i = 0; i < 5; i++) {
      const b = this.byte();
      if (i === 4) {
        if (b >= 0x80) this.fail("integer representation too long", start);
        const sign = b & 0x10 ? 0x60 : 0;
        if ((b & 0x60) !== sign) this.fail("integer too large", start);
        value += (b & 0x1f) * scale;
        return b & 0x10 ? value - 0x200000000 : value;
      }
      value += (b & 0x7f) * scale;
      scale *= 128;
      if (b < 0x80) return b & 0x40 ? value - scale : value;
    }
    return value;
  }

  /** Signed LEB128 of at most 64 bits, into lo and hi. */
  s64(): void {
    const start = this.at;
    let lo = 0;
    let hi = 0;
    for (let shift = 0; ; shift += 7) {
      const b = this.byte();
      const bits = b & 0x7f;
      if (shift < 28) lo |= bits << shift;
      else if (shift === 28) {
        lo |= bits << 28;
        hi |= bits >> 4;
      } else if (shift < 63) hi |= bits << (shift - 32);
      else {
        if (b >= 0x80) this.fail("integer representation too long", start);
        if (bits !== 0 && bits !== 0x7f) this.fail("integer too large", start);
        hi |= bits << 31;
      }
      if (b < 0x80) {
        const used = shift + 7;
        if (b & 0x40) {
          if (used < 32) {
            lo |= -1 << used;
            hi = -1;
          } else if (used === 35 || used < 64) hi |= used === 32 ? -1 : -1 << (used - 32);
        }
        this.lo = lo;
        this.hi = hi;
        return;
      }
    }
  }

  /** Four bytes as an int32. */
  fixed32(): number {
    const at = this.at;
    this.skip(4);
    const b = this.bytes;
    return b[at] | (b[at + 1] << 8) | (b[at + 2] << 16) | (b[at + 3] << 24);
  }

  /** A length-prefixed UTF-8 name. */
  name(): string {
    const length = this.u32();
    const start = this.at;
    this.skip(length);
    return decodeUtf8(this.bytes, start, this.at);
  }
}

const strict = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

export function decodeUtf8(bytes: Uint8Array, start: number, end: number): string {
  try {
    // slice: a decoder refuses views of shared memory.
    return strict.decode(bytes.slice(start, end));
  } catch {
    throw new CompileError("malformed UTF-8 encoding", { offset: start });
  }
}
