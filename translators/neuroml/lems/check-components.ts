/** Requirements on components: parameters with values of the right dimension, known attributes, valid references. */

import type { Severity } from '../../../src/diagnostics/diagnostic.js';
import { nearest } from '../../../src/diagnostics/suggest.js';
import type { Dimension } from '../../../src/lang/ast.js';
import { equalDimensions } from '../../../src/lang/dimension.js';
import { nameOf } from './attributes.js';
import type { ChildDefinition, ComponentType, LemsUnit, ReferenceDefinition } from './definitions.js';
import * as messages from './messages.js';
import { quantityDimension, isFault } from './quantities.js';
import type { ReadComponent } from './read-components.js';
import { reportQuantity } from './report-quantity.js';
import type { Tally } from './tally.js';

interface CheckContext {
  readonly units: ReadonlyMap<string, LemsUnit>;
  readonly tally: Tally;
  /** Whether an attribute that a type does not have is known all the same. */
  readonly isKnown: (type: ComponentType, attribute: string) => boolean;
  /**
   * Checks a component further, with its attributes, which take time to read; attributes of its prototype are included.
   */
  readonly also: (component: ReadComponent, attributes: Readonly<Record<string, string>>) => void;
}

/** Checks for each component of a type, computed once. */
interface TypeChecks {
  readonly required: readonly string[];
  readonly dimensions: ReadonlyMap<string, Dimension | null>;
  readonly attributes: ReadonlySet<string>;
  /** Lists with bounds. */
  readonly counted: readonly ChildDefinition[];
}

/** Attributes that every element may have. */
const common = ['id', 'type', 'extends', 'name', 'metaid', 'neuroLexId', 'description'];

function checksOf(type: ComponentType): TypeChecks {
  const parameters = [...type.parameters.values()];
  return {
    required: parameters.filter(({ fixed }) => fixed === undefined).map(({ name }) => name),
    dimensions: new Map(parameters.map(({ name, dimension }) => [name, dimension])),
    attributes: new Set([
      ...common,
      ...[
        type.parameters,
        type.indexParameters,
        type.texts,
        type.references,
        type.links,
        type.paths,
        type.child,
      ].flatMap((members) => [...members.keys()]),
    ]),
    counted: [...type.children.values()].filter(({ min, max }) => min !== undefined || max !== undefined),
  };
}

/**
 * Checks the attributes of components and of their contents.
 *
 * @diagnostic lems/missing-parameter, lems/unknown-attribute, lems/bad-quantity, lems/unknown-unit,
 *   lems/wrong-dimension, lems/duplicate-id, lems/child-count
 */
export function checkAttributes(components: readonly ReadComponent[], context: CheckContext): void {
  const known = new Map<ComponentType, TypeChecks>();
  const check = (component: ReadComponent): void => {
    const { type } = component;
    let checks = known.get(type);
    if (!checks) known.set(type, (checks = checksOf(type)));
    checkOne(component, checks, context);
    component.children.forEach(check);
  };
  components.forEach(check);
}

function checkOne(component: ReadComponent, checks: TypeChecks, { units, tally, isKnown, also }: CheckContext): void {
  const { type, element } = component;
  const attributes = component.inherited ? { ...component.inherited, ...element.attributes } : element.attributes;
  const owner = `${type.name}${component.id === '' ? '' : ` ${component.id}`}`;
  const missing = [...checks.required].filter((name) => attributes[name] === undefined);
  /** Names that are missing because they are misspelt. */
  const misspelt = new Set<string>();
  for (const name in attributes) {
    if (!checks.attributes.has(name)) {
      if (type.incomplete || isKnown(type, name)) continue;
      const [meant] = missing.length === 0 ? [] : nearest(name, missing);
      if (meant !== undefined) misspelt.add(meant);
      const severity = meant === undefined ? 'warning' : 'error';
      tally.add(`attribute ${type.name} ${name}`, () => [
        messages.unknownAttribute(name, owner, meant === undefined ? checks.attributes : [meant], severity),
        element.attributePlace(name),
      ]);
      continue;
    }
    const dimension = checks.dimensions.get(name);
    if (dimension === undefined) continue;
    const text = attributes[name] ?? '';
    const found = quantityDimension(text, units);
    if (!isFault(found) && (dimension === null || equalDimensions(found.dimension, dimension))) continue;
    const what = `${name} of ${nameOf(element)}`;
    // The tally adds the findings of `reportQuantity`.
    reportQuantity(isFault(found) ? found : { value: 0, dimension: found.dimension }, {
      element,
      attribute: name,
      ...(element.attributes[name] === undefined ? { text } : {}),
      what,
      dimension,
      units,
      diagnostics: {
        add: (finding, place) => tally.add(`${finding.code} ${type.name} ${name}`, () => [finding, place]),
      },
    });
  }
  for (const name of missing) {
    if (misspelt.has(name)) continue;
    tally.add(`missing ${type.name} ${name}`, () => [messages.missingParameter(name, owner), element.place]);
  }
  for (const { name, min = 0, max = Infinity } of checks.counted) {
    const count = component.children.filter(({ role }) => role === name).length;
    if (count >= min && count <= max) continue;
    tally.add(`count ${type.name} ${name}`, () => [
      messages.childCount(name, nameOf(element), count, max === Infinity ? `at least ${min}` : `from ${min} to ${max}`),
      element.place,
    ]);
  }
  also(component, attributes);
}

