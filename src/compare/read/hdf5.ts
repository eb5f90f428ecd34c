/**
 * HDF5 files of other programs: NWB, spikes and reports of SONATA, data of NIR. Links to other files are not followed.
 */

import type { UsageError } from '../../diagnostics/diagnostic.js';
import { itemAt } from '../../diagnostics/entry.js';
import { inOneFile, objectAt, openH5, valueOf, valuesOf } from '../../../runtime/results/nwb/h5.js';
import {
  isDataset,
  isGroup,
  type Dataset,
  type File,
  type Found,
  type Group,
} from '../../../runtime/results/nwb/h5-writer.js';
import { noTimeUnit, unreadFormat, unusable } from '../messages.js';
import {
  collectTrains,
  recordingOf,
  sorted,
  type Recorded,
  type RecordedSignal,
  type RecordedTrains,
} from '../recorded.js';
import { fileUnit, timeScale, toSI, type FileUnit } from '../units.js';

/** Reads an HDF5 file. @param times  unit of times, for files that state none. @throws UsageError */
export async function readHdf5(path: string, times: string | undefined): Promise<Recorded> {
  let file: File;
  try {
    file = await openH5(path);
  } catch {
    throw unusable(path, 'it is not a complete HDF5 file', 'copy or write it again');
  }
  try {
    const source = { file, path, times, groups: 0 };
    if (isDataset(within(source, '/session_start_time')) || isGroup(within(source, '/units'))) return readNwb(source);
    const spikes = within(source, '/spikes');
    const groups = isGroup(spikes) ? spikes.keys() : null;
    if (groups && (groups.includes('timestamps') || groups.every((name) => isGroup(within(source, `/spikes/${name}`)))))
      return readSonataSpikes(source);
    if (isGroup(within(source, '/report'))) return readSonataReport(source);
    if (attribute(within(source, '/'), '__type__') === 'NIRGraphData') return readNirData(source);
    for (const part of ['nodes', 'edges'])
      if (isGroup(within(source, `/${part}`)))
        throw unusable(
          path,
          `it holds ${part} of a circuit of SONATA`,
          'name its config, such as simulation_config.json',
        );
    throw unreadFormat(path, 'it is HDF5, but neither NWB, nor spikes or a report of SONATA, nor data of NIR');
  } finally {
    file.close();
  }
}

interface Source {
  readonly file: File;
  readonly path: string;
  readonly times: string | undefined;
  /** Groups that were looked at so far. */
  groups: number;
}

/** Most groups that are looked at: hard links may contain each other. */
const mostGroups = 10_000;

/** Returns the object at a path. @throws UsageError if it lies in another file */
function within({ file, path }: Source, place: string): Found {
  try {
    return objectAt(file, place);
  } catch (error) {
    throw unusable(path, (error as Error).message.split('\n')[0] ?? '', 'store the data in the file itself');
  }
}

function datasetAt(source: Source, place: string): Dataset | null {
  const found = within(source, place);
  return isDataset(found) ? found : null;
}

function needed(source: Source, place: string): Dataset {
  const found = datasetAt(source, place);
  if (!found) throw unusable(source.path, `${place} is missing`, 'write the file again with the program that made it');
  return found;
}

/** Numbers of a dataset that are read at a time: HDF5 keeps a copy of them. */
const block = 1 << 22;

/** Returns numbers of a dataset. Integers of 64 bits become the nearest number. */
function numbersOf(dataset: Dataset): Float64Array {
  const [length = 0, width] = dataset.shape ?? [];
  if (length > block && width === undefined) {
    const numbers = new Float64Array(length);
    for (let from = 0; from < length; from += block) {
      const part = valuesOf(dataset, (whole) => whole.slice([[from, Math.min(length, from + block)]]));
      if (!ArrayBuffer.isView(part)) return new Float64Array(0);
      numbers.set(
        part instanceof Float64Array ? part : Float64Array.from(part as unknown as Iterable<number>, Number),
        from,
      );
    }
    return numbers;
  }
  const value = valueOf(dataset);
  if (typeof value === 'number' || typeof value === 'bigint') return Float64Array.of(Number(value));
  if (!ArrayBuffer.isView(value)) return new Float64Array(0);
  return value instanceof Float64Array ? value : Float64Array.from(value as unknown as Iterable<number>, Number);
}

