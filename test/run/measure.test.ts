/** Verdicts on conversions from running the written files. */

import { describe, expect, test } from 'vitest';
import type { TargetNotation } from '../../src/run/convert/target-notations.js';
import { convertModel } from '../../src/run/convert.js';
import { compareWritten } from '../../src/run/check/check-conversion.js';
import { graded, measure, type Measurement } from '../../src/run/check/measure.js';
import { importModel } from '../../src/run/pipeline.js';

const cells = {
  N: 2,
  model: 'dv/dt = (drive - v)/(10*ms) : volt\ndrive : volt',
  threshold: 'v > 10*mV',
  reset: 'v = 0*mV',
  initializers: { drive: '12*mV' },
};
const document = { format: 'interneuron/brian', dt: '0.1 ms', neuron_groups: { cells }, run: '1000 ms' };

const modelOf = (more: object = {}, rest: object = {}) =>
  importModel({
    name: 'm.json',
    text: JSON.stringify({ ...document, neuron_groups: { cells: { ...cells, ...more } }, ...rest }),
  }).valid;

async function measured(to: TargetNotation, more: object = {}, rest: object = {}): Promise<Measurement> {
  const valid = modelOf(more, rest);
  return measure(valid, to, await convertModel(valid, to, { name: to === 'neuroml' ? 'm.nml' : 'model.xml' }), {
    processor: Infinity,
  });
}

describe('verdicts', () => {
  test('a document that is the same model when it is read is exact', async () => {
    expect(await measured('brian-json')).toEqual({ verdict: 'exact' });
  });

  test('200 ms of another notation have 11 spikes of each cell, after each 10*ln(6) ms', async () => {
    const { verdict, check } = await measured('pynn-json');
    expect(verdict).toBe('same spikes');
    expect(check).toMatchObject({ seconds: 0.2, populations: [{ spikes: [22, 22], matched: 22, equalCounts: 2 }] });
  });

  test('cells that become populations of their own are compared with the cells that they were', async () => {
    // 10*ln(12/2) and 10*ln(20/10) ms: 11 and 28 spikes in 200 ms.
    const { check } = await measured('neuroml', { initializers: { drive: '12*mV + 8*mV*i' } });
    expect(check?.absent).toEqual([]);
    expect(check?.populations).toMatchObject([{ population: 'cells', cells: 2, spikes: [39, expect.any(Number)] }]);
  });

  test('draws of the first state are listed in both', async () => {
    const { verdict, frozen } = await measured('pynn-json', { initializers: { v: 'rand()*10*mV', drive: '12*mV' } });
    expect([verdict, frozen]).toEqual(['same spikes', true]);
  });
});

describe('without a grade', () => {
  test.each([
    ['noise in each step', { model: 'dv/dt = (15*mV - v)/(10*ms) + mV*xi/(10*ms)**0.5 : volt' }, {}, /each step/],
    ['no spikes and no samples', { initializers: { drive: '1*mV' } }, {}, /^no spikes, and no recorded variable/],
    ['no duration', {}, { run: undefined }, /^the model states no duration$/],
    ['a large network', { N: 60_000 }, {}, /^larger than the budget/],
  ] as const)('%s', async (_name, more, rest, reason) => {
    const given = await measured('lems', { ...more, ...('model' in more ? { initializers: {} } : {}) }, rest);
    expect(given).toMatchObject({ verdict: 'not measured', reason: expect.stringMatching(reason) });
  });

  test('a budget that runs out', async () => {
    const valid = modelOf();
    const converted = await convertModel(valid, 'pynn-json');
    expect(await measure(valid, 'pynn-json', converted, { processor: 0 })).toMatchObject({ verdict: 'not measured' });
  });

  test('a written model that ends with NaN where the model does not', async () => {
    const model = 'dv/dt = (drive + u*mV - v)/(10*ms) : volt\ndu/dt = -u/(0.01*ms) : 1\ndrive : volt';
    const by = (method: string) => modelOf({ model, method, initializers: { u: 1, drive: '12*mV' } });
    // Forward Euler multiplies u by -9 in each step, which ends in infinity minus infinity.
    const { verdict, check } = graded(await compareWritten(by('exact'), by('euler'), { seconds: 0.2 }));
    expect([verdict, check?.unstable]).toEqual(['not measured', true]);
  });
});
