/** Pairs the recorded variables of a model and of its conversion. */

import { itemAt } from '../diagnostics/entry.js';
import { equalDimensions } from '../lang/dimension.js';
import { parseUnit } from '../lang/units.js';
import { numbersOf } from '../model/arrays.js';
import type { ConversionEntry } from '../model/conversion-report.js';
import { elementsIn, populationOf, selectionSize } from '../model/selected.js';
import { isRecording, isSelection } from '../model/tagged.js';
import type { Model, NeuronType, Recording, RecordingKinds, ValidModel } from '../model/model.js';
import { namesakeIn, type placesOfCables } from './check-places.js';

type VariableRecording = Recording & RecordingKinds['variables'];

/** A recording of variables apart from its name and sampling. */
type Unnamed = Omit<VariableRecording, 'name' | 'every'>;

/** A variable of the first cells of a population. */
export interface Sampled {
  readonly population: string;
  readonly variable: string;
  readonly cells: number;
  /** Its size after conversion relative to before; absent: 1. */
  readonly factor?: number;
  /** Its name after conversion, if another. */
  readonly there?: string;
  /** Cells of a population after conversion, if of another name. */
  readonly part?: { readonly population: string; readonly indices: readonly number[] };
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
export const shown = (variable: string, { section, fraction }: PlaceOnCells): string =>
  section === undefined ? variable : `${variable} at ${section}${fraction === undefined ? '' : ` ${fraction}`}`;

/** Place of a recording on cells with compartments; without a section, the spike-detection site. */
interface PlaceOnCells {
  readonly section?: string;
  readonly fraction?: number;
}

const placeOf = ({ section, fraction }: VariableRecording): PlaceOnCells => ({
  ...(section === undefined ? {} : { section }),
  ...(fraction === undefined ? {} : { fraction }),
});

/** Of so many cells at most are samples compared. */
const mostCells = 100;
/** Of so many samples of each variable at most, in memory, and in the text that a simulator writes. */
export const mostSamples = { inMemory: 5e6, inText: 5e5 };

/**
 * Returns recordings of the variables that the source records, if the target has populations and variables of the same
 * names.
 *
 * @param seconds  that are simulated
 * @param options.most    samples of one variable
 * @param options.places  places on cells that compartments became
 * @param options.report  of the conversion, for cells that became populations of their own and variables with other
 *   names
 */
export function comparableVariables(
  { model: source, data }: ValidModel,
  converted: ValidModel,
  seconds: number,
  {
    most = mostSamples.inMemory,
    places = new Map(),
    report = [],
  }: {
    readonly most?: number;
    readonly places?: ReturnType<typeof placesOfCables>;
    readonly report?: readonly ConversionEntry[] | undefined;
  } = {},
): Comparable {
  const target = converted.model;
  const recordings = new Map<string, Recording>();
  const ofTarget: Recording[] = [];
  const sampled = new Map<string, Sampled>();
  const absent = new Set<string>();
  for (const [number, recording] of source.recordings.entries()) {
    if (!isRecording(recording, 'variables')) continue;
    const population = ownerOf(recording);
    if (population === undefined) continue;
    const size = source.populations[population]?.size ?? 0;
    const { every = 0, variables } = recording;
    const place = placeOf(recording);
    /** Records variables of both models under one name. */
    const add = (own: Unnamed, there: Unnamed, more: Omit<Sampled, 'population'>, key?: string): void => {
      const common = { ...(every === 0 ? {} : { every }), name: nameOf(recording, recordings.size) };
      recordings.set(key ?? common.name, { ...own, ...common });
      ofTarget.push({ ...there, ...common });
      sampled.set(common.name, { population, ...more });
    };
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
            const own = { of: { population, indices: [element] }, variables: [variable] };
            const key = `${population}.${variable}[${element}]`;
            add(own, { ...there, variables: [namesake] }, { variable, cells: 1 }, key);
          }
        }
      continue;
    }
    const parts = Object.entries(
      report.find(({ pointer, cells }) => cells && pointer === `/populations/${population}`)?.cells ?? {},
    );
    const recordedAs = Object.assign(
      {},
      ...report.map(({ pointer, recorded }) => (pointer === `/recordings/${number}` ? recorded : {})),
    ) as NonNullable<ConversionEntry['recorded']>;
    variables.forEach((variable, k) => {
      const name = `${population}.${shown(variable, place)}`;
      const [as, factor = 1] = recordedAs[variable] ?? [];
      if (parts.length > 0 && !Object.hasOwn(target.populations, population)) {
        const recorded = elementsIn(recording.of, size, data) ?? [];
        for (const [part, all] of parts) {
          const type = target.neurons[target.populations[part]?.type ?? ''];
          const cells = all.filter((cell) => recorded.includes(cell));
          if (cells.length === 0) continue;
          const inCable =
            type?.cable === undefined ? undefined : recordedOf(target, `${recording.name}_${itemAt(all, 0)}`);
          if (inCable !== undefined) {
            const own = { of: { population, indices: cells }, variables: [variable], ...place };
            const { of, variables: there } = inCable;
            add(own, { of, variables: [there[k] ?? variable] }, { variable, cells: 1 });
            continue;
          }
          if (type === undefined || !hasAt(type, as ?? variable, place, false)) {
            absent.add(name);
            continue;
          }
          const there = as ?? variable;
          const of = { population: part, indices: [...all.keys()].filter((at) => cells.includes(itemAt(all, at))) };
          const own = { of: { population, indices: cells }, variables: [variable], ...place };
          add(own, { of, variables: [there], ...place }, { variable, cells: cells.length, part: of, factor, there });
        }
        return;
      }
      const there = elements ? variable : nameThere(source, target, population, recording, k, as);
      const other =
        there === undefined
          ? (sameRecorded({ model: source, data }, converted, recording, k, as) ??
            sameCurrent({ model: source, data }, target, recording, k))
          : undefined;
      if (other !== undefined && !recordings.has(name)) {
        const count = elementCount(recording, { model: source, data }) ?? 0;
        add({ of: recording.of, variables: [variable] }, other, { variable, cells: count, factor }, name);
      } else if (there === undefined || (elements && cells !== asked)) absent.add(name);
      else if (!recordings.has(name)) {
        const of = elements ? recording.of : { population, slice: [0, cells, 1] as const };
        const own = { of, variables: [variable], ...place };
        const after = elements
          ? { of: elements.of, variables: [elements.variables[k] ?? variable] }
          : { ...own, variables: [there], ...placeInStep(target, population, there) };
        add(own, after, { variable, cells, there, ...(there === as ? { factor } : {}) }, name);
      }
    });
  }
  return { recordings: [...recordings.values()], ofTarget, sampled, absent: [...absent] };
}

