// Loops over arrays that become loops of vectors (compiler/opt/vectorize.ts): called with places that overlap, that end where the memory ends, and that
// wrap around 2^32. Floats come before integers, and single ones first, so that no bits of others make them NaNs, whose payloads differ between machines.
import type { TextCase } from "./texts.ts";

/** A loop of 11 rounds over arrays at $to and $from; `body` is one round, `step` the bytes it moves on. */
function loop(
  name: string,
  locals: string,
  before: string,
  body: string,
  step: number,
  result = "",
  value = "(local.get $sum)",
): string {
  return `(func (export "${name}") (param $to i32) (param $from i32) ${result === "" ? "" : `(result ${result})`}
    (local $i i32) (local $place i32) ${locals}
    (local.set $place (local.get $from))
    ${before}
    (loop $next
      ${body}
      (local.set $from (i32.add (local.get $from) (i32.const ${step})))
      (local.set $to (i32.add (local.get $to) (i32.const ${step})))
      (br_if $next (i32.ne (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.const 11))))
    ${result === "" ? "" : value})`;
}

/** A loop of 1 to 24 rounds, each number of rounds somewhere else. */
function counted(name: string, body: string, step: number): string {
  return `(func (export "${name}") (param $place i32) (param $distance i32)
    (local $rounds i32) (local $i i32) (local $to i32) (local $from i32)
    (loop $again
      (local.set $rounds (i32.add (local.get $rounds) (i32.const 1)))
      (local.set $i (local.get $rounds))
      (local.set $to (i32.add (i32.const 1024) (i32.mul (local.get $rounds) (i32.const 1040))))
      (local.set $from (i32.add (local.get $to) (local.get $distance)))
      (loop $next
        ${body}
        (local.set $from (i32.add (local.get $from) (i32.const ${step})))
        (local.set $to (i32.add (local.get $to) (i32.const ${step})))
        (br_if $next (local.tee $i (i32.sub (local.get $i) (i32.const 1)))))
      (br_if $again (i32.lt_u (local.get $rounds) (i32.const 24)))))`;
}

/** to[j] = to[j] * 0.5 + from[j], in elements of f32 or f64. */
function scaled(type: string, offset: number): string {
  return `(${type}.store offset=${offset} (local.get $to) (${type}.add (${type}.load offset=${offset} (local.get $from))
    (${type}.mul (${type}.load offset=${offset} (local.get $to)) (${type}.const 0.5))))`;
}

const floats = '"\\00\\00\\00\\3f\\00\\00\\f0\\3f\\00\\00\\80\\40\\00\\00\\08\\40"';

export const vectorTexts: TextCase = {
  name: "loops of vectors",
  text: `(module
    (memory (export "memory") 1)
    (data (i32.const 0) ${`${floats} `.repeat(20)})
    (data (i32.const 65344) ${`${floats} `.repeat(12)})
    ${loop("f32, two", "", "", `${scaled("f32", 0)} ${scaled("f32", 4)}`, 8)}
    ${loop("f32, far", "", "", scaled("f32", 65500), 4)}
    ${loop(
      "difference",
      "(local $old f32) (local $now f32)",
      "",
      `(local.set $now (f32.load offset=4 (local.get $from)))
       (f32.store (local.get $to) (f32.sub (local.get $now) (local.get $old)))
       (local.set $old (local.get $now))`,
      4,
    )}
    ${loop(
      "fixed",
      "",
      "",
      `(f32.store (local.get $to) (f32.add (f32.load (local.get $from)) (f32.mul (f32.load (local.get $to))
         (f32.load offset=8 (local.get $place)))))`,
      4,
    )}
    ${counted("f32, counted", scaled("f32", 4), 4)}
    ${loop("f64", "", "", scaled("f64", 0), 8)}
    ${loop("f64, two", "", "", `${scaled("f64", 0)} ${scaled("f64", 8)}`, 16)}
    ${loop("f64, three", "", "", `${scaled("f64", 0)} ${scaled("f64", 8)} ${scaled("f64", 16)}`, 24)}
    ${loop(
      "apart",
      "",
      "",
      `(f64.store (local.get $to) (f64.sub (f64.mul (f64.load (local.get $to)) (f64.load offset=16 (local.get $from)))
         (f64.mul (f64.load offset=8 (local.get $to)) (f64.const 0.25))))
       (local.set $from (i32.add (local.get $from) (i32.const 24)))`,
      8,
    )}
    ${counted("f64, counted", scaled("f64", 0), 8)}
    ${counted("f64, two, counted", `${scaled("f64", 0)} ${scaled("f64", 8)}`, 16)}
    ${loop(
      "lanes",
      "(local $sum f64) (local $other f64)",
      "",
      `(local.set $sum (f64.add (local.get $sum) (f64.load (local.get $from))))
       (local.set $other (f64.add (local.get $other) (f64.load offset=8 (local.get $from))))`,
      16,
      "f64",
      "(f64.mul (local.get $sum) (local.get $other))",
    )}
    ${loop(
      "integers",
      "",
      "",
      `(i32.store (local.get $to) (i32.xor (i32.shr_u (i32.mul (i32.load (local.get $from)) (i32.const 77)) (i32.const 3))
         (i32.shr_s (i32.load offset=4 (local.get $from)) (i32.const 5))))
       (i32.store offset=4 (local.get $to) (i32.const 9))`,
      8,
    )}
    ${loop(
      "shifts",
      "(local $k i32)",
      "(local.set $k (i32.load (i32.const 4)))",
      `(i32.store (local.get $to) (i32.shl (i32.shr_s (i32.load (local.get $from)) (local.get $k)) (i32.const 2)))`,
      4,
    )}
    ${loop(
      "integers, down",
      "",
      "",
      `(i32.store (local.get $to) (i32.add (i32.load (local.get $to)) (i32.load offset=4 (local.get $from))))`,
      -4,
    )}
    ${loop(
      "integers, two, down",
      "",
      "",
      `(i64.store offset=8 (local.get $to) (i64.add (i64.load offset=8 (local.get $to)) (i64.load offset=8 (local.get $from))))
       (i64.store (local.get $to) (i64.add (i64.load (local.get $to)) (i64.load (local.get $from))))`,
      -16,
    )}
    ${loop("fill", "", "", "(i64.store (local.get $to) (i64.const 0x123456789abcdef))", 8)}
    ${loop(
      "sum",
      "(local $sum i32)",
      "(local.set $sum (i32.const 5))",
      "(local.set $sum (i32.add (local.get $sum) (i32.mul (i32.load (local.get $from)) (i32.load (local.get $to)))))",
      4,
      "i32",
    )}
    ${loop(
      "sum, two",
      "(local $sum i64)",
      "",
      `(local.set $sum (i64.xor (local.get $sum) (i64.load (local.get $from))))
       (local.set $sum (i64.xor (local.get $sum) (i64.load offset=8 (local.get $from))))`,
      16,
      "i64",
    )})`,
  numbers: [0n, 4n, 8n, 24n, 65344n, 65452n, 0xffffffe0n],
};
