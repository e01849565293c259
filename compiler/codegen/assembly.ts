// A writer of assembler data: sections, labels, structures, strings. The directives are those that GNU as and LLVM's
// assembler share on every target.
//
// Text leaves through a sink in pieces, so that tables of any size take little memory. Strings are written as octal
// escapes: no byte of a module is ever read as assembler syntax.
import type { FieldValues, Layout } from "./structs.ts";

const FLUSH_AT = 1 << 16;

export const sections = {
  text: '.section .text.wasm,"ax",%progbits',
  rodata: '.section .rodata.wasmaot,"a",%progbits',
  relro: '.section .data.rel.ro.wasmaot,"aw",%progbits',
  bss: '.section .bss.wasmaot,"aw",%nobits',
} as const;

export class Assembly {
  private readonly sink: (text: string) => void;
  private text = "";
  private current = "";
  private readonly strings = new Map<string, string>();
  private labels = 0;

  constructor(sink: (text: string) => void) {
    this.sink = sink;
  }

  raw(text: string): void {
    this.text += text;
    if (this.text.length > FLUSH_AT) this.flush();
  }

  line(text: string): void {
    this.raw(`\t${text}\n`);
  }

  flush(): void {
    if (this.text !== "") this.sink(this.text);
    this.text = "";
  }

  section(name: keyof typeof sections): void {
    if (this.current === name) return;
    this.current = name;
    this.line(sections[name]);
  }

  /** Starts an object that other files may name; never visible outside the executable. */
  define(symbol: string, align = 3): void {
    this.line(`.p2align ${align}`);
    this.line(`.globl ${symbol}`);
    this.line(`.hidden ${symbol}`);
    this.raw(`${symbol}:\n`);
  }

  /** Starts an object of this file and returns its label. */
  local(align = 3): string {
    const label = `.Ldata${this.labels++}`;
    if (align > 0) this.line(`.p2align ${align}`);
    this.raw(`${label}:\n`);
    return label;
  }

  struct<L extends Layout>(layout: L, values: FieldValues<L>): void {
    let text = "";
    for (const [name, bytes] of layout)
      text += `\t${bytes === 8 ? ".quad" : ".long"} ${values[name as L[number][0]]}\n`;
    this.raw(text);
  }

  /** Label of a NUL-terminated string; equal strings share one. Write them out with `writeStrings`. */
  string(s: string): string {
    let label = this.strings.get(s);
    if (label === undefined) {
      label = `.Lstring${this.strings.size}`;
      this.strings.set(s, label);
    }
    return label;
  }

  /** All strings asked for so far. Call once, last. */
  writeStrings(): void {
    this.section("rodata");
    for (const [s, label] of this.strings) this.raw(`${label}:\n${stringDirective(s)}`);
  }
}

/** A name as the bytes of a C string, without its end: NUL becomes the overlong form c0 80, which no valid name has, so that names differ as C strings do. */
export function nameBytes(name: string): Uint8Array {
  const bytes = Buffer.from(name, "utf8");
  return bytes.includes(0)
    ? Uint8Array.from([...bytes].flatMap((b) => (b === 0 ? [0xc0, 0x80] : [b])))
    : bytes;
}

/** `.asciz` with everything but letters, digits and a few signs escaped. */
export function stringDirective(s: string): string {
  let text = "";
  for (const byte of nameBytes(s)) {
    const plain =
      (byte >= 0x30 && byte <= 0x39) ||
      (byte >= 0x41 && byte <= 0x5a) ||
      (byte >= 0x61 && byte <= 0x7a) ||
      byte === 0x5f ||
      byte === 0x2e ||
      byte === 0x2d ||
      byte === 0x2f ||
      byte === 0x3a;
    text += plain ? String.fromCharCode(byte) : `\\${byte.toString(8).padStart(3, "0")}`;
  }
  return `\t.asciz "${text}"\n`;
}

/** Bytes as `.quad` lines and a tail of `.byte`: the densest form every assembler reads fast. */
export function bytesDirectives(bytes: Uint8Array, sink: (text: string) => void): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const whole = bytes.length & ~7;
  let text = "";
  for (let i = 0; i < whole; i += 8) {
    const lo = view.getUint32(i, true).toString(16);
    const hi = view.getUint32(i + 4, true);
    text += hi === 0 ? `\t.quad 0x${lo}\n` : `\t.quad 0x${hi.toString(16)}${lo.padStart(8, "0")}\n`;
    if (text.length > FLUSH_AT) {
      sink(text);
      text = "";
    }
  }
  for (let i = whole; i < bytes.length; i++) text += `\t.byte ${bytes[i]}\n`;
  if (text !== "") sink(text);
}
