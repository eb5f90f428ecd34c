/**
 * Files that say how a model is cited: `CITATION.cff` and `.zenodo.json`.
 *
 * @source https://doi.org/10.5281/zenodo.5171937 (Citation File Format 1.2.0); https://developers.zenodo.org
 */

import { stringify } from 'yaml';
import { markupText, withoutControls } from '../diagnostics/display.js';
import type { Metadata } from '../model/model.js';

type Author = NonNullable<Metadata['authors']>[number];

/** A name in two parts; absent: it has only one, as those of groups. */
interface SplitName {
  readonly family?: string;
  readonly given?: string;
}

/** Splits a name: `Family, Given` at the comma, `Given Family` before its last word. */
export function splitName(name: string): SplitName {
  const [, family, given] = /^([^,]+),\s*(.+)$/.exec(name) ?? [];
  if (family !== undefined && given !== undefined) return { family: family.trim(), given: given.trim() };
  const at = name.trim().lastIndexOf(' ');
  return at < 0 ? {} : { family: name.trim().slice(at + 1), given: name.trim().slice(0, at) };
}

/** Returns an ORCID as a URL. */
export const orcidUrl = (orcid: string): string =>
  `https://orcid.org/${orcid.replace(/^(https?:\/\/)?orcid\.org\//, '')}`;

/** Returns the bare DOI of a DOI or its URL. */
export const bareDoi = (doi: string): string => doi.replace(/^(https?:\/\/(dx\.)?doi\.org\/|doi:)/i, '');

/** Replaces control characters in values that are written. */
const shown = (_: unknown, value: unknown): unknown => (typeof value === 'string' ? withoutControls(value) : value);

/** Returns a `CITATION.cff`; null for a model without authors, which the format requires. */
export function citationText(
  name: string,
  { title, description, authors = [], licence, doi }: Metadata,
): string | null {
  if (authors.length === 0) return null;
  const citation = {
    'cff-version': '1.2.0',
    message: 'If you use this model, please cite it as below.',
    type: 'dataset',
    title: title ?? name,
    ...(description === undefined ? {} : { abstract: description }),
    authors: authors.map(citedAuthor),
    ...(licence === undefined ? {} : { license: licence }),
    ...(doi === undefined ? {} : { doi: bareDoi(doi) }),
  };
  return stringify(citation, shown);
}

function citedAuthor({ name, orcid }: Author): object {
  const { family, given } = splitName(name);
  const named = family === undefined ? { name } : { 'family-names': family, 'given-names': given };
  return { ...named, ...(orcid === undefined ? {} : { orcid: orcidUrl(orcid) }) };
}

/** Returns a `.zenodo.json`; null for a model without authors. */
export function zenodoText(name: string, { title, description, authors = [], licence, doi }: Metadata): string | null {
  if (authors.length === 0) return null;
  const deposit = {
    title: title ?? name,
    upload_type: 'dataset',
    // Zenodo reads it as HTML.
    description: markupText(description ?? title ?? name),
    creators: authors.map(({ name: author, orcid }) => {
      const { family, given } = splitName(author);
      return {
        name: family === undefined ? author : `${family}, ${given ?? ''}`,
        ...(orcid === undefined ? {} : { orcid: orcidUrl(orcid).slice('https://orcid.org/'.length) }),
      };
    }),
    ...(licence === undefined ? {} : { license: licence.toLowerCase() }),
    ...(doi === undefined ? {} : { related_identifiers: [{ identifier: bareDoi(doi), relation: 'isSupplementTo' }] }),
  };
  return `${JSON.stringify(deposit, shown, 2)}\n`;
}
