/** Growing lists of numbers, for quantities that a network has by the million. */

import type { SegmentPlace } from '../cells/ends.js';

/** Numbers in the order of addition. */
export class NumberList<A extends Int32Array | Float64Array> {
  #values: A;
  #length = 0;

  constructor(private readonly make: (length: number) => A) {
    this.#values = make(16);
  }

  /** A list of whole numbers of 32 bits. */
  static ofIndices(): NumberList<Int32Array> {
    return new NumberList((length) => new Int32Array(length));
  }

  /** A list of doubles. */
  static ofValues(): NumberList<Float64Array> {
    return new NumberList((length) => new Float64Array(length));
  }

  /** Numbers so far. */
  get length(): number {
    return this.#length;
  }

  /** Adds a number. */
  push(value: number): void {
    if (this.#length === this.#values.length) {
      const grown = this.make(this.#length * 2);
      grown.set(this.#values);
      this.#values = grown;
    }
    this.#values[this.#length++] = value;
  }

  /** Returns the number at a position, or NaN if there is none. */
  at(index: number): number {
    return this.#values[index] ?? NaN;
  }

  /** Adds `value` until there are `length` numbers. */
  fill(value: number, length: number): void {
    while (this.#length < length) this.push(value);
  }

  /** The common value of all elements; undefined if they differ or the list is empty. */
  get common(): number | undefined {
    const first = this.#values[0];
    for (let k = 1; k < this.#length; k++) if (this.#values[k] !== first) return undefined;
    return this.#length === 0 ? undefined : first;
  }

  /** Returns a copy as plain numbers. */
  toArray(): number[] {
    return Array.from(this.#values.subarray(0, this.#length));
  }
}

/** A place on cells for each item. Most items share their place with others. */
export class PlaceList {
  readonly #places: SegmentPlace[] = [];
  readonly #known = new Map<string, number>();
  readonly #indices = NumberList.ofIndices();

  /** The different places, in the order of their first addition. */
  get places(): readonly SegmentPlace[] {
    return this.#places;
  }

  /** Adds a place. */
  push(place: SegmentPlace): void {
    const key = `${place.segment}@${place.along}`;
    let index = this.#known.get(key);
    if (index === undefined) {
      index = this.#places.push(place) - 1;
      this.#known.set(key, index);
    }
    this.#indices.push(index);
  }

  /** Returns the index in `places` of each that was added, in order. */
  indices(): readonly number[] {
    return this.#indices.toArray();
  }
}

/** Values of a property for each item. Items without an assignment have the default. */
export class PropertyLists {
  readonly #lists = new Map<string, NumberList<Float64Array>>();

  constructor(private readonly defaultOf: (property: string) => number) {}

  /** Adds the values of one more. */
  push(count: number, values: readonly (readonly [property: string, value: number])[]): void {
    for (const [property, value] of values) {
      let list = this.#lists.get(property);
      if (!list) {
        list = NumberList.ofValues();
        this.#lists.set(property, list);
      }
      list.fill(this.defaultOf(property), count);
      list.push(value);
    }
  }

  /** Returns the values for the first `count` items, as one number if all are equal. */
  *settled(count: number): Iterable<readonly [property: string, value: number | number[]]> {
    for (const [property, list] of this.#lists) {
      list.fill(this.defaultOf(property), count);
      const { common } = list;
      yield [property, common ?? list.toArray()];
    }
  }
}
