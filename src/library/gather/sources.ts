/**
 * Populations that only know the time, and are generators of NeuroML: as currents, given spikes and Poisson sources.
 */

import type { Reference } from '../../lang/ast.js';
import { name as named } from '../../lang/build.js';
import { nameOf } from '../../lang/pattern.js';
import { equalExpressions } from '../../lang/walk.js';
import { numbersOf } from '../../model/arrays.js';
import { mapped, without } from '../../model/collections.js';
import { ownNames } from '../../model/declared-names.js';
import { freeName } from '../../model/free-name.js';
import {
  endsIn,
  type NeuronType,
  type Population,
  type Projection,
  type SynapseType,
  type Value,
} from '../../model/typed.js';
import { child } from '../../model/pointer.js';
import { wholePopulation } from '../../model/selected.js';
import { typedCell } from '../normalised.js';
import { standardCells } from '../pynn/index.js';
import { tidy } from '../recognise/numbers.js';
import { environmentOf } from '../recognise/values.js';
import { currentOf, type CurrentForm } from './currents.js';
import { currentsOf, trainOf, type Train } from './generators.js';
import type { Gathering, Injected } from './gathering.js';

/** Rewrites a population that only knows the time as a current or as spikes, if it is a generator of NeuroML. */
export function gatherSource(gathering: Gathering, name: string): void {
  const population = gathering.populations[name];
  const type = gathering.neurons[population?.type ?? ''];
  if (population === undefined || type === undefined || Object.keys(type.inputs).length > 0) return;
  if ([...gathering.changed].some((one) => one.startsWith(`${name}.`))) return;
  const {
    incoming,
    outgoing: outgoingNames,
    linked,
  } = gathering.references.get(name) ?? {
    incoming: [],
    outgoing: [],
    linked: [],
  };
  if (incoming.some((key) => Object.hasOwn(gathering.projections, key))) return;
  if (linked.some((key) => gathering.populations[key]?.linked !== undefined)) return;
  const outgoing = outgoingNames.flatMap((key) => {
    const projection = gathering.projections[key];
    return projection === undefined ? [] : [[key, projection] as const];
  });
  const currents = outgoing.flatMap(([key, projection]) => {
    const synapse = gathering.synapses[projection.synapse];
    const [only, second] = synapse?.contributes ?? [];
    const from = only?.value.kind === 'name' ? only.value.to : undefined;
    if (only === undefined || second !== undefined || Object.keys(synapse?.pathways ?? {}).length > 0) return [];
    return from?.kind === 'end' && from.end === 'pre'
      ? [{ key, projection, target: only.to, variable: from.variable }]
      : [];
  });
  if (currents.length > 0 && currents.length < outgoing.length) return;
  const isSource = Object.keys(type.events).some((event) => (type.events[event]?.emits ?? event) === 'spike');
  const [only, second] = currents;
  const own = ownNames(type);
  const isRead = ({ synapse, values, delays }: Projection): boolean =>
    endsIn([gathering.synapses[synapse], values, delays]).some(
      ({ end, variable }) => end === 'pre' && own.has(variable),
    );
  // A source that is listed has no variables for synapses to read.
  if (isSource && second === undefined) {
    if (only !== undefined || !outgoing.some(([, projection]) => isRead(projection)))
      asSpikes(gathering, name, population, type, only);
  } else if (only !== undefined) asCurrents(gathering, name, population, type, currents);
}

/** A projection that adds a variable of its source to its target. */
interface Current {
  readonly key: string;
  readonly projection: Projection;
  /** Target of the contribution, `post.input`. */
  readonly target: Reference;
  /** Of the source. */
  readonly variable: string;
}

/** Returns numbers of one element of a population. */
function numbersOfElement(
  { valid }: Gathering,
  { parameters }: NeuronType,
  { values }: Population,
  element: number,
): ReadonlyMap<string, number> {
  const own = mapped(parameters, ({ value }, key): Value => {
    const given = values[key] ?? value;
    return typeof given === 'object' && 'array' in given ? (numbersOf(given.array, valid.data)[element] ?? NaN) : given;
  });
  return environmentOf({ ...own, i: element }, valid.data).numbers;
}

