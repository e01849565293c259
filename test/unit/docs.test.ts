// Documents stay true: the files they name exist, the code they quote is in those files, links lead somewhere, and the map names every directory.
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { root } from "../support/native.ts";
import { fencedBlocks } from "../support/transcript.ts";

const documents = [
  ...readdirSync(join(root, "docs"))
    .filter((f) => f.endsWith(".md"))
    .map((f) => `docs/${f}`),
  ...["README.md", "runtime-c/README.md"].filter((f) => existsSync(join(root, f))),
];

const read = (file: string): string => readFileSync(join(root, file), "utf8");

describe.each(documents)("%s", (file) => {
  const text = read(file);

  it("names files that exist", () => {
    const paths = [
      ...text.matchAll(
        /(?<![\w./-])((?:compiler|targets|runtime-c|test|fixtures|scripts|bench|docs)\/[\w./-]*\w|bin\/wasmaot|\.ci\/run)/g,
      ),
    ].map((m) => m[1]);
    expect(paths.filter((p) => !existsSync(join(root, p)))).toEqual([]);
  });

  it("links to what exists", () => {
    const links = [...text.matchAll(/\]\(([^)#:]+)(?:#[^)]*)?\)/g)].map((m) => m[1]);
    expect(links.filter((l) => !existsSync(resolve(root, dirname(file), l)))).toEqual([]);
  });

  it("quotes code as it is", () => {
    for (const { body } of fencedBlocks(text, "ts")) {
      const [first, ...lines] = body.trimEnd().split("\n");
      const source = read(first.replace("// ", ""))
        .split("\n")
        .map((l) => l.trim());
      for (const line of lines) expect(source, `${first}: ${line.trim()}`).toContain(line.trim());
    }
  });
});

describe("docs/ARCHITECTURE.md", () => {
  it("has a place for every directory of the compiler", () => {
    const text = read("docs/ARCHITECTURE.md");
    const directories = readdirSync(join(root, "compiler")).filter((d) =>
      statSync(join(root, "compiler", d)).isDirectory(),
    );
    expect(directories.filter((d) => !text.includes(`compiler/${d}\``))).toEqual([]);
  });
});
