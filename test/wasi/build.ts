// Test programs in C: to wasm by the fixtures' compiler, to native by the command line, run in a directory of their own.
import { execFileSync } from "node:child_process";
import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { wasmCompilers } from "../../fixtures/toolchain.ts";
import { Workspace } from "../support/cli.ts";
import { root } from "../support/native.ts";

const modules = new Map<string, Promise<string>>();
export const workspace = new Workspace();
/** The directory granted as "/". */
export const box = workspace.path("box");

/** An empty directory to grant. */
export function emptyBox(): void {
  rmSync(box, { recursive: true, force: true });
  mkdirSync(box);
}

/** Path of test/wasi/programs/<name>.c compiled to wasm. */
export function wasmOf(name: string): Promise<string> {
  let module = modules.get(name);
  if (module === undefined) {
    module = compile(name);
    modules.set(name, module);
  }
  return module;
}

async function compile(name: string): Promise<string> {
  const { words, trailing, outputFlag } = await wasmCompilers.c();
  const output = workspace.path(`${name}.wasm`);
  const source = join(root, `test/wasi/programs/${name}.c`);
  execFileSync(words[0], [...words.slice(1), source, ...trailing!, outputFlag, output]);
  return output;
}

let built = 0;

/** Builds a program for a target; its path. */
export async function buildFor(
  name: string,
  target: string,
  options: readonly string[] = [],
): Promise<string> {
  const output = workspace.path(`${name}.${target}.${built++}`);
  const module = await wasmOf(name);
  const result = workspace.wasmaot(["build", module, "--target", target, "-o", output, ...options]);
  if (result.status !== 0) throw new Error(result.stderr);
  return output;
}
