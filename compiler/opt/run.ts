// Stands in until the pass manager lands.
import type { Func } from "../ir/func.ts";

export interface OptimizeOptions {
  readonly level: number;
  readonly verify: boolean;
}

export function optimize(f: Func, options: OptimizeOptions): void {
  void f;
  void options;
}
