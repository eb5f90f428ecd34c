/** Takes some cells of the populations of a model with its loop open, where cells do not act on each other. */

import { namesIn } from '../lang/walk.js';
import { arrayOf, numbersOf } from '../model/arrays.js';
import { assignedBy, synapsesIn } from '../model/assigned.js';
import type { ArrayValue, Phase, Projection, Recording, SelectionRule, ValidModel, Value } from '../model/model.js';
import type { Became } from '../model/rewriting/became.js';
import { elementsIn, populationOf, populationsOf } from '../model/selected.js';
import { areInFile, isGiven, isPhase, isRecording, isSelection, isStructure } from '../model/tagged.js';
import { expressionsIn } from '../model/typed.js';
import { typedModel } from '../model/typed-model.js';
import { listedSpikes, type PartsThere } from './open-loop.js';

/** Cells that are taken of each population, ascending; all cells of a population that is absent. */
export type Taken = ReadonlyMap<string, readonly number[]>;

/** Least cells of a population that are taken. */
export const fewest = 12;

/**
 * Returns cells to take of both models, evenly spread over each population.
 *
 * @param countOf  number of cells to take of a population of a size
 * @param closed  populations of the source whose projections stay
 */
export function takenCells(
  source: ValidModel,
  target: ValidModel,
  there: PartsThere,
  countOf: (size: number) => number,
  closed: ReadonlySet<string>,
): { readonly ofSource: Taken; readonly ofTarget: Taken } {
  const [whole, wholeThere] = [new Set([...wholePopulations(source), ...closed]), wholePopulations(target)];
  for (const [name, { population }] of there) if (wholeThere.has(name)) whole.add(population);
  const ofSource = new Map<string, readonly number[]>();
  for (const [name, { type, size }] of Object.entries(source.model.populations)) {
    const count = countOf(size);
    if (type === undefined || count >= size || whole.has(name)) continue;
    const spread = Array.from({ length: count }, (_, k) => Math.floor((k * size) / count));
    // Each population that the cells became keeps one of them.
    const firsts = [...there.values()].flatMap(({ population, cells }) =>
      population === name ? cells.slice(0, 1) : [],
    );
    ofSource.set(
      name,
      [...new Set([...spread, ...firsts])].sort((a, b) => a - b),
    );
  }
  const ofTarget = new Map(
    [...there].flatMap(([name, { population, cells }]): (readonly [string, readonly number[]])[] => {
      const own = ofSource.get(population);
      if (own === undefined) return [];
      const isTaken = new Set(own);
      return [[name, cells.flatMap((cell, element) => (isTaken.has(cell) ? [element] : []))]];
    }),
  );
  return { ofSource, ofTarget };
}

/** Returns populations whose cells depend on their number, on each other, or on lists that cannot be divided. */
function wholePopulations({ model: written, data }: ValidModel): ReadonlySet<string> {
  const model = typedModel(written);
  const readsNumber = (...parts: readonly unknown[]): boolean =>
    expressionsIn(parts).some((expression) => ['i', 'j'].some((name) => namesIn(expression).has(name)));
  const code = ({ parameters: _, state: __, ...type }: (typeof model.neurons)[string]): object => type;
  const found = new Set<string>();
  const keep = (rule: SelectionRule): void => populationsOf(rule).forEach((name) => found.add(name));
  for (const [name, { type = '', size, values, linked, positions }] of Object.entries(written.populations)) {
    const neuron = model.neurons[type];
    const isOdd = Object.values(values).some((value) => isGiven(value) && arrayOf(value.array, data).length !== size);
    const isOne = linked !== undefined || neuron?.cable !== undefined || (positions && isStructure(positions));
    if (isOne || isOdd || (neuron && readsNumber(code(neuron)))) found.add(name);
    for (const { population } of Object.values(linked ?? {})) found.add(population);
  }
  for (const [name, { to, connect, synapse, values, delays }] of Object.entries(written.projections)) {
    const [rule, ...more] = connect;
    const { parameters: _, state: __, ...type } = model.synapses[synapse] ?? {};
    const typed = model.projections[name];
    const isListed = rule?.rule === 'list' && more.length === 0 && populationOf(to.of) !== undefined;
    if (!isListed || readsNumber(type, typed?.values ?? values, typed?.delays ?? delays)) keep(to.of);
  }
  for (const [name, stimulus] of Object.entries(written.stimuli)) {
    const hasPlaces = stimulus.kind === 'current' && stimulus.places !== undefined;
    if (hasPlaces || readsNumber(model.stimuli[name]) || !isResolved(stimulus.to)) keep(stimulus.to);
  }
  for (const [name, { on }] of Object.entries(written.operations))
    if (readsNumber(model.operations[name]) || !isResolved(on)) keep(on);
  for (const phase of written.experiment.protocol) changedBy(phase).forEach((name) => found.add(name));
  return found;
}

