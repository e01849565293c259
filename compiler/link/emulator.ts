// Running a program of any target here: itself, or through qemu's user-mode emulation.
import { CompileError } from "../support/error.ts";
import { which } from "./exec.ts";
import { installEmulator } from "./install.ts";
import { isNative, type Machine } from "./machines.ts";

/** qemu for a machine, or undefined. */
export function findEmulator(m: Machine): string | undefined {
  return which(`qemu-${m.machine}`) ?? which(`qemu-${m.machine}-static`);
}

/** The command that runs `program`, without its arguments; `name` is what an emulated program sees as its own. Throws CompileError (toolchain) when nothing can. */
export function runCommand(m: Machine, program: string, name = program): string[] {
  if (isNative(m.name)) return [program];
  const emulator = findEmulator(m);
  if (emulator === undefined)
    throw new CompileError(
      `cannot run a program for ${m.name} here: install an emulator with: ${installEmulator()}`,
      {},
      "toolchain",
    );
  return [emulator, "-0", name, program];
}
