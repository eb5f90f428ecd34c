/** Spikes that count several times, events that keep others from coming, delays and spikes that phases change. */

import { describe, expect, test } from 'vitest';
import { byCreation, finalOf, refused, simulate, stepsOf, trace } from '../../support/simulate.js';

const counted = (multiplicity: string, pathway: string, more = ''): string => `
interneuron: 1
name: counted
neurons:
  source: { state: { n: { type: integer, initial: 0 } }, derivatives: {}, events: { spike: { when: t_in_timesteps % 2 == 0, do: n += 1, multiplicity: "${multiplicity}" } } }
  cell: { state: { v: 0 } }
synapses:
  s: { state: { x: 0 }, pathways: { pre: { on: pre.spike, do: [${pathway}] } } }
populations: { in: { type: source, size: 2 }, out: { type: cell, size: 1 } }
projections: { p: { from: in, to: out, synapse: s, connect: all, delay: 1 ms } }
record: [{ of: out, variables: v }, { of: in, events: spike }]
timing: grid
experiment: { dt: 1 ms, protocol: [{ run: 6 ms }${more}] }
`;

describe('a spike that counts several times', () => {
  test('is listed, delivered and hashed as often; its actions happen once', async () => {
    const run = await simulate(counted('1 + i + 2*n', 'post.v += 1.0'));
    // Source 0 fires in steps 0, 2, 4 and counts 1, 3, 5 times, source 1 counts 2, 4, 6 times; all arrive a step later.
    expect(stepsOf(run, 'in.spike', 0)).toEqual([0, 2, 2, 2, 4, 4, 4, 4, 4]);
    expect(stepsOf(run, 'in.spike', 1)).toEqual([0, 0, 2, 2, 2, 2, 4, 4, 4, 4, 4, 4]);
    expect(trace(run, 'out.v')).toEqual([0, 0, 3, 3, 10, 10, 21]);
    expect(finalOf(run, 'in.n')).toEqual([3, 3]);
  });

  test("repeats the synapse's actions as often, each time on the result of the time before", async () => {
    const run = await simulate(counted('3', 'x = 2*x + 1, post.v += 1.0'));
    // Three times x = 2x + 1 from 0 is 7, six times 63, nine times 511.
    expect(byCreation(run, 'p', 'x')).toEqual([511, 511]);
  });

  test('draws anew each time', async () => {
    const run = await simulate(counted('500', '"post.v += clip(int(uniform() < 0.5), 0, 1)"'));
    const [, , second = 0, , fourth = 0] = trace(run, 'out.v');
    // 1000 draws of probability 1/2 are within 5 standard deviations of 500, and not the same twice.
    expect(Math.abs(second - 500)).toBeLessThan(80);
    expect(fourth - second).not.toBe(second);
  });

  test.each(['0', '1025'])('%s times is a fault', async (times) => {
    expect((await simulate(counted(times, 'post.v += 1.0'))).faults.join()).toContain(
      'counts less than once or more than 1024 times',
    );
  });

  test('has the mean of its law', async () => {
    const run = await simulate(`
interneuron: 1
name: many
neurons: { source: { events: { spike: { when: uniform() < -expm1(-3), multiplicity: "1 + poisson(3 + log1p(-uniform()*(-expm1(-3))))" } } } }
populations: { in: { type: source, size: 1000 } }
timing: grid
experiment: { dt: 1 ms, protocol: [{ run: 10 ms }] }
`);
    // A Poisson count of mean 3 in each of 10,000 element-steps: mean and variance are 3.
    const counts = new Map<string, number>();
    for (const [step, element] of run.events.get('in.spike')!)
      counts.set(`${step} ${element}`, (counts.get(`${step} ${element}`) ?? 0) + 1);
    const numbers = [...counts.values(), ...Array.from({ length: 10_000 - counts.size }, () => 0)];
    const mean = numbers.reduce((a, b) => a + b, 0) / 10_000;
    const variance = numbers.reduce((sum, x) => sum + (x - mean) ** 2, 0) / 10_000;
    expect(Math.abs(mean - 3)).toBeLessThan(5 * Math.sqrt(3 / 10_000));
    // The variance of a Poisson variance of n samples is (3 + 2·9)/n.
    expect(Math.abs(variance - 3)).toBeLessThan(5 * Math.sqrt(21 / 10_000));
  });
});

describe('replayed spikes', () => {
  const replay = (spikes: string, protocol: string, timing = 'grid'): string => `
interneuron: 1
name: replay
populations: { s: { size: 2, spikes: ${spikes} } }
timing: ${timing}
experiment: { dt: 1 ms, protocol: [${protocol}] }
`;
  test('two of one element in one step are two', async () => {
    const run = await simulate(
      replay('{ indices: [0, 0, 1, 0], times: [1.9 ms, 2.1 ms, 2.2 ms, 4 ms] }', '{ run: 6 ms }'),
    );
    expect(stepsOf(run, 's.spike', 0)).toEqual([1, 1, 3]);
    expect(stepsOf(run, 's.spike', 1)).toEqual([1]);
  });

  test('after any run do not come within it', async () => {
    // 2³² steps and two more: an integer of 32 bits would have 2.
    const run = await simulate(replay('{ indices: [0, 1], times: [1 ms, 4294967.299 s] }', '{ run: 6 ms }'));
    expect(stepsOf(run, 's.spike', 1)).toEqual([]);
  });

  test('a phase gives others; past times do not come, and a reset replays the spikes in force', async () => {
    const phase = '{ replay: { s: { indices: [1, 1, 1], times: [1 ms, 3 ms, 5 ms] } } }';
    const run = await simulate(
      replay(
        '{ indices: [0, 0], times: [1 ms, 6 ms] }',
        `{ run: 2 ms }, ${phase}, { run: 4 ms }, { reset: true }, { run: 2 ms }`,
      ),
    );
    expect(stepsOf(run, 's.spike', 0)).toEqual([0]);
    expect(stepsOf(run, 's.spike', 1)).toEqual([2, 4, 6]);
  });
});

