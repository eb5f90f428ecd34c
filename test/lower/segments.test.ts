/** Resets and stored states: time starts again, but counters continue. */

import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { finalOf, simulate, stepsOf, trace } from '../support/simulate.js';
import '../../translators/brian/road.js';

const model = (parts: { protocol: string; cell?: string; more?: string; timing?: string }): string => `
interneuron: 1
name: segments
neurons:
  cell: { ${parts.cell ?? 'parameters: { drive: 1 }, state: { v: 0 }, derivatives: { v: drive/ms }, events: { spike: { when: v >= 1, do: ' + 'v = 0 } }'} }
populations: { p: { type: cell, size: 2 } }
${parts.more ?? ''}
record: [{ of: p, variables: [v], name: trace }, { of: p, events: spike }]
timing: ${parts.timing ?? 'grid'}
experiment: { dt: 0.25 ms, protocol: [${parts.protocol}] }
`;

test('after a reset all goes as it went, but for parameters that were set', async () => {
  // v grows by 0.25 a step and reaches 1 in the 4th; driven twice as much, in the 2nd.
  const run = await simulate(
    model({ protocol: '{ run: 2 ms }, { set: { p.drive: 2 } }, { reset: true }, { run: 1 ms }' }),
  );
  expect(stepsOf(run, 'p.spike')).toEqual([3, 7, 8 + 1, 8 + 3]);
  // The first sample of each segment has its first state.
  expect(trace(run, 'p.v')).toEqual([0, 0.25, 0.5, 0.75, 0, 0.25, 0.5, 0.75, 0, 0, 0.5, 0, 0.5, 0]);
});

test('a value that was set is gone after a reset, one that was initialised is not', async () => {
  const protocol = (phase: string): string =>
    `{ run: 0.5 ms }, { ${phase}: { p.v: 0.5 } }, { run: 0.25 ms }, { reset: true }, { run: 0.25 ms }`;
  expect(trace(await simulate(model({ protocol: protocol('set') })), 'p.v')).toEqual([0, 0.25, 0.5, 0.75, 0, 0.25]);
  expect(trace(await simulate(model({ protocol: protocol('initialise') })), 'p.v')).toEqual([
    0, 0.25, 0.5, 0.75, 0.5, 0.75,
  ]);
});

test('initialising some cells leaves the first values of the others', async () => {
  const run = await simulate(
    model({ protocol: '{ run: 0.5 ms }, { initialise: { "p[1:2].v": 0.5 } }, { reset: true }, { run: 0.25 ms }' }),
  );
  expect(trace(run, 'p.v', 0).slice(3)).toEqual([0, 0.25]);
  expect(trace(run, 'p.v', 1).slice(3)).toEqual([0.5, 0.75]);
});

test('spikes in flight at a reset never arrive', async () => {
  const run = await simulate(`
interneuron: 1
name: under way
neurons: { cell: { state: { v: 0 } } }
synapses: { s: { pathways: { pre: { on: pre.spike, do: post.v += 1 } } } }
populations: { in: { size: 1, spikes: { indices: [0], times: [1 ms] } }, out: { type: cell, size: 1 } }
projections: { p: { from: in, to: out, synapse: s, connect: all, delay: 1 ms } }
record: [{ of: out, variables: [v] }]
timing: grid
experiment: { dt: 0.5 ms, protocol: [{ run: 1.5 ms }, { reset: true }, { run: 2 ms }] }
`);
  // The source replays from its start in each segment; at 2 ms of the second its spike arrives.
  expect(trace(run, 'out.v')).toEqual([0, 0, 0, 0, 0, 0, 0, 0, 1]);
  expect(stepsOf(run, 'in.spike')).toEqual([1, 3 + 1]);
});

test('times and intervals begin anew', async () => {
  const run = await simulate(
    model({
      cell: 'state: { v: 0, n: 0 }, events: { spike: { when: v > 99 } }',
      more: 'operations: { clock: { on: p, do: [v = t/ms, n += 1], every: 1 ms } }',
      protocol: '{ run: 1.5 ms }, { reset: true }, { run: 1.25 ms }',
      timing: 'brian',
    }),
  );
  expect(trace(run, 'p.v')).toEqual([0, 0, 0, 0, 1, 1, 0, 0, 0, 0, 1]);
  expect(finalOf(run, 'p.n')).toEqual([2, 2]);
});

test('random numbers go on: no two segments share them', async () => {
  const run = await simulate(
    model({
      cell: 'state: { v: 0 }, events: { spike: { when: uniform() < 0.5 } }',
      more: 'operations: { noise: { on: p, do: v = normal() } }',
      protocol: '{ run: 0.75 ms }, { reset: true }, { run: 0.75 ms }, { reset: true }, { run: 0.75 ms }',
    }),
  );
  // Three samples of each segment are drawn; the first has the state at its start.
  const drawn = trace(run, 'p.v').filter((value) => value !== 0);
  expect(drawn).toHaveLength(9);
  expect(new Set(drawn).size).toBe(9);
});

test('a stored state is taken up at its time, with the spikes in flight', async () => {
  const run = await simulate(
    model({ protocol: '{ run: 0.75 ms }, { store: s }, { run: 1 ms }, { restore: s }, { run: 0.5 ms }' }),
  );
  expect(trace(run, 'p.v')).toEqual([0, 0.25, 0.5, 0.75, 0, 0.25, 0.5, 0.75, 0, 0.25]);
  expect(stepsOf(run, 'p.spike')).toEqual([3, 7]);
});

test('the hard case with segments runs on all engines', async () => {
  const run = await simulate(readFileSync('fixtures/model/hard/segments.yaml', 'utf8'));
  expect(run.faults).toEqual([]);
  // 100, 100 and 50 ms in steps of 0.1 ms.
  const steps = [...run.events.get('cells.spike')!].map(([step]) => step);
  expect(Math.max(...steps)).toBeLessThan(2500);
  expect(steps.some((step) => step >= 2000)).toBe(true);
});

test('operations run at listed times, again after a reset', async () => {
  const run = await simulate(
    model({
      cell: 'state: { v: 0 }, events: { spike: { when: v > 90 } }',
      more: 'operations: { add: { on: p, do: v += 1, times: [0.5 ms, 1 ms, 1 ms, 0 ms, 40 ms] } }',
      protocol: '{ run: 1.5 ms }, { reset: true }, { run: 1 ms }',
    }),
  );
  // Samples are labelled with the ends of steps, the first one with the start.
  expect(trace(run, 'p.v')).toEqual([0, 1, 1, 2, 2, 3, 3, 0, 1, 1, 2, 2]);
});
