import { messages } from '../messages.js';
import { child } from '../pointer.js';
import type { Rule } from './rule.js';

/** Populations, projections and stimuli are referred to only by name, so no two of them share one. */
export const uniqueNames: Rule = (model, context) => {
  const seen = new Map<string, string>();
  for (const [what, key] of [
    ['population', 'populations'],
    ['projection', 'projections'],
    ['stimulus', 'stimuli'],
  ] as const) {
    for (const id of Object.keys(model[key])) {
      const before = seen.get(id);
      if (before !== undefined) context.report(messages.sharedName(id, before, what), child(`/${key}`, id));
      else seen.set(id, what);
    }
  }
};
