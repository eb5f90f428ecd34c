/**
 * When spikes act that have no delay. Under Brian's timing they reach all cells at the end of a step, after all cells were
 * advanced; in LEMS they reach a cell in the step if its turn comes later, else in the one after. Strictly, cells hear them at
 * the beginning of the next step, which is the same moment, whatever the order.
 */

import { parseExpression, parseStatements } from '../../../src/lang/parse.js';
import { readsAny } from '../../../src/lang/walk.js';
import type { DataStore, Model, NeuronType, Projection, SynapseType } from '../../../src/model/model.js';
import { populationOf, populationsOf } from '../../../src/model/selected.js';
import { delayInSteps } from '../../../src/model/steps.js';
import { usesOf } from './demands.js';
import { shortestDelay } from './delays.js';
import { jumpsOf, writtenBy } from './effects.js';
import { canActLate } from './late-pathways.js';
import type { ExportContext } from './context.js';
import { isOverwritten } from './overwritten.js';

/** Whether spikes of a projection may act in the step in which they are emitted. */
function isAtOnce(
  { delays }: Projection,
  { pathways }: SynapseType,
  { experiment, timing }: Model,
  data: DataStore,
): boolean {
  return Object.entries(pathways).some(([key, { on, delay }]) => {
    const shortest = shortestDelay(delays[key] ?? delay, data);
    return on.startsWith('pre.') && !(shortest !== undefined && delayInSteps(shortest, experiment.dt, timing) > 0);
  });
}

/**
 * Populations in the order in which LEMS advances them. Those that only have given spikes come first: whatever has no
 * delay then reaches its target within the same step. Under Brian's timing, so do others that spikes without a delay come from.
 */
export function steppingOrder(model: Model, data: DataStore): readonly string[] {
  const left = Object.entries(model.populations)
    .sort(([, a], [, b]) => Number(a.type !== undefined) - Number(b.type !== undefined) || a.order - b.order)
    .map(([name]) => name);
  if (model.timing !== 'brian') return left;
  const before = new Map(left.map((name) => [name, new Set<string>()]));
  for (const projection of Object.values(model.projections)) {
    const type = model.synapses[projection.synapse];
    if (type === undefined || !isAtOnce(projection, type, model, data)) continue;
    for (const target of populationsOf(projection.to.of))
      for (const source of populationsOf(projection.from.of)) if (source !== target) before.get(target)?.add(source);
  }
  const order: string[] = [];
  while (left.length > 0) {
    const free = left.findIndex((name) => left.every((other) => before.get(name)?.has(other) !== true));
    order.push(...left.splice(Math.max(0, free), 1));
  }
  return order;
}

/** Whether a spike without a delay may come to a cell that has been advanced in this step, and is not lost anyway. */
export function arrivesLate(
  projection: Projection,
  type: SynapseType,
  order: readonly string[],
  { model, data }: { readonly model: Model; readonly data: DataStore },
): boolean {
  if (!isAtOnce(projection, type, model, data) || isOverwritten(projection, type, model)) return false;
  const last = Math.max(...populationsOf(projection.from.of).map((one) => order.indexOf(one)));
  return populationsOf(projection.to.of).some((one) => order.indexOf(one) <= last);
}

/** What a cell that hears spikes at the beginning of a step does with what they add to its variables. */
export interface LateJumps {
  /** Variables that spikes add to, each with the events that set it anew, after what spikes of their step have added. */
  readonly setBy: ReadonlyMap<string, readonly string[]>;
}

/**
 * The variables to which spikes add at the beginning of a step; undefined where they do so at its end, as everywhere unless a
 * document is to be exact, or where something comes in between.
 */
export function lateJumps(
  id: string,
  context: Pick<ExportContext, 'model' | 'data' | 'changes' | 'exactly'>,
): LateJumps | undefined {
  const { model, data, exactly } = context;
  const type = model.neurons[id];
  if (!exactly || model.timing !== 'brian' || !type || Object.keys(type.regimes).length > 0) return undefined;
  const order = steppingOrder(model, data);
  const incoming = Object.entries(model.projections).flatMap(([name, projection]) => {
    const synapse = model.synapses[projection.synapse];
    const isIts = populationsOf(projection.to.of).some((one) => model.populations[one]?.type === id);
    return synapse && isIts && !isOverwritten(projection, synapse, model) ? [[projection, synapse, name] as const] : [];
  });
  const isLate = incoming.some(
    ([projection, synapse]) =>
      arrivesLate(projection, synapse, order, context) || answersAtOnce(projection, synapse, context),
  );
  if (!isLate) return undefined;
  const isAlone = incoming.every(
    ([projection, synapse, name]) =>
      actsAlone(projection, synapse) || canActLate(name, projection, synapse, type, context),
  );
  if (!isAlone) return undefined;
  const jumps = new Set(incoming.flatMap(([projection, synapse]) => jumpsOf(projection, synapse)));
  for (const stimulus of Object.values(model.stimuli))
    if (stimulus.kind === 'poisson' && model.populations[populationOf(stimulus.to) ?? '']?.type === id)
      jumps.add(stimulus.variable);
  if (isSeen(id, jumps, context)) return undefined;
  const setBy = settingEvents(type, jumps);
  return setBy && { setBy };
}

/** Whether spikes of a cell may add to it through its synapses in their step, which these find out in the next one. */
const answersAtOnce = (
  { delays, receptors }: Projection,
  { pathways, ports }: SynapseType,
  { model, data }: Pick<ExportContext, 'model' | 'data'>,
): boolean =>
  Object.entries(pathways).some(([key, { on, delay, do: actions }]) => {
    const shortest = shortestDelay(delays[key] ?? delay, data);
    return (
      on.startsWith('post.') &&
      !(shortest !== undefined && delayInSteps(shortest, model.experiment.dt, model.timing) > 0) &&
      actions
        .flatMap(parseStatements)
        .some((one) => one.kind === 'assignment' && writtenBy(one.target, receptors, ports) !== null)
    );
  });

