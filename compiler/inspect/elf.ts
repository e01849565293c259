// The build record of an executable of ours: found through the section headers of the ELF file. Source: the ELF-64 object
// file format, "Sections" and "Note Section".
import { type BuildRecord, NOTE_NAME, NOTE_SECTION } from "../compile/note.ts";
import { CompileError } from "../support/error.ts";

const SECTION_HEADER_BYTES = 64;

export interface SectionInfo {
  readonly name: string;
  readonly bytes: number;
}

interface SectionHeader {
  readonly nameOffset: number;
  readonly offset: number;
  readonly size: number;
  readonly type: number;
}

export function isElf(bytes: Uint8Array): boolean {
  return bytes[0] === 0x7f && bytes[1] === 0x45 && bytes[2] === 0x4c && bytes[3] === 0x46;
}

function header(view: DataView, at: number): SectionHeader {
  return {
    nameOffset: view.getUint32(at, true),
    type: view.getUint32(at + 4, true),
    offset: Number(view.getBigUint64(at + 24, true)),
    size: Number(view.getBigUint64(at + 32, true)),
  };
}

function cString(bytes: Uint8Array, start: number): string {
  return Buffer.from(bytes.subarray(start, bytes.indexOf(0, start))).toString("utf8");
}

/** Sections and the build record of an executable. Throws CompileError for a file that is not one of ours. */
export function readExecutable(
  bytes: Uint8Array,
  file: string,
): { record: BuildRecord; sections: SectionInfo[] } {
  const fail = (message: string): never => {
    throw new CompileError(message, { file });
  };
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  try {
    const table = Number(view.getBigUint64(40, true));
    const count = view.getUint16(60, true);
    const names = header(view, table + SECTION_HEADER_BYTES * view.getUint16(62, true));
    const sections: SectionInfo[] = [];
    let record: BuildRecord | undefined;
    for (let i = 0; i < count; i++) {
      const s = header(view, table + SECTION_HEADER_BYTES * i);
      const name = cString(bytes, names.offset + s.nameOffset);
      if (name !== "") sections.push({ name, bytes: s.size });
      if (name === NOTE_SECTION) record = parseNote(view, bytes, s.offset);
    }
    return record === undefined ? fail("not made by wasmaot: no build record") : { record, sections };
  } catch (error) {
    if (error instanceof RangeError) return fail("damaged ELF file");
    throw error;
  }
}

function parseNote(view: DataView, bytes: Uint8Array, at: number): BuildRecord | undefined {
  const nameBytes = view.getUint32(at, true);
  const size = view.getUint32(at + 4, true);
  if (cString(bytes, at + 12) !== NOTE_NAME) return undefined;
  const start = at + 12 + ((nameBytes + 3) & ~3);
  return JSON.parse(Buffer.from(bytes.subarray(start, start + size - 1)).toString("utf8")) as BuildRecord;
}
