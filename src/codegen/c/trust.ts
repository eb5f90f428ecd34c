/**
 * The trust microkernel: arithmetic whose bits are known, run on every thread before it computes anything. A compiler or a library that contracts,
 * flushes or rounds otherwise would change results in silence.
 */

/** One check; a bit in what `trust()` returns. */
export interface TrustCheck {
  /** What a failure means, as the message names it. */
  readonly name: string;
  /** An expression of `x[0]`, `x[1]` …, which a compiler cannot know; its value is a u64. */
  readonly value: string;
  readonly operands: readonly string[];
  /** Worked out with exact rational arithmetic. */
  readonly expected: string;
}

/** All checks, in the order of their bits. */
export const trustChecks: readonly TrustCheck[] = [
  {
    // (1 + 2^-30)(1 - 2^-30) rounds to 1; a fused multiply-add would leave -2^-60.
    name: 'multiplication and addition are contracted',
    operands: ['1.0 + 0x1p-30', '1.0 - 0x1p-30', '1.0'],
    value: 'u64_bits(x[0] * x[1] - x[2])',
    expected: '0u',
  },
  {
    // (1 + 2^-15)(1 - 2^-15) in float32.
    name: 'multiplication and addition are contracted in single precision',
    operands: ['1.0 + 0x1p-15', '1.0 - 0x1p-15', '1.0'],
    value: 'u64_bits((float)x[0] * (float)x[1] - (float)x[2])',
    expected: '0u',
  },
  { name: 'division is not correctly rounded', operands: ['1.0', '49.0'], value: 'u64_bits(x[0] / x[1])', expected: '0x3f94e5e0a72f0539u' },
  {
    name: 'square root is not correctly rounded',
    operands: ['2.0'],
    value: 'u64_bits(__builtin_sqrt(x[0]))',
    expected: '0x3ff6a09e667f3bcdu',
  },
  {
    name: 'denormal numbers are flushed to zero',
    operands: ['1e-310', '0.5'],
    value: 'u64_bits(x[0] * x[1])',
    expected: '0x093445b87316u',
  },
  {
    // 2^-130 + 2^-130 = 2^-129.
    name: 'denormal numbers are flushed to zero in single precision',
    operands: ['0x1p-130', '0x1p-130'],
    value: 'u64_bits((float)x[0] + (float)x[1])',
    expected: '0x37e0000000000000u',
  },
  {
    name: 'rounding is not to nearest, ties to even',
    operands: ['1.0', '0x1.8p-52'],
    value: 'u64_bits(x[0] + x[1])',
    expected: '0x3ff0000000000002u',
  },
  {
    name: 'rounding is not to nearest, ties to even',
    operands: ['-1.0', '-0x1p-54'],
    value: 'u64_bits(x[0] + x[1])',
    expected: '0xbff0000000000000u',
  },
  {
    name: 'conversion to integers does not saturate',
    operands: ['1e300'],
    value: '(uint64_t)(uint32_t)trust_i32(x[0])',
    expected: '0x7fffffffu',
  },
  {
    name: 'rounding to integers is not to even',
    operands: ['2.5'],
    value: 'u64_bits(__builtin_rint(x[0]))',
    expected: '0x4000000000000000u',
  },
  {
    name: 'conversion to single precision is not correctly rounded',
    operands: ['1.0 + 0x1p-24'],
    value: 'u64_bits((float)x[0])',
    expected: '0x3ff0000000000000u',
  },
];

/** The checks as lines of C. */
export function trustLines(): string[] {
  return trustChecks.flatMap(({ name, operands, value, expected }, k) => [
    `/* ${name}? */`,
    `{ const volatile double x[] = {${operands.join(', ')}}; if (${value} != ${expected}) failed |= 1u << ${k}; }`,
  ]);
}
