// Carries out the commands of a differential test on the IR machine.
import { EvalTrap } from "../../compiler/ir/eval.ts";
import { ExternalKind } from "../../compiler/wasm/module.ts";
import { type EnvironmentOptions, environmentOf } from "../support/environment.ts";
import { Machine, type Transform } from "../support/machine.ts";
import { type Command, CommandKind, signaturesOf } from "./protocol.ts";

function hashMemory(bytes: Uint8Array): bigint {
  const words = new Uint32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4);
  let hash = 2166136261;
  for (let i = 0; i < words.length; i++) hash = Math.imul(hash ^ words[i], 16777619);
  return BigInt(hash >>> 0);
}

/** The answers of the module's IR, after `transform`. */
export function askMachine(
  module: Uint8Array,
  commands: readonly Command[],
  options: EnvironmentOptions = {},
  transform?: Transform,
): BigUint64Array {
  const env = environmentOf(module, options);
  const machine = new Machine(env, transform);
  const signatures = signaturesOf(module);
  const answers: bigint[] = [];
  /** Appends the trap code of `run` and what it returns. */
  const attempt = (run: () => bigint[]): void => {
    try {
      const results = run();
      answers.push(0n, ...results);
    } catch (error) {
      if (!(error instanceof EvalTrap)) throw error;
      answers.push(BigInt(error.code));
    }
  };
  const bits = (letter: string, word: bigint): bigint =>
    letter === "i" || letter === "f" ? BigInt.asUintN(32, word) : word;
  attempt(() => {
    machine.instantiate();
    return [];
  });
  if (answers[0] !== 0n) return BigUint64Array.from(answers);
  for (const c of commands) {
    const entry = env.module.exports[c.index];
    const results = signatures[c.index].split(":")[1];
    if (c.kind === CommandKind.Global) answers.push(bits(results, machine.global(entry.index)));
    else if (c.kind === CommandKind.Memory)
      answers.push(BigInt(machine.memory().length), hashMemory(machine.memory()));
    else if (entry.kind === ExternalKind.Function)
      attempt(() => machine.callExport(entry.index, c.args).map((word, i) => bits(results[i], word)));
  }
  return BigUint64Array.from(answers);
}
