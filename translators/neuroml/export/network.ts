/** Populations, projections and inputs of a network. */

import { child } from '../../../src/model/pointer.js';
import type { EquationSet, Population, Projection, Stimulus, SynapseType, Value } from '../../../src/model/model.js';
import { cellType, type Demands } from './cell-type.js';
import { elementsOf, populationOf, type CellPlan, type ExportContext } from './context.js';
import { countedEvents, flags, usesOf } from './demands.js';
import { dimensionOfUnit, lemsDimension, quantityText } from './dimensions.js';
import { inputType } from './input-type.js';
import { connectionType, contactTypes, listTypes, mixedTypes, type OwnValue } from './network-types.js';
import { attachedPopulations, jumpsOf, pairsOf, type Pairs } from './pairs.js';
import { inUnit, receptorOf, standardCell, type StandardCell } from './standard-cell.js';
import { stimulusType } from './stimulus-type.js';
import { synapseType } from './synapse-type.js';
import { ElementValues, NoNumber, numbersOf } from './values.js';
import { element, type Element } from './xml-text.js';

/** Numbers of one name: one for all elements, or one for each. */
export type Numbers = number | readonly number[];

/** What is written of a network. */
export interface NetworkParts {
  readonly types: readonly Element[];
  readonly components: readonly Element[];
  /** Children of the network. */
  readonly populations: readonly Element[];
  readonly projections: readonly Element[];
  readonly inputs: readonly Element[];
  /** Path of an element of a population; undefined where it was not written. */
  readonly pathOf: (population: string, index: number) => string | undefined;
  readonly plans: ReadonlyMap<string, CellPlan>;
}

export class NetworkWriter {
  readonly types: Element[] = [];
  readonly components: Element[] = [];
  readonly populations: Element[] = [];
  readonly projections: Element[] = [];
  readonly inputs: Element[] = [];
  readonly plans = new Map<string, CellPlan>();
  readonly #paths = new Map<string, (index: number) => string>();
  readonly #synapses = new Map<string, (index: number, variable: string) => string | undefined>();
  readonly #values = new Map<string, ReadonlyMap<string, Numbers>>();
  readonly #attached: ReadonlyMap<string, string>;
  readonly #standards = new Map<string, StandardCell>();
  /** Type of connections that have no value but a delay. */
  #delayed: string | undefined;

  constructor(private readonly context: ExportContext) {
    this.#attached = attachedPopulations(context);
  }

  write(): void {
    const { model } = this.context;
    for (const [name, population] of Object.entries(model.populations)) this.#values.set(name, this.#valuesOf(name, population));
    for (const [id, type] of Object.entries(model.neurons)) {
      if (!this.#populationsOf(id).some(([name]) => !this.#attached.has(name))) continue;
      const standard = standardCell(id, type, this.context);
      if (standard) {
        this.#standards.set(id, standard);
        this.plans.set(id, standard.plan);
        continue;
      }
      const { plan, elements } = cellType(id, type, this.#demands(id), this.context);
      this.plans.set(id, plan);
      this.types.push(...elements);
    }
    const ordered = Object.entries(model.populations).sort(([, a], [, b]) => a.order - b.order);
    for (const [name, population] of ordered) if (!this.#attached.has(name)) this.#population(name, population);
    const projections = Object.entries(model.projections).sort(([, a], [, b]) => a.order - b.order);
    for (const [name, projection] of projections) {
      const source = populationOf(projection.from.of);
      if (source !== undefined && this.#attached.has(source)) this.#attachments(source, name, projection);
      else this.#projection(name, projection);
    }
    for (const [name, stimulus] of Object.entries(model.stimuli)) this.#stimulus(name, stimulus);
  }

  pathOf(population: string, index: number): string | undefined {
    return this.#paths.get(population)?.(index);
  }

  /** Path of a variable of a synapse of a projection; undefined where it was not written. */
  synapsePathOf(projection: string, index: number, variable: string): string | undefined {
    return this.#synapses.get(projection)?.(index, variable);
  }

  /** How many synapses of a projection were written. */
  synapseCount(projection: string): number {
    return this.#synapseCounts.get(projection) ?? 0;
  }
  readonly #synapseCounts = new Map<string, number>();

  /** Path of what a current adds to a cell. */
  stimulusPathOf(stimulus: string, population: string, index: number): string | undefined {
    const known = this.#currents.get(stimulus);
    const cell = this.pathOf(population, index);
    return known?.population === population && cell !== undefined ? `${cell}/synapses:${known.component}:0/${known.exposure}` : undefined;
  }
  readonly #currents = new Map<string, { readonly component: string; readonly population: string; readonly exposure: string }>();

  /** Notes where synapses are: what of a component is attached to a cell has a number each, in the order in which it is connected. */
  #placeSynapses(name: string, component: string, target: string, targets: readonly number[], names: ReadonlyMap<string, string>): void {
    this.#synapseCounts.set(name, targets.length);
    const counts = new Map<number, number>();
    const ordinals = targets.map((index) => {
      const ordinal = counts.get(index) ?? 0;
      counts.set(index, ordinal + 1);
      return ordinal;
    });
    this.#synapses.set(name, (index, variable) => {
      const [cell, lems] = [this.pathOf(target, targets[index] ?? 0), names.get(variable)];
      return cell === undefined || lems === undefined ? undefined : `${cell}/synapses:${component}:${ordinals[index] ?? 0}/${lems}`;
    });
  }

  #populationsOf(type: string): readonly (readonly [string, Population])[] {
    return Object.entries(this.context.model.populations).filter(([, population]) => population.type === type);
  }

