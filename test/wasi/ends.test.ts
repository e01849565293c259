// Old modules, imports that WASI does not have, modules that import little, limits, and how programs end.
import { spawnSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { afterAll, describe, expect, test } from "vitest";
import { hostTarget } from "../../compiler/link/machines.ts";
import { testTarget } from "../support/cli.ts";
import { nativeTargets, root, runNative } from "../support/native.ts";
import { box, emptyBox, workspace } from "./build.ts";

afterAll(() => workspace.remove());

const target = nativeTargets.find((t) => t.name === testTarget)!;

function build(
  source: string,
  options: readonly string[] = [],
): { status: number | null; stderr: string; program: string } {
  const program = workspace.path("program");
  const { status, stderr } = workspace.wasmaot([
    "build",
    source,
    "--target",
    testTarget,
    "-o",
    program,
    ...options,
  ]);
  return { status, stderr, program };
}

function buildText(text: string) {
  return build(workspace.write("module.wat", text));
}

test("snapshot 0", { timeout: 120_000 }, async () => {
  emptyBox();
  const { program, stderr } = build(`${root}/test/wasi/programs/snapshot0.wat`, ["--dir", `${box}::/`]);
  expect(stderr).toBe("");
  expect(await runNative(target, program)).toEqual({ status: 0, stdout: "", stderr: "" });
});

describe("imports that are not there", { timeout: 60_000 }, () => {
  const importing = (module: string, name: string, type: string) =>
    buildText(
      `(module (import "${module}" "${name}" (func ${type})) (memory (export "memory") 1) (func (export "_start")))`,
    );

  test.each([
    ["wasi_snapshot_preview1", "fd_fork", "", "wasi_snapshot_preview1 has no such function"],
    ["wasi_unstable", "fd_fork", "", "wasi_unstable has no such function"],
    ["wasi_snapshot_preview1", "fd_close", "(param i64) (result i32)", "type mismatch: the module says l:i"],
    ["wasi_unstable", "fd_close", "", "wasi_unstable has i:i"],
    ["env", "fd_close", "(param i32) (result i32)", "nothing provides it"],
  ])("%s %s %s", (module, name, type, reason) => {
    const { status, stderr } = importing(module, name, type);
    expect(status).toBe(1);
    expect(stderr).toContain(reason);
  });
});

describe("the end of a program", { timeout: 60_000 }, () => {
  const wasi = '"wasi_snapshot_preview1"';
  const ending = async (name: string, number: number, results: string) => {
    const call = `(call $end (i32.const ${number}))`;
    const { program } = buildText(
      `(module (import ${wasi} "${name}" (func $end (param i32)${results}))
        (memory (export "memory") 1)
        (func (export "_start") ${results === "" ? call : `(drop ${call})`}))`,
    );
    return (await runNative(target, program)).status;
  };

  test("proc_exit", async () => {
    expect(await ending("proc_exit", 0, "")).toBe(0);
    expect(await ending("proc_exit", 125, "")).toBe(125);
    expect(await ending("proc_exit", 255, "")).toBe(255);
    expect(await ending("proc_exit", 256 + 7, "")).toBe(7);
  });

  test("proc_raise", async () => {
    expect(await ending("proc_raise", 0, " (result i32)")).toBe(0);
    expect(await ending("proc_raise", 6, " (result i32)")).toBe(134);
    expect(await ending("proc_raise", 13, " (result i32)")).toBe(0);
    expect(await ending("proc_raise", 1000, " (result i32)")).toBe(0);
  });

  test("a module without memory", async () => {
    const { program } = buildText(
      `(module (import ${wasi} "clock_time_get" (func $time (param i32 i64 i32) (result i32)))
        (import ${wasi} "proc_exit" (func $exit (param i32)))
        (func (export "_start") (call $exit (call $time (i32.const 0) (i64.const 0) (i32.const 0)))))`,
    );
    expect((await runNative(target, program)).status).toBe(21);
  });
});

describe("modules that import little", { timeout: 60_000 }, () => {
  const wasi = '"wasi_snapshot_preview1"';
  const exiting = (imports: string, value: string) =>
    buildText(
      `(module ${imports} (import ${wasi} "proc_exit" (func $exit (param i32)))
        (memory (export "memory") 1) (data (i32.const 0) "made")
        (func (export "_start") (call $exit ${value})))`,
    ).program;

  test("the size of the environment alone", async () => {
    const program = exiting(
      `(import ${wasi} "environ_sizes_get" (func $sizes (param i32 i32) (result i32)))`,
      "(i32.add (call $sizes (i32.const 16) (i32.const 20)) (i32.load (i32.const 16)))",
    );
    expect((await runNative(target, program, [], { WASMAOT_ENV: "a=b;b=c;c=d" })).status).toBe(3);
  });

  test("a directory that is only written to", async () => {
    emptyBox();
    const program = exiting(
      `(import ${wasi} "path_create_directory" (func $create (param i32 i32 i32) (result i32)))`,
      "(call $create (i32.const 3) (i32.const 0) (i32.const 4))",
    );
    expect((await runNative(target, program, [], { WASMAOT_DIR: box })).status).toBe(0);
    expect(readdirSync(box)).toEqual(["made"]);
  });

  test.skipIf(testTarget !== hostTarget())("/dev/null is no terminal", () => {
    const program = exiting(
      `(import ${wasi} "fd_fdstat_get" (func $status (param i32 i32) (result i32)))`,
      // 2: a character device; 4: with a position (the rights to seek and to tell).
      `(i32.add (i32.add (call $status (i32.const 0) (i32.const 16)) (i32.load8_u (i32.const 16)))
        (i32.shr_u (i32.and (i32.load (i32.const 24)) (i32.const 0x24)) (i32.const 2)))`,
    );
    expect(spawnSync(program, [], { stdio: "ignore" }).status).toBe(2 + 9);
  });
});

describe("limits", { timeout: 60_000 }, () => {
  const growing = `(module (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
    (memory (export "memory") 2)
    (func (export "_start")
      (loop $more (br_if $more (i32.ne (memory.grow (i32.const 1)) (i32.const -1))))
      (call $exit (memory.size))))`;

  test("of memory", async () => {
    const { program } = build(workspace.write("module.wat", growing), ["--max-memory", "1M"]);
    expect((await runNative(target, program)).status).toBe(16);
    // The user may set another, and what the module starts with is counted.
    expect((await runNative(target, program, [], { WASMAOT_MAX_MEMORY: "512K" })).status).toBe(8);
    expect(await runNative(target, program, [], { WASMAOT_MAX_MEMORY: "64K" })).toMatchObject({
      status: 1,
      stderr: expect.stringMatching(/out of memory: its initial memory is over the limit/),
    });
  });

  test("of the stack", async () => {
    const depth = 200_000;
    const deep = `(module (func $down (param i32) (result i32)
        (if (result i32) (i32.eqz (local.get 0)) (then (i32.const 0))
          (else (i32.add (i32.const 1) (call $down (i32.sub (local.get 0) (i32.const 1)))))))
      (func (export "_start") (drop (call $down (i32.const ${depth})))))`;
    const source = workspace.write("module.wat", deep);
    expect((await runNative(target, build(source, ["--max-stack", "64M"]).program)).status).toBe(0);
    expect(await runNative(target, build(source, ["--max-stack", "256K"]).program)).toMatchObject({
      status: 134,
      stderr: expect.stringMatching(/^wasm trap: call stack exhausted\n/),
    });
  });
});
