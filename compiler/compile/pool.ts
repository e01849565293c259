// Compiling all parts of a program, on this thread or on several. Threads take whole parts; which thread takes which never shows in the
// output. When parts fail, the error of the lowest one is reported, so that messages are the same for any --jobs as well.
import { Worker } from "node:worker_threads";
import type { Target } from "../codegen/target.ts";
import type { CodeOptions, ModuleInput, Program } from "../program.ts";
import { CompileError, type ErrorKind, type ErrorPlace, systemError } from "../support/error.ts";
import { type CompiledPart, PartCompiler } from "./compile-part.ts";

export interface CompileJob {
  readonly inputs: readonly ModuleInput[];
  readonly program: Program;
  readonly target: Target;
  readonly options: CodeOptions;
  readonly partCount: number;
  readonly directory: string;
  readonly jobs: number;
  /** Called as each part is ready. */
  onPart(part: CompiledPart): void;
}

/**
 * Bytes of modules up to which a thread spends much of its time warming up: V8 then compiles our code on further threads, which need cores of
 * their own. On two cores, two threads took longer for SQLite (1.3 MB) than one: 6.0 s for 5.5 s, 10.3 s of processor time for 7.2 s.
 */
const WARM_UP_BYTES = 4 << 20;

function threadCount(job: CompileJob): number {
  let bytes = 0;
  for (const input of job.inputs) bytes += input.bytes.length;
  const threads = bytes <= WARM_UP_BYTES ? Math.ceil(job.jobs / 2) : job.jobs;
  return Math.min(threads, job.partCount);
}

/** What a worker thread starts with. */
export interface WorkerData {
  readonly inputs: readonly ModuleInput[];
  readonly options: CodeOptions;
  readonly directory: string;
}

/** What a worker thread answers: a part, or why it failed. */
export type WorkerAnswer =
  | { readonly part: CompiledPart; readonly phases: Readonly<Record<string, number>> }
  | { readonly failed: number; readonly error: SentError };

export interface SentError {
  readonly message: string;
  /** Absent: an error of ours, not of the input. */
  readonly kind?: ErrorKind;
  readonly place?: ErrorPlace;
  readonly stack?: string;
}

export function sendError(thrown: unknown): SentError {
  const error = systemError(thrown);
  if (error instanceof CompileError) return { message: error.message, kind: error.kind, place: error.place };
  if (error instanceof Error) return { message: error.message, stack: error.stack };
  return { message: String(error) };
}

function receiveError(sent: SentError): Error {
  if (sent.kind !== undefined) return new CompileError(sent.message, sent.place, sent.kind);
  const error = new Error(sent.message);
  error.stack = sent.stack;
  return error;
}

/** The bundled worker beside the bundled compiler; from the sources (tests) there is none, and all runs on one thread. */
function workerFile(): URL | undefined {
  return import.meta.url.endsWith(".ts") ? undefined : new URL("./worker.js", import.meta.url);
}

/** Compiles all parts; the result is in part order, with milliseconds by phase. Throws CompileError. */
export async function compileParts(
  job: CompileJob,
): Promise<{ parts: CompiledPart[]; phases: Record<string, number> }> {
  const file = workerFile();
  const threads = threadCount(job);
  if (file === undefined || threads < 2) return compileHere(job);
  return compileOnThreads(job, file, threads);
}

async function compileHere(job: CompileJob) {
  const compiler = new PartCompiler(job.program, job.target, job.options);
  const parts: CompiledPart[] = [];
  for (let i = 0; i < job.partCount; i++) {
    const part = compiler.compile(i, job.directory);
    parts.push(part);
    job.onPart(part);
    // Lets assemblers start meanwhile.
    await new Promise((resolve) => setImmediate(resolve));
  }
  return { parts, phases: compiler.takePhases() };
}

async function compileOnThreads(job: CompileJob, file: URL, threads: number) {
  const parts = new Array<CompiledPart>(job.partCount);
  const phases: Record<string, number> = {};
  const workerData: WorkerData = { inputs: job.inputs, options: job.options, directory: job.directory };
  let next = 0;
  let failedPart = Number.POSITIVE_INFINITY;
  let failure: Error | undefined;
  const runThread = (): Promise<void> =>
    new Promise((resolve, reject) => {
      const worker = new Worker(file, { workerData });
      const give = (): void => {
        if (next < job.partCount && failure === undefined) worker.postMessage(next++);
        else worker.terminate().then(() => resolve(), reject);
      };
      worker.on("message", (answer: WorkerAnswer) => {
        if ("part" in answer) {
          parts[answer.part.number] = answer.part;
          for (const [phase, ms] of Object.entries(answer.phases)) phases[phase] = (phases[phase] ?? 0) + ms;
          job.onPart(answer.part);
        } else if (answer.failed < failedPart) {
          failedPart = answer.failed;
          failure = receiveError(answer.error);
        }
        give();
      });
      worker.on("error", reject);
      worker.on("exit", (code) => {
        if (code > 1) reject(new Error(`a compile thread ended with code ${code}`));
      });
      give();
    });
  await Promise.all(Array.from({ length: threads }, runThread));
  if (failure !== undefined) throw failure;
  return { parts, phases };
}
