// The script layer of the official test suite's .wast files: splits a file into commands; module text inside is
// left to a text parser. Source: WebAssembly specification, interpreter/README.md, "Scripts".
//
// Invariant: every command of the file is returned, in order; an unknown one is an error, never dropped.

/** A parenthesised form: its atoms, strings (quotes kept) and nested forms, and where its text lies. */
export interface Form {
  readonly items: (string | Form)[];
  readonly start: number;
  readonly end: number;
}

export type ModuleSource =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "binary"; readonly bytes: Uint8Array }
  /** Text that is parsed only when the module is needed: may be malformed. */
  | { readonly kind: "quote"; readonly text: string };

export interface Value {
  readonly type: "i32" | "i64" | "f32" | "f64" | "v128" | "ref";
  /** Literals as written: one, or the shape and lanes of a v128; ref: "null", "extern 5", "func"... */
  readonly text: readonly string[];
}

export type Expected = Value | { readonly type: "either"; readonly options: readonly Value[] };

export interface Action {
  readonly kind: "invoke" | "get";
  /** $name of the instance, or undefined for the latest. */
  readonly instance: string | undefined;
  readonly field: string;
  readonly args: readonly Value[];
}

export type Command = { readonly line: number } & (
  | { readonly kind: "module"; readonly name: string | undefined; readonly module: ModuleSource }
  | { readonly kind: "definition"; readonly name: string | undefined; readonly module: ModuleSource }
  | { readonly kind: "instance"; readonly name: string | undefined; readonly definition: string | undefined }
  | { readonly kind: "register"; readonly as: string; readonly instance: string | undefined }
  | { readonly kind: "action"; readonly action: Action }
  | { readonly kind: "return"; readonly action: Action; readonly expected: readonly Expected[] }
  | { readonly kind: "trap" | "exhaustion" | "exception"; readonly action: Action; readonly message: string }
  | {
      readonly kind: "malformed" | "invalid" | "unlinkable" | "uninstantiable";
      readonly module: ModuleSource;
      readonly message: string;
    }
);

/** All top-level forms of a text. Iterative: nesting may be deep. */
export function parseForms(text: string): Form[] {
  const top: Form[] = [];
  const stack: { items: (string | Form)[]; start: number }[] = [];
  const token = /\s+|;;[^\n]*|\(;|\(|\)|"(?:[^"\\]|\\[\s\S])*"|(?:[^\s()";]|"(?:[^"\\]|\\[\s\S])*"|;(?!;))+/y;
  let at = 0;
  while (at < text.length) {
    token.lastIndex = at;
    const found = token.exec(text)?.[0];
    if (found === undefined) throw new Error(`unreadable text at ${at}: ${text.slice(at, at + 20)}`);
    const start = at;
    at += found.length;
    if (found === "(;") at = skipBlockComment(text, at);
    else if (found === "(") stack.push({ items: [], start });
    else if (found === ")") {
      const open = stack.pop();
      if (open === undefined) throw new Error(`unmatched ) at ${start}`);
      const form: Form = { items: open.items, start: open.start, end: at };
      // Annotations, (@name ...), may stand anywhere and mean nothing to a script.
      if (typeof form.items[0] === "string" && form.items[0].startsWith("@")) continue;
      const parent = stack[stack.length - 1];
      if (parent) parent.items.push(form);
      else top.push(form);
    } else if (found.trim() !== "" && !found.startsWith(";;")) stack[stack.length - 1]?.items.push(found);
  }
  if (stack.length > 0) throw new Error(`unclosed ( at ${stack[0].start}`);
  return top;
}

function skipBlockComment(text: string, at: number): number {
  for (let depth = 1; depth > 0; at++) {
    if (at >= text.length) throw new Error("unclosed block comment");
    if (text.startsWith("(;", at)) depth++;
    else if (text.startsWith(";)", at)) depth--;
    else continue;
    at++;
  }
  return at;
}

/** Bytes of a quoted string with its escapes. */
export function stringBytes(quoted: string): Uint8Array {
  const out: number[] = [];
  const body = quoted.slice(1, -1);
  const simple: Record<string, number> = { t: 9, n: 10, r: 13, '"': 34, "'": 39, "\\": 92 };
  for (const part of body.match(/\\u\{[0-9a-fA-F_]+\}|\\[0-9a-fA-F]{2}|\\[\s\S]|[^\\]+/g) ?? []) {
    if (part.startsWith("\\u{"))
      out.push(...new TextEncoder().encode(String.fromCodePoint(Number.parseInt(part.slice(3, -1), 16))));
    else if (/^\\[0-9a-fA-F]{2}$/.test(part)) out.push(Number.parseInt(part.slice(1), 16));
    else if (part.startsWith("\\")) out.push(simple[part[1]]);
    else out.push(...new TextEncoder().encode(part));
  }
  return Uint8Array.from(out);
}

