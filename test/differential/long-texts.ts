// Modules of long arithmetic, for texts.ts: sums, differences and products of several words in every shape that is put together to one instruction or nearly so,
// and accesses whose addresses come within reach of the end of the 32 bits. Operands of the former come from a table of edges by four digits of the
// functions' parameter.
import type { TextCase } from "./texts.ts";

const edges = [
  0n,
  1n,
  2n,
  3n,
  0x7fffffffn,
  0x80000000n,
  0xffffffffn,
  0x100000000n,
  0x123456789abcdefn,
  0x7fffffffffffffffn,
  0x8000000000000000n,
  0x8000000000000001n,
  0xffffffff00000000n,
  0xfffffffffffffffen,
  0xffffffffffffffffn,
  0xfedcba9876543210n,
];

/** Four digits below 16: a third of the pairs of edges for the first two, others for the rest. */
function digits(): bigint[] {
  const numbers: bigint[] = [];
  for (let a = 0; a < 16; a++)
    for (let b = 0; b < 16; b += 3)
      numbers.push(
        BigInt(a | (b << 4) | ((((a * 7 + b * 3) >> 1) & 15) << 8) | (((a * 5 + b * 11) & 15) << 12)),
      );
  return numbers;
}

const bytes = edges
  .map((x) =>
    Array.from(
      { length: 8 },
      (_, i) => `\\${((x >> BigInt(8 * i)) & 255n).toString(16).padStart(2, "0")}`,
    ).join(""),
  )
  .join("");

/** Operand `i` of four, as i64. */
const operand = (i: number): string =>
  `(i64.load offset=1024 (i32.shl (i32.and (i32.shr_u (local.get 0) (i32.const ${4 * i})) (i32.const 15)) (i32.const 3)))`;

const [a, b, c, d] = ["a", "b", "c", "d"].map((x) => `(local.get $${x})`);

/** A function of the four operands with locals $x $y (i64) and $i $j (i32); what it stores at 0 to 64 is compared. */
function longFunction(name: string, body: string): string {
  return `(func (export "${name}") (param i32) (local $a i64) (local $b i64) (local $c i64) (local $d i64) (local $x i64) (local $y i64) (local $i i32) (local $j i32)
    (local.set $a ${operand(0)}) (local.set $b ${operand(1)}) (local.set $c ${operand(2)}) (local.set $d ${operand(3)})
    ${body})`;
}

const x = "(local.get $x)";
const carry = (sum: string, of: string): string => `(i64.extend_i32_u (i64.lt_u ${sum} ${of}))`;
const put = (at: number, v: string): string => `(i64.store offset=${at} (i32.const 0) ${v})`;
const set = (to: string, v: string): string => `(local.set $${to} ${v})`;
const add = (p: string, q: string): string => `(i64.add ${p} ${q})`;
const sub = (p: string, q: string): string => `(i64.sub ${p} ${q})`;
const wrap = (p: string): string => `(i32.wrap_i64 ${p})`;
const memory = "(i64.load (i32.const 128))";

