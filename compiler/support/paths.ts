// Where the project's own files lie: the same from the sources (tests) and from the bundle in dist/.
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** The nearest directory upwards that holds runtime-c. */
function findRoot(): string {
  let at = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(at, "runtime-c", "rt.h"))) {
    const up = dirname(at);
    if (up === at) throw new Error("the installation is incomplete: no runtime-c directory");
    at = up;
  }
  return at;
}

export const packageRoot = findRoot();
export const runtimeDirectory = join(packageRoot, "runtime-c");
