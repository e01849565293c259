// `wasmaot build` from module text to running programs on every target, without any host function.
import { afterAll, describe, expect, it } from "vitest";
import { targetNames } from "../../targets/index.ts";
import { Workspace } from "../support/cli.ts";
import { nativeTargets, runNative } from "../support/native.ts";

const w = new Workspace();
afterAll(() => w.remove());

/** Traps with "unreachable" unless the sum of 1..100 by a loop, through memory, a table and a global, is 5050. */
const sum = `(module
  (memory 1) (data (i32.const 16) "\\01\\00\\00\\00")
  (type $step (func (param i32 i32) (result i32)))
  (table 1 funcref) (elem (i32.const 0) $add)
  (global $total (mut i32) (i32.const 0))
  (func $add (type $step) (i32.add (local.get 0) (local.get 1)))
  (func (export "_start") (local $i i32)
    (loop $again
      (local.set $i (i32.add (local.get $i) (i32.load (i32.const 16))))
      (global.set $total
        (call_indirect (type $step) (global.get $total) (local.get $i) (i32.const 0)))
      (br_if $again (i32.lt_u (local.get $i) (i32.const 100))))
    (if (i32.ne (global.get $total) (i32.const 5050)) (then unreachable))))`;

const trapping = '(module (memory 1) (func $deep (export "_start") (drop (i32.load (i32.const 65536)))))';

describe.each(nativeTargets.filter((t) => targetNames().includes(t.name)))("build for $name", (target) => {
  const build = (name: string, text: string, more: readonly string[] = []): string => {
    const output = w.path(`${name}-${target.name}`);
    const module = w.write(`${name}.wat`, text);
    const r = w.wasmaot(["build", module, "--target", target.name, "--verify", "-o", output, ...more]);
    expect(r).toEqual({ status: 0, stdout: "", stderr: "" });
    return output;
  };

  it.each(["-O0", "-O2"])("runs a program at %s", async (level) => {
    expect(await runNative(target, build("sum", sum, [level]))).toEqual({
      status: 0,
      stdout: "",
      stderr: "",
    });
  });

  it("runs it with explicit bounds and an instance pointer", async () => {
    const program = build("sum", sum, ["--bounds", "explicit", "--instance", "pointer"]);
    expect(await runNative(target, program)).toEqual({ status: 0, stdout: "", stderr: "" });
  });

  it("reports a trap with the names of functions", async () => {
    const r = await runNative(target, build("trap", trapping));
    expect(r.status).toBe(134);
    expect(r.stderr).toContain("wasm trap: out of bounds memory access");
    expect(r.stderr).toContain("deep");
  });

  it("links modules that import each other's exports", async () => {
    const library = w.write(
      "library.wat",
      '(module (global $n (mut i32) (i32.const 40)) (func (export "next") (result i32) (global.set $n (i32.add (global.get $n) (i32.const 1))) (global.get $n)))',
    );
    const text =
      '(module (import "library" "next" (func $next (result i32))) (func (export "_start") (drop (call $next)) (if (i32.ne (call $next) (i32.const 42)) (then unreachable))))';
    const program = build("linked", text, ["--link", `library=${library}`]);
    expect(await runNative(target, program)).toEqual({ status: 0, stdout: "", stderr: "" });
  });

  it("takes every value of an option that lists, the last of one that does not", () => {
    const args = ["--env", "A=1", "--env", "B=2", "--dir", "x::/x", "--dir", "y::/y:ro"];
    const program = build("granted", sum, [...args, "--max-files", "3", "--max-files", "5"]);
    const text = w.wasmaot(["inspect", program]).stdout;
    for (const grant of ["env A 1", "env B 2", "dir x /x\n", "dir y /y (read only)"])
      expect(text).toContain(grant);
    expect(text).toContain("files 5");
  });

  it("writes the same assembly for any number of threads and from any directory", () => {
    const module = w.write("sum.wat", sum);
    const outputs = [1, 4].map((jobs) => {
      const args = ["build", module, "--target", target.name, "--emit", "asm", "--jobs", String(jobs)];
      expect(w.wasmaot([...args, "-o", "a.s"], { LC_ALL: jobs === 1 ? "C" : "tr_TR.UTF-8" }).status).toBe(0);
      return w.run("cat", ["a.s"]).stdout;
    });
    expect(outputs[1]).toBe(outputs[0]);
    expect(outputs[0]).toContain("wasm0_f0_add");
    expect(outputs[0]).not.toContain(w.directory);
  });
});

describe("a function too large for the register allocation of -O2", () => {
  const stores = Array.from(
    { length: 101_000 },
    (_, i) => `(i32.store offset=${4 * (i % 16_000)} (i32.const 0) (local.get 0))`,
  );
  const text = `(module (memory 1) (func $huge (export "_start") (local i32) ${stores.join("\n")}))`;
  const build = (...more: string[]) =>
    w.wasmaot(["build", "huge.wat", "--emit", "asm", "-o", "huge.s", ...more]);

  it("is told of", () => {
    w.write("huge.wat", text);
    const note =
      /^wasmaot: note: huge \(\) -> \(\): \d+ instructions, too many for .* of -O2: it gets that of -O0\n$/;
    expect(build().stderr).toMatch(note);
    expect(build("--quiet").stderr).toBe("");
    expect(JSON.parse(build("--json").stdout).notes).toHaveLength(1);
    expect(build("-O0").stderr).toBe("");
  });
});
