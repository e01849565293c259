// runtime-c/rt.h against the compiler's view of it: a C program prints offsets and sizes, and every number the compiler uses must equal them.
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import * as rt from "../../compiler/codegen/rt.ts";
import { structures } from "../../compiler/codegen/structs.ts";
import { GUARD_BYTES } from "../../compiler/program.ts";
import { root } from "../support/native.ts";

/** Field names of rt.h by the compiler's names, for the structures that compiled code reads. */
const readByCode: Readonly<Record<string, readonly (readonly [string, number])[]>> = {
  rt_instance: [
    ["module", rt.instance.module],
    ["memory_base", rt.instance.memoryBase],
    ["host_stack_limit", rt.instance.hostStackLimit],
    ["context", rt.instance.context],
    ["memories", rt.instance.memories],
    ["tables", rt.instance.tables],
    ["user", rt.instance.user],
  ],
  rt_memory: [
    ["base", rt.memory.base],
    ["size", rt.memory.size],
    ["max_pages", rt.memory.maxPages],
    ["reserved", rt.memory.reserved],
    ["flags", rt.memory.flags],
    ["index", rt.memory.index],
  ],
  rt_table: [
    ["elements", rt.table.elements],
    ["size", rt.table.size],
    ["max", rt.table.max],
    ["capacity", rt.table.capacity],
    ["type", rt.table.type],
    ["flags", rt.table.flags],
  ],
  rt_func: [
    ["code", rt.func.code],
    ["instance", rt.func.instance],
    ["type_id", rt.func.typeId],
    ["index", rt.func.index],
  ],
  rt_context: [["results", rt.context.results]],
};

const constants: Readonly<Record<string, number>> = {
  RT_ABI_VERSION: rt.ABI_VERSION,
  RT_GUARD_BYTES: GUARD_BYTES,
  RT_ITEM_IMPORT: rt.element.import,
  RT_EXPORT_INDIRECT: rt.EXPORT_INDIRECT,
  RT_GRANT_READONLY: rt.GRANT_READONLY,
  RT_MODULE_POINTER: rt.moduleFlags.pointer,
  RT_MODULE_EXPLICIT: rt.moduleFlags.explicit,
  RT_MEMORY_64: rt.memoryFlags.memory64,
  RT_MEMORY_EXPLICIT: rt.memoryFlags.explicit,
  RT_GRANT_DIR: rt.grantKinds.dir,
  RT_GRANT_ENV: rt.grantKinds.env,
  RT_GRANT_LISTEN: rt.grantKinds.listen,
  RT_GRANT_ARG0: rt.grantKinds.arg0,
  RT_GRANT_ENV_INHERIT: rt.grantKinds.envInherit,
  RT_PROGRAM_NO_ENV_GRANTS: rt.programFlags.noEnvGrants,
  RT_PROGRAM_DETERMINISTIC: rt.programFlags.deterministic,
  RT_PROGRAM_HARDEN_OFF: rt.programFlags.hardenOff,
  RT_PROGRAM_HARDEN_REQUIRE: rt.programFlags.hardenRequire,
};

const sizes: Readonly<Record<string, number>> = {
  rt_instance: rt.instance.headerSize,
  rt_memory: rt.memory.byteSize,
  rt_table: rt.table.byteSize,
  rt_func: rt.func.byteSize,
};

/** What the compiler believes, by the C expression that says it. */
function beliefs(): Map<string, number> {
  const map = new Map<string, number>();
  for (const [name, fields] of Object.entries(readByCode))
    for (const [field, offset] of fields) map.set(`offsetof(${name}, ${field})`, offset);
  for (const [name, size] of Object.entries(sizes)) map.set(`sizeof(${name})`, size);
  for (const [name, value] of Object.entries(constants)) map.set(name, value);
  for (const [name, layout] of Object.entries(structures)) {
    let at = 0;
    for (const [field, bytes] of layout) {
      map.set(`offsetof(${name}, ${field})`, at);
      map.set(`sizeof(((${name} *)0)->${field})`, bytes);
      at += bytes;
    }
    map.set(`sizeof(${name})`, at);
  }
  return map;
}

function askCompiler(expressions: readonly string[]): number[] {
  const directory = mkdtempSync(join(tmpdir(), "wasmaot-abi-"));
  try {
    const lines = expressions.map((e) => `  printf("%llu\\n", (unsigned long long)(${e}));`);
    const source = `#include <stdio.h>\n#include "rt.h"\nint main(void) {\n${lines.join("\n")}\n}\n`;
    writeFileSync(join(directory, "abi.c"), source);
    execFileSync("gcc", ["-I", join(root, "runtime-c"), "abi.c", "-o", "abi"], { cwd: directory });
    return execFileSync(join(directory, "abi"), { encoding: "utf8" }).trim().split("\n").map(Number);
  } finally {
    rmSync(directory, { recursive: true });
  }
}

describe("rt.h", () => {
  it("has the offsets, sizes and constants that the compiler uses", () => {
    const believed = beliefs();
    const names = [...believed.keys()];
    const actual = askCompiler(names);
    expect(Object.fromEntries(names.map((n, i) => [n, actual[i]]))).toEqual(Object.fromEntries(believed));
    expect(rt.element.null).toBe(-1);
  });
});
