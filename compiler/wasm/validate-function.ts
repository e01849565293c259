// Validates one function body with the algorithm of the specification's appendix: an operand stack and a control
// stack, both typed arrays, no recursion.
//
// Unknown (0) is the type of what a stack-polymorphic operator leaves; it matches everything.
import { CompileError } from "../support/error.ts";
import {
  type FuncType,
  functionType,
  isReference,
  limits,
  type Module,
  ValueType,
  valueTypeName,
} from "./module.ts";
import { Immediate, laterFeature, type OpcodeRow, opcodes, prefixedCode } from "./opcodes.ts";
import { Reader } from "./reader.ts";

const UNKNOWN = 0;
const letterTypes: Record<string, ValueType> = {
  i: ValueType.I32,
  l: ValueType.I64,
  f: ValueType.F32,
  d: ValueType.F64,
  v: ValueType.V128,
};

/** Parameter and result types of simple operators, by code. */
const simpleParams: (readonly ValueType[] | undefined)[] = [];
const simpleResults: (readonly ValueType[] | undefined)[] = [];
for (const row of opcodes) {
  if (row?.params === undefined) continue;
  simpleParams[row.code] = [...row.params].map((c) => letterTypes[c]);
  simpleResults[row.code] = [...row.results].map((c) => letterTypes[c]);
}

enum FrameKind {
  Block = 0,
  Loop = 1,
  If = 2,
  Else = 3,
}

const noTypes: readonly ValueType[] = [];

export class FunctionValidator {
  private readonly m: Module;
  private r: Reader;
  private index = 0;
  private at = 0;
  private stack = new Uint8Array(256);
  private height = 0;
  private locals = new Uint8Array(256);
  private localCount = 0;
  // Control frames.
  private depth = 0;
  private kinds: number[] = [];
  private heights: number[] = [];
  private unreachable: boolean[] = [];
  private params: (readonly ValueType[])[] = [];
  private results: (readonly ValueType[])[] = [];

  constructor(m: Module) {
    this.m = m;
    this.r = new Reader(m.bytes);
  }

  private fail(message: string, offset = this.at): never {
    throw new CompileError(message, {
      file: this.m.file || undefined,
      offset,
      functionIndex: this.index,
      functionName: this.m.functionNames[this.index],
    });
  }

  /** Validates the body of function `index`. Throws CompileError. */
  validate(index: number): void {
    const f = this.m.functions[index];
    this.index = index;
    const r = this.r;
    r.at = f.start;
    r.end = f.end;
    this.at = f.start;
    const type = functionType(this.m, index);
    this.height = 0;
    this.depth = 0;
    try {
      this.readLocals(type);
      this.pushFrame(FrameKind.Block, noTypes, type.results);
      while (this.depth > 0) {
        this.at = r.at;
        this.operator();
      }
    } catch (error) {
      if (error instanceof CompileError && error.place.functionIndex === undefined)
        this.fail(error.message, error.place.offset);
      throw error;
    }
    if (r.at !== f.end) this.fail("END opcode expected: operators after the end of the function", r.at);
  }

  private readLocals(type: FuncType): void {
    const r = this.r;
    this.localCount = 0;
    for (const t of type.params) this.addLocals(1, t);
    const groups = r.u32();
    if (groups > r.end - r.at) r.fail("length out of bounds: local declarations");
    for (let i = 0; i < groups; i++) {
      const at = r.at;
      const n = r.u32();
      if (this.localCount + n > limits.locals) r.fail(`too many locals: the limit is ${limits.locals}`, at);
      this.addLocals(n, this.valueType());
    }
  }

  private addLocals(n: number, type: ValueType): void {
    const end = this.localCount + n;
    if (end > this.locals.length) {
      const b = new Uint8Array(Math.max(end, this.locals.length * 2));
      b.set(this.locals);
      this.locals = b;
    }
    this.locals.fill(type, this.localCount, end);
    this.localCount = end;
  }

  private valueType(): ValueType {
    const at = this.r.at;
    const b = this.r.byte();
    if ((b >= 0x7b && b <= 0x7f) || b === 0x70 || b === 0x6f) return b;
    if (b === 0x63 || b === 0x64)
      this.unsupported("typed function references", `reference type 0x${b.toString(16)}`);
    if ((b >= 0x69 && b <= 0x6e) || (b >= 0x71 && b <= 0x74))
      this.unsupported("garbage collection", `heap type 0x${b.toString(16)}`);
    return this.r.fail(`malformed value type 0x${b.toString(16)}`, at);
  }

