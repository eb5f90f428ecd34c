/**
 * The elements that define types in LEMS, with their attributes: one table for reading them, and for finding attributes
 * that nothing reads. Attributes of components are in `check-components.ts`.
 *
 * Source: schema of LEMS 0.7.6, and the attributes read by the reference interpreter.
 */

import type { Diagnostics, Place } from '../../../src/diagnostics/diagnostic.js';
import type { Dimension } from '../../../src/lang/ast.js';
import type { XmlElement } from '../../../src/xml/element.js';
import { nameOf, optional, required } from './attributes.js';
import type { LemsExpression, LemsUnit } from './definitions.js';
import { integer } from '../../../src/lang/build.js';
import { readExpression } from './expressions.js';
import * as messages from './messages.js';
import { readQuantity } from './quantities.js';
import { reportQuantity } from './report-quantity.js';

/** Context in which a type is read. */
export interface TypeContext {
  /** By name. */
  readonly dimensions: ReadonlyMap<string, Dimension>;
  /** By symbol. */
  readonly units: ReadonlyMap<string, LemsUnit>;
  /** Receives the findings. */
  readonly diagnostics: Diagnostics;
}

/** Stands for a value that was reported. */
const wrong = Symbol('wrong');

/** Reads an attribute: undefined if it is absent, `wrong` after a finding. */
type Attribute<T> = (element: XmlElement, name: string, context: TypeContext) => T | typeof wrong;

type Read<A> = A extends Attribute<infer T> ? Exclude<T, typeof wrong> : never;
type Optional<F> = { [K in keyof F]: undefined extends Read<F[K]> ? K : never }[keyof F];
type Values<F> = { readonly [K in Exclude<keyof F, Optional<F>>]: Read<F[K]> } & {
  readonly [K in Optional<F>]?: Exclude<Read<F[K]>, undefined>;
};

/** An element of LEMS. */
export interface Codec<T> {
  /** Names of its attributes. */
  readonly attributes: readonly string[];
  /** Returns the values of an element, with its place, or null after a finding. Absent values are absent keys. */
  readonly read: (element: XmlElement, context: TypeContext) => (T & { readonly place: Place }) | null;
}

function record<F extends Readonly<Record<string, Attribute<unknown>>>>(fields: F): Codec<Values<F>> {
  const entries = Object.entries(fields);
  return {
    attributes: Object.keys(fields),
    read: (element, context) => {
      const values = entries.map(([name, read]) => [name, read(element, name, context)] as const);
      if (values.some(([, value]) => value === wrong)) return null;
      const present = values.filter(([, value]) => value !== undefined);
      return { ...(Object.fromEntries(present) as Values<F>), place: element.place };
    },
  };
}

const need: Attribute<string> = (element, name, { diagnostics }) => required(element, name, diagnostics) ?? wrong;
const maybe: Attribute<string | undefined> = (element, name) => optional(element, name);
const otherwise =
  (usual: string): Attribute<string> =>
  (element, name) =>
    optional(element, name) ?? usual;
/** An attribute that describes, or that only other programs read. */
const unread: Attribute<undefined> = () => undefined;

const flag =
  (usual: boolean): Attribute<boolean> =>
  (element, name, { diagnostics }) => {
    const text = optional(element, name)?.toLowerCase() ?? String(usual);
    if (text !== 'true' && text !== 'false')
      diagnostics.add(messages.badChoice(name, text, ['true', 'false']), element.valuePlace(name));
    return text === String(!usual) ? !usual : usual;
  };

/** One of a few words. @param usual stands for an absent one */
const choice =
  <const T extends string, U extends T | undefined>(words: readonly T[], usual: U): Attribute<T | U> =>
  (element, name, { diagnostics }) => {
    const text = optional(element, name);
    const found = text === undefined ? usual : words.find((word) => word === text);
    if (found !== undefined || text === undefined) return found as T | U;
    diagnostics.add(messages.badChoice(name, text, words), element.valuePlace(name));
    return wrong;
  };

const count: Attribute<number | undefined> = (element, name, { diagnostics }) => {
  const text = optional(element, name);
  if (text === undefined || /^\d+$/.test(text)) return text === undefined ? undefined : Number(text);
  diagnostics.add(messages.badChoice(name, text, ['a whole number']), element.valuePlace(name));
  return undefined;
};

/** Dimensionless if it is absent, null for any. */
const dimension: Attribute<Dimension | null> = (element, name, { dimensions, diagnostics }) => {
  const text = optional(element, name) ?? 'none';
  if (text === '*') return null;
  const found = dimensions.get(text);
  if (!found) diagnostics.add(messages.unknownDimension(text, [...dimensions.keys(), '*']), element.valuePlace(name));
  return found ?? null;
};

