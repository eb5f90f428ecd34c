/** Ranks of NEURON: the same connections, spikes and samples for any number of them. */

import { writeFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { runCommand, temporaryFolder } from '../support/command.js';
import { missingEnvironment } from '../support/python.js';
import { withReason } from '../support/skip-reasons.js';

const folder = temporaryFolder();
const none = missingEnvironment('.venv-mpi');

const network = {
  format: 'interneuron/pynn',
  rngs: { r: { type: 'NumpyRNG', seed: 4 } },
  populations: [
    { label: 'driven', size: 12, cell: { type: 'IF_curr_exp', params: { i_offset: 1.0 } } },
    { label: 'cells', size: 12, cell: { type: 'IF_cond_exp', params: { i_offset: 0.6 } } },
  ],
  projections: [
    ['FixedProbabilityConnector', { p_connect: 0.4 }],
    ['FixedNumberPreConnector', { n: 3 }],
    ['FixedNumberPostConnector', { n: 2 }],
    ['OneToOneConnector', {}],
  ].map(([type, params], k) => ({
    label: `p${k}`,
    pre: 'driven',
    post: 'cells',
    receptor_type: k % 2 === 0 ? 'excitatory' : 'inhibitory',
    connector: { type, params, rng: 'r' },
    synapse: { type: 'StaticSynapse', params: { weight: 0.004, delay: 1.0 + 0.2 * k } },
  })),
  recordings: [
    { target: 'driven', variables: ['spikes'] },
    { target: 'cells', variables: ['spikes', 'v'] },
  ],
  phases: [{ run: 200 }],
};

it.skipIf(none !== null)(withReason('1, 2 and 4 ranks of NEURON give the same spikes', none), async () => {
  const model = folder.file('network.json');
  writeFileSync(model, JSON.stringify(network));
  const run = async (ranks: string): Promise<string> => {
    const output = folder.file(`ranks-${ranks}.nwb`);
    const words = ['run', model, '--on', 'neuron', '--env', '.venv-mpi', '--ranks', ranks, '--no-check', '-o', output];
    const { code, stderr } = await runCommand(words);
    expect([code, stderr]).toEqual([0, '']);
    return output;
  };
  const one = await run('1');
  for (const ranks of ['2', '4']) {
    const { code, stdout } = await runCommand(['compare', one, await run(ranks), '--json']);
    expect(code).toBe(0);
    const { spikes, cells } = Object.fromEntries(
      (JSON.parse(stdout) as { populations: { population: string; spikes: number[] }[] }).populations.map(
        ({ population, spikes: counts }) => [population === 'cells' ? 'cells' : 'spikes', counts],
      ),
    );
    expect(spikes?.[0]).toBeGreaterThan(50);
    expect(cells?.[0]).toBeGreaterThan(20);
  }
});
