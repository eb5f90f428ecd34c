/** Variables with linear rates, advanced by any time without a step. */

import { memoised } from '../../diagnostics/memoise.js';
import { NoNumber } from '../../lang/evaluate.js';
import { near } from '../../library/recognise/numbers.js';

/**
 * Returns a function that advances variables by a time in s. @throws NoNumber for rates that are not linear in them
 *
 * @param values  of all names that the rates read
 */
export function advancing(
  names: readonly string[],
  values: Map<string, number>,
  rateOf: (name: string) => number,
): (seconds: number) => void {
  if (names.length === 0) return () => undefined;
  const ratesAt = (point: readonly number[]): readonly number[] => {
    const before = names.map((name) => values.get(name) ?? 0);
    names.forEach((name, k) => values.set(name, point[k]!));
    const rates = names.map(rateOf);
    names.forEach((name, k) => values.set(name, before[k]!));
    return rates;
  };
  const constant = ratesAt(names.map(() => 0));
  const columns = names.map((_, j) =>
    ratesAt(names.map((__, k) => (k === j ? 1 : 0))).map((rate, k) => rate - constant[k]!),
  );
  // The last row and column hold the constant part.
  const matrix = [
    ...names.map((_, k) => [...columns.map((column) => column[k]!), constant[k]!]),
    [...names.map(() => 0), 0],
  ];
  const times = (rows: Matrix, point: readonly number[]): readonly number[] =>
    rows.map((row) => row.reduce((sum, entry, k) => sum + entry * point[k]!, 0));
  for (const point of [names.map((_, k) => 0.37 + 0.11 * k), names.map((_, k) => 2.3 - 0.7 * k)]) {
    const [linear, actual] = [times(matrix, [...point, 1]), ratesAt(point)];
    const size = Math.max(...matrix.flat().map(Math.abs));
    if (!actual.every((rate, k) => near(rate, linear[k]!, size))) throw new NoNumber('rates that are not linear');
  }
  const known = new Map<number, Matrix>();
  return (seconds) => {
    const flow = known.get(seconds) ?? exponential(matrix.map((row) => row.map((entry) => entry * seconds)));
    known.set(seconds, flow);
    const after = times(flow, [...names.map((name) => values.get(name) ?? 0), 1]);
    names.forEach((name, k) => values.set(name, after[k]!));
  };
}

type Matrix = readonly (readonly number[])[];

/** Returns the exponential of a matrix, which many synapses share. */
const exponential = (matrix: Matrix): Matrix => exponentialOf(matrix.map((row) => row.join(' ')).join('\n'));

/** Returns the exponential of a matrix as text: Taylor's series of a small part of it, squared. */
const exponentialOf = memoised((text: string): Matrix => {
  const matrix = text.split('\n').map((row) => row.split(' ').map(Number));
  const product = (a: Matrix, b: Matrix): Matrix =>
    a.map((row) => row.map((_, j) => row.reduce((sum, entry, k) => sum + entry * b[k]![j]!, 0)));
  const norm = Math.max(...matrix.map((row) => row.reduce((sum, entry) => sum + Math.abs(entry), 0)));
  const halvings = Math.max(0, Math.ceil(Math.log2(norm || 1)) + 2);
  const part = matrix.map((row) => row.map((entry) => entry / 2 ** halvings));
  let term: Matrix = matrix.map((row, i) => row.map((_, j) => (i === j ? 1 : 0)));
  let sum = term;
  for (let k = 1; k <= 14; k += 1) {
    term = product(term, part).map((row) => row.map((entry) => entry / k));
    sum = sum.map((row, i) => row.map((entry, j) => entry + term[i]![j]!));
  }
  for (let k = 0; k < halvings; k += 1) sum = product(sum, sum);
  return sum;
});
