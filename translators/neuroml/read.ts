/** Reads text in LEMS or NeuroML 2: see `lems/definitions.ts`. */

import type { Diagnostics } from '../../src/diagnostics/diagnostic.js';
import { checkShapes } from './cells/shape.js';
import { coreFileOf } from './core-types.js';
import { noFiles, type IncludeHost } from '../shared/include-host.js';
import { nameOf, optional, required } from './lems/attributes.js';
import { checkAttributes, checkReferences } from './lems/check-components.js';
import { checkTypes } from './lems/check-types.js';
import { readConstants } from './lems/constants.js';
import type { Component, ComponentType, ComponentTypes, LemsModel } from './lems/definitions.js';
import { emptyUnitTable, readDimension, readUnit } from './lems/dimensions.js';
import { TypeTable } from './lems/inherit.js';
import { checkDefinition } from './lems/vocabulary.js';
import * as messages from './lems/messages.js';
import { readComponent, type KeptElement, type ReadComponent } from './lems/read-components.js';
import { createTally } from './lems/tally.js';
import { loadDocuments, type LoadedDocuments, type Origin } from './load.js';
import { checkDocument, schemaCheck, schemaFor, type Schema } from './nml/check-schema.js';
import { elementsIn } from '../../src/xml/definitions.js';
import type { XmlElement } from '../../src/xml/element.js';

export type { IncludeHost } from '../shared/include-host.js';

type Placed = LoadedDocuments['elements'][number];

/** Top-level elements that define, by name. All other elements are components. */
const definitions: ReadonlySet<string> = new Set(['Dimension', 'Unit', 'Constant', 'ComponentType', 'Target']);
const commentary: ReadonlySet<string> = new Set(['notes', 'annotation', 'property', 'About', 'Meta']);

/**
 * Reads a LEMS or NeuroML document with all its inclusions.
 *
 * @param text of the document
 * @param document its path, as places name it; included files are searched in its folder
 * @param host the files that it may include
 * @returns null when it cannot be read at all; an incomplete model when `diagnostics` has errors
 */
export function readLems(
  text: string,
  document: string,
  host: IncludeHost = noFiles,
  diagnostics: Diagnostics,
): LemsModel | null {
  const loaded = loadDocuments(text, document, host, diagnostics);
  if (!loaded || reportsMissingCore(loaded, host, diagnostics)) return null;
  return readDocuments(loaded, host, diagnostics);
}

/**
 * Reports the first type that extends a core type of NeuroML in a document that includes no core types. Its units and
 * dimensions are unknown only for that reason.
 */
function reportsMissingCore({ elements, core }: LoadedDocuments, host: IncludeHost, diagnostics: Diagnostics): boolean {
  if (core.size > 0) return false;
  const types = named(elements, 'ComponentType').map(({ element }) => element);
  const own = new Set(types.map(({ attributes }) => attributes['name']));
  for (const element of types) {
    const { extends: base } = element.attributes;
    const file = base === undefined || own.has(base) ? undefined : coreFileOf(base, host);
    if (base === undefined || file === undefined) continue;
    diagnostics.add(messages.notIncluded(base, file), element.valuePlace('extends'));
    return true;
  }
  return false;
}

