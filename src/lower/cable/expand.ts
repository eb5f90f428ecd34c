/**
 * Pass before others: cells with structure become populations of compartments, those with the same equations of one
 * type, and what the network says about places on cells is said about elements of them.
 *
 * Elements go by compartment and then by cell, so the cells of a population lie side by side: one place on all of
 * them is a slice. The compartment where spikes are detected has the population's own name.
 */

import type { Part } from '../../draw/drawn-model.js';
import { elementsOf, pairsOf, sameTargetsOf, type Pairs } from '../../draw/ends.js';
import { spreadPhase, spreadRecording, type Pieces } from '../../draw/spread.js';
import { none, type DrawnModel, type Elements } from '../../draw/drawn-model.js';
import type { Places as Coordinates } from '../../draw/space/axes.js';
import { DrawnArrays } from '../../draw/arrays.js';
import { arrayOf } from '../../model/arrays.js';
import { UniqueNames } from '../../model/free-name.js';
import { ownersOf, formulaOf } from '../../model/typed.js';
import type {
  Compartments,
  End,
  EventDefinition,
  Input,
  Link,
  Model,
  NeuronType,
  Phase,
  Places,
  Population,
  Projection,
  Recording,
  SelectionRule,
  Stimulus,
  SynapseType,
  Value,
} from '../../model/typed.js';
import type { LoweringDiagnostics } from '../context.js';
import { numberOf } from '../groups.js';
import * as messages from '../messages.js';
import {
  isCableMethod,
  type Cable,
  type CableMethod,
  type LinkedClasses,
  type Origin,
  type Shown,
  type SynapsesOf,
} from './cable.js';
import { BadMechanism, classType, type ClassType } from './class-type.js';
import { mechanismsOn, type Instance } from './mechanisms.js';
import { atPlaces, readsEnd, readsOther, type SynapsePlaces } from './synapse-type.js';
import { withListsMerged } from './merge.js';
import { midStep } from './mid-step.js';
import { ownCables } from './own-equations.js';
import { compartmentsAt, splitByPlace, synapsesOfEach, type SplitEnd } from './split.js';
import { BadTree, treeOf, type Tree } from './tree.js';

/** A model without structured cells, and what has become of them. */
interface Expanded {
  readonly drawn: DrawnModel;
  /** One for each neuron type with structure. */
  readonly cables: readonly Cable[];
  /** What the model calls what is there instead. */
  readonly shown: Shown;
}

/**
 * Takes cells with structure apart.
 *
 * @diagnostic lower/unsupported-feature, lower/bad-tree
 */
export function withoutStructure(drawn: DrawnModel, diagnostics: LoweringDiagnostics): Expanded {
  const structured = Object.values(drawn.model.populations).some(
    ({ type }) => drawn.model.neurons[type ?? '']?.compartments !== undefined,
  );
  const own = ownCables(drawn);
  if (structured) {
    const expanded = new Expansion(drawn, diagnostics).run();
    return { ...expanded, cables: [...expanded.cables, ...own] };
  }
  return {
    drawn,
    cables: own,
    shown: { origins: new Map(), pieces: new Map(), recordings: new Map(), links: new Map() },
  };
}

/** A type of cells with structure while it is taken apart. */
interface Kind {
  readonly name: string;
  readonly type: NeuronType;
  readonly compartments: Compartments;
  readonly tree: Tree;
  readonly instances: readonly (readonly Instance[])[];
  readonly method: CableMethod;
  /** The compartment that is called by the name of the population. */
  readonly home: number;
  /** Events by the compartment where they are detected. */
  readonly events: Map<number, Record<string, EventDefinition>>;
  /** Inputs that something adds to, by class key. */
  readonly inputs: Map<number, Set<string>>;
  readonly conductances: Set<number>;
  readonly populations: readonly string[];
  /** Whether what flows into other cells reads its voltages. */
  watched: boolean;
}

/** The compartment of an end on a cell with structure; null for points. */
type PlaceOfEnd = { readonly kind: Kind; readonly at: number } | null;

/** A class with its place among the classes of its kind. */
interface Class {
  readonly type: string;
  readonly compartments: readonly number[];
  readonly made: ClassType;
}

class Expansion {
  readonly #model: Model;
  readonly #data: DrawnArrays;
  readonly #kinds = new Map<string, Kind>();
  /** Classes of a kind, once all that is on their compartments is known. */
  readonly #classes = new Map<string, readonly Class[]>();
  readonly #neurons: Record<string, NeuronType>;
  readonly #synapses: Record<string, SynapseType>;
  readonly #populations: Record<string, Population> = {};
  readonly #places: Map<string, Coordinates>;
  readonly #parts: Map<string, Part>;
  readonly #origins = new Map<string, Origin>();
  readonly #typeNames: UniqueNames;
  readonly #synapseNames: UniqueNames;
  readonly #populationNames: UniqueNames;
  readonly #synapseKeys = new Map<string, string>();