const sums = [
  longFunction("carry of the first", set("x", add(a, b)) + put(8, add(c, carry(x, a))) + put(0, x)),
  longFunction("carry of the second", set("x", add(a, b)) + put(8, add(add(c, d), carry(x, b))) + put(0, x)),
  longFunction(
    "greater",
    `${set("x", add(a, b))}${put(8, add(c, `(i64.extend_i32_u (i64.gt_u ${a} ${x}))`))}${put(0, x)}`,
  ),
  longFunction("stored first", set("x", add(a, b)) + put(0, x) + put(8, add(c, carry(x, a)))),
  longFunction(
    "read between",
    set("x", add(a, b)) +
      set("y", `(i64.mul ${x} ${d})`) +
      put(8, add(c, carry(x, a))) +
      put(0, x) +
      put(16, `(local.get $y)`),
  ),
  longFunction("carry alone", set("x", add(a, b)) + put(8, carry(x, a)) + put(0, x)),
  longFunction("no low half", put(8, add(c, carry(add(a, b), a)))),
  longFunction("constant", set("x", add(a, "(i64.const 77)")) + put(8, add(c, carry(x, a))) + put(0, x)),
  longFunction(
    "carry of a constant",
    set("x", add(a, "(i64.const -5)")) + put(8, add(c, carry(x, "(i64.const -5)"))) + put(0, x),
  ),
  longFunction(
    "large constant",
    set("x", add(a, "(i64.const 0x123456789a)")) + put(8, add(add(c, d), carry(x, a))) + put(0, x),
  ),
  longFunction(
    "operand in memory",
    put(128, b) + set("x", add(a, memory)) + put(8, add(add(c, d), carry(x, a))) + put(0, x),
  ),
  longFunction("twice the same", set("x", add(a, a)) + put(8, add(add(a, a), carry(x, a))) + put(0, x)),
  longFunction(
    "three words",
    set("x", add(a, b)) +
      put(0, x) +
      set("y", add(c, carry(x, a))) +
      set("x", add("(local.get $y)", d)) +
      put(8, x) +
      put(16, add(add(b, carry("(local.get $y)", c)), carry(x, d))),
  ),
  longFunction(
    "two carries",
    set("x", add(a, b)) +
      set("y", add(x, c)) +
      put(8, add(add(d, carry(x, a)), carry("(local.get $y)", x))) +
      put(0, "(local.get $y)"),
  ),
  longFunction("around the end", set("x", add(a, b)) + put(8, add(x, carry(x, a))) + put(0, x)),
  longFunction("around the end, borrow", set("x", sub(a, b)) + put(8, sub(x, carry(a, b))) + put(0, x)),
  longFunction("borrow", put(0, sub(a, b)) + put(8, sub(c, carry(a, b)))),
  longFunction("borrow first", put(8, sub(sub(c, d), carry(a, b))) + put(0, sub(a, b))),
  longFunction(
    "borrow of memory",
    put(128, b) + set("x", memory) + put(0, sub(a, x)) + put(8, sub(sub(c, d), carry(a, x))),
  ),
  longFunction("borrow alone", put(8, sub(c, carry(a, b)))),
  longFunction(
    "borrow of a constant",
    put(0, sub(a, "(i64.const 1000)")) + put(8, sub(c, carry(a, "(i64.const 1000)"))),
  ),
  longFunction(
    "borrow the other way",
    put(0, sub(b, a)) + put(8, sub(c, `(i64.extend_i32_u (i64.gt_u ${a} ${b}))`)),
  ),
  longFunction(
    "32 bits",
    `(local.set $i (i32.add ${wrap(a)} ${wrap(b)})) (local.set $j (i32.add ${wrap(c)} (i32.lt_u (local.get $i) ${wrap(a)})))
    (i32.store offset=0 (i32.const 0) (local.get $i)) (i32.store offset=4 (i32.const 0) (local.get $j))`,
  ),
  longFunction(
    "32 bits, borrow",
    `(local.set $i (i32.sub ${wrap(a)} ${wrap(b)})) (local.set $j (i32.sub (i32.sub ${wrap(c)} ${wrap(d)}) (i32.lt_u ${wrap(a)} ${wrap(b)})))
    (i32.store offset=0 (i32.const 0) (local.get $i)) (i32.store offset=4 (i32.const 0) (local.get $j))`,
  ),
  longFunction(
    "carry of 32 bits into 64",
    `(local.set $i (i32.add ${wrap(a)} ${wrap(b)})) ${put(8, add(c, `(i64.extend_i32_u (i32.lt_u (local.get $i) ${wrap(a)}))`))}`,
  ),
];

