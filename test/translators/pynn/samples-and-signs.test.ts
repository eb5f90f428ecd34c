/** What PyNN's documents say of cells that are drawn, and of weights whose sign chooses the receptor. */

import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { decodeSource } from '../../../src/run/read/read-source.js';
import { convertModel } from '../../../src/run/convert.js';
import { importModel, type ImportedModel } from '../../../src/run/pipeline.js';
import type { PynnSpecification } from '../../../translators/pynn/specification.generated.js';
import { documentOf } from './support.js';

const imported = (parts: Readonly<Record<string, unknown>>): ImportedModel =>
  importModel({ name: 'a.json', text: documentOf({ phases: [{ run: 1 }], ...parts }) });

const written = async (model: ImportedModel, freeze = false): Promise<PynnSpecification> => {
  const { files } = await convertModel(model.valid, 'pynn-json', { freeze });
  return JSON.parse(files[0]?.text ?? '') as PynnSpecification;
};

const projection = (parts: Readonly<Record<string, unknown>>) => ({
  ...{ label: 'p', pre: 'a', post: 'a', connector: { type: 'AllToAllConnector' } },
  ...parts,
});

// The sample takes numbers from the generator before the connector does.
const sampled = {
  rngs: { r: { type: 'NumpyRNG', seed: 1 } },
  populations: [{ label: 'a', size: 5, cell: { type: 'IF_curr_exp' } }],
  views: [{ label: 'some', of: 'a', select: { sample: 2, rng: 'r' } }],
  projections: [
    projection({
      connector: { type: 'FixedNumberPreConnector', params: { n: 2 }, rng: 'r' },
      synapse: { type: 'StaticSynapse', params: { weight: 0.1, delay: 1 } },
    }),
  ],
};

test('samples that nothing uses are kept, and so is what is drawn after them', async () => {
  const model = imported(sampled);
  const document = await written(model);
  expect(document.views).toEqual(sampled.views);
  expect(importModel({ name: 'b.json', text: JSON.stringify(document) }).hashes.model).toBe(model.hashes.model);
});

test('samples of a view that nothing uses are of that view', async () => {
  const views = [
    { label: 'odd', of: 'a', select: { slice: [1, 5, 2] } },
    { label: 'picked', of: 'odd', select: { sample: 1, rng: 'n' } },
  ];
  const model = imported({ rngs: { n: { type: 'NativeRNG' } }, populations: sampled.populations, views });
  const document = await written(model);
  expect(document.views).toEqual([
    { label: 'odd', of: 'a', select: { indices: [1, 3] } },
    { label: 'picked', of: 'odd', select: { sample: 1 } },
  ]);
  expect(importModel({ name: 'b.json', text: JSON.stringify(document) }).hashes.model).toBe(model.hashes.model);
});

test('samples that the target draws are kept', async () => {
  const name = 'fixtures/pynn/selections-drawn-on-the-target.json';
  const model = importModel(decodeSource(name, readFileSync(name)));
  const text = JSON.stringify(await written(model));
  expect(importModel({ name: 'b.json', text }).hashes.model).toBe(model.hashes.model);
});

test('a frozen document draws no sample', async () => {
  const document = await written(imported(sampled), true);
  expect(document).not.toHaveProperty('rngs');
  expect(document).not.toHaveProperty('views');
});

// Cells that jump have one variable for both receptors: PyNN refuses weights of the wrong sign.
test.each([
  [{ random: 'uniform', params: { low: -3, high: -1 } }],
  [{ random: 'normal', params: { mu: -3, sigma: 0.1 } }],
  [{ random: 'normal_clipped', params: { mu: -3, sigma: 1, low: -5, high: -1 } }],
  [{ random: 'normal_clipped_to_boundary', params: { mu: -3, sigma: 1, low: -5, high: 0 } }],
])('weights %j are those of the inhibitory receptor', async (weight) => {
  for (const rng of [{}, { rng: 'r' }]) {
    const model = imported({
      rngs: { r: { type: 'NumpyRNG', seed: 1 } },
      populations: [{ label: 'a', size: 5, cell: { type: 'IF_curr_delta' } }],
      projections: [
        projection({
          receptor_type: 'inhibitory',
          synapse: { type: 'StaticSynapse', params: { weight: { ...weight, ...rng }, delay: 1 } },
        }),
      ],
    });
    expect((await written(model)).projections?.[0]?.receptor_type).toBe('inhibitory');
  }
});
