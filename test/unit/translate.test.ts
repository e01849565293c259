// Translation keeps the meaning of a module: its IR, run on the machine of test/support, answers like V8.
import { expect, test } from "vitest";
import { Func } from "../../compiler/ir/func.ts";
import { verifyFunc } from "../../compiler/ir/verify.ts";
import { Translator } from "../../compiler/translate/function.ts";
import { planInstructions } from "../differential/instructions.ts";
import { askMachine } from "../differential/machine.ts";
import { askV8 } from "../differential/oracle.ts";
import { type Command, compareAnswers, signaturesOf } from "../differential/protocol.ts";
import { planText, textCases } from "../differential/texts.ts";
import { type EnvironmentOptions, environmentOf } from "../support/environment.ts";
import { Random } from "../support/random.ts";
import { assemble } from "../support/text.ts";

const seed = Number(process.env.WASMAOT_SEED ?? 1);

const configurations: EnvironmentOptions[] = [
  {},
  { bounds: "explicit" },
  { instance: "pointer", linked: true },
  { canonicalNaN: true },
];

function expectLikeV8(module: Uint8Array, commands: readonly Command[]): void {
  const expected = askV8(module, commands);
  const signatures = signaturesOf(module);
  for (const options of configurations) {
    const found = askMachine(module, commands, options, verifyFunc);
    const mismatches = compareAnswers(commands, signatures, expected, found);
    expect(mismatches.slice(0, 10), JSON.stringify(options)).toEqual([]);
  }
}

test(`single instructions, seed ${seed}`, () => {
  const plan = planInstructions(new Random(seed), 4000);
  expectLikeV8(plan.module, plan.commands);
});

test("what needs v128 is refused with its place", async () => {
  const module = await assemble(
    `(module (func) (func $f (result i32) (i8x16.all_true (v128.load (i32.const 0)))) (memory 1))`,
  );
  const translator = new Translator(environmentOf(module));
  const f = new Func();
  translator.translate(0, f);
  expect(() => translator.translate(1, f)).toThrowError(
    expect.objectContaining({
      kind: "unsupported",
      message: expect.stringContaining("v128.load"),
      place: expect.objectContaining({ functionIndex: 1, functionName: "f", offset: expect.any(Number) }),
    }),
  );
});

for (const c of textCases) {
  test(c.name, async () => {
    const { module, commands } = await planText(c);
    expectLikeV8(module, commands);
  });
}
