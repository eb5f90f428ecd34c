/** Plastic synapses in LEMS, strictly: each spike of cells is in its step, over weights that depend on the order of events. */

import { expect, test } from 'vitest';
import { stringify } from 'yaml';
import type { TimingProfile } from '../../../../src/model/model.js';
import { checkConversion } from '../../../../src/run/check-conversion.js';
import { convertModel } from '../../../../src/run/convert.js';
import { importModel, readSource } from '../../../../src/run/pipeline.js';

/** Spikes that often coincide with those of cells, or are a step from them. */
const times = Array.from({ length: 90 }, (_, k) => Number((1 + k * 1.1 + ((k * 7) % 5) * 0.1).toFixed(1)));

const plastic = {
  source: 'given',
  target: 'cells',
  model: 'w : 1\ndApre/dt = -Apre/(9*ms) : 1 (event-driven)\ndApost/dt = -Apost/(7*ms) : 1 (event-driven)',
  on_pre: 'ge += w\nApre += 0.06\nw = clip(w + Apost, 0, 1)',
  on_post: 'Apost -= 0.05\nw = clip(w + Apre, 0, 1)',
  connect: true,
  initializers: { w: '0.3 + 0.1*i + 0.05*j' },
};
const among = { ...plastic, source: 'cells', delay: { pre: '0.4 ms' } };
const clocked = {
  ...plastic,
  model: 'dw/dt = (0.4 - w)/(30*ms) : 1 (clock-driven)\ndApre/dt = -Apre/(9*ms) : 1 (clock-driven)\nApost : 1',
  method: 'exact',
};

/** Cells that are driven to spike, under synapses. */
const network = (synapses: object, recorded: object = {}): object => ({
  format: 'interneuron/brian',
  dt: '0.1 ms',
  spike_generators: {
    given: { N: 2, indices: times.map((_, k) => k % 2), times: { values: times, unit: 'ms' } },
  },
  neuron_groups: {
    cells: {
      N: 3,
      model: 'dv/dt = (drive - v + ge)/(8*ms) : 1\ndge/dt = -ge/(3*ms) : 1\ndrive : 1\ncount : 1',
      threshold: 'v > 1',
      reset: 'v = 0',
      method: 'exact',
      initializers: { drive: '0.9 + 0.3*i' },
    },
  },
  synapses,
  spike_monitors: { spikes: { source: 'cells' } },
  state_monitors: { trace: { source: 'cells', variables: ['v', 'ge', 'count'], record: true }, ...recorded },
  run: '110 ms',
});

const imported = (document: object, timing?: TimingProfile) =>
  importModel({ name: 'model.yaml', text: stringify(document) }, timing ? { timing } : {}).valid;

const networks: readonly (readonly [name: string, synapses: object, timing?: TimingProfile])[] = [
  ['without delays', { S: plastic }],
  ['with a delay before each spike', { S: { ...plastic, delay: { pre: '0.7 ms' } } }],
  ['with a delay after spikes of the cell', { S: { ...plastic, delay: { post: '0.1 ms' } } }],
  ['with delays on both sides', { S: { ...plastic, delay: { pre: '0.2 ms', post: '1.3 ms' } } }],
  [
    'with a delay after spikes of the cell for each synapse, of which some are none',
    { S: { ...plastic, initializers: { ...plastic.initializers, 'post.delay': '0*ms + 0.3*ms*i + 0.2*ms*j' } } },
  ],
  ['among cells, also from a cell to itself', { S: among }],
  [
    'several to each cell, and several of one pair',
    { S: { ...plastic, connect: { condition: 'i < 2', n: 2 } }, R: among },
  ],
  ['with variables that are advanced in each step', { S: clocked }],
  ['with such variables and no effect of the cell', { S: { ...clocked, on_post: undefined } }],
  [
    'with effects on the cell after a delay',
    { S: { ...plastic, on_post: 'w *= 0.9\nge += w', delay: { post: '2 ms' } } },
  ],
  [
    'with pathways that have delays of their own',
    {
      S: {
        ...plastic,
        on_pre: { act: 'ge += w', learn: 'Apre += 0.06\nw = clip(w + Apost, 0, 1)' },
        delay: { act: '1.2 ms', learn: '0.3 ms' },
      },
    },
  ],
  ['among cells without a delay', { S: { ...among, delay: {} } }],
  ['that add to the cell at its spikes', { S: { ...plastic, on_post: `ge += 0.2*w\n${plastic.on_post}` } }],
  ['under the order of PyNN', { S: { ...plastic, delay: { pre: '0.3 ms', post: '0.5 ms' } } }, 'grid'],
];

