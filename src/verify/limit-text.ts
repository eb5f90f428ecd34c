/** Verdicts in the limit of small steps as text for people. */

import { firstFew } from '../diagnostics/suggest.js';
import type { Distances } from './approach.js';
import type { Limit } from './limit.js';
import type { StateDifference } from './states/cell-pair.js';
import { valueTexts } from './states/difference-text.js';
import { lackText, protocol1, someText, type Ledger } from './ledger.js';

/** Returns a time in s with few digits. */
const ms = (time: number): string => `${Number((time * 1e3).toPrecision(2))} ms`;

/** Returns a step in s. */
const stepText = (step: number): string => `${Number((step * 1e3).toPrecision(6))} ms`;

/** Most characters of a headline, for lines with a label before it. */
const mostCharacters = 88;

/** Returns the verdict with its figures in one line. @param named  gives a variable's name in the document */
export const limitText = (limit: Limit, named?: (variable: string) => string): string =>
  limitLines(limit, named).join('; ');

/** Returns the verdict in a headline, and its figures. @param named  gives a variable's name in the document */
export function limitLines(limit: Limit, named: (variable: string) => string = (variable) => variable): string[] {
  const { verdict, reason = '', closed, writtenAnew, with: tool } = limit;
  const start = `${verdict}${tool === undefined ? '' : `, run in ${tool}`}: `;
  switch (verdict) {
    case 'the same model':
    case 'the same model as far as it acted': {
      if (limit.levels.length === 0) return [`${start}all values are equal`, `not compared in runs: ${reason}`];
      const [first = '', ...figures] = vanishing(limit);
      return [
        `${start}${verdict === 'the same model' ? first : lackText(limit.ledger)}`,
        ...figures,
        ...driven(limit.ledger),
        ...someText(limit.ledger),
        ...(writtenAnew ? ['written anew for each step'] : []),
        ...(closed.length > 0 ? [`${listOf(closed)} coupled as in the network`] : []),
        ...ownStep(limit),
      ];
    }
    case 'another model': {
      const [what, values, more] = remaining(limit, named);
      const whole = `${start}${what} ${values}${more}`;
      return whole.length <= mostCharacters ? [whole] : [`${start}${what}${more}`, values.replace(/^is /, '')];
    }
    case 'no limit':
      return [`${start}${reason}`];
    default:
      return verdict satisfies never;
  }
}

/** Returns a line for events that acted under protocol 1 only. */
function driven({ rows }: Ledger): readonly string[] {
  const names = rows.flatMap(({ part, quantity, reason }) => (reason === protocol1 ? [`${quantity} of ${part}`] : []));
  return names.length === 0 ? [] : [`the same, ${protocol1}: ${firstFew(names, 3)}`];
}

/** Times that differ by less, in s, differ by rounding. */
const rounding = 1e-12;

const withoutRounding = (seconds = 0): number => (seconds < rounding ? 0 : seconds);

/** Returns the largest distance of two spikes at a step. */
const largest = ({ apart }: Distances): number => withoutRounding(apart.at(-1));

/** Returns the distance that 99 of 100 spikes do not exceed at a step. */
const nearly = ({ apart }: Distances): number => withoutRounding(apart[Math.floor(0.99 * (apart.length - 1))]);

/** Returns numbers with few digits. */
const listed = (numbers: readonly number[], digits = 6): string =>
  numbers.map((number) => Number(number.toPrecision(digits))).join(', ');

/** Steps that are shown. */
const mostSteps = 3;

/** Returns how differences vanish, and the figures that show it. */
function vanishing({ levels, states }: Limit): readonly string[] {
  const shown = levels.slice(-mostSteps);
  const isEqual = levels.every((level) => [...level.units.values()].every(({ distance }) => distance === 0));
  // A few spikes that hardly reach the threshold settle at shorter steps.
  const isLate = largest(shown.at(-1)!) > 0.35 * largest(shown[0]!);
  const distances = shown.map((level) => (isLate ? nearly(level) : largest(level)) * 1e3);
  const apart = distances.every((distance) => distance === 0) ? 'equal' : `within ${listed(distances, 2)} ms`;
  const steps = `${listed(shown.map(({ step }) => step * 1e3))} ms`;
  const figures = levels.some(({ apart }) => apart.length > 0)
    ? [`${isLate ? '99 % of spikes' : 'spikes'} ${apart} at steps of ${steps}`]
    : [`steps of ${steps}`];
  const isCompared = states !== undefined && states.apart.length === 0 && states.synapses;
  const within = isCompared || isEqual ? undefined : agreementOf(shown.at(-1)!);
  return [
    isEqual ? 'no difference at any step' : 'differences vanish with the step',
    ...(isEqual ? [] : figures),
    ...(isCompared ? [`states equal to ${Number(Math.max(states.rounding, 1e-16).toPrecision(1))}`] : []),
    ...(within === undefined ? [] : [`states equal within ${within}`]),
    ...(states === undefined || states.synapses ? [] : ['synapses compared in runs only']),
  ];
}

