/**
 * Some inputs of each notation, as `npm run fuzz` feeds them: none may end in an internal error, take five seconds, or
 * a gigabyte.
 */

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { importModel, validateModel } from '../../src/pipeline/pipeline.js';
import { decodeSource } from '../../src/pipeline/read/read-source.js';
import { askedEffort } from '../support/effort.js';
import { inputsOf, notations } from './inputs.js';
import { brianModel } from './models/brian.js';
import { neuromlModel } from './models/neuroml.js';
import { pynnModel } from './models/pynn.js';
import { randomOf } from './random.js';
import { campaign, removeWorker } from './supervise.js';

const all = {
  ...{
    brian: 400,
    canonical: 400,
    pynn: 500,
    neuroml: 150,
    nmodl: 400,
    nestml: 200,
    swc: 200,
    expression: 5000,
    command: 400,
  },
  ...{ calls: 400, results: 200, nir: 150, bundles: 120, sonata: 100 },
  ...{ 'brian-models': 50, 'pynn-models': 50, 'neuroml-models': 50 },
} as const;
/**
 * How many of so many: quick tests try every so many-th, usual tests an eighth, since the nightly run takes an hour of
 * them.
 */
const share = (count: number, every: number): number =>
  Math.ceil(count / { quick: every, usual: 8, thorough: 1 }[askedEffort]);
const inputs = (notation: keyof typeof all): number => share(all[notation], 10);

afterAll(removeWorker);

describe.each(notations)('%s', (notation) => {
  it('breaks no stage, whatever is changed in it', async () => {
    const { accepted, refused, broken } = await campaign(notation, 1, 0, inputs(notation));
    expect(broken.map(({ ordinal, why }) => `${ordinal}: ${why}`)).toEqual([]);
    expect(accepted + refused).toBe(inputs(notation));
    // Inputs that are all refused at the door would show little.
    expect(accepted).toBeGreaterThan(inputs(notation) / 50);
  });
});

it.each([
  // An unknown unit, and a length of 1.2 GB.
  ['results', 46, 498],
  ['nir', 46, 75],
] as const)('%s: input of seed %i, %i, no longer breaks anything', async (notation, seed, ordinal) => {
  expect((await campaign(notation, seed, ordinal, 1)).broken).toEqual([]);
});

/** Valid small models that are run in all notations: one in five to ten inputs is one, and all that are made up. */
const differential = {
  ...{ brian: 80, canonical: 70, pynn: 30, neuroml: 40 },
  ...{ 'brian-models': 60, 'pynn-models': 18, 'neuroml-models': 24 },
} as const;

describe.each(Object.entries(differential))('%s, in all notations', (notation, whole) => {
  it('is the same model, or the report states the differences', async () => {
    const [name, count] = [notation as keyof typeof differential, share(whole, 6)];
    const { accepted, broken } = await campaign(name, 2, 0, count, 'differential');
    expect(broken.map(({ ordinal, why }) => `${ordinal}: ${why}`)).toEqual([]);
    expect(accepted).toBeGreaterThan(count / 50);
  });
});

describe.each(Object.entries({ brian: brianModel, pynn: pynnModel, neuroml: neuromlModel }))(
  'a made-up model of %s',
  (_, model) => {
    it('is valid', () => {
      for (let k = 0; k < share(200, 5); k++)
        expect(() => importModel({ name: 'model', text: model(randomOf(k)) })).not.toThrow();
    });
  },
);

describe('a seed', () => {
  const folder = fileURLToPath(new URL('seeds/', import.meta.url));
  const seeds = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => name.includes('.'));

  it.each(seeds)('%s is a model or a part of one', async (name) => {
    const read = decodeSource(join(folder, name), readFileSync(join(folder, name)));
    const { diagnostics } = await validateModel(read);
    expect(diagnostics.filter(({ code }) => /^(?:draw|lower)\//.test(code)).map(({ code }) => code)).toEqual([]);
  });
});

describe('an input', () => {
  it('follows only from seed and ordinal', () => {
    for (const notation of notations)
      expect(Buffer.from(inputsOf(notation, 3)(17))).toEqual(Buffer.from(inputsOf(notation, 3)(17)));
  });
});
