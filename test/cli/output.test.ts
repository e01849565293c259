// What a build leaves behind: the output whole or none at all, no temporary files, whatever kind of file the output is and however the build ends.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, lstatSync, mkdirSync, readdirSync, readFileSync, statSync, symlinkSync } from "node:fs";
import { afterAll, beforeEach, describe, expect, it } from "vitest";
import { program, testTarget, Workspace } from "../support/cli.ts";
import { assemble } from "../support/text.ts";

const w = new Workspace();
afterAll(() => w.remove());

const module = w.write("app.wat", '(module (func $named (export "_start") (drop (i32.const 7))))');
mkdirSync(w.path("tmp"));
const environment = { TMPDIR: w.path("tmp") };
const compile = (...more: string[]) =>
  w.wasmaot(["build", module, "--target", testTarget, ...more], environment);

/** Function bodies enough for a second of work. */
function longWork(): string {
  const body = "(local.set 0 (i32.add (i32.mul (local.get 0) (i32.const 17)) (local.get 1)))".repeat(400);
  const functions = Array.from(
    { length: 600 },
    () => `(func (param i32 i32) (result i32) ${body} (local.get 0))`,
  ).join("\n");
  return `(module ${functions} (func (export "_start")))`;
}

describe("the output of a build", () => {
  beforeEach(() => expect(readdirSync(w.path("tmp"))).toEqual([]));

  it("replaces a file and follows a link to one", () => {
    w.write("real.s", "old");
    symlinkSync("real.s", w.path("link.s"));
    expect(compile("--emit", "asm", "-o", "link.s").status).toBe(0);
    expect(lstatSync(w.path("link.s")).isSymbolicLink()).toBe(true);
    expect(readFileSync(w.path("real.s"), "utf8")).toContain("wasm0_f0_named");
  });

  it("goes to standard output and to devices", () => {
    const r = compile("--emit", "asm", "-o", "-");
    expect(r).toMatchObject({ status: 0, stderr: "" });
    expect(r.stdout).toContain("wasm0_f0_named");
    expect(compile("--emit", "asm", "-o", "/dev/null")).toEqual({ status: 0, stdout: "", stderr: "" });
    expect(statSync("/dev/null").isCharacterDevice()).toBe(true);
  });

  it("is refused by a full disk", () => {
    const r = compile("--emit", "asm", "-o", "/dev/full");
    expect(r).toEqual({ status: 4, stdout: "", stderr: "wasmaot: /dev/full: no space left on device\n" });
    expect(statSync("/dev/full").isCharacterDevice()).toBe(true);
    const full = w.run("sh", ["-c", `"$0" "$1" inspect "$2" > /dev/full`, process.execPath, program, module]);
    expect(full.status).toBe(4);
    expect(full.stderr).toMatch(/^wasmaot: no space left[^\n]*\n$/);
  });

  it("is refused where a thread or the linker cannot write all of it", async () => {
    const large = w.write("large.wasm", await assemble(longWork()));
    mkdirSync(w.path("small"));
    const mount = 'mount -t tmpfs -o size=256k tmpfs small || exit 99; "$@"; s=$?; ls -A small; exit $s';
    const build = [process.execPath, program, "build", large, "-O0", "--target", testTarget, "-o"];
    const onSmall = (output: string, environment: NodeJS.ProcessEnv) =>
      w.run("unshare", ["-m", "sh", "-c", mount, "sh", ...build, output], environment);
    const linked = onSmall("small/large", environment);
    // Where nothing may be mounted, /dev/full above has to do.
    if (linked.status === 99 || /unshare/.test(linked.stderr)) return;
    expect(linked).toMatchObject({ status: 4, stdout: "" });
    expect(linked.stderr).toMatch(/^wasmaot: cannot link for [^\n]*: no space left on the disk\n$/);
    const compiled = onSmall("large", { TMPDIR: w.path("small") });
    expect(compiled).toMatchObject({ status: 4, stdout: "" });
    expect(compiled.stderr).toMatch(/^wasmaot: [^\n]*no space left on the disk[^\n]*\n$/);
  });

  it("does not appear when a tool fails, and one that was there stays", () => {
    w.write(
      "cc",
      '#!/bin/sh\ncase "$*" in *--version*) echo "some cc 1";; *) echo "x.s: No space left on device" >&2; exit 1;; esac\n',
    );
    w.run("chmod", ["+x", "cc"]);
    w.write("kept", "old");
    for (const output of ["kept", "fresh"]) {
      const r = compile("-o", output, "--cc", w.path("cc"));
      expect(r.status).toBe(4);
      expect(r.stderr).toMatch(/^wasmaot: cannot assemble [^\n]*: no space left on the disk\n$/);
    }
    expect(readFileSync(w.path("kept"), "utf8")).toBe("old");
    expect(existsSync(w.path("fresh"))).toBe(false);
    expect(readdirSync(w.directory).filter((f) => f.endsWith(".tmp"))).toEqual([]);
  });

  it("leaves nothing when the build is told to stop", async () => {
    const slow = w.write("slow.wasm", await assemble(longWork()));
    const child = spawn(process.execPath, [program, "build", slow, "--target", testTarget, "-o", "slow"], {
      cwd: w.directory,
      env: { ...process.env, ...environment },
      stdio: "ignore",
    });
    while (readdirSync(w.path("tmp")).length === 0) await new Promise((resolve) => setTimeout(resolve, 10));
    child.kill("SIGTERM");
    const [, signal] = await once(child, "exit");
    expect(signal).toBe("SIGTERM");
    expect(readdirSync(w.path("tmp"))).toEqual([]);
    expect(readdirSync(w.directory).filter((f) => f.includes("slow") && f !== "slow.wasm")).toEqual([]);
  });

  it("keeps intermediate files where --save-temps says", () => {
    expect(compile("-o", "app", "--save-temps", "kept-files").status).toBe(0);
    expect(readdirSync(w.path("kept-files"))).toEqual(
      expect.arrayContaining(["part0.s", "part0.o", "program.s"]),
    );
  });

  it("ends quietly when its reader has seen enough", () => {
    const r = w.run("bash", [
      "-c",
      `set -o pipefail; "$0" "$1" build --help | head -n 1`,
      process.execPath,
      program,
    ]);
    expect(r.stderr).toBe("");
    expect(r.stdout).toBe("wasmaot build <module>\n");
  });
});

