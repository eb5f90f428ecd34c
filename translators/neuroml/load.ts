/**
 * A document with all that it includes, as one list of elements: inclusion is splicing. Each file is read once under
 * any of its names. It is searched next to the including file, next to the main file, in the allowed folders, and among
 * the core types.
 */

import { isRefused } from '../../src/diagnostics/system-error.js';
import { platform } from '#platform';
import type { Diagnostics } from '../../src/diagnostics/diagnostic.js';
import { coreFileNames, coreRoot } from './core-types.js';
import type { IncludeHost } from '../shared/include-host.js';
import * as messages from './messages.js';
import type { XmlElement } from '../../src/xml/element.js';
import { namespaceOf } from '../../src/xml/namespace.js';
import { readXml } from '../../src/xml/read-xml.js';

const { posix } = platform;

/** Where a top-level element comes from. */
export type Origin = 'main' | 'included' | 'core';

/** Elements of all documents in order, inclusions in their place. */
export interface LoadedDocuments {
  /** Of the main document. */
  readonly root: XmlElement;
  /** Of the main document and of all that are included, core files apart. */
  readonly roots: readonly XmlElement[];
  /** Each with the file that it is from. */
  readonly elements: readonly { readonly element: XmlElement; readonly origin: Origin }[];
  /** Names of the core files that were read. */
  readonly core: ReadonlySet<string>;
  /** The annotation of the main document that carries the model which it was written from; it is no element. */
  readonly annotation?: XmlElement;
}

/** Tags of the properties in such an annotation begin with this. */
export const originTag = 'interneuron:';

/** Checks whether an element is an annotation that carries a model. */
const carriesModel = ({ name, children }: XmlElement): boolean =>
  name === 'annotation' &&
  children.some((child) => child.name === 'property' && child.attribute('tag')?.startsWith(originTag) === true);

interface Loading {
  readonly host: IncludeHost;
  readonly diagnostics: Diagnostics;
  readonly elements: { element: XmlElement; origin: Origin }[];
  readonly roots: XmlElement[];
  readonly mainFolder: string;
  /** Files read, by real path or `core:` and name. */
  readonly read: Set<string>;
  readonly core: Set<string>;
  /** The files of included names. */
  readonly written: Map<string, string>;
  /** Files that are being read, outermost first. */
  readonly open: { readonly key: string; readonly name: string }[];
  /** Whether a document in NeuroML's own form was found. It always has the core types. */
  neuroml: boolean;
}

/** A file that core types are gathered in: it includes all others. */
const allCoreTypes = 'NeuroML2CoreTypes.xml';
const deepestInclusion = 50;

/**
 * Reads a document and its inclusions.
 *
 * @param document its path, or a name if there is no file
 * @returns null when it is not a LEMS or NeuroML document
 */
export function loadDocuments(
  text: string,
  document: string,
  host: IncludeHost,
  diagnostics: Diagnostics,
): LoadedDocuments | null {
  const root = readRoot(text, document, diagnostics);
  if (!root) return null;
  const key = host.locate(document) ?? document;
  const state: Loading = {
    host,
    diagnostics,
    elements: [],
    roots: [],
    mainFolder: folderOf(document),
    read: new Set([key]),
    core: new Set(),
    written: new Map(),
    open: [],
    neuroml: false,
  };
  splice(root, key, 'main', state);
  // Files in NeuroML's own form do not include core types. They are always available.
  if (state.neuroml) for (const name of coreNames(host)) includeCore(name, state);
  const annotation = root.children.find(carriesModel);
  const { roots, elements, core } = state;
  return { root, roots, elements, core, ...(annotation ? { annotation } : {}) };
}

/** Returns the root element, if it is supported. @diagnostic lems/unknown-root, neuroml/version-1 */
function readRoot(text: string, document: string, diagnostics: Diagnostics): XmlElement | null {
  const root = readXml(text, document, diagnostics);
  if (!root) return null;
  const namespace = namespaceOf(root);
  const old =
    ['channelml', 'morphml', 'networkml', 'neuroml'].includes(root.name) && namespace?.includes('morphml.org') === true;
  if (old || ['channelml', 'morphml', 'networkml'].includes(root.name))
    diagnostics.add(messages.oldNeuroml(), root.place);
  else if (root.name !== 'Lems' && root.name !== 'neuroml')
    diagnostics.add(messages.unknownRoot(root.name), root.place);
  else {
    if (root.name === 'neuroml' && namespace !== undefined && !/neuroml\.org\/schema\/neuroml2/.test(namespace))
      diagnostics.add(messages.unknownNamespace(namespace), root.place);
    return root;
  }
  return null;
}

/** Root elements of this and earlier languages, after a declaration, comments and white space. */
const startOfModel =
  /^\ufeff?(?:\s+|<\?(?:[^?]|\?(?!>))*\?>|<!--(?:[^-]|-(?!->))*-->)*<(?:\w+:)?(?:Lems|neuroml|channelml|morphml|networkml)\b/;

/** Checks whether a text begins as a document in LEMS or NeuroML, well-formed or not. */
export const isModelText = (text: string): boolean => startOfModel.test(text);

const folderOf = (document: string): string => posix.dirname(slashes(document));
const slashes = (path: string): string => path.replace(/\\/g, '/');

