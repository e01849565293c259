// Command lines that make no sense, and inputs that are none: one line that says what and what to do, the documented exit status (docs/cli.md), no
// output file.
import { existsSync, readdirSync } from "node:fs";
import { afterAll, describe, expect, it } from "vitest";
import { type CommandResult, testTarget, Workspace } from "../support/cli.ts";

const w = new Workspace();
afterAll(() => w.remove());

const module = w.write("app.wat", '(module (func (export "_start")))');
w.write("broken.wat", '(module\n  (func (export "_start") i32.nonsense))');
w.write("invalid.wat", '(module (func (export "_start") i32.const 1))');
w.write("library.wat", '(module (func (export "help")))');
w.write("needs.wat", '(module (import "env" "missing" (func)) (func (export "_start")))');
w.write(
  "forged.wat",
  '(module (import "env" "a\\0awasmaot: all is well\\1b[2J" (func)) (func (export "_start")))',
);
w.write("text.wasm", "not a module at all");

const target = ["--target", testTarget];

/** Arguments, exit status, what the line must contain. */
const cases: readonly (readonly [readonly string[], number, RegExp])[] = [
  [[], 2, /give a command: build, run, inspect, doctor/],
  [["bogus"], 2, /unknown command "bogus"; see wasmaot --help/],
  [["build"], 2, /build needs a file; see wasmaot build --help/],
  [["build", "app.wat", "--bogus"], 2, /unknown argument "bogus"; see wasmaot build --help/],
  [["build", "app.wat", "extra"], 2, /unknown argument "extra"/],
  [["build", "app.wat", "--target", "vax"], 2, /--target "vax": expected one of x86-64, aarch64, riscv64/],
  [["build", "app.wat", "-O7"], 2, /-O 7: expected one of 0, 1, 2, 3/],
  [["build", "app.wat", "-o"], 2, /-o: expected the name of a file to write/],
  [["build", "app.wat", "--save-temps"], 2, /--save-temps needs a value; see wasmaot build --help/],
  [["build", "app.wat", "--jobs", "few"], 2, /--jobs: expected a number from 1 on/],
  [["build", "app.wat", "--max-memory", "lots"], 2, /--max-memory lots: expected a size such as 64M or 2G/],
  [["build", "app.wat", "--max-files", "-3"], 2, /--max-files: expected a number from 1 on/],
  [["build", "app.wat", "--dir", "a::b::c"], 2, /--dir a::b::c: expected host\[::guest\]\[:ro\]/],
  [["build", "app.wat", "--env", "NAME"], 2, /--env NAME: expected NAME=value/],
  [["build", "app.wat", "--listen", "here"], 2, /--listen here: expected host:port/],
  [["build", "app.wat", "--link", "x"], 2, /--link x: expected name=file.wasm/],
  [["build", "app.wat", "--disable-pass", "nonsense"], 2, /nonsense.*there is no such pass/],
  [
    ["build", "app.wat", "--target", "x86-64", "--cpu", "i486"],
    2,
    /no CPU "i486" for x86-64: one of x86-64-v2/,
  ],
  [["build", "app.wat", "--target", "riscv64", "--cpu", "rv64gc,+mmx"], 2, /no feature "\+mmx" of riscv64/],
  [["build", "app.wat", ...target, "-o", "app.wat"], 2, /the output would replace the input/],
  [["run", "app.wat", "--one"], 2, /unknown argument "one" \(options for the program go after --\)/],
  [["completion", "tcsh"], 2, /expected one of bash, zsh, fish/],
  [["build", "absent.wasm", ...target], 4, /absent\.wasm: no such file/],
  [["build", ".", ...target, "-o", "x"], 4, /is a directory/],
  [["build", "text.wasm", ...target], 1, /text\.wasm: byte 0x0: not a WebAssembly module/],
  [["build", "broken.wat", ...target], 1, /broken\.wat: line 2, column 27: unknown operator/],
  [["build", "invalid.wat", ...target], 1, /invalid\.wat: function 0.*byte 0x/],
  [["build", "library.wat", ...target], 1, /no exported function "_start".*--entry/],
  [["build", "needs.wat", ...target], 1, /function import "env" "missing".*--link env=<file\.wasm>/],
  [["build", "forged.wat", ...target], 1, /"a\\u\{a\}wasmaot: all is well\\u\{1b\}\[2J"/],
  [["inspect", "absent.wasm"], 4, /absent\.wasm: no such file/],
  [["inspect", process.execPath], 1, /not made by wasmaot: no build record/],
  [["build", "app.wat", ...target, "-o", "nowhere/app"], 4, /nowhere\/app: cannot write here: no directory/],
  [["build", "app.wat", ...target, "-o", "."], 4, /is a directory/],
  [["build", "app.wat", ...target, "--cc", "no-such-cc"], 3, /no program "no-such-cc" \(--cc\)/],
  [["build", "app.wat", ...target, "--cc", "false"], 3, /cannot/],
];

function expectOneLine(r: CommandResult, status: number, pattern: RegExp): void {
  expect(r.stdout).toBe("");
  expect(r.stderr).toMatch(/^wasmaot: [^\n]*\n$/);
  expect(r.stderr).toMatch(pattern);
  expect(r.stderr).not.toMatch(/\n\s+at /);
  expect(r.status).toBe(status);
}

describe("wrong command lines and inputs", () => {
  it.each(cases.map(([args, status, pattern]) => ({ line: args.join(" "), args, status, pattern })))(
    "wasmaot $line",
    ({ args, status, pattern }) => {
      const before = readdirSync(w.directory).sort();
      expectOneLine(w.wasmaot(args), status, pattern);
      expect(readdirSync(w.directory).sort()).toEqual(before);
    },
  );

  it("says errors as JSON when asked", () => {
    const r = w.wasmaot(["build", "invalid.wat", ...target, "--json"]);
    expect(r.status).toBe(1);
    expect(JSON.parse(r.stderr)).toMatchObject({ kind: "module", functionIndex: 0, file: "invalid.wat" });
  });

  it("explains itself", () => {
    for (const command of ["build", "run", "inspect", "doctor", "completion"]) {
      const { status, stdout } = w.wasmaot([command, "--help"]);
      expect(status).toBe(0);
      expect(stdout).toMatch(/Examples:\n {2}wasmaot /);
    }
    expect(w.wasmaot(["--version"]).stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  });

  it("names what to install where tools are missing", () => {
    const bare = { PATH: w.directory };
    const install = /(apt-get|dnf|pacman|apk|zypper) \S+ clang lld/;
    expectOneLine(w.wasmaot(["build", module, ...target, "-o", "app"], bare), 3, install);
    expect(existsSync(w.path("app"))).toBe(false);
    const r = w.wasmaot(["doctor", "--target", testTarget], bare);
    expect(r.status).toBe(3);
    expect(r.stdout).toMatch(install);
  });
});