  // --- Values -------------------------------------------------------------------------------------------------------

  #valuesOf(name: string, population: Population): ReadonlyMap<string, Numbers> {
    const type = this.context.model.neurons[population.type ?? ''];
    if (!type) return new Map();
    const pointer = child('/populations', name);
    const names = (inner: string, k: number): number | undefined =>
      inner === 'i' ? k : inner === 'N' ? population.size : inner === 'dt' ? this.context.dt : inner === 't' ? 0 : undefined;
    const linked = new Set(Object.keys(population.linked ?? {}));
    const found = new Map(this.#numbers(type, population.values, population.size, pointer, names, linked));
    const { places, operations } = usesOf(population.type ?? '', this.context);
    if (places.has('i')) found.set('i', population.size === 1 ? [0] : Array.from({ length: population.size }, (_, k) => k));
    if (places.has('N')) found.set('N', population.size);
    for (const [key, { on }] of operations) found.set(key, flags(on, name, population.size, this.context));
    return found;
  }

  #numbers(
    type: EquationSet,
    given: Readonly<Record<string, Value>>,
    size: number,
    pointer: string,
    names: (name: string, element: number) => number | undefined,
    left: ReadonlySet<string> = new Set(),
  ): ReadonlyMap<string, Numbers> {
    const values = new ElementValues(type, given, size, this.context.data, names);
    const found = new Map<string, Numbers>();
    for (const name of [...Object.keys(type.parameters), ...Object.keys(type.state)]) {
      if (left.has(name)) continue;
      try {
        found.set(name, values.of(name));
      } catch (error) {
        if (!(error instanceof NoNumber)) throw error;
        found.set(name, 0);
        this.context.report.missing(`${pointer}/values/${name}`, error.message);
      }
    }
    return found;
  }

  #demands(id: string): Demands {
    const { model } = this.context;
    const [jumps, sums] = [new Set<string>(), new Set<string>()];
    for (const projection of Object.values(model.projections)) {
      const to = populationOf(projection.to.of);
      const type = model.synapses[projection.synapse];
      if (to === undefined || model.populations[to]?.type !== id || !type) continue;
      for (const variable of jumpsOf(projection, type)) if (model.neurons[id]?.state[variable]) jumps.add(variable);
      for (const target of Object.keys(type.summed)) if (target.startsWith('post.')) sums.add(target.slice('post.'.length));
    }
    for (const stimulus of Object.values(model.stimuli)) {
      const to = populationOf(stimulus.to);
      if (stimulus.kind === 'poisson' && model.populations[to ?? '']?.type === id && model.neurons[id]?.state[stimulus.variable])
        jumps.add(stimulus.variable);
    }
    const [varying, started] = [new Set<string>(), new Set<string>()];
    const linked = new Map<string, string>();
    for (const [name, population] of this.#populationsOf(id)) {
      if (this.#attached.has(name)) continue;
      for (const [key, numbers] of this.#values.get(name) ?? []) {
        if (typeof numbers !== 'number') varying.add(key);
        if (Object.hasOwn(model.neurons[id]?.state ?? {}, key) && numbers !== 0) started.add(key);
      }
      if (Object.keys(population.linked ?? {}).length > 0)
        this.context.report.missing(child(child('/populations', name), 'linked'), 'parameters that are variables of another population');
    }
    const { places, operations, written } = usesOf(id, this.context);
    if (places.has('i')) varying.add('i');
    for (const name of [...written, ...operations.keys()]) {
      const differs = this.#populationsOf(id).some(([population]) => typeof this.#values.get(population)?.get(name) !== 'number');
      if (operations.has(name) && differs) varying.add(name);
      if (written.has(name)) started.add(name);
    }
    return { jumps, sums, varying, started, linked, places, operations, written, counted: countedEvents(id, model) };
  }

  // --- Populations --------------------------------------------------------------------------------------------------

  #population(name: string, population: Population): void {
    if (population.type === undefined) {
      this.#replay(name, population);
      return;
    }
    const plan = this.plans.get(population.type);
    const type = this.context.model.neurons[population.type];
    if (!plan || !type) return;
    const standard = this.#standards.get(population.type);
    if (standard) return this.#standardPopulation(name, population.size, standard);
    const { dimensions, ids } = this.context;
    const values = this.#values.get(name) ?? new Map<string, Numbers>();
    const component = ids.claim(`${name}_cells`);
    const attributes: Record<string, string> = {};
    const dimensionOf = (key: string) => lemsDimension(type.parameters[key]?.unit ?? type.state[key]?.unit ?? '1');
    const more = [...values.keys()].filter((key) => !Object.hasOwn(type.parameters, key) && !Object.hasOwn(type.state, key));
    const keys = [...new Set([...Object.keys(type.parameters), ...plan.starts.keys(), ...more])];
    for (const key of keys) {
      const target = plan.starts.get(key) ?? plan.visible.get(key)?.name;
      if (target === undefined || plan.varying.has(key)) continue;
      attributes[target] = quantityText(firstOf(values.get(key) ?? 0), dimensionOf(key), dimensions);
    }
    this.components.push(element(plan.componentType, { id: component, ...attributes }));
    const own = keys.filter((key) => plan.varying.has(key));
    if (own.length === 0) {
      this.populations.push(element('population', { id: name, component, size: String(population.size) }));
      this.#paths.set(name, (index) => `${name}[${index}]`);
      return;
    }
    const { type: id } = population;
    const ownValues = own.map(
      (key) => [plan.starts.get(key) ?? plan.visible.get(key)?.name ?? key, dimensions.nameOf(dimensionOf(key))] as const,
    );
    const [list, item] = this.#listNames(id, `${id}_population`, `${id}_element`, (of, one) => listTypes(of, one, id, ownValues));
    const items = Array.from({ length: population.size }, (_, k) => {
      const given = own.map((key) => {
        const numbers = values.get(key) ?? 0;
        const number = typeof numbers === 'number' ? numbers : (numbers[k] ?? 0);
        return [plan.starts.get(key) ?? plan.visible.get(key)?.name ?? key, quantityText(number, dimensionOf(key), dimensions)] as const;
      });
      return element(item, { id: String(k), ...Object.fromEntries(given) });
    });
    this.populations.push(element(list, { id: name, component }, items));
    this.#paths.set(name, (index) => `${name}/${index}/${component}`);
  }

  /** Cells of a core type: one component, or one for each cell where their values differ. */
  #standardPopulation(name: string, size: number, { plan, exponents }: StandardCell): void {
    const { ids } = this.context;
    const values = this.#values.get(name) ?? new Map<string, Numbers>();
    const given = [...exponents].map(([key, exponent]) => [key === 'v' ? 'v_init' : key, values.get(key) ?? 0, exponent] as const);
    const make = (id: string, k: number): string => {
      const attributes = given.map(([key, numbers, exponent]) => [
        key,
        inUnit(typeof numbers === 'number' ? numbers : (numbers[k] ?? 0), exponent),
      ]);
      this.components.push(element(plan.componentType, { id, ...(Object.fromEntries(attributes) as Record<string, string>) }));
      return id;
    };
    if (given.every(([, numbers]) => typeof numbers === 'number')) {
      this.populations.push(element('population', { id: name, component: make(ids.claim(`${name}_cells`), 0), size: String(size) }));
      this.#paths.set(name, (index) => `${name}[${index}]`);
      return;
    }
    this.#mixed(
      name,
      Array.from({ length: size }, (_, k) => make(ids.claim(`${name}_cell_${k}`), k)),
    );
  }

  /** A population each of whose elements is a component of its own. */
  #mixed(name: string, made: readonly string[]): void {
    const [list, item] = this.#listNames('', 'mixedPopulation', 'mixedElement', mixedTypes);
    const items = made.map((cell, k) => element(item, { id: String(k), cell }));
    this.populations.push(element(list, { id: name, component: made[0] ?? '' }, items));
    this.#paths.set(name, (index) => `${name}/${index}/${made[index]}`);
  }

  readonly #lists = new Map<string, readonly [list: string, item: string]>();

  /** Names of the types of a population and of its elements, which are made once for each key. */
  #listNames(key: string, list: string, item: string, make: (list: string, item: string) => readonly Element[]): readonly [string, string] {
    const known = this.#lists.get(key);
    if (known) return known;
    const { ids } = this.context;
    const made = [ids.claim(list), ids.claim(item)] as const;
    this.#lists.set(key, made);
    this.types.push(...make(...made));
    return made;
  }

  #replay(name: string, { spikes, size }: Population): void {
    const { report, ids, data, dt, model } = this.context;
    const pointer = child(child('/populations', name), 'spikes');
    if (!spikes || 'file' in spikes) {
      report.missing(pointer, 'spikes that are kept in a file');
      return;
    }
    const [indices, times] = [numbersOf(spikes.indices, data), numbersOf(spikes.times, data)];
    const trains = Array.from({ length: size }, (): number[] => []);
    const length = model.experiment.protocol.reduce((sum, phase) => sum + ('run' in phase ? phase.run : 0), 0);
    const repeats = spikes.period === undefined ? 1 : Math.ceil(length / spikes.period);
    for (let again = 0; again < repeats; again++)
      for (let k = 0; k < times.length; k++) trains[indices[k] ?? 0]?.push((times[k] ?? 0) + again * (spikes.period ?? 0));
    const made = trains.map((train, k) => {
      const id = ids.claim(size === 1 ? `${name}_spikes` : `${name}_spikes_${k}`);
      const inner = train
        .sort((a, b) => a - b)
        .map((time, ordinal) => element('spike', { id: String(ordinal), time: `${String(replayed(time, dt, model.timing))} s` }));
      this.components.push(element('spikeArray', { id }, inner));
      return id;
    });
    if (size === 1) {
      this.populations.push(element('population', { id: name, component: made[0] ?? '', size: '1' }));
      this.#paths.set(name, (index) => `${name}[${index}]`);
      return;
    }
    this.#mixed(name, made);
  }

  // --- Projections --------------------------------------------------------------------------------------------------

  #projection(name: string, projection: Projection): void {
    const { model, report, ids, dimensions } = this.context;
    const pointer = child('/projections', name);
    const [source, target] = [populationOf(projection.from.of), populationOf(projection.to.of)];
    const type = model.synapses[projection.synapse];
    const plan = this.plans.get(model.populations[target ?? '']?.type ?? '');
    if (source === undefined || target === undefined || !type)
      return void report.missing(pointer, 'projections between several populations');
    if (!plan) return void report.missing(pointer, 'projections to a source of spikes');
    if ((projection.from.event ?? 'spike') !== 'spike')
      return void report.missing(`${pointer}/from`, `the event ${String(projection.from.event)}`);
    if (projection.from.section ?? projection.to.section) report.missing(pointer, 'places on cells with structure');
    const pairs = pairsOf(name, projection, this.context);
    if (!pairs) return;
    const count = pairs.sources.length;
    const values = this.#numbers(type, projection.values, count, pointer, (inner, k) =>
      inner === 'i' ? pairs.sources[k] : inner === 'j' ? pairs.targets[k] : inner === 'dt' ? this.context.dt : undefined,
    );
    const standard = this.#standards.get(plan.type);
    if (standard) return this.#standardProjection(name, projection, standard, pairs, values);
    const varying = new Set([...values].flatMap(([key, numbers]) => (typeof numbers === 'number' ? [] : [key])));
    const started = new Set([...values].flatMap(([key, numbers]) => (Object.hasOwn(type.state, key) && numbers !== 0 ? [key] : [])));
    const sourcePlan = this.plans.get(model.populations[source]?.type ?? '');
    const postDelays = this.#postDelays(name, projection, type, count);
    const built = synapseType(name, projection, type, plan, { varying, started, postDelays, source: sourcePlan }, this.context);
    this.types.push(built.element);
    const dimensionOf = (key: string) => dimensionOfUnit(type.parameters[key]?.unit ?? type.state[key]?.unit ?? '1');
    const synapse = ids.claim(`${name}_synapses`);
    this.#placeSynapses(name, synapse, target, pairs.targets, built.visible);
    const attributes = [...built.parameters].map(
      ([key, lems]) => [lems, quantityText(firstOf(values.get(key) ?? 0), dimensionOf(key), dimensions)] as const,
    );
    this.components.push(element(built.componentType, { id: synapse, ...Object.fromEntries(attributes) }));
    if (built.peer && sourcePlan) {
      this.types.push(built.peer.element);
      const other = ids.claim(`${name}_other_ends`);
      this.components.push(element(built.peer.componentType, { id: other }));
      const [list, item] = [ids.claim(`${name}_contacts`), ids.claim(`${name}_contact`)];
      this.types.push(...contactTypes(list, item, name, this.#ownNames(built.properties, dimensionOf)));
      const contacts = pairs.sources.map((i, k) =>
        element(item, {
          id: String(k),
          preCell: `../${this.pathOf(source, i) ?? ''}`,
          postCell: `../${this.pathOf(target, pairs.targets[k] ?? 0) ?? ''}`,
          preComponent: other,
          postComponent: synapse,
          ...this.#ownValues(built.properties, values, k, dimensionOf),
        }),
      );
      this.projections.push(element(list, { id: name, presynapticPopulation: source, postsynapticPopulation: target }, contacts));
      return;
    }
    const delays = this.#delays(name, projection, type, count);
    const tag = this.#connectionType(built.properties.size === 0 ? 'delayed' : name, built.properties, dimensionOf);
    const connections = pairs.sources.map((i, k) =>
      element(tag, {
        id: String(k),
        preCellId: `../${this.pathOf(source, i) ?? ''}`,
        postCellId: `../${this.pathOf(target, pairs.targets[k] ?? 0) ?? ''}`,
        destination: plan.list,
        ...this.#ownValues(built.properties, values, k, dimensionOf),
        [this.#delayName(built.properties)]: `${String(typeof delays === 'number' ? delays : (delays[k] ?? 0))} s`,
      }),
    );
    this.projections.push(
      element('projection', { id: name, presynapticPopulation: source, postsynapticPopulation: target, synapse }, connections),
    );
  }

  /** Connections by a core type of synapse. Cells with time constants of their own have synapses of their own. */
  #standardProjection(
    name: string,
    projection: Projection,
    { receptors, exponents }: StandardCell,
    pairs: Pairs,
    values: ReadonlyMap<string, Numbers>,
  ): void {
    const { model, ids } = this.context;
    const [source, target] = [populationOf(projection.from.of) ?? '', populationOf(projection.to.of) ?? ''];
    const receptor = receptorOf(projection, receptors);
    const type = model.synapses[projection.synapse];
    if (!receptor || !type) return;
    const { componentType, tau, reversal, exponent } = receptor;
    const delays = this.#delays(name, projection, type, pairs.sources.length);
    const weights = values.get('weight') ?? 0;
    const cells = this.#values.get(target) ?? new Map<string, Numbers>();
    const of = (numbers: Numbers | undefined, k: number): number => (typeof numbers === 'number' ? numbers : (numbers?.[k] ?? 0));
    const groups = new Map<string, { readonly synapse: string; readonly connections: Element[] }>();
    pairs.sources.forEach((i, k) => {
      const j = pairs.targets[k] ?? 0;
      const attributes = {
        tau_syn: inUnit(of(cells.get(tau), j), exponents.get(tau) ?? 3),
        ...(reversal === undefined ? {} : { e_rev: inUnit(of(cells.get(reversal), j), 3) }),
      };
      const key = JSON.stringify(attributes);
      let group = groups.get(key);
      if (!group) {
        const synapse = ids.claim(`${name}_synapses`);
        this.components.push(element(componentType, { id: synapse, ...attributes }));
        groups.set(key, (group = { synapse, connections: [] }));
      }
      group.connections.push(
        element('connectionWD', {
          id: String(group.connections.length),
          preCellId: `../${this.pathOf(source, i) ?? ''}`,
          postCellId: `../${this.pathOf(target, j) ?? ''}`,
          weight: inUnit(of(weights, k), exponent),
          delay: `${String(of(delays, k))} s`,
        }),
      );
    });
    let ordinal = 0;
    for (const { synapse, connections } of groups.values()) {
      const id = ordinal++ === 0 ? name : ids.claim(name);
      this.projections.push(
        element('projection', { id, presynapticPopulation: source, postsynapticPopulation: target, synapse }, connections),
      );
    }
  }

  /** Values of one connection. */
  #ownValues(
    properties: ReadonlyMap<string, string>,
    values: ReadonlyMap<string, Numbers>,
    k: number,
    dimensionOf: (key: string) => ReturnType<typeof dimensionOfUnit>,
  ): Readonly<Record<string, string>> {
    const own = [...properties].map(([key, lems]) => {
      const numbers = values.get(key) ?? 0;
      const number = typeof numbers === 'number' ? numbers : (numbers[k] ?? 0);
      return [lems, quantityText(number, dimensionOf(key), this.context.dimensions)] as const;
    });
    return Object.fromEntries(own);
  }

  /** The name of a connection's delay, beside values of its own. */
  #delayName(properties: ReadonlyMap<string, string>): string {
    const taken = new Set(properties.values());
    return taken.has('delay') ? 'delay_of_connection' : 'delay';
  }

  /** The values that connections give, with their dimensions. */
  #ownNames(
    properties: ReadonlyMap<string, string>,
    dimensionOf: (key: string) => ReturnType<typeof dimensionOfUnit>,
  ): readonly OwnValue[] {
    return [...properties].map(([key, lems]) => [lems, this.context.dimensions.nameOf(dimensionOf(key))] as const);
  }

  #connectionType(
    name: string,
    properties: ReadonlyMap<string, string>,
    dimensionOf: (key: string) => ReturnType<typeof dimensionOfUnit>,
  ): string {
    const known = properties.size === 0 ? this.#delayed : undefined;
    if (known !== undefined) return known;
    const type = this.context.ids.claim(`${name}_connection`);
    if (properties.size === 0) this.#delayed = type;
    this.types.push(connectionType(type, this.#delayName(properties), this.#ownNames(properties, dimensionOf)));
    return type;
  }

  #delays(name: string, projection: Projection, type: SynapseType, count: number, of?: string): Numbers {
    const [[pathway, definition] = []] = Object.entries(type.pathways).filter(([id, { on }]) =>
      of === undefined ? on.startsWith('pre.') : id === of,
    );
    if (pathway === undefined || !definition) return 0;
    const value = projection.delays[pathway] ?? definition.delay;
    if (typeof value === 'number') return value;
    if (typeof value === 'object' && 'array' in value) {
      const numbers = numbersOf(value.array, this.context.data);
      return Array.from({ length: count }, (_, k) => numbers[k] ?? 0);
    }
    this.context.report.missing(
      `${child('/projections', name)}/delays/${pathway}`,
      'delays that are drawn or worked out; freeze the model first',
    );
    return 0;
  }

  /** Delays of what happens at events of the target: one for all synapses of a projection. */
  #postDelays(name: string, projection: Projection, type: SynapseType, count: number): ReadonlyMap<string, number> {
    const delays = new Map<string, number>();
    for (const [pathway, { on }] of Object.entries(type.pathways)) {
      if (!on.startsWith('post.')) continue;
      const all = this.#delays(name, projection, type, count, pathway);
      if (typeof all !== 'number' && all.some((delay) => delay !== all[0]))
        this.context.report.missing(
          `${child('/projections', name)}/delays/${pathway}`,
          'delays after events of the target that differ between synapses',
        );
      delays.set(pathway, typeof all === 'number' ? all : (all[0] ?? 0));
    }
    return delays;
  }

  // --- Inputs -------------------------------------------------------------------------------------------------------

  /** A population that only drives one other becomes what is attached to the cells of that one. */
  #attachments(source: string, name: string, projection: Projection): void {
    const { model, ids, dimensions, report } = this.context;
    const target = populationOf(projection.to.of) ?? '';
    const plan = this.plans.get(model.populations[target]?.type ?? '');
    const population = model.populations[source];
    const type = model.neurons[population?.type ?? ''];
    const synapse = model.synapses[projection.synapse];
    const pairs = pairsOf(name, projection, this.context);
    if (!plan || !population || !type || !synapse || !pairs) return;
    const values = this.#values.get(source) ?? new Map<string, Numbers>();
    const started = new Set([...values].flatMap(([key, numbers]) => (Object.hasOwn(type.state, key) && numbers !== 0 ? [key] : [])));
    const linked = new Map<string, string>();
    for (const [parameter, link] of Object.entries(population.linked ?? {})) {
      if (link.population === target) linked.set(parameter, link.variable);
      else
        report.missing(
          child(child(child('/populations', source), 'linked'), parameter),
          'a variable of another population than the driven one',
        );
    }
    const built = inputType(source, type, synapse, plan, { started, linked }, this.context);
    this.types.push(built.element);
    const groups = new Map<string, { readonly id: string; readonly targets: number[] }>();
    pairs.sources.forEach((i, k) => {
      const attributes = Object.fromEntries(
        [...built.parameters].map(([key, lems]) => {
          const numbers = values.get(key) ?? 0;
          const number = typeof numbers === 'number' ? numbers : (numbers[i] ?? 0);
          return [
            lems,
            quantityText(number, dimensionOfUnit(type.parameters[key]?.unit ?? type.state[key]?.unit ?? '1'), dimensions),
          ] as const;
        }),
      );
      const key = JSON.stringify(attributes);
      let group = groups.get(key);
      if (!group) {
        group = { id: ids.claim(source), targets: [] };
        groups.set(key, group);
        this.components.push(element(built.componentType, { id: group.id, ...attributes }));
      }
      group.targets.push(pairs.targets[k] ?? 0);
    });
    for (const { id, targets } of groups.values()) this.#inputList(id, target, targets, plan);
  }

  #inputList(component: string, population: string, targets: readonly number[], plan: CellPlan): void {
    const items = targets.map((index, k) =>
      element('input', { id: String(k), target: `../${this.pathOf(population, index) ?? ''}`, destination: plan.list }),
    );
    this.inputs.push(element('inputList', { id: this.context.ids.claim(`${component}_inputs`), component, population }, items));
  }

  #stimulus(name: string, stimulus: Stimulus): void {
    const { model, report, ids } = this.context;
    const pointer = child('/stimuli', name);
    const target = populationOf(stimulus.to);
    const plan = this.plans.get(model.populations[target ?? '']?.type ?? '');
    const targets = elementsOf(stimulus.to, this.context);
    if (target === undefined || !plan || typeof targets === 'string')
      return void report.missing(pointer, typeof targets === 'string' ? targets : 'inputs of several populations');
    const made = stimulusType(name, stimulus, plan, this.context);
    if (!made) return;
    const component = ids.claim(name);
    this.types.push(made.element);
    this.components.push(element(made.componentType, { id: component }));
    this.#currents.set(name, { component, population: target, exposure: made.exposure });
    this.#inputList(component, target, targets, plan);
  }
}

const firstOf = (numbers: Numbers): number => (typeof numbers === 'number' ? numbers : (numbers[0] ?? 0));

/** When LEMS is to emit a spike: in the middle of the step before the one at whose end the cells see it. */
function replayed(time: number, dt: number, timing: string): number {
  if (timing === 'lems-euler') return time;
  const step = timing === 'brian' ? Math.trunc((time + 1e-3 * dt) / dt) : Math.max(0, Math.round(time / dt) - 1);
  return Number(((step + 0.5) * dt).toPrecision(15));
}
