/** Regimes, events with a common name, conditions of synapses and linked variables when stepping by slots. */

import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { byCreation, finalOf, refused, simulate, stepsOf, trace } from '../../support/simulate.js';
import '../../../translators/brian/road.js';

const timings = ['grid', 'brian'] as const;

describe.each(timings)('under the profile %s', (timing) => {
  test('a regime integrates its own equations and hands over to another', async () => {
    const run = await simulate(`interneuron: 1
neurons:
  ramp:
    parameters: { hold: 1 ms }
    state: { v: 0, since: { unit: ms }, n: 0 }
    derivatives: { n: 1/ms }
    regimes:
      rising: { initial: true, onEntry: [v = 0.5], derivatives: { v: 1/ms }, transitions: [{ when: v > 2.95, do: n = 0, emit: spike, to: resting }] }
      resting: { onEntry: [v = -1, since = t], transitions: [{ when: t >= since + hold - 0.01*ms, to: rising }] }
populations: { a: { type: ramp, size: 2 } }
record: [{ of: a, variables: v }]
timing: ${timing}
experiment: { dt: 0.1 ms, duration: 9 ms }
`);
    // 24.5 steps from 0.5 to 2.95; 10 at rest; then again from 0.5.
    const spikes = stepsOf(run, 'a.spike', 1);
    expect(spikes).toEqual([24, 59]);
    const v = trace(run, 'a.v', 1);
    expect(v.slice(0, 3).map((x) => Math.round(x * 10))).toEqual([5, 6, 7]);
    expect(v.filter((x) => x === -1).length).toBe(20);
    expect(finalOf(run, 'a.regime')).toEqual([1, 1]);
  });

  test('several conditions emit one event, others none', async () => {
    const run = await simulate(`interneuron: 1
neurons:
  clocks:
    state: { x: 0, y: 0, seen: 0, n: 0 }
    derivatives: { x: 1/ms, y: 1/ms }
    events:
      early: { when: x > 0.95, do: x = 0, emits: spike }
      late: { when: y > 2.45, do: y = 0, emits: spike }
      quiet: { when: y > 1.45 and seen < 0.5, do: seen = 1, emits: null }
  sink: { state: { n: 0 } }
synapses: { s: { pathways: { pre: { on: pre.spike, delay: 0.1 ms, do: post.n += 1 } } } }
populations: { a: { type: clocks, size: 1 }, b: { type: sink, size: 1 } }
projections: { p: { from: a, to: b, synapse: s, connect: all } }
record: [{ of: a, events: spike }]
timing: ${timing}
experiment: { dt: 0.1 ms, duration: 6 ms }
`);
    expect(stepsOf(run, 'a.spike').map((step) => step % 10 === 9 || step % 25 === 24)).not.toContain(false);
    expect(stepsOf(run, 'a.spike')).toEqual([9, 19, 24, 29, 39, 49, 49, 59]);
    expect(finalOf(run, 'a.seen')).toEqual([1]);
    // Both conditions hold in step 49; events of the last step arrive after it.
    expect(finalOf(run, 'b.n')[0]).toBe(7);
  });

  test('a synapse tests conditions of its own', async () => {
    const run = await simulate(`interneuron: 1
neurons: { source: { state: { x: 0 }, derivatives: { x: 1/ms }, events: { spike: { when: x > 0.95, do: x = 0 } } }, sink: { state: { n: 0 } } }
synapses:
  capped:
    parameters: { most: 1 }
    state: { g: 0, full: 0, began: 0 }
    pathways: { pre: { on: pre.spike, delay: 0.1 ms, do: g += 1 } }
    events:
      over: { when: g > most, do: [full += 1, g = most], order: 1 }
      reached: { when: g >= most, edge: rising, do: began += 1, order: 0 }
populations: { a: { type: source, size: 1 }, b: { type: sink, size: 2 } }
projections: { p: { from: a, to: b, synapse: capped, connect: all, values: { most: { array: [1, 3] } } } }
timing: ${timing}
experiment: { dt: 0.1 ms, duration: 6 ms }
`);
    const events = stepsOf(run, 'a.spike').filter((step) => step < 58).length;
    expect(byCreation(run, 'p', 'g')).toEqual([1, 3]);
    expect(byCreation(run, 'p', 'full')).toEqual([events - 1, events - 3]);
    expect(byCreation(run, 'p', 'began')).toEqual([1, 1]);
  });

  test('an input multiplies its contributions, and is one without any', async () => {
    const run = await simulate(`interneuron: 1
neurons:
  source: { state: { x: { unit: 1, initial: 2 + i } } }
  cell: { inputs: { gain: { unit: 1, reduce: product } }, state: { v: 0, n: { unit: 1 } }, derivatives: { v: gain/ms }, method: euler }
synapses: { s: { contributes: { post.gain: pre.x } } }
populations: { a: { type: source, size: 2 }, b: { type: cell, size: 3 } }
projections: { p: { from: a, to: b, synapse: s, connect: { rule: list, pairs: [[0, 1], [0, 2], [1, 2]] } } }
stimuli: { half: { kind: current, to: b, input: gain, value: 0.5 } }
timing: ${timing}
experiment: { dt: 0.1 ms, duration: 1 ms }
`);
    expect(finalOf(run, 'b.v').map((v) => Math.round(v * 1e6) / 1e6)).toEqual([0.5, 1, 3]);
  });

  test('a linked parameter is the other variable, at the start of the step or, under brian, when it is used', async () => {
    const run = await simulate(`interneuron: 1
neurons:
  source: { state: { x: 0 }, derived: { double: 2*x }, derivatives: { x: (1 + i)/ms } }
  reader: { parameters: { far: 0, shared_one: 0 }, state: { sum: 0 }, derivatives: { sum: far/ms } , events: { spike: { when: shared_one > 3.05, do: [] } } }
populations:
  a: { type: source, size: 3 }
  one: { type: source, size: 1 }
  b: { type: reader, size: 3, linked: { far: { population: a, variable: double, index: 2 - i }, shared_one: { population: one, variable: x } } }
record: [{ of: b, variables: far }]
timing: ${timing}
experiment: { dt: 0.1 ms, duration: 5 ms }
`);
    const last = trace(run, 'b.far', 0).at(-1)!;
    // Element 0 reads element 2; its x grows by 3 per millisecond; the copy is from the start of the step, which is 4.9
    // ms for the last step.
    expect(last).toBeCloseTo(2 * 3 * 4.9, 9);
    expect(finalOf(run, 'b.sum')[2]).toBeGreaterThan(20);
    // x is 0.1 more after each step: its own group comes before the test of Brian, which sees it at once.
    expect(stepsOf(run, 'b.spike', 1)[0]).toBe(timing === 'brian' ? 30 : 31);
  });
});

test('the hard case of regimes and synapses with state runs in both ways, with nearly the same spikes', async () => {
  const text = readFileSync(
    new URL('../../../fixtures/model/hard/regimes-child-synapses.yaml', import.meta.url),
    'utf8',
  );
  const stepwise = await simulate(text, { duration: '40 ms' });
  const grid = await simulate(text.replace('timing: lems-euler', 'timing: grid'), { duration: '40 ms' });
  const times = (run: typeof grid): number[] => run.events.get('cells.spike')!.map(([step]) => step);
  expect(times(stepwise).length).toBeGreaterThan(10);
  expect(Math.abs(times(grid).length - times(stepwise).length)).toBeLessThanOrEqual(2);
});

test('conditions that share an event may not make refractory', () => {
  expect(
    refused(`interneuron: 1
neurons: { n: { state: { x: 0 }, events: { a: { when: x > 1, emits: spike, refractory: 1 ms }, b: { when: x > 2, emits: spike } } } }
populations: { p: { type: n, size: 1 } }
timing: grid
experiment: { duration: 1 ms }
`),
  ).toEqual([expect.stringMatching(/^lower\/unsupported-feature: an event that several conditions emit/)]);
});
