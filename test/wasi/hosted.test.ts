// WASI's C on the host's C library under AddressSanitizer and UndefinedBehaviorSanitizer: the table of descriptors against a model, paths that try to
// escape, arguments at and beyond the edges of memory, read-only grants, races. WASMAOT_WASI=all for the numbers of the acceptance list.
import { join } from "node:path";
import { execa } from "execa";
import { beforeAll, expect, test } from "vitest";
import { runTool, runtimeSources, temporaryDirectory } from "../support/native.ts";

const flags =
  "-std=c11 -g -O1 -Wall -Wextra -Werror -Wno-format-truncation -fno-sanitize-recover=all -fsanitize=address,undefined -DRT_OS_LIBC -Iruntime-c".split(
    " ",
  );
const large = process.env.WASMAOT_WASI === "all";

let directory: string;
let objects: string[];

beforeAll(async () => {
  directory = temporaryDirectory();
  const sources = ["memory", "print", "os-libc", "vdso"].map((x) => `runtime-c/${x}.c`);
  sources.push(...runtimeSources().wasi.map((x) => `runtime-c/${x}`), "test/wasi/host.c");
  objects = await Promise.all(
    sources.map(async (source) => {
      const object = join(directory, `${source.replaceAll("/", "_")}.o`);
      await runTool(["gcc"], [...flags, "-c", source, "-o", object]);
      return object;
    }),
  );
}, 120_000);

async function runProgram(name: string, environment: NodeJS.ProcessEnv = {}) {
  const program = join(directory, name);
  await runTool(["gcc"], [...flags, `test/wasi/${name}.c`, ...objects, "-o", program]);
  const r = await execa(program, [], { env: environment, timeout: 1_200_000, reject: false });
  return { status: r.exitCode, stdout: r.stdout, stderr: r.stderr };
}

test("the table of descriptors does what its model does", async () => {
  const operations = large ? "1000000" : "100000";
  expect(await runProgram("table", { OPERATIONS: operations })).toEqual({
    status: 0,
    stdout: "",
    stderr: "",
  });
});

test("no path leaves a granted directory", { timeout: 1_200_000 }, async () => {
  const paths = large ? "3000" : "120";
  const { status, stdout, stderr } = await runProgram("escape", { PATHS: paths });
  expect(`${status} ${stderr}`).toBe("0 ");
  expect(stdout).toMatch(/^\d+ cases/);
});

const passes = { status: 0, stdout: "", stderr: "" };

test("arguments at the edges of memory are errors", { timeout: 1_200_000 }, async () => {
  // Freed blocks that the sanitizer keeps are not the program's.
  const environment = { CALLS: large ? "300000" : "1000", ASAN_OPTIONS: "quarantine_size_mb=1" };
  expect(await runProgram("edges", environment)).toEqual(passes);
});

test("nothing changes under a read-only grant", { timeout: 1_200_000 }, async () => {
  expect(await runProgram("readonly", { CALLS: large ? "1000000" : "5000" })).toEqual(passes);
});

test("no race leads out of a granted directory", { timeout: 1_200_000 }, async () => {
  expect(await runProgram("race", { OPERATIONS: large ? "1000000" : "3000" })).toEqual(passes);
});
