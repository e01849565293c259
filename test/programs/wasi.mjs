// Runs a WASI program in V8: node wasi.mjs module.wasm job.json, where the job is { args, env, preopens }. Streams are this process's; so is
// the exit status.
import { readFileSync } from "node:fs";
import { WASI } from "node:wasi";

const [module, job] = process.argv.slice(2);
const { args, env, preopens } = JSON.parse(readFileSync(job, "utf8"));
const wasi = new WASI({ version: "preview1", args, env, preopens, returnOnExit: true });
const instance = new WebAssembly.Instance(
  new WebAssembly.Module(readFileSync(module)),
  wasi.getImportObject(),
);
process.exitCode = wasi.start(instance);
