// The algebraic rules that every instruction meets when it is built (rules.ts explains the notation; fold.ts applies them).
//
// Canonical forms they aim at: constants on the right; subtraction of a constant is addition; strict comparisons with constants, but zero stays
// zero; 32-bit arithmetic on 64-bit values that were extended; one extension instead of a pair of shifts; extend_u(wrap x) for the low half
// of a 64-bit value. Integer identities are those of arithmetic modulo 2^n (Warren, Hacker's Delight). No rule on floats changes a
// bit of a result, but that a NaN may get other bits where the specification leaves them open.
import { invertedCompare, ops } from "./ops.ts";

const add = [
  "(add x 0) => x",
  "(add (add x C) D) => (add x (add C D))",
  "(add (add x C) (add y D)) => (add (add x y) (add C D))",
  "(add (sub x y) y) => x",
  "(add x (sub 0 y)) => (sub x y)",
  "(add (sub C x) D) => (sub (add C D) x)",
  "(add (xor x -1) 1) => (sub 0 x)",
  "(add x x) => (shl x 1)",
  "(add (and x y) (or x y)) => (add x y)",
  "(add (and x y) (xor x y)) => (or x y)",
  "(add (shl x C) (shr_u x D)) => (rotl x C) if sumIsWidth(C D) and nonZero(C)",
];

const sub = [
  "(sub x x) => 0",
  "(sub x C) => (add x (sub 0 C))",
  "(sub C (add x D)) => (sub (sub C D) x)",
  "(sub C (sub D x)) => (add x (sub C D))",
  "(sub (add x y) y) => x",
  "(sub x (add x y)) => (sub 0 y)",
  "(sub x (sub 0 y)) => (add x y)",
  "(sub x (sub x y)) => y",
  "(sub 0 (sub x y)) => (sub y x)",
  "(sub -1 x) => (xor x -1)",
  "(sub (add x C) (add y D)) => (add (sub x y) (sub C D))",
  "(sub (add x C) y) => (add (sub x y) C)",
];

const mul = [
  "(mul x 0) => 0",
  "(mul x 1) => x",
  "(mul x -1) => (sub 0 x)",
  "(mul x C) => (shl x (@log2 C)) if pow2(C)",
  "(mul (mul x C) D) => (mul x (mul C D))",
  "(mul (shl x C) D) => (mul x (shl D C))",
  "(mul (sub 0 x) C) => (mul x (sub 0 C))",
  "(mulhigh_u x 0) => 0",
  "(mulhigh_u x 1) => 0",
  "(mulhigh_s x 0) => 0",
];

const divide = [
  "(div_u x 1) => x",
  "(div_s x 1) => x",
  "(div_u x C) => (shr_u x (@log2 C)) if pow2(C)",
  "(div_u x C) => (ge_u x C) if i32(C) and negative(C)",
  "(div_u x C) => (extend_u (ge_u x C)) if i64(C) and negative(C)",
  "(rem_u x C) => (and x (@lessOne C)) if pow2(C)",
  "(rem_s x 1) => 0",
  "(rem_s x -1) => 0",
];

const and = [
  "(and x x) => x",
  "(and x 0) => 0",
  "(and x -1) => x",
  "(and (and x C) D) => (and x (and C D))",
  "(and x (xor x -1)) => 0",
  "(and x (or x y)) => x",
  "(and x (and x y)) => (and x y)",
  "(and x C) => x if maskKeepsAll(x C)",
  "(and x C) => 0 if maskDropsAll(x C)",
  "(and (or x C) D) => D if subset(D C)",
  "(and (or x y) C) => (and x C) if maskDropsAll(y C)",
  "(and (or x y) C) => (and y C) if maskDropsAll(x C)",
  "(and (xor x C) D) => (and x D) if disjoint(C D)",
  "(and (add x y) C) => (and x C) if lowMask(C) and maskDropsAll(y C)",
  "(and (add x y) C) => (and y C) if lowMask(C) and maskDropsAll(x C)",
  "(and (extend8_s x) C) => (and x C) if within8(C)",
  "(and (extend16_s x) C) => (and x C) if within16(C)",
  "(and (extend32_s x) C) => (and x C) if fitsU32(C)",
  "(and (extend_s x) C) => (extend_u (and.i32 x (wrap C))) if fitsU32(C)",
  "(and (extend_u x) C) => (extend_u (and.i32 x (wrap C)))",
  "(and (extend_u x) (extend_u y)) => (extend_u (and.i32 x y))",
  "(and.i64 x C) => (extend_u (wrap x)) if fitsU32(C) and keepsLow32(C)",
];

