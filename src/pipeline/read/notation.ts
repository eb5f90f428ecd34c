/** Notations that are read: the register of their names and marks. `readers.ts` has their readers. */

import { platform } from '#platform';
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

/** The canonical form as a notation. */
const canonical = {
  title: 'the canonical form',
  names: ['canonical'],
  form: 'tree',
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

const entries = Object.entries(notations) as readonly (readonly [Notation, NotationFacts])[];

/** Returns names and marks of a notation. */
export const factsOf = (notation: Notation): NotationFacts => notations[notation];

/** Returns the name of a notation in sentences. */
export const titleOf = (notation: Notation): string => notations[notation].title;

/** Notations by the value of `format` at the top of their documents. */
export const notationsByFormat: ReadonlyMap<string, TreeNotation> = new Map(
  entries.flatMap(([notation, { format }]) =>
    format === undefined ? [] : [[format, notation as TreeNotation] as const],
  ),
);

/** Notations by the names that `--from` takes. */
export const notationsByName: ReadonlyMap<string, Notation> = new Map(
  entries.flatMap(([notation, { names }]) => names.map((name) => [name, notation] as const)),
);

/** Notations that are trees. */
export const treeNotations = entries.flatMap(([notation, { form }]) =>
  form === 'tree' ? [notation as TreeNotation] : [],
);

/** The notation of markup. */
export const markupNotation: NotationOf<'markup'> = 'neuroml';

/** Names of all notations. */
export const notationNames = entries.map(([notation]) => notation);

/** Returns the notation of all files with the suffix of a path; undefined: their content tells it. */
export function notationOfSuffix(path: string): Notation | undefined {
  const suffix = platform.paths.extname(path).toLowerCase();
  return entries.find(([, { suffixes = [] }]) => suffixes.includes(suffix))?.[0];
}
