/** Rules of the NeuroML schema, element by element. */

import type { ReadComponent } from '../lems/read-components.js';
import type { ComponentType } from '../lems/definitions.js';
import { nameOf } from '../lems/attributes.js';
import { splitQuantity } from '../lems/quantities.js';
import type { Tally } from '../lems/tally.js';
import type { XmlElement } from '../../../src/xml/element.js';
import { checkContent, checkExplanations, checkOrder, elementOf } from './check-content.js';
import {
  contents,
  documentContent,
  explanations,
  explanationsIn,
  impliedTypes,
  typedByAttribute,
  withoutId,
  type ImpliedType,
  type Slot,
} from './content.js';
import { facts, type IdForm, type NumberRule, type SchemaFacts } from './facts.js';
import * as messages from './messages.js';

/** Rules of the schema for component types. They exclude custom types with the name of a core type. */
export interface Schema {
  /** Facts of a type and its ancestors, merged, nearest first; null if there are none. */
  readonly facts: (type: ComponentType) => SchemaFacts | null;
  /** Possible contents of elements of a type; null if the schema gives none. */
  readonly content: (type: ComponentType) => readonly Slot[] | null;
  /** Whether the schema gives a type an attribute that its component type lacks. */
  readonly hasAttribute: (type: ComponentType, attribute: string) => boolean;
  /** Whether a type is one of NeuroML's own. */
  readonly isCore: (type: ComponentType) => boolean;
  /** Returns whether a type may hold several instances of a child that is single by its component type. */
  readonly mayRepeat: (type: ComponentType, role: string) => boolean;
  /** The type of an element that has no attribute `type`, if its attributes or children belong to an heir of `type`. */
  readonly impliedType: (element: XmlElement, type: ComponentType) => ImpliedType | undefined;
}

/** Returns the schema for documents with core types as given by `isCore`. */
export function schemaFor(isCore: (type: string) => boolean): Schema {
  const merged = new Map<ComponentType, SchemaFacts | null>();
  const factsOf = (type: ComponentType): SchemaFacts | null => {
    const known = merged.get(type);
    if (known !== undefined) return known;
    const found = type.lineage.flatMap((name) => (isCore(name) ? (facts.get(name) ?? []) : []));
    const [nearest, ...others] = found;
    const together = (near: SchemaFacts, far: SchemaFacts): SchemaFacts => ({
      ...far,
      ...near,
      also: [...(far.also ?? []), ...(near.also ?? [])],
    });
    // An heir of the user's may do without the children that its ancestor calculates with.
    const all = nearest
      ? { ...others.reduce(together, nearest), ...(isCore(type.name) ? {} : { children: [] }) }
      : null;
    merged.set(type, all);
    return all;
  };
  return {
    facts: factsOf,
    content: (type) => {
      const name = type.lineage.find((ancestor) => isCore(ancestor) && contents.has(ancestor));
      const slots = name === undefined ? undefined : contents.get(name);
      // The schema does not know an heir of the user's, which may calculate without the children of its ancestor.
      return (isCore(type.name) ? slots : slots?.map((slot) => ({ ...slot, atLeast: 0 }))) ?? null;
    },
    hasAttribute: (type, attribute) =>
      factsOf(type)?.also?.includes(attribute) === true || factsOf(type)?.numbers?.[attribute] !== undefined,
    isCore: ({ name }) => isCore(name),
    mayRepeat: (type, role) => factsOf(type)?.repeats?.includes(role) === true,
    impliedType: (element, { name }) => {
      const implied = isCore(name) ? impliedTypes.get(name) : undefined;
      if (implied === undefined || !isCore(implied.type)) return undefined;
      const { by } = implied;
      return element.attributes[by] !== undefined || element.children.some((child) => child.name === by)
        ? implied
        : undefined;
    },
  };
}

interface SchemaContext {
  readonly schema: Schema;
  readonly tally: Tally;
}

