// Who may import whom (docs/ARCHITECTURE.md): targets see only what is made for them, the IR nothing above it, optimisation no target.
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { root } from "../support/native.ts";

interface Import {
  readonly from: string;
  readonly to: string;
}

function sourcesUnder(directory: string): string[] {
  return readdirSync(join(root, directory), { recursive: true, encoding: "utf8" })
    .filter((f) => f.endsWith(".ts"))
    .map((f) => join(directory, f));
}

/** Every import of a project file by another, dynamic ones included, as paths from the root. */
function projectImports(): Import[] {
  const list: Import[] = [];
  for (const from of [...sourcesUnder("compiler"), ...sourcesUnder("targets")]) {
    const text = readFileSync(join(root, from), "utf8");
    for (const [, to] of text.matchAll(/(?:from|import\()\s*"(\.[^"]+)"/g))
      list.push({ from, to: relative(root, resolve(root, dirname(from), to)) });
  }
  return list;
}

const imports = projectImports();

/** Imports from `from` that lead to none of the `allowed` places. */
function strays(from: RegExp, allowed: RegExp): string[] {
  return imports.filter((i) => from.test(i.from) && !allowed.test(i.to)).map((i) => `${i.from} -> ${i.to}`);
}

describe("import law", () => {
  it("finds the imports", () => {
    expect(imports.length).toBeGreaterThan(100);
  });

  it("targets import codegen, match, ir and support only, and nothing of another target", () => {
    for (const target of ["x86-64", "aarch64", "riscv64"]) {
      const allowed = new RegExp(`^(compiler/(codegen|match|ir|support)|targets/${target})/`);
      expect(strays(new RegExp(`^targets/${target}/`), allowed)).toEqual([]);
    }
  });

  it("the driver and its compile thread alone import targets/index.ts", () => {
    const users = imports.filter((i) => i.to === "targets/index.ts").map((i) => i.from);
    expect(users.filter((u) => u !== "compiler/driver.ts" && u !== "compiler/worker.ts")).toEqual([]);
    expect(strays(/^compiler\/(?!driver\.ts|worker\.ts|cli\/bench\.ts)/, /^compiler\//)).toEqual([]);
    expect(strays(/^compiler\/cli\/bench\.ts/, /^(compiler|bench)\//)).toEqual([]);
  });

  it("the IR imports support only", () => {
    expect(strays(/^compiler\/ir\//, /^compiler\/(ir|support)\//)).toEqual([]);
  });

  it("optimisation and analysis see the IR, never a target", () => {
    expect(strays(/^compiler\/(opt|analysis)\//, /^compiler\/(opt|analysis|match|ir|support)\//)).toEqual([]);
  });

  it("the front end knows nothing of what follows it", () => {
    expect(strays(/^compiler\/wasm\//, /^compiler\/(wasm|support)\//)).toEqual([]);
  });

  it("support imports nothing of the compiler", () => {
    expect(strays(/^compiler\/support\//, /^compiler\/support\//)).toEqual([]);
  });
});
