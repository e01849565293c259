// The hottest blocks of a benchmark program with their assembly: npx vite-node bench/hot.ts -- PROGRAM [--target T] [--by ours|gcc] [--top N] [--functions] [-- options]
//
// What a profiler would show, without its noise: instructions executed by each translated block, under qemu. PROGRAM is a part of a program's
// name, or an executable with the arguments after it.
import { existsSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { execa } from "execa";
import { which } from "../compiler/link/exec.ts";
import { hostTarget, type Machine, machines, type TargetName } from "../compiler/link/machines.ts";
import { type Block, buildGcc, buildOurs, count } from "./count.ts";
import { benchDirectory, findPrograms } from "./programs.ts";

/** Assembly of the instructions of a block, and the function it lies in. */
async function disassemble(
  m: Machine,
  program: string,
  b: Block,
): Promise<{ symbol: string; lines: string[] }> {
  const objdump = which(`${m.triple}-objdump`) ?? "objdump";
  const start = `--start-address=0x${b.address.toString(16)}`;
  const stop = `--stop-address=0x${(b.address + 16 * b.instructions).toString(16)}`;
  const { stdout } = await execa(objdump, ["-d", "--no-show-raw-insn", start, stop, program], {
    reject: false,
  });
  const lines = stdout.split("\n");
  const symbol = lines.find((l) => /^[0-9a-f]+ <.*>:$/.test(l))?.replace(/^[0-9a-f]+ |:$/g, "") ?? "?";
  return { symbol, lines: lines.filter((l) => /^ +[0-9a-f]+:/.test(l)).slice(0, b.instructions) };
}

async function show(m: Machine, program: string, args: readonly string[], top: number): Promise<void> {
  const { total, blocks } = await count(m, program, args, true);
  const weight = (b: Block): number => b.instructions * b.executions;
  const hottest = [...blocks].sort((a, b) => weight(b) - weight(a)).slice(0, top);
  console.log(`${(total / 1e6).toFixed(2)} million instructions`);
  for (const b of hottest) {
    const { symbol, lines } = await disassemble(m, program, b);
    const share = ((100 * weight(b)) / total).toFixed(1);
    console.log(`\n${share} %: ${b.executions} times ${b.instructions} instructions, ${symbol}`);
    for (const l of lines) console.log(l);
  }
}

/** Instructions by function, from the program's symbols. */
async function functions(m: Machine, program: string, args: readonly string[], top: number): Promise<void> {
  const { total, blocks } = await count(m, program, args, true);
  const { stdout } = await execa(which(`${m.triple}-nm`) ?? "nm", ["-n", program]);
  const symbols = [...stdout.matchAll(/^([0-9a-f]+) [tTwWiI] (.*)$/gm)].map(([, at, name]) => ({
    address: Number.parseInt(at, 16),
    name,
  }));
  const sums = new Map<string, number>();
  for (const b of blocks) {
    let low = 0;
    let high = symbols.length;
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if (symbols[middle].address <= b.address) low = middle;
      else high = middle;
    }
    const name = symbols[low]?.name ?? "?";
    sums.set(name, (sums.get(name) ?? 0) + b.instructions * b.executions);
  }
  console.log(`${(total / 1e6).toFixed(2)} million instructions`);
  for (const [name, n] of [...sums].sort((a, b) => b[1] - a[1]).slice(0, top))
    console.log(
      `${((100 * n) / total).toFixed(1).padStart(6)} % ${(n / 1e6).toFixed(2).padStart(10)}  ${name}`,
    );
}

async function main(): Promise<void> {
  const args = process.argv.slice(2);
  const { values, positionals } = parseArgs({
    args: args[0] === "--" ? args.slice(1) : args,
    options: {
      target: { type: "string", default: hostTarget() },
      by: { type: "string", default: "ours" },
      top: { type: "string", default: "5" },
      rounds: { type: "string", default: "4" },
      functions: { type: "boolean", default: false },
    },
    allowPositionals: true,
  });
  const [name, ...rest] = positionals;
  const m = machines[values.target as TargetName];
  const top = Number(values.top);
  const report = values.functions ? functions : show;
  if (existsSync(name)) return report(m, name, rest, top);
  const [p] = findPrograms(join(benchDirectory, "programs"), [name]);
  const product = values.by === "ours" ? await buildOurs(m, p, rest) : await buildGcc(m, p, rest[0] ?? "-O2");
  console.log(`${p.name}, ${values.by}, ${m.name}`);
  await report(m, product.file, [values.rounds], top);
}

await main();
