/** Rewritings of a model for LEMS, in order. */

import { atBeginOfStep } from '../../../src/model/end-of-step.js';
import type { Rewriting } from '../../../src/model/rewriting/rewriting.js';
import { withSections } from './cells/cables.js';
import { hasCompartments, type RewritingContext } from './context.js';
import { withNamesApart } from './named-cell.js';
import { asOneRun } from './phases.js';
import { withDelaysBefore } from './synapses/delays.js';
import { withPresynapticEffects } from './synapses/presynaptic-effects.js';

/** Returns the function of a pass that rewrites a model without changing its arrays. */
const rewriting =
  (rewrite: (context: RewritingContext) => RewritingContext['model']): Rewriting<RewritingContext>['apply'] =>
  ({ model, data }, context) => ({ valid: { model: rewrite({ ...context, model, data }), data } });

/** The passes between drawn connections and the document. */
export const lemsPasses: readonly Rewriting<RewritingContext>[] = [
  {
    name: 'begin-of-step',
    why: 'simulators of cells with compartments read the time at the end of a step, as the reader of NeuroML does',
    apply: rewriting(({ model }) => (hasCompartments(model) ? atBeginOfStep(model) : model)),
  },
  {
    name: 'one-run',
    why: 'LEMS simulates once, from time 0: changes between runs take place at their times',
    apply: rewriting(asOneRun),
  },
  {
    name: 'delays-before',
    why: 'a connection of LEMS has one delay, before the synapse',
    apply: rewriting(withDelaysBefore),
  },
  {
    name: 'presynaptic-effects',
    why: 'a synapse of LEMS acts only on its target: contributions to sources are synapses of the other direction',
    apply: rewriting(withPresynapticEffects),
  },
  {
    name: 'names-apart',
    why: 'types whose populations need different cells of NeuroML become a type for each cell',
    apply: rewriting(withNamesApart),
  },
  {
    name: 'sections',
    why: "a cell of NeuroML has segments and channels, where Brian's has equations for all its compartments",
    apply: ({ model, data }, context) => {
      const made = withSections({ ...context, model, data });
      return { valid: { model: made.model, data }, became: made.became };
    },
  },
];
