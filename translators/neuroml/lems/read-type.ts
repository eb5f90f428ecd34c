/** One `ComponentType` element: its own content, before inheritance. */

import type { XmlElement } from '../xml/element.js';
import { nameOf, optional, required } from './attributes.js';
import type {
  ComponentType,
  DynamicsDefinition,
  LemsUnit,
  SimulationDefinition,
  StructureDefinition,
} from './definitions.js';
import { readExpression } from './expressions.js';
import * as messages from './messages.js';
import { readQuantity } from './quantities.js';
import { readDimensionName, readDynamics, readMembers, type TypeContext } from './read-dynamics.js';
import { readSimulation, readStructure } from './read-structure.js';
import { reportQuantity } from './report-quantity.js';

type MapOf<M> = M extends ReadonlyMap<string, infer Item> ? Map<string, Item> : never;
/** Members of a type that are maps by name. */
export type MemberKind = {
  [K in keyof ComponentType]-?: ComponentType[K] extends ReadonlyMap<string, unknown> ? K : never;
}[keyof ComponentType];

/** A type as written. */
export interface WrittenType {
  readonly name: string;
  readonly element: XmlElement;
  /** The type that it inherits from; absent: none. */
  readonly extends?: string;
  /** Its own declarations, by kind and name. */
  readonly members: { readonly [K in MemberKind]: MapOf<ComponentType[K]> };
  /** Values that the type gives to inherited parameters; the attribute `value` of each element. */
  readonly fixed: readonly { readonly parameter: string; readonly element: XmlElement }[];
  /** Its own dynamics, and whether they add to inherited ones; null if there are no own ones. */
  readonly dynamics: { readonly own: DynamicsDefinition; readonly extendsInherited: boolean } | null;
  /** Null if it is missing. */
  readonly structure: readonly StructureDefinition[] | null;
  /** Null if it is missing. */
  readonly simulation: SimulationDefinition | null;
}

interface TypeReading extends TypeContext {
  readonly units: ReadonlyMap<string, LemsUnit>;
}

const emptyMembers = (): WrittenType['members'] => ({
  parameters: new Map(),
  indexParameters: new Map(),
  derivedParameters: new Map(),
  properties: new Map(),
  constants: new Map(),
  exposures: new Map(),
  requirements: new Map(),
  componentRequirements: new Map(),
  instanceRequirements: new Map(),
  child: new Map(),
  children: new Map(),
  references: new Map(),
  links: new Map(),
  paths: new Map(),
  texts: new Map(),
  attachments: new Map(),
  ports: new Map(),
});

/** Parts of LEMS that no type that is read uses. */
const unsupported = [
  'Insertion',
  'Assertion',
  'PathParameter',
  'Collection',
  'PairCollection',
  'Procedure',
  'Geometry',
];

/**
 * Reads a type, or returns null when it has no name.
 *
 * @diagnostic lems/unknown-element, lems/missing-attribute, lems/duplicate, lems/unknown-dimension, lems/unknown-unit
 *   and all of expressions
 */
export function readType(element: XmlElement, context: TypeReading): WrittenType | null {
  const name = required(element, 'name', context.diagnostics);
  if (name === null) return null;
  const members = emptyMembers();
  const fixed: { parameter: string; element: XmlElement }[] = [];
  let dynamics: WrittenType['dynamics'] = null;
  let structure: WrittenType['structure'] = null;
  let simulation: WrittenType['simulation'] = null;
  readMembers(
    element,
    {
      ...valueMembers(members, context),
      ...componentMembers(members, context),
      Fixed: (inner) => {
        const parameter = required(inner, 'parameter', context.diagnostics);
        if (parameter !== null && required(inner, 'value', context.diagnostics) !== null)
          fixed.push({ parameter, element: inner });
      },
      Dynamics: (inner) => (dynamics = readDynamics(inner, context)),
      Structure: (inner) => (structure = readStructure(inner, context)),
      Simulation: (inner) => (simulation = readSimulation(inner, context)),
    },
    context,
    unsupported,
  );
  const base = optional(element, 'extends');
  return {
    name,
    element,
    ...(base === undefined ? {} : { extends: base }),
    members,
    fixed,
    dynamics,
    structure,
    simulation,
  };
}

/** Adds a member under its name. @diagnostic lems/duplicate */
function adder(
  context: TypeContext,
): <T>(map: Map<string, T>, element: XmlElement, make: (name: string) => T | null) => void {
  return (map, element, make) => {
    const name = required(element, 'name', context.diagnostics);
    if (name === null) return;
    if (map.has(name))
      context.diagnostics.add(messages.duplicate(`the ${element.name}`, name), element.valuePlace('name'));
    const made = make(name);
    if (made !== null && !map.has(name)) map.set(name, made);
  };
}

type Readers<K extends string> = Readonly<Record<K, (element: XmlElement) => void>>;