export function stringText(quoted: string): string {
  return new TextDecoder("utf-8", { ignoreBOM: true }).decode(stringBytes(quoted));
}

function isForm(item: string | Form | undefined): item is Form {
  return typeof item === "object";
}

/** The commands of a .wast file. A file of bare module fields is one module. */
export function parseScript(text: string): Command[] {
  const forms = parseForms(text);
  const commandHead = /^(module|register|invoke|get|assert_\w+)$/;
  if (forms.length > 0 && !commandHead.test(String(forms[0].items[0])))
    return [{ kind: "module", line: 1, name: undefined, module: { kind: "text", text: `(module ${text})` } }];
  let line = 1;
  let counted = 0;
  return forms.map((form) => {
    for (; counted < form.start; counted++) if (text.charCodeAt(counted) === 10) line++;
    return command(form, text, line);
  });
}

function command(form: Form, text: string, line: number): Command {
  const [head, ...rest] = form.items;
  switch (head) {
    case "module":
      return moduleCommand(form, text, line);
    case "register":
      return {
        kind: "register",
        line,
        as: stringText(rest[0] as string),
        instance: rest[1] as string | undefined,
      };
    case "invoke":
    case "get":
      return { kind: "action", line, action: action(form) };
    case "assert_return":
      return {
        kind: "return",
        line,
        action: action(rest[0] as Form),
        expected: rest.slice(1).map((r) => expected(r as Form)),
      };
    case "assert_trap": {
      const inner = rest[0] as Form;
      const message = stringText(rest[1] as string);
      if (inner.items[0] === "module")
        return { kind: "uninstantiable", line, module: moduleSource(inner, text), message };
      return { kind: "trap", line, action: action(inner), message };
    }
    case "assert_exhaustion":
      return {
        kind: "exhaustion",
        line,
        action: action(rest[0] as Form),
        message: stringText(rest[1] as string),
      };
    case "assert_exception":
      return { kind: "exception", line, action: action(rest[0] as Form), message: "" };
    case "assert_malformed":
    case "assert_invalid":
    case "assert_unlinkable":
      return {
        kind: head.slice(7) as "malformed" | "invalid" | "unlinkable",
        line,
        module: moduleSource(rest[0] as Form, text),
        message: stringText(rest[1] as string),
      };
    default:
      throw new Error(`line ${line}: unknown command ${String(head)}`);
  }
}

function moduleCommand(form: Form, text: string, line: number): Command {
  const items = form.items;
  const second = items[1];
  if (second === "instance")
    return {
      kind: "instance",
      line,
      name: items[2] as string | undefined,
      definition: items[3] as string | undefined,
    };
  const defined = second === "definition";
  const at = defined ? 2 : 1;
  const name =
    typeof items[at] === "string" && (items[at] as string).startsWith("$")
      ? (items[at] as string)
      : undefined;
  const module = moduleSource(form, text);
  return { kind: defined ? "definition" : "module", line, name, module };
}

function moduleSource(form: Form, text: string): ModuleSource {
  const words = form.items.filter((i): i is string => typeof i === "string");
  const strings = words.filter((w) => w.startsWith('"'));
  if (words.includes("binary")) {
    const parts = strings.map(stringBytes);
    const bytes = new Uint8Array(parts.reduce((n, p) => n + p.length, 0));
    let at = 0;
    for (const p of parts) {
      bytes.set(p, at);
      at += p.length;
    }
    return { kind: "binary", bytes };
  }
  if (words.includes("quote"))
    return { kind: "quote", text: `(module ${strings.map(stringText).join(" ")})` };
  const source = text.slice(form.start, form.end);
  return { kind: "text", text: words.includes("definition") ? source.replace("definition", "") : source };
}

function action(form: Form): Action {
  const [kind, ...rest] = form.items;
  if (kind !== "invoke" && kind !== "get") throw new Error(`not an action: ${String(kind)}`);
  const named = typeof rest[0] === "string" && rest[0].startsWith("$");
  const instance = named ? (rest[0] as string) : undefined;
  const field = stringText(rest[named ? 1 : 0] as string);
  const args = rest.slice(named ? 2 : 1).map((r) => value(r as Form));
  return { kind, instance, field, args };
}

function expected(form: Form): Expected {
  if (form.items[0] === "either")
    return { type: "either", options: form.items.slice(1).map((i) => value(i as Form)) };
  return value(form);
}

function value(form: Form): Value {
  const [head, ...rest] = form.items as string[];
  if (rest.some(isForm)) throw new Error(`not a value: ${head}`);
  const dot = head.indexOf(".");
  if (head.startsWith("ref.")) return { type: "ref", text: [head.slice(4), ...rest] };
  return { type: head.slice(0, dot) as Value["type"], text: rest };
}
