/** LEMS keeps a few delayed events in each synapse: the report says where there may be more. */

import { expect, test } from 'vitest';
import { stringify } from 'yaml';
import { convertModel } from '../../../../../src/run/convert.js';
import { importModel } from '../../../../../src/run/pipeline.js';

const group = { N: 1, model: 'v : 1', threshold: 'v > 1', reset: 'v = 0' };

/** A synapse that reacts to its target after a delay. */
const model = (target: object, delay: string): object => ({
  format: 'interneuron/brian',
  dt: '0.1 ms',
  neuron_groups: { target },
  spike_generators: { source: { N: 1, indices: [0], times: ['1 ms'] } },
  synapses: {
    S: {
      source: 'source',
      target: 'target',
      model: 'x : 1',
      on_pre: 'x += 1',
      on_post: 'x += 3',
      connect: true,
      delay: { pre: '0.1 ms', post: delay },
    },
  },
  run: '5 ms',
});

test.each([
  ['a target that may spike in each of 20 steps', model(group, '2 ms'), ['post']],
  ['a target that may spike in each of 5 steps', model(group, '0.5 ms'), []],
])('%s', async (_, document, pathways) => {
  const { valid } = importModel({ name: 'model.yaml', text: stringify(document) });
  const { report } = await convertModel(valid, 'lems', { partial: true });
  const remarks = report.filter(({ code }) => code === 'lems/queue').map(({ pointer }) => pointer.split('/').at(-1));
  expect(new Set(remarks)).toEqual(new Set(pathways));
});