/** Reads the contents of loaded documents; see `readLems`. */
export function readDocuments(loaded: LoadedDocuments, host: IncludeHost, diagnostics: Diagnostics): LemsModel {
  const { elements } = loaded;
  diagnostics.lookUpIn(
    elementsIn(() => elements.flatMap(({ element, origin }) => (origin === 'core' ? [] : [element]))),
  );
  // 1. Dimensions, units and constants, wherever they stand: types and values need them.
  const table = emptyUnitTable();
  for (const { element, origin } of ownFirst(named(elements, 'Dimension')))
    readDimension(element, table, diagnostics, origin === 'core');
  for (const { element, origin } of ownFirst(named(elements, 'Unit')))
    readUnit(element, table, diagnostics, origin === 'core');
  const constants = readConstants(
    named(elements, 'Constant').map(({ element }) => element),
    table,
    diagnostics,
  );
  for (const { element, origin } of elements)
    if (origin !== 'core' && definitions.has(element.name)) checkDefinition(element, diagnostics);
  // 2. Types, with their inherited members.
  const { types: typeElements, own } = findTypes(named(elements, 'ComponentType'), diagnostics);
  const shared = sharedTypes(loaded, host);
  const types = new TypeTable({
    elements: typeElements,
    ...table,
    constants,
    diagnostics,
    own,
    ...(shared && { shared }),
  });
  // Core types are read when something uses them, the user's always.
  for (const name of own) types.get(name);
  // 3. Components.
  const schema = schemaFor((name) => !own.has(name));
  const found = readComponents(elements, types, { host, schema }, diagnostics);
  const target = findTarget(elements, found.byId, found.components, diagnostics);
  if (target) checkMethod(target, diagnostics);
  // 4. Their contents.
  const tally = createTally(diagnostics);
  const knownTypes = {
    isDefined: (name: string) => own.has(name),
    coreLineage: (name: string) =>
      coreFileOf(name, host) === undefined ? undefined : (types.get(name)?.lineage ?? []),
  };
  for (const root of loaded.roots) checkDocument(root, knownTypes, tally);
  const notCore = found.components.filter((component) => found.origins.get(component) !== 'core');
  checkAttributes(notCore, {
    units: table.units,
    tally,
    isKnown: (type, attribute) => schema.hasAttribute(type, attribute),
    also: schemaCheck({ schema, tally }),
  });
  const main = found.components.filter((component) => found.origins.get(component) === 'main');
  checkReferences(found.components, { byId: found.byId, unread: found.unread, tally, roots: target ? [target] : main });
  tally.close();
  if (!diagnostics.list.some(({ severity }) => severity === 'error')) checkShapes(notCore, diagnostics);
  checkTypes({ types, used: usedTypes(found.components, types), own, constants, diagnostics });
  const kept: readonly KeptElement[] = loaded.root.children.filter(({ name }) => commentary.has(name));
  return {
    dimensions: table.dimensions,
    units: table.units,
    constants,
    types,
    components: found.components,
    byId: found.byId,
    target,
    kept,
    source: {
      root: loaded.root,
      elements: elements.flatMap(({ element, origin }) =>
        origin === 'core' || element.name === 'Target' ? [] : [element],
      ),
      core: [...loaded.core],
    },
  };
}

/** Core types as they were read, by the files of core types that a document includes. */
const readBefore = new Map<string, Map<XmlElement, ComponentType>>();

/** Returns core types that were read for earlier documents, or undefined if they could differ in this one. */
function sharedTypes(
  { elements, core }: LoadedDocuments,
  { core: replaced }: IncludeHost,
): Map<XmlElement, ComponentType> | undefined {
  const redefines = elements.some(
    ({ element: { name }, origin }) => origin !== 'core' && ['Dimension', 'Unit', 'Constant'].includes(name),
  );
  if (replaced || redefines) return undefined;
  const files = [...core].sort().join();
  const types = readBefore.get(files) ?? new Map<XmlElement, ComponentType>();
  readBefore.set(files, types);
  return types;
}

function named(elements: readonly Placed[], name: string): readonly Placed[] {
  return elements.filter(({ element }) => element.name === name);
}

/** Returns the model's own elements before the core types, which give way to them. */
function ownFirst(elements: readonly Placed[]): readonly Placed[] {
  return [...elements.filter(({ origin }) => origin !== 'core'), ...elements.filter(({ origin }) => origin === 'core')];
}

/** Checks whether an element belongs to a local copy of the core types. Its file was already reported. */
function isCopy(element: XmlElement, core: XmlElement): boolean {
  return element.source.document.endsWith(core.source.document);
}

interface FoundTypes {
  readonly types: ReadonlyMap<string, XmlElement>;
  /** Names of types other than core types. */
  readonly own: ReadonlySet<string>;
}

/** A type of the user's takes the place of a core type; two of the user's are an error. */
function findTypes(elements: readonly Placed[], diagnostics: Diagnostics): FoundTypes {
  const types = new Map<string, XmlElement>();
  const own = new Set<string>();
  for (const { element, origin } of ownFirst(elements)) {
    const name = required(element, 'name', diagnostics);
    if (name === null) continue;
    const known = types.get(name);
    if (!known) {
      types.set(name, element);
      if (origin !== 'core') own.add(name);
    } else if (origin !== 'core') {
      const related = [{ message: 'first defined here', place: known.place }];
      diagnostics.add({ ...messages.duplicate('the component type', name), related }, element.valuePlace('name'));
    } else if (own.has(name) && !isCopy(known, element))
      diagnostics.add(messages.replacesCore(name), known.valuePlace('name'));
  }
  return { types, own };
}

interface FoundComponents {
  readonly components: readonly ReadComponent[];
  readonly byId: ReadonlyMap<string, ReadComponent>;
  readonly origins: ReadonlyMap<Component & ReadComponent, Origin>;
  /** Ids of components that could not be read. */
  readonly unread: ReadonlySet<string>;
}

