// Finds library functions inside a module by what they do: names are stripped, and every compiler makes other code of them.
//
// A function is recognised when all of this holds:
// - its signature fits and its body is a candidate (body.ts): i32 and i64 arithmetic, memory, usual constants, loops;
// - if it only reads, or copies a string: no constant of it may be a character of text (body.ts);
// - if it writes memory and copies no string: its branches and addresses do not depend on the bytes it moves (dataflow.ts);
// - it passes the trials (moves.ts, searches.ts, string-copies.ts): run as it is, it answers as the definition says for thousands of arguments that lie on both sides
//   of every comparison that its constants allow.
// This is no formal proof; the restrictions are there so that behaviour which the trials miss cannot be written within them. The result depends on the module
// alone; each compile thread asks for itself, and only about functions of fitting signature and size.
import { Func } from "../ir/func.ts";
import type { Environment } from "../translate/environment.ts";
import { translateBody } from "../translate/function.ts";
import { State } from "../translate/state.ts";
import { type FuncType, ValueType } from "../wasm/module.ts";
import { type Body, readBody } from "./body.ts";
import { movesBlindly } from "./dataflow.ts";
import { Answer, Library, type Recognised } from "./library.ts";
import { recogniseMove } from "./moves.ts";
import { Probe } from "./probe.ts";
import { recogniseSearch } from "./searches.ts";
import { recogniseStringCopy } from "./string-copies.ts";

const unknown: Recognised = { kind: Library.None, answer: Answer.Nothing };
/** Functions in a candidate and what it calls. */
const MOST_FUNCTIONS = 3;

function fits(type: FuncType): boolean {
  const { params, results } = type;
  if (params.length < 1 || params.length > 3 || results.length > 1) return false;
  return [...params, ...results].every((t) => t === ValueType.I32);
}

export class LibraryFinder {
  private readonly env: Environment;
  private readonly known = new Map<number, Recognised>();

  constructor(env: Environment) {
    this.env = env;
  }

  /** What function `index` is. */
  find(index: number): Recognised {
    const { module } = this.env;
    if (module.memories.length === 0 || !fits(module.types[module.functions[index].typeIndex]))
      return unknown;
    let found = this.known.get(index);
    if (found === undefined) {
      found = this.recognise(index) ?? unknown;
      this.known.set(index, found);
    }
    return found;
  }

  private recognise(index: number): Recognised | undefined {
    const { module } = this.env;
    const indices = [index];
    const bodies: Body[] = [];
    for (let i = 0; i < indices.length; i++) {
      const body = readBody(module, indices[i]);
      if (body === undefined) return undefined;
      bodies.push(body);
      for (const callee of body.calls) if (!indices.includes(callee)) indices.push(callee);
      if (indices.length > MOST_FUNCTIONS) return undefined;
    }
    const some = (what: "loads" | "stores" | "loops" | "text"): boolean => bodies.some((b) => b[what]);
    if (!some("loops") || !(some("loads") || some("stores"))) return undefined;
    const { params, results } = module.types[module.functions[index].typeIndex];
    if (!some("stores"))
      return results.length === 0 || some("text")
        ? undefined
        : recogniseSearch(new Probe(module, indices, bodies), params.length);
    const loads = some("loads");
    if (params.length === 2 && loads)
      return some("text")
        ? undefined
        : recogniseStringCopy(new Probe(module, indices, bodies), results.length === 1);
    if (params.length !== 3 || (indices.length > 1 && !loads)) return undefined;
    if (!indices.every((i) => movesBlindly(this.translated(i), loads ? -1 : 1))) return undefined;
    return recogniseMove(new Probe(module, indices, bodies), loads, results.length === 1);
  }

  /** The IR of a candidate without checks. */
  private translated(index: number): Func {
    const env: Environment = { ...this.env, bounds: "guard", guardBytes: Number.MAX_SAFE_INTEGER };
    const f = new Func();
    const s = new State(env, f);
    const entry = env.module.functions[index];
    s.begin(f, "", index, s.types.get(entry.typeIndex));
    translateBody(s, entry.start, entry.end);
    return f;
  }
}
