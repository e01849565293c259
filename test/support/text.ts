// Module text to binary, through the assembler that the packages bring along.
import { parse } from "@bytecodealliance/jco-transpile/wasm-tools";

/** Assembles one module in the text format. */
export async function assemble(text: string): Promise<Uint8Array> {
  return await parse(text);
}
