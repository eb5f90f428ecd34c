/** Scripts in time: phases, resets, current sources, sources of spikes. */

import { describe, expect, test } from 'vitest';
import { byCreation, created, simulate, stepsOf, trace } from '../../support/simulate.js';
import { exportPynn } from '../../../translators/pynn/export.js';
import { exportPynnScript } from '../../../translators/pynn/export-script.js';
import { importModel } from '../../../src/pipeline/pipeline.js';
import { documentOf, findings, run, samples, spikeTimes } from './support.js';
import '../../../translators/pynn/road.js';

const cell = (label: string, size = 1, params: object = {}): object => ({
  label,
  size,
  cell: { type: 'IF_curr_exp', params },
});
const array = (label: string, ...trains: number[][]): object => ({
  label,
  size: trains.length,
  cell: { type: 'SpikeSourceArray', params: { spike_times: { sequences: trains } } },
});
const delta = { type: 'IF_curr_delta', params: { tau_m: 1e9 } };
const dt1 = { setup: { timestep: 1 } };
/** Values that round to three digits after the point. */
const rounded = (values: readonly number[]): number[] => values.map((value) => Math.round(value * 1000) / 1000);

describe('reset', () => {
  test('state goes back to first values, parameters stay, time begins at 0', async () => {
    const result = await run({
      populations: [cell('p', 1, { i_offset: 1, tau_refrac: 2 })],
      recordings: [{ target: 'p', variables: ['spikes', 'v'] }],
      phases: [
        { run: 60 },
        { reset: {} },
        { run: 30 },
        { set: { target: 'p', params: { i_offset: 0 } } },
        { reset: { annotations: { trial: 2 } } },
        { run: 2 },
      ],
    });
    // 27.8 and 57.6 ms are the grid's times of the exact 27.726 and 57.452, as PyNN 0.13 gives them on NEURON; the
    // second segment is 600 steps on.
    expect(spikeTimes(result, 'p')).toEqual([27.8, 57.6, 60 + 27.8]);
    const v = samples(result, 'p.v', 1e3);
    expect(v).toHaveLength(601 + 301 + 21);
    expect(rounded(v.slice(601, 603))).toEqual(rounded(v.slice(0, 2)));
    expect(new Set(rounded(v.slice(-21)))).toEqual(new Set([-65]));
  });

  test('learned weights and traces go back, weights that were set stay', async () => {
    const parts = (phases: object[]): object => ({
      ...dt1,
      populations: [array('pre', [5, 15, 25]), array('post', [7, 17, 27]), cell('cell')],
      projections: [
        {
          label: 'p',
          pre: 'pre',
          post: 'cell',
          connector: { type: 'OneToOneConnector' },
          receptor_type: 'excitatory',
          synapse: {
            type: 'STDPMechanism',
            timing_dependence: { type: 'SpikePairRule' },
            weight_dependence: { type: 'AdditiveWeightDependence' },
            params: { weight: 0.5, delay: 1 },
          },
        },
        {
          label: 'drive',
          pre: 'post',
          post: 'cell',
          connector: { type: 'OneToOneConnector' },
          receptor_type: 'excitatory',
          synapse: { type: 'StaticSynapse', params: { weight: 100, delay: 1 } },
        },
      ],
      phases,
    });
    const once = await run(parts([{ run: 40 }]) as Record<string, unknown>);
    const twice = await run(parts([{ run: 40 }, { reset: {} }, { run: 40 }]) as Record<string, unknown>);
    expect(byCreation(once, 'p', 'weight')[0]).not.toBe(5e-10);
    expect(byCreation(twice, 'p', 'weight')).toEqual(byCreation(once, 'p', 'weight'));
    const set = await run(
      parts([{ run: 40 }, { set_projection: { target: 'p', params: { weight: 0.25 } } }, { reset: {} }]) as Record<
        string,
        unknown
      >,
    );
    expect(byCreation(set, 'p', 'weight')).toEqual([2.5e-10]);
  });

  test('a spike under way is gone; sources that draw go on, an array begins again', async () => {
    const result = await run({
      ...dt1,
      populations: [
        array('in', [3]),
        { label: 'poisson', size: 20, cell: { type: 'SpikeSourcePoisson', params: { rate: 100 } } },
        { label: 'gamma', size: 20, cell: { type: 'SpikeSourceGamma', params: { alpha: 3, beta: 300 } } },
        { label: 'out', size: 1, cell: delta },
      ],
      projections: [
        {
          label: 'p',
          pre: 'in',
          post: 'out',
          connector: { type: 'AllToAllConnector' },
          receptor_type: 'excitatory',
          synapse: { type: 'StaticSynapse', params: { weight: 1, delay: 5 } },
        },
      ],
      recordings: [{ target: 'out', variables: 'v' }],
      phases: [{ run: 50 }, { reset: {} }, { run: 6 }, { reset: {} }, { run: 50 }],
    });
    expect(spikeTimes(result, 'in', 1)).toEqual([3, 53, 59]);
    const v = samples(result, 'out.v', 1e3);
    // At 8 ms of the first and third segment; the second is over before.
    expect([v[7], v[8], v[51 + 6], v[51 + 7 + 7], v[51 + 7 + 8]].map((x) => Math.round(x!))).toEqual([
      -65, -64, -65, -65, -64,
    ]);
    for (const population of ['poisson', 'gamma']) {
      const pairs = result.events.get(`${population}.spike`)!;
      const first = pairs.filter(([step]) => step < 50).map(([step, k]) => `${step} ${k}`);
      const third = pairs.filter(([step]) => step >= 56).map(([step, k]) => `${step - 56} ${k}`);
      expect(first.length).toBeGreaterThan(50);
      expect(third).not.toEqual(first);
    }
  });
});