/** Share of states that the stated agreement is of: spikes near the threshold settle late. */
const mostStates = 0.99;

/** Returns the agreement of states in a run, relative to the range of each; undefined if none was compared. */
function agreementOf({ units }: Distances): string | undefined {
  const shares = [...units.values()].flatMap(({ share }) => share ?? []).sort((a, b) => a - b);
  const share = shares[Math.floor(mostStates * (shares.length - 1))] || shares.at(-1);
  return share === undefined ? undefined : `${Number((share * 100).toPrecision(1))} %`;
}

/** Spikes count as close when they are no more than a step or this time, in s, apart. */
const leastTolerance = 1e-4;

/** Returns the agreement of spikes at the model's own step, with the loop open. */
function ownStep({ levels: [first], dt }: Limit): readonly string[] {
  if (first === undefined || first.step !== dt || first.apart.length === 0) return [];
  const [count, most] = [first.apart.length, largest(first)];
  const tolerance = Math.max(dt, leastTolerance);
  const later =
    most > 1.5 * tolerance ? `, within ${stepText(tolerance)} from steps of ${ms((dt * tolerance) / most)} on` : '';
  return [`loop open at ${stepText(dt)}: ${count} of ${first.spikes} spikes at most ${ms(most)} apart${later}`];
}

/** Returns a quantity that differs, the difference, and the number of others. */
function remaining(
  { rest, states, levels }: Limit,
  named: (variable: string) => string,
): readonly [what: string, values: string, more: string] {
  const [difference, ...more] = states?.differences ?? [];
  if (difference !== undefined)
    return [quantityOf(difference), valuesOf(difference), more.length === 0 ? '' : ` (and ${more.length} more)`];
  const [unit] = rest;
  const steps = `${listed(levels.slice(-mostSteps).map(({ step }) => step * 1e3))} ms`;
  const [first] = levels.at(-1)?.unmatched ?? [];
  if (unit === undefined)
    return first === undefined
      ? ['a difference', 'remains', '']
      : [
          `a spike of ${first.population}[${first.cell}] at ${stepText(first.time)}`,
          `is only in one of them at ${steps}`,
          '',
        ];
  const { population, cell, variable, distance } = unit;
  const cells = new Set(rest.map((one) => `${one.population}[${one.cell}]`)).size;
  const size = variable === undefined ? ms(distance) : String(Number(distance.toPrecision(2)));
  return [
    `${variable === undefined ? 'spikes' : named(variable)} of ${population}[${cell}]`,
    `${variable === undefined ? 'stay' : 'stays'} ${size} apart at ${steps}`,
    ` (${cells} ${cells === 1 ? 'cell' : 'cells'})`,
  ];
}

const quantityOf = ({ population, cell, quantity }: StateDifference): string => `${quantity} of ${population}[${cell}]`;

const valuesOf = (difference: StateDifference): string =>
  `is ${valueTexts(difference)
    .map((text) => text ?? 'none')
    .join(' and ')}`;

/** Returns a verdict with the figures of each step, for reports. */
export function limitReport(limit: Limit): object {
  const { verdict, reason, seconds, levels, rest, states, closed, writtenAnew, with: tool = 'interneuron' } = limit;
  return {
    verdict,
    ledger: limit.ledger,
    with: tool,
    ...(reason === undefined ? {} : { reason }),
    seconds,
    steps: levels.map((level) => ({
      step: level.step,
      spikes: level.spikes,
      paired: level.apart.length,
      largest: largest(level),
      unmatched: level.unmatched.length,
      ratio: Math.max(0, ...[...level.units.values()].map(({ ratio }) => ratio)),
    })),
    rest: rest.slice(0, mostRest),
    differences: (states?.differences ?? []).map(({ ofSynapse: _, ...difference }) => difference),
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
