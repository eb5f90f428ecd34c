/** Orders within a step that decide nothing, since no part of a model reads in a step what another one writes in it. */

import { parseStatements } from '../../lang/parse.js';
import { namesIn } from '../../lang/walk.js';
import { mapped } from '../../model/collections.js';
import { defaultPathwayOrder } from '../../model/hashed-form.js';
import type { Model, Pathway, SynapseType } from '../../model/model.js';

/**
 * The model with the orders that objects have unless told otherwise; itself where its parts may meet within a step.
 * Synapses that only add to different sums, or to one, do so in any order, up to rounding.
 */
export function withoutIdleOrders(model: Model): Model {
  const { populations, operations, neurons, synapses } = model;
  const isApart =
    Object.keys(operations).length === 0 &&
    Object.values(populations).every(({ linked = {} }) => Object.keys(linked).length === 0) &&
    Object.values(neurons).every(({ events: { spike } }) => (spike?.slot ?? spike?.actionSlot) === undefined) &&
    Object.values(synapses).every(onlyAdds);
  if (!isApart) return model;
  return {
    ...model,
    populations: mapped(populations, (population) => ({ ...population, order: 0 })),
    projections: mapped(model.projections, (projection) => ({ ...projection, order: 0 })),
    synapses: mapped(synapses, (type) => ({
      ...type,
      pathways: mapped(type.pathways, (pathway) => ({ ...pathway, order: defaultPathwayOrder(pathway.on) })),
    })),
  };
}

/** Whether all that synapses do is to add, when spikes arrive, what no event and no step changes. */
function onlyAdds({ derivatives, derived, state, events = {}, contributes, summed, pathways }: SynapseType): boolean {
  return (
    [derivatives, derived, state, events, contributes, summed].every((part) => Object.keys(part).length === 0) &&
    Object.values(pathways).every(addsOnly)
  );
}

const addsOnly = ({ on, slot, do: texts }: Pathway): boolean =>
  on === 'pre.spike' &&
  slot === undefined &&
  texts
    .flatMap((text) => parseStatements(text))
    .every(
      (one) =>
        one.kind === 'assignment' &&
        one.target.startsWith('post.') &&
        one.operator === '+=' &&
        ![...namesIn(one.value)].some((read) => /^(?:pre|post)\./.test(read)),
    );
