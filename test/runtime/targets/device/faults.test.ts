/**
 * Sessions on devices that fail, by a driver that fails when it is told to: whatever goes wrong is named, and
 * everything that was taken is given back.
 */

import { describe, expect, test } from 'vitest';
import { OutOfDeviceMemory } from '../../../../runtime/targets/device/driver.js';
import type { DeviceDriver, Handle } from '../../../../runtime/targets/device/driver.js';
import { startSession } from '../../../../runtime/targets/device/session.js';
import type { Session } from '../../../../runtime/targets/target.js';
import { generateCuda } from '../../../../src/codegen/c/device/generate.js';
import { UsageError } from '../../../../src/diagnostics/diagnostic.js';
import type { Program, TypedArray } from '../../../../src/ir/program.js';
import { buffer, index, mapOver, program } from '../wasm/programs.js';
import * as b from '../../../../src/ir/builder.js';

const bytesOf = (array: TypedArray): Uint8Array => new Uint8Array(array.buffer, array.byteOffset, array.byteLength);

/** A device that stores bytes without computing. */
class FakeDriver implements DeviceDriver {
  readonly title = 'the fake device';
  readonly memory: number;
  readonly mostAllocated: number;
  readonly #fails: (method: string) => Error | undefined;
  readonly held = new Map<Handle, Uint8Array>();
  disposed = 0;
  #next = 1;

  constructor(
    limits: { readonly memory?: number; readonly mostAllocated?: number },
    fails: (method: string) => Error | undefined = () => undefined,
  ) {
    this.memory = limits.memory ?? 2 ** 30;
    this.mostAllocated = limits.mostAllocated ?? 2 ** 28;
    this.#fails = fails;
  }

