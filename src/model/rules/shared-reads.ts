import { ownToEach } from '../normalise/names.js';
import { messages } from '../messages.js';
import { child } from '../pointer.js';
import type { Rule } from './rule.js';
import { equationSets, namesOf } from './types.js';

/** A derived variable with one value for all elements reads only shared values. */
export const sharedReads: Rule = (model, context) => {
  for (const { set, pointer } of equationSets(model)) {
    const isShared = (name: string): boolean =>
      (set.parameters[name] ?? set.state[name] ?? set.derived[name])?.shared ?? !ownToEach.has(name);
    for (const [name, variable] of Object.entries(set.derived)) {
      if (!variable.shared) continue;
      const own = [...namesOf(variable.value)].find((other) => !isShared(other) || other.includes('.'));
      if (own !== undefined) context.report(messages.sharedReadsOwn(name, own), child(`${pointer}/derived`, name));
    }
  }
};
