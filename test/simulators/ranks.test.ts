/** Ranks of NEURON: the same connections, spikes and samples for any number of them. */

import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { expect, it } from 'vitest';
import { mpiLauncher } from '../../runtime/targets/mpi/launch.js';
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

it.skipIf(none !== null)(
  withReason('1, 2 and 4 ranks of NEURON have the same connections and spikes', none),
  async () => {
    const model = folder.file('network.json');
    writeFileSync(model, JSON.stringify(network));
    const run = async (ranks: string): Promise<string> => {
      const output = folder.file(`ranks-${ranks}.nwb`);
      const how = ['--env', '.venv-mpi', '--ranks', ranks, '--no-check', '--keep', folder.file(`kept-${ranks}`)];
      const words = ['run', model, '--on', 'neuron', ...how, '-o', output];
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
    const [alone, two, four] = [1, 2, 4].map((ranks) => connectionsOn(ranks, folder.file('kept-1/model.py')));
    const counts = (JSON.parse(alone!) as [label: string, connections: unknown[]][]).map(([, { length }]) => length);
    expect([counts.length, Math.min(...counts)]).toEqual([4, 12]);
    expect([two, four]).toEqual([alone, alone]);
  },
);

/** Returns the connections of a script on ranks, with weights and delays. */
function connectionsOn(ranks: number, script: string): string {
  const { words, environment } = mpiLauncher(ranks);
  const [program = '', ...own] = words;
  const probe = resolve('test/interoperability/python/pynn_connections.py');
  const python = resolve('.venv-mpi/bin/python');
  const output = execFileSync(program, [...own, python, '-W', 'ignore', '-m', 'mpi4py', probe, script], {
    encoding: 'utf8',
    cwd: dirname(script),
    env: { ...process.env, ...environment },
  });
  return output.trim().split('\n').at(-1) ?? '';
}