  #do(method: string): void {
    const error = this.#fails(method);
    if (error !== undefined) throw error;
  }

  #bytes(memory: Handle): Uint8Array {
    const bytes = this.held.get(memory);
    if (bytes === undefined) throw new Error('memory that nobody holds');
    return bytes;
  }

  allocate(bytes: number): Handle {
    this.#do('allocate');
    this.#next += 1;
    this.held.set(this.#next, new Uint8Array(bytes).fill(0xa5));
    return this.#next;
  }
  free(memory: Handle): void {
    this.#bytes(memory);
    this.held.delete(memory);
  }
  read(memory: Handle, offset: number, to: TypedArray): void {
    this.#do('read');
    bytesOf(to).set(this.#bytes(memory).subarray(offset, offset + to.byteLength));
  }
  write(memory: Handle, offset: number, from: TypedArray): void {
    this.#do('write');
    this.#bytes(memory).set(bytesOf(from), offset);
  }
  fill(memory: Handle, offset: number, bytes: number, pattern: TypedArray): void {
    this.#do('fill');
    const one = bytesOf(pattern);
    for (let k = 0; k < bytes; k += one.length) this.#bytes(memory).set(one.subarray(0, bytes - k), offset + k);
  }
  kernel(): Handle {
    this.#do('kernel');
    return 0;
  }
  setMemory(): void {
    this.#do('setMemory');
  }
  launch(): void {
    this.#do('launch');
  }
  flush(): void {
    this.#do('flush');
  }
  async finish(): Promise<void> {
    this.#do('finish');
    return Promise.resolve();
  }
  dispose(): void {
    this.disposed += 1;
  }
}

const x = buffer('x', 'f64', 1000, { fill: 1 });
const many = buffer('many', 'f64', { buffer: 'count', index: 0 });
const count = buffer('count', 'u32', 1, Uint32Array.of(3_000_000));
const small = program({
  buffers: [x],
  kernels: [mapOver('double', 1000, [b.store(x, index, b.mul(b.load(x, index), b.f64(2)))])],
});
/** 24 MB more once it is built. */
const growing: Program = program({
  buffers: [count, x, many],
  kernels: [mapOver('double', 1000, [b.store(x, index, b.mul(b.load(x, index), b.f64(2)))])],
  schedule: { initialise: [{ kind: 'allocate', buffers: ['many'] }] },
});

const start = (source: Program, driver: FakeDriver): Session =>
  startSession({
    program: source,
    generated: generateCuda(source, 'atomic'),
    sizes: { group: 64, team: 32, groups: 4 },
    driver,
  });

async function failure(attempt: Promise<unknown> | (() => unknown)): Promise<unknown> {
  try {
    await (typeof attempt === 'function' ? attempt() : attempt);
    return undefined;
  } catch (error) {
    return error;
  }
}

const gone = new UsageError('the fake device has left', 'look for it');

describe('a device without the memory', () => {
  test.each([
    {
      limits: { memory: 4096 },
      message: /the fake device has too little memory for the model: it needs 0\.00 GiB, and it has 0\.00 GiB/,
    },
    { limits: { mostAllocated: 4096 }, message: /its small arrays need in one piece 0\.00 GiB, and it has 0\.00 GiB/ },
  ])('for arrays of known size: %j', async ({ limits, message }) => {
    const driver = new FakeDriver(limits);
    expect(await failure(() => start(small, driver))).toMatchObject({
      message: expect.stringMatching(message) as string,
    });
    expect([driver.held.size, driver.disposed]).toEqual([0, 1]);
  });

  test.each([
    { limits: { memory: 2 ** 24 }, what: /with the many it needs 0\.02 GiB, and it has 0\.02 GiB/ },
    { limits: { mostAllocated: 2 ** 24 }, what: /the array many needs in one piece 0\.02 GiB, and it has 0\.02 GiB/ },
  ])('for an array with a length that a kernel computes: %j', async ({ limits, what }) => {
    const driver = new FakeDriver(limits);
    const session = start(growing, driver);
    const error = await failure(session.initialise());
    expect(error).toBeInstanceOf(UsageError);
    expect(error).toMatchObject({
      message: expect.stringMatching(what) as string,
      hint: expect.stringContaining('another target') as string,
    });
    await session.dispose();
    expect([driver.held.size, driver.disposed]).toEqual([0, 1]);
  });

  test.each([
    { method: 'allocate', message: /the array many needs 0\.02 GiB, and it has 1\.00 GiB/ },
    // The first buffer to be filled: little memory is in use by then.
    { method: 'fill', message: /its arrays need 0\.00 GiB, and it has 1\.00 GiB/ },
    { method: 'launch', message: /its arrays need 0\.02 GiB, and it has 1\.00 GiB/ },
  ])('that others have taken meanwhile: $method fails', async ({ method, message }) => {
    let taken = false;
    const driver = new FakeDriver({}, (called) =>
      taken && called === method ? new OutOfDeviceMemory('none left') : undefined,
    );
    const session = start(growing, driver);
    if (method === 'launch') await session.initialise();
    taken = true;
    const error = await failure(method === 'launch' ? session.run(1) : session.initialise());
    expect(error).toBeInstanceOf(UsageError);
    expect(String(error)).toMatch(/the fake device has too little memory for the model/);
    expect(String(error)).toMatch(message);
    await session.dispose();
    expect([driver.held.size, driver.disposed]).toEqual([0, 1]);
  });
});

describe('a device that vanishes', () => {
  test.each(['allocate', 'fill', 'kernel', 'setMemory'])(
    'while a session starts, at %s: all memory is released',
    async (method) => {
      const driver = new FakeDriver({}, (called) => (called === method ? gone : undefined));
      expect(await failure(() => start(small, driver))).toBe(gone);
      expect([driver.held.size, driver.disposed]).toEqual([0, 1]);
    },
  );

  test.each(['launch', 'finish', 'read', 'fill'])(
    'during a run, at %s: the run fails with the error, and so do all later calls',
    async (method) => {
      let vanished = false;
      const driver = new FakeDriver({}, (called) => (vanished && called === method ? gone : undefined));
      const session = start(small, driver);
      await session.initialise();
      expect(await session.run(5)).toBe(5);
      vanished = true;
      expect(await failure(session.run(5))).toBe(gone);
      if (method === 'read') expect(await failure(session.read('x'))).toBe(gone);
      await session.dispose();
      expect([driver.held.size, driver.disposed]).toEqual([0, 1]);
      expect(String(await failure(session.run(1)))).toContain('disposed');
    },
  );
});
