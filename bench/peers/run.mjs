// Runs a WASI command in a JavaScript engine: run.mjs MODULE ARGUMENTS... It sees its arguments and the standard streams, nothing else.
import { readFileSync } from "node:fs";
import { WASI } from "node:wasi";

const [file, ...rest] = process.argv.slice(2);
const wasi = new WASI({
  version: "preview1",
  args: [file, ...rest],
  env: {},
  preopens: {},
  returnOnExit: true,
});
const module = new WebAssembly.Module(readFileSync(file));
process.exitCode = wasi.start(
  new WebAssembly.Instance(module, wasi.getImportObject?.() ?? { wasi_snapshot_preview1: wasi.wasiImport }),
);
