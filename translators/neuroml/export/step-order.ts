/**
 * In which order what happens to synapses in a step is written, so that it is the order of the model.
 *
 * LEMS advances synapses before the cell that they are on, so that they see its spikes at the beginning of the next step:
 * that is when these act, before anything else happens to the synapse. Spikes that arrive only leave a note: they act
 * after the synapse has been advanced.
 */

import { parseExpression, parseStatements } from '../../../src/lang/parse.js';
import { namesIn } from '../../../src/lang/walk.js';
import { readsOf } from '../../../src/library/gather/texts.js';
import type { NeuronType, Pathway, Projection, SynapseType } from '../../../src/model/model.js';
import { delayInSteps, slotsOf } from '../../../src/model/steps.js';
import { hasCompartments, type ExportContext } from './context.js';
import { writtenBy } from './effects.js';
import { arrivesLate, lateJumps, steppingOrder } from './arrival-order.js';
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
 */
export function stepOrder(
  projection: Projection,
  type: SynapseType,
  target: string,
  postDelays: ReadonlyMap<string, Numbers>,
  hasCode: boolean,
  context: ExportContext,
): StepOrder | undefined {
  const { model } = context;
  const { timing } = model;
  const neuron = model.neurons[target];
  if (!context.exactly || timing === 'lems-euler' || !neuron || hasCompartments(model)) return undefined;
  // Cells that hear spikes at the beginning of the next step are another way.
  if (lateJumps(target, context)) return undefined;
  // Nothing is in another order where spikes find nothing that changes.
  const onPost = Object.values(type.pathways).some(({ on }) => on.startsWith('post.'));
  if (!onPost && Object.keys(type.derivatives).length === 0) return undefined;
  if (type.noise.length > 0 || Object.keys(type.events ?? {}).length > 0) return undefined;
  if (Object.values(type.derivatives).some(({ eventDriven }) => eventDriven)) return undefined;
  if (!isOfSynapse(type, neuron)) return undefined;
  const slots: readonly string[] = slotsOf[timing];
  const placed = Object.entries(type.pathways).map(([name, pathway]): Placed => {
    const slot = slots.indexOf(pathway.slot ?? 'synapses');
    const isPost = pathway.on.startsWith('post.');
    return { name, pathway, slot, atOnce: isPost && hasNone(postDelays.get(name) ?? 0, context) };
  });
  if (placed.length === 0 || placed.some(({ slot }) => slot <= slots.indexOf('groups'))) return undefined;
  placed.sort((a, b) => a.slot - b.slot || a.pathway.order - b.pathway.order || (a.name < b.name ? -1 : 1));
  const names = (some: readonly Placed[]): readonly string[] => some.map(({ name }) => name);
  const late = placed.filter(({ atOnce }) => atOnce);
  const inStep = placed.filter(({ atOnce }) => !atOnce);
  if (late.length > 0 && (hasCode || readsTimeOrCells(type))) return undefined;
  const isLast = placed.slice(inStep.length).every(({ atOnce }) => atOnce);
  const comesLate = arrivesLate(projection, type, steppingOrder(model, context.data), context);
  const addsAtOnce = (some: readonly Placed[]): boolean =>
    some.some(({ pathway }) => pathway.do.flatMap(parseStatements).some((one) => addsNow(one, projection, type)));
  const shownBy = shown(type);
  if (isLast && !comesLate && !addsAtOnce(late)) {
    const written = late.flatMap(({ pathway }) => pathway.do.flatMap(parseStatements)).flatMap(targetOf);
    if (!written.some((name) => shownBy.has(name))) return { late: names(late), inStep: names(inStep), shift: 0 };
  }
  // What is sent later may be decided a step later.
  const changes = Object.keys(type.state).some((name) => shownBy.has(name));
  if (hasCode || readsTimeOrCells(type) || addsAtOnce(placed) || changes) return undefined;
  return { late: names(placed), inStep: [], shift: 1 };
}

/** Whether some delays are no step. */
const hasNone = (delays: Numbers, { dt, model }: ExportContext): boolean => {
  const isNone = (delay: number): boolean => delayInSteps(delay, dt, model.timing) < 1;
  return typeof delays === 'number' ? isNone(delays) : delays.some(isNone);
};

type Statement = ReturnType<typeof parseStatements>[number];

const targetOf = (statement: Statement): readonly string[] =>
  statement.kind === 'assignment' ? [statement.target] : [];

/** Whether a statement adds to the cell in this step. */
const addsNow = (statement: Statement, projection: Projection, type: SynapseType): boolean =>
  statement.kind === 'assignment' && writtenBy(statement.target, projection.receptors, type.ports) !== null;

/** Names that expressions read, through derived variables. */
function throughDerived(names: Iterable<string>, { derived }: SynapseType, found = new Set<string>()): Set<string> {
  for (const name of names) {
    if (found.has(name)) continue;
    found.add(name);
    const own = derived[name];
    if (own) throughDerived(namesIn(parseExpression(own.value)), { derived } as SynapseType, found);
  }
  return found;
}

/** What the cell sees of a synapse in each step. */
const shown = (type: SynapseType): ReadonlySet<string> =>
  throughDerived(
    [...Object.values(type.contributes), ...Object.values(type.summed)].flatMap((text) => [
      ...namesIn(parseExpression(text)),
    ]),
    type,
  );

/** Whether pathways read nothing that changes but the synapse's own variables, and that when they act. */
function isOfSynapse(type: SynapseType, neuron: NeuronType): boolean {
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
const readsTimeOrCells = (type: SynapseType): boolean =>
  [
    ...throughDerived(
      Object.values(type.derivatives).flatMap(({ rate }) => [...namesIn(parseExpression(rate))]),
      type,
    ),
  ].some((name) => name === 't' || name === 't_in_timesteps' || /^(pre|post)\./.test(name));
