// The benchmark's arithmetic and its pictures of it; programs are found with what they ask for.
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { geometricMean, median } from "../../bench/measure.ts";
import { barChart } from "../../bench/plot.ts";
import { findPrograms } from "../../bench/programs.ts";
import { baseline, meanRatio, type Report, textReport } from "../../bench/report.ts";
import { toMarkdown } from "../../bench/table.ts";
import { root } from "../support/native.ts";

const report: Report = {
  machine: { cpu: "test", cores: 2, memoryGiB: 1, system: "Linux", date: "2026-01-01 00:00" },
  engines: [
    { name: "native", version: "1", kind: "native" },
    { name: "wasmaot", version: "", kind: "ours" },
  ],
  milliseconds: 100,
  turns: 3,
  programs: [
    { name: "a/x", family: "a", rounds: 5, results: [result("native", 10), result("wasmaot", 20)] },
    { name: "a/y", family: "a", rounds: 5, results: [result("native", 10), result("wasmaot", 5)] },
    {
      name: "b/z",
      family: "b",
      rounds: 5,
      results: [result("native", 10), { engine: "wasmaot", failure: "no" }],
    },
  ],
};

function result(engine: string, run: number) {
  return { engine, run, start: 1, compile: 2, peakKiB: 3, bytes: 4, textBytes: 5, samples: [run] };
}

describe("benchmark reports", () => {
  it("takes medians and geometric means", () => {
    expect(median([3, 1, 2])).toBe(2);
    expect(median([4, 1, 2, 3])).toBe(2.5);
    expect(geometricMean([2, 8])).toBeCloseTo(4);
  });

  it("compares with the first engine, over the programs that ran", () => {
    expect(baseline(report)).toBe("native");
    expect(meanRatio(report, "wasmaot", () => true)).toBeCloseTo(1);
    expect(meanRatio(report, "wasmaot", (p) => p.family === "b")).toBeUndefined();
  });

  it("says what failed and why", () => {
    const text = textReport(report);
    expect(text).toContain("wasmaot: no (b/z)");
    expect(text).toMatch(/a\/x +10 +1\.00 +2\.00/);
  });

  it("escapes names in charts", () => {
    expect(barChart("t", ["<s>"], [{ name: "a&b", values: [2] }])).toContain("a&amp;b");
  });

  it("writes Markdown tables", () => {
    expect(toMarkdown({ title: "T", head: ["a", "b"], rows: [["x", "1"]] })).toContain("| x | 1 |");
  });
});

describe("benchmark programs", () => {
  const programs = findPrograms(join(root, "bench/programs"), []);

  it("are at least thirty in nine families", () => {
    expect(programs.length).toBeGreaterThan(30);
    expect(new Set(programs.map((p) => p.family)).size).toBeGreaterThanOrEqual(9);
  });

  it("bring the sources and flags they name", () => {
    const sqlite = programs.find((p) => p.name === "software/sqlite")!;
    expect(sqlite.sources).toHaveLength(2);
    expect(sqlite.flags).toContain("-DSQLITE_THREADSAFE=0");
  });

  it("are filtered by name", () => {
    expect(findPrograms(join(root, "bench/programs"), ["crypto/"]).every((p) => p.family === "crypto")).toBe(
      true,
    );
    expect(() => findPrograms(join(root, "bench/programs"), ["no such"])).toThrow(/filters/);
  });
});
