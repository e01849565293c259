// Function bodies to SSA, in one pass over the bytes. The module has been validated.
//
// Source: core specification 2.0, "Execution: Instructions". One Translator serves all functions of a module.

import { LibraryFinder } from "../idioms/recognise.ts";
import type { Func } from "../ir/func.ts";
import { Op } from "../ir/ops.ts";
import { Type } from "../ir/types.ts";
import { CompileError } from "../support/error.ts";
import { call, callIndirect, refFunc, translateHostStub } from "./calls.ts";
import * as control from "./control.ts";
import type { Environment } from "./environment.ts";
import { translateLibrary } from "./library.ts";
import * as memory from "./memory.ts";
import {
  ignoresNaNBits,
  numericArity,
  numericOp,
  numericType,
  saturatingBase,
  TEST_FOR_ZERO,
} from "./numeric.ts";
import { nextOperator } from "./skip.ts";
import { State } from "./state.ts";
import * as tables from "./tables.ts";
import { irType } from "./types.ts";

export class Translator {
  private readonly env: Environment;
  private state: State | undefined;
  private library: LibraryFinder | undefined;

  constructor(env: Environment) {
    this.env = env;
  }

  /**
   * Fills f with the body of function `index`; for an import met by C, with the stub that stands for it as a value. Throws CompileError
   * (unsupported) for what needs v128.
   */
  translate(index: number, f: Func): void {
    const { module } = this.env;
    const entry = module.functions[index];
    this.state ??= new State(this.env, f);
    const s = this.state;
    try {
      s.begin(f, module.functionNames[index] ?? "", index, s.types.get(entry.typeIndex));
      if (index < module.importedFunctionCount) translateHostStub(s, index);
      else if (!this.isLibrary(s, index)) translateBody(s, entry.start, entry.end);
    } catch (error) {
      if (!(error instanceof CompileError)) throw error;
      const functionName = module.functionNames[index];
      const place = { file: module.file || undefined, functionIndex: index, functionName, offset: s.at };
      throw new CompileError(error.message, { ...place, ...error.place }, error.kind);
    }
  }

  /** Translates a function that is known by what it does; false when its body is still to be translated. */
  private isLibrary(s: State, index: number): boolean {
    if (this.env.optimize < LIBRARY_LEVEL) return false;
    this.library ??= new LibraryFinder(this.env);
    return translateLibrary(s, this.library.find(index));
  }
}

/** The -O from which library functions are recognised. */
const LIBRARY_LEVEL = 2;

/** Fills the function at hand, at the block begun, with the code of a body. */
export function translateBody(s: State, start: number, end: number): void {
  const { r, f, locals } = s;
  r.at = start;
  r.end = end;
  s.at = start;
  locals.reset(f, r);
  for (const t of s.type.params) locals.declare(1, t);
  f.blocks[0].params.forEach((v, i) => locals.define(i, v));
  const groups = r.u32();
  for (let i = 0; i < groups; i++) {
    const n = r.u32();
    locals.declare(n, irType(r.byte()));
  }
  control.openFunction(s);
  while (s.depth > 0) {
    s.at = r.at;
    if (!s.reachable) {
      control.skipUnreachable(s);
      continue;
    }
    s.b.source = r.at;
    const code = nextOperator(r);
    const column = code < 256 ? code : code - 0xfc00 < 8 ? saturatingBase + code - 0xfc00 : 0;
    if (numericArity[column] !== 0) numeric(s, column);
    else operator(s, code);
  }
  locals.finish();
}

function numeric(s: State, column: number): void {
  const { b } = s;
  const arity = numericArity[column];
  const raw = ignoresNaNBits[column] !== 0;
  const right = raw ? s.popRaw() : s.pop();
  const op = numericOp[column] as Op;
  const type = numericType[column] as Type;
  if (arity === 2) s.push(b.value(op, type, raw ? s.popRaw() : s.pop(), right));
  else if (arity === TEST_FOR_ZERO) s.push(b.value(op, Type.I32, right, b.constant(type, 0)));
  else s.push(b.value(op, type, right));
}

/** Everything but numeric operators. */
function operator(s: State, code: number): void {
  if (code >= 0x28 && code <= 0x35) return memory.load(s, code);
  if (code >= 0x36 && code <= 0x3e) return memory.store(s, code);
  if (code >= 0x41 && code <= 0x44) return constant(s, code);
  if (code >= 0xfc08 && code <= 0xfc0b) return memory.translateBulkOperator(s, code);
  if (code >= 0xfc0c && code <= 0xfc11) return tables.translateTableOperator(s, code);
  switch (code) {
    case 0x20:
      return s.push(s.locals.read(s.r.u32(), s.at));
    case 0x21:
      return s.locals.write(s.r.u32(), s.pop(), s.at);
    case 0x22: {
      const v = s.pop();
      s.push(v);
      return s.locals.write(s.r.u32(), v, s.at);
    }
    case 0x1a:
      s.height--;
      return;
    case 0x1b:
      return control.select(s);
    case 0x1c:
      s.r.u32();
      irType(s.r.byte());
      return control.select(s);
    default:
      if (code < 0x20) controlOperator(s, code);
      else otherOperator(s, code);
  }
}

function controlOperator(s: State, code: number): void {
  switch (code) {
    case 0x00:
      return control.translateUnreachable(s);
    case 0x01:
      return;
    case 0x02:
      return control.openBlock(s);
    case 0x03:
      return control.openLoop(s);
    case 0x04:
      return control.openIf(s);
    case 0x05:
      return control.translateElse(s);
    case 0x0b:
      return control.translateEnd(s);
    case 0x0c:
      return control.branch(s);
    case 0x0d:
      return control.branchIf(s);
    case 0x0e:
      return control.branchTable(s);
    case 0x0f:
      return control.translateReturn(s);
    case 0x10:
      return call(s);
    case 0x11:
      return callIndirect(s);
    default:
      throw new Error(`operator 0x${code.toString(16)} at ${s.at}`);
  }
}

function otherOperator(s: State, code: number): void {
  const { r, b } = s;
  switch (code) {
    case 0x23:
      return memory.globalGet(s);
    case 0x24:
      return memory.globalSet(s);
    case 0x25:
      return tables.tableGet(s);
    case 0x26:
      return tables.tableSet(s);
    case 0x3f:
      return memory.memorySizeOperator(s);
    case 0x40:
      return memory.memoryGrow(s);
    case 0xd0:
      r.byte();
      return s.push(b.constant(Type.I64, 0));
    case 0xd1:
      return s.push(b.value(Op.Eq, Type.I32, s.popRaw(), b.constant(Type.I64, 0)));
    case 0xd2:
      return refFunc(s);
    default:
      if (code >>> 8 === 0xfd) return s.unsupported(code);
      throw new Error(`operator 0x${code.toString(16)} at ${s.at}`);
  }
}

function constant(s: State, code: number): void {
  const { r, b } = s;
  switch (code) {
    case 0x41:
      return s.push(b.constant(Type.I32, r.s32()));
    case 0x42:
      r.s64();
      return s.push(b.constant(Type.I64, r.lo, r.hi));
    case 0x43:
      return s.push(b.constant(Type.F32, r.fixed32()));
    default: {
      const lo = r.fixed32();
      return s.push(b.constant(Type.F64, lo, r.fixed32()));
    }
  }
}
