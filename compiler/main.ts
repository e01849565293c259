// The command line. Each command is one file in cli/, loaded when it is used; errors of the input are one line, and their kind is the
// exit status (docs/cli.md).
import { exitCodes } from "./exit-codes.ts";
import { CompileError, systemError } from "./support/error.ts";
import { visible } from "./support/text.ts";

/** "wasmaot:" in red where standard error is a terminal; NO_COLOR turns that off (no-color.org). */
function prefix(): string {
  const coloured = process.stderr.isTTY === true && !process.env.NO_COLOR;
  return coloured ? "\x1b[1;31mwasmaot:\x1b[0m" : "wasmaot:";
}

/** Says what went wrong and returns the exit status. */
function report(thrown: unknown): number {
  const error = systemError(thrown);
  if (error instanceof CompileError) {
    const json = process.argv.includes("--json");
    const { message, kind, place } = error;
    const line = json ? JSON.stringify({ error: message, kind, ...place }) : `${prefix()} ${error.format()}`;
    process.stderr.write(`${line}\n`);
    return exitCodes[kind];
  }
  const { message, stack } = error instanceof Error ? error : new Error(String(error));
  const more = process.env.WASMAOT_DEBUG ? `\n${stack}` : "; WASMAOT_DEBUG=1 shows where";
  process.stderr.write(`${prefix()} internal error, please report it: ${visible(message)}${more}\n`);
  return exitCodes.internal;
}

/** A reader that has seen enough (`wasmaot inspect app | head`) is no failure; a full disk behind standard output is. */
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  process.exit(error.code === "EPIPE" ? 0 : report(error));
});

async function main(): Promise<void> {
  const args = process.argv.slice(2);
  if (args.length === 1 && (args[0] === "--version" || args[0] === "-V")) {
    const { version } = await import("./cli/version.ts");
    process.stdout.write(`${version()}\n`);
    return;
  }
  const { runCommandLine } = await import("./cli/commands.ts");
  await runCommandLine(args);
}

main().catch((error) => {
  process.exitCode = report(error);
});