  private unsupported(feature: string, what: string): never {
    throw new CompileError(
      `needs ${feature}: ${what}`,
      {
        file: this.m.file || undefined,
        offset: this.at,
        functionIndex: this.index,
        functionName: this.m.functionNames[this.index],
      },
      "unsupported",
    );
  }

  // ---- Stacks ----

  private push(type: number): void {
    if (this.height === this.stack.length) {
      const b = new Uint8Array(this.stack.length * 2);
      b.set(this.stack);
      this.stack = b;
    }
    this.stack[this.height++] = type;
  }

  private pushAll(types: readonly ValueType[]): void {
    for (let i = 0; i < types.length; i++) this.push(types[i]);
  }

  private popAny(): number {
    if (this.height === this.heights[this.depth - 1]) {
      if (this.unreachable[this.depth - 1]) return UNKNOWN;
      this.fail("type mismatch: expected a value, found an empty stack");
    }
    return this.stack[--this.height];
  }

  private pop(expected: number): void {
    if (this.height === this.heights[this.depth - 1]) {
      if (this.unreachable[this.depth - 1]) return;
      this.fail(`type mismatch: expected ${valueTypeName(expected)}, found an empty stack`);
    }
    const found = this.stack[--this.height];
    if (found !== expected && found !== UNKNOWN)
      this.fail(`type mismatch: expected ${valueTypeName(expected)}, found ${valueTypeName(found)}`);
  }

  private popAll(types: readonly ValueType[]): void {
    for (let i = types.length - 1; i >= 0; i--) this.pop(types[i]);
  }

  private pushFrame(kind: FrameKind, params: readonly ValueType[], results: readonly ValueType[]): void {
    const d = this.depth++;
    this.kinds[d] = kind;
    this.heights[d] = this.height;
    this.unreachable[d] = false;
    this.params[d] = params;
    this.results[d] = results;
    this.pushAll(params);
  }

  private popFrame(): number {
    const d = this.depth - 1;
    this.popAll(this.results[d]);
    if (this.height !== this.heights[d])
      this.fail(`type mismatch: ${this.height - this.heights[d]} values too many at the end of the block`);
    this.depth = d;
    return d;
  }

  private setUnreachable(): void {
    this.height = this.heights[this.depth - 1];
    this.unreachable[this.depth - 1] = true;
  }

  /** Frame index of label l. */
  private label(l: number): number {
    if (l >= this.depth) this.fail(`unknown label ${l}: the nesting depth here is ${this.depth}`);
    return this.depth - 1 - l;
  }

  private labelTypes(frame: number): readonly ValueType[] {
    return this.kinds[frame] === FrameKind.Loop ? this.params[frame] : this.results[frame];
  }

  // ---- Operators ----

  private operator(): void {
    const r = this.r;
    let code = r.byte();
    if (code >= 0xfb && code <= 0xfe) {
      const sub = r.u32();
      const later = laterFeature(code, sub);
      if (later !== undefined)
        this.unsupported(later, `operator 0x${code.toString(16)} 0x${sub.toString(16)}`);
      code = prefixedCode(code, sub);
    }
    const row = opcodes[code];
    if (row === undefined) {
      const later = laterFeature(code, 0);
      if (later !== undefined) this.unsupported(later, `operator 0x${code.toString(16)}`);
      this.fail(`illegal opcode 0x${code.toString(16)}`);
    }
    const params = simpleParams[code];
    if (params !== undefined) {
      if (row.immediate !== Immediate.None) this.immediate(row);
      this.popAll(params);
      this.pushAll(simpleResults[code]!);
      return;
    }
    this.special(code);
  }

  private memoryZero(): void {
    const at = this.r.at;
    const index = this.r.byte();
    if (index !== 0) this.r.fail("zero byte expected: memory index", at);
    if (this.m.memories.length === 0) this.fail("unknown memory 0");
  }

  private table(index: number): ValueType {
    const t = this.m.tables[index];
    if (t === undefined) this.fail(`unknown table ${index}`);
    return t.element;
  }

  private memoryArgument(row: OpcodeRow): void {
    const align = this.r.u32();
    if (align >= 32) {
      if (align >= 64 && align < 128)
        this.unsupported("multiple memories", "memory index in a memory argument");
      this.fail("malformed memop flags");
    }
    this.r.u32();
    if (this.m.memories.length === 0) this.fail("unknown memory 0");
    if (align > row.align)
      this.fail(
        `alignment must not be larger than natural: 2^${align} for an access of ${1 << row.align} bytes`,
      );
  }

