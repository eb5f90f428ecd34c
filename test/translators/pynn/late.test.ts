/** Populations and projections that a script makes between two runs: the phase `create`. */

import { expect, test } from 'vitest';
import { findings, run, samples, spikeTimes } from './support.js';

const source = (label: string, ...times: number[]): object => ({
  label,
  size: 1,
  cell: { type: 'SpikeSourceArray', params: { spike_times: { sequences: [times] } } },
});
const step = (pre: string, delay: number, synapse: object = {}): object => ({
  label: 'late',
  pre,
  post: 'cell',
  connector: { type: 'AllToAllConnector' },
  receptor_type: 'excitatory',
  synapse: { type: 'StaticSynapse', params: { weight: 4, delay }, ...synapse },
});
/** A membrane that adds up what arrives. */
const cell = { label: 'cell', size: 1, cell: { type: 'IF_curr_delta', params: { tau_m: 1e9, v_thresh: 1e3 } } };
const dt1 = { setup: { timestep: 1 } };

test('only what is sent after a projection was created arrives', async () => {
  // At 10 ms the spikes of 8 and 10 ms are on their way.
  const result = await run({
    ...dt1,
    populations: [source('in', 2, 8, 10, 11, 20), cell],
    projections: [step('in', 5)],
    recordings: [{ target: 'cell', variables: ['v'] }],
    phases: [{ run: 10 }, { create: { projections: ['late'] } }, { run: 20 }],
  });
  const v = samples(result, 'cell.v', 1e3).map((each) => Math.round(each));
  expect(v.map((each, k) => [k, each]).filter(([k, each]) => k === 0 || each !== v[(k ?? 0) - 1])).toEqual([
    [0, -65],
    [16, -61],
    [25, -57],
  ]);
});

test('cells begin with their first values when they are created, and are there after a reset', async () => {
  // From -55 mV and without a leak, a current of 1 nA reaches -50 mV after 5 ms; a cell is refractory for 20 ms.
  const result = await run({
    ...dt1,
    populations: [
      {
        label: 'cell',
        size: 1,
        cell: { type: 'IF_curr_delta', params: { tau_m: 1e9, i_offset: 1, tau_refrac: 20, v_thresh: -50.5 } },
        initial_values: { v: -55 },
      },
    ],
    recordings: [{ target: 'cell', variables: ['spikes'] }],
    phases: [{ run: 10 }, { create: { populations: ['cell'] } }, { run: 10 }, { reset: {} }, { run: 10 }],
  });
  expect(spikeTimes(result, 'cell', 1)).toEqual([15, 25]);
});

test('a phase creates what there is', () => {
  expect(
    findings({
      ...dt1,
      populations: [cell],
      phases: [{ create: { populations: ['sell'], projections: ['late'] } }, { run: 1 }],
    }),
  ).toEqual([
    expect.stringMatching(/^pynn\/unknown-reference \/phases\/0\/create\/populations\/0: .*sell/),
    expect.stringMatching(/^pynn\/unknown-reference \/phases\/0\/create\/projections\/0: .*late/),
  ]);
});
