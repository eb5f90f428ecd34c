/** Engines and devices by name. */

import { expect, test } from 'vitest';
import { chooseTarget } from '../../src/pipeline/choose-target.js';
import { anyCompiler } from '../runtime/targets/c/compilers.js';
import { hasOpencl } from '../runtime/targets/opencl/devices.js';

test('auto takes what starts soonest for short work, and native code for long work', async () => {
  expect((await chooseTarget('auto')).target.name).toBe('wasm');
  expect((await chooseTarget('auto', { work: 4e7 })).target.name).toBe('wasm');
  expect((await chooseTarget('auto', { work: 1e12 })).target.name).toBe(anyCompiler === undefined ? 'wasm' : 'c');
});

test('a device by its number, or by a part of its name', async () => {
  expect(await chooseTarget('reference', { device: '0' })).toMatchObject({ device: 'interpreter', ordinal: 0 });
  expect(await chooseTarget('reference', { device: 'INTER' })).toMatchObject({ device: 'interpreter', ordinal: 0 });
  expect(await chooseTarget('reference')).not.toHaveProperty('ordinal');
});

test.each([
  ['reference', '1', 'the target reference has no device 1'],
  ['reference', 'card', 'the target reference has no device named card'],
  ['auto', '0', 'a device is asked for, and no target'],
])('%s has no device %s', async (name, device, message) => {
  await expect(chooseTarget(name, { device })).rejects.toThrow(message);
});

test.skipIf(!hasOpencl)(`an OpenCL device${hasOpencl ? '' : ' (skipped: there is none)'}`, async () => {
  const { device } = await chooseTarget('opencl');
  expect(await chooseTarget('opencl', { device })).toMatchObject({ device, ordinal: 0 });
});
