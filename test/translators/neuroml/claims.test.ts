/**
 * Models of PyNN written as LEMS and read again: the same model, where the document is as it was written; where it has
 * been changed, what the document says.
 */

import { describe, expect, it } from 'vitest';
import { convertModel } from '../../../src/run/convert.js';
import { importModel, readSource } from '../../../src/run/pipeline.js';
import type { PynnSpecification } from '../../../translators/pynn/specification.js';

/** A fixture of PyNN as LEMS. */
async function asLems(fixture: string) {
  const original = importModel(readSource(`fixtures/pynn/${fixture}.json`));
  const { files } = await convertModel(original.valid, 'lems');
  return { original, text: files[0]?.text ?? '' };
}

/** A LEMS document as PyNN. */
async function asPynn(text: string) {
  const { files, report } = await convertModel(importModel({ name: 'm.xml', text }).valid, 'pynn-json');
  const back = importModel({ name: 'back.json', text: files[0]?.text ?? '' });
  const document = JSON.parse(files[0]?.text ?? '') as PynnSpecification;
  return { back, document, codes: report.map(({ code }) => code) };
}

const withCurrents = {
  format: 'interneuron/pynn',
  version: 1,
  pynn: '0.13',
  populations: [{ label: 'cells', size: 3, cell: { type: 'IF_curr_exp', params: { tau_syn_I: 7 } } }],
  current_sources: [
    {
      label: 'drive',
      type: 'DCSource',
      params: { amplitude: 1, start: 5, stop: 30 },
      inject_into: ['cells'],
    },
  ],
  recordings: [{ target: 'cells', variables: ['spikes'] }],
  phases: [{ run: 50 }],
};

describe('models of PyNN come back from LEMS', () => {
  it.each([
    ['cells that NeuroML has no name for', 'izhikevich'],
    ['cells of which receptors are recorded', 'if-cond-exp'],
    ['sources whose spikes are listed', 'inhomogeneous-gamma'],
    ['connections drawn by distance, positions', 'connector-distance-dependent-probability'],
    ['drawn weights', 'seeded-connections'],
    ['plasticity with drawn delays', 'stdp-random-delays'],
    ['short-term plasticity, with first values', 'tsodyks-markram-delta'],
    ['a composed cell', 'point-neuron'],
    ['gap junctions', 'electrical'],
  ])('%s', async (_, fixture) => {
    const { original, text } = await asLems(fixture);
    const { back, codes } = await asPynn(text);
    expect(back.hashes.model).toBe(original.hashes.model);
    expect(codes).toContain('pynn/origin');
  });

  it('currents from outside, and time constants of synapses that are not there', async () => {
    const original = importModel({ name: 'currents.json', text: JSON.stringify(withCurrents) });
    const { files } = await convertModel(original.valid, 'lems');
    expect(files[0]?.text).toContain('<pulseGenerator');
    const { back } = await asPynn(files[0]?.text ?? '');
    expect(back.hashes.model).toBe(original.hashes.model);
  });

  it('labels and the order of populations', async () => {
    const { original, text } = await asLems('if-curr-alpha');
    const { document } = await asPynn(text);
    expect(document.populations?.map(({ label }) => label)).toEqual(Object.keys(original.valid.model.populations));
    expect(document.projections?.map(({ label }) => label)).toEqual([
      'excitation to receiver',
      'inhibition to receiver',
    ]);
  });
});

describe('documents that have been changed say what they say', () => {
  it('a number of a component', async () => {
    const { text } = await asLems('izhikevich');
    const { document, codes } = await asPynn(text.replaceAll('a="20per_s"', 'a="30per_s"'));
    expect(document.populations?.[0]?.cell).toMatchObject({ type: 'Izhikevich', params: { a: 0.03 } });
    expect(codes).toContain('pynn/origin');
  });

  it('a connection that its rule does not draw', async () => {
    const { text } = await asLems('connector-fixed-probability');
    const [first = ''] = /<connectionWD id="0".*\/>\s*/.exec(text) ?? [];
    const { document, codes } = await asPynn(text.replace(first, ''));
    expect(document.projections?.[0]?.connector.type).toBe('FromListConnector');
    expect(codes).toContain('pynn/listed');
  });

  it('equations of a type', async () => {
    const { text } = await asLems('izhikevich');
    const { document, codes } = await asPynn(text.replace('value="a * (b * v - u)"', 'value="2 * a * (b * v - u)"'));
    expect(document.populations?.[1]?.cell.type).not.toBe('Izhikevich');
    expect(codes).toContain('pynn/changed');
  });

  it.each([
    ['', '{"cell":"constructor"}'],
    ['', '{"cell":"Izhikevich","positions":{"structure":7},"values":{"a":{"generator":1}}}'],
    ['', 'null'],
    ['', '{"cell":'],
    [
      'projection excitation_to_receiver',
      '{"synapse":{"type":"STDPMechanism","weights":"voltage","timing":"toString"}}',
    ],
    ['projection excitation_to_receiver', '{"synapse":{"weights":"__proto__"},"receptor":"w","from":{"of":3}}'],
  ])('properties that are not ours: %s %s', async (part, value) => {
    const { text } = await asLems('izhikevich');
    const tag = `pynn ${part || 'population driven'}`;
    const changed = text
      .split('\n')
      .map((line) =>
        line.includes(`tag="${tag}"`) ? `<property tag="${tag}" value="${value.replaceAll('"', '&quot;')}"/>` : line,
      )
      .join('\n');
    expect(changed).not.toBe(text);
    const { back } = await asPynn(changed);
    expect(Object.keys(back.valid.model.populations)).toContain('driven');
  });
});
