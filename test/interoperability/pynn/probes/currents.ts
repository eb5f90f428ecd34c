/** Current sources: the voltage of a cell that does not fire. */

import type { Probe } from '../probe.js';
import { largestDistance, traceOf } from '../results.js';
import { traces } from './quantities.js';

const passive = { type: 'IF_curr_exp', params: { v_thresh: 1000, v_rest: -60, cm: 1, tau_m: 20 } };

const document = (type: string, params: object, more: object = {}): Record<string, unknown> => ({
  populations: [{ label: 'cell', size: 1, cell: passive, initial_values: { v: -60 } }],
  current_sources: [{ label: 'source', type, params, inject_into: ['cell'], ...more }],
  recordings: [{ target: 'cell', variables: 'v' }],
  phases: [{ run: 60 }],
});

/** The voltage under a current (nA) that holds for each step of 0.1 ms from its value at the beginning. */
function voltage(current: (time: number) => number): readonly number[] {
  const decay = Math.exp(-0.1 / 20);
  const v = [-60];
  for (let k = 0; k < 600; k++) v.push(-60 + ((v[k] ?? 0) + 60) * decay + 20 * (1 - decay) * current(k / 10));
  return v;
}

const exact = (current: (time: number) => number): NonNullable<Probe['exact']> => ({
  what: 'the current held for each step',
  within: { v: 1e-10 },
  distances: (ours) => ({ v: [largestDistance(traceOf(ours, 'cell', 'v'), voltage(current)), 'mV'] }),
});

const quantities = { v: traces('mV', 'cell.v') };
const implicit = 'implicit Euler in steps of 0.1 ms';

const simulators: Probe['simulators'] = {
  nest: { within: { v: 1e-9 } },
  neuron: { within: { v: 0.02 }, because: implicit },
};

const wave = (time: number): number =>
  time >= 9.99 && time < 49.99 ? 0.2 + 0.5 * Math.sin((2 * Math.PI * 50 * (time - 10)) / 1000 + Math.PI / 6) : 0;

/** Mean and spread of many cells with noises of their own around a mean current. */
const cells = 200;
const noise: Probe = {
  section: 'Current sources',
  name: 'NoisyCurrentSource',
  document: {
    seed: 4,
    populations: Array.from({ length: cells }, (_, k) => ({
      label: `cell${k}`,
      size: 1,
      cell: passive,
      initial_values: { v: -60 },
    })),
    current_sources: Array.from({ length: cells }, (_, k) => ({
      label: `noise${k}`,
      type: 'NoisyCurrentSource',
      params: { mean: 0.2, stdev: 0.5, dt: 1, stop: 60 },
      inject_into: [`cell${k}`],
    })),
    recordings: Array.from({ length: cells }, (_, k) => ({
      target: `cell${k}`,
      variables: 'v',
      sampling_interval: 60,
    })),
    phases: [{ run: 60 }],
  },
  quantities: {},
  exact: {
    what: 'mean and variance of the filtered noise',
    within: { mean: 4, variance: 4 },
    distances: (ours) => {
      const numbers = Array.from({ length: cells }, (_, k) => traceOf(ours, `cell${k}`, 'v').at(-1) ?? NaN);
      const found = numbers.reduce((sum, v) => sum + v, 0) / cells;
      const variance = numbers.reduce((sum, v) => sum + (v - found) ** 2, 0) / (cells - 1);
      const held = Math.exp(-1 / 20);
      const expected = -60 + 4 * (1 - held ** 60);
      // Sixty numbers that each hold for 1 ms.
      const known = ((20 * (1 - held) * 0.5) ** 2 * (1 - held ** 120)) / (1 - held ** 2);
      return {
        mean: [Math.abs(found - expected) / Math.sqrt(known / cells), 'standard errors'],
        variance: [Math.abs(variance / known - 1) / Math.sqrt(2 / (cells - 1)), 'standard errors'],
      };
    },
  },
  simulators: {},
  note: 'a source has one noise, which all cells that it flows into get',
};

export const currentProbes: readonly Probe[] = [
  {
    section: 'Current sources',
    name: 'DCSource',
    document: document('DCSource', { amplitude: 1, start: 10, stop: 20 }),
    quantities,
    exact: exact((time) => (time >= 9.99 && time < 19.99 ? 1 : 0)),
    simulators,
  },
  {
    section: 'Current sources',
    name: 'StepCurrentSource',
    document: document('StepCurrentSource', { times: [5, 15, 30.4], amplitudes: [0.5, -0.5, 0.25] }),
    quantities,
    exact: exact((time) => (time < 4.99 ? 0 : time < 14.99 ? 0.5 : time < 30.39 ? -0.5 : 0.25)),
    simulators,
  },
  {
    section: 'Current sources',
    name: 'ACSource',
    document: document('ACSource', { amplitude: 0.5, offset: 0.2, frequency: 50, phase: 30, start: 10, stop: 50 }),
    quantities,
    exact: exact(wave),
    simulators,
  },
  noise,
];
