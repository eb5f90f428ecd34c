/**
 * Joins populations of one type, and projections of one type between the same populations. Notations that have one set
 * of values for each population write them apart, which takes longer to compile and to run.
 */

import { itemAt } from '../diagnostics/entry.js';
import { gathered } from './gather/gather.js';
import { namesIn, referencesIn } from '../lang/walk.js';
import { arrayOf, numbersOf } from '../model/arrays.js';
import { grouped } from '../model/collections.js';
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

/** Parts by their name: of populations, or of projections. */
type Parts = ReadonlyMap<string, Part>;

/** The objects of a joined model, and where their parts are. */
interface Joined<T> {
  readonly all: Readonly<Record<string, T>>;
  readonly parts: Parts;
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
  const { experiment, operations, timing, populations } = valid.model;
  const isSteady = experiment.protocol.every((phase) => isPhase(phase, 'run') || isPhase(phase, 'record'));
  if (!isSteady || Object.keys(operations).length > 0 || Object.keys(populations).length < 2)
    return { valid, became: {} };
  const given = timing.startsWith('lems') ? withGivenSpikes(valid) : valid;
  const { model, data } = given;
  const cells = joinedPopulations(given, groupOf);
  const synapses = joinedProjections(given, cells.parts);
  const stimuli = Object.entries(model.stimuli).map(
    ([name, one]) => [name, { ...one, to: moved(one.to, given, cells.parts) }] as const,
  );
  return {
    valid: {
      model: {
        ...model,
        populations: cells.all,
        projections: synapses.all,
        stimuli: Object.fromEntries(stimuli),
        recordings: joinedRecordings(given, cells.parts, synapses.parts),
        experiment: { ...experiment, protocol: experiment.protocol.filter((phase) => isPhase(phase, 'run')) },
      },
      data,
    },
    became: becameOf(cells.parts, synapses.parts),
  };
}

/** Joins populations of one type, slot and clock, whose code does not read the numbers of cells. */
function joinedPopulations(
  { model, data }: ValidModel,
  groupOf: (population: string) => string | undefined,
): Joined<Population> {
  const typed = typedModel(model);
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
  const keyOf = (entry: readonly [string, Population]): string => {
    const [name, { type, slot, clock, values, spikes }] = entry;
    return isWhole(entry)
      ? name
      : JSON.stringify([groupOf(name), type, slot, clock, Object.keys(values).sort(), spikes === undefined]);
  };
  const groups = grouped(Object.entries(model.populations), (entry) => [keyOf(entry)]);
  const parts = new Map<string, Part>();
  const all = [...groups.values()].map((group): readonly [string, Population] => {
    const [name, population] = itemAt(group, 0);
    if (group.length === 1) {
      parts.set(name, { name, first: 0 });
      return [name, population];
    }
    const into = freeName(`${name}_joined`, (taken) => Object.hasOwn(model.populations, taken));
    const sizes = group.map(([, { size }]) => size);
    const firsts = startsOf(sizes);
    group.forEach(([one], k) => parts.set(one, { name: into, first: firsts[k]! }));
    const trains = group.map(([, { spikes }]) => spikes);
    const size = sizes.reduce((sum, one) => sum + one, 0);
    const values = group.map(([, one]) => one.values);
    const spikes = population.spikes ? { spikes: joinedSpikes(trains, firsts, data) } : {};
    return [into, { ...population, size, values: joinedValues(values, sizes, data), ...spikes }];
  });
  return { all: Object.fromEntries(all), parts };
}

/** Joins listed projections of one type between the same populations. */
function joinedProjections(given: ValidModel, cells: Parts): Joined<Projection> {
  const { model, data } = given;
  const typed = typedModel(model);
  const keyOf = ([name, projection]: readonly [string, Projection]): string => {
    const { from, to, connect, values, delays, synapse, receptors, order: _, ...more } = projection;
    const [rule, ...others] = connect;
    const isListed =
      rule?.rule === 'list' &&
      others.length === 0 &&
      [from, to].every((end) => end.places === undefined && elementsOf(end.of, given, cells) !== undefined) &&
      !readsNumber(typed.synapses[synapse]) &&
      [...Object.values(values), ...Object.values(delays)].every(isPlain);
    const ends = [from, to].map(({ of, ...end }) => [cells.get(populationOf(of) ?? '')?.name, end]);
    const keys = [values, delays].map((map) => Object.keys(map).sort());
    return isListed ? JSON.stringify([ends, synapse, receptors, keys, more]) : name;
  };
  const groups = grouped(Object.entries(model.projections), (entry) => [keyOf(entry)]);
  const parts = new Map<string, Part>();
  const all = [...groups.values()].map((group): readonly [string, Projection] => {
    const [name, projection] = itemAt(group, 0);
    const { from, to } = projection;
    if (group.length === 1) {
      const ends = {
        from: { ...from, of: moved(from.of, given, cells) },
        to: { ...to, of: moved(to.of, given, cells) },
      };
      return [name, { ...projection, ...ends }];
    }
    const lists = group.map(([, one]) => listOf(one, given, cells));
    const sizes = lists.map(({ sources }) => sources.length);
    const firsts = startsOf(sizes);
    group.forEach(([one], k) => parts.set(one, { name, first: firsts[k]! }));
    const whole = (of: SelectionRule): SelectionRule => ({ population: cells.get(populationOf(of)!)!.name });
    const sources = lists.flatMap((list) => list.sources);
    const targets = lists.flatMap((list) => list.targets);
    const of = (key: 'values' | 'delays'): Projection['values'] =>
      joinedValues(
        group.map(([, one]) => one[key]),
        sizes,
        data,
      );
    return [
      name,
      {
        ...projection,
        from: { ...from, of: whole(from.of) },
        to: { ...to, of: whole(to.of) },
        connect: [{ rule: 'list', sources, targets }],
        values: of('values'),
        delays: of('delays'),
      },
    ];
  });
  return { all: Object.fromEntries(all), parts };
}