/** The function that compilers call for products of 128 bits. */
const multiply = `(func $multiply (param i32 i64 i64 i64 i64) (local i64 i64 i64 i64)
  (i64.store offset=8 (local.get 0) (i64.add (i64.add (i64.mul (local.get 3) (local.get 2)) (i64.mul (local.get 1) (local.get 4)))
    (i64.add (i64.add (i64.mul
      (local.tee 5 (i64.shr_u (local.get 1) (i64.const 32))) (local.tee 6 (i64.shr_u (local.get 3) (i64.const 32))))
      (i64.shr_u (local.tee 5 (i64.add (i64.mul (local.get 5) (local.tee 7 (i64.and (local.get 3) (i64.const 4294967295))))
        (i64.shr_u (local.tee 7 (i64.mul (local.tee 8 (i64.and (local.get 1) (i64.const 4294967295))) (local.get 7))) (i64.const 32)))) (i64.const 32)))
      (i64.shr_u (local.tee 6 (i64.add (i64.mul (local.get 8) (local.get 6)) (i64.and (local.get 5) (i64.const 4294967295)))) (i64.const 32)))))
  (i64.store (local.get 0) (i64.or (i64.shl (local.get 6) (i64.const 32)) (i64.and (local.get 7) (i64.const 4294967295)))))`;

const product = (at: string, p: string, q: string): string =>
  `(call $multiply ${at} ${p} (i64.const 0) ${q} (i64.const 0))`;

const products = [
  longFunction("product", product("(i32.const 0)", a, b)),
  longFunction("all words", `(call $multiply (i32.const 0) ${a} ${b} ${c} ${d})`),
  longFunction("square", product("(i32.const 16)", a, a)),
  longFunction(
    "product and sums",
    product("(i32.const 32)", a, b) +
      set("x", add("(i64.load (i32.const 32))", c)) +
      put(0, x) +
      put(8, add("(i64.load (i32.const 40))", carry(x, c))),
  ),
  longFunction(
    "sum of products in a frame",
    `(local.set $i (i32.sub (i32.const 640) (i32.const 64)))
    (i64.store offset=48 (local.get $i) ${d})
    ${product("(i32.add (local.get $i) (i32.const 16))", a, b)} ${product("(local.get $i)", c, d)}
    ${set("x", add("(i64.load offset=16 (local.get $i))", "(i64.load (local.get $i))"))} ${put(0, x)}
    ${put(8, add(add("(i64.load offset=24 (local.get $i))", "(i64.load offset=8 (local.get $i))"), carry(x, "(i64.load (local.get $i))")))}`,
  ),
];

/** Accesses at $p plus constants, which may pass either end of the 32 bits. */
const wraps = `(module
  (memory (export "memory") 2)
  (global $g (mut i32) (i32.const 0))
  (func (export "load behind store") (param $p i32) (result i64)
    (i64.store (i32.sub (local.get $p) (i32.const 128)) (i64.const 0x1122334455667788))
    (i64.load offset=8 (i32.sub (local.get $p) (i32.const 136))))
  (func (export "store behind store") (param $p i32)
    (i64.store (i32.sub (local.get $p) (i32.const 128)) (i64.const 7))
    (i64.store offset=8 (i32.sub (local.get $p) (i32.const 136)) (i64.const 7)))
  (func (export "narrow behind wide") (param $p i32) (result i32)
    (i64.store (i32.add (local.get $p) (i32.const 8)) (i64.const -2))
    (i32.load8_s offset=24 (i32.add (local.get $p) (i32.const -16))))
  (func (export "frame") (param $p i32) (result i64) (local $f i32)
    (local.set $f (i32.sub (local.get $p) (i32.const 96)))
    (i64.store offset=16 (local.get $f) (i64.const 5))
    (i64.store offset=8 (i32.add (local.get $f) (i32.const 32)) (i64.const 6))
    (i64.store (i32.add (local.get $f) (i32.const 64)) (i64.const 7))
    (i64.add (i64.load offset=40 (local.get $f))
      (i64.add (i64.load offset=64 (local.get $f)) (i64.load offset=16 (i32.sub (local.get $p) (i32.const 96))))))
  (func (export "frame in a loop") (param $p i32) (result i64) (local $f i32) (local $n i32) (local $s i64)
    (local.set $f (i32.sub (local.get $p) (i32.const 96)))
    (i64.store offset=16 (local.get $f) (i64.const 5))
    (loop
      (i64.store offset=8 (i32.add (local.get $f) (i32.const 32)) (i64.extend_i32_u (local.get $n)))
      (global.set $g (i32.add (local.get $f) (i32.const 80)))
      (i64.store8 (i32.add (i32.add (local.get $f) (i32.const 64)) (local.get $n)) (local.get $s))
      (local.set $s (i64.add (i64.add (local.get $s) (i64.load offset=40 (local.get $f)))
        (i64.add (i64.load offset=64 (local.get $f)) (i64.extend_i32_u (global.get $g)))))
      (br_if 0 (i32.lt_u (local.tee $n (i32.add (local.get $n) (i32.const 1))) (i32.const 5))))
    (local.get $s))
  (func (export "constants") (result i64)
    (i64.store (i32.const 16) (i64.const 9))
    (i64.load offset=32 (i32.const -16))))`;

