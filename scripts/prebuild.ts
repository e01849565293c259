// The runtime's objects for every target into dist/runtime, for the published package: its users then need an assembler and a linker only.
import { copyFileSync, writeFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { basename, join } from "node:path";
import { emptyDirSync } from "fs-extra/esm";
import { machines } from "../compiler/link/machines.ts";
import {
  prebuiltDirectory,
  runtimeObjects,
  runtimeSourceHash,
  SOURCES_FILE,
} from "../compiler/link/runtime.ts";
import { findToolchain } from "../compiler/link/toolchain.ts";

for (const m of Object.values(machines)) {
  const directory = prebuiltDirectory(m);
  emptyDirSync(directory);
  const toolchain = await findToolchain(m, undefined);
  const objects = await runtimeObjects(m, toolchain, availableParallelism(), () => {});
  for (const object of objects) copyFileSync(object, join(directory, basename(object)));
  writeFileSync(join(directory, SOURCES_FILE), runtimeSourceHash());
}
