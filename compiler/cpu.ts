// CPU names and features. A name stands for features that the code generator may use and for what the start code checks. Baselines are explicit and never
// those of the machine that compiles. Sources: the x86-64 psABI (levels), the Arm architecture manual (mandatory
// features by version), the RISC-V profiles (RVA22, RVA23).
import { readFileSync } from "node:fs";
import { hostTarget, type TargetName } from "./link/machines.ts";
import { CompileError } from "./support/error.ts";

interface TargetCpus {
  readonly baseline: string;
  /** Features of each CPU name beyond the baseline. */
  readonly cpus: Readonly<Record<string, readonly string[]>>;
  /** Every feature that +name and -name may give. */
  readonly features: readonly string[];
  /** CPU names that the start code checks as a whole. */
  readonly levels: readonly string[];
  /** Names in /proc/cpuinfo that differ from ours. */
  readonly aliases: Readonly<Record<string, string>>;
}

const v3 = ["avx", "avx2", "bmi", "bmi2", "f16c", "fma", "lzcnt", "movbe"];
const v4 = [...v3, "avx512f", "avx512bw", "avx512cd", "avx512dq", "avx512vl"];
const armv81 = ["crc", "lse", "rdm"];
const rva22 = ["zba", "zbb", "zbs", "zfhmin"];

const table: Readonly<Record<TargetName, TargetCpus>> = {
  "x86-64": {
    baseline: "x86-64-v2",
    cpus: { "x86-64-v2": [], "x86-64-v3": v3, "x86-64-v4": v4 },
    features: [...v4, "adx", "aes", "pclmul", "sha", "gfni", "avx512vbmi"],
    levels: ["x86-64-v2", "x86-64-v3", "x86-64-v4"],
    aliases: { bmi1: "bmi", abm: "lzcnt", pclmulqdq: "pclmul", sha_ni: "sha", avx512_vbmi: "avx512vbmi" },
  },
  aarch64: {
    baseline: "armv8-a",
    cpus: {
      "armv8-a": [],
      "armv8.1-a": armv81,
      "armv8.2-a": armv81,
      "armv8.4-a": [...armv81, "dotprod", "flagm"],
    },
    features: [
      ...armv81,
      "dotprod",
      "flagm",
      "fp16",
      "jscvt",
      "rcpc",
      "aes",
      "sha2",
      "sha3",
      "sve",
      "sve2",
      "i8mm",
      "bf16",
    ],
    levels: [],
    aliases: {
      crc32: "crc",
      atomics: "lse",
      asimdrdm: "rdm",
      asimddp: "dotprod",
      fphp: "fp16",
      lrcpc: "rcpc",
    },
  },
  riscv64: {
    baseline: "rv64gc",
    cpus: {
      rv64gc: [],
      rva22u64: rva22,
      rv64gcv: ["v"],
      rva23u64: [...rva22, "v", "zicond", "zfa"],
    },
    features: [...rva22, "v", "zbc", "zfh", "zfa", "zicond"],
    levels: [],
    aliases: {},
  },
};

export interface Cpu {
  /** As given, for the record. */
  readonly name: string;
  /** What the code generator may use beyond the baseline, sorted. */
  readonly features: readonly string[];
  /** What the start code checks. */
  readonly required: readonly string[];
}

/** Names for messages and help. */
export function cpuNames(target: TargetName): string[] {
  return [...Object.keys(table[target].cpus), "native"];
}

export function baselineCpu(target: TargetName): string {
  return table[target].baseline;
}

/** Features of the machine that this runs on. */
function nativeFeatures(target: TargetName): string[] {
  if (hostTarget() !== target)
    throw new CompileError(`--cpu native: this machine is not ${target}`, {}, "usage");
  const { features, aliases } = table[target];
  const text = readFileSync("/proc/cpuinfo", "utf8");
  const line = /^(?:flags|Features|isa)\s*:\s*(.*)$/m.exec(text)?.[1] ?? "";
  const words =
    target === "riscv64" ? [...line.split("_"), ...(/^rv64(\w*)/.exec(line)?.[1] ?? "")] : line.split(/\s+/);
  const known = new Set(words.map((w) => aliases[w] ?? w));
  return features.filter((f) => known.has(f));
}

/** "x86-64-v3", "rv64gc,+zba", "native", "armv8.2-a,-crc" to features. Throws CompileError (usage). */
export function parseCpu(target: TargetName, text: string | undefined): Cpu {
  const { baseline, cpus, features: known, levels } = table[target];
  const [name, ...changes] = (text ?? baseline).split(",");
  const changesOnly = /^[+-]/.test(name);
  const base = changesOnly ? baseline : name;
  if (base !== "native" && cpus[base] === undefined)
    throw new CompileError(
      `no CPU "${base}" for ${target}: one of ${cpuNames(target).join(", ")}, each with ,+feature or ,-feature`,
      {},
      "usage",
    );
  const features = new Set(base === "native" ? nativeFeatures(target) : cpus[base]);
  for (const change of changesOnly ? [name, ...changes] : changes) {
    const feature = change.slice(1);
    if (!/^[+-]/.test(change) || !known.includes(feature))
      throw new CompileError(
        `no feature "${change}" of ${target}: + or - and one of ${known.join(", ")}`,
        {},
        "usage",
      );
    if (change[0] === "+") features.add(feature);
    else features.delete(feature);
  }
  const sorted = [...features].sort();
  // A level stands for all its features; what else the code may use is checked by name.
  const level = levels.findLast((l) => cpus[l].every((f) => features.has(f)));
  const covered = new Set(level === undefined ? [] : cpus[level]);
  const required = [...(level === undefined ? [] : [level]), ...sorted.filter((f) => !covered.has(f))];
  return { name: text ?? baseline, features: sorted, required };
}
