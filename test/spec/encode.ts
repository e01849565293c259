// A script of the official suite as script.c reads it: the modules to compile, 64-bit words, and texts.
//
// Words: number of instances, of registered names; then for each command its kind, its line and
//   1 instantiate: module, outcome (0 links, 1 unlinkable, 2 traps), text of the message or trap code, instance;
//   2 register: instance, text;
//   3 call: instance, export, n, n argument words, outcome (0 returns, 1 traps), number of results or trap code, each result's checks;
//   4 get: instance, export, checks.
// Checks: a number of alternatives, then for each a kind (script.c) and bits.
// Where `mixed` says that a script needs later features (suite.ts), the commands on what is missing are counted as left and not encoded; anywhere else
// a missing feature is an error.
// Malformed and invalid modules are not here: frontend.test.ts is about them.
import { nameBytes } from "../../compiler/codegen/assembly.ts";
import { CompileError } from "../../compiler/support/error.ts";
import { decodeModule } from "../../compiler/wasm/decode.ts";
import { ExternalKind, type Import, type Module } from "../../compiler/wasm/module.ts";
import { validateModule } from "../../compiler/wasm/validate.ts";
import { assemble } from "../support/text.ts";
import { moduleBytes, withoutLaterFields } from "./suite.ts";
import type { Action, Command, Expected, ModuleSource, Value } from "./wast.ts";

export interface EncodedScript {
  readonly modules: readonly Uint8Array[];
  readonly words: BigUint64Array;
  readonly texts: Uint8Array;
  /** Commands in `words` that can fail. */
  readonly count: number;
  /** Commands that need a later feature. */
  readonly left: number;
}

const trapCodes: readonly (readonly [string, bigint])[] = [
  ["unreachable", 1n],
  ["out of bounds memory access", 2n],
  ["integer divide by zero", 3n],
  ["integer overflow", 4n],
  ["invalid conversion to integer", 5n],
  ["undefined element", 6n],
  ["uninitialized element", 7n],
  ["indirect call type mismatch", 8n],
  ["call stack exhausted", 9n],
  ["out of bounds table access", 10n],
];

function trapCode(message: string, line: number): bigint {
  const found = trapCodes.find(([text]) => message.startsWith(text));
  if (found === undefined) throw new Error(`line ${line}: no trap is called "${message}"`);
  return found[1];
}

enum Check {
  Bits32,
  Bits64,
  Canonical32,
  Arithmetic32,
  Canonical64,
  Arithmetic64,
  NotNull,
}

/** What a script's literals are in bits, looked up in one module that a text parser makes of all of them. */
class Literals {
  private readonly bits = new Map<string, bigint>();

  static async of(commands: readonly Command[]): Promise<Literals> {
    const literals = new Literals();
    const wanted = new Set<string>();
    const want = (v: Expected): void => {
      if (v.type === "either") for (const option of v.options) want(option);
      else if (v.type !== "ref" && v.type !== "v128" && !v.text[0].startsWith("nan:"))
        wanted.add(`${v.type} ${v.text[0]}`);
      else if (v.type !== "ref" && v.text[0].startsWith("nan:0x")) wanted.add(`${v.type} ${v.text[0]}`);
    };
    for (const c of commands) {
      if ("action" in c) for (const a of c.action.args) want(a);
      if (c.kind === "return") for (const e of c.expected) want(e);
    }
    const keys = [...wanted];
    const globals = keys.map((k) => `(global ${k.split(" ")[0]} (${k.replace(" ", ".const ")}))`);
    const module = decodeModule(await assemble(`(module ${globals.join("\n")})`));
    for (const [i, { init }] of module.globals.entries()) {
      const [step] = init;
      if (step.op !== "const") throw new Error(`not a constant: ${keys[i]}`);
      literals.bits.set(keys[i], (BigInt(step.hi >>> 0) << 32n) | BigInt(step.lo >>> 0));
    }
    return literals;
  }

  /** Host references are numbers from 0; the reference 0 is null. */
  word(v: Value): bigint {
    if (v.type === "ref") {
      if (v.text[0] === "null") return 0n;
      if (v.text[0] === "extern" && v.text.length === 2) return BigInt(v.text[1]) + 1n;
      throw new Error(`cannot pass ref.${v.text.join(" ")}`);
    }
    const bits = this.bits.get(`${v.type} ${v.text[0]}`);
    if (bits === undefined) throw new Error(`no bits for ${v.type} ${v.text[0]}`);
    return v.type === "i32" || v.type === "f32" ? BigInt.asUintN(32, bits) : bits;
  }