function valueMembers(
  members: WrittenType['members'],
  context: TypeReading,
): Readers<'Parameter' | 'IndexParameter' | 'DerivedParameter' | 'Property' | 'Constant' | 'Exposure' | 'Requirement'> {
  const add = adder(context);
  const { diagnostics, units } = context;
  const dimensioned = (name: string, element: XmlElement) => ({
    name,
    place: element.place,
    dimension: readDimensionName(element, context),
  });
  return {
    Parameter: (element) => add(members.parameters, element, (name) => dimensioned(name, element)),
    IndexParameter: (element) => add(members.indexParameters, element, (name) => ({ name, place: element.place })),
    DerivedParameter: (element) =>
      add(members.derivedParameters, element, (name) => {
        const select = optional(element, 'select');
        if (select !== undefined) return { ...dimensioned(name, element), select };
        const value = readExpression(element, 'value', diagnostics);
        return value && { ...dimensioned(name, element), value };
      }),
    Property: (element) =>
      add(members.properties, element, (name) => {
        const text = optional(element, 'defaultValue');
        const defaultValue = text === undefined ? undefined : plainNumber(element, 'defaultValue', context);
        return { ...dimensioned(name, element), ...(defaultValue === undefined ? {} : { defaultValue }) };
      }),
    Constant: (element) =>
      add(members.constants, element, (name) => {
        const text = required(element, 'value', diagnostics);
        if (text === null) return null;
        const { dimension } = dimensioned(name, element);
        const quantity = readQuantity(text, units);
        const value = reportQuantity(quantity, {
          element,
          attribute: 'value',
          what: `the constant ${name}`,
          dimension,
          units,
          diagnostics,
        });
        return value === null ? null : { ...dimensioned(name, element), value };
      }),
    Exposure: (element) => add(members.exposures, element, (name) => dimensioned(name, element)),
    Requirement: (element) => add(members.requirements, element, (name) => dimensioned(name, element)),
  };
}

/** A default value is a plain number, in SI. */
function plainNumber(element: XmlElement, attribute: string, { units, diagnostics }: TypeReading): number | undefined {
  const quantity = readQuantity(element.attributes[attribute] ?? '', units);
  const what = `the ${attribute} of ${nameOf(element)}`;
  return reportQuantity(quantity, { element, attribute, what, dimension: null, units, diagnostics }) ?? undefined;
}

/** Returns a bound of how many children there are: a whole number. @diagnostic lems/bad-value */
function count(
  element: XmlElement,
  attribute: 'min' | 'max',
  { diagnostics }: TypeContext,
): { readonly min?: number; readonly max?: number } {
  const text = optional(element, attribute);
  if (text === undefined) return {};
  if (/^\d+$/.test(text)) return { [attribute]: Number(text) };
  diagnostics.add(messages.badChoice(attribute, text, ['a whole number']), element.valuePlace(attribute));
  return {};
}

function componentMembers(
  members: WrittenType['members'],
  context: TypeContext,
): Readers<
  | 'ComponentRequirement'
  | 'InstanceRequirement'
  | 'Child'
  | 'Children'
  | 'ComponentReference'
  | 'Link'
  | 'Path'
  | 'Text'
  | 'Attachments'
  | 'EventPort'
> {
  const add = adder(context);
  const { diagnostics } = context;
  const typed = (name: string, element: XmlElement) => ({
    name,
    place: element.place,
    type: optional(element, 'type') ?? 'Component',
  });
  const plain = (name: string, element: XmlElement) => ({ name, place: element.place });
  return {
    ComponentRequirement: (element) => add(members.componentRequirements, element, (name) => plain(name, element)),
    InstanceRequirement: (element) => add(members.instanceRequirements, element, (name) => typed(name, element)),
    Child: (element) => add(members.child, element, (name) => typed(name, element)),
    Children: (element) =>
      add(members.children, element, (name) => ({
        ...typed(name, element),
        ...count(element, 'min', context),
        ...count(element, 'max', context),
      })),
    ComponentReference: (element) =>
      add(members.references, element, (name) => ({
        ...typed(name, element),
        local: optional(element, 'local') === 'true',
        required: optional(element, 'required') !== 'false',
      })),
    Link: (element) => add(members.links, element, (name) => typed(name, element)),
    Path: (element) => add(members.paths, element, (name) => plain(name, element)),
    Text: (element) => add(members.texts, element, (name) => plain(name, element)),
    Attachments: (element) => add(members.attachments, element, (name) => typed(name, element)),
    EventPort: (element) =>
      add(members.ports, element, (name) => {
        const direction = optional(element, 'direction') ?? 'in';
        if (direction === 'in' || direction === 'out') return { name, place: element.place, direction };
        diagnostics.add(messages.badChoice('direction', direction, ['in', 'out']), element.valuePlace('direction'));
        return null;
      }),
  };
}
