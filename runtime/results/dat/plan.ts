/** The text files that a model requests: `annotations.outputFiles` of its document, checked. */

import { lstatSync, realpathSync } from 'node:fs';
import { dirname, isAbsolute, relative, resolve } from 'node:path';

import { UsageError } from '../../../src/diagnostics/diagnostic.js';

/** A column of a table: one variable of one cell, from a recording. */
export interface DatColumn {
  readonly id: string;
  /** Name of the recording. */
  readonly recording: string;
  readonly variable: string;
  /** Index of the cell in its population. */
  readonly index: number;
}

/** A source of events in a list: one cell of a population. */
interface DatSelection {
  /** Name of the cell in the file. */
  readonly id: string;
  /** Name of the recording. */
  readonly recording: string;
  readonly population: string;
  /** Index of the cell in its population. */
  readonly index: number;
  /** Name of the event; absent: `spike`. */
  readonly event?: string;
}

/** A file that the model names. */
export type DatFile =
  | { readonly file: string; readonly kind: 'columns'; readonly columns: readonly DatColumn[] }
  | {
      readonly file: string;
      readonly kind: 'events';
      readonly format: 'ID_TIME' | 'TIME_ID';
      readonly selections: readonly DatSelection[];
    };

/**
 * Returns the files that a model requests, in its order; the writer checks that no two are the same file.
 *
 * @throws UsageError for an annotation in another form
 */
export function datFiles(annotations: Readonly<Record<string, unknown>>): readonly DatFile[] {
  const given = annotations['outputFiles'];
  if (given === undefined) return [];
  if (!Array.isArray(given)) throw malformed('/annotations/outputFiles', 'a list of files');
  return given.map((entry, i) => datFile(entry, `/annotations/outputFiles/${i}`));
}

function datFile(entry: unknown, at: string): DatFile {
  const fields = record(entry, at);
  const file = text(fields, 'file', at);
  if (fields['kind'] === 'columns')
    return {
      file,
      kind: 'columns',
      columns: list(fields, 'columns', at).map((item, i) => column(item, `${at}/columns/${i}`)),
    };
  if (fields['kind'] !== 'events') throw malformed(`${at}/kind`, '`columns` or `events`');
  const format = fields['format'];
  if (format !== 'ID_TIME' && format !== 'TIME_ID') throw malformed(`${at}/format`, '`ID_TIME` or `TIME_ID`');
  return {
    file,
    kind: 'events',
    format,
    selections: list(fields, 'selections', at).map((item, i) => selection(item, `${at}/selections/${i}`)),
  };
}

function column(entry: unknown, at: string): DatColumn {
  const fields = record(entry, at);
  return {
    id: text(fields, 'id', at),
    recording: text(fields, 'recording', at),
    variable: text(fields, 'variable', at),
    index: index(fields, at),
  };
}

function selection(entry: unknown, at: string): DatSelection {
  const fields = record(entry, at);
  return {
    id: text(fields, 'id', at),
    recording: text(fields, 'recording', at),
    population: text(fields, 'population', at),
    index: index(fields, at),
    ...(fields['event'] === undefined ? {} : { event: text(fields, 'event', at) }),
  };
}

function record(value: unknown, at: string): Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw malformed(at, 'an object');
  return Object.fromEntries(Object.entries(value));
}

function list(fields: Readonly<Record<string, unknown>>, name: string, at: string): readonly unknown[] {
  const value = fields[name];
  if (!Array.isArray(value)) throw malformed(`${at}/${name}`, 'a list');
  return value;
}

function text(fields: Readonly<Record<string, unknown>>, name: string, at: string): string {
  const value = fields[name];
  if (typeof value !== 'string') throw malformed(`${at}/${name}`, 'text');
  return value;
}

function index(fields: Readonly<Record<string, unknown>>, at: string): number {
  const value = fields['index'];
  if (typeof value !== 'number' || !Number.isInteger(value) || value < 0)
    throw malformed(`${at}/index`, 'a whole number, zero or more');
  return value;
}

function malformed(at: string, what: string): UsageError {
  return new UsageError(
    `${at} of the model is not ${what}`,
    'outputFiles lists the text files that a run writes; correct or remove it',
  );
}

/** Permitted suffixes of files that a model names: the suffixes of results. */
const fileSuffixes = ['.dat', '.spikes', '.spike', '.txt', '.csv', '.tsv', '.h5', '.json', '.nwb'] as const;

/** Why a file that a model names is not written. */
export interface NameRefusal {
  readonly message: string;
  /** The form of permitted names. */
  readonly expected: string;
  /** The remedy. */
  readonly hint: string;
}

/**
 * Returns why a file that a model names is not written: it would be outside of the folder, by its name or through a
 * link, it is hidden, or its suffix is not one of results.
 *
 * @returns null for a permitted name
 */
export function nameRefusal(folder: string, file: string): NameRefusal | null {
  const base = resolve(folder);
  const path = resolve(base, file);
  const renamed = 'rename the file in the model';
  if (file.includes('\0'))
    return { message: `the model names an output file with a NUL character`, expected: 'a file name', hint: renamed };
  if (isAbsolute(file) || !isBelow(base, path) || !isBelow(real(base), real(dirname(path)), true))
    return {
      message: `the model writes to ${file}, which is outside ${folder}`,
      expected: `a file below ${folder}`,
      hint: 'choose a folder that holds it with --output-dir, or give the file another name in the model',
    };
  if (
    relative(base, path)
      .split(/[/\\]/)
      .some((part) => part.startsWith('.'))
  )
    return {
      message: `the model writes to the hidden file ${file}`,
      expected: 'a path without hidden parts (that begin with a dot)',
      hint: renamed,
    };
  if (!fileSuffixes.some((suffix) => path.toLowerCase().endsWith(suffix)))
    return {
      message: `the model writes to ${file}, whose suffix is not that of a result`,
      expected: `a name that ends in ${fileSuffixes.join(', ')}`,
      hint: renamed,
    };
  if (lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink())
    return {
      message: `the model writes to ${file}, which is a symbolic link`,
      expected: 'a regular file or an unused name',
      hint: 'remove the link, or choose another folder with --output-dir',
    };
  return null;
}

/**
 * Where a file that a model names is written: below the folder.
 *
 * @throws UsageError for a name that is refused (`nameRefusal`)
 */
export function datPath(folder: string, file: string): string {
  const refusal = nameRefusal(folder, file);
  if (refusal) throw new UsageError(refusal.message, refusal.hint);
  return resolve(folder, file);
}

function isBelow(base: string, path: string, orSame = false): boolean {
  const way = relative(base, path);
  if (way === '') return orSame;
  return !isAbsolute(way) && way !== '..' && !/^\.\.[/\\]/.test(way);
}

/** The path with links followed, as far as it is there. */
function real(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    const above = dirname(path);
    return above === path ? path : resolve(real(above), relative(above, path));
  }
}
