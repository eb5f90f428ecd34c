/** Models in results: whoever has a result has the model that made it. */

import { existsSync, statSync } from 'node:fs';
import { openRecord } from '../../../runtime/results/open.js';
import { isOurs } from '../../compare/open-recorded.js';
import { importModel, type ImportedModel, type ImportOptions } from '../pipeline.js';
import { storedModel } from './stored-model.js';

/**
 * Reads the model that a result of interneuron holds; null for any other file.
 *
 * @throws DiagnosticError if the model does not match the hash that the result states
 */
export async function modelInResult(path: string, options: ImportOptions): Promise<ImportedModel | null> {
  if (!existsSync(path) || !statSync(path).isFile() || !(await isOurs(path))) return null;
  const stored = await openRecord(path);
  const { valid } = storedModel(stored);
  const source = { name: `the model in ${path}`, text: stored.record.model };
  const imported = importModel(source, { ...options, data: valid.data });
  return { ...imported, source: { ...imported.source, path } };
}
