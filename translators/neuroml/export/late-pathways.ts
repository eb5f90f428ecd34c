/** What synapses may do a step later than in the model without that anything else differs. */

import type { Expression } from '../../../src/lang/ast.js';
import { parseExpression, parseStatements } from '../../../src/lang/parse.js';
import { namesIn } from '../../../src/lang/walk.js';
import { readsOf } from '../../../src/library/gather/texts.js';
import type { NeuronType, Operation, Projection, SynapseType } from '../../../src/model/model.js';
import { isSelection } from '../../../src/model/tagged.js';
import type { Change, ExportContext } from './context.js';
import { writtenBy } from './effects.js';

type Statement = ReturnType<typeof parseStatements>[number];

/**
 * Whether all that spikes of both ends do may be done at the beginning of the next step, where cells hear at that time what
 * is added to them: it depends on nothing that has changed by then.
 */
export function canActLate(
  name: string,
  projection: Projection,
  type: SynapseType,
  neuron: NeuronType,
  { model, changes }: Pick<ExportContext, 'model' | 'changes'>,
): boolean {
  const { pathways, ports, state, derivatives, noise, events = {} } = type;
  const isShown = Object.keys(state).some((one) => shown(type).has(one));
  const hasCode = Object.entries(model.operations).some(
    ([id, operation]) =>
      isSelection(operation.on, 'synapses') &&
      operation.on.projection === name &&
      !canFollowLate(operation, changes.get(id), type),
  );
  if (isShown || hasCode || noise.length > 0 || Object.keys(events).length > 0) return false;
  if (Object.values(derivatives).some(({ eventDriven }) => eventDriven)) return false;
  if (!isOfSynapse(type, neuron) || readsTimeOrCells(type)) return false;
  return Object.values(pathways).every(
    ({ slot, do: actions }) =>
      slot === undefined &&
      actions.flatMap(parseStatements).every((one) => {
        if (one.kind === 'send') return false;
        const isOnCell = writtenBy(one.target, projection.receptors, ports) !== null;
        return !isOnCell || one.operator === '+=' || one.operator === '-=';
      }),
  );
}

/**
 * Whether code of synapses sets, once and between two steps, what only pathways and equations read: it may be done behind
 * what spikes of the step before do at the beginning of the next one, before variables are advanced.
 */
export function canFollowLate({ do: actions }: Operation, once: Change | undefined, type: SynapseType): boolean {
  const isOwn = (e: Expression): boolean => [...namesIn(e)].every((name) => Object.hasOwn(type.parameters, name));
  const seen = shown(type);
  return (
    once !== undefined &&
    (once.where === undefined || isOwn(parseExpression(once.where))) &&
    actions
      .flatMap(parseStatements)
      .every((one) => one.kind === 'assignment' && one.operator === '=' && !seen.has(one.target) && isOwn(one.value))
  );
}

/** Whether a statement adds to the cell in this step. */
export const addsNow = (statement: Statement, projection: Projection, type: SynapseType): boolean =>
  statement.kind === 'assignment' && writtenBy(statement.target, projection.receptors, type.ports) !== null;

/** Names that expressions read, through derived variables. */
export function throughDerived(
  names: Iterable<string>,
  { derived }: SynapseType,
  found = new Set<string>(),
): Set<string> {
  for (const name of names) {
    if (found.has(name)) continue;
    found.add(name);
    const own = derived[name];
    if (own) throughDerived(namesIn(parseExpression(own.value)), { derived } as SynapseType, found);
  }
  return found;
}

/** What the cell sees of a synapse in each step. */
export const shown = (type: SynapseType): ReadonlySet<string> =>
  throughDerived(
    [...Object.values(type.contributes), ...Object.values(type.summed)].flatMap((text) => [
      ...namesIn(parseExpression(text)),
    ]),
    type,
  );

/** Whether spikes of the source set variables, not advanced in each step, that the cell sees in each step. */
export function setsShown(type: SynapseType): boolean {
  const seen = shown(type);
  const isClocked = (name: string): boolean => type.derivatives[name]?.eventDriven === false;
  return Object.values(type.pathways)
    .filter(({ on }) => on.startsWith('pre.'))
    .flatMap(({ do: actions }) => actions.flatMap(parseStatements))
    .some(
      (one) =>
        one.kind === 'assignment' &&
        Object.hasOwn(type.state, one.target) &&
        seen.has(one.target) &&
        !isClocked(one.target),
    );
}

/** Whether pathways read nothing that changes but the synapse's own variables, and that when they act. */
export function isOfSynapse(type: SynapseType, neuron: NeuronType): boolean {
  const texts = Object.values(type.pathways).flatMap(({ do: actions }) => actions);
  const read = throughDerived(
    texts.flatMap((text) => [...readsOf(text)].filter((name) => !isTarget(name, text))),
    type,
  );
  return [...read].every((name) => {
    if (name.startsWith('pre.') || name === 'lastupdate') return false;
    if (!name.startsWith('post.')) return type.derived[name]?.held !== true;
    return Object.hasOwn(neuron.parameters, name.slice('post.'.length));
  });
}

/** Whether a name is only what a statement adds to. */
const isTarget = (name: string, text: string): boolean =>
  parseStatements(text).every(
    (one) => one.kind === 'assignment' && one.target === name && !namesIn(one.value).has(name),
  );

/** Whether equations read the time, or variables of cells. */
export const readsTimeOrCells = (type: SynapseType): boolean =>
  [
    ...throughDerived(
      Object.values(type.derivatives).flatMap(({ rate }) => [...namesIn(parseExpression(rate))]),
      type,
    ),
  ].some((name) => name === 't' || name === 't_in_timesteps' || /^(pre|post)\./.test(name));
