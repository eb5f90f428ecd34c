/** Matrices as JSON, to which other machines add their environments. */

import { isObject } from '../diagnostics/member.js';
import { UsageError } from '../diagnostics/diagnostic.js';
import type { Source } from '../pipeline/read/read-source.js';
import type { MatrixRun, ModelMatrix } from './matrix.js';

/** Version of the form. */
const form = 1;

/** Returns matrices as JSON: runs with their spikes in s, and the verdict on each pair. */
export const matrixJson = (models: readonly ModelMatrix[]): string => JSON.stringify({ matrix: form, models });

/** The runs of a model in a stored matrix. */
export type StoredMatrix = Pick<ModelMatrix, 'hash' | 'runs'>;

/** Reads matrices. @throws UsageError for anything else */
export function readMatrix({ name, text }: Source): readonly StoredMatrix[] {
  const wrong = (why: string): UsageError =>
    new UsageError(`${name} is no matrix: ${why}`, 'name a file that `interneuron matrix -o FILE.json` wrote');
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw wrong('it is not JSON');
  }
  if (!isObject(value) || value['matrix'] !== form || !Array.isArray(value['models']))
    throw wrong(`it lacks "matrix": ${form} or a list of models`);
  const models: readonly unknown[] = value['models'];
  models.forEach((model, k) => {
    if (!isStored(model)) throw wrong(`models[${k}] lacks a hash, or a run has no environment or no lists of spikes`);
  });
  return models as readonly StoredMatrix[];
}

const isStored = (model: unknown): boolean =>
  isObject(model) && typeof model['hash'] === 'string' && Array.isArray(model['runs']) && model['runs'].every(isRun);

function isRun(run: unknown): run is MatrixRun {
  if (!isObject(run) || !isObject(run['environment'])) return false;
  const { name, simulator } = run['environment'];
  const { spikes = {} } = run;
  const texts = [run['failure'], run['lack'], run['limit'], run['input']];
  return (
    texts.every((text) => text === undefined || typeof text === 'string') &&
    typeof name === 'string' &&
    typeof simulator === 'string' &&
    isObject(spikes) &&
    Object.values(spikes).every((trains) => Array.isArray(trains) && trains.every(isTrain))
  );
}

const isTrain = (train: unknown): boolean => Array.isArray(train) && train.every((time) => Number.isFinite(time));
