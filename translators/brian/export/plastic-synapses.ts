/** PyNN's plastic synapses in equations that Brian's users write. */

import { itemAt } from '../../../src/diagnostics/entry.js';
import { declaredName } from '../../../src/library/declared-types.js';
import { mapped, without } from '../../../src/model/collections.js';
import { freeName } from '../../../src/model/free-name.js';
import type { Model, Projection, SynapseType } from '../../../src/model/model.js';
import { populationOf } from '../../../src/model/selected.js';
import { isPhase } from '../../../src/model/tagged.js';

/** Returns a model in which PyNN's plastic synapses have neither times of earlier spikes nor closed forms. */
export function withPlasticEquations(model: Model): Model {
  const synapses: Record<string, SynapseType> = { ...model.synapses };
  const made = new Map<string, string>();
  const rewritten = (given: Projection, name: string): Projection => {
    const type = synapses[given.synapse];
    const projection = withTimeConstant(given, model);
    if (!type || isPhased(name, model)) return given;
    const [next, changed = projection] = resources(type, projection) ?? traces(type, projection) ?? [];
    if (!next) return given;
    const text = JSON.stringify(next);
    const id = made.get(text) ?? freeName(given.synapse, (one) => one in synapses);
    made.set(text, id);
    synapses[id] = next;
    return { ...changed, synapse: id };
  };
  const projections = mapped(model.projections, rewritten);
  const used = new Set(Object.values(projections).map(({ synapse }) => synapse));
  const unused = Object.keys(synapses).filter((id) => !used.has(id));
  return { ...model, synapses: without(synapses, new Set(unused)), projections };
}

type Rewritten = readonly [type: SynapseType, projection: Projection];

/** Checks whether phases change delays of a projection. */
const isPhased = (name: string, { experiment }: Model): boolean =>
  experiment.protocol.some(
    (phase) => isPhase(phase, 'delays') && Object.keys(phase.delays).some((key) => key.startsWith(`${name}.`)),
  );

/** Returns the value of a parameter if all synapses share a number. */
const numberOf = (name: string, type: SynapseType, { values }: Projection): number | undefined => {
  const value = values[name] ?? type.parameters[name]?.value;
  return typeof value === 'number' ? value : undefined;
};

/** Replaces the time constant of a receptor in target cells by its number, if they share one. */
function withTimeConstant(projection: Projection, { neurons, populations }: Model): Projection {
  const { tau_syn: given } = projection.values;
  const key = typeof given === 'string' ? /^post\.(\w+)$/.exec(given)?.[1] : undefined;
  const population = populations[populationOf(projection.to.of) ?? ''];
  if (key === undefined || population === undefined) return projection;
  const value = population.values[key] ?? neurons[population.type ?? '']?.parameters[key]?.value;
  return typeof value === 'number' ? { ...projection, values: { ...projection.values, tau_syn: value } } : projection;
}

