/** Typed arrays of growing length. */

/** Numbers of the first block, and of the longest. */
const [first, longest] = [1 << 10, 1 << 20];

/** Numbers appended one by one, in blocks that are not moved until the end. */
class Growing<A extends Uint32Array | Float64Array> {
  readonly #make: (length: number) => A;
  readonly #full: A[] = [];
  #before = 0;
  protected block: A;
  protected fill = 0;

  constructor(make: (length: number) => A) {
    this.#make = make;
    this.block = make(first);
  }

  /** Numbers so far. */
  get length(): number {
    return this.#before + this.fill;
  }

  /** The first `count` of `values`. */
  append(values: A, count = values.length): void {
    let from = 0;
    while (from < count) {
      const end = Math.min(count, from + this.room());
      this.block.set(values.subarray(from, end), this.fill);
      this.fill += end - from;
      from = end;
    }
  }

  /** Returns an array of exactly the added numbers. */
  done(): A {
    const whole = this.#make(this.length);
    let at = 0;
    for (const block of this.#full) {
      whole.set(block, at);
      at += block.length;
    }
    whole.set(this.block.subarray(0, this.fill), at);
    return whole;
  }

  /** Returns the free space of the block, in numbers: at least one. */
  protected room(): number {
    if (this.fill === this.block.length) {
      this.#full.push(this.block);
      this.#before += this.fill;
      this.block = this.#make(Math.min(longest, 2 * this.fill));
      this.fill = 0;
    }
    return this.block.length - this.fill;
  }
}

/** Whole numbers from 0 to 2^32 - 1, put down one after the other. */
export class GrowingIndices extends Growing<Uint32Array> {
  constructor() {
    super((length) => new Uint32Array(length));
  }

  /** Adds a number. */
  push(value: number): void {
    if (this.fill === this.block.length) this.room();
    this.block[this.fill++] = value;
  }

  /** Appends one value repeatedly. */
  repeat(value: number, count: number): void {
    let left = count;
    while (left > 0) {
      const taken = Math.min(left, this.room());
      this.block.fill(value, this.fill, this.fill + taken);
      this.fill += taken;
      left -= taken;
    }
  }
}

/** Real numbers, put down one after the other. */
export class GrowingNumbers extends Growing<Float64Array> {
  constructor() {
    super((length) => new Float64Array(length));
  }
}
