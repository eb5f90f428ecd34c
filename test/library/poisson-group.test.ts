/** PoissonGroups of Brian as sources of PyNN. */

import { describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { convertModel } from '../../src/run/convert.js';
import { importModel } from '../../src/run/pipeline.js';

describe('a PoissonGroup', () => {
  const rated = async (rates: string): Promise<unknown> => {
    const document = { format: 'interneuron/brian', version: 1, name: 'p', dt: '0.1 ms', run: '1 second' };
    const text = stringify({
      ...document,
      poisson_groups: { P: { N: 3, rates } },
      spike_monitors: { M: { source: 'P' } },
    });
    const { files } = await convertModel(importModel({ name: 'model.yaml', text }).valid, 'pynn-json');
    const { populations } = JSON.parse(files[0]?.text ?? '{}') as { populations: readonly { cell: unknown }[] };
    return populations[0]?.cell;
  };

  it.each([
    ['15*Hz*int(t >= 50*ms and t < 150*ms)', { rate: 15, start: 50, duration: 100 }],
    ['15*Hz*int(t > 50*ms)', { rate: 15, start: 50.1 }],
    ['int(t <= 50*ms)*15*Hz', { rate: 15, duration: 50.1 }],
  ])('of rates %s is a source with a beginning and an end', async (rates, params) => {
    expect(await rated(rates)).toEqual({ type: 'SpikeSourcePoisson', params });
  });

  it('whose rate grows is none', async () => {
    expect(await rated('15*Hz*t/ms*int(t > 50*ms)')).toEqual({ type: 'native:P' });
  });
});
