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

/**
 * Record, model and large arrays as one JSON object. The model's text is taken over as it is, so its bytes stay
 * the same.
 */
export function provenanceText(record: RunRecord, data: ReadonlyMap<string, TypedArray>): string {
  const text = JSON.stringify({ ...storedRecord(record), data: dataRecord(data) }, null, 2);
  return `${text.slice(0, -2)},\n  "model": ${record.model}\n}\n`;
}

/**
 * Reads the text of `provenanceText`.
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
  const older = { expectedSteps: value['steps'], date: value['started'], environment: {}, digests: {}, digest: '' };
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
] as const satisfies readonly (keyof RunRecord)[];

/** The error for a result of ours with missing or invalid parts. */
export function damaged(path: string, why: string): DiagnosticError {
  return new DiagnosticError([{ severity: 'error', ...messages.damaged(path, why), place: { document: path } }]);
}

/** The error for a file that is not one of our results. */
export function notAResult(path: string, why: string): UsageError {
  return new UsageError(
    `${path} is not a result that interneuron can read: ${why}`,
    'give a result written by interneuron run, or the model as well: interneuron verify RESULT MODEL',
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
