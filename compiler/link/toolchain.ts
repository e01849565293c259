// Finding an assembler, a linker and a C compiler for a target. In order of preference: the command given by --cc; clang with lld (one
// installation serves all targets, no system root is needed), beside GNU as where that is found; the target's gcc; `zig cc`;
// plain binutils (then the runtime must have been compiled before).
import { CompileError } from "../support/error.ts";
import { runTool, versionLine, which } from "./exec.ts";
import { installTools } from "./install.ts";
import { isNative, type Machine } from "./machines.ts";

export interface Toolchain {
  readonly kind: "clang" | "gcc" | "zig" | "binutils" | "given";
  /** Version lines of its tools: part of the key of what is cached. */
  readonly identity: string;
  /** Compiles or assembles one file: followed by flags, -c input -o output. Undefined: no C compiler (binutils). */
  readonly cc: readonly string[] | undefined;
  /** Assembles one file: followed by input -o output. */
  readonly assembler: readonly string[];
  /** Links: followed by flags as a compiler driver takes them, inputs, -o output. */
  readonly linker: readonly string[];
  /** `linker` is the linker itself and does not know -Wl. */
  readonly plainLinker: boolean;
}

/** lld maps its output; on a full disk that ends in a bus error where a write says what is wrong. */
const PLAIN_WRITES = "-Wl,--no-mmap-output-file";

const CLANG_VERSIONS = [22, 21, 20, 19, 18, 17, 16, 15, 14];

/** Names under which clang may be installed, the plain one first. */
function clangNames(): string[] {
  return ["clang", ...CLANG_VERSIONS.map((n) => `clang-${n}`)];
}

/** Versions of GNU as below this are left alone. */
const LEAST_BINUTILS = 2.35;

/** GNU as for a machine: it takes a third of the time that clang takes for our files (27 ms for 78, 650 KB of assembly). */
function findGnuAssembler(m: Machine): string | undefined {
  return which(`${m.triple}-as`) ?? (isNative(m.name) ? which("as") : undefined);
}

function isUsualGnu(version: string | undefined): boolean {
  const found = /^GNU assembler .*?(\d+\.\d+)/.exec(version ?? "");
  return found !== null && Number(found[1]) >= LEAST_BINUTILS;
}

async function clangToolchain(m: Machine): Promise<Toolchain | undefined> {
  for (const name of clangNames()) {
    const clang = which(name);
    if (clang === undefined) continue;
    // GNU as pads for alignment on RISC-V as GNU ld wants it, which is too little for lld.
    const gnu = m.name === "riscv64" ? undefined : findGnuAssembler(m);
    const [printed, clangVersion, gnuVersion] = await Promise.all([
      runTool([clang, "-print-prog-name=ld.lld"], "ask clang for its linker"),
      versionLine(clang),
      gnu && versionLine(gnu),
    ]);
    const lld = printed.trim();
    const suffix = name.slice("clang".length);
    const linker = lld.includes("/") ? lld : (which(`ld.lld${suffix}`) ?? which("ld.lld"));
    if (linker === undefined) continue;
    const cc = [clang, `--target=${m.triple}`];
    const useGnu = gnu !== undefined && isUsualGnu(gnuVersion);
    const versions = [clangVersion, await versionLine(linker), ...(useGnu ? [gnuVersion] : [])];
    return {
      kind: "clang",
      identity: versions.join("; "),
      cc,
      assembler: useGnu ? [gnu] : [...cc, "-c"],
      linker: [...cc, `--ld-path=${linker}`, PLAIN_WRITES],
      plainLinker: false,
    };
  }
  return undefined;
}

async function gccToolchain(m: Machine): Promise<Toolchain | undefined> {
  const gcc = which(`${m.triple}-gcc`) ?? (isNative(m.name) ? which("gcc") : undefined);
  if (gcc === undefined) return undefined;
  const identity = (await versionLine(gcc)) ?? "gcc";
  return { kind: "gcc", identity, cc: [gcc], assembler: [gcc, "-c"], linker: [gcc], plainLinker: false };
}

async function zigToolchain(m: Machine): Promise<Toolchain | undefined> {
  const zig = which("zig");
  if (zig === undefined) return undefined;
  const cc = [zig, "cc", "-target", `${m.machine}-linux-musl`];
  const identity = `zig ${await versionLine(zig, "version")}`;
  return { kind: "zig", identity, cc, assembler: [...cc, "-c"], linker: cc, plainLinker: false };
}

async function binutilsToolchain(m: Machine): Promise<Toolchain | undefined> {
  const assembler = findGnuAssembler(m);
  const linker = which(`${m.triple}-ld`) ?? (isNative(m.name) ? which("ld") : undefined);
  if (assembler === undefined || linker === undefined) return undefined;
  const identity = `${await versionLine(assembler)}; ${await versionLine(linker)}`;
  return {
    kind: "binutils",
    identity,
    cc: undefined,
    assembler: [assembler],
    linker: [linker],
    plainLinker: true,
  };
}

/** A compiler the user names: "zig cc -target ...", "clang-19", "/opt/cross/bin/riscv64-linux-gcc". */
async function givenToolchain(m: Machine, command: string): Promise<Toolchain> {
  const words = command.trim().split(/\s+/);
  const program = which(words[0]);
  if (program === undefined) throw new CompileError(`no program "${words[0]}" (--cc)`, {}, "toolchain");
  const identity = (await versionLine(program)) ?? (await versionLine(program, "version")) ?? "";
  const cc = [program, ...words.slice(1)];
  if (/clang/.test(identity) && !cc.some((w) => w.startsWith("--target") || w === "-target"))
    cc.push(`--target=${m.triple}`);
  if (words[0].endsWith("zig") && words.length === 1) cc.push("cc", "-target", `${m.machine}-linux-musl`);
  const linker = /clang/.test(identity) ? [...cc, "-fuse-ld=lld", PLAIN_WRITES] : cc;
  return {
    kind: "given",
    identity: `${cc.join(" ")}: ${identity}`,
    cc,
    assembler: [...cc, "-c"],
    linker,
    plainLinker: false,
  };
}

const finders = { clang: clangToolchain, gcc: gccToolchain, zig: zigToolchain, binutils: binutilsToolchain };

/** Every toolchain found for a machine, best first. */
export async function findAll(m: Machine): Promise<Toolchain[]> {
  const found = await Promise.all(Object.values(finders).map((find) => find(m)));
  return found.filter((t) => t !== undefined);
}

/** The toolchain to use. Throws CompileError (toolchain) that says what to install. */
export async function findToolchain(m: Machine, cc: string | undefined): Promise<Toolchain> {
  if (cc !== undefined) return givenToolchain(m, cc);
  for (const find of Object.values(finders)) {
    const found = await find(m);
    if (found !== undefined) return found;
  }
  throw new CompileError(
    `no assembler and linker for ${m.name}: install them with: ${installTools()}`,
    {},
    "toolchain",
  );
}
