// The driver as tests use it: modules to one object file, linked with C files that stand in for the runtime's main.c.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { execa } from "execa";
import { parseCpu } from "../../compiler/cpu.ts";
import { build } from "../../compiler/driver.ts";
import { linkExecutable } from "../../compiler/link/link.ts";
import { isNative, machines, type TargetName } from "../../compiler/link/machines.ts";
import { runtimeObjects, runtimeSources } from "../../compiler/link/runtime.ts";
import { findToolchain } from "../../compiler/link/toolchain.ts";

const runtimeDirectory = fileURLToPath(new URL("../../runtime-c", import.meta.url));

export interface NativeOptions {
  readonly target: TargetName;
  readonly optimize: number;
  readonly instance?: "static" | "pointer";
  readonly bounds?: "guard" | "explicit";
  readonly deterministic?: boolean;
  /** As --cpu; the baseline by default. */
  readonly cpu?: string;
  /** Nothing is refused for its imports when it is built. */
  readonly linkAtRunTime?: boolean;
}

export interface TestModule {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** Compiles `modules`, in instantiation order, to `directory`/program.o. Every IR and allocation is verified. */
async function buildObject(
  directory: string,
  modules: readonly TestModule[],
  options: NativeOptions,
): Promise<void> {
  const files = modules.map(({ bytes }, i) => {
    const file = join(directory, `module${i}.wasm`);
    writeFileSync(file, bytes);
    return file;
  });
  const cpu = parseCpu(options.target, options.cpu || undefined);
  await build({
    input: files[files.length - 1],
    output: join(directory, "program.o"),
    links: files.slice(0, -1).map((file, i) => ({ name: modules[i].name, file })),
    target: options.target,
    cpu: cpu.name,
    requiredFeatures: [],
    code: {
      target: options.target,
      features: cpu.features,
      instance: options.instance ?? "static",
      bounds: options.bounds ?? "guard",
      optimize: options.optimize,
      deterministic: options.deterministic ?? false,
      annotate: false,
      verify: true,
      time: false,
      passes: { printBefore: [], printAfter: [], onlyFunction: undefined, disabled: [], bisect: undefined },
      linkAtRunTime: options.linkAtRunTime,
    },
    emit: "obj",
    entry: "",
    grants: [],
    noEnvGrants: true,
    harden: "off",
    maxMemory: 0,
    stackSize: 0,
    maxFiles: 0,
    pie: false,
    debug: true,
    cc: undefined,
    jobs: 1,
    saveTemps: undefined,
    progress: () => {},
  });
}

/**
 * Builds `modules` and `sources` (C or assembly; one defines rt_main) into a program in `directory`; returns the command that runs it. Throws CompileError
 * when the compiler refuses a module.
 */
export async function buildTestProgram(
  directory: string,
  modules: readonly TestModule[],
  sources: readonly string[],
  options: NativeOptions,
): Promise<string[]> {
  await buildObject(directory, modules, options);
  const machine = machines[options.target];
  const toolchain = await findToolchain(machine, undefined);
  const flags = [...runtimeSources().compileFlags, ...machine.compileFlags];
  const objects = await Promise.all(
    sources.map(async (source, i) => {
      const object = `source${i}.o`;
      const args = [...toolchain.cc!.slice(1), ...flags, "-c", source, "-o", join(directory, object)];
      await execa(toolchain.cc![0], args, { cwd: runtimeDirectory });
      return object;
    }),
  );
  const runtime = await runtimeObjects(machine, toolchain, 2, () => {});
  await linkExecutable(toolchain, machine, {
    directory,
    objects: ["program.o", ...objects],
    runtime: runtime.filter((object) => !object.endsWith("/main.c.o")),
    output: "program",
    pie: false,
    keepSymbols: true,
  });
  const program = join(directory, "program");
  return isNative(options.target) ? [program] : [`qemu-${machine.machine}`, program];
}
