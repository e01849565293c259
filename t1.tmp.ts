import { readFileSync } from "node:fs";
import { environmentOf } from "./test/support/environment.ts";
import { decodeModule } from "./compiler/wasm/decode.ts";
import { validateModule } from "./compiler/wasm/validate.ts";
import { Translator } from "./compiler/translate/function.ts";
import { translateInit } from "./compiler/translate/init.ts";
import { Func } from "./compiler/ir/func.ts";
import { check } from "./check.tmp.ts";
for (const file of process.argv.slice(2)) {
  const bytes = readFileSync(file);
  let t = performance.now();
  const m = decodeModule(bytes); const t1 = performance.now();
  try { validateModule(m); } catch (e) { console.log(file, e.message); continue; }
  const t2 = performance.now();
  const env = environmentOf(bytes); const t3 = performance.now();
  const tr = new Translator(env);
  const f = new Func();
  let values = 0, blocks = 0, params = 0, bad = 0, un = 0, worst = 0, worstI = 0;
  for (let i = env.module.importedFunctionCount; i < env.module.functions.length; i++) {
    const s = performance.now();
    try { tr.translate(i, f); } catch (e) { if (e.kind === "unsupported") { un++; continue; } throw e; }
    const d = performance.now() - s; if (d > worst) { worst = d; worstI = i; }
    values += f.count; blocks += f.order.length;
    for (const b of f.order) params += f.blocks[b].params.length;
    if (process.env.CHECK) { const err = check(f); if (err) { bad++; if (bad < 5) console.log("function", i, err); } }
  }
  const t4 = performance.now();
  translateInit(env, f);
  if (process.env.CHECK) console.log("init", check(f));
  console.log(file, bytes.length, "decode", (t1 - t) | 0, "validate", (t2 - t1) | 0, "translate", (t4 - t3) | 0, { values, blocks, params, un, bad, worst, worstI });
}
