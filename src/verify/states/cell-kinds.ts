/** Tells what kinds of states and events two types of cells have, and which of them only runs compare. */

import type { Expression } from '../../lang/ast.js';
import { namesIn, writtenBy } from '../../lang/walk.js';
import { valueAt } from '../../library/recognise/numbers.js';
import { contentOf, type NeuronType, type ValidModel } from '../../model/typed.js';
import type { CellPair, State } from './cell-pair.js';
import { readThrough, scopeOf, spikeOf, valueIn, type Scope } from './element-scope.js';
import { writtenVariables } from './pair-states.js';

/** Checks whether states of a population keep their first values before the first event. */
export function restAtFirst({ model, data }: ValidModel, population: string, names: readonly string[]): boolean {
  const owner = model.populations[population]!;
  const type = model.neurons[owner.type ?? '']!;
  const first = scopeOf(type, owner, 0, new Map(), { model, data });
  return names.every((name) => {
    const rate = type.derivatives[name]?.rate;
    return rate === undefined || valueAt(rate, (read) => (names.includes(read) ? first(read) : 1)) === 0;
  });
}

/** Checks whether states of a population stay 0 without input, as states of receptors do. */
export function restAtZero(valid: ValidModel, population: string, names: readonly string[]): boolean {
  const { type = '', values } = valid.model.populations[population]!;
  const { state, events } = valid.model.neurons[type]!;
  const written = writtenBy(Object.values(events).flatMap((event) => event.do));
  const isZero = names.every((name) => (values[name] ?? state[name]!.initial) === 0 && !written.has(name));
  return isZero && restAtFirst(valid, population, names);
}

/** Checks whether a spike is a crossing of its threshold: rising, or suppressed as long as the condition holds. */
export function isCrossing({ edge, when, refractory }: NeuronType['events'][string]): boolean {
  const textOf = (e: Expression): string => contentOf(e).replaceAll('">="', '">"');
  const isHeld = refractory?.while !== undefined && textOf(refractory.while) === textOf(when) && refractory.suppress;
  return edge === 'rising' || isHeld;
}

/** Reason why rates are compared in runs, too, which events and branches do not depend on. */
export const otherSynapses = 'continuous synapses of other kinds';

/** Checks whether an event only takes an input, as receptors for jumps do: it never happens without synapses. */
export function takesInput(
  { inputs, derived, parameters }: NeuronType,
  { emits, when }: NeuronType['events'][string],
): boolean {
  const all = [...readThrough(derived, [...namesIn(when)])].filter((name) => !derived[name] && !parameters[name]);
  return emits === null && all.length > 0 && all.every((name) => inputs[name] !== undefined);
}

/** Returns phrases for events of two types that are only comparable in runs. */
export function otherKinds(type: NeuronType, other: NeuronType): readonly string[] {
  const [event, otherEvent] = [spikeOf(type), spikeOf(other)];
  const [refractory, otherRefractory] = [event?.refractory, otherEvent?.refractory];
  const isCounted = (refractory === undefined) !== (otherRefractory === undefined);
  // Branches of counted periods are taken in runs only.
  const isOther =
    (one: NeuronType) =>
    (each: NeuronType['events'][string]): boolean =>
      isCounted || !takesInput(one, each);
  return [
    ...((event === undefined) === (otherEvent === undefined) ? [] : ['a spike in one of them only']),
    ...([type, other].some((one) => Object.values(one.events).filter(isOther(one)).length > 1)
      ? ['events besides spikes']
      : []),
    // Crossings need no period if the potential falls below the threshold after each spike.
    ...(event && otherEvent && isCrossing(event) !== isCrossing(otherEvent) ? ['thresholds of other kinds'] : []),
    ...(isCounted &&
    !(event && otherEvent && isCrossing(event) && isCrossing(otherEvent)) &&
    (refractory ?? otherRefractory)!.rate.length > 0
      ? ['refractory periods of other kinds']
      : []),
  ];
}

/** Largest difference between a slope and stairs, relative to the range of the slope. */
const stair = 0.02;

/** Returns a function that checks whether values at one of some times differ by a step of stairs, by its number. */
export function stairsOf(rates: readonly (readonly [number, number])[]): (k: number) => boolean {
  const own = rates.map(([a]) => a);
  const range = Math.max(...own) - Math.min(...own);
  return (k) => {
    const pair = rates[k];
    if (k < 0 || pair === undefined) return false;
    const [a, b] = pair;
    const steps = [own[k - 1] ?? a, own[k + 1] ?? a].map((value) => Math.abs(value - a));
    return Math.abs(a - b) <= 1.01 * Math.min(Math.max(...steps), stair * range);
  };
}

/** Returns the rate of the variable that the spike condition reads. */
export function rateOfMain(valid: ValidModel, type: NeuronType, scope: Scope): number {
  const when = spikeOf(type)?.when;
  const main = when && [...namesIn(when)].find((name) => type.derivatives[name]);
  return main === undefined ? 0 : valueIn(valid, type.derivatives[main]!.rate, scope);
}

/**
 * Returns currents of a cell that no synapse writes in either model, and that have other names: whether the counterpart
 * excites or inhibits is unknown, unless both have the sign that one of their names states.
 */
export function ofUnknownSign(
  [source, target]: readonly [ValidModel, ValidModel],
  { population, there, names }: CellPair,
  rateAt: (state: State) => number,
  base: State,
): readonly string[] {
  const [written, writtenThere] = [writtenVariables(source, population), writtenVariables(target, there)];
  return [...names].flatMap(([name, [as, factor]]) => {
    const unit = source.model.neurons[source.model.populations[population]?.type ?? '']?.state[name]?.unit;
    if (name === as || unit !== 'A' || written.has(name) || writtenThere.has(as)) return [];
    const at = (value: number): number => rateAt(new Map([...base, [name, value]]));
    if (at(0) === at(1e-9)) return [];
    const inhibits = [name, as].some((one) => /inh|_i$/i.test(one));
    return inhibits === factor < 0 ? [] : [name];
  });
}
