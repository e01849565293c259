// Parallel moves in whatever order they are added, with cycles, slots, and copies that are added twice: the edits, run one after the other, give what all
// copies at once would.
import { expect, test } from "vitest";
import { EditList } from "../../compiler/codegen/regalloc/edits.ts";
import { ParallelMoves } from "../../compiler/codegen/regalloc/moves.ts";
import { EditKind } from "../../compiler/codegen/regalloc/types.ts";
import { FLOAT_BASE, SLOT_BASE, type VCode } from "../../compiler/codegen/vcode.ts";
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

test("an integer that is made anew in a slot while only a float register is free", () => {
  const edits = new EditList();
  const moves = new ParallelMoves();
  const lending = {
    ...target,
    scratch: { int: FLOAT_BASE + 31, float: FLOAT_BASE + 31 },
    convention: { ...target.convention, intResults: [2] },
  };
  const code = { op: [0] } as unknown as VCode;
  moves.reset(code, lending, edits, { temporarySlot: (_type, index) => TEMPORARY + index });
  moves.addRepeat(0, SLOT_BASE, Type.I32);
  moves.resolve(0);
  const steps = Array.from({ length: edits.count }, (_, k) => [...edits.data.slice(5 * k + 1, 5 * k + 4)]);
  const [move, repeat] = [EditKind.Move, EditKind.Rematerialize];
  expect(steps).toEqual([
    [move, 2, FLOAT_BASE + 31],
    [repeat, 0, 2],
    [move, 2, SLOT_BASE],
    [move, FLOAT_BASE + 31, 2],
  ]);
});
