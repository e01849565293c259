// The modules of fixtures/library: library functions in many forms, and what nearly is one. An export's name says what it is: "Copy_words", "none_...".
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { compiled, wasmCompilers } from "../../fixtures/toolchain.ts";
import { root } from "./native.ts";

/** 128 KiB of memory that cannot grow; code as the compiler sees it, no idioms of its own. */
const flags = [
  "-fno-builtin",
  "-nostartfiles",
  "-Wl,--no-entry",
  // Else the linker wraps every export in a call of the constructors.
  "-Wl,--export=__wasm_call_ctors",
  "-Wl,--initial-memory=131072",
  "-Wl,--max-memory=131072",
  "-Wl,-z,stack-size=4096",
];

export interface LibraryModule {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** Each fixture, compiled for speed and for size. */
export async function libraryModules(): Promise<LibraryModule[]> {
  const command = await wasmCompilers.c();
  const list: LibraryModule[] = [];
  for (const source of ["functions", "libc"])
    for (const level of ["-O2", "-Os"]) {
      const name = `library-${source}${level}.wasm`;
      const path = await compiled(
        name,
        command,
        [join(root, "fixtures/library", `${source}.c`)],
        [...flags, level],
      );
      list.push({ name, bytes: readFileSync(path) });
    }
  return list;
}
