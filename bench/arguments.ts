// Arguments of the benchmarks that compare builds for each target (insns.ts, size.ts): --target T and --filter TEXT, both repeatable, --name NAME,
// and flags of their own. Everything else is an option of ours for the builds; `--` may stand anywhere, as runners of scripts drop it.
import { machines, type TargetName } from "../compiler/link/machines.ts";
import { CompileError } from "../compiler/support/error.ts";

export interface BenchArguments {
  readonly targets: readonly TargetName[];
  readonly filters: readonly string[];
  readonly name: string;
  readonly flags: ReadonlySet<string>;
  readonly ours: readonly string[];
}

/** Throws CompileError (usage) for a target that does not exist and an option without its value. */
export function benchArguments(name: string, flags: readonly string[] = []): BenchArguments {
  const values: Record<string, string[]> = { "--target": [], "--filter": [], "--name": [name] };
  const given = new Set<string>();
  const ours: string[] = [];
  const args = process.argv.slice(2).filter((a) => a !== "--");
  for (let i = 0; i < args.length; i++) {
    const list = values[args[i]];
    if (list === undefined) {
      if (flags.includes(args[i])) given.add(args[i]);
      else ours.push(args[i]);
      continue;
    }
    if (++i === args.length) throw new CompileError(`${args[i - 1]} needs a value`, {}, "usage");
    list.push(args[i]);
  }
  const targets = values["--target"].length > 0 ? values["--target"] : Object.keys(machines);
  const unknown = targets.find((t) => !(t in machines));
  if (unknown !== undefined) throw new CompileError(`no target "${unknown}"`, {}, "usage");
  return {
    targets: targets as TargetName[],
    filters: values["--filter"],
    name: values["--name"].at(-1)!,
    flags: given,
    ours,
  };
}
