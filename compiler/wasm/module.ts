// The decoded module: plain data, index spaces with imports first. Function bodies stay bytes in `bytes`.
//
// Constants are bits (lo, hi), never JS numbers, so that NaN payloads survive.

export enum ValueType {
  I32 = 0x7f,
  I64 = 0x7e,
  F32 = 0x7d,
  F64 = 0x7c,
  V128 = 0x7b,
  FuncRef = 0x70,
  ExternRef = 0x6f,
}

export function valueTypeName(t: number): string {
  switch (t) {
    case ValueType.I32:
      return "i32";
    case ValueType.I64:
      return "i64";
    case ValueType.F32:
      return "f32";
    case ValueType.F64:
      return "f64";
    case ValueType.V128:
      return "v128";
    case ValueType.FuncRef:
      return "funcref";
    case ValueType.ExternRef:
      return "externref";
    default:
      return "any type";
  }
}

export function isReference(t: number): boolean {
  return t === ValueType.FuncRef || t === ValueType.ExternRef;
}

export interface FuncType {
  readonly params: readonly ValueType[];
  readonly results: readonly ValueType[];
}

export interface Limits {
  readonly min: number;
  readonly max: number | undefined;
}

export enum ExternalKind {
  Function = 0,
  Table = 1,
  Memory = 2,
  Global = 3,
}
export const externalKindNames = ["function", "table", "memory", "global"] as const;

export interface TableType {
  readonly element: ValueType;
  readonly limits: Limits;
}
export interface GlobalType {
  readonly type: ValueType;
  readonly mutable: boolean;
}

export interface Import {
  readonly module: string;
  readonly name: string;
  readonly kind: ExternalKind;
  /** Index in the kind's index space. */
  readonly index: number;
  readonly offset: number;
}

export interface Export {
  readonly name: string;
  readonly kind: ExternalKind;
  readonly index: number;
}

/** One step of a constant expression, in postfix order. */
export type ConstStep =
  | {
      readonly op: "const";
      readonly type: ValueType;
      readonly lo: number;
      readonly hi: number;
      readonly wide?: Uint8Array;
    }
  | { readonly op: "null"; readonly type: ValueType }
  | { readonly op: "func"; readonly index: number }
  | { readonly op: "global"; readonly index: number }
  | { readonly op: "add" | "sub" | "mul"; readonly type: ValueType };
export type ConstExpr = readonly ConstStep[];

export interface FunctionEntry {
  readonly typeIndex: number;
  readonly imported: Import | undefined;
  /** Body without its size: from the local declarations to after the final end. 0 for imports. */
  start: number;
  end: number;
}

export interface Table extends TableType {
  readonly imported: Import | undefined;
}
export interface Memory {
  readonly limits: Limits;
  readonly imported: Import | undefined;
}
export interface Global extends GlobalType {
  readonly imported: Import | undefined;
  readonly init: ConstExpr;
}

export type SegmentMode = "active" | "passive" | "declarative";

export interface ElementSegment {
  readonly mode: SegmentMode;
  readonly table: number;
  readonly offset: ConstExpr;
  readonly type: ValueType;
  readonly items: readonly ConstExpr[];
}

export interface DataSegment {
  readonly mode: SegmentMode;
  readonly memory: number;
  readonly offset: ConstExpr;
  readonly start: number;
  readonly end: number;
}

export interface Section {
  readonly id: number;
  readonly name: string;
  readonly start: number;
  readonly end: number;
}

export interface Module {
  readonly file: string;
  readonly bytes: Uint8Array;
  types: FuncType[];
  /** Structural identity of each type, from 1; equal types have equal ids. */
  canonicalTypeIds: number[];
  imports: Import[];
  functions: FunctionEntry[];
  tables: Table[];
  memories: Memory[];
  globals: Global[];
  exports: Export[];
  startFunction: number | undefined;
  elements: ElementSegment[];
  datas: DataSegment[];
  dataCount: number | undefined;
  sections: Section[];
  name: string | undefined;
  /** Names of functions from the name section, by index. */
  functionNames: (string | undefined)[];
  /** Functions that may be named by ref.func: exported or in an element segment or a global. */
  referenced: Uint8Array;
  importedFunctionCount: number;
}

/** Type of function `index`. */
export function functionType(module: Module, index: number): FuncType {
  return module.types[module.functions[index].typeIndex];
}

/** Limits of what the compiler takes in; the customary ones of the JavaScript embedding. */
export const limits = {
  types: 1_000_000,
  functions: 1_000_000,
  imports: 1_000_000,
  exports: 1_000_000,
  globals: 1_000_000,
  tables: 100_000,
  memories: 100,
  dataSegments: 100_000,
  elementSegments: 10_000_000,
  tableSize: 10_000_000,
  functionSize: 7_654_321,
  locals: 50_000,
  params: 1_000,
  results: 1_000,
  branchTable: 65_520,
  memoryPages: 65_536,
} as const;
