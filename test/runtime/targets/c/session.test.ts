/**
 * Sessions of the c target: their memory, their threads, and their effect on the main thread. `session.test.ts` tests
 * the common behaviour of all targets.
 */

import { afterEach, describe, expect, test } from 'vitest';
import * as b from '../../../../src/ir/builder.js';
import type { Program } from '../../../../src/ir/program.js';
import { cTargetWith } from '../../../../runtime/targets/c/target.js';
import { distrustError } from '../../../../runtime/targets/c/session.js';
import type { Session, Target } from '../../../../runtime/targets/target.js';
import { UsageError } from '../../../../src/diagnostics/diagnostic.js';
import { trustChecks } from '../../../../src/codegen/c/trust.js';
import { buffer, cuba, index, mapOver, program } from '../wasm/programs.js';
import { anyCompiler, cacheFolder, gcc, linksOpenMp, reasonOf } from './compilers.js';
import { runSteps } from '../../../support/run-steps.js';

const cacheDirectory = cacheFolder();
const open: Session[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((session) => session.dispose()));
});

const cTarget = cTargetWith({ ...(anyCompiler === undefined ? {} : { compiler: anyCompiler }), available: 3 });

async function start(source: Program, threads = 1, target: Target = cTarget): Promise<Session> {
  const session = await (await target.compile(source, { threads, cacheDirectory })).start();
  open.push(session);
  return session;
}

async function initialised(source: Program, threads = 1): Promise<Session> {
  const session = await start(source, threads);
  await session.initialise();
  return session;
}

const step = b.get({ name: 'step', type: 'i32' });
describe.skipIf(anyCompiler === undefined)(`a session of the c target${reasonOf(anyCompiler, 'a C compiler')}`, () => {
  test('memory that the machine does not have is an error with the needed and the present amount', async () => {
    // More than 47 bits of addresses, which no machine gives however much it promises.
    const session = start(program({ buffers: [buffer('huge', 'f64', 2 ** 45)], kernels: [] }));
    await expect(session).rejects.toThrow(UsageError);
    await expect(session).rejects.toThrow(
      /cannot provide the 262144\.00 GiB of memory that the model needs; it has \d+\.\d\d GiB/,
    );
  });

  const counting = (size: number): Program => {
    const total = buffer('total', 'i32', size);
    return program({
      buffers: [total],
      kernels: [mapOver('count', size, [b.store(total, index, b.add(b.load(total, index), b.i32(1)))])],
    });
  };

  test('leaves the main thread free while it runs, and is left in the middle of a run', async () => {
    const session = await initialised(counting(1000));
    let turns = 0;
    const timer = setInterval(() => {
      turns += 1;
    }, 1);
    const run = session.run(2 ** 31 - 1);
    await new Promise((resolve) => setTimeout(resolve, 300));
    const began = performance.now();
    await session.dispose();
    clearInterval(timer);
    expect(turns).toBeGreaterThan(3);
    const done = await run;
    expect(done).toBeGreaterThan(0);
    expect(done).toBeLessThan(2 ** 31 - 1);
    expect(performance.now() - began).toBeLessThan(10_000);
    await expect(session.run(1)).rejects.toThrow(/disposed/);
    expect(session.memory).toBe(0);
  });

  test('arithmetic that cannot be trusted is named', () => {
    const names = ['multiplication and addition are contracted', 'denormal numbers are flushed to zero'];
    const error = distrustError(
      trustChecks.reduce((bits, { name }, k) => (names.includes(name) ? bits | (1 << k) : bits), 0),
    );
    expect(error).toBeInstanceOf(UsageError);
    expect(error.message).toContain(names.join('; '));
    expect(trustChecks.length).toBeLessThanOrEqual(32);
  });
});

const parallel = await linksOpenMp(gcc);

describe.skipIf(!parallel)(`threads of the c target${parallel ? '' : ' (skipped: no gcc with OpenMP)'}`, () => {
  test('agree on the step of a fault', async () => {
    const faults = buffer('faults', 'u32', 1);
    const total = buffer('total', 'i32', 6400);
    // Only an element of the last thread's share raises it.
    const source = program({
      buffers: [faults, total],
      kernels: [
        mapOver('count', 6400, [
          b.store(total, index, b.add(b.load(total, index), b.i32(1))),
          b.fault(2, b.and(b.eq(index, b.u32(6399)), b.eq(step, b.i32(37)))),
        ]),
      ],
    });
    for (let attempt = 0; attempt < 20; attempt += 1) {
      const session = await start(source, 3);
      await session.initialise();
      expect(await runSteps(session, 1000)).toBe(38);
      expect(await session.read('total')).toEqual(new Int32Array(6400).fill(38));
    }
  });

  test('run in pieces of any length to the same end', async () => {
    const source = cuba({ size: 300, rowLength: 6, delay: 2, lanes: true });
    const ends: string[] = [];
    for (const { threads, piece } of [
      { threads: 1, piece: 400 },
      { threads: 2, piece: 33 },
      { threads: 3, piece: 7 },
    ]) {
      const session = await initialised(source, threads);
      while (session.step < 400) await session.run(Math.min(piece, 400 - session.step));
      ends.push(Buffer.from((await session.read('log')).buffer).toString('base64'));
    }
    expect(new Set(ends).size).toBe(1);
  });
});
