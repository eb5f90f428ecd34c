/**
 * Joins populations of one type, and projections of one type between the same populations. Notations that have one set
 * of values for each population write them apart, which takes longer to compile and to run.
 */

import { itemAt } from '../diagnostics/entry.js';
import { gathered } from './gather/gather.js';
import { namesIn } from '../lang/walk.js';
import { arrayOf, numbersOf } from '../model/arrays.js';
import { freeName } from '../model/free-name.js';
import type { ArrayValue, Population, Projection, SelectionRule, ValidModel, Value } from '../model/model.js';
import type { Became } from '../model/rewriting/became.js';
import { elementsIn, populationOf } from '../model/selected.js';
import { areInFile, isGiven, isPhase, isRecording, isSelection } from '../model/tagged.js';
import { synapsesIn } from '../model/assigned.js';
import { expressionsIn } from '../model/typed.js';
import { typedModel, typedValid, writtenValid } from '../model/typed-model.js';

/** A part of a joined one, and the number of its first element there. */
interface Part {
  readonly name: string;
  readonly first: number;
}

/**
 * Returns a model with joined populations and projections, and what its parts became.
 *
 * @param groupOf  name that populations share which may be joined
 */
export function joined(
  valid: ValidModel,
  groupOf: (population: string) => string | undefined,
): { readonly valid: ValidModel; readonly became: Partial<Became> } {
  const { experiment, operations, timing } = valid.model;
  const isSteady = experiment.protocol.every((phase) => isPhase(phase, 'run') || isPhase(phase, 'record'));
  if (!isSteady || Object.keys(operations).length > 0 || Object.keys(valid.model.populations).length < 2)
    return { valid, became: {} };
  const { model, data } = timing.startsWith('lems') ? withGivenSpikes(valid) : valid;
  const typed = typedModel(model);
  const readsNumber = (type: object = {}): boolean => {
    const { parameters: _, state: __, ...code } = type as { readonly parameters?: object; readonly state?: object };
    return expressionsIn(code).some((expression) => ['i', 'j'].some((name) => namesIn(expression).has(name)));
  };
  const linked = new Set(
    Object.values(model.populations).flatMap((one) => Object.values(one.linked ?? {}).map((link) => link.population)),
  );
  const isWhole = ([name, { type = '', ...one }]: readonly [string, Population]): boolean =>
    one.linked !== undefined ||
    linked.has(name) ||
    one.positions !== undefined ||
    (one.spikes !== undefined && areInFile(one.spikes)) ||
    model.neurons[type]?.cable !== undefined ||
    readsNumber(typed.neurons[type]) ||
    !Object.values(one.values).every(isPlain);
  const populations = groupsOf(Object.entries(model.populations), (entry) => {
    const [name, { type, slot, clock, values, spikes }] = entry;
    return isWhole(entry)
      ? name
      : JSON.stringify([groupOf(name), type, slot, clock, Object.keys(values).sort(), spikes === undefined]);
  });
  const cells = new Map<string, Part>();
  const joinedPopulations: [string, Population][] = [];
  for (const group of populations) {
    const [name, population] = itemAt(group, 0);
    const sizes = group.map(([, { size }]) => size);
    const into =
      group.length === 1 ? name : freeName(`${name}_joined`, (taken) => Object.hasOwn(model.populations, taken));
    const firsts = startsOf(sizes);
    group.forEach(([one], k) => cells.set(one, { name: into, first: firsts[k]! }));
    if (group.length === 1) {
      joinedPopulations.push([name, population]);
      continue;
    }
    const trains = group.map(([, { spikes }]) => spikes as { times: ArrayValue; indices: ArrayValue } | undefined);
    const spikes = trains.flatMap((train, k) =>
      train === undefined
        ? []
        : numbersOf(train.times, data).map(
            (time, n) => [time, firsts[k]! + numbersOf(train.indices, data)[n]!] as const,
          ),
    );
    spikes.sort((a, b) => a[0] - b[0] || a[1] - b[1]);
    joinedPopulations.push([
      into,
      {
        ...population,
        size: sizes.reduce((sum, size) => sum + size, 0),
        values: joinedValues(
          group.map(([, { values }]) => values),
          sizes,
          data,
        ),
        ...(population.spikes ? { spikes: { times: spikes.map(([t]) => t), indices: spikes.map(([, c]) => c) } } : {}),
      },
    ]);
  }
  const elementsOf = (rule: SelectionRule): readonly number[] | undefined => {
    const population = populationOf(rule);
    const part = cells.get(population ?? '');
    const size = model.populations[population ?? '']?.size ?? 0;
    return part && elementsIn(rule, size, data)?.map((element) => part.first + element);
  };
  const moved = (rule: SelectionRule): SelectionRule => {
    if (isSelection(rule, 'assembly')) return { assembly: rule.assembly.map(moved) };
    const population = populationOf(rule) ?? '';
    const part = cells.get(population);
    if (part === undefined || part.name === population) return rule;
    return { population: part.name, indices: elementsOf(rule) ?? [] };
  };
  const projections = groupsOf(Object.entries(model.projections), ([name, projection]) => {
    const { from, to, connect, values, delays, synapse, receptors, order: _, ...more } = projection;
    const [rule, ...others] = connect;
    const ends = [from, to].map(({ of, ...end }) => [cells.get(populationOf(of) ?? '')?.name, end]);
    const all = [...Object.values(values), ...Object.values(delays)];
    const isListed =
      rule?.rule === 'list' &&
      others.length === 0 &&
      from.places === undefined &&
      to.places === undefined &&
      elementsOf(from.of) !== undefined &&
      elementsOf(to.of) !== undefined &&
      !readsNumber(typed.synapses[synapse]) &&
      all.every(isPlain);
    const keys = [values, delays].map((map) => Object.keys(map).sort());
    return isListed ? JSON.stringify([ends, synapse, receptors, keys, more]) : name;
  });
  const synapses = new Map<string, Part>();
  const joinedProjections = projections.map((group): [string, Projection] => {
    const [name, projection] = itemAt(group, 0);
    const ends = {
      from: { ...projection.from, of: moved(projection.from.of) },
      to: { ...projection.to, of: moved(projection.to.of) },
    };
    if (group.length === 1) return [name, { ...projection, ...ends }];
    const lists = group.map(([, { from, to, connect }]) => {
      const [rule] = connect as readonly { sources: ArrayValue; targets: ArrayValue }[];
      const at = (of: SelectionRule, list: ArrayValue): readonly number[] => {
        const elements = elementsOf(of)!;
        return numbersOf(list, data).map((index) => elements[index]!);
      };
      return { sources: at(from.of, rule!.sources), targets: at(to.of, rule!.targets) };
    });
    const sizes = lists.map(({ sources }) => sources.length);
    const firsts = startsOf(sizes);
    group.forEach(([one], k) => synapses.set(one, { name, first: firsts[k]! }));
    const whole = (of: SelectionRule): SelectionRule => ({ population: cells.get(populationOf(of)!)!.name });
    return [
      name,
      {
        ...projection,
        from: { ...projection.from, of: whole(projection.from.of) },
        to: { ...projection.to, of: whole(projection.to.of) },
        connect: [
          {
            rule: 'list',
            sources: lists.flatMap(({ sources }) => sources),
            targets: lists.flatMap(({ targets }) => targets),
          },
        ],
        values: joinedValues(
          group.map(([, { values }]) => values),
          sizes,
          data,
        ),
        delays: joinedValues(
          group.map(([, { delays }]) => delays),
          sizes,
          data,
        ),
      },
    ];
  });
  const recordings = model.recordings.flatMap((recording) => {
    if (!isRecording(recording, 'variables')) return [];
    const { of } = recording;
    if (!isSelection(of, 'synapses')) return [{ ...recording, of: moved(of) }];
    const part = synapses.get(of.projection);
    const own = synapsesIn(of, data);
    if (part === undefined) return [recording];
    return own === undefined
      ? []
      : [{ ...recording, of: { projection: part.name, indices: own.map((synapse) => part.first + synapse) } }];
  });
  const stimuli = Object.entries(model.stimuli).map(([name, one]) => [name, { ...one, to: moved(one.to) }] as const);
  const protocol = experiment.protocol.filter((phase) => isPhase(phase, 'run'));
  return {
    valid: {
      model: {
        ...model,
        populations: Object.fromEntries(joinedPopulations),
        projections: Object.fromEntries(joinedProjections),
        stimuli: Object.fromEntries(stimuli),
        recordings,
        experiment: { ...experiment, protocol },
      },
      data,
    },
    became: {
      population: (name, cell) => {
        const { name: population = name, first = 0 } = cells.get(name) ?? {};
        return { population, cell: first + cell };
      },
      projection: (name) => synapses.get(name)?.name ?? name,
      variable: (given) => {
        const part = cells.get(given.owner) ?? synapses.get(given.owner);
        if (part === undefined || (part.name === given.owner && part.first === 0)) return given;
        return given.element === undefined
          ? undefined
          : { ...given, owner: part.name, element: part.first + given.element };
      },
    },
  };
}