  check(v: Value): [Check, bigint] {
    const wide = v.type === "f64";
    if (v.text[0] === "nan:canonical") return [wide ? Check.Canonical64 : Check.Canonical32, 0n];
    if (v.text[0] === "nan:arithmetic") return [wide ? Check.Arithmetic64 : Check.Arithmetic32, 0n];
    if (v.type === "ref" && v.text[0] !== "null" && v.text.length === 1) return [Check.NotNull, 0n];
    return [v.type === "i32" || v.type === "f32" ? Check.Bits32 : Check.Bits64, this.word(v)];
  }
}

interface Instance {
  readonly slot: number;
  readonly module: Module;
}

/** A module's bytes, and whether fields that need a later feature were taken out. */
interface Source {
  readonly bytes: Uint8Array;
  readonly reduced: boolean;
}

/** Stands for a module or an instance that needs a later feature. */
const LEFT = "left";
class Left extends Error {}

/** Whether the compiler takes the module; throws when it refuses it for anything but a later feature. */
function isSupported(bytes: Uint8Array): boolean {
  try {
    validateModule(decodeModule(bytes));
    return true;
  } catch (error) {
    if (error instanceof CompileError && error.kind === "unsupported") return false;
    throw error;
  }
}

class Encoder {
  readonly modules: Uint8Array[] = [];
  readonly words: bigint[] = [0n, 0n];
  readonly texts: Uint8Array[] = [];
  count = 0;
  left = 0;
  private textEnd = 0;
  private registered = 0;
  private instanceCount = 0;
  private latest: Instance | typeof LEFT | undefined;
  private readonly instances = new Map<string, Instance | typeof LEFT>();
  private readonly definitions = new Map<string, Source>();
  private latestDefinition: Source | undefined;
  /** Modules of which fields were taken out. */
  private readonly reduced = new Set<Module>();
  private readonly registry = new Map<string, Module | typeof LEFT>();
  private readonly literals: Literals;
  private readonly mixed: boolean;

  constructor(literals: Literals, mixed: boolean) {
    this.literals = literals;
    this.mixed = mixed;
  }

  finish(): EncodedScript {
    this.words[0] = BigInt(this.instanceCount);
    this.words[1] = BigInt(this.registered);
    const { modules, count, left } = this;
    return { modules, words: BigUint64Array.from(this.words), texts: Buffer.concat(this.texts), count, left };
  }

  /** Instantiates the module "spectest" and registers it. */
  spectest(bytes: Uint8Array): void {
    const instance = this.instantiate(0, { bytes, reduced: false }, 0n, 0n);
    this.register(0, "spectest", instance);
  }

  /** Encodes a command, or counts it as left. */
  async command(c: Command): Promise<void> {
    try {
      await this.encode(c);
    } catch (error) {
      if (!(error instanceof Left) || !this.mixed) throw error;
      this.left++;
      if (c.kind === "module" || c.kind === "instance") this.named(c.name, LEFT);
      else if (c.kind === "register") this.registry.set(c.as, LEFT);
    }
  }

  private async encode(c: Command): Promise<void> {
    const { line } = c;
    switch (c.kind) {
      case "malformed":
      case "invalid":
        return;
      case "module":
        this.named(c.name, this.instantiate(line, await this.bytes(c.module, line), 0n, 0n));
        return;
      case "definition":
        this.latestDefinition = await this.bytes(c.module, line);
        if (c.name !== undefined) this.definitions.set(c.name, this.latestDefinition);
        return;
      case "instance": {
        const bytes = c.definition === undefined ? this.latestDefinition : this.definitions.get(c.definition);
        if (bytes === undefined) throw new Error(`line ${line}: no definition ${c.definition}`);
        this.named(c.name, this.instantiate(line, bytes, 0n, 0n));
        return;
      }
      case "unlinkable":
        this.instantiate(line, await this.bytes(c.module, line, false), 1n, this.text(c.message));
        return;
      case "uninstantiable":
        this.instantiate(line, await this.bytes(c.module, line), 2n, trapCode(c.message, line));
        return;
      case "register":
        this.register(line, c.as, this.find(c.instance, line));
        return;
      case "action":
        this.action(line, c.action, undefined, 0n);
        return;
      case "return":
        this.action(line, c.action, c.expected, 0n);
        return;
      case "trap":
      case "exhaustion":
        this.action(line, c.action, [], trapCode(c.message, line));
        return;
      default:
        throw new Error(`line ${line}: cannot run ${c.kind}`);
    }
  }

