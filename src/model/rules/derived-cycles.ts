import { messages } from '../messages.js';
import { child } from '../pointer.js';
import { findCycle } from '../../lang/graph.js';
import type { Rule } from './rule.js';
import { equationSets, namesOf } from './types.js';
import { timingProperties } from '../timing-properties.js';

/**
 * Derived variables do not read each other in a circle, unless they are computed in a stated order, from values of the
 * step before.
 */
export const derivedCycles: Rule = (model, context) => {
  for (const { set, pointer } of equationSets(model)) {
    if (timingProperties[model.timing].readsStaleVariables && set.sequence) continue;
    const reads = (name: string): string[] => {
      const variable = set.derived[name];
      return variable ? [...namesOf(variable.value)].filter((other) => Object.hasOwn(set.derived, other)) : [];
    };
    const cycle = findCycle(Object.keys(set.derived), reads);
    if (cycle) context.report(messages.derivedCycle(cycle), child(`${pointer}/derived`, cycle[0] ?? ''));
  }
};
