/** Long lists of a canonical document, as separate arrays. */

import { isNumbers, leastRows } from '../../translators/shared/tables-beside.js';
import { Arrays } from '../../translators/shared/arrays.js';
import type { DataStore, Model } from '../model/model.js';
import { dataReferences } from '../pipeline/read/data-files.js';

/** Members of a canonical document that are lists of numbers of cells. */
const ofCells = ['sources', 'targets', 'indices'];

/** Returns a canonical document that refers to arrays in place of its long lists, and the arrays. */
export function withArrays(model: Model, data: DataStore): { readonly model: unknown; readonly data: DataStore } {
  const arrays = new Arrays();
  const stored = (part: unknown, key: string): unknown => {
    if (typeof part !== 'object' || part === null) return part;
    if (isNumbers(part) && part.length >= leastRows)
      return arrays.array(ofCells.includes(key) ? Uint32Array.from(part) : Float64Array.from(part));
    if (Array.isArray(part)) return typeof part[0] === 'number' ? part : part.map((each) => stored(each, key));
    return Object.fromEntries(Object.entries(part).map(([name, value]) => [name, stored(value, name)]));
  };
  const document = stored(model, '');
  const all = new Map([...data, ...arrays.store]);
  const wanted = new Set(dataReferences(document).map(({ $data }) => $data));
  return { model: document, data: new Map([...all].filter(([digest]) => wanted.has(digest))) };
}
