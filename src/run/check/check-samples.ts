/** Compares the recorded variables of a model and of its conversion, sample by sample. */

import { equalDimensions } from '../../lang/dimension.js';
import { parseUnit } from '../../lang/units.js';
import { numbersOf } from '../../model/arrays.js';
import { populationOf, selectionSize } from '../../model/selected.js';
import { isRecording, isSelection } from '../../model/tagged.js';
import type { Model, NeuronType, Recording, RecordingKinds, ValidModel } from '../../model/model.js';
import { namesakeIn, type placesOfCables } from './check-places.js';
import { memorySink, type MemorySink, type Rows } from '../results/memory-sink.js';
import type { ResultWriter, RunSetup, SampleBlock, SeriesPlan } from '../../../runtime/results/result.js';

type VariableRecording = Recording & RecordingKinds['variables'];

/** How the samples of one variable of a population agree. */
export interface VariableCheck {
  readonly population: string;
  readonly variable: string;
  /** SI unit of the numbers. */
  readonly unit: string;
  /** Samples that both have, of the same cells at the same times. */
  readonly samples: number;
  /** The largest distance between two of them. */
  readonly largest: number;
  /** The root of the mean of the squares of their distances. */
  readonly rootMeanSquare: number;
  /** From the least to the largest sample of the model. */
  readonly range: number;
  /** The largest absolute value of a sample of the model. */
  readonly magnitude: number;
}

/** A variable of the first cells of a population. */
export interface Sampled {
  readonly population: string;
  readonly variable: string;
  readonly cells: number;
}

/** Variables that are recorded in both, and variables that are not. */
interface Comparable {
  readonly recordings: readonly Recording[];
  /** The same for the model after conversion, if places on cells may be elements of cables. */
  readonly ofTarget: readonly Recording[];
  /** Population, variable and cells of each, by its name. */
  readonly sampled: ReadonlyMap<string, Sampled>;
  /** `population.variable`, with its place, of recorded variables without a namesake after conversion. */
  readonly absent: readonly string[];
}

/** Returns a variable with its place on the cells, for messages. */
const shown = (variable: string, { section, fraction }: PlaceOnCells): string =>
  section === undefined ? variable : `${variable} at ${section}${fraction === undefined ? '' : ` ${fraction}`}`;

/** Place of a recording on cells with compartments; without a section, the spike-detection site. */
interface PlaceOnCells {
  readonly section?: string;
  readonly fraction?: number;
}

/** Of so many cells at most are samples compared. */
const mostCells = 100;
/** Of so many samples of each variable at most, in memory, and in the text that a simulator writes. */
export const mostSamples = { inMemory: 5e6, inText: 5e5 };

/**
 * Returns recordings of the variables that the source records, if the target has populations and variables of the same
 * names.
 *
 * @param seconds  that are simulated
 * @param most     samples of one variable
 * @param places   places on cells that compartments became
 */