  private immediate(row: OpcodeRow): void {
    const { r, m } = this;
    switch (row.immediate) {
      case Immediate.Memory:
        return this.memoryArgument(row);
      case Immediate.MemoryIndex:
        return this.memoryZero();
      case Immediate.I32:
        r.s32();
        return;
      case Immediate.I64:
        r.s64();
        return;
      case Immediate.F32:
        return r.skip(4);
      case Immediate.F64:
        return r.skip(8);
      case Immediate.DataAndMemory:
        this.data(r.u32());
        return this.memoryZero();
      case Immediate.Data:
        return this.data(r.u32());
      case Immediate.TwoMemories:
        this.memoryZero();
        return this.memoryZero();
      case Immediate.ElementAndTable: {
        const segment = m.elements[this.element(r.u32())];
        const type = this.table(r.u32());
        if (segment.type !== type)
          this.fail(
            `type mismatch: the segment holds ${valueTypeName(segment.type)}, the table ${valueTypeName(type)}`,
          );
        return;
      }
      case Immediate.Element:
        this.element(r.u32());
        return;
      case Immediate.TwoTables: {
        const to = this.table(r.u32());
        const from = this.table(r.u32());
        if (to !== from)
          this.fail(`type mismatch: tables of ${valueTypeName(to)} and ${valueTypeName(from)}`);
        return;
      }
      case Immediate.Table:
        this.table(r.u32());
        return;
      case Immediate.V128:
        return r.skip(16);
      case Immediate.Shuffle:
        for (let i = 0; i < 16; i++) if (r.byte() >= 32) this.fail("invalid lane index");
        return;
      case Immediate.MemoryLane:
        this.memoryArgument(row);
        if (r.byte() >= row.lanes) this.fail("invalid lane index");
        return;
      case Immediate.Lane:
        if (r.byte() >= row.lanes) this.fail("invalid lane index");
        return;
      default:
        throw new Error(`immediate of ${row.name}`);
    }
  }

  private data(index: number): void {
    if (this.m.dataCount === undefined) this.fail("data count section required");
    if (index >= this.m.dataCount) this.fail(`unknown data segment ${index}`);
  }

  private element(index: number): number {
    if (index >= this.m.elements.length) this.fail(`unknown elem segment ${index}`);
    return index;
  }

  private blockType(): FuncType {
    const r = this.r;
    const b = r.bytes[r.at];
    if (b === 0x40) {
      r.byte();
      return { params: noTypes, results: noTypes };
    }
    if (b >= 0x40 && b < 0x80) return { params: noTypes, results: [this.valueType()] };
    const index = r.s33();
    if (index < 0 || index >= this.m.types.length) this.fail(`unknown type ${index} as block type`);
    return this.m.types[index];
  }

  private special(code: number): void {
    switch (code) {
      case 0x00:
        return this.setUnreachable();
      case 0x02:
      case 0x03:
      case 0x04: {
        const type = this.blockType();
        if (code === 0x04) this.pop(ValueType.I32);
        this.popAll(type.params);
        this.pushFrame(code - 0x02, type.params, type.results);
        return;
      }
      case 0x05: {
        if (this.kinds[this.depth - 1] !== FrameKind.If) this.fail("else without if");
        const d = this.popFrame();
        this.pushFrame(FrameKind.Else, this.params[d], this.results[d]);
        return;
      }
      case 0x0b:
        return this.end();
      case 0x0c:
        this.popAll(this.labelTypes(this.label(this.r.u32())));
        return this.setUnreachable();
      case 0x0d: {
        const types = this.labelTypes(this.label(this.r.u32()));
        this.pop(ValueType.I32);
        this.popAll(types);
        this.pushAll(types);
        return;
      }
      case 0x0e:
        return this.branchTable();
      case 0x0f:
        this.popAll(this.results[0]);
        return this.setUnreachable();
      default:
        this.specialValue(code);
    }
  }

  private end(): void {
    const kind = this.kinds[this.depth - 1];
    const d = this.popFrame();
    if (kind === FrameKind.If) {
      const [p, q] = [this.params[d], this.results[d]];
      if (p.length !== q.length || p.some((t, i) => t !== q[i]))
        this.fail("type mismatch: an if without else must leave what it takes");
    }
    this.pushAll(this.results[d]);
  }

  private branchTable(): void {
    const r = this.r;
    const count = r.u32();
    if (count > r.end - r.at) r.fail("length out of bounds: branch table");
    if (count > limits.branchTable)
      this.fail(`branch table of ${count} targets, the limit is ${limits.branchTable}`);
    const start = r.at;
    for (let i = 0; i < count; i++) r.u32();
    const fallback = this.labelTypes(this.label(r.u32()));
    const after = r.at;
    this.pop(ValueType.I32);
    r.at = start;
    let previous = -1;
    for (let i = 0; i < count; i++) {
      const frame = this.label(r.u32());
      if (frame === previous) continue;
      previous = frame;
      const types = this.labelTypes(frame);
      if (types.length !== fallback.length)
        this.fail("type mismatch: branch table targets take different numbers of values");
      this.peekAll(types);
    }
    r.at = after;
    this.popAll(fallback);
    this.setUnreachable();
  }

