/** When events act: at once in the order of populations, or when the sum of steps has come to their time. */

import { describe, expect, test } from 'vitest';
import { finalOf, simulate, stepsOf, trace } from '../../support/simulate.js';

/** A source with spikes at 10 ms and 10.3 ms, and a target with a synapse with a decaying conductance; dt 0.1 ms. */
const network = (
  order: { source: number; target: number },
  projection: string,
  source = 'type: array, size: 1',
): string => `interneuron: 1
neurons:
  array:
    state: { done: 0 }
    events:
      first: { when: t >= 10*ms and done < 0.5, do: done = 1, emits: spike, order: 0 }
      second: { when: t >= 10.3*ms and done < 1.5, do: done = 2, emits: spike, order: 1 }
  cell: { state: { v: { unit: mV } }, inputs: { current: nA } }
synapses:
  expOne:
    parameters: { gbase: 0.01 nS, tau: 2 ms, weight: 1, erev: 0 mV }
    state: { g: { unit: nS } }
    derived: { flow: g*(erev - post.v) }
    derivatives: { g: -g/tau }
    pathways: { pre: { on: pre.spike, do: g += weight*gbase } }
    contributes: { post.current: flow }
populations:
  s: { ${source}, order: ${order.source} }
  c: { type: cell, size: 1, order: ${order.target} }
projections: { p: { from: s, to: c, synapse: expOne, connect: { rule: list, pairs: [[0, 0]] }${projection} } }
record: [{ of: { projection: p, indices: [0] }, variables: g }]
timing: lems-euler
experiment: { dt: 0.1 ms, duration: 12 ms }
`;

const rowAt = (milliseconds: number): number => Math.round(milliseconds * 10);

describe('the order of events of the reference interpreter', () => {
  test.each([
    ['elements with conditions', 'type: array, size: 1'],
    ['given spikes', 'spikes: { indices: [0, 0], times: [10 ms, 10.3 ms] }, size: 1'],
  ])('spikes of %s are found in the first row that has reached their time', async (_, source) => {
    const run = await simulate(network({ source: 0, target: 1 }, '', source));
    // A hundred additions of 0.1 ms stay below 10 ms.
    expect(stepsOf(run, 's.spike').map((step) => step + 1)).toEqual([101, 104]);
  });

  test('a target declared after the source integrates the jump in the same row, one before it in the next', async () => {
    const after = trace(await simulate(network({ source: 0, target: 1 }, '')), 'p.g');
    const before = trace(await simulate(network({ source: 1, target: 0 }, '')), 'p.g');
    expect(after[rowAt(10)]).toBe(0);
    expect(after[rowAt(10.1)]).toBeCloseTo(9.5e-12, 24);
    expect(before[rowAt(10.1)]).toBe(0);
    expect(before[rowAt(10.2)]).toBeCloseTo(9.5e-12, 24);
  });

  test('with a delay it acts when the sum of steps has come to the sum of its time and the delay', async () => {
    const g = trace(await simulate(network({ source: 0, target: 1 }, ', delay: 1 ms, values: { weight: 2 }')), 'p.g');
    expect(g[rowAt(11.1)]).toBe(0);
    expect(g[rowAt(11.2)]).toBeCloseTo(1.9e-11, 24);
  });
});

describe('many connections with delays of their own', () => {
  const [sources, targets, dt, steps] = [7, 5, 1e-4, 600];
  const pairs = Array.from({ length: 60 }, (_, k) => [(k * 5 + (k >> 3)) % sources, (k * 3 + 1) % targets] as const);
  const delays = pairs.map((_, k) => [0, 3e-4, 1.23e-3, 7.05e-3, 2e-2][(k * 7) % 5] as number);
  const document = `interneuron: 1
neurons:
  clock:
    parameters: { period: 1 ms }
    state: { next: { unit: ms, initial: period } }
    events: { spike: { when: t > next, do: next += period } }
  sink: { state: { n: 0, last: { unit: ms } } }
synapses:
  count:
    state: { g: 0, seen: 0 }
    derivatives: { g: -g/(3*ms) }
    pathways: { pre: { on: pre.spike, do: [g += 1, seen += 1, post.n += 1, post.last = t] } }
populations:
  s: { type: clock, size: ${sources}, values: { period: { array: [0.7, 0.9, 1.31, 0.2, 3, 0.1, 5], unit: ms } }, order: 0 }
  c: { type: sink, size: ${targets}, order: 1 }
projections:
  p: { from: s, to: c, synapse: count, connect: { rule: list, pairs: ${JSON.stringify(pairs)} }, delays: { pre: { array: ${JSON.stringify(delays.map((d) => d * 1e3))}, unit: ms } } }
record: [{ of: { projection: p, indices: [${pairs.map((_, k) => k).join()}] }, variables: g }, { of: c, variables: [n, last] }]
timing: lems-euler
experiment: { dt: 0.1 ms, duration: 60 ms }
`;

  test('each is reached by each event once, in the first row that has reached its time', async () => {
    const run = await simulate(document);
    const period = [0.7, 0.9, 1.31, 0.2, 3, 0.1, 5].map((ms) => ms * 1e-3);
    const next = [...period];
    const g = pairs.map(() => 0);
    const shown = pairs.map(() => 0);
    const n = Array.from({ length: targets }, () => 0);
    const pending: { readonly due: number; readonly k: number }[] = [];
    let t = 0;
    const rows: number[][] = [[...shown]];
    for (let step = 0; step < steps; step += 1) {
      t += dt;
      for (let q = 0; q < pending.length;) {
        const { due, k } = pending[q]!;
        if (due > t) q += 1;
        else {
          g[k]! += 1;
          n[pairs[k]![1]]! += 1;
          pending.splice(q, 1);
        }
      }
      for (let i = 0; i < sources; i += 1) {
        if (!(t > next[i]!)) continue;
        next[i]! += period[i]!;
        pairs.forEach(([source], k) => {
          if (source !== i) return;
          if (delays[k] === 0) {
            g[k]! += 1;
            n[pairs[k]![1]]! += 1;
          } else pending.push({ due: t + delays[k]!, k });
        });
      }
      for (let k = 0; k < pairs.length; k += 1) {
        g[k] = g[k]! + dt * (-g[k]! / 3e-3);
        shown[k] = g[k]!;
      }
      rows.push([...shown]);
    }
    expect(run.samples.get('p.g')).toEqual(rows);
    expect(finalOf(run, 'c.n')).toEqual(n);
  });
});
