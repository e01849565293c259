// docs/cli.md is true: its examples print what it says, it names every option of every command, and its exit statuses are those of the code.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { exitCodes } from "../../compiler/exit-codes.ts";
import { program, Workspace } from "../support/cli.ts";
import { root } from "../support/native.ts";
import { examplesOf, outputPattern } from "../support/transcript.ts";

const text = readFileSync(join(root, "docs/cli.md"), "utf8");
const w = new Workspace();
afterAll(() => w.remove());
w.run("ln", ["-s", program, w.path("wasmaot")]);

const environment = { PATH: `${w.directory}:${process.env.PATH}`, ...w.withCache() };

describe("docs/cli.md", () => {
  it.each(examplesOf(text))("line $line: $command", ({ command, expected, status }) => {
    const r = w.run("bash", ["-c", `exec 2>&1; ${command}`], environment);
    expect(r.stdout).toMatch(outputPattern(expected));
    expect(r.status).toBe(status);
  });

  it.each(["build", "run", "inspect", "doctor"])("names every option of %s", (command) => {
    const help = w.wasmaot([command, "--help"]).stdout;
    const options = [...help.matchAll(/^ {2,}(?:-\w, )?(--[a-z][\w-]*|-\w)\b/gm)].map((m) => m[1]);
    expect(options.length).toBeGreaterThan(2);
    const general = ["--help", "--version"];
    expect(
      options.filter((o) => !general.includes(o) && !text.includes(`\`${o}`) && !text.includes(`, \`${o}`)),
    ).toEqual([]);
  });

  it("lists every exit status", () => {
    const rows = [...text.matchAll(/^\| (\d+) \|/gm)].map((m) => Number(m[1]));
    for (const code of Object.values(exitCodes)) expect(rows).toContain(code);
  });

  it("describes every command", () => {
    const help = w.wasmaot(["--help"]).stdout;
    for (const [, command] of help.matchAll(/^ {2}wasmaot (\w+)/gm))
      expect(text).toContain(`\`wasmaot ${command}`);
  });
});