const isResolved = (rule: SelectionRule): boolean =>
  isSelection(rule, 'assembly') ? rule.assembly.every(isResolved) : populationOf(rule) !== undefined;

/** Returns the populations whose values a phase changes. */
function changedBy(phase: Phase): readonly string[] {
  const values = isPhase(phase, 'set') ? phase.set : isPhase(phase, 'initialise') ? phase.initialise : undefined;
  if (values === undefined) return [];
  const { of } = phase as { readonly of?: SelectionRule };
  return of ? populationsOf(of) : Object.keys(values).map((key) => assignedBy(key).owner);
}

/** Returns a model with some cells of its populations. */
export function withCells({ model, data }: ValidModel, taken: Taken): ValidModel {
  if (taken.size === 0) return { model, data };
  const picked = (array: ArrayValue, numbers: readonly number[], each = 1): ArrayValue => {
    const all = arrayOf(array, data);
    return numbers.flatMap((number) => Array.from({ length: each }, (_, k) => all[number * each + k] ?? 0));
  };
  const pickedValues = (values: Readonly<Record<string, Value>>, numbers: readonly number[]): Record<string, Value> =>
    Object.fromEntries(
      Object.entries(values).map(([key, value]) => [
        key,
        isGiven(value) ? { ...value, array: picked(value.array, numbers) } : value,
      ]),
    );
  const selected = (rule: SelectionRule): SelectionRule => {
    if (isSelection(rule, 'assembly')) return { assembly: rule.assembly.map(selected) };
    const population = populationOf(rule) ?? '';
    const cells = taken.get(population);
    if (cells === undefined) return rule;
    const elements = new Set(elementsIn(rule, model.populations[population]?.size ?? 0, data));
    return { population, indices: cells.flatMap((cell, k) => (elements.has(cell) ? [k] : [])) };
  };
  const synapses = new Map<string, readonly number[]>();
  const projections = Object.entries(model.projections).map(([name, projection]) => {
    const { to, connect, values, delays, from } = projection;
    const population = populationOf(to.of) ?? '';
    const cells = taken.get(population);
    const [rule] = connect;
    if (cells === undefined || rule?.rule !== 'list') return [name, projection] as const;
    const elements = elementsIn(to.of, model.populations[population]?.size ?? 0, data) ?? [];
    const numbers = new Map(cells.map((cell, k) => [cell, k]));
    const targets = numbersOf(rule.targets, data).map((target) => numbers.get(elements[target] ?? -1));
    const kept = targets.flatMap((target, k) => (target === undefined ? [] : [k]));
    synapses.set(name, kept);
    const placed = <E extends Projection['from']>({ places, ...end }: E): Omit<E, 'places'> | E =>
      places === undefined
        ? end
        : { ...end, places: { sections: places.sections, ...pickedValues(placesOf(places), kept) } as typeof places };
    const after: Projection = {
      ...projection,
      from: placed(from),
      to: { ...placed(to), of: { population } },
      connect: [{ rule: 'list', sources: picked(rule.sources, kept), targets: kept.map((k) => targets[k]!) }],
      values: pickedValues(values, kept),
      delays: pickedValues(delays, kept),
    };
    return [name, after] as const;
  });
  const populations = Object.entries(model.populations).map(([name, population]) => {
    const cells = taken.get(name);
    if (cells === undefined) return [name, population] as const;
    const { values, positions } = population;
    const places = positions && !isStructure(positions) ? { positions: picked(positions, cells, 3) } : {};
    return [name, { ...population, size: cells.length, values: pickedValues(values, cells), ...places }] as const;
  });
  const recordings = model.recordings.flatMap((recording): Recording[] => {
    if (!isRecording(recording, 'variables')) return [];
    const { of } = recording;
    const kept = isSelection(of, 'synapses') ? synapses.get(of.projection) : undefined;
    if (!isSelection(of, 'synapses')) return isResolved(of) ? [{ ...recording, of: selected(of) }] : [];
    if (kept === undefined) return [recording];
    const own = synapsesIn(of, data);
    const isOwn = new Set(own);
    const indices = kept.flatMap((synapse, k) => (own === undefined || isOwn.has(synapse) ? [k] : []));
    return indices.length === 0 ? [] : [{ ...recording, of: { projection: of.projection, indices } }];
  });
  const names = new Set(recordings.map(({ name }) => name));
  const protocol = model.experiment.protocol.filter((phase) => !isPhase(phase, 'record') || names.has(phase.record));
  return {
    model: {
      ...model,
      populations: Object.fromEntries(populations),
      projections: Object.fromEntries(projections),
      stimuli: Object.fromEntries(
        Object.entries(model.stimuli).map(([name, stimulus]) => [name, { ...stimulus, to: selected(stimulus.to) }]),
      ),
      operations: Object.fromEntries(
        Object.entries(model.operations).map(([name, operation]) => [
          name,
          { ...operation, on: selected(operation.on) },
        ]),
      ),
      recordings,
      experiment: { ...model.experiment, protocol },
    },
    data,
  };
}

