/**
 * Pass before others: cells with structure become populations of compartments, those with the same equations of one
 * type, and what the network says about places on cells is said about elements of them.
 *
 * Elements go by compartment and then by cell, so that the cells of a population lie side by side: one place on all of
 * them is a slice. The compartment where spikes are detected has the population's own name.
 */

import type { Part } from '../../draw/drawn-model.js';
import { none, type DrawnModel, type Elements } from '../../draw/drawn-model.js';
import type { Places } from '../../draw/space/axes.js';
import { DrawnArrays } from '../../draw/arrays.js';
import { arrayOf } from '../../model/arrays.js';
import { UniqueNames } from '../../model/free-name.js';
import { ownersOf, formulaOf } from '../../model/typed.js';
import type {
  Compartments,
  End,
  EventDefinition,
  Input,
  Model,
  NeuronType,
  Phase,
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
import { isCableMethod, type Cable, type CableMethod, type Origin } from './cable.js';
import { BadMechanism, classType, type ClassType } from './class-type.js';
import { mechanismsOn, type Instance } from './mechanisms.js';
import { atPlaces, readsEnd, type SynapsePlaces } from './synapse-type.js';
import { withListsMerged } from './merge.js';
import { midStep } from './mid-step.js';
import { BadTree, treeOf, type Tree } from './tree.js';

/** A model without structured cells, and what has become of them. */
export interface Expanded {
  readonly drawn: DrawnModel;
  /** One for each neuron type with structure. */
  readonly cables: readonly Cable[];
  /** By population of compartments. */
  readonly origins: ReadonlyMap<string, Origin>;
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
  return structured ? new Expansion(drawn, diagnostics).run() : { drawn, cables: [], origins: new Map() };
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
}

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
  readonly #places: Map<string, Places>;
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
    const projections = mapped(this.#model.projections, 'projections', this.diagnostics, (projection, name) =>
      this.#projection(name, projection),
    );
    const stimuli = mapped(this.#model.stimuli, 'stimuli', this.diagnostics, (stimulus) => this.#stimulus(stimulus));
    const recordings = this.#model.recordings.flatMap((recording, k) =>
      this.diagnostics.within(`/recordings/${k}`, () => this.#recording(recording)),
    );
    for (const [name, { on }] of Object.entries(this.#model.operations))
      if (ownersOf(on).some((owner) => this.#kindOf(owner)))
        this.diagnostics.within(`/operations/${name}`, () =>
          this.diagnostics.add(messages.unsupportedFeature(`the operation ${name} on cells with compartments`)),
        );
    const protocol = this.#model.experiment.protocol.map((phase, k) =>
      this.diagnostics.within(`/experiment/protocol/${k}`, () => this.#phase(phase)),
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
      origins: this.#origins,
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
      this.#populations[name] = population;
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

  /** Notes what a projection adds to compartments, and where it detects events. */
  #note(projection: Projection): void {
    const type = this.#model.synapses[projection.synapse];
    if (!type) return;
    const [pre, post] = [this.#placeOfEnd(projection.from), this.#placeOfEnd(projection.to)];
    if (pre) this.#detect(projection, pre);
    for (const [side, place] of [
      ['pre', pre],
      ['post', post],
    ] as const) {
      if (!place) continue;
      const { inputs, conducts } = readsEnd(type, projection.receptors, side);
      for (const input of inputs)
        if (place.kind.type.inputs[input] !== undefined) this.#reach(place.kind, place.at, input);
      if (conducts) place.kind.conductances.add(place.at);
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
    const listens = Object.values(type?.pathways ?? {}).some(({ on }) => on.startsWith('pre.'));
    if (!listens || projection.from.section === undefined || kind.events.get(at)?.[event]) return;
    const definition = kind.type.events[event];
    if (!definition) return;
    if (definition.do.length > 0 || definition.refractory) {
      this.#refuse(`an event with actions that is detected at several places (${kind.name}.${event})`);
      return;
    }
    kind.events.set(at, { ...kind.events.get(at), [event]: definition });
  }

  #projection(name: string, projection: Projection): Projection {
    const type = this.#model.synapses[projection.synapse];
    const [pre, post] = [this.#placeOfEnd(projection.from), this.#placeOfEnd(projection.to)];
    if (!type || (!pre && !post)) return projection;
    const end = ({ of: rule, section, fraction, ...rest }: End): End => ({
      ...rest,
      of: this.#select(rule, section, fraction),
    });
    const placeOf = (place: typeof pre): SynapsePlaces['pre'] => {
      const found = place && this.#classAt(place.kind, place.at);
      if (!place || !found) return null;
      const variables = found.found.made.variables[found.ordinal] ?? new Map<string, string>();
      return {
        key: found.found.type,
        variables,
        voltage: found.found.made.names.voltage,
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
    const made = { ...projection, synapse, from: end(projection.from), to: end(projection.to) };
    this.#movePart(name, projection, made);
    return made;
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
        this.#reach(kind, this.#compartmentAt(kind, stimulus.section, stimulus.fraction), stimulus.input);
      else if (stimulus.variable !== 'v')
        this.#refuse(`a Poisson input into another variable than v of cells with compartments (${owner})`);
    }
  }

  #stimulus(stimulus: Stimulus): Stimulus {
    const kinds = ownersOf(stimulus.to).flatMap((owner) => this.#kindOf(owner) ?? []);
    if (kinds.length === 0) return stimulus;
    if (stimulus.kind === 'poisson') return { ...stimulus, to: this.#select(stimulus.to) };
    const { section, fraction, ...rest } = stimulus;
    const midway = kinds.every(({ method }) => method === 'cable') && stimulus.every === undefined;
    return {
      ...rest,
      to: this.#select(stimulus.to, section, fraction),
      ...(midway ? { value: midStep(stimulus.value) } : {}),
    };
  }

  #noteRecording(recording: Recording): void {
    if (recording.kind !== 'variables') return;
    for (const owner of ownersOf(recording.of)) {
      const kind = this.#kindOf(owner);
      if (!kind) continue;
      const at = this.#compartmentAt(kind, recording.section, recording.fraction);
      for (const variable of recording.variables)
        if (Object.hasOwn(kind.type.inputs, variable)) this.#reach(kind, at, variable);
    }
  }

  #recording(recording: Recording): readonly Recording[] {
    const kinds = ownersOf(recording.of).map((owner) => [owner, this.#kindOf(owner)] as const);
    if (kinds.every(([, kind]) => !kind)) return [recording];
    if (recording.kind !== 'variables') return [{ ...recording, of: this.#select(recording.of) }];
    const { section, fraction, ...rest } = recording;
    const selections = recording.of.kind === 'assembly' ? recording.of.assembly : [recording.of];
    return selections.map((of): Recording => {
      const [owner = ''] = ownersOf(of);
      const kind = this.#kindOf(owner);
      if (!kind) return { ...rest, of };
      const at = this.#compartmentAt(kind, section, fraction);
      const place = this.#classAt(kind, at);
      const known = place?.found.made.variables[place.ordinal];
      const variables = recording.variables.flatMap((variable): readonly string[] => {
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
