// Old modules, imports that WASI does not have, and how programs end.
import { afterAll, describe, expect, test } from "vitest";
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
