/** Strict conversions prefer the same function to names that approximate it. */

import { expect, test } from 'vitest';
import { checkConversion } from '../../src/run/check-conversion.js';
import { convertModel } from '../../src/run/convert.js';
import { importModel, readSource } from '../../src/run/pipeline.js';

test.each([
  ['a jump across the threshold', 'brian/deterministic-30.yaml', 'pynn/jumps'],
  ['another method, and spikes at another potential', 'brian/cobahh.yaml', 'pynn/method'],
  ['weights before the change that a spike makes', 'brian/song-abbott-stdp.yaml', 'pynn/weight-before-change'],
])('%s: PyNN has the equations, and all spikes', async (_, path, code) => {
  const { valid } = importModel(readSource(`fixtures/${path}`), { duration: '50 ms' });
  const named = await convertModel(valid, 'pynn-json');
  expect(named.outcome).toBe('approximate');
  expect(named.report).toContainEqual(expect.objectContaining({ code, verdict: 'approximated' }));
  const strict = await convertModel(valid, 'pynn-json', { strict: true });
  expect(strict.outcome).toBe('equivalent');
  const approximation = named.report.find((entry) => entry.code === code)?.message ?? '';
  expect(strict.report).toContainEqual(
    expect.objectContaining({ code: 'pynn/why-native', message: expect.stringContaining(approximation) as string }),
  );
  const check = await checkConversion(valid, 'pynn-json', { strict: true });
  expect(check.spikes[0]).toBeGreaterThan(0);
  expect([check.matched, check.spikes[1]]).toEqual([check.spikes[0], check.spikes[0]]);
  expect(Math.max(...check.populations.map(({ largest }) => largest))).toBeLessThan(1e-9);
});

test('a part that PyNN would approximate is written by its equations beside one that it has no name for', async () => {
  const source = {
    name: 'adaptive.json',
    text: JSON.stringify({
      format: 'interneuron/brian',
      version: 1,
      name: 'adaptive',
      neuron_groups: {
        cells: {
          N: 1,
          model: 'dv/dt = -v/(10*ms) : volt\ndvt/dt = (10*mV - vt)/(15*ms) : volt',
          threshold: 'v > vt',
          reset: 'v = 0*mV\nvt += 3*mV',
          initializers: { vt: '10 mV' },
        },
      },
      poisson_groups: { noise: { N: 5, rates: '500 Hz' } },
      synapses: { excitation: { source: 'noise', target: 'cells', on_pre: 'v_post += 3*mV', connect: true } },
      run: '100 ms',
    }),
  };
  const { valid } = importModel(source);
  expect((await convertModel(valid, 'pynn-json')).report).toContainEqual(
    expect.objectContaining({ code: 'pynn/bernoulli', verdict: 'approximated' }),
  );
  expect((await convertModel(valid, 'pynn-json', { strict: true })).outcome).toBe('equivalent');
  const check = await checkConversion(valid, 'pynn-json', { strict: true });
  expect(check.spikes[0]).toBeGreaterThan(0);
  expect([check.matched, check.spikes[1]]).toEqual([check.spikes[0], check.spikes[0]]);
});

test('a cell that NeuroML has under a name only nearly is written by its equations in LEMS', async () => {
  const { valid } = importModel({
    name: 'adex.json',
    text: JSON.stringify({
      format: 'interneuron/brian',
      version: 1,
      name: 'adex',
      neuron_groups: {
        cells: {
          N: 2,
          model:
            'dvm/dt = (30*nS*(-70.6*mV - vm) + 30*nS*2*mV*exp((vm + 50.4*mV)/(2*mV)) + I - w)/(281*pF) : volt\n' +
            'dw/dt = (4*nS*(vm + 70.6*mV) - w)/(144*ms) : amp\nI : amp (constant)',
          threshold: 'vm > -40.4*mV',
          reset: 'vm = -70.6*mV\nw += 80.5*pA',
          method: 'euler',
          initializers: { vm: '-70.6 mV', I: '(i + 1)*nA' },
        },
      },
      run: '200 ms',
    }),
  });
  const codesOf = async (strict: boolean): Promise<readonly string[]> =>
    (await convertModel(valid, 'lems', { strict })).report.flatMap(({ code, verdict }) =>
      verdict === 'approximated' ? [code] : [],
    );
  expect(await codesOf(false)).toEqual(['lems/order-in-step', 'lems/one-step-held']);
  expect(await codesOf(true)).toEqual([]);
  const check = await checkConversion(valid, 'lems', { strict: true });
  expect(check.spikes[0]).toBeGreaterThan(10);
  expect([check.matched, check.spikes[1]]).toEqual([check.spikes[0], check.spikes[0]]);
  expect(Math.max(...check.populations.map(({ largest }) => largest))).toBeLessThan(1e-9);
});

test('conversions that are equivalent already are the same', async () => {
  const { valid } = importModel(readSource('fixtures/pynn/if-curr-exp.json'));
  const [plain, strict] = [
    await convertModel(valid, 'brian-json'),
    await convertModel(valid, 'brian-json', { strict: true }),
  ];
  expect(strict).toEqual(plain);
});
