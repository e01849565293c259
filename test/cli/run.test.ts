// `wasmaot run`: what goes through to the program and back, and when the cache serves.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, readdirSync, utimesSync, writeFileSync } from "node:fs";
import { afterAll, describe, expect, it } from "vitest";
import { buildProgram, findProgram } from "../../fixtures/programs.ts";
import { targetNames } from "../../targets/index.ts";
import { program, Workspace } from "../support/cli.ts";

const w = new Workspace();
afterAll(() => w.remove());
const environment = w.withCache();
const cached = (): string[] => readdirSync(w.path("cache/wasmaot/run"));

/** Prints its own name: the first argument, as WASI hands it over. */
const nameText = `(module
  (import "wasi_snapshot_preview1" "args_sizes_get" (func $sizes (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "args_get" (func $args (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 1)
  (func (export "_start")
    (drop (call $sizes (i32.const 0) (i32.const 4)))
    (drop (call $args (i32.const 16) (i32.const 1024)))
    (i32.store (i32.const 0) (i32.const 1024)) (i32.store (i32.const 4) (i32.const 8))
    (drop (call $write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 8)))))`;

describe("wasmaot run", () => {
  it.each(targetNames())(
    "passes arguments, environment, input, output and status through for %s",
    async (target) => {
      const module = (await buildProgram(findProgram("echo")))!;
      const line = `printf 'one two\\n' | "$0" "$1" run "$2" --target ${target} a --env GREETING=hi -- --quiet 'b c'`;
      const r = w.run("sh", ["-c", line, process.execPath, program, module], environment);
      expect(r.stdout).toBe(
        "argument 1: [a]\nargument 2: [--quiet]\nargument 3: [b c]\nGREETING=hi\nABSENT=(unset)\nONE TWO\n1 lines, 2 words, 8 bytes\n",
      );
      expect(r.stderr).toBe("done with 1 lines\n");
      expect(r.status).toBe(3);
      w.write("name.wat", nameText);
      expect(w.wasmaot(["run", "name.wat", "--target", target], environment).stdout).toBe("name.wat");
    },
  );

  it("builds once for the same module and options", () => {
    const run = (text: string, ...more: string[]): number => {
      w.write("small.wat", text);
      expect(w.wasmaot(["run", "small.wat", ...more], environment)).toEqual({
        status: 0,
        stdout: "",
        stderr: "",
      });
      return cached().length;
    };
    const module = '(module (func (export "_start")))';
    const first = run(module);
    expect(run(module)).toBe(first);
    expect(run(module, "--jobs", "1")).toBe(first);
    expect(run(module, "-O1")).toBe(first + 1);
    expect(run('(module (func (export "_start") nop))')).toBe(first + 2);
  });

  it("forgets what was not used for long", () => {
    mkdirSync(w.path("cache/wasmaot/run"), { recursive: true });
    const old = w.path("cache/wasmaot/run/0123");
    writeFileSync(old, "");
    utimesSync(old, new Date(2020, 1), new Date(2020, 1));
    w.write("other.wat", '(module (func (export "_start") nop nop))');
    expect(w.wasmaot(["run", "other.wat"], environment).status).toBe(0);
    expect(cached()).not.toContain("0123");
  });

  it("leaves no executable of a build that failed", () => {
    w.write("wrong.wat", '(module (func (export "_start") (drop)))');
    const before = cached();
    expect(w.wasmaot(["run", "wrong.wat"], environment).status).toBe(1);
    expect(cached()).toEqual(before);
  });

  it("passes signals on and reports how the program ended", async () => {
    w.write("endless.wat", '(module (func (export "_start") (loop (br 0))))');
    const child = spawn(process.execPath, [program, "run", "endless.wat"], {
      cwd: w.directory,
      env: { ...process.env, ...environment },
      stdio: "ignore",
    });
    const before = new Set(cached());
    while (cached().every((f) => before.has(f) || f.startsWith(".")))
      await new Promise((resolve) => setTimeout(resolve, 20));
    await new Promise((resolve) => setTimeout(resolve, 500));
    child.kill("SIGTERM");
    const [status] = await once(child, "exit");
    expect(status).toBe(128 + 15);
  });
});
