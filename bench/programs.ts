// What is measured: C programs in families (a directory each) that print a checksum and take the number of rounds as their argument, or
// modules of the user's. A C program may say in comment lines what it needs besides itself: "// bench: source FILE" (from the project's root) and
// "// bench: flags -D...".
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { CompileError } from "../compiler/support/error.ts";
import { packageRoot } from "../compiler/support/paths.ts";

export const benchDirectory = join(packageRoot, "bench");

export interface Program {
  /** "family/name", or a module's file name. */
  readonly name: string;
  readonly family: string;
  /** C sources; empty for a module. */
  readonly sources: readonly string[];
  readonly flags: readonly string[];
  /** A module that exists already. */
  readonly module?: string;
  /** Arguments of a module; a C program's is its number of rounds. */
  readonly args: readonly string[];
}

function cProgram(file: string, family: string): Program {
  const sources = [file];
  const flags: string[] = [];
  for (const [, what, value] of readFileSync(file, "utf8").matchAll(/^\/\/ bench: (source|flags) (.+)$/gm)) {
    if (what === "flags") {
      flags.push(...value.trim().split(/\s+/));
      continue;
    }
    const source = join(packageRoot, value.trim());
    if (!existsSync(source)) throw new CompileError(`needs ${source}, which is missing`, { file }, "io");
    sources.push(source);
    flags.push(`-I${dirname(source)}`);
  }
  return { name: `${family}/${basename(file, ".c")}`, family, sources, flags, args: [] };
}

function moduleProgram(file: string, args: readonly string[]): Program {
  return { name: basename(file), family: "modules", sources: [], flags: [], module: file, args };
}

function programsUnder(directory: string, args: readonly string[]): Program[] {
  const found: Program[] = [];
  for (const entry of readdirSync(directory, { withFileTypes: true, recursive: true })) {
    const file = join(entry.parentPath, entry.name);
    if (!entry.isFile()) continue;
    if (entry.name.endsWith(".c")) found.push(cProgram(file, basename(entry.parentPath)));
    else if (/\.wasm$|\.wat$/.test(entry.name)) found.push(moduleProgram(file, args));
  }
  return found.sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
}

/** The programs of a directory, or the one that a module is; those whose name holds one of `filters`. Throws CompileError when none is left. */
export function findPrograms(
  path: string,
  filters: readonly string[],
  args: readonly string[] = [],
): Program[] {
  if (!existsSync(path)) throw new CompileError("no such file or directory", { file: path }, "io");
  const full = resolve(path);
  const all = statSync(full).isDirectory() ? programsUnder(full, args) : [fileProgram(full, args)];
  const wanted = all.filter((p) => filters.length === 0 || filters.some((f) => p.name.includes(f)));
  if (wanted.length === 0)
    throw new CompileError(
      "no C program or module there that the filters let through",
      { file: path },
      "usage",
    );
  return wanted;
}

function fileProgram(path: string, args: readonly string[]): Program {
  return path.endsWith(".c") ? cProgram(path, basename(dirname(path))) : moduleProgram(path, args);
}
