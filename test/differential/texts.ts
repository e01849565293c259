// Modules in the text format that reach what single instructions do not: control flow, calls, tables, bulk memory, globals. Every exported function is
// called with each of the numbers for all its parameters; globals and memories are asked for after each call.
import { decodeModule } from "../../compiler/wasm/decode.ts";
import { ExternalKind } from "../../compiler/wasm/module.ts";
import { assemble } from "../support/text.ts";
import { longTexts } from "./long-texts.ts";
import { type Command, CommandKind, signaturesOf } from "./protocol.ts";
import { vectorTexts } from "./vector-texts.ts";

export interface TextCase {
  readonly name: string;
  readonly text: string;
  readonly numbers: readonly bigint[];
}

const small = [0n, 1n, 2n, 3n, 5n, 9n, 0xffffffffn];

const manyTypes = Array.from({ length: 30 }, (_, i) => ["i32", "f64", "i64", "f32"][i % 4]);

const lengths = [0, 1, 2, 3, 4, 5, 7, 8, 9, 12, 15, 16, 17, 31, 33, 63, 64, 65];

export const textCases: readonly TextCase[] = [
  {
    name: "blocks, loops and ifs with parameters and several results",
    text: `(module
      (func (export "block") (param i32) (result i32 i64)
        local.get 0
        (block (param i32) (result i32 i64)
          i64.const 7
          (br_if 0 (local.get 0))
          drop (i64.const 8)))
      (func (export "loop") (param i32) (result i32) (local i32)
        i32.const 0
        (loop (param i32) (result i32)
          (i32.add (local.get 1))
          (local.set 1 (i32.add (local.get 1) (i32.const 1)))
          (br_if 0 (i32.lt_s (local.get 1) (local.get 0)))))
      (func (export "if") (param i32) (result i32 i32)
        i32.const 10 i32.const 20
        (if (param i32 i32) (result i32 i32) (local.get 0)
          (then i32.add i32.const 5)
          (else (br 0 (i32.const 1) (i32.const 2)) unreachable)))
      (func (export "no else") (param i32) (result i32)
        i32.const 3
        (if (param i32) (result i32) (local.get 0)
          (then (drop (br_if 1 (i32.const 9) (i32.eq (local.get 0) (i32.const 2)))) i32.const 4 i32.mul)))
      (func (export "constant conditions") (param i32) (result i32) (local i32)
        (if (i32.const 0) (then (local.set 1 (i32.const 5))) (else (local.set 1 (i32.const 6))))
        (if (i32.const 1) (then (local.set 0 (i32.add (local.get 0) (local.get 1)))))
        (block (br_if 0 (i32.const 0)) (br_if 0 (i32.const 1)) (return (i32.const 77)))
        (i32.add (local.get 0) (local.get 1))))`,
    numbers: small,
  },
  {
    name: "functions that return a parameter",
    text: `(module
      (memory (export "memory") 1)
      (func $fill (param $to i32) (param $n i32) (result i32) (local $i i32)
        (if (i32.gt_u (local.get $n) (i32.const 100)) (then (return (local.get $to))))
        (loop $next
          (i32.store8 (i32.add (local.get $to) (local.get $i)) (local.get $i))
          (local.set $i (i32.add (local.get $i) (i32.const 1)))
          (br_if $next (i32.lt_u (local.get $i) (local.get $n))))
        local.get $to)
      (func $other (param $to i32) (param $n i32) (result i32)
        (if (local.get $n) (then (return (local.get $n))))
        local.get $to)
      (func (export "frame") (param i32) (result i32) (local i32)
        (local.set 1 (i32.add (local.get 0) (i32.const 32)))
        (i32.load (call $fill (i32.add (local.get 1) (i32.const 8)) (local.get 0))))
      (func (export "twice") (param i32) (result i32)
        (i32.load offset=1 (call $fill (call $fill (i32.const 200) (i32.const 5)) (local.get 0))))
      (func (export "other") (param i32) (result i32)
        (i32.sub (call $other (i32.const 7) (local.get 0)) (call $other (local.get 0) (i32.const 0)))))`,
    numbers: small,
  },
  {
    name: "small functions copied into their callers",
    text: `(module
      (memory (export "memory") 1)
      (global $g (export "g") (mut i32) (i32.const 0))
      (func $swap (param i32 i32) (result i32 i32) local.get 1 local.get 0)
      (func $clamp (param i32) (result i32)
        (if (i32.lt_s (local.get 0) (i32.const 0)) (then (return (i32.const 0))))
        (if (i32.gt_s (local.get 0) (i32.const 5)) (then (return (i32.const 5))))
        local.get 0)
      (func $stop (param i32) (result i32) (if (local.get 0) (then unreachable)) i32.const 8)
      (func $never (result i32) unreachable)
      (func $store (param i32 i32) (i32.store8 offset=65533 (local.get 0) (local.get 1)) (global.set $g (local.get 1)))
      (func $even (param i32) (result i32)
        (if (result i32) (local.get 0) (then (call $odd (i32.sub (local.get 0) (i32.const 1)))) (else (i32.const 1))))
      (func $odd (param i32) (result i32)
        (if (result i32) (local.get 0) (then (call $even (i32.sub (local.get 0) (i32.const 1)))) (else (i32.const 0))))
      (func $fib (param i32) (result i32)
        (if (i32.lt_s (local.get 0) (i32.const 2)) (then (return (local.get 0))))
        (global.set $g (i32.add (i32.mul (global.get $g) (i32.const 3)) (local.get 0)))
        (i32.add (call $fib (i32.sub (local.get 0) (i32.const 1))) (call $fib (i32.sub (local.get 0) (i32.const 2)))))
      (func $tak (param i32 i32 i32) (result i32)
        (if (result i32) (i32.ge_s (local.get 1) (local.get 0))
          (then (local.get 2))
          (else (call $tak
            (call $tak (i32.sub (local.get 0) (i32.const 1)) (local.get 1) (local.get 2))
            (call $tak (i32.sub (local.get 1) (i32.const 1)) (local.get 2) (local.get 0))
            (call $tak (i32.sub (local.get 2) (i32.const 1)) (local.get 0) (local.get 1))))))
      (func $endless (param i32) (result i32) (i32.add (call $endless (i32.add (local.get 0) (i32.const 1))) (i32.const 1)))
      (func (export "itself") (param i32) (result i32) (call $fib (i32.and (local.get 0) (i32.const 15))))
      (func (export "itself thrice") (param i32) (result i32)
        (call $tak (i32.and (local.get 0) (i32.const 7)) (i32.and (i32.shr_u (local.get 0) (i32.const 1)) (i32.const 3)) (i32.const 1)))
      (func (export "endless") (param i32) (result i32)
        (if (result i32) (local.get 0) (then (i32.const 3)) (else (call $endless (local.get 0)))))
      (func $outer (param i32) (result i32) (call $clamp (call $clamp (i32.add (local.get 0) (i32.const 1)))))
      (func (export "results") (param i32) (result i32 i32)
        (call $swap (call $swap (local.get 0) (call $outer (local.get 0)))))
      (func (export "returns in a loop") (param i32) (result i32) (local i32 i32)
        (loop
          (local.set 2 (i32.add (i32.mul (local.get 2) (i32.const 3)) (call $clamp (i32.sub (local.get 1) (i32.const 2)))))
          (br_if 0 (i32.lt_u (local.tee 1 (i32.add (local.get 1) (i32.const 1))) (i32.and (local.get 0) (i32.const 15)))))
        local.get 2)
      (func (export "stops") (param i32) (result i32) (i32.add (call $stop (i32.eq (local.get 0) (i32.const 5))) (call $clamp (local.get 0))))
      (func (export "never") (param i32) (result i32)
        (if (result i32) (i32.eqz (local.get 0)) (then (call $never)) (else (i32.const 4))))
      (func (export "effects in order") (param i32)
        (call $store (i32.const 1) (i32.const 7))
        (call $store (i32.and (local.get 0) (i32.const 7)) (call $outer (local.get 0)))
        (call $store (i32.const 0) (i32.const 9)))
      (func (export "recursion") (param i32) (result i32) (call $even (i32.and (local.get 0) (i32.const 31)))))`,
    numbers: small,
  },
  {
    name: "locals across joins, loops and exits",
    text: `(module
      (func (export "arms") (param i32) (result i32) (local i32 i32)
        (local.set 2 (i32.const 4))
        (if (local.get 0)
          (then (local.set 1 (i32.const 5)) (if (i32.eq (local.get 0) (i32.const 2)) (then (local.set 2 (i32.const 9)))))
          (else (local.set 1 (local.get 2)) (local.set 2 (i32.const 8))))
        (i32.add (i32.mul (local.get 1) (i32.const 100)) (local.get 2)))
      (func (export "set on exit only") (param i32) (result i32) (local i32 i32)
        (block
          (loop
            (local.set 2 (i32.add (local.get 2) (i32.const 1)))
            (if (i32.gt_u (local.get 2) (local.get 0)) (then (local.set 1 (i32.const 3)) (br 2)))
            (br_if 1 (i32.gt_u (local.get 2) (i32.const 6)))
            (br 0)))
        (i32.add (local.get 1) (local.get 2)))
      (func (export "swap") (param i32) (result i32) (local i32 i32 i32 i32)
        (local.set 0 (i32.and (local.get 0) (i32.const 63)))
        (local.set 1 (i32.const 1))
        (local.set 2 (i32.const 2))
        (loop
          (local.set 3 (local.get 1))
          (local.set 1 (local.get 2))
          (local.set 2 (local.get 3))
          (loop (local.set 4 (i32.add (local.get 4) (local.get 1))) (br_if 0 (i32.lt_u (local.get 4) (local.get 0))))
          (local.set 0 (i32.sub (local.get 0) (i32.const 1)))
          (br_if 0 (i32.lt_u (i32.sub (local.get 0) (i32.const 1)) (i32.const 10))))
        (i32.add (i32.mul (local.get 1) (i32.const 1000)) (local.get 4)))
      (func (export "read in a loop that closed") (param i32) (result i32) (local i32 i32)
        (block
          (block
            (loop
              (br_if 1 (i32.eqz (local.get 0)))
              (local.set 0 (i32.shr_u (local.get 0) (i32.const 1)))
              (local.set 1 (local.get 2))
              (local.set 2 (i32.add (local.get 2) (i32.const 3)))
              (br 0)))
          (br_if 0 (local.get 2)))
        (i32.add (local.get 1) (i32.mul (local.get 2) (i32.const 7))))
      (func (export "every kind of zero") (result i64 f32 f64 i32 externref) (local i64 f32 f64 i32 externref)
        local.get 0 local.get 1 local.get 2 local.get 3 local.get 4))`,
    numbers: small,
  },
  {
    name: "branch tables",
    text: `(module
      (func (export "values") (param i32) (result i32) (local i32)
        (block (result i32)
          (block (result i32)
            (block (result i32)
              (local.set 1 (i32.const 4))
              (br_table 0 1 2 1 3 (i32.const 50) (local.get 0)))
            (local.set 1 (i32.add (local.get 1)))
            (i32.const 3))
          (i32.add (local.get 1)))
        (i32.mul (i32.const 2)))
      (func (export "one target") (param i32) (result i32)
        (block (result i32) (br_table 0 0 0 (i32.const 4) (local.get 0))))
      (func (export "to a loop") (param i32) (result i32) (local i32)
        (block
          (loop
            (local.set 1 (i32.add (local.get 1) (i32.const 1)))
            (br_if 1 (i32.gt_u (local.get 1) (i32.const 9)))
            (br_table 0 1 0 0 0 0 0 0 0 0 0 0 0 1 (i32.add (local.get 0) (local.get 1)))))
        local.get 1))`,
    numbers: small,
  },
  {
    name: "parameters on the stack and results in memory",
    text: `(module
      (type $many (func (param ${manyTypes.join(" ")}) (result ${manyTypes.join(" ")})))
      (table funcref (elem $last))
      (func $last (type $many) ${manyTypes.map((_, i) => `local.get ${i}`).join(" ")})
      (func $middle (type $many) ${manyTypes.map((_, i) => `local.get ${i}`).join(" ")} call $last)
      (func (export "direct") (type $many) ${manyTypes.map((_, i) => `local.get ${i}`).join(" ")} call $middle)
      (func (export "indirect") (type $many)
        ${manyTypes.map((_, i) => `local.get ${i}`).join(" ")} i32.const 0 call_indirect (type $many))
      (func (export "branch") (param i32) (result ${manyTypes.join(" ")})
        ${manyTypes.map((t, i) => `${t}.const ${i}`).join(" ")} (br_if 0 (local.get 0)) call $last))`,
    numbers: [0n, 1n, 42n],
  },
  {
    name: "call_indirect and its traps",
    text: `(module
      (type $unary (func (param i32) (result i32)))
      (type $nullary (func (result i32)))
      (table $mixed 5 funcref)
      (table $single 3 3 funcref)
      (table $changing (export "table") 2 9 funcref)
      (elem (table $mixed) (i32.const 0) func $double $seven)
      (elem (table $mixed) (i32.const 3) func $double)
      (elem (table $single) (i32.const 1) func $double)
      (func $double (type $unary) (i32.add (local.get 0) (local.get 0)))
      (func $seven (type $nullary) i32.const 7)
      (func (export "mixed") (param i32) (result i32)
        (call_indirect $mixed (type $unary) (i32.const 4) (local.get 0)))
      (func (export "single") (param i32) (result i32)
        (call_indirect $single (type $unary) (i32.const 4) (local.get 0)))
      (func (export "other type") (param i32) (result i32) (call_indirect $single (type $nullary) (local.get 0)))
      (func (export "set") (param i32) (table.set $changing (local.get 0) (ref.func $double)))
      (func (export "grow") (param i32) (result i32) (table.grow $changing (ref.func $double) (local.get 0)))
      (func (export "size") (result i32 i32 i32) (table.size $changing) (table.size $mixed) (table.size $single))
      (func (export "changing") (param i32) (result i32)
        (call_indirect $changing (type $unary) (i32.const 4) (local.get 0)))
      (table $overlaid 7 funcref)
      (elem (table $overlaid) (i32.const 1) func $seven $seven $seven $double $double)
      (elem (table $overlaid) (i32.const 3) func $double $seven)
      (func (export "one segment over another") (param i32) (result i32)
        (call_indirect $overlaid (type $unary) (i32.const 4) (local.get 0)))
      (func (export "the other type there") (param i32) (result i32) (call_indirect $overlaid (type $nullary) (local.get 0)))
      (table $lone 4 4 funcref)
      (elem (table $lone) (i32.const 1) func $seven $seven $double)
      (func (export "one target behind a null") (param i32) (result i32)
        (call_indirect $lone (type $unary) (i32.const 4) (local.get 0)))
      (table $full 2 funcref)
      (elem (table $full) (i32.const 0) func $double $seven)
      (func (export "one target at the start") (param i32) (result i32)
        (call_indirect $full (type $unary) (i32.const 4) (local.get 0)))
      (func (export "not the target") (param i32) (result i32) (call_indirect $full (type $nullary) (local.get 0)))
      (type $wide (func (param i64 f64) (result f64)))
      (func (export "no target") (param i32) (result f64)
        (call_indirect $full (type $wide) (i64.const 4) (f64.const 1) (local.get 0))))`,
    numbers: [0n, 1n, 2n, 3n, 4n, 5n, 0xffffffffn, 0x80000000n],
  },
  {
    name: "switches",
    text: `(module
      (memory (export "memory") 1)
      (data (i32.const 0) "\\00\\01\\02\\03\\04\\05\\06\\07\\08\\1f\\20\\21\\27\\28\\29\\7f\\80\\bf\\c0\\fe\\ff")
      (func (export "masked") (param i32) (result i32)
        (block $b0 (block $b1 (block $b2 (block $b3 (block $b4 (block $b5 (br_table $b0 $b1 $b2 $b3 $b4 $b1 $b2 $b5 (i32.and (local.get 0) (i32.const 7)))) (return (i32.add (i32.mul (local.get 0) (i32.const 8)) (i32.const 5)))) (return (i32.add (i32.mul (local.get 0) (i32.const 7)) (i32.const 4)))) (return (i32.add (i32.mul (local.get 0) (i32.const 6)) (i32.const 3)))) (return (i32.add (i32.mul (local.get 0) (i32.const 5)) (i32.const 2)))) (return (i32.add (i32.mul (local.get 0) (i32.const 4)) (i32.const 1)))) (return (i32.add (i32.mul (local.get 0) (i32.const 3)) (i32.const 0)))
        (unreachable))
      (func (export "masked, with places to spare") (param i32) (result i32)
        (block $b0 (block $b1 (block $b2 (block $b3 (block $b4 (block $b5 (br_table $b0 $b1 $b2 $b3 $b4 $b1 $b2 $b3 $b0 $b1 $b5 (i32.and (local.get 0) (i32.const 7)))) (return (i32.add (i32.mul (local.get 0) (i32.const 8)) (i32.const 5)))) (return (i32.add (i32.mul (local.get 0) (i32.const 7)) (i32.const 4)))) (return (i32.add (i32.mul (local.get 0) (i32.const 6)) (i32.const 3)))) (return (i32.add (i32.mul (local.get 0) (i32.const 5)) (i32.const 2)))) (return (i32.add (i32.mul (local.get 0) (i32.const 4)) (i32.const 1)))) (return (i32.add (i32.mul (local.get 0) (i32.const 3)) (i32.const 0)))
        (unreachable))
      (func (export "masked, checked") (param i32) (result i32)
        (block $b0 (block $b1 (block $b2 (block $b3 (block $b4 (block $b5 (br_table $b0 $b1 $b2 $b3 $b4 $b5 (i32.and (local.get 0) (i32.const 7)))) (return (i32.add (i32.mul (local.get 0) (i32.const 8)) (i32.const 5)))) (return (i32.add (i32.mul (local.get 0) (i32.const 7)) (i32.const 4)))) (return (i32.add (i32.mul (local.get 0) (i32.const 6)) (i32.const 3)))) (return (i32.add (i32.mul (local.get 0) (i32.const 5)) (i32.const 2)))) (return (i32.add (i32.mul (local.get 0) (i32.const 4)) (i32.const 1)))) (return (i32.add (i32.mul (local.get 0) (i32.const 3)) (i32.const 0)))
        (unreachable))
      (func (export "byte") (param i32) (result i32)
        (block $b0 (block $b1 (block $b2 (block $b3 (block $b4 (block $b5 (br_table $b0 $b2 $b4 $b1 $b3 $b0 $b2 $b4 $b1 $b3 $b0 $b2 $b4 $b1 $b3 $b0 $b2 $b4 $b1 $b3 $b0 $b2 $b4 $b1 $b3 $b0 $b2 $b4 $b1 $b3 $b0 $b2 $b4 $b1 $b3 $b0 $b2 $b4 $b1 $b3 $b0 $b2 $b4 $b1 $b3 $b0 $b2 $b4 $b1 $b3 $b0 $b2 $b4 $b1 $b3 $b0 $b2 $b4 $b1 $b3 $b0 $b2 $b4 $b1 $b3 $b0 $b2 $b4 $b1 $b3 $b0 $b2 $b4 $b1 $b3 $b0 $b2 $b4 $b1 $b3 $b0 $b2 $b4 $b1 $b3 $b0 $b2 $b4 $b1 $b3 $b0 $b2 $b4 $b1 $b3 $b0 $b2 $b4 $b1 $b3 $b0 $b2 $b4 $b1 $b3 $b0 $b2 $b4 $b1 $b3 $b0 $b2 $b4 $b1 $b3 $b0 $b2 $b4 $b1 $b3 $b0 $b2 $b4 $b1 $b3 $b0 $b2 $b4 $b1 $b3 $b0 $b2 $b4 $b1 $b3 $b0 $b2 $b4 $b1 $b3 $b0 $b2 $b4 $b1 $b3 $b0 $b2 $b4 $b1 $b3 $b0 $b2 $b4 $b1 $b3 $b0 $b2 $b4 $b1 $b3 $b0 $b2 $b4 $b1 $b3 $b0 $b2 $b4 $b1 $b3 $b0 $b2 $b4 $b1 $b3 $b0 $b2 $b4 $b1 $b3 $b0 $b2 $b4 $b1 $b3 $b0 $b2 $b4 $b1 $b3 $b0 $b2 $b4 $b1 $b3 $b0 $b2 $b4 $b1 $b3 $b5 (i32.load8_u (i32.and (local.get 0) (i32.const 31))))) (return (i32.add (i32.mul (local.get 0) (i32.const 8)) (i32.const 5)))) (return (i32.add (i32.mul (local.get 0) (i32.const 7)) (i32.const 4)))) (return (i32.add (i32.mul (local.get 0) (i32.const 6)) (i32.const 3)))) (return (i32.add (i32.mul (local.get 0) (i32.const 5)) (i32.const 2)))) (return (i32.add (i32.mul (local.get 0) (i32.const 4)) (i32.const 1)))) (return (i32.add (i32.mul (local.get 0) (i32.const 3)) (i32.const 0)))
        (unreachable))
      (func (export "byte, checked") (param i32) (result i32)
        (block $b0 (block $b1 (block $b2 (block $b3 (block $b4 (block $b5 (br_table $b0 $b2 $b4 $b1 $b3 $b0 $b2 $b4 $b1 $b3 $b0 $b2 $b4 $b1 $b3 $b0 $b2 $b4 $b1 $b3 $b0 $b2 $b4 $b1 $b3 $b0 $b2 $b4 $b1 $b3 $b0 $b2 $b4 $b1 $b3 $b0 $b2 $b4 $b1 $b3 $b5 (i32.load8_u (i32.and (local.get 0) (i32.const 31))))) (return (i32.add (i32.mul (local.get 0) (i32.const 8)) (i32.const 5)))) (return (i32.add (i32.mul (local.get 0) (i32.const 7)) (i32.const 4)))) (return (i32.add (i32.mul (local.get 0) (i32.const 6)) (i32.const 3)))) (return (i32.add (i32.mul (local.get 0) (i32.const 5)) (i32.const 2)))) (return (i32.add (i32.mul (local.get 0) (i32.const 4)) (i32.const 1)))) (return (i32.add (i32.mul (local.get 0) (i32.const 3)) (i32.const 0)))
        (unreachable))
      (func (export "ranges") (param i32) (result i32)
        (block $b0 (block $b1 (block $b2 (block $b3 (br_table $b0 $b0 $b0 $b1 $b1 $b2 $b2 $b2 $b3 (i32.load8_u (i32.and (local.get 0) (i32.const 31))))) (return (i32.add (i32.mul (local.get 0) (i32.const 6)) (i32.const 3)))) (return (i32.add (i32.mul (local.get 0) (i32.const 5)) (i32.const 2)))) (return (i32.add (i32.mul (local.get 0) (i32.const 4)) (i32.const 1)))) (return (i32.add (i32.mul (local.get 0) (i32.const 3)) (i32.const 0)))
        (unreachable))
      (func (export "bits") (param i32) (result i32)
        (block $b0 (block $b1 (br_table $b0 $b1 $b0 $b1 $b0 $b0 $b1 $b1 $b0 $b1 $b0 $b1 (local.get 0))) (return (i32.add (i32.mul (local.get 0) (i32.const 4)) (i32.const 1)))) (return (i32.add (i32.mul (local.get 0) (i32.const 3)) (i32.const 0)))
        (unreachable))
      (func (export "bits of two places") (param i32) (result i32)
        (block $b0 (block $b1 (block $b2 (br_table $b0 $b1 $b2 $b0 $b2 $b0 $b2 $b2 $b1 $b2 $b2 $b2 $b2 $b2 $b2 $b2 $b2 $b2 $b2 $b2 $b2 $b2 $b2 $b2 $b2 $b2 $b2 $b2 $b2 $b2 $b2 $b2 $b1 $b0 $b2 $b2 $b2 $b2 $b2 $b1 $b0 $b2 (i32.load8_u (i32.and (local.get 0) (i32.const 31))))) (return (i32.add (i32.mul (local.get 0) (i32.const 5)) (i32.const 2)))) (return (i32.add (i32.mul (local.get 0) (i32.const 4)) (i32.const 1)))) (return (i32.add (i32.mul (local.get 0) (i32.const 3)) (i32.const 0)))
        (unreachable))
      (func (export "far apart") (param i32) (result i32)
        (block $b0 (block $b1 (block $b2 (block $b3 (block $b4 (br_table $b0 $b4 $b4 $b4 $b4 $b4 $b4 $b4 $b1 $b4 $b4 $b4 $b4 $b4 $b4 $b4 $b4 $b4 $b4 $b4 $b4 $b4 $b4 $b4 $b4 $b4 $b4 $b4 $b4 $b4 $b4 $b2 $b4 $b4 $b4 $b4 $b4 $b4 $b4 $b4 $b3 $b4 (i32.load8_u (i32.and (local.get 0) (i32.const 31))))) (return (i32.add (i32.mul (local.get 0) (i32.const 7)) (i32.const 4)))) (return (i32.add (i32.mul (local.get 0) (i32.const 6)) (i32.const 3)))) (return (i32.add (i32.mul (local.get 0) (i32.const 5)) (i32.const 2)))) (return (i32.add (i32.mul (local.get 0) (i32.const 4)) (i32.const 1)))) (return (i32.add (i32.mul (local.get 0) (i32.const 3)) (i32.const 0)))
        (unreachable)))`,
    numbers: [
      0n,
      1n,
      2n,
      3n,
      4n,
      5n,
      6n,
      7n,
      8n,
      9n,
      10n,
      11n,
      12n,
      13n,
      14n,
      15n,
      16n,
      17n,
      18n,
      19n,
      20n,
      31n,
      0xffffffffn,
      0x80000000n,
      0x7fffffffn,
    ],
  },
  {
    name: "table operators",
    text: `(module
      (table $t 10 20 funcref)
      (table $u 4 funcref)
      (elem $e funcref (ref.func $f) (ref.null func) (ref.func $g))
      (func $f) (func $g)
      (func (export "init") (param i32) (table.init $t $e (local.get 0) (i32.const 0) (i32.const 3)))
      (func (export "copy") (param i32) (table.copy $t $u (local.get 0) (i32.const 1) (local.get 0)))
      (func (export "copy within") (param i32) (table.copy $t $t (i32.const 2) (local.get 0) (i32.const 5)))
      (func (export "fill") (param i32) (table.fill $u (local.get 0) (ref.func $g) (i32.const 2)))
      (func (export "set") (param i32) (table.set $u (local.get 0) (table.get $t (i32.const 3))))
      (func (export "get") (param i32) (result funcref funcref i32)
        (table.get $t (local.get 0)) (table.get $u (local.get 0)) (ref.is_null (table.get $t (local.get 0))))
      (func (export "drop") (param i32) (if (i32.eq (local.get 0) (i32.const 5)) (then (elem.drop $e)))))`,
    numbers: small,
  },
  {
    name: "copies and fills of constant length leave memory unchanged when they trap",
    text: `(module
      (memory (export "memory") 1 2)
      (data (i32.const 65400) "${"abcdefghijklmnop".repeat(8)}")
      (data $passive "0123456789")
      ${lengths
        .map(
          (n) => `(func (export "copy ${n}") (param i32 i32)
            (memory.copy (i32.sub (i32.const 65500) (local.get 0)) (i32.const 65470) (i32.const ${n})))
          (func (export "source ${n}") (param i32 i32)
            (memory.copy (i32.const 100) (i32.add (i32.const 65480) (local.get 0)) (i32.const ${n})))
          (func (export "fill ${n}") (param i32)
            (memory.fill (i32.add (i32.const 65483) (local.get 0)) (i32.add (local.get 0) (i32.const 0x4e3)) (i32.const ${n})))`,
        )
        .join("\n")}
      (func (export "variable") (param i32)
        (memory.copy (i32.const 65470) (i32.const 65400) (i32.mul (local.get 0) (i32.const 9))))
      (func (export "init") (param i32) (memory.init $passive (i32.const 65530) (i32.const 2) (local.get 0)))
      (func (export "grow") (param i32) (result i32 i32) (memory.grow (i32.and (local.get 0) (i32.const 1))) (memory.size))
      (func (export "drop") (param i32) (if (i32.eq (local.get 0) (i32.const 5)) (then (data.drop $passive)))))`,
    numbers: [0n, 5n, 9n, 30n, 0xffffffffn, 0xffff0000n, 70n],
  },
  {
    name: "large offsets are checked",
    text: `(module
      (memory (export "memory") 1)
      (func (export "load") (param i32) (result i32) (i32.load offset=0xfffffffc (local.get 0)))
      (func (export "middle") (param i32) (result i64) (i64.load offset=0x7fff0000 (local.get 0)))
      (func (export "store") (param i32) (i64.store8 offset=0x80000000 (local.get 0) (i64.const 5)))
      (func (export "end") (param i32) (result i32) (i32.load16_u offset=65534 (local.get 0)))
      (func (export "dropped") (param i32) (drop (f64.load offset=65530 (local.get 0)))))`,
    numbers: [0n, 4n, 0x80000000n, 0x80010000n, 0xffffffffn],
  },
  {
    name: "globals, constant expressions and the start function",
    text: `(module
      (global $a i32 (i32.const 5))
      (global $b (export "b") (mut i64) (i64.mul (i64.const 6) (i64.add (i64.const 1) (i64.const -3))))
      (global $c (export "c") i32 (i32.add (global.get $a) (i32.const 10)))
      (global $f funcref (ref.func $twice))
      (global $d (export "d") (mut f32) (f32.const nan:0x200001))
      (memory (export "memory") 1)
      (data (i32.add (global.get $c) (i32.const 1)) "text")
      (func $twice (global.set $b (i64.mul (global.get $b) (i64.const 2))))
      (start $twice)
      (func (export "get") (param i32) (result i32 i64 i32 i32)
        (global.get $a) (global.get $b) (global.get $c) (ref.is_null (global.get $f)))
      (func (export "set") (param i32) (global.set $d (f32.reinterpret_i32 (local.get 0))) (call $twice)))`,
    numbers: small,
  },
  {
    name: "a trap while segments are written leaves what came before",
    text: `(module
      (memory (export "memory") 1)
      (data (i32.const 0) "abc")
      (data (i32.const 65535) "de")
      (func (export "f") (result i32) (i32.load (i32.const 0))))`,
    numbers: [0n],
  },
  {
    name: "unreachable code of every shape",
    text: `(module
      (func (export "after return") (param i32) (result i32) (local i32)
        (return (local.get 0))
        (local.set 1 (i32.const 3))
        (if (result i32) (then (loop (br 0)) i32.const 3) (else (block (br 0)) unreachable)))
      (func (export "dead arm") (param i32) (result i32)
        (if (result i32) (local.get 0) (then (return (i32.const 4))) (else (i32.const 5))))
      (func (export "both arms leave") (param i32) (result i32)
        (block (if (local.get 0) (then (br 1)) (else (return (i32.const 8)))) (return (i32.const 9)))
        (i32.const 10))
      (func (export "trap") (param i32) (result i32)
        (block (br_if 0 (local.get 0)) unreachable)
        (i32.add (unreachable) (local.get 0)))
      (func (export "endless is skipped") (param i32) (result i32)
        (block (br 0) (loop (br 0)))
        (local.get 0)))`,
    numbers: small,
  },
  ...longTexts,
  vectorTexts,
];

/** The module of a case and the commands to run on it. */
export async function planText({
  text,
  numbers,
}: TextCase): Promise<{ module: Uint8Array; commands: Command[] }> {
  const module = await assemble(text);
  const commands: Command[] = [];
  const signatures = signaturesOf(module);
  const { exports } = decodeModule(module);
  const kinds = new Map([
    [ExternalKind.Function, CommandKind.Call],
    [ExternalKind.Global, CommandKind.Global],
    [ExternalKind.Memory, CommandKind.Memory],
  ]);
  const ask = (index: number, args: bigint[]): void => {
    const kind = kinds.get(exports[index].kind);
    if (kind !== undefined) commands.push({ kind, index, args, text: exports[index].name });
  };
  for (const x of numbers)
    signatures.forEach((signature, index) => {
      const args = [...signature.split(":")[0]].map((c) => (c === "r" || c === "x" ? 0n : x));
      ask(index, args);
      exports.forEach(({ kind }, i) => kind !== ExternalKind.Function && ask(i, []));
    });
  return { module, commands };
}
