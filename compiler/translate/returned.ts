// Functions that return one of their parameters as it came: memcpy, memset and their kin. clang uses their results in place of the argument, which hides from
// everything that looks at addresses that both are the same.
//
// Only bodies that end in `local.get`, never assign that local, and leave in no other way than from its value are taken. The bytes have been validated.
import type { Module } from "../wasm/module.ts";
import { Reader } from "../wasm/reader.ts";
import { nextOperator, skipImmediate } from "./skip.ts";

const [BLOCK, IF, BR, BR_IF, BR_TABLE, RETURN, END] = [0x02, 0x04, 0x0c, 0x0d, 0x0e, 0x0f, 0x0b];
const [LOCAL_GET, LOCAL_SET, LOCAL_TEE] = [0x20, 0x21, 0x22];

/** Ways out of blocks that are not looked at: tail calls, exceptions, branches on references. */
function isOther(code: number): boolean {
  if (code >= 0x12 && code <= 0x15) return true;
  if (code >= 0x06 && code <= 0x0a) return true;
  return code === 0x18 || code === 0x19 || code === 0x1f || code >= 0xd0;
}

/** The parameter that function `index` of the module returns, -1 when it is not known to return one. */
export function returnedParameter(m: Module, index: number): number {
  const { start, end, typeIndex } = m.functions[index];
  const local = m.bytes[end - 2];
  // Most bodies are told by their last bytes.
  if (end - start < 4 || m.bytes[end - 3] !== LOCAL_GET || m.bytes[end - 1] !== END) return -1;
  const type = m.types[typeIndex];
  if (type.results.length !== 1 || local >= type.params.length) return -1;
  return leavesWith(m, start, end, local) ? local : -1;
}

function leavesWith(m: Module, start: number, end: number, local: number): boolean {
  const r = new Reader(m.bytes);
  r.at = start;
  for (let groups = r.u32(); groups > 0; groups--) {
    r.u32();
    r.byte();
  }
  let depth = 0;
  /** Whether the operator before was a `local.get` of the parameter. */
  let isGot = false;
  while (r.at < end - 1) {
    const code = nextOperator(r);
    const at = r.at;
    if (isOther(code) && code < 0xfc00) return false;
    if (code === RETURN && !isGot) return false;
    skipImmediate(r, code);
    const after = r.at;
    r.at = at;
    isGot = false;
    if (code >= BLOCK && code <= IF) depth++;
    else if (code === END) depth--;
    else if (code === LOCAL_GET) isGot = r.u32() === local;
    else if (code === LOCAL_SET || code === LOCAL_TEE) {
      if (r.u32() === local) return false;
    } else if (code === BR || code === BR_IF) {
      if (r.u32() === depth) return false;
    } else if (code === BR_TABLE)
      for (let labels = r.u32() + 1; labels > 0; labels--) if (r.u32() === depth) return false;
    r.at = after;
  }
  return isGot && depth === 0;
}
