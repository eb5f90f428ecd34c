/** PyNN's random distributions: their parameters in order, and their expressions for draws without a NumpyRNG. */

interface Distribution {
  readonly parameters: readonly string[];
  /** Returns the canonical expression of a draw in a unit; absent if the expression language has no such draw. */
  readonly expression?: (numbers: readonly number[], unit: string) => string;
  /** Returns the least and the largest value; absent: any number. */
  readonly bounds?: (numbers: readonly number[]) => readonly [low: number, high: number];
  /** Returns the condition that invalid parameters violate. */
  readonly check?: (numbers: readonly number[]) => string | undefined;
}

/** Returns a number times a unit, as a text of the canonical syntax. */
export function quantity(value: number, unit: string): string {
  const text = Number.isFinite(value) ? String(value) : value > 0 ? 'inf' : '-inf';
  return unit === '1' ? text : /^\w+$/.test(unit) ? `${text}*${unit}` : `${text}*(${unit})`;
}

const at = (numbers: readonly number[], k: number): number => numbers[k] ?? 0;
const scaled = (text: string, unit: string): string => (unit === '1' ? text : `${text}*(${unit})`);
const positive =
  (k: number, name: string) =>
  (numbers: readonly number[]): string | undefined =>
    at(numbers, k) >= 0 ? undefined : `${name} of 0 or more`;
const ordered =
  (low: number, high: number) =>
  (numbers: readonly number[]): string | undefined =>
    at(numbers, low) <= at(numbers, high) ? undefined : 'low below high';

const between =
  (low: number, high: number) =>
  (numbers: readonly number[]): readonly [number, number] => [at(numbers, low), at(numbers, high)];
const notNegative = (): readonly [number, number] => [0, Infinity];

/** Distributions by PyNN's name. */
export const distributions: Readonly<Record<string, Distribution>> = {
  binomial: {
    parameters: ['n', 'p'],
    bounds: notNegative,
    expression: (n, unit) => scaled(`binomial(${at(n, 0)}, ${at(n, 1)})`, unit),
    check: (n) =>
      at(n, 0) >= 0 && Number.isInteger(at(n, 0)) && at(n, 1) >= 0 && at(n, 1) <= 1
        ? undefined
        : 'a whole number n, and p from 0 to 1',
  },
  gamma: {
    parameters: ['k', 'theta'],
    bounds: notNegative,
    expression: (n, unit) => `gamma(${at(n, 0)}, ${quantity(at(n, 1), unit)})`,
    check: (n) => (at(n, 0) >= 0 && at(n, 1) >= 0 ? undefined : 'k and theta of 0 or more'),
  },
  exponential: {
    parameters: ['beta'],
    bounds: notNegative,
    expression: (n, unit) => `exponential(${quantity(at(n, 0), unit)})`,
    check: positive(0, 'beta'),
  },
  lognormal: {
    parameters: ['mu', 'sigma'],
    bounds: notNegative,
    expression: (n, unit) => scaled(`lognormal(${at(n, 0)}, ${at(n, 1)})`, unit),
    check: positive(1, 'sigma'),
  },
  normal: {
    parameters: ['mu', 'sigma'],
    bounds: (n) => (at(n, 1) === 0 ? [at(n, 0), at(n, 0)] : [-Infinity, Infinity]),
    expression: (n, unit) => `normal(${quantity(at(n, 0), unit)}, ${quantity(at(n, 1), unit)})`,
    check: positive(1, 'sigma'),
  },
  normal_clipped: {
    parameters: ['mu', 'sigma', 'low', 'high'],
    bounds: between(2, 3),
    check: ordered(2, 3),
    expression: (n, unit) => `truncatedNormal(${[0, 1, 2, 3].map((k) => quantity(at(n, k), unit)).join(', ')})`,
  },
  normal_clipped_to_boundary: {
    parameters: ['mu', 'sigma', 'low', 'high'],
    bounds: between(2, 3),
    check: ordered(2, 3),
    expression: (n, unit) =>
      `clip(normal(${quantity(at(n, 0), unit)}, ${quantity(at(n, 1), unit)}), ${quantity(at(n, 2), unit)}, ` +
      `${quantity(at(n, 3), unit)})`,
  },
  poisson: {
    parameters: ['lambda_'],
    bounds: notNegative,
    expression: (n, unit) => scaled(`poisson(${at(n, 0)})`, unit),
    check: positive(0, 'lambda_'),
  },
  uniform: {
    parameters: ['low', 'high'],
    bounds: between(0, 1),
    expression: (n, unit) => `uniform(${quantity(at(n, 0), unit)}, ${quantity(at(n, 1), unit)})`,
    check: ordered(0, 1),
  },
  uniform_int: {
    parameters: ['low', 'high'],
    bounds: between(0, 1),
    expression: (n, unit) => scaled(`floor(uniform(${at(n, 0)}, ${at(n, 1)}))`, unit),
    check: ordered(0, 1),
  },
  vonmises: {
    parameters: ['mu', 'kappa'],
    check: positive(1, 'kappa'),
    expression: (n, unit) => scaled(`vonMises(${at(n, 0)}, ${at(n, 1)})`, unit),
  },
};
