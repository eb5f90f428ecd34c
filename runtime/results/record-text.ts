/** The record of a run as JSON text, and back. */

import { platform } from '#platform';
import { DiagnosticError, UsageError } from '../../src/diagnostics/diagnostic.js';
import type { ElementType, TypedArray } from '../../src/ir/program.js';
import { arrayFromBytes, bytesOf, elementTypeOf } from './arrays.js';
import { messages } from './messages.js';
import { recordVersion, type RunRecord } from './result.js';

/** The record without the model, which each format keeps in its own place. */
export function storedRecord(record: RunRecord): Omit<RunRecord, 'model'> {
  const { model: _, ...rest } = record;
  return rest;
}

/** Bytes of an array that are text at a time; a multiple of three, so that pieces of base64 join. */
const pieceBytes = 3 << 18;

/**
 * Record, model and large arrays as one JSON object, in pieces: arrays may be too long for one text. The model's text
 * is taken over as it is, so its bytes stay the same.
 */
export function* provenanceParts(record: RunRecord, data: ReadonlyMap<string, TypedArray>): Generator<string> {
  yield JSON.stringify({ ...storedRecord(record), data: {} }, null, 2).slice(0, -'}\n}'.length);
  let before = '';
  for (const [digest, array] of data) {
    yield `${before}\n    ${JSON.stringify(digest)}: {\n      "dtype": "${elementTypeOf(array)}",\n      "base64": "`;
    const bytes = bytesOf(array);
    for (let k = 0; k < bytes.length; k += pieceBytes) yield platform.bytes.toBase64(bytes.subarray(k, k + pieceBytes));
    yield '"\n    }';
    before = ',';
  }
  yield `${before && '\n  '}},\n  "model": ${record.model}\n}\n`;
}

/**
 * Reads the text of `provenanceParts`.
 *
 * @throws UsageError for a text that is not such a record, or one of a later version
 */
export function readProvenance(
  text: string,
  path: string,
): { readonly record: RunRecord; readonly data: ReadonlyMap<string, TypedArray> } {
  const value = parseObject(text, path);
  const { data, model, ...rest } = value;
  return { record: checkedRecord(rest, JSON.stringify(model), path), data: readData(data, path) };
}

/**
 * Reads the text of `JSON.stringify(storedRecord(…))`, given the model's text. @throws UsageError as `readProvenance`
 */
export function readRecord(text: string, model: string, path: string): RunRecord {
  return checkedRecord(parseObject(text, path), model, path);
}

function parseObject(text: string, path: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw damaged(path, 'its record is not JSON');
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw damaged(path, 'its record is not an object');
  return value as Record<string, unknown>;
}

function checkedRecord(value: Record<string, unknown>, model: string, path: string): RunRecord {
  if (value['format'] !== 'interneuron/run') throw damaged(path, 'its record is not of the format interneuron/run');
  const { version } = value;
  if (typeof version !== 'number' || !(version >= 1) || version % 1 !== 0)
    throw damaged(path, 'its record has no version');
  if (version > recordVersion) {
    throw new UsageError(
      `${path} holds a record of version ${version}, but this program reads version ${recordVersion}`,
      'update interneuron',
    );
  }
  if (version === 1 && 'digests' in value) throw damaged(path, 'its record has version 1 but contains digests');
  const required = version === 1 ? requiredKeys : [...requiredKeys, ...laterKeys];
  const missing = required.filter((key) => value[key] === undefined);
  if (missing.length > 0) throw damaged(path, `its record lacks ${missing.join(', ')}`);
  const older = {
    ...{ expectedSteps: value['steps'], date: value['started'], environment: {}, digests: {}, digest: '' },
    ...{ device: '', threads: 1, versions: {}, outcome: 'complete', faults: [], notes: [] },
  };
  const misshapen = Object.entries(shapes).filter(([key, fits]) => value[key] !== undefined && !fits(value[key]));
  if (misshapen.length > 0) throw damaged(path, `its record has no usable ${misshapen.map(([key]) => key).join(', ')}`);
  return { ...(version === 1 ? older : {}), ...value, model } as unknown as RunRecord;
}

const requiredKeys = [
  'name',
  'hashes',
  'seed',
  'dt',
  'precision',
  'numericsVersion',
  'target',
  'steps',
  'complete',
  'fingerprint',
  'populations',
  'phases',
  'spikeLabel',
  'series',
  'trains',
] as const satisfies readonly (keyof RunRecord)[];