/** Returns text of each row; empty if the dataset holds none. */
function textsOf(dataset: Dataset | null): readonly string[] {
  const value: unknown = dataset && valueOf(dataset);
  return Array.isArray(value) ? value.map(String) : [];
}

function attribute(found: Found, name: string): unknown {
  return isDataset(found) || isGroup(found) ? inOneFile(name, () => found.attrs[name]?.value) : undefined;
}

function unitOf(data: Dataset, name: string): FileUnit | null {
  const text = attribute(data, name);
  return typeof text === 'string' ? fileUnit(text) : null;
}

function checkFinite(source: Source, place: string, times: Float64Array): void {
  const at = times.findIndex((time) => !Number.isFinite(time));
  if (at >= 0) throw unusable(source.path, `${place}[${at}] is ${times[at]}, not a time`, 'remove it from the file');
}

/** Rounding of times that are stored in single precision. */
function resolutionOf(dataset: Dataset, times: Float64Array): number {
  const { type, size } = dataset.metadata;
  const bits = type === 1 ? { 2: 11, 4: 24 }[size] : undefined;
  return bits === undefined ? 0 : 2 ** -bits * times.reduce((largest, time) => Math.max(largest, Math.abs(time)), 0);
}

// --- NWB ------------------------------------------------------------------------------------------------------------
function readNwb(source: Source): Recorded {
  const notes: string[] = [];
  const signals = ['/acquisition', '/processing', '/stimulus/presentation', '/analysis'].flatMap((place) =>
    signalsBelow(source, place, notes),
  );
  const units = ['/units', ...unitTables(source, '/processing', notes)].map((place) => nwbUnits(source, place, notes));
  const trains = [...units.flatMap((table) => table.trains), ...nwbIntervals(source)];
  const ends = units.flatMap(({ end }) => end ?? []);
  const end = ends.length === 0 ? null : Math.max(...ends);
  return recordingOf({ path: source.path, format: 'NWB', signals, notes, end, trains });
}

/** Returns the beginnings and ends of each table of intervals, such as trials, as two trains. */
function nwbIntervals(source: Source): readonly RecordedTrains[] {
  const group = within(source, '/intervals');
  const tables = isGroup(group) ? group.keys().filter((name) => isGroup(within(source, `/intervals/${name}`))) : [];
  return tables.flatMap((name) =>
    ['start_time', 'stop_time'].flatMap((event): readonly RecordedTrains[] => {
      const place = `/intervals/${name}/${event}`;
      const data = datasetAt(source, place);
      if (!data) return [];
      const times = numbersOf(data).slice();
      checkFinite(source, place, times);
      return [{ population: name, event, ids: [0], trains: [sorted(times)], listsSilent: true }];
    }),
  );
}

/** Returns tables of units below a group, as spike sorters store them in processing modules. */
function unitTables(source: Source, place: string, notes: string[]): readonly string[] {
  const group = groupBelow(source, place, notes);
  if (!group) return [];
  const names = group.keys();
  if (names.includes('spike_times') && names.includes('spike_times_index')) return [place];
  return names.flatMap((name) => unitTables(source, `${place}/${name}`, notes));
}

/** Returns the spikes of a table of units. Units of a processing module form a population named after their table. */
function nwbUnits(source: Source, table: string, notes: string[]): Pick<Recorded, 'trains' | 'end'> {
  if (!isGroup(within(source, table))) return { trains: [], end: null };
  const [index, data] = [datasetAt(source, `${table}/spike_times_index`), datasetAt(source, `${table}/spike_times`)];
  if (!index || !data) return { trains: [], end: null };
  const [ends, times] = [numbersOf(index), numbersOf(data)];
  checkFinite(source, `${table}/spike_times`, times);
  if (ends.some((end, row) => end < (ends[row - 1] ?? 0) || end > times.length))
    throw unusable(
      source.path,
      `${table}/spike_times_index does not fit ${table}/spike_times`,
      'write the file again with the program that made it',
    );
  notes.push(...notesOnTimes(`${source.path}: ${table}/spike_times`, ends, times));
  const populations = textsOf(datasetAt(source, `${table}/population`));
  const own = datasetAt(source, `${table}/cell_id`) ?? datasetAt(source, `${table}/id`);
  const name = table === '/units' ? '' : table.slice(table.lastIndexOf('/') + 1);
  const ids = own ? numbersOf(own) : Float64Array.from(ends.keys());
  const rows = new Map<string, number[]>();
  for (const row of ends.keys()) {
    const population = populations[row] ?? name;
    const group = rows.get(population);
    if (group) group.push(row);
    else rows.set(population, [row]);
  }
  const trains = [...rows].map(([population, own]): RecordedTrains => ({
    population,
    event: 'spike',
    ids: own.map((row) => itemAt(ids, row)),
    trains: own.map((row) => sorted(times.subarray(ends[row - 1] ?? 0, ends[row]))),
    listsSilent: true,
  }));
  const observed = datasetAt(source, `${table}/obs_intervals`);
  const end = observed ? numbersOf(observed).reduce((last, time) => Math.max(last, time), 0) : 0;
  return { trains, end: end > 0 ? end : null };
}

