// Runs a candidate on its own, in the WebAssembly engine that the compiler itself runs in: one page of memory, and fuel so that it ends.
import { type Module, ValueType } from "../wasm/module.ts";
import type { Body } from "./body.ts";

/** The part of the host's WebAssembly that is used. */
interface Engine {
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (
    module: object,
  ) => {
    readonly exports: {
      readonly f: (...args: number[]) => number | undefined;
      readonly m: { readonly buffer: ArrayBuffer };
      readonly g: { value: number };
    };
  };
}

const engine = (globalThis as unknown as { readonly WebAssembly: Engine }).WebAssembly;

/** Turns of loops in one call; no trial needs so many. */
const FUEL = 1 << 17;
export const PROBE_BYTES = 65536;

function leb(n: number): number[] {
  const bytes: number[] = [];
  for (; n >= 0x80; n = Math.floor(n / 128)) bytes.push((n % 128) | 0x80);
  return [...bytes, n];
}

function section(id: number, items: readonly (readonly number[])[]): number[] {
  const content = [...leb(items.length), ...items.flat()];
  return [id, ...leb(content.length), ...content];
}

const name = (text: string): number[] => [text.length, ...Buffer.from(text)];

/** A module with the functions `indices` of m, the first one exported. */
function probeModule(m: Module, indices: readonly number[], bodies: readonly Body[]): Uint8Array {
  const types = indices.map((i) => {
    const { params, results } = m.types[m.functions[i].typeIndex];
    return [0x60, params.length, ...params, results.length, ...results];
  });
  const code = bodies.map((body) => {
    const bytes = body.code.map((x) => (x >= 0 ? x : indices.indexOf(body.calls[-1 - x])));
    return [...leb(bytes.length), ...bytes];
  });
  return Uint8Array.from([
    ...[0, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(1, types),
    ...section(
      3,
      indices.map((_, i) => [i]),
    ),
    ...section(5, [[1, 1, 1]]),
    ...section(6, [[ValueType.I32, 1, 0x41, 0, 0x0b]]),
    ...section(7, [
      [...name("f"), 0, 0],
      [...name("m"), 2, 0],
      [...name("g"), 3, 0],
    ]),
    ...section(10, code),
  ]);
}

export class Probe {
  readonly memory: Uint8Array;
  private readonly f: (...args: number[]) => number | undefined;
  private readonly fuel: { value: number };

  constructor(m: Module, indices: readonly number[], bodies: readonly Body[]) {
    const {
      f,
      m: memory,
      g,
    } = new engine.Instance(new engine.Module(probeModule(m, indices, bodies))).exports;
    this.f = f;
    this.memory = new Uint8Array(memory.buffer);
    this.fuel = g;
  }

  /** The result as i32, 0 for none; NaN when it traps or does not end. */
  call(...args: number[]): number {
    this.fuel.value = FUEL;
    try {
      return this.f(...args) ?? 0;
    } catch {
      return Number.NaN;
    }
  }
}
