// The exit status of the command line by the kind of failure (docs/cli.md, "Exit status"; a test compares them).
import type { ErrorKind } from "./support/error.ts";

export const exitCodes: Readonly<Record<ErrorKind, number>> = {
  module: 1,
  unsupported: 1,
  usage: 2,
  toolchain: 3,
  io: 4,
  internal: 70,
};