export function comparableVariables(
  { model: source, data }: ValidModel,
  converted: ValidModel,
  seconds: number,
  most: number = mostSamples.inMemory,
  places: ReturnType<typeof placesOfCables> = new Map(),
): Comparable {
  const target = converted.model;
  const recordings = new Map<string, Recording>();
  const ofTarget: Recording[] = [];
  const sampled = new Map<string, Sampled>();
  const absent = new Set<string>();
  for (const recording of source.recordings) {
    if (!isRecording(recording, 'variables')) continue;
    const population = ownerOf(recording);
    if (population === undefined) continue;
    const size = source.populations[population]?.size ?? 0;
    const { every = 0, variables, section, fraction } = recording;
    const place: PlaceOnCells =
      section === undefined ? {} : { section, ...(fraction === undefined ? {} : { fraction }) };
    const interval = Math.min(...[source, target].map(({ experiment }) => Math.max(experiment.dt, every)));
    const mostOfAll = Math.min(mostCells, Math.max(1, Math.floor((most * interval) / seconds)));
    const elements = onCable(source, target, recording);
    const asked = elements ? selectionSize(recording.of, source.populations, data) : size;
    const cells = Math.min(asked, mostOfAll);
    const placed = places.get(recording);
    if (placed !== undefined) {
      const voltage = source.neurons[source.populations[population]?.type ?? '']?.cable?.voltage ?? '';
      for (const variable of variables)
        for (const { element, there } of placed.slice(0, mostOfAll)) {
          const namesake = namesakeIn(there, variable, voltage);
          if (namesake === undefined) absent.add(`${population}.${variable}`);
          else {
            const common = { ...(every === 0 ? {} : { every }), name: nameOf(recording, recordings.size) };
            const of = { population, indices: [element] };
            recordings.set(`${population}.${variable}[${element}]`, { ...common, of, variables: [variable] });
            ofTarget.push({ ...there, ...common, variables: [namesake] });
            sampled.set(common.name, { population, variable, cells: 1 });
          }
        }
      continue;
    }
    variables.forEach((variable, k) => {
      const name = `${population}.${shown(variable, place)}`;
      const there = elements ? variable : nameThere(source, target, population, recording, k);
      const other =
        there === undefined
          ? (sameRecorded({ model: source, data }, converted, recording, k) ??
            sameCurrent({ model: source, data }, target, recording, k))
          : undefined;
      if (other !== undefined && !recordings.has(name)) {
        const common = { ...(every === 0 ? {} : { every }), name: nameOf(recording, recordings.size) };
        recordings.set(name, { ...common, of: recording.of, variables: [variable] });
        ofTarget.push({ ...common, ...other });
        const count = elementCount(recording, { model: source, data }) ?? 0;
        sampled.set(common.name, { population, variable, cells: count });
      } else if (there === undefined || (elements && cells !== asked)) absent.add(name);
      else if (!recordings.has(name)) {
        const common = { ...(every === 0 ? {} : { every }), name: nameOf(recording, recordings.size) };
        const of = elements ? recording.of : { population, slice: [0, cells, 1] as const };
        const recorded = { ...common, of, variables: [variable], ...place };
        recordings.set(name, recorded);
        ofTarget.push(
          elements
            ? { ...common, of: elements.of, variables: [elements.variables[k] ?? variable] }
            : { ...recorded, variables: [there], ...placeInStep(target, population, there) },
        );
        sampled.set(recorded.name, { population, variable, cells });
      }
    });
  }
  return { recordings: [...recordings.values()], ofTarget, sampled, absent: [...absent] };
}

/** Returns the moment in a step at which a variable is recorded, if that is not the usual one. */
function placeInStep(
  { recordings }: Model,
  population: string,
  variable: string,
): Pick<VariableRecording, 'slot' | 'order'> {
  const found = recordings.find(
    (one): one is VariableRecording =>
      isRecording(one, 'variables') && populationOf(one.of) === population && one.variables.includes(variable),
  );
  return {
    ...(found?.slot === undefined ? {} : { slot: found.slot }),
    ...(found?.order === undefined ? {} : { order: found.order }),
  };
}

/**
 * Returns the name of a check's recording. If names decide the order, samples are taken at the same moment as the
 * recording's.
 */
const nameOf = ({ name }: VariableRecording, number: number): string => `${name}_check_${number}`;

/** Returns the population or projection of a recording. */
const ownerOf = ({ of }: VariableRecording): string | undefined =>
  isSelection(of, 'synapses') ? of.projection : populationOf(of);

/** Returns the number of recorded elements; undefined for the synapses of a whole projection, which are not counted. */
function elementCount(
  { of }: VariableRecording,
  { model, data }: Pick<ValidModel, 'model' | 'data'>,
): number | undefined {
  if (!isSelection(of, 'synapses')) return selectionSize(of, model.populations, data);
  return of.indices === undefined ? undefined : numbersOf(of.indices, data).length;
}

/**
 * Returns the counterpart of a variable in the recording of the same name. It serves variables of synapses and
 * variables that have another owner after conversion.
 *
 * @param k  index of the variable in the recording
 */
