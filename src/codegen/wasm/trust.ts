/**
 * The trust microkernel: arithmetic with known bits, run on every thread before any computation. A library in the same
 * process may have switched the processor to flush denormals or to round differently; results would then change
 * silently.
 */

import { control } from './layout.js';
import { i32Const } from './text.js';
import type { Wat } from './text.js';

interface TrustCheck {
  /** The meaning of a failure, for the message. */
  readonly name: string;
  /** Operands are read from memory, so that the compiler folds no operation. */
  readonly operands: readonly number[];
  /** The value, an i64, from its operands. */
  readonly value: (...operands: Wat[]) => Wat;
  readonly expected: bigint;
}

const bits = (a: Wat): Wat => ['i64.reinterpret_f64', a];
const tiny = 2 ** -30;

/** Expected bits were computed with exact rational arithmetic. */
export const trustChecks: readonly TrustCheck[] = [
  {
    // (1 + 2^-30)(1 - 2^-30) rounds to 1; a fused multiply-add would leave -2^-60.
    name: 'multiplication and addition are contracted',
    operands: [1 + tiny, 1 - tiny, 1],
    expected: 0n,
    value: (a, b, c) => bits(['f64.sub', ['f64.mul', a, b], c]),
  },
  {
    name: 'division is not correctly rounded',
    operands: [1, 49],
    expected: 0x3f94e5e0a72f0539n,
    value: (a, b) => bits(['f64.div', a, b]),
  },
  {
    name: 'square root is not correctly rounded',
    operands: [2],
    expected: 0x3ff6a09e667f3bcdn,
    value: (a) => bits(['f64.sqrt', a]),
  },
  {
    name: 'denormal numbers are flushed to zero',
    operands: [1e-310, 0.5],
    expected: 0x093445b87316n,
    value: (a, b) => bits(['f64.mul', a, b]),
  },
  {
    name: 'denormal numbers are flushed to zero on vector lanes',
    operands: [1e-310, 0.5],
    expected: 0x093445b87316n,
    value: (a, b) => ['i64x2.extract_lane 1', ['f64x2.mul', ['f64x2.splat', a], ['f64x2.splat', b]]],
  },
  {
    name: 'rounding is not to nearest, ties to even',
    operands: [1, 3 * 2 ** -53],
    expected: 0x3ff0000000000002n,
    value: (a, b) => bits(['f64.add', a, b]),
  },
  {
    name: 'rounding is not to nearest, ties to even',
    operands: [-1, -(2 ** -54)],
    expected: BigInt.asIntN(64, 0xbff0000000000000n),
    value: (a, b) => bits(['f64.add', a, b]),
  },
  {
    name: 'conversion to integers does not saturate',
    operands: [1e300],
    expected: 0x7fffffffn,
    value: (a) => ['i64.extend_i32_s', ['i32.trunc_sat_f64_s', a]],
  },
  {
    name: 'rounding to integers is not to even',
    operands: [2.5],
    expected: 2n,
    value: (a) => ['i64.trunc_sat_f64_s', ['f64.nearest', a]],
  },
  {
    name: 'conversion to single precision is not correctly rounded',
    operands: [1 + 2 ** -24],
    expected: 0x3f800000n,
    value: (a) => ['i64.extend_i32_u', ['i32.reinterpret_f32', ['f32.demote_f64', a]]],
  },
];

/** All operands, in the order of the control block. */
export const trustOperands: readonly number[] = trustChecks.flatMap((check) => check.operands);

/** `(export "trust")`: a bit for each check that fails. */
export function trustText(): Wat {
  let next = 0;
  const failed = (bit: Wat): Wat => ['local.set $failed', ['i32.or', ['local.get $failed'], bit]];
  const checks = trustChecks.flatMap((check, k): Wat[] => {
    const operands = check.operands.map((): Wat => {
      const address = control.trust + 8 * next;
      next += 1;
      return [`f64.load offset=${address}`, i32Const(0)];
    });
    const differs: Wat = ['i64.ne', check.value(...operands), [`i64.const ${check.expected}`]];
    return [`;; ${check.name}?`, failed(['i32.shl', differs, i32Const(k)])];
  });
  return ['func (export "trust") (result i32) (local $failed i32)', ...checks, ['local.get $failed']];
}
