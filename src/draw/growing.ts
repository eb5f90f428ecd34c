/** Typed arrays whose length is not known beforehand. */

/** Whole numbers from 0 to 2^32 - 1, put down one after the other. */
export class GrowingIndices {
  #array = new Uint32Array(1024);
  #length = 0;

  /** Numbers so far. */
  get length(): number {
    return this.#length;
  }

  /** Adds a number. */
  push(value: number): void {
    if (this.#length === this.#array.length) this.#reserve(this.#length + 1);
    this.#array[this.#length++] = value;
  }

  /** The first `count` of `values`. */
  append(values: Uint32Array, count: number): void {
    this.#reserve(this.#length + count);
    this.#array.set(values.subarray(0, count), this.#length);
    this.#length += count;
  }

  /** One value so many times. */
  repeat(value: number, count: number): void {
    this.#reserve(this.#length + count);
    this.#array.fill(value, this.#length, this.#length + count);
    this.#length += count;
  }

  /** A copy of exactly those that were added. */
  done(): Uint32Array {
    return this.#array.slice(0, this.#length);
  }

  #reserve(length: number): void {
    if (length <= this.#array.length) return;
    const larger = new Uint32Array(Math.max(length, 2 * this.#array.length));
    larger.set(this.#array.subarray(0, this.#length));
    this.#array = larger;
  }
}

/** Real numbers, put down one after the other. */
export class GrowingNumbers {
  #array = new Float64Array(1024);
  #length = 0;

  /** Adds numbers. */
  append(values: ArrayLike<number>): void {
    const length = this.#length + values.length;
    if (length > this.#array.length) {
      const larger = new Float64Array(Math.max(length, 2 * this.#array.length));
      larger.set(this.#array.subarray(0, this.#length));
      this.#array = larger;
    }
    this.#array.set(values, this.#length);
    this.#length = length;
  }

  /** A copy of exactly those that were added. */
  done(): Float64Array {
    return this.#array.slice(0, this.#length);
  }
}
