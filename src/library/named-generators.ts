/** Generators of other programs that a model names. */

import { memberOf } from '../diagnostics/member.js';

/** A generator that a model names. */
interface NamedGenerator {
  /** A number in decimal, or `model` for the seed of the run. */
  readonly seed: string;
  readonly stream?: string;
}

const isGenerator = (part: object): part is NamedGenerator =>
  typeof memberOf(part, 'seed') === 'string' &&
  [memberOf(part, 'generator'), memberOf(part, 'name')].includes('numpy-mt19937');

/**
 * Returns a part of a model with its named generators changed; the same object if none changes.
 *
 * @param change  returns new members of a generator
 */
export function withNamedGenerators<T>(part: T, change: (generator: NamedGenerator) => Partial<NamedGenerator>): T {
  if (typeof part !== 'object' || part === null || ArrayBuffer.isView(part)) return part;
  if (Array.isArray(part)) {
    if (typeof part[0] !== 'object') return part;
    const items: readonly unknown[] = part;
    const made = items.map((item) => withNamedGenerators(item, change));
    return made.some((item, k) => item !== items[k]) ? (made as T) : part;
  }
  const entries = Object.entries(part).map(
    ([key, member]) => [key, withNamedGenerators<unknown>(member, change)] as const,
  );
  const isSame = entries.every(([key, member]) => member === (part as Readonly<Record<string, unknown>>)[key]);
  const made = isSame ? part : (Object.fromEntries(entries) as T & object);
  if (!isGenerator(made)) return made;
  const members = change(made);
  const { seed = made.seed, stream = made.stream } = members;
  return seed === made.seed && stream === made.stream ? made : { ...made, ...members };
}