test.each(networks.map(([name, synapses, timing]) => ({ name, synapses, timing })))(
  '$name: the cells have the same spikes',
  async ({ synapses, timing }) => {
    // Cells that hear spikes at the beginning of the next step have samples of ge without them.
    const valid = imported(network(synapses, { trace: { source: 'cells', variables: ['v'], record: true } }), timing);
    const strict = await convertModel(valid, 'lems', { strict: true });
    expect(strict.report.filter(({ verdict }) => verdict === 'approximated')).toEqual([]);
    const check = await checkConversion(valid, 'lems', { strict: true });
    expect(check.spikes[0]).toBeGreaterThan(30);
    expect([check.matched, check.spikes[1]]).toEqual([check.spikes[0], check.spikes[0]]);
    expect(Math.max(...check.populations.map(({ largest }) => largest))).toBeLessThan(1e-9);
    for (const { rootMeanSquare, range } of check.variables ?? [])
      expect(rootMeanSquare).toBeLessThan(1e-9 * (1 + range));
  },
);

/** Weights are learnt at a rate that changes in the step after one with spikes of both sides. */
const learning = {
  ...plastic,
  model: `${plastic.model}\neta : 1 (shared)`,
  on_pre: 'ge += w\nApre += 0.06\nw = clip(w + eta*Apost, 0, 1)',
  on_post: 'Apost -= 0.05\nw = clip(w + eta*Apre, 0, 1)',
  initializers: { ...plastic.initializers, eta: 1 },
};

test.each([
  ['between given spikes and cells', { S: learning }],
  ['among cells without a delay', { S: { ...learning, source: 'cells' }, R: plastic }],
])('what is set between runs acts from its step on, and not on spikes of the one before: %s', async (_, synapses) => {
  const rates = [3, 0, 2, 0.5];
  const switched = [20, 31, 42, 53].map((k) => Number((times[k]! + 0.1).toFixed(1)));
  const run = switched.map((at, k) => ({
    ...(k === 0 ? {} : { set: { 'S.eta': rates[k - 1]! } }),
    duration: `${(at - (switched[k - 1] ?? 0)).toFixed(1)} ms`,
  }));
  const last = { set: { 'S.eta': rates.at(-1)!, 'S.w': 0.2 }, duration: '20 ms' };
  const document = {
    ...network(synapses, { trace: { source: 'cells', variables: ['v'], record: true } }),
    run: [...run, last],
  };
  const valid = imported(document);
  const strict = await convertModel(valid, 'lems', { strict: true });
  expect(strict.report.filter(({ verdict }) => verdict === 'approximated')).toEqual([]);
  const check = await checkConversion(valid, 'lems', { strict: true });
  expect([check.matched, check.spikes[1]]).toEqual([check.spikes[0], check.spikes[0]]);
  expect(check.variables?.map(({ variable }) => variable)).toEqual(['v']);
  for (const { rootMeanSquare, range } of check.variables ?? [])
    expect(rootMeanSquare).toBeLessThan(1e-9 * (1 + range));
});

test.each(['additive', 'gutig', 'mixed', 'multiplicative'])("PyNN's %s rule is the same", async (rule) => {
  const { valid } = importModel(readSource(`fixtures/pynn/stdp-${rule}.json`));
  const check = await checkConversion(valid, 'lems', { strict: true });
  expect([check.matched, check.spikes[0], check.spikes[1]]).toEqual([33, 33, 33]);
  expect((await convertModel(valid, 'lems', { strict: true })).outcome).toBe('equivalent');
});

test.each([
  ['lems/timing', { S: { ...plastic, on_post: 'count += w' } }],
  ['lems/post-spike', { S: { ...plastic, on_post: 'w = clip(w + v, 0, 1)' } }],
  ['lems/order-in-step', { S: { ...plastic, on_pre: 'w = clip(w + v_post, 0, 1)\nge += w' } }],
])('%s is said of what LEMS finds out too late', async (code, synapses) => {
  const { report } = await convertModel(imported(network(synapses)), 'lems', { strict: true });
  expect(report.filter(({ verdict }) => verdict === 'approximated').map((one) => one.code)).toContain(code);
});

test('variables that are solved at events stay so where their values in between are recorded', async () => {
  const recorded = { traces: { source: 'S', variables: ['Apre'], record: true } };
  const { report } = await convertModel(imported(network({ S: plastic }, recorded)), 'lems', { strict: true });
  expect(report.filter(({ verdict }) => verdict === 'approximated').map(({ code }) => code)).toContain(
    'lems/event-driven',
  );
});
