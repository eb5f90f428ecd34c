import { messages } from '../messages.js';
import { child } from '../pointer.js';
import type { Rule } from './rule.js';
import { equationSets } from './types.js';

/** Only synapses are advanced when an event reaches them. */
export const eventDriven: Rule = (model, context) => {
  for (const { set, pointer, kind } of equationSets(model)) {
    if (kind === 'synapse') continue;
    for (const [name, derivative] of Object.entries(set.derivatives)) {
      if (derivative.eventDriven)
        context.report(messages.eventDrivenNeuron(name), `${child(`${pointer}/derivatives`, name)}/eventDriven`);
    }
  }
};
