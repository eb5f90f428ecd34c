import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { hashModel } from '../../src/model/hash.js';
import { check, normalised } from './support.js';

const folder = new URL('../../fixtures/model/hard/', import.meta.url);
const cases = readdirSync(folder).filter((name) => name.endsWith('.yaml'));
const read = (name: string): string => readFileSync(new URL(name, folder), 'utf8');

/** The list of the design: each case has its document. */
const wanted = [
  'regimes-child-synapses',
  'nmda-block-per-connection',
  'stp-and-stdp',
  'two-delays-summed',
  'gap-junction',
  'switched-current',
  'calcium-cell',
  'dendritic-spikes',
  'segments',
  'numpy-weights',
  'timed-table',
  'recorded-synapses',
  'replayed-spikes',
  'space',
  'onto-synapses',
  'two-clocks',
];

test('every hard case has a document', () =>
  expect(cases.map((name) => name.replace('.yaml', ''))).toEqual(expect.arrayContaining(wanted)));

/** Cases with delays that are times between steps. */
const computedDelays = ['assemblies-noise.yaml', 'numpy-weights.yaml', 'space.yaml', 'two-delays-summed.yaml'];

describe.each(cases)('%s', (name) => {
  test('is valid, without findings except for delays that are drawn or computed', () => {
    const { valid, list } = check(read(name));
    expect(list.map(({ code, found }) => [code, found])).toEqual(
      computedDelays.includes(name) ? [['model/delay-rounded', 'any time']] : [],
    );
    expect(valid).not.toBeNull();
  });

  test('its normal form is a document, and the normal form of itself', () => {
    const once = normalised(read(name)).model;
    const again = normalised(JSON.stringify(once)).model;
    expect(again).toEqual(once);
    expect(hashModel(again)).toEqual(hashModel(once));
  });
});

/** Parts of the normal form, worked out by hand from the documents. */
describe('the meaning of cases', () => {
  const model = (name: string): ReturnType<typeof normalised>['model'] => normalised(read(`${name}.yaml`)).model;

  test('regimes and transitions', () => {
    const { regimes } = model('regimes-child-synapses').neurons['iafRef'] ?? {};
    expect(regimes?.['integrating']).toEqual({
      initial: true,
      derivatives: { v: { rate: '(leak*(rest - v) + iSyn)/C', eventDriven: false } },
      onEntry: [],
      transitions: [{ when: 'v > threshold', do: [], to: 'refractory', emit: 'spike' }],
    });
    expect(regimes?.['refractory']?.onEntry).toEqual(['lastSpikeTime = t', 'v = resetTo']);
  });

  test('units that were not written are inferred', () => {
    const { derived } = model('regimes-child-synapses').synapses['doubleExp'] ?? {};
    expect(derived?.['g']?.unit).toBe('S');
  });

  test('variables that a mechanism reads and writes', () => {
    const { parameters, state, writes, on } =
      model('calcium-cell').neurons['pyramidal']?.compartments?.mechanisms['pool'] ?? {};
    expect(parameters?.['depth']).toEqual({ unit: 'm', type: 'real', value: 1e-7, shared: false });
    expect(state?.['level']).toEqual({ unit: 'mole*m**-3', type: 'real', initial: 'rest', shared: false });
    expect({ writes, on }).toEqual({ writes: { ca_i: 'level' }, on: ['soma'] });
  });

  test('refractoriness of a dendritic event', () => {
    expect(model('dendritic-spikes').neurons['ballAndStick']?.events['dendritic']?.refractory).toEqual({
      for: '0.005*s + 0.001*s*int(dendriticSpikes > 3)',
      rate: [],
      writes: 'allow',
      suppress: true,
      rounding: 'up',
      evaluated: 'atEvent',
    });
  });

  test('replayed spikes are in the order of time', () => {
    expect(model('replayed-spikes').populations['listed']?.spikes).toEqual({
      indices: [0, 1, 2],
      times: [0.0002, 0.0009, 0.0015],
    });
  });

  test('drawn weights keep the unit that they are drawn in as a power of ten', () => {
    expect(model('numpy-weights').projections['ff']?.values['w']).toEqual({
      generator: 'numpy-mt19937',
      seed: '7',
      distribution: 'uniform',
      arguments: [0.1, 0.2],
      order: 1,
      exponent10: -9,
    });
  });

  test('a table of two dimensions', () => {
    expect(model('timed-table').tables['pattern']).toEqual({
      dt: 0.01,
      unit: 'A',
      values: [0, 1e-11, 2e-11, 1e-10, 0, 0, 0, 5e-11, 5e-11, 0, 0, 0],
      columns: 3,
    });
  });

  test('space in metres', () => {
    expect(model('space').projections['local']?.space).toEqual({
      axes: 'xy',
      scale: [1, 1, 1],
      offset: [0, 0, 0],
      periodic: [[0, 0.001], [0, 0.001], null],
    });
    expect(model('space').projections['local']?.delays).toEqual({ pre: '0.0005*s + distance/(0.3*m*s**-1)' });
  });

  test('phases', () => {
    expect(model('segments').experiment).toEqual({
      dt: 0.0001,
      seed: '18446744073709551615',
      protocol: [
        { run: 0.1 },
        { store: 'settled' },
        { reset: true, segment: 'stronger' },
        { set: { 'cells.drive': 0.02 } },
        { run: 0.1 },
        { set: { 'cells[0:3].v': 0.005 }, where: 'spikes > 2' },
        { restore: 'settled' },
        { initialise: { 'cells.spikes': 0 } },
        { record: 'trace', on: false },
        { run: 0.05 },
      ],
    });
  });

  test('a projection onto synapses writes to their variables', () => {
    const { projections } = model('onto-synapses');
    expect(projections['modulation']?.to).toEqual({ of: { projection: 'synapses' } });
    expect(projections['modulation']?.receptors).toEqual({ port: 'm' });
  });

  test('model parameters are put in', () => {
    const odds = model('assemblies-noise');
    expect(odds.populations['a']?.size).toBe(40);
    expect(odds.parameters).toMatchObject({ total: { unit: '1', value: 40 }, J: { unit: 'V', value: 0.0001 } });
    expect(odds.stimuli['background']).toMatchObject({ weight: '0.0001*V', rate: 5, n: 100 });
  });
});
