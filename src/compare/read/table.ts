/**
 * Text tables of other programs: spikes and samples of NEST, samples (`.dat`) and spikes (`.spikes`) of LEMS, and
 * tables with a header.
 */

import { itemAt } from '../../diagnostics/entry.js';
import { noTimeUnit, notANumber, unreadFormat, unusable } from '../messages.js';
import { collectTrains, recordingOf, type Recorded, type RecordedSignal } from '../recorded.js';
import { decimalToSI, fileUnit, timeScale, type FileUnit } from '../units.js';

/** The content of a column. */
type Column =
  | { readonly kind: 'population' | 'id' | 'step' | 'offset' | 'other' }
  | { readonly kind: 'time'; readonly unit: string | null }
  | { readonly kind: 'value'; readonly name: string; readonly unit: FileUnit | null };

interface Layout {
  readonly format: string;
  readonly columns: readonly Column[];
  /** Unit of times for columns that state none. */
  readonly times: string | undefined;
  /** Whether LEMS wrote it, which gives times in single precision. */
  readonly single?: boolean;
}

/** Units of recordables of NEST, which its headers do not state. */
const nestUnits: Readonly<Record<string, string>> = {
  V_m: 'mV',
  g_ex: 'nS',
  g_in: 'nS',
  I_syn: 'pA',
  I_syn_ex: 'pA',
  I_syn_in: 'pA',
};

/** Lines of a file with their numbers, a character for each byte. */
type Lines = (path: string) => Iterable<readonly [number: number, bytes: string]>;

/** Returns lines with their numbers, as UTF-8 without a byte order mark and without quotes around cells. */
function* linesOf(path: string, bytesOf: Lines): Generator<readonly [number: number, line: string]> {
  for (const [number, bytes] of bytesOf(path)) {
    const line = /[\x80-\xff]/.test(bytes)
      ? new TextDecoder().decode(Uint8Array.from(bytes, (byte) => byte.charCodeAt(0)))
      : bytes;
    const [, quoted] = /"([+-]?\d+,\d+)"/.exec(line) ?? [];
    if (quoted !== undefined) throw hasDecimalComma(path, number, quoted);
    const plain = number === 1 ? line.replace(/^\uFEFF/, '') : line;
    yield [number, plain.includes('"') ? plain.replaceAll('"', '') : plain];
  }
}

/** A number with a decimal comma. */
const decimalComma = /(?:^|[\s;])([+-]?\d+,\d+)(?=[\s;]|$)/;

/** Rejects decimal commas, in tables whose cells are not separated by commas. @throws UsageError */
function refuseDecimalComma(path: string, number: number, line: string, separator: RegExp): void {
  const [, comma] = decimalComma.exec(line) ?? [];
  const isMixed = separator.source.includes(',') && !/\s/.test(line.trim());
  if (comma !== undefined && !isMixed) throw hasDecimalComma(path, number, comma);
}

const hasDecimalComma = (path: string, line: number, comma: string): Error =>
  unusable(path, `line ${line} has a decimal comma: ${comma}`, 'write numbers with a decimal point');

/** Reads a text table. @param times  unit of times, for files that state none. @throws UsageError */
export function readTable(path: string, times: string | undefined, bytesOf: Lines): Recorded {
  const lines = linesOf(path, bytesOf);
  const head: (readonly string[])[] = [];
  let [isNest, separator]: [boolean, RegExp] = [false, /[\s,;]+/];
  let rest: (readonly [number, string])[] = [];
  for (let next = lines.next(); next.done !== true; next = lines.next()) {
    const [, line] = next.value;
    if (line.startsWith('#')) {
      isNest ||= line.includes('NEST');
      continue;
    }
    if (line.trim() === '') continue;
    if (head.length === 0) separator = separatorOf(line);
    if (head.length > 0 || !/[a-z]/i.test(line)) refuseDecimalComma(path, next.value[0], line, separator);
    const cells = line.trim().split(separator);
    if (cells.every((cell) => isNumber(cell)) || head.length === 1) {
      rest = [next.value];
      break;
    }
    head.push(cells);
  }
  const first = rest[0]?.[1].trim().split(separator) ?? [];
  const [names] = head;
  const layout = names
    ? headed(path, names, isNest, times)
    : headless(path, sample(linesOf(path, bytesOf), separator), times);
  if (first.length > 0 && layout.columns.length !== first.length)
    throw unusable(
      path,
      `line ${itemAt(rest, 0)[0]} has ${first.length} columns, and its header ${layout.columns.length}`,
      'write one cell for each name of the header',
    );
  return readRows(path, layout, separator, [...rest], lines);
}

/** Returns the separator of cells, by the first line: names of columns can contain spaces. */
function separatorOf(line: string): RegExp {
  const isHeader = /[a-z]/i.test(line.replace(/e[+-]?\d/gi, ''));
  if (isHeader && line.includes('\t')) return /\s*\t\s*/;
  if (line.includes(';')) return /\s*;\s*/;
  return line.includes(',') && (isHeader || !/\S\s+\S/.test(line)) ? /\s*,\s*/ : /[\s,;]+/;
}

