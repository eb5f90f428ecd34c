/**
 * The imported document, kept in the canonical model: component types and components as written. An unchanged model can
 * be written again as NeuroML and LEMS exactly as its author wrote it. Documents with very long lists of connections
 * are not kept.
 */

import { coreFile, coreRoot } from './core-types.js';
import { ReadComponent } from './lems/read-components.js';
import type { Component, LemsModel, LemsSource } from './lems/definitions.js';
import { ListedElement, type XmlElement } from './xml/element.js';
import { eachAttribute, tagNameAt } from './xml/start-tag.js';

/** An element as plain data. */
export interface KeptElement {
  /** Name of the element, without a prefix. */
  readonly tag: string;
  readonly attributes?: Readonly<Record<string, string>>;
  readonly children?: readonly KeptElement[];
  /** Its text; absent if it has no text. */
  readonly text?: string;
  /** XML text instead of all other members: annotations with foreign namespaces. */
  readonly raw?: string;
  /** A list of elements of this tag: values of the attributes that differ, one value for each element. */
  readonly columns?: Readonly<Record<string, readonly string[]>>;
}

/** A document as plain data. */
export interface KeptSource {
  /** Name of the root element. */
  readonly root: 'Lems' | 'neuroml';
  /** Attributes of the root, declarations of namespaces among them. */
  readonly attributes: Readonly<Record<string, string>>;
  /** Files of core types that it includes. */
  readonly core: readonly string[];
  /** Id of the component that is run. */
  readonly target: string;
  /** Elements below the root, with elements of included files in place of the inclusion. */
  readonly elements: readonly KeptElement[];
}

/** Longer lists of connections and inputs are kept by columns. */
const longestInRows = 1000;
/** Documents with longer lists are not kept. */
const longestList = 100_000;

/** Elements that describe the entire document. */
const commentary: ReadonlySet<string> = new Set(['notes', 'annotation', 'property', 'About', 'Meta']);
/**
 * Small definitions that are named in ways that are not looked for: units within quantities, constants within
 * expressions.
 */
const always: ReadonlySet<string> = new Set(['Dimension', 'Unit', 'Constant', ...commentary]);

/**
 * Returns a document's elements for the run and all elements that they refer to.
 *
 * @param roots components of the run: the simulation, and its targets
 * @returns undefined if the model was not read from a text, or if the text has a very long list
 */
export function keepSource({ source, byId }: LemsModel, roots: readonly Component[]): KeptSource | undefined {
  const [first] = roots;
  if (!source || !first || source.elements.some(isLong)) return undefined;
  const byName = definitionsByName(source, byId);
  const wanted = new Set<XmlElement>(source.elements.filter(({ name }) => always.has(name)));
  const open: XmlElement[] = [];
  const want = (element: XmlElement | undefined): void => {
    if (!element || wanted.has(element)) return;
    wanted.add(element);
    open.push(element);
  };
  for (const root of roots) if (root instanceof ReadComponent) want(root.element);
  const mentions = new Set<string>();
  for (let element = open.pop(); element; element = open.pop())
    eachMention(element, (name) => {
      mentions.add(name);
      byName.get(name)?.forEach(want);
    });
  return {
    root: source.root.name === 'neuroml' ? 'neuroml' : 'Lems',
    attributes: rootAttributes(source.root),
    core: coreNamed(source, mentions),
    target: first.id,
    elements: source.elements.filter((element) => wanted.has(element)).map((element) => kept(element)),
  };
}

const isLong = ({ children }: XmlElement): boolean => children.length > longestList || children.some(isLong);

/** Component types by their names, components by their ids. */
function definitionsByName(
  { elements }: LemsSource,
  byId: LemsModel['byId'],
): ReadonlyMap<string, readonly XmlElement[]> {
  const byName = new Map<string, XmlElement[]>();
  const add = (name: string | undefined, element: XmlElement): void => {
    if (name === undefined) return;
    const known = byName.get(name);
    if (known) known.push(element);
    else byName.set(name, [element]);
  };
  for (const element of elements) {
    if (always.has(element.name)) continue;
    if (element.name === 'ComponentType') {
      add(element.attribute('name'), element);
      continue;
    }
    const id = element.attribute('id');
    const component = id === undefined ? undefined : byId.get(id);
    if (component instanceof ReadComponent && component.element === element) add(id, element);
  }
  return byName;
}

