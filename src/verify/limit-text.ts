/** Verdicts in the limit of small steps as text for people. */

import { symbolicQuantity } from '../lang/readable-quantity.js';
import { parseUnit } from '../lang/units.js';
import type { Distances } from './approach.js';
import type { Limit } from './limit.js';
import type { StateDifference } from './state-comparison.js';

/** Returns a time in s with few digits. */
const ms = (time: number): string => `${Number((time * 1e3).toPrecision(2))} ms`;

/** Returns a step in s. */
const stepText = (step: number): string => `${Number((step * 1e3).toPrecision(6))} ms`;

/** Returns the verdict with its figures. @param named  gives a variable's name in the document */
export function limitText(limit: Limit, named: (variable: string) => string = (variable) => variable): string {
  const { verdict, reason, closed, writtenAnew } = limit;
  switch (verdict) {
    case 'the same model': {
      const more = [
        ...(writtenAnew ? ['written anew for each step'] : []),
        ...(closed.length > 0 ? [`${listOf(closed)} coupled as in the network`] : []),
      ];
      return [`the same model: ${vanishing(limit)}`, ...more, ...ownStep(limit)].join('; ');
    }
    case 'another model':
      return `another model: ${remaining(limit, named)}`;
    case 'no limit':
      return `no limit: ${reason ?? ''}`;
    default:
      return verdict satisfies never;
  }
}

/** Returns the largest distance of two spikes at a step. */
const largest = ({ apart }: Distances): number => apart.at(-1) ?? 0;

/** Steps that are shown. */
const mostSteps = 3;

function vanishing({ levels, states }: Limit): string {
  const shown = levels.slice(-mostSteps);
  const isEqual = levels.every((level) => [...level.units.values()].every(({ distance }) => distance === 0));
  const figures = isEqual
    ? 'no difference at any step'
    : levels.some(({ apart }) => apart.length > 0)
      ? `differences vanish with the step (spikes ${shown.map((level) => ms(largest(level))).join(', ')} apart at ${shown.map(({ step }) => stepText(step)).join(', ')})`
      : `differences vanish with the step (${shown.map(({ step }) => stepText(step)).join(', ')})`;
  const isCompared = states !== undefined && states.apart.length === 0 && states.synapses;
  return isCompared
    ? `${figures}, states equal to ${Number(Math.max(states.rounding, 1e-16).toPrecision(1))}`
    : figures;
}

/** Returns the agreement of spikes at the model's own step, with the loop open. */
function ownStep({ levels: [first], dt }: Limit): readonly string[] {
  if (first === undefined || first.step !== dt || first.apart.length === 0) return [];
  const [count, most] = [first.apart.length, largest(first)];
  const within = dt ** 2 / most;
  const later = most > 1.5 * dt ? `, within ${stepText(dt)} from steps of ${ms(within)} on` : '';
  return [`at ${stepText(dt)} ${count} spikes at most ${ms(most)} apart${later}`];
}

function remaining({ rest, states, levels }: Limit, named: (variable: string) => string): string {
  const [difference, ...more] = states?.differences ?? [];
  if (difference !== undefined)
    return `${differenceText(difference)}${more.length === 0 ? '' : ` (and ${more.length} more)`}`;
  const [unit] = rest;
  const steps = levels.slice(-mostSteps).map(({ step }) => stepText(step));
  const [first] = levels.at(-1)?.unmatched ?? [];
  if (unit === undefined)
    return first === undefined
      ? 'a difference remains'
      : `a spike of ${first.population}[${first.cell}] at ${stepText(first.time)} is only in one of them at ${steps.join(', ')}`;
  const { population, cell, variable, distance } = unit;
  const cells = new Set(rest.map((one) => `${one.population}[${one.cell}]`)).size;
  const what = variable === undefined ? 'spikes' : named(variable);
  const size = variable === undefined ? ms(distance) : String(Number(distance.toPrecision(2)));
  return `${what} of ${population}[${cell}] stay ${size} apart at ${steps.join(', ')} (${cells} ${cells === 1 ? 'cell' : 'cells'})`;
}

/** Returns a quantity that differs, with both values. */
export function differenceText({ population, cell, quantity, values, unit }: StateDifference): string {
  const [first, second] = values.map((value) =>
    value === null ? 'none' : String(symbolicQuantity(Number(value.toPrecision(6)), parseUnit(unit).dimension)),
  );
  return `${quantity} of ${population}[${cell}] is ${first} and ${second}`;
}

/** Returns a verdict with the figures of each step, for reports. */
export function limitReport({ verdict, reason, seconds, levels, rest, states, closed, writtenAnew }: Limit): object {
  return {
    verdict,
    ...(reason === undefined ? {} : { reason }),
    seconds,
    steps: levels.map((level) => ({
      step: level.step,
      spikes: level.apart.length,
      largest: largest(level),
      unmatched: level.unmatched.length,
      ratio: Math.max(0, ...[...level.units.values()].map(({ ratio }) => ratio)),
    })),
    rest: rest.slice(0, mostRest),
    differences: states?.differences ?? [],
    closed,
    writtenAnew: writtenAnew === true,
  };
}

/** Remaining differences that a report lists. */
const mostRest = 20;

const listOf = ([first = '', second, ...more]: readonly string[]): string =>
  second === undefined
    ? first
    : more.length === 0
      ? `${first} and ${second}`
      : `${first}, ${second} and ${more.length} more`;
