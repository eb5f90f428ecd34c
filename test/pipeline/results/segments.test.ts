/**
 * Runs with resets, as results hold them: each segment with times of its own, and all that it takes to run them again.
 */

import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { openResult } from '../../../runtime/results/open.js';
import { importModel, runModel } from '../../../src/pipeline/pipeline.js';
import { stretchesKept } from '../../../src/library/simulators/kept-stretches.js';
import { verifyResult } from '../../../src/verify/verify.js';
import '../../../translators/pynn/road.js';

const folder = mkdtempSync(join(tmpdir(), 'segments-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/**
 * One cell that fires 27.8 ms after its start at 0.1 ms steps; a Poisson source; three segments, one of them with fewer
 * recordings.
 */
const text = JSON.stringify({
  format: 'interneuron/pynn',
  version: 1,
  pynn: '0.13',
  setup: { timestep: 0.1 },
  populations: [
    { label: 'p', size: 2, cell: { type: 'IF_curr_exp', params: { i_offset: 1, tau_refrac: 2 } } },
    { label: 's', size: 3, cell: { type: 'SpikeSourcePoisson', params: { rate: 20000 } } },
  ],
  current_sources: [
    { label: 'noise', type: 'NoisyCurrentSource', params: { stdev: 0.1 }, inject_into: ['p'], record: true },
  ],
  recordings: [
    { target: 'p', variables: ['spikes', 'v'], sampling_interval: 0.5 },
    { target: 's', variables: ['spikes'] },
  ],
  phases: [
    { run: 40.2 },
    { reset: { annotations: { trial: 'first, "quoted"' } } },
    { record: { target: 'p', variables: null } },
    { run: 10 },
    { reset: {} },
    { record: { target: 'p', variables: ['v'] } },
    { run: 5 },
    { run: 5 },
  ],
});

const outputs = ['nwb', 'json', 'csv'].map((suffix) => join(folder, `result.${suffix}`));
const imported = importModel({ name: 'segments.json', text });
const running = runModel(imported, { target: 'wasm', threads: 1, outputs });

describe('a run with two resets', () => {
  test('ends, and lists its segments', async () => {
    const run = await running;
    if (run.kind !== 'run') throw new Error('nothing was run');
    expect(run.record.segments).toEqual([
      { name: 'segment000', begin: 0, end: 402, start: 0, annotations: { trial: 'first, "quoted"' } },
      { name: 'segment001', begin: 402, end: 502, start: 0 },
      { name: 'segment002', begin: 502, end: 602, start: 0 },
    ]);
    expect(run.record.phases.map(({ segment, begin, end }) => [segment, begin, end])).toEqual([
      ['segment000', 0, 402],
      ['segment001', 402, 502],
      ['segment002', 502, 552],
      ['segment002', 552, 602],
    ]);
  });

  test.each(outputs)('%s reads back, and runs again to the same', async (path) => {
    await running;
    const result = await openResult(path);
    const steps = Object.fromEntries(
      result.series.map(({ plan, steps: of, samples }) => [plan.name, [...of(0, samples)]]),
    );
    const every = (from: number, until: number, by: number): number[] =>
      Array.from({ length: Math.floor((until - from) / by) + 1 }, (_, k) => from + k * by);
    // Intervals begin anew with each segment: 40.2 ms are no multiple of 0.5 ms. The noise is recorded throughout.
    expect(steps['p_v_p_v']).toEqual(every(-1, 401, 5));
    expect(steps['p_v_p_v_2'] ?? steps['p_v_p_signals']).toEqual(every(501, 601, 1));
    expect(steps['p_noise']).toEqual([...every(-1, 401, 1), ...every(401, 501, 1), ...every(501, 601, 1)]);
    result.close();
    expect((await verifyResult(path)).verdict).toEqual({ verdict: 'identical' });
  });

  test('Neo-like JSON has a segment of each, with times of its own', async () => {
    await running;
    const { blocks } = JSON.parse(readFileSync(outputs[1]!, 'utf8'));
    const [{ segments, groups }] = blocks;
    expect(segments.map(({ name, annotations }: { name: string; annotations: object }) => [name, annotations])).toEqual(
      [
        ['segment000', { trial: 'first, "quoted"' }],
        ['segment001', {}],
        ['segment002', {}],
      ],
    );
    for (const [k, stop] of [40.2, 10, 10].entries()) {
      for (const train of segments[k].spiketrains) {
        expect(train.t_start).toBe(0);
        expect([train.units, train.t_stop]).toEqual(['ms', expect.closeTo(stop, 9)]);
        for (const time of train.times) expect(time > 0 && time <= Number(train.t_stop) + 1e-9).toBe(true);
      }
    }
    // 20 kHz for three cells: some 800, 200 and 200 spikes, several in many a step.
    const counts: readonly number[] = segments.map(
      (segment: { spiketrains: { times: number[]; annotations: { population: string } }[] }) =>
        segment.spiketrains
          .filter(({ annotations }) => annotations.population === 's')
          .reduce((sum, { times }) => sum + times.length, 0),
    );
    [3 * 804, 600, 600].forEach((mean, k) =>
      expect(Math.abs((counts[k] ?? 0) - mean)).toBeLessThan(5 * Math.sqrt(mean)),
    );
    const signals = segments.map((segment: { analogsignals: { name: string; t_start: number; shape: number[] }[] }) =>
      segment.analogsignals.map(({ name, t_start, shape }) => [name, t_start, shape[0]]),
    );
    expect(signals[0]).toContainEqual(['p_noise', 0, 403]);
    expect(signals[1]).toEqual([['p_noise', 0, 101]]);
    expect(signals[2]).toContainEqual(['p_noise', 0, 101]);
    const members: readonly (readonly [number, number])[] = groups.flatMap(
      (group: { spiketrains: [number, number][] }) => group.spiketrains,
    );
    for (const [segment, train] of members) expect(segments[segment].spiketrains[train]).toBeDefined();
  });

  test('CSV begins each line with its segment', async () => {
    await running;
    const lines = readFileSync(outputs[2]!, 'utf8').trim().split('\n');
    expect(lines[0]).toBe('segment,population,index,time_ms');
    expect(lines.filter((line) => line.startsWith('segment001,s,')).length).toBeGreaterThan(400);
    const times = lines.slice(1).map((line) => [line.split(',')[0], Number(line.split(',')[3])] as const);
    for (const [segment, time] of times)
      expect(time).toBeLessThanOrEqual(segment === 'segment000' ? 40.2 + 1e-9 : 10 + 1e-9);
  });

  test('a part of it is that part', async () => {
    const part = await runModel(imported, { target: 'wasm', threads: 1, steps: 450 });
    if (part.kind !== 'run') throw new Error('nothing was run');
    expect(part.record.segments?.map(({ begin, end }) => [begin, end])).toEqual([
      [0, 402],
      [402, 450],
    ]);
    part.dispose();
  });
});

describe('recordings of synapses with a drawn number', () => {
  const network = (rng: object): string =>
    JSON.stringify({
      format: 'interneuron/pynn',
      version: 1,
      pynn: '0.13',
      setup: { timestep: 1 },
      ...rng,
      populations: [
        { label: 'in', size: 20, cell: { type: 'SpikeSourcePoisson', params: { rate: 50 } } },
        { label: 'out', size: 10, cell: { type: 'IF_curr_exp' } },
      ],
      projections: [
        {
          label: 'p',
          pre: 'in',
          post: 'out',
          receptor_type: 'excitatory',
          connector: { type: 'FixedProbabilityConnector', params: { p_connect: 0.3 }, rng: 'r' },
          synapse: {
            type: 'STDPMechanism',
            timing_dependence: { type: 'SpikePairRule' },
            weight_dependence: { type: 'AdditiveWeightDependence' },
            params: { weight: 0.5, delay: 1 },
          },
        },
      ],
      recordings: [{ target: 'p', variables: ['weight'], sampling_interval: 10 }],
      phases: [{ run: 30 }],
    });

  test.each([
    ['by NumPy’s generator', { rngs: { r: { type: 'NumpyRNG', seed: 1 } } }],
    ['on the target', { rngs: { r: { type: 'NativeRNG' } } }],
  ])('drawn %s: a column of each, in order of creation', async (_, rng) => {
    const blocks: { steps: Int32Array; values: unknown }[] = [];
    let columns = 0;
    const run = await runModel(importModel({ name: 'synapses.json', text: network(rng) }), {
      target: 'wasm',
      threads: 1,
      writers: [
        {
          open: async (setup) => {
            const [series] = setup.series;
            const { elements } = series!;
            columns = elements && !('list' in elements) ? elements.end - elements.begin : 0;
          },
          samples: (block) => blocks.push(block),
          advance: () => undefined,
          close: async () => [],
          abandon: async () => undefined,
        },
      ],
    });
    if (run.kind !== 'run') throw new Error('nothing was run');
    // 200 pairs with probability 0.3.
    expect(Math.abs(columns - 60)).toBeLessThan(5 * Math.sqrt(200 * 0.3 * 0.7));
    const rows = blocks.flatMap(({ values }) =>
      Array.from({ length: (values as Float64Array).length / columns }, (__, k) => k),
    ).length;
    expect(rows).toBe(4);
    expect((blocks[0]!.values as Float64Array)[0]).toBeCloseTo(5e-10, 15);
    run.dispose();
  });
});

test("the parts of runs that Brian's monitors keep after returns to stored states", () => {
  const kept = (...protocol: Parameters<typeof stretchesKept>[0]): readonly (readonly number[])[] =>
    stretchesKept(protocol).map(({ segment, part, from, begin, end }) => [segment, part, from, begin, end]);
  expect(kept({ run: 2 }, { store: 'a' }, { run: 3 }, { restore: 'a' }, { run: 1 })).toEqual([
    [0, 0, 0, 0, 2],
    [0, 1, 2, 5, 6],
  ]);
  // Twice to the same state, and to the beginning in another segment.
  expect(
    kept(
      { store: 'a' },
      { run: 2 },
      { restore: 'a' },
      { run: 3 },
      { restore: 'a' },
      { run: 4 },
      { reset: true },
      { run: 1 },
    ),
  ).toEqual([
    [0, 2, 0, 5, 9],
    [1, 3, 0, 9, 10],
  ]);
});
