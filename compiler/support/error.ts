// The error every refusal of an input becomes: one line that says what, where and what to do.

import { visible } from "./text.ts";

export interface ErrorPlace {
  /** Byte offset in the module. */
  readonly offset?: number;
  readonly functionIndex?: number;
  readonly functionName?: string;
  file?: string;
}

/** What kind of failure, and so which exit code (docs/cli.md). */
export type ErrorKind = "module" | "unsupported" | "usage" | "toolchain" | "io" | "internal";

export class CompileError extends Error {
  readonly place: ErrorPlace;
  readonly kind: ErrorKind;

  constructor(message: string, place: ErrorPlace = {}, kind: ErrorKind = "module") {
    super(message);
    this.name = "CompileError";
    this.place = place;
    this.kind = kind;
  }

  /** "app.wasm: function 12 (main), byte 0x1f2: type mismatch ..." */
  format(): string {
    const { file, functionIndex, functionName, offset } = this.place;
    const where: string[] = [];
    if (functionIndex !== undefined)
      where.push(`function ${functionIndex}${functionName ? ` (${functionName})` : ""}`);
    if (offset !== undefined) where.push(`byte 0x${offset.toString(16)}`);
    const parts = [file, where.join(", "), this.message].filter((s) => s !== undefined && s !== "");
    return visible(parts.join(": "));
  }
}

/** A failure of the file system as an error of one line (io); any other error as it is. */
export function systemError(error: unknown): unknown {
  if (!(error instanceof Error) || !("code" in error) || !("syscall" in error)) return error;
  const { code, path, message } = error as NodeJS.ErrnoException;
  if (code === "ENOSPC" && path === undefined)
    return new CompileError("no space left on the disk (TMPDIR names where temporary files go)", {}, "io");
  const reason = /^\w+: ([^,]+)/.exec(message)?.[1] ?? message;
  return new CompileError(path === undefined ? reason : `${path}: ${reason}`, {}, "io");
}
