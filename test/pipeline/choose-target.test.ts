/** Engines and devices by name. */

import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { targets } from '../../runtime/targets/registry.js';
import { UsageError } from '../../src/diagnostics/diagnostic.js';
import { chooseTarget } from '../../src/pipeline/choose-target.js';
import { compileModel } from '../../src/pipeline/compile-model.js';
import { importModel, readSource } from '../../src/pipeline/pipeline.js';
import { stopwatch } from '../../src/pipeline/run-options.js';
import { anyCompiler } from '../runtime/targets/c/compilers.js';
import { hasOpencl } from '../runtime/targets/opencl/devices.js';
import { runCommand, temporaryFolder } from '../support/command.js';
import { buildLookAlike, canLookAlike } from '../support/cuda-driver/libraries.js';
import type { LookAlike } from '../support/cuda-driver/libraries.js';

const folder = temporaryFolder();

test('auto takes the target that starts soonest for short work, and native code for long work', async () => {
  expect((await chooseTarget('auto')).target.name).toBe('wasm');
  const native = anyCompiler === undefined ? 'wasm' : 'c';
  expect((await chooseTarget('auto', { operations: 1e10 })).target.name).toBe('wasm');
  expect((await chooseTarget('auto', { operations: 1e12 })).target.name).toBe(native);
  // Half a second that native code saves is less than compiling much code takes.
  expect((await chooseTarget('auto', { operations: 2.5e10, code: 500 })).target.name).toBe(native);
  expect((await chooseTarget('auto', { operations: 2.5e10, code: 5000 })).target.name).toBe('wasm');
});

test('auto goes on if the compiler fails, and reports it', async () => {
  const { c } = targets;
  if (c === undefined) throw new Error('there is no target c');
  vi.spyOn(c, 'probe').mockResolvedValue({ target: 'c', available: true, devices: ['a processor'] });
  vi.spyOn(c, 'compile').mockRejectedValue(new UsageError('math.h is missing', 'install the C library'));
  const imported = importModel(readSource('fixtures/brian/single-lif.yaml'), {});
  const { engine, findings } = await compileModel(imported, { work: 1e12 }, stopwatch());
  expect(engine.target).toBe('wasm');
  expect(findings).toEqual([
    {
      severity: 'warning',
      code: 'run/passed-over',
      message: 'the target c cannot be used, and another one runs the model, more slowly: math.h is missing',
      hint: 'install the C library',
    },
  ]);
  // A target that is asked for is not replaced.
  await expect(compileModel(imported, { work: 1e12, target: 'c' }, stopwatch())).rejects.toThrow('math.h is missing');
  vi.restoreAllMocks();
});

test('threads are an error for a target without them, and auto takes one that has them', async () => {
  for (const name of ['reference', 'opencl', 'cuda', 'null'])
    await expect(chooseTarget(name, { threads: 2 })).rejects.toThrow(`the target ${name} cannot run on 2 threads`);
  for (const name of ['wasm', 'auto']) expect((await chooseTarget(name, { threads: 2 })).target.name).toBe('wasm');
  expect((await chooseTarget('reference', { threads: 1 })).target.name).toBe('reference');
  const imported = importModel(readSource('fixtures/brian/single-lif.yaml'), {});
  await expect(compileModel(imported, { target: 'reference', threads: 2 }, stopwatch())).rejects.toThrow(UsageError);
});

test('a device by its number, or by a part of its name', async () => {
  expect(await chooseTarget('reference', { device: '0' })).toMatchObject({ device: 'interpreter', ordinal: 0 });
  expect(await chooseTarget('reference', { device: 'INTER' })).toMatchObject({ device: 'interpreter', ordinal: 0 });
  expect(await chooseTarget('reference')).not.toHaveProperty('ordinal');
});

