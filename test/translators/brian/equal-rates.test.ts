/** Time constants of the same value, with which Brian 2 gives NaN: it divides by the difference of their rates. */

import { expect, test } from 'vitest';
import { convertModel } from '../../../src/run/convert.js';
import { importModel } from '../../../src/run/pipeline.js';

const converted = async (type: string, params: object): Promise<{ text: string; said: readonly string[] }> => {
  const text = JSON.stringify({
    format: 'interneuron/pynn',
    populations: [
      { label: 'cells', size: 2, cell: { type, params } },
      { label: 'source', size: 1, cell: { type: 'SpikeSourceArray', params: { spike_times: [5] } } },
    ],
    projections: ['excitatory', 'inhibitory'].map((receptor_type) => ({
      pre: 'source',
      post: 'cells',
      receptor_type,
      connector: { type: 'AllToAllConnector' },
      synapse: { type: 'StaticSynapse', params: { weight: receptor_type === 'excitatory' ? 1 : -1 } },
    })),
    phases: [{ run: 20 }],
  });
  const { files, report } = await convertModel(importModel({ name: 'model.json', text }).valid, 'brian');
  return {
    text: files[0]?.text ?? '',
    said: report.flatMap(({ code, verdict, message }) =>
      code === 'brian/equal-rates' ? `${verdict}: ${message}` : [],
    ),
  };
};

test('a constant that equals that of the membrane is a little larger', async () => {
  const { text, said } = await converted('IF_curr_exp', { cm: 0.5, tau_m: 5, tau_syn_I: 3 });
  expect(text).toMatch(/^tau_syn_E = 5\.0000005 \* ms$/m);
  expect(said).toEqual([
    expect.stringMatching(/^equivalent: tau_syn_E is larger by 1e-7 of its value: it equals tau_m/),
  ]);
});

test('so are both, which do not follow each other', async () => {
  const { said } = await converted('IF_curr_exp', { tau_m: 5 });
  expect(said.map((one) => one.split(' ')[1])).toEqual(['tau_syn_E', 'tau_syn_I']);
});

test('what differs stays as it is, equal constants of two receptors among it', async () => {
  const { text, said } = await converted('IF_curr_exp', {});
  expect([said, text]).toEqual([[], expect.stringContaining('tau_syn_E = 5 * ms')]);
});
