// Walking over operators without translating them: unreachable code, and looks ahead. The bytes have been validated.
import { Immediate, opcodes } from "../wasm/opcodes.ts";
import type { Reader } from "../wasm/reader.ts";

/** Immediate kind of each one-byte operator. */
const immediateOf = new Uint8Array(256);
for (let code = 0; code < 256; code++) immediateOf[code] = opcodes[code]?.immediate ?? Immediate.None;

/** Reads an operator's number (prefixed ones as in opcodes.ts). */
export function nextOperator(r: Reader): number {
  const code = r.bytes[r.at++];
  return code < 0xfb ? code : code * 256 + r.u32();
}

function skipNumber(r: Reader): void {
  const bytes = r.bytes;
  while (bytes[r.at++] >= 0x80);
}

/** Steps over what follows operator `code`. */
export function skipImmediate(r: Reader, code: number): void {
  const kind = code < 256 ? immediateOf[code] : opcodes[code]!.immediate;
  switch (kind) {
    case Immediate.None:
      return;
    case Immediate.Block:
    case Immediate.Label:
    case Immediate.Function:
    case Immediate.Local:
    case Immediate.Global:
    case Immediate.Table:
    case Immediate.MemoryIndex:
    case Immediate.I32:
    case Immediate.I64:
    case Immediate.RefType:
    case Immediate.Data:
    case Immediate.Element:
    case Immediate.Lane:
      return skipNumber(r);
    case Immediate.TypeAndTable:
    case Immediate.Memory:
    case Immediate.DataAndMemory:
    case Immediate.TwoMemories:
    case Immediate.ElementAndTable:
    case Immediate.TwoTables:
      skipNumber(r);
      return skipNumber(r);
    case Immediate.F32:
      r.at += 4;
      return;
    case Immediate.F64:
      r.at += 8;
      return;
    case Immediate.V128:
    case Immediate.Shuffle:
      r.at += 16;
      return;
    case Immediate.MemoryLane:
      skipNumber(r);
      skipNumber(r);
      return skipNumber(r);
    default: {
      // Vectors of numbers: branch tables (and the default label behind), types of a select.
      const n = r.u32() + (kind === Immediate.LabelTable ? 1 : 0);
      for (let i = 0; i < n; i++) skipNumber(r);
    }
  }
}