/** Null if it is absent, to be inferred. */
const statedDimension: Attribute<Dimension | null> = (element, name, context) =>
  optional(element, name) === undefined ? null : dimension(element, name, context);

/** A malformed expression keeps its definition, so that other expressions that read it have no findings. */
const expression: Attribute<LemsExpression> = (element, name, { diagnostics }) => {
  const text = element.attributes[name];
  const malformed = { text: text ?? '', tree: integer(0), place: element.valuePlace(name), malformed: true } as const;
  return readExpression(element, name, diagnostics) ?? (text === undefined ? wrong : malformed);
};
const maybeExpression: Attribute<LemsExpression | undefined> = (element, name, context) =>
  optional(element, name) === undefined ? undefined : expression(element, name, context);
/** An expression, unless the element has a path to its value. */
const unlessSelected: Attribute<LemsExpression | undefined> = (element, name, context) =>
  optional(element, 'select') === undefined ? expression(element, name, context) : undefined;

/** A quantity of the dimension that its element has. */
const quantity: Attribute<number> = (element, attribute, { dimensions, units, diagnostics }) => {
  const text = required(element, attribute, diagnostics);
  if (text === null) return wrong;
  const what = `the constant ${element.attributes['name'] ?? ''}`;
  const own = dimensions.get(optional(element, 'dimension') ?? 'none') ?? null;
  const value = reportQuantity(readQuantity(text, units), {
    element,
    attribute,
    what,
    dimension: own,
    units,
    diagnostics,
  });
  return value ?? wrong;
};

/** A plain number, in SI. */
const number: Attribute<number | undefined> = (element, attribute, { units, diagnostics }) => {
  const text = optional(element, attribute);
  if (text === undefined) return undefined;
  const what = `the ${attribute} of ${nameOf(element)}`;
  return (
    reportQuantity(readQuantity(text, units), { element, attribute, what, dimension: null, units, diagnostics }) ??
    undefined
  );
};

const named = record({ name: need });
const dimensioned = record({ name: need, dimension });
const typed = record({ name: need, type: otherwise('Component') });
const nothing = record({});

/** By name. All may have a name, an id and a description. */
export const elements = {
  // Members of a type
  Parameter: dimensioned,
  IndexParameter: named,
  DerivedParameter: record({ name: need, dimension, select: maybe, value: unlessSelected }),
  Property: record({ name: need, dimension, defaultValue: number }),
  Constant: record({ name: need, dimension, value: quantity, symbol: unread }),
  Exposure: dimensioned,
  Requirement: dimensioned,
  ComponentRequirement: named,
  InstanceRequirement: typed,
  Child: typed,
  Children: record({ name: need, type: otherwise('Component'), min: count, max: count }),
  ComponentReference: record({
    name: need,
    type: otherwise('Component'),
    local: flag(false),
    required: flag(true),
    defaultComponent: unread,
  }),
  Link: typed,
  Path: named,
  Text: named,
  Attachments: typed,
  EventPort: record({ name: need, direction: choice(['in', 'out'], 'in') }),
  Fixed: record({ parameter: need, value: need }),
  // Dynamics
  Dynamics: record({ simultaneous: flag(false) }),
  Super: nothing,
  StateVariable: record({ name: need, dimension, exposure: maybe }),
  DerivedVariable: record({
    name: need,
    dimension: statedDimension,
    exposure: maybe,
    select: maybe,
    reduce: choice(['add', 'multiply'], undefined),
    required: flag(true),
    value: unlessSelected,
  }),
  ConditionalDerivedVariable: record({ name: need, dimension: statedDimension, exposure: maybe }),
  Case: record({ condition: maybeExpression, value: expression }),
  TimeDerivative: record({ variable: need, value: expression }),
  OnStart: nothing,
  OnEntry: nothing,
  OnEvent: record({ port: need }),
  OnCondition: record({ test: expression }),
  StateAssignment: record({ variable: need, value: expression }),
  EventOut: record({ port: need }),
  Regime: record({ name: need, initial: flag(false) }),
  Transition: record({ regime: need }),
  KineticScheme: record({
    name: need,
    nodes: need,
    edges: need,
    stateVariable: need,
    edgeSource: need,
    edgeTarget: need,
    forwardRate: need,
    reverseRate: need,
    // They describe the tabulation of rates and have no effect.
    dependency: unread,
    step: unread,
  }),
  // Structure
  Structure: nothing,
  ChildInstance: record({ component: need }),
  // Without a number there is one instance.
  MultiInstantiate: record({ component: maybe, componentType: maybe, number: otherwise('1') }),
  ForEach: record({ instances: need, as: need }),
  With: record({ instance: maybe, list: maybe, index: maybe, as: need }),
  EventConnection: record({
    from: need,
    to: need,
    sourcePort: maybe,
    targetPort: maybe,
    receiver: maybe,
    receiverContainer: maybe,
    delay: maybe,
  }),
  Tunnel: record({ name: need, endA: need, endB: need, componentA: need, componentB: need }),
  Assign: record({ property: need, value: expression }),
  // Simulation
  Simulation: nothing,
  Run: record({ component: need, variable: choice(['t'], undefined), increment: need, total: need }),
  // Its place of display concerns only programs that draw.
  Record: record({ quantity: need, scale: maybe, timeScale: maybe, color: maybe, destination: unread }),
  EventRecord: record({ quantity: need, eventPort: need }),
  DataDisplay: record({ title: need, dataRegion: unread }),
  DataWriter: record({ path: maybe, fileName: need }),
  EventWriter: record({ path: maybe, fileName: need, format: need }),
  // Beside types
  ComponentType: record({ name: need, extends: maybe, standalone: unread }),
  Dimension: record({ m: unread, l: unread, t: unread, i: unread, k: unread, n: unread, j: unread }),
  Unit: record({ symbol: need, dimension: need, power: unread, scale: unread, offset: unread }),
  Target: record({ component: need, reportFile: maybe, timesFile: maybe }),
} as const satisfies Readonly<Record<string, Codec<unknown>>>;