const or = [
  "(or x x) => x",
  "(or x 0) => x",
  "(or x -1) => -1",
  "(or (or x C) D) => (or x (or C D))",
  "(or x (xor x -1)) => -1",
  "(or x (and x y)) => x",
  "(or x (or x y)) => (or x y)",
  "(or (and x C) (and x D)) => (and x (or C D))",
  "(or (and x C) D) => (or x D) if coveredByOr(C D)",
  "(or (shl x C) (shr_u x D)) => (rotl x C) if sumIsWidth(C D) and nonZero(C)",
  "(or (shl x y) (shr_u x (sub C y))) => (rotl x y) if isMultipleOfWidth(C)",
  "(or (shr_u x y) (shl x (sub C y))) => (rotr x y) if isMultipleOfWidth(C)",
  "(or (extend_u x) (extend_u y)) => (extend_u (or.i32 x y))",
];

const xor = [
  "(xor x x) => 0",
  "(xor x 0) => x",
  "(xor (xor x C) D) => (xor x (xor C D))",
  "(xor (xor x y) y) => x",
  "(xor x (xor x -1)) => -1",
  "(xor (sub 0 x) -1) => (add x -1)",
  "(xor (add x C) -1) => (sub (xor C -1) x)",
  "(xor (shl x C) (shr_u x D)) => (rotl x C) if sumIsWidth(C D) and nonZero(C)",
  "(xor (and x y) (or x y)) => (xor x y)",
  "(xor (extend_u x) (extend_u y)) => (extend_u (xor.i32 x y))",
];

const shift = [
  ...["shl", "shr_s", "shr_u", "rotl", "rotr"].flatMap((op) => [
    `(${op} x 0) => x`,
    `(${op} 0 x) => 0`,
    `(${op} x C) => (${op} x (@count C)) if countTooLarge(C)`,
    `(${op} x (and y C)) => (${op} x y) if keepsCount(C)`,
    `(${op} x (add y C)) => (${op} x y) if isMultipleOfWidth(C)`,
    `(${op} x (sub C y)) => (${op} x (sub 0 y)) if isMultipleOfWidth(C) and nonZero(C)`,
    `(${op} x (extend_u (and y C))) => (${op} x (extend_u y)) if keepsCount64(C)`,
    `(${op} x (extend_s y)) => (${op} x (extend_u y))`,
    `(${op} x (extend_u (wrap y))) => (${op} x y)`,
  ]),
  "(shr_s -1 x) => -1",
  "(rotl -1 x) => -1",
  "(rotr -1 x) => -1",
  "(rotr x C) => (rotl x (@negateCount C))",
  "(rotl x (sub 0 y)) => (rotr x y)",
  "(rotr x (sub 0 y)) => (rotl x y)",
  "(rotl (rotl x C) D) => (rotl x (add C D))",
  "(shl (shl x C) D) => (shl x (@sum C D)) if sumInRange(C D)",
  "(shl (shl x C) D) => 0",
  "(shr_u (shr_u x C) D) => (shr_u x (@sum C D)) if sumInRange(C D)",
  "(shr_u (shr_u x C) D) => 0",
  "(shr_s (shr_s x C) D) => (shr_s x (@sumClamped C D))",
  "(shl (shr_u x C) C) => (and x (@highMask C)) if below32(C)",
  "(shl (shr_s x C) C) => (and x (@highMask C)) if below32(C)",
  "(shr_u.i32 (shl x C) C) => (and x (@lowMask C))",
  "(shr_u.i64 (shl x C) C) => (and x (@lowMask C)) if atLeast32(C)",
  "(shr_u (and x C) D) => (and (shr_u x D) (@shrU C D))",
  "(shr_s.i32 (shl x 24) 24) => (extend8_s x)",
  "(shr_s.i32 (shl x 16) 16) => (extend16_s x)",
  "(shr_s.i64 (shl x 56) 56) => (extend8_s x)",
  "(shr_s.i64 (shl x 48) 48) => (extend16_s x)",
  "(shr_s.i64 (shl x 32) 32) => (extend32_s x)",
  "(shr_u (extend_u x) C) => (extend_u (shr_u.i32 x (wrap C))) if below32(C)",
  "(shr_u (extend_u x) C) => 0 if atLeast32(C)",
  "(shr_s (extend_u x) C) => (shr_u (extend_u x) C)",
  "(shr_s (extend_s x) C) => (extend_s (shr_s.i32 x (wrap C))) if below32(C)",
  "(shr_s x C) => (shr_u x C) if nonNegativeValue(x)",
];