const laterKeys = [
  'expectedSteps',
  'date',
  'environment',
  'digests',
  'digest',
  'device',
  'threads',
  'versions',
  'outcome',
  'faults',
  'notes',
] as const satisfies readonly (keyof RunRecord)[];

type Fits = (value: unknown) => boolean;

const isText: Fits = (value) => typeof value === 'string';
const isNumber: Fits = (value) => typeof value === 'number';
const isCount: Fits = (value) => Number.isSafeInteger(value) && (value as number) >= 0;
const isFlag: Fits = (value) => typeof value === 'boolean';
const listOf =
  (fits: Fits): Fits =>
  (value) =>
    Array.isArray(value) && value.every(fits);
const mapOf =
  (fits: Fits): Fits =>
  (value) =>
    typeof value === 'object' && value !== null && !Array.isArray(value) && Object.values(value).every(fits);
const objectOf =
  (members: Readonly<Record<string, Fits>>): Fits =>
  (value) =>
    mapOf(() => true)(value) &&
    Object.entries(members).every(([key, fits]) => fits((value as Readonly<Record<string, unknown>>)[key]));

const span = { begin: isCount, end: isCount };

/** The forms of values, as far as readers rely on them. Plans of spikes and samples are checked with the data. */
const shapes: Readonly<Partial<Record<keyof RunRecord, Fits>>> = {
  name: isText,
  hashes: objectOf({ model: isText }),
  seed: isText,
  dt: isNumber,
  precision: isText,
  numericsVersion: isNumber,
  target: isText,
  device: isText,
  threads: isNumber,
  versions: mapOf(isText),
  date: isText,
  environment: mapOf(() => true),
  steps: isCount,
  expectedSteps: isCount,
  complete: isFlag,
  outcome: isText,
  faults: listOf(isText),
  notes: listOf(isText),
  fingerprint: objectOf({
    total: isText,
    populations: mapOf(
      objectOf({ digest: isText, spikes: objectOf({ count: isCount, digest: isText }), state: mapOf(isText) }),
    ),
    projections: mapOf(objectOf({ digest: isText, state: mapOf(isText) })),
  }),
  populations: listOf(objectOf({ name: isText, size: isCount, spikes: isCount })),
  phases: listOf(objectOf({ ...span, name: isText })),
  segments: listOf(objectOf({ ...span, name: isText, start: isCount })),
  spikeLabel: isCount,
  series: listOf(objectOf({})),
  trains: listOf(objectOf({})),
  digests: mapOf(isText),
  digest: isText,
};

/** The error for a result of ours with missing or invalid parts. */
export function damaged(path: string, why: string): DiagnosticError {
  return new DiagnosticError([{ severity: 'error', ...messages.damaged(path, why), place: { document: path } }]);
}

/** The error for a file that is not one of our results. */
export function notAResult(path: string, why: string): UsageError {
  return new UsageError(
    `${path} is not a result that interneuron can read: ${why}`,
    'give a result of interneuron run, or the model as well: verify FILE MODEL. inspect, plot and compare take any results',
  );
}

interface StoredArray {
  readonly dtype: ElementType;
  readonly base64: string;
}

/** Arrays as JSON. */
export function dataRecord(data: ReadonlyMap<string, TypedArray>): Record<string, StoredArray> {
  return Object.fromEntries(
    [...data].map(([digest, array]) => [
      digest,
      { dtype: elementTypeOf(array), base64: platform.bytes.toBase64(bytesOf(array)) },
    ]),
  );
}

const elementTypes: ReadonlySet<unknown> = new Set(['f64', 'f32', 'i64', 'u32', 'i32', 'u16', 'i16', 'u8', 'i8']);

/** Reads the value of `dataRecord`. @throws DiagnosticError for a value without arrays */
export function readData(value: unknown, path: string): ReadonlyMap<string, TypedArray> {
  const stored = (value ?? {}) as Readonly<Record<string, Partial<StoredArray> | null>>;
  return new Map(
    Object.entries(stored).map(([digest, array]) => {
      const { dtype, base64 } = array ?? {};
      if (!dtype || !elementTypes.has(dtype) || typeof base64 !== 'string')
        throw damaged(path, `its data ${digest} is not an array`);
      return [digest, arrayFromBytes(dtype, platform.bytes.fromBase64(base64))];
    }),
  );
}
