/** Long lists of connections, as tables in files beside a document. */

import { platform } from '#platform';
import { freeName } from '../../src/model/free-name.js';
import type { NumberColumn } from '../../src/tables/write-parquet.js';
import type { ConvertedFile, Writing } from './writing.js';

/** Shorter lists stay in the document, where people can read them. */
export const leastRows = 100_000;

/** A member of a document. */
export type Entry = Readonly<Record<string, unknown>>;

/** Checks whether a value is a list of numbers. @param length  absent: any length */
export const isNumbers = (value: unknown, length?: number): value is readonly number[] =>
  Array.isArray(value) &&
  (length === undefined || value.length === length) &&
  value.every((each) => typeof each === 'number');

/** Puts tables of a document into files beside it. */
export class TablesBeside {
  readonly files: ConvertedFile[] = [];

  /** @param writing  name of the document's file, and the form of tables */
  constructor(readonly writing: Pick<Writing, 'name' | 'tableBytes'>) {}

  /**
   * Adds a table.
   *
   * @param key  name of the projection; names may differ in signs that file names do not have
   * @returns the name of its file
   */
  add(key: string, columns: readonly NumberColumn[]): string {
    const { name, tableBytes } = this.writing;
    const stem = freeName(`${platform.paths.parse(name).name}-${key.replace(/[^\w.-]+/g, '_')}`, (one) =>
      this.files.some((other) => other.name.toLowerCase() === `${one}.parquet`.toLowerCase()),
    );
    this.files.push({ name: `${stem}.parquet`, text: '', bytes: tableBytes(columns) });
    return `${stem}.parquet`;
  }
}

/**
 * Returns the files of a document with its long lists as tables, if that is asked for.
 *
 * @param shorten  puts tables into files, and returns the document that reads them
 */
export async function filesWithTables(
  document: object,
  writing: Writing,
  shorten: (document: Entry, tables: TablesBeside) => object,
): Promise<readonly ConvertedFile[]> {
  const { name, tables, documentText } = writing;
  const beside = new TablesBeside(writing);
  const shorter = tables ? shorten(document as Entry, beside) : document;
  return [{ name, text: await documentText(shorter, name) }, ...beside.files];
}
