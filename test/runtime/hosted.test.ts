// hosted.c under gcc's sanitizers, with either implementation of copies and searches. copy-word.c reads whole aligned words beyond its source on
// purpose, so AddressSanitizer stays out of it.
import { join } from "node:path";
import { expect, test } from "vitest";
import { run, runTool, temporaryDirectory } from "../support/native.ts";

const flags =
  "-std=c11 -g -O1 -Wall -Wextra -Werror -Wconversion -fno-builtin -fno-sanitize-recover=all -Iruntime-c".split(
    " ",
  );
const renamed = ["memcpy", "memmove", "memset", "memcmp"].map((x) => `-D${x}=rt_test_${x}`);
const sources = ["memory", "table", "instance", "print", "os-libc", "blocks"].map((x) => `runtime-c/${x}.c`);

for (const [copies, sanitizers] of [
  ["vector", "-fsanitize=address,undefined"],
  ["word", "-fsanitize=undefined"],
]) {
  const lanes = copies === "word" ? ["-DRT_WORD_LANES"] : [];
  test(`runtime on the host's libc, copy-${copies}.c`, async () => {
    const directory = temporaryDirectory();
    const object = join(directory, "copy.o");
    const program = join(directory, "hosted");
    await runTool(
      ["gcc"],
      [...flags, sanitizers, ...renamed, "-c", `runtime-c/copy-${copies}.c`, "-o", object],
    );
    await runTool(
      ["gcc"],
      [
        ...flags,
        sanitizers,
        ...lanes,
        "-DRT_OS_LIBC",
        "test/runtime/hosted.c",
        ...sources,
        object,
        "-o",
        program,
      ],
    );
    expect(await run(program, [])).toEqual({ status: 0, stdout: "", stderr: "" });
  });
}
