// Where the project's own files lie: the same from the sources (tests) and from the bundle in dist/.
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));

/** The nearest directory upwards that holds runtime-c. */
function findRoot(): string {
  let at = here;
  while (!existsSync(join(at, "runtime-c", "rt.h"))) {
    const up = dirname(at);
    if (up === at) throw new Error("the installation is incomplete: no runtime-c directory");
    at = up;
  }
  return at;
}

export const packageRoot = findRoot();
export const runtimeDirectory = join(packageRoot, "runtime-c");

/** Hash of the names and contents of the files under a directory that `wanted` accepts, in an order of names. */
export function hashFiles(directory: string, wanted: RegExp): string {
  const files = readdirSync(directory, { withFileTypes: true, recursive: true })
    .filter((e) => e.isFile() && wanted.test(e.name))
    .map((e) => relative(directory, join(e.parentPath, e.name)))
    .sort();
  const hash = createHash("sha256");
  for (const file of files) {
    const bytes = readFileSync(join(directory, file));
    hash.update(`${file}\0${bytes.length}\0`).update(bytes);
  }
  return hash.digest("hex");
}

/** Identifies this compiler: a hash of the code that is running. */
export function compilerHash(): string {
  if (existsSync(join(here, "main.js"))) return hashFiles(here, /\.(js|ts)$/);
  return ["compiler", "targets"].map((d) => hashFiles(join(packageRoot, d), /\.ts$/)).join("");
}
