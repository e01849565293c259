// One compile thread: receives part numbers, writes those parts, answers with their frame sizes.
import { parentPort, workerData } from "node:worker_threads";
import { loadTarget } from "../targets/index.ts";
import { PartCompiler } from "./compile/compile-part.ts";
import { sendError, type WorkerAnswer, type WorkerData } from "./compile/pool.ts";
import { makeProgram } from "./program.ts";

const { inputs, options, directory } = workerData as WorkerData;
const port = parentPort!;

async function makeCompiler(): Promise<PartCompiler> {
  const target = await loadTarget(options.target);
  return new PartCompiler(makeProgram(inputs, options), target, options);
}

const ready = makeCompiler();

port.on("message", async (number: number) => {
  let answer: WorkerAnswer;
  try {
    const compiler = await ready;
    answer = { part: compiler.compile(number, directory), phases: compiler.takePhases() };
  } catch (error) {
    answer = { failed: number, error: sendError(error) };
  }
  port.postMessage(answer);
});