const isNumber = (text: string): boolean => text !== '' && Number.isFinite(Number(text));

/** Returns the first rows of a table without a header. */
function sample(lines: ReturnType<typeof linesOf>, separator: RegExp): readonly (readonly string[])[] {
  const rows: (readonly string[])[] = [];
  for (const [, line] of lines) {
    if (line.startsWith('#') || line.trim() === '') continue;
    rows.push(line.trim().split(separator));
    if (rows.length === 1000) break;
  }
  return rows;
}

// --- Columns --------------------------------------------------------------------------------------------------------
function headed(path: string, names: readonly string[], isNest: boolean, times: string | undefined): Layout {
  const columns = names.map((name) => columnOf(name, isNest));
  const kinds = columns.map(({ kind }) => kind);
  if (kinds.includes('step') && times === undefined)
    throw unusable(
      path,
      'it has times in steps, and does not state their length',
      "state it, as in --times '0.1 ms', or record with time_in_steps: false",
    );
  if (!kinds.includes('time') && !kinds.includes('step'))
    throw unusable(
      path,
      `it is text, and no column of its header (${names.slice(0, 8).join(', ')}) is a time`,
      nameColumns,
    );
  const what = kinds.includes('value') ? 'samples' : 'spikes';
  if (what === 'spikes' && !kinds.includes('id'))
    throw unreadFormat(path, 'its header names neither the cells of its times nor a variable');
  return { format: isNest ? `NEST ${what}` : `table of ${what}`, columns, times };
}

const nameColumns =
  'name the columns of a result in its first line, such as time (ms),id, and those of connections source,target,weight';

/** Names of a column of cells, such as `sender`, `neuron_id` and `node_ids`. */
const cellColumn =
  /^(i|(sender|source|node|neuron|cell)s?|((sender|source|node|neuron|cell|unit)[ _]?)?(g?ids?|index|idx))$/i;

/** Names of columns that say when or where a spike belongs, and of the numbers of rows that pandas writes. */
const other = /^(?:|(?:event|segment|trial|session|sweep|epoch|condition|region|layer)(?:_?id)?|unnamed: \d+)$/i;

/** Returns the content of a column by its name. */
export const contentOf = (name: string): Column['kind'] => columnOf(name, false).kind;

function columnOf(name: string, isNest: boolean): Column {
  if (/^((source_)?population|pop)(_name)?$/i.test(name)) return { kind: 'population' };
  if (other.test(name)) return { kind: 'other' };
  if (cellColumn.test(name)) return { kind: 'id' };
  if (/^time_step$/i.test(name)) return { kind: 'step' };
  if (/^time_offset$/i.test(name)) return { kind: 'offset' };
  // Units stand in brackets or, as in physics, after a slash: `t/ms`.
  const slashed = name.replace(/^([^/]+)\/([^/]+)$/, (whole, own: string, unit: string) =>
    fileUnit(unit) ? `${own}(${unit})` : whole,
  );
  const [, own = name, suffix, bracketed] = /^(.*?)(?:_(s|ms|us)|\s*[([](.+)[)\]])$/.exec(slashed) ?? [];
  if (/^(t|times?|timestamps?|spike_times?)$/i.test(own)) return { kind: 'time', unit: suffix ?? bracketed ?? null };
  const unit = isNest ? nestUnits[name] : bracketed;
  return {
    kind: 'value',
    name: bracketed === undefined ? name : own,
    unit: unit === undefined ? null : fileUnit(unit),
  };
}

/**
 * Returns the layout of a table of only numbers. It holds spikes if it has two columns and exactly one of them has only
 * whole numbers. Otherwise it holds samples, with ascending times in the first column, as LEMS writes them in s.
 */
function headless(path: string, rows: readonly (readonly string[])[], times: string | undefined): Layout {
  const [first] = rows;
  if (!first) return { format: 'table of spikes', columns: [{ kind: 'id' }, { kind: 'time', unit: 's' }], times };
  if (!first.every(isNumber)) throw unreadFormat(path, 'it is text, but no table of numbers');
  const wholes = first.map((_, column) => rows.every((row) => /^\d+$/.test(row[column] ?? '')));
  const isLems = /\.(spikes|dat)$/i.test(path);
  const unit = times ?? (/\.gdf$/i.test(path) ? 'ms' : isLems ? 's' : undefined);
  const time: Column = { kind: 'time', unit: null };
  const ascending = rows.every((row, k) => k === 0 || Number(row[0]) > Number(itemAt(rows, k - 1)[0]));
  if (first.length === 2 && (wholes[0] !== wholes[1] || !ascending)) {
    const idsFirst = wholes[0] === true && (wholes[1] !== true || !ascending);
    if (idsFirst || wholes[1] === true)
      return {
        format: isLems ? 'LEMS spikes' : 'spikes',
        columns: idsFirst ? [{ kind: 'id' }, time] : [time, { kind: 'id' }],
        times: unit,
        single: isLems && times === undefined,
      };
  }
  if (first.length < 2 || !ascending)
    throw unusable(path, 'its columns have no names, and its first column is no ascending time', nameColumns);
  return {
    format: isLems ? 'LEMS samples' : 'samples',
    columns: [time, ...first.slice(1).map((_, k): Column => ({ kind: 'value', name: `column ${k + 2}`, unit: null }))],
    times: unit,
    single: isLems && times === undefined,
  };
}

