/** Description and authors of a model, as properties of a network. */

import type { Metadata } from '../../src/model/model.js';
import type { LemsSource } from './lems/definitions.js';
import type { XmlElement } from '../../src/xml/element.js';

/** A model's name and metadata. */
export interface Described {
  readonly name: string;
  readonly metadata: Metadata;
}

/** Prefix of each tag, to distinguish these properties from the author's own. */
const prefix = 'metadata ';
const orcidUrl = 'https://orcid.org/';
const texts = ['title', 'description', 'licence', 'doi', 'species', 'region'] as const;

/** Returns tags and values of properties, in the order of writing. */
export function metadataProperties({ name, metadata }: Described): readonly (readonly [tag: string, value: string])[] {
  const { authors = [], terms = [] } = metadata;
  const all = [
    ['name', name],
    ...texts.flatMap((key) => (metadata[key] === undefined ? [] : [[key, metadata[key]] as const])),
    ...authors.map(
      (author) => ['author', author.name + (author.orcid === undefined ? '' : `, ${orcidUrl}${author.orcid}`)] as const,
    ),
    ...terms.map((term) => ['term', term] as const),
  ] as const;
  return all.map(([tag, value]) => [prefix + tag, value]);
}

const isNotes = ({ name }: XmlElement): boolean => name === 'notes';

/**
 * Returns the metadata in the properties of a network, as members of a canonical document. Without a description its
 * notes, or the document's, are the description.
 */
export function keptMetadata({ elements, root }: LemsSource, network: string): Partial<Described> {
  const children = elements.find((element) => element.attribute('id') === network)?.children ?? [];
  // Notes of the network are nearest, and notes of included files are farthest.
  const notes = (children.find(isNotes) ?? root.children.find(isNotes))?.text.trim() ?? '';
  const valuesOf = (key: string): readonly string[] =>
    children.flatMap((child) =>
      child.name === 'property' && child.attribute('tag') === prefix + key ? [child.attribute('value') ?? ''] : [],
    );
  const authors = valuesOf('author').map((value) => {
    const [name = '', orcid] = value.split(`, ${orcidUrl}`);
    return { name, ...(orcid === undefined ? {} : { orcid }) };
  });
  const terms = valuesOf('term');
  const metadata: Metadata = {
    ...(notes === '' ? {} : { description: notes }),
    ...Object.fromEntries(texts.flatMap((key) => valuesOf(key).map((value) => [key, value] as const))),
    ...(authors.length === 0 ? {} : { authors }),
    ...(terms.length === 0 ? {} : { terms }),
  };
  const [name] = valuesOf('name');
  return {
    ...(name === undefined ? {} : { name }),
    ...(Object.keys(metadata).length === 0 ? {} : { metadata }),
  };
}
