/** LEMS keeps a few delayed events in each synapse: the report says where there may be more. */

import { expect, test } from 'vitest';
import { stringify } from 'yaml';
import { convertModel } from '../../../../../src/run/convert.js';
import { importModel } from '../../../../../src/run/pipeline.js';

const group = { N: 1, model: 'v : 1', threshold: 'v > 1', reset: 'v = 0' };
const train = (times: readonly string[]): object => ({ N: 1, indices: times.map(() => 0), times });
const often = Array.from({ length: 12 }, (_, k) => `${1 + 0.1 * k} ms`);

/** A synapse that reacts to its target after a delay, and to its source after two. */
const model = (target: object, delay: string, times: readonly string[] = ['1 ms']): object => ({
  format: 'interneuron/brian',
  dt: '0.1 ms',
  neuron_groups: { target },
  spike_generators: { source: train(times) },
  synapses: {
    S: {
      source: 'source',
      target: 'target',
      model: 'x : 1',
      on_pre: { soon: 'x += 1', later: 'x += 2' },
      on_post: 'x += 3',
      connect: true,
      delay: { soon: '0.1 ms', later: delay, post: delay },
    },
  },
  run: '5 ms',
});

test.each([
  ['a target that may spike in each of 20 steps', model(group, '2 ms'), ['post']],
  ['a target that may spike in each of 5 steps', model(group, '0.5 ms'), []],
  ['a source that spikes 12 times within the delay', model(group, '2 ms', often), ['later', 'post']],
])('%s', async (_, document, pathways) => {
  const { valid } = importModel({ name: 'model.yaml', text: stringify(document) });
  const { report } = await convertModel(valid, 'lems', { partial: true });
  const remarks = report.filter(({ code }) => code === 'lems/queue').map(({ pointer }) => pointer.split('/').at(-1));
  expect(new Set(remarks)).toEqual(new Set(pathways));
});