/** Returns recordings of variables at the new places; synapses that are chosen by a rule are left out. */
function joinedRecordings(given: ValidModel, cells: Parts, synapses: Parts): ValidModel['model']['recordings'] {
  return given.model.recordings.flatMap((recording) => {
    if (!isRecording(recording, 'variables')) return [];
    const { of } = recording;
    if (!isSelection(of, 'synapses')) return [{ ...recording, of: moved(of, given, cells) }];
    const part = synapses.get(of.projection);
    if (part === undefined) return [recording];
    const own = synapsesIn(of, given.data);
    if (own === undefined) return [];
    return [{ ...recording, of: { projection: part.name, indices: own.map((synapse) => part.first + synapse) } }];
  });
}

/** Returns what populations, projections and variables became, by the places of their parts. */
const becameOf = (cells: Parts, synapses: Parts): Partial<Became> => ({
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
});

/** Checks whether code of a type reads the numbers of cells. */
function readsNumber(type: object = {}): boolean {
  const { parameters: _, state: __, ...code } = type as { readonly parameters?: object; readonly state?: object };
  return expressionsIn(code).some((expression) => ['i', 'j'].some((name) => namesIn(expression).has(name)));
}

/** Returns the numbers of chosen cells in the joined population. */
function elementsOf(rule: SelectionRule, { model, data }: ValidModel, cells: Parts): readonly number[] | undefined {
  const population = populationOf(rule) ?? '';
  const part = cells.get(population);
  const size = model.populations[population]?.size ?? 0;
  return part && elementsIn(rule, size, data)?.map((element) => part.first + element);
}

/** Returns the selection of the same cells of joined populations. */
function moved(rule: SelectionRule, given: ValidModel, cells: Parts): SelectionRule {
  if (isSelection(rule, 'assembly')) return { assembly: rule.assembly.map((one) => moved(one, given, cells)) };
  const population = populationOf(rule) ?? '';
  const part = cells.get(population);
  if (part === undefined || part.name === population) return rule;
  return { population: part.name, indices: elementsOf(rule, given, cells) ?? [] };
}

/** Returns the listed pairs of a projection, in the numbers of joined populations. */
function listOf(
  { from, to, connect }: Projection,
  given: ValidModel,
  cells: Parts,
): { readonly sources: readonly number[]; readonly targets: readonly number[] } {
  const [rule] = connect as readonly { sources: ArrayValue; targets: ArrayValue }[];
  const at = (of: SelectionRule, list: ArrayValue): readonly number[] => {
    const elements = elementsOf(of, given, cells)!;
    return numbersOf(list, given.data).map((index) => elements[index]!);
  };
  return { sources: at(from.of, rule!.sources), targets: at(to.of, rule!.targets) };
}

/** Returns the spikes of parts as those of one population, by their time and their cell. */
function joinedSpikes(
  trains: readonly Population['spikes'][],
  firsts: readonly number[],
  data: ValidModel['data'],
): { readonly times: readonly number[]; readonly indices: readonly number[] } {
  const spikes = trains.flatMap((train, k) => {
    const { times, indices } = train as { times: ArrayValue; indices: ArrayValue };
    const cells = numbersOf(indices, data);
    return numbersOf(times, data).map((time, n) => [time, firsts[k]! + cells[n]!] as const);
  });
  spikes.sort((a, b) => a[0] - b[0] || a[1] - b[1]);
  return { times: spikes.map(([time]) => time), indices: spikes.map(([, cell]) => cell) };
}

/** Returns a model of LEMS whose components that only read the time are sources of given spikes. */
function withGivenSpikes(valid: ValidModel): ValidModel {
  const typed = typedValid(valid);
  const { model } = writtenValid(gathered(typed, 'limit').valid);
  const { synapses, projections } = typed.model;
  const continuous = Object.values(projections).filter(({ synapse }) => {
    const { contributes = [], summed = [] } = synapses[synapse] ?? {};
    return [...contributes, ...summed]
      .flatMap(({ value }) => referencesIn(value))
      .some((read) => read.kind === 'end' && read.end === 'pre');
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
