/**
 * Models written as LEMS and read back: the same number of spikes, at times that differ by what forward Euler and the order of a step explain.
 */

import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { convertModel } from '../../../src/convert.js';
import type { Model } from '../../../src/model/model.js';
import { importModel, readSource, runModel, type ImportedModel, type ImportOptions } from '../../../src/pipeline.js';

/** Spike times in s of each population. */
async function spikesOf(model: ImportedModel): Promise<ReadonlyMap<string, number>> {
  const result = await runModel(model, { target: 'wasm' });
  if (result.kind !== 'run') throw new Error('nothing was run');
  const counts = new Map(result.record.populations.map(({ name, spikes }) => [name, spikes]));
  result.dispose();
  return counts;
}

async function converted(path: string, options: ImportOptions = {}, freeze = false, change = (model: Model): Model => model) {
  const original = importModel(readSource(path), options);
  const { files, report } = await convertModel({ ...original.valid, model: change(original.valid.model) }, 'lems', { freeze });
  const text = files[0]?.text ?? '';
  return { original, text, report, back: importModel({ name: 'exported.xml', text }) };
}

describe('models that LEMS can say', () => {
  it.each([
    ['a leaky cell with refractoriness', 'fixtures/brian/single-lif.yaml', ['G']],
    ['synapses that add to a current', 'fixtures/pynn/if-curr-exp.json', ['driven', 'receiver']],
    ['synapses that add to a conductance', 'fixtures/pynn/if-cond-exp.json', ['driven', 'receiver']],
    ['cells with channels, of NeuroML', 'fixtures/neuroml/network.xml', ['exc', 'inh']],
  ])(
    '%s',
    async (_, path, populations) => {
      const { original, report, back } = await converted(path);
      expect(report.filter(({ verdict, pointer }) => verdict === 'notExpressible' && !pointer.startsWith('/recordings'))).toEqual([]);
      expect(back.valid.model.timing).toBe('lems-euler');
      const [ours, theirs] = [await spikesOf(original), await spikesOf(back)];
      for (const population of populations) {
        expect(ours.get(population), population).toBeDefined();
        expect(theirs.get(population), population).toBe(ours.get(population));
      }
    },
    60_000,
  );
});

describe('the report', () => {
  it('says that forward Euler stands for the method', async () => {
    const { report } = await converted('fixtures/brian/single-lif.yaml');
    expect(report.map(({ code }) => code)).toContain('lems/forward-euler');
  });

  it('names what LEMS has no words for', async () => {
    const model = importModel(readSource('fixtures/pynn/delays-changed.json'));
    const { report } = await convertModel(model.valid, 'lems');
    expect(report).toContainEqual(expect.objectContaining({ verdict: 'notExpressible', message: 'delays during the run' }));
  });

  it('says that what is read back is another model', async () => {
    const { report } = await converted('fixtures/brian/single-lif.yaml');
    expect(report).toContainEqual(expect.objectContaining({ verdict: 'approximated', code: 'lems/model-hash', pointer: '' }));
  });
});

describe('by name', () => {
  it.each([
    ['if-curr-alpha', 'IF_curr_alpha', 'alphaCurrSynapse'],
    ['if-curr-exp', 'IF_curr_exp', 'expCurrSynapse'],
    ['if-cond-alpha', 'IF_cond_alpha', 'alphaCondSynapse'],
    ['if-cond-exp', 'IF_cond_exp', 'expCondSynapse'],
    ['eif-cond-exp-isfa-ista', 'EIF_cond_exp_isfa_ista', 'expCondSynapse'],
    ['eif-cond-alpha-isfa-ista', 'EIF_cond_alpha_isfa_ista', 'alphaCondSynapse'],
  ])('the cell and the synapses of %s are those of NeuroML', async (fixture, cell, synapse) => {
    const { original, text } = await converted(`fixtures/pynn/${fixture}.json`, {}, false, (model) => ({
      ...model,
      recordings: model.recordings.filter((recording) => 'events' in recording),
    }));
    expect(text).toMatch(new RegExp(`<${cell} id="[^"]*" [^>]*v_rest="`));
    expect(text).toMatch(new RegExp(`<${synapse} id="[^"]*" tau_syn="`));
    expect(text).not.toContain(`<ComponentType name="${cell}`);
    expect(Object.values(original.valid.model.neurons)[0]?.conformsTo?.type).toBe(`pynn/${cell}`);
  });

  it('a type that only says that it is one is written as what it is', async () => {
    const { text } = await converted('fixtures/pynn/if-curr-exp.json', {}, false, (model) => {
      const type = model.neurons['IF_curr_exp']!;
      const v = { ...type.derivatives['v']!, rate: `2*(${type.derivatives['v']!.rate})` };
      return { ...model, neurons: { IF_curr_exp: { ...type, derivatives: { ...type.derivatives, v } } } };
    });
    expect(text).not.toContain('<IF_curr_exp ');
    expect(text).toContain('<ComponentType name="IF_curr_exp_cell"');
  });
});