/**
 * Returns a check of one component by its attributes.
 *
 * @diagnostic neuroml/bad-id, neuroml/missing-id, neuroml/missing-attribute, neuroml/expected-attribute,
 *   neuroml/missing-child, neuroml/bad-number, neuroml/duplicate-id, neuroml/bad-name, neuroml/negative,
 *   neuroml/unknown-population, and all of `checkContent`
 */
export function schemaCheck({
  schema,
  tally,
}: SchemaContext): (component: ReadComponent, attributes: Readonly<Record<string, string>>) => void {
  const positive = positiveOf(schema);
  return (component, attributes) => {
    const { type, element } = component;
    const known = schema.facts(type);
    if (known) checkOne(component, attributes, known, tally);
    if (schema.isCore(type)) checkSize(component, tally);
    for (const name of positive(type))
      if (/^\s*-[^e]*[1-9]/.test(attributes[name] ?? ''))
        tally.add(`negative ${type.name} ${name}`, () => [
          messages.negative(name, nameOf(element), attributes[name] ?? ''),
          element.valuePlace(name),
        ]);
    if (!inNeuroml(element)) return;
    if (schema.isCore(type)) {
      checkExplanations(element, explanationsIn(type.lineage), tally);
      checkGeneralAttributes(component, tally);
    }
    const content = schema.content(type);
    if (!content) return;
    const missing = new Set(['segment', ...(known?.children ?? [])]);
    const repeated = new Set([...type.child.keys()].filter((name) => !schema.mayRepeat(type, name)));
    const inner = element.children.filter(({ name }) => !explanations.has(name));
    const lineage = (of: XmlElement): readonly string[] =>
      component.children.find((child) => child.element === of)?.type.lineage ?? [];
    checkContent(element, inner, content, { missing, repeated, lineage }, tally);
  };
}

/** Names of capacitances, conductances and time constants of core types. `a` and `b` of adaptation may be negative. */
const positiveNames =
  /^(C|cm|g[A-Z]\w*|gc|gbase[12]?|leakConductance|conductance|condDensity|tau\w*|refract|duration|period|decayConstant)$/;

/** Returns the parameters of a core type that no cell or synapse has below zero, but for those with a rule. */
function positiveOf({ isCore, facts }: Schema): (type: ComponentType) => readonly string[] {
  const known = new Map<ComponentType, readonly string[]>();
  return (type) => {
    let names = known.get(type);
    if (names === undefined) {
      const checked = facts(type)?.numbers ?? {};
      const parameters = isCore(type) ? [...type.parameters.keys()] : [];
      names = parameters.filter((name) => positiveNames.test(name) && !Object.hasOwn(checked, name));
      known.set(type, names);
    }
    return names;
  };
}

/** The types of a document, by name. */
interface CoreTypes {
  /** Whether the document defines a type. */
  readonly isDefined: (type: string) => boolean;
  /** A core type and its ancestors, nearest first; undefined for other types. */
  readonly coreLineage: (type: string) => readonly string[] | undefined;
}

/**
 * Checks the top-level elements of a document in NeuroML. @diagnostic neuroml/element-order, neuroml/bad-id,
 * neuroml/missing-id, neuroml/unexpected-element, neuroml/unexpected-attribute
 */
export function checkDocument(root: XmlElement, { isDefined, coreLineage }: CoreTypes, tally: Tally): void {
  if (root.name !== 'neuroml') return;
  const { id } = root.attributes;
  if (id === undefined) {
    tally.add('no id neuroml', () => [messages.missingId('neuroml'), root.place]);
  } else if (!namePatterns.id.test(id))
    tally.add('id neuroml', () => [messages.badId('neuroml', id, 'name'), root.valuePlace('id')]);
  for (const name of Object.keys(root.attributes))
    if (!['id', 'metaid'].includes(name) && !/^xmlns$|:/.test(name))
      tally.add(`attribute neuroml ${name}`, () => [
        messages.unexpectedAttribute(name, 'neuroml'),
        root.attributePlace(name),
      ]);
  checkExplanations(root, explanationsIn(['baseStandalone']), tally);
  // Types of the document's own are allowed anywhere, and unknown types were reported.
  const known = documentContent.flatMap(({ names }) => names);
  const own = root.children.filter(({ name }) => !isDefined(name) && !explanations.has(name));
  for (const element of own) {
    const lineage = known.includes(element.name) ? undefined : coreLineage(element.name);
    if (lineage === undefined) continue;
    tally.add(`unexpected neuroml ${element.name}`, () => [
      messages.unexpectedElement(element.name, 'neuroml', known, elementOf(lineage, known)),
      element.place,
    ]);
  }
  checkOrder(
    root,
    own.filter(({ name }) => known.includes(name)),
    documentContent,
    tally,
  );
}