function sameRecorded(
  source: Pick<ValidModel, 'model' | 'data'>,
  { model: target, data }: ValidModel,
  recording: VariableRecording,
  k: number,
): Pick<VariableRecording, 'of' | 'variables'> | undefined {
  if (recording.section !== undefined) return undefined;
  const there = target.recordings.find(
    (one): one is VariableRecording => isRecording(one, 'variables') && one.name === recording.name,
  );
  const variable = there?.variables[k];
  const asked = elementCount(recording, source);
  if (there === undefined || variable === undefined || there.variables.length !== recording.variables.length)
    return undefined;
  if (asked === undefined || asked > mostCells || elementCount(there, { model: target, data }) !== asked)
    return undefined;
  const units = [unitOf(source.model, recording, recording.variables[k] ?? ''), unitOf(target, there, variable)];
  return areAlike(...units) ? { of: there.of, variables: [variable] } : undefined;
}

/**
 * Returns the recording of a current that the only recorded element of a generator of its name emitted before
 * conversion.
 *
 * @param k  which of the recording's variables
 */
function sameCurrent(
  source: Pick<ValidModel, 'model' | 'data'>,
  { recordings, stimuli, populations, neurons }: Model,
  recording: VariableRecording,
  k: number,
): Pick<VariableRecording, 'of' | 'variables'> | undefined {
  const owner = ownerOf(recording) ?? '';
  const current = stimuli[owner];
  if (Object.hasOwn(populations, owner) || current?.kind !== 'current' || elementCount(recording, source) !== 1)
    return undefined;
  const there = recordings.find((one) => isRecording(one, 'variables') && one.variables.includes(owner));
  const type = neurons[populations[populationOf(current.to) ?? '']?.type ?? ''];
  return there !== undefined &&
    areAlike(unitOf(source.model, recording, recording.variables[k] ?? ''), type?.inputs[current.input]?.unit)
    ? { of: there.of, variables: [owner] }
    : undefined;
}

/** Returns the unit of a recorded variable. */
function unitOf(
  { neurons, populations, synapses, projections }: Model,
  one: VariableRecording,
  variable: string,
): string | undefined {
  const owner = ownerOf(one) ?? '';
  const type = isSelection(one.of, 'synapses')
    ? synapses[projections[owner]?.synapse ?? '']
    : neurons[populations[owner]?.type ?? ''];
  return (type?.state[variable] ?? type?.derived[variable] ?? type?.parameters[variable])?.unit;
}

/** Returns the recording of elements of a cable that one of a place on cells with sections became. */
function onCable(source: Model, target: Model, recording: VariableRecording): VariableRecording | undefined {
  const typeOf = ({ neurons, populations }: Model, { of }: VariableRecording): NeuronType | undefined =>
    neurons[populations[populationOf(of) ?? '']?.type ?? ''];
  if (!typeOf(source, recording)?.compartments) return undefined;
  return target.recordings.find(
    (one): one is VariableRecording =>
      isRecording(one, 'variables') &&
      one.name === recording.name &&
      one.variables.length === recording.variables.length &&
      typeOf(target, one)?.cable !== undefined,
  );
}

/**
 * Returns the name of a recorded variable after conversion: the same, or the one at the same index in the recording of
 * the same name. Undefined if it does not exist.
 */
function nameThere(
  source: Model,
  target: Model,
  population: string,
  { name, variables, section, fraction }: VariableRecording,
  k: number,
): string | undefined {
  const place: PlaceOnCells = {
    ...(section === undefined ? {} : { section }),
    ...(fraction === undefined ? {} : { fraction }),
  };
  const variable = variables[k] ?? '';
  if (haveBoth(source, target, population, variable, place)) return variable;
  const other = target.recordings.find(
    (one): one is VariableRecording =>
      isRecording(one, 'variables') &&
      one.name === name &&
      one.variables.length === variables.length &&
      populationOf(one.of) === population,
  );
  const found = other?.variables[k] ?? renamed(source, target, population, variable);
  return found !== undefined && haveBoth(source, target, population, variable, place, found) ? found : undefined;
}

