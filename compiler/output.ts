// Where the result of a build goes. A regular file appears by a rename beside it, complete or not at all, and so does a new file; a device or a
// pipe, which a rename would replace, receives the finished bytes at the end, and so does standard output ("-").
import {
  accessSync,
  constants,
  createReadStream,
  createWriteStream,
  realpathSync,
  renameSync,
  type Stats,
  statSync,
} from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { pipeline } from "node:stream/promises";
import { CompileError, systemError } from "./support/error.ts";

export const STANDARD_OUTPUT = "-";

export interface Output {
  /** The file to write; whoever writes it removes it when something fails. */
  readonly partial: string;
  /** Puts what was written in its place. */
  finish(): Promise<void>;
}

function existing(path: string): Stats | undefined {
  return statSync(path, { throwIfNoEntry: false });
}

function checkParent(file: string): void {
  const parent = dirname(resolve(file));
  const refuse = (why: string): never => {
    throw new CompileError(`cannot write here: ${why}`, { file }, "io");
  };
  if (existing(parent)?.isDirectory() !== true) refuse(`no directory ${parent}`);
  try {
    accessSync(parent, constants.W_OK);
  } catch {
    refuse(`the directory ${parent} is not writable`);
  }
}

async function fill(from: string, path: string): Promise<void> {
  try {
    await pipeline(createReadStream(from), createWriteStream(path));
  } catch (error) {
    throw systemError(Object.assign(error as Error, { path }));
  }
}

/** Checks that `path` can be written and says how; `directory` is for temporary files. Throws CompileError (io). */
export function prepareOutput(path: string, directory: string): Output {
  const temporary = join(directory, "output");
  if (path === STANDARD_OUTPUT)
    return {
      partial: temporary,
      finish: () => pipeline(createReadStream(temporary), process.stdout, { end: false }),
    };
  const found = existing(path);
  if (found?.isDirectory()) throw new CompileError("is a directory", { file: path }, "io");
  if (found !== undefined && !found.isFile())
    return {
      partial: temporary,
      finish: () => fill(temporary, path),
    };
  checkParent(path);
  const final = found === undefined ? resolve(path) : realpathSync(path);
  const partial = join(dirname(final), `.${basename(final)}.${process.pid}.tmp`);
  return {
    partial,
    finish: async () => renameSync(partial, final),
  };
}
