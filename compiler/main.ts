// The command line. Each command is one file in cli/, loaded when it is used; errors of the input are one line, and their kind is the
// exit status (docs/cli.md).
import { CompileError, type ErrorKind } from "./support/error.ts";

export const exitCodes: Readonly<Record<ErrorKind, number>> = {
  module: 1,
  unsupported: 1,
  usage: 2,
  toolchain: 3,
  io: 4,
  internal: 70,
};

function report(error: unknown): number {
  const json = process.argv.includes("--json");
  if (error instanceof CompileError) {
    if (json)
      process.stderr.write(`${JSON.stringify({ error: error.message, kind: error.kind, ...error.place })}\n`);
    else process.stderr.write(`wasmaot: ${error.format()}\n`);
    return exitCodes[error.kind];
  }
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  process.stderr.write(`wasmaot: internal error, please report it: ${text}\n`);
  return exitCodes.internal;
}

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
