/** The buffers of a session on a device: the arena, and buffers with their own memory. */

import { InvariantError, UsageError, invariant } from '../../../src/diagnostics/diagnostic.js';
import type { DeviceLayout } from '../../../src/codegen/c/device/layout.js';
import { elementBytes } from '../../../src/ir/program.js';
import type { Buffer, Program, TypedArray } from '../../../src/ir/program.js';
import { canonicaliseNaN, createArray, isSameKind } from '../../../src/ir/arrays.js';
import { OutOfDeviceMemory } from './driver.js';
import type { DeviceDriver, Handle } from './driver.js';

const pass = 'runtime/targets/device';

const gigabytes = (bytes: number): string => `${(bytes / 2 ** 30).toFixed(2)} GiB`;

/** The error for a model that does not fit: required and available memory. */
export function memoryError(
  { title, total }: DeviceDriver,
  needed: number,
  what: string,
  capacity: number,
): UsageError {
  const free = total === undefined ? '' : ` left of ${gigabytes(total)}`;
  return new UsageError(
    `${title} has too little memory for the model: ${what} ${gigabytes(needed)}, and it has ` +
      `${gigabytes(capacity)}${free}`,
    'reduce the model, or use another device (--device) or another target',
  );
}

/** One element with the bytes of a buffer's fill. */
function patternOf({ element, initial }: Buffer): TypedArray {
  const pattern = createArray(element, 1);
  if (initial === undefined || ArrayBuffer.isView(initial)) return pattern;
  if (pattern instanceof BigInt64Array) pattern[0] = BigInt(initial.fill);
  else pattern[0] = Number(initial.fill);
  return pattern;
}

/** Memory of one session. */
export class DeviceMemory {
  readonly #program: Program;
  readonly #layout: DeviceLayout;
  readonly #driver: DeviceDriver;
  readonly #buffers: ReadonlyMap<string, Buffer>;
  readonly #lengths = new Map<string, number>();
  readonly #own = new Map<string, { readonly handle: Handle; readonly bytes: number }>();
  /** The memory that holds most buffers, at offsets known when the source was printed. */
  readonly arena: Handle;

