;; decay, for several threads
;;
;; Memory (addresses in bytes):
;;   512: cell v f64[64] membrane potential of exc (V)
;;   1024: mask u32[2] mask
;;   1088: list u32[10] list
;;   1152: counts u32[1] counts
(module
(import "host" "memory" (memory 1 65536 shared))

;; --- Helpers: operations made total


;; --- Functions of the program
;; half of it
(func $function:half (param $x f64) (result f64)
  (local.set $x (f64.mul (local.get $x) (f64.const 0.5)))
  (local.get $x))

;; --- Kernels
;; exc: dv/dt = -v/tau
(func $kernel:decay (param $step i32) (param $.from i32) (param $.to i32)
  (local $index i32) (local $begin i32) (local $group i32) (local $.lane:cell_v.4 v128) (local $.lane:half.x.6 v128)
  (local $.bits0 i32) (local $.vectors i32) (local $.stop i32) (local $.low i32) (local $.high i32)
  (local.set $begin (i32.const 0))
  (local.set $.low (select (local.get $begin) (local.get $.from) (i32.gt_u (local.get $begin) (local.get $.from))))
  (local.set $.high (select (i32.const 10) (local.get $.to) (i32.lt_u (i32.const 10) (local.get $.to))))
  (if
    (i32.lt_u (local.get $.low) (local.get $.high))
    (then
      (local.set $.vectors
        (i32.add (local.get $.low) (i32.and (i32.sub (local.get $.high) (local.get $.low)) (i32.const -2))))
      (local.set $index (local.get $.low))
      (if
        (i32.lt_u (local.get $.low) (local.get $.vectors))
        (then
          (loop $word1
            (local.set $.stop (i32.add (local.get $index) (i32.const 32)))
            (local.set $.stop
              (select (local.get $.stop) (local.get $.vectors) (i32.lt_u (local.get $.stop) (local.get $.vectors))))
            (local.set $.bits0 (i32.const 0))
            (loop $vector1
              (local.set $.lane:cell_v.4 (v128.load offset=512 (i32.shl (local.get $index) (i32.const 3))))
              (local.set $.lane:half.x.6 (f64x2.mul (local.get $.lane:cell_v.4) (v128.const f64x2 0.5 0.5)))
              (v128.store offset=512 (i32.shl (local.get $index) (i32.const 3)) (local.get $.lane:half.x.6))
              (local.set $.bits0
                (i32.or
                  (i32.shr_u (local.get $.bits0) (i32.const 2))
                  (i32.shl (i64x2.bitmask (f64x2.gt (local.get $.lane:half.x.6) (v128.const f64x2 1 1))) (i32.const 30))))
              (local.set $index (i32.add (local.get $index) (i32.const 2)))
              (br_if $vector1 (i32.lt_u (local.get $index) (local.get $.stop))))
            (i32.store offset=1024
              (i32.shl (i32.shr_u (i32.sub (local.get $index) (i32.const 1)) (i32.const 5)) (i32.const 2))
              (i32.shr_u (local.get $.bits0) (i32.sub (i32.const 0) (local.get $index))))
            (br_if $word1 (i32.lt_u (local.get $index) (local.get $.vectors))))))
      (if
        (i32.lt_u (local.get $.vectors) (local.get $.high))
        (then
          (call $kernel:decay:rest
            (local.get $step)
            (local.get $.vectors)
            (local.get $.high)
            (local.get $begin)
            (local.get $group)))))))
(func $kernel:decay:rest (param $step i32) (param $.low i32) (param $.high i32) (param $begin i32) (param $group i32)
  (local $next f64) (local $index i32) (local $.word i32)
  (local.set $index (local.get $.low))
  (block $exit1
    (br_if $exit1 (i32.eqz (i32.lt_u (local.get $index) (local.get $.high))))
    (loop $next1
      (local.set $next (call $function:half (f64.load offset=512 (i32.shl (local.get $index) (i32.const 3)))))
      (f64.store offset=512 (i32.shl (local.get $index) (i32.const 3)) (local.get $next))
      (local.set $.word (i32.shr_u (local.get $index) (i32.const 5)))
      (i32.store offset=1024
        (i32.shl (local.get $.word) (i32.const 2))
        (i32.or
          (select
            (i32.const 0)
            (i32.load offset=1024 (i32.shl (local.get $.word) (i32.const 2)))
            (i32.eqz (i32.and (local.get $index) (i32.const 31))))
          (i32.shl (f64.gt (local.get $next) (f64.const 1)) (local.get $index))))
      (local.set $index (i32.add (local.get $index) (i32.const 1)))
      (br_if $next1 (i32.lt_u (local.get $index) (local.get $.high))))))
;; exc: spikes of this step
(func $kernel:list_spikes (param $step i32)
  (local $.slot i32) (local $.first i32) (local $.count i32) (local $.word i32) (local $.element i32)
  (local $.bits i64)
  (local.set $.slot (i32.and (local.get $step) (i32.const 0)))
  (local.set $.first (i32.mul (local.get $.slot) (i32.const 10)))
  (loop $words
    (local.set $.bits
      (i64.and
        (i64.load offset=1024 (i32.shl (local.get $.word) (i32.const 3)))
        (select (i64.const 1023) (i64.const -1) (i32.eq (local.get $.word) (i32.const 0)))))
    (if
      (i64.ne (local.get $.bits) (i64.const 0))
      (then
        (loop $bits
          (local.set $.element
            (i32.add (i32.shl (local.get $.word) (i32.const 6)) (i32.wrap_i64 (i64.ctz (local.get $.bits)))))
          (i32.store offset=1088
            (i32.shl (i32.add (local.get $.first) (local.get $.count)) (i32.const 2))
            (local.get $.element))
          (local.set $.count (i32.add (local.get $.count) (i32.const 1)))
          (local.set $.bits (i64.and (local.get $.bits) (i64.sub (local.get $.bits) (i64.const 1))))
          (br_if $bits (i64.ne (local.get $.bits) (i64.const 0))))))
    (local.set $.word (i32.add (local.get $.word) (i32.const 1)))
    (br_if $words (i32.lt_u (local.get $.word) (i32.const 1))))
  (i32.store offset=1152 (i32.shl (local.get $.slot) (i32.const 2)) (local.get $.count)))

;; --- Driver
(func $ready (result i32)
  (if
    (i32.atomic.load offset=0 (i32.const 0))
    (then
      (return (i32.const 0))))
  (i32.const 1))
(global $patience (mut i32) (i32.const 100000))
(func $barrier (param $threads i32) (param $decide i32)
  (local $generation i32) (local $left i32)
  (local.set $generation (i32.atomic.load offset=128 (i32.const 0)))
  (if
    (i32.eq (i32.atomic.rmw.add offset=64 (i32.const 0) (i32.const 1)) (i32.sub (local.get $threads) (i32.const 1)))
    (then
      (if
        (local.get $decide)
        (then
          (i32.atomic.store offset=4 (i32.const 0) (call $ready))))
      (i32.atomic.store offset=64 (i32.const 0) (i32.const 0))
      (drop (i32.atomic.rmw.add offset=128 (i32.const 0) (i32.const 1)))
      (if
        (i32.atomic.load offset=192 (i32.const 0))
        (then
          (drop (memory.atomic.notify offset=128 (i32.const 0) (i32.const -1)))))
      return))
  (local.set $left
    (select (i32.const 100000) (global.get $patience) (i32.eqz (i32.and (local.get $generation) (i32.const 63)))))
  (loop $poll
    (if
      (i32.ne (i32.atomic.load offset=128 (i32.const 0)) (local.get $generation))
      (then
        (global.set $patience
          (select
            (i32.mul (global.get $patience) (i32.const 2))
            (i32.const 100000)
            (i32.lt_u (i32.mul (global.get $patience) (i32.const 2)) (i32.const 100000))))
        return))
    (local.set $left (i32.sub (local.get $left) (i32.const 1)))
    (br_if $poll (local.get $left)))
  (global.set $patience
    (select
      (i32.shr_u (global.get $patience) (i32.const 2))
      (i32.const 2000)
      (i32.gt_u (i32.shr_u (global.get $patience) (i32.const 2)) (i32.const 2000))))
  (drop (i32.atomic.rmw.add offset=192 (i32.const 0) (i32.const 1)))
  (block $awake
    (loop $sleep
      (br_if $awake (i32.ne (i32.atomic.load offset=128 (i32.const 0)) (local.get $generation)))
      (drop (memory.atomic.wait32 offset=128 (i32.const 0) (local.get $generation) (i64.const -1)))
      (br $sleep)))
  (drop (i32.atomic.rmw.sub offset=192 (i32.const 0) (i32.const 1))))
(func $run (export "run") (param $step i32) (param $steps i32) (param $thread i32) (param $threads i32) (result i32)
  (local $.done i32) (local $.low i32) (local $.high i32) (local $.total i32)
  (block $end
    (loop $step
      (br_if $end (i32.ge_u (local.get $.done) (local.get $steps)))
      (call $barrier (local.get $threads) (i32.const 1))
      (br_if $end (i32.eqz (i32.atomic.load offset=4 (i32.const 0))))
      ;; step
      (local.set $.total (i32.const 10))
      (local.set $.low
        (i32.wrap_i64
          (i64.shl
            (i64.div_u
              (i64.mul
                (i64.shr_u (i64.add (i64.extend_i32_u (i32.const 10)) (i64.const 63)) (i64.const 6))
                (i64.extend_i32_u (local.get $thread)))
              (i64.extend_i32_u (local.get $threads)))
            (i64.const 6))))
      (local.set $.high
        (i32.wrap_i64
          (i64.shl
            (i64.div_u
              (i64.mul
                (i64.shr_u (i64.add (i64.extend_i32_u (i32.const 10)) (i64.const 63)) (i64.const 6))
                (i64.extend_i32_u (i32.add (local.get $thread) (i32.const 1))))
              (i64.extend_i32_u (local.get $threads)))
            (i64.const 6))))
      (local.set $.high
        (select (local.get $.high) (local.get $.total) (i32.lt_u (local.get $.high) (local.get $.total))))
      (call $kernel:decay (local.get $step) (local.get $.low) (local.get $.high))
      ;; step
      (call $barrier (local.get $threads) (i32.const 0))
      (if
        (i32.eqz (local.get $thread))
        (then
          (call $kernel:list_spikes (local.get $step))))
      (local.set $step (i32.add (local.get $step) (i32.const 1)))
      (local.set $.done (i32.add (local.get $.done) (i32.const 1)))
      (br $step)))
  (local.get $.done))
(func (export "trust") (result i32) (local $failed i32)
  ;; multiplication and addition are contracted?
  (local.set $failed
    (i32.or
      (local.get $failed)
      (i32.shl
        (i64.ne
          (i64.reinterpret_f64
            (f64.sub
              (f64.mul (f64.load offset=256 (i32.const 0)) (f64.load offset=264 (i32.const 0)))
              (f64.load offset=272 (i32.const 0))))
          (i64.const 0))
        (i32.const 0))))
  ;; division is not correctly rounded?
  (local.set $failed
    (i32.or
      (local.get $failed)
      (i32.shl
        (i64.ne
          (i64.reinterpret_f64 (f64.div (f64.load offset=280 (i32.const 0)) (f64.load offset=288 (i32.const 0))))
          (i64.const 4581539473982948665))
        (i32.const 1))))
  ;; square root is not correctly rounded?
  (local.set $failed
    (i32.or
      (local.get $failed)
      (i32.shl
        (i64.ne (i64.reinterpret_f64 (f64.sqrt (f64.load offset=296 (i32.const 0)))) (i64.const 4609047870845172685))
        (i32.const 2))))
  ;; denormal numbers are flushed to zero?
  (local.set $failed
    (i32.or
      (local.get $failed)
      (i32.shl
        (i64.ne
          (i64.reinterpret_f64 (f64.mul (f64.load offset=304 (i32.const 0)) (f64.load offset=312 (i32.const 0))))
          (i64.const 10120112665366))
        (i32.const 3))))
  ;; denormal numbers are flushed to zero on vector lanes?
  (local.set $failed
    (i32.or
      (local.get $failed)
      (i32.shl
        (i64.ne
          (i64x2.extract_lane 1
            (f64x2.mul
              (f64x2.splat (f64.load offset=320 (i32.const 0)))
              (f64x2.splat (f64.load offset=328 (i32.const 0)))))
          (i64.const 10120112665366))
        (i32.const 4))))
  ;; rounding is not to nearest, ties to even?
  (local.set $failed
    (i32.or
      (local.get $failed)
      (i32.shl
        (i64.ne
          (i64.reinterpret_f64 (f64.add (f64.load offset=336 (i32.const 0)) (f64.load offset=344 (i32.const 0))))
          (i64.const 4607182418800017410))
        (i32.const 5))))
  ;; rounding is not to nearest, ties to even?
  (local.set $failed
    (i32.or
      (local.get $failed)
      (i32.shl
        (i64.ne
          (i64.reinterpret_f64 (f64.add (f64.load offset=352 (i32.const 0)) (f64.load offset=360 (i32.const 0))))
          (i64.const -4616189618054758400))
        (i32.const 6))))
  ;; conversion to integers does not saturate?
  (local.set $failed
    (i32.or
      (local.get $failed)
      (i32.shl
        (i64.ne (i64.extend_i32_s (i32.trunc_sat_f64_s (f64.load offset=368 (i32.const 0)))) (i64.const 2147483647))
        (i32.const 7))))
  ;; rounding to integers is not to even?
  (local.set $failed
    (i32.or
      (local.get $failed)
      (i32.shl
        (i64.ne (i64.trunc_sat_f64_s (f64.nearest (f64.load offset=376 (i32.const 0)))) (i64.const 2))
        (i32.const 8))))
  ;; conversion to single precision is not correctly rounded?
  (local.set $failed
    (i32.or
      (local.get $failed)
      (i32.shl
        (i64.ne
          (i64.extend_i32_u (i32.reinterpret_f32 (f32.demote_f64 (f64.load offset=384 (i32.const 0)))))
          (i64.const 1065353216))
        (i32.const 9))))
  (local.get $failed))
)
