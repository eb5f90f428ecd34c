/**
 * A model in which everything that a standard type of PyNN says is said by that type: cells, synapses, sources, inputs
 * and connection rules. What no standard type says stays as it is, with the reason in the report.
 */

import { numbersOf } from '../../model/arrays.js';
import { parseExpression } from '../../lang/parse.js';
import { binary, name, number, quantity } from '../../lang/build.js';
import { foldConstants } from '../../lang/fold.js';
import { parseUnit } from '../../lang/units.js';
import type { Expression } from '../../lang/ast.js';
import { printExpression } from '../../lang/print.js';
import { callsIn, namesIn, substitute } from '../../lang/walk.js';
import { isRandom } from '../../lang/functions.js';
import { ConversionReport, type ConversionEntry } from '../../model/conversion-report.js';
import type {
  Model,
  NeuronType,
  Phase,
  Population,
  Projection,
  Recording,
  SelectionRule,
  Stimulus,
  SynapseType,
  ValidModel,
  Value,
} from '../../model/model.js';
import { freeName } from '../../model/free-name.js';
import { child } from '../../model/pointer.js';
import { populationsOf, selectionSize } from '../../model/selected.js';
import { areInFile, isGiven, isPhase, isRecording, isSelection } from '../../model/tagged.js';
import { normalisedCell, normalisedSynapse } from '../normalised.js';
import { standardCells, synapsesFor } from '../pynn/index.js';
import type { StandardCell, WeightKind } from '../standard-type.js';
import { recogniseCell } from './cells.js';
import { type CellUse, type RecognisedCell } from './cells/view.js';
import { namedRule, pairsOf, type Ends } from './connections.js';
import { constantOf, tidy, valueAt } from './numbers.js';
import { arrivalOf, recogniseSynapse } from './synapses.js';
import { environmentOf, scaledValue, signOf, valueOf, type Environment } from './values.js';

/** A model in standard types as far as there are any. */
interface Standardised {
  readonly valid: ValidModel;
  readonly entries: readonly ConversionEntry[];
}

/** How a standard cell represents a population. */
interface StandardPopulation {
  readonly cell: RecognisedCell;
  readonly environment: Environment;
  readonly use: CellUse;
}

const isNamed = (type: { readonly conformsTo?: { readonly type: string } } | undefined): boolean =>
  type?.conformsTo?.type.startsWith('pynn/') === true;

/**
 * The same model by standard types.
 *
 * @param stage  first part of the report's codes
 */
export function standardise(valid: ValidModel, stage: string): Standardised {
  const { model } = valid;
  const needed =
    model.timing === 'brian' ||
    Object.values(model.neurons).some((type) => !isNamed(type)) ||
    Object.values(model.synapses).some((type) => !isNamed(type));
  if (!needed) return { valid, entries: [] };
  return new Standardiser(valid, new ConversionReport(stage), stage).standardised();
}

class Standardiser {
  readonly #valid: ValidModel;
  readonly #model: Model;
  readonly #report: ConversionReport;
  readonly #stage: string;
  readonly #known = new Map<string, StandardPopulation>();
  /** What synapses of a projection are called in their standard type, with the scale of weights. */
  readonly #synapses = new Map<
    string,
    { readonly names: ReadonlyMap<string, string>; readonly factor: number; readonly environment: Environment }
  >();
  readonly #neurons: Record<string, NeuronType> = {};
  readonly #synapseTypes: Record<string, SynapseType> = {};
  readonly #populations: Record<string, Population> = {};
  readonly #projections: Record<string, Projection> = {};
  readonly #stimuli: Record<string, Stimulus> = {};
  readonly #brian: boolean;
  readonly #dt: number;

  constructor(valid: ValidModel, report: ConversionReport, stage: string) {
    this.#valid = valid;
    this.#model = valid.model;
    this.#report = report;
    this.#stage = stage;
    this.#brian = valid.model.timing === 'brian';
    this.#dt = valid.model.experiment.dt;
  }

  standardised(): Standardised {
    const { model } = this.#valid;
    const signs = this.#signs();
    for (const [name, population] of Object.entries(model.populations))
      this.#population(name, population, signs.get(name) ?? new Map<string, Set<1 | -1>>());
    for (const [name, projection] of Object.entries(model.projections)) this.#projection(name, projection);
    for (const [name, stimulus] of Object.entries(model.stimuli)) this.#stimulus(name, stimulus);
    const recordings = this.#recordings(model.recordings);
    const protocol = model.experiment.protocol.flatMap((phase, k) =>
      this.#phase(phase, child('/experiment/protocol', k)),
    );
    if (this.#brian)
      this.#report.equivalent(
        this.#code('spike-labels'),
        '/timing',
        `spike times are the ends of steps, ${tidy(this.#dt * 1e3)} ms later than under Brian`,
      );
    return {
      valid: {
        ...this.#valid,
        model: {
          ...model,
          neurons: this.#neurons,
          synapses: this.#synapseTypes,
          populations: this.#populations,
          projections: this.#projections,
          stimuli: this.#stimuli,
          recordings,
          timing: this.#brian ? 'grid' : model.timing,
          experiment: { ...model.experiment, protocol },
        },
      },
      entries: this.#report.entries,
    };
  }