/** Returns the new name of the only variable of a population without a namesake: the only new one that is recorded. */
function renamed(source: Model, target: Model, population: string, variable: string): string | undefined {
  const ofThis = ({ recordings }: Model): readonly string[] =>
    recordings.flatMap((one) =>
      isRecording(one, 'variables') && populationOf(one.of) === population ? one.variables : [],
    );
  const without = (names: readonly string[], others: Model): readonly string[] => {
    const type = others.neurons[others.populations[population]?.type ?? ''];
    return [...new Set(names)].filter((name) => type !== undefined && !hasAt(type, name, {}, false));
  };
  const [gone, ...more] = without(ofThis(source), target);
  const [come, ...others] = without(ofThis(target), source);
  return gone === variable && more.length === 0 && others.length === 0 ? come : undefined;
}

/**
 * Checks whether two models have a variable, perhaps by another name, of as many cells of one kind: points, or cells
 * with the place on them.
 */
function haveBoth(
  source: Model,
  target: Model,
  population: string,
  variable: string,
  place: PlaceOnCells,
  there = variable,
): boolean {
  const [own, other] = [source, target].map(({ populations }) => populations[population]);
  const types = [source, target].map(({ neurons, populations }) => neurons[populations[population]?.type ?? '']);
  const names = [variable, there];
  const kinds = types.map((type) => (type?.compartments ? 'cells' : type?.cable ? 'cable' : 'points'));
  const [before, after] = types.map((type) => JSON.stringify([type?.compartments, type?.events['spike']?.section]));
  return (
    own?.size === other?.size &&
    kinds[0] === kinds[1] &&
    types.every((type, k) => type !== undefined && hasAt(type, names[k] ?? '', place, before === after)) &&
    areAlike(
      ...types.map((type, k) => {
        const name = names[k] ?? '';
        return (type?.state[name] ?? type?.derived[name] ?? type?.parameters[name])?.unit;
      }),
    )
  );
}

/** Checks whether values of two units are of one dimension: a pure number that became a voltage has another scale. */
const areAlike = (before?: string, after?: string): boolean =>
  before === undefined ||
  after === undefined ||
  equalDimensions(parseUnit(before).dimension, parseUnit(after).dimension);

/**
 * Checks whether a type has a variable, of cells with compartments at a place.
 *
 * @param same  whether it has the compartments of the type that the variable is recorded of
 */
function hasAt(type: NeuronType, variable: string, { section }: PlaceOnCells, same: boolean): boolean {
  const { parameters: values, state, derived, compartments, events } = type;
  if (!compartments)
    return section === undefined && [values, state, derived].some((map) => Object.hasOwn(map, variable));
  if (same) return true;
  const { sections, groups, mechanisms } = compartments;
  const root = Object.keys(sections).find((name) => sections[name]?.parent === undefined);
  const place = section ?? events['spike']?.section ?? root ?? '';
  if (!Object.hasOwn(sections, place)) return false;
  const [owner = '', own = ''] = variable.split('.');
  return (
    variable === 'v' ||
    Object.entries(mechanisms).some(([name, mechanism]) => {
      const isThere = mechanism.on?.some((one) => one === place || groups[one]?.includes(place)) ?? true;
      const { parameters, state: states, derived: values, writes } = mechanism;
      const has = name === owner && [parameters, states, values].some((map) => Object.hasOwn(map, own));
      return isThere && (has || Object.hasOwn(writes, variable));
    })
  );
}

/** The samples of a variable: row-major rows by their times, as `sampleTime` has them. */
export interface SampleRows {
  readonly times: Float64Array;
  readonly values: ArrayLike<number | bigint>;
}

/** Offset from each segment to the next, in ps: a segment begins at the time of its predecessor's end. */
const betweenSegments = 1e12;

/** Returns the time of a sample in whole picoseconds. `seconds`: on the clock of the whole run. */
export const sampleTime = (seconds: number, segment: number): number =>
  Math.round(seconds * 1e12) + segment * betweenSegments;

/** The samples of a run here. */
interface Samples extends Rows, SampleRows {
  readonly plan: SeriesPlan;
  readonly values: Rows['values'];
}