function readComponents(
  elements: readonly Placed[],
  types: ComponentTypes,
  { host, schema: { mayRepeat, impliedType } }: { readonly host: IncludeHost; readonly schema: Schema },
  diagnostics: Diagnostics,
): FoundComponents {
  const written = elements.filter(({ element: { name } }) => !definitions.has(name) && !commentary.has(name));
  const tally = createTally(diagnostics);
  const byIdWritten = firstById(written, diagnostics);
  const context = {
    types,
    elementsById: byIdWritten,
    diagnostics,
    tally,
    mayRepeat,
    impliedType,
    unknownType: (name: string) => {
      const file = coreFileOf(name, host);
      return file === undefined ? messages.unknownType(name, types.keys()) : messages.notIncluded(name, file);
    },
  };
  const components: ReadComponent[] = [];
  const byId = new Map<string, ReadComponent>();
  const unread = new Set<string>();
  const origins = new Map<ReadComponent, Origin>();
  for (const { element, origin } of written) {
    const component = readComponent(element, context);
    if (!component) {
      unread.add(element.attribute('id') ?? '');
      continue;
    }
    components.push(component);
    origins.set(component, origin);
    if (component.id === '') diagnostics.add(messages.missingId(nameOf(element)), element.place);
    else if (byIdWritten.get(component.id) === element) byId.set(component.id, component);
  }
  tally.close();
  return { components, byId, unread, origins };
}

/**
 * Returns top-level elements by id. A repeated id is an error, except for networks, which every included file may hold.
 * Of several networks the main document's counts.
 */
function firstById(elements: readonly Placed[], diagnostics: Diagnostics): ReadonlyMap<string, XmlElement> {
  const byId = new Map<string, Placed>();
  for (const placed of elements) {
    const { element, origin } = placed;
    const id = element.attributes['id'];
    if (id === undefined) continue;
    const first = byId.get(id);
    if (!first) {
      byId.set(id, placed);
      continue;
    }
    const networks =
      element.name === 'network' && first.element.name === 'network' && element.source !== first.element.source;
    if (networks && origin === 'main') byId.set(id, placed);
    const related = [{ message: 'first used here', place: first.element.valuePlace('id') }];
    diagnostics.add({ ...messages.duplicateId(id, networks ? 'warning' : 'error'), related }, element.valuePlace('id'));
  }
  return new Map([...byId].map(([id, { element }]) => [id, element]));
}

/**
 * Reports simulations that request another method of the reference interpreter than its usual one. @diagnostic
 * lems/other-method
 */
function checkMethod({ element }: ReadComponent, diagnostics: Diagnostics): void {
  for (const meta of element.children) {
    if (meta.name !== 'Meta' || !/^(?:jlems)?$/i.test(meta.attributes['for'] ?? '')) continue;
    const method = meta.attributes['method'];
    if (method !== undefined && method.toLowerCase() !== 'eulertree')
      diagnostics.add(messages.otherMethod(method), meta.valuePlace('method'));
  }
}

/** Returns the component that `Target` names, or else the last simulation, of the main document if it has one. */
function findTarget(
  elements: readonly Placed[],
  byId: ReadonlyMap<string, ReadComponent>,
  components: readonly ReadComponent[],
  diagnostics: Diagnostics,
): ReadComponent | null {
  const [first, second] = named(elements, 'Target');
  if (second) diagnostics.add(messages.secondTarget(), second.element.place);
  for (const attribute of ['reportFile', 'timesFile'])
    if (first && optional(first.element, attribute) !== undefined)
      diagnostics.add(messages.notWritten(attribute), first.element.attributePlace(attribute));
  if (!first) return components.filter(({ type }) => (type.simulation?.runs.length ?? 0) > 0).at(-1) ?? null;
  const id = optional(first.element, 'component');
  if (id === undefined) {
    diagnostics.add(messages.missingAttribute('component', 'Target'), first.element.place);
    return null;
  }
  const target = byId.get(id);
  if (!target) diagnostics.add(messages.unknownTarget(id, byId.keys()), first.element.valuePlace('component'));
  return target ?? null;
}

/** Returns types of all components, at any depth. */
function usedTypes(components: readonly Component[], types: ComponentTypes): ReadonlySet<ComponentType> {
  const used = new Set<ComponentType>();
  const open: Component[] = [...components];
  for (let component = open.pop(); component; component = open.pop()) {
    used.add(component.type);
    for (const child of component.children) open.push(child);
  }
  for (const { structure } of used)
    for (const part of structure)
      if (part.kind === 'multiInstantiate' && part.byType) {
        const made = types.get(part.component);
        if (made) used.add(made);
      }
  return used;
}
