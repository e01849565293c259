// The options that `build` and `run` share: their declaration for yargs, and their meaning.
import { availableParallelism } from "node:os";
import { parse } from "node:path";
import type { Argv, InferredOptionTypes, Options } from "yargs";
import type { Grant } from "../codegen/descriptor.ts";
import { parseCpu } from "../cpu.ts";
import { hostTarget, machines, type TargetName } from "../link/machines.ts";
import { passNames } from "../opt/passes.ts";
import type { BuildOptions, Emit } from "../options.ts";
import { CompileError } from "../support/error.ts";

const targets = Object.keys(machines) as TargetName[];

/** Options that take a value once: a later one wins. */
const declared = {
  target: { string: true, describe: "machine to compile for", choices: targets, group: "Code:" },
  cpu: { string: true, describe: "CPU name or features: x86-64-v3, rv64gc,+zba, native", group: "Code:" },
  O: { number: true, default: 2, choices: [0, 1, 2, 3], describe: "how much to optimize", group: "Code:" },
  bounds: {
    string: true,
    choices: ["guard", "explicit"] as const,
    default: "guard" as const,
    describe: "bounds checks by guard pages or by code",
    group: "Code:",
  },
  instance: {
    string: true,
    choices: ["static", "pointer"] as const,
    default: "static" as const,
    describe: "instance data as symbols or through a pointer",
    group: "Code:",
  },
  deterministic: {
    boolean: true,
    describe: "canonical NaNs, fixed clock and random numbers",
    group: "Code:",
  },
  link: {
    string: true,
    array: true,
    describe: "name=file.wasm: a module that others import",
    group: "Code:",
  },
  entry: { string: true, default: "_start", describe: "exported function to call", group: "Code:" },
  dir: {
    string: true,
    array: true,
    describe: "host[::guest][:ro]: a directory it may use",
    group: "Grants:",
  },
  env: { string: true, array: true, describe: "NAME=value", group: "Grants:" },
  "env-inherit": { boolean: true, describe: "give it the environment it is started with", group: "Grants:" },
  listen: { string: true, array: true, describe: "host:port to accept connections on", group: "Grants:" },
  arg0: { string: true, describe: "the name it sees as its own", group: "Grants:" },
  "no-env-grants": { boolean: true, describe: "refuse grants by WASMAOT_* variables", group: "Grants:" },
  harden: {
    string: true,
    choices: ["on", "off", "require"] as const,
    default: "on" as const,
    describe: "system-call filter and Landlock; on: where the kernel has them",
    group: "Limits:",
  },
  "max-memory": { string: true, describe: "limit over all memories: 64M, 2G", group: "Limits:" },
  "max-stack": { string: true, describe: "size of the wasm stack: 8M", group: "Limits:" },
  "max-files": { number: true, describe: "open files at a time", group: "Limits:" },
  cc: { string: true, describe: "compiler to assemble and link with", group: "Tools:" },
  jobs: { alias: "j", number: true, describe: "threads (default: all cores)", group: "Tools:" },
  "save-temps": { string: true, describe: "directory to keep intermediate files in", group: "Tools:" },
  pie: { boolean: true, describe: "position-independent executable", group: "Code:" },
  g: { boolean: true, describe: "keep symbols", group: "Code:" },
  annotate: { boolean: true, describe: "wasm offsets as comments in assembly", group: "Debug:" },
  verify: { boolean: true, describe: "check the IR and every allocation", group: "Debug:" },
  "time-passes": { boolean: true, describe: "print the time of each phase", group: "Debug:" },
  stats: { boolean: true, describe: "print what the passes counted", group: "Debug:" },
  "print-before": {
    string: true,
    array: true,
    describe: "print the IR before a pass, or all",
    group: "Debug:",
  },
  "print-after": {
    string: true,
    array: true,
    describe: "print the IR after a pass, or all",
    group: "Debug:",
  },
  "only-func": {
    string: true,
    describe: "restrict printing to a function, by index or name",
    group: "Debug:",
  },
  "disable-pass": { string: true, array: true, describe: "leave a pass out", group: "Debug:" },
  bisect: { number: true, describe: "run that many passes in all, then none", group: "Debug:" },
  json: { boolean: true, describe: "errors and results as JSON", group: "Output:" },
  quiet: { boolean: true, describe: "say nothing but errors", group: "Output:" },
  verbose: { boolean: true, describe: "say what is done, with which tools", group: "Output:" },
} as const satisfies Record<string, Options>;

export type CompileArguments = InferredOptionTypes<typeof declared>;

/** Options that take a value, for yargs to insist on one. */
const valued = Object.entries<Options>(declared)
  .filter(([, o]) => o.boolean !== true)
  .map(([name]) => name);

export function addCompileOptions<T>(yargs: Argv<T>): Argv<T & CompileArguments> {
  return yargs.options(declared).requiresArg(valued) as unknown as Argv<T & CompileArguments>;
}

function usage(message: string): never {
  throw new CompileError(message, {}, "usage");
}

/** "64M" in bytes; 0 when not given. */
export function parseSize(text: string | undefined, option: string): number {
  if (text === undefined) return 0;
  const match = /^(\d+)([KMG]?)(?:i?B)?$/i.exec(text);
  const bytes = match === null ? 0 : Number(match[1]) * 1024 ** " KMG".indexOf(match[2].toUpperCase() || " ");
  if (!Number.isSafeInteger(bytes) || bytes === 0)
    usage(`--${option} ${text}: expected a size such as 64M or 2G`);
  return bytes;
}

