/** Populations that only know the time: as currents, given spikes and Poisson sources. */

import { numbersOf } from '../../model/arrays.js';
import { freeName } from '../../model/free-name.js';
import type { NeuronType, Population, Projection, Value } from '../../model/model.js';
import { child } from '../../model/pointer.js';
import { populationsOf, wholePopulation } from '../../model/selected.js';
import { normalisedCell } from '../normalised.js';
import { percentWaiting } from '../poisson-counts.js';
import { standardCells } from '../pynn/index.js';
import { tidy } from '../recognise/numbers.js';
import { currentText, type CurrentForm } from './currents.js';
import { isChanged, numbersOfElement, outputOf, projectionsFrom, type Gathering, type Injected } from './gathering.js';
import { splitSource } from './split.js';
import { drawnBy, trainOf, type Train } from './trains.js';
import { shapeOf, waveformsOf } from './waveforms.js';
import { without } from '../../model/collections.js';

/** Splits populations that hold both a source of spikes and the synapse that it drives. */
export function splitSources(gathering: Gathering): void {
  for (const [name, population] of Object.entries(gathering.populations)) {
    const type = gathering.neurons[population.type ?? ''];
    const outgoing = projectionsFrom(gathering, name);
    const [only] = outgoing;
    if (type === undefined || only === undefined || outgoing.length > 1) continue;
    if (isChanged(gathering, name) || hasIncoming(gathering, name)) continue;
    const [projectionName, projection] = only;
    const output = outputOf(gathering, projection);
    const recorded = gathering.recorded.get(name) ?? new Set();
    const split = output && splitSource(type, population, output.target, output.variable, recorded);
    if (output === undefined || split === undefined) continue;
    const sourceName = freeName(`${population.type ?? name}_spikes`, (one) => Object.hasOwn(gathering.neurons, one));
    const synapseName = freeName(population.type ?? name, (one) => Object.hasOwn(gathering.synapses, one));
    gathering.neurons[sourceName] = split.source;
    gathering.synapses[synapseName] = split.synapse;
    const { linked: _, ...rest } = population;
    const keep = (map: Readonly<Record<string, unknown>>): Record<string, Value> =>
      Object.fromEntries(Object.entries(population.values).filter(([key]) => Object.hasOwn(map, key)));
    gathering.populations[name] = {
      ...rest,
      type: sourceName,
      values: keep({ ...split.source.parameters, ...split.source.state }),
    };
    gathering.projections[projectionName] = {
      ...projection,
      synapse: synapseName,
      values: keep({ ...split.synapse.parameters, ...split.synapse.state }),
    };
  }
}

/** Checks whether synapses end on a population. */
const hasIncoming = ({ projections }: Gathering, name: string): boolean =>
  Object.values(projections).some(({ to }) => populationsOf(to.of).includes(name));

/** Rewrites a population that only reads the time as a current or as spikes, if it has such a form. */
export function gatherSource(gathering: Gathering, name: string): void {
  const population = gathering.populations[name];
  const type = gathering.neurons[population?.type ?? ''];
  if (population === undefined || type === undefined || Object.keys(type.inputs).length > 0) return;
  if (isChanged(gathering, name)) return;
  const isRead = Object.values(gathering.populations).some(({ linked = {} }) =>
    Object.values(linked).some((link) => link.population === name),
  );
  if (hasIncoming(gathering, name) || isRead || Object.keys(population.linked ?? {}).length > 0) return;
  const outgoing = projectionsFrom(gathering, name);
  const currents = outgoing.filter(([, projection]) => outputOf(gathering, projection) !== undefined);
  if (currents.length > 0 && currents.length === outgoing.length) {
    asCurrents(gathering, name, population, type, currents);
    return;
  }
  if (currents.length > 0 || Object.keys(type.events).length === 0) return;
  if (Object.values(type.state).some(({ unit }) => unit === 'V')) return;
  asSpikes(gathering, name, population, type);
}

