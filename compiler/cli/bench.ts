// `wasmaot bench`: programs measured as we compile them, beside native compilers and every other engine found on this machine.
import { join } from "node:path";
import type { ArgumentsCamelCase, Argv } from "yargs";
import { CompileError } from "../support/error.ts";
import { Progress } from "./progress.ts";

export const command = "bench <path>";
export const describe = "measure modules or C programs here, beside native compilers and other engines";

interface BenchArguments {
  path: string;
  filter: string[] | undefined;
  engine: string[] | undefined;
  variant: string[] | undefined;
  quick: boolean | undefined;
  simd: boolean | undefined;
  time: number;
  turns: number;
  results: string | undefined;
  name: string;
  quiet: boolean | undefined;
  "--"?: string[];
}

export function builder(yargs: Argv) {
  return yargs
    .positional("path", {
      type: "string",
      demandOption: true,
      describe: "a .wasm file, or a directory of modules or C programs",
    })
    .option("filter", { string: true, array: true, describe: "only programs with this in their name" })
    .option("engine", { string: true, array: true, describe: "only engines with this in their name" })
    .option("variant", {
      string: true,
      array: true,
      describe: "name=options: our code with other options as well, as in O3=-O3",
    })
    .option("quick", { boolean: true, describe: "short runs: a first impression" })
    .option("simd", { boolean: true, describe: "compile C programs to 128-bit vectors" })
    .option("time", { number: true, default: 250, describe: "milliseconds of a run, C programs" })
    .option("turns", { number: true, default: 5, describe: "how often each is measured" })
    .option("results", { string: true, describe: "directory for the reports (default: bench/results)" })
    .option("name", { string: true, default: "run", describe: "name of the reports" })
    .option("quiet", { boolean: true, describe: "print nothing but the tables" })
    .example("$0 bench app.wasm -- 1000", "one module, with an argument")
    .example("$0 bench bench/programs --filter crypto --quick", "some of the C programs");
}

function parseVariant(text: string): { name: string; options: string[] } {
  const at = text.indexOf("=");
  if (at <= 0) throw new CompileError(`--variant ${text}: expected name=options`, {}, "usage");
  return { name: `wasmaot ${text.slice(0, at)}`, options: text.slice(at + 1).split(/\s+/) };
}

export async function handler(argv: ArgumentsCamelCase<BenchArguments>): Promise<void> {
  const { bench } = await import("../../bench/main.ts");
  const { packageRoot } = await import("../support/paths.ts");
  const progress = new Progress(argv.quiet ?? false);
  try {
    const text = await bench({
      path: argv.path,
      filters: argv.filter ?? [],
      engines: argv.engine ?? [],
      args: argv["--"] ?? [],
      variants: [{ name: "wasmaot", options: [] }, ...(argv.variant ?? []).map(parseVariant)],
      simd: argv.simd ?? false,
      milliseconds: argv.quick ? 60 : argv.time,
      turns: argv.quick ? 3 : argv.turns,
      results: argv.results ?? join(packageRoot, "bench/results"),
      name: argv.name,
      progress: (what, fraction) => progress.update(what, fraction),
      line: (line) => {
        progress.clear();
        if (!argv.quiet) process.stderr.write(`${line}\n`);
      },
    });
    process.stdout.write(text);
  } finally {
    progress.clear();
  }
}