/** Keeps the samples of a run in memory. */
export class SampleKeeper implements ResultWriter {
  #setup: RunSetup | undefined;
  #sink: MemorySink | undefined;
  /** The segment of each row, by series. */
  readonly #segments = new Map<number, number[]>();

  open(setup: RunSetup): Promise<void> {
    this.#setup = setup;
    this.#sink = memorySink(setup.series);
    return Promise.resolve();
  }

  samples(block: SampleBlock): void {
    this.#sink?.samples(block);
    const segments = this.#segments.get(block.series) ?? [];
    for (let row = 0; row < block.steps.length; row++) segments.push(block.segment ?? 0);
    this.#segments.set(block.series, segments);
  }

  advance(): void {
    // Samples are kept as they come.
  }

  close(): Promise<readonly string[]> {
    return Promise.resolve([]);
  }

  abandon(): Promise<void> {
    return Promise.resolve();
  }

  /** Returns the kept samples, by the name of the recording. */
  kept(): ReadonlyMap<string, Samples> {
    const [setup, sink] = [this.#setup, this.#sink];
    if (!setup || !sink) return new Map();
    const { dt } = setup.header;
    return new Map(
      setup.series.map((plan, k) => {
        const rows = sink.since(k, 0);
        const segments = this.#segments.get(k) ?? [];
        const times = Float64Array.from(rows.steps, (step, row) =>
          sampleTime((step + plan.label) * dt, segments[row] ?? 0),
        );
        return [plan.recording, { plan, times, ...rows }];
      }),
    );
  }
}

/** The largest relative error of a number of 24 bits, with one more of rounding. */
const singlePrecision = 2 ** -23;

/**
 * Compares the samples of two runs that have series of the same cells.
 *
 * @param recordings  of both, with the places on cells
 */
export function compareSamples(
  source: ReadonlyMap<string, Samples>,
  target: ReadonlyMap<string, SampleRows>,
  recordings: readonly Recording[],
): readonly VariableCheck[] {
  const places = new Map(
    recordings.flatMap((one) => (isRecording(one, 'variables') && one.section !== undefined ? [[one.name, one]] : [])),
  );
  return [...source].flatMap(([name, { plan, times, values }]): VariableCheck[] => {
    const other = target.get(name);
    if (other === undefined || times.length === 0) return [];
    const columns = values.length / times.length;
    if (other.values.length !== columns * other.times.length) return [];
    let [samples, largest, squares, least, highest, at] = [0, 0, 0, Infinity, -Infinity, 0];
    times.forEach((time, row) => {
      // Texts of LEMS's interpreter have times of single precision.
      while ((other.times[at] ?? Infinity) < time * (1 - singlePrecision) - 0.5) at += 1;
      const otherRow = (other.times[at] ?? Infinity) <= time * (1 + singlePrecision) + 0.5 ? at : undefined;
      for (let column = 0; column < columns; column++) {
        const value = Number(values[row * columns + column]);
        if (!Number.isNaN(value)) [least, highest] = [Math.min(least, value), Math.max(highest, value)];
        if (otherRow === undefined) continue;
        const apart = distance(value, Number(other.values[otherRow * columns + column]));
        samples += 1;
        largest = Math.max(largest, apart);
        squares += apart ** 2;
      }
    });
    if (samples === 0) return [];
    const { owner: population, unit } = plan;
    const { section, fraction } = places.get(name) ?? {};
    const variable = shown(plan.variable, {
      ...(section === undefined ? {} : { section }),
      ...(fraction === undefined ? {} : { fraction: Number(fraction.toPrecision(4)) }),
    });
    const rootMeanSquare = Math.sqrt(squares / samples);
    const magnitude = Math.max(Math.abs(least), Math.abs(highest));
    return [{ population, variable, unit, samples, largest, rootMeanSquare, range: highest - least, magnitude }];
  });
}

/** Returns the distance of two samples; infinite between NaN and a number. */
function distance(a: number, b: number): number {
  if (Object.is(a, b)) return 0;
  const apart = Math.abs(a - b);
  return Number.isNaN(apart) ? Infinity : apart;
}