function asCurrents(
  gathering: Gathering,
  name: string,
  population: Population,
  type: NeuronType,
  projections: readonly (readonly [string, Projection])[],
): void {
  const pointer = child('/populations', name);
  interface Found {
    readonly to: string;
    readonly input: string;
    readonly form: CurrentForm;
    readonly cells: number[];
    /** The elements of the generator that drive each cell, if they emit only this output. */
    readonly emitters: (number | undefined)[];
  }
  const found: Found[] = [];
  for (const [, projection] of projections) {
    const output = outputOf(gathering, projection);
    const to = wholePopulation(projection.to.of);
    const [rule, second] = projection.connect;
    if (output === undefined || to === undefined || rule?.rule !== 'list' || second !== undefined) return;
    const sources = numbersOf(rule.sources, gathering.valid.data);
    const targets = numbersOf(rule.targets, gathering.valid.data);
    const input = output.target.slice('post.'.length);
    const unit = gathering.neurons[gathering.populations[to]?.type ?? '']?.inputs[input]?.unit ?? 'A';
    for (const [k, element] of sources.entries()) {
      const waves = waveformsOf(
        type,
        output.variable,
        numbersOfElement(gathering, type, population, element),
        gathering.end,
      );
      if (typeof waves === 'string') {
        if (gathering.stage === 'brian') return;
        gathering.report.missing(
          pointer,
          `its current is not a function of time alone: ${waves}`,
          `${gathering.stage}/current`,
        );
        return;
      }
      for (const pieces of waves) {
        const shaped = pieces.map(({ from, to: until, value }) => ({
          from,
          to: until,
          shape: shapeOf({ from, to: until, value }),
        }));
        const form = currentText(shaped, unit, gathering.end, gathering.dt, gathering.stage === 'brian');
        if (form === undefined) {
          if (gathering.stage === 'brian') return;
          gathering.report.missing(pointer, 'its current has no simple shape', `${gathering.stage}/current`);
          return;
        }
        const same = found.find((one) => one.to === to && one.input === input && one.form.text === form.text);
        const cell = targets[k] ?? 0;
        const emitter = waves.length === 1 ? element : undefined;
        // A cell with the same current twice needs two of them.
        if (same !== undefined && !same.cells.includes(cell)) {
          same.cells.push(cell);
          same.emitters.push(emitter);
        } else found.push({ to, input, form, cells: [cell], emitters: [emitter] });
      }
    }
  }
  gathering.projections = without(gathering.projections, new Set(projections.map(([key]) => key)));
  gathering.populations = without(gathering.populations, new Set([name]));
  const taken = (one: string): boolean =>
    [gathering.stimuli, gathering.populations, gathering.projections].some((map) => Object.hasOwn(map, one));
  const [output] = projections.flatMap(([, one]) => outputOf(gathering, one)?.variable ?? []);
  const injected: Injected[] = [];
  for (const { to, input, form, cells, emitters } of found) {
    const { size = 0 } = gathering.populations[to] ?? {};
    const all = cells.length === size && cells.every((cell, k) => cell === k);
    const stimulus = freeName(name, taken);
    emitters.forEach((element, k) => {
      if (element !== undefined && output !== undefined)
        injected.push({ element, output, stimulus, of: { population: to, indices: [cells[k] ?? 0] } });
    });
    gathering.stimuli[stimulus] = {
      kind: 'current',
      to: all ? { population: to } : { population: to, indices: cells },
      input,
      value: form.text,
      attached: true,
    };
    if (form.steps !== undefined)
      gathering.report.approximated(
        `${gathering.stage}/ramp`,
        pointer,
        `a ramp is ${form.steps.count} steps of ${tidy(form.steps.every * 1e3)} ms`,
      );
  }
  gathering.injected.set(name, injected);
  gathering.report.exact(pointer, 'a time-dependent current', `${gathering.stage}/current`);
}

