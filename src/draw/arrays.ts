/** Large drawn arrays, stored with the arrays of the model, so that lists of millions never become plain arrays. */

import type { DataReference, DataStore } from '../model/typed.js';

/** A store of arrays that grows. */
export class DrawnArrays {
  readonly #arrays: Map<
    string,
    Float64Array | Uint32Array | (DataStore extends ReadonlyMap<string, infer A> ? A : never)
  >;
  #next: number;

  constructor(data: DataStore) {
    this.#arrays = new Map(data);
    // Arrays that an earlier store has kept have lower numbers.
    this.#next = data.size;
  }

  /** All arrays so far, the model's own among them. */
  get store(): DataStore {
    return this.#arrays;
  }

  /** A reference to an array, instead of the array. */
  keep(array: Float64Array | Uint32Array): DataReference {
    const $data = `drawn ${this.#next++}`;
    this.#arrays.set($data, array);
    return { $data, dtype: array instanceof Float64Array ? 'f64' : 'u32', shape: [array.length] };
  }
}
