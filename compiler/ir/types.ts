// The types of IR values, and how memory accesses are described.
// References (funcref, externref) are I64: addresses or opaque host values, 0 is null.
// Booleans are I32 values 0 or 1.

export enum Type {
  Void = 0,
  I32 = 1,
  I64 = 2,
  F32 = 3,
  F64 = 4,
  V128 = 5,
}

export const typeNames = ["void", "i32", "i64", "f32", "f64", "v128"] as const;

/** Bytes of a value of each type. */
export const typeSize = [0, 4, 8, 4, 8, 16] as const;

export function isInteger(type: Type): boolean {
  return type === Type.I32 || type === Type.I64;
}

export function isFloat(type: Type): boolean {
  return type === Type.F32 || type === Type.F64;
}

/**
 * Which bytes a load or store touches and how a load extends them.
 * Full is the width of the value's type; a store uses U8, U16, U32 for its narrow forms.
 */
export enum Width {
  Full = 0,
  S8 = 1,
  U8 = 2,
  S16 = 3,
  U16 = 4,
  S32 = 5,
  U32 = 6,
}

export const widthNames = ["", "8s", "8u", "16s", "16u", "32s", "32u"] as const;

/** Bytes accessed. A vector of a narrow width has lanes of i32 (8 and 16 bits) or i64 (32 bits), each extended from that width; it is only loaded. */
export function accessSize(width: Width, type: Type): number {
  if (type === Type.V128 && width !== Width.Full) return width <= Width.U8 ? 4 : 8;
  switch (width) {
    case Width.S8:
    case Width.U8:
      return 1;
    case Width.S16:
    case Width.U16:
      return 2;
    case Width.S32:
    case Width.U32:
      return 4;
    default:
      return typeSize[type];
  }
}

/**
 * The regions of memory that cannot overlap. Linear memory k is Alias.Memory + k (k < 64).
 * A store to one region never changes a load from another.
 */
export enum Alias {
  /** Instance fields that never change after instantiation. */
  Constant = 0,
  /** Instance fields that calls may change: memory sizes, table bases and sizes. */
  Instance = 1,
  Global = 2,
  Table = 3,
  Memory = 16,
}

/**
 * The aux column of Load, Store, RawLoad, RawStore: width in bits 0-3, `nonTrapping` in bit 4
 * (proven in bounds: may be dropped or moved), alias region from bit 8.
 */
export function accessAux(width: Width, alias: Alias, nonTrapping = false): number {
  return width | (nonTrapping ? 16 : 0) | (alias << 8);
}
export function auxWidth(aux: number): Width {
  return aux & 15;
}
export function auxNonTrapping(aux: number): boolean {
  return (aux & 16) !== 0;
}
export function auxAlias(aux: number): Alias {
  return aux >>> 8;
}

/** Trap codes; the table in docs/ABI.md. */
export enum TrapCode {
  Unreachable = 1,
  MemoryOutOfBounds = 2,
  DivideByZero = 3,
  IntegerOverflow = 4,
  InvalidConversion = 5,
  UndefinedElement = 6,
  UninitializedElement = 7,
  IndirectCallMismatch = 8,
  StackExhausted = 9,
  TableOutOfBounds = 10,
  UnalignedAtomic = 11,
  NullReference = 12,
  CastFailure = 13,
  ArrayOutOfBounds = 14,
  UncaughtException = 15,
  OutOfMemory = 16,
}
