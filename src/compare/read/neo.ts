/** Neo objects as JSON: blocks with segments of spike trains and analog signals, as Neo names their attributes. */

import { isObject } from '../../diagnostics/member.js';
import { notANumber, unreadFormat, unusable } from '../messages.js';
import { recordingOf, sorted, type Recorded, type RecordedSignal, type RecordedTrains } from '../recorded.js';
import { fileUnit, timeScale, toSI } from '../units.js';

type Json = Readonly<Record<string, unknown>>;

const objects = (value: unknown): readonly Json[] => (Array.isArray(value) ? value.filter(isObject) : []);

/** Takes trains and signals from the first segment of the first block. @throws UsageError */
export function readNeo(path: string, document: unknown, times: string | undefined): Recorded {
  const block = isObject(document) && document['blocks'] !== undefined ? objects(document['blocks'])[0] : document;
  const segments = isObject(block) ? objects(block['segments']) : [];
  const [segment] = segments;
  if (!segment)
    throw unreadFormat(path, 'it is JSON, but neither a result of interneuron nor blocks of Neo with segments');
  const notes = segments.length > 1 ? [`${path} has ${segments.length} segments; only the first was read`] : [];
  const scaleOf = (owner: Json, where: string): number => {
    const text = owner['units'] ?? times;
    const scale = typeof text === 'string' ? timeScale(text) : null;
    if (scale === null)
      throw unusable(path, `${where} has no unit of time`, 'state its units, such as ms, or give --times ms');
    return scale;
  };
  let end = 0;
  const populations = new Map<string, { ids: number[]; trains: Float64Array[] }>();
  for (const [k, train] of objects(segment['spiketrains']).entries()) {
    const where = `spike train ${k}`;
    const scale = scaleOf(train, where);
    const annotations = isObject(train['annotations']) ? train['annotations'] : {};
    const population = annotations['population'] ?? annotations['source_population'];
    const id = annotations['cell_id'] ?? annotations['source_index'] ?? annotations['id'];
    const name = typeof population === 'string' ? population : '';
    const group = populations.get(name) ?? { ids: [], trains: [] };
    populations.set(name, group);
    group.ids.push(typeof id === 'number' ? id : k);
    group.trains.push(sorted(numbers(path, where, train['times']).map((time) => toSI(time, scale))));
    if (typeof train['t_stop'] === 'number') end = Math.max(end, toSI(train['t_stop'], scale));
  }
  const trains = [...populations].map(([population, { ids, trains: own }]): RecordedTrains => ({
    population,
    event: 'spike',
    ids,
    trains: own,
    listsSilent: true,
  }));
  const signals = objects(segment['analogsignals']).map((signal, k) => signalOf(path, signal, k));
  return recordingOf({ path, format: 'Neo JSON', end: end > 0 ? end : null, trains, signals, notes });
}

function signalOf(path: string, signal: Json, k: number): RecordedSignal {
  const where = `analog signal ${k}`;
  const rows: unknown = signal['signal'] ?? signal['data'];
  if (!Array.isArray(rows))
    throw unusable(path, `${where} has no samples`, 'give them as signal, one row for each time');
  const width = Array.isArray(rows[0]) ? rows[0].length : 1;
  const values = numbers(path, where, rows.flat());
  const unit = typeof signal['units'] === 'string' ? fileUnit(signal['units']) : null;
  const period = quantity(signal['sampling_period'], 's') ?? 1 / (quantity(signal['sampling_rate'], 'Hz') ?? NaN);
  const start = quantity(signal['t_start'], 's') ?? 0;
  if (!(period > 0) || values.length !== rows.length * width)
    throw unusable(path, `${where} has no sampling period or uneven rows`, 'give sampling_period, such as "0.1 ms"');
  const annotations = isObject(signal['annotations']) ? signal['annotations'] : {};
  const owner = annotations['source_population'];
  const cells = annotations['channel_index'];
  const cellOf = (column: number): unknown => (Array.isArray(cells) ? cells[column] : undefined) ?? column;
  const isOwned = typeof owner === 'string';
  return {
    owner: isOwned ? owner : '',
    variable: typeof signal['name'] === 'string' ? signal['name'] : `signal ${k}`,
    unit: unit?.si ?? null,
    columns: width === 1 && !isOwned ? [''] : Array.from({ length: width }, (_, column) => String(cellOf(column))),
    times: Float64Array.from({ length: rows.length }, (_, row) => start + row * period),
    values: values.map((value) => toSI(value, unit?.scale ?? 1)),
  };
}

/** Returns a number with a unit from a text; null if it lacks the dimension. */
function quantity(value: unknown, si: string): number | null {
  const [, number, text] = typeof value === 'string' ? (/^\s*([-+\d.eE]+)\s*(.+)$/.exec(value) ?? []) : [];
  const unit = text === undefined ? null : fileUnit(text);
  return unit?.si === si ? toSI(Number(number), unit.scale) : null;
}

function numbers(path: string, where: string, value: unknown): Float64Array {
  if (!Array.isArray(value)) throw unusable(path, `${where} has no list of numbers`, 'write the file again');
  const wrong: unknown = value.find((element) => typeof element !== 'number');
  if (wrong !== undefined) throw notANumber(path, `a number of ${where}`, JSON.stringify(wrong));
  return Float64Array.from(value as number[]);
}
