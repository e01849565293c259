// docs/ci.md is true: the steps of its workflow are run for every target, as they stand there.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { buildProgram, findProgram } from "../../fixtures/programs.ts";
import { targetNames } from "../../targets/index.ts";
import { inV8 } from "../programs/run.ts";
import { program, Workspace } from "../support/cli.ts";
import { root } from "../support/native.ts";
import { fencedBlocks } from "../support/transcript.ts";

interface Step {
  readonly name: string;
  readonly script: string;
}

/** The steps of a workflow that run commands. */
function stepsOf(workflow: string): Step[] {
  const steps: Step[] = [];
  for (const [, name, block, inline] of workflow.matchAll(
    /^ {6}- name: (.*)\n {8}run: (?:\|\n((?: {10}.*\n)+)|(.*)\n)/gm,
  ))
    steps.push({ name, script: (inline ?? block).replace(/^ {10}/gm, "") });
  return steps;
}

const [workflow] = fencedBlocks(readFileSync(join(root, "docs/ci.md"), "utf8"), "yaml");
const steps = stepsOf(workflow.body);
const w = new Workspace();
afterAll(() => w.remove());

describe("the workflow in docs/ci.md", () => {
  it("has the steps this test knows and every target", () => {
    expect(steps.map((s) => s.name)).toEqual([
      "Install",
      "Tools",
      "Build",
      "Look",
      "Test",
      "Same bytes again",
    ]);
    expect(workflow.body).toContain("target: [x86-64, aarch64, riscv64]");
  });

  it.each(targetNames())("builds and tests for %s", async (target) => {
    const text = findProgram("text");
    const module = (await buildProgram(text))!;
    w.run("cp", [module, "app.wasm"]);
    w.write("expected.txt", (await inV8(text, module)).stdout);
    w.run("ln", ["-sf", program, w.path("wasmaot")]);
    const environment = { PATH: `${w.directory}:${process.env.PATH}` };
    for (const { name, script } of steps.filter((s) => s.name !== "Install")) {
      const command = script.replaceAll("$" + "{{ matrix.target }}", target);
      const r = w.run("bash", ["-e", "-c", command], environment);
      expect(r.status, `${name}: ${r.stderr}`).toBe(0);
    }
  });
});
