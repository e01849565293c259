// Hardening: system calls outside the filter kill the process, Landlock keeps it to granted directories, emulators without either are told apart.
import { arch } from "node:os";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { hostTarget } from "../../compiler/link/machines.ts";
import { wasiIndex } from "../../compiler/wasi.ts";
import {
  buildWithRuntime,
  clang,
  type NativeTarget,
  nativeTargets,
  runNative,
  runTool,
  runtimeSources,
  temporaryDirectory,
} from "../support/native.ts";

const SIGSYS_STATUS = 128 + 31;
const EACCES = 13;

const bits = (...names: string[]): string =>
  `0x${names.reduce((mask, name) => mask | (1n << BigInt(wasiIndex(name)!)), 0n).toString(16)}u`;

const objects = new Map<string, Promise<string[]>>();

/** WASI's object files for a target, compiled once. */
function wasiObjects(target: NativeTarget): Promise<string[]> {
  let list = objects.get(target.name);
  if (list === undefined) {
    const directory = temporaryDirectory();
    const { compileFlags, wasi } = runtimeSources();
    const flags = compileFlags.map((x) => (x === "-I." ? "-Iruntime-c" : x));
    list = Promise.all(
      wasi.map(async (source) => {
        const object = join(directory, `${source.replaceAll("/", "_")}.o`);
        await runTool(clang(target).command, [...flags, "-c", `runtime-c/${source}`, "-o", object]);
        return object;
      }),
    );
    objects.set(target.name, list);
  }
  return list;
}

async function buildFilter(target: NativeTarget, ...defines: string[]): Promise<string> {
  const files = ["test/wasi/filter.c", ...(await wasiObjects(target))];
  return buildWithRuntime(
    clang(target),
    target,
    files,
    defines.map((x) => `-D${x}`),
  );
}

describe.skipIf(hostTarget() === undefined)(`the filter on ${arch()}`, () => {
  const target = nativeTargets.find((t) => t.name === hostTarget())!;
  let writer: string;
  let opener: string;
  beforeAll(async () => {
    writer = await buildFilter(target, `HOST_IMPORTS=${bits("fd_write")}`, "FLAGS=RT_PROGRAM_HARDEN_REQUIRE");
    const opening = `HOST_IMPORTS=${bits("path_open", "fd_prestat_get")}`;
    opener = await buildFilter(target, opening, "FLAGS=RT_PROGRAM_HARDEN_REQUIRE");
  }, 120_000);

  test("calls that the imports need, and memory, are allowed", async () => {
    expect(await runNative(target, writer, ["write"])).toMatchObject({ status: 0, stdout: "written\n" });
    expect(await runNative(target, writer, ["memory"])).toMatchObject({ status: 0 });
  });

  test.each(["socket", "code", "signal", "open", "unlink"])("%s kills", async (what) => {
    expect(await runNative(target, writer, [what])).toMatchObject({ status: SIGSYS_STATUS });
  });

  test("opening is allowed to who imports it, beneath what is granted", async () => {
    const environment = { WASMAOT_DIR: "/tmp" };
    const outside = await runNative(target, opener, ["open"], environment);
    // Kernels can be built without it.
    if (outside.stderr === "wasmaot: --harden=require: this kernel has no Landlock (Linux 5.19)\n") return;
    expect(outside).toMatchObject({ status: EACCES });
    expect(await runNative(target, opener, ["open"], { WASMAOT_DIR: "/etc::/:ro" })).toMatchObject({
      status: 0,
    });
    expect(await runNative(target, opener, ["unlink"], environment)).toMatchObject({ status: SIGSYS_STATUS });
  });

  test("--harden=off", async () => {
    const open = await buildFilter(target, "FLAGS=RT_PROGRAM_HARDEN_OFF");
    expect(await runNative(target, open, ["socket"])).toMatchObject({ status: 0 });
  });
});

const foreign = nativeTargets.find((t) => t.name !== hostTarget())!;

test("an emulator without filters is put up with, unless they are required", {
  timeout: 120_000,
}, async () => {
  const program = await buildFilter(foreign, `HOST_IMPORTS=${bits("fd_write")}`);
  expect(await runNative(foreign, program, ["write"])).toMatchObject({ status: 0, stdout: "written\n" });
  const strict = await buildFilter(
    foreign,
    `HOST_IMPORTS=${bits("fd_write")}`,
    "FLAGS=RT_PROGRAM_HARDEN_REQUIRE",
  );
  expect(await runNative(foreign, strict, ["write"])).toEqual({
    status: 1,
    stdout: "",
    stderr: "wasmaot: --harden=require: this kernel has no seccomp filters\n",
  });
});
