import { messages } from '../messages.js';
import { child } from '../pointer.js';
import type { Rule } from './rule.js';

/** Poisson inputs draw from each source one spike a step at most. */
export const poissonRates: Rule = (model, context) => {
  const { dt } = model.experiment;
  for (const [name, stimulus] of Object.entries(model.stimuli)) {
    if (stimulus.kind !== 'poisson' || !(stimulus.rate * dt > 1)) continue;
    context.report(messages.rateBeyondStep(stimulus.rate, dt), `${child('/stimuli', name)}/rate`);
  }
};