/** Attributes of the reference interpreter that would change a model. */
const unsupported: Readonly<Record<string, readonly string[]>> = {
  ChildInstance: ['componentType'],
  MultiInstantiate: ['indexVariable'],
  Assign: ['exposeAs'],
  Tunnel: ['expose', 'as'],
  Parameter: ['exposure'],
  ForEach: ['index'],
};

/** Checks whether elements of a name define something in LEMS. */
export const isDefinition = (name: string): name is keyof typeof elements => Object.hasOwn(elements, name);

/**
 * Reports attributes of an element that nothing reads. @diagnostic lems/unknown-attribute, lems/unsupported-attribute
 */
export function checkDefinition(element: XmlElement, diagnostics: Diagnostics): void {
  if (!isDefinition(element.name)) return;
  const own: readonly string[] = elements[element.name].attributes;
  for (const attribute in element.attributes) {
    if (own.includes(attribute) || ['name', 'description', 'id'].includes(attribute)) continue;
    const finding = unsupported[element.name]?.includes(attribute)
      ? messages.unsupportedAttribute(attribute, nameOf(element))
      : messages.unknownTypeAttribute(attribute, nameOf(element), own);
    diagnostics.add(finding, element.attributePlace(attribute));
  }
}

/** Elements with actions. Published models also contain definitions in them, which have no effect. */
const actionBlocks: ReadonlySet<string> = new Set(['OnStart', 'OnEntry', 'OnEvent', 'OnCondition']);
/** Elements that only explain. */
const commentary: ReadonlySet<string> = new Set(['About', 'Meta', 'notes', 'annotation', 'property']);

/** Reads elements by their names. */
export type Members<K extends string> = Readonly<Record<K, (element: XmlElement) => void>>;

/**
 * Reads the elements within one by their names. @diagnostic lems/unknown-element, lems/misplaced-element,
 * lems/unsupported-element
 */
export function readMembers<K extends string>(
  owner: XmlElement,
  members: Members<K>,
  { diagnostics }: TypeContext,
  unsupported: readonly string[] = [],
): void {
  for (const element of owner.children) {
    checkDefinition(element, diagnostics);
    if (Object.hasOwn(members, element.name)) members[element.name as K](element);
    else if (unsupported.includes(element.name))
      diagnostics.add(messages.unsupportedElement(element.name, nameOf(owner)), element.place);
    else if (actionBlocks.has(owner.name) && isDefinition(element.name))
      diagnostics.add(messages.misplacedElement(element.name, nameOf(owner), Object.keys(members)), element.place);
    else if (!commentary.has(element.name))
      diagnostics.add(messages.unknownElement(element.name, nameOf(owner), Object.keys(members)), element.place);
  }
}

/** Returns a reader of an element's attributes and the element itself. */
export const taking =
  <T>(
    codec: Codec<T>,
    context: TypeContext,
    take: (found: T & { readonly place: Place }, element: XmlElement) => void,
  ) =>
  (element: XmlElement): void => {
    const found = codec.read(element, context);
    if (found) take(found, element);
  };
