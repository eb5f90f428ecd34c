/** Bytes of a WebAssembly module, as a list that grows. */

import { unsigned } from '../../../src/platform/leb128.js';

const utf8 = new TextEncoder();

/** Returns a number in LEB128 with a sign. */
export function signed(value: bigint): readonly number[] {
  if (value >= -0x80000000n && value < 0x80000000n) return signed32(Number(value));
  return [Number(value & 127n) | 128, ...signed(value >> 7n)];
}

/** Returns an integer of 32 bits in LEB128 with a sign. */
export function signed32(value: number): readonly number[] {
  if (value >= -64 && value < 64) return [value & 127];
  return [(value & 127) | 128, ...signed32(value >> 7)];
}

/** Bytes with numbers and names in the encodings of WebAssembly. */
export class ByteList {
  #bytes = new Uint8Array(16);
  #length = 0;

  /** Returns the bytes that a function adds. */
  static of(fill: (bytes: ByteList) => void): Uint8Array {
    const bytes = new ByteList();
    fill(bytes);
    return bytes.content();
  }

  /** Returns all bytes so far. */
  content(): Uint8Array {
    return this.#bytes.subarray(0, this.#length);
  }

  add(byte: number): void {
    if (this.#length === this.#bytes.length) this.#grow(1);
    this.#bytes[this.#length] = byte;
    this.#length += 1;
  }

  all(bytes: ArrayLike<number>): void {
    if (this.#length + bytes.length > this.#bytes.length) this.#grow(bytes.length);
    this.#bytes.set(bytes, this.#length);
    this.#length += bytes.length;
  }

  /** Adds a number in LEB128 without a sign. */
  unsigned(value: number): void {
    this.all(unsigned(value));
  }

  /** Adds bytes after their number. */
  sized(bytes: ArrayLike<number>): void {
    this.unsigned(bytes.length);
    this.all(bytes);
  }

  /** Adds text in UTF-8 after the number of its bytes. */
  name(text: string): void {
    this.sized(utf8.encode(text));
  }

  #grow(count: number): void {
    const grown = new Uint8Array(Math.max(2 * this.#bytes.length, this.#length + count));
    grown.set(this.content());
    this.#bytes = grown;
  }
}
