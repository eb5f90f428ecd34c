/** What a notation has no words for is kept as an annotation, and returns where the content is still the same. */

import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { convertModel, type ConvertedModel, type TargetNotation } from '../../src/run/convert.js';
import { importModel, readSource } from '../../src/run/pipeline.js';

type Imported = ReturnType<typeof importModel>;

const fixture = (name: string): Imported =>
  importModel(readSource(fileURLToPath(new URL(`../../fixtures/${name}`, import.meta.url))));

const textOf = ({ files }: ConvertedModel): string => files[0]?.text ?? '';
const read = (text: string): Imported => importModel({ name: 'model.json', text });
const converted = (text: string, to: TargetNotation): Promise<ConvertedModel> => convertModel(read(text).valid, to);

describe('a model of PyNN comes back from Brian', () => {
  it.each([
    ['draws of named generators', 'seeded-connections'],
    ['rules and positions', 'connector-small-world'],
    ['weights and delays by distance', 'connector-distance-dependent-probability'],
    ['assemblies and samples', 'views-and-assemblies'],
    ['sources that Brian cannot draw', 'inhomogeneous-gamma'],
    ['sources of currents', 'current-sources-recorded'],
    ['plastic synapses with drawn delays', 'stdp-random-delays'],
    ['resets and parameters that are set', 'segments'],
  ])('with %s', async (_, name) => {
    const given = fixture(`pynn/${name}.json`);
    const back = await converted(textOf(await convertModel(given.valid, 'brian-json')), 'pynn-json');
    expect(read(textOf(back)).hashes.model).toBe(given.hashes.model);
  });

  it('without a rule whose connections were changed, and with what was not', async () => {
    const given = fixture('pynn/seeded-connections.json');
    const brian = textOf(await convertModel(given.valid, 'brian-json'));
    const back = await converted(brian.replace(/"p": 0.4(?=\s*}\s*,\s*"init)/, '"p": 0.5'), 'pynn-json');
    expect(back.report).toContainEqual(
      expect.objectContaining({ code: 'pynn/kept-changed', pointer: '/projections/drawn' }),
    );
    const { projections } = JSON.parse(textOf(back)) as { projections: readonly { connector: unknown }[] };
    expect(projections[0]?.connector).toMatchObject({ type: 'FixedProbabilityConnector', params: { p_connect: 0.5 } });
  });

  it.each([
    ['a number', '5'],
    ['null', 'null'],
    ['parts that are none', '{"projections": {"drawn": null}, "populations": 3}'],
    ['a selection that is none', '{"stimuli": {"x": {"to": 3, "input": "i"}}}'],
    ['a rule that is none', '{"projections": {"drawn": {"connect": [{"rule": "fate"}]}}}'],
    ['a prototype', '{"populations": {"__proto__": {"size": 3}}}'],
  ])('whatever is kept: %s', async (_, kept) => {
    const document = JSON.parse(
      textOf(await convertModel(fixture('pynn/seeded-connections.json').valid, 'brian-json')),
    ) as Record<string, unknown>;
    const { annotations: __, ...bare } = document;
    const plain = await converted(JSON.stringify(bare), 'pynn-json');
    const text = JSON.stringify(bare).replace(/\}$/, `,"annotations":{"pynn":{"kept":${kept}}}}`);
    expect(read(textOf(await converted(text, 'pynn-json'))).hashes.model).toBe(read(textOf(plain)).hashes.model);
  });
});

describe('a model of Brian comes back from PyNN in the words of its author', () => {
  it.each(['single-lif', 'song-abbott-stdp', 'poisson-input', 'timed-array', 'protocol', 'brunel-hakim'])(
    '%s',
    async (name) => {
      const given = fixture(`brian/${name}.yaml`);
      const back = read(textOf(await converted(textOf(await convertModel(given.valid, 'pynn-json')), 'brian-json')));
      expect(back.hashes.model).toBe(given.hashes.model);
      expect(back.valid.model.recordings).toEqual(given.valid.model.recordings);
    },
  );

  it('but in PyNN’s words where a parameter was changed', async () => {
    const pynn = textOf(await convertModel(fixture('brian/single-lif.yaml').valid, 'pynn-json'));
    const back = await converted(pynn.replace(/"tau_m": 10/, '"tau_m": 12'), 'brian-json');
    expect(back.report).toContainEqual(
      expect.objectContaining({ code: 'brian/kept-changed', pointer: '/populations/G' }),
    );
    expect(textOf(back)).toMatch(/"tau_m": "12 ms"/);
  });
});

it('a model of Brian comes back from PyNN whatever the order of its variables and values', async () => {
  const text = JSON.stringify({
    format: 'interneuron/brian',
    neuron_groups: {
      G: {
        N: 3,
        model: 'dv/dt = (I - v)/(10*ms) : 1\nI : 1 (constant)\nable : boolean\nk : 1',
        threshold: 'v > 1 and able',
        reset: 'v = 0',
        initializers: { I: '1.5 + 0.1*i', k: 'i/5.0', able: 'i != 1' },
      },
    },
    spike_generators: { given: { N: 1, indices: [0, 0], times: { values: [0.0255 + 4e-18, 0.03], unit: 'second' } } },
    synapses: {
      S: {
        source: 'given',
        target: 'G',
        model: 'w : 1\ndap/dt = -ap/(10*ms) : 1 (event-driven)',
        on_pre: 'v_post += w; ap += 0.1',
        on_post: 'w = clip(w + ap, 0, 3)',
        connect: true,
      },
    },
    spike_monitors: { a_name: { source: 'G' } },
    run: '50 ms',
  });
  const back = await converted(textOf(await converted(text, 'pynn-json')), 'brian-json');
  expect(read(textOf(back)).hashes).toEqual(read(text).hashes);
});
