// Carries out a differential test's commands in V8: node oracle.mjs job.json answers.
//
// The job: { module, linked: [name, file][], signatures, commands: [kind, export, ...arguments as decimal strings][] }. The words written are
// those of harness.c.
import { readFileSync, writeFileSync } from "node:fs";

const traps = [
  [/unreachable/, 1],
  [/memory access out of bounds|data segment/, 2],
  [/divide by zero|remainder by zero/, 3],
  [/divide result unrepresentable|float unrepresentable/, 4],
  [/table index is out of bounds|table access out of bounds|element segment/, 6],
  [/null function or function signature|signature mismatch/, 8],
  [/Maximum call stack/, 9],
  [/null reference|dereferencing a null pointer/, 12],
];

function trapCode(error) {
  if (!(error instanceof WebAssembly.RuntimeError) && !(error instanceof RangeError)) throw error;
  const found = traps.find(([pattern]) => pattern.test(error.message));
  if (found === undefined) throw error;
  return BigInt(found[1]);
}

const view = new DataView(new ArrayBuffer(8));

function fromBits(letter, word) {
  view.setBigUint64(0, BigInt.asUintN(64, word), true);
  if (letter === "i") return view.getInt32(0, true);
  if (letter === "l") return view.getBigInt64(0, true);
  if (letter === "f") return view.getFloat32(0, true);
  return letter === "d" ? view.getFloat64(0, true) : null;
}

function toBits(letter, value) {
  view.setBigUint64(0, 0n, true);
  if (letter === "i") view.setInt32(0, value, true);
  else if (letter === "l") view.setBigInt64(0, value, true);
  else if (letter === "f") view.setFloat32(0, value, true);
  else if (letter === "d") view.setFloat64(0, value, true);
  else return value === null ? 0n : 1n;
  return view.getBigUint64(0, true);
}

function memoryWords(memory) {
  const words = new Uint32Array(memory.buffer);
  let hash = 2166136261;
  for (let i = 0; i < words.length; i++) hash = Math.imul(hash ^ words[i], 16777619);
  return [BigInt(memory.buffer.byteLength), BigInt(hash >>> 0)];
}

function instantiate(job) {
  const imports = { __proto__: null };
  for (const [name, file] of job.linked)
    imports[name] = new WebAssembly.Instance(new WebAssembly.Module(readFileSync(file)), imports).exports;
  const module = new WebAssembly.Module(readFileSync(job.module));
  const names = WebAssembly.Module.exports(module).map((e) => e.name);
  return { names, exports: new WebAssembly.Instance(module, imports).exports };
}

function carryOut(job, { names, exports }, [kind, index, ...args], answers) {
  const value = exports[names[index]];
  const [params, results] = job.signatures[index].split(":");
  if (kind === 2) answers.push(...memoryWords(value));
  else if (kind === 1) answers.push(toBits(results, value.value));
  else {
    let result;
    try {
      result = value(...[...params].map((letter, i) => fromBits(letter, BigInt(args[i]))));
    } catch (error) {
      answers.push(trapCode(error));
      return;
    }
    const list = results.length === 1 ? [result] : results.length === 0 ? [] : result;
    answers.push(0n, ...list.map((v, i) => toBits(results[i], v)));
  }
}

const job = JSON.parse(readFileSync(process.argv[2], "utf8"));
const answers = [];
let instance;
try {
  instance = instantiate(job);
  answers.push(0n);
} catch (error) {
  answers.push(trapCode(error));
}
if (instance !== undefined) for (const command of job.commands) carryOut(job, instance, command, answers);
writeFileSync(process.argv[3], new Uint8Array(BigUint64Array.from(answers).buffer));
