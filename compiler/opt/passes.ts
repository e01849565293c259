// The ordered table of passes. The name of a pass is its file, its fixture folder under fixtures/ir and its name on the command line. A pass may
// stand in the table more than once.
import { addresses } from "./addresses.ts";
import { byteSwaps } from "./byte-swaps.ts";
import { combineLoads } from "./combine-loads.ts";
import type { PassContext, TargetNeed } from "./context.ts";
import { dce } from "./dce.ts";
import { divideByConstants } from "./divide.ts";
import { exitTests } from "./exit-tests.ts";
import { foldAddresses } from "./fold-addresses.ts";
import { gvn } from "./gvn.ts";
import { ifConvert } from "./if-convert.ts";
import { inline } from "./inline.ts";
import { layout } from "./layout.ts";
import { licm } from "./licm.ts";
import { mergeBlocks } from "./merge-blocks.ts";
import { nextValues } from "./next-values.ts";
import { pairProducts } from "./pair-products.ts";
import { place } from "./place.ts";
import { rotateLoops } from "./rotate-loops.ts";
import { scaledIndices } from "./scaled-indices.ts";
import { searchLoops } from "./search-loops.ts";
import { shiftedSums } from "./shifted-sums.ts";
import { simplify } from "./simplify.ts";
import { sinkSteps } from "./sink-steps.ts";
import { switches } from "./switches.ts";
import { tableBases } from "./table-bases.ts";
import { threadJumps } from "./thread-jumps.ts";
import { truncations } from "./truncations.ts";
import { vectorize } from "./vectorize.ts";
import { wideMultiply } from "./wide-multiply.ts";
import { zeroExtend } from "./zero-extend.ts";

export interface Pass {
  readonly name: string;
  readonly run: (c: PassContext) => void;
  /** The lowest -O at which it runs. */
  readonly level: number;
  /** Passes that must stand in front of it. */
  readonly after?: readonly string[];
  /** Only for targets with this need. */
  readonly onlyFor?: TargetNeed;
  /** Not for targets with this need. */
  readonly notFor?: TargetNeed;
}

export const passes: readonly Pass[] = [
  { name: "merge-blocks", run: mergeBlocks, level: 1 },
  { name: "inline", run: inline, level: 2, after: ["merge-blocks"] },
  { name: "gvn", run: gvn, level: 1, after: ["merge-blocks"] },
  { name: "simplify", run: simplify, level: 1 },
  { name: "truncations", run: truncations, level: 2, after: ["gvn", "simplify"] },
  { name: "thread-jumps", run: threadJumps, level: 2, after: ["gvn", "simplify"] },
  { name: "if-convert", run: ifConvert, level: 2, after: ["thread-jumps"] },
  { name: "wide-multiply", run: wideMultiply, level: 2, after: ["gvn", "simplify"] },
  { name: "dce", run: dce, level: 1, after: ["gvn", "simplify"] },
  { name: "byte-swaps", run: byteSwaps, level: 2, after: ["gvn"] },
  { name: "divide", run: divideByConstants, level: 1, after: ["gvn"] },
  { name: "fold-addresses", run: foldAddresses, level: 1, after: ["gvn"] },
  {
    name: "combine-loads",
    run: combineLoads,
    level: 2,
    after: ["fold-addresses"],
    notFor: "alignedAccesses",
  },
  { name: "dce", run: dce, level: 1 },
  { name: "rotate-loops", run: rotateLoops, level: 2, after: ["thread-jumps"] },
  { name: "merge-blocks", run: mergeBlocks, level: 2 },
  { name: "licm", run: licm, level: 2 },
  { name: "search-loops", run: searchLoops, level: 2, after: ["licm", "simplify"] },
  { name: "vectorize", run: vectorize, level: 2, after: ["licm", "fold-addresses"], notFor: "scalars" },
  { name: "merge-blocks", run: mergeBlocks, level: 1 },
  { name: "switches", run: switches, level: 1 },
  {
    name: "scaled-indices",
    run: scaledIndices,
    level: 2,
    after: ["fold-addresses"],
    onlyFor: "scaledIndices",
  },
  { name: "addresses", run: addresses, level: 1, after: ["fold-addresses"], onlyFor: "nativeAddresses" },
  { name: "table-bases", run: tableBases, level: 2, after: ["addresses"], onlyFor: "tableBases" },
  { name: "dce", run: dce, level: 1, onlyFor: "nativeAddresses" },
  { name: "shifted-sums", run: shiftedSums, level: 2, onlyFor: "zeroExtend" },
  { name: "zero-extend", run: zeroExtend, level: 1, onlyFor: "zeroExtend" },
  { name: "dce", run: dce, level: 1, onlyFor: "zeroExtend" },
  { name: "exit-tests", run: exitTests, level: 2, after: ["addresses"], onlyFor: "nativeAddresses" },
  { name: "dce", run: dce, level: 2, onlyFor: "nativeAddresses" },
  { name: "next-values", run: nextValues, level: 2, after: ["licm"] },
  { name: "place", run: place, level: 0, after: ["dce", "licm"] },
  { name: "pair-products", run: pairProducts, level: 1, after: ["place"] },
  { name: "sink-steps", run: sinkSteps, level: 1, after: ["place"] },
  { name: "layout", run: layout, level: 0, after: ["place"] },
];

function checkOrder(): void {
  const seen = new Set<string>();
  for (const { name, after = [] } of passes) {
    for (const other of after) if (!seen.has(other)) throw new Error(`pass ${name} must run after ${other}`);
    seen.add(name);
  }
}
checkOrder();

export const passNames: ReadonlySet<string> = new Set(passes.map((p) => p.name));
