// Every toolchain that is found, and the options that change how a program is linked, make programs that run, on every target.
import { openSync, readSync } from "node:fs";
import { afterAll, describe, expect, it } from "vitest";
import { machines } from "../../compiler/link/machines.ts";
import { targetNames } from "../../targets/index.ts";
import { Workspace } from "../support/cli.ts";
import { nativeTargets, runNative } from "../support/native.ts";

const w = new Workspace();
afterAll(() => w.remove());

const ET_REL = 1;
const ET_EXEC = 2;
const ET_DYN = 3;

/** Type of an ELF file. */
function elfType(file: string): number {
  const header = Buffer.alloc(18);
  readSync(openSync(file, "r"), header);
  expect(header.subarray(0, 4).toString("latin1")).toBe("\x7fELF");
  return header.readUInt16LE(16);
}

const module = w.write(
  "hello.wat",
  `(module (import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
    (memory (export "memory") 1) (data (i32.const 0) "\\08\\00\\00\\00\\06\\00\\00\\00hello\\n")
    (table 2 funcref) (elem (i32.const 0) $print $print) (type $t (func))
    (func $print (drop (call $write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 100))))
    (func (export "_start") (call_indirect (type $t) (i32.const 1))))`,
);

describe.each(nativeTargets.filter((t) => targetNames().includes(t.name)))("$name", (target) => {
  const { triple } = machines[target.name];
  const build = (name: string, ...options: string[]): string => {
    const output = w.path(`${name}-${target.name}`);
    const r = w.wasmaot(["build", module, "--target", target.name, "-o", output, ...options]);
    expect(r).toEqual({ status: 0, stdout: "", stderr: "" });
    return output;
  };

  it.each([
    ["by default", [], ET_EXEC],
    ["position-independent", ["--pie"], ET_DYN],
    ["position-independent, instance by pointer", ["--pie", "--instance", "pointer"], ET_DYN],
    ["with symbols", ["-g"], ET_EXEC],
    ["by gcc", ["--cc", `${triple}-gcc`], ET_EXEC],
    ["by gcc, position-independent", ["--cc", `${triple}-gcc`, "--pie"], ET_DYN],
    ["by a clang that is named", ["--cc", "clang-19"], ET_EXEC],
  ] as const)("%s", async (name, options, type) => {
    const program = build(name.replaceAll(/\W+/g, "-"), ...options);
    expect(elfType(program)).toBe(type);
    expect(await runNative(target, program)).toEqual({ status: 0, stdout: "hello\n", stderr: "" });
  });

  it("makes a relocatable object", () => {
    expect(elfType(build("object", "--emit", "obj"))).toBe(ET_REL);
  });
});
