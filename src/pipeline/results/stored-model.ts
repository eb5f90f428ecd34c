/** Models in results and checkpoints. */

import { createHash } from 'node:crypto';

import { bytesOf } from '../../../runtime/results/arrays.js';
import { damaged } from '../../../runtime/results/record-text.js';
import type { RunHeader, StoredRecord } from '../../../runtime/results/result.js';
import { DiagnosticError, Diagnostics } from '../../diagnostics/diagnostic.js';
import { hashModel, type ModelHashes } from '../../model/hash.js';
import type { DataStore, ValidModel } from '../../model/model.js';
import { normalise } from '../../model/normalise.js';
import { dataReferences } from '../read/data-files.js';
import { messages } from '../messages.js';

/**
 * Returns the model in a stored record, checked like any other document, because a file may have been changed since it
 * was written.
 *
 * @param path  of the file that holds the record
 * @throws DiagnosticError if the model is invalid, or does not match the hash in the record
 */
export function storedModel({
  path,
  record,
  data,
}: Pick<StoredRecord, 'path' | 'data'> & { readonly record: Pick<RunHeader, 'model' | 'hashes'> }): {
  readonly valid: ValidModel;
  readonly hashes: ModelHashes;
} {
  const diagnostics = new Diagnostics();
  const positions = { place: (pointer: string) => ({ document: path, pointer }) };
  const tree = parsedModel(path, record.model);
  const valid = normalise(tree, positions, diagnostics, { data: checkedData(path, tree, data) });
  diagnostics.throwIfErrors();
  if (!valid) throw new DiagnosticError(diagnostics.list);
  const hashes = hashModel(valid.model);
  if (hashes.document === record.hashes.document) return { valid, hashes };
  throw new DiagnosticError([
    { severity: 'error', ...messages.changedModel(record.hashes.document, hashes.document), place: { document: path } },
  ]);
}

/** Returns the arrays that the model refers to, each with the digest that names it. */
function checkedData(path: string, tree: unknown, data: StoredRecord['data']): DataStore {
  const wanted = new Set(dataReferences(tree).map(({ $data }) => $data));
  const kept = [...data].filter(([digest]) => wanted.has(digest));
  for (const [digest, array] of kept) {
    if (createHash('sha256').update(bytesOf(array)).digest('hex') !== digest)
      throw damaged(path, `the contents of the array ${digest} do not match its digest`);
  }
  return new Map(kept) as unknown as DataStore;
}

function parsedModel(path: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw damaged(path, 'its model is not JSON');
  }
}
