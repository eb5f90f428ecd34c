/** Generators of one seed that a script may share, as each begins where the draws of another end. */

import type { PynnSpecification } from '../specification.generated.js';
import { isRecord } from './python-text.js';

/** The draws of a generator in one part of a script: 32-bit numbers, or NaN if their number is not known before. */
interface Use {
  readonly label: string;
  readonly words: number;
}

/** NumPy takes two 32-bit numbers for a uniform number. */
const wordsOfUniform = 2;

/**
 * Returns the generators that are another one further on, with that one. Uniform values of populations take a known
 * number of draws: the generator of the next part of the script is the same one if it skips as many.
 */
export function sharedGenerators(document: PynnSpecification): ReadonlyMap<string, string> {
  const { rngs = {}, populations = [], ...others } = document;
  const uses = [
    ...populations.flatMap(({ size, cell, initial_values: initial, structure }) => [
      ...usesIn(structure),
      ...usesIn(cell.params, size),
      ...usesIn(initial, size),
    ]),
    ...usesIn(others),
  ];
  const shared = new Map<string, string>();
  for (const seed of new Set(Object.values(rngs).map((rng) => rng.seed))) {
    const own = uses.filter(({ label }) => rngs[label]?.seed === seed && rngs[label]?.type === 'NumpyRNG');
    const labels = [...new Set(own.map(({ label }) => label))];
    const isApart = own.every(
      ({ label }, k) => k === 0 || own[k - 1]?.label === label || !isIn(own.slice(0, k), label),
    );
    let [first, position] = ['', NaN];
    for (const label of isApart ? labels : []) {
      const skip = rngs[label]?.skip ?? 0;
      if (skip === position) shared.set(label, first);
      else [first, position] = [label, skip];
      for (const { words } of own.filter((use) => use.label === label)) position += words;
    }
  }
  return shared;
}

const isIn = (uses: readonly Use[], label: string): boolean => uses.some((use) => use.label === label);

/**
 * Returns the draws of generators in a part of a document, in its order.
 *
 * @param size  of the population that it belongs to
 */
function usesIn(item: unknown, size?: number | readonly number[]): readonly Use[] {
  if (Array.isArray(item)) return item.flatMap((one) => usesIn(one));
  if (!isRecord(item)) return [];
  const { rng: label, random } = item;
  const words =
    random === 'uniform' && size !== undefined ? [size].flat().reduce((a, b) => a * b, wordsOfUniform) : NaN;
  return [
    ...(typeof label === 'string' ? [{ label, words }] : []),
    ...Object.values(item).flatMap((one) => usesIn(one, size)),
  ];
}
