/** Models of neurons in NESTML as canonical types. */

import { countWeights, type NeuronOfNestml, typeOf } from './canonical-type.js';
import { checkModel } from './checks.js';
import { Draft } from './draft.js';
import { checkIntegration, declarePort, readEquations } from './equations.js';
import { readConditions, readReceivers } from './events.js';
import type { NestmlModel } from './syntax.js';
import type { Report } from './text.js';
import { readUpdate } from './update.js';
import { withoutVectors } from './vectors.js';

/** Receptors by name, as types of PyNN have them: the port, and the kind of weights. */
export type Receptors = Readonly<Record<string, { readonly variable: string; readonly kind: string }>>;

/**
 * Returns the type of a model.
 *
 * @param receptors  their ports count weights in pA or nS, those of inhibitory currents negative, as PyNN has them;
 *   other ports count numbers
 * @throws Unreadable after a finding
 */
export function neuronOf(model: NestmlModel, report: Report, receptors: Receptors = {}): NeuronOfNestml {
  const draft = new Draft(withoutVectors(model, report), report);
  for (const port of draft.model.ports) declarePort(draft, port);
  readEquations(draft);
  checkModel(draft.model, draft.translator.report);
  readUpdate(draft);
  readReceivers(draft);
  readConditions(draft);
  for (const { variable, kind } of Object.values(receptors)) countWeights(draft, variable, kind);
  checkIntegration(draft);
  return typeOf(draft);
}