/** Casts as C compilers write them. */
function cast(from: string, to: string, unsigned: boolean): string {
  const bits = to === "i32" ? 32 : 64;
  const [float, other] = [
    `(${from}.reinterpret_i${from.slice(1)} (local.get 0))`,
    unsigned ? "0" : `-0x${(2n ** BigInt(bits - 1)).toString(16)}`,
  ];
  const limit = `(${from}.const 0x1p${unsigned ? bits : bits - 1})`;
  const test = unsigned
    ? `(i32.and (${from}.lt (local.get $x) ${limit}) (${from}.ge (local.get $x) (${from}.const 0)))`
    : `(${from}.lt (${from}.abs (local.get $x)) ${limit})`;
  const name = `${from} to ${to}${unsigned ? ", unsigned" : ""}`;
  return `(func (export "${name}") (param i${from.slice(1)}) (result ${to}) (local $x ${from})
    (local.set $x ${float})
    (block (br_if 0 (i32.eqz ${test})) (return (${to}.trunc_${from}_${unsigned ? "u" : "s"} (local.get $x))))
    (${to}.const ${other}))`;
}

/** Floats around the ends of the ranges, of both signs, infinities and not-a-numbers: bits of doubles, and of floats in the lower half. */
function floats(): bigint[] {
  const view = new DataView(new ArrayBuffer(8));
  const numbers: bigint[] = [];
  for (const exponent of [0, 31, 32, 63, 64])
    for (const sign of [1, -1])
      for (const step of [-2n, -1n, 0n, 1n, 2n]) {
        view.setFloat64(0, sign * 2 ** exponent);
        numbers.push(view.getBigUint64(0) + step);
        view.setFloat32(0, sign * 2 ** exponent);
        numbers.push(BigInt(view.getUint32(0)) + step);
      }
  return numbers.concat(
    [0n, 0x80000000n, 0x7f800000n, 0xff800000n, 0x7fc00000n, 0x3f000000n],
    [
      0x8000000000000000n,
      0x7ff0000000000000n,
      0xfff0000000000000n,
      0x7ff8000000000000n,
      0x3fe0000000000000n,
      0xbfefffffffffffffn,
      0x41dfffffffdfffffn,
      0xc1e00000001fffffn,
      0xc1e0000000100000n,
      0x41efffffffffffffn,
    ],
  );
}

const casts = ["f32", "f64"].flatMap((from) =>
  ["i32", "i64"].flatMap((to) => [false, true].map((unsigned) => cast(from, to, unsigned))),
);

export const longTexts: readonly TextCase[] = [
  {
    name: "sums and differences of several words",
    text: `(module (memory (export "memory") 1) (data (i32.const 1024) "${bytes}") ${sums.join("\n")})`,
    numbers: digits(),
  },
  {
    name: "products of two words",
    text: `(module (memory (export "memory") 1) (data (i32.const 1024) "${bytes}") ${multiply} ${products.join("\n")})`,
    numbers: digits(),
  },
  { name: "guarded conversions", text: `(module ${casts.join("\n")})`, numbers: floats() },
  {
    name: "accesses near the ends of 32 bits",
    text: wraps,
    numbers: [
      0n,
      8n,
      15n,
      16n,
      17n,
      95n,
      96n,
      100n,
      120n,
      127n,
      128n,
      132n,
      135n,
      136n,
      137n,
      4096n,
      131064n,
      131072n,
      131136n,
      131168n,
      131200n,
      131300n,
    ].concat([1n, 8n, 9n, 16n, 17n, 24n, 64n].map((x) => 2n ** 32n - x)),
  },
];
