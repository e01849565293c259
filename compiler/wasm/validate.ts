// Validation: module-level rules here, function bodies in validate-function.ts. Source: core specification 2.0,
// "Validation". Errors name the function, the byte offset and both types.
import { CompileError } from "../support/error.ts";
import {
  type ConstExpr,
  externalKindNames,
  functionType,
  limits,
  type Module,
  ValueType,
  valueTypeName,
} from "./module.ts";
import { FunctionValidator } from "./validate-function.ts";

/** Checks everything but function bodies. */
export function validateModuleFields(m: Module): void {
  const fail = (message: string): never => {
    throw new CompileError(message, { file: m.file || undefined });
  };
  m.functions.forEach((f, i) => {
    if (f.typeIndex >= m.types.length) fail(`unknown type ${f.typeIndex} of function ${i}`);
  });
  m.tables.forEach((t, i) => {
    const { min, max } = t.limits;
    if (max !== undefined && min > max)
      fail(`size minimum must not be greater than maximum: table ${i} has ${min} and ${max}`);
    if (min > limits.tableSize && t.imported === undefined)
      throw new CompileError(
        `needs a table of ${min} elements, the limit is ${limits.tableSize}: table ${i}`,
        { file: m.file || undefined },
        "unsupported",
      );
  });
  m.memories.forEach((memory, i) => {
    const { min, max } = memory.limits;
    if (min > limits.memoryPages || (max ?? 0) > limits.memoryPages)
      fail(`memory size must be at most 65536 pages (4GiB): memory ${i}`);
    if (max !== undefined && min > max)
      fail(`size minimum must not be greater than maximum: memory ${i} has ${min} and ${max}`);
  });
  if (m.memories.length > 1)
    throw new CompileError(
      `needs multiple memories: ${m.memories.length} memories`,
      { file: m.file || undefined },
      "unsupported",
    );
  m.globals.forEach((g, i) => {
    if (g.imported === undefined) checkConst(m, g.init, g.type, i, `global ${i}`);
  });
  checkExports(m, fail);
  if (m.startFunction !== undefined) {
    if (m.startFunction >= m.functions.length) fail(`unknown function ${m.startFunction} as start function`);
    const type = functionType(m, m.startFunction);
    if (type.params.length + type.results.length > 0)
      fail(`start function ${m.startFunction} must have no parameters and no results`);
  }
  checkSegments(m, fail);
}

function checkExports(m: Module, fail: (message: string) => never): void {
  const seen = new Set<string>();
  const sizes = [m.functions.length, m.tables.length, m.memories.length, m.globals.length];
  for (const e of m.exports) {
    if (seen.has(e.name)) fail(`duplicate export name "${e.name}"`);
    seen.add(e.name);
    if (e.index >= sizes[e.kind])
      fail(`unknown ${externalKindNames[e.kind]} ${e.index} in export "${e.name}"`);
  }
}

function checkSegments(m: Module, fail: (message: string) => never): void {
  m.elements.forEach((e, i) => {
    for (const item of e.items) checkConst(m, item, e.type, m.globals.length, `element segment ${i}`);
    if (e.mode !== "active") return;
    const table = m.tables[e.table];
    if (table === undefined) fail(`unknown table ${e.table} in element segment ${i}`);
    if (table.element !== e.type)
      fail(
        `type mismatch in element segment ${i}: table ${e.table} holds ${valueTypeName(table.element)}, the segment ${valueTypeName(e.type)}`,
      );
    checkConst(m, e.offset, ValueType.I32, m.globals.length, `element segment ${i}`);
  });
  m.datas.forEach((d, i) => {
    if (d.mode !== "active") return;
    if (d.memory >= m.memories.length) fail(`unknown memory ${d.memory} in data segment ${i}`);
    checkConst(m, d.offset, ValueType.I32, m.globals.length, `data segment ${i}`);
  });
}

/** Checks a constant expression; it may read immutable imported globals and (extended) those before `globalLimit`. */
function checkConst(m: Module, e: ConstExpr, expected: ValueType, globalLimit: number, where: string): void {
  const fail = (message: string): never => {
    throw new CompileError(`${message} in constant expression of ${where}`, { file: m.file || undefined });
  };
  const stack: ValueType[] = [];
  for (const step of e) {
    switch (step.op) {
      case "const":
      case "null":
        stack.push(step.type);
        break;
      case "func":
        if (step.index >= m.functions.length) fail(`unknown function ${step.index}`);
        stack.push(ValueType.FuncRef);
        break;
      case "global": {
        const g = m.globals[step.index];
        if (g === undefined || step.index >= globalLimit) return fail(`unknown global ${step.index}`);
        if (g.mutable) fail(`constant expression required: global ${step.index} is mutable`);
        stack.push(g.type);
        break;
      }
      default: {
        const b = stack.pop();
        const a = stack.pop();
        if (a !== step.type || b !== step.type)
          fail(`type mismatch: ${step.op} of ${valueTypeName(a ?? 0)} and ${valueTypeName(b ?? 0)}`);
        stack.push(step.type);
      }
    }
  }
  if (stack.length !== 1 || stack[0] !== expected) {
    fail(
      `type mismatch: expected ${valueTypeName(expected)}, found ${stack.length === 1 ? valueTypeName(stack[0]) : `${stack.length} values`}`,
    );
  }
}

/** Validates the whole module, bodies included. Throws CompileError. */
export function validateModule(m: Module): void {
  validateModuleFields(m);
  const validator = new FunctionValidator(m);
  for (let i = m.importedFunctionCount; i < m.functions.length; i++) validator.validate(i);
}
