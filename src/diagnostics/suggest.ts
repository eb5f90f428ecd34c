/** Suggestions for misspelt names: similar names, the most similar first. */

import { limits } from './limits.js';

/** Longer names are compared only by their beginnings, so that a hostile name costs no time. */
const longestCompared = 80;

/**
 * Number of single-letter insertions, deletions, substitutions and swaps of neighbours that turn `a` into `b`, each
 * letter being edited at most once.
 *
 * @param limit  distances above it are not computed
 * @returns the distance, or `limit + 1` when it is above `limit`
 * @source the restricted Damerau–Levenshtein distance: Damerau, Communications of the ACM 7 (1964) 171
 */
export function editDistance(a: string, b: string, limit = Infinity): number {
  if (Math.abs(a.length - b.length) > limit) return limit + 1;
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let row = 1; row <= a.length; row++) {
    const current = [row];
    let least = row;
    for (let column = 1; column <= b.length; column++) {
      const cost = a[row - 1] === b[column - 1] ? 0 : 1;
      let distance = Math.min(at(last, column) + 1, at(current, column - 1) + 1, at(last, column - 1) + cost);
      const swapped = row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1];
      if (swapped) distance = Math.min(distance, at(beforeLast, column - 2) + 1);
      current.push(distance);
      least = Math.min(least, distance);
    }
    if (least > limit) return limit + 1;
    beforeLast = last;
    last = current;
  }
  return Math.min(at(last, b.length), limit + 1);
}

function at(row: readonly number[], column: number): number {
  return row[column] ?? Infinity;
}

/**
 * Returns the candidates similar to `name`, the most similar first; empty if no candidate is similar.
 *
 * Differences only in case count less than any edit. Ties keep the order of `candidates`.
 *
 * @param count largest number of results
 */
export function nearest(name: string, candidates: Iterable<string>, count = 3): string[] {
  const written = name.slice(0, longestCompared);
  const lower = written.toLowerCase();
  // Of a short name, two edits leave little.
  const limit = written.length <= 3 ? 1 : written.length <= 5 ? 2 : Math.floor(written.length * 0.4) + 1;
  const near: { candidate: string; distance: number }[] = [];
  let compared = 0;
  for (const candidate of new Set(candidates)) {
    if (++compared > limits.suggestions) break;
    const other = candidate.slice(0, longestCompared);
    const known = other.toLowerCase();
    if (other === written) near.push({ candidate, distance: 0 });
    else if (known === lower) near.push({ candidate, distance: 0.5 });
    else {
      const distance = editDistance(lower, known, limit);
      // A name of one or two letters is within a short distance of every other: a shared letter is required.
      const related = distance < Math.max(written.length, other.length);
      if (distance <= limit && related) near.push({ candidate, distance });
      // An abbreviation, such as `exc` for `excitatory`, or the last part of a name, such as `groups` for
      // `neuron_groups`.
      else if (written.length >= 3 && (known.startsWith(lower) || known.endsWith(`_${lower}`)))
        near.push({ candidate, distance: limit });
    }
  }
  near.sort((a, b) => a.distance - b.distance);
  // Names much less similar than the best one are omitted.
  const farthest = (near[0]?.distance ?? 0) + 1;
  return near
    .filter(({ distance }) => distance <= farthest)
    .slice(0, count)
    .map(({ candidate }) => candidate);
}

/** `did you mean exc?`, `did you mean exc or inh?`; undefined without a similar name. */
export function didYouMean(name: string, candidates: Iterable<string>): string | undefined {
  const near = nearest(name, candidates);
  return near.length === 0 ? undefined : `did you mean ${joinWords(near, 'or')}?`;
}

/** Returns a `hint` with `didYouMean`, to be spread into a diagnostic; empty without a similar name. */
export function suggestion(
  name: string,
  candidates: Iterable<string>,
): { readonly hint?: string; readonly names?: readonly string[] } {
  const names = nearest(name, candidates);
  return names.length === 0 ? {} : { hint: `did you mean ${joinWords(names, 'or')}?`, names };
}

/** Another name for the marked one. */
export interface Renaming {
  readonly kind: 'rename';
  readonly from: string;
  readonly to: string;
}

