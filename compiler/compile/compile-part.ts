// One assembly file: its items compiled in order and written piece by piece, so that memory stays bounded.
import { closeSync, openSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Target } from "../codegen/target.ts";
import type { CodeOptions, Program } from "../program.ts";
import { FunctionCompiler } from "./function.ts";
import { divide, type Part } from "./parts.ts";

/** Characters of text kept before they are written. */
const FLUSH_AT = 1 << 18;

export interface CompiledPart {
  readonly number: number;
  /** rt_frame_entry.frame_size of each item. */
  readonly frameSizes: Int32Array;
  /** Counters of the passes. */
  readonly counts: Readonly<Record<string, number>>;
  /** What users should know. */
  readonly notes: readonly string[];
}

export function partFileName(number: number): string {
  return `part${number}.s`;
}

/** All that one thread needs to compile parts of a program. */
export class PartCompiler {
  private readonly compiler: FunctionCompiler;
  private readonly parts: readonly Part[];
  private readonly header: string;
  private readonly ir: boolean;

  constructor(program: Program, target: Target, options: CodeOptions) {
    this.compiler = new FunctionCompiler(program, target, options);
    this.parts = divide(program);
    this.ir = options.emitIr === true;
    this.header = this.ir ? "" : this.compiler.header();
  }

  /** Compiles part `number` into a file of `directory`. Throws CompileError. */
  compile(number: number, directory: string): CompiledPart {
    const { items, first } = this.parts[number];
    const frameSizes = new Int32Array(items.length);
    const file = openSync(join(directory, partFileName(number)), "w");
    try {
      let text = this.header;
      items.forEach((item, i) => {
        const emitted = this.compiler.compile(item, first + i);
        frameSizes[i] = emitted.frameSize;
        text += emitted.text;
        if (text.length > FLUSH_AT) {
          writeFileSync(file, text);
          text = "";
        }
      });
      writeFileSync(file, this.ir ? text : `${text}\t.section .note.GNU-stack,"",%progbits\n`);
    } finally {
      closeSync(file);
    }
    return { number, frameSizes, counts: this.compiler.takeCounts(), notes: this.compiler.takeNotes() };
  }

  /** Milliseconds by phase since the last call. */
  takePhases(): Record<string, number> {
    return this.compiler.takePhases();
  }
}