describe('changes during the run', () => {
  const two = (phases: object[], more: object = {}): Record<string, unknown> => ({
    ...dt1,
    rngs: { r: { type: 'NumpyRNG', seed: 1234 } },
    populations: [{ label: 'p', size: 8, cell: delta }],
    views: [
      { label: 'gaps', of: 'p', select: { indices: [1, 4, 6] } },
      { label: 'mask', of: 'p', select: { mask: [true, false, false, true, false, false, false, false] } },
      { label: 'drawn', of: 'p', select: { sample: 3, rng: 'r' } },
    ],
    recordings: [{ target: 'p', variables: 'v' }],
    phases: [...phases, { run: 1 }],
    ...more,
  });
  const after = async (parts: Record<string, unknown>): Promise<number[]> => {
    const result = await run(parts);
    return Array.from({ length: 8 }, (_, k) => Math.round(samples(result, 'p.v', 1e3, k)[1]!));
  };

  // The permutation of 8 that NumPy's RandomState(1234) draws is 2 1 6 0 4 5 3 7: its first three are cells 1, 2, 6.
  test.each<[string, unknown, number[]]>([
    ['gaps', -50, [-65, -50, -65, -65, -50, -65, -50, -65]],
    ['gaps', [-51, -52, -53], [-65, -51, -65, -65, -52, -65, -53, -65]],
    ['mask', [-51, -52], [-51, -65, -65, -52, -65, -65, -65, -65]],
    ['drawn', [-51, -52, -53], [-65, -51, -52, -65, -65, -65, -53, -65]],
  ])('of the view %s', async (target, v, expected) => {
    expect(await after(two([{ initialize: { target, values: { v } } }]))).toEqual(expected);
  });

  test('a current into a drawn sample', async () => {
    const parts = two([], {
      current_sources: [{ label: 'dc', type: 'DCSource', params: { amplitude: 5 }, inject_into: ['drawn'] }],
    });
    // 5 nA on 1 nF for 1 ms are 5 mV.
    expect(await after(parts)).toEqual([-65, -60, -60, -65, -65, -65, -60, -65]);
  });

  test('parameters drawn by a NumpyRNG, as NumPy draws them', async () => {
    const i_offset = { random: 'uniform', params: { low: 0, high: 1 }, rng: 'r' };
    const result = await run(two([{ set: { target: 'gaps', params: { i_offset } } }]));
    // The first numbers of `uniform` of NumPy's RandomState(1234); no view is drawn before, since views are unused
    // here.
    const [a, b, c] = [1, 4, 6].map((k) => samples(result, 'p.v', 1e3, k)[1]! + 65);
    expect([a!, b!, c!].map((x) => Math.round(x * 1e9) / 1e9)).toEqual([0.19151945, 0.622108771, 0.437727739]);
  });

  test('the spike times of some cells of an array', async () => {
    const result = await run({
      ...dt1,
      populations: [array('s', [1, 8], [2, 8], [3, 8])],
      views: [{ label: 'one', of: 's', select: { indices: [1] } }],
      phases: [{ run: 5 }, { set: { target: 'one', params: { spike_times: [4, 6, 7] } } }, { run: 5 }],
    });
    expect([0, 1, 2].map((k) => stepsOf(result, 's.spike', k).map((step) => step + 1))).toEqual([
      [1, 8],
      [2, 6, 7],
      [3, 8],
    ]);
  });

  test('weights of a projection, in PyNN’s order: row by row of the existing connections', async () => {
    const network = (params: object): Record<string, unknown> => ({
      ...dt1,
      populations: [array('in', [1], [2]), { label: 'out', size: 2, cell: delta }],
      projections: [
        {
          label: 'p',
          pre: 'in',
          post: 'out',
          receptor_type: 'excitatory',
          connector: {
            type: 'FromListConnector',
            params: {
              conn_list: [
                [1, 0],
                [0, 1],
                [0, 0],
              ],
            },
          },
          synapse: { type: 'StaticSynapse', params: { weight: 1, delay: 1 } },
        },
      ],
      recordings: [{ target: 'out', variables: 'v' }],
      phases: [{ set_projection: { target: 'p', params } }, { run: 4 }],
    });
    const ends = async (params: object): Promise<number[]> => {
      const result = await run(network(params));
      return [2, 3].flatMap((at) => [0, 1].map((k) => Math.round(samples(result, 'out.v', 1e3, k)[at]!)));
    };
    // Rows: (0,0), (0,1), (1,0). Spikes arrive at 2 ms from 0 and at 3 ms from 1.
    expect(await ends({ weight: [1, 2, 4] })).toEqual([-64, -63, -60, -63]);
    expect(
      await ends({
        weight: [
          [1, 2],
          [4, null],
        ],
      }),
    ).toEqual([-64, -63, -60, -63]);
    expect(await ends({ weight: 3 })).toEqual([-62, -62, -59, -62]);
    expect(await ends({ delay: 2 })).toEqual([-65, -65, -64, -64]);
  });

  test('weights of drawn connections, by a matrix of all pairs or a list in order of rows', async () => {
    const matrix = Array.from({ length: 4 }, (_, i) => Array.from({ length: 5 }, (__, j) => 10 * i + j + 1));
    const network = (phases: object[], rng: object): Record<string, unknown> => ({
      ...dt1,
      rngs: { r: rng },
      populations: [array('in', [1], [1], [1], [1]), { label: 'out', size: 5, cell: delta }],
      projections: [
        {
          label: 'p',
          pre: 'in',
          post: 'out',
          receptor_type: 'excitatory',
          connector: { type: 'FixedProbabilityConnector', params: { p_connect: 0.5 }, rng: 'r' },
          synapse: { type: 'StaticSynapse', params: { weight: 1, delay: 1 } },
        },
      ],
      phases: [...phases, { run: 1 }],
    });
    for (const rng of [{ type: 'NumpyRNG', seed: 3 }, { type: 'NativeRNG' }]) {
      const result = await run(network([{ set_projection: { target: 'p', params: { weight: matrix } } }], rng));
      const pairs = created(result, 'p');
      expect(pairs.length).toBeGreaterThan(4);
      expect(byCreation(result, 'p', 'weight').map((w) => Math.round(w * 1e3))).toEqual(
        pairs.map(([i, j]) => matrix[i]![j]),
      );
      if (rng.type === 'NumpyRNG') continue;
      const weight = pairs.map((_, k) => k + 1);
      const listed = await run(network([{ set_projection: { target: 'p', params: { weight } } }], rng));
      expect(pairs).toEqual([...pairs].sort(([a, b], [c, d]) => a - c || b - d));
      expect(byCreation(listed, 'p', 'weight').map((w) => Math.round(w * 1e3))).toEqual(weight);
    }
  });

  test('synaptic state is initialised', async () => {
    const result = await run({
      ...dt1,
      populations: [array('in', [1]), { label: 'out', size: 1, cell: delta }],
      projections: [
        {
          label: 'p',
          pre: 'in',
          post: 'out',
          receptor_type: 'excitatory',
          connector: { type: 'AllToAllConnector' },
          synapse: { type: 'MultiQuantalSynapse', params: { weight: 10, U: 1, n: 4, tau_rec: 1e9, delay: 1 } },
        },
      ],
      recordings: [{ target: 'out', variables: 'v' }],
      phases: [{ initialize: { target: 'p', values: { a: 2 } } }, { run: 3 }],
    });
    // Two of four sites are filled and release all: half the weight.
    expect(Math.round(samples(result, 'out.v', 1e3)[2]!)).toBe(-60);
  });
});

