/** Documents keep what they do not say of the model that they were converted from, which returns where they are as they were. */

import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { convertModel, type ConvertedModel, type TargetNotation } from '../../../src/run/convert.js';
import { importModel, readSource } from '../../../src/run/pipeline.js';

type Imported = ReturnType<typeof importModel>;

const fixture = (name: string): Imported =>
  importModel(readSource(fileURLToPath(new URL(`../../../fixtures/${name}`, import.meta.url))));

const textOf = ({ files }: ConvertedModel): string => files[0]?.text ?? '';
const read = (text: string): Imported => importModel({ name: 'model', text });
const converted = (text: string, to: TargetNotation): Promise<ConvertedModel> => convertModel(read(text).valid, to);

describe('a model of NeuroML comes back from Brian', () => {
  it.each(['network.xml', 'channels.xml', 'own-types.xml', 'soma.cell.nml', 'contacts.xml', 'random-inputs.xml'])(
    '%s, in its own words',
    async (name) => {
      const given = fixture(`neuroml/${name}`);
      const there = await convertModel(given.valid, 'brian-json', { name: 'model.yaml' });
      const back = await converted(textOf(there), 'lems');
      expect(read(textOf(back)).hashes).toEqual(read(textOf(await convertModel(given.valid, 'lems'))).hashes);
      expect(read(textOf(back)).hashes.model).toBe(given.hashes.model);
      expect(back.report).toContainEqual(expect.objectContaining({ verdict: 'exact', code: 'lems/origin' }));
    },
  );

  it('from PyNN, which has its cells by other names', async () => {
    const given = fixture('neuroml/pynn-cells.xml');
    const back = await converted(textOf(await convertModel(given.valid, 'pynn-json')), 'lems');
    expect(read(textOf(back)).hashes.model).toBe(given.hashes.model);
  });

  const inBrian = async (): Promise<string> =>
    textOf(await convertModel(fixture('neuroml/self-contacts.xml').valid, 'brian-json'));

  it('with what was changed where that is in no need of other words', async () => {
    const given = fixture('neuroml/self-contacts.xml');
    const text = (await inBrian()).replace('"seed": 1234', '"seed": 4321');
    const back = read(textOf(await converted(text, 'lems')));
    expect(back.hashes.model).toBe(given.hashes.model);
    expect(back.valid.model.experiment).toEqual({ ...given.valid.model.experiment, seed: '4321' });
  });

  it('but not where a number was changed, which it has then, and says so', async () => {
    const before = await inBrian();
    const text = before.replace('"leakConductance": "2 nS"', '"leakConductance": "3 nS"');
    expect(text).not.toBe(before);
    const back = await converted(text, 'lems');
    expect(back.report).toContainEqual(expect.objectContaining({ verdict: 'equivalent', code: 'lems/origin-changed' }));
    expect(textOf(back)).toMatch(/leakConductance="3 ?nS"/);
    expect(textOf(back)).not.toMatch(/leakConductance="2 ?nS"/);
  });

  it.each([
    ['nothing of a model', { neurons: 3, populations: null, order: { populations: [{}] } }],
    ['a prototype', { populations: JSON.parse('{"__proto__": {"size": 3}}') as unknown }],
    ['cells that are not there', { populations: { cells: { type: 'nobody' } } }],
    ['annotations that are none', { timing: 'lems-euler', annotations: 3 }],
  ])('and not by an annotation that keeps %s', async (_, origin) => {
    const document = JSON.parse(await inBrian()) as Readonly<Record<string, unknown>>;
    const { annotations: __, ...bare } = document;
    const plain = await converted(JSON.stringify(bare), 'lems');
    const back = await converted(JSON.stringify({ ...bare, annotations: { neuroml: { origin } } }), 'lems');
    expect(read(textOf(back)).hashes.model).toBe(read(textOf(plain)).hashes.model);
    expect(back.report).toContainEqual(expect.objectContaining({ code: 'lems/origin-changed' }));
  });

  it('and its origin does not go on to other notations', async () => {
    const text = textOf(await converted(await inBrian(), 'pynn-json'));
    expect(text).not.toContain('"origin"');
  });
});

describe('a model of PyNN comes back from Brian', () => {
  it.each(['electrical', 'poisson-fast', 'hh-cond-exp'])('%s, of whose types Brian has no words', async (name) => {
    const given = fixture(`pynn/${name}.json`);
    const back = await converted(textOf(await convertModel(given.valid, 'brian-json')), 'pynn-json');
    expect(read(textOf(back)).hashes.experiment).toBe(given.hashes.experiment);
  });

  const inBrian = async (): Promise<string> =>
    textOf(await convertModel(fixture('pynn/electrical.json').valid, 'brian-json'));

  it('with gap junctions between other cells', async () => {
    const before = await inBrian();
    const text = before.replace(/"connect": \{ "j": "i" \}/, '"connect": { "i": [0, 1, 2], "j": [2, 1, 0] }');
    expect(text).not.toBe(before);
    const { model } = read(textOf(await converted(text, 'pynn-json'))).valid;
    expect(model.projections['gap']?.connect).toMatchObject([{ rule: 'list', sources: [0, 1, 2], targets: [2, 1, 0] }]);
    expect(model.projections['gap']?.synapse).toBe('ElectricalSynapse');
  });

  it('but not with other channels, and says so', async () => {
    const before = await inBrian();
    const text = before.replace('"gbar_K": "6 uS"', '"gbar_K": "7 uS"');
    expect(text).not.toBe(before);
    const back = await converted(text, 'pynn-json');
    expect(back.report).toContainEqual(
      expect.objectContaining({ verdict: 'equivalent', code: 'pynn/origin-changed', pointer: '/neurons/a' }),
    );
    expect(JSON.stringify(read(textOf(back)).valid.model.neurons)).toContain('0.000007');
  });

  it('and keeps only what its other annotations do not say', async () => {
    const text = textOf(await convertModel(fixture('pynn/seeded-connections.json').valid, 'brian-json'));
    expect(text).toContain('"kept"');
    expect(text).not.toContain('"origin"');
  });
});