function asCurrents(
  gathering: Gathering,
  name: string,
  population: Population,
  type: NeuronType,
  currents: readonly Current[],
): void {
  const pointer = child('/populations', name);
  interface Found {
    readonly to: string;
    readonly input: string;
    readonly form: CurrentForm;
    /** On cells with compartments. */
    readonly place: Pick<Projection['to'], 'section' | 'fraction'>;
    readonly cells: number[];
    /** The elements of the generator that drive each cell, if this is all that they emit. */
    readonly emitters: (number | undefined)[];
  }
  const found: Found[] = [];
  for (const { projection, target, variable } of currents) {
    const to = wholePopulation(projection.to.of);
    const [rule] = projection.connect;
    const { of: _, places, ...place } = projection.to;
    if (to === undefined || rule?.rule !== 'list' || places !== undefined) return;
    const targets = numbersOf(rule.targets, gathering.valid.data);
    const input = target.variable;
    const unit = gathering.neurons[gathering.populations[to]?.type ?? '']?.inputs[input]?.unit ?? 'A';
    for (const [k, element] of numbersOf(rule.sources, gathering.valid.data).entries()) {
      const numbers = numbersOfElement(gathering, type, population, element);
      const all = currentsOf(type, variable, numbers, gathering.end);
      if (all === undefined) return;
      for (const pieces of all) {
        const form = currentOf(pieces, unit, gathering, gathering.stage === 'brian');
        const cell = targets[k] ?? 0;
        // A cell with the same current twice needs two of them.
        const same = found.find(
          (one) =>
            one.to === to &&
            one.input === input &&
            equalExpressions(one.form.value, form.value) &&
            JSON.stringify(one.place) === JSON.stringify(place) &&
            !one.cells.includes(cell),
        );
        const emitter = all.length === 1 ? element : undefined;
        same?.cells.push(cell);
        same?.emitters.push(emitter);
        if (same === undefined) found.push({ to, input, form, place, cells: [cell], emitters: [emitter] });
      }
    }
  }
  for (const { key } of currents) Reflect.deleteProperty(gathering.projections, key);
  Reflect.deleteProperty(gathering.populations, name);
  const taken = (one: string): boolean =>
    [gathering.stimuli, gathering.populations, gathering.projections].some((map) => Object.hasOwn(map, one));
  const injected: Injected[] = [];
  for (const { to, input, form, place, cells, emitters } of found) {
    const all = cells.length === gathering.populations[to]?.size && cells.every((cell, k) => cell === k);
    const stimulus = freeName(name, taken);
    emitters.forEach((element, k) => {
      if (element !== undefined)
        injected.push({ element, stimulus, of: { kind: 'indices', population: to, indices: [cells[k] ?? 0] } });
    });
    gathering.stimuli[stimulus] = {
      kind: 'current',
      to: all ? { kind: 'slice', population: to } : { kind: 'indices', population: to, indices: cells },
      input,
      value: form.value,
      ...place,
      attached: true,
    };
    if (form.steps !== undefined)
      gathering.report.different(
        `${gathering.stage}/ramp`,
        pointer,
        `a ramp is ${form.steps.count} steps of ${tidy(form.steps.every * 1e3)} ms`,
      );
  }
  gathering.injected.set(name, injected);
  for (const changed of [pointer, ...currents.map(({ key }) => child('/projections', key))])
    gathering.report.exact(changed, 'a time-dependent current', `${gathering.stage}/current`);
}