/** The least number of spikes of which whole numbers as times are no coincidence. */
const enoughSpikes = 10;

/** Returns sentences on spike times that no reader of NWB expects: negative, descending, or numbers of samples. */
function notesOnTimes(place: string, ends: Float64Array, times: Float64Array): readonly string[] {
  const negative = times.reduce((count, time) => count + (time < 0 ? 1 : 0), 0);
  const descends = (end: number, row: number): boolean =>
    times.subarray(ends[row - 1] ?? 0, end).some((time, k, own) => k > 0 && time < (own[k - 1] ?? time));
  const descending = [...ends].filter(descends).length;
  const whole = times.length >= enoughSpikes && times.every(Number.isInteger);
  const largest = times.reduce((most, time) => Math.max(most, time), 0);
  return [
    ...(negative > 0 ? [`${place} has ${negative} of ${times.length} times before 0 s`] : []),
    ...(descending > 0 ? [`${place} goes back in time in ${descending} of ${ends.length} units, and was sorted`] : []),
    ...(whole ? [`${place} has only whole numbers, up to ${largest}: NWB has seconds, and these may be samples`] : []),
  ];
}

/** Returns the group at a path; undefined for others. One in another file is named in `notes`. */
function groupBelow(source: Source, place: string, notes: string[]): Group | undefined {
  const { file, path } = source;
  if (++source.groups > mostGroups)
    throw unusable(path, `it has more than ${mostGroups} groups and datasets`, 'check that no group contains itself');
  try {
    const found = objectAt(file, place);
    return isGroup(found) ? found : undefined;
  } catch (error) {
    const note = `${path}: ${(error as Error).message.split('\n')[0] ?? ''}, and was not read`;
    if (!notes.includes(note)) notes.push(note);
    return undefined;
  }
}

/** Returns time series below a group; series that are not numbers in time are named in `notes`. */
function signalsBelow(source: Source, place: string, notes: string[]): readonly RecordedSignal[] {
  const found = groupBelow(source, place, notes);
  if (!found) return [];
  const names = found.keys();
  if (names.includes('data') && (names.includes('timestamps') || names.includes('starting_time'))) {
    const signal = nwbSeries(source, place);
    if (typeof signal === 'string') notes.push(`${source.path}: ${place} ${signal}, and was not read`);
    else return [signal];
  }
  return names.flatMap((name) => signalsBelow(source, `${place}/${name}`, notes));
}

/** Returns a time series, or the reason if it is not a time series. */
function nwbSeries(source: Source, place: string): RecordedSignal | string {
  let [data, timestamps]: [Dataset | null, Dataset | null] = [null, null];
  try {
    [data, timestamps] = [datasetAt(source, `${place}/data`), datasetAt(source, `${place}/timestamps`)];
  } catch {
    return 'has data in another file';
  }
  const start = datasetAt(source, `${place}/starting_time`);
  const { shape = null, type = -1 } = data?.metadata ?? {};
  if (!data || shape === null || shape.length > 2 || shape.length === 0 || (type !== 0 && type !== 1))
    return 'has no numbers in one or two dimensions';
  const rate = Number(attribute(start, 'rate'));
  const first = start ? Number(start.value) : 0;
  const times = timestamps
    ? numbersOf(timestamps)
    : Float64Array.from({ length: itemAt(shape, 0) }, (_, k) => first + k / rate);
  if (times.length !== shape[0]) return `has ${times.length} times for ${shape[0]} samples`;
  const unit = unitOf(data, 'unit');
  const scale = (unit?.scale ?? 1) * Number(attribute(data, 'conversion') ?? 1);
  const offset = Number(attribute(data, 'offset') ?? 0) * (unit?.scale ?? 1);
  return {
    owner: '',
    variable: place.slice(place.lastIndexOf('/') + 1),
    unit: unit?.si ?? null,
    columns: shape.length === 1 ? [''] : Array.from({ length: itemAt(shape, 1) }, (_, column) => String(column)),
    times,
    values: numbersOf(data).map((value) => toSI(value, scale) + offset),
  };
}