/** Returns a model of LEMS whose components that only read the time are sources of given spikes. */
function withGivenSpikes(valid: ValidModel): ValidModel {
  const { model } = writtenValid(gathered(typedValid(valid), 'limit').valid);
  const { synapses, projections } = valid.model;
  const continuous = Object.values(projections).filter(({ synapse }) => {
    const { contributes = {}, summed = {} } = synapses[synapse] ?? {};
    return [contributes, summed].some((sums) =>
      Object.values(sums).some((sum) => JSON.stringify(sum).includes('pre.')),
    );
  });
  const read = new Set(continuous.map(({ from }) => populationOf(from.of)));
  const populations = Object.entries(valid.model.populations).map(([name, population]) => {
    const { type, spikes, size } = model.populations[name] ?? population;
    const isGivenNow = type === undefined && spikes !== undefined && population.type !== undefined && !read.has(name);
    return [name, isGivenNow ? { size, values: {}, spikes, order: population.order } : population] as const;
  });
  return { ...valid, model: { ...valid.model, populations: Object.fromEntries(populations) } };
}

/** Checks whether a value is one number, or one of each element. */
const isPlain = (value: Value): boolean =>
  typeof value === 'number' || (isGiven(value) && value.columns === undefined && value.pairs === undefined);

/** Returns entries with equal keys together, in the order of the first. */
function groupsOf<T>(entries: readonly T[], keyOf: (entry: T) => string): readonly (readonly T[])[] {
  const groups = new Map<string, T[]>();
  for (const entry of entries) {
    const key = keyOf(entry);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [entry]);
    else group.push(entry);
  }
  return [...groups.values()];
}

/** Returns the number of the first element of each part. */
function startsOf(sizes: readonly number[]): readonly number[] {
  let sum = 0;
  return sizes.map((size) => (sum += size) - size);
}

/** Returns values of parts one after another. */
function joinedValues(
  parts: readonly Readonly<Record<string, Value>>[],
  sizes: readonly number[],
  data: ValidModel['data'],
): Record<string, Value> {
  const [first = {}] = parts;
  const each = (value: Value | undefined, size: number): readonly number[] =>
    isGiven(value) ? Array.from(arrayOf(value.array, data)) : Array.from({ length: size }, () => Number(value));
  return Object.fromEntries(
    Object.keys(first).map((key) => {
      const values = parts.map((part) => part[key]);
      const isOne = values.every((value) => value === values[0]) && typeof values[0] === 'number';
      return [key, isOne ? values[0]! : { array: values.flatMap((value, k) => each(value, sizes[k]!)) }];
    }),
  );
}
