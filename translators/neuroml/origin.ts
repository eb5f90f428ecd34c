/** The model that a document of NeuroML or LEMS carries, as properties of an annotation. */

import type { Sha256 } from '../../src/platform/platform.js';
import { originTag, type LoadedDocuments } from './load.js';
import type { XmlElement } from '../../src/xml/element.js';

/** Adds the content of a document with the files that it includes to a digest. */
export function addContent(hash: Sha256, { elements }: LoadedDocuments): Sha256 {
  let waiting: string[] = [];
  const visit = (element: XmlElement): void => {
    const { name, attributes, text, children } = element;
    const sorted = Object.entries(attributes).sort(([a], [b]) => (a < b ? -1 : 1));
    waiting.push(JSON.stringify([name, sorted, text.trim(), children.length]));
    if (waiting.length >= 1000) {
      hash.update(waiting.join('\n'));
      waiting = ['\n'];
    }
    children.forEach(visit);
  };
  for (const { element, origin } of elements) if (origin !== 'core') visit(element);
  return hash.update(waiting.join('\n'));
}

/** Returns the data of the model that an annotation carries. */
export function originIn({ children }: XmlElement): object {
  const properties = children.map(
    (xmlElement) => [xmlElement.attribute('tag'), xmlElement.attribute('value')] as const,
  );
  const valueOf = (key: string): string | undefined => properties.find(([tag]) => tag === `${originTag}${key}`)?.[1];
  return { version: Number(valueOf('version')), digest: valueOf('digest'), model: valueOf('model') };
}

/** Checks whether annotations are possible: in LEMS they are components of a type that NeuroML's files define. */
const hasAnnotations = ({ root, elements }: LoadedDocuments): boolean =>
  root.name !== 'Lems' ||
  elements.some(({ element }) => element.name === 'ComponentType' && element.attribute('name') === 'annotation');

/** Returns the text of a document, which reads as `documents`, with data; undefined if it has no annotations. */
export function withOrigin(
  text: string,
  documents: LoadedDocuments,
  origin: Readonly<Record<string, string | number>>,
): string | undefined {
  if (!hasAnnotations(documents)) return undefined;
  const properties = Object.entries(origin).map(
    ([key, value]) => `    <property tag="${originTag}${key}" value="${value}"/>\n`,
  );
  const annotation = `  <annotation>\n${properties.join('')}  </annotation>\n`;
  // The schema of NeuroML has annotations first. In LEMS, an earlier included file defines the type `annotation`.
  const at =
    documents.root.name === 'neuroml'
      ? (/<neuroml\b[^>]*>\s*?\n(?:\s*<(notes|property)\b(?:[^>]*\/>|[\s\S]*?<\/\1>)\s*?\n)*/.exec(text) ?? {
          index: 0,
          0: '',
        })
      : { index: text.lastIndexOf('</Lems>'), 0: '' };
  const end = at.index + at[0].length;
  return text.slice(0, end) + annotation + text.slice(end);
}
