// The freestanding runtime on all targets, under hand-written functions (core.c), built by clang and by gcc.
import { describe, expect, test } from "vitest";
import {
  buildWithRuntime,
  type Compiler,
  clang,
  gcc,
  nativeTargets,
  run,
  runNative,
} from "../support/native.ts";

const reportHost = "wasm trap: unreachable\n  at call_host (function 0)\n";
const reportLeaf = "wasm trap: unreachable\n  at leaf (function 6)\n  at caller (function 7)\n";
const reportDeep =
  /^wasm trap: call stack exhausted\n {2}at call_host \(function 0\)\n( {2}at function 9\n){31} {2}and \d{4,} more\n$/;
const reportOverflow = /^wasm trap: call stack exhausted\n( {2}at function 8\n){32} {2}and \d{4,} more\n$/;

const silent = { status: 0, stdout: "", stderr: "" };

for (const target of nativeTargets) {
  const build = (compiler: Compiler, more: readonly string[] = []) =>
    buildWithRuntime(
      compiler,
      target,
      ["test/runtime/core.c", "test/runtime/program.c", `test/runtime/functions-${target.name}.S`],
      more,
    );

  describe(`runtime on ${target.name}`, () => {
    for (const [compiler, more] of [
      [clang(target), []],
      [clang(target), ["-Wl,-pie", "-Wl,--pack-dyn-relocs=relr"]],
      [gcc(target), ["-static-pie"]],
    ] as const) {
      test(`traps, host calls, memories, tables, imports, copies: ${compiler.command[0]} ${more.join(" ")}`, async () => {
        expect(await runNative(target, await build(compiler, more))).toEqual(silent);
      });
    }

    if (target.name === "x86-64") {
      test("without wrgsbase and AVX", async () => {
        expect(await run("qemu-x86_64", ["-cpu", "qemu64", await build(clang(target))])).toEqual(silent);
      });
    }

    if (target.name === "riscv64") {
      test("copies with the vector extension", async () => {
        const program = await build(clang(target));
        const runOn = (cpu: string, ...args: string[]) =>
          run("qemu-riscv64", ["-cpu", cpu, program, ...args]);
        for (const length of [128, 256, 1024])
          expect(await runOn(`rv64,v=true,vlen=${length},vext_spec=v1.0`)).toEqual(silent);
        expect((await runOn("rv64,v=false", "has-vectors")).status).toBe(1);
        expect((await runOn("rv64,v=true,vext_spec=v1.0", "has-vectors")).status).toBe(0);
      });
    }

    test("backtraces, and faults that are not traps", async () => {
      const program = await build(clang(target));
      const runCase = (name: string) => runNative(target, program, [name]);
      expect((await runCase("report-host")).stderr).toBe(reportHost);
      expect((await runCase("report-leaf")).stderr).toBe(reportLeaf);
      expect((await runCase("report-deep")).stderr).toMatch(reportDeep);
      expect((await runCase("report-overflow")).stderr).toMatch(reportOverflow);
      for (const [name, status] of [
        ["wild", 139],
        ["illegal", 132],
        ["c-fault", 139],
        ["sent", 139],
        ["nothing", 0],
      ] as const)
        expect(await runCase(name), name).toEqual({ status, stdout: "", stderr: "" });
      expect(await runCase("fatal")).toEqual({ status: 1, stdout: "", stderr: "wasmaot: a b?[1m c\n" });
    });
  });
}
