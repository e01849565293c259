// What the outside tools call our targets.
import { arch } from "node:os";

export type TargetName = "x86-64" | "aarch64" | "riscv64";

export interface Machine {
  readonly name: TargetName;
  /** First part of triples, and qemu's name. */
  readonly machine: string;
  readonly triple: string;
  /** As Node's os.arch() says. */
  readonly nodeArch: string;
  /** Flags that fix the baseline the runtime is compiled for, whatever a compiler was configured with. */
  readonly compileFlags: readonly string[];
  /** Accesses at any address are about as fast as aligned ones on all machines of the baseline. */
  readonly unalignedAccess: boolean;
  /** Debian package of the cross compiler. */
  readonly gccPackage: string;
}

export const machines: Readonly<Record<TargetName, Machine>> = {
  "x86-64": {
    name: "x86-64",
    machine: "x86_64",
    triple: "x86_64-linux-gnu",
    nodeArch: "x64",
    compileFlags: ["-march=x86-64", "-mtune=generic"],
    unalignedAccess: true,
    gccPackage: "gcc-x86-64-linux-gnu",
  },
  aarch64: {
    name: "aarch64",
    machine: "aarch64",
    triple: "aarch64-linux-gnu",
    nodeArch: "arm64",
    compileFlags: ["-march=armv8-a", "-mno-outline-atomics"],
    unalignedAccess: true,
    gccPackage: "gcc-aarch64-linux-gnu",
  },
  riscv64: {
    name: "riscv64",
    machine: "riscv64",
    triple: "riscv64-linux-gnu",
    nodeArch: "riscv64",
    compileFlags: ["-march=rv64gc", "-mabi=lp64d"],
    unalignedAccess: false,
    gccPackage: "gcc-riscv64-linux-gnu",
  },
};

/** The target that this machine runs itself, or undefined. */
export function hostTarget(): TargetName | undefined {
  return Object.values(machines).find((m) => m.nodeArch === arch())?.name;
}

/** True when programs of `target` run here without an emulator. */
export function isNative(target: TargetName): boolean {
  return hostTarget() === target;
}
