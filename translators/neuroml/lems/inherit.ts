/** Types with what they inherit: members of the ancestors unless declared again, the nearest dynamics and structure. */

import type { Diagnostics } from '../../../src/diagnostics/diagnostic.js';
import type { ComponentType, ConstantDefinition, DynamicsDefinition, LemsUnit, ParameterDefinition } from './definitions.js';
import * as messages from './messages.js';
import { fillDimensions } from './missing-dimensions.js';
import { readQuantity } from './quantities.js';
import type { MemberKind, WrittenType } from './read-type.js';
import { reportQuantity } from './report-quantity.js';

const memberKinds = [
  'parameters',
  'indexParameters',
  'derivedParameters',
  'properties',
  'constants',
  'exposures',
  'requirements',
  'componentRequirements',
  'instanceRequirements',
  'child',
  'children',
  'references',
  'links',
  'paths',
  'texts',
  'attachments',
  'ports',
] as const satisfies readonly MemberKind[];

/** Kinds that are one name space: a constant may become a parameter, a parameter a text. */
const valueKinds: readonly MemberKind[] = ['parameters', 'indexParameters', 'derivedParameters', 'properties', 'constants', 'texts', 'paths', 'references', 'links'];

export interface Inheritance {
  readonly written: ReadonlyMap<string, WrittenType>;
  readonly units: ReadonlyMap<string, LemsUnit>;
  readonly constants: ReadonlyMap<string, ConstantDefinition>;
  readonly diagnostics: Diagnostics;
}

/**
 * All types, complete.
 *
 * @diagnostic lems/unknown-type, lems/type-cycle, lems/unknown-member, and what is wrong with fixed values
 */
export function inheritAll(inheritance: Inheritance): Map<string, ComponentType> {
  const types = new Map<string, ComponentType>();
  for (const name of inheritance.written.keys()) inherit(name, inheritance, types, []);
  // In the order in which they were written.
  return new Map([...inheritance.written.keys()].flatMap((name) => (types.has(name) ? [[name, types.get(name)!] as const] : [])));
}

function inherit(name: string, context: Inheritance, types: Map<string, ComponentType>, below: readonly string[]): ComponentType | null {
  const known = types.get(name);
  if (known) return known;
  const { written, diagnostics } = context;
  const own = written.get(name);
  if (!own) return null;
  let base: ComponentType | null = null;
  if (own.extends !== undefined) {
    const cycle = [...below, name].indexOf(own.extends);
    if (cycle >= 0) diagnostics.add(messages.typeCycle([...[...below, name].slice(cycle), own.extends]), own.element.valuePlace('extends'));
    else if (!written.has(own.extends)) diagnostics.add(messages.unknownType(own.extends, written.keys()), own.element.valuePlace('extends'));
    else base = inherit(own.extends, context, types, [...below, name]);
  }
  const type = merge(own, base, context);
  types.set(name, type);
  return type;
}

function merge(own: WrittenType, base: ComponentType | null, context: Inheritance): ComponentType {
  const declared = new Set(valueKinds.flatMap((kind) => [...own.members[kind].keys()]));
  const members = Object.fromEntries(
    memberKinds.map((kind) => {
      const inherited: ReadonlyMap<string, unknown> = base?.[kind] ?? new Map<string, unknown>();
      const kept = valueKinds.includes(kind) ? [...inherited].filter(([name]) => !declared.has(name)) : [...inherited];
      return [kind, new Map([...kept, ...own.members[kind]])];
    }),
  ) as unknown as Pick<ComponentType, MemberKind>;
  const type: ComponentType = {
    name: own.name,
    place: own.element.place,
    ...(own.extends === undefined ? {} : { extends: own.extends }),
    lineage: [own.name, ...(base?.lineage ?? [])],
    ...members,
    parameters: fix(own, members.parameters, context),
    dynamics: own.dynamics ? (own.dynamics.extendsInherited ? join(base?.dynamics ?? null, own.dynamics.own) : own.dynamics.own) : (base?.dynamics ?? null),
    structure: own.structure ?? base?.structure ?? [],
    simulation: own.simulation ?? base?.simulation ?? null,
  };
  return fillDimensions(type, context.constants);
}

/** Parameters with the values that the type fixes. */
function fix(own: WrittenType, parameters: ReadonlyMap<string, ParameterDefinition>, { units, diagnostics }: Inheritance): ReadonlyMap<string, ParameterDefinition> {
  if (own.fixed.length === 0) return parameters;
  const fixed = new Map(parameters);
  for (const { parameter, element } of own.fixed) {
    const definition = fixed.get(parameter);
    if (!definition) {
      diagnostics.add(messages.unknownMember('parameter', parameter, own.name, parameters.keys()), element.valuePlace('parameter'));
      continue;
    }
    const quantity = readQuantity(element.attributes['value'] ?? '', units);
    const what = `the parameter ${parameter}`;
    const value = reportQuantity(quantity, { element, attribute: 'value', what, dimension: definition.dimension, units, diagnostics });
    if (value !== null) fixed.set(parameter, { ...definition, fixed: value });
  }
  return fixed;
}

/** What a type adds to the dynamics that it inherits (`Super`). */
function join(base: DynamicsDefinition | null, own: DynamicsDefinition): DynamicsDefinition {
  if (!base) return own;
  const named = <T extends { readonly name: string }>(first: readonly T[], second: readonly T[]): T[] => [
    ...first.filter(({ name }) => !second.some((other) => other.name === name)),
    ...second,
  ];
  return {
    stateVariables: named(base.stateVariables, own.stateVariables),
    derivedVariables: named(base.derivedVariables, own.derivedVariables),
    timeDerivatives: [
      ...base.timeDerivatives.filter(({ variable }) => !own.timeDerivatives.some((other) => other.variable === variable)),
      ...own.timeDerivatives,
    ],
    onStart: [...base.onStart, ...own.onStart],
    onConditions: [...base.onConditions, ...own.onConditions],
    onEvents: [...base.onEvents, ...own.onEvents],
    regimes: named(base.regimes, own.regimes),
    kineticSchemes: named(base.kineticSchemes, own.kineticSchemes),
  };
}
