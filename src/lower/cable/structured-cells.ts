/** Cells with structure during their conversion: their types, classes of compartments, and places on them. */

import { elementsOf } from '../../draw/ends.js';
import { type DrawnModel, type Elements } from '../../draw/drawn-model.js';
import { DrawnArrays } from '../../draw/arrays.js';
import { arrayOf } from '../../model/arrays.js';
import { UniqueNames } from '../../model/free-name.js';
import type {
  Compartments,
  EventDefinition,
  Input,
  Model,
  NeuronType,
  Places,
  SelectionRule,
  Value,
} from '../../model/typed.js';
import type { LoweringDiagnostics } from '../context/context.js';
import * as messages from '../context/messages.js';
import { profiles } from '../context/profile.js';
import { isCableMethod, type Cable, type CableMethod } from '../context/cable.js';
import { BadMechanism } from './mechanism-errors.js';
import type { ClassType } from './class-parts.js';
import { classType } from './class-type.js';
import { formulasAt } from './formulas-at.js';
import { mechanismsOn, type Instance } from './mechanisms.js';
import { eventsAtPlaces, withEveryMechanism, type OneType } from './one-type.js';
import { compartmentsAt } from './split-by-compartment.js';
import { BadTree, treeOf, type Tree } from '../../model/compartment-tree.js';

/** A type of cells with structure during its conversion. */
export interface Kind {
  readonly name: string;
  readonly type: NeuronType;
  readonly compartments: Compartments;
  readonly tree: Tree;
  readonly instances: readonly (readonly Instance[])[];
  method: CableMethod;
  /** The compartment that is called by the name of the population. */
  readonly home: number;
  /** Events by the compartment of their detection. */
  readonly events: Map<number, Record<string, EventDefinition>>;
  /** Events of the cell that synapses at other compartments receive, by the compartment of these synapses. */
  readonly received: Map<number, Set<string>>;
  /** Inputs that something adds to, by class key. */
  readonly inputs: Map<number, Set<string>>;
  readonly conductances: Set<number>;
  readonly populations: readonly string[];
  /** Whether currents into other cells read its voltages. */
  watched: boolean;
}

/** A class with its place among the classes of its kind. */
export interface Class {
  readonly type: string;
  readonly compartments: readonly number[];
  readonly made: ClassType;
}

/** Hint for equations of a cell instead of a mechanism. */
const asMechanism =
  'write them as a mechanism on the sections that they belong to, which may have noise and conditions';

/** Types of cells with structure, and the populations that their compartments become. */
export class StructuredCells {
  /** The model as it was. */
  readonly model: Model;
  /** Arrays of the model, and new ones. */
  readonly data: DrawnArrays;
  /** By neuron type. */
  readonly kinds = new Map<string, Kind>();
  /** Classes of a kind, once all that is on their compartments is known. */
  readonly classes = new Map<string, readonly Class[]>();
  /** Neuron types without structure: types of the model, and one for each class. */
  readonly neurons: Record<string, NeuronType>;
  /** Names of populations and projections. */
  readonly populationNames: UniqueNames;
  readonly #typeNames: UniqueNames;
  readonly #memberNames = new Map<string, string>();

  constructor(
    { model, data }: DrawnModel,
    readonly diagnostics: LoweringDiagnostics,
    readonly oneType: OneType | undefined,
  ) {
    const { neurons, populations, projections } = model;
    this.model = model;
    this.data = new DrawnArrays(data);
    this.neurons = Object.fromEntries(
      Object.entries(neurons).filter(([, { compartments }]) => compartments === undefined),
    );
    this.#typeNames = new UniqueNames(Object.keys(neurons));
    this.populationNames = new UniqueNames([...Object.keys(populations), ...Object.keys(projections)]);
  }

  refuse(feature: string, hint?: string): void {
    this.diagnostics.add(messages.unsupportedFeature(feature, hint));
  }

  kindOf(population: string): Kind | undefined {
    return this.kinds.get(this.model.populations[population]?.type ?? '');
  }