  /** Checks that the operands match `types` without taking them. */
  private peekAll(types: readonly ValueType[]): void {
    const floor = this.heights[this.depth - 1];
    let h = this.height;
    for (let i = types.length - 1; i >= 0; i--) {
      if (h === floor) {
        if (this.unreachable[this.depth - 1]) return;
        this.fail(`type mismatch: expected ${valueTypeName(types[i])}, found an empty stack`);
      }
      const found = this.stack[--h];
      if (found !== types[i] && found !== UNKNOWN)
        this.fail(`type mismatch: expected ${valueTypeName(types[i])}, found ${valueTypeName(found)}`);
    }
  }

  private local(): ValueType {
    const index = this.r.u32();
    if (index >= this.localCount) this.fail(`unknown local ${index}`);
    return this.locals[index];
  }

  private call(type: FuncType): void {
    this.popAll(type.params);
    this.pushAll(type.results);
  }

  private specialValue(code: number): void {
    const { r, m } = this;
    switch (code) {
      case 0x10: {
        const index = r.u32();
        if (index >= m.functions.length) this.fail(`unknown function ${index}`);
        return this.call(functionType(m, index));
      }
      case 0x11: {
        const type = r.u32();
        const table = this.table(r.u32());
        if (table !== ValueType.FuncRef)
          this.fail(`type mismatch: call_indirect through a table of ${valueTypeName(table)}`);
        if (type >= m.types.length) this.fail(`unknown type ${type}`);
        this.pop(ValueType.I32);
        return this.call(m.types[type]);
      }
      case 0x1a:
        this.popAny();
        return;
      case 0x1b:
        return this.select();
      case 0x1c: {
        if (r.u32() !== 1) this.fail("invalid result arity: select takes one type");
        const type = this.valueType();
        this.pop(ValueType.I32);
        this.pop(type);
        this.pop(type);
        return this.push(type);
      }
      case 0x20:
        return this.push(this.local());
      case 0x21:
        return this.pop(this.local());
      case 0x22: {
        const type = this.local();
        this.pop(type);
        return this.push(type);
      }
      case 0x23:
      case 0x24:
        return this.global(code === 0x24);
      default:
        this.reference(code);
    }
  }

  private select(): void {
    this.pop(ValueType.I32);
    const b = this.popAny();
    const a = this.popAny();
    if (isReference(a) || isReference(b))
      this.fail("type mismatch: select without a type takes numbers and vectors only");
    if (a !== b && a !== UNKNOWN && b !== UNKNOWN)
      this.fail(`type mismatch: select of ${valueTypeName(a)} and ${valueTypeName(b)}`);
    this.push(a === UNKNOWN ? b : a);
  }

  private global(isSet: boolean): void {
    const index = this.r.u32();
    const g = this.m.globals[index];
    if (g === undefined) this.fail(`unknown global ${index}`);
    if (!isSet) return this.push(g.type);
    if (!g.mutable) this.fail(`global is immutable: ${index}`);
    this.pop(g.type);
  }

  private reference(code: number): void {
    const { r, m } = this;
    switch (code) {
      case 0x25: {
        const type = this.table(r.u32());
        this.pop(ValueType.I32);
        return this.push(type);
      }
      case 0x26: {
        const type = this.table(r.u32());
        this.pop(type);
        return this.pop(ValueType.I32);
      }
      case 0xd0: {
        const type = this.valueType();
        if (!isReference(type)) this.fail("malformed reference type");
        return this.push(type);
      }
      case 0xd1: {
        const type = this.popAny();
        if (type !== UNKNOWN && !isReference(type))
          this.fail(`type mismatch: expected a reference, found ${valueTypeName(type)}`);
        return this.push(ValueType.I32);
      }
      case 0xd2: {
        const index = r.u32();
        if (index >= m.functions.length) this.fail(`unknown function ${index}`);
        if (m.referenced[index] === 0) this.fail(`undeclared function reference ${index}`);
        return this.push(ValueType.FuncRef);
      }
      case 0xfc0f: {
        const type = this.table(r.u32());
        this.pop(ValueType.I32);
        this.pop(type);
        return this.push(ValueType.I32);
      }
      case 0xfc11: {
        const type = this.table(r.u32());
        this.pop(ValueType.I32);
        this.pop(type);
        return this.pop(ValueType.I32);
      }
      default:
        this.fail(`illegal opcode 0x${code.toString(16)}`);
    }
  }
}
