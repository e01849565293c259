// Bundles the compiler into dist/: main.js (the command line) and worker.js (one compile thread).
// Each file appears whole, by a rename: commands may run, and bundle, at the same time. Plain enums are inlined across files by the bundler; nothing is minified, so stack traces stay readable.

import { existsSync, mkdirSync, renameSync, writeFileSync } from "node:fs";
import { build } from "esbuild";

const root = new URL("..", import.meta.url).pathname;
const entries = ["compiler/main.ts", "compiler/worker.ts"].filter((f) => existsSync(root + f));

const { outputFiles } = await build({
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
  write: false,
});

mkdirSync(`${root}dist`, { recursive: true });
for (const { path, contents } of outputFiles) {
  const partial = `${path}.${process.pid}`;
  writeFileSync(partial, contents);
  renameSync(partial, path);
}
