/** Notations that are read: the register of their names and marks. `readers.ts` has their readers. */

import { brian } from '../../../translators/brian/notation.js';
import { neuroml } from '../../../translators/neuroml/notation.js';
import { nestml } from '../../../translators/nestml/notation.js';
import { nir } from '../../../translators/nir/notation.js';
import { nmodl } from '../../../translators/nmodl/notation.js';
import { pynn } from '../../../translators/pynn/notation.js';
import { json } from '../../../translators/shared/file-kinds.js';
import type { NotationFacts } from '../../../translators/shared/notation.js';
import { sonata } from '../../../translators/sonata/notation.js';
import { swc } from '../../../translators/swc/notation.js';
import { entryOf } from '../../diagnostics/entry.js';

/** The canonical form as a notation. */
const canonical = {
  title: 'the canonical form',
  names: ['canonical'],
  form: 'tree',
  sharedSuffixes: json.suffixes,
  mark: /\binterneuron["']?\s*:\s*\d/,
  format: 'interneuron/model',
  heading: { interneuron: 1 },
  connections: 'projections',
  schema: 'model',
  targets: {
    canonical: { title: 'the canonical form', files: json, subject: 'canonical', origin: 'none', keepsSetup: true },
  },
} as const satisfies NotationFacts;

/** Each notation that is read. */
const notations = { canonical, brian, pynn, neuroml, swc, nir, sonata, nmodl, nestml } as const;

/** Forms that a notation is written in. */
export type TargetsOf<N extends Notation> = (typeof notations)[N] extends { readonly targets: infer Targets }
  ? keyof Targets
  : never;

/** Forms that models are written in, as `convert --to` names them. */
export type TargetNotation = { [N in Notation]: TargetsOf<N> }[Notation];

/** Notations that are read. */
export type Notation = keyof typeof notations;

/** Notations of a form. */
export type NotationOf<Form extends NotationFacts['form']> = {
  [N in Notation]: (typeof notations)[N]['form'] extends Form ? N : never;
}[Notation];

/** Notations that are trees of JSON or YAML. */
export type TreeNotation = NotationOf<'tree'>;

const facts = new Map<Notation, NotationFacts>(
  Object.entries(notations) as readonly (readonly [Notation, NotationFacts])[],
);

/** Notations by the value of `format` at the top of their documents. */
export const notationsByFormat = new Map<string, TreeNotation>();

/** Notations by the names that `--from` takes. */
export const notationsByName = new Map<string, Notation>();

/** Adds a notation to the register. */
export function addNotation(notation: Notation, added: NotationFacts): void {
  facts.set(notation, added);
  if (added.format !== undefined) notationsByFormat.set(added.format, notation as TreeNotation);
  for (const name of added.names) notationsByName.set(name, notation);
}

for (const [notation, known] of facts) addNotation(notation, known);

/** Returns names and marks of a notation. */
export const factsOf = (notation: Notation): NotationFacts => entryOf(facts, notation);

/** Returns the name of a notation in sentences. */
export const titleOf = (notation: Notation): string => factsOf(notation).title;

/** Notations that are trees. */
export const treeNotations = [...facts].flatMap(([notation, { form }]) =>
  form === 'tree' ? [notation as TreeNotation] : [],
);

/** The notation of markup. */
export const markupNotation: NotationOf<'markup'> = 'neuroml';

/** Names of all notations. */
export const notationNames = [...facts.keys()];

/** Returns the notation of all files with the suffix of a path; undefined: their content tells it. */
export function notationOfSuffix(path: string): Notation | undefined {
  return [...facts].find(([, { suffixes }]) => endsWithOne(path, suffixes))?.[0];
}

/** Checks whether files with the suffix of a path may be in a notation. */
export const mayBe = (notation: Notation, path: string): boolean => {
  const { suffixes, sharedSuffixes } = factsOf(notation);
  return endsWithOne(path, suffixes) || endsWithOne(path, sharedSuffixes);
};

/** Returns the suffixes of all files that may be models. */
export const modelSuffixes = (): readonly string[] => [
  ...new Set([...facts.values()].flatMap(({ suffixes = [], sharedSuffixes = [] }) => [...suffixes, ...sharedSuffixes])),
];

/**
 * Returns the notation of a file by its suffix, or by a mark near its beginning; undefined if it has none.
 *
 * @param start  its beginning as text
 */
export function notationOfFile(path: string, start: string): Notation | undefined {
  const own = notationOfSuffix(path);
  if (own !== undefined || start.includes('\0')) return own;
  return [...facts].find(
    ([, { mark, format }]) => mark?.test(start) === true || (format !== undefined && statesFormat(start, format)),
  )?.[0];
}

/** Checks whether a text has the value of `format` of a notation, with or without quotes. */
const statesFormat = (text: string, format: string): boolean => new RegExp(`["'\\s:]${format}(?![\\w/-])`).test(text);

const endsWithOne = (path: string, suffixes: readonly string[] = []): boolean =>
  suffixes.some((suffix) => path.toLowerCase().endsWith(suffix));
