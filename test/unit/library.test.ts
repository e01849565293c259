// Functions are recognised by what they do: every form of a library function is, and nothing that only nearly is one.
import { expect, test } from "vitest";
import { Library } from "../../compiler/idioms/library.ts";
import { LibraryFinder } from "../../compiler/idioms/recognise.ts";
import { ExternalKind } from "../../compiler/wasm/module.ts";
import { environmentOf } from "../support/environment.ts";
import { libraryModules } from "../support/library.ts";

test("functions of modules are recognised", { timeout: 300_000 }, async () => {
  for (const { name, bytes } of await libraryModules()) {
    const env = environmentOf(bytes);
    const finder = new LibraryFinder(env);
    const exports = env.module.exports.filter(
      (e) => e.kind === ExternalKind.Function && /^[A-Zn]\w*_/.test(e.name),
    );
    const found = exports.map((e) => `${e.name}: ${Library[finder.find(e.index).kind]}`);
    const expected = exports.map((e) => {
      const kind = e.name.split("_")[0];
      return `${e.name}: ${kind === "none" ? "None" : kind}`;
    });
    expect(found, name).toEqual(expected);
  }
});
