// What a module is made of and what it can ask of its host.
import { typeText } from "../program.ts";
import { isWasiModule } from "../wasi.ts";
import { externalKindNames, functionType, type Module } from "../wasm/module.ts";
import { validateModule } from "../wasm/validate.ts";
import { type Feature, usedFeatures } from "./features.ts";

export interface ModuleReport {
  readonly sections: readonly { name: string; bytes: number }[];
  readonly features: readonly Feature[];
  readonly imports: readonly { module: string; name: string; kind: string; type: string }[];
  readonly exports: readonly { name: string; kind: string }[];
  /** What WASI functions it imports are about: "files", "clock" ... */
  readonly asks: readonly string[];
  readonly functions: number;
  readonly codeBytes: number;
  readonly dataBytes: number;
  /** Pages of the memory: at first and at most. */
  readonly memory: { readonly pages: number; readonly maximum: number | undefined } | undefined;
}

/** The concern of a WASI function, by the first word of its name. */
const concerns: Readonly<Record<string, string>> = {
  args: "arguments",
  environ: "environment",
  clock: "clocks",
  fd: "open files and streams",
  path: "paths in granted directories",
  poll: "waiting for time and streams",
  proc: "ending the process",
  random: "random numbers",
  sched: "yielding",
  sock: "sockets",
};

/** Reports on a module after validating it. Throws CompileError. */
export function describeModule(m: Module): ModuleReport {
  validateModule(m);
  const asks = new Set<string>();
  for (const i of m.imports)
    if (isWasiModule(i.module)) asks.add(concerns[i.name.slice(0, i.name.indexOf("_"))] ?? i.name);
  const memory = m.memories[0];
  return {
    sections: m.sections.map((s) => ({
      name: s.id === 0 ? `custom "${s.name}"` : s.name,
      bytes: s.end - s.start,
    })),
    features: usedFeatures(m),
    imports: m.imports.map((i) => ({
      module: i.module,
      name: i.name,
      kind: externalKindNames[i.kind],
      type: i.kind === 0 ? typeText(functionType(m, i.index)) : "",
    })),
    exports: m.exports.map((e) => ({ name: e.name, kind: externalKindNames[e.kind] })),
    asks: [...asks],
    functions: m.functions.length - m.importedFunctionCount,
    codeBytes: m.functions.reduce((n, f) => n + f.end - f.start, 0),
    dataBytes: m.datas.reduce((n, d) => n + d.end - d.start, 0),
    memory: memory && { pages: memory.limits.min, maximum: memory.limits.max },
  };
}
