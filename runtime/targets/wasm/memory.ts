/** The linear memory of one session: laying down initial values, allocating, reading and writing buffers. */

import { UsageError, invariant } from '../../../src/diagnostics/diagnostic.js';
import {
  alignUp,
  bufferOf,
  control,
  memoryLimit,
  pageBytes,
  placementOf,
  tooLarge,
} from '../../../src/codegen/wasm/layout.js';
import type { Layout } from '../../../src/codegen/wasm/layout.js';
import { trustOperands } from '../../../src/codegen/wasm/trust.js';
import type { ElementType, Extent, TypedArray } from '../../../src/ir/program.js';
import { arrayConstructors, canonicaliseNaN, copyInto, createArray, isSameKind } from '../../../src/ir/arrays.js';
import { elementBytes } from '../../../src/ir/program.js';
import { webAssembly } from '../../webassembly.js';
import type { WasmMemory } from '../../webassembly.js';

/** A view of `length` elements at an address. */
function view(memory: WasmMemory, element: ElementType, address: number, length: number): TypedArray {
  // The constructors also accept shared memory; their common type does not include it.
  return new arrayConstructors[element](memory.buffer as unknown as ArrayBuffer, address, length);
}

function fill(target: TypedArray, value: number | bigint): void {
  if (target instanceof BigInt64Array) target.fill(BigInt(value));
  else target.fill(Number(value));
}

/** Addresses [begin, end), aligned. */
interface Room {
  readonly begin: number;
  readonly end: number;
}

/** The memory of a session and the addresses of its buffers. */
export class SessionMemory {
  /** The linear memory that all threads share. */
  readonly memory: WasmMemory;
  readonly #layout: Layout;
  readonly #lengths = new Map<string, number>();
  readonly #addresses = new Map<string, number>();
  #end: number;
  /** Room that was released, by address; no two pieces touch. */
  #free: Room[] = [];

  /** @throws UsageError if the memory cannot be allocated */
  constructor(layout: Layout) {
    this.#layout = layout;
    this.#end = layout.size;
    try {
      this.memory = new webAssembly.Memory({
        initial: Math.ceil(layout.size / pageBytes),
        maximum: memoryLimit / pageBytes,
        shared: true,
      });
    } catch {
      throw new UsageError(
        `this machine cannot provide ${layout.size} bytes of shared memory to WebAssembly`,
        'close other programs, raise `ulimit -v`, or use `--target c`',
      );
    }
    this.#layDown();
  }

