// Carries out the commands of a differential test in a native program: the module compiled by the driver and linked with harness.c, run on this
// machine or under qemu.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { execa } from "execa";
import { build } from "../../compiler/driver.ts";
import { linkExecutable } from "../../compiler/link/link.ts";
import { isNative, machines, type TargetName } from "../../compiler/link/machines.ts";
import { runtimeObjects, runtimeSources } from "../../compiler/link/runtime.ts";
import { findToolchain } from "../../compiler/link/toolchain.ts";
import { type Linked, wordsOf } from "./oracle.ts";
import { type Command, encodeCommands } from "./protocol.ts";

const harness = fileURLToPath(new URL("./harness.c", import.meta.url));
const runtimeDirectory = fileURLToPath(new URL("../../runtime-c", import.meta.url));

export interface NativeOptions {
  readonly target: TargetName;
  readonly optimize: number;
  readonly instance?: "static" | "pointer";
  readonly bounds?: "guard" | "explicit";
  readonly deterministic?: boolean;
}

/** Seconds after which a program is taken to be stuck. */
const TIMEOUT = 120;

/** Builds the program in `directory` and returns its path. */
async function buildProgram(
  directory: string,
  module: Uint8Array,
  linked: readonly Linked[],
  options: NativeOptions,
): Promise<string> {
  const file = (name: string, bytes: Uint8Array): string => {
    writeFileSync(join(directory, name), bytes);
    return join(directory, name);
  };
  const machine = machines[options.target];
  await build({
    input: file("main.wasm", module),
    output: join(directory, "program.o"),
    links: linked.map(({ name, bytes }, i) => ({ name, file: file(`linked${i}.wasm`, bytes) })),
    target: options.target,
    cpu: "",
    requiredFeatures: [],
    code: {
      target: options.target,
      features: [],
      instance: options.instance ?? "static",
      bounds: options.bounds ?? "guard",
      optimize: options.optimize,
      deterministic: options.deterministic ?? false,
      annotate: false,
      verify: true,
      time: false,
      passes: { printBefore: [], printAfter: [], onlyFunction: undefined, disabled: [], bisect: undefined },
    },
    emit: "obj",
    entry: "",
    grants: [],
    noEnvGrants: true,
    harden: "off",
    maxMemory: 0,
    stackSize: 0,
    maxFiles: 0,
    pie: false,
    debug: true,
    cc: undefined,
    jobs: 1,
    saveTemps: undefined,
    progress: () => {},
  });
  const toolchain = await findToolchain(machine, undefined);
  const flags = [...runtimeSources().compileFlags, ...machine.compileFlags, "-c", harness, "-o"];
  await execa(toolchain.cc![0], [...toolchain.cc!.slice(1), ...flags, join(directory, "harness.o")], {
    cwd: runtimeDirectory,
  });
  const runtime = await runtimeObjects(machine, toolchain, 2, () => {});
  await linkExecutable(toolchain, machine, {
    directory,
    objects: ["program.o", "harness.o"],
    runtime: runtime.filter((object) => !object.endsWith("/main.c.o")),
    output: "program",
    pie: false,
    keepSymbols: true,
  });
  return join(directory, "program");
}

/** The native program's answers. Throws CompileError when the compiler refuses the module. */
export async function askNative(
  module: Uint8Array,
  commands: readonly Command[],
  options: NativeOptions,
  linked: readonly Linked[] = [],
): Promise<BigUint64Array> {
  const directory = mkdtempSync(join(tmpdir(), "wasmaot-native-"));
  try {
    const program = await buildProgram(directory, module, linked, options);
    const command = isNative(options.target)
      ? [program]
      : [`qemu-${machines[options.target].machine}`, program];
    const run = await execa(command[0], command.slice(1), {
      input: encodeCommands(commands),
      encoding: "buffer",
      stripFinalNewline: false,
      reject: false,
      timeout: TIMEOUT * 1000,
    });
    if (run.timedOut) throw new Error(`the program was still running after ${TIMEOUT} seconds`);
    if (run.exitCode !== 0)
      throw new Error(`the program ended with ${run.signal ?? run.exitCode}: ${run.stderr}`);
    return wordsOf(run.stdout);
  } finally {
    rmSync(directory, { recursive: true });
  }
}
