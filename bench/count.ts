// Executed instructions of a program, counted under qemu by the plugin insns.c, which gcc compiles on first use; and builds of the benchmark
// programs for each target to count: gcc's, static, and ours.
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { findEmulator } from "../compiler/link/emulator.ts";
import { loadExeca, versionLine, which } from "../compiler/link/exec.ts";
import { isNative, type Machine } from "../compiler/link/machines.ts";
import { toolHash } from "../compiler/link/runtime.ts";
import { CompileError } from "../compiler/support/error.ts";
import { packageRoot } from "../compiler/support/paths.ts";
import { buildModule, languageFlags } from "./engines.ts";
import { benchDirectory, type Program } from "./programs.ts";
import { make, type Product } from "./workshop.ts";

export interface Block {
  readonly address: number;
  readonly instructions: number;
  readonly executions: number;
}

export interface Count {
  readonly total: number;
  readonly stdout: string;
  readonly blocks: readonly Block[];
}

let plugin: Promise<string> | undefined;

function pluginPath(): Promise<string> {
  const source = join(benchDirectory, "insns.c");
  const step = ["gcc", "-O2", "-shared", "-fPIC", "-fvisibility=hidden", source, "-o", "@"];
  plugin ??= make({ steps: [step], inputs: [source], identity: "" }).then((p) => p.file);
  return plugin;
}

/** Runs a program of machine `m` under qemu with the plugin. Throws CompileError when it fails. */
export async function count(
  m: Machine,
  program: string,
  args: readonly string[],
  blocks = false,
): Promise<Count> {
  const qemu = findEmulator(m);
  if (qemu === undefined)
    throw new CompileError(`no qemu-${m.machine}: apt-get install qemu-user`, {}, "toolchain");
  const directory = mkdtempSync(join(tmpdir(), "wasmaot-insns-"));
  try {
    const out = join(directory, "counts");
    const option = `${await pluginPath()},out=${out}${blocks ? ",blocks=on" : ""}`;
    const execa = await loadExeca();
    const r = await execa(qemu, ["-plugin", option, program, ...args], { reject: false, timeout: 300_000 });
    if (r.failed)
      throw new CompileError(r.stderr?.split("\n")[0] || r.shortMessage || "failed", {}, "internal");
    const [total, ...lines] = readFileSync(out, "utf8").trim().split("\n");
    return { total: Number(total), stdout: r.stdout, blocks: lines.map(parseBlock) };
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

function parseBlock(line: string): Block {
  const [address, instructions, executions] = line.split(" ");
  return {
    address: Number.parseInt(address, 16),
    instructions: Number(instructions),
    executions: Number(executions),
  };
}

export interface Counted {
  readonly total: number;
  readonly stdout: string;
}

/** Instructions of `rounds` rounds without those of starting; kept beside the product. */
export async function countRounds(m: Machine, product: Product, rounds: number): Promise<Counted> {
  const cache = `${product.file}.insns.json`;
  const known: Record<string, Counted> = existsSync(cache) ? JSON.parse(readFileSync(cache, "utf8")) : {};
  if (known[rounds] !== undefined) return known[rounds];
  const full = await count(m, product.file, [String(rounds)]);
  const idle = await count(m, product.file, ["0"]);
  known[rounds] = { total: full.total - idle.total, stdout: full.stdout };
  writeFileSync(cache, JSON.stringify(known));
  return known[rounds];
}

/** A static build by the target's gcc. */
export async function buildGcc(m: Machine, p: Program, level: string): Promise<Product> {
  const gcc = which(`${m.triple}-gcc`) ?? (isNative(m.name) ? which("gcc") : undefined);
  if (gcc === undefined)
    throw new CompileError(`no gcc for ${m.name}: apt-get install ${m.gccPackage}`, {}, "toolchain");
  const step = [gcc, level, "-static", ...languageFlags, ...p.flags, ...p.sources, "-lm", "-o", "@"];
  return make({ steps: [step], inputs: p.sources, identity: (await versionLine(gcc)) ?? "" });
}

/** Ours, with symbols so that blocks have names. */
export async function buildOurs(m: Machine, p: Program, options: readonly string[]): Promise<Product> {
  const module = await buildModule(p, false);
  const wasmaot = join(packageRoot, "bin/wasmaot");
  const step = [
    process.execPath,
    wasmaot,
    "build",
    module.file,
    "-o",
    "@",
    "--target",
    m.name,
    "-g",
    ...options,
  ];
  return make({ steps: [step], inputs: [module.file], identity: toolHash() });
}