interface ReferenceContext {
  readonly byId: ReadonlyMap<string, ReadComponent>;
  /** Ids of components that could not be read, already reported. */
  readonly unread: ReadonlySet<string>;
  readonly tally: Tally;
  /**
   * Components of the run, or else all components of the main document. Errors in other components are only warnings.
   */
  readonly roots: readonly ReadComponent[];
}

/**
 * Follows references from the run, then from all other components.
 *
 * @diagnostic lems/missing-reference, lems/dangling-reference, lems/wrong-reference-type
 */
export function checkReferences(components: readonly ReadComponent[], context: ReferenceContext): void {
  const seen = new Set<ReadComponent>();
  visit(context.roots, 'error', seen, context);
  visit(components, 'warning', seen, context);
}

function visit(
  from: readonly ReadComponent[],
  severity: Severity,
  seen: Set<ReadComponent>,
  context: ReferenceContext,
): void {
  // A stack instead of recursion, because chains of references may be long. Targets come after the components that
  // refer to them.
  const open: ReadComponent[] = [...from];
  const check = (component: ReadComponent): void => {
    if (isPlain(component) || seen.has(component)) return;
    seen.add(component);
    const { references, structure } = component.type;
    // Populations of instances of a type inherit the reference to a component, and do not use it.
    const byType = structure.some((part) => part.kind === 'multiInstantiate' && part.byType);
    for (const reference of references.values()) {
      const target = follow(component, reference, byType ? 'warning' : severity, context);
      if (target) open.push(target);
    }
    for (const link of component.type.links.values())
      follow(component, { ...link, local: true, required: true }, severity, context);
    component.children.forEach(check);
  };
  for (let at = 0; at < open.length; at++) check(open[at]!);
}

/** Checks whether a component has no contents and no references, as in long lists. */
function isPlain({ type, children }: ReadComponent): boolean {
  return type.references.size === 0 && type.links.size === 0 && children.length === 0;
}

function follow(
  component: ReadComponent,
  { name, type, local, required }: ReferenceDefinition,
  severity: Severity,
  { byId, unread, tally }: ReferenceContext,
): ReadComponent | undefined {
  const id = component.attributes[name];
  const kind = `${severity} ${component.type.name} ${name}`;
  if (id === undefined) {
    if (required)
      tally.add(`no ${kind}`, () => [
        messages.missingReference(name, nameOf(component.element), severity),
        component.place,
      ]);
    return undefined;
  }
  const target = (local ? undefined : byId.get(id)) ?? around(component, id) ?? byId.get(id);
  if (!target) {
    if (unread.has(id)) return undefined;
    tally.add(`dangling ${kind}`, () => [
      messages.danglingReference(name, id, type, candidates(component, type, local, byId), severity),
      component.element.valuePlace(name),
    ]);
    return undefined;
  }
  if (type !== 'Component' && !target.type.lineage.includes(type) && !target.type.incomplete)
    tally.add(`wrong ${kind}`, () => [
      messages.wrongReferenceType(name, id, target.type.name, type),
      component.element.valuePlace(name),
    ]);
  return target;
}

/** Returns the component of an id next to a component, or next to one that encloses it. */
function around(component: ReadComponent, id: string): ReadComponent | undefined {
  for (let at = component.parent; at; at = at.parent) {
    const found = childrenById(at).get(id);
    if (found) return found;
  }
  return undefined;
}

const indexes = new WeakMap<ReadComponent, ReadonlyMap<string, ReadComponent>>();

function childrenById(parent: ReadComponent): ReadonlyMap<string, ReadComponent> {
  let index = indexes.get(parent);
  if (!index) {
    const made = new Map<string, ReadComponent>();
    for (const child of parent.children)
      if (!isPlain(child) || made.size < 100_000) if (!made.has(child.id)) made.set(child.id, child);
    indexes.set(parent, (index = made));
  }
  return index;
}

/** Returns ids that a reference might have meant. */
function candidates(
  component: ReadComponent,
  type: string,
  local: boolean,
  byId: ReadonlyMap<string, ReadComponent>,
): string[] {
  const fits = (other: ReadComponent): boolean => type === 'Component' || other.type.lineage.includes(type);
  const near: string[] = [];
  for (let at = component.parent; at; at = at.parent) {
    for (const child of at.children) if (near.length < 1000 && fits(child)) near.push(child.id);
  }
  return local ? near : [...near, ...[...byId.values()].filter(fits).map(({ id }) => id)];
}
