/** Models written as NeuroML and read again. */

import { expect } from 'vitest';
import { convertModel } from '../../../../src/convert/convert.js';
import { importModel, type ImportedModel } from '../../../../src/pipeline/pipeline.js';
import { simulateModel } from '../../../support/simulate.js';
import '../../../../translators/neuroml/road.js';

/** Returns a model, and its NeuroML form read again, with the report. */
export async function written(model: ImportedModel) {
  const { files, report } = await convertModel(model.valid, 'neuroml');
  const text = files[0]!.text;
  return { report, text, again: importModel({ name: 'written.xml', text }) };
}

/** Samples of each variable of each recording. */
async function samplesOf({ valid }: ImportedModel): Promise<readonly (readonly number[])[]> {
  const { samples } = await simulateModel(valid, { engines: [{ target: 'wasm', threads: 1 }] });
  return [...samples].flatMap(([name, rows]) => (name.includes('/') ? [rows.flat()] : []));
}

/** The second model has the samples of the first, to a hundred thousandth of their size. */
export async function expectSameSamples(model: ImportedModel, again: ImportedModel): Promise<void> {
  const [before, after] = [await samplesOf(model), await samplesOf(again)];
  expect(after.map((one) => one.length)).toEqual(before.map((one) => one.length));
  before.forEach((values, k) => {
    const scale = Math.max(...values.map(Math.abs));
    const apart = Math.max(...values.map((value, at) => Math.abs(value - after[k]![at]!)));
    expect(scale).toBeGreaterThan(0);
    expect(apart / scale).toBeLessThan(1e-5);
  });
}
