// Every fixture program prints the same bytes and ends with the same status in V8's WASI, as a native build (C and C++), and as built by us for
// every target. Where V8's WASI may be wrong (Program.notInV8) the native build alone says what is right.
//
// By default -O2, and SQLite for this machine only; WASMAOT_PROGRAMS=all takes every program at -O0 to -O3 with both kinds of instance.
// WASMAOT_TARGETS=a,b chooses targets.
import { describe, expect, test } from "vitest";
import { hostTarget, type TargetName } from "../../compiler/link/machines.ts";
import { buildNative, buildProgram, type Program, programs } from "../../fixtures/programs.ts";
import { targetNames } from "../../targets/index.ts";
import { runtimeSources } from "../support/native.ts";
import { asNative, byUs, inV8, type Outcome } from "./run.ts";

const all = process.env.WASMAOT_PROGRAMS === "all";
const targets = (process.env.WASMAOT_TARGETS || targetNames().join()).split(",") as TargetName[];
const settings: readonly (readonly string[])[] = all
  ? [["-O0"], ["-O1"], ["-O2"], ["-O3"], ["-O2", "--instance", "pointer"], ["-O2", "--bounds", "explicit"]]
  : [["-O2"]];

const expected = new Map<Program, Promise<Outcome | undefined>>();

async function askReference(p: Program): Promise<Outcome | undefined> {
  if (p.notInV8 !== undefined) {
    const native = await buildNative(p);
    return native === undefined ? undefined : asNative(p, native);
  }
  const module = await buildProgram(p);
  return module === undefined ? undefined : inV8(p, module);
}

/** What V8 says, or the native build where V8 may be wrong; undefined when the program's compiler is not here. */
function expectation(p: Program): Promise<Outcome | undefined> {
  let outcome = expected.get(p);
  if (outcome === undefined) {
    outcome = askReference(p);
    expected.set(p, outcome);
  }
  return outcome;
}

/** Programs whose module only some machines can build say so by "optional". */
const optional = (p: Program): boolean => p.language === "go";

describe("fixture programs in V8 and as native builds", () => {
  test.each(programs.filter((p) => p.notInV8 === undefined))(
    "$name",
    async (p) => {
      const outcome = await expectation(p);
      if (outcome === undefined) {
        expect(optional(p)).toBe(true);
        return;
      }
      expect(outcome.stdout).not.toBe("");
      const native = await buildNative(p);
      if (native !== undefined) expect(await asNative(p, native)).toEqual(outcome);
    },
    300_000,
  );
});

const cases = targets.flatMap((target) =>
  settings.flatMap((options) =>
    programs
      .filter((p) => all || p.name !== "sqlite" || target === hostTarget())
      .map((p) => ({ target, p, name: p.name, options, how: options.join(" ") })),
  ),
);

if (runtimeSources().wasi.length > 0)
  describe("fixture programs built by us", () => {
    test.each(cases)(
      "$name for $target $how",
      async ({ p, target, options }) => {
        const outcome = await expectation(p);
        if (outcome === undefined) return;
        const module = await buildProgram(p);
        expect(await byUs(p, module!, target, options)).toEqual(outcome);
      },
      300_000,
    );
  });