const extend = [
  "(extend8_s x) => x if fits8S(x)",
  "(extend8_s (extend16_s x)) => (extend8_s x)",
  "(extend8_s (extend32_s x)) => (extend8_s x)",
  "(extend8_s (and x C)) => (extend8_s x) if keepsLow8(C)",
  "(extend8_s (extend8_s x)) => (extend8_s x)",
  "(extend16_s x) => x if fits16S(x)",
  "(extend16_s (extend16_s x)) => (extend16_s x)",
  "(extend16_s (extend32_s x)) => (extend16_s x)",
  "(extend16_s (and x C)) => (extend16_s x) if keepsLow16(C)",
  "(extend32_s x) => x if fits32S(x)",
  "(extend32_s (extend32_s x)) => (extend32_s x)",
  "(extend32_s (and x C)) => (extend32_s x) if keepsLow32(C)",
  "(extend32_s (extend_u x)) => (extend_s x)",
  "(extend32_s (extend_s x)) => (extend_s x)",
  "(extend8_s.i64 (extend_u x)) => (extend_s (extend8_s.i32 x))",
  "(extend8_s.i64 (extend_s x)) => (extend_s (extend8_s.i32 x))",
  "(extend16_s.i64 (extend_u x)) => (extend_s (extend16_s.i32 x))",
  "(extend16_s.i64 (extend_s x)) => (extend_s (extend16_s.i32 x))",
  "(extend_s (wrap x)) => (extend32_s x)",
  "(wrap (extend_u x)) => x",
  "(wrap (extend_s x)) => x",
  "(wrap (extend32_s x)) => (wrap x)",
  "(wrap (extend8_s x)) => (extend8_s (wrap x))",
  "(wrap (extend16_s x)) => (extend16_s (wrap x))",
  "(wrap (and x C)) => (wrap x) if keepsLow32(C)",
  "(wrap (or x y)) => (wrap x) if lowHalfZero(y)",
  "(wrap (or x y)) => (wrap y) if lowHalfZero(x)",
  "(wrap (shl x C)) => 0 if atLeast32(C)",
  "(wrap (shl (extend_u x) C)) => (shl x (wrap C)) if below32(C)",
  "(wrap (shl (extend_s x) C)) => (shl x (wrap C)) if below32(C)",
  "(wrap (select c x C)) => (select c (wrap x) (wrap C))",
  "(wrap (select c C x)) => (select c (wrap C) (wrap x))",
  ...["add", "sub", "mul", "and", "or", "xor"].flatMap((op) => [
    ...["extend_u", "extend_s"].flatMap((e) => [
      `(wrap (${op} (${e} x) C)) => (${op} x (wrap C))`,
      `(wrap (${op} (${e} x) y)) => (${op} x (wrap y))`,
    ]),
    ...(op === "sub"
      ? ["(wrap (sub y (extend_u x))) => (sub (wrap y) x)", "(wrap (sub y (extend_s x))) => (sub (wrap y) x)"]
      : []),
  ]),
];