describe('current sources', () => {
  const injected = (
    source: object,
    phases: object[] = [{ run: 5 }],
    setup: object = { timestep: 0.1 },
  ): Record<string, unknown> => ({
    setup,
    populations: [
      {
        label: 'p',
        size: 2,
        cell: { type: 'IF_curr_exp', params: { v_rest: -60, v_thresh: 1e6 } },
        initial_values: { v: -60 },
      },
    ],
    current_sources: [{ label: 'src', inject_into: ['p'], record: true, ...source }],
    recordings: [{ target: 'p', variables: 'v' }],
    phases,
  });
  const current = async (...args: Parameters<typeof injected>): Promise<number[]> =>
    samples(await run(injected(...args)), 'p.src', 1e9).map((x) => Math.round(x * 1e6) / 1e6);

  test('the values that the reference page gives', async () => {
    const result = await run(
      injected({ type: 'DCSource', params: { amplitude: 1, start: 10, stop: 20 } }, [{ run: 21 }]),
    );
    const v = samples(result, 'p.v', 1e3);
    expect(v[100]).toBeCloseTo(-60, 9);
    expect(v[101]).toBeCloseTo(-59.90025, 5);
    expect(v[200]).toBeCloseTo(-52.1306, 4);
    expect(v[201]!).toBeLessThan(v[200]!);
    const i = samples(result, 'p.src', 1e9);
    expect([i[99], i[100], i[199], i[200]].map((x) => Math.round(x!))).toEqual([0, 1, 1, 0]);
  });

  test('recorded: one value for each time, both ends included', async () => {
    expect(
      await current({ type: 'DCSource', params: { amplitude: 2, start: 1, stop: 3 } }, undefined, { timestep: 1 }),
    ).toEqual([0, 2, 2, 0, 0, 0]);
    expect(
      await current({ type: 'StepCurrentSource', params: { times: [0.41, 0.42, 0.86], amplitudes: [1, 2, 3] } }, [
        { run: 1 },
      ]),
    ).toEqual([0, 0, 0, 0, 2, 2, 2, 2, 2, 3, 3]);
    const ac = await current(
      { type: 'ACSource', params: { amplitude: 2, offset: 1, frequency: 250, phase: 90, start: 1 } },
      [{ run: 5 }],
      {
        timestep: 1,
      },
    );
    // A period of 4 ms that begins at its crest at 1 ms.
    expect(ac).toEqual([0, 3, 1, -1, 1, 3]);
  });

  test('noise holds for its interval, is the same for all cells, and has the moments that were asked for', async () => {
    const result = await run(
      injected({ type: 'NoisyCurrentSource', params: { mean: 3, stdev: 2, dt: 0.5, start: 0.2, stop: 1e9 } }, [
        { run: 1000 },
      ]),
    );
    const i = samples(result, 'p.src', 1e9);
    expect(i.slice(0, 2)).toEqual([0, 0]);
    expect(new Set(i.slice(2, 7)).size).toBe(1);
    expect(i[7]).not.toBe(i[6]);
    const drawn = i.filter((_, k) => k >= 2 && (k - 2) % 5 === 0);
    const mean = drawn.reduce((a, b) => a + b, 0) / drawn.length;
    const variance = drawn.reduce((sum, x) => sum + (x - mean) ** 2, 0) / drawn.length;
    expect(Math.abs(mean - 3)).toBeLessThan((5 * 2) / Math.sqrt(drawn.length));
    expect(Math.abs(variance / 4 - 1)).toBeLessThan(5 * Math.sqrt(2 / drawn.length));
    expect(trace(result, 'p.v', 0)).toEqual(trace(result, 'p.v', 1));
    // The recorded current is the flowing one: the change of v in a step equals the exact solution with this current.
    const v = samples(result, 'p.v', 1e3);
    const decay = Math.exp(-0.1 / 20);
    expect(v[51]! + 60).toBeCloseTo((v[50]! + 60) * decay + 20 * i[50]! * (1 - decay), 9);
  });

  test('changes take effect at once, also after a reset', async () => {
    const change = (amplitude: number): object => ({ set_source: { target: 'src', params: { amplitude } } });
    const dc = { type: 'DCSource', params: { amplitude: 1 } };
    expect(await current(dc, [{ run: 2 }, change(5), { run: 2 }], { timestep: 1 })).toEqual([1, 1, 5, 5, 5]);
    const phases = [{ run: 1 }, change(5), { run: 1 }, { reset: {} }, { run: 1 }, change(7), { run: 2 }];
    const result = await run(injected(dc, phases, { timestep: 1 }));
    const v = samples(result, 'p.v', 1e3);
    const decay = Math.exp(-1 / 20);
    const step = (from: number, i: number): number => -60 + (from + 60) * decay + 20 * i * (1 - decay);
    const first = step(-60, 1);
    const third = step(-60, 5);
    const fourth = step(third, 7);
    const expected = [-60, first, step(first, 5), -60, third, fourth, step(fourth, 7)];
    v.forEach((value, k) => expect(value).toBeCloseTo(expected[k]!, 9));
  });
});