  cut(name: string, type: NeuronType): void {
    const { compartments } = type;
    if (!compartments) return;
    const populations = Object.entries(this.model.populations)
      .filter(([, population]) => population.type === name)
      .map(([population]) => population);
    if (populations.length === 0) return;
    for (const [what, map] of [
      ['regimes', type.regimes],
      ['equations', type.derivatives],
      ['state', Object.fromEntries(Object.entries(type.state).filter(([state]) => state !== 'v'))],
      ['derived variables', type.derived],
    ] as const)
      if (Object.keys(map).length > 0)
        this.refuse(`${what} of a cell with compartments beside its mechanisms (${name})`, asMechanism);
    if (type.noise.length > 0) this.refuse(`noise in a cell with compartments (${name})`, asMechanism);
    const method = this.#methodOf(name, type);
    const tree = this.#treeOf(name, compartments);
    if (!tree) return;
    const on = mechanismsOn(compartments);
    const events = new Map<number, Record<string, EventDefinition>>();
    const places = Object.entries(type.events).map(([event, definition]) => {
      const at = definition.section === undefined ? 0 : tree.placeOf(definition.section, definition.fraction ?? 0.5);
      events.set(at, { ...events.get(at), [event]: definition });
      if ((definition.refractory?.rate.length ?? 0) > 0)
        this.refuse(`rates that are zero while refractory in a cell with compartments (${name}.${event})`);
      return [event, at] as const;
    });
    const home = places.find(([event]) => event === 'spike')?.[1] ?? places[0]?.[1] ?? 0;
    this.kinds.set(name, {
      name,
      type,
      compartments,
      tree,
      instances: tree.compartments.map(({ section }) => on(section)),
      method,
      home,
      events,
      received: new Map(),
      inputs: new Map(),
      conductances: new Set(),
      populations,
      watched: false,
    });
  }