  #code(name: string): string {
    return `${this.#stage}/${name}`;
  }

  // --- Populations ---------------------------------------------------------------------------------------------------

  /** Signs of what reaches each variable of each population. */
  #signs(): ReadonlyMap<string, Map<string, Set<1 | -1>>> {
    const all = new Map<string, Map<string, Set<1 | -1>>>();
    const note = (populations: readonly string[], variable: string, sign: 1 | -1 | 0): void => {
      for (const name of populations) {
        const ofPopulation = all.get(name) ?? new Map<string, Set<1 | -1>>();
        all.set(name, ofPopulation);
        const signs = ofPopulation.get(variable) ?? new Set();
        ofPopulation.set(variable, signs);
        for (const one of sign === 0 ? ([1, -1] as const) : [sign]) signs.add(one);
      }
    };
    const { data } = this.#valid;
    for (const projection of Object.values(this.#model.projections)) {
      const type = this.#model.synapses[projection.synapse];
      if (type === undefined) continue;
      const arrival = arrivalOf(type);
      if (typeof arrival === 'string') continue;
      const environment = synapseEnvironment(type, projection, this.#valid);
      const weight = valueOf(withoutDraws(arrival.amount), environment);
      const sign = signOf(weight === undefined ? weight : (this.#listed(projection, weight) ?? weight), data);
      note(populationsOf(projection.to.of), arrival.variable, sign);
    }
    for (const stimulus of Object.values(this.#model.stimuli))
      if (stimulus.kind === 'poisson')
        note(populationsOf(stimulus.to), stimulus.variable, signOf(stimulus.weight.startsWith('-') ? -1 : 1, data));
    return all;
  }

  #population(name: string, population: Population, signs: CellUse['signs']): void {
    const pointer = child('/populations', name);
    if (population.type === undefined) {
      this.#populations[name] = this.#replayed(name, population);
      return;
    }
    const type = this.#model.neurons[population.type];
    if (type === undefined || isNamed(type)) {
      this.#keep(name, population);
      return;
    }
    if (Object.keys(population.linked ?? {}).length > 0) {
      this.#report.missing(pointer, 'variables linked to another population');
      this.#keep(name, population);
      return;
    }
    const environment = environmentOf(this.#parametersOf(type, population.values), this.#valid.data);
    if (this.#poisson(name, population, type, environment)) return;
    const use: CellUse = { environment, signs, countsSpikeStep: this.#brian, dt: this.#dt };
    const cell = recogniseCell(type, use);
    if (typeof cell === 'string') {
      this.#report.missing(pointer, `no standard cell matches it: ${cell}`);
      this.#keep(name, population);
      return;
    }
    const values = this.#cellValues(cell, environment);
    const first = this.#firstValues(cell, type, population, environment);
    const odd = [values, first].find((one) => typeof one === 'string');
    if (typeof values === 'string' || typeof first === 'string') {
      this.#report.missing(pointer, `${cell.standard.name} has no parameter for its ${odd ?? 'values'}`);
      this.#keep(name, population);
      return;
    }
    this.#known.set(name, { cell, environment, use });
    this.#populations[name] = {
      ...population,
      type: this.#cellType(population.type, cell.standard),
      values: { ...values, ...first },
    };
    this.#report.exact(pointer, `${cell.standard.name}, compared at random points`, this.#code('recognised'));
    for (const { verdict, code, message } of cell.remarks)
      this.#report.add({ verdict, code: this.#code(code), pointer, message });
    this.#remarkMethod(type, cell, pointer);
    const [port] = cell.ports.values();
    if (this.#brian && port?.kind === 'voltage' && signs.size > 0)
      this.#report.approximated(
        this.#code('jumps'),
        pointer,
        'a jump of v across the threshold causes a spike in the same step; in Brian one step later, after ' +
          'the leak of that step',
      );
  }

  /** A population as it is, with its type. */
  #keep(name: string, population: Population): void {
    const type = population.type === undefined ? undefined : this.#model.neurons[population.type];
    if (population.type !== undefined && type !== undefined) this.#neurons[population.type] = type;
    this.#populations[name] = population;
  }

  #parametersOf(type: NeuronType, values: Population['values']): Record<string, Value> {
    return Object.fromEntries(
      Object.entries(type.parameters).map(([key, { value }]) => [key, values[key] ?? value] as const),
    );
  }

  #cellValues(cell: RecognisedCell, environment: Environment): Record<string, Value> | string {
    const result: Record<string, Value> = {};
    for (const [key, e] of Object.entries(cell.parameters)) {
      const value = valueOf(e, environment);
      if (value === undefined) return key;
      result[key] = value;
    }
    return result;
  }

  #firstValues(
    cell: RecognisedCell,
    type: NeuronType,
    population: Population,
    environment: Environment,
  ): Record<string, Value> | string {
    const result: Record<string, Value> = {};
    for (const [ours, { name, factor }] of cell.variables) {
      const value = scaledValue(population.values[ours] ?? type.state[ours]?.initial ?? 0, factor, environment);
      if (value === undefined) return `first values of ${ours}`;
      result[name] = value;
    }
    return result;
  }

  #cellType(wanted: string, standard: string | StandardCell): string {
    const library = typeof standard === 'string' ? standardCells.get(standard) : standard;
    const type = library && normalisedCell(library);
    if (type === undefined) return wanted;
    const same = Object.entries(this.#neurons).find(([, one]) => one === type);
    if (same !== undefined) return same[0];
    const name = freeName(
      library?.name ?? wanted,
      (one) => Object.hasOwn(this.#neurons, one) || Object.hasOwn(this.#model.neurons, one),
    );
    this.#neurons[name] = type;
    return name;
  }

  #remarkMethod(type: NeuronType, cell: RecognisedCell, pointer: string): void {
    const linear = cell.standard.neuron.method === 'exact';
    if (['auto', 'exact'].includes(type.method) || (linear && type.method === 'exponentialEuler')) return;
    if (type.method === 'adaptive' || type.method === 'rk4') return;
    this.#report.approximated(
      this.#code('method'),
      pointer,
      `it is integrated by the method ${type.method}; PyNN's simulators use more accurate ones`,
    );
  }

  /**
   * Spikes to replay. A spike of Brian acts in the step that begins at its time, one of PyNN in the step that ends
   * then.
   */
  #replayed(name: string, population: Population): Population {
    const { spikes } = population;
    if (!this.#brian || spikes === undefined || areInFile(spikes)) return population;
    if (this.#outgoingAtOnce(name)) return population;
    const { data } = this.#valid;
    const times = numbersOf(spikes.times, data).map((time) =>
      tidy((Math.floor(time / this.#dt + 1e-3) + 1) * this.#dt),
    );
    return { ...population, spikes: { ...spikes, times } };
  }

  /** Whether all that a population of given spikes sends arrives in the step of its spikes. */
  #outgoingAtOnce(name: string): boolean {
    if (this.#model.populations[name]?.type !== undefined) return false;
    const outgoing = Object.values(this.#model.projections).filter(({ from }) => populationsOf(from.of).includes(name));
    return (
      outgoing.length > 0 &&
      outgoing.every((projection) => {
        const pathways = this.#model.synapses[projection.synapse]?.pathways ?? {};
        return Object.entries(pathways).every(([key, { delay }]) => (projection.delays[key] ?? delay) === 0);
      })
    );
  }

  /** Whether a type only draws spikes with a rate: then it is PyNN's Poisson source. */
  #poisson(name: string, population: Population, type: NeuronType, environment: Environment): boolean {
    const { spike } = type.events;
    if (Object.keys(type.derivatives).length + Object.keys(type.state).length > 0 || spike === undefined) return false;
    const derived = new Map(
      Object.entries(type.derived).map(([key, { value }]) => [key, parseExpression(value)] as const),
    );
    const when = substitute(parseExpression(spike.when), derived);
    if (when.kind !== 'binary' || when.operator !== '<' || spike.do.length > 0) return false;
    const { left, right } = when;
    if (left.kind !== 'call' || left.function !== 'uniform' || left.arguments.length > 0) return false;
    if (right.kind !== 'binary' || right.operator !== '*') return false;
    const [e] = [right.left, right.right].filter((side) => !(side.kind === 'name' && side.name === 'dt'));
    const pointer = child('/populations', name);
    const rate = e && valueOf(e, environment);
    const changes = rate === undefined || (typeof rate === 'string' && namesIn(parseExpression(rate)).has('t'));
    const cell = standardCells.get('SpikeSourcePoisson');
    if (changes || cell === undefined) {
      this.#report.missing(pointer, "PyNN's Poisson sources have constant rates");
      this.#keep(name, population);
      return true;
    }
    const standard: RecognisedCell = {
      standard: cell,
      parameters: { rate: e ?? number(0) },
      variables: new Map(),
      ports: new Map(),
      remarks: [],
    };
    this.#known.set(name, {
      cell: standard,
      environment,
      use: { environment, signs: new Map(), countsSpikeStep: this.#brian, dt: this.#dt },
    });
    this.#populations[name] = {
      ...population,
      type: this.#cellType(population.type ?? name, 'SpikeSourcePoisson'),
      values: { rate },
    };
    this.#report.approximated(
      this.#code('bernoulli'),
      pointer,
      'SpikeSourcePoisson draws the number of spikes per step; here there is at most one, with probability rate*dt',
    );
    return true;
  }

  // --- Projections ---------------------------------------------------------------------------------------------------

  #projection(name: string, projection: Projection): void {
    const pointer = child('/projections', name);
    const type = this.#model.synapses[projection.synapse];
    const keep = (reason?: string): void => {
      if (reason !== undefined) this.#report.missing(pointer, reason);
      if (type !== undefined) this.#synapseTypes[projection.synapse] = type;
      this.#projections[name] = projection;
    };
    if (type === undefined || isNamed(type)) return keep();
    const arrival = arrivalOf(type);
    if (typeof arrival === 'string') return keep(arrival);
    if (projection.from.event !== undefined && projection.from.event !== 'spike')
      return keep(`PyNN's synapses react to spikes, not to ${projection.from.event}`);
    const targets = populationsOf(projection.to.of);
    const [target] = targets;
    const known = this.#known.get(target ?? '');
    // That the target is not a standard cell has been reported for the target.
    if (known === undefined) return keep();
    const port = known.cell.ports.get(arrival.variable);
    if (port === undefined)
      return keep(`it acts on ${arrival.variable}, which is not a receptor of ${known.cell.standard.name}`);
    const environment = synapseEnvironment(type, projection, this.#valid);
    const found = recogniseSynapse(type, port.kind, environment.numbers, this.#dt);
    if (typeof found === 'string') return keep(found);
    const weight = valueOf(binary('*', number(port.factor), found.weight), environment);
    if (weight === undefined) return keep('its weights cannot be expressed in PyNN');
    const values: Record<string, Value> = {};
    for (const [key, one] of Object.entries(found.parameters)) {
      const scale = found.scaled.has(key) ? port.factor : 1;
      const value = typeof one === 'number' ? tidy(one * scale) : valueOf(one, environment);
      if (value === undefined) return keep(`its ${key} cannot be expressed in PyNN`);
      values[key] = value;
    }
    if (found.name === 'TsodyksMarkramSynapse' && port.kind !== 'voltage')
      values['tau_syn'] = this.#timeConstant(known, arrival.variable);
    for (const { code, message } of found.remarks) this.#report.approximated(this.#code(code), pointer, message);
    const synapse = this.#synapseType(
      found.standard.name === 'STDPMechanism' ? 'STDP' : found.name,
      found.standard,
      port.kind,
    );
    const delays = this.#delays(projection, type, environment, pointer);
    if (delays === undefined) return keep('its delays cannot be expressed in PyNN');
    const ends = this.#endsOf(projection);
    const rules = projection.connect.map((rule) => namedRule(rule, ends));
    const common: Projection = { ...projection, synapse, connect: rules, values: { ...values, weight }, delays };
    const receptors = (sign: 1 | -1): Projection['receptors'] => ({
      port: sign === -1 ? port.negative : port.positive,
    });
    const sign = signOf(this.#listed(projection, weight) ?? weight, this.#valid.data);
    if (port.kind === 'conductance' && sign !== 1) return keep('a negative conductance, which PyNN rejects');
    this.#synapses.set(name, { names: found.variables, factor: port.factor, environment });
    if (sign === 0) {
      const parts = this.#bySign(common);
      if (parts === undefined) return keep('weights of both signs in one projection');
      for (const one of [1, -1] as const) {
        const label = one === 1 ? name : freeName(`${name}_inhibitory`, (taken) => this.#taken(taken));
        this.#projections[label] = { ...parts[one === 1 ? 0 : 1], receptors: receptors(one) };
      }
      this.#report.equivalent(
        this.#code('two-signs'),
        pointer,
        'weights of both signs become two projections, since each PyNN receptor has one sign',
      );
      return;
    }
    const whole: Projection = { ...common, receptors: receptors(sign) };
    // PyNN has one rule a projection.
    const perSynapse = Object.values(whole.values).some(isGiven);
    if (rules.length > 1 && !perSynapse)
      rules.forEach((rule, k) => {
        const label = k === 0 ? name : freeName(name, (one) => this.#taken(one));
        this.#projections[label] = { ...whole, connect: [rule] };
      });
    else this.#projections[name] = whole;
    this.#report.exact(pointer, found.name, this.#code('recognised'));
  }

  #taken(name: string): boolean {
    const { populations, projections, stimuli } = this.#model;
    return [populations, projections, stimuli, this.#populations, this.#projections].some((map) =>
      Object.hasOwn(map, name),
    );
  }

  #endsOf({ from, to }: Projection): Ends {
    return {
      from: this.#sizeOf(from.of),
      to: this.#sizeOf(to.of),
      same: JSON.stringify(from.of) === JSON.stringify(to.of),
    };
  }

  /** Numbers for each synapse of a value that reads indices; undefined where it reads none, or pairs are not known. */
  #listed({ connect, ...ends }: Projection, value: Value): { readonly array: readonly number[] } | undefined {
    if (typeof value !== 'string') return undefined;
    const e = parseExpression(value);
    const names = [...namesIn(e)];
    if (names.length === 0 || names.some((name) => name !== 'i' && name !== 'j')) return undefined;
    if (callsIn(e).some((one) => isRandom(one.function)) || connect.length !== 1) return undefined;
    const sizes = this.#endsOf({ connect, ...ends });
    const [rule] = connect.map((one) => namedRule(one, sizes));
    const pairs = rule && pairsOf(rule, sizes, (array) => numbersOf(array, this.#valid.data));
    return (
      pairs && {
        array: pairs.sources.map((i, k) => valueAt(e, (name) => (name === 'i' ? i : (pairs.targets[k] ?? 0)))),
      }
    );
  }

  /** A projection as one of its positive and one of its negative weights; undefined where its pairs are drawn. */
  #bySign(projection: Projection): readonly [Projection, Projection] | undefined {
    const { data } = this.#valid;
    const sizes = this.#endsOf(projection);
    const [rule, second] = projection.connect;
    const pairs = second === undefined && rule ? pairsOf(rule, sizes, (array) => numbersOf(array, data)) : undefined;
    const { weight = 0 } = projection.values;
    const weights = this.#listed(projection, weight) ?? weight;
    if (pairs === undefined || !isGiven(weights)) return undefined;
    const numbers = numbersOf(weights.array, data);
    if (numbers.length !== pairs.sources.length) return undefined;
    const part = (keep: (weight: number) => boolean): Projection => {
      const places = numbers.flatMap((one, k) => (keep(one) ? [k] : []));
      const only = (list: readonly number[]): readonly number[] => places.map((k) => list[k] ?? 0);
      const some = (value: Value): Value =>
        isGiven(value) ? { ...value, array: only(numbersOf(value.array, data)) } : value;
      const each = (map: Readonly<Record<string, Value>>): Record<string, Value> =>
        Object.fromEntries(Object.entries(map).map(([key, value]) => [key, some(value)]));
      return {
        ...projection,
        connect: [{ rule: 'list', sources: only(pairs.sources), targets: only(pairs.targets) }],
        values: { ...each(projection.values), weight: { array: only(numbers) } },
        delays: each(projection.delays),
      };
    };
    return [part((one) => one >= 0), part((one) => one < 0)];
  }

  #timeConstant({ cell, environment }: StandardPopulation, variable: string): Value {
    const port = cell.ports.get(variable);
    const e = cell.parameters[port?.positive.includes('inh') === true ? 'tau_syn_I' : 'tau_syn_E'];
    return (e && valueOf(e, environment)) ?? 0.005;
  }

  #synapseType(wanted: string, standard: Parameters<typeof normalisedSynapse>[0], kind: WeightKind): string {
    const type = normalisedSynapse(standard, kind);
    if (type === undefined) return wanted;
    const same = Object.entries(this.#synapseTypes).find(([, one]) => JSON.stringify(one) === JSON.stringify(type));
    if (same !== undefined) return same[0];
    const name = freeName(
      wanted,
      (one) => Object.hasOwn(this.#synapseTypes, one) || Object.hasOwn(this.#model.synapses, one),
    );
    this.#synapseTypes[name] = type;
    return name;
  }

  /** Delays of the ways to and from the synapse. PyNN has none below a step. */
  #delays(
    projection: Projection,
    type: SynapseType,
    environment: Environment,
    pointer: string,
  ): Record<string, Value> | undefined {
    const result: Record<string, Value> = {};
    for (const [key, { on, delay }] of Object.entries(type.pathways)) {
      const side = on === 'pre.spike' ? 'pre' : 'post';
      const given = projection.delays[key] ?? delay;
      const value = typeof given === 'string' ? valueOf(parseExpression(given), environment) : given;
      if (value === undefined) return undefined;
      if (side === 'post') {
        result[side] = value;
        continue;
      }
      const steps = (one: number): number => Math.max(1, Math.floor(one / this.#dt + 0.5));
      if (typeof value === 'number') {
        result[side] = tidy(steps(value) * this.#dt);
        const [from = ''] = populationsOf(projection.from.of);
        if (value < this.#dt / 2 && !this.#outgoingAtOnce(from)) this.#remarkDelay(pointer);
      } else if (isGiven(value) && value.gaps === undefined) {
        const numbers = numbersOf(value.array, this.#valid.data);
        result[side] = { ...value, array: numbers.map((one) => tidy(steps(one) * this.#dt)) };
        if (numbers.some((one) => one < this.#dt / 2)) this.#remarkDelay(pointer);
      } else result[side] = value;
    }
    return result;
  }

  #remarkDelay(pointer: string): void {
    this.#report.approximated(
      this.#code('delay'),
      child(pointer, 'delays'),
      `spikes without delay arrive one step (${tidy(this.#dt * 1e3)} ms) later: PyNN has no shorter delays`,
    );
  }

  #sizeOf(rule: SelectionRule): number {
    return selectionSize(rule, this.#model.populations, this.#valid.data);
  }

  // --- Stimuli -------------------------------------------------------------------------------------------------------

  /** Many independent Poisson inputs of one weight are one source with the sum of their rates for each cell. */
  #stimulus(name: string, stimulus: Stimulus): void {
    const pointer = child('/stimuli', name);
    const keep = (reason?: string): void => {
      if (reason !== undefined) this.#report.missing(pointer, reason);
      this.#stimuli[name] = stimulus;
    };
    const [target = ''] = populationsOf(stimulus.to);
    const known = this.#known.get(target);
    if (stimulus.kind === 'current') {
      const scale = known?.cell.currents?.get(stimulus.input);
      const input = known?.cell.standard.injectable;
      if (known === undefined || input === undefined) return keep();
      if (scale === undefined)
        return keep(`it acts on ${stimulus.input}, which is not a current of ${known.cell.standard.name}`);
      const tree = this.#withParameters(stimulus.value, target, known.environment);
      if (tree === undefined) return keep('its current reads what differs between cells, or changes');
      const value =
        scale === 1 && typeof tree === 'string'
          ? tree
          : printExpression(scaledCurrent(asTree(tree), scale, this.#declares(target, 'A') ? 'amp' : 'A'));
      this.#stimuli[name] = { ...stimulus, input, value };
      return;
    }
    const port = known?.cell.ports.get(stimulus.variable);
    if (known === undefined) return keep();
    if (port === undefined)
      return keep(`it acts on ${stimulus.variable}, which is not a receptor of ${known.cell.standard.name}`);
    const weight = valueOf(binary('*', number(port.factor), parseExpression(stimulus.weight)), known.environment);
    if (typeof weight !== 'number') return keep('a weight that differs between cells');
    if (port.kind === 'conductance' && weight < 0) return keep('a negative conductance, which PyNN rejects');
    const source = freeName(name, (one) => Object.hasOwn(this.#populations, one));
    const label = freeName(`${name}_synapses`, (one) => this.#taken(one));
    const standard = synapsesFor(port.kind)['StaticSynapse'];
    if (standard === undefined) return keep();
    this.#populations[source] = {
      type: this.#cellType(source, 'SpikeSourcePoisson'),
      size: this.#sizeOf(stimulus.to),
      values: { rate: tidy(stimulus.n * stimulus.rate) },
      order: 0,
    };
    this.#projections[label] = {
      from: { of: { population: source } },
      to: { of: stimulus.to },
      synapse: this.#synapseType('StaticSynapse', standard, port.kind),
      connect: [{ rule: 'oneToOne' }],
      receptors: { port: weight < 0 ? port.negative : port.positive },
      values: { weight },
      delays: { pre: this.#dt },
      order: stimulus.order,
    };
    const p = tidy(stimulus.rate * this.#dt);
    this.#report.approximated(
      this.#code('poisson-input'),
      pointer,
      `a SpikeSourcePoisson of ${tidy(stimulus.n * stimulus.rate)} Hz for each cell: numbers of arrivals a step ` +
        'are Poisson, ' +
        `here binomial with p = ${p}, whose variance is ${tidy(Number((p * 100).toPrecision(3)))} % less`,
    );
  }

  /** Whether the type of a population, as it was, has a parameter or variable of a name. */
  #declares(population: string, name: string): boolean {
    const type = this.#model.neurons[this.#model.populations[population]?.type ?? ''];
    return [type?.parameters, type?.state, type?.derived].some((map) => map !== undefined && Object.hasOwn(map, name));
  }

  /** A text in which parameters of a population are numbers; the text itself where it reads none. */
  #withParameters(text: string, population: string, { numbers }: Environment): string | Expression | undefined {
    const type = this.#model.neurons[this.#model.populations[population]?.type ?? ''];
    const isOwn = (one: string): boolean => this.#declares(population, one);
    const read = [...namesIn(parseExpression(text))].filter(isOwn);
    if (read.length === 0) return text;
    if (!read.every((one) => numbers.has(one))) return undefined;
    const values = read.map((one) => {
      const { dimension } = parseUnit(type?.parameters[one]?.unit ?? '1');
      return [one, quantity(numbers.get(one) ?? 0, dimension)] as const;
    });
    return foldConstants(parseExpression(text), new Map(values), isOwn);
  }

  // --- Recordings and phases -----------------------------------------------------------------------------------------

  #recordings(recordings: readonly Recording[]): readonly Recording[] {
    const spikes = new Set(
      recordings.flatMap((one) =>
        isRecording(one, 'events') && one.events === 'spike' ? [JSON.stringify(one.of)] : [],
      ),
    );
    return recordings.flatMap((recording, k): readonly Recording[] => {
      const pointer = child('/recordings', k);
      if (isRecording(recording, 'rate')) {
        this.#report.equivalent(
          this.#code('rate-from-spikes'),
          pointer,
          'the rate of a population is computed from its spikes, which are recorded',
        );
        const key = JSON.stringify(recording.of);
        if (spikes.has(key)) return [];
        spikes.add(key);
        return [{ of: recording.of, events: 'spike', name: recording.name }];
      }
      if (isRecording(recording, 'events')) return [recording];
      const names = this.#namesOf(recording.of);
      if (names === undefined) return [recording];
      const variables = recording.variables.flatMap((variable) => names.get(variable)?.name ?? variable);
      for (const variable of recording.variables) {
        const found = names.get(variable);
        if (found !== undefined && found.factor !== 1)
          this.#report.equivalent(
            this.#code('recorded-as'),
            pointer,
            `${variable} is recorded as ${found.name}, ${found.factor} times as large in SI`,
          );
      }
      return [{ ...recording, variables: [...new Set(variables)] }];
    });
  }

  /** Names of variables in the standard type of the population of a selection. */
  #namesOf(rule: SelectionRule): ReadonlyMap<string, { readonly name: string; readonly factor: number }> | undefined {
    if (isSelection(rule, 'synapses')) {
      const found = this.#synapses.get(rule.projection);
      return found && new Map([...found.names].map(([ours, name]) => [ours, { name, factor: found.factor }]));
    }
    const [name = ''] = populationsOf(rule);
    return this.#known.get(name)?.cell.variables;
  }

  #phase(phase: Phase, pointer: string): readonly Phase[] {
    if (!isPhase(phase, 'set')) return [phase];
    const set: Record<string, Value> = {};
    if (phase.where !== undefined) {
      const parted = this.#parted(phase.set, phase.where);
      if (parted === undefined) return [phase];
      const { where: _, ...rest } = phase;
      return this.#phase({ ...rest, set: parted }, pointer);
    }
    for (const [key, value] of Object.entries(phase.set)) {
      const [, owner = '', inside, variable = ''] = /^(\w+)(\[[^\]]*\])?\.(\w+)$/.exec(key) ?? [];
      const known = this.#known.get(owner);
      const synapses = this.#synapses.get(owner);
      if (synapses !== undefined) {
        const name = synapses.names.get(variable);
        const scaled = name === undefined ? undefined : scaledValue(value, synapses.factor, synapses.environment);
        if (name === undefined || scaled === undefined)
          this.#report.missing(pointer, `a change of ${key} cannot be expressed in PyNN`);
        else set[`${owner}${inside ?? ''}.${name}`] = scaled;
        continue;
      }
      if (known === undefined) {
        set[key] = value;
        continue;
      }
      const { cell, environment } = known;
      const state = cell.variables.get(variable);
      if (state !== undefined) {
        const scaled = scaledValue(value, state.factor, environment);
        if (scaled === undefined) this.#report.missing(pointer, `a change of ${key} cannot be expressed in PyNN`);
        else set[`${owner}${inside ?? ''}.${state.name}`] = scaled;
        continue;
      }
      for (const [name, one] of this.#changed(owner, variable, value, known, inside === undefined)) {
        if (one === undefined) this.#report.missing(pointer, `a change of ${key} cannot be expressed in PyNN`);
        else set[`${owner}${inside ?? ''}.${name}`] = one;
      }
    }
    return Object.keys(set).length === 0 ? [] : [{ ...phase, set }];
  }

  /** Changes where a condition of the index holds, as changes of those cells; undefined where it reads more. */
  #parted(set: Readonly<Record<string, Value>>, where: string): Readonly<Record<string, Value>> | undefined {
    const e = parseExpression(where);
    if ([...namesIn(e)].join() !== 'i' || callsIn(e).some((one) => isRandom(one.function))) return undefined;
    const parted: Record<string, Value> = {};
    for (const [key, value] of Object.entries(set)) {
      const [, owner = '', variable = ''] = /^(\w+)\.(\w+)$/.exec(key) ?? [];
      const size = this.#model.populations[owner]?.size;
      const number = typeof value === 'string' ? constantOf(parseExpression(value)) : value;
      if (size === undefined || typeof number !== 'number') return undefined;
      const cells = Array.from({ length: size }, (_, k) => k).filter((k) => valueAt(e, () => k) !== 0);
      const [first = 0] = cells;
      if (cells.length === 0) continue;
      const together = cells.every((cell, k) => cell === first + k);
      const inside = together ? `${first}:${first + cells.length}` : cells.join(', ');
      parted[`${owner}[${inside}].${variable}`] = value;
    }
    return parted;
  }

  /** Parameters of a standard cell that differ once a parameter of the type has another value. */
  #changed(
    owner: string,
    variable: string,
    value: Value,
    { cell, environment, use }: StandardPopulation,
    whole: boolean,
  ): readonly (readonly [string, Value | undefined])[] {
    const population = this.#model.populations[owner];
    const type = this.#model.neurons[population?.type ?? ''];
    if (type === undefined || population === undefined) return [[variable, undefined]];
    const kept = Object.fromEntries([...environment.numbers, ...environment.varying]);
    const next = environmentOf({ ...kept, [variable]: value }, this.#valid.data);
    const nextUse = { ...use, environment: next };
    const found = cell.standard.name === 'SpikeSourcePoisson' ? cell : recogniseCell(type, nextUse);
    if (typeof found === 'string' || found.standard !== cell.standard) return [[variable, undefined]];
    // What a part of the cells is given does not hold for the others.
    if (whole) this.#known.set(owner, { cell: found, environment: next, use: nextUse });
    return Object.entries(found.parameters).flatMap(([name, e]): readonly (readonly [string, Value | undefined])[] => {
      const before = valueOf(cell.parameters[name] ?? number(0), environment);
      const after = valueOf(e, next);
      return JSON.stringify(before) === JSON.stringify(after) && after !== undefined ? [] : [[name, after]];
    });
  }
}

const asTree = (e: string | Expression): Expression => (typeof e === 'string' ? parseExpression(e) : e);

/** A current times a number, in the form that it has. */
function scaledCurrent(e: Expression, scale: number, ampere: string): Expression {
  const of = (part: Expression): Expression => scaledCurrent(part, scale, ampere);
  const literal = constantOf(e);
  if (literal !== undefined) return binary('*', number(tidy(literal * scale)), name(ampere));
  if (e.kind === 'conditional') return { ...e, whenTrue: of(e.whenTrue), whenFalse: of(e.whenFalse) };
  if (e.kind === 'binary' && (e.operator === '+' || e.operator === '-'))
    return { ...e, left: of(e.left), right: of(e.right) };
  if (e.kind === 'binary' && e.operator === '*') return { ...e, left: of(e.left) };
  return binary('*', binary('*', number(scale), name(ampere)), e);
}

function synapseEnvironment(type: SynapseType, projection: Projection, { data }: ValidModel): Environment {
  const written = new Set(Object.keys(type.state));
  const values = Object.fromEntries([
    ...Object.entries(type.parameters).map(([key, { value }]) => [key, projection.values[key] ?? value] as const),
    ...Object.entries(type.state).map(([key, { initial }]) => [key, projection.values[key] ?? initial] as const),
  ]);
  const environment = environmentOf(values, data);
  // State changes: it is never a number that holds for good.
  const numbers = new Map([...environment.numbers].filter(([key]) => !written.has(key)));
  const states = [...environment.numbers].filter(([key]) => written.has(key));
  return { ...environment, numbers, varying: new Map([...environment.varying, ...states]) };
}

/** Draws at each spike replaced by what they are mostly: the sign of a weight does not depend on them. */
function withoutDraws(e: Expression): Expression {
  return callsIn(e).some((one) => isRandom(one.function)) ? number(constantOf(e) ?? 1) : e;
}
