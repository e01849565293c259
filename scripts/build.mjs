// Bundles the compiler into dist/: main.js (the command line) and worker.js (one compile thread).
// Plain enums are inlined across files by the bundler; nothing is minified, so stack traces stay readable.

import { existsSync } from "node:fs";
import { build } from "esbuild";

const root = new URL("..", import.meta.url).pathname;
const entries = ["compiler/main.ts", "compiler/worker.ts"].filter((f) => existsSync(root + f));

await build({
  absWorkingDir: root,
  entryPoints: entries,
  outdir: "dist",
  bundle: true,
  platform: "node",
  format: "esm",
  target: "node20",
  packages: "external",
  sourcemap: true,
  logLevel: "warning",
});