describe('sources of spikes', () => {
  // Many draws: on one engine; fixtures compare all.
  const source = (type: string, params: object, time = 1000) =>
    simulate(
      documentOf({
        setup: { timestep: 0.1 },
        populations: [{ label: 's', size: 200, cell: { type, params } }],
        recordings: [{ target: 's', variables: 'spikes' }],
        phases: [{ run: time }],
      }),
      { engines: [{ target: 'wasm', threads: 1 }] },
    );
  const intervalsOf = async (type: string, params: object): Promise<{ all: number[]; first: number; last: number }> => {
    const result = await source(type, params);
    const trains = new Map<number, number[]>();
    for (const [step, k] of result.events.get('s.spike')!) trains.set(k, [...(trains.get(k) ?? []), (step + 1) * 0.1]);
    const times = [...trains.values()];
    return {
      all: times.flatMap((train) => train.slice(1).map((time, k) => time - train[k]!)),
      first: Math.min(...times.map(([time]) => time!)),
      last: Math.max(...times.map((train) => train.at(-1)!)),
    };
  };
  const moments = (numbers: readonly number[]): { mean: number; cv: number } => {
    const mean = numbers.reduce((a, b) => a + b, 0) / numbers.length;
    return { mean, cv: Math.sqrt(numbers.reduce((sum, x) => sum + (x - mean) ** 2, 0) / numbers.length) / mean };
  };

  test('a Poisson source at 30 kHz fires three times in a step, not once', async () => {
    const result = await source('SpikeSourcePoisson', { rate: 30000, start: 5, duration: 10 }, 20);
    // 200 cells for 10 ms: 60,000 spikes.
    const pairs = result.events.get('s.spike')!;
    expect(Math.abs(pairs.length - 60_000)).toBeLessThan(5 * Math.sqrt(60_000));
    expect([Math.min(...pairs.map(([step]) => step)), Math.max(...pairs.map(([step]) => step))]).toEqual([50, 149]);
  });

  test.each([
    ['SpikeSourcePoisson', { rate: 100, start: 100, duration: 500 }, 10, 1],
    ['SpikeSourcePoissonRefractory', { rate: 100, tau_refrac: 5, start: 100, duration: 500 }, 10, 0.5],
    ['SpikeSourceGamma', { alpha: 4, beta: 400, start: 100, duration: 500 }, 10, 0.5],
    ['SpikeSourceInhGamma', { a: [4], b: [0.0025], tbins: [0], start: 100, duration: 500 }, 10, 0.5],
  ] as const)('%s is active from start to start + duration', async (type, params, mean, cv) => {
    const { all, first, last } = await intervalsOf(type, params);
    expect(first).toBeGreaterThan(100);
    // The first interval begins at the start; none is shorter than the refractory period.
    expect(first).toBeLessThan(102 + ('tau_refrac' in params ? params.tau_refrac : 0));
    expect(last).toBeLessThan(600.05);
    expect(last).toBeGreaterThan(595);
    // Intervals that the end of the window cuts off are missing: a little short.
    const found = moments(all);
    expect(Math.abs(found.mean / mean - 1)).toBeLessThan(0.05);
    expect(Math.abs(found.cv / cv - 1)).toBeLessThan(0.06);
  });

  test('an inhomogeneous gamma source follows its bins', async () => {
    const result = await source('SpikeSourceInhGamma', { a: [3, 6], b: [0.01, 0.0025], tbins: [0, 500] });
    const steps = result.events.get('s.spike')!.map(([step]) => step);
    const rate = (from: number, until: number): number =>
      steps.filter((step) => step >= from * 10 && step < until * 10).length / 200 / ((until - from) / 1000);
    // Mean intervals of 30 and 15 ms; the first of them begins at 0.
    expect(Math.abs(rate(200, 500) / (1000 / 30) - 1)).toBeLessThan(0.05);
    expect(Math.abs(rate(550, 1000) / (1000 / 15) - 1)).toBeLessThan(0.05);
  });
});

