/** What begins or ends with the run, or within a few steps of its end: LEMS and Brian see it in the same steps. */

import { expect, test } from 'vitest';
import { checkConversion } from '../../../src/run/check-conversion.js';
import { importModel } from '../../../src/run/pipeline.js';

/** Pulses of cells that spike in each step in which they feel one, which are computed before or after their cells. */
const model = (duration: string): string => `interneuron: 1
timing: lems-euler
neurons:
  pulse:
    parameters: { start: 0 ms, stop: 10 ms }
    state: { out: 0 }
    events:
      on: { when: t >= start and t < stop, emits: null, do: [out = 1] }
      off: { when: t >= stop, emits: null, do: [out = 0] }
  cell:
    inputs: { I: '1' }
    state: { v: 0 }
    derivatives: { v: (I - v)/(0.1*ms) }
    events: { spike: { when: v > 0.5 } }
  once: { parameters: { at: 0 ms }, state: { n: 0 }, events: { spike: { when: t >= at and n == 0, do: [n = 1] } } }
synapses: { current: { contributes: { post.I: pre.out } } }
populations:
  a_stops: { type: pulse, size: 8, values: { stop: [9.5 ms, 9.7 ms, 9.8 ms, 9.9 ms, 10 ms, 10.1 ms, 10.2 ms, 20 ms] } }
  a_starts: { type: pulse, size: 8, values: { stop: 20 ms, start: [9.5 ms, 9.7 ms, 9.8 ms, 9.9 ms, 10 ms, 10.1 ms, 10.2 ms, 15 ms] } }
  stopped: { type: cell, size: 8 }
  started: { type: cell, size: 8 }
  behind_stopped: { type: cell, size: 8 }
  behind_started: { type: cell, size: 8 }
  z_stops: { type: pulse, size: 8, values: { stop: [9.5 ms, 9.7 ms, 9.8 ms, 9.9 ms, 10 ms, 10.1 ms, 10.2 ms, 20 ms] } }
  z_starts: { type: pulse, size: 8, values: { stop: 20 ms, start: [9.5 ms, 9.7 ms, 9.8 ms, 9.9 ms, 10 ms, 10.1 ms, 10.2 ms, 15 ms] } }
  times: { type: once, size: 8, values: { at: [9.5 ms, 9.7 ms, 9.8 ms, 9.9 ms, 10 ms, 10.1 ms, 10.2 ms, 15 ms] } }
projections:
  a: { from: a_stops, to: stopped, synapse: current, connect: { rule: list, sources: [0, 1, 2, 3, 4, 5, 6, 7], targets: [0, 1, 2, 3, 4, 5, 6, 7] } }
  b: { from: a_starts, to: started, synapse: current, connect: { rule: list, sources: [0, 1, 2, 3, 4, 5, 6, 7], targets: [0, 1, 2, 3, 4, 5, 6, 7] } }
  c: { from: z_stops, to: behind_stopped, synapse: current, connect: { rule: list, sources: [0, 1, 2, 3, 4, 5, 6, 7], targets: [0, 1, 2, 3, 4, 5, 6, 7] } }
  d: { from: z_starts, to: behind_started, synapse: current, connect: { rule: list, sources: [0, 1, 2, 3, 4, 5, 6, 7], targets: [0, 1, 2, 3, 4, 5, 6, 7] } }
record:
${['stopped', 'started', 'behind_stopped', 'behind_started', 'times'].map((name) => `  - { of: ${name}, events: spike }`).join('\n')}
experiment: { dt: 0.1 ms, duration: ${duration} }
`;

test.each(['10 ms', '9.9 ms'])('currents and spikes at the end of a run of %s', async (duration) => {
  const { valid } = importModel({ name: 'm.yaml', text: model(duration) });
  const { populations } = await checkConversion(valid, 'brian-json');
  expect(populations).toHaveLength(5);
  for (const { population, spikes, largest, first } of populations) {
    expect(spikes[0], population).toBeGreaterThan(0);
    expect({ population, spikes: spikes[1], first }).toEqual({ population, spikes: spikes[0], first: undefined });
    expect(largest, population).toBeLessThan(1e-9);
  }
});
