// Runs one file of the official suite as one native program: its modules compiled by the driver, its commands carried out by script.c.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { execa } from "execa";
import { buildTestProgram, type NativeOptions } from "../support/build.ts";
import type { EncodedScript } from "./encode.ts";

const scriptSource = fileURLToPath(new URL("./script.c", import.meta.url));

export interface Outcome {
  readonly passed: number;
  /** A line for each command that failed. */
  readonly failures: readonly string[];
}

/** Seconds after which a program is taken to be stuck. */
const TIMEOUT = 300;

function scriptData(directory: string, script: EncodedScript): string {
  writeFileSync(join(directory, "words"), new Uint8Array(script.words.buffer));
  writeFileSync(join(directory, "texts"), script.texts);
  const file = join(directory, "script.S");
  const data = (name: string, what: string): string =>
    `.globl ${name}\n.hidden ${name}\n.p2align 3\n${name}:\n${what}\n`;
  const include = (name: string): string => `.incbin "${join(directory, name)}"`;
  writeFileSync(
    file,
    `.section .rodata\n${data("script_words", include("words"))}${data("script_words_end", "")}` +
      `${data("script_texts", `${include("texts")}\n.byte 0`)}.section .note.GNU-stack,"",%progbits\n`,
  );
  return file;
}

/** Builds and runs a script. Throws when the program cannot be built or dies. */
export async function runScript(script: EncodedScript, options: NativeOptions): Promise<Outcome> {
  const directory = mkdtempSync(join(tmpdir(), "wasmaot-spec-"));
  try {
    const last = script.modules.length - 1;
    const modules = script.modules.map((bytes, i) => ({ name: i === last ? "" : `m${i}`, bytes }));
    const sources = [scriptSource, scriptData(directory, script)];
    const [program, ...args] = await buildTestProgram(directory, modules, sources, {
      ...options,
      linkAtRunTime: true,
    });
    const run = await execa(program, args, { reject: false, timeout: TIMEOUT * 1000 });
    const lines = run.stderr.split("\n");
    const total = /^(\d+) passed, (\d+) failed$/.exec(lines.pop() ?? "");
    if (total === null)
      throw new Error(`the program ended with ${run.signal ?? run.exitCode}: ${run.stderr.slice(0, 1000)}`);
    const failures = lines.filter((l) => l.startsWith("line "));
    if (failures.length !== Number(total[2]))
      throw new Error(`failures and their count differ: ${run.stderr}`);
    return { passed: Number(total[1]), failures };
  } finally {
    rmSync(directory, { recursive: true });
  }
}