test.each<[string, object, string]>([
  ['SpikeSourceGamma', { alpha: 2, beta: 50000 }, 'pynn/rate-too-high /populations/0/cell/params'],
  ['SpikeSourceInhGamma', { a: [1], b: [0.00005], tbins: [0] }, 'pynn/rate-too-high /populations/0/cell/params'],
  ['SpikeSourcePoissonRefractory', { rate: 300, tau_refrac: 5 }, 'pynn/out-of-range /populations/0/cell/params'],
])('%s with %j is told to be too fast', (type, params, expected) => {
  const found = findings({ populations: [{ label: 's', size: 1, cell: { type, params } }], phases: [{ run: 1 }] });
  expect(
    found.some((text) => text.startsWith(expected)),
    found.join('\n'),
  ).toBe(true);
});

describe('gap junctions', () => {
  test('charge flows from one side to the other, as much as arrives', async () => {
    const result = await run({
      setup: { timestep: 0.1 },
      populations: [
        {
          label: 'a',
          size: 1,
          cell: { type: 'IF_curr_exp', params: { tau_m: 1e9, cm: 2 } },
          initial_values: { v: -60 },
        },
        {
          label: 'b',
          size: 1,
          cell: { type: 'HH_cond_exp', params: { gbar_Na: 0, gbar_K: 0, g_leak: 0, cm: 1 } },
          initial_values: { v: -70 },
        },
      ],
      projections: [
        {
          label: 'gap',
          pre: 'a',
          post: 'b',
          source: 'source_section.gap',
          receptor_type: 'source_section.gap',
          connector: { type: 'AllToAllConnector' },
          synapse: { type: 'ElectricalSynapse', params: { weight: 0.1 } },
        },
      ],
      recordings: [
        { target: 'a', variables: 'v' },
        { target: 'b', variables: 'v' },
      ],
      phases: [{ run: 50 }],
    });
    const [a, b] = [samples(result, 'a.v', 1e3), samples(result, 'b.v', 1e3)];
    // 2 nF and 1 nF through 0.1 uS: the difference decays with 2/3 nF/0.1 uS = 6.67 ms, the charge stays.
    a.forEach((value, k) => {
      expect(2 * value + b[k]!).toBeCloseTo(-190, 5);
      expect(Math.abs(value - b[k]! - 10 * Math.exp(-(k * 0.1) / (20 / 3)))).toBeLessThan(0.1);
    });
  });
});

