/** Timing profiles: the order of operations in a step, and the meaning of times. */

import { fc } from '../../support/property.js';
import { describe, expect, test } from 'vitest';
import { profiles, rankOf } from '../../../src/lower/context/profile.js';
import { roundDelay } from '../../../src/lower/plan/round-delay.js';
import { lowered, refused, simulate, stepsOf, trace } from '../../support/simulate.js';
import '../../../translators/brian/road.js';

describe('the slots', () => {
  test('brian: the eighteen of Brian, in its order', () => {
    expect(profiles.brian.slots).toEqual(
      ['start', 'groups', 'thresholds', 'synapses', 'resets', 'end'].flatMap((slot) => [
        `before_${slot}`,
        slot,
        `after_${slot}`,
      ]),
    );
  });

  test('grid: deliveries come before thresholds, samples last', () => {
    const { slots, defaults } = profiles.grid;
    const order = ['integrate', 'deliver', 'threshold', 'reset', 'sample'] as const;
    const ranks = order.map((what) => slots.indexOf(defaults[what]));
    expect(ranks).toEqual([...ranks].sort((a, b) => a - b));
    expect(new Set(ranks).size).toBe(5);
    expect([...slots].sort()).toEqual([...profiles.brian.slots].sort());
  });

  test.each(['brian', 'grid'] as const)('%s: every default is a slot of the profile', (name) => {
    for (const slot of Object.values(profiles[name].defaults))
      expect(rankOf(profiles[name], slot)).toBeGreaterThanOrEqual(0);
  });
});

const model = (timing: string, { delay = '0.2 ms', every = '' } = {}): string => `
interneuron: 1
name: profile
neurons:
  driver: { state: { v: 0 }, derivatives: { v: 1/ms }, method: euler, events: { spike: { when: v > 0.25, do: v = -10.0 } } }
  cell: { state: { x: 0 }, events: { spike: { when: x > 0.5, do: x = 0.0 } } }
synapses: { s: { pathways: { pre: { on: pre.spike, delay: ${delay}, do: post.x += 1.0 } } } }
populations: { a: { type: driver, size: 1 }, b: { type: cell, size: 1 } }
projections: { p: { from: a, to: b, synapse: s, connect: all } }
record: [{ of: a, variables: v${every} }, { of: b, variables: x }]
timing: ${timing}
experiment: { dt: 0.1 ms, duration: 1 ms }
`;

describe('brian', () => {
  test('spikes are labelled by the beginning of their step, samples show the state before it', async () => {
    const run = await simulate(model('brian'));
    expect(run.program.manifest.spikeLabel).toBe(0);
    // v passes 0.25 in step 2 (0.1, 0.2, 0.3). The kick comes in step 4 and is noticed by the threshold of step 5.
    expect(stepsOf(run, 'a.spike')).toEqual([2]);
    expect(stepsOf(run, 'b.spike')).toEqual([5]);
    const v = trace(run, 'a.v');
    expect(v).toHaveLength(10);
    [0, 0.1, 0.2, -10, -9.9].forEach((value, k) => expect(v[k]).toBeCloseTo(value, 12));
    expect(run.program.manifest.samples.map(({ label, offset }) => [label, offset])).toEqual([
      [0, 0],
      [0, 0],
    ]);
  });
});

describe('grid', () => {
  test('spikes are labelled by the end of their step; the initial state adds one sample', async () => {
    const run = await simulate(model('grid'));
    expect(run.program.manifest.spikeLabel).toBe(1);
    // Step 2 ends at 0.3 ms. A delay of two steps: arrival at 0.5 ms, in step 4, before the threshold of the same step.
    expect(stepsOf(run, 'a.spike')).toEqual([2]);
    expect(stepsOf(run, 'b.spike')).toEqual([4]);
    const v = trace(run, 'a.v');
    expect(v).toHaveLength(11);
    [0, 0.1, 0.2, -10, -9.9].forEach((value, k) => expect(v[k]).toBeCloseTo(value, 12));
  });

  test('samples at an interval: t = 0, then the end of every fourth step', async () => {
    const run = await simulate(model('grid', { every: ', every: 0.4 ms' }));
    const v = trace(run, 'a.v');
    expect(v).toHaveLength(3);
    [0, -9.9, -9.5].forEach((value, k) => expect(v[k]).toBeCloseTo(value, 12));
  });

  test.each(['0 ms', '0.04 ms'])('a delay of %s, which rounds to zero, is refused', (delay) => {
    expect(refused(model('grid', { delay }))).toEqual([expect.stringMatching(/^lower\/zero-delay/)]);
    expect(lowered(model('brian', { delay })).program.name).toBe('profile');
  });

  test.each([
    ['[0, 1], [0, 2]', true],
    ['[0, 0], [0, 1]', false],
  ])('delays of the listed connections %s decide: without any is refused', (pairs, runs) => {
    const listed = model('grid', { delay: 'j*0.2*ms' })
      .replace('{ type: cell, size: 1 }', '{ type: cell, size: 3 }')
      .replace('connect: all', `connect: { rule: list, pairs: [${pairs}] }`);
    if (runs) expect(lowered(listed).program.name).toBe('profile');
    else expect(refused(listed)).toEqual([expect.stringMatching(/^lower\/zero-delay/)]);
  });

  test('a refractory period of k steps holds the neuron for k steps from the time of the spike on', async () => {
    const run = await simulate(`
interneuron: 1
name: refractory
neurons: { cell: { state: { v: 0 }, derivatives: { v: 1/ms }, method: euler, events: { spike: { when: v > 0.95, do: v = 0.0, refractory: { for: 1 ms, rate: [v] } } } } }
populations: { a: { type: cell, size: 1 } }
record: [{ of: a, variables: v }]
timing: grid
experiment: { dt: 0.1 ms, duration: 4.5 ms }
`);
    // The spike of step 9 is at 1.0 ms; v is held until 2.0 ms, has 0.1 at 2.1 ms and reaches 1.0 at 3.0 ms, ten steps
    // on.
    expect(stepsOf(run, 'a.spike')).toEqual([9, 29]);
    expect(trace(run, 'a.v')[20]).toBe(0);
    expect(trace(run, 'a.v')[21]).toBeCloseTo(0.1, 12);
  });
});

describe('delays in steps', () => {
  test('a delay written as a multiple of the step is that many steps, and values between go to the nearer multiple', () => {
    const steps = fc.integer({ min: 0, max: 65535 });
    // Hundredths of a millisecond a step, so that delays can be written in decimals.
    const hundredths = fc.constantFrom(1, 5, 10, 25, 100);
    const beside = fc.integer({ min: -49, max: 49 });
    fc.assert(
      fc.property(steps, hundredths, beside, fc.constantFrom('brian', 'grid'), (k, unit, offset, name) => {
        const context = { dt: Number(`${unit}e-5`), profile: profiles[name] };
        expect(roundDelay(Number(`${k * unit}e-5`), context)).toBe(k);
        const percent = k * 100 + offset;
        if (percent > 0) expect(roundDelay(Number(`${percent * unit}e-7`), context)).toBe(k);
      }),
    );
  });
});
