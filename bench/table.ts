// Tables as text for a terminal and as Markdown, from one description.

export interface Table {
  readonly title: string;
  /** The first column is text, the others are numbers or short words. */
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
  /** Rows that sum up, below a line. */
  readonly foot?: readonly (readonly string[])[];
}

export function toText(t: Table): string {
  const rows = [t.head, ...t.rows, ...(t.foot ?? [])];
  const widths = t.head.map((_, i) => Math.max(...rows.map((r) => (r[i] ?? "").length)));
  const line = (r: readonly string[]): string =>
    widths
      .map((w, i) => (i === 0 ? (r[0] ?? "").padEnd(w) : (r[i] ?? "").padStart(w)))
      .join("  ")
      .trimEnd();
  const rule = "-".repeat(widths.reduce((a, b) => a + b + 2, -2));
  const foot = t.foot === undefined ? [] : [rule, ...t.foot.map(line)];
  return [`${t.title}`, rule, line(t.head), rule, ...t.rows.map(line), ...foot, ""].join("\n");
}

export function toMarkdown(t: Table): string {
  const line = (r: readonly string[]): string => `| ${t.head.map((_, i) => r[i] ?? "").join(" | ")} |`;
  const bold = (r: readonly string[]): string[] => r.map((c) => (c === "" ? "" : `**${c}**`));
  const rule = `| ${t.head.map((_, i) => (i === 0 ? "---" : "---:")).join(" | ")} |`;
  return [
    `### ${t.title}`,
    "",
    line(t.head),
    rule,
    ...t.rows.map(line),
    ...(t.foot ?? []).map((r) => line(bold(r))),
    "",
  ].join("\n");
}