/**
 * Returns the `fix` of an unknown key, to be spread into a diagnostic; empty unless exactly one key is similar and
 * differs by one slip: by case and underscores, or by one letter in a word of five or more.
 */
export function renaming(name: string, keys: Iterable<string>): { readonly fix?: Renaming } {
  const [key, other] = nearest(name, keys, 2);
  const isCertain = key !== undefined && other === undefined && isSlip(name, key);
  return isCertain ? { fix: { kind: 'rename', from: name, to: key } } : {};
}

/** Short words are no slips of each other: `e_rev_I` is not `e_rev_E`, and `v_rest` is not `v_reset`. */
function isSlip(name: string, key: string): boolean {
  const letters = (text: string): string => text.replace(/[_\s-]/g, '').toLowerCase();
  if (letters(name) === letters(key)) return true;
  const words = wordsOf(name);
  const meant = wordsOf(key);
  const differing = meant.flatMap((word, at) => (word === words[at] ? [] : [[words[at] ?? '', word] as const]));
  const [pair, ...others] = differing;
  if (!pair || others.length > 0 || words.length !== meant.length) return false;
  return pair.every((word) => word.length >= 5) && editDistance(...pair, 1) === 1;
}

/** `tau`, `syn`, `e` for `tau_syn_E`; `leak`, `conductance` for `leakConductance`. */
const wordsOf = (name: string): readonly string[] =>
  (name.match(/[A-Z]?[a-z]+|[A-Z]+|[^A-Za-z_]+/g) ?? []).map((word) => word.toLowerCase());

/** `one of exc, inh, noise`: the allowed names, the most similar to `name` first, at most `count` names. */
export function oneOf(name: string, candidates: Iterable<string>, count = 12): string {
  const all = [...new Set(candidates)];
  if (all.length === 0) return 'a defined name, but there are none';
  if (all.length === 1) return all[0] ?? '';
  const first = nearest(name, all, count);
  const others = all.slice(0, 2 * count).filter((candidate) => !first.includes(candidate));
  const more = all.length - count;
  return `one of ${[...first, ...others].slice(0, count).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}

/** Returns the members of a diagnostic for an unknown name: the known names if any, the name, and similar ones. */
export const unlike = (
  name: string,
  known: Iterable<string>,
): { readonly expected?: string; readonly found: string } & ReturnType<typeof suggestion> => {
  const all = [...known];
  return {
    ...(all.length === 0 ? {} : { expected: oneOf(name, all) }),
    found: shorten(name),
    ...suggestion(name, all),
  };
};

/** `a`, `a or b`, `a, b or c`. */
export function joinWords(words: readonly string[], conjunction: 'and' | 'or'): string {
  if (words.length <= 1) return words[0] ?? '';
  return `${words.slice(0, -1).join(', ')} ${conjunction} ${words.at(-1)}`;
}

/** The first names, and how many more there are: `a, b and 3 more`. */
export const firstFew = (names: readonly string[], most = 5): string =>
  `${names.slice(0, most).join(', ')}${names.length > most ? ` and ${names.length - most} more` : ''}`;

/** The text of a value for a message: JSON, on one line, cut in the middle when longer than `longest` characters. */
export function shorten(value: unknown, longest = 60): string {
  const text = typeof value === 'string' ? value.replace(/\s+/g, ' ') : describe(value);
  if (text.length <= longest) return text;
  const half = Math.floor((longest - 1) / 2);
  return `${text.slice(0, half)}…${text.slice(text.length - half)}`;
}

/** Large lists and maps are described by their size, since a text of ten thousand numbers is slow and unreadable. */
function describe(value: unknown): string {
  if (Array.isArray(value) && value.length > 20) return `a list of ${value.length}`;
  if (typeof value === 'number' || typeof value === 'bigint') return String(value);
  if (value !== null && typeof value === 'object') {
    const keys = Object.keys(value);
    if (!Array.isArray(value) && keys.length === 0) return 'an empty map';
    if (!Array.isArray(value)) return `a map of ${keys.slice(0, 5).join(', ')}${keys.length > 5 ? ', …' : ''}`;
  }
  return JSON.stringify(value) ?? String(value);
}