  constructor(
    private readonly drawn: DrawnModel,
    private readonly diagnostics: LoweringDiagnostics,
  ) {
    this.#model = drawn.model;
    this.#data = new DrawnArrays(drawn.data);
    this.#neurons = Object.fromEntries(
      Object.entries(this.#model.neurons).filter(([, { compartments }]) => compartments === undefined),
    );
    this.#synapses = { ...this.#model.synapses };
    this.#places = new Map(drawn.places);
    this.#parts = new Map(drawn.parts);
    const { neurons, synapses, populations, projections } = this.#model;
    this.#typeNames = new UniqueNames(Object.keys(neurons));
    this.#synapseNames = new UniqueNames(Object.keys(synapses));
    this.#populationNames = new UniqueNames([...Object.keys(populations), ...Object.keys(projections)]);
  }

  run(): Expanded {
    for (const [name, type] of Object.entries(this.#model.neurons))
      if (type.compartments) this.diagnostics.within(`/neurons/${name}`, () => this.#cut(name, type));
    this.diagnostics.throwIfErrors();
    for (const [name, projection] of Object.entries(this.#model.projections))
      this.diagnostics.within(`/projections/${name}`, () => this.#note(projection));
    for (const [name, stimulus] of Object.entries(this.#model.stimuli))
      this.diagnostics.within(`/stimuli/${name}`, () => this.#noteStimulus(stimulus));
    for (const recording of this.#model.recordings) this.#noteRecording(recording);
    for (const kind of this.#kinds.values())
      this.diagnostics.within(`/neurons/${kind.name}`, () => this.#classify(kind));
    this.diagnostics.throwIfErrors();
    const populations = this.#model.populations;
    for (const [name, population] of Object.entries(populations))
      this.diagnostics.within(`/populations/${name}`, () => this.#populate(name, population));
    const projections = Object.fromEntries(
      Object.entries(this.#model.projections).flatMap(([name, projection]) =>
        this.diagnostics.within(`/projections/${name}`, () => this.#projections(name, projection)),
      ),
    );
    const stimuli = mapped(this.#model.stimuli, 'stimuli', this.diagnostics, (stimulus) => this.#stimulus(stimulus));
    const recordings = this.#model.recordings.flatMap((recording, k) =>
      this.diagnostics.within(`/recordings/${k}`, () => this.#spread(recording).flatMap((one) => this.#recording(one))),
    );
    for (const [name, { on }] of Object.entries(this.#model.operations))
      if (ownersOf(on).some((owner) => this.#kindOf(owner)))
        this.diagnostics.within(`/operations/${name}`, () =>
          this.diagnostics.add(messages.unsupportedFeature(`the operation ${name} on cells with compartments`)),
        );
    const protocol = this.#model.experiment.protocol.map((phase, k) =>
      this.diagnostics.within(`/experiment/protocol/${k}`, () =>
        this.#phase(spreadPhase(phase, this.#pieces, this.#data)),
      ),
    );
    this.diagnostics.throwIfErrors();
    const model: Model = {
      ...this.#model,
      neurons: this.#neurons,
      synapses: this.#synapses,
      populations: this.#populations,
      projections,
      stimuli,
      recordings,
      experiment: { ...this.#model.experiment, protocol },
    };
    const own = (population: string): boolean => this.#origins.has(population);
    const merged = withListsMerged(model, this.#parts, this.#data, own);
    return {
      drawn: {
        model: { ...model, projections: merged },
        data: this.#data.store,
        places: this.#places,
        parts: new Map([...this.#parts].filter(([name]) => merged[name] === model.projections[name])),
      },
      cables: [...this.#kinds.values()].map((kind) => this.#cable(kind)),
      shown: {
        origins: this.#origins,
        pieces: this.#synapsesOf,
        recordings: this.#recordingNames,
        links: this.#links,
      },
    };
  }

  #refuse(feature: string, hint?: string): void {
    this.diagnostics.add(messages.unsupportedFeature(feature, hint));
  }

  #kindOf(population: string): Kind | undefined {
    return this.#kinds.get(this.#model.populations[population]?.type ?? '');
  }

  // --- Types ------------------------------------------------------------------------------------------------------

  #cut(name: string, type: NeuronType): void {
    const { compartments } = type;
    if (!compartments) return;
    const populations = Object.entries(this.#model.populations)
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
        this.#refuse(`${what} of a cell with compartments beside its mechanisms (${name})`);
    if (type.noise.length > 0) this.#refuse(`noise in a cell with compartments (${name})`);
    const method = this.#methodOf(name, type);
    const tree = this.#treeOf(compartments);
    if (!tree) return;
    const on = mechanismsOn(compartments);
    const events = new Map<number, Record<string, EventDefinition>>();
    const places = Object.entries(type.events).map(([event, definition]) => {
      const at = definition.section === undefined ? 0 : tree.placeOf(definition.section, definition.fraction ?? 0.5);
      events.set(at, { ...events.get(at), [event]: definition });
      if ((definition.refractory?.rate.length ?? 0) > 0)
        this.#refuse(`rates that are zero while refractory in a cell with compartments (${name}.${event})`);
      return [event, at] as const;
    });
    const home = places.find(([event]) => event === 'spike')?.[1] ?? places[0]?.[1] ?? 0;
    this.#kinds.set(name, {
      name,
      type,
      compartments,
      tree,
      instances: tree.compartments.map(({ section }) => on(section)),
      method,
      home,
      events,
      inputs: new Map(),
      conductances: new Set(),
      populations,
      watched: false,
    });
  }

  #methodOf(name: string, { method }: NeuronType): CableMethod {
    if (isCableMethod(method)) return method;
    if (method !== 'auto')
      this.#refuse(
        `the integration method ${method} of a cell with compartments (${name})`,
        'use cable, cable-then-gates or gates-then-cable',
      );
    return this.#model.timing === 'brian' ? 'gates-then-cable' : 'cable';
  }

  #treeOf(compartments: Compartments): Tree | null {
    try {
      return treeOf(compartments);
    } catch (error) {
      if (!(error instanceof BadTree)) throw error;
      this.diagnostics.add(messages.badTree(error.message));
      return null;
    }
  }

  /** Compartments with the same mechanisms, inputs and events form a class. */
  #classify(kind: Kind): void {
    const { tree, instances, type, compartments } = kind;
    const byKey = new Map<string, number[]>();
    tree.compartments.forEach((_, at) => {
      const own = kind.events.has(at) || at === kind.home;
      const key = JSON.stringify([
        sorted(instances[at] ?? []).map(({ shape }) => shape.name),
        [...(kind.inputs.get(at) ?? [])].sort(),
        kind.conductances.has(at),
        own ? at : -1,
      ]);
      const known = byKey.get(key);
      if (known) known.push(at);
      else byKey.set(key, [at]);
    });
    const made = [...byKey.values()].flatMap((places): Class[] => {
      const [first = 0] = places;
      const isHome = first === kind.home;
      const label = `${kind.name}_${tree.compartments[first]?.section ?? ''}`;
      const name = isHome ? kind.name : this.#typeNames.take(label);
      const given = [...(kind.inputs.get(first) ?? [])].sort();
      const inputs = isHome
        ? type.inputs
        : Object.fromEntries(given.map((input) => [input, type.inputs[input] as Input]));
      try {
        const own = classType({
          compartments,
          places: places.map((at) => ({
            compartment: tree.compartments[at] as Tree['compartments'][number],
            instances: sorted(instances[at] ?? []),
          })),
          inputs,
          conductance: kind.conductances.has(first),
          watched: kind.watched,
          data: this.#data.store,
          events: kind.events.get(first) ?? {},
          parameters: type.parameters,
          method: kind.method,
        });
        this.#neurons[name] = own.type;
        return [{ type: name, compartments: places, made: own }];
      } catch (error) {
        if (!(error instanceof BadMechanism)) throw error;
        this.diagnostics.within(`/neurons/${kind.name}/compartments/mechanisms/${error.mechanism}`, () =>
          this.#refuse(error.message),
        );
        return [];
      }
    });
    this.#classes.set(kind.name, made);
  }

  #cable(kind: Kind): Cable {
    const classes = this.#classes.get(kind.name) ?? [];
    return {
      name: kind.name,
      tree: kind.tree,
      method: kind.method,
      ownEquations: false,
      classes: classes.map(({ type, compartments, made }) => ({ type, compartments, names: made.names })),
      populations: kind.populations.map((name) => ({
        name,
        size: this.#model.populations[name]?.size ?? 0,
        members: classes.map((one) => this.#member(name, one)),
      })),
    };
  }

  // --- Places -----------------------------------------------------------------------------------------------------

  readonly #memberNames = new Map<string, string>();

  /** The population of a class's compartments. */
  #member(population: string, { type }: Class): string {
    const kind = this.#kindOf(population);
    if (!kind || type === kind.name) return population;
    const key = `${population} ${type}`;
    const known = this.#memberNames.get(key);
    if (known !== undefined) return known;
    const made = this.#populationNames.take(`${population}${type.slice(kind.name.length)}`);
    this.#memberNames.set(key, made);
    return made;
  }

  #classAt(kind: Kind, at: number): { readonly found: Class; readonly ordinal: number } | undefined {
    for (const found of this.#classes.get(kind.name) ?? []) {
      const ordinal = found.compartments.indexOf(at);
      if (ordinal >= 0) return { found, ordinal };
    }
    return undefined;
  }

  #compartmentAt(kind: Kind, section: string | undefined, fraction: number | undefined): number {
    return section === undefined ? kind.home : kind.tree.placeOf(section, fraction ?? 0.5);
  }

  /** The elements that a place on cells is; a selection of several populations becomes one of each. */
  #select(rule: SelectionRule, section?: string, fraction?: number): SelectionRule {
    if (rule.kind === 'assembly')
      return { ...rule, assembly: rule.assembly.map((each) => this.#select(each, section, fraction)) };
    if (rule.kind === 'synapses' || rule.kind === 'sampleOf' || rule.kind === 'sample') return rule;
    const kind = this.#kindOf(rule.population);
    if (!kind) return rule;
    const place = this.#classAt(kind, this.#compartmentAt(kind, section, fraction));
    if (!place) return rule;
    const cells = this.#model.populations[rule.population]?.size ?? 0;
    const population = this.#member(rule.population, place.found);
    const shift = place.ordinal * cells;
    switch (rule.kind) {
      case 'slice': {
        const [from, until, by] = rule.slice ?? [0, cells, 1];
        const whole = rule.slice === undefined && place.found.compartments.length === 1;
        return { kind: 'slice', population, ...(whole ? {} : { slice: [from + shift, until + shift, by] as const }) };
      }
      case 'indices':
        return { kind: 'indices', population, indices: this.#shifted(arrayOf(rule.indices, this.#data.store), shift) };
      case 'mask': {
        const mask = arrayOf(rule.mask, this.#data.store);
        const chosen = Array.from({ length: mask.length }, (_, k) => k).filter((k) => mask[k] !== 0);
        return { kind: 'indices', population, indices: this.#shifted(chosen, shift) };
      }
      default:
        return rule satisfies never;
    }
  }

  #shifted(indices: ArrayLike<number>, shift: number): ReturnType<DrawnArrays['keep']> {
    return this.#data.keep(Uint32Array.from(indices, (index) => index + shift));
  }

  // --- Populations ------------------------------------------------------------------------------------------------

  #populate(name: string, population: Population): void {
    const kind = this.#kindOf(name);
    if (!kind) {
      const { linked } = population;
      const links =
        linked &&
        mapped(linked, `populations/${name}/linked`, this.diagnostics, (link, key) =>
          this.#link(`${name}.${key}`, link, population.size),
        );
      this.#populations[name] = links ? { ...population, linked: links } : population;
      return;
    }
    if (population.linked && Object.keys(population.linked).length > 0)
      this.#refuse(`a linked parameter of cells with compartments (${name})`);
    const { size } = population;
    for (const one of this.#classes.get(kind.name) ?? []) {
      const member = this.#member(name, one);
      const count = one.compartments.length;
      const values: Record<string, Value> = {};
      for (const [variable, byPlace] of one.made.values) {
        const numbers = byPlace.map(numberOf);
        if (numbers.some((value) => value === null)) {
          this.#refuse(`an expression for ${variable} at some places of a cell and another elsewhere (${name})`);
          continue;
        }
        const all = new Float64Array(size * count);
        numbers.forEach((value, k) => all.fill(value ?? 0, k * size, (k + 1) * size));
        values[variable] = { kind: 'array', array: this.#data.keep(all) };
      }
      for (const [variable, value] of Object.entries(population.values))
        values[variable === 'v' ? one.made.names.voltage : variable] = this.#repeated(value, count);
      const { positions: _, linked: __, ...rest } = population;
      this.#populations[member] = { ...rest, type: one.type, size: size * count, values };
      const own = this.#places.get(name);
      if (own && member !== name)
        this.#places.set(member, { x: repeat(own.x, count), y: repeat(own.y, count), z: repeat(own.z, count) });
      const variables = new Map<string, string>();
      for (const map of new Set(one.made.variables)) for (const [shown, made] of map) variables.set(made, shown);
      this.#origins.set(member, { population: name, cells: size, variables });
    }
  }

  readonly #links = new Map<string, LinkedClasses>();

  /** A link to a place on cells as one to an element of a class. */
  #link(key: string, link: Link, size: number): Link {
    const kind = this.#kindOf(link.population);
    if (!kind) return link;
    const { population, variable, index, section, fraction, places } = link;
    const home = this.#classAt(kind, kind.home)?.found.made.variables[0]?.get(variable) ?? variable;
    if (section === undefined && !places && home === variable) return link;
    const cells = this.#model.populations[population]?.size ?? 0;
    if (index !== undefined && typeof index !== 'number' && index.kind !== 'array') {
      this.#refuse(
        `an expression for the cells that a parameter is linked to (${key})`,
        'give their indices as a list',
      );
      return link;
    }
    const fixed = this.#compartmentAt(kind, section, fraction);
    const at = places ? compartmentsAt(places, kind.tree, this.#data) : (): number => fixed;
    const own = typeof index === 'object' ? arrayOf(index.array, this.#data.store) : null;
    const cellOf = (k: number): number => own?.[k] ?? (typeof index === 'number' ? index : cells === 1 ? 0 : k);
    const sources = new Map<string, { readonly population: string; readonly variable: string }>();
    const which = new Uint32Array(size);
    const elements = new Uint32Array(size);
    for (let k = 0; k < size; k++) {
      const compartment = at(k);
      const place = this.#classAt(kind, compartment);
      if (!place) continue;
      const found = place.found.made.variables[place.ordinal]?.get(variable);
      const known = Object.hasOwn(kind.type.inputs, variable) || Object.hasOwn(kind.type.parameters, variable);
      if (found === undefined && !known) {
        const there = [...(place.found.made.variables[place.ordinal]?.keys() ?? [])];
        this.diagnostics.add(messages.notAtPlace(variable, kind.tree.compartments[compartment]?.section ?? '', there));
        return link;
      }
      const source = { population: this.#member(population, place.found), variable: found ?? variable };
      const name = `${source.population}.${source.variable}`;
      if (!sources.has(name)) sources.set(name, source);
      which[k] = [...sources.keys()].indexOf(name);
      elements[k] = place.ordinal * cells + cellOf(k);
    }
    const all = [...sources.values()];
    const [first] = all;
    if (!first) return link;
    if (all.length > 1) this.#links.set(key, { sources: all, which });
    return { ...first, index: { kind: 'array', array: this.#data.keep(elements) } };
  }

  #repeated(value: Value, times: number): Value {
    if (typeof value === 'number' || value.kind !== 'array' || times === 1) return value;
    return {
      kind: 'array',
      array: this.#data.keep(repeat(Float64Array.from(arrayOf(value.array, this.#data.store)), times)),
    };
  }

  // --- Projections ------------------------------------------------------------------------------------------------

  /** The compartment of an end on a cell with structure, and its kind; null for points. */
  #placeOfEnd({ of: rule, section, fraction }: End): { readonly kind: Kind; readonly at: number } | null {
    if (rule.kind !== 'slice') return null;
    const kind = this.#kindOf(rule.population);
    return kind ? { kind, at: this.#compartmentAt(kind, section, fraction) } : null;
  }

  /** All compartments of an end that has places of its own for each synapse, or the one that it is on. */
  #placesOfEnd(end: End, synapses: number): readonly { readonly kind: Kind; readonly at: number }[] {
    const place = this.#placeOfEnd(end);
    if (!place) return [];
    if (!end.places) return [place];
    return distinct(compartmentsAt(end.places, place.kind.tree, this.#data), synapses).map((at) => ({ ...place, at }));
  }

  /** Both ends of each synapse of a projection with places, and the elements of its ends; null for others. */
  #pairs({
    from,
    to,
    connect,
  }: Projection): { readonly pairs: Pairs; readonly sizes: readonly [number, number] } | null {
    if (!from.places && !to.places) return null;
    const sizeOf = (population: string): number => this.#model.populations[population]?.size ?? 0;
    const [pre, post] = [from, to].map(({ of }) => elementsOf(of, sizeOf, this.#data.store)) as [Elements, Elements];
    const sizes = [pre.indices.length, post.indices.length] as const;
    const pairs = pairsOf(connect, ...sizes, sameTargetsOf(pre, post), this.#data.store);
    return pairs && { pairs, sizes };
  }

  /** Notes what a projection adds to compartments, and where it detects events. */
  #note(projection: Projection): void {
    const type = this.#model.synapses[projection.synapse];
    if (!type) return;
    const synapses = this.#pairs(projection)?.pairs.sources.length ?? 0;
    for (const side of ['pre', 'post'] as const) {
      const end = side === 'pre' ? projection.from : projection.to;
      const { inputs, conducts } = readsEnd(type, projection.receptors, side);
      for (const place of this.#placesOfEnd(end, synapses)) {
        if (side === 'pre') this.#detect(projection, place);
        for (const input of inputs)
          if (place.kind.type.inputs[input] !== undefined) this.#reach(place.kind, place.at, input);
        if (conducts) place.kind.conductances.add(place.at);
      }
      const other = this.#kindOf(ownersOf((side === 'pre' ? projection.to : projection.from).of)[0] ?? '');
      if (other?.method === 'cable' && readsOther(type, projection.receptors, side)) other.watched = true;
    }
  }

  #reach(kind: Kind, at: number, input: string): void {
    const known = kind.inputs.get(at) ?? new Set();
    kind.inputs.set(at, known.add(input));
  }

  /** Events that a projection listens to are detected where it says. */
  #detect(projection: Projection, { kind, at }: { readonly kind: Kind; readonly at: number }): void {
    const type = this.#model.synapses[projection.synapse];
    const event = projection.from.event ?? 'spike';
    const listens = Object.values(type?.pathways ?? {}).some(({ on }) => on.end === 'pre');
    const here = projection.from.section !== undefined || projection.from.places !== undefined;
    if (!listens || !here || kind.events.get(at)?.[event]) return;
    const definition = kind.type.events[event];
    if (!definition) return;
    if (definition.do.length > 0 || definition.refractory) {
      this.#refuse(`an event with actions that is detected at several places (${kind.name}.${event})`);
      return;
    }
    kind.events.set(at, { ...kind.events.get(at), [event]: definition });
  }

  readonly #pieces = new Map<string, Pieces>();
  readonly #synapsesOf = new Map<string, SynapsesOf>();

  /** A projection, or those between classes of compartments that stand for it. */
  #projections(name: string, projection: Projection): readonly (readonly [string, Projection])[] {
    const all = this.#pairs(projection);
    if (!all) return [[name, this.#projection(name, projection)]];
    const { pairs, sizes } = all;
    const [pre, post] = [projection.from, projection.to].map((end, k) => this.#splitEnd(end, sizes[k] ?? 0)) as [
      SplitEnd,
      SplitEnd,
    ];
    const pieces = splitByPlace(projection, pairs, pre, post, this.#data);
    const known = this.drawn.parts.get(name);
    const part: Part = {
      ...(known ?? { projection: name, connectedAs: name, pre: null, post: null, sameTarget: null }),
      cells: { pre: pre.cells, post: post.cells },
      synapses: synapsesOfEach(pairs, ...sizes),
    };
    const made = pieces.map((piece): readonly [string, Projection] => {
      const { from, to } = piece.projection;
      const wanted = [name, from, to]
        .map((end) => (typeof end === 'string' ? end : (ownersOf(end.of)[0] ?? '')))
        .join('_');
      const own = pieces.length === 1 ? name : this.#populationNames.take(wanted);
      this.#parts.set(own, part);
      if (pieces.length > 1) this.#synapsesOf.set(own, { projection: name, numbers: piece.at ?? new Uint32Array() });
      const [before, after] = [
        [projection.from, piece.pre],
        [projection.to, piece.post],
      ].map(([end, population]) => this.#firstPlace(end as End, population as number)) as [PlaceOfEnd, PlaceOfEnd];
      return [own, { ...piece.projection, synapse: this.#synapseAt(name, projection, before, after) }];
    });
    if (pieces.length > 1)
      this.#pieces.set(name, {
        pieces: made.map(([own], k) => ({ name: own, at: pieces[k]?.at ?? null })),
        known: true,
      });
    return made;
  }

  #splitEnd(end: End, count: number): SplitEnd {
    const { of } = end;
    const population = ownersOf(of)[0] ?? '';
    const kind = this.#kindOf(population);
    if (!kind) return { populations: [population], cells: null, table: null, compartment: () => 0 };
    const classes = this.#classes.get(kind.name) ?? [];
    const first = of.kind === 'slice' ? (of.slice?.[0] ?? 0) : 0;
    const fixed = this.#compartmentAt(kind, end.section, end.fraction);
    return {
      populations: classes.map((one) => this.#member(population, one)),
      cells: { population, size: this.#model.populations[population]?.size ?? 0, first, count },
      table: this.#tableOf(kind),
      compartment: end.places ? compartmentsAt(end.places, kind.tree, this.#data) : () => fixed,
    };
  }

  /** Class of each compartment, and its ordinal there. */
  #tableOf(kind: Kind): NonNullable<SplitEnd['table']> {
    const known = this.#tables.get(kind.name);
    if (known) return known;
    const size = kind.tree.compartments.length;
    const made = { classes: new Uint32Array(size), ordinals: new Uint32Array(size) };
    (this.#classes.get(kind.name) ?? []).forEach(({ compartments }, k) =>
      compartments.forEach((at, ordinal) => {
        made.classes[at] = k;
        made.ordinals[at] = ordinal;
      }),
    );
    this.#tables.set(kind.name, made);
    return made;
  }
  readonly #tables = new Map<string, NonNullable<SplitEnd['table']>>();

  /** A place of a class: all have the same names for what synapses read. */
  #firstPlace(end: End, ordinal: number): PlaceOfEnd {
    const kind = this.#kindOf(ownersOf(end.of)[0] ?? '');
    const at = kind && this.#classes.get(kind.name)?.[ordinal]?.compartments[0];
    return kind && at !== undefined ? { kind, at } : null;
  }

  #projection(name: string, projection: Projection): Projection {
    const [pre, post] = [this.#placeOfEnd(projection.from), this.#placeOfEnd(projection.to)];
    if (!pre && !post) return projection;
    const end = ({ of: rule, section, fraction, ...rest }: End): End => ({
      ...rest,
      of: this.#select(rule, section, fraction),
    });
    const synapse = this.#synapseAt(name, projection, pre, post);
    const made = { ...projection, synapse, from: end(projection.from), to: end(projection.to) };
    this.#movePart(name, projection, made);
    return made;
  }

  /** The synapse type between two places. */
  #synapseAt(name: string, projection: Projection, pre: PlaceOfEnd, post: PlaceOfEnd): string {
    const type = this.#model.synapses[projection.synapse];
    if (!type) return projection.synapse;
    const placeOf = (place: PlaceOfEnd): SynapsePlaces['pre'] => {
      const found = place && this.#classAt(place.kind, place.at);
      if (!place || !found) return null;
      const variables = found.found.made.variables[found.ordinal] ?? new Map<string, string>();
      return {
        key: found.found.type,
        variables,
        voltage: found.found.made.names.voltage,
        ...(found.found.made.names.rise === undefined ? {} : { rise: found.found.made.names.rise }),
        conductance: found.found.made.conductance,
        inputs: place.kind.type.inputs,
      };
    };
    const places: SynapsePlaces = {
      pre: placeOf(pre),
      post: placeOf(post),
      receptors: projection.receptors,
      midway: [pre, post].some((place) => place?.kind.method === 'cable'),
    };
    const key = JSON.stringify([
      projection.synapse,
      places.pre?.key ?? '',
      places.post?.key ?? '',
      Object.entries(projection.receptors).sort(([a], [b]) => (a < b ? -1 : 1)),
      [...(places.pre?.variables ?? []), ...(places.post?.variables ?? [])],
    ]);
    let synapse = this.#synapseKeys.get(key);
    if (synapse === undefined) {
      synapse = this.#synapseNames.take(`${projection.synapse}_at_places`);
      this.#synapses[synapse] = atPlaces(type, places, (feature) => this.#refuse(`${feature} (${name})`));
      this.#synapseKeys.set(key, synapse);
    }
    return synapse;
  }

  /** What is known of a projection's ends goes with them. */
  #movePart(name: string, before: Projection, after: Projection): void {
    const part = this.drawn.parts.get(name);
    const [from, to] = [before.from.of, before.to.of];
    if (from.kind !== 'slice' || to.kind !== 'slice') return;
    const move = (elements: Elements | null, was: string, now: SelectionRule): Elements | null => {
      if (!elements || now.kind !== 'slice') return elements;
      const shift = now.slice?.[0] ?? 0;
      const own = elements.populations.indexOf(was);
      return {
        populations: elements.populations.map((population) => (population === was ? now.population : population)),
        ordinals: elements.ordinals,
        indices: elements.indices.map((index, k) => (elements.ordinals[k] === own ? index + shift : index)),
      };
    };
    if (part) {
      this.#parts.set(name, {
        ...part,
        pre: move(part.pre, from.population, after.from.of),
        post: move(part.post, to.population, after.to.of),
      });
      return;
    }
    if (from.population !== to.population) return;
    const size = this.#model.populations[from.population]?.size ?? 0;
    const [a, b] = [from.slice ?? [0, size, 1], to.slice ?? [0, size, 1]];
    const sameTarget = Uint32Array.from({ length: Math.max(0, a[1] - a[0]) }, (_, k) => {
      const other = k + a[0] - b[0];
      return other >= 0 && other < b[1] - b[0] ? other : none;
    });
    this.#parts.set(name, { projection: name, connectedAs: name, pre: null, post: null, sameTarget });
  }

  // --- Stimuli, recordings, phases -----------------------------------------------------------------------------------

  #noteStimulus(stimulus: Stimulus): void {
    for (const owner of ownersOf(stimulus.to)) {
      const kind = this.#kindOf(owner);
      if (!kind) continue;
      if (stimulus.kind === 'current')
        for (const at of this.#reachedBy(stimulus, kind, owner)) this.#reach(kind, at, stimulus.input);
      else if (stimulus.variable !== 'v')
        this.#refuse(`a Poisson input into another variable than v of cells with compartments (${owner})`);
    }
  }

  /** The compartments of a kind that a current flows into. */
  #reachedBy(stimulus: Extract<Stimulus, { kind: 'current' }>, kind: Kind, population: string): readonly number[] {
    const { to, section, fraction, places } = stimulus;
    if (!places) return [this.#compartmentAt(kind, section, fraction)];
    const { populations, ordinals } = this.#elementsOf(to);
    const at = compartmentsAt(places, kind.tree, this.#data);
    return [...new Set([...ordinals.keys()].filter((k) => populations[ordinals[k] ?? 0] === population).map(at))];
  }

  #elementsOf(rule: SelectionRule): Elements {
    return elementsOf(rule, (population) => this.#model.populations[population]?.size ?? 0, this.#data.store);
  }

  /** The elements that places are, one for each element of a selection. */
  #selectEach(rule: SelectionRule, places: Places): SelectionRule {
    const { populations, ordinals, indices } = this.#elementsOf(rule);
    const found = new Map<string, number[]>();
    const kinds = populations.map((population) => this.#kindOf(population));
    const at = kinds.map((kind) => kind && compartmentsAt(places, kind.tree, this.#data));
    indices.forEach((cell, k) => {
      const ordinal = ordinals[k] ?? 0;
      const [population = '', kind] = [populations[ordinal], kinds[ordinal]];
      const place = kind && this.#classAt(kind, at[ordinal]?.(k) ?? kind.home);
      const member = place ? this.#member(population, place.found) : population;
      const size = this.#model.populations[population]?.size ?? 0;
      const element = cell + (place?.ordinal ?? 0) * size;
      const known = found.get(member);
      if (known) known.push(element);
      else found.set(member, [element]);
    });
    const assembly = [...found].map(([population, elements]): SelectionRule => ({
      kind: 'indices',
      population,
      indices: this.#data.keep(Uint32Array.from(elements)),
    }));
    const [only] = assembly;
    return assembly.length === 1 && only ? only : { kind: 'assembly', assembly };
  }

  #stimulus(stimulus: Stimulus): Stimulus {
    const kinds = ownersOf(stimulus.to).flatMap((owner) => this.#kindOf(owner) ?? []);
    if (kinds.length === 0) return stimulus;
    if (stimulus.kind === 'poisson') return { ...stimulus, to: this.#select(stimulus.to) };
    const { section, fraction, places, ...rest } = stimulus;
    const midway = kinds.every(({ method }) => method === 'cable') && stimulus.every === undefined;
    return {
      ...rest,
      to: places ? this.#selectEach(stimulus.to, places) : this.#select(stimulus.to, section, fraction),
      ...(midway ? { value: midStep(stimulus.value) } : {}),
    };
  }

  #noteRecording(recording: Recording): void {
    if (recording.kind === 'rate') return;
    for (const owner of ownersOf(recording.of)) {
      const kind = this.#kindOf(owner);
      if (!kind) continue;
      const at = this.#recordedAt(kind, recording);
      for (const variable of recording.variables ?? [])
        if (Object.hasOwn(kind.type.inputs, variable)) this.#reach(kind, at, variable);
    }
  }

  /** Recordings of the pieces that stand for a projection, and the model's names of them. */
  #spread(recording: Recording): readonly Recording[] {
    const spread = spreadRecording(recording, this.#pieces, this.#data.store);
    for (const { name } of spread) if (name !== recording.name) this.#recordingNames.set(name, recording.name);
    return spread;
  }
  readonly #recordingNames = new Map<string, string>();

  /** The compartment whose variables are recorded; at events, that of the spikes. */
  #recordedAt(kind: Kind, recording: Exclude<Recording, { kind: 'rate' }>): number {
    switch (recording.kind) {
      case 'events':
        return kind.home;
      case 'variables':
        return this.#compartmentAt(kind, recording.section, recording.fraction);
      default:
        return recording satisfies never;
    }
  }

  #recording(recording: Recording): readonly Recording[] {
    const kinds = ownersOf(recording.of).map((owner) => [owner, this.#kindOf(owner)] as const);
    if (kinds.every(([, kind]) => !kind)) return [recording];
    if (recording.kind === 'rate' || recording.variables === undefined)
      return [{ ...recording, of: this.#select(recording.of) }];
    const { section, fraction, ...rest } = { section: undefined, fraction: undefined, ...recording };
    const selections = recording.of.kind === 'assembly' ? recording.of.assembly : [recording.of];
    return selections.map((of): Recording => {
      const [owner = ''] = ownersOf(of);
      const kind = this.#kindOf(owner);
      if (!kind) return { ...rest, of };
      const at = this.#recordedAt(kind, recording);
      const place = this.#classAt(kind, at);
      const known = place?.found.made.variables[place.ordinal];
      const variables = (recording.variables ?? []).flatMap((variable): readonly string[] => {
        const found = known?.get(variable);
        if (found !== undefined) return [found];
        if (Object.hasOwn(kind.type.inputs, variable) || Object.hasOwn(kind.type.parameters, variable))
          return [variable];
        const where = kind.tree.compartments[at]?.section ?? '';
        this.diagnostics.add(messages.notAtPlace(variable, where, [...(known?.keys() ?? [])]));
        return [];
      });
      return { ...rest, of: this.#select(of, section, fraction), variables };
    });
  }

  #phase(phase: Phase): Phase {
    const given =
      phase.kind === 'set' ? phase.set : phase.kind === 'initialise' ? phase.initialise : ({} as Record<string, Value>);
    const owners = (phase.kind === 'set' || phase.kind === 'initialise') && phase.of ? ownersOf(phase.of) : [];
    const concerned = [...owners, ...Object.keys(given).map((key) => key.split(/[[.]/)[0] ?? '')].filter((owner) =>
      this.#kindOf(owner),
    );
    if (concerned.length === 0 || (phase.kind !== 'set' && phase.kind !== 'initialise')) return phase;
    const values: Record<string, Value> = {};
    for (const [key, value] of Object.entries(given)) {
      const [, owner = '', variable = ''] = /^(\w+)\.(\w+)$/.exec(key) ?? [];
      const kind = this.#kindOf(owner);
      if (owners.length > 0 || !kind || (variable !== 'v' && !Object.hasOwn(kind.type.parameters, variable))) {
        if (this.#kindOf(key.split(/[[.]/)[0] ?? '') || owners.length > 0)
          this.#refuse(`setting ${key} of cells with compartments`, 'their v and their own parameters can be set');
        else values[key] = value;
        continue;
      }
      for (const one of this.#classes.get(kind.name) ?? []) {
        const name = variable === 'v' ? one.made.names.voltage : variable;
        const formula = formulaOf(value);
        values[`${this.#member(owner, one)}.${name}`] = formula
          ? value
          : this.#repeated(value, one.compartments.length);
      }
    }
    return phase.kind === 'set' ? { ...phase, set: values } : { ...phase, initialise: values };
  }
}

/** Mechanisms in an order that is the same for all compartments with the same shapes. */
const sorted = (instances: readonly Instance[]): readonly Instance[] =>
  [...instances].sort((a, b) => (a.shape.name < b.shape.name ? -1 : a.shape.name > b.shape.name ? 1 : 0));

/** The different values that a function has for the first numbers, in their order. */
function distinct(of: (at: number) => number, count: number): readonly number[] {
  const found = new Set<number>();
  for (let k = 0; k < count; k++) found.add(of(k));
  return [...found];
}

function repeat(numbers: Float64Array, times: number): Float64Array {
  const all = new Float64Array(numbers.length * times);
  for (let k = 0; k < times; k++) all.set(numbers, k * numbers.length);
  return all;
}

function mapped<T>(
  map: Readonly<Record<string, T>>,
  root: string,
  diagnostics: LoweringDiagnostics,
  change: (item: T, name: string) => T,
): Record<string, T> {
  return Object.fromEntries(
    Object.entries(map).map(([name, item]) => [name, diagnostics.within(`/${root}/${name}`, () => change(item, name))]),
  );
}
