/** Checks of conversions: their grades, and outcomes that contradict the report. */

import { describe, expect, test } from 'vitest';
import type { ValidModel } from '../../src/model/model.js';
import { contradictionOf } from '../../src/run/check/check-contradiction.js';
import { checkConversion, type ConversionCheck } from '../../src/run/check/check-conversion.js';
import { convertModel } from '../../src/run/convert.js';
import { importModel } from '../../src/run/pipeline.js';

/** Cells that noise drives, with a random drive in mV. */
function model(drive: number, more = {}): ValidModel {
  const document = {
    format: 'interneuron/brian',
    dt: '0.1 ms',
    seed: 1,
    neuron_groups: {
      cells: {
        N: 40,
        model: `dv/dt = (${drive}*mV - v)/(10*ms) : volt`,
        threshold: 'v > 10*mV',
        reset: 'v = 0*mV',
        method: 'exact',
        initializers: { v: 'rand()*10*mV' },
        ...more,
      },
    },
    run: '500 ms',
  };
  return importModel({ name: 'm.json', text: JSON.stringify(document) }).valid;
}

const checked = async (source: ValidModel, target: ValidModel): Promise<ConversionCheck> =>
  checkConversion(source, 'pynn-json', { converted: await convertModel(target, 'pynn-json') });

describe('grades', () => {
  test('first values that are drawn anew leave the statistics consistent', async () => {
    const check = await checked(model(14), model(14));
    expect(check.drawnAnew).toEqual(['v of cells']);
    expect(check.grade).not.toBe('different');
    expect(contradictionOf('equivalent', check)).toBeNull();
  });

  test('a drive of 14 mV that became 18 mV differs over five seeds of each side, and contradicts', async () => {
    const check = await checked(model(14), model(18));
    expect(check.populations[0]!.quantities![0]).toMatchObject({
      name: 'rate',
      over: '5 and 5 runs',
      verdict: 'different',
    });
    expect(contradictionOf('equivalent', check)).toBe('its spikes differ by more than chance and rounding explain');
    expect(contradictionOf('approximate', check)).toBeNull();
  });

  test('an exact conversion has the same spikes', async () => {
    const brian = async (source: ValidModel, target: ValidModel): Promise<ConversionCheck> =>
      checkConversion(source, 'brian-json', { converted: await convertModel(target, 'brian-json') });
    const [source, other] = [model(14, { initializers: {} }), model(14.5, { initializers: {} })];
    const same = await brian(source, source);
    expect(same.grade).toBe('identical');
    expect(contradictionOf('exact', same)).toBeNull();
    expect(contradictionOf('exact', await brian(source, other))).toMatch(/^its spikes differ/);
  });
});

test('a simulator that integrates by itself may have other spikes for an exact document, within the statistics', async () => {
  const check = await checked(model(14), model(14));
  const own = { ...check, drawnAnew: [], with: 'neuron', ownIntegration: ['NEURON advances cells by implicit steps'] };
  expect(contradictionOf('exact', { ...own, grade: 'statistically the same' })).toBeNull();
  expect(contradictionOf('exact', { ...own, grade: 'different' })).toMatch(/^its spikes differ/);
  expect(contradictionOf('exact', { ...own, ownIntegration: [], grade: 'statistically the same' })).toBe(
    'its spikes differ',
  );
});

test('a simulator that refuses a document contradicts every report', async () => {
  const check = { ...(await checked(model(14), model(14))), with: 'nest', failure: 'spike at 0 ms' };
  expect(contradictionOf('approximate', check)).toBe('nest does not run it');
});
