// The runtime as object files: those that the published package carries; in a checkout compiled on first use for a target and toolchain, then taken
// from the cache by the hash of all that went in.
//
// A compiled set appears by renaming a finished directory, so that two builds at once do no harm.
import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { eachLimited } from "../support/concurrency.ts";
import { CompileError } from "../support/error.ts";
import { compilerHash, hashFiles, packageRoot, runtimeDirectory } from "../support/paths.ts";
import { runTool } from "./exec.ts";
import { installTools } from "./install.ts";
import type { Machine } from "./machines.ts";
import type { Toolchain } from "./toolchain.ts";

interface Sources {
  readonly common: readonly string[];
  readonly wasi: readonly string[];
  readonly targets: Readonly<Record<string, readonly string[]>>;
  readonly compileFlags: readonly string[];
  readonly linkFlags: readonly string[];
}

export function runtimeSources(): Sources {
  return JSON.parse(readFileSync(join(runtimeDirectory, "sources.json"), "utf8")) as Sources;
}

/** Where results are kept between runs: $XDG_CACHE_HOME/wasmaot. */
export function cacheDirectory(): string {
  const base = process.env.XDG_CACHE_HOME;
  return join(base?.startsWith("/") ? base : join(homedir(), ".cache"), "wasmaot");
}

/** Identifies the runtime's sources. */
export function runtimeSourceHash(): string {
  return hashFiles(runtimeDirectory, /\.(c|h|S|def|json)$/);
}

/** Identifies what makes executables: this compiler and its runtime. */
export function toolHash(): string {
  return compilerHash() + runtimeSourceHash();
}

function runtimeKey(m: Machine, t: Toolchain, flags: readonly string[]): string {
  return createHash("sha256")
    .update(`${runtimeSourceHash()}\0${m.name}\0${t.identity}\0${flags.join("\0")}`)
    .digest("hex")
    .slice(0, 32);
}

function objectsIn(directory: string): string[] | undefined {
  try {
    return readdirSync(directory)
      .filter((f) => f.endsWith(".o"))
      .sort()
      .map((f) => join(directory, f));
  } catch {
    return undefined;
  }
}

/** In the directory of compiled objects: the hash of the sources that they were made from. */
export const SOURCES_FILE = "sources";

/** Compiled objects that the published package carries. */
export function prebuiltDirectory(m: Machine): string {
  return join(packageRoot, "dist", "runtime", m.name);
}

/** The package's objects, unless they are missing or of other sources (a checkout that was packed once). */
function prebuiltObjects(m: Machine): string[] | undefined {
  const directory = prebuiltDirectory(m);
  try {
    if (readFileSync(join(directory, SOURCES_FILE), "utf8") !== runtimeSourceHash()) return undefined;
  } catch {
    return undefined;
  }
  return objectsIn(directory);
}

/** Compiles the runtime into `directory`. */
async function compileRuntime(m: Machine, t: Toolchain, directory: string, jobs: number): Promise<void> {
  const sources = runtimeSources();
  const files = [...sources.common, ...sources.wasi, ...sources.targets[m.name]];
  const quiet = sources.compileFlags.filter((x) => x !== "-Werror");
  await eachLimited(files, jobs, async (file) => {
    const object = join(directory, `${file.replaceAll("/", "_")}.o`);
    const command = [...t.cc!, ...quiet, ...m.compileFlags, "-g0", "-c", file, "-o", object];
    await runTool(command, `compile the runtime (${file}) for ${m.name}`, runtimeDirectory);
  });
}

/** Paths of the runtime's object files for a target, compiled now if need be. Throws CompileError. */
export async function runtimeObjects(
  m: Machine,
  t: Toolchain,
  jobs: number,
  onCompile: () => void,
): Promise<readonly string[]> {
  const prebuilt = prebuiltObjects(m);
  if (prebuilt !== undefined) return prebuilt;
  if (t.cc === undefined)
    throw new CompileError(
      `no C compiler for ${m.name} to compile the runtime with: install one with: ${installTools()}`,
      {},
      "toolchain",
    );
  const key = runtimeKey(m, t, m.compileFlags);
  const parent = join(cacheDirectory(), "runtime");
  const final = join(parent, `${m.name}-${key}`);
  const found = objectsIn(final);
  if (found !== undefined) return found;
  onCompile();
  mkdirSync(parent, { recursive: true });
  const temporary = mkdtempSync(join(parent, ".new-"));
  try {
    await compileRuntime(m, t, temporary, jobs);
    try {
      renameSync(temporary, final);
    } catch (error) {
      // Another build was faster.
      if (objectsIn(final) === undefined) throw error;
    }
  } finally {
    rmSync(temporary, { recursive: true, force: true });
  }
  return objectsIn(final)!;
}