/** Comparisons with zero, with constants, of extended values. */
function comparisonRules(): string[] {
  const rules: string[] = [];
  for (const op of ["eq", "le_s", "le_u", "ge_s", "ge_u"]) rules.push(`(${op} x x) => 1 if int(x)`);
  for (const op of ["ne", "lt_s", "lt_u", "gt_s", "gt_u"]) rules.push(`(${op} x x) => 0 if int(x)`);
  for (const op of ["eq", "ne"]) {
    const differ = op === "eq" ? 0 : 1;
    rules.push(
      `(${op} (add x C) D) => (${op} x (sub D C))`,
      `(${op} (xor x C) D) => (${op} x (xor C D))`,
      `(${op} (sub C x) D) => (${op} x (sub C D))`,
      `(${op} (sub x y) 0) => (${op} x y)`,
      `(${op} (xor x y) 0) => (${op} x y)`,
      `(${op} (add x y) x) => (${op} y 0)`,
      `(${op} (add x y) (add x z)) => (${op} y z)`,
      `(${op} (sub x y) x) => (${op} y 0)`,
      `(${op} (xor x y) x) => (${op} y 0)`,
      `(${op} (extend_u x) (extend_u y)) => (${op} x y)`,
      `(${op} (extend_s x) (extend_s y)) => (${op} x y)`,
      `(${op} (extend_u x) C) => (${op}.i32 x (wrap C)) if fitsU32(C)`,
      `(${op} (extend_u x) C) => ${differ} if notU32(C)`,
      `(${op} (extend_s x) C) => (${op}.i32 x (wrap C)) if fitsS32(C)`,
      `(${op} (and x C) C) => (${op === "eq" ? "ne" : "eq"} (and x C) 0) if pow2(C)`,
      `(${op} (bswap x) C) => (${op} x (bswap C))`,
      `(${op} (rotl x D) C) => (${op} x (rotr C D))`,
      `(${op} (clz x) 32) => (${op} x 0) if i32(x)`,
      `(${op} (ctz x) 32) => (${op} x 0) if i32(x)`,
      `(${op} (clz x) 64) => (${op} x 0) if i64(x)`,
      `(${op} (ctz x) 64) => (${op} x 0) if i64(x)`,
      `(${op} (popcnt x) 0) => (${op} x 0)`,
    );
  }
  rules.push(
    "(ne.i32 x 0) => x if bool(x)",
    "(eq.i32 x 1) => x if bool(x)",
    "(ne.i32 x 1) => (eq x 0) if bool(x)",
  );
  for (const [op, inverse] of invertedCompare) {
    const name = ops[op].name;
    rules.push(`(eq.i32 (${name} x y) 0) => (${ops[inverse].name} x y)`);
    rules.push(`(xor.i32 (${name} x y) 1) => (${ops[inverse].name} x y)`);
  }
  rules.push(
    "(lt_u x 0) => 0",
    "(ge_u x 0) => 1",
    "(gt_u x 0) => (ne x 0)",
    "(le_u x 0) => (eq x 0)",
    "(lt_u x 1) => (eq x 0)",
    "(ge_u x 1) => (ne x 0)",
    "(gt_u x -1) => 0",
    "(le_u x -1) => 1",
    "(lt_s x 1) => (le_s x 0)",
    "(gt_s x -1) => (ge_s x 0)",
    "(le_s x -1) => (lt_s x 0)",
    "(ge_s x 1) => (gt_s x 0)",
    "(le_s x C) => (lt_s x (@plusOne C)) if notGreatestS(C) and nonZero(C)",
    "(ge_s x C) => (gt_s x (@lessOne C)) if notLeastS(C) and nonZero(C)",
    "(le_u x C) => (lt_u x (@plusOne C)) if notAllOnes(C)",
    "(ge_u x C) => (gt_u x (@lessOne C)) if nonZero(C)",
    "(lt_s x C) => 0 if leastS(C)",
    "(ge_s x C) => 1 if leastS(C)",
    "(gt_s x C) => 0 if greatestS(C)",
    "(le_s x C) => 1 if greatestS(C)",
    "(lt_s x 0) => 0 if nonNegativeValue(x)",
    "(ge_s x 0) => 1 if nonNegativeValue(x)",
    "(lt_s (extend32_s x) 0) => (lt_s.i32 (wrap x) 0)",
    "(ge_s (extend32_s x) 0) => (ge_s.i32 (wrap x) 0)",
  );
  for (const [signed, unsigned] of [
    ["lt_s", "lt_u"],
    ["le_s", "le_u"],
    ["gt_s", "gt_u"],
    ["ge_s", "ge_u"],
  ]) {
    rules.push(
      `(${unsigned} (extend_u x) (extend_u y)) => (${unsigned} x y)`,
      `(${signed} (extend_u x) (extend_u y)) => (${unsigned} x y)`,
      `(${signed} (extend_s x) (extend_s y)) => (${signed} x y)`,
      `(${unsigned} (extend_s x) (extend_s y)) => (${unsigned} x y)`,
      `(${unsigned} (extend_u x) C) => (${unsigned}.i32 x (wrap C)) if fitsU32(C)`,
      `(${signed} (extend_u x) C) => (${unsigned}.i32 x (wrap C)) if fitsU32(C)`,
      `(${signed} (extend_s x) C) => (${signed}.i32 x (wrap C)) if fitsS32(C)`,
    );
  }
  return rules;
}

