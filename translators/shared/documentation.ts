/** Facts about a model in the docstring of its script: paragraphs, one of them a list. */

import { printableLines } from '../../src/diagnostics/display.js';
import type { Metadata } from '../../src/model/model.js';

/** Facts about a model, as found in a document of any notation. */
export type About = { readonly [Fact in Exclude<keyof Metadata, 'authors'>]?: Metadata[Fact] | undefined } & {
  readonly name?: string | undefined;
  readonly source?: string | undefined;
  readonly authors?: readonly unknown[] | undefined;
};

/** Facts by the labels that begin their lines. */
const facts = {
  Authors: 'authors',
  Source: 'source',
  Licence: 'licence',
  doi: 'doi',
  Species: 'species',
  Region: 'region',
  Terms: 'terms',
} as const;

const orcid = 'https://orcid.org/';

/** The name of a model without a name in its document. */
export const unnamed = 'unnamed';

/** Returns the paragraphs of a script's docstring: title, description, and a list of further facts about the model. */
export function documentationOf(about: About): readonly string[] {
  const { title, name = '', description } = about;
  const called = name === '' || name === unnamed ? 'A network' : name;
  const lines = Object.entries(facts).flatMap(([key, fact]) => {
    const value = fact === 'authors' ? peopleOf(about.authors) : fact === 'terms' ? about.terms : about[fact];
    const text = typeof value === 'string' ? value : (value ?? []).join(fact === 'authors' ? '; ' : ', ');
    return text === '' ? [] : [`${key}: ${text}`];
  });
  const texts = [title ?? called, description ?? '', lines.join('\n')];
  return texts.filter((text, k) => text !== '' && texts.indexOf(text) === k);
}

/** Returns a docstring of Python. */
export function docstring(paragraphs: readonly string[]): string {
  const text = printableLines(paragraphs.join('\n\n')).replaceAll('\\', '\\\\').replaceAll('"""', '\\"\\"\\"');
  return /\n|"$/.test(text) ? `"""${text}\n"""` : `"""${text}"""`;
}

const peopleOf = (authors: readonly unknown[] = []): readonly string[] =>
  authors.flatMap((author) => {
    if (typeof author === 'string') return [author];
    const { name: person, orcid: id } = author as { readonly name?: unknown; readonly orcid?: unknown };
    if (typeof person !== 'string') return [];
    return [typeof id === 'string' ? `${person} (${orcid}${id.replace(/^.*\//, '')})` : person];
  });

/** Contents of a docstring in the form of `documentationOf`, without the instructions for using the script. */
interface Documented extends Metadata {
  readonly source?: string;
}

/**
 * Returns title, description and facts of a docstring. Its first paragraph is the title, and lines such as `doi:
 * 10.1000/182` are facts.
 */
export function aboutIn(docstring: string): Documented {
  const found: Record<string, unknown> = {};
  const paragraphs: string[] = [];
  for (const paragraph of docstring.split(/\n[ \t]*\n/)) {
    const lines = paragraph.split('\n').map((line) => line.trim());
    if (lines[0]?.startsWith('Usage:')) continue;
    const rest = lines.filter((line) => {
      const [, key = '', value = ''] = /^(\w+):\s+(.+)$/.exec(line) ?? [];
      if (!Object.hasOwn(facts, key)) return true;
      const fact = facts[key as keyof typeof facts];
      found[fact] = fact === 'authors' ? authorsIn(value) : fact === 'terms' ? value.split(/,\s*/) : value;
      return false;
    });
    const text = rest.join('\n').trim();
    if (text !== '') paragraphs.push(text);
  }
  const [title, ...description] = paragraphs;
  return {
    ...(title === undefined ? {} : { title }),
    ...(description.length === 0 ? {} : { description: description.join('\n\n') }),
    ...found,
  };
}

const authorsIn = (text: string): Documented['authors'] =>
  text.split(/;\s*/).map((person) => {
    const [, name = person, id] = /^(.*?)\s*\(https:\/\/orcid\.org\/([\dX-]+)\)$/.exec(person) ?? [];
    return id === undefined ? { name } : { name, orcid: id };
  });
