/** PoissonGroups of Brian as sources of PyNN. */

import { describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { convertModel } from '../../src/convert/convert.js';
import { importModel } from '../../src/pipeline/pipeline.js';
import '../../translators/brian/road.js';
import '../../translators/pynn/road.js';

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

  it('of a constant rate is a source of PyNN', async () => {
    expect(await rated('15*Hz')).toEqual({ type: 'SpikeSourcePoisson', params: { rate: 15 } });
  });

  it.each(['15*Hz*int(t >= 50*ms)', '15*Hz*t/ms'])('of rates %s, which change, is none', async (rates) => {
    expect(await rated(rates)).toEqual({ type: 'native:P' });
  });
});