const select = [
  "(select c x x) => x",
  "(select (eq.i32 c 0) x y) => (select c y x)",
  "(select (ne.i32 c 0) x y) => (select c x y)",
  "(select.i32 c 1 0) => (ne c 0)",
  "(select.i32 c 0 1) => (eq c 0)",
  "(select.i64 c 1 0) => (extend_u (ne.i32 c 0))",
  "(select.i64 c 0 1) => (extend_u (eq.i32 c 0))",
  "(select.i32 c -1 0) => (sub 0 (ne.i32 c 0))",
  "(select.i32 c 0 -1) => (sub 0 (eq.i32 c 0))",
  "(select.i64 c -1 0) => (sub 0 (extend_u (ne.i32 c 0)))",
  "(select.i64 c 0 -1) => (sub 0 (extend_u (eq.i32 c 0)))",
  "(select.i32 c 1 y) => (or c y) if bool(c) and bool(y)",
  "(select.i32 c y 0) => (and c y) if bool(c) and bool(y)",
  "(select (eq x y) x y) => y",
  "(select (eq x y) y x) => x",
  "(select (ne x y) x y) => x",
  "(select (ne x y) y x) => y",
  "(select c (select c x y) z) => (select c x z)",
  "(select c x (select c y z)) => (select c x z)",
];

const floats = [
  "(fneg (fneg x)) => x",
  "(fabs (fneg x)) => (fabs x)",
  "(fabs (fabs x)) => (fabs x)",
  "(fabs (fcopysign x y)) => (fabs x)",
  "(fcopysign x C) => (fabs x) if signClear(C)",
  "(fcopysign x C) => (fneg (fabs x)) if signSet(C)",
  "(fcopysign (fneg x) y) => (fcopysign x y)",
  "(fcopysign (fabs x) y) => (fcopysign x y)",
  "(fcopysign x (fneg (fneg y))) => (fcopysign x y)",
  "(fdiv x C) => (fmul x (@reciprocal C)) if exactReciprocal(C)",
  "(convert_s (extend_s x)) => (convert_s x)",
  "(convert_s (extend_u x)) => (convert_u x)",
  "(convert_u (extend_u x)) => (convert_u x)",
];

/** Every rule, in the order they are tried for an op. */
export const foldRules: readonly string[] = [
  ...add,
  ...sub,
  ...mul,
  ...divide,
  ...and,
  ...or,
  ...xor,
  ...shift,
  ...extend,
  ...comparisonRules(),
  ...select,
  ...floats,
];
