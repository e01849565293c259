// The module's init function: global values, active element segments, active data segments, start function, in the order of
// the specification ("Execution: Instantiation"). It is straight-line code, however many segments there are.
import type { Func } from "../ir/func.ts";
import { Type } from "../ir/types.ts";
import { callFunction, callRuntime, returnValues } from "./calls.ts";
import { evaluateConstant } from "./constants.ts";
import type { Environment } from "./environment.ts";
import { storeGlobal } from "./memory.ts";
import { State } from "./state.ts";
import { translateType } from "./types.ts";

/** Fills f with the init function: no parameters, no results. */
export function translateInit(env: Environment, f: Func): void {
  const { module } = env;
  const s = new State(env, f);
  s.begin(f, "init", -1, translateType({ params: [], results: [] }));
  module.globals.forEach((g, i) => {
    if (g.imported === undefined) storeGlobal(s, i, evaluateConstant(s, g.init));
  });
  const number = (n: number): number => s.b.constant(Type.I32, n);
  module.elements.forEach((e, i) => {
    if (e.mode === "active") {
      const at = evaluateConstant(s, e.offset);
      const length = number(e.items.length);
      callRuntime(s, "rt_table_init", [number(e.table), number(i), at, number(0), length]);
    }
    if (e.mode !== "passive") callRuntime(s, "rt_elem_drop", [number(i)]);
  });
  module.datas.forEach((d, i) => {
    if (d.mode !== "active") return;
    const at = evaluateConstant(s, d.offset);
    const length = number((d.end - d.start) | 0);
    callRuntime(s, "rt_memory_init", [number(d.memory), number(i), at, number(0), length]);
    callRuntime(s, "rt_data_drop", [number(i)]);
  });
  if (module.startFunction !== undefined) {
    const type = s.types.get(module.functions[module.startFunction].typeIndex);
    callFunction(s, module.startFunction, type, []);
  }
  returnValues(s, []);
}
