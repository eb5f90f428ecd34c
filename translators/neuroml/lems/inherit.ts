/** Types with inherited members: members of the ancestors unless declared again, the nearest dynamics and structure. */

import type { Diagnostics } from '../../../src/diagnostics/diagnostic.js';
import type { Dimension } from '../../../src/lang/ast.js';
import type { XmlElement } from '../../../src/xml/element.js';
import type {
  ComponentType,
  ComponentTypes,
  ConstantDefinition,
  DynamicsDefinition,
  LemsUnit,
  ParameterDefinition,
} from './definitions.js';
import * as messages from './messages.js';
import { fillDimensions } from './missing-dimensions.js';
import { readQuantity } from './quantities.js';
import { memberKinds, readType, type MemberKind, type WrittenType } from './read-type.js';
import { reportQuantity } from './report-quantity.js';

/** Kinds that are one name space: a constant may become a parameter, a parameter a text. */
const valueKinds: readonly MemberKind[] = [
  'parameters',
  'indexParameters',
  'derivedParameters',
  'properties',
  'constants',
  'texts',
  'paths',
  'references',
  'links',
];

/** Where types come from. */
interface Inheritance {
  /** Elements of types by name. */
  readonly elements: ReadonlyMap<string, XmlElement>;
  readonly dimensions: ReadonlyMap<string, Dimension>;
  readonly units: ReadonlyMap<string, LemsUnit>;
  readonly constants: ReadonlyMap<string, ConstantDefinition>;
  readonly diagnostics: Diagnostics;
  /** Names of types that are no core types. */
  readonly own: ReadonlySet<string>;
  /** Core types without findings that were read for earlier documents, by their elements; added to. */
  readonly shared?: Map<XmlElement, ComponentType>;
}

/**
 * Types by name, complete with inherited members. Each is read on first use, because a model uses few core types.
 *
 * @diagnostic lems/unknown-type, lems/type-cycle, lems/unknown-member, and all of `readType`
 */
export class TypeTable implements ComponentTypes {
  readonly #context: Inheritance;
  readonly #known = new Map<string, ComponentType | null>();

  constructor(context: Inheritance) {
    this.#context = context;
  }

  /** Checks whether there is a type of this name; it is not read for that. */
  has(name: string): boolean {
    return this.#context.elements.has(name);
  }

  /** Returns a type by its name, or undefined if there is none or after a report. */
  get(name: string): ComponentType | undefined {
    return this.#inherit(name, []) ?? undefined;
  }

  keys(): MapIterator<string> {
    return this.#context.elements.keys();
  }

  values(): MapIterator<ComponentType> {
    return new Map([...this.keys()].flatMap((name) => this.get(name) ?? []).map((type) => [type.name, type])).values();
  }

  #inherit(name: string, below: readonly string[]): ComponentType | null {
    const known = this.#known.get(name);
    if (known !== undefined) return known;
    const element = this.#context.elements.get(name);
    if (!element) return null;
    const type = this.#before(element) ?? this.#read(name, element, below);
    this.#known.set(name, type);
    return type;
  }

  /**
   * Returns the type that an earlier document read from the element, or undefined if this document replaces an ancestor
   * of it.
   */
  #before(element: XmlElement): ComponentType | undefined {
    const { own, shared } = this.#context;
    const before = shared?.get(element);
    return before?.lineage.some((ancestor) => own.has(ancestor)) === true ? undefined : before;
  }

  #read(name: string, element: XmlElement, below: readonly string[]): ComponentType | null {
    const { elements, own: names } = this.#context;
    const shared = names.has(name) ? undefined : this.#context.shared;
    const diagnostics = shared ? this.#context.diagnostics.beside() : this.#context.diagnostics;
    const context = { ...this.#context, diagnostics };
    const own = readType(element, context);
    let base: ComponentType | null = null;
    if (own?.extends !== undefined) {
      const path = [...below, name];
      const cycle = path.indexOf(own.extends);
      if (cycle >= 0)
        diagnostics.add(messages.typeCycle([...path.slice(cycle), own.extends]), own.element.valuePlace('extends'));
      else if (!elements.has(own.extends))
        diagnostics.add(messages.unknownType(own.extends, elements.keys()), own.element.valuePlace('extends'));
      else base = this.#inherit(own.extends, path);
    }
    const type = own && merge(own, base, context);
    if (!shared) return type;
    const found = diagnostics.list;
    this.#context.diagnostics.addAll(found);
    const baseElement = base === null ? undefined : elements.get(base.name);
    const isShared = baseElement === undefined || shared.has(baseElement);
    if (type && isShared && found.length === 0) shared.set(element, type);
    return type;
  }
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
    ...(own.extends !== undefined && (base?.incomplete ?? !base) ? { incomplete: true } : {}),
    lineage: [own.name, ...(base?.lineage ?? [])],
    ...members,
    parameters: fix(own, members.parameters, context),
    // The reference interpreter makes instances from dynamics, and inherits dynamics as a whole.
    copied: own.dynamics ? new Set(members.requirements.keys()) : (base?.copied ?? new Set()),
    dynamics: own.dynamics
      ? own.dynamics.extendsInherited
        ? join(base?.dynamics ?? null, own.dynamics.own)
        : own.dynamics.own
      : (base?.dynamics ?? null),
    structure: own.structure ?? base?.structure ?? [],
    simulation: own.simulation ?? base?.simulation ?? null,
  };
  return fillDimensions(type, context.constants);
}

/** Parameters with the values that the type fixes. */
function fix(
  own: WrittenType,
  parameters: ReadonlyMap<string, ParameterDefinition>,
  { units, diagnostics }: Inheritance,
): ReadonlyMap<string, ParameterDefinition> {
  if (own.fixed.length === 0) return parameters;
  const fixed = new Map(parameters);
  for (const { parameter, element } of own.fixed) {
    const definition = fixed.get(parameter);
    if (!definition) {
      diagnostics.add(
        messages.unknownMember('parameter', parameter, own.name, parameters.keys()),
        element.valuePlace('parameter'),
      );
      continue;
    }
    const quantity = readQuantity(element.attributes['value'] ?? '', units);
    const what = `the parameter ${parameter}`;
    const value = reportQuantity(quantity, {
      element,
      attribute: 'value',
      what,
      dimension: definition.dimension,
      units,
      diagnostics,
    });
    if (value !== null) fixed.set(parameter, { ...definition, fixed: value });
  }
  return fixed;
}

/** Joins the dynamics of a type with the inherited ones (`Super`). */
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
      ...base.timeDerivatives.filter(
        ({ variable }) => !own.timeDerivatives.some((other) => other.variable === variable),
      ),
      ...own.timeDerivatives,
    ],
    onStart: [...base.onStart, ...own.onStart],
    onConditions: [...base.onConditions, ...own.onConditions],
    onEvents: [...base.onEvents, ...own.onEvents],
    regimes: named(base.regimes, own.regimes),
    kineticSchemes: named(base.kineticSchemes, own.kineticSchemes),
  };
}
