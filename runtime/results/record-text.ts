/** The record of a run as JSON text, and back. */

import { UsageError } from '../../src/diagnostics/diagnostic.js';
import type { ElementType, TypedArray } from '../../src/ir/program.js';
import { arrayFromBytes, bytesOf, elementTypeOf } from './arrays.js';
import type { RunRecord } from './result.js';

/**
 * The record as stored: wall times are left out of a reproducible file, where they would differ between equal runs.
 *
 * @returns the record without the model, which each format keeps in a place of its own
 */
export function storedRecord(record: RunRecord, reproducible: boolean): Omit<RunRecord, 'model'> {
  const { model: _, ...rest } = record;
  return reproducible ? { ...rest, timings: {} } : rest;
}

/**
 * Record, model and large arrays as one JSON object. The model's text is taken over as it is, so that its bytes stay
 * the same.
 */
export function provenanceText(
  record: RunRecord,
  data: ReadonlyMap<string, TypedArray>,
  reproducible: boolean,
): string {
  const text = JSON.stringify({ ...storedRecord(record, reproducible), data: dataRecord(data) }, null, 2);
  return `${text.slice(0, -2)},\n  "model": ${record.model}\n}\n`;
}

/**
 * Reads what `provenanceText` wrote.
 *
 * @throws UsageError when the text is not such a record, or one of a later version
 */
export function readProvenance(
  text: string,
  path: string,
): { readonly record: RunRecord; readonly data: ReadonlyMap<string, TypedArray> } {
  const value = parseObject(text, path);
  const { data, model, ...rest } = value;
  return { record: checkedRecord(rest, JSON.stringify(model), path), data: readData(data) };
}

/**
 * Reads what `JSON.stringify(storedRecord(…))` wrote, given the model's text. @throws UsageError as `readProvenance`
 */
export function readRecord(text: string, model: string, path: string): RunRecord {
  return checkedRecord(parseObject(text, path), model, path);
}

function parseObject(text: string, path: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw notAResult(path, 'its record is not JSON');
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw notAResult(path, 'its record is not an object');
  return value as Record<string, unknown>;
}

function checkedRecord(value: Record<string, unknown>, model: string, path: string): RunRecord {
  if (value.format !== 'interneuron/run') throw notAResult(path, 'it holds no record of a run');
  if (value.version !== 1) {
    throw new UsageError(
      `${path} holds a record of version ${String(value.version)}, and this program reads version 1`,
      'update interneuron',
    );
  }
  const missing = requiredKeys.filter((key) => value[key] === undefined);
  if (missing.length > 0) throw notAResult(path, `its record lacks ${missing.join(', ')}`);
  return { ...value, model } as unknown as RunRecord;
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

/** The error for a file that is not one of our results. */
export function notAResult(path: string, why: string): UsageError {
  return new UsageError(
    `${path} is not a result that interneuron can read: ${why}`,
    'give a result that interneuron run has written',
  );
}

interface StoredArray {
  readonly dtype: ElementType;
  readonly base64: string;
}

function dataRecord(data: ReadonlyMap<string, TypedArray>): Record<string, StoredArray> {
  return Object.fromEntries(
    [...data].map(([digest, array]) => [
      digest,
      { dtype: elementTypeOf(array), base64: Buffer.from(bytesOf(array)).toString('base64') },
    ]),
  );
}

function readData(value: unknown): ReadonlyMap<string, TypedArray> {
  const stored = (value ?? {}) as Record<string, StoredArray>;
  return new Map(
    Object.entries(stored).map(([digest, { dtype, base64 }]) => [
      digest,
      arrayFromBytes(dtype, Buffer.from(base64, 'base64')),
    ]),
  );
}