describe('synapses', () => {
  const train = Array.from({ length: 10 }, (_, k) => 10 + 20 * k);
  test('Tsodyks–Markram onto cells with synapses that step the voltage', async () => {
    const result = await run({
      setup: { timestep: 0.1 },
      populations: [
        array('in', train),
        { label: 'out', size: 1, cell: { type: 'IF_curr_delta', params: { tau_m: 1e9, v_thresh: 1e6 } } },
      ],
      projections: [
        {
          label: 'p',
          pre: 'in',
          post: 'out',
          receptor_type: 'excitatory',
          connector: { type: 'AllToAllConnector' },
          synapse: {
            type: 'TsodyksMarkramSynapse',
            params: { weight: 10, U: 0.5, tau_rec: 800, tau_facil: 0, delay: 1 },
          },
        },
      ],
      recordings: [{ target: 'out', variables: 'v' }],
      phases: [{ run: 220 }],
    });
    const v = samples(result, 'out.v', 1e3);
    // Resources R recover with tau_rec; half of them are released by each spike.
    let resources = 1;
    train.forEach((time) => {
      const at = Math.round((time + 1) * 10);
      expect(v[at]! - v[at - 1]!).toBeCloseTo(10 * 0.5 * resources, 6);
      resources = 1 - (1 - 0.5 * resources) * Math.exp(-20 / 800);
    });
  });

  test.each([0.25, 0.5, 1])('a random delay with the part %d dendritic', async (fraction) => {
    const result = await run({
      setup: { timestep: 0.1 },
      rngs: { r: { type: 'NumpyRNG', seed: 1234 } },
      populations: [
        array('in', [10]),
        { label: 'out', size: 4, cell: { type: 'IF_curr_delta', params: { tau_m: 1e9 } } },
      ],
      projections: [
        {
          label: 'p',
          pre: 'in',
          post: 'out',
          receptor_type: 'excitatory',
          connector: { type: 'AllToAllConnector' },
          synapse: {
            type: 'STDPMechanism',
            timing_dependence: { type: 'SpikePairRule' },
            weight_dependence: { type: 'AdditiveWeightDependence', params: { w_max: 5 } },
            dendritic_delay_fraction: fraction,
            params: { weight: 1, delay: { random: 'uniform', params: { low: 1, high: 11 }, rng: 'r' } },
          },
        },
      ],
      recordings: [{ target: 'out', variables: 'v' }],
      phases: [{ run: 30 }],
    });
    // Numbers of `uniform` of NumPy's RandomState(1234), column by column: delays of 2.915, 7.221, 5.377 and 8.854 ms.
    const arrivals = [0, 1, 2, 3].map((k) => samples(result, 'out.v', 1e3, k).findIndex((value) => value > -64.5) / 10);
    expect(arrivals).toEqual([12.9, 17.2, 15.4, 18.9]);
  });
});

