// hosted.c under gcc's sanitizers, with either implementation of the copies. copy-word.c reads whole aligned words beyond its source on
// purpose, so AddressSanitizer stays out of it.
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { run } from "../support/native.ts";

const flags =
  "-std=c11 -g -O1 -Wall -Wextra -Werror -Wconversion -fno-builtin -fno-sanitize-recover=all -Iruntime-c";
const renamed = ["memcpy", "memmove", "memset", "memcmp"].map((x) => `-D${x}=rt_test_${x}`);
const sources = ["memory", "table", "instance", "print", "os-libc"].map((x) => `runtime-c/${x}.c`);

function gcc(args: readonly string[]): void {
  const result = run("gcc", [...flags.split(" "), ...args]);
  if (result.status !== 0) throw new Error(result.stderr);
}

for (const [copies, sanitizers] of [
  ["vector", "-fsanitize=address,undefined"],
  ["word", "-fsanitize=undefined"],
]) {
  test(`runtime on the host's libc, copy-${copies}.c`, () => {
    const directory = mkdtempSync(join(tmpdir(), "wasmaot-test-"));
    const object = join(directory, "copy.o");
    const program = join(directory, "hosted");
    gcc([sanitizers, ...renamed, "-c", `runtime-c/copy-${copies}.c`, "-o", object]);
    gcc([sanitizers, "-DRT_OS_LIBC", "test/runtime/hosted.c", ...sources, object, "-o", program]);
    expect(run(program, [])).toEqual({ status: 0, stdout: "", stderr: "" });
  });
}
