/** Synapses that follow other cells all the time, as LEMS has them, which advances one cell after another. */

import type { Expression } from '../../lang/ast.js';
import { binary, conditional, name as named } from '../../lang/build.js';
import { parseExpression, parseStatements } from '../../lang/parse.js';
import { printExpression } from '../../lang/print.js';
import { mapExpression, namesIn, substitute, writtenBy } from '../../lang/walk.js';
import { numbersOf } from '../../model/arrays.js';
import { freeName } from '../../model/free-name.js';
import type { Model, NeuronType, Population, Projection, SynapseType, ValidModel } from '../../model/model.js';
import { wholePopulation } from '../../model/selected.js';
import { isRecording, isSelection } from '../../model/tagged.js';
import { KeptValues } from './kept-values.js';
import { withTrees } from '../readable/texts.js';
import { derivedOf } from './texts.js';

/** A model with such synapses, and the projections that are as in LEMS now. */
interface InContact {
  readonly model: Model;
  readonly contacts: ReadonlySet<string>;
}

/**
 * The model in which synapses read what LEMS shows them where Brian computes their sums, right before it advances their
 * targets: of a cell that LEMS advances before, what that has computed in this step; of one that it advances later, what
 * that computed in the step before. Cells keep what is not there then.
 */
export function withContacts({ model, data }: ValidModel): InContact {
  const kept = new KeptValues(model.neurons, model.experiment.dt);
  const { neurons } = kept;
  const synapses: Record<string, SynapseType> = { ...model.synapses };
  const projections: Record<string, Projection> = { ...model.projections };
  const contacts = new Set<string>();
  for (const [key, projection] of Object.entries(model.projections)) {
    const [from, to] = [projection.from, projection.to].map(({ of }) => model.populations[wholePopulation(of) ?? '']);
    const type = synapses[projection.synapse];
    if (type === undefined || from === undefined || to === undefined) continue;
    if (Object.keys(type.contributes).length === 0 || Object.keys(type.pathways).length > 0) continue;
    if (from !== to && !readsSource(type) && !advancesByCells(type)) continue;
    const order = from === to ? orderWithin(projection, data) : from.order < to.order ? 'earlier' : 'later';
    const ends = { pre: endOf(kept, from), post: endOf(kept, to) };
    if (order === undefined || ends.pre === undefined || ends.post === undefined) continue;
    const shown = recordedDerived(model, key, type);
    const made = asShown(type, { pre: ends.pre, post: ends.post }, order, { shown });
    if (made === undefined) continue;
    const synapse = freeName(key, (one) => Object.hasOwn(synapses, one));
    synapses[synapse] = made;
    projections[key] = { ...projection, synapse };
    contacts.add(key);
  }
  return { model: { ...model, neurons, synapses, projections }, contacts };
}

/** The cells at an end of a projection. */
interface End {
  readonly cell: NeuronType;
  /** The variable that keeps another one. */
  readonly keeping: (variable: string) => string | undefined;
}

function endOf(kept: KeptValues, { type = '' }: Population): End | undefined {
  const cell = kept.neurons[type];
  return cell && { cell, keeping: (variable) => kept.of(type, variable) };
}

/**
 * Whether LEMS advances the source of a synapse before its target: of synapses between populations all or none, else for
 * each of them.
 */
type SourceOrder = 'earlier' | 'later' | readonly boolean[];

/** Of synapses within a population; undefined where they are not listed. */
function orderWithin({ connect }: Projection, data: ValidModel['data']): SourceOrder | undefined {
  const [rule, another] = connect;
  if (rule?.rule !== 'list' || another !== undefined) return undefined;
  const [sources, targets] = [numbersOf(rule.sources, data), numbersOf(rule.targets, data)];
  return sources.map((source, k) => source < (targets[k] ?? 0));
}

/** Whether a synapse reads more of its source than one variable, as a current is, that it adds as it is. */
function readsSource(type: SynapseType): boolean {
  const texts = [...Object.values(type.contributes), ...Object.values(type.derivatives).map(({ rate }) => rate)];
  const [only, another] = texts;
  const derived = derivedOf(type);
  if (only === undefined || derived === undefined) return false;
  if (another === undefined && /^pre\.\w+$/.test(only)) return false;
  return texts.some((text) =>
    [...namesIn(substitute(parseExpression(text), derived))].some((one) => /^pre\./.test(one)),
  );
}

/** Whether what a synapse advances, or when it acts, follows the cells at its ends. */
export function advancesByCells(type: SynapseType | undefined): boolean {
  if (type === undefined) return false;
  const derived = derivedOf(type) ?? new Map<string, Expression>();
  return [
    ...Object.values(type.derivatives).flatMap(({ rate, eventDriven }) => (eventDriven ? [] : [rate])),
    ...Object.values(type.events ?? {}).map(({ when }) => when),
  ].some((text) => [...namesIn(substitute(parseExpression(text), derived))].some((one) => /^(?:pre|post)\./.test(one)));
}

