/** PyNN's plastic synapses in equations that Brian's users write. */

import type { Expression, Statement } from '../../../src/lang/ast.js';
import {
  assignedValue,
  assignment,
  binary,
  call,
  decaying,
  difference,
  integer,
  name as nameOf,
} from '../../../src/lang/build.js';
import { parseStatements } from '../../../src/lang/parse.js';
import { equalExpressions, mapExpression, mapStatement } from '../../../src/lang/walk.js';
import { itemAt } from '../../../src/diagnostics/entry.js';
import { declaredName } from '../../../src/library/declared-types.js';
import { mapped, without } from '../../../src/model/collections.js';
import { freeName } from '../../../src/model/free-name.js';
import {
  contentOf,
  formulaOf,
  type Derivative,
  type Model,
  type Projection,
  type SynapseType,
} from '../../../src/model/typed.js';
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
    const text = contentOf(next);
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
  const e = given === undefined ? undefined : formulaOf(given);
  const key = e?.kind === 'name' && e.to.kind === 'end' && e.to.end === 'post' ? e.to.variable : undefined;
  const population = populations[populationOf(projection.to.of) ?? ''];
  if (key === undefined || population === undefined) return projection;
  const value = population.values[key] ?? neurons[population.type ?? '']?.parameters[key]?.value;
  return typeof value === 'number' ? { ...projection, values: { ...projection.values, tau_syn: value } } : projection;
}

/** Returns a Tsodyks-Markram synapse with rates of its recovered and active resources x and y, and of its use u. */
function resources(type: SynapseType, projection: Projection): Rewritten | undefined {
  const code = type.pathways['pre'];
  const [facilitation, recovery] = [numberOf('tau_facil', type, projection), numberOf('tau_rec', type, projection)];
  const isOwn =
    declaredName(type) === 'TsodyksMarkramSynapse' &&
    code?.do[0]?.kind === 'assignment' &&
    code.do[0].target === 'elapsed';
  const isPlain = ['y', 'z'].every((name) => projection.values[name] === undefined);
  if (!isOwn || !isPlain || facilitation === undefined || recovery === undefined || recovery <= 0) return undefined;
  const isActive = type.parameters['tau_syn'] !== undefined;
  // Brian divides by the difference of the two rates.
  const decay = isActive ? numberOf('tau_syn', type, projection) : 0;
  if (decay === undefined || decay === recovery) return undefined;
  const use = facilitation > 0 ? 'u' : 'U';
  const used = difference(integer(1), nameOf('x'));
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
      ...(facilitation > 0 ? { u: driven(decaying('u', 'tau_facil')) } : {}),
      x: driven(binary('/', isActive ? difference(used, nameOf('y')) : used, nameOf('tau_rec'))),
      ...(isActive ? { y: driven(decaying('y', 'tau_syn')) } : {}),
    },
    pathways: {
      ...type.pathways,
      pre: {
        ...code,
        do: parseStatements(
          [
            facilitation > 0 ? 'u += U*(1 - u)' : '',
            `port += weight*${use}*x`,
            isActive ? `y += ${use}*x` : '',
            `x -= ${use}*x`,
          ].join('\n'),
        ),
      },
    },
  };
  return [own, { ...projection, values: without(projection.values, new Set(facilitation > 0 ? [] : ['tau_facil'])) }];
}

/** Returns a rate that is integrated at events. */
const driven = (rate: Expression): Derivative => ({ rate, eventDriven: true });

/**
 * Returns a synapse with spike-timing-dependent plasticity that has no times of spikes: the pathway that runs first
 * raises its trace after the other one, so that spikes of one instant do not pair.
 */
function traces(type: SynapseType, projection: Projection): Rewritten | undefined {
  const { pre, post, ...others } = type.pathways;
  if (declaredName(type) !== 'STDPMechanism' || !pre || !post || type.state['last_pre'] === undefined) return undefined;
  const code = (statements: readonly Statement[]): readonly Statement[] =>
    statements.flatMap((one): readonly Statement[] => {
      const plain = mapStatement(one, (e) => mapExpression(e, withoutSteps));
      if (plain.kind === 'send') return [plain];
      const { target, operator, value } = plain;
      if (target.startsWith('last_') || (target === 'weight' && operator === '=')) return [];
      return [target === 'weight' ? assignment(target, '=', limited(assignedValue(plain))) : { ...plain, value }];
    });
  const slots = [pre, post].map(({ slot }) => (slot === undefined ? 0 : 1));
  const isPostFirst = slots[0] === slots[1] ? post.order < pre.order : itemAt(slots, 1) < itemAt(slots, 0);
  const [firstKey, variable, first, second] = isPostFirst
    ? (['post', 'y', post, pre] as const)
    : (['pre', 'x', pre, post] as const);
  const trace = assignment(variable, '+=', integer(1));
  const withoutTrace = (statements: readonly Statement[]): readonly Statement[] =>
    code(statements).filter((one) => one.kind === 'send' || one.target !== variable);
  const late = second.slot === undefined ? {} : { slot: second.slot };
  const { slot: _, ...early } = first;
  const own: SynapseType = {
    ...type,
    state: without(type.state, new Set(['last_pre', 'last_post'])),
    pathways: {
      ...others,
      pre: { ...pre, order: -1, do: isPostFirst ? code(pre.do) : withoutTrace(pre.do) },
      post: { ...post, order: isPostFirst ? -2 : 1, do: isPostFirst ? withoutTrace(post.do) : code(post.do) },
      [`${firstKey}_trace`]: { ...early, ...late, order: isPostFirst ? 1 : 2, do: [trace] },
    },
  };
  const { [firstKey]: delay } = projection.delays;
  const delays = delay === undefined ? projection.delays : { ...projection.delays, [`${firstKey}_trace`]: delay };
  return [own, { ...projection, delays }];
}

/** Returns a weight within its limits. */
const limited = (weight: Expression): Expression => call('clip', [weight, nameOf('w_min'), nameOf('w_max')]);

/** Returns a trace without the spike of the same step, and the weight without its limits. */
function withoutSteps(e: Expression): Expression {
  if (e.kind === 'binary' && e.operator === '-' && e.right.kind === 'call' && e.right.function === 'int') return e.left;
  return equalExpressions(e, limited(nameOf('weight'))) ? nameOf('weight') : e;
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
