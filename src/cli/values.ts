/** Values of options: from text to a command's data, with a message if that is not possible. */

import { statSync } from 'node:fs';
import { homedir } from 'node:os';
import { isAbsolute, join, resolve } from 'node:path';
import { UsageError } from '../diagnostics/diagnostic.js';
import { didYouMean, shorten } from '../diagnostics/suggest.js';
import { parseRecordingRequest } from '../pipeline/add-recordings.js';
import {
  checkedRanks,
  checkedSeconds,
  checkedSeed,
  checkedThreads,
  checkedTime,
  checkSubjectField,
  timingProfiles,
} from '../pipeline/option-values.js';
import { suffixOf } from '../pipeline/results/output-names.js';
import { notationsByName } from '../pipeline/read/notation.js';
import { simulatorNames } from '../library/simulators/names.js';
import type { ImportOptions } from '../pipeline/pipeline.js';
import type { CommandName } from './command-table.js';
import { standardStream, type Options } from './arguments.js';
import type { Terminal } from './terminal.js';

/** Returns the options of a command that change the model, in the form that importing takes. */
export function importOptions(options: Options): ImportOptions {
  const seed = readSeed(options.value('seed'));
  const from = notationsByName.get(options.value('from') ?? '');
  const channels = simulatorNames.some((name) => name === options.value('with')) ? undefined : options.value('with');
  if (channels !== undefined && !/\.(ya?ml|json)$/i.test(channels))
    throw new UsageError(
      `--with ${channels} names neither a simulator nor a file in YAML`,
      `name ${simulatorNames.join(', ')} for a conversion, or a file with mechanisms for a cell in SWC`,
    );
  const dt = readTime('dt', options.value('dt'));
  const duration = readTime('duration', options.value('duration'));
  const timing = timingProfiles.find((profile) => profile === options.value('timing'));
  return {
    set: readSettings(options.values('set')),
    ...(from === undefined ? {} : { from }),
    record: options.values('record'),
    allowPaths: options.values('allow-path'),
    origin: !options.flag('no-origin'),
    ...(channels === undefined ? {} : { with: channels }),
    ...(seed === undefined ? {} : { seed }),
    ...(dt === undefined ? {} : { dt }),
    ...(duration === undefined ? {} : { duration }),
    ...(timing === undefined ? {} : { timing }),
  };
}

/** Returns all errors in the values of a command's options. */
export function findWrongValues(options: Options, command: CommandName): readonly UsageError[] {
  const readers = [
    () => readSeed(options.value('seed')),
    () => readTime('dt', options.value('dt')),
    () => readTime('duration', options.value('duration')),
    () => readCheckpoint(options.value('checkpoint')),
    () => readSeconds('limit', options),
    () => readThreads(options.value('threads')),
    () => readRanks(options.value('ranks')),
    () => checkStandardOutput(options, command),
    ...(command === 'run'
      ? options
          .values('output')
          .filter((path) => path !== standardStream)
          .map((path) => () => suffixOf(path))
      : []),
    ...options.values('record').map((text) => () => parseRecordingRequest(text)),
    ...options.values('set').map((text) => () => readSettings([text])),
    ...options.values('subject').map((text) => () => readSubject([text])),
  ];
  return readers.flatMap((read) => {
    try {
      read();
      return [];
    } catch (error) {
      if (error instanceof UsageError) return [error];
      throw error;
    }
  });
}

/** Commands that write text, which can go to standard output. */
const writersOfText: readonly CommandName[] = ['convert', 'describe', 'new', 'page', 'plot', 'report', 'sweep'];

/** @throws UsageError if standard output would get unsuitable data, or two outputs */
function checkStandardOutput(options: Options, command: CommandName): void {
  if (!options.values('output').includes(standardStream)) return;
  if (!writersOfText.includes(command))
    throw new UsageError(
      `${command} writes files, not the standard output`,
      command === 'run' ? 'name one, such as -o result.nwb' : 'name a folder, such as -o out',
    );
  if (options.flag('json'))
    throw new UsageError('--json and -o - both write to the standard output', 'leave out one of them');
}

/** Returns a seed: a whole number of 64 bits, kept as text. */
const readSeed = (text: string | undefined): string | undefined =>
  text === undefined ? undefined : checkedSeed(text, '--seed');