/** Returns a Tsodyks-Markram synapse with rates of its recovered and active resources x and y, and of its use u. */
function resources(type: SynapseType, projection: Projection): Rewritten | undefined {
  const code = type.pathways['pre'];
  const [facilitation, recovery] = [numberOf('tau_facil', type, projection), numberOf('tau_rec', type, projection)];
  const isOwn = declaredName(type) === 'TsodyksMarkramSynapse' && code?.do[0] === 'elapsed = t - last';
  const isPlain = ['y', 'z'].every((name) => projection.values[name] === undefined);
  if (!isOwn || !isPlain || facilitation === undefined || recovery === undefined || recovery <= 0) return undefined;
  const isActive = type.parameters['tau_syn'] !== undefined;
  // Brian divides by the difference of the two rates.
  const decay = isActive ? numberOf('tau_syn', type, projection) : 0;
  if (decay === undefined || decay === recovery) return undefined;
  const use = facilitation > 0 ? 'u' : 'U';
  const { conformsTo: _, ...kept } = type;
  const number = { unit: '1', type: 'real', initial: 0, shared: false } as const;
  const own: SynapseType = {
    ...kept,
    parameters: without(type.parameters, new Set(facilitation > 0 ? [] : ['tau_facil'])),
    state: {
      ...(facilitation > 0 ? { u: number } : {}),
      x: { ...number, initial: 1 },
      ...(isActive ? { y: number } : {}),
    },
    derivatives: {
      ...(facilitation > 0 ? { u: { rate: '-u/tau_facil', eventDriven: true } } : {}),
      x: { rate: isActive ? '(1 - x - y)/tau_rec' : '(1 - x)/tau_rec', eventDriven: true },
      ...(isActive ? { y: { rate: '-y/tau_syn', eventDriven: true } } : {}),
    },
    pathways: {
      ...type.pathways,
      pre: {
        ...code,
        do: [
          ...(facilitation > 0 ? ['u += U*(1 - u)'] : []),
          `port += weight*${use}*x`,
          ...(isActive ? [`y += ${use}*x`] : []),
          `x -= ${use}*x`,
        ],
      },
    },
  };
  return [own, { ...projection, values: without(projection.values, new Set(facilitation > 0 ? [] : ['tau_facil'])) }];
}

/**
 * Returns a synapse with spike-timing-dependent plasticity that has no times of spikes: the pathway that runs first
 * raises its trace after the other one, so that spikes of one instant do not pair.
 */
function traces(type: SynapseType, projection: Projection): Rewritten | undefined {
  const { pre, post, ...others } = type.pathways;
  if (declaredName(type) !== 'STDPMechanism' || !pre || !post || type.state['last_pre'] === undefined) return undefined;
  const code = (statements: readonly string[]): readonly string[] =>
    statements
      .filter((statement) => !statement.startsWith('last_') && statement !== 'weight = clip(weight, w_min, w_max)')
      .map((one) =>
        one
          .replace(/\(([xy]) - int\(t_in_timesteps == last_(?:pre|post)\)\)/g, '$1')
          .replace(/^weight ([-+])= (.*)$/, 'weight = clip(weight $1 $2, w_min, w_max)')
          .replace(/^(send\(port, |port \+= )clip\(weight, w_min, w_max\)/, '$1weight'),
      );
  const slots = [pre, post].map(({ slot }) => (slot === undefined ? 0 : 1));
  const isPostFirst = slots[0] === slots[1] ? post.order < pre.order : itemAt(slots, 1) < itemAt(slots, 0);
  const [firstKey, trace, first, second] = isPostFirst
    ? (['post', 'y += 1', post, pre] as const)
    : (['pre', 'x += 1', pre, post] as const);
  const late = second.slot === undefined ? {} : { slot: second.slot };
  const { slot: _, ...early } = first;
  const own: SynapseType = {
    ...type,
    state: without(type.state, new Set(['last_pre', 'last_post'])),
    pathways: {
      ...others,
      pre: { ...pre, order: -1, do: code(pre.do).filter((one) => isPostFirst || one !== trace) },
      post: { ...post, order: isPostFirst ? -2 : 1, do: code(post.do).filter((one) => !isPostFirst || one !== trace) },
      [`${firstKey}_trace`]: { ...early, ...late, order: isPostFirst ? 1 : 2, do: [trace] },
    },
  };
  const { [firstKey]: delay } = projection.delays;
  const delays = delay === undefined ? projection.delays : { ...projection.delays, [`${firstKey}_trace`]: delay };
  return [own, { ...projection, delays }];
}

/** Returns a model whose plastic pathways run in Brian's usual slot, in which events without a delay arrive at once. */
export const withUsualSlots = (model: Model): Model => ({
  ...model,
  synapses: mapped(model.synapses, (type) =>
    Object.keys(type.pathways).some((name) => name.endsWith('_trace'))
      ? { ...type, pathways: mapped(type.pathways, ({ slot: _, ...pathway }) => pathway) }
      : type,
  ),
});
