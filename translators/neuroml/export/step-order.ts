/**
 * In which order what happens to synapses in a step is written, so that it is the order of the model.
 *
 * LEMS advances synapses before the cell that they are on, so that they see its spikes at the beginning of the next step:
 * that is when these act, before anything else happens to the synapse. Spikes that arrive only leave a note: they act
 * after the synapse has been advanced.
 */

import { parseStatements } from '../../../src/lang/parse.js';
import type { Pathway, Projection, SynapseType, TimingProfile } from '../../../src/model/model.js';
import { delayInSteps, slotsOf } from '../../../src/model/steps.js';
import { hasCompartments, type ExportContext } from './context.js';
import { arrivesLate, lateJumps, steppingOrder } from './arrival-order.js';
import { addsNow, canFollowLate, isOfSynapse, readsTimeOrCells, setsShown, shown } from './late-pathways.js';
import { actsLater } from './delays.js';
import type { SynapseCodes } from './synapse-code.js';
import type { Numbers } from './values.js';

/** What acts when within a step of LEMS. */
export interface StepOrder {
  /** Pathways that act at the beginning of the next step, before variables are advanced, in their order. */
  readonly late: readonly string[];
  /** Pathways that act after variables are advanced, in their order. */
  readonly inStep: readonly string[];
  /** Steps by which spikes of the source are delivered later, as everything acts late. */
  readonly shift: 0 | 1;
}

interface Placed {
  readonly name: string;
  readonly pathway: Pathway;
  readonly slot: number;
  /** Whether it may have to act at a spike of the cell in the step of the spike. */
  readonly atOnce: boolean;
}

/**
 * The order of a projection; undefined where LEMS cannot keep it, or the document is to be as people write it.
 *
 * @param target  the type of its target cells
 * @param code    that acts on its synapses
 */
export function stepOrder(
  projection: Projection,
  type: SynapseType,
  target: string,
  postDelays: ReadonlyMap<string, Numbers>,
  code: SynapseCodes,
  context: ExportContext,
): StepOrder | undefined {
  const { model } = context;
  const { timing } = model;
  const hasCode = [...code.values()].some(({ operation, once }) => !canFollowLate(operation, once, type));
  const neuron = model.neurons[target];
  if (!context.exactly || timing === 'lems-euler' || !neuron || hasCompartments(model)) return undefined;
  // Nothing is in another order where spikes find nothing that changes.
  const onPost = Object.values(type.pathways).some(({ on }) => on.startsWith('post.'));
  const isTimed = actsLater(projection, type) || setsShown(type);
  if (!onPost && !isTimed && Object.keys(type.derivatives).length === 0) return undefined;
  if (type.noise.length > 0 || Object.keys(type.events ?? {}).length > 0) return undefined;
  if (Object.values(type.derivatives).some(({ eventDriven }) => eventDriven)) return undefined;
  if (!isOfSynapse(type, neuron)) return undefined;
  const slots: readonly string[] = slotsOf[timing];
  const placed = inTurn(type, timing).flatMap((name): Placed[] => {
    const pathway = type.pathways[name];
    if (!pathway) return [];
    const isPost = pathway.on.startsWith('post.');
    const atOnce = isPost && hasNone(postDelays.get(name) ?? 0, context);
    return [{ name, pathway, slot: slotOf(pathway, timing), atOnce }];
  });
  if (placed.length === 0 || placed.some(({ slot }) => slot <= slots.indexOf('groups'))) return undefined;
  const names = (some: readonly Placed[]): readonly string[] => some.map(({ name }) => name);
  const shownBy = shown(type);
  const changes = Object.keys(type.state).some((name) => shownBy.has(name));
  // Cells that hear spikes at the beginning of the next step hear then what synapses add; nothing else is to be done where
  // all that acts on synapses is the first arrival of spikes.
  if (lateJumps(target, context)) {
    const isLater = actsLater(projection, type) && !hasCode && !readsTimeOrCells(type) && !changes;
    return onPost || isLater ? { late: names(placed), inStep: [], shift: 1 } : undefined;
  }
  const late = placed.filter(({ atOnce }) => atOnce);
  const inStep = placed.filter(({ atOnce }) => !atOnce);
  if (late.length > 0 && (hasCode || readsTimeOrCells(type))) return undefined;
  const isLast = placed.slice(inStep.length).every(({ atOnce }) => atOnce);
  const comesLate = arrivesLate(projection, type, steppingOrder(model, context.data), context);
  const addsAtOnce = (some: readonly Placed[]): boolean =>
    some.some(({ pathway }) => pathway.do.flatMap(parseStatements).some((one) => addsNow(one, projection, type)));
  if (isLast && !comesLate && !addsAtOnce(late)) {
    const written = late.flatMap(({ pathway }) => pathway.do.flatMap(parseStatements)).flatMap(targetOf);
    if (!written.some((name) => shownBy.has(name))) return { late: names(late), inStep: names(inStep), shift: 0 };
  }
  // What is sent later may be decided a step later.
  if (hasCode || readsTimeOrCells(type) || addsAtOnce(placed) || changes) return undefined;
  return { late: names(placed), inStep: [], shift: 1 };
}

const slotOf = ({ slot = 'synapses' }: Pathway, timing: TimingProfile): number =>
  timing === 'lems-euler' ? 0 : slotsOf[timing].indexOf(slot);

/** The pathways of a synapse in the order in which they act within a step of the model. */
export const inTurn = ({ pathways }: SynapseType, timing: TimingProfile): readonly string[] =>
  Object.entries(pathways)
    .sort(
      ([one, a], [other, b]) => slotOf(a, timing) - slotOf(b, timing) || a.order - b.order || (one < other ? -1 : 1),
    )
    .map(([name]) => name);

/** Whether some delays are no step. */
const hasNone = (delays: Numbers, { dt, model }: ExportContext): boolean => {
  const isNone = (delay: number): boolean => delayInSteps(delay, dt, model.timing) < 1;
  return typeof delays === 'number' ? isNone(delays) : delays.some(isNone);
};

type Statement = ReturnType<typeof parseStatements>[number];

const targetOf = (statement: Statement): readonly string[] =>
  statement.kind === 'assignment' ? [statement.target] : [];
