/**
 * The trust microkernel: arithmetic with known bits, run on every thread before any computation. A compiler or library
 * that contracts, flushes or rounds differently would silently change results.
 */

/** Functions and types of a language that the checks use, besides operators and casts to `float` and `double`. */
export interface TrustWords {
  /** A function from a double to its bits as an unsigned integer of 64 bits. */
  readonly bits: string;
  /** Functions for the square root. */
  readonly sqrt: Readonly<Record<'f64' | 'f32', string>>;
  /** A function that rounds a double to a whole number, half to even. */
  readonly nearest: string;
  /** A function that converts a double to a signed integer of 32 bits and saturates. */
  readonly toInteger: string;
  /** Types of unsigned integers by their bits. */
  readonly unsigned: Readonly<Record<32 | 64, string>>;
  /** Quotient of two floats, if the language needs more than its operator. */
  readonly divideFloats?: string;
}

/** One check; a bit in the result of `trust()`. */
interface TrustCheck {
  /** The meaning of a failure, for the message. */
  readonly name: string;
  /**
   * An expression of `x[0]`, `x[1]` …, doubles unknown to the compiler; its value is an unsigned integer of 64 bits.
   */
  readonly value: (words: TrustWords) => string;
  readonly operands: readonly number[];
  /** Worked out with exact rational arithmetic. */
  readonly expected: string;
}

/** All checks, in the order of their bits. */
export const trustChecks: readonly TrustCheck[] = [
  {
    // (1 + 2^-30)(1 - 2^-30) rounds to 1; a fused multiply-add would leave -2^-60.
    name: 'multiplication and addition are contracted',
    operands: [1 + 2 ** -30, 1 - 2 ** -30, 1],
    value: ({ bits }) => `${bits}(x[0] * x[1] - x[2])`,
    expected: '0u',
  },
  {
    // (1 + 2^-15)(1 - 2^-15) in float32.
    name: 'multiplication and addition are contracted in single precision',
    operands: [1 + 2 ** -15, 1 - 2 ** -15, 1],
    value: ({ bits }) => `${bits}((float)x[0] * (float)x[1] - (float)x[2])`,
    expected: '0u',
  },
  {
    // 1 + 2^-54 rounds to 1; subtracting 1 first leaves 2^-54.
    name: 'sums are re-associated',
    operands: [1, 2 ** -54],
    value: ({ bits }) => `${bits}(x[0] + x[1] - x[0])`,
    expected: '0u',
  },
  {
    name: 'NaN is taken for a number',
    operands: [0, 0],
    value: () => '(x[0] / x[1] != x[0] / x[1] ? 1u : 0u)',
    expected: '1u',
  },
  {
    name: 'division is not correctly rounded',
    operands: [1, 49],
    value: ({ bits }) => `${bits}(x[0] / x[1])`,
    expected: '0x3f94e5e0a72f0539u',
  },
  {
    // 5 times the rounded third of 1 would be one unit more.
    name: 'division is not correctly rounded in single precision',
    operands: [5, 3],
    value: ({ bits, divideFloats }) =>
      divideFloats === undefined
        ? `${bits}((float)x[0] / (float)x[1])`
        : `${bits}(${divideFloats}((float)x[0], (float)x[1]))`,
    expected: '0x3ffaaaaaa0000000u',
  },
  {
    name: 'square root is not correctly rounded',
    operands: [2],
    value: ({ bits, sqrt }) => `${bits}(${sqrt.f64}(x[0]))`,
    expected: '0x3ff6a09e667f3bcdu',
  },
  {
    name: 'square root is not correctly rounded in single precision',
    operands: [2],
    value: ({ bits, sqrt }) => `${bits}(${sqrt.f32}((float)x[0]))`,
    expected: '0x3ff6a09e60000000u',
  },
  {
    name: 'denormal numbers are flushed to zero',
    operands: [1e-310, 0.5],
    value: ({ bits }) => `${bits}(x[0] * x[1])`,
    expected: '0x093445b87316u',
  },
  {
    // 2^-130 + 2^-130 = 2^-129.
    name: 'denormal numbers are flushed to zero in single precision',
    operands: [2 ** -130, 2 ** -130],
    value: ({ bits }) => `${bits}((float)x[0] + (float)x[1])`,
    expected: '0x37e0000000000000u',
  },
  {
    name: 'rounding is not to nearest, ties to even',
    operands: [1, 1.5 * 2 ** -52],
    value: ({ bits }) => `${bits}(x[0] + x[1])`,
    expected: '0x3ff0000000000002u',
  },
  {
    name: 'rounding is not to nearest, ties to even',
    operands: [-1, -(2 ** -54)],
    value: ({ bits }) => `${bits}(x[0] + x[1])`,
    expected: '0xbff0000000000000u',
  },
  {
    name: 'conversion to integers does not saturate',
    operands: [1e300],
    value: ({ toInteger, unsigned }) => `(${unsigned[64]})(${unsigned[32]})${toInteger}(x[0])`,
    expected: '0x7fffffffu',
  },
  {
    name: 'rounding to integers is not to even',
    operands: [2.5],
    value: ({ bits, nearest }) => `${bits}(${nearest}(x[0]))`,
    expected: '0x4000000000000000u',
  },
  {
    // 5 times the rounded third of 1 would be one unit less.
    name: 'division is made of a reciprocal',
    operands: [5],
    value: ({ bits }) => `${bits}(x[0] / 3.0)`,
    expected: '0x3ffaaaaaaaaaaaabu',
  },
  {
    name: 'conversion to single precision is not correctly rounded',
    operands: [1 + 2 ** -24],
    value: ({ bits }) => `${bits}((float)x[0])`,
    expected: '0x3ff0000000000000u',
  },
];

const cWords: TrustWords = {
  bits: 'u64_bits',
  sqrt: { f64: '__builtin_sqrt', f32: '__builtin_sqrtf' },
  nearest: '__builtin_rint',
  toInteger: 'trust_i32',
  unsigned: { 32: 'uint32_t', 64: 'uint64_t' },
};

/** A number as a literal of C: the shortest decimal that is read as this number. */
export const literal = (value: number): string => (/[.e]/.test(String(value)) ? String(value) : `${value}.0`);

/** The checks as lines of C. */
export function trustLines(): string[] {
  return trustChecks.flatMap(({ name, operands, value, expected }, k) => [
    `/* ${name}? */`,
    // Each operand is read once, so that repeated operands are the same for the compiler, too.
    `{ const volatile double of[] = {${operands.map(literal).join(', ')}};`,
    `  const double x[] = {${operands.map((_, place) => `of[${place}]`).join(', ')}};`,
    `  if (${value(cWords)} != ${expected}) failed |= 1u << ${k}; }`,
  ]);
}

/** Operands of every check, one after another, as a host hands them to a device. */
export const trustOperands: readonly number[] = trustChecks.flatMap(({ operands }) => operands);

/** The checks as lines of a device's language; `all` points to the operands of all checks. */
export function deviceTrustLines(words: TrustWords, pointer: string): string[] {
  let first = 0;
  return trustChecks.flatMap(({ name, operands, value, expected }, k) => {
    const at = first;
    first += operands.length;
    return [
      `/* ${name}? */`,
      `{ ${pointer} x = all + ${at}; if (${value(words)} != ${expected}) failed |= 1u << ${k}; }`,
    ];
  });
}
