/** The head of the page and its last tab: what the model is, and whose. */

import { element, make, write } from './elements.js';
import { modelTitle } from '../src/present/model-title.js';
import type { ReadModel } from './messages.js';

/** Fingerprint of the run that was made with the page. */
export interface RecordedFingerprint {
  readonly fingerprint: string;
  /** Hash of the experiment that has it. */
  readonly experiment: string;
  /** Version of interneuron that made the page. */
  readonly version: string;
  /** Numerics version of the run; absent: 9, the first for which pages were made. */
  readonly numerics?: number;
}

const link = (text: string, href: string): HTMLAnchorElement => make('a', { textContent: text, href, rel: 'noopener' });

const doiAddress = (doi: string): string =>
  `https://doi.org/${doi.replace(/^(https?:\/\/(dx\.)?doi\.org\/|doi:)/i, '')}`;

/** Names of notations as people write them. */
const notationNames: Readonly<Record<string, string>> = {
  brian: 'Brian',
  pynn: 'PyNN',
  neuroml: 'NeuroML',
  sonata: 'SONATA',
  nir: 'NIR',
  nestml: 'NESTML',
  nmodl: 'NMODL',
  swc: 'SWC',
  canonical: 'canonical form',
};

/**
 * Shows title, authors, licence and description.
 *
 * @param file  path of the document, of which a title is made for a model without a name
 * @param known  the title that the page was written with
 */
export function showHead({ name, notation, metadata }: ReadModel, file: string, known: string | undefined): void {
  const title = known ?? modelTitle({ name, metadata }, file);
  const { description = '', authors = [], licence, doi } = metadata;
  element('title', HTMLHeadingElement).textContent = title;
  document.title = title;
  write('kicker', `Model, ${notationNames[notation] ?? notation}`);
  write('summary', description);
  const people = authors.flatMap(({ name: person, orcid }, k) => [
    ...(k === 0 ? [] : [', ']),
    orcid === undefined ? person : link(person, `https://orcid.org/${orcid.replace(/^https?:\/\/orcid\.org\//, '')}`),
  ]);
  const facts = [
    ...(people.length === 0 ? [] : [people]),
    ...(licence === undefined ? [] : [[`Licence: ${licence}`]]),
    ...(doi === undefined ? [] : [['DOI: ', link(doi, doiAddress(doi))]]),
  ];
  const byline = element('byline', HTMLElement);
  byline.replaceChildren(...facts.map((parts) => make('span', {}, parts)));
  byline.hidden = facts.length === 0;
}

/** Shows how to cite the model by the title that the page shows, and what was checked. */
export function showAbout(
  { metadata, notation, experiment }: ReadModel,
  recorded: RecordedFingerprint | undefined,
): void {
  const { authors = [], doi, species, region } = metadata;
  const cited = [
    authors.map(({ name: person }) => person).join(', '),
    document.title,
    ...(doi === undefined ? [] : [doiAddress(doi)]),
  ];
  write('citation', `${cited.filter((part) => part !== '').join('. ')}.`);
  const rows = [
    ['notation', notationNames[notation] ?? notation],
    ['hash of the experiment', experiment],
    ...(species === undefined ? [] : [['species', species]]),
    ...(region === undefined ? [] : [['region', region]]),
    ...(recorded === undefined
      ? []
      : [
          ['recorded fingerprint', recorded.fingerprint],
          ['recorded with', `interneuron ${recorded.version}`],
        ]),
  ] as const;
  element('facts', HTMLElement).replaceChildren(
    ...rows.flatMap(([term = '', value = '']) => [
      make('dt', { textContent: term }),
      make('dd', {}, [make('code', { textContent: value })]),
    ]),
  );
}