// --- Rows -----------------------------------------------------------------------------------------------------------
function readRows(
  path: string,
  { format, columns, times, single = false }: Layout,
  separator: RegExp,
  begun: readonly (readonly [number, string])[],
  lines: Iterable<readonly [number, string]>,
): Recorded {
  const at = (kind: Column['kind']): number => columns.findIndex((column) => column.kind === kind);
  const [stepAt, offsetAt, idAt, populationAt] = [at('step'), at('offset'), at('id'), at('population')];
  const timeAt = stepAt < 0 ? at('time') : stepAt;
  const time = columns[timeAt];
  const unit = (time?.kind === 'time' ? time.unit : null) ?? times;
  if (unit === undefined) throw noTimeUnit(path, 'it');
  const scale = timeScale(unit);
  if (scale === null) throw unusable(path, `${unit} is no unit of time`, 'times are in s, ms or us');
  const variables = columns.flatMap((column, k) => (column.kind === 'value' ? [{ ...column, at: k }] : []));
  const spikes = collectTrains();
  const samples = new Map<string, { readonly times: number[]; readonly values: number[][] }>();
  let [decimals, last] = [0, 0];
  const take = (number: number, line: string): void => {
    if (line.startsWith('#') || line.trim() === '') return;
    const cells = line.trim().split(separator);
    if (line.includes(',')) refuseDecimalComma(path, number, line, separator);
    if (cells.length !== columns.length)
      throw unusable(
        path,
        `line ${number} has ${cells.length} columns, not ${columns.length}`,
        cells.length > columns.length && separator.source.includes(',')
          ? 'write numbers with a decimal point, not a decimal comma'
          : 'the file may be cut off: write it again',
      );
    const text = itemAt(cells, timeAt);
    // NEST counts the offset of a precise spike, in ms, back from the end of its step.
    const offset = offsetAt < 0 ? 0 : decimalToSI(itemAt(cells, offsetAt), 1e-3);
    const seconds = decimalToSI(text, scale) - offset;
    if (text === '' || !Number.isFinite(seconds)) throw notANumber(path, `the time in line ${number}`, text);
    last = Math.max(last, Math.abs(seconds));
    decimals = Math.max(decimals, stepAt < 0 ? decimalsOf(text) : 6);
    const id = idAt < 0 ? 0 : Number(cells[idAt]);
    if (!Number.isInteger(id)) throw notANumber(path, `the identifier in line ${number}`, cells[idAt] ?? '');
    const population = populationAt < 0 ? '' : itemAt(cells, populationAt);
    if (variables.length === 0) {
      spikes.add(population, id, seconds);
      return;
    }
    const key = idAt < 0 ? '' : String(id);
    const own = samples.get(key) ?? { times: [], values: variables.map(() => []) };
    samples.set(key, own);
    own.times.push(seconds);
    for (const [k, variable] of variables.entries()) {
      const cell = itemAt(cells, variable.at);
      const sample = decimalToSI(cell, variable.unit?.scale ?? 1);
      if (Number.isNaN(sample) && !/^[+-]?nan$/i.test(cell))
        throw notANumber(path, `${variable.name} in line ${number}`, cell);
      itemAt(own.values, k).push(sample);
    }
  };
  for (const [number, line] of begun) take(number, line);
  for (const [number, line] of lines) take(number, line);
  const resolution = Math.max(scale * 0.5 * 10 ** -decimals, single ? 2 ** -23 * last : 0);
  return recordingOf({ path, format, resolution, trains: spikes.done(), signals: signalsOf(variables, samples) });
}

/** Returns the number of digits after the decimal point, with the exponent applied. */
function decimalsOf(text: string): number {
  const [, fraction = '', exponent = '0'] = /^[^.eE]*(?:\.(\d*))?(?:[eE]([+-]?\d+))?$/.exec(text) ?? [];
  return Math.max(0, fraction.length - Number(exponent));
}

function signalsOf(
  variables: readonly { readonly name: string; readonly unit: FileUnit | null }[],
  samples: ReadonlyMap<string, { readonly times: number[]; readonly values: number[][] }>,
): readonly RecordedSignal[] {
  return [...samples].flatMap(([id, { times, values }]) =>
    variables.map(({ name, unit }, k) => ({
      owner: '',
      variable: name,
      unit: unit?.si ?? null,
      columns: [id],
      times: Float64Array.from(times),
      values: Float64Array.from(itemAt(values, k)),
    })),
  );
}