/**
 * Calls `visit` with every tag and attribute value of an element and its contents. Of a long list, only the first
 * element is visited.
 */
function eachMention(element: XmlElement, visit: (name: string) => void): void {
  visit(element.name);
  for (const value of Object.values(element.attributes)) visit(value);
  let last: XmlElement | undefined;
  for (const inner of element.children) {
    // Connections of a list name their synapse once for all, or each its own.
    if (inner instanceof ListedElement && last instanceof ListedElement && inner.shape === last.shape) {
      for (const name of inner.shape) if (!paths.has(name)) visit(inner.attribute(name) ?? '');
    } else eachMention(inner, visit);
    last = inner;
  }
}

/** Attributes of connections that name no component. */
const paths: ReadonlySet<string> = new Set([
  'id',
  'preCellId',
  'postCellId',
  'preCell',
  'postCell',
  'weight',
  'delay',
  'target',
]);

/** Types of how models are run, and PyNN's, which the file of all core types includes here, but not for all readers. */
const besideAll = ['PyNN.xml', 'Simulation.xml'];

/**
 * Returns files of core types that the document includes directly, without files that one of them includes.
 *
 * @param mentions names in the document, including the types that it uses
 */
function coreNamed({ core, root }: LemsSource, mentions: ReadonlySet<string>): readonly string[] {
  const all = 'NeuroML2CoreTypes.xml';
  if (core.includes(all)) {
    const uses = (file: string): boolean =>
      coreRoot(file)?.children.some((one) => mentions.has(one.attribute('name') ?? '')) === true;
    return [all, ...besideAll.filter((file) => core.includes(file) && uses(file))];
  }
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

function rootAttributes({ source, offset }: XmlElement): Readonly<Record<string, string>> {
  const attributes: Record<string, string> = {};
  eachAttribute(source.text, offset, ({ name }, raw) => {
    if (name === 'id' || name === 'description' || name.startsWith('xmlns') || name.startsWith('xsi:'))
      attributes[name] = raw;
  });
  return attributes;
}

function kept(element: XmlElement): KeptElement {
  const { name: tag, children, text } = element;
  if (tag === 'annotation') return { tag, raw: rawText(element) };
  const attributes = { ...element.attributes };
  return {
    tag,
    ...(Object.keys(attributes).length > 0 ? { attributes } : {}),
    ...(children.length > 0 ? { children: keptChildren(children) } : {}),
    ...(text === '' ? {} : { text }),
  };
}

function keptChildren(children: readonly XmlElement[]): readonly KeptElement[] {
  const all: KeptElement[] = [];
  for (let at = 0; at < children.length;) {
    const first = children[at];
    let end = at + 1;
    if (first instanceof ListedElement) while (isAlike(first, children[end])) end++;
    const list = children.slice(at, end);
    if (first instanceof ListedElement && list.length > longestInRows)
      all.push({ ...kept(first), columns: columnsOf(first, list) });
    else all.push(...list.map(kept));
    at = end;
  }
  return all;
}

/** Returns attributes that differ between the elements of a list. */
function columnsOf({ shape }: ListedElement, list: readonly XmlElement[]): NonNullable<KeptElement['columns']> {
  return Object.fromEntries(
    shape.flatMap((name) => {
      const values = list.map((one) => one.attribute(name) ?? '');
      return values.every((value) => value === values[0]) ? [] : [[name, values] as const];
    }),
  );
}

function isAlike(first: ListedElement, other: XmlElement | undefined): boolean {
  return other instanceof ListedElement && other.name === first.name && other.shape === first.shape;
}

/** Returns the text of an element from its `<` to its end. Elements of its name are not within each other. */
function rawText({ source: { text }, offset }: XmlElement): string {
  const tag = tagNameAt(text, offset);
  const opened = text.indexOf('>', offset);
  if (text.charAt(opened - 1) === '/') return text.slice(offset, opened + 1);
  const closed = text.indexOf(`</${tag}`, offset);
  return text.slice(offset, text.indexOf('>', closed) + 1);
}
