// The freestanding runtime on all targets, under hand-written functions (core.c), built by clang and by gcc.
import { describe, expect, test } from "vitest";
import { buildWithRuntime, type Compiler, clang, gcc, nativeTargets, runNative } from "../support/native.ts";

const reportHost = "wasm trap: unreachable\n  at call_host (function 0)\n";
const reportLeaf = "wasm trap: unreachable\n  at leaf (function 6)\n  at caller (function 7)\n";

for (const target of nativeTargets) {
  const build = (compiler: Compiler, more: readonly string[]) =>
    buildWithRuntime(
      compiler,
      target,
      ["test/runtime/core.c", "test/runtime/program.c", `test/runtime/functions-${target.name}.S`],
      { more },
    );

  describe(`runtime on ${target.name}`, () => {
    test("traps, host calls, memories, tables, imports, copies", () => {
      for (const [compiler, more] of [
        [clang(target), []],
        [clang(target), ["-Wl,-pie", "-Wl,--pack-dyn-relocs=relr"]],
        [gcc(target), ["-static-pie"]],
      ] as const) {
        const result = runNative(target, build(compiler, more));
        expect(result, `${compiler[0]} ${more.join(" ")}`).toEqual({ status: 0, stdout: "", stderr: "" });
      }
    });

    test("backtraces, and faults that are not traps", () => {
      const program = build(clang(target), []);
      const run = (name: string) => runNative(target, program, [name]);
      expect(run("report-host").stderr).toBe(reportHost);
      expect(run("report-leaf").stderr).toBe(reportLeaf);
      const deep = run("report-deep").stderr;
      expect(deep).toMatch(
        /^wasm trap: call stack exhausted\n {2}at call_host \(function 0\)\n( {2}at function 9\n){31}/,
      );
      expect(deep).toMatch(/\n {2}and \d{4,} more\n$/);
      const overflow = run("report-overflow").stderr;
      expect(overflow).toMatch(
        /^wasm trap: call stack exhausted\n( {2}at function 8\n){32} {2}and \d{4,} more\n$/,
      );
      for (const [name, status] of [
        ["wild", 139],
        ["illegal", 132],
        ["c-fault", 139],
        ["sent", 139],
        ["nothing", 0],
      ] as const)
        expect(run(name), name).toEqual({ status, stdout: "", stderr: "" });
      expect(run("fatal")).toEqual({ status: 1, stdout: "", stderr: "wasmaot: a b?[1m c\n" });
    });
  });
}
