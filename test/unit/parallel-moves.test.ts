// Parallel moves in whatever order they are added, with cycles, slots, and copies that are added twice: the edits, run one after the other, give what all
// copies at once would.
import { expect, test } from "vitest";
import { InstFlag } from "../../compiler/codegen/insts.ts";
import { EditList } from "../../compiler/codegen/regalloc/edits.ts";
import { ParallelMoves } from "../../compiler/codegen/regalloc/moves.ts";
import { EditKind } from "../../compiler/codegen/regalloc/types.ts";
import { SLOT_BASE, type VCode } from "../../compiler/codegen/vcode.ts";
import { Type } from "../../compiler/ir/types.ts";
import { Random } from "../support/random.ts";
import { syntheticTarget } from "../support/vcode.ts";

const { target } = syntheticTarget(0);
const LOCATIONS = [0, 1, 2, 3, SLOT_BASE, SLOT_BASE + 1, SLOT_BASE + 2];
const TEMPORARY = SLOT_BASE + 10;

function run(copies: readonly (readonly [number, number])[]): Map<number, string> {
  const edits = new EditList();
  const moves = new ParallelMoves();
  moves.reset({} as VCode, target, edits, { temporarySlot: (_type, index) => TEMPORARY + index });
  for (const [from, to] of copies) moves.add(from, to, Type.I64);
  moves.resolve(0);
  const state = new Map(LOCATIONS.map((l) => [l, `v${l}`]));
  for (let k = 0; k < edits.count; k++)
    state.set(edits.data[5 * k + 3], state.get(edits.data[5 * k + 2]) ?? "nothing");
  return state;
}

test("random sets of copies", () => {
  const random = new Random(1);
  for (let i = 0; i < 3000; i++) {
    const sources = new Map(LOCATIONS.filter(() => random.below(3) > 0).map((to) => [to, random.below(7)]));
    const copies = [...sources].map(([to, k]) => [LOCATIONS[k], to] as const);
    const repeated = copies.filter(() => random.below(4) === 0);
    const state = run([...copies, ...repeated]);
    for (const l of LOCATIONS) {
      const k = sources.get(l);
      expect(state.get(l), JSON.stringify(copies)).toBe(`v${k === undefined ? l : LOCATIONS[k]}`);
    }
  }
});

test("a constant that can be stored is made anew in the slot itself", () => {
  const edits = new EditList();
  const moves = new ParallelMoves();
  const rows = [{ flags: InstFlag.RepeatsInSlot }];
  const storing = { ...target, insts: { rows } } as unknown as typeof target;
  moves.reset({ op: [0] } as unknown as VCode, storing, edits, {
    temporarySlot: (_type, index) => TEMPORARY + index,
  });
  moves.addRepeat(0, SLOT_BASE, Type.I32);
  moves.resolve(0);
  expect([...edits.data.slice(1, 5 * edits.count - 1)]).toEqual([EditKind.Rematerialize, 0, SLOT_BASE]);
});
