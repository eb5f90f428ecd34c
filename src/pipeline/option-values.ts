/** Values of options, which the command line, programs and clients of the server give: one set of rules for all. */

import { suffixOf } from './results/output-names.js';
import type { ImportOptions } from './read/import-options.js';
import { notationNames } from './read/notation.js';
import {
  abortSignal,
  callback,
  checkOptions,
  choice,
  count,
  flag,
  list,
  object,
  text,
  texts,
  textsByName,
  type ArgumentKinds,
} from '../diagnostics/public-arguments.js';
import type { AdvanceOptions, RunOptions, SessionOptions } from './run-options.js';
import { subjectFields } from '../../runtime/results/result.js';
import { UsageError } from '../diagnostics/diagnostic.js';
import { didYouMean, shorten } from '../diagnostics/suggest.js';
import type { TimingProfile } from '../model/model.js';
import { parseQuantity } from '../lang/quantity.js';

const largestSeed = (1n << 64n) - 1n;
const mostThreads = 256;
const mostRanks = 100_000;

/** Returns a seed: a whole number of 64 bits, as text. @throws UsageError for any other text */
export function checkedSeed(text: string, name = 'seed'): string {
  if (/^\d{1,20}$/.test(text) && BigInt(text) <= largestSeed) return String(BigInt(text));
  throw new UsageError(`${name} cannot be ${shorten(text)}`, `use a whole number from 0 to ${largestSeed}`);
}

/** Returns a number of worker threads. @throws UsageError for any other number */
export function checkedThreads(threads: number, name = 'threads', written: unknown = threads): number {
  if (Number.isInteger(threads) && threads >= 1 && threads <= mostThreads) return threads;
  throw new UsageError(`${name} cannot be ${shorten(written)}`, `use a whole number from 1 to ${mostThreads}`);
}

/** Returns a number of processes of the target `mpi`. @throws UsageError for any other number */
export function checkedRanks(ranks: number, name = 'ranks', written: unknown = ranks): number {
  if (Number.isInteger(ranks) && ranks >= 1 && ranks <= mostRanks) return ranks;
  throw new UsageError(`${name} cannot be ${shorten(written)}`, `use a whole number from 1 to ${mostRanks}`);
}

/**
 * Returns a time above zero with its unit; stays text, since the model converts it decimal-exact. @throws UsageError
 */
export function checkedTime(text: string, name: 'dt' | 'duration', prefix = ''): string {
  checkedSeconds(text, name, prefix);
  return text;
}

const examples = {
  dt: '0.1 ms',
  duration: '100 ms',
  checkpoint: '60 s',
  within: '0.1 ms',
  from: '100 ms',
  to: '1 s',
  bin: '5 ms',
  limit: '30 s',
} as const;

/** Returns a time above zero with its unit, in s. @throws UsageError */
export function checkedSeconds(text: string, name: keyof typeof examples, prefix = ''): number {
  const refuse = (why: string): UsageError =>
    new UsageError(
      `${prefix}${name} cannot be ${shorten(text)}: ${why}`,
      `write a time with its unit, such as ${prefix}${name} '${examples[name]}'`,
    );
  if (/^[\s\d.eE+-]+$/.test(text)) throw refuse('it has no unit');
  const seconds = parseTime(text);
  if (seconds === undefined) throw refuse('it is not a time');
  if (!(seconds > 0 && seconds < Infinity)) throw refuse('it is not above zero');
  return seconds;
}

function parseTime(text: string): number | undefined {
  try {
    const { value, dimension } = parseQuantity(text);
    return JSON.stringify(dimension) === JSON.stringify(parseQuantity('1 s').dimension) ? value : undefined;
  } catch (error) {
    if (error instanceof Error && 'finding' in error) return undefined;
    throw error;
  }
}

/** Orders of a step by name. */
export const timingProfiles = ['brian', 'grid', 'lems-euler'] as const satisfies readonly TimingProfile[];

const importKinds: ArgumentKinds<ImportOptions> = {
  set: textsByName("{ g: '4 nS' }"),
  from: choice(notationNames),
  seed: text('7'),
  dt: text('0.1 ms'),
  duration: text('1 s'),
  record: texts('cells:v@1ms'),
  allowPaths: texts('../channels'),
  with: text('channels.yaml'),
  origin: flag,
  inputs: object("{ input: { kind: 'spikes', elements, times } }"),
  peers: flag,
  timing: choice(timingProfiles),
  data: { takes: 'a Map of arrays by digest', fits: (value) => value instanceof Map },
  onFile: callback,
};

/** Checks options that change a model while it is read. @throws UsageError for an unknown option or value */
export function checkImportOptions(options: ImportOptions, caller = 'importModel'): void {
  checkOptions(caller, options, importKinds);
  if (options.seed !== undefined) checkedSeed(options.seed);
  if (options.dt !== undefined) checkedTime(options.dt, 'dt');
  if (options.duration !== undefined) checkedTime(options.duration, 'duration');
}

const engineKinds: ArgumentKinds<Omit<SessionOptions, 'start'>> = {
  target: text('wasm'),
  precision: choice(['float64', 'float32']),
  threads: { takes: 'a number', fits: (value) => typeof value === 'number' },
  ranks: { takes: 'a number', fits: (value) => typeof value === 'number' },
  device: text('0'),
  strategy: text('auto'),
  outputs: texts('result.nwb'),
  outputFolder: text('out'),
  force: flag,
  subject: textsByName("{ species: 'Mus musculus' }"),
  writers: list('writers'),
  units: object('units of files'),
  command: texts('interneuron'),
  environment: flag,
  repeated: object('the record of the run that is repeated'),
  checkpoint: object("{ folder: 'run.checkpoint', seconds: 60 }", ['folder', 'seconds']),
  from: object('a stored checkpoint'),
  cacheDirectory: text('/tmp/interneuron'),
};

const sessionKinds: ArgumentKinds<SessionOptions> = {
  ...engineKinds,
  start: object('the state at which a session begins'),
};

const runKinds: ArgumentKinds<RunOptions> = {
  ...engineKinds,
  steps: count,
  stopAfter: count,
  onProgress: callback,
  signal: abortSignal,
  extend: callback,
  dumpIr: callback,
};

const advanceKinds: ArgumentKinds<AdvanceOptions> = { signal: abortSignal, onProgress: callback };

/** Checks options of a run. @throws UsageError for an unknown option or value */
export function checkRunOptions(options: RunOptions, caller = 'runModel'): void {
  checkOptions(caller, options, runKinds);
  checkEngineOptions(options);
}

/** Checks options of a session. @throws UsageError for an unknown option or value */
export function checkSessionOptions(options: SessionOptions): void {
  checkOptions('openModel', options, sessionKinds);
  checkEngineOptions(options);
}

/** Checks options of a session's `run`. @throws UsageError for an unknown option or value */
export const checkAdvanceOptions = (options: AdvanceOptions): void => checkOptions('run', options, advanceKinds);

function checkEngineOptions({ threads, ranks, outputs = [], subject = {} }: SessionOptions): void {
  if (threads !== undefined) checkedThreads(threads);
  if (ranks !== undefined) checkedRanks(ranks);
  for (const path of outputs) suffixOf(path);
  for (const name of Object.keys(subject)) checkSubjectField(name);
}

/** Checks a field of the subject of a result, as NWB names them. @throws UsageError for others */
export function checkSubjectField(name: string, option = 'subject'): void {
  if (subjectFields.includes(name)) return;
  throw new UsageError(
    `${option} has no field ${shorten(name)}`,
    didYouMean(name, subjectFields) ?? `choose one of ${subjectFields.join(', ')}`,
  );
}