/** Adds the elements of a document, and the elements of its inclusions, in order. */
function splice(root: XmlElement, key: string, origin: Origin, state: Loading): void {
  state.open.push({ key, name: root.source.document });
  if (root.name === 'neuroml') state.neuroml = true;
  if (origin !== 'core') state.roots.push(root);
  for (const element of root.children) {
    if (isInclusion(element)) include(element, origin, state);
    else if (!carriesModel(element)) state.elements.push({ element, origin });
  }
  state.open.pop();
}

/** `include` with a segment group is part of a morphology. */
function isInclusion({ name, attributes }: XmlElement): boolean {
  return name === 'Include' || (name === 'include' && attributes['segmentGroup'] === undefined);
}

function include(element: XmlElement, origin: Origin, state: Loading): void {
  const { attributes } = element;
  const attribute = ['file', 'href', 'jar', 'url'].find((name) => (attributes[name] ?? '').trim() !== '');
  if (attribute === undefined) {
    state.diagnostics.add(messages.includeAttribute(), element.place);
    return;
  }
  const place = element.valuePlace(attribute);
  const written = (attributes[attribute] ?? '').trim();
  if (element.name === 'include' && attribute === 'file' && element.parent?.name === 'neuroml')
    state.diagnostics.add(messages.includeByFile(), element.attributePlace(attribute));
  if (attribute === 'url' || /^[A-Za-z][A-Za-z0-9+.-]+:\/\//.test(written)) {
    state.diagnostics.add(messages.includeNetwork(written), place);
    return;
  }
  const file = slashes(written);
  const bare = posix.basename(file);
  const isCore = coreNames(state.host).includes(bare) && (bare === file || attribute === 'jar');
  if (origin === 'core' && isCore) {
    includeCore(bare, state);
    return;
  }
  const found = find(file, folderOf(element.source.document), state);
  if (found.kind === 'file') {
    if (isCore) state.diagnostics.add(messages.shadowsCore(bare), place);
    includeFile(found, file, element, attribute, state);
  } else if (isCore) includeCore(bare, state);
  else if (found.kind === 'outside') state.diagnostics.add(messages.includeOutside(written, state.host.root), place);
  else {
    const searched = [...new Set([folderOf(element.source.document), state.mainFolder, ...state.host.folders])];
    const beside = state.host.list(posix.join(folderOf(element.source.document), posix.dirname(file)));
    const folder = file.slice(0, file.length - bare.length);
    const similar = [...beside.map((name) => `${folder}${name}`), ...coreNames(state.host)];
    state.diagnostics.add(messages.includeNotFound(written, searched, similar), place);
  }
}

type Found =
  { readonly kind: 'file'; readonly path: string; readonly real: string } | { readonly kind: 'outside' | 'none' };

function find(file: string, folder: string, { host, mainFolder, read }: Loading): Found {
  let outside = false;
  // The reference interpreter takes a name that begins with a slash from the root of the model on.
  const own = posix.isAbsolute(file) ? [file] : [];
  const searched = [folder, mainFolder, host.root, ...host.folders];
  // Folders of earlier inclusions come last, as in the reference interpreter.
  const before = posix.isAbsolute(file) ? [] : [...new Set([...read].map(folderOf))];
  const within = posix.isAbsolute(file) ? searched : searched.filter((place) => place !== host.root);
  const paths = [...own, ...[...within, ...before].map((place) => posix.join(slashes(place), file))];
  for (const path of paths) {
    const real = host.locate(path);
    if (real !== null && host.allows(real)) return { kind: 'file', path, real };
    outside ||= real !== null;
  }
  return { kind: outside ? 'outside' : 'none' };
}

function includeFile(
  { path, real }: { readonly path: string; readonly real: string },
  file: string,
  element: XmlElement,
  attribute: string,
  state: Loading,
): void {
  const { host, diagnostics } = state;
  const place = element.valuePlace(attribute);
  const first = state.written.get(file);
  if (first !== undefined && first !== real) diagnostics.add(messages.sameNameIncluded(file, first), place);
  state.written.set(file, first ?? real);
  const cycle = state.open.findIndex(({ key }) => key === real);
  if (cycle >= 0) {
    diagnostics.add(
      messages.includeCycle([...state.open.slice(cycle).map(({ name }) => posix.basename(name)), posix.basename(path)]),
      place,
    );
    return;
  }
  if (state.read.has(real)) return;
  state.read.add(real);
  if (state.open.length > deepestInclusion) {
    diagnostics.add(messages.includeUnreadable(file, `includes are nested more than ${deepestInclusion} deep`), place);
    return;
  }
  const source = host.read(real);
  if (isRefused(source)) {
    diagnostics.add(messages.includeUnreadable(file, source.refused), place);
    return;
  }
  if (!isModelText(source.text)) {
    diagnostics.add(messages.includeOfOther(file), place);
    return;
  }
  if (source.finding) diagnostics.add(source.finding, { document: path });
  const root = readRoot(source.text, path, diagnostics);
  if (root) splice(root, real, 'included', state);
}

function coreNames(host: IncludeHost): readonly string[] {
  const all = host.core?.names ?? coreFileNames();
  // The file that includes all others comes first, and is enough.
  return all.includes(allCoreTypes) ? [allCoreTypes, ...all.filter((name) => name !== allCoreTypes)] : all;
}

function includeCore(name: string, state: Loading): void {
  const key = `core:${name}`;
  if (state.read.has(key)) return;
  state.read.add(key);
  state.core.add(name);
  const { core } = state.host;
  const text = core?.read(name) ?? null;
  const root = core ? text && readRoot(text, name, state.diagnostics) : coreRoot(name);
  if (root) splice(root, key, 'core', state);
}