/**
 * Returns a model with some cells whose listed sources are few: each stands for several that connect to these cells.
 *
 * @param most  sources of a population
 */
export function withFewSources({ model, data }: ValidModel, taken: Taken, most: number): ValidModel {
  const [populations, projections] = [{ ...model.populations }, { ...model.projections }];
  for (const [name, population] of Object.entries(model.populations)) {
    const { type, spikes, size, positions: _, ...rest } = population;
    const own = Object.entries(model.projections).filter(([, { from }]) => populationsOf(from.of).includes(name));
    const areDivisible = own.every(
      ([, { from, to, connect }]) =>
        connect[0]?.rule === 'list' && populationOf(from.of) === name && taken.has(populationOf(to.of) ?? ''),
    );
    if (type !== undefined || !spikes || areInFile(spikes) || size <= most || !areDivisible) continue;
    const sourcesOf = ({ from, connect: [rule] }: Projection): readonly number[] => {
      const elements = elementsIn(from.of, size, data) ?? [];
      return rule?.rule === 'list' ? numbersOf(rule.sources, data).map((source) => elements[source]!) : [];
    };
    const used = [...new Set(own.flatMap(([, projection]) => sourcesOf(projection)))].sort((a, b) => a - b);
    const numbers = new Map(used.map((source, k) => [source, k % most]));
    const trains: number[][] = used.slice(0, most).map(() => []);
    const indices = numbersOf(spikes.indices, data);
    for (const [k, time] of numbersOf(spikes.times, data).entries()) {
      const number = numbers.get(indices[k]!);
      if (number !== undefined && used[number] === indices[k]) trains[number]!.push(time);
    }
    populations[name] = { ...rest, size: Math.max(1, trains.length), spikes: listedSpikes(trains) };
    for (const [key, projection] of own) {
      const [rule] = projection.connect;
      if (rule?.rule !== 'list') continue;
      const sources = sourcesOf(projection).map((source) => numbers.get(source)!);
      const from = { ...projection.from, of: { population: name } };
      projections[key] = { ...projection, from, connect: [{ ...rule, sources }] };
    }
  }
  return { model: { ...model, populations, projections }, data };
}

const placesOf = ({
  section,
  fraction,
}: {
  readonly section: Value;
  readonly fraction: Value;
}): Record<string, Value> => ({ section, fraction });

/** Returns the statement on parts of a model with some cells, of which others are in the target. */
export function becameOf(became: Became, ofSource: Taken, ofTarget: Taken): Became {
  const numbers = new Map([...ofTarget].map(([name, cells]) => [name, new Map(cells.map((cell, k) => [cell, k]))]));
  const before = (name: string, cell: number): number => ofSource.get(name)?.[cell] ?? cell;
  const after = (name: string, cell: number): number | undefined => {
    const known = numbers.get(name);
    return known ? known.get(cell) : cell;
  };
  return {
    ...became,
    population: (name, cell) => {
      const found = became.population(name, before(name, cell));
      const own = found && after(found.population, found.cell);
      return found && own !== undefined ? { ...found, cell: own } : undefined;
    },
    variable: (given) => {
      const { element } = given;
      const found = became.variable(
        element === undefined ? given : { ...given, element: before(given.owner, element) },
      );
      if (found?.element === undefined) return found;
      const own = after(found.owner, found.element);
      return own === undefined ? undefined : { ...found, element: own };
    },
  };
}
