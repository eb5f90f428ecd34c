/** Facts about a run before its first step, for results to hold. */

import { platform } from '#platform';

import canonicalize from 'canonicalize';
import {
  defaultDate,
  type Environment,
  type RecordedStart,
  type RunHeader,
  type RunMetadata,
  type RunRecord,
  type WrittenUnit,
} from '../../../runtime/results/result.js';
import { UsageError } from '../../diagnostics/diagnostic.js';
import type { Program } from '../../ir/program.js';
import type { ModelHashes } from '../../model/hash.js';
import type { ValidModel } from '../../model/model.js';
import type { Source } from '../read/read-source.js';
import { version } from '../version.js';

/** Members that the result of a repeated run copies from the first one: the engine, and the description of the run. */
export type Repeated = Pick<
  RunRecord,
  'target' | 'device' | 'threads' | 'versions' | 'date' | 'subject' | 'times' | 'environment' | 'notes'
>;

/** Everything but the model that a header depends on. */
interface HeaderOptions {
  readonly engine: { readonly target: string; readonly device: string; readonly threads: number };
  readonly subject?: Readonly<Record<string, string>>;
  readonly times?: WrittenUnit;
  readonly start?: RecordedStart;
  readonly environment: Environment;
  readonly repeated?: Repeated;
}

/** Returns the part of a result that allows repeating the run: the model, and the engine that runs it. */
export function runHeader(
  { valid, hashes }: { readonly valid: ValidModel; readonly hashes: ModelHashes },
  program: Program,
  { engine, subject, times, start, environment, repeated }: HeaderOptions,
): RunHeader {
  const { model } = valid;
  const given = repeated ?? {
    ...engine,
    versions: { interneuron: version, ...platform.machine.versions() },
    date: fileDate(),
    ...(subject && Object.keys(subject).length > 0 ? { subject } : {}),
    ...(times ? { times } : {}),
    environment,
  };
  return {
    name: model.name,
    model: canonicalize(model) ?? '',
    hashes,
    seed: model.experiment.seed,
    dt: program.dt,
    precision: program.precision,
    numericsVersion: program.numericsVersion,
    target: given.target,
    device: given.device,
    threads: given.threads,
    versions: given.versions,
    date: given.date,
    ...(given.subject === undefined ? {} : { subject: given.subject }),
    ...(given.times === undefined ? {} : { times: given.times }),
    ...(start === undefined ? {} : { start }),
    environment: given.environment,
  };
}

/**
 * Returns the date for files: the date of `SOURCE_DATE_EPOCH` (seconds since 1970, https://reproducible-builds.org),
 * else a fixed one, so that equal runs give equal files.
 *
 * @throws UsageError if the variable holds no number of seconds
 */
export function fileDate(epoch = platform.machine.variable('SOURCE_DATE_EPOCH')): string {
  if (epoch === undefined || epoch === '') return defaultDate;
  const date = new Date(/^\d{1,12}$/.test(epoch) ? Number(epoch) * 1000 : Number.NaN);
  if (Number.isNaN(date.getTime()))
    throw new UsageError(
      `SOURCE_DATE_EPOCH is ${JSON.stringify(epoch)}, not a whole number of seconds since 1970`,
      'unset it, or set it to a number such as the output of: date +%s',
    );
  return date.toISOString().replace('.000Z', 'Z');
}

/** Returns the source and the machine of a run, without names of users, home folders and the version of the kernel. */
export function environmentOf(details: Pick<Environment, 'source' | 'command' | 'compiler'>): Environment {
  const { source, command, compiler } = details;
  return {
    ...(source ? { source: { ...source, path: shareable(source.path) } } : {}),
    ...(command ? { command: command.map(shareableWord) } : {}),
    system: platform.machine.system(),
    processor: platform.machine.processor(),
    ...(compiler === undefined ? {} : { compiler }),
  };
}

const { shareable } = platform.files;

/** Returns a word of a command in which a path, which an option may precede, leads from the current folder. */
const shareableWord = (word: string): string =>
  word.replace(/^((?:--?[\w-]+=)?(?:[\w.-]+=)?)(.+)$/s, (whole, option: string, path: string) =>
    platform.paths.isAbsolute(path) || /^\.\.[\\/]/.test(path) ? `${option}${shareable(path)}` : whole,
  );

/** Keys of values that are paths, in reports and tables. */
const pathKeys = new Set(['source', 'document', 'outputs', 'file']);

/** Returns a report as JSON for others: its paths lead from the current folder, as those in results do. */
export function shareableJson(report: unknown): string {
  const walk = (value: unknown, isPath: boolean): unknown => {
    if (typeof value === 'string') return isPath ? shareableWord(value) : value;
    if (Array.isArray(value)) return value.map((item) => walk(item, isPath));
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, walk(item, pathKeys.has(key))]));
  };
  return `${JSON.stringify(walk(report, false), null, 2)}\n`;
}

/** Returns the path of a document, or of the script that it was captured from, and the digest of its text. */
export function sourceOf({ script, sha256, ...document }: Pick<Source, 'name' | 'text' | 'script' | 'sha256'>): {
  readonly path: string;
  readonly sha256: string;
} {
  const { name, text } = script ?? document;
  return { path: name, sha256: sha256 ?? platform.sha256().update(text).hex() };
}

/**
 * Returns the model's facts about people and the subject, without inventing any.
 *
 * @param subject  more about the subject, by NWB's names; replaces the model's facts
 */
export function runMetadata({ model }: ValidModel, subject: Readonly<Record<string, string>> = {}): RunMetadata {
  const { title, description, authors, licence, doi, species, region, terms } = model.metadata;
  const fields = { ...(species === undefined ? {} : { species }), ...subject };
  const named = {
    ...(title === undefined ? {} : { title }),
    ...(description === undefined ? {} : { description }),
    ...(licence === undefined ? {} : { licence }),
    ...(region === undefined ? {} : { region }),
    ...(species === undefined ? {} : { species }),
    ...(authors
      ? { authors: authors.map(({ name, orcid }) => (orcid === undefined ? name : `${name} (ORCID ${orcid})`)) }
      : {}),
    ...(doi === undefined ? {} : { doi }),
    ...(terms ? { terms } : {}),
  };
  const notes = [
    ...(title === undefined ? [] : [`Title of the model: ${title}`]),
    ...(licence === undefined ? [] : [`Licence of the model: ${licence}`]),
    ...(region === undefined ? [] : [`Brain region: ${region}`]),
    ...(authors ?? []).flatMap(({ name, orcid }) => (orcid === undefined ? [] : [`ORCID of ${name}: ${orcid}`])),
    ...(terms ?? []).map((term) => `Term: ${term}`),
  ];
  return {
    ...(description === undefined ? {} : { description }),
    ...(authors ? { experimenters: authors.map(({ name }) => name) } : {}),
    ...(doi === undefined ? {} : { publications: [doi] }),
    ...(notes.length === 0 ? {} : { notes }),
    ...(Object.keys(named).length === 0 ? {} : { annotations: named }),
    ...(Object.keys(fields).length === 0 ? {} : { subject: fields }),
  };
}