describe('what LEMS has no word for', () => {
  const brian = (text: string): string => `format: interneuron/brian\nversion: 1\ndt: 0.1 ms\n${text}`;

  async function counts(text: string): Promise<readonly [ReadonlyMap<string, number>, ReadonlyMap<string, number>]> {
    const original = importModel({ name: 'model.yaml', text: brian(text) });
    const { files } = await convertModel(original.valid, 'lems');
    return [await spikesOf(original), await spikesOf(importModel({ name: 'exported.xml', text: files[0]?.text ?? '' }))];
  }

  // The same distribution drawn by other numbers: the mean count of many cells, within five standard errors of a Poisson count.
  it.each([
    ['few inputs', 'N: 10, rate: 50 Hz'],
    ['a small number in each step', 'N: 200, rate: 10 Hz'],
    ['a large number in each step', 'N: 4000, rate: 50 Hz'],
  ])('sums of random inputs, %s', async (_, inputs) => {
    const [, n = '', rate = ''] = /N: (\d+), rate: (\d+)/.exec(inputs) ?? [];
    // One spike for each 30 events, or so: the cell adds them up without a leak.
    const perSpike = Math.max(1, (Number(n) * Number(rate)) / 200);
    const [ours, theirs] = await counts(
      `neuron_groups:\n  G: { N: 100, model: 'x : 1', threshold: 'x >= ${perSpike}', reset: 'x -= ${perSpike}' }\npoisson_inputs:\n  drive: { target: G, target_var: x, ${inputs}, weight: 1 }\nspike_monitors:\n  s: { source: G }\nrun: 0.2 s`,
    );
    const expected = (100 * 0.2 * Number(n) * Number(rate)) / perSpike;
    for (const found of [ours.get('G') ?? 0, theirs.get('G') ?? 0])
      expect(Math.abs(found - expected)).toBeLessThan(5 * Math.sqrt(expected) + 100);
  });

  it('white noise: the spread of a random walk', async () => {
    const walk = `neuron_groups:\n  G: { N: 400, model: "dx/dt = s*xi : 1\\n s : Hz**0.5", threshold: 'x > 1', reset: 'x = 0', method: euler, initializers: { s: '10*Hz**0.5' } }\nspike_monitors:\n  s: { source: G }\nrun: 0.1 s`;
    const [ours, theirs] = await counts(walk);
    const [a, b] = [ours.get('G') ?? 0, theirs.get('G') ?? 0];
    expect(a).toBeGreaterThan(300);
    expect(Math.abs(a - b)).toBeLessThan(5 * Math.sqrt(a + b));
  });
});

it('keeps the rules of connections that were drawn, and reads them back', async () => {
  const { text, original, back } = await converted('fixtures/pynn/connector-fixed-probability.json', {}, true);
  expect(text).toMatch(/<property tag="connect [^"]*" value="\[\{&quot;rule&quot;:&quot;/);
  const [name = ''] = Object.keys(original.valid.model.projections);
  expect(back.valid.model.annotations['connect']).toMatchObject({ [name]: original.valid.model.projections[name]!.connect });
  expect(readFileSync('fixtures/pynn/connector-fixed-probability.json', 'utf8')).toContain('FixedProbabilityConnector');
});