describe('mistakes are reported with their place', () => {
  const network = {
    populations: [cell('p', 3), array('s', [1], [2])],
    views: [{ label: 'e', of: 'p', select: { slice: [0, 2] } }],
    projections: [
      {
        label: 'q',
        pre: 's',
        post: 'p',
        receptor_type: 'excitatory',
        connector: { type: 'AllToAllConnector' },
        synapse: { type: 'TsodyksMarkramSynapse', params: { weight: 1 } },
      },
    ],
    current_sources: [{ label: 'dc', type: 'DCSource', inject_into: ['p'] }],
  };
  test.each<[string, object, string]>([
    ['a run of negative length', { run: -1 }, 'pynn/out-of-range /phases/1/run'],
    ['a phase that runs into the past', { run_until: 5 }, 'pynn/time-passed /phases/1/run_until'],
    ['an unknown target', { set: { target: 'x', params: {} } }, 'pynn/unknown-reference /phases/1/set/target'],
    [
      'an unknown parameter',
      { set: { target: 'p', params: { taum: 1 } } },
      'pynn/unknown-parameter /phases/1/set/params/taum',
    ],
    [
      'an array of the wrong length',
      { set: { target: 'e', params: { tau_m: [1, 2, 3] } } },
      'pynn/wrong-length /phases/1/set/params/tau_m',
    ],
    [
      'a parameter of the wrong type',
      { set: { target: 'p', params: { tau_m: true } } },
      'pynn/wrong-value /phases/1/set/params/tau_m',
    ],
    [
      'unsorted spike times',
      { set: { target: 's', params: { spike_times: [3, 2] } } },
      'pynn/unsorted-spike-times /phases/1/set/params/spike_times',
    ],
    [
      'spike times for too many cells',
      { set: { target: 's', params: { spike_times: { sequences: [[1], [2], [3]] } } } },
      'pynn/wrong-length /phases/1/set/params/spike_times',
    ],
    [
      'another parameter of an array',
      { set: { target: 's', params: { rate: 3 } } },
      'pynn/unknown-parameter /phases/1/set/params/rate',
    ],
    [
      'an unknown variable',
      { initialize: { target: 'p', values: { w: 1 } } },
      'pynn/unknown-variable /phases/1/initialize/values/w',
    ],
    [
      'an unknown variable of synapses',
      { initialize: { target: 'q', values: { x: 1 } } },
      'pynn/unknown-variable /phases/1/initialize/values/x',
    ],
    [
      'an unknown projection',
      { set_projection: { target: 'p', params: {} } },
      'pynn/unknown-reference /phases/1/set_projection/target',
    ],
    [
      'an unknown parameter of synapses',
      { set_projection: { target: 'q', params: { u: 1 } } },
      'pynn/unknown-parameter /phases/1/set_projection/params/u',
    ],
    [
      'a list of weights of the wrong length',
      { set_projection: { target: 'q', params: { weight: [1, 2] } } },
      'pynn/wrong-length /phases/1/set_projection/params/weight',
    ],
    [
      'a delay below the minimum',
      { set_projection: { target: 'q', params: { delay: 0.01 } } },
      'pynn/delay-out-of-range /phases/1/set_projection/params/delay',
    ],
    [
      'an unknown source',
      { set_source: { target: 'ac', params: {} } },
      'pynn/unknown-reference /phases/1/set_source/target',
    ],
    [
      'an unknown parameter of a source',
      { set_source: { target: 'dc', params: { amp: 1 } } },
      'pynn/unknown-parameter /phases/1/set_source/params/amp',
    ],
    [
      'an interval that is no multiple of the step',
      { record: { target: 'p', variables: 'v', sampling_interval: 0.25 } },
      'pynn/not-a-multiple /phases/1/record/sampling_interval',
    ],
    [
      'a variable that cannot be recorded',
      { record: { target: 'p', variables: ['w'] } },
      'pynn/unknown-variable /phases/1/record/variables',
    ],
  ])('%s', (_, phase, expected) => {
    const found = findings({ ...network, phases: [{ run: 10 }, phase] });
    expect(
      found.some((text) => text.startsWith(expected)),
      found.join('\n'),
    ).toBe(true);
  });

  test.each<[string, object, string]>([
    [
      'noise whose interval is no multiple of the step',
      { type: 'NoisyCurrentSource', params: { dt: 0.25 } },
      'pynn/not-a-multiple /current_sources/0/params/dt',
    ],
    [
      'noise with a negative deviation',
      { type: 'NoisyCurrentSource', params: { stdev: -1 } },
      'pynn/out-of-range /current_sources/0/params/stdev',
    ],
    [
      'steps that are not in order',
      { type: 'StepCurrentSource', params: { times: [2, 1], amplitudes: [1, 2] } },
      'pynn/out-of-range /current_sources/0/params/times/1',
    ],
    [
      'steps without as many amplitudes',
      { type: 'StepCurrentSource', params: { times: [2], amplitudes: [1, 2] } },
      'pynn/wrong-length /current_sources/0/params/amplitudes',
    ],
    [
      'a current into a source of spikes',
      { type: 'DCSource', inject_into: ['s'] },
      'pynn/not-injectable /current_sources/0/inject_into/0',
    ],
  ])('%s', (_, source, expected) => {
    const found = findings({
      ...network,
      current_sources: [{ label: 'c', inject_into: ['p'], ...source }],
      phases: [{ run: 10 }],
    });
    expect(
      found.some((text) => text.startsWith(expected)),
      found.join('\n'),
    ).toBe(true);
  });
});

