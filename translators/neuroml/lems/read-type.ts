/** One `ComponentType` element: its own content, before inheritance. */

import type { XmlElement } from '../../../src/xml/element.js';
import type {
  ComponentType,
  DynamicsDefinition,
  Named,
  SimulationDefinition,
  StructureDefinition,
} from './definitions.js';
import * as messages from './messages.js';
import { readDynamics } from './read-dynamics.js';
import { readSimulation, readStructure } from './read-structure.js';
import { elements, readMembers, taking, type Members, type TypeContext } from './vocabulary.js';

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

/** Elements of the members of a type, by the kind of member. */
const memberElements = {
  parameters: 'Parameter',
  indexParameters: 'IndexParameter',
  derivedParameters: 'DerivedParameter',
  properties: 'Property',
  constants: 'Constant',
  exposures: 'Exposure',
  requirements: 'Requirement',
  componentRequirements: 'ComponentRequirement',
  instanceRequirements: 'InstanceRequirement',
  child: 'Child',
  children: 'Children',
  references: 'ComponentReference',
  links: 'Link',
  paths: 'Path',
  texts: 'Text',
  attachments: 'Attachments',
  ports: 'EventPort',
} as const satisfies Readonly<Record<MemberKind, keyof typeof elements>>;

/** Kinds of members. */
export const memberKinds = Object.keys(memberElements) as readonly MemberKind[];

/** Returns maps without members, by kind. */
export const noMembers = (): WrittenType['members'] =>
  Object.fromEntries(memberKinds.map((kind) => [kind, new Map()])) as unknown as WrittenType['members'];

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
export function readType(element: XmlElement, context: TypeContext): WrittenType | null {
  const type = elements.ComponentType.read(element, context);
  if (!type) return null;
  const members = noMembers();
  const fixed: { parameter: string; element: XmlElement }[] = [];
  let dynamics: WrittenType['dynamics'] = null;
  let structure: WrittenType['structure'] = null;
  let simulation: WrittenType['simulation'] = null;
  const readers = memberKinds.map((kind) => {
    const map = members[kind] as Map<string, unknown>;
    const name = memberElements[kind];
    return [
      name,
      taking<{ readonly name: string }>(elements[name], context, (made, inner) => add(map, made, inner, context)),
    ] as const;
  });
  readMembers(
    element,
    {
      ...(Object.fromEntries(readers) as Members<string>),
      Fixed: taking(elements.Fixed, context, ({ parameter }, inner) => fixed.push({ parameter, element: inner })),
      Dynamics: (inner) => (dynamics = readDynamics(inner, context)),
      Structure: (inner) => (structure = readStructure(inner, context)),
      Simulation: (inner) => (simulation = readSimulation(inner, context)),
    },
    context,
    unsupported,
  );
  const { name, extends: base } = type;
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
function add(map: Map<string, unknown>, made: Named, element: XmlElement, { diagnostics }: TypeContext): void {
  if (map.has(made.name))
    diagnostics.add(messages.duplicate(`the ${element.name}`, made.name), element.valuePlace('name'));
  else map.set(made.name, made);
}
