// Where arguments and results of a call live: registers of each class in order, then the stack.
import { Type } from "../ir/types.ts";

export interface Location {
  /** Physical register, or -1: on the stack. */
  readonly register: number;
  /** Byte offset in the argument area, when on the stack. */
  readonly offset: number;
}

export interface Locations {
  readonly list: Location[];
  /** Bytes of stack arguments, a multiple of 16. */
  readonly stackBytes: number;
}

/** Assigns a location to each value; see docs/ABI.md, "Registers". */
export function assignLocations(
  types: readonly Type[],
  ints: readonly number[],
  floats: readonly number[],
): Locations {
  const list: Location[] = [];
  let int = 0;
  let float = 0;
  let offset = 0;
  for (const type of types) {
    const isFloat = type >= Type.F32;
    if (isFloat && float < floats.length) {
      list.push({ register: floats[float++], offset: 0 });
    } else if (!isFloat && int < ints.length) {
      list.push({ register: ints[int++], offset: 0 });
    } else {
      if (type === Type.V128) offset = (offset + 15) & ~15;
      list.push({ register: -1, offset });
      offset += type === Type.V128 ? 16 : 8;
    }
  }
  return { list, stackBytes: (offset + 15) & ~15 };
}
