/** Documents with the files that they read and the arrays of their models. */

import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { orOutputError } from '../../../runtime/results/output-error.js';
import { type WholeFile } from '../../../runtime/results/output-files.js';
import type { DataStore } from '../../model/model.js';
import { dataFolder } from '../read/data-files.js';
import { writeTexts } from './replaceable.js';

/**
 * Writes a document with the files that it reads, and all arrays of its model next to it.
 *
 * @param document  path of the document
 * @returns the files written, the arrays last
 * @throws UsageError if that is not possible
 */
export function writeWithData(files: readonly WholeFile[], data: DataStore, document: string): readonly string[] {
  const folder = dataFolder(document);
  if (data.size > 0) orOutputError(folder, () => mkdirSync(folder, { recursive: true }));
  const arrays = [...data].map(([digest, { buffer, byteOffset, byteLength }]): WholeFile => ({
    path: join(folder, digest),
    parts: [new Uint8Array(buffer, byteOffset, byteLength)],
  }));
  // A document has its name when its arrays have theirs.
  writeTexts([...arrays, ...files]);
  return [...files, ...arrays].map(({ path }) => path);
}