describe("what a build says", () => {
  it("is nothing unless asked", () => {
    expect(compile("-o", "app")).toEqual({ status: 0, stdout: "", stderr: "" });
    expect(compile("-o", "app", "--verbose").stderr).toMatch(
      /^app: 1 functions for \S+, \d+ bytes, [\d.]+ s\n/,
    );
  });

  it("is JSON with --json, and times with --time-passes", () => {
    const { stdout } = compile("-o", "app", "--json");
    expect(JSON.parse(stdout)).toMatchObject({ output: "app", target: testTarget, functions: 1 });
    const { stderr } = compile("-o", "app", "--time-passes");
    for (const phase of ["read", "decode", "compile", "allocate", "link"])
      expect(stderr).toMatch(new RegExp(`^ +[\\d.]+ ms {2}${phase}`, "m"));
  });

  it("is coloured and shows progress on terminals alone", () => {
    const line = `${process.execPath} ${program} build absent.wasm --target ${testTarget}`;
    const terminal = (environment: NodeJS.ProcessEnv) =>
      w.run("script", ["-qec", line, "/dev/null"], { NO_COLOR: undefined, ...environment }).stdout;
    expect(terminal({})).toContain("\x1b[1;31mwasmaot:\x1b[0m absent.wasm");
    expect(terminal({ NO_COLOR: "1" })).toContain("wasmaot: absent.wasm");
    expect(terminal({ NO_COLOR: "1" })).not.toContain("\x1b");
  });

  it("is readable assembly with wasm offsets with --annotate", () => {
    const { stdout } = compile("--emit", "asm", "-o", "-", "--annotate");
    expect(stdout).toMatch(/^# named \(\) -> \(\)$/m);
    expect(stdout).toMatch(/^\t# 0x[\da-f]+$/m);
  });
});

describe("completion", () => {
  it("completes commands, options and values in bash", () => {
    w.run("ln", ["-sf", program, w.path("wasmaot")]);
    const script = `
      PATH=${w.directory}:$PATH; source <(wasmaot completion bash)
      try() { COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _wasmaot; echo "\${COMPREPLY[*]}"; }
      try wasmaot insp; try wasmaot build --tar; try wasmaot build app.wasm --target ris`;
    expect(w.run("bash", ["-c", script]).stdout).toBe("inspect\n--target\nriscv64\n");
  });

  it("has scripts for zsh and fish", () => {
    expect(w.wasmaot(["completion", "zsh"]).stdout).toMatch(/^#compdef wasmaot\n/);
    expect(w.wasmaot(["completion", "fish"]).stdout).toContain("complete -c wasmaot");
  });
});