/** A whole number from `least` on, as yargs gave it. */
function parseCount(value: number | undefined, option: string, least: number): number | undefined {
  if (value !== undefined && !(Number.isSafeInteger(value) && value >= least))
    usage(`--${option}: expected a number from ${least} on`);
  return value;
}

/** "host[::guest][:ro]". */
export function parseDirectory(text: string): Grant {
  const readOnly = text.endsWith(":ro");
  const [host, guest = host, more] = (readOnly ? text.slice(0, -3) : text).split("::");
  if (host === "" || guest === "" || more !== undefined) usage(`--dir ${text}: expected host[::guest][:ro]`);
  return { kind: "dir", readOnly, a: host, b: guest };
}

function parseEnvironment(text: string): Grant {
  const at = text.indexOf("=");
  if (at <= 0) usage(`--env ${text}: expected NAME=value`);
  return { kind: "env", readOnly: false, a: text.slice(0, at), b: text.slice(at + 1) };
}

function parseListen(text: string): Grant {
  if (!/^.+:\d+$/.test(text)) usage(`--listen ${text}: expected host:port`);
  return { kind: "listen", readOnly: false, a: text, b: "" };
}

function grants(a: CompileArguments): Grant[] {
  const list = [
    ...(a.dir ?? []).map(parseDirectory),
    ...(a.env ?? []).map(parseEnvironment),
    ...(a.listen ?? []).map(parseListen),
  ];
  if (a["env-inherit"]) list.push({ kind: "envInherit", readOnly: false, a: "", b: "" });
  if (a.arg0 !== undefined) list.push({ kind: "arg0", readOnly: false, a: a.arg0, b: "" });
  return list;
}

function parseLink(text: string): { name: string; file: string } {
  const at = text.indexOf("=");
  if (at <= 0 || at === text.length - 1) usage(`--link ${text}: expected name=file.wasm`);
  return { name: text.slice(0, at), file: text.slice(at + 1) };
}

/** The target asked for, or this machine's. */
export function chooseTarget(name: string | undefined): TargetName {
  const target = (name as TargetName | undefined) ?? hostTarget();
  return target ?? usage(`this machine is none of ${targets.join(", ")}: give --target`);
}

/** Names of passes, as an option takes them. */
function checkPasses(list: readonly string[] | undefined, option: string, all: boolean): readonly string[] {
  for (const name of list ?? [])
    if (!passNames.has(name) && !(all && name === "all"))
      usage(`--${option} ${name}: there is no such pass; there are ${[...passNames].join(", ")}`);
  return list ?? [];
}

const extensions: Readonly<Record<Emit, string>> = { exe: "", obj: ".o", asm: ".s", ir: ".ir" };

/** Build options from parsed arguments. Throws CompileError (usage). */
export function toBuildOptions(
  input: string,
  a: CompileArguments,
  more: { emit: Emit; output: string | undefined; progress: BuildOptions["progress"] },
): BuildOptions {
  const target = chooseTarget(a.target);
  const cpu = parseCpu(target, a.cpu);
  const jobs = parseCount(a.jobs, "jobs", 1) ?? availableParallelism();
  const printing =
    a["print-before"] !== undefined || a["print-after"] !== undefined || a.bisect !== undefined;
  const { emit } = more;
  const output = more.output ?? `${parse(input).name}${extensions[emit]}`;
  if (output === "") usage("-o: expected the name of a file to write");
  if (output === input) usage(`the output would replace the input: give another name with -o`);
  return {
    input,
    output,
    links: (a.link ?? []).map(parseLink),
    target,
    cpu: cpu.name,
    requiredFeatures: cpu.required,
    code: {
      target,
      features: cpu.features,
      instance: a.instance,
      bounds: a.bounds,
      optimize: a.O,
      deterministic: a.deterministic ?? false,
      annotate: a.annotate ?? false,
      verify: a.verify ?? false,
      time: a["time-passes"] ?? false,
      passes: {
        printBefore: checkPasses(a["print-before"], "print-before", true),
        printAfter: checkPasses(a["print-after"], "print-after", true),
        onlyFunction: a["only-func"],
        disabled: checkPasses(a["disable-pass"], "disable-pass", false),
        bisect: parseCount(a.bisect, "bisect", 0),
      },
      emitIr: emit === "ir",
      // Objects and assembly may become part of anything.
      fixedAddresses: emit === "exe" && !a.pie,
    },
    emit,
    entry: a.entry,
    grants: grants(a),
    noEnvGrants: a["no-env-grants"] ?? false,
    harden: a.harden,
    maxMemory: parseSize(a["max-memory"], "max-memory"),
    stackSize: parseSize(a["max-stack"], "max-stack"),
    maxFiles: parseCount(a["max-files"], "max-files", 1) ?? 0,
    pie: a.pie ?? false,
    debug: a.g ?? false,
    cc: a.cc,
    // Printed passes and bisection count in function order: one thread.
    jobs: printing ? 1 : jobs,
    saveTemps: a["save-temps"],
    progress: more.progress,
  };
}
