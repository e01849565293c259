// Files of a build: reading modules, joining assembly, cleaning up when the process is told to end.
import { closeSync, createReadStream, createWriteStream, openSync, readFileSync, readSync } from "node:fs";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import type { BuildOptions } from "./options.ts";
import type { ModuleInput } from "./program.ts";
import { CompileError } from "./support/error.ts";

/** Reads the linked modules, then the main one, into shared memory. Module text (.wat) is assembled first. Throws CompileError. */
export async function readInputs(options: BuildOptions): Promise<ModuleInput[]> {
  const files = [...options.links, { name: "", file: options.input }];
  const seen = new Set<string>();
  for (const { name } of options.links) {
    if (seen.has(name)) throw new CompileError(`--link names "${name}" twice`, {}, "usage");
    seen.add(name);
  }
  const inputs: ModuleInput[] = [];
  for (const { name, file } of files) inputs.push({ name, file, bytes: await readModule(file) });
  return inputs;
}

/** The bytes of a module file, in shared memory. */
export async function readModule(file: string): Promise<Uint8Array> {
  let bytes: Uint8Array;
  try {
    bytes = readFileSync(file);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const reason = code === "ENOENT" ? "no such file" : code === "EISDIR" ? "is a directory" : String(code);
    throw new CompileError(reason, { file }, "io");
  }
  if (file.endsWith(".wat")) bytes = await assembleText(file, bytes);
  const shared = new Uint8Array(new SharedArrayBuffer(bytes.length));
  shared.set(bytes);
  return shared;
}

/** Module text to binary, by the parser of wasm-tools: it knows every proposal and changes nothing. */
async function assembleText(file: string, bytes: Uint8Array): Promise<Uint8Array> {
  const { parse } = await import("@bytecodealliance/jco-transpile/wasm-tools");
  try {
    return await parse(new TextDecoder().decode(bytes));
  } catch (error) {
    const said = error instanceof Error ? error.message : String(error);
    const [, line, column] = /line: (\d+), col: (\d+)/.exec(said) ?? [];
    const reason = /kind: (?:Custom|Lex)\("?(.*?)"?\)/.exec(said)?.[1] ?? "not well-formed module text";
    const place = line === undefined ? "" : `line ${Number(line) + 1}, column ${Number(column) + 1}: `;
    throw new CompileError(`${place}${reason}`, { file });
  }
}

/** Joins files of `directory` into one. */
export async function concatenate(
  directory: string,
  files: readonly string[],
  output: string,
): Promise<void> {
  for (let i = 0; i < files.length; i++)
    await pipeline(
      createReadStream(join(directory, files[i])),
      createWriteStream(output, { flags: i === 0 ? "w" : "a" }),
    );
}

/** First bytes of a file, fewer when it is short. */
export function firstBytes(file: string, count: number): Uint8Array {
  const handle = openSync(file, "r");
  try {
    const bytes = new Uint8Array(count);
    return bytes.subarray(0, readSync(handle, bytes));
  } finally {
    closeSync(handle);
  }
}

/** Runs `clean` when the process is ended by a signal, which then takes its course. Returns what undoes this. */
export function onTermination(clean: () => void): () => void {
  const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
  const handlers = signals.map((signal) => {
    const handler = (): void => {
      clean();
      process.removeListener(signal, handler);
      process.kill(process.pid, signal);
    };
    process.once(signal, handler);
    return handler;
  });
  return () => signals.forEach((signal, i) => process.removeListener(signal, handlers[i]));
}