/** Returns the recording of variables with a name. */
const recordedOf = ({ recordings }: Model, name: string): VariableRecording | undefined =>
  recordings.find(
    (recording): recording is VariableRecording => isRecording(recording, 'variables') && recording.name === name,
  );

/** Returns the moment in a step at which a variable is recorded, if that is not the usual one. */
function placeInStep(
  { recordings }: Model,
  population: string,
  variable: string,
): Pick<VariableRecording, 'slot' | 'order'> {
  const found = recordings.find(
    (recording): recording is VariableRecording =>
      isRecording(recording, 'variables') &&
      populationOf(recording.of) === population &&
      recording.variables.includes(variable),
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

/** Returns the number of recorded elements, for the synapses of a whole projection that of the pairs of cells. */
function elementCount(
  { of }: VariableRecording,
  { model, data }: Pick<ValidModel, 'model' | 'data'>,
): number | undefined {
  if (!isSelection(of, 'synapses')) return selectionSize(of, model.populations, data);
  if (of.indices !== undefined) return numbersOf(of.indices, data).length;
  const { from, to } = model.projections[of.projection] ?? {};
  return from && to && selectionSize(from.of, model.populations, data) * selectionSize(to.of, model.populations, data);
}

/**
 * Returns the counterpart of a variable in the recording of the same name, or of the projection of the same name. It
 * serves variables of synapses and variables that have another owner after conversion.
 *
 * @param k  index of the variable in the recording
 * @param as  name of the variable after conversion, if the report states one
 */
function sameRecorded(
  source: Pick<ValidModel, 'model' | 'data'>,
  { model: target, data }: ValidModel,
  recording: VariableRecording,
  k: number,
  as?: string,
): Pick<VariableRecording, 'of' | 'variables'> | undefined {
  if (recording.section !== undefined) return undefined;
  const { of } = recording;
  const own = recording.variables[k] ?? '';
  const unit = unitOf(source.model, recording, own);
  if (isSelection(of, 'synapses') && Object.hasOwn(target.projections, of.projection)) {
    if (as !== undefined) return { of, variables: [as] };
    const namesake = unitOf(target, recording, own);
    if (namesake !== undefined && areAlike(unit, namesake)) return { of, variables: [own] };
  }
  const there = recordedOf(target, recording.name);
  const variable = there?.variables[k];
  const asked = elementCount(recording, source);
  if (there === undefined || variable === undefined || there.variables.length !== recording.variables.length)
    return undefined;
  if (asked === undefined || asked > mostCells || elementCount(there, { model: target, data }) !== asked)
    return undefined;
  return areAlike(unit, unitOf(target, there, variable)) ? { of: there.of, variables: [variable] } : undefined;
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
  const there = recordings.find(
    (candidate) => isRecording(candidate, 'variables') && candidate.variables.includes(owner),
  );
  const type = neurons[populations[populationOf(current.to) ?? '']?.type ?? ''];
  return there !== undefined &&
    areAlike(unitOf(source.model, recording, recording.variables[k] ?? ''), type?.inputs[current.input]?.unit)
    ? { of: there.of, variables: [owner] }
    : undefined;
}

/** Returns the unit of a recorded variable. */
function unitOf(
  { neurons, populations, synapses, projections }: Model,
  recording: VariableRecording,
  variable: string,
): string | undefined {
  const owner = ownerOf(recording) ?? '';
  const type = isSelection(recording.of, 'synapses')
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
    (candidate): candidate is VariableRecording =>
      isRecording(candidate, 'variables') &&
      candidate.name === recording.name &&
      candidate.variables.length === recording.variables.length &&
      typeOf(target, candidate)?.cable !== undefined,
  );
}

/**
 * Returns the name of a recorded variable after conversion: the same, the one of the report, or the one at the same
 * index in the recording of the same name. Undefined if it does not exist.
 *
 * @param as  name of the variable after conversion, if the report states one
 */
function nameThere(
  source: Model,
  target: Model,
  population: string,
  recording: VariableRecording,
  k: number,
  as?: string,
): string | undefined {
  const { name, variables } = recording;
  const place = placeOf(recording);
  const variable = variables[k] ?? '';
  if (haveBoth(source, target, population, variable, place)) return variable;
  const other = target.recordings.find(
    (candidate): candidate is VariableRecording =>
      isRecording(candidate, 'variables') &&
      candidate.name === name &&
      candidate.variables.length === variables.length &&
      populationOf(candidate.of) === population,
  );
  const found = as ?? other?.variables[k] ?? renamed(source, target, population, variable);
  if (found === undefined) return undefined;
  return haveBoth(source, target, population, variable, place, found, as === undefined) ? found : undefined;
}

/** Returns the new name of the only variable of a population without a namesake: the only new one that is recorded. */
function renamed(source: Model, target: Model, population: string, variable: string): string | undefined {
  const ofThis = ({ recordings }: Model): readonly string[] =>
    recordings.flatMap((recording) =>
      isRecording(recording, 'variables') && populationOf(recording.of) === population ? recording.variables : [],
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
 *
 * @param inUnits  whether their units must have one dimension
 */
function haveBoth(
  source: Model,
  target: Model,
  population: string,
  variable: string,
  place: PlaceOnCells,
  there = variable,
  inUnits = true,
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
    (!inUnits ||
      areAlike(
        ...types.map((type, k) => {
          const name = names[k] ?? '';
          return (type?.state[name] ?? type?.derived[name] ?? type?.parameters[name])?.unit;
        }),
      ))
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
      const isThere = mechanism.on?.some((target) => target === place || groups[target]?.includes(place)) ?? true;
      const { parameters, state: states, derived: values, writes } = mechanism;
      const has = name === owner && [parameters, states, values].some((map) => Object.hasOwn(map, own));
      return isThere && (has || Object.hasOwn(writes, variable));
    })
  );
}