/** What synapses of a projection compute and something records. */
const recordedDerived = ({ recordings }: Model, projection: string, { derived }: SynapseType): readonly string[] =>
  recordings.flatMap((one) =>
    isRecording(one, 'variables') && isSelection(one.of, 'synapses') && one.of.projection === projection
      ? one.variables.filter((name) => Object.hasOwn(derived, name))
      : [],
  );

/**
 * A synapse that reads cells where Brian sums, before it advances its target, and where it advances synapses, afterwards.
 *
 * @param shown  what it computes and is to keep for recordings: where these come, the cells are in the next step
 */
function asShown(
  type: SynapseType,
  ends: Readonly<Record<'pre' | 'post', End>>,
  order: SourceOrder,
  { shown }: { readonly shown: readonly string[] },
): SynapseType | undefined {
  const derived = derivedOf(type);
  if (derived === undefined || Object.values(ends).some(({ cell }) => Object.keys(cell.regimes).length > 0))
    return undefined;
  if (Object.values(type.contributes).some((text) => readsAdvanced(type, parseExpression(text)))) return undefined;
  const isWithin = typeof order !== 'string';
  let isLost = false;
  const seen =
    (isAfter: boolean) =>
    (reference: string): Expression => {
      const [side = '', variable = ''] = reference.split('.');
      const { cell, keeping } = ends[side === 'pre' ? 'pre' : 'post'];
      const keptOf = (one: string): string => {
        const name = keeping(one);
        isLost ||= name === undefined;
        return name ?? one;
      };
      // A source that LEMS advances before has been advanced where Brian sums, too.
      const isMoved = isAfter && (isWithin || side === 'post' || order === 'later');
      const now = (one: string): string => `${side}.${isMoved ? keptOf(one) : one}`;
      if (Object.hasOwn(cell.parameters, variable)) return named(reference);
      if (Object.hasOwn(cell.state, variable)) {
        // A cell that has been advanced shows a value that Brian does not have yet.
        if (side === 'pre' && isWithin) isLost ||= order.includes(true);
        else if (side === 'pre' && order === 'earlier') isLost ||= writtenByEvents(cell).has(variable);
        return named(now(variable));
      }
      if (!isBeforeStep(cell, variable)) isLost = true;
      if (side === 'post' || !isWithin) return named(now(keptOf(variable)));
      const earlier = named(now(variable));
      const later = named(now(keptOf(variable)));
      if (!order.includes(true)) return later;
      if (!order.includes(false)) return earlier;
      return conditional(binary('<', named('i'), named('j')), earlier, later);
    };
  const read =
    (isAfter: boolean) =>
    (e: Expression): Expression =>
      mapExpression(substitute(e, derived), (part) =>
        part.kind === 'name' && /^(?:pre|post)\./.test(part.name) ? seen(isAfter)(part.name) : part,
      );
  const contributes = Object.fromEntries(
    Object.entries(type.contributes).map(([key, text]) => [key, printExpression(read(false)(parseExpression(text)))]),
  );
  const { sequence: _, ...rest } = withTrees({ ...type, derived: {}, contributes: {} }, read(true));
  const state = { ...type.state };
  const derivatives = { ...rest.derivatives };
  for (const name of shown) {
    const { unit = '1' } = type.derived[name] ?? {};
    const value = (isAfter: boolean): string => printExpression(read(isAfter)(named(name)));
    state[name] = { unit, type: 'real', initial: value(false), shared: false };
    derivatives[name] = { rate: `(${value(true)} - ${name})/dt`, eventDriven: false };
  }
  const made = { ...rest, state, derivatives, derived: {}, contributes };
  return isLost ? undefined : made;
}

/** Whether an expression reads a variable that the synapse has advanced, itself or through what it computes afterwards. */
function readsAdvanced(type: SynapseType, e: Expression, after = Infinity): boolean {
  const { derived, derivatives, sequence = [] } = type;
  return [...namesIn(e)].some((name) => {
    const { value } = derived[name] ?? {};
    if (value !== undefined) {
      const computed = sequence.findIndex((part) => part.derived?.includes(name));
      return readsAdvanced(type, parseExpression(value), computed < 0 ? after : computed);
    }
    return Object.hasOwn(derivatives, name) && sequence.findIndex((part) => part.state?.includes(name)) < after;
  });
}

/** Variables that events of a type change. */
const writtenByEvents = ({ events }: NeuronType): ReadonlySet<string> =>
  writtenBy(Object.values(events).flatMap((event) => event.do.flatMap((text) => parseStatements(text))));

/** Whether a derived variable follows, maybe through others, what is not advanced before it is computed. */
function isBeforeStep(cell: NeuronType, variable: string): boolean {
  const { derived, state, sequence = [] } = cell;
  const e = parseExpression(derived[variable]?.value ?? '0');
  const computed = sequence.findIndex((part) => part.derived?.includes(variable));
  return [...namesIn(e)].every((name) => {
    if (Object.hasOwn(derived, name)) {
      const home = sequence.findIndex((part) => part.derived?.includes(name));
      return home >= 0 && home <= computed && isBeforeStep(cell, name);
    }
    if (!Object.hasOwn(state, name)) return true;
    const home = sequence.findIndex((part) => part.state?.includes(name));
    return home >= computed && computed >= 0;
  });
}