  private named(name: string | undefined, instance: Instance | typeof LEFT): void {
    this.latest = instance;
    if (name !== undefined) this.instances.set(name, instance);
  }

  private find(name: string | undefined, line: number): Instance {
    const found = name === undefined ? this.latest : this.instances.get(name);
    if (found === undefined) throw new Error(`line ${line}: no instance ${name ?? ""}`);
    if (found === LEFT) throw new Left(`line ${line}: the instance needs a later feature`);
    return found;
  }

  private async bytes(source: ModuleSource, line: number, mayReduce = true): Promise<Source> {
    const bytes = await moduleBytes(source);
    if (bytes === undefined) throw new Error(`line ${line}: the module's text does not parse`);
    if (isSupported(bytes)) return { bytes, reduced: false };
    if (source.kind === "text" && this.mixed && mayReduce) {
      const rest = await moduleBytes({ kind: "text", text: withoutLaterFields(source.text) });
      if (rest !== undefined && isSupported(rest)) return { bytes: rest, reduced: true };
    }
    throw new Left(`line ${line}: the module needs a later feature`);
  }

  private text(text: string): bigint {
    const bytes = Buffer.concat([nameBytes(text), Buffer.of(0)]);
    const at = this.textEnd;
    this.texts.push(bytes);
    this.textEnd += bytes.length;
    return BigInt(at);
  }

  /** Whether what is imported was left out. */
  private isMissing(i: Import): boolean {
    const from = this.registry.get(i.module);
    if (from === LEFT) return true;
    return from !== undefined && this.reduced.has(from) && !from.exports.some((e) => e.name === i.name);
  }

  /** In static mode a module has one instance: each instantiation compiles a module of its own. */
  private instantiate(line: number, source: Source, outcome: bigint, expected: bigint): Instance {
    const { bytes, reduced } = source;
    const module = decodeModule(bytes);
    if (module.imports.some((i) => this.isMissing(i)))
      throw new Left(`line ${line}: an import needs a later feature`);
    if (reduced) this.reduced.add(module);
    const instance = { slot: this.instanceCount++, module };
    const index = this.modules.push(bytes) - 1;
    this.words.push(1n, BigInt(line), BigInt(index), outcome, expected, BigInt(instance.slot));
    this.count++;
    return instance;
  }

  private register(line: number, as: string, instance: Instance): void {
    this.registered++;
    this.registry.set(as, instance.module);
    this.words.push(2n, BigInt(line), BigInt(instance.slot), this.text(as));
  }

  /** `expected`: results; undefined: whatever they are. */
  private action(line: number, a: Action, expected: readonly Expected[] | undefined, trap: bigint): void {
    const { slot, module } = this.find(a.instance, line);
    const kind = a.kind === "invoke" ? ExternalKind.Function : ExternalKind.Global;
    const at = module.exports.findIndex((e) => e.name === a.field && e.kind === kind);
    if (at < 0) throw new Left(`line ${line}: no export "${a.field}"`);
    this.words.push(a.kind === "invoke" ? 3n : 4n, BigInt(line), BigInt(slot), BigInt(at));
    this.count++;
    if (a.kind === "invoke") {
      this.words.push(BigInt(a.args.length), ...a.args.map((v) => this.literals.word(v)));
      this.words.push(trap === 0n ? 0n : 1n, trap === 0n ? BigInt(expected?.length ?? 0) : trap);
    }
    for (const e of expected ?? []) {
      const options = e.type === "either" ? e.options : [e];
      this.words.push(BigInt(options.length));
      for (const option of options) {
        const [check, bits] = this.literals.check(option);
        this.words.push(BigInt(check), bits);
      }
    }
  }
}

/** Encodes a script; `spectest`: bytes of the host module; `mixed`: commands may be left for later. */
export async function encodeScript(
  commands: readonly Command[],
  spectest: Uint8Array,
  mixed: boolean,
): Promise<EncodedScript> {
  const encoder = new Encoder(await Literals.of(commands), mixed);
  encoder.spectest(spectest);
  for (const c of commands) await encoder.command(c);
  return encoder.finish();
}