/** Whether spikes of a projection do nothing that depends on what else happens in the step. */
function actsAlone({ receptors }: Projection, { pathways, ports }: SynapseType): boolean {
  return Object.values(pathways).every(
    ({ on, slot, do: actions }) =>
      on.startsWith('pre.') &&
      slot === undefined &&
      actions.flatMap(parseStatements).every((one) => {
        if (one.kind === 'send') return false;
        const isOnCell = writtenBy(one.target, receptors, ports) !== null;
        return !readsTime(one.value) && (!isOnCell || one.operator === '+=' || one.operator === '-=');
      }),
  );
}

const times = new Set(['t', 't_in_timesteps']);
const readsTime = (e: Parameters<typeof readsAny>[0]): boolean => readsAny(e, times);

/** Whether others than a cell's own equations read or write its variables between two steps. */
function isSeen(
  id: string,
  variables: ReadonlySet<string>,
  context: Pick<ExportContext, 'model' | 'changes'>,
): boolean {
  const { model } = context;
  const names = new Set([...variables].flatMap((name) => [`post.${name}`, `pre.${name}`]));
  const own = Object.values(model.projections).some(({ from, to, synapse }) => {
    const isIts = [...populationsOf(from.of), ...populationsOf(to.of)].some(
      (one) => model.populations[one]?.type === id,
    );
    return isIts && readsOutside(model.synapses[synapse], names);
  });
  const currents = Object.values(model.stimuli).some(
    (one) =>
      model.populations[populationOf(one.to) ?? '']?.type === id &&
      readsAny(parseExpression(one.kind === 'current' ? one.value : one.weight), variables),
  );
  const read = Object.values(model.projections).some(
    (projection) =>
      populationsOf(projection.to.of).some((one) => model.populations[one]?.type === id) &&
      readsTarget(projection, model),
  );
  const { operations } = usesOf(id, context);
  const isTouched = [...operations.values()].some(({ do: actions, once }) => {
    const statements = actions.flatMap(parseStatements);
    return (
      (once?.where !== undefined && readsAny(parseExpression(once.where), variables)) ||
      statements.some(
        (one) => readsAny(one.value, variables) || (one.kind === 'assignment' && variables.has(one.target)),
      )
    );
  });
  return own || read || currents || isTouched;
}

/** Whether what spikes of a projection do depends on variables of their target, which synapses see as they were a step before. */
export function readsTarget({ to, synapse }: Projection, { neurons, populations, synapses }: Model): boolean {
  const types = populationsOf(to.of).flatMap((one) => neurons[populations[one]?.type ?? ''] ?? []);
  const changing = new Set(
    types.flatMap(({ state, derived }) =>
      [...Object.keys(state), ...Object.keys(derived)].map((name) => `post.${name}`),
    ),
  );
  return Object.values(synapses[synapse]?.pathways ?? {}).some(
    ({ on, do: actions }) =>
      on.startsWith('pre.') && actions.flatMap(parseStatements).some((one) => readsAny(one.value, changing)),
  );
}

/** Whether equations of synapses, or values that their spikes add, read variables of cells. */
function readsOutside(type: SynapseType | undefined, names: ReadonlySet<string>): boolean {
  if (type === undefined) return false;
  const texts = [
    ...Object.values(type.derived).map(({ value }) => value),
    ...Object.values(type.derivatives).map(({ rate }) => rate),
    ...Object.values(type.contributes),
    ...Object.values(type.summed),
    ...Object.values(type.events ?? {}).map(({ when }) => when),
  ];
  const actions = [...Object.values(type.pathways), ...Object.values(type.events ?? {})].flatMap((one) => one.do);
  return (
    texts.some((text) => readsAny(parseExpression(text), names)) ||
    actions.flatMap(parseStatements).some((one) => readsAny(one.value, names))
  );
}

/** Events that give variables another value, by the variable; undefined where an event depends on what spikes have added. */
function settingEvents(
  { events, derived, state: own }: NeuronType,
  jumps: ReadonlySet<string>,
): ReadonlyMap<string, readonly string[]> | undefined {
  const setBy = new Map<string, string[]>([...jumps].map((name) => [name, []]));
  // What is derived from the state may change with it.
  const state = new Set([...Object.keys(own), ...Object.keys(derived)]);
  const dependent = new Set([...jumps, ...Object.keys(derived)]);
  for (const [name, { do: actions, slot, actionSlot, refractory }] of Object.entries(events)) {
    const lasting = [refractory?.for, refractory?.while].flatMap((text) => text ?? []);
    if (slot !== undefined || actionSlot !== undefined) return undefined;
    if (lasting.some((text) => readsAny(parseExpression(text), dependent))) return undefined;
    // Whether a cell that keeps out spikes was refractory then is not known a step later where that follows its state.
    const keepsOut = refractory?.writes === 'block' && refractory.rate.some((one) => jumps.has(one));
    if (keepsOut && lasting.some((text) => readsAny(parseExpression(text), state))) return undefined;
    for (const one of actions.flatMap(parseStatements)) {
      if (readsAny(one.value, dependent)) return undefined;
      if (one.kind !== 'assignment' || !jumps.has(one.target)) continue;
      if (one.operator === '=') setBy.get(one.target)?.push(name);
      else if (one.operator !== '+=' && one.operator !== '-=') return undefined;
    }
  }
  return setBy;
}
