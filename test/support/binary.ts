// Building modules byte by byte, for inputs too many, too large or too odd for the text format.

/** Unsigned LEB128. */
export function leb(n: number): number[] {
  const out: number[] = [];
  do {
    const b = n % 128;
    n = Math.floor(n / 128);
    out.push(n > 0 ? b | 0x80 : b);
  } while (n > 0);
  return out;
}

/** Signed LEB128. */
export function signedLeb(n: bigint): number[] {
  const out: number[] = [];
  for (;;) {
    const b = Number(n & 0x7fn);
    n >>= 7n;
    if ((n === 0n && (b & 0x40) === 0) || (n === -1n && (b & 0x40) !== 0)) return [...out, b];
    out.push(b | 0x80);
  }
}

/** Value type bytes. */
export const valueTypes = { i32: 0x7f, i64: 0x7e, f32: 0x7d, f64: 0x7c } as const;
export type NumberType = keyof typeof valueTypes;

export interface FunctionBytes {
  /** Value type bytes. */
  readonly params?: readonly number[];
  readonly results?: readonly number[];
  /** Runs of locals: count and value type byte. */
  readonly locals?: readonly (readonly [number, number])[];
  /** Operators, without the final end. */
  readonly body: readonly number[];
}

/** A module of exported functions "0", "1", ..., one page of memory exported as "memory", one mutable i32 global exported as "global". */
export class ModuleWriter {
  private readonly types = new Map<string, number>();
  private readonly typeBytes: number[] = [];
  private readonly declarations: number[] = [];
  private readonly code: number[] = [];
  /** Functions so far. */
  count = 0;

  private type(params: readonly number[], results: readonly number[]): number {
    const bytes = [0x60, ...leb(params.length), ...params, ...leb(results.length), ...results];
    const key = bytes.join();
    let index = this.types.get(key);
    if (index === undefined) {
      index = this.types.size;
      this.types.set(key, index);
      append(this.typeBytes, bytes);
    }
    return index;
  }

  /** Adds a function and returns its index, which is also its export's. */
  add({ params = [], results = [], locals = [], body }: FunctionBytes): number {
    append(this.declarations, leb(this.type(params, results)));
    const bytes = leb(locals.length);
    for (const [n, type] of locals) bytes.push(...leb(n), type);
    append(bytes, body);
    bytes.push(0x0b);
    append(this.code, leb(bytes.length));
    append(this.code, bytes);
    return this.count++;
  }

  finish(): Uint8Array {
    const out = [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0];
    const exports = leb(this.count + 2);
    for (let i = 0; i < this.count; i++) append(exports, [...name(`${i}`), 0, ...leb(i)]);
    append(exports, [...name("memory"), 2, 0, ...name("global"), 3, 0]);
    section(out, 1, [...leb(this.types.size), ...this.typeBytes]);
    section(out, 3, [...leb(this.count), ...this.declarations]);
    section(out, 5, [1, 0, 1]);
    section(out, 6, [1, 0x7f, 1, 0x41, 0, 0x0b]);
    section(out, 7, exports);
    section(out, 10, [...leb(this.count), ...this.code]);
    return Uint8Array.from(out);
  }
}

function name(text: string): number[] {
  return [text.length, ...[...text].map((c) => c.charCodeAt(0))];
}

function append(out: number[], bytes: readonly number[]): void {
  for (const b of bytes) out.push(b);
}

function section(out: number[], id: number, content: readonly number[]): void {
  out.push(id);
  append(out, leb(content.length));
  append(out, content);
}

/** A module of these functions. */
export function moduleOf(functions: readonly FunctionBytes[]): Uint8Array {
  const writer = new ModuleWriter();
  for (const f of functions) writer.add(f);
  return writer.finish();
}
