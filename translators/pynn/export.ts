/**
 * From the canonical model to PyNN-style JSON, with a report of what could be said: standard types by name with the parameters that
 * differ from PyNN's defaults, connectors, generators, views, recordings, phases.
 *
 * A type is a standard one when it says so (`conformsTo`) and its equations are those of the library.
 */

import { Diagnostics } from '../../src/diagnostics/diagnostic.js';
import {
  gifCell,
  pointNeuron,
  standardCells,
  stdpSynapse,
  synapsesFor,
  timingRules,
  weightDependences,
} from '../../src/library/pynn/index.js';
import type { StandardCell, StandardSynapse, WeightKind } from '../../src/library/standard-type.js';
import type {
  ConnectionRule,
  DataStore,
  Model,
  NeuronType,
  Phase,
  Population,
  Projection,
  SelectionRule,
  Stimulus,
  SynapseType,
  ValidModel,
  Value,
} from '../../src/model/model.js';
import { normalise } from '../../src/model/normalise.js';
import { child } from '../../src/model/pointer.js';
import { defaultOf, unitOf } from './cells.js';
import { currentSource } from './export-currents.js';
import { Generators, inUnit, numbersOf, pynnValue } from './export-values.js';
import type { Cell, Connector, CurrentSource, PynnSpecification, Recording, Synapse, Value as PynnValue } from './specification.js';

/** What PyNN could say of one part of a model. */
export interface ReportEntry {
  readonly verdict: 'exact' | 'approximated' | 'notExpressible';
  readonly code: string;
  /** JSON pointer into the canonical model. */
  readonly pointer: string;
  readonly message: string;
}

export interface PynnExport {
  readonly document: PynnSpecification;
  readonly report: readonly ReportEntry[];
}

/** A model as PyNN-style JSON. */
export function exportPynn({ model, data }: ValidModel): PynnExport {
  return new Exporter(model, data).run();
}

interface Labelled<T> {
  readonly standard: T;
  readonly pointer: string;
}

class Exporter {
  readonly #model: Model;
  readonly #data: DataStore;
  readonly #report: ReportEntry[] = [];
  readonly #generators = new Generators();
  readonly #views = new Map<string, NonNullable<PynnSpecification['views']>[number]>();
  readonly #assemblies = new Map<string, NonNullable<PynnSpecification['assemblies']>[number]>();
  readonly #cells = new Map<string, StandardCell>();
  readonly #labels: Readonly<Record<string, string>>;

  constructor(model: Model, data: DataStore) {
    this.#model = model;
    this.#data = data;
    const kept = model.annotations['pynn'];
    this.#labels = typeof kept === 'object' && kept !== null && 'labels' in kept ? (kept.labels as Record<string, string>) : {};
  }

