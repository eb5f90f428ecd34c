/** Cells, sources and synapses of PyNN that were written as equations for Brian, under PyNN's names. */

import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { convertModel } from '../../src/run/convert.js';
import { importModel, readSource } from '../../src/run/pipeline.js';

const fixture = (name: string): ReturnType<typeof importModel> =>
  importModel(readSource(fileURLToPath(new URL(`../../fixtures/pynn/${name}.json`, import.meta.url))));

const read = (text: string): ReturnType<typeof importModel> => importModel({ name: 'model.json', text });

describe('PyNN → Brian → PyNN keeps the model', () => {
  it.each([
    'tsodyks-markram',
    'stochastic-tsodyks-markram',
    'multi-quantal',
    'stdp-gutig',
    'gif-cond-exp',
    'if-cond-exp-gsfa-grr',
    'if-curr-delta',
    'if-facets-hardware1',
  ])('%s', async (name) => {
    const given = fixture(name);
    const brian = await convertModel(given.valid, 'brian-json');
    const back = await convertModel(read(brian.files[0]?.text ?? '').valid, 'pynn-json');
    expect(read(back.files[0]?.text ?? '').hashes.model).toBe(given.hashes.model);
  });

  it.each([
    ['tsodyks-markram', /u = U \+ u\*\(1 - U\)/, 'u = U + u*(1 - 2*U)'],
    ['stdp-gutig', /y \+= 1/, 'y = 1'],
    ['gif-cond-exp', /gamma_2 \+= a_gamma_2/g, 'gamma_2 -= a_gamma_2'],
  ])('but not where the code of %s was changed', async (name, before, after) => {
    const brian = await convertModel(fixture(name).valid, 'brian-json');
    const text = brian.files[0]?.text ?? '';
    expect(text).toMatch(before);
    const { report } = await convertModel(read(text.replace(before, after)).valid, 'pynn-json');
    expect(report.map(({ code }) => code)).toContain('pynn/why-native');
  });
});

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