  /** @throws UsageError when the device has too little memory */
  constructor(program: Program, layout: DeviceLayout, driver: DeviceDriver) {
    this.#program = program;
    this.#layout = layout;
    this.#driver = driver;
    this.#buffers = new Map(program.buffers.map((buffer) => [buffer.name, buffer]));
    const fixed = program.buffers.filter(
      ({ name, length }) => typeof length === 'number' && layout.places.get(name)?.kind === 'own',
    );
    this.#checkRoom(
      layout.arena + fixed.reduce((sum, buffer) => sum + Number(buffer.length) * elementBytes[buffer.element], 0),
      'it needs',
    );
    this.arena = this.#obtain(layout.arena, 'its small arrays need');
    try {
      driver.fill(this.arena, 0, layout.arena, new Uint32Array(1));
      for (const buffer of program.buffers)
        if (typeof buffer.length === 'number') this.allocate(buffer.name, buffer.length);
    } catch (error) {
      this.dispose();
      throw error;
    }
  }

  /** Bytes held for buffers. */
  get bytes(): number {
    return [...this.#lengths].reduce(
      (sum, [name, length]) => sum + length * elementBytes[this.buffer(name).element],
      0,
    );
  }

  /** Returns the declaration of a buffer. @throws InvariantError for an unknown name */
  buffer(name: string): Buffer {
    const buffer = this.#buffers.get(name);
    invariant(buffer !== undefined, pass, `no buffer is named ${name}`);
    return buffer;
  }

  /** Elements that a buffer has now. */
  length(name: string): number {
    this.buffer(name);
    return this.#lengths.get(name) ?? 0;
  }

  /** The memory of a buffer that has its own; undefined before it is allocated. */
  own(name: string): Handle | undefined {
    return this.#own.get(name)?.handle;
  }

  #checkRoom(bytes: number, what: string): void {
    if (bytes > this.#driver.memory) throw memoryError(this.#driver, bytes, what, this.#driver.memory);
  }

  #obtain(bytes: number, what: string): Handle {
    if (bytes > this.#driver.mostAllocated)
      throw memoryError(this.#driver, bytes, `${what} in one piece`, this.#driver.mostAllocated);
    try {
      return this.#driver.allocate(bytes);
    } catch (error) {
      if (error instanceof OutOfDeviceMemory) throw memoryError(this.#driver, bytes, what, this.#driver.memory);
      throw error;
    }
  }

  /**
   * Allocates a buffer of a length, and sets the initial values of its elements. @returns whether its memory has moved
   */
  allocate(name: string, length: number): boolean {
    const buffer = this.buffer(name);
    const place = this.#layout.places.get(name);
    invariant(place !== undefined, pass, `no place for ${name}`);
    const bytes = length * elementBytes[buffer.element];
    this.#lengths.set(name, length);
    if (place.kind === 'own') {
      this.#release(name);
      const held = this.#layout.arena + [...this.#own.values()].reduce((sum, own) => sum + own.bytes, 0);
      this.#checkRoom(held + bytes, `with the ${name} it needs`);
      this.#own.set(name, { handle: this.#obtain(bytes, `the array ${name} needs`), bytes });
    }
    try {
      this.#fill(buffer, length);
    } catch (error) {
      if (error instanceof OutOfDeviceMemory)
        throw memoryError(this.#driver, bytes, `the array ${name} needs`, this.#driver.memory);
      throw error;
    }
    return place.kind === 'own';
  }

  #fill(buffer: Buffer, length: number): void {
    const { initial, name, element } = buffer;
    const [memory, offset] = this.#place(name);
    this.#driver.fill(memory, offset, length * elementBytes[element], patternOf(buffer));
    if (initial === undefined || !ArrayBuffer.isView(initial)) return;
    invariant(initial.length <= length, pass, `${name} has more initial values than elements`);
    invariant(isSameKind(initial, element), pass, `${name} holds ${element} and has other initial values`);
    this.#driver.write(memory, offset, initial);
  }

  #place(name: string): readonly [Handle, number] {
    const place = this.#layout.places.get(name);
    if (place?.kind === 'arena') return [this.arena, place.offset];
    const separate = this.own(name);
    invariant(separate !== undefined, pass, `${name} has no memory yet`);
    return [separate, 0];
  }

  /** Returns a copy of elements, with all NaN as the canonical NaN. */
  read(name: string, offset = 0, length = this.length(name) - offset): TypedArray {
    invariant(offset >= 0 && length >= 0 && offset + length <= this.length(name), pass, `reads outside ${name}`);
    const { element } = this.buffer(name);
    const copy = createArray(element, length);
    if (length === 0) return copy;
    const [memory, begin] = this.#place(name);
    this.#driver.read(memory, begin + offset * elementBytes[element], copy);
    canonicaliseNaN(copy);
    return copy;
  }

  /** Overwrites elements of a buffer, from `offset` on. */
  write(name: string, data: TypedArray, offset = 0): void {
    invariant(offset >= 0 && offset + data.length <= this.length(name), pass, `writes outside ${name}`);
    const { element } = this.buffer(name);
    invariant(
      isSameKind(data, element),
      pass,
      `${data.constructor.name} is written to ${name}, which holds ${element}`,
    );
    if (data.length === 0) return;
    const [memory, begin] = this.#place(name);
    this.#driver.write(memory, begin + offset * elementBytes[element], data);
  }

  /** Returns a u32 of the arena's first part, from a copy of it. */
  statusWord(status: Uint32Array, name: string, index: number): number {
    const place = this.#layout.places.get(name);
    if (place?.kind !== 'arena' || place.offset + 4 * index + 4 > this.#layout.status)
      throw new InvariantError(pass, `${name} is not where the host looks`);
    return status[place.offset / 4 + index] ?? 0;
  }

  #release(name: string): void {
    const separate = this.#own.get(name);
    if (separate !== undefined) this.#driver.free(separate.handle);
    this.#own.delete(name);
  }

  /** Buffers that may change, by name. */
  get stateNames(): readonly string[] {
    return this.#program.buffers.filter(({ role }) => role === 'state').map(({ name }) => name);
  }

  /** Frees all memory. */
  dispose(): void {
    for (const name of [...this.#own.keys()]) this.#release(name);
    this.#driver.free(this.arena);
  }
}
