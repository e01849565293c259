// What `npm pack` makes: it holds what runs and nothing else, and runs where there is no C compiler, only an assembler and a linker.
import { execFileSync } from "node:child_process";
import { copyFileSync, mkdirSync, readFileSync, statSync, symlinkSync } from "node:fs";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { runCommand } from "../../compiler/link/emulator.ts";
import { which } from "../../compiler/link/exec.ts";
import { hostTarget, machines } from "../../compiler/link/machines.ts";
import { targetNames } from "../../targets/index.ts";
import { Workspace } from "../support/cli.ts";
import { root } from "../support/native.ts";

const w = new Workspace();
afterAll(() => w.remove());

const allowed = [
  /^package\/(package\.json|README\.md|LICENSE|bin\/wasmaot)$/,
  /^package\/dist\/[\w-]+\.js$/,
  /^package\/dist\/runtime\/(x86-64|aarch64|riscv64)\/([\w.-]+\.o|sources)$/,
  /^package\/runtime-c\/([\w-]+\/)*[\w.-]+\.(c|h|S|def|json|md)$/,
];

const hello = `(module (import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 1) (data (i32.const 0) "\\08\\00\\00\\00\\06\\00\\00\\00hello\\n")
  (func (export "_start") (drop (call $write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 100)))))`;

/** A copy of the checkout, so that packing changes nothing that others use. */
function copyCheckout(): void {
  const files = execFileSync("git", ["ls-files", "-co", "--exclude-standard"], {
    cwd: root,
    encoding: "utf8",
  });
  for (const file of files.split("\n").filter((f) => f !== "" && f !== "node_modules")) {
    const to = join(w.path("checkout"), file);
    mkdirSync(dirname(to), { recursive: true });
    copyFileSync(join(root, file), to);
  }
  symlinkSync(join(root, "node_modules"), join(w.path("checkout"), "node_modules"));
}

describe("the published package", () => {
  beforeAll(() => {
    copyCheckout();
    const r = w.run("npm", [
      "pack",
      "--ignore-scripts=false",
      "--silent",
      "--pack-destination",
      w.directory,
      w.path("checkout"),
    ]);
    expect(r.status, r.stderr).toBe(0);
    w.run("tar", ["-xzf", w.run("sh", ["-c", "ls *.tgz"]).stdout.trim()]);
    mkdirSync(w.path("package/node_modules/@bytecodealliance"), { recursive: true });
    const { dependencies } = JSON.parse(readFileSync(w.path("package/package.json"), "utf8"));
    for (const name of Object.keys(dependencies))
      symlinkSync(join(root, "node_modules", name), join(w.path("package/node_modules"), name));
  }, 300_000);

  it("holds what runs and nothing else", () => {
    const files = w
      .run("tar", ["-tzf", w.run("sh", ["-c", "ls *.tgz"]).stdout.trim()])
      .stdout.trim()
      .split("\n");
    expect(files.filter((f) => !allowed.some((pattern) => pattern.test(f)))).toEqual([]);
    for (const needed of [
      "README.md",
      "LICENSE",
      "bin/wasmaot",
      "dist/main.js",
      "dist/worker.js",
      "runtime-c/rt.h",
    ])
      expect(files).toContain(`package/${needed}`);
    expect(statSync(w.path(w.run("sh", ["-c", "ls *.tgz"]).stdout.trim())).size).toBeLessThan(2_000_000);
  });

  it.each(targetNames())("compiles for %s with an assembler and a linker alone", (name) => {
    const m = machines[name as keyof typeof machines];
    const tools = w.path(`tools-${name}`);
    mkdirSync(tools);
    for (const tool of ["as", "ld"]) {
      const path = which(`${m.triple}-${tool}`) ?? (hostTarget() === name ? which(tool) : undefined);
      symlinkSync(path!, join(tools, `${m.triple}-${tool}`));
    }
    w.write("hello.wat", hello);
    const output = w.path(`hello-${name}`);
    const args = [w.path("package/bin/wasmaot"), "build", "hello.wat", "--target", name, "-o", output];
    const environment = { PATH: tools, XDG_CACHE_HOME: w.path("cache") };
    expect(w.run(process.execPath, args, environment)).toEqual({ status: 0, stdout: "", stderr: "" });
    const [program, ...rest] = runCommand(m, output);
    expect(w.run(program, rest).stdout).toBe("hello\n");
  });
});
