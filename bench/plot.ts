// Results as pictures: a bar chart in SVG of run time by family on a logarithmic scale, and an HTML page with that chart, one for the programs
// of each family, and the tables.
import { machineLine } from "./machine.ts";
import { baseline, families, markdownReport, meanRatio, type Report, ratio } from "./report.ts";

const colours = [
  "#4c566a",
  "#7b88a1",
  "#a3b1c9",
  "#d1495b",
  "#edae49",
  "#00798c",
  "#30638e",
  "#66a182",
  "#9c6ade",
];

function escapeText(s: string): string {
  return s.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/"/g, "&quot;");
}

export interface Group {
  readonly name: string;
  /** One value for each series; undefined leaves a gap. */
  readonly values: readonly (number | undefined)[];
}

const LEFT = 150;
const BAR = 9;
const WIDTH = 860;

/** Horizontal bars that start at 1 on a logarithmic scale, in groups. */
export function barChart(title: string, series: readonly string[], groups: readonly Group[]): string {
  const all = groups.flatMap((g) => g.values).filter((v) => v !== undefined);
  const low = Math.min(0.5, ...all);
  const high = Math.max(2, ...all);
  const x = (v: number): number => LEFT + ((WIDTH - LEFT - 50) * Math.log(v / low)) / Math.log(high / low);
  const parts: string[] = [];
  let y = 50;
  series.forEach((s, i) => {
    const at = 10 + (i % 5) * 170;
    const row = 28 + Math.floor(i / 5) * 16;
    parts.push(`<rect x="${at}" y="${row}" width="10" height="10" fill="${colours[i % colours.length]}"/>`);
    parts.push(`<text x="${at + 14}" y="${row + 9}">${escapeText(s)}</text>`);
    y = row + 26;
  });
  const top = y;
  for (const g of groups) {
    const middle = y + (BAR * series.length) / 2 + 4;
    parts.push(`<text x="${LEFT - 8}" y="${middle}" text-anchor="end">${escapeText(g.name)}</text>`);
    g.values.forEach((v, i) => {
      if (v !== undefined) {
        const [from, to] = [Math.min(x(1), x(v)), Math.max(x(1), x(v))];
        const width = Math.max(1, to - from).toFixed(1);
        parts.push(
          `<rect x="${from.toFixed(1)}" y="${y}" width="${width}" height="${BAR - 1}" fill="${colours[i % colours.length]}"/>`,
          `<text x="${(to + 3).toFixed(1)}" y="${y + BAR - 1}" font-size="8">${v.toFixed(2)}</text>`,
        );
      }
      y += BAR;
    });
    y += 8;
  }
  for (const tick of [0.5, 1, 1.5, 2, 3, 4, 6, 8, 16, 32].filter((t) => t >= low && t <= high)) {
    parts.push(
      `<line x1="${x(tick).toFixed(1)}" x2="${x(tick).toFixed(1)}" y1="${top - 4}" y2="${y}" stroke="#888" stroke-opacity="${tick === 1 ? 0.9 : 0.25}"/>`,
      `<text x="${x(tick).toFixed(1)}" y="${y + 12}" text-anchor="middle">${tick}</text>`,
    );
  }
  const height = y + 24;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${height}" font-family="sans-serif" font-size="11">`,
    `<rect width="${WIDTH}" height="${height}" fill="white"/>`,
    `<text x="10" y="18" font-size="14">${escapeText(title)}</text>`,
    ...parts,
    "</svg>\n",
  ].join("\n");
}

function measuredEngines(report: Report): string[] {
  const base = baseline(report);
  return report.engines
    .map((e) => e.name)
    .filter((n) => n !== base && meanRatio(report, n, () => true) !== undefined);
}

/** Run time by family. */
export function familyChart(report: Report): string {
  const engines = measuredEngines(report);
  const groups = [
    ...families(report).map((f) => ({
      name: f,
      values: engines.map((e) => meanRatio(report, e, (p) => p.family === f)),
    })),
    { name: "all programs", values: engines.map((e) => meanRatio(report, e, () => true)) },
  ];
  return barChart(`Run time relative to ${baseline(report)} (shorter is faster)`, engines, groups);
}

export function htmlReport(report: Report): string {
  const engines = measuredEngines(report);
  const base = baseline(report);
  const charts = families(report).map((family) =>
    barChart(
      family,
      engines,
      report.programs
        .filter((p) => p.family === family)
        .map((p) => ({
          name: p.name.slice(p.name.indexOf("/") + 1),
          values: engines.map((e) => ratio(p, e, base)),
        })),
    ),
  );
  return [
    '<!doctype html><html lang="en"><meta charset="utf-8"><title>Benchmark results</title>',
    "<style>body{font-family:sans-serif;max-width:60rem;margin:2rem auto}pre{overflow-x:auto;font-size:11px}</style>",
    `<h1>Benchmark results</h1><p>${escapeText(machineLine(report.machine))}</p>`,
    familyChart(report),
    ...charts,
    `<pre>${escapeText(markdownReport(report))}</pre></html>\n`,
  ].join("\n");
}
