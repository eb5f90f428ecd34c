/**
 * Times at which the variables of a type change, if its parts are advanced one after another. An expression may replace
 * a variable if all its inputs stay constant between the variable and its readers.
 */

import { drawsIn } from '../../lang/functions.js';
import { writtenBy } from '../../lang/walk.js';
import type { NeuronType } from '../../model/typed.js';
import { readsIn } from '../gather/texts.js';

/** A moment within a step; later ones are greater. */
type Moment = number;

/** Moments of one part: more than it can have derived variables. */
const span = 1e6;

/** Where in a part its rates are evaluated, its state advances, and its first event is tested. */
const [atRates, atUpdate, atEvents] = [0.5, 0.6, 0.7].map((share) => share * span) as [number, number, number];

/**
 * Checks whether an expression may stand for a derived variable of a type. Without a sequence it always may, since all
 * is advanced at once.
 */
export function replaceableIn(type: NeuronType): (name: string) => boolean {
  const { sequence } = type;
  if (sequence === undefined) return () => true;
  if (Object.keys(type.regimes).length > 0) return () => false;
  const changes = new Map<string, Moment[]>();
  const readers = new Map<string, Moment[]>();
  const note = (map: Map<string, Moment[]>, name: string, when: Moment): void => {
    const list = map.get(name);
    if (list === undefined) map.set(name, [when]);
    else list.push(when);
  };
  // Inputs have their values before the first part, as the time has.
  for (const name of [...Object.keys(type.inputs), 't']) note(changes, name, -1);
  const unclear = new Set<string>();
  sequence.forEach((part, k) => {
    const begin = k * span;
    (part.derived ?? []).forEach((name, place) => {
      note(changes, name, begin + place);
      for (const one of readsIn(type.derived[name])) note(readers, one, begin + place);
    });
    const own = [...(part.state ?? []), ...(part.propagate ?? [])];
    for (const name of own) {
      note(changes, name, begin + atUpdate);
      for (const one of readsIn(type.derivatives[name])) note(readers, one, begin + atRates);
    }
    (part.events ?? []).forEach((name, place) => {
      const event = type.events[name];
      if (event === undefined) return;
      const when = begin + atEvents + place;
      for (const one of writtenBy(event.do)) {
        note(changes, one, when);
        // Other parts read the effect of an event only when it is exposed.
        if (!own.includes(one)) unclear.add(one);
      }
      for (const one of readsIn([event.when, event.do])) note(readers, one, when);
    });
  });
  const isSame = (name: string, from: Moment, to: Moment): boolean => {
    if (unclear.has(name)) return false;
    const between = (when: Moment): boolean => (from < to ? when > from && when <= to : when > from || when <= to);
    return !(changes.get(name) ?? []).some(between);
  };
  return (name) => {
    const [from, again] = changes.get(name) ?? [];
    const e = type.derived[name]?.value;
    if (from === undefined || again !== undefined || (e && drawsIn(e))) return false;
    return (readers.get(name) ?? []).every((to) => [...readsIn(e)].every((one) => isSame(one, from, to)));
  };
}

/** Returns a type with a sequence of only existing variables. */
export function withSequence(type: NeuronType): NeuronType {
  const { sequence, derived } = type;
  if (sequence === undefined) return type;
  const parts = sequence.flatMap((part) => {
    const kept = part.derived?.filter((name) => Object.hasOwn(derived, name)) ?? [];
    const { derived: _, ...rest } = part;
    const made = { ...(kept.length === 0 ? {} : { derived: kept }), ...rest };
    return Object.keys(made).length === 0 ? [] : [made];
  });
  return { ...type, sequence: parts };
}
