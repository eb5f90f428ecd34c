/** `allow_self_connections=False` of PyNN in Brian, whose numbers of cells begin at 0 in each group and part of one. */

import { expect, test } from 'vitest';
import { checkConversion } from '../../../src/run/check/check-conversion.js';
import { convertModel } from '../../../src/run/convert.js';
import { importModel } from '../../../src/run/pipeline.js';
import type { ValidModel } from '../../../src/model/model.js';

/** No refractory period, whose steps Brian counts otherwise than PyNN. */
const quick = { tau_refrac: 0 };

const network = (pre: string, post: string, type: string, params: object = {}): ValidModel =>
  importModel({
    name: 'network.json',
    text: JSON.stringify({
      format: 'interneuron/pynn',
      version: 1,
      pynn: '0.13',
      setup: { timestep: 0.1, min_delay: 0.1 },
      populations: [
        {
          label: 'a',
          size: 4,
          cell: { type: 'IF_curr_exp', params: { ...quick, i_offset: { expr: '0.9 + 0.1*i', of: 'i' } } },
        },
        { label: 'b', size: 4, cell: { type: 'IF_curr_exp', params: quick } },
      ],
      views: [
        { label: 'first', of: 'a', select: { slice: [0, 3, 1] } },
        { label: 'last', of: 'a', select: { slice: [1, 4, 1] } },
        { label: 'two', of: 'a', select: { slice: [0, 2, 1] } },
        { label: 'others', of: 'a', select: { slice: [2, 4, 1] } },
      ],
      projections: [
        {
          label: 'p',
          pre,
          post,
          receptor_type: 'excitatory',
          connector: { type, params: { ...params, allow_self_connections: false } },
          synapse: { type: 'StaticSynapse', params: { weight: { expr: '2*(1 + i + 3*j)', of: 'ij' }, delay: 1 } },
        },
      ],
      recordings: [
        { target: 'a', variables: ['spikes', 'v'] },
        { target: 'b', variables: ['spikes', 'v'] },
      ],
      phases: [{ run: 60 }],
    }),
  }).valid;

const scriptOf = async (valid: ValidModel): Promise<string> =>
  (await convertModel(valid, 'brian', {})).files[0]?.text ?? '';

test.each([
  ['a', 'a', /connect\("i != j"\)/],
  ['a', 'b', /connect\(\)/],
  ['first', 'a', /connect\("i != j"\)/],
  ['last', 'a', /connect\("i \+ 1 != j"\)/],
  ['a', 'last', /connect\("i != j \+ 1"\)/],
  ['two', 'others', /connect\(\)/],
])('all from %s to %s', async (pre, post, connect) => {
  const valid = network(pre, post, 'AllToAllConnector');
  expect(await scriptOf(valid)).toMatch(connect);
  const { spikes } = await checkConversion(valid, 'brian-json', {});
  expect(spikes[0]).toBeGreaterThan(5);
  expect(spikes[1]).toBe(spikes[0]);
});

test.each([
  ['a', 'a', /k \+ int\(k >= j\) for k in sample\(N_pre - 1, size=2\)/],
  ['a', 'b', /k for k in sample\(N_pre, size=2\)/],
])('samples of cells from %s to %s', async (pre, post, connect) => {
  expect(await scriptOf(network(pre, post, 'FixedNumberPreConnector', { n: 2 }))).toMatch(connect);
});

test('samples of a part of a population into all of it are listed', async () => {
  expect(await scriptOf(network('first', 'a', 'FixedNumberPreConnector', { n: 2 }))).toMatch(/connect\(i=\[/);
});
