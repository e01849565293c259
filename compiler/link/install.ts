// The commands that install what is missing, for the distribution that this runs on.
import { readFileSync } from "node:fs";

interface Distribution {
  /** ID or ID_LIKE of /etc/os-release. */
  readonly id: string;
  readonly install: string;
  /** One package set serves all targets: clang needs no system root for what we link. */
  readonly tools: string;
  readonly emulator: string;
}

const distributions: readonly Distribution[] = [
  { id: "debian", install: "apt-get install", tools: "clang lld", emulator: "qemu-user" },
  { id: "fedora", install: "dnf install", tools: "clang lld", emulator: "qemu-user" },
  { id: "arch", install: "pacman -S", tools: "clang lld", emulator: "qemu-user" },
  { id: "alpine", install: "apk add", tools: "clang lld", emulator: "qemu-x86_64 qemu-aarch64 qemu-riscv64" },
  { id: "suse", install: "zypper install", tools: "clang lld", emulator: "qemu-linux-user" },
];

function thisDistribution(): Distribution {
  let text = "";
  try {
    text = readFileSync("/etc/os-release", "utf8");
  } catch {
    // Unknown: the first of the list.
  }
  const ids = [...text.matchAll(/^ID(?:_LIKE)?=(.*)$/gm)].join(" ");
  return distributions.find((d) => ids.includes(d.id)) ?? distributions[0];
}

/** Installs an assembler, a linker and a C compiler for every target. */
export function installTools(): string {
  const { install, tools } = thisDistribution();
  return `${install} ${tools}`;
}

/** Installs what runs programs of other machines. */
export function installEmulator(): string {
  const { install, emulator } = thisDistribution();
  return `${install} ${emulator}`;
}
