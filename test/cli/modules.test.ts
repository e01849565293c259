// Modules that are unusual as a whole, built and run on every target: memories at the ends of their range, names that are assembly.
import { afterAll, describe, expect, it } from "vitest";
import { hostTarget } from "../../compiler/link/machines.ts";
import { targetNames } from "../../targets/index.ts";
import { Workspace } from "../support/cli.ts";
import { nativeTargets, runNative } from "../support/native.ts";

const w = new Workspace();
afterAll(() => w.remove());

const PAGE = 65536;

/** Traps with "unreachable" unless the memory has its size, holds what is stored at both ends, and grows as far as it may. */
function sound(pages: number, maximum: number): string {
  const last = pages * PAGE - 8;
  const ends =
    pages === 0
      ? ""
      : `(i64.store (i32.const 0) (i64.const 81985529216486895)) (i64.store (i32.const ${last}) (i64.const -2))
         (call $check (i64.eq (i64.load (i32.const 0)) (i64.const 81985529216486895)))
         (call $check (i64.eq (i64.load (i32.const ${last})) (i64.const -2)))`;
  return `(module (memory ${pages} ${maximum})
    (func $check (param i32) (if (i32.eqz (local.get 0)) (then unreachable)))
    (func (export "_start")
      (call $check (i32.eq (memory.size) (i32.const ${pages}))) ${ends}
      (call $check (i32.eq (memory.grow (i32.const 0)) (i32.const ${pages})))
      (call $check (i32.eq (memory.grow (i32.const ${maximum - pages + 1})) (i32.const -1)))
      (call $check (i32.eq (memory.size) (i32.const ${pages})))))`;
}

/** One access that is out of bounds. */
const beyond = (pages: number, access: string): string =>
  `(module (memory ${pages}) (func (export "_start") ${access}))`;

const outOfBounds: readonly (readonly [number, string])[] = [
  [0, "(drop (i32.load8_u (i32.const 0)))"],
  [0, "(i64.store (i32.const -1) (i64.const 1))"],
  [1, "(drop (i64.load (i32.const 65529)))"],
  [1, "(drop (i32.load8_u offset=4294967295 (i32.const -1)))"],
  [65535, "(drop (i32.load (i32.const 4294901757)))"],
  [65536, "(drop (i32.load offset=1 (i32.const -4)))"],
  [65536, "(i64.store (i32.const -7) (i64.const 1))"],
];

const evil = "\\22\\0a\\09.globl evil\\0aevil: # */ // \\5c\\5c %s {0} ${";
const names = `(module
  (func $"${evil}" (export "${evil}") (param i32) (result i32) (i32.add (local.get 0) (i32.const 1)))
  (func $"a b" (export "${"long ".repeat(2000)}") (param i32) (result i32) (call $"${evil}" (local.get 0)))
  (func $"main" (export "main") (export "wasm0_f0") (param i32) (result i32) (call $"a b" (local.get 0)))
  (func $"日本 \\e2\\80\\ae" (export "_start") (if (i32.ne (call $"main" (i32.const 41)) (i32.const 42)) (then unreachable))))`;

describe.each(nativeTargets.filter((t) => targetNames().includes(t.name)))("$name", (target) => {
  let built = 0;
  const run = async (text: string, more: readonly string[] = []) => {
    const output = w.path(`program-${target.name}-${built++}`);
    const module = w.write("module.wat", text);
    const r = w.wasmaot(["build", module, "--target", target.name, "-o", output, ...more]);
    expect(r).toEqual({ status: 0, stdout: "", stderr: "" });
    return runNative(target, output);
  };
  const well = { status: 0, stdout: "", stderr: "" };

  it.each([
    [0, 0],
    [0, 1],
    [1, 1],
    [65534, 65535],
    [65535, 65535],
    [65536, 65536],
  ])("a memory of %i pages, %i at most", async (pages, maximum) => {
    expect(await run(sound(pages, maximum))).toEqual(well);
  });

  it.each(outOfBounds)("%i pages: %s", async (pages, access) => {
    // The checks of explicit mode are IR, the same for all targets.
    for (const bounds of target.name === hostTarget() ? ["guard", "explicit"] : ["guard"]) {
      const r = await run(beyond(pages, access), ["--bounds", bounds]);
      expect(r.stderr).toContain("wasm trap: out of bounds memory access");
      expect(r.status).toBe(134);
    }
  });

  it("names that are assembly stay names", async () => {
    for (const more of [[], ["-g", "--annotate"], ["--instance", "pointer"]])
      expect(await run(names, more)).toEqual(well);
    const r = w.wasmaot([
      "build",
      "module.wat",
      "--target",
      target.name,
      "--emit",
      "asm",
      "--annotate",
      "-o",
      "-",
    ]);
    expect(r.stdout).not.toMatch(/^\s*\.globl evil|^evil:/m);
  });
});