/** @param current  of a source that carries its own synapse */
function asSpikes(
  gathering: Gathering,
  name: string,
  population: Population,
  type: NeuronType,
  current: Current | undefined,
): void {
  const pointer = child('/populations', name);
  const { stage, report } = gathering;
  const elements = Array.from({ length: population.size }, (_, k) => k);
  const varied = Object.values(population.values).some((value) => typeof value !== 'number');
  const first = trainOf(type, numbersOfElement(gathering, type, population, 0), gathering);
  const trains = elements.map((element) =>
    varied && element > 0 ? trainOf(type, numbersOfElement(gathering, type, population, element), gathering) : first,
  );
  const split = current && synapseWithin(type, population, current);
  if (first === undefined || (current && split === undefined)) return;
  const { type: _, values: __, linked: ___, ...rest } = population;
  if (first.kind === 'times') {
    const spikes = trains
      .flatMap((train, k) => (train?.kind === 'times' ? train.times.map((time) => [time, k] as const) : []))
      .sort(([a, i], [b, j]) => a - b || i - j);
    gathering.populations[name] = {
      ...rest,
      values: {},
      spikes: { kind: 'train', times: spikes.map(([time]) => time), indices: spikes.map(([, element]) => element) },
    };
    report.exact(pointer, 'its spikes are listed', `${stage}/spikes`);
  } else {
    const processes = trains.flatMap((train) => (train?.kind === 'poisson' ? [train] : []));
    const value = (read: (train: Extract<Train, { kind: 'poisson' }>) => number): Value => {
      const all = processes.map(read).map((one) => tidy(one));
      return all.every((one) => one === all[0]) ? (all[0] ?? 0) : { kind: 'array', array: all };
    };
    const hasPauses = first.least > 0;
    const standard = hasPauses ? 'SpikeSourcePoissonRefractory' : 'SpikeSourcePoisson';
    const library = standardCells.get(standard);
    const poisson = library && typedCell(library);
    if (poisson === undefined) return;
    const typeName =
      Object.keys(gathering.neurons).find((one) => gathering.neurons[one] === poisson) ??
      freeName(standard, (one) => Object.hasOwn(gathering.neurons, one));
    gathering.neurons[typeName] = poisson;
    gathering.populations[name] = {
      ...rest,
      type: typeName,
      values: {
        rate: value(({ rate }) => rate),
        ...(hasPauses ? { tau_refrac: value(({ least }) => least) } : {}),
        ...(processes.some(({ start }) => start > 0) ? { start: value(({ start }) => start) } : {}),
        ...(processes.some(({ end }) => Number.isFinite(end))
          ? { duration: value(({ start, end }) => end - start) }
          : {}),
      },
    };
    const most = Math.max(...processes.map(({ rate }) => rate));
    // Of spikes that fall into one step all but the first wait for the next ones in LEMS, as of PyNN's source with
    // pauses.
    if (hasPauses || most === 0)
      report.convention(`${stage}/poisson`, pointer, 'the same process, with other random numbers');
    else
      report.different(
        `${stage}/poisson`,
        pointer,
        'the same process, but spikes that follow others within a step wait in LEMS for the steps that follow',
      );
  }
  if (current !== undefined && split !== undefined) {
    const synapse = freeName(population.type ?? name, (one) => Object.hasOwn(gathering.synapses, one));
    gathering.synapses[synapse] = split;
    const values = without(population.values, { has: (key) => !split.parameters[key] && !split.state[key] });
    gathering.projections[current.key] = { ...current.projection, synapse, values };
  }
}

/**
 * Returns the synapse that a source of NeuroML carries: the part of its type with the synapse's prefix, and the
 * variables between it and the output. @source NeuroML 2.3, Inputs.xml, `iSyn` of poissonFiringSynapse and
 * timedSynapticInput
 */
function synapseWithin(
  type: NeuronType,
  { linked = {} }: Population,
  { target, variable }: Current,
): SynapseType | undefined {
  const [, prefix] = /^(\w+_)i_?$/.exec(nameOf(type.derived['iSyn']?.value)) ?? [];
  const spike = Object.values(type.events)[0];
  if (prefix === undefined || spike === undefined) return undefined;
  const isOther = { has: (key: string) => !key.startsWith(prefix) };
  const parameters = without(type.parameters, { has: (key) => isOther.has(key) && key !== 'weight' });
  return {
    parameters,
    state: without(type.state, isOther),
    derived: mapped(type.derived, (one) => {
      const end = linked[nameOf(one.value)];
      return end === undefined ? one : { ...one, value: named(`post.${end.variable}`) };
    }),
    derivatives: without(type.derivatives, isOther),
    noise: [],
    method: type.method,
    pathways: {
      pre: {
        on: { end: 'pre', event: 'spike' },
        delay: 0,
        order: 0,
        do: spike.do.filter((one) => one.kind === 'assignment' && one.target.startsWith(prefix)),
      },
    },
    contributes: [{ to: target, value: named(variable) }],
    summed: [],
    ports: {},
  };
}