  #methodOf(name: string, { method }: NeuronType): CableMethod {
    // There are no values for the middle of a step.
    if (this.oneType) return 'gates-then-cable';
    if (isCableMethod(method)) return method;
    if (method !== 'auto')
      this.refuse(
        `the integration method ${method} of a cell with compartments (${name})`,
        'use cable, cable-then-gates or gates-then-cable',
      );
    return profiles[this.model.timing].cableMethod;
  }

  #treeOf(name: string, compartments: Compartments): Tree | null {
    try {
      return treeOf(compartments);
    } catch (error) {
      if (!(error instanceof BadTree)) throw error;
      this.diagnostics.within(`/neurons/${name}/compartments/sections/${error.section}`, () =>
        this.diagnostics.add(messages.badTree(error.message)),
      );
      return null;
    }
  }

  /** Compartments with the same mechanisms, inputs and events form a class. */
  classify(kind: Kind): void {
    const { tree, type, compartments } = kind;
    const { oneType } = this;
    const instances = oneType ? withEveryMechanism(kind.instances, tree.compartments, compartments) : kind.instances;
    if (oneType && kind.received.size > 0)
      this.refuse(`an event that synapses elsewhere on the cell listen to (${kind.name})`);
    const byKey = new Map<string, number[]>();
    const formulas = formulasAt(kind, this.model);
    tree.compartments.forEach((_, at) => {
      const hasEvents = kind.events.has(at) || at === kind.home;
      const key = JSON.stringify([
        sorted(instances[at] ?? []).map(({ shape }) => shape.name),
        [...(kind.inputs.get(at) ?? [])].sort(),
        [...(kind.received.get(at) ?? [])].sort(),
        kind.conductances.has(at),
        hasEvents ? at : -1,
        formulas(at),
      ]);
      const known = byKey.get(key);
      if (known) known.push(at);
      else byKey.set(key, [at]);
    });
    const groups = oneType ? [oneType.orderOf(compartments, tree.compartments)] : [...byKey.values()];
    const classesOfKind = groups.flatMap((places): Class[] => {
      const [first = 0] = places;
      const isHome = oneType !== undefined || first === kind.home;
      const label = `${kind.name}_${tree.compartments[first]?.section ?? ''}`;
      const name = isHome ? kind.name : this.#typeNames.take(label);
      const given = [...(kind.inputs.get(first) ?? [])].sort();
      const inputs = isHome
        ? type.inputs
        : Object.fromEntries(given.map((input) => [input, type.inputs[input] as Input]));
      try {
        const builtType = classType({
          compartments,
          places: places.map((at) => ({
            compartment: tree.compartments[at] as Tree['compartments'][number],
            instances: sorted(instances[at] ?? []),
          })),
          inputs,
          conductance: !oneType && kind.conductances.has(first),
          watched: !oneType && kind.watched,
          data: this.data.store,
          events: oneType
            ? eventsAtPlaces(kind.events, (at) => places.indexOf(at), this.#cellsOf(kind))
            : (kind.events.get(first) ?? {}),
          received: Object.fromEntries(
            [...(kind.received.get(first) ?? [])].flatMap((event) => {
              const definition = type.events[event];
              return definition ? [[event, definition] as const] : [];
            }),
          ),
          parameters: type.parameters,
          method: kind.method,
        });
        this.neurons[name] = builtType.type;
        return [{ type: name, compartments: places, made: builtType }];
      } catch (error) {
        if (!(error instanceof BadMechanism)) throw error;
        this.diagnostics.within(`/neurons/${kind.name}/compartments/mechanisms/${error.mechanism}`, () =>
          this.diagnostics.add(error.finding),
        );
        return [];
      }
    });
    this.classes.set(kind.name, classesOfKind);
  }

  /** Returns the number of cells in each population of a kind. */
  #cellsOf({ name, populations }: Kind): number {
    const sizes = new Set(populations.map((population) => this.model.populations[population]?.size ?? 0));
    if (sizes.size > 1) this.refuse(`cells of one type in populations of several sizes (${name})`);
    return [...sizes][0] ?? 0;
  }

  cable(kind: Kind): Cable {
    const classes = this.classes.get(kind.name) ?? [];
    return {
      name: kind.name,
      tree: kind.tree,
      method: kind.method,
      ownEquations: false,
      classes: classes.map(({ type, compartments, made }) => ({ type, compartments, names: made.names })),
      populations: kind.populations.map((name) => ({
        name,
        size: this.model.populations[name]?.size ?? 0,
        members: classes.map((cellClass) => this.member(name, cellClass)),
      })),
    };
  }

  /** The population of a class's compartments. */
  member(population: string, { type }: Class): string {
    const kind = this.kindOf(population);
    if (!kind || type === kind.name) return population;
    const key = `${population} ${type}`;
    const known = this.#memberNames.get(key);
    if (known !== undefined) return known;
    const populationName = this.populationNames.take(`${population}${type.slice(kind.name.length)}`);
    this.#memberNames.set(key, populationName);
    return populationName;
  }

  classAt(kind: Kind, at: number): { readonly found: Class; readonly ordinal: number } | undefined {
    for (const compartmentClass of this.classes.get(kind.name) ?? []) {
      const ordinal = compartmentClass.compartments.indexOf(at);
      if (ordinal >= 0) return { found: compartmentClass, ordinal };
    }
    return undefined;
  }

  /** Returns the class's names of `v`, `ca_i` or `mechanism.variable` at a compartment. */
  variablesAt(kind: Kind, at: number): ReadonlyMap<string, string> | undefined {
    const place = this.classAt(kind, at);
    return place?.found.made.variables[place.ordinal];
  }

  compartmentAt(kind: Kind, section: string | undefined, fraction: number | undefined): number {
    return section === undefined ? kind.home : kind.tree.placeOf(section, fraction ?? 0.5);
  }

  /** The elements that a place on cells is; a selection of several populations becomes one of each. */
  select(rule: SelectionRule, section?: string, fraction?: number): SelectionRule {
    if (rule.kind === 'assembly')
      return { ...rule, assembly: rule.assembly.map((each) => this.select(each, section, fraction)) };
    if (rule.kind === 'synapses' || rule.kind === 'sampleOf' || rule.kind === 'sample') return rule;
    const kind = this.kindOf(rule.population);
    if (!kind) return rule;
    const place = this.classAt(kind, this.compartmentAt(kind, section, fraction));
    if (!place) return rule;
    const cells = this.model.populations[rule.population]?.size ?? 0;
    const population = this.member(rule.population, place.found);
    const shift = place.ordinal * cells;
    switch (rule.kind) {
      case 'slice': {
        const [from, until, by] = rule.slice ?? [0, cells, 1];
        const whole = rule.slice === undefined && place.found.compartments.length === 1;
        return { kind: 'slice', population, ...(whole ? {} : { slice: [from + shift, until + shift, by] as const }) };
      }
      case 'indices':
        return { kind: 'indices', population, indices: this.#shifted(arrayOf(rule.indices, this.data.store), shift) };
      case 'mask': {
        const mask = arrayOf(rule.mask, this.data.store);
        const chosen = Array.from({ length: mask.length }, (_, k) => k).filter((k) => mask[k] !== 0);
        return { kind: 'indices', population, indices: this.#shifted(chosen, shift) };
      }
      default:
        return rule satisfies never;
    }
  }

  #shifted(indices: ArrayLike<number>, shift: number): ReturnType<DrawnArrays['keep']> {
    return this.data.keep(Uint32Array.from(indices, (index) => index + shift));
  }

  elementsOf(rule: SelectionRule): Elements {
    return elementsOf(rule, (population) => this.model.populations[population]?.size ?? 0, this.data.store);
  }

  /** The elements that places are, one for each element of a selection. */
  selectEach(rule: SelectionRule, places: Places): SelectionRule {
    const { populations, ordinals, indices } = this.elementsOf(rule);
    const synapsesByCompartment = new Map<string, number[]>();
    const kinds = populations.map((population) => this.kindOf(population));
    const at = kinds.map((kind) => kind && compartmentsAt(places, kind.tree, this.data));
    indices.forEach((cell, k) => {
      const ordinal = ordinals[k] ?? 0;
      const [population = '', kind] = [populations[ordinal], kinds[ordinal]];
      const place = kind && this.classAt(kind, at[ordinal]?.(k) ?? kind.home);
      const member = place ? this.member(population, place.found) : population;
      const size = this.model.populations[population]?.size ?? 0;
      const element = cell + (place?.ordinal ?? 0) * size;
      const known = synapsesByCompartment.get(member);
      if (known) known.push(element);
      else synapsesByCompartment.set(member, [element]);
    });
    const assembly = [...synapsesByCompartment].map(([population, elements]): SelectionRule => ({
      kind: 'indices',
      population,
      indices: this.data.keep(Uint32Array.from(elements)),
    }));
    const [only] = assembly;
    return assembly.length === 1 && only ? only : { kind: 'assembly', assembly };
  }

  reach(kind: Kind, at: number, input: string): void {
    const known = kind.inputs.get(at) ?? new Set();
    kind.inputs.set(at, known.add(input));
  }

  repeated(value: Value, times: number): Value {
    if (typeof value === 'number' || value.kind !== 'array' || times === 1) return value;
    return {
      kind: 'array',
      array: this.data.keep(repeat(Float64Array.from(arrayOf(value.array, this.data.store)), times)),
    };
  }
}

/** Mechanisms in an order that is the same for all compartments with the same shapes. */
const sorted = (instances: readonly Instance[]): readonly Instance[] =>
  [...instances].sort((a, b) => (a.shape.name < b.shape.name ? -1 : a.shape.name > b.shape.name ? 1 : 0));

export function repeat(numbers: Float64Array, times: number): Float64Array {
  const all = new Float64Array(numbers.length * times);
  for (let k = 0; k < times; k++) all.set(numbers, k * numbers.length);
  return all;
}
