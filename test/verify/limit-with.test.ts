/** Conversions in the limit of small steps, with the loop open, as other simulators run them. */

import { join } from 'node:path';
import { expect, test } from 'vitest';
import { importModel, readSource } from '../../src/pipeline/pipeline.js';
import { limitWith, type RunFiles } from '../../src/verify/check-with.js';
import { limitText } from '../../src/verify/limit-text.js';
import { root } from '../support/import-graph.js';
import { peerRecords, peers } from '../support/peer-records.js';
import '../../translators/brian/road.js';
import '../../translators/pynn/road.js';
import '../../translators/neuroml/road.js';

const records = peerRecords('limits');

/** Environments of simulators. */
const environments = { brian: '.venv', nest: '.venv-pynn', neuron: '.venv-pynn', jneuroml: '.venv-neuroml' } as const;

/** Returns a runner with records, which takes its Python from the environment of the simulator. */
const recorded =
  (what: string, name: keyof typeof environments): RunFiles =>
  async (files, run) => {
    const texts = files.map(({ text }) => text);
    const outputs = await records.output(peers[name], { what, texts }, async () => {
      const path = process.env['PATH'];
      process.env['PATH'] = `${join(root, environments[name], 'bin')}:${path}`;
      try {
        return [...(await run())];
      } finally {
        process.env['PATH'] = path;
      }
    });
    return new Map(outputs);
  };

/** The receiver has no spike, and the simulator shows spikes only; it has the events of the cells that drive it. */
const silent = 'not looked at: first values of receiver, rates of receiver, ';

test.each([
  ['pynn/if-cond-exp.json', 'brian', 'brian2', 'brian', ' as far as it acted', silent],
  ['brian/single-lif.yaml', 'pynn', 'nest', 'nest', '', 'differences vanish with the step'],
  ['brian/single-lif.yaml', 'pynn', 'neuron', 'neuron', '', 'differences vanish with the step'],
  ['pynn/if-cond-exp.json', 'neuroml', 'jneuroml', 'jneuroml', ' as far as it acted', silent],
] as const)('%s is the same model in %s as %s runs it', async (fixture, to, simulator, peer, how, what) => {
  const { valid } = importModel(readSource(join(root, 'fixtures', fixture)));
  const limit = await limitWith(valid, to, simulator, {
    runFiles: recorded(`${fixture} with its loop open`, peer),
  });
  expect(limitText(limit)).toMatch(new RegExp(`^the same model${how}, run in ${simulator}: ${what}`));
  const [first, ...finer] = limit.levels;
  expect(first!.apart.length).toBeGreaterThan(5);
  expect(finer.at(-1)!.apart.at(-1)!).toBeLessThan(first!.apart.at(-1)! / 4);
});
