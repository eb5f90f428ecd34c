/** Delays of the model's own plastic synapses as NEST has them: after the synapse. */

import type { Statement } from '../../lang/ast.js';
import { assignment, name } from '../../lang/build.js';
import { mapped } from '../../model/collections.js';
import { populationsOf } from '../../model/selected.js';
import type { Model, Pathway, Projection, StateVariable, SynapseType } from '../../model/typed.js';
import { wholeDelay } from '../../model/steps.js';
import { writtenSelection } from '../../model/typed-model.js';
import { declaredName } from '../declared-types.js';

/**
 * Moves the delay of each plastic synapse that has a single one from before the synapse to after it. A presynaptic
 * spike then meets the synapse at once, a postsynaptic spike after the delay, and the sent value arrives after the
 * delay.
 */
export function withDendriticDelays(model: Model): Model {
  const { synapses, projections, experiment, timing } = model;
  const changed = Object.entries(projections).flatMap(([name, projection]) => {
    const type = synapses[projection.synapse];
    const onSpikes = (end: string) =>
      Object.entries(type?.pathways ?? {}).filter(([, { on }]) => on.end === end && on.event === 'spike');
    const [[key, pre] = [], ...others] = onSpikes('pre');
    const [[post] = []] = onSpikes('post');
    if (type === undefined || declaredName(type) !== '' || key === undefined || others.length > 0) return [];
    const before = projection.delays[key] ?? pre?.delay;
    if (post === undefined || typeof before !== 'number' || (projection.delays[post] ?? 0) !== 0) return [];
    const delay = Math.max(experiment.dt, wholeDelay(before, experiment.dt, timing));
    const id = `${name}_in_nest`;
    const delays = { [key]: 0, [post]: delay, arrival: delay };
    return [
      {
        name,
        id,
        type: sendingLater(model, projection, type, key),
        projection: { ...projection, synapse: id, delays },
      },
    ];
  });
  if (changed.length === 0) return model;
  return {
    ...model,
    synapses: { ...synapses, ...Object.fromEntries(changed.map(({ id, type }) => [id, type])) },
    projections: { ...projections, ...Object.fromEntries(changed.map((one) => [one.name, one.projection])) },
  };
}

/** Returns a type whose pathway from spikes of the source keeps what it sends for another pathway with the delay. */
function sendingLater(model: Model, { to }: Projection, type: SynapseType, pre: string): SynapseType {
  const whole = type.pathways[pre]?.do ?? [];
  const isOwn = (statement: Statement): boolean =>
    statement.kind === 'assignment' && Object.hasOwn(type.state, statement.target);
  const kept = whole.map((one, k) => (isOwn(one) ? one : assignment(`sent_${k}`, '=', one.value)));
  const arriving = whole.flatMap((one, k) =>
    isOwn(one) || one.kind === 'send' ? [] : [{ ...one, value: name(`sent_${k}`) }],
  );
  const [target = ''] = populationsOf(writtenSelection(to.of));
  const state = (unit = '1'): StateVariable => ({ unit, type: 'real', initial: 0, shared: false });
  const sent = whole.map((one): StateVariable | undefined => {
    if (isOwn(one) || one.kind === 'send') return undefined;
    const { neurons, populations } = model;
    const variable = neurons[populations[target]?.type ?? '']?.state[one.to.variable];
    return state((type.ports[one.target] ?? variable)?.unit);
  });
  const late = { slot: 'after_resets' } as const;
  return {
    ...type,
    state: {
      ...type.state,
      ...Object.fromEntries(sent.flatMap((one, k) => (one === undefined ? [] : [[`sent_${k}`, one]]))),
    },
    pathways: {
      // At once, the synapse meets the spike of the target first.
      ...mapped(type.pathways, (pathway, key) => ({
        ...pathway,
        ...late,
        ...(key === pre ? { do: kept } : { order: -2 }),
      })),
      arrival: { ...(type.pathways[pre] as Pathway), do: arriving },
    },
  };
}
