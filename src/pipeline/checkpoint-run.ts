/** Checkpoints of runs of a document: their contents besides the recorded data, and how a run continues from one. */

import { basename, dirname, extname, join, resolve } from 'node:path';

import { openCheckpoint } from '../../runtime/record/checkpoint.js';
import { dataRecord, readData } from '../../runtime/results/record-text.js';
import type { RunHeader, RunSetup } from '../../runtime/results/result.js';
import { UsageError } from '../diagnostics/diagnostic.js';
import { unplaced } from '../diagnostics/positions.js';
import type { ImportedModel } from './read/imported-model.js';
import type { Notation } from './read/recognise.js';
import type { RunOptions } from './run-options.js';
import { storedModel } from './results/stored-model.js';
import { version } from './version.js';

/** Contents of `run.json` of a checkpoint. */
interface CheckpointedRun {
  readonly format: 'interneuron/checkpoint';
  /** Version of interneuron: another one may compile another program, which the state does not fit. */
  readonly interneuron: string;
  readonly header: RunHeader;
  /** Large arrays of the model, by digest. */
  readonly data: unknown;
  /** Absent: unknown. */
  readonly notation?: Notation;
  /** Files of the result and the folder for files that the model names, as absolute paths. */
  readonly outputs: readonly string[];
  readonly outputFolder?: string;
  readonly strategy?: string;
  /** Wall time between two checkpoints. */
  readonly seconds: number;
}

/**
 * Returns the folder for the checkpoint of a run: next to its first output, or in the output folder under the model's
 * name.
 */
export function checkpointFolder(model: string, outputs: readonly string[], outputFolder: string): string {
  const [first = join(outputFolder, basename(model))] = outputs;
  return join(dirname(first), `${basename(first, extname(first))}.checkpoint`);
}

/** Returns the description of a run in a checkpoint. */
export const checkpointedRun = (
  { header, data }: Pick<RunSetup, 'header' | 'data'>,
  notation: Notation | undefined,
  { outputs = [], outputFolder, strategy }: RunOptions,
  seconds: number,
): CheckpointedRun => ({
  format: 'interneuron/checkpoint',
  interneuron: version,
  header,
  data: dataRecord(data),
  ...(notation === undefined ? {} : { notation }),
  outputs: outputs.map((path) => resolve(path)),
  ...(outputFolder === undefined ? {} : { outputFolder: resolve(outputFolder) }),
  ...(strategy === undefined ? {} : { strategy }),
  seconds,
});

/** A run that continues. */
interface ContinuedRun {
  readonly imported: ImportedModel;
  readonly options: RunOptions;
}

/**
 * Returns the run of a checkpoint, ready to continue.
 *
 * @param how  `resume` runs the rest; `recover` only writes the data recorded until the checkpoint
 * @throws UsageError if the folder holds no checkpoint, or one of another version
 * @throws DiagnosticError if its model was changed
 */
export function continuedRun(folder: string, how: 'resume' | 'recover'): ContinuedRun {
  const began = performance.now();
  const from = openCheckpoint(folder);
  const run = from.run as CheckpointedRun;
  if (run.interneuron !== version)
    throw new UsageError(
      `${folder} was written by interneuron ${run.interneuron}, and this is ${version}`,
      'continue the run with the version that began it',
    );
  const { header, notation = 'canonical', outputs, outputFolder, strategy, seconds } = run;
  const { environment, subject } = header;
  const path = join(folder, 'run.json');
  const model = storedModel({ path, record: header, data: readData(run.data, path) });
  return {
    imported: {
      ...model,
      notation,
      isCarried: false,
      diagnostics: [],
      positions: unplaced,
      source: environment.source ?? { path, sha256: '' },
      seconds: (performance.now() - began) / 1000,
    },
    options: {
      target: header.target,
      precision: header.precision,
      threads: header.threads,
      outputs,
      from,
      ...(how === 'resume' ? { checkpoint: { folder, seconds } } : { stopAfter: from.state.steps }),
      ...(outputFolder === undefined ? {} : { outputFolder }),
      ...(strategy === undefined ? {} : { strategy }),
      ...(subject === undefined ? {} : { subject }),
      ...(Object.keys(environment).length === 0 ? { environment: false } : {}),
      ...(environment.command === undefined ? {} : { command: environment.command }),
    },
  };
}
