/** Models in their author's words, as a document for PyNN kept them from Brian. */

import { exportPynn } from '../../../translators/pynn/export.js';
import type { PynnSpecification } from '../../../translators/pynn/specification.js';
import type { ConversionEntry } from '../../model/conversion-report.js';
import type { ValidModel } from '../../model/model.js';
import { importModel } from '../pipeline.js';
import { keptOfBrian } from './of-brian.js';
import { keptIn, returned } from './returned.js';

/** Longer documents are not read again to find what they say otherwise. */
const mostCharacters = 3_000_000;

const read = (text: string): ValidModel => importModel({ name: 'model.json', text }).valid;

/** A document for PyNN with the words of a model from Brian, where it has others. */
export function withBrianWords(document: PynnSpecification, valid: ValidModel): PynnSpecification {
  if (valid.model.timing !== 'brian') return document;
  const text = JSON.stringify(document);
  if (text.length > mostCharacters) return document;
  const kept = keptOfBrian(valid, read(text).model);
  return kept === undefined ? document : { ...document, annotations: { ...document.annotations, brian: { kept } } };
}

/**
 * The model by the words that its annotation keeps; undefined where there are none.
 *
 * @param inBrian  the text of a model as it is written for Brian
 */
export async function inBrianWords(
  valid: ValidModel,
  inBrian: (valid: ValidModel) => Promise<string>,
): Promise<{ readonly valid?: ValidModel; readonly entries: readonly ConversionEntry[] } | undefined> {
  const kept = keptIn(valid.model, 'brian');
  if (kept === undefined) return undefined;
  const { brian: _, ...annotations } = valid.model.annotations;
  const bare: ValidModel = { ...valid, model: { ...valid.model, annotations } };
  const plain = read(await inBrian(bare));
  const { pynn: __, ...others } = plain.model.annotations;
  // Other equations may take shorter steps than the author's.
  const { dt } = bare.model.experiment;
  const ours = {
    ...plain,
    model: { ...plain.model, annotations: others, experiment: { ...plain.model.experiment, dt } },
  };
  const { valid: back, entries } = await returned(ours, bare, kept, {
    to: 'brian',
    forth: async (what) => Promise.resolve(read(JSON.stringify(exportPynn(what).document))),
    checked: ({ model, data }) => importModel({ name: 'model.json', text: JSON.stringify(model) }, { data }).valid,
  });
  return back === undefined ? { entries } : { valid: back, entries };
}
