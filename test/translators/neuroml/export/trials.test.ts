/** Binomial numbers in LEMS: exact where they have few trials, which is known of what is counted down from a parameter. */

import { expect, test } from 'vitest';
import { stringify } from 'yaml';
import { convertModel } from '../../../../src/run/convert.js';
import { importModel } from '../../../../src/run/pipeline.js';

const remarks = async (actions: readonly string[], n: number | object, more: object = {}): Promise<boolean> => {
  const text = stringify({
    interneuron: 1,
    timing: 'grid',
    neurons: { cell: { state: { v: 0 }, events: { spike: { when: 'v > 1', do: ['v = 0'] } } } },
    synapses: {
      S: {
        parameters: { n: { type: 'integer', value: 1 } },
        state: { a: { type: 'integer', initial: 'n' } },
        ports: { port: { unit: '1' } },
        pathways: { pre: { on: 'pre.spike', do: actions } },
      },
    },
    populations: {
      source: { size: 2, spikes: { indices: [0], times: [0.001] } },
      p: { type: 'cell', size: 2 },
    },
    projections: {
      s: {
        from: 'source',
        to: 'p',
        synapse: 'S',
        connect: [{ rule: 'all' }],
        receptors: { port: 'v' },
        values: { n },
        delays: { pre: '1 ms' },
        ...more,
      },
    },
    experiment: { dt: '0.1 ms', duration: '10 ms' },
  });
  const { report } = await convertModel(importModel({ name: 'm.yaml', text }).valid, 'lems');
  expect(report.some(({ verdict }) => verdict === 'notExpressible')).toBe(false);
  return report.some(({ code }) => code === 'lems/binomial');
};

const released = ['a += binomial(n - a, 0.2)', 'released = binomial(a, 0.5)', 'port += released/n', 'a -= released'];

test.each([
  ['a number of trials', ['port += binomial(5, 0.3)'], 1, false],
  ['more than LEMS draws', ['port += binomial(21, 0.3)'], 1, true],
  ['a parameter', ['port += binomial(n, 0.3)'], 20, false],
  ['a parameter of each synapse', ['port += binomial(n, 0.3)'], { array: [1, 2, 3, 21] }, true],
  ['what is left of a parameter', released, 5, false],
  ['what is left of a large one', released, 50, true],
  ['what is lost before it is drawn', [...released.slice(0, 2), 'a -= released', 'a -= released'], 5, true],
  ['what grows', ['a += 1', 'port += binomial(a, 0.5)'], 5, true],
  ['what grows by a number of all', ['a += binomial(n, 0.5)', 'port += binomial(a, 0.5)'], 5, true],
])('%s', async (_, actions, n, isSaid) => {
  expect(await remarks(actions, n)).toBe(isSaid);
});
