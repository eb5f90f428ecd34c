/** Small functions in WebAssembly text for operations with instructions that are not total. Emitted only when used. */

/** Helper name → its text. Division by zero gives 0, and MIN / -1 gives MIN; the instruction would trap. */
export const helpers = {
  'i32.div': `(func $helper:i32.div (param $a i32) (param $b i32) (result i32)
  (if (i32.eqz (local.get $b)) (then (return (i32.const 0))))
  (if (i32.eq (local.get $b) (i32.const -1)) (then (return (i32.sub (i32.const 0) (local.get $a)))))
  (i32.div_s (local.get $a) (local.get $b)))`,
  'i32.rem': `(func $helper:i32.rem (param $a i32) (param $b i32) (result i32)
  (if (i32.eqz (local.get $b)) (then (return (i32.const 0))))
  (i32.rem_s (local.get $a) (local.get $b)))`,
  'u32.div': `(func $helper:u32.div (param $a i32) (param $b i32) (result i32)
  (if (i32.eqz (local.get $b)) (then (return (i32.const 0))))
  (i32.div_u (local.get $a) (local.get $b)))`,
  'u32.rem': `(func $helper:u32.rem (param $a i32) (param $b i32) (result i32)
  (if (i32.eqz (local.get $b)) (then (return (i32.const 0))))
  (i32.rem_u (local.get $a) (local.get $b)))`,
  'i64.div': `(func $helper:i64.div (param $a i64) (param $b i64) (result i64)
  (if (i64.eqz (local.get $b)) (then (return (i64.const 0))))
  (if (i64.eq (local.get $b) (i64.const -1)) (then (return (i64.sub (i64.const 0) (local.get $a)))))
  (i64.div_s (local.get $a) (local.get $b)))`,
  'i64.rem': `(func $helper:i64.rem (param $a i64) (param $b i64) (result i64)
  (if (i64.eqz (local.get $b)) (then (return (i64.const 0))))
  (i64.rem_s (local.get $a) (local.get $b)))`,
  'i32.abs': `(func $helper:i32.abs (param $a i32) (result i32)
  (select (i32.sub (i32.const 0) (local.get $a)) (local.get $a) (i32.lt_s (local.get $a) (i32.const 0))))`,
  'i64.abs': `(func $helper:i64.abs (param $a i64) (result i64)
  (select (i64.sub (i64.const 0) (local.get $a)) (local.get $a) (i64.lt_s (local.get $a) (i64.const 0))))`,
} as const;

/** A helper function, by the type and the operation. */
export type HelperName = keyof typeof helpers;
