// Static analysis of runtime-c: every C source of runtime-c/sources.json through clang's analyzer for each target, and through gcc's for the host.
// Ends with status 1 when a tool finds something.
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";

const root = new URL("../runtime-c/", import.meta.url);
const sources = JSON.parse(readFileSync(new URL("sources.json", root), "utf8"));
const machines = { "x86-64": "x86_64", aarch64: "aarch64", riscv64: "riscv64" };

let failed = false;

function analyze(command, args) {
  const result = spawnSync(command, args, { cwd: root, encoding: "utf8" });
  if (result.error !== undefined) throw result.error;
  const text = result.stdout + result.stderr;
  if (result.status !== 0 || text !== "") {
    process.stdout.write(`${command} ${args.join(" ")}\n${text}`);
    failed = true;
  }
}

for (const [target, machine] of Object.entries(machines)) {
  const files = [...sources.common, ...sources.wasi, ...sources.targets[target]].filter((x) =>
    x.endsWith(".c"),
  );
  for (const file of files) {
    const options = [...sources.compileFlags, file];
    analyze("clang-19", [
      `--target=${machine}-linux-gnu`,
      "--analyze",
      "--analyzer-output",
      "text",
      ...options,
    ]);
    if (target === "x86-64") analyze("gcc", ["-fanalyzer", "-c", ...options, "-o", "/dev/null"]);
  }
}
process.exitCode = failed ? 1 : 0;
