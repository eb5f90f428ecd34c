/** Name and authors of a model, in every notation and from there in every other one. */

import { expect, it } from 'vitest';
import { convertModel } from '../../src/convert/convert.js';
import { importModel, type ImportedModel } from '../../src/pipeline/pipeline.js';
import '../../translators/brian/road.js';
import '../../translators/neuroml/road.js';
import '../../translators/pynn/road.js';

const notations = ['canonical', 'brian-json', 'pynn-json', 'lems'] as const;

const metadata = {
  title: 'Cells & "more"',
  description: 'First line.\nSecond line, 5 < 6.',
  authors: [{ name: 'A. Author', orcid: '0000-0002-1825-0097' }, { name: 'B. Other' }],
  licence: 'CC-BY-4.0',
  doi: '10.1000/xyz',
  species: 'Mus musculus',
  region: 'primary visual cortex',
  terms: ['http://purl.obolibrary.org/obo/NCBITaxon_10090'],
};

const document = (timing: string): string =>
  JSON.stringify({
    interneuron: 1,
    name: 'A model',
    metadata,
    neurons: {
      cell: {
        parameters: { tau: '10 ms' },
        state: { v: '0 mV' },
        derivatives: { v: '(12*mV - v)/tau' },
        events: { spike: { when: 'v > 10*mV', do: 'v = 0*mV' } },
      },
    },
    populations: { cells: { type: 'cell', size: 2 } },
    timing,
    experiment: { dt: '0.1 ms', protocol: [{ run: '5 ms' }] },
  });

async function inNotation({ valid }: ImportedModel, to: (typeof notations)[number]): Promise<ImportedModel> {
  const { files } = await convertModel(valid, to);
  return importModel({ name: to === 'lems' ? 'model.xml' : 'model.json', text: files[0]?.text ?? '' });
}

const described = ({ valid: { model } }: ImportedModel): object => ({ name: model.name, metadata: model.metadata });

it.each(['brian', 'grid', 'lems-euler'])('%s: all ordered pairs keep name and metadata', async (timing) => {
  const original = importModel({ name: 'model.json', text: document(timing) });
  for (const from of notations) {
    const first = await inNotation(original, from);
    expect(described(first), from).toEqual({ name: 'A model', metadata });
    for (const to of notations)
      expect(described(await inNotation(first, to)), `${from} to ${to}`).toEqual({ name: 'A model', metadata });
  }
});

it.each([
  ['of the network', '<notes>Of the file.</notes>', '<notes>\n  Five &lt; six cells.\n</notes>', 'Five < six cells.'],
  ['of the document, where the network has none', '<notes>Of the file.</notes>', '', 'Of the file.'],
  ['that are empty', '<notes/>', '', undefined],
])('notes %s describe the model in every other notation, and stay in place', async (_, own, inner, expected) => {
  const text = `<neuroml xmlns="http://www.neuroml.org/schema/neuroml2" id="doc">${own}
    <iafCell id="iaf" leakReversal="-60mV" thresh="-55mV" reset="-70mV" C="0.2nF" leakConductance="0.01uS">
      <notes>Of the cell.</notes></iafCell>
    <network id="net">${inner}<population id="pop" component="iaf" size="2"/></network></neuroml>`;
  const model = importModel({ name: 'notes.nml', text });
  for (const to of notations) expect((await inNotation(model, to)).valid.model.metadata.description, to).toBe(expected);
  const { files } = await convertModel(model.valid, 'lems');
  expect(files[0]?.text.match(/<notes>/g) ?? []).toHaveLength(expected === undefined ? 1 : inner === '' ? 2 : 3);
});