describe('commands end with 2 if an engine or a device is missing', () => {
  const model = 'fixtures/brian/single-lif.yaml';
  beforeAll(async () => {
    await runCommand(['run', model, '-q', '-o', folder.file('result.json')]);
  });
  beforeEach(() => vi.stubEnv('INTERNEURON_CUDA_LIBRARY', 'libNoCuda.so.1'));
  afterEach(() => vi.unstubAllEnvs());

  test.each([
    [['run', model, '--target', 'cuda'], 'the target cuda is not available'],
    [['run', model, '--target', 'wasm', '--device', '7'], 'the target wasm has no device 7'],
    [['run', model, '--device', '0'], '--device needs a target'],
    [['verify', 'RESULT', '--target', 'cuda'], 'the target cuda is not available'],
    [['verify', 'RESULT', '--device', '0'], '--device needs a target'],
    [['validate', model, 'nothing.yaml', '--target', 'cuda'], 'the target cuda is not available'],
  ])('%j', async (words, message) => {
    const outcome = await runCommand(words.map((word) => (word === 'RESULT' ? folder.file('result.json') : word)));
    expect(outcome).toMatchObject({ code: 2, stdout: '' });
    expect(outcome.stderr).toContain(`error: ${message}`);
  });
});

test.each([
  ['reference', '1', 'the target reference has no device 1'],
  ['reference', 'card', 'the target reference has no device named card'],
  ['auto', '0', '--device needs a target'],
])('%s has no device %s', async (name, device, message) => {
  await expect(chooseTarget(name, { device })).rejects.toThrow(message);
});

test.skipIf(!hasOpencl)(`an OpenCL device${hasOpencl ? '' : ' (skipped: there is none)'}`, async () => {
  const { device } = await chooseTarget('opencl');
  expect(await chooseTarget('opencl', { device })).toMatchObject({ device, ordinal: 0 });
});

describe.skipIf(!canLookAlike)(`a CUDA device${canLookAlike ? '' : ' (skipped: there is no g++)'}`, () => {
  let machine: LookAlike;
  beforeAll(async () => {
    machine = await buildLookAlike();
  });
  afterAll(() => machine.dispose());
  beforeEach(() => {
    vi.stubEnv('INTERNEURON_CUDA_LIBRARY', machine.cuda);
    vi.stubEnv('INTERNEURON_NVRTC_LIBRARY', machine.nvrtc);
  });
  afterEach(() => vi.unstubAllEnvs());
  const long = { operations: 1e12, elements: 77_169 };

  test('auto takes it for long work on a large network that has room there', async () => {
    const otherwise = anyCompiler === undefined ? 'wasm' : 'c';
    expect((await chooseTarget('auto', long)).target.name).toBe('cuda');
    expect((await chooseTarget('auto', { ...long, elements: 4000 })).target.name).toBe(otherwise);
    expect((await chooseTarget('auto', { ...long, operations: 1e10 })).target.name).toBe('wasm');
    expect((await chooseTarget('auto', { ...long, bytes: 2 ** 33 })).target.name).toBe(otherwise);
    machine.set('devices', 0);
    expect((await chooseTarget('auto', long)).target.name).toBe(otherwise);
    machine.set('devices', 1);
  });

  test('one of several by its number or its name', async () => {
    machine.set('devices', 2);
    const title = 'Look-alike 1 (compute capability 9.0, 4 GiB)';
    expect(await chooseTarget('cuda', { device: '1' })).toMatchObject({ device: title, ordinal: 1 });
    expect(await chooseTarget('cuda', { device: 'alike 1' })).toMatchObject({ device: title, ordinal: 1 });
    await expect(chooseTarget('cuda', { device: 'alike' })).rejects.toThrow(/has several devices named alike/);
    machine.set('devices', 1);
  });

  test('without its driver: the missing library and the package to install', async () => {
    vi.stubEnv('INTERNEURON_CUDA_LIBRARY', 'libNoCuda.so.1');
    const error: unknown = await chooseTarget('cuda').catch((caught: unknown) => caught);
    expect(error).toMatchObject({
      message: 'the target cuda is not available: the CUDA driver is not installed: there is no libNoCuda.so.1',
      hint: expect.stringContaining('nvidia-driver') as string,
    });
  });
});
