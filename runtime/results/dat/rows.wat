;; Rows of numbers as text, in the layout of LEMS's reference interpreter: each rounded to 32 bits and written as the shortest decimal that reads
;; back to it, with a tab behind it, and a line feed behind each row. WebAssembly is as quick at its first number as at its last, which code that is
;; still being compiled while it runs is not. What this cannot decide goes to `carefully`; the two agree to the byte (float-text.ts).
;;
;; `node scripts/assemble-rows.mjs` makes rows.generated.ts of this file. Memory begins with tables that the host fills:
;;      0  256 f64  by the exponent field of a float: the power of ten that scales such floats to nine digits before the point, or ten
;;   2048  256 f64  half of the distance between two such floats, scaled so
;;   4096  256 i32  exponent of the first of nine digits
;;   5120  100 i16  the texts of 0 to 99
;;   5376   10 i32  powers of ten
(module
  (import "host" "memory" (memory 1))
  ;; Writes the text of a number at a place; gives the place behind it.
  (import "host" "carefully" (func $carefully (param f64 i32) (result i32)))

  ;; Writes a whole number with that many digits; gives the place behind it.
  (func $whole (param $value i32) (param $length i32) (param $at i32) (result i32)
    (local $k i32) (local $hundredth i32)
    (local.set $k (i32.sub (i32.add (local.get $at) (local.get $length)) (i32.const 2)))
    (block $done
      (loop $pairs
        (br_if $done (i32.lt_s (local.get $k) (local.get $at)))
        (local.set $hundredth (i32.div_u (local.get $value) (i32.const 100)))
        (i32.store16 align=1 (local.get $k)
          (i32.load16_u offset=5120
            (i32.shl (i32.sub (local.get $value) (i32.mul (local.get $hundredth) (i32.const 100))) (i32.const 1))))
        (local.set $value (local.get $hundredth))
        (local.set $k (i32.sub (local.get $k) (i32.const 2)))
        (br $pairs)))
    (if (i32.eq (i32.add (local.get $k) (i32.const 1)) (local.get $at))
      (then (i32.store8 (local.get $at) (i32.add (local.get $value) (i32.const 48)))))
    (i32.add (local.get $at) (local.get $length)))

  (func $zeros (param $count i32) (param $at i32) (result i32)
    (block $done
      (loop $next
        (br_if $done (i32.le_s (local.get $count) (i32.const 0)))
        (i32.store8 (local.get $at) (i32.const 48))
        (local.set $at (i32.add (local.get $at) (i32.const 1)))
        (local.set $count (i32.sub (local.get $count) (i32.const 1)))
        (br $next)))
    (local.get $at))

  ;; Writes digits with a point after the first `before` of them; zeros stand for those that there are not.
  (func $split (param $digits i32) (param $count i32) (param $before i32) (param $at i32) (result i32)
    (local $power i32) (local $first i32)
    (if (i32.le_s (local.get $count) (local.get $before))
      (then
        (local.set $at (call $whole (local.get $digits) (local.get $count) (local.get $at)))
        (local.set $at (call $zeros (i32.sub (local.get $before) (local.get $count)) (local.get $at)))
        ;; .0
        (i32.store16 align=1 (local.get $at) (i32.const 0x302e))
        (return (i32.add (local.get $at) (i32.const 2)))))
    (local.set $power (i32.load offset=5376 (i32.shl (i32.sub (local.get $count) (local.get $before)) (i32.const 2))))
    (local.set $first (i32.div_u (local.get $digits) (local.get $power)))
    (local.set $at (call $whole (local.get $first) (local.get $before) (local.get $at)))
    (i32.store8 (local.get $at) (i32.const 46))
    (call $whole
      (i32.sub (local.get $digits) (i32.mul (local.get $first) (local.get $power)))
      (i32.sub (local.get $count) (local.get $before))
      (i32.add (local.get $at) (i32.const 1))))

  ;; Whether a distance is too near to a limit to tell on which side it is: a scaled number is off by less than a millionth of this, in units of
  ;; its ninth digit.
  (func $close (param $distance f64) (param $limit f64) (result i32)
    (f64.lt (f64.abs (f64.sub (local.get $distance) (local.get $limit))) (f64.const 1e-3)))

  ;; Writes a number; gives the place behind it. Its digits are those of the number scaled to nine before the point: of a decimal of fewer digits
  ;; that lies nearer than half of the distance to the next float, else all nine.
  (func $number (param $value f64) (param $at i32) (result i32)
    (local $single f32) (local $pattern i32) (local $field i32) (local $begin i32) (local $tenth i32)
    (local $scaled f64) (local $half f64) (local $exponent i32) (local $digits i32) (local $count i32)
    (local $nine f64) (local $eight f64) (local $seven f64) (local $six f64) (local $off f64)
    (local.set $single (f32.demote_f64 (local.get $value)))
    (local.set $pattern (i32.reinterpret_f32 (local.get $single)))
    (local.set $field (i32.and (i32.shr_u (local.get $pattern) (i32.const 23)) (i32.const 255)))
    (local.set $begin (local.get $at))
    (if (i32.lt_s (local.get $pattern) (i32.const 0))
      (then
        (i32.store8 (local.get $at) (i32.const 45))
        (local.set $at (i32.add (local.get $at) (i32.const 1)))))
    (if (i32.eqz (i32.and (local.get $pattern) (i32.const 0x7fffffff)))
      (then
        ;; 0.0
        (i32.store16 align=1 (local.get $at) (i32.const 0x2e30))
        (i32.store8 offset=2 (local.get $at) (i32.const 48))
        (return (i32.add (local.get $at) (i32.const 3)))))
    (block $unsure
      ;; Subnormal numbers, infinities and NaN; below a power of two floats lie closer than above.
      (br_if $unsure
        (i32.or
          (i32.or (i32.eqz (local.get $field)) (i32.eq (local.get $field) (i32.const 255)))
          (i32.eqz (i32.and (local.get $pattern) (i32.const 0x7fffff)))))
      (local.set $scaled
        (f64.mul
          (f64.promote_f32 (f32.abs (local.get $single)))
          (f64.load (i32.shl (local.get $field) (i32.const 3)))))
      (local.set $half (f64.load offset=2048 (i32.shl (local.get $field) (i32.const 3))))
      (local.set $exponent (i32.load offset=4096 (i32.shl (local.get $field) (i32.const 2))))
      (if (f64.ge (local.get $scaled) (f64.const 1e9))
        (then
          (local.set $scaled (f64.mul (local.get $scaled) (f64.const 0.1)))
          (local.set $half (f64.mul (local.get $half) (f64.const 0.1)))
          (local.set $exponent (i32.add (local.get $exponent) (i32.const 1)))))
      (block $found
        (local.set $eight (f64.floor (f64.add (f64.mul (local.get $scaled) (f64.const 0.1)) (f64.const 0.5))))
        (local.set $off (f64.abs (f64.sub (f64.mul (local.get $eight) (f64.const 10)) (local.get $scaled))))
        (br_if $unsure (call $close (local.get $off) (local.get $half)))
        (br_if $unsure (call $close (local.get $off) (f64.const 5)))
        (if (f64.gt (local.get $off) (local.get $half))
          (then
            (local.set $nine (f64.floor (f64.add (local.get $scaled) (f64.const 0.5))))
            (br_if $unsure (call $close (f64.abs (f64.sub (local.get $nine) (local.get $scaled))) (f64.const 0.5)))
            (local.set $digits (i32.trunc_f64_u (local.get $nine)))
            (local.set $count (i32.const 9))
            (br $found)))
        (local.set $seven (f64.floor (f64.add (f64.mul (local.get $scaled) (f64.const 0.01)) (f64.const 0.5))))
        (local.set $off (f64.abs (f64.sub (f64.mul (local.get $seven) (f64.const 100)) (local.get $scaled))))
        (br_if $unsure (call $close (local.get $off) (local.get $half)))
        (br_if $unsure (call $close (local.get $off) (f64.const 50)))
        (if (f64.gt (local.get $off) (local.get $half))
          (then
            (local.set $digits (i32.trunc_f64_u (local.get $eight)))
            (local.set $count (i32.const 8))
            (br $found)))
        ;; A decimal of still fewer digits is one of six that ends in zeros: those lie further apart than floats.
        (local.set $six (f64.floor (f64.add (f64.mul (local.get $scaled) (f64.const 0.001)) (f64.const 0.5))))
        (local.set $off (f64.abs (f64.sub (f64.mul (local.get $six) (f64.const 1000)) (local.get $scaled))))
        (br_if $unsure (call $close (local.get $off) (local.get $half)))
        (if (f64.gt (local.get $off) (local.get $half))
          (then
            (local.set $digits (i32.trunc_f64_u (local.get $seven)))
            (local.set $count (i32.const 7)))
          (else
            (local.set $digits (i32.trunc_f64_u (local.get $six)))
            (local.set $count (i32.const 6)))))
      ;; Rounding up may have given one digit more.
      (if (i32.ge_u (local.get $digits) (i32.load offset=5376 (i32.shl (local.get $count) (i32.const 2))))
        (then
          (local.set $count (i32.add (local.get $count) (i32.const 1)))
          (local.set $exponent (i32.add (local.get $exponent) (i32.const 1)))))
      (block $trimmed
        (loop $trim
          (local.set $tenth (i32.div_u (local.get $digits) (i32.const 10)))
          (br_if $trimmed (i32.ne (i32.mul (local.get $tenth) (i32.const 10)) (local.get $digits)))
          (local.set $digits (local.get $tenth))
          (local.set $count (i32.sub (local.get $count) (i32.const 1)))
          (br $trim)))
      (if (i32.or (i32.lt_s (local.get $exponent) (i32.const -3)) (i32.gt_s (local.get $exponent) (i32.const 6)))
        (then
          (local.set $at (call $split (local.get $digits) (local.get $count) (i32.const 1) (local.get $at)))
          (i32.store8 (local.get $at) (i32.const 69))
          (local.set $at (i32.add (local.get $at) (i32.const 1)))
          (if (i32.lt_s (local.get $exponent) (i32.const 0))
            (then
              (i32.store8 (local.get $at) (i32.const 45))
              (local.set $at (i32.add (local.get $at) (i32.const 1)))
              (local.set $exponent (i32.sub (i32.const 0) (local.get $exponent)))))
          (return
            (call $whole
              (local.get $exponent)
              (select (i32.const 1) (i32.const 2) (i32.lt_s (local.get $exponent) (i32.const 10)))
              (local.get $at)))))
      (if (i32.ge_s (local.get $exponent) (i32.const 0))
        (then
          (return
            (call $split (local.get $digits) (local.get $count) (i32.add (local.get $exponent) (i32.const 1)) (local.get $at)))))
      ;; 0.
      (i32.store16 align=1 (local.get $at) (i32.const 0x2e30))
      (return
        (call $whole
          (local.get $digits)
          (local.get $count)
          (call $zeros
            (i32.sub (i32.const -1) (local.get $exponent))
            (i32.add (local.get $at) (i32.const 2))))))
    (call $carefully (local.get $value) (local.get $begin)))

  ;; Writes rows of numbers, which lie at `values` column by column, `stride` bytes each, at a place; gives the place behind them.
  (func (export "rows") (param $rows i32) (param $columns i32) (param $values i32) (param $stride i32) (param $at i32) (result i32)
    (local $end i32) (local $last i32) (local $place i32)
    (local.set $end (i32.add (local.get $values) (i32.shl (local.get $rows) (i32.const 3))))
    (block $written
      (loop $row
        (br_if $written (i32.ge_u (local.get $values) (local.get $end)))
        (local.set $place (local.get $values))
        (local.set $last (i32.add (local.get $values) (i32.mul (local.get $columns) (local.get $stride))))
        (loop $column
          (local.set $at (call $number (f64.load (local.get $place)) (local.get $at)))
          (i32.store8 (local.get $at) (i32.const 9))
          (local.set $at (i32.add (local.get $at) (i32.const 1)))
          (local.set $place (i32.add (local.get $place) (local.get $stride)))
          (br_if $column (i32.lt_u (local.get $place) (local.get $last))))
        (i32.store8 (local.get $at) (i32.const 10))
        (local.set $at (i32.add (local.get $at) (i32.const 1)))
        (local.set $values (i32.add (local.get $values) (i32.const 8)))
        (br $row)))
    (local.get $at)))
