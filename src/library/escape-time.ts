/**
 * How soon variables run away to infinity past the threshold at which events reset them, as the potential of Izhikevich's
 * neuron does: within a step of that length, an integrator whose steps adapt comes to no end.
 */

import type { Expression } from '../lang/ast.js';
import { number } from '../lang/build.js';
import { parseExpression, parseStatements } from '../lang/parse.js';
import { namesIn, writtenBy } from '../lang/walk.js';
import { ownNames } from '../model/declared-names.js';
import type { NeuronType, Population } from '../model/model.js';
import { ratesOf } from './gather/integration.js';
import { plain, valueAt } from './recognise/numbers.js';

/** Points at each of which the distance from the threshold is twice as large. */
const points = 200;

/**
 * A variable that may run away within some time, from where an event resets it and with all others as they are at first.
 *
 * @param time  in s
 * @returns undefined where none does
 */
export function escapesWithin(
  type: NeuronType,
  { values }: Pick<Population, 'values'>,
  time: number,
): string | undefined {
  const names = ownNames(type);
  const rates = ratesOf(type).map((rate) => plain(rate, names));
  const known = (name: string): number => {
    const value = values[name] ?? type.parameters[name]?.value ?? type.state[name]?.initial ?? 0;
    return typeof value === 'number' ? value : 0;
  };
  return Object.keys(type.derivatives).find((name, k) => {
    const rate = rates[k];
    const resets = Object.values(type.events).filter(
      (event) =>
        namesIn(parseExpression(event.when)).has(name) && writtenBy(event.do.flatMap(parseStatements)).has(name),
    );
    return resets.some(({ when }) => {
      const threshold = thresholdOf(plain(when, names), name);
      return rate !== undefined && timeToInfinity(rate, name, threshold, known) < time;
    });
  });
}

/** What a variable is compared with; undefined for other conditions than one comparison of it. */
function thresholdOf(
  condition: Expression,
  name: string,
): { readonly value: Expression; readonly sign: 1 | -1 } | undefined {
  if (condition.kind !== 'binary' || condition.left.kind !== 'name' || condition.left.name !== name) return undefined;
  if (namesIn(condition.right).has(name)) return undefined;
  switch (condition.operator) {
    case '>':
    case '>=':
      return { value: condition.right, sign: 1 };
    case '<':
    case '<=':
      return { value: condition.right, sign: -1 };
    default:
      return undefined;
  }
}

/** In s, from a threshold, or from 0 where it is not known; infinite for what does not run away. */
function timeToInfinity(
  rate: Expression,
  name: string,
  threshold: ReturnType<typeof thresholdOf>,
  known: (name: string) => number,
): number {
  try {
    const { value, sign } = threshold ?? { value: number(0), sign: 1 };
    const from = valueAt(value, known);
    const slope = (x: number): number => sign * valueAt(rate, (one) => (one === name ? x : known(one)));
    let distance = (Math.abs(from) || 1) * 2 ** -20;
    let [before, time] = [1 / slope(from), 0];
    for (let k = 0; k < points; k++) {
      const after = 1 / slope(from + sign * distance);
      // It comes to rest, or goes back.
      if (!(before > 0) || !(after >= 0)) return Infinity;
      const part = ((k === 0 ? distance : distance / 2) * (before + after)) / 2;
      time += part;
      if (part <= 1e-6 * time) return time;
      [before, distance] = [after, distance * 2];
    }
    return Infinity;
  } catch {
    // What is drawn has no time.
    return Infinity;
  }
}
