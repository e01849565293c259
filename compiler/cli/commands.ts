// The commands and how a line is parsed.
import yargs, { type Argv, type CommandModule, type MiddlewareFunction } from "yargs";
import { CompileError } from "../support/error.ts";
import * as bench from "./bench.ts";
import * as build from "./build.ts";
import * as completion from "./completion.ts";
import * as doctor from "./doctor.ts";
import * as inspect from "./inspect.ts";
import * as run from "./run.ts";
import { explain } from "./usage.ts";
import { version } from "./version.ts";

const commands = [build, run, inspect, doctor, bench, completion];
const names = commands.map((c) => c.command.split(" ")[0]);

/** Parses and runs one command line. Throws CompileError (usage) for one that makes no sense. */
export async function runCommandLine(args: readonly string[]): Promise<void> {
  let parser: Argv = yargs(joinedOptions(args))
    .scriptName("wasmaot")
    .usage("$0 <command>: compiles WebAssembly to native executables")
    .parserConfiguration({ "populate--": true, "greedy-arrays": false, "boolean-negation": false })
    .middleware(keepLast as unknown as MiddlewareFunction, true)
    .strict()
    .demandCommand(1, `give a command: ${names.join(", ")}`)
    .version(version())
    .alias("version", "V")
    .help()
    .alias("help", "h")
    .example("$0 build app.wasm --target riscv64", "compile for RISC-V: ./app")
    .example("$0 run app.wasm one two", "compile and run here, with arguments")
    .example("$0 inspect app.wasm", "what is it, what would it ask of the host?")
    .epilogue("wasmaot <command> --help says more. Exit codes and examples: docs/cli.md")
    .wrap(Math.min(110, process.stdout.columns ?? 110))
    .exitProcess(false)
    .fail((message, error) => {
      // Some complaints of the parser itself come as errors too.
      if (error !== undefined && error !== null && error.name !== "YError") throw error;
      const command = names.find((n) => n === args[0]);
      throw new CompileError(explain(message ?? error.message, command), {}, "usage");
    });
  let work: unknown;
  for (const c of commands) {
    const handler = (argv: never): void => {
      // Not given to yargs, which would write the help text first, for whoever may ask for it meanwhile.
      work = c.handler(argv);
    };
    parser = parser.command({ ...c, handler } as unknown as CommandModule);
  }
  await parser.parseAsync();
  await work;
}

/** What yargs knows of declared options, which its types leave out: names, aliases and camel-case forms of those that may be repeated. */
interface WithOptions {
  getOptions(): { readonly array: readonly string[] };
}

/** An option that takes one value and is given several times: the last counts. */
function keepLast(argv: Record<string, unknown>, y: WithOptions): void {
  const repeatable = new Set(["_", "--", ...y.getOptions().array]);
  for (const [name, value] of Object.entries(argv)) {
    const dashed = name.replace(/[A-Z]/g, (c) => `-${c.toLowerCase()}`);
    if (Array.isArray(value) && !repeatable.has(name) && !repeatable.has(dashed)) argv[name] = value.at(-1);
  }
}

/** -O2 to -O=2 in front of "--": a letter with its value joined on. */
function joinedOptions(args: readonly string[]): string[] {
  const end = args.indexOf("--");
  return args.map((arg, i) => (/^-O\d$/.test(arg) && (end < 0 || i < end) ? `-O=${arg[2]}` : arg));
}
