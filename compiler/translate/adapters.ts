// Adapters: from 16-byte slots to the internal convention and back, one for each signature (docs/ABI.md, "Entering wasm").
//
// An adapter belongs to no module: adapter(code, args, results, context). Nor does the code that traps in place of functions (dispatch.ts).
import * as rt from "../codegen/rt.ts";
import { Builder } from "../ir/build.ts";
import type { Func } from "../ir/func.ts";
import { Op } from "../ir/ops.ts";
import { Type } from "../ir/types.ts";
import type { FuncType } from "../wasm/module.ts";
import { RESULT_SLOT } from "./calls.ts";
import { FIELD } from "./state.ts";
import { translateType } from "./types.ts";

const { I64 } = Type;
/** Bytes between arguments, and between results. */
const SLOT = 16;

/** Fills f with the adapter for functions of type `type`. */
export function translateAdapter(type: FuncType, f: Func): void {
  const { params, results, signature, places } = translateType(type);
  f.reset("adapter", -1, { params: [I64, I64, I64, I64], results: [] }, [signature]);
  const entry = f.newBlock();
  f.order.push(entry.id);
  const b = new Builder(f);
  b.block = entry;
  const [code, args, out, context] = [0, 1, 2, 3].map(() => f.addParam(entry, I64));
  const load = (t: Type, base: number, offset: number): number =>
    b.value(Op.RawLoad, t, base, 0, 0, offset, 0, FIELD);
  const values = params.map((t, i) => load(t, args, SLOT * i));
  const call = b.call(Op.CallPointer, signature.results[0] ?? Type.Void, [code, ...values], 0, 0);
  const inRegisters = signature.results.map((t, i) =>
    i === 0 ? call : b.value(Op.Result, t, call, 0, 0, i),
  );
  places.forEach((place, i) => {
    const v =
      place >= 0
        ? inRegisters[place]
        : load(results[i], context, rt.context.results + RESULT_SLOT * (-1 - place));
    b.value(Op.RawStore, Type.Void, out, v, 0, SLOT * i, 0, FIELD);
  });
  b.return([]);
}

/** Fills f with code that traps when it is called. */
export function translateTrap(code: number, f: Func): void {
  f.reset("trap", -1, { params: [], results: [] }, []);
  const entry = f.newBlock();
  f.order.push(entry.id);
  const b = new Builder(f);
  b.block = entry;
  b.trap(code);
}
