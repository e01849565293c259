// Examples in documents: fenced blocks of commands and what they print, so that a document can be run.
//
// In a block of language "sh" a line that starts with "$ " is a command (a here-document goes on to its end), the lines after it are its output, "..."
// in them stands for anything, a line of its own for any lines, and a last line "[n]" is the exit status.

export interface Example {
  readonly command: string;
  readonly expected: string;
  readonly status: number;
  /** Line of the document. */
  readonly line: number;
}

/** Bodies of the fenced blocks of a language, with the line of the document each begins at. */
export function fencedBlocks(text: string, language: string): { body: string; line: number }[] {
  const blocks: { body: string; line: number }[] = [];
  for (const match of text.matchAll(/^```(\S+)\n([\s\S]*?)^```$/gm))
    if (match[1] === language)
      blocks.push({ body: match[2], line: text.slice(0, match.index).split("\n").length + 1 });
  return blocks;
}

/** The examples of a document, in order. */
export function examplesOf(text: string): Example[] {
  return fencedBlocks(text, "sh").flatMap(({ body, line }) => blockExamples(body, line));
}

function blockExamples(body: string, firstLine: number): Example[] {
  const lines = body.split("\n").slice(0, -1);
  const examples: Example[] = [];
  let i = 0;
  while (i < lines.length) {
    const line = firstLine + i;
    if (!lines[i].startsWith("$ ")) throw new Error(`line ${line}: a block starts with a command`);
    let command = lines[i++].slice(2);
    const end = /<<'?(\w+)'?/.exec(command)?.[1];
    if (end !== undefined) {
      while (lines[i] !== end) command += `\n${lines[i++]}`;
      command += `\n${lines[i++]}`;
    }
    const output: string[] = [];
    while (i < lines.length && !lines[i].startsWith("$ ")) output.push(lines[i++]);
    const status = /^\[(\d+)\]$/.exec(output.at(-1) ?? "");
    if (status !== null) output.pop();
    const expected = output.map((l) => `${l}\n`).join("");
    examples.push({ command, expected, status: Number(status?.[1] ?? 0), line });
  }
  return examples;
}

/** Expected output as a pattern. */
export function outputPattern(expected: string): RegExp {
  const literal = (s: string): string => s.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
  const lines = expected.split("\n").slice(0, -1);
  const pattern = lines.map((l) =>
    l === "..." ? "(?:.*\\n)*" : `${l.split("...").map(literal).join(".*")}\\n`,
  );
  return new RegExp(`^${pattern.join("")}$`);
}
