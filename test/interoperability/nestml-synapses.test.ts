/** Synapses in NESTML under NEST, which compiles them with their target, and here: equal potentials of the target. */

import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import '../../translators/nestml/road.js';
import { importModel } from '../../src/pipeline/pipeline.js';
import { openModel } from '../../src/session/open-model.js';
import { root } from '../support/import-graph.js';
import { peerRecords, peers } from '../support/peer-records.js';
import { python } from '../support/python.js';

const records = peerRecords('nestml-synapses');
const folder = join(root, 'test/translators/nestml/files/synapses');
const runner = 'test/interoperability/python/run_nestml_synapses.py';

const texts = Object.fromEntries(
  readdirSync(folder).map((name) => [name.replace('.nestml', ''), readFileSync(join(folder, name), 'utf8')]),
);
/** Ports of the target's spikes, and variables that only they change. */
const synapses = {
  fixed_synapse: { ports: [], traces: [] },
  ordered_synapse: { ports: ['post_spikes'], traces: ['level'] },
  pair_synapse: { ports: ['post_spikes'], traces: ['post_trace'] },
};
const run = {
  neuron: 'driven_neuron',
  synapses,
  dt: 0.1,
  delay: 1,
  duration: 120,
  pre: [5, 20, 40, 60, 62, 80, 100],
  drive: [10, 30, 39, 66, 90, 95],
};
const input = JSON.stringify({ ...run, texts });

type Outcome = { readonly times: readonly number[]; readonly V_m: readonly number[] };
const outcomes = await records.output<Readonly<Record<string, Outcome>>>(
  peers.nestml,
  { what: 'synapses in NESTML', texts: [input], runners: [runner] },
  async () => {
    const work = mkdtempSync(join(tmpdir(), 'nestml-'));
    try {
      writeFileSync(join(work, 'run.json'), input);
      const output = await python('.venv-nestml', [runner, join(work, 'run.json')]);
      return JSON.parse(output.trim().split('\n').at(-1) ?? '') as Readonly<Record<string, Outcome>>;
    } finally {
      rmSync(work, { recursive: true });
    }
  },
);

/** Returns a network as the one that runs under NEST, where a relay adds a delay of 1 ms. */
function network(synapse: string): string {
  const spikes = (times: readonly number[]): object => ({
    size: 1,
    spikes: { indices: times.map(() => 0), times: { array: times, unit: 'ms' } },
  });
  const add = { parameters: { weight: 100 }, ports: { target: '1' }, pathways: { pre: { do: ['target += weight'] } } };
  const drives = { from: 'drive', to: 'cell', synapse: 'add', connect: 'all', receptor: 'in_spikes', delay: '1 ms' };
  const hasPost = synapses[synapse as keyof typeof synapses].ports.length > 0;
  return JSON.stringify({
    interneuron: 1,
    neurons: { cell: { nestml: texts[run.neuron] } },
    synapses: { add, plastic: { nestml: texts[synapse] } },
    populations: {
      cell: { type: 'cell', size: 1 },
      pre: spikes(run.pre.map((time) => time + 1)),
      drive: spikes(run.drive),
    },
    projections: {
      drives,
      acts: {
        from: 'pre',
        to: 'cell',
        synapse: 'plastic',
        connect: 'all',
        receptor: 'in_spikes',
        delays: { pre: `${run.delay} ms`, ...(hasPost ? { post: `${2 * run.delay} ms` } : {}) },
      },
    },
    record: [
      { of: 'cell', events: 'spike' },
      { of: 'cell', variables: ['V_m'] },
    ],
    timing: 'grid',
    experiment: { dt: `${run.dt} ms`, duration: `${run.duration} ms` },
  });
}

test.each(Object.keys(synapses))('%s', async (synapse) => {
  const there = outcomes[synapse] as Outcome;
  const session = openModel(importModel({ name: 'network.json', text: network(synapse) }));
  await session.run();
  const { spikes, samples, spikeLabel } = await session.take();
  await session.dispose();
  const steps = [...(spikes[0]?.steps ?? [])].map((step) => step + spikeLabel);
  expect(steps).toEqual(there.times.map((time) => Math.round(time / run.dt)));
  expect(steps.length).toBeGreaterThan(4);
  const own = [...(samples[0]?.values ?? [])].map((value) => Number(value) * 1e3).slice(1, 1 + there.V_m.length);
  expect(Math.max(...there.V_m.map((value, k) => Math.abs(value - (own[k] ?? NaN))))).toBeLessThan(1e-9);
});
