// Random bytes, and a page of memory that a candidate's page is compared with: what the trials of moves.ts and searches.ts share.
import { plainConstants } from "./body.ts";
import { PROBE_BYTES, type Probe } from "./probe.ts";

const ROW = 32;

export class Trial {
  readonly probe: Probe;
  /** What memory is to be after the next call. */
  readonly expected = new Uint8Array(PROBE_BYTES);
  private state = 0x2545f491;
  private calls = 0;
  /** Random bytes to take pieces of; and the same without zeros. */
  private readonly pool: Uint8Array;
  private readonly text: Uint8Array;

  constructor(probe: Probe) {
    this.probe = probe;
    const words = new Uint32Array(PROBE_BYTES / 4);
    for (let i = 0; i < words.length; i++) words[i] = this.next();
    this.pool = new Uint8Array(words.buffer);
    this.putRows();
    this.text = this.pool.map((byte) => byte || 1);
    this.scramble(0, PROBE_BYTES);
  }

  /** In every second piece of the pool: nothing but one or two of the bytes that a candidate may have as constants, so that they come in rows. */
  private putRows(): void {
    for (let at = 0; at < PROBE_BYTES; at += 2 * ROW) {
      const one = plainConstants[this.below(plainConstants.length)];
      const other = plainConstants[this.below(plainConstants.length)];
      for (let i = at; i < at + ROW; i++) this.pool[i] = this.below(3) === 0 ? other : one;
    }
  }

  /** 32 random bits (xorshift, Marsaglia 2003). */
  next(): number {
    let x = this.state;
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
    this.state = x;
    return x >>> 0;
  }

  below(n: number): number {
    return this.next() % n;
  }

  byte(): number {
    return this.next() >>> 24;
  }

  nonZero(): number {
    return 1 + this.below(255);
  }

  set(at: number, byte: number): void {
    this.probe.memory[at] = byte;
    this.expected[at] = byte;
  }

  /** New random bytes at [at, at + n), as far as memory goes. */
  scramble(at: number, n: number): void {
    this.put(at, this.piece(this.pool, Math.min(n, PROBE_BYTES - at)));
  }

  /** New random bytes, no zeros when `isText`, at [at, at + n). */
  write(at: number, n: number, isText: boolean): void {
    this.put(at, this.piece(isText ? this.text : this.pool, n));
  }

  /** The same new random bytes at [a, a + n) and [b, b + n). */
  writeBoth(a: number, b: number, n: number, isText: boolean): void {
    const bytes = this.piece(isText ? this.text : this.pool, n);
    this.put(a, bytes);
    this.put(b, bytes);
  }

  private piece(pool: Uint8Array, n: number): Uint8Array {
    const start = n < PROBE_BYTES ? this.below(PROBE_BYTES - n) : 0;
    return pool.subarray(start, start + n);
  }

  private put(at: number, bytes: Uint8Array): void {
    this.expected.set(bytes, at);
    this.probe.memory.set(bytes, at);
  }

  /** Whether memory is as expected: around [from, to), and now and then everywhere. */
  unchanged(from: number, to: number): boolean {
    const all = this.calls++ % 32 === 0;
    const start = all ? 0 : Math.max(0, from - 300);
    const end = all ? PROBE_BYTES : Math.min(PROBE_BYTES, to + 300);
    const found = this.probe.memory.subarray(start, end);
    return Buffer.compare(found, this.expected.subarray(start, end)) === 0;
  }
}