function asSpikes(gathering: Gathering, name: string, population: Population, type: NeuronType): void {
  const pointer = child('/populations', name);
  const varied = Object.values(population.values).some(
    (value) => typeof value === 'object' || typeof value === 'string',
  );
  const trains: Train[] = [];
  for (let element = 0; element < (varied ? population.size : 1); element++) {
    const train = trainOf(type, numbersOfElement(gathering, type, population, element), {
      dt: gathering.dt,
      end: gathering.end,
    });
    if (typeof train === 'string') {
      if (gathering.stage === 'brian') {
        if (drawnBy(type).length > 0 || type.noise.length > 0)
          gathering.report.equivalent(
            `${gathering.stage}/spikes`,
            pointer,
            'the same process, written as equations, with other random numbers',
          );
      } else
        gathering.report.missing(
          pointer,
          `its spikes are neither listed nor Poisson: ${train}`,
          `${gathering.stage}/spikes`,
        );
      return;
    }
    trains.push(train);
  }
  const of = (element: number): Train | undefined => trains[varied ? element : 0];
  const elements = Array.from({ length: population.size }, (_, k) => k);
  const [first] = trains;
  if (first === undefined || trains.some(({ kind }) => kind !== first.kind)) return;
  const { type: _, values: __, ...rest } = population;
  const ends = trains.some((train) => train.kind === 'poisson' && Number.isFinite(train.end));
  const shown = [...(gathering.recorded.get(name) ?? [])];
  if (first.kind === 'poisson' && gathering.stage === 'brian' && shown.length > 0) {
    gathering.report.equivalent(
      `${gathering.stage}/spikes`,
      pointer,
      `the same process, written as equations, of which ${shown.join(', ')} can be recorded`,
    );
    return;
  }
  if (first.kind === 'times') {
    const spikes = elements
      .flatMap((element) => {
        const train = of(element);
        if (train?.kind !== 'times') return [];
        return train.times.map((time) => [time, element] as const);
      })
      .sort(([a, i], [b, j]) => a - b || i - j);
    gathering.populations[name] = {
      ...rest,
      values: {},
      spikes: { times: spikes.map(([time]) => time), indices: spikes.map(([, element]) => element) },
    };
    gathering.report.exact(pointer, 'its spikes are listed', `${gathering.stage}/spikes`);
    return;
  }
  const value = (read: (train: Extract<Train, { kind: 'poisson' }>) => number): Value => {
    const all = elements.map((element) => {
      const train = of(element);
      return train?.kind === 'poisson' ? read(train) : NaN;
    });
    return all.every((one) => one === all[0]) ? (all[0] ?? 0) : { array: all };
  };
  // Of spikes that fall into one step all but the first wait for the next ones in LEMS, as of PyNN's source with pauses.
  const hasPauses = first.least > 0;
  const standard = hasPauses ? 'SpikeSourcePoissonRefractory' : 'SpikeSourcePoisson';
  const library = standardCells.get(standard);
  const poisson = library && normalisedCell(library);
  if (poisson === undefined) return;
  const typeName =
    Object.entries(gathering.neurons).find(([, one]) => one === poisson)?.[0] ??
    freeName(standard, (one) => Object.hasOwn(gathering.neurons, one));
  gathering.neurons[typeName] = poisson;
  gathering.populations[name] = {
    ...rest,
    type: typeName,
    values: {
      rate: value(({ rate }) => rate),
      ...(hasPauses ? { tau_refrac: value(({ least }) => least) } : {}),
      ...(trains.some((train) => train.kind === 'poisson' && train.start > 0)
        ? { start: value(({ start }) => start) }
        : {}),
      ...(ends ? { duration: value(({ start, end }) => tidy(end - start)) } : {}),
    },
  };
  const most = trains.reduce((rate, train) => (train.kind === 'poisson' ? Math.max(rate, train.rate) : rate), 0);
  if (hasPauses || most === 0)
    gathering.report.equivalent(`${gathering.stage}/poisson`, pointer, 'the same process, with other random numbers');
  else
    gathering.report.approximated(
      `${gathering.stage}/poisson`,
      pointer,
      `the same process but for up to ${percentWaiting(most * gathering.dt)} % of its spikes, which follow others within a step: ` +
        'in LEMS they wait for the steps that follow',
    );
}