// --- SONATA ---------------------------------------------------------------------------------------------------------
function readSonataSpikes(source: Source): Recorded {
  const group = within(source, '/spikes');
  const names = isGroup(group) ? group.keys() : [];
  // The first version had no groups of populations, and called ids `gids`.
  const places = names.includes('timestamps')
    ? ['']
    : names.filter((name) => isGroup(within(source, `/spikes/${name}`)));
  const spikes = collectTrains();
  let resolution = 0;
  for (const name of places) {
    const place = name === '' ? '/spikes' : `/spikes/${name}`;
    const data = needed(source, `${place}/timestamps`);
    const scale = scaleOfTimes(source, data, `${place}/timestamps`);
    const times = numbersOf(data).map((time) => toSI(time, scale));
    checkFinite(source, `${place}/timestamps`, times);
    const ids = numbersOf(datasetAt(source, `${place}/node_ids`) ?? needed(source, `${place}/gids`));
    if (ids.length !== times.length)
      throw unusable(
        source.path,
        `${place} has ${times.length} times for ${ids.length} ids of nodes`,
        'write the file again with the program that made it',
      );
    for (const [k, time] of times.entries()) spikes.add(name, itemAt(ids, k), time);
    resolution = Math.max(resolution, resolutionOf(data, times));
  }
  return recordingOf({ path: source.path, format: 'SONATA spikes', resolution, trains: spikes.done() });
}

function scaleOfTimes(source: Source, data: Found, place: string): number {
  const text = attribute(data, 'units') ?? source.times;
  if (typeof text !== 'string') throw noTimeUnit(source.path, place);
  const scale = timeScale(text);
  if (scale === null) throw unusable(source.path, `${place} has the unit ${text}`, 'times are in s, ms or us');
  return scale;
}

function readSonataReport(source: Source): Recorded {
  const group = within(source, '/report');
  const names = isGroup(group) ? group.keys() : [];
  const places = names.includes('data') ? [''] : names;
  let [end, dt] = [0, Infinity];
  const signals = places.map((name): RecordedSignal => {
    const place = name === '' ? '/report' : `/report/${name}`;
    const data = needed(source, `${place}/data`);
    const time = needed(source, `${place}/mapping/time`);
    const scale = scaleOfTimes(source, time, `${place}/mapping/time`);
    const [start = 0, stop = 0, step = 0] = numbersOf(time).map((value) => toSI(value, scale));
    const [rows = 0, width = 1] = data.shape ?? [];
    if (!(step > 0)) throw unusable(source.path, `${place}/mapping/time has no step`, 'write the file again');
    [end, dt] = [Math.max(end, stop), Math.min(dt, step)];
    const unit = unitOf(data, 'units');
    return {
      owner: name,
      variable: 'data',
      unit: unit?.si ?? null,
      columns: reportColumns(source, place, width),
      times: Float64Array.from({ length: rows }, (_, k) => start + k * step),
      values: numbersOf(data).map((value) => toSI(value, unit?.scale ?? 1)),
    };
  });
  return recordingOf({ path: source.path, format: 'SONATA report', dt, end, signals });
}

/** Returns the identifier of the node of each column, with the element if a node has several. */
function reportColumns(source: Source, place: string, width: number): readonly string[] {
  const ids = numbersOf(datasetAt(source, `${place}/mapping/node_ids`) ?? needed(source, `${place}/mapping/gids`));
  const pointers =
    datasetAt(source, `${place}/mapping/index_pointers`) ?? datasetAt(source, `${place}/mapping/index_pointer`);
  const starts = pointers ? numbersOf(pointers) : Float64Array.from(ids.keys());
  const columns = Array.from(ids, (id, k) => {
    const count = (starts[k + 1] ?? width) - itemAt(starts, k);
    return count === 1 ? [String(id)] : Array.from({ length: count }, (_, element) => `${id}/${element}`);
  }).flat();
  if (columns.length !== width)
    throw unusable(
      source.path,
      `${place}/mapping describes ${columns.length} columns, and there are ${width}`,
      'write the file again with the program that made it',
    );
  return columns;
}