  run(): PynnExport {
    const model = this.#model;
    for (const [name, type] of Object.entries(model.neurons)) this.#declareType(name, type);
    const populations = Object.entries(model.populations).flatMap(([name, population]) => this.#population(name, population) ?? []);
    const projections = Object.entries(model.projections).flatMap(([name, projection]) => this.#projection(name, projection) ?? []);
    const recordings = model.recordings.flatMap((recording, k) => this.#recording(recording, child('/recordings', k)));
    const phases = model.experiment.protocol.flatMap((phase, k) => this.#phase(phase, child('/experiment/protocol', k)));
    const sources = Object.entries(model.stimuli).flatMap(([name, stimulus]) => this.#source(name, stimulus) ?? []);
    for (const name of Object.keys(model.operations)) this.#missing(child('/operations', name), 'PyNN runs no code during a simulation');
    if (model.timing !== 'grid')
      this.#add(
        'approximated',
        'pynn/timing',
        '/timing',
        `the model has the timing ${model.timing}; PyNN's simulators work on a grid, and spikes may shift by a step`,
      );
    const { extra } = (model.annotations['pynn'] ?? {}) as { readonly extra?: Readonly<Record<string, unknown>> };
    const { pynn: _, source, ...annotations } = model.annotations;
    const rngs = this.#generators.rngs;
    const document: PynnSpecification = {
      format: 'interneuron/pynn',
      version: 1,
      pynn: '0.13',
      name: model.name === '' ? 'unnamed' : model.name,
      ...model.metadata,
      ...(typeof source === 'string' ? { source } : {}),
      ...(model.experiment.seed === '0' ? {} : { seed: model.experiment.seed }),
      setup: { timestep: inUnit(model.experiment.dt, 'ms'), ...(extra === undefined ? {} : { extra }) },
      ...(Object.keys(rngs).length === 0 ? {} : { rngs }),
      populations,
      ...(this.#views.size === 0 ? {} : { views: [...this.#views.values()] }),
      ...(this.#assemblies.size === 0 ? {} : { assemblies: [...this.#assemblies.values()] }),
      ...(projections.length === 0 ? {} : { projections }),
      ...(sources.length === 0 ? {} : { current_sources: sources }),
      ...(recordings.length === 0 ? {} : { recordings }),
      phases,
      ...(Object.keys(annotations).length === 0 ? {} : { annotations }),
    };
    return { document, report: this.#report };
  }

  #add(verdict: ReportEntry['verdict'], code: string, pointer: string, message: string): void {
    this.#report.push({ verdict, code, pointer, message });
  }

  #missing(pointer: string, message: string): undefined {
    this.#add('notExpressible', 'pynn/not-expressible', pointer, message);
    return undefined;
  }

  readonly #label = (name: string): string => this.#labels[name] ?? name;

  // --- Cells ------------------------------------------------------------------------------------------------------

  #declareType(name: string, type: NeuronType): void {
    const pointer = child('/neurons', name);
    const claimed = type.conformsTo?.type.replace(/^pynn\//, '') ?? '';
    const count = Object.keys(type.parameters).filter((key) => key.startsWith('tau_eta_')).length;
    const standard =
      claimed === 'GIF_cond_exp' ? gifCell(count) : claimed === 'PointNeuron' ? composedCell(type) : standardCells.get(claimed);
    if (standard === undefined) {
      this.#missing(pointer, claimed === '' ? `${name} is no standard type of PyNN` : `${claimed} is not written by name yet`);
      return;
    }
    if (!sameNeuron(type, standard)) {
      this.#missing(pointer, `${name} says that it is ${claimed}, but its equations or names are not those of PyNN's type`);
      return;
    }
    this.#cells.set(name, standard);
    this.#add('exact', 'pynn/exact', pointer, `${claimed} by name`);
  }

  #population(name: string, population: Population): NonNullable<PynnSpecification['populations']>[number] | undefined {
    const pointer = child('/populations', name);
    const label = this.#label(name);
    if (population.positions !== undefined) this.#add('approximated', 'pynn/positions', pointer, 'positions are left out');
    if (population.type === undefined) {
      const times = this.#spikeTimes(population, pointer);
      return times === undefined
        ? undefined
        : { label, size: population.size, cell: { type: 'SpikeSourceArray', params: { spike_times: { sequences: times } } } };
    }
    const standard = this.#cells.get(population.type);
    const type = this.#model.neurons[population.type];
    if (standard === undefined || type === undefined) return this.#missing(pointer, `its type ${population.type} has no name in PyNN`);
    const params: Record<string, PynnValue> = {};
    const initial: Record<string, PynnValue> = {};
    for (const key of Object.keys(standard.neuron.parameters ?? {})) {
      const value = population.values[key] ?? type.parameters[key]?.value ?? 0;
      this.#give(params, key, value, { standard, pointer: child(child(pointer, 'values'), key) });
    }
    for (const [theirs, ours] of Object.entries(standard.initial)) {
      const value = population.values[ours] ?? type.state[ours]?.initial;
      if (value !== undefined) this.#give(initial, theirs, value, { standard, pointer: child(child(pointer, 'values'), ours) }, ours);
    }
    const cell =
      standard.name === 'PointNeuron'
        ? pointNeuronCell(type, params)
        : { type: standard.name, ...given('params', withLists(params, standard)) };
    return { label, size: population.size, cell, ...given('initial_values', initial) };
  }

  /** Puts in a value, unless it is PyNN's default. */
  #give(into: Record<string, PynnValue>, key: string, value: Value, { standard, pointer }: Labelled<StandardCell>, variable = key): void {
    const translated = pynnValue(value, unitOf(standard, variable), this.#data, this.#generators);
    if (typeof translated === 'object' && translated !== null && 'missing' in translated) this.#missing(pointer, translated.missing);
    else if (translated !== defaultOf(standard, variable)) into[key] = translated;
  }

  #spikeTimes(population: Population, pointer: string): number[][] | undefined {
    const { spikes } = population;
    if (spikes === undefined || 'file' in spikes) return this.#missing(pointer, 'spikes that are kept in a file');
    if (spikes.period !== undefined) return this.#missing(pointer, 'spikes that repeat with a period');
    const trains = Array.from({ length: population.size }, (): number[] => []);
    const times = numbersOf(spikes.times, this.#data);
    numbersOf(spikes.indices, this.#data).forEach((cell, k) => trains[cell]?.push(inUnit(times[k] ?? 0, 'ms')));
    return trains;
  }

  // --- Selections -------------------------------------------------------------------------------------------------

  /** Label of a selection; views and assemblies are made for it where needed. */
  #target(rule: SelectionRule, pointer: string): string | undefined {
    if ('assembly' in rule) {
      const parts = rule.assembly.map((part) => this.#target(part, pointer));
      const labels = parts.filter((part) => part !== undefined);
      if (labels.length < parts.length) return undefined;
      const label = labels.join(' + ');
      this.#assemblies.set(label, { label, of: labels });
      return label;
    }
    if ('projection' in rule) return this.#label(rule.projection);
    const of = this.#label(rule.population);
    const view = (text: string, select: NonNullable<PynnSpecification['views']>[number]['select']): string => {
      const label = `${of}[${text}]`;
      this.#views.set(label, { label, of, select });
      return label;
    };
    if ('sample' in rule) {
      const rng = rule.generator === undefined ? undefined : this.#generators.numpy(rule.generator.seed, rule.generator.stream);
      return view(`${rule.sample} of ${rule.generator?.order ?? 'any'}`, { sample: rule.sample, ...(rng === undefined ? {} : { rng }) });
    }
    if ('indices' in rule) {
      const indices = numbersOf(rule.indices, this.#data);
      return view(indices.length > 8 ? `${indices.slice(0, 8).join(', ')}, … ${indices.length}` : indices.join(', '), { indices });
    }
    if ('mask' in rule) {
      const indices = numbersOf(rule.mask, this.#data).flatMap((on, k) => (on === 0 ? [] : [k]));
      return view(indices.join(', '), { indices });
    }
    return rule.slice ? view(rule.slice.slice(0, rule.slice[2] === 1 ? 2 : 3).join(':'), { slice: [...rule.slice] }) : of;
  }

  // --- Projections ------------------------------------------------------------------------------------------------

  #projection(name: string, projection: Projection): NonNullable<PynnSpecification['projections']>[number] | undefined {
    const pointer = child('/projections', name);
    const [pre, post] = [this.#target(projection.from.of, pointer), this.#target(projection.to.of, pointer)];
    const cell = this.#postCell(projection.to.of);
    const type = this.#model.synapses[projection.synapse];
    const receptors = Object.entries(cell?.receptors ?? {}).filter(([, { variable }]) => variable === projection.receptors['port']);
    // Where both receptors act on one variable, the sign of the weights tells them apart.
    const receptor = receptors[receptors.length > 1 && this.#isNegative(projection.values['weight']) ? 1 : 0];
    if (pre === undefined || post === undefined || cell === undefined || type === undefined)
      return this.#missing(pointer, 'one of its ends has no name in PyNN');
    if (receptor === undefined)
      return this.#missing(pointer, `it acts on ${projection.receptors['port'] ?? 'no variable'}, which is no receptor of ${cell.name}`);
    const parts = synapseParts(type, receptor[1].kind);
    if (parts === undefined) return this.#missing(pointer, `the synapse type ${projection.synapse} has no name in PyNN`);
    const connector = this.#connector(projection.connect, pointer);
    if (connector === undefined) return undefined;
    const values = this.#synapseValues(projection, type, parts.standard, pointer);
    const delay = this.#delay(projection, type, pointer);
    // PyNN keeps lists of values with listed connections.
    const listed = connector.type === 'FromListConnector';
    const columns = listed
      ? Object.entries({ ...values, ...(delay === undefined ? {} : { delay }) }).filter(([, value]) => Array.isArray(value))
      : [];
    const inColumns = new Set(columns.map(([key]) => key));
    const rest = Object.fromEntries(
      Object.entries({ ...values, ...(delay === undefined ? {} : { delay }) }).filter(([key]) => !inColumns.has(key)),
    );
    return {
      label: this.#label(name),
      pre,
      post,
      receptor_type: receptor[0],
      connector: columns.length === 0 ? connector : withColumns(connector, columns),
      synapse: { ...parts.make(rest) },
    };
  }

  #isNegative(weight: Value | undefined): boolean {
    if (typeof weight === 'number') return weight < 0;
    return typeof weight === 'object' && 'array' in weight && numbersOf(weight.array, this.#data).some((number) => number < 0);
  }

  #postCell(rule: SelectionRule): StandardCell | undefined {
    const [population] =
      'assembly' in rule
        ? rule.assembly.flatMap((part) => ('population' in part ? [part.population] : []))
        : 'population' in rule
          ? [rule.population]
          : [];
    return this.#cells.get(this.#model.populations[population ?? '']?.type ?? '');
  }

  #synapseValues(projection: Projection, type: SynapseType, standard: StandardSynapse, pointer: string): Record<string, PynnValue> {
    const result: Record<string, PynnValue> = {};
    const names = Object.keys({ weight: 0, ...standard.synapse.parameters }).filter((key) => key !== 'tau_syn' && key !== 'transmission');
    for (const key of names) {
      const value = projection.values[key] ?? type.parameters[key]?.value ?? type.state[key]?.initial ?? 0;
      const declared = standard.synapse.parameters?.[key] ?? standard.synapse.state?.[key];
      const unit = typeof declared === 'object' && declared.unit !== undefined ? String(declared.unit) : '1';
      const usual = typeof declared === 'object' && 'value' in declared ? declared.value : 0;
      const translated = pynnValue(value, unit, this.#data, this.#generators);
      if (typeof translated === 'object' && translated !== null && 'missing' in translated)
        this.#missing(child(child(pointer, 'values'), key), translated.missing);
      else if (translated !== usual) result[key] = translated;
    }
    return result;
  }

  /** The delay of the whole way; that of plastic synapses has parts before and after them. */
  #delay(projection: Projection, type: SynapseType, pointer: string): PynnValue | undefined {
    const value =
      type.pathways['post'] === undefined
        ? (projection.delays['pre'] ?? type.pathways['pre']?.delay)
        : (projection.values['transmission'] ?? projection.delays['pre']);
    if (value === undefined) return undefined;
    const translated = pynnValue(value, 'ms', this.#data, this.#generators);
    if (typeof translated === 'object' && translated !== null && 'missing' in translated)
      return this.#missing(child(pointer, 'delays'), translated.missing);
    return translated;
  }

  #connector(rules: readonly ConnectionRule[], pointer: string): Connector | undefined {
    const [rule] = rules;
    if (rule === undefined || rules.length > 1) return this.#missing(pointer, 'several connection rules in one projection');
    const self = 'self' in rule && !rule.self ? { allow_self_connections: false } : {};
    switch (rule.rule) {
      case 'all':
        return { type: 'AllToAllConnector', ...given('params', self) };
      case 'oneToOne':
        return { type: 'OneToOneConnector' };
      case 'list': {
        const targets = numbersOf(rule.targets, this.#data);
        return {
          type: 'FromListConnector',
          params: { conn_list: numbersOf(rule.sources, this.#data).map((source, k) => [source, targets[k] ?? 0]) },
        };
      }
      case 'pairs':
        if (rule.condition !== null || typeof rule.p !== 'number' || rule.copies !== 1)
          return this.#missing(pointer, 'a connection rule with a condition or an expression');
        return { type: 'FixedProbabilityConnector', params: { p_connect: rule.p, ...self }, rng: this.#generators.native() };
      case 'fixedInDegree':
      case 'fixedOutDegree':
        return {
          type: rule.rule === 'fixedInDegree' ? 'FixedNumberPreConnector' : 'FixedNumberPostConnector',
          params: { n: rule.n, ...(rule.replace ? { with_replacement: true } : {}), ...self },
          rng: this.#generators.native(),
        };
      case 'fixedTotal':
        return { type: 'FixedTotalNumberConnector', params: { n: rule.n }, rng: this.#generators.native() };
      case 'hostDrawn':
        return this.#hostDrawn(rule.arguments, pointer);
      default:
        return this.#missing(pointer, `the connection rule ${rule.rule}`);
    }
  }

  #hostDrawn(values: Readonly<Record<string, unknown>>, pointer: string): Connector | undefined {
    const { connector, p, n, replace, self, mutual, generator } = values as {
      connector: string;
      p?: unknown;
      n?: unknown;
      replace?: boolean;
      self?: boolean;
      mutual?: boolean;
      generator: { seed: string; stream?: string };
    };
    const types: Readonly<Record<string, string>> = {
      fixedProbability: 'FixedProbabilityConnector',
      probability: 'IndexBasedProbabilityConnector',
      fixedNumberPre: 'FixedNumberPreConnector',
      fixedNumberPost: 'FixedNumberPostConnector',
      fixedTotal: 'FixedTotalNumberConnector',
    };
    const type = types[connector];
    if (type === undefined) return this.#missing(pointer, `the connector ${connector}`);
    const usual = generator.stream?.startsWith('connector of ') ?? false;
    return {
      type,
      params: {
        ...(connector === 'probability' ? { index_expression: { expr: p, of: 'ij' } } : p === undefined ? {} : { p_connect: p }),
        ...(n === undefined ? {} : { n }),
        ...(replace === true ? { with_replacement: true } : {}),
        ...(self === false ? { allow_self_connections: false } : {}),
        ...(mutual === false ? { allow_self_connections: 'NoMutual' } : {}),
      },
      ...(usual ? {} : { rng: this.#generators.numpy(String(generator.seed), generator.stream) }),
    };
  }

  // --- What happens -----------------------------------------------------------------------------------------------

  #source(name: string, stimulus: Stimulus): CurrentSource | undefined {
    const pointer = child('/stimuli', name);
    if (stimulus.kind !== 'current' || !stimulus.attached)
      return this.#missing(pointer, 'PyNN has current sources that are injected from the start, and no other stimuli');
    const source = currentSource(stimulus.value, this.#model.experiment.dt);
    const target = this.#target(stimulus.to, pointer);
    if (source === undefined || target === undefined) return this.#missing(pointer, 'PyNN has no current source of this shape');
    return { label: name, ...source, inject_into: [target] };
  }

  #recording(recording: Model['recordings'][number], pointer: string): Recording[] {
    if ('rate' in recording) return this.#missing(pointer, 'the rate of a population; PyNN computes it from spikes') ?? [];
    const target = this.#target(recording.of, pointer);
    if (target === undefined) return [];
    if ('events' in recording)
      return recording.events === 'spike'
        ? [{ target, variables: ['spikes'] }]
        : (this.#missing(pointer, `the event ${recording.events}`) ?? []);
    const cell = this.#postCell(recording.of);
    const known = new Map(Object.entries(cell?.recordable ?? {}).map(([theirs, ours]) => [ours, theirs]));
    const variables = recording.variables.flatMap((variable) =>
      'projection' in recording.of ? [variable] : (known.get(variable) ?? this.#missing(pointer, `the variable ${variable}`) ?? []),
    );
    if (variables.length === 0) return [];
    return [{ target, variables, ...(recording.every === undefined ? {} : { sampling_interval: inUnit(recording.every, 'ms') }) }];
  }

  #phase(phase: Phase, pointer: string): NonNullable<PynnSpecification['phases']>[number][] {
    if ('run' in phase) return [{ run: inUnit(phase.run, 'ms') }];
    if ('runUntil' in phase) return [{ run_until: inUnit(phase.runUntil, 'ms') }];
    if ('reset' in phase) return [{ reset: {} }];
    if ('set' in phase && phase.where === undefined)
      return Object.entries(phase.set).flatMap(([key, value]) => this.#set('set', key, value, pointer));
    if ('initialise' in phase)
      return Object.entries(phase.initialise).flatMap(([key, value]) => this.#set('initialize', key, value, pointer));
    return this.#missing(pointer, `the phase ${Object.keys(phase)[0] ?? ''}`) ?? [];
  }

  #set(what: 'set' | 'initialize', key: string, value: Value, pointer: string): NonNullable<PynnSpecification['phases']>[number][] {
    const [, owner = '', from, to, variable = ''] = /^(\w+)(?:\[(\d+):(\d+)\])?\.(\w+)$/.exec(key) ?? [];
    const cell = this.#cells.get(this.#model.populations[owner]?.type ?? '');
    if (cell === undefined) return this.#missing(pointer, `a change of ${key}`) ?? [];
    const name = what === 'set' ? variable : Object.entries(cell.initial).find(([, ours]) => ours === variable)?.[0];
    const translated = pynnValue(value, unitOf(cell, variable), this.#data, this.#generators);
    if (name === undefined || (typeof translated === 'object' && translated !== null && 'missing' in translated))
      return this.#missing(pointer, `a change of ${key}`) ?? [];
    const target =
      this.#target({ population: owner, ...(from === undefined ? {} : { slice: [Number(from), Number(to), 1] as const }) }, pointer) ??
      owner;
    return [
      what === 'set' ? { set: { target, params: { [name]: translated } } } : { initialize: { target, values: { [name]: translated } } },
    ];
  }
}

// --- Standard types ---------------------------------------------------------------------------------------------------

const given = <K extends string>(key: K, values: Readonly<Record<string, unknown>>): Partial<Record<K, never>> =>
  (Object.keys(values).length === 0 ? {} : { [key]: values }) as Partial<Record<K, never>>;

/** Components of lists as the lists that PyNN has. */
function withLists(params: Readonly<Record<string, PynnValue>>, standard: StandardCell): Record<string, PynnValue> {
  const lists = Object.entries(standard.lists ?? {}).filter(([, components]) =>
    components.some((component) => Object.hasOwn(params, component)),
  );
  const inLists = new Set(lists.flatMap(([, components]) => components));
  return {
    ...Object.fromEntries(Object.entries(params).filter(([name]) => !inLists.has(name))),
    ...Object.fromEntries(
      lists.map(([name, components]) => [
        name,
        { sequence: components.map((component) => params[component] ?? defaultOf(standard, component)) },
      ]),
    ),
  };
}

/** Receptors of a composed cell: their names and types, by the parameters and variables that each has. */
function receptorsOf(type: NeuronType): readonly { readonly name: string; readonly type: string }[] {
  return Object.keys(type.parameters).flatMap((key) => {
    const [, name, time] = /^(\w+)_(tau_syn|tau_decay)$/.exec(key) ?? [];
    if (name === undefined) return [];
    const shape =
      time === 'tau_decay'
        ? 'BetaPSR'
        : type.parameters[`${name}_e_syn`] === undefined
          ? 'CurrExpPostSynapticResponse'
          : type.state[`${name}_gsyn_rise`] === undefined
            ? 'ExpPSR'
            : 'AlphaPSR';
    return [{ name, type: shape }];
  });
}

const membraneOf = (type: NeuronType): string => (type.state['w'] === undefined ? 'LIF' : 'AdExp');
const composedCell = (type: NeuronType): StandardCell | undefined => pointNeuron(membraneOf(type), receptorsOf(type));

/** A composed cell with its parameters where they belong. */
function pointNeuronCell(type: NeuronType, params: Readonly<Record<string, PynnValue>>): Cell {
  const receptors = receptorsOf(type);
  const ownerOf = (key: string): string | undefined =>
    receptors.find(({ name }) => key.startsWith(`${name}_`) && !['tau_m', 'tau_w'].includes(key))?.name;
  const of = (owner: string | undefined): Record<string, PynnValue> =>
    Object.fromEntries(
      Object.entries(params)
        .filter(([key]) => ownerOf(key) === owner)
        .map(([key, one]) => [owner === undefined ? key : key.slice(owner.length + 1), one]),
    );
  return {
    type: 'PointNeuron',
    neuron: { type: membraneOf(type), ...given('params', of(undefined)) },
    receptors: Object.fromEntries(receptors.map(({ name, type: receptor }) => [name, { type: receptor, ...given('params', of(name)) }])),
  };
}

const byName = ([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number => (a < b ? -1 : 1);

/** What of a type must be the same for it to be a library type; values may differ. */
function essence(type: NeuronType): string {
  const { parameters, state, derived, derivatives, inputs, events, regimes, noise } = type;
  const units = (map: Readonly<Record<string, { readonly unit: string }>>): unknown =>
    Object.fromEntries(
      Object.entries(map)
        .map(([name, { unit }]) => [name, unit] as const)
        .sort(byName),
    );
  const sorted = (map: Readonly<Record<string, unknown>>): unknown =>
    Object.fromEntries(Object.entries(map).sort(([a], [b]) => (a < b ? -1 : 1)));
  return JSON.stringify([units(parameters), units(state), sorted(derived), sorted(derivatives), inputs, sorted(events), regimes, noise]);
}

const libraryTypes = new Map<string, NeuronType | undefined>();

/** The normalised type of a library cell. */
function normalisedCell(standard: StandardCell): NeuronType | undefined {
  const key = JSON.stringify(standard.neuron);
  if (!libraryTypes.has(key)) {
    const nowhere = { place: () => ({ document: standard.name }) };
    libraryTypes.set(
      key,
      normalise({ interneuron: 1, neurons: { cell: standard.neuron } }, nowhere, new Diagnostics())?.model.neurons['cell'],
    );
  }
  return libraryTypes.get(key);
}

function sameNeuron(type: NeuronType, standard: StandardCell): boolean {
  const library = normalisedCell(standard);
  return library !== undefined && essence(library) === essence(type);
}

/** What PyNN calls a synapse type, and how its values are written. */
function synapseParts(
  type: SynapseType,
  kind: WeightKind,
): { readonly standard: StandardSynapse; readonly make: (values: Readonly<Record<string, PynnValue>>) => Synapse } | undefined {
  const claimed = type.conformsTo?.type.replace(/^pynn\//, '') ?? '';
  const simple = synapsesFor(kind)[claimed];
  if (simple !== undefined) return { standard: simple, make: (values) => ({ type: claimed, ...given('params', values) }) };
  if (claimed !== 'STDPMechanism') return undefined;
  const sends = type.parameters['transmission'] !== undefined;
  for (const [timing, rule] of Object.entries(timingRules)) {
    for (const [dependence, weights] of Object.entries(weightDependences)) {
      const standard = stdpSynapse(kind, timing, dependence, { preAtOnce: sends, postAtOnce: true, sends });
      const same = standard !== undefined && codeOf(type) === codeOf(normalisedSynapse(standard, kind));
      if (!same) continue;
      return {
        standard,
        make: (values) => {
          const of = (names: readonly string[]): Record<string, PynnValue> =>
            Object.fromEntries(Object.entries(values).filter(([name]) => names.includes(name)));
          return {
            type: 'STDPMechanism',
            timing_dependence: { type: timing, ...given('params', of(Object.keys(rule.parameters))) },
            weight_dependence: { type: dependence, ...given('params', of(Object.keys(weights.parameters))) },
            ...(sends ? {} : { dendritic_delay_fraction: 0 }),
            ...given('params', of(['weight', 'delay'])),
          };
        },
      };
    }
  }
  return undefined;
}

/** What a synapse does at spikes, as text. */
const codeOf = (type: SynapseType | undefined): string =>
  JSON.stringify(
    Object.entries(type?.pathways ?? {})
      .map(([name, pathway]) => [name, pathway.do] as const)
      .sort(byName),
  );

/** A library type, normalised. */
function normalisedSynapse(standard: StandardSynapse, kind: WeightKind): SynapseType | undefined {
  const unit = kind === 'current' ? 'nA' : kind === 'conductance' ? 'uS' : 'mV';
  const document = {
    interneuron: 1,
    neurons: { cell: { state: { target: { unit } }, events: { spike: 't < 0*ms' } } },
    synapses: { s: standard.synapse },
    populations: { p: { type: 'cell', size: 1 } },
    projections: { x: { from: 'p', to: 'p', synapse: 's', connect: 'all', receptor: 'target' } },
  };
  return normalise(document, { place: () => ({ document: standard.name }) }, new Diagnostics())?.model.synapses['s'];
}

/** Listed connections with columns of values. */
function withColumns(connector: Connector, columns: readonly (readonly [string, PynnValue])[]): Connector {
  const list = (connector.params?.['conn_list'] ?? []) as readonly (readonly number[])[];
  const names = columns.map(([name]) => name);
  const usual = names.length === 2 && names[0] === 'weight' && names[1] === 'delay';
  return {
    ...connector,
    params: {
      conn_list: list.map((pair, k) => [...pair, ...columns.map(([, values]) => (values as readonly number[])[k] ?? 0)]),
      ...(usual ? {} : { column_names: names }),
    },
  };
}
