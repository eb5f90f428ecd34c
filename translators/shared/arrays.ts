/** Numbers of a canonical document: one for all elements, a list, or an array outside the document. */

import { platform } from '#platform';
import type { ArrayDocument, ValueDocument } from '../../src/model/document.generated.js';
import type { DataStore } from '../../src/model/model.js';

/** Numbers by name, one for each element. */
export type Values = ReadonlyMap<string, Float64Array>;

type DataArray = Float64Array | Uint32Array;

/** Longer arrays are kept outside the document. */
const longestList = 256;

/** Arrays of a document under construction. */
export class Arrays {
  readonly #store = new Map<string, DataArray>();

  /** Arrays outside the document. */
  get store(): DataStore {
    return this.#store;
  }

  /** Returns an array in the form of a document. */
  array(values: DataArray, unit?: string): ArrayDocument {
    const units = unit === undefined ? {} : { unit };
    if (values.length <= longestList) {
      const list = Array.from(values);
      return unit === undefined ? list : { array: list, unit };
    }
    const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
    const digest = platform.sha256().update(bytes).hex();
    this.#store.set(digest, values);
    const dtype = values instanceof Float64Array ? 'f64' : 'u32';
    return { $data: digest, dtype, shape: [values.length], ...units };
  }

  /** Returns one value if all are equal, else an array. */
  values(values: Float64Array, unit: string): ValueDocument {
    const [first = 0] = values;
    const isNumber = unit === '1';
    if (!values.every((value) => value === first)) return this.array(values, isNumber ? undefined : unit);
    return isNumber ? first : unit.startsWith('1/') ? `${first}${unit.slice(1)}` : `${first} ${unit}`;
  }
}
