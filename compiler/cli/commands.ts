// The commands and how a line is parsed.
import yargs, { type Argv, type CommandModule } from "yargs";
import { CompileError } from "../support/error.ts";
import * as build from "./build.ts";
import * as doctor from "./doctor.ts";
import * as inspect from "./inspect.ts";
import * as run from "./run.ts";
import { version } from "./version.ts";

const commands = [build, run, inspect, doctor];

/** Parses and runs one command line. Throws CompileError (usage) for one that makes no sense. */
export async function runCommandLine(args: readonly string[]): Promise<void> {
  let parser: Argv = yargs(joinedOptions(args))
    .scriptName("wasmaot")
    .usage("$0 <command>: compiles WebAssembly to native executables")
    .parserConfiguration({ "populate--": true, "greedy-arrays": false, "duplicate-arguments-array": false })
    .strict()
    .demandCommand(1, "give a command: see wasmaot --help")
    .version(version())
    .alias("version", "V")
    .help()
    .alias("help", "h")
    .completion("completion", "print a completion script for the shell")
    .wrap(Math.min(110, process.stdout.columns ?? 110))
    .exitProcess(false)
    .fail((message, error) => {
      throw error ?? new CompileError(message.split("\n").join("; "), {}, "usage");
    });
  for (const c of commands) parser = parser.command(c as unknown as CommandModule);
  await parser.parseAsync();
}

/** -O2 to -O=2 in front of "--": a letter with its value joined on. */
function joinedOptions(args: readonly string[]): string[] {
  const end = args.indexOf("--");
  return args.map((arg, i) => (/^-O\d$/.test(arg) && (end < 0 || i < end) ? `-O=${arg[2]}` : arg));
}
