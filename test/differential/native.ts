// Carries out the commands of a differential test in a native program: the module compiled by the driver and linked with harness.c, run on this
// machine or under qemu.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { execa } from "execa";
import { buildTestProgram, type NativeOptions } from "../support/build.ts";
import { type Linked, wordsOf } from "./oracle.ts";
import { type Command, encodeCommands } from "./protocol.ts";

const harness = fileURLToPath(new URL("./harness.c", import.meta.url));

/** Seconds after which a program is taken to be stuck. */
const TIMEOUT = 120;

/** A native program of several modules: what one of them answers, by its number. */
export type Ask = (module: number, commands: readonly Command[]) => Promise<BigUint64Array>;

/** Builds `modules` (in instantiation order) into one program and lets `use` ask it. Throws CompileError when the compiler refuses a module. */
export async function withNativeProgram<T>(
  modules: readonly Linked[],
  options: NativeOptions,
  use: (ask: Ask) => Promise<T>,
): Promise<T> {
  const directory = mkdtempSync(join(tmpdir(), "wasmaot-native-"));
  try {
    const [program, ...args] = await buildTestProgram(directory, modules, [harness], options);
    return await use(async (module, commands) => {
      const run = await execa(program, args, {
        input: encodeCommands(module, commands),
        encoding: "buffer",
        stripFinalNewline: false,
        reject: false,
        timeout: TIMEOUT * 1000,
      });
      if (run.timedOut) throw new Error(`the program was still running after ${TIMEOUT} seconds`);
      if (run.exitCode !== 0)
        throw new Error(`the program ended with ${run.signal ?? run.exitCode}: ${run.stderr}`);
      return wordsOf(run.stdout);
    });
  } finally {
    rmSync(directory, { recursive: true });
  }
}

/** The answers of one module, linked with those it imports from. Throws CompileError when the compiler refuses it. */
export async function askNative(
  module: Uint8Array,
  commands: readonly Command[],
  options: NativeOptions,
  linked: readonly Linked[] = [],
): Promise<BigUint64Array> {
  const modules = [...linked, { name: "", bytes: module }];
  return await withNativeProgram(modules, options, (ask) => ask(linked.length, commands));
}