describe('delays that a phase changes', () => {
  const network = (delays: string, protocol: string): string => `
interneuron: 1
name: delays
neurons: { cell: { state: { v: 0 } } }
synapses: { s: { parameters: { w: 1 }, pathways: { pre: { on: pre.spike, do: post.v += w } } } }
populations: { in: { size: 1, spikes: { indices: [0, 0], times: [1 ms, 3 ms] } }, out: { type: cell, size: 3 } }
projections: { p: { from: in, to: out, synapse: s, connect: all, delay: ${delays} } }
record: [{ of: out, variables: v }]
timing: grid
experiment: { dt: 1 ms, protocol: [${protocol}] }
`;
  test('hold for spikes that are sent from then on; spikes in flight keep their arrival', async () => {
    const run = await simulate(network('4 ms', '{ run: 2 ms }, { delays: { p: 1 ms } }, { run: 4 ms }'));
    expect(trace(run, 'out.v')).toEqual([0, 0, 0, 0, 1, 2, 2]);
  });

  test('may differ from synapse to synapse', async () => {
    const run = await simulate(
      network('[1 ms, 2 ms, 3 ms]', '{ run: 2 ms }, { delays: { p.pre: [3 ms, 2 ms, 1 ms] } }, { run: 4 ms }'),
    );
    expect([0, 1, 2].map((k) => trace(run, 'out.v', k))).toEqual([
      [0, 0, 1, 1, 1, 1, 2],
      [0, 0, 0, 1, 1, 2, 2],
      [0, 0, 0, 0, 2, 2, 2],
    ]);
  });

  test('go on after a reset, from its start', async () => {
    const run = await simulate(
      network('4 ms', '{ run: 2 ms }, { delays: { p: 1 ms } }, { reset: true }, { run: 4 ms }'),
    );
    expect(trace(run, 'out.v').slice(3)).toEqual([0, 0, 1, 1, 2]);
  });

  test('have a lower bound', () => {
    expect(refused(network('1 ms', '{ run: 1 ms }, { delays: { p: 0 ms } }')).join()).toContain('rounds to zero steps');
  });
});

test('an event suppresses others while it is refractory', async () => {
  const run = await simulate(`
interneuron: 1
name: suppressed
neurons:
  cell:
    state: { v: 0 }
    derivatives: { v: 1/ms }
    events:
      first: { when: v > 2.5 and v < 3.5, refractory: { for: 3 ms, of: [second] } }
      second: { when: v > 0.5, order: 1 }
populations: { p: { type: cell, size: 1 } }
record: [{ of: p, events: first }, { of: p, events: second }]
timing: grid
experiment: { dt: 1 ms, protocol: [{ run: 8 ms }] }
`);
  expect(stepsOf(run, 'p.first')).toEqual([2]);
  // It is tested after the other in each step, and the period of that event is over at 6 ms.
  expect(stepsOf(run, 'p.second')).toEqual([0, 1, 6, 7]);
});

test.each([
  ['up', 3],
  ['nearest', 2],
  ['down', 2],
])('a refractory period of 2.4 steps, rounded %s, has %i', async (rounding, steps) => {
  const run = await simulate(`
interneuron: 1
name: rounded
neurons: { cell: { events: { spike: { when: t >= 0*ms, refractory: { for: 2.4 ms, rounding: ${rounding} } } } } }
populations: { p: { type: cell, size: 1 } }
record: [{ of: p, events: spike }]
timing: grid
experiment: { dt: 1 ms, protocol: [{ run: 10 ms }] }
`);
  const [first = 0, second = 0] = stepsOf(run, 'p.spike');
  expect(second - first).toBe(steps + 1);
});

test('delays that are rounded are told', async () => {
  const run = await simulate(`
interneuron: 1
name: rounded
neurons: { cell: { state: { v: 0 } } }
synapses: { s: { pathways: { pre: { on: pre.spike, do: post.v += 1 } } } }
populations: { in: { size: 1, spikes: { indices: [0], times: [10 ms] } }, out: { type: cell, size: 4 } }
projections: { p: { from: in, to: out, synapse: s, connect: all, delay: [0.14 ms, 0.16 ms, 0.25 ms, 1 ms] } }
record: [{ of: out, variables: v }]
timing: grid
experiment: { dt: 0.1 ms, protocol: [{ run: 12 ms }] }
`);
  // Arrival at 10.1, 10.2, 10.3 and 11.0 ms, as PyNN 0.13 has it on NEST; on NEURON the third arrives at 10.2 ms.
  expect([0, 1, 2, 3].map((k) => trace(run, 'out.v', k).findIndex((v) => v > 0))).toEqual([101, 102, 103, 110]);
  expect(run.program.manifest.notes.join('\n')).toContain(
    '0.14 ms becomes 0.1 ms, 0.16 ms becomes 0.2 ms, 0.25 ms becomes 0.3 ms',
  );
});