// --- NIR ------------------------------------------------------------------------------------------------------------
/** Largest number of cells of a node. */
const mostCells = 1 << 20;

/** Reads the first sample of each observable that `nir.write_data` has written. Times are in seconds. */
function readNirData(source: Source): Recorded {
  const found = { trains: [] as RecordedTrains[], signals: [] as RecordedSignal[], notes: [] as string[], end: 0 };
  const walk = (place: string, prefix: string, depth: number): void => {
    const group = within(source, `${place}/nodes`);
    if (!isGroup(group)) throw unusable(source.path, `${place}/nodes is missing`, 'write it again with nir.write_data');
    if (depth > 100) throw unusable(source.path, `${place} is nested too deep`, 'write it again with nir.write_data');
    for (const name of group.keys()) {
      const at = `${place}/nodes/${name}`;
      const observables = within(source, `${at}/observables`);
      if (attribute(within(source, at), '__type__') === 'NIRGraphData') walk(at, `${prefix}${name}.`, depth + 1);
      else if (isGroup(observables))
        for (const observable of observables.keys())
          readObservable(source, `${at}/observables/${observable}`, `${prefix}${name}`, observable, found);
    }
  };
  walk('', '', 0);
  const { trains, signals, notes, end } = found;
  return recordingOf({ path: source.path, format: 'NIR data', end: end > 0 ? end : null, trains, signals, notes });
}

function readObservable(
  source: Source,
  place: string,
  node: string,
  observable: string,
  found: { readonly trains: RecordedTrains[]; readonly signals: RecordedSignal[]; notes: string[]; end: number },
): void {
  const group = within(source, place);
  const isGridded = attribute(group, '__type__') === 'TimeGriddedData';
  const data = needed(source, `${place}/${isGridded ? 'data' : 'time'}`);
  const [samples = 0, rows = 0, width = 0] = data.shape ?? [];
  const cells = isGridded ? width : Number(attribute(group, 'n_neurons'));
  const wrong = (why: string): UsageError =>
    unusable(source.path, `${place} ${why}`, 'write it again with nir.write_data');
  if (!Number.isInteger(cells) || cells < 0 || cells > mostCells) throw wrong('has no usable number of cells');
  if (samples > 1) found.notes.push(`${source.path}: ${place} has ${samples} samples, of which the first was read`);
  const spikes = collectTrains();
  for (let cell = 0; cell < cells; cell += 1) spikes.add(node, cell);
  const event = observable === 'spikes' ? 'spike' : observable;
  const values = numbersOf(data).subarray(0, isGridded ? rows * width : rows);
  if (isGridded) {
    const dt = Number(attribute(group, 'dt'));
    if (!(dt > 0) || !Number.isFinite(dt) || data.shape?.length !== 3)
      throw wrong('has no step or no three dimensions');
    found.end = Math.max(found.end, rows * dt);
    // Enumerations are Booleans: whether a spike is in the step.
    if (data.metadata.type !== 8) {
      found.signals.push({
        owner: node,
        variable: observable,
        unit: null,
        columns: Array.from({ length: width }, (_, column) => String(column)),
        times: Float64Array.from({ length: rows }, (_, row) => row * dt),
        values,
      });
      return;
    }
    for (const [k, value] of values.entries()) if (value !== 0) spikes.add(node, k % width, Math.floor(k / width) * dt);
  } else {
    const ids = numbersOf(needed(source, `${place}/idx`));
    const end = Number(attribute(group, 't_max'));
    if (Number.isFinite(end)) found.end = Math.max(found.end, end);
    for (const [k, time] of values.entries()) {
      const id = ids[k] ?? -1;
      // Events that are none have the index -1.
      if (id < 0) continue;
      if (!(id < cells) || !Number.isFinite(time)) throw wrong(`has the event ${id} at ${time} s`);
      spikes.add(node, id, time);
    }
  }
  found.trains.push(...spikes.done(true).map((group) => ({ ...group, event })));
}
