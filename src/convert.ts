/** From the canonical model to another notation. */

import type { Diagnostic } from './diagnostics/diagnostic.js';
import { jsonText } from './json-text.js';
import type { DataStore, ValidModel } from './model/model.js';

/** A model in another notation, and what it could not say of it. */
export interface ConvertedModel {
  readonly text: string;
  /** Large arrays that the text refers to by digest. */
  readonly data: DataStore;
  /** What could not be said, each with its place in the canonical model; empty when all was. */
  readonly report: readonly Diagnostic[];
}

/** Notations that a model can be written in. */
export type TargetNotation = 'canonical';

const exporters: Readonly<Record<TargetNotation, (valid: ValidModel) => Promise<ConvertedModel>>> = {
  canonical: async ({ model, data }) => ({ text: jsonText(model), data, report: [] }),
};

/** The model in a notation. */
export async function convertModel(valid: ValidModel, to: TargetNotation): Promise<ConvertedModel> {
  return exporters[to](valid);
}
