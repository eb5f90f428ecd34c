import { messages } from '../messages.js';
import { child } from '../pointer.js';
import { taggedSelection } from '../tagged.js';
import { findCycle } from '../../lang/graph.js';
import type { Rule } from './rule.js';

/** Projections that end at the synapses of others do not do so in a circle. */
export const endCycles: Rule = ({ projections }, context) => {
  const ends = (name: string): string[] => {
    const projection = projections[name];
    return [projection?.from, projection?.to].flatMap((end) => {
      const rule = end && taggedSelection(end.of);
      return rule?.kind === 'synapses' ? [rule.projection] : [];
    });
  };
  const cycle = findCycle(Object.keys(projections), ends);
  const [first = ''] = cycle ?? [];
  if (cycle) context.report(messages.endCycle(cycle), child('/projections', first));
};