describe('in an exported script', () => {
  const stdp = {
    type: 'STDPMechanism',
    timing_dependence: { type: 'SpikePairRule' },
    weight_dependence: { type: 'AdditiveWeightDependence' },
  };
  const network = (delay: number, fraction = 1): Record<string, unknown> => ({
    setup: { timestep: 0.1, min_delay: 0.1, max_delay: 5 },
    populations: [array('pre', [5, 15]), cell('post')],
    projections: [
      { ...stdp, dendritic_delay_fraction: fraction },
      { type: 'StaticSynapse' },
      { type: 'TsodyksMarkramSynapse' },
    ].map((synapse, k) => ({
      label: `p${k}`,
      pre: 'pre',
      post: 'post',
      connector: { type: 'AllToAllConnector' },
      receptor_type: 'excitatory',
      synapse: { ...synapse, params: { weight: 0.5, delay } },
    })),
    recordings: [{ target: 'post', variables: ['spikes'] }],
    phases: [{ run: 10 }, { set_projection: { target: 'p1', params: { weight: 0 } } }, { run: 10 }],
  });
  const { valid, hashes } = importModel({ name: 'm.json', text: documentOf(network(2)) });

  test('the range of delays that plastic and other synapses have becomes the range of the simulation', async () => {
    const { document, report } = await exportPynn(valid);
    expect(report.filter(({ verdict }) => verdict !== 'exact')).toEqual([]);
    expect(document.setup).toMatchObject({ min_delay: 0.1, max_delay: 5 });
    expect(importModel({ name: 'm.json', text: JSON.stringify(document) }).hashes).toEqual(hashes);
    expect((await exportPynnScript(valid, 'm')).files[0]?.text).toContain('p1.set(weight=0)');
  });

  test('neither half of a delay of one step has to be a step', async () => {
    const halves = importModel({ name: 'm.json', text: documentOf(network(0.1, 0.5)) });
    const { document, report } = await exportPynn(halves.valid);
    expect(report.filter(({ verdict }) => verdict !== 'exact')).toEqual([]);
    expect(importModel({ name: 'm.json', text: JSON.stringify(document) }).hashes).toEqual(halves.hashes);
  });

  // PyNN's `Connection._setup_plasticity` for NEURON copies the weight once, to the object that computes released
  // amounts.
  test('NEURON gets new weights of synapses that it keeps a second time', async () => {
    const phases = ['p0', 'p1', 'p2'].map((target) => ({ set_projection: { target, params: { weight: 0.25 } } }));
    const text = documentOf({ ...network(2), phases: [{ run: 10 }, ...phases, { run: 10 }] });
    const { text: script } = (await exportPynnScript(importModel({ name: 'm.json', text }).valid, 'm')).files[0]!;
    expect(script.match(/^weights_to_neuron\(\w+\)$/gm)).toEqual(['weights_to_neuron(p2)']);
    expect(script).toContain('p2.set(weight=0.25)\nweights_to_neuron(p2)\n');
    expect(script).toContain('connection.pre2wa.weight[0] = connection.weight\n');
  });

  test('phases of the canonical form run on the backend that has them, which the report states', async () => {
    // Ranges that differ cannot be expressed in PyNN.
    const { p1, ...others } = valid.model.projections;
    const model = {
      ...valid.model,
      projections: { ...others, p1: { ...p1!, delayRange: { outOfRange: 'error' } as const } },
    };
    const { files, report } = await exportPynnScript({ ...valid, model }, 'm');
    expect(report).toContainEqual(expect.objectContaining({ code: 'pynn/native', pointer: '/experiment/protocol/1' }));
    expect(files[0]?.text).toContain('import interneuron_pynn as sim');
    expect(files[0]?.text).toContain('sim.native.phase(');
    expect(files[0]?.text).not.toContain('import_module');
  });
});

test("changed delays of plastic synapses are PyNN's delays when the model is written again", async () => {
  const stdp = {
    type: 'STDPMechanism',
    params: { weight: 0.1, delay: 1 },
    timing_dependence: { type: 'SpikePairRule', params: { A_plus: 0.02 } },
    weight_dependence: { type: 'MultiplicativeWeightDependence', params: { w_max: 0.3 } },
  };
  const text = JSON.stringify({
    format: 'interneuron/pynn',
    populations: [
      { label: 'pre', size: 2, cell: { type: 'SpikeSourceArray', params: { spike_times: [5, 40] } } },
      { label: 'post', size: 1, cell: { type: 'IF_curr_exp' } },
    ],
    projections: [
      {
        label: 'x',
        pre: 'pre',
        post: 'post',
        connector: { type: 'AllToAllConnector' },
        synapse: stdp,
        receptor_type: 'excitatory',
      },
    ],
    phases: [{ run: 20 }, { set_projection: { target: 'x', params: { delay: 2 } } }, { run: 30 }],
  });
  const given = importModel({ name: 'model.json', text });
  const { document } = await exportPynn(given.valid);
  const again = importModel({ name: 'model.json', text: JSON.stringify(document) });
  expect(document.phases).toContainEqual({ set_projection: { target: 'x', params: { delay: 2 } } });
  expect(again.hashes.experiment).toBe(given.hashes.experiment);
  // A time of sending that is not PyNN's delay has no equivalent there.
  const phases = given.valid.model.experiment.protocol.map((phase) =>
    'set' in phase ? { set: { 'x.transmission': 0.003 } } : phase,
  );
  const experiment = { ...given.valid.model.experiment, protocol: phases };
  const { report } = await exportPynn({ ...given.valid, model: { ...given.valid.model, experiment } });
  expect(report.filter(({ verdict }) => verdict !== 'exact')).not.toEqual([]);
});
