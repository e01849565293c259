// The ordered table of passes. The name of a pass is its file, its fixture folder under fixtures/ir and its name on the command line. A pass may
// stand in the table more than once.
import type { PassContext } from "./context.ts";
import { dce } from "./dce.ts";

export interface Pass {
  readonly name: string;
  readonly run: (c: PassContext) => void;
  /** The lowest -O at which it runs. */
  readonly level: number;
  /** Passes that must stand in front of it. */
  readonly after?: readonly string[];
}

export const passes: readonly Pass[] = [{ name: "dce", run: dce, level: 1 }];

function checkOrder(): void {
  const seen = new Set<string>();
  for (const { name, after = [] } of passes) {
    for (const other of after) if (!seen.has(other)) throw new Error(`pass ${name} must run after ${other}`);
    seen.add(name);
  }
}
checkOrder();

export const passNames: ReadonlySet<string> = new Set(passes.map((p) => p.name));
