/** Values of the canonical model as PyNN has them: numbers in PyNN's units. */

import { expect, test } from 'vitest';
import { convertModel } from '../../../src/convert/convert.js';
import { importModel, runModel } from '../../../src/pipeline/pipeline.js';
import { foldConstants } from '../../../src/lang/fold.js';
import { parseExpression } from '../../../src/lang/parse.js';
import { formula, type Value } from '../../../src/model/typed.js';
import { pynnValue } from '../../../translators/pynn/export/values.js';
import '../../../translators/brian/road.js';
import '../../../translators/pynn/road.js';

const value = (text: string, names: readonly string[] = []): Value =>
  formula(foldConstants(parseExpression(text), undefined, (name) => names.includes(name)));

test.each([
  ['8e-10*A + i*0.05*(1e-9*A)', 'nA', '0.8 + i*0.05'],
  ['8e-10 + 5e-11*i', 'nA', '0.8 + 0.05*i'],
  ['-(0.07*V) + 2*i*(0.001*V)', 'mV', '-70.0 + 2*i'],
  ['i*(0.001*V) - 0.06*V if i < 3 else 0*V', 'mV', 'i - 60.0 if i < 3 else 0.0'],
  ['(0.02*s + 0.001*s*i)/2', 'ms', '(20.0 + i)/2'],
  ['exp(-i)', 'mV', '(exp(-i))*1000'],
])('%s in %s is %s', (text, unit, expr) => {
  const generators = { numpy: () => 'none', known: [] } as never;
  expect(pynnValue(value(text, ['i']), unit, {} as never, generators)).toEqual({ expr, of: 'i' });
});

test.each([
  ['max(0*A, normal(2e-10*A, 1e-10*A))', 0, 'inf'],
  ['min(normal(2e-10*A, 1e-10*A), 5e-10*A)', '-inf', 0.5],
  ['clip(normal(2e-10*A, 1e-10*A), 0*A, inf*(1e-9*A))', 0, 'inf'],
])('%s is clipped', (text, low, high) => {
  const generators = { numpy: () => 'none', known: [] } as never;
  const params = { mu: 0.2, sigma: 0.1, low, high };
  expect(pynnValue(value(text), 'nA', {} as never, generators)).toEqual({
    random: 'normal_clipped_to_boundary',
    params,
  });
});

// PyNN's scripts give `high=np.inf` for weights with a sign.
test.each([
  ['a NumpyRNG', { rng: 'r' }],
  ['no generator', {}],
])('infinite limits, with %s, survive and have no effect', async (_, rng) => {
  const weight = { random: 'normal_clipped', params: { mu: 0.1, sigma: 0.2, low: 0, high: 'inf' }, ...rng };
  const document = {
    ...{ format: 'interneuron/pynn', version: 1, rngs: { r: { type: 'NumpyRNG', seed: 1 } } },
    populations: [{ label: 'a', size: 9, cell: { type: 'IF_curr_exp', params: { i_offset: 1 } } }],
    projections: [
      {
        ...{ label: 'p', pre: 'a', post: 'a', receptor_type: 'excitatory' },
        ...{
          connector: { type: 'AllToAllConnector' },
          synapse: { type: 'StaticSynapse', params: { delay: 1, weight } },
        },
      },
    ],
    phases: [{ run: 30 }],
  };
  const imported = importModel({ name: 'a.json', text: JSON.stringify(document) });
  const { files } = await convertModel(imported.valid, 'pynn-json');
  expect(JSON.parse(files[0]?.text ?? '')).toMatchObject({ projections: [{ synapse: { params: { weight } } }] });
  const script = await convertModel(imported.valid, 'pynn');
  expect(script.files[0]?.text).toContain('high=float("inf")');
  expect((await convertModel(imported.valid, 'brian-json')).outcome).not.toBe('incomplete');
  const result = await runModel(imported, { target: 'wasm' });
  expect(result.kind).toBe('run');
});

test('only limits may be infinite', () => {
  const params = { tau_m: { random: 'normal', params: { mu: 'inf', sigma: 1 } } };
  const text = JSON.stringify({
    ...{ format: 'interneuron/pynn', version: 1 },
    populations: [{ label: 'a', size: 1, cell: { type: 'IF_curr_exp', params } }],
    phases: [{ run: 1 }],
  });
  expect(() => importModel({ name: 'a.json', text })).toThrow('pynn/out-of-range');
});

// The nearest microsiemens to the number in siemens that this one is read as is another one.
test('numbers are written so that they read as the same in SI', async () => {
  const list = [
    [1, 0, 1.5378445548868387, 0.5],
    [0, 1, 0.1, 1.0999999999999999],
  ];
  const text = JSON.stringify({
    ...{ format: 'interneuron/pynn', version: 1 },
    populations: [{ label: 'a', size: 2, cell: { type: 'IF_cond_exp' } }],
    projections: [
      {
        ...{ label: 'p', pre: 'a', post: 'a', synapse: { type: 'StaticSynapse' } },
        connector: { type: 'FromListConnector', params: { conn_list: list } },
      },
    ],
    phases: [{ run: 1 }],
  });
  const imported = importModel({ name: 'a.json', text });
  const { files } = await convertModel(imported.valid, 'pynn-json');
  const again = importModel({ name: 'b.json', text: files[0]?.text ?? '' });
  expect(again.hashes.model).toBe(imported.hashes.model);
});