  #layDown(): void {
    new Float64Array(this.memory.buffer, control.trust, trustOperands.length).set(trustOperands);
    for (const { address, data } of [...this.#layout.ranges.values(), ...this.#layout.members.values()])
      new Uint32Array(this.memory.buffer, address, data.length).set(data);
    for (const [name, buffer] of this.#layout.buffers) {
      if (typeof buffer.length !== 'number') continue;
      const placement = placementOf(this.#layout, name);
      invariant(placement.kind === 'fixed', 'runtime/targets/wasm', `${name} has no constant address`);
      this.#addresses.set(name, placement.address);
      this.#lengths.set(name, buffer.length);
      this.#fillInitial(name);
    }
  }

  #fillInitial(name: string): void {
    const { initial } = bufferOf(this.#layout, name);
    if (initial === undefined) return;
    const target = this.#view(name);
    if (!ArrayBuffer.isView(initial)) {
      fill(target, initial.fill);
    } else {
      const data = initial;
      invariant(data.length <= target.length, 'runtime/targets/wasm', `${name} has more initial values than elements`);
      copyInto(target, data, 0);
    }
  }

  #view(name: string): TypedArray {
    return view(this.memory, bufferOf(this.#layout, name).element, this.#addresses.get(name) ?? 0, this.length(name));
  }

  /** Elements that a buffer has now; none before it is allocated. */
  length(name: string): number {
    bufferOf(this.#layout, name);
    return this.#lengths.get(name) ?? 0;
  }

  /** Bytes held for buffers. */
  get bytes(): number {
    let sum = 0;
    for (const [name, length] of this.#lengths) sum += length * elementBytes[bufferOf(this.#layout, name).element];
    return sum;
  }

  #extent(extent: Extent): number {
    return typeof extent === 'number' ? extent : Number(this.read(extent.buffer, extent.index, 1)[0]);
  }

  /**
   * Allocates buffers with lengths computed by kernels, zeroed or with their initial value.
   *
   * @throws UsageError if they exceed a 32-bit memory or this machine
   */
  allocate(names: readonly string[]): void {
    const wanted = names.map((name) => {
      const { element, length } = bufferOf(this.#layout, name);
      const elements = this.#extent(length);
      return { name, elements, bytes: elements * elementBytes[element] };
    });
    const addresses = wanted.map(({ bytes }) => this.#place(bytes));
    if (this.#end > memoryLimit) throw tooLarge(this.#end, 'this model');
    this.#grow(alignUp(this.#end));
    wanted.forEach(({ name, elements }, k) => {
      const placement = placementOf(this.#layout, name);
      invariant(placement.kind === 'dynamic', 'runtime/targets/wasm', `${name} is allocated but has a fixed length`);
      new Uint32Array(this.memory.buffer, placement.cell, 1)[0] = addresses[k] as number;
      this.#addresses.set(name, addresses[k] as number);
      this.#lengths.set(name, elements);
      // Released memory has old contents.
      fill(this.#view(name), 0);
      this.#fillInitial(name);
    });
  }

  /** Frees the memory of buffers for later allocations. */
  release(names: readonly string[]): void {
    for (const name of names) {
      const begin = this.#addresses.get(name) ?? 0;
      const bytes = this.length(name) * elementBytes[bufferOf(this.#layout, name).element];
      if (bytes > 0) this.#free.push({ begin, end: alignUp(begin + bytes) });
      this.#lengths.set(name, 0);
    }
    this.#free.sort((a, b) => a.begin - b.begin);
    const joined: Room[] = [];
    for (const gap of this.#free) {
      const last = joined.at(-1);
      if (last?.end === gap.begin) joined[joined.length - 1] = { begin: last.begin, end: gap.end };
      else joined.push(gap);
    }
    this.#free = joined;
  }

  /** Returns the address for a number of bytes: in released memory, or at the end, which then moves. */
  #place(bytes: number): number {
    const wanted = alignUp(bytes);
    const gapIndex = this.#free.findIndex(({ begin, end }) => end - begin >= wanted);
    const gap = this.#free[gapIndex];
    if (gap === undefined) {
      const address = alignUp(this.#end);
      this.#end = address + bytes;
      return address;
    }
    if (gap.end - gap.begin === wanted) this.#free.splice(gapIndex, 1);
    else this.#free[gapIndex] = { begin: gap.begin + wanted, end: gap.end };
    return gap.begin;
  }

  #grow(end: number): void {
    const missing = Math.ceil(end / pageBytes) - this.memory.buffer.byteLength / pageBytes;
    if (missing <= 0) return;
    try {
      this.memory.grow(missing);
    } catch {
      throw new UsageError(
        `this machine cannot provide the ${(end / 2 ** 30).toFixed(2)} GiB of memory that the model needs`,
        'reduce the model, or run it on a machine with more memory',
      );
    }
  }

  /** A copy of elements [offset, offset + length). */
  read(name: string, offset = 0, length = this.length(name) - offset): TypedArray {
    invariant(
      offset >= 0 && length >= 0 && offset + length <= this.length(name),
      'runtime/targets/wasm',
      `reads outside ${name}`,
    );
    const whole = this.#view(name);
    const copy = createArray(bufferOf(this.#layout, name).element, length);
    copyInto(copy, whole.subarray(offset, offset + length), 0);
    canonicaliseNaN(copy);
    return copy;
  }

  /** Overwrites elements of a buffer, from `offset` on. */
  write(name: string, data: TypedArray, offset = 0): void {
    invariant(
      offset >= 0 && offset + data.length <= this.length(name),
      'runtime/targets/wasm',
      `writes outside ${name}`,
    );
    const { element } = bufferOf(this.#layout, name);
    invariant(
      isSameKind(data, element),
      'runtime/targets/wasm',
      `${data.constructor.name} is written to ${name}, which holds ${element}`,
    );
    copyInto(this.#view(name), data, offset);
  }

  /** Whether an array could be all of a buffer as it is now. */
  holds(name: string, data: TypedArray): boolean {
    const buffer = this.#layout.buffers.get(name);
    return buffer !== undefined && data.length === this.length(name) && isSameKind(data, buffer.element);
  }

  /** Asks the step loop to end before its next step, or takes that back. */
  requestStop(stop: boolean): void {
    Atomics.store(new Int32Array(this.memory.buffer, control.stop, 1), 0, stop ? 1 : 0);
  }
}