/**
 * Checks whether an element is in NeuroML's own form. LEMS files need not follow the schema in parts without effect.
 */
function inNeuroml(element: XmlElement): boolean {
  const { source } = element;
  let known = roots.get(source);
  if (known === undefined) {
    let root = element;
    while (root.parent) root = root.parent;
    roots.set(source, (known = root.name === 'neuroml'));
  }
  return known;
}

const roots = new WeakMap<XmlElement['source'], boolean>();

/** Attributes that component types always have, and the schema only some. @diagnostic neuroml/unexpected-attribute */
function checkGeneralAttributes({ element, type }: ReadComponent, tally: Tally): void {
  const hasNone: Record<'id' | 'type', boolean> = {
    id: withoutId.has(element.name) || withoutId.has(type.name),
    // A type that differs from the element's name means something, whatever the schema has.
    type: element.name === type.name && !typedByAttribute.has(element.name),
  };
  for (const name of ['id', 'type'] as const)
    if (hasNone[name] && element.attributes[name] !== undefined)
      tally.add(`${name} of ${element.name}`, () => [
        messages.unexpectedAttribute(name, element.name),
        element.attributePlace(name),
      ]);
}

/** Instances that are listed and their number. @diagnostic neuroml/population-size */
function checkSize({ type, element, children }: ReadComponent, tally: Tally): void {
  const { size } = element.attributes;
  const instances = children.filter((child) => child.type.name === 'instance').length;
  if (!type.lineage.includes('populationList') || size === undefined || instances === 0) return;
  if (Number(size) === instances) return;
  tally.add(`size of ${type.name}`, () => [
    messages.populationSize(nameOf(element), size, instances),
    element.valuePlace('size'),
  ]);
}

const owner = (component: ReadComponent): string => nameOf(component.element);

function checkOne(
  component: ReadComponent,
  attributes: Readonly<Record<string, string>>,
  known: SchemaFacts,
  tally: Tally,
): void {
  const { element, type } = component;
  const strict = inNeuroml(element);
  if (strict && known.id !== undefined) checkId(component, attributes['id'], known.id, tally);
  for (const name of known.needs ?? []) {
    if (attributes[name] === undefined)
      tally.add(`needs ${type.name} ${name}`, () => [messages.missingAttribute(name, owner(component)), element.place]);
  }
  for (const name of strict ? (known.expects ?? []) : []) {
    if (attributes[name] === undefined && !type.parameters.has(name))
      tally.add(`expects ${type.name} ${name}`, () => [
        messages.expectedAttribute(name, owner(component)),
        element.place,
      ]);
  }
  for (const name of known.children ?? []) {
    if (type.child.has(name) && !component.children.some(({ role }) => role === name))
      tally.add(`child ${type.name} ${name}`, () => [messages.missingChild(name, owner(component)), element.place]);
  }
  for (const name in known.numbers) {
    const text = attributes[name];
    const rule = known.numbers[name];
    if (text === undefined || rule === undefined || fits(text, rule)) continue;
    // As a parameter, a value that is no number is refused already.
    if (type.parameters.has(name) && Number.isNaN(Number.parseFloat(text))) continue;
    tally.add(`number ${type.name} ${name}`, () => [
      messages.badNumber(name, owner(component), text, rule),
      element.valuePlace(name),
    ]);
  }
  if (known.unique) checkUnique(component, known.unique, tally);
  if (known.populations) checkPopulations(component, attributes, known.populations, tally);
  if (strict) checkNames(component, attributes, known.names ?? [], tally);
}

