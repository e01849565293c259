// `wasmaot inspect`: what a module is made of and can ask for; or how an executable of ours was made and what it may do.
import { readFileSync } from "node:fs";
import type { ArgumentsCamelCase, Argv } from "yargs";
import type { BuildRecord } from "../compile/note.ts";
import { readModule } from "../files.ts";
import { isElf, readExecutable, type SectionInfo } from "../inspect/elf.ts";
import { describeModule, type ModuleReport } from "../inspect/wasm.ts";
import { visible } from "../support/text.ts";
import { decodeModule } from "../wasm/decode.ts";

export const command = "inspect <file>";
export const describe = "show what a module, or an executable of ours, is and may do";

interface InspectArguments {
  file: string;
  json: boolean | undefined;
}

export function builder(yargs: Argv) {
  return yargs
    .positional("file", {
      type: "string",
      demandOption: true,
      describe: "a .wasm or .wat file, or an executable",
    })
    .option("json", { boolean: true, describe: "as JSON" })
    .example("$0 inspect app.wasm", "sections, features, imports")
    .example("$0 inspect ./app --json", "target, grants, system calls of an executable");
}

function list(title: string, lines: readonly string[]): string {
  return lines.length === 0 ? `${title}: none\n` : `${title}:\n${lines.map((l) => `  ${l}\n`).join("")}`;
}

/** Text from a module, safe to show on a terminal. */
function shown(name: string): string {
  return visible(JSON.stringify(name));
}

function moduleText(r: ModuleReport): string {
  const memory =
    r.memory === undefined
      ? "none"
      : `${r.memory.pages} pages at first, ${r.memory.maximum ?? 65536} at most`;
  return [
    `functions: ${r.functions}, ${r.codeBytes} bytes of code\n`,
    `memory: ${memory}; ${r.dataBytes} bytes of data\n`,
    list(
      "sections",
      r.sections.map((s) => `${String(s.bytes).padStart(9)}  ${s.name}`),
    ),
    list("features", r.features),
    list("asks the host for", r.asks),
    list(
      "imports",
      r.imports.map((i) => `${shown(i.module)} ${shown(i.name)} ${i.kind} ${i.type}`),
    ),
    list(
      "exports",
      r.exports.map((e) => `${shown(e.name)} ${e.kind}`),
    ),
  ].join("");
}

function executableText(r: BuildRecord, sections: readonly SectionInfo[]): string {
  const limit = (n: number): string => (n === 0 ? "default" : String(n));
  return [
    `target: ${r.target}, cpu ${r.cpu}, -O${r.optimize}, bounds ${r.bounds}${r.deterministic ? ", deterministic" : ""}\n`,
    `entry: ${shown(r.entry)}\n`,
    `limits: memory ${limit(r.limits.memory)}, stack ${limit(r.limits.stack)}, files ${limit(r.limits.files)}\n`,
    `system-call filter: ${r.harden}; grants by environment: ${r.environmentGrants ? "accepted" : "refused"}\n`,
    list("cpu features needed", r.features),
    list(
      "grants",
      r.grants.map((g) => `${g.kind} ${g.a} ${g.b}${g.readOnly ? " (read only)" : ""}`.trim()),
    ),
    list("WASI functions", r.wasi),
    list("system calls allowed by the filter", r.systemCalls),
    list(
      "modules",
      r.modules.map((m) => `${shown(m.name || "main")} ${m.bytes} bytes, sha256 ${m.sha256}`),
    ),
    list(
      "sections",
      sections.map((s) => `${String(s.bytes).padStart(9)}  ${s.name}`),
    ),
  ].join("");
}

export async function handler(argv: ArgumentsCamelCase<InspectArguments>): Promise<void> {
  const bytes = await readModule(argv.file);
  let report: object;
  let text: string;
  if (isElf(bytes)) {
    const { record, sections } = readExecutable(new Uint8Array(readFileSync(argv.file)), argv.file);
    report = { ...record, sections };
    text = executableText(record, sections);
  } else {
    const module = describeModule(decodeModule(bytes, argv.file));
    report = module;
    text = moduleText(module);
  }
  process.stdout.write(argv.json ? `${JSON.stringify(report, undefined, 2)}\n` : text);
}
