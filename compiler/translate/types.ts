// Value types and function types of a module as IR types, with the split of results between registers and memory
// (docs/ABI.md, "Registers": at most six of each class, the others through context->results).
import { REGISTER_RESULTS } from "../codegen/rt.ts";
import type { Signature } from "../ir/func.ts";
import { isFloat, Type } from "../ir/types.ts";
import { CompileError } from "../support/error.ts";
import { type FuncType, type Module, ValueType } from "../wasm/module.ts";

export interface TranslatedType {
  readonly params: Type[];
  /** All results. */
  readonly results: Type[];
  /** What the code generator sees: all parameters, the results in registers. */
  readonly signature: Signature;
  /** By result: its number among the register results, or -1 - k for the k-th one in memory. */
  readonly places: number[];
}

/** IR type of a value type. Throws CompileError for v128. */
export function irType(t: ValueType): Type {
  switch (t) {
    case ValueType.I32:
      return Type.I32;
    case ValueType.F32:
      return Type.F32;
    case ValueType.F64:
      return Type.F64;
    case ValueType.V128:
      throw new CompileError("needs SIMD: a value of type v128", {}, "unsupported");
    default:
      return Type.I64;
  }
}

export function translateType(type: FuncType): TranslatedType {
  const params = type.params.map(irType);
  const results = type.results.map(irType);
  const inRegisters: Type[] = [];
  const places: number[] = [];
  let [ints, floats, stored] = [0, 0, 0];
  for (const t of results) {
    const n = isFloat(t) ? ++floats : ++ints;
    if (n > REGISTER_RESULTS) places.push(-1 - stored++);
    else places.push(inRegisters.push(t) - 1);
  }
  return { params, results, signature: { params, results: inRegisters }, places };
}

const empty = translateType({ params: [], results: [] });

/** The function types of one module, and the block types, translated when first asked for. */
export class TypeTable {
  private readonly module: Module;
  private readonly byIndex: (TranslatedType | undefined)[] = [];
  private readonly bySingleResult: (TranslatedType | undefined)[] = [];

  constructor(module: Module) {
    this.module = module;
  }

  get(index: number): TranslatedType {
    return (this.byIndex[index] ??= translateType(this.module.types[index]));
  }

  /** Of a block with a one-byte type. */
  block(byte: number): TranslatedType {
    if (byte === 0x40) return empty;
    return (this.bySingleResult[byte] ??= translateType({ params: [], results: [byte] }));
  }
}
