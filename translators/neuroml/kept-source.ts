/**
 * The imported document, kept in the canonical model: component types and components as written, with those of included
 * files. An unchanged model can be written again as NeuroML and LEMS exactly as its author wrote it. Documents with
 * very long lists of connections are not kept.
 */

import { coreFile, coreRoot } from './core-types.js';
import { ReadComponent } from './lems/read-components.js';
import type { Component, LemsModel, LemsSource } from './lems/definitions.js';
import type { XmlElement } from '../../src/xml/element.js';
import { attributeRanges, tagNameAt } from '../../src/xml/tags.js';

/** A document without inclusions but those of core types. */
export interface KeptSource {
  /** The document. */
  readonly text: string;
  /** Id of the component that is run. */
  readonly target: string;
}

/** Documents with longer lists are not kept. */
const longestList = 100_000;

/** Returns a document, or undefined if the model was not read from a text, or if the text has a very long list. */
export function keepSource({ source, byId }: LemsModel, { id }: Component): KeptSource | undefined {
  if (!source || source.elements.some(isLong)) return undefined;
  const { root } = source;
  const elements = source.elements.filter((element) => isRead(element, byId)).map((element) => element.written);
  const body = elements.join('\n');
  const includes = root.name === 'neuroml' ? [] : coreNamed(source, body).map((file) => `<Include file="${file}"/>`);
  const tag = tagNameAt(root.source.text, root.offset);
  return { text: [`<${tag}${rootAttributes(root)}>`, ...includes, body, `</${tag}>`, ''].join('\n'), target: id };
}

const isLong = ({ children }: XmlElement): boolean => children.length > longestList || children.some(isLong);

/** Of components with one id in several files, one is read. */
function isRead(element: XmlElement, byId: LemsModel['byId']): boolean {
  const id = element.name === 'ComponentType' ? undefined : element.attribute('id');
  const component = id === undefined ? undefined : byId.get(id);
  return !(component instanceof ReadComponent) || component.parent !== null || component.element === element;
}

const allCoreTypes = 'NeuroML2CoreTypes.xml';
/** Types of how models are run, and PyNN's, which the file of all core types includes here, but not for all readers. */
const besideAll = ['PyNN.xml', 'Simulation.xml'];

/** Returns the file of all core types, and files beside it that a document of that text needs. */
export function allCoreFiles(text: string): readonly string[] {
  const uses = (file: string): boolean =>
    coreRoot(file)?.children.some(
      (child) => child.name === 'ComponentType' && text.includes(child.attributes['name'] ?? ''),
    ) === true;
  return [allCoreTypes, ...besideAll.filter(uses)];
}

/** Returns files of core types that the document includes directly, and others that it needs. */
function coreNamed({ core, root }: LemsSource, text: string): readonly string[] {
  if (core.includes(allCoreTypes)) return allCoreFiles(text);
  const named = root.children.flatMap((inner) => (inner.name === 'Include' ? [inner.attribute('file') ?? ''] : []));
  const own = named.filter((name) => core.includes(name));
  const reached = new Set<string>();
  const reach = (name: string): void => {
    if (reached.has(name)) return;
    reached.add(name);
    for (const [, inner = ''] of (coreFile(name) ?? '').matchAll(/<Include file="([^"]+)"/g)) reach(inner);
  };
  own.forEach(reach);
  return [...own, ...core.filter((name) => !reached.has(name))];
}

/** Returns the root's declarations of namespaces, and what it says of the document, as written. */
function rootAttributes({ source: { text }, offset }: XmlElement): string {
  let attributes = '';
  for (const { name, start, valueEnd } of attributeRanges(text, offset))
    if (name === 'id' || name === 'description' || name.startsWith('xmlns') || name.startsWith('xsi:'))
      attributes += ` ${text.slice(start, valueEnd + 1)}`;
  return attributes;
}