/** Returns one of the names that a command takes instead of a file. @throws UsageError for others, with a suggestion */
export function chosenName<Name extends string>(word: string, names: readonly Name[], command: string): Name {
  const chosen = names.find((name) => name === word);
  if (chosen !== undefined) return chosen;
  throw new UsageError(
    `${command} has nothing for ${shorten(word)}`,
    didYouMean(word, names) ?? `choose one of ${names.join(', ')}`,
  );
}

/** Worker threads. */
export const readThreads = (text: string | undefined): number | undefined =>
  text === undefined ? undefined : checkedThreads(/^\d{1,4}$/.test(text) ? Number(text) : NaN, '--threads', text);

/** Processes of the target `mpi`. */
export const readRanks = (text: string | undefined): number | undefined =>
  text === undefined ? undefined : checkedRanks(/^\d{1,6}$/.test(text) ? Number(text) : NaN, '--ranks', text);

/** Returns a time with its unit, above zero; stays text, since the model converts it decimal-exact. */
const readTime = (name: 'dt' | 'duration', text: string | undefined): string | undefined =>
  text === undefined ? undefined : checkedTime(text, name, '--');

/** Wall time between two checkpoints, in s. */
export const readCheckpoint = (text: string | undefined): number | undefined =>
  text === undefined ? undefined : checkedSeconds(text, 'checkpoint', '--');

/** Returns a time in s. @throws UsageError */
export function readSeconds(name: 'within' | 'from' | 'to' | 'bin' | 'limit', options: Options): number | undefined {
  const text = options.value(name);
  return text === undefined ? undefined : checkedSeconds(text, name, '--');
}

/** Fields of the subject of a result, as NWB names them. @throws UsageError for others */
export function readSubject(texts: readonly string[]): Record<string, string> {
  const subject = readPairs('subject', texts, "--subject 'species=Mus musculus'");
  for (const name of Object.keys(subject)) checkSubjectField(name, '--subject');
  return subject;
}

/** Settings of the model, by name. @throws UsageError */
export const readSettings = (texts: readonly string[]): Record<string, string> =>
  readPairs('set', texts, "--set 'g=4 nS'");

/** `name=value` pairs; of one name given twice the last counts. */
function readPairs(option: string, texts: readonly string[], example: string): Record<string, string> {
  return Object.fromEntries(
    texts.map((text) => {
      const at = text.indexOf('=');
      const name = text.slice(0, at).trim();
      const value = text.slice(at + 1).trim();
      if (at < 0 || name === '' || value === '')
        throw new UsageError(`--${option} cannot be ${shorten(text)}`, `write it as name=value, such as ${example}`);
      return [name, value] as const;
    }),
  );
}

/**
 * Returns the folder of compiled programs: `$INTERNEURON_CACHE`, else the user's folder for caches. Returns no folder
 * if others can write to it: a program that they put there would run with the user's rights.
 */
export function cacheOption(terminal: Terminal): { readonly cacheDirectory?: string } {
  const cacheDirectory = namedCache(terminal);
  return isShared(cacheDirectory) ? {} : { cacheDirectory };
}

/** Returns the options of a command that choose an engine, its device, its threads and the folder of its programs. */
export function engineOptions(options: Options, terminal: Terminal): EngineOptions {
  const [target, device] = [options.value('target'), options.value('device')];
  const threads = readThreads(options.value('threads'));
  return {
    ...cacheOption(terminal),
    ...(target === undefined ? {} : { target }),
    ...(threads === undefined ? {} : { threads }),
    ...(device === undefined ? {} : { device }),
  };
}

/** An engine, as options choose it; absent: the usual one. */
interface EngineOptions {
  readonly cacheDirectory?: string;
  readonly target?: string;
  readonly threads?: number;
  readonly device?: string;
}

/**
 * Checks whether a folder belongs to another user or can be written by others. Names that no folder can have are not
 * shared: a run goes on without a cache there.
 */
function isShared(folder: string): boolean {
  const user = process.getuid?.();
  if (user === undefined) return false;
  try {
    const { uid, mode } = statSync(folder);
    return uid !== user || (mode & 0o022) !== 0;
  } catch {
    return false;
  }
}

function namedCache({ environment }: Terminal): string {
  const { INTERNEURON_CACHE: own = '', XDG_CACHE_HOME: usual = '' } = environment;
  // An empty variable counts as unset, and XDG's rules require absolute paths.
  return own === '' ? join(isAbsolute(usual) ? usual : join(homedir(), '.cache'), 'interneuron') : resolve(own);
}