/** Checks that ends are in the population that the connecting element names. */
function checkPopulations(
  { element, type, parent }: ReadComponent,
  attributes: Readonly<Record<string, string>>,
  names: readonly string[],
  tally: Tally,
): void {
  if (!parent) return;
  const populations = populationsOf(parent);
  for (const name of names) {
    const id = attributes[name];
    if (id === undefined || populations.has(id)) continue;
    tally.add(`population ${type.name} ${name}`, () => [
      messages.unknownPopulation(name, id, populations),
      element.valuePlace(name),
    ]);
  }
}

/** Returns ids of the populations of a network. */
function populationsOf(network: ReadComponent): ReadonlySet<string> {
  let known = populations.get(network);
  if (!known) {
    known = new Set(network.children.filter(({ type }) => type.lineage.includes('basePopulation')).map(({ id }) => id));
    populations.set(network, known);
  }
  return known;
}

const populations = new WeakMap<ReadComponent, ReadonlySet<string>>();

const namePatterns = {
  id: /^[A-Za-z_][A-Za-z0-9_]*$/,
  metaid: /^[A-Za-z0-9_]*$/,
  neuroLexId: /^[A-Za-z0-9_:]*$/,
} as const;

/** Attributes that hold names. */
function checkNames(
  component: ReadComponent,
  attributes: Readonly<Record<string, string>>,
  names: readonly string[],
  tally: Tally,
): void {
  const { element, type } = component;
  const check = (name: string, pattern: keyof typeof namePatterns): void => {
    const text = attributes[name];
    if (text === undefined || namePatterns[pattern].test(text)) return;
    tally.add(`name ${type.name} ${name}`, () => [
      messages.badName(name, owner(component), text, pattern),
      element.valuePlace(name),
    ]);
  };
  for (const name of names) check(name, 'id');
  check('metaid', 'metaid');
  check('neuroLexId', 'neuroLexId');
}

const indexPattern = /^\d+$/;

function checkId(component: ReadComponent, id: string | undefined, form: IdForm, tally: Tally): void {
  const { type, element } = component;
  if (id === undefined) {
    if (form !== 'optional index' && component.parent)
      tally.add(`no id ${type.name}`, () => [messages.missingId(owner(component)), element.place]);
    return;
  }
  if ((form === 'name' ? namePatterns.id : indexPattern).test(id)) return;
  tally.add(`id ${type.name}`, () => [messages.badId(type.name, id, form), element.valuePlace('id')]);
}

/**
 * Checks whether a quantity's number follows a rule. Its unit is ignored, and invalid quantities are reported
 * elsewhere.
 */
function fits(text: string, rule: NumberRule): boolean {
  const parts = splitQuantity(text);
  if (!parts) return false;
  const value = Number(parts.number);
  switch (rule) {
    case 'positive':
      return value > 0;
    case 'not negative':
      return value >= 0;
    case 'count':
      return Number.isInteger(value) && value >= 0 && parts.unit === '';
    case 'positive count':
      return Number.isInteger(value) && value > 0 && parts.unit === '';
    case 'fraction':
      return value >= 0 && value <= 1 && parts.unit === '';
    case 'number':
      return parts.unit === '';
    default:
      return rule satisfies never;
  }
}

/** Ids of children are unique within each kind. */
function checkUnique(component: ReadComponent, kinds: readonly string[], tally: Tally): void {
  const seen = new Map<string, ReadComponent>();
  for (const child of component.children) {
    const kind = kinds.find((name) => child.type.lineage.includes(name));
    const { id } = child;
    if (kind === undefined || id === '') continue;
    // Populations share one set, whatever their type.
    const key = `${kind.toLowerCase().includes('population') ? 'population' : kind} ${id}`;
    const first = seen.get(key);
    if (!first) seen.set(key, child);
    else
      tally.add(`duplicate ${key}`, () => [
        {
          ...messages.duplicateId(child.type.name, id),
          related: [{ message: 'first used here', place: first.place }],
        },
        child.element.valuePlace('id'),
      ]);
  }
}
