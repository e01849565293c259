// Damaged and random modules through decoder, validator and, where those accept them, the whole compiler: nothing but CompileError comes out, in
// bounded time, and what is accepted compiles with every check on.
//
// WASMAOT_FUZZ=100000 for a long run; a failure names its seed, and WASMAOT_SEED=<seed> WASMAOT_FUZZ=1 repeats it.
import { describe, expect, test } from "vitest";
import { FunctionCompiler } from "../../compiler/compile/function.ts";
import { divide } from "../../compiler/compile/parts.ts";
import { makeProgram } from "../../compiler/program.ts";
import { CompileError } from "../../compiler/support/error.ts";
import { decodeModule } from "../../compiler/wasm/decode.ts";
import { validateModule } from "../../compiler/wasm/validate.ts";
import { loadTarget, targetNames } from "../../targets/index.ts";
import { textCases } from "../differential/texts.ts";
import { codeOptions } from "../support/environment.ts";
import { Random } from "../support/random.ts";
import { assemble } from "../support/text.ts";
import { mutate, noise } from "./mutate.ts";

const count = Number(process.env.WASMAOT_FUZZ || 3000);
const firstSeed = Number(process.env.WASMAOT_SEED || 1);
/** Milliseconds for one module of a few hundred bytes: far more than it needs, so that a busy machine does not matter. */
const LIMIT = 10_000;

/** Modules with something of everything: the texts of the differential tests, and one of all sections and segment kinds. */
const everything = `(module $name
  (type $t (func (param i32 i64) (result f32 f64))) (import "env" "f" (func $f (param externref)))
  (import "env" "g" (global $g i32)) (table $a 3 10 funcref) (table $b 1 externref) (memory 1 4)
  (global $m (mut i64) (i64.const -5)) (global $r funcref (ref.func $h)) (export "h" (func $h)) (start $s)
  (elem $e (i32.const 1) $h $s) (elem $p func $s) (elem $d declare func $f) (elem $x externref (ref.null extern))
  (data (i32.const 5) "text") (data $passive "passive")
  (func $s (call $f (table.get $b (i32.const 0))) (memory.init $passive (i32.const 0) (i32.const 0) (i32.const 2)) (data.drop $passive)
    (table.init $a $p (i32.const 0) (i32.const 0) (i32.const 1)) (elem.drop $p) (drop (memory.grow (i32.const 1))))
  (func $h (type $t) (local v128 i32 f64) (local.set 3 (i32.trunc_sat_f64_s (local.get 4)))
    (block (result f32 f64) (br_if 0 (f32.const nan:0x1234) (f64.const 1e300) (local.get 0)) (br_table 0 0 (local.get 3)))))`;

async function compileAll(bytes: Uint8Array, targetName: string): Promise<void> {
  const options = { ...codeOptions, verify: true, target: targetName };
  const program = makeProgram([{ name: "", file: "", bytes }], options);
  const compiler = new FunctionCompiler(program, await loadTarget(targetName), options);
  let ordinal = 0;
  for (const part of divide(program)) for (const item of part.items) compiler.compile(item, ordinal++);
}

/** Runs `work`; false when it refuses its input. Throws anything but CompileError. */
async function accepted(work: () => unknown): Promise<boolean> {
  try {
    await work();
    return true;
  } catch (error) {
    if (!(error instanceof CompileError) || error.kind === "internal") throw error;
    expect(error.format()).not.toMatch(/\n|undefined|NaN/);
    return false;
  }
}

describe("damaged modules", () => {
  test(
    `${count} of them are compiled or refused`,
    async () => {
      const seeds = await Promise.all([everything, ...textCases.map((t) => t.text)].map(assemble));
      const targets = targetNames();
      let whole = 0;
      for (let i = 0; i < count; i++) {
        const seed = firstSeed + i;
        const random = new Random(seed);
        const bytes = seed % 8 === 0 ? noise(random) : mutate(random.pick(seeds), random, random.pick(seeds));
        const start = performance.now();
        try {
          if (await accepted(() => validateModule(decodeModule(bytes)))) {
            whole++;
            await accepted(() => compileAll(bytes, targets[seed % targets.length]));
          }
        } catch (error) {
          throw new Error(`seed ${seed}: ${(error as Error).stack}`);
        }
        expect(performance.now() - start, `time for seed ${seed}`).toBeLessThan(LIMIT);
      }
      expect(whole).toBeGreaterThan(count / 100);
    },
    60_000 + count * 50,
  );
});
