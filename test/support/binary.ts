// Building modules byte by byte, for inputs too large or too odd for the text format.

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

function append(out: number[], bytes: readonly number[]): void {
  for (const b of bytes) out.push(b);
}

function section(out: number[], id: number, content: readonly number[]): void {
  out.push(id);
  append(out, leb(content.length));
  append(out, content);
}

export interface FunctionBytes {
  /** Runs of locals: count and value type byte. */
  readonly locals?: readonly (readonly [number, number])[];
  /** Operators, without the final end. */
  readonly body: readonly number[];
}

/** A module of functions of one type (value type bytes), the first exported as "f", with one page of memory and one mutable i32 global. */
export function moduleOf(
  functions: readonly FunctionBytes[],
  params: readonly number[] = [],
  results: readonly number[] = [],
): Uint8Array {
  const out = [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0];
  section(out, 1, [1, 0x60, params.length, ...params, results.length, ...results]);
  section(out, 3, [...leb(functions.length), ...new Array<number>(functions.length).fill(0)]);
  section(out, 5, [1, 0, 1]);
  section(out, 6, [1, 0x7f, 1, 0x41, 0, 0x0b]);
  section(out, 7, [1, 1, 0x66, 0, 0]);
  const code = leb(functions.length);
  for (const { locals = [], body } of functions) {
    const bytes = leb(locals.length);
    for (const [n, type] of locals) bytes.push(...leb(n), type);
    append(bytes, body);
    bytes.push(0x0b);
    append(code, leb(bytes.length));
    append(code, bytes);
  }
  section(out, 10, code);
  return Uint8Array.from(out);
}