describe('a model comes back from LEMS', () => {
  it.each([
    ['brian/single-lif.yaml', 'brian-json'],
    ['brian/stdp-pair.yaml', 'brian-json'],
    ['brian/noisy-group.yaml', 'brian-json'],
    ['brian/timed-array.yaml', 'brian-json'],
    ['brian/custom-event.yaml', 'brian-json'],
    ['pynn/views-and-assemblies.json', 'pynn-json'],
    ['pynn/delays-changed.json', 'pynn-json'],
    ['pynn/hh-cond-exp.json', 'pynn-json'],
  ] as const)('%s, with its experiment', async (name, to) => {
    const given = fixture(name);
    const back = await converted(textOf(await convertModel(given.valid, 'lems')), to);
    expect(read(textOf(back)).hashes).toMatchObject({ model: given.hashes.model, experiment: given.hashes.experiment });
    expect(back.report).toContainEqual(
      expect.objectContaining({ verdict: 'exact', code: expect.stringMatching(/\/origin$/) }),
    );
  });

  const inLems = async (): Promise<string> =>
    textOf(await convertModel(fixture('brian/single-lif.yaml').valid, 'lems'));

  it('with a run that was made longer', async () => {
    const given = fixture('brian/single-lif.yaml');
    const back = read(
      textOf(await converted((await inLems()).replace('length="0.2s"', 'length="0.3s"'), 'brian-json')),
    );
    expect(back.hashes.model).toBe(given.hashes.model);
    expect(back.valid.model.experiment.protocol).toEqual([{ run: 0.3 }]);
  });

  it('but not where a number was changed, which it has then, and says so', async () => {
    const back = await converted((await inLems()).replace('thresh="-55mV"', 'thresh="-52mV"'), 'brian-json');
    expect(back.report).toContainEqual(
      expect.objectContaining({ verdict: 'equivalent', code: 'brian/origin-changed', pointer: '/neurons/iafRefCell' }),
    );
    expect(textOf(back)).toContain('-52 mV');
    expect(textOf(back)).not.toContain('-55 mV');
  });

  it.each(['nonsense', '3', '{"rates": {}}', '{"derivatives": {"v": {"rate": "1/"}}}'])(
    'and not by a property that says %s of its cells',
    async (said) => {
      const value = said.replaceAll('"', '&quot;');
      const text = (await inLems()).replace(/(tag="brian origin neurons G" value=)"[^"]*"/, `$1"${value}"`);
      expect(text).toContain(`value="${value}"`);
      const back = await converted(text, 'brian-json');
      expect(back.report).toContainEqual(
        expect.objectContaining({ code: 'brian/origin-changed', message: expect.stringMatching(/it is no model$/) }),
      );
      const plain = await converted(text.replaceAll(/<property tag="brian origin.*\n/g, ''), 'brian-json');
      expect(read(textOf(back)).hashes.model).toBe(read(textOf(plain)).hashes.model);
    },
  );

  it('keeps little of a model with many connections', async () => {
    const text = textOf(await convertModel(fixture('brian/heterogeneous-delays.yaml').valid, 'lems'));
    const kept = text.split('\n').filter((line) => line.includes('tag="brian origin'));
    expect(kept.length).toBeGreaterThan(3);
    expect(text.indexOf('tag="brian origin')).toBeGreaterThan(text.lastIndexOf('<population '));
    expect(kept.join('').replaceAll('&quot;', '"').length).toBeLessThan(3000);
  });

  it('says where it keeps nothing of a model, since that has too many numbers', async () => {
    const many = Array.from({ length: 400_000 }, () => 0);
    const text = JSON.stringify({
      format: 'interneuron/brian',
      neuron_groups: { G: { N: 10, model: 'dv/dt = -v/(10*ms) : 1', threshold: 'v > 1', reset: 'v = 0' } },
      synapses: { S: { source: 'G', target: 'G', on_pre: 'v_post += 0.1', connect: { i: many, j: many } } },
      run: '1 ms',
    });
    const { report } = await convertModel(read(text).valid, 'lems');
    const found = report.filter(({ code }) => code === 'brian/no-origin');
    expect(found).toMatchObject([
      { verdict: 'equivalent', message: expect.stringContaining('300,000 numbers') as string },
    ]);
    const few = await convertModel(read(text.replaceAll(/\[[0,]+\]/g, '[0]')).valid, 'lems');
    expect(few.report.filter(({ code }) => code === 'brian/no-origin')).toEqual([]);
  });
});
