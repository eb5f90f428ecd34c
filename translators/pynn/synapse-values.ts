/** Values of synapses, and the delays of their pathways. */

import { child } from '../../src/model/pointer.js';
import { delayInSteps, delayRounding } from '../../src/model/steps.js';
import type { Connections } from './connectors.js';
import type { Setting } from './context.js';
import { quantity } from '../../src/library/pynn/distributions.js';
import { located, type Located } from '../shared/located.js';
import * as messages from './messages.js';
import type { Value } from './specification.generated.js';
import { isNumbers, translateValue, type Slot } from './values.js';
import { numbersIn, valueKind } from './value-kinds.js';

/** Returns a value of each synapse; a matrix has one for each pair. */
export function perSynapse(
  value: Value,
  pointer: string,
  slot: Slot,
  connections: Connections,
  setting: Setting,
): Located | undefined {
  if (!Array.isArray(value)) return translateValue(value, pointer, slot, setting);
  const rows: readonly unknown[] = value;
  // How many synapses there are, and which, comes out when they are drawn: a list is for them in order, a matrix for
  // all pairs.
  if (connections.pairs === undefined)
    return isNumbers(rows) ? translateValue(rows, pointer, slot, setting) : wholeMatrix(rows, pointer, slot, setting);
  const { sources, targets } = connections.pairs();
  if (isNumbers(rows)) return translateValue(rows, pointer, { ...slot, count: sources.length }, setting);
  const numbers = ofPairs(rows, sources, targets);
  if (numbers.some(Number.isNaN))
    return void setting.report(messages.wrongValue(slot.what, 'a number for each connected pair', value), pointer);
  return translateValue(numbers, pointer, slot, setting);
}

/** Returns the numbers of a matrix for some pairs, NaN for missing ones. */
export const ofPairs = (rows: readonly unknown[], sources: ArrayLike<number>, targets: ArrayLike<number>): number[] =>
  Array.from(sources, (i, k) => {
    const row: unknown = rows[i];
    const number: unknown = Array.isArray(row) ? row[targets[k] ?? 0] : undefined;
    return typeof number === 'number' ? number : NaN;
  });

/** Returns a matrix for the pairs that will be connected: a number for each, or null for a missing one. */
export function wholeMatrix(
  rows: readonly unknown[],
  pointer: string,
  slot: Slot,
  setting: Setting,
): Located | undefined {
  const fits = (row: unknown): row is readonly (number | null)[] =>
    Array.isArray(row) && row.every((item) => typeof item === 'number' || item === null);
  const wrong = rows.findIndex((row) => !fits(row));
  if (wrong >= 0) {
    const expected = 'a list of numbers, or null for pairs that are not connected';
    return void setting.report(
      messages.wrongValue(`a row of ${slot.what}`, expected, rows[wrong]),
      child(pointer, wrong),
    );
  }
  const matrix = rows as readonly (readonly (number | null)[])[];
  const gaps = matrix.flatMap((row, i) => row.flatMap((item, j) => (item === null ? [i * row.length + j] : [])));
  const array = gaps.length === 0 ? matrix : matrix.map((row) => row.map((item) => item ?? 0));
  const unit = slot.unit === '1' ? 1 : slot.unit;
  if (gaps.length > 0) return located({ array, unit, gaps }, pointer);
  return located(slot.explicit === true ? { array, unit } : array, pointer);
}

/** A delay of a synapse: in ms, by distance or indices if wanted. */
export const delaySlot: Slot = { what: 'delay', unit: 'ms', count: null, formulas: ['d', 'ij'], explicit: true };

/** Returns a delay in ms within the limits that setup sets. */
export function delayValue(value: Value, pointer: string, connections: Connections, setting: Setting): unknown {
  checkDelays(value, pointer, false, setting);
  const slot: Slot = connections.drawsAnew === true ? { ...delaySlot, draws: 'anew' } : delaySlot;
  return typeof value === 'number'
    ? located(quantity(value, 'ms'), pointer)
    : perSynapse(value, pointer, slot, connections, setting);
}

/** Delays within the limits that setup sets. @param whole  whether a delay between two steps is noted */
export function checkDelays(value: Value, pointer: string, whole: boolean, setting: Setting): void {
  const numbers = numbersIn(value);
  const { minDelay, maxDelay } = setting;
  const tolerance = 1e-9 * setting.dt;
  const wrong = numbers.find((delay) => !(delay >= minDelay - tolerance && delay <= maxDelay + tolerance));
  if (wrong !== undefined) setting.report(messages.delayOutOfRange(wrong, minDelay, maxDelay), pointer);
  const between = whole
    ? numbers.find((delay) => Math.abs(delay / setting.dt - Math.round(delay / setting.dt)) > 1e-6)
    : undefined;
  if (between !== undefined && wrong === undefined) setting.report(messages.delayRounded(between, setting.dt), pointer);
}

/**
 * Checks whether both sides of a plastic synapse's delay are shares of a parameter, which has a value for each synapse:
 * if it is not known now, or listed and only partly dendritic.
 */
export const sharesDelay = (delay: Value, fraction: number): boolean => {
  const { kind } = valueKind(delay);
  return fraction > 0 && kind !== 'number' && !(fraction === 1 && (kind === 'list' || kind === 'data'));
};

/** Delays of pathways, and the values that go with them. */
export interface Delays {
  /** By pathway, in the canonical document's form. */
  readonly delays: Readonly<Record<string, unknown>>;
  /** Synaptic parameters that hold delays. */
  readonly values: Readonly<Record<string, unknown>>;
}

/** Returns a delay as that of one side. @param fraction  the dendritic part, 0 or 1; null for synapses without sides */
export const onOneSide = (delay: unknown, fraction: number | null): Delays =>
  fraction === 1
    ? { delays: { post: delay }, values: { transmission: delay } }
    : { delays: { pre: delay }, values: {} };

/**
 * Returns delays of the pathways. After its dendritic delay, the spike has met a plastic synapse; `transmission` is
 * what remains. The sum of both sides in whole steps is the whole in whole steps.
 *
 * @param fraction  of a plastic synapse's delay that is dendritic; null for others
 */
export function delaysOf(
  value: Value,
  pointer: string,
  fraction: number | null,
  connections: Connections,
  setting: Setting,
): Delays {
  const whole = delayValue(value, pointer, connections, setting);
  if (fraction !== null && sharesDelay(value, fraction)) {
    const part = (share: number): string => (share === 1 ? 'delay' : `${share}*delay`);
    const left = `delay - dt*floor(${1 - fraction}*delay/dt + ${delayRounding.grid})`;
    return {
      values: { delay: whole, transmission: fraction === 1 ? 'delay' : left },
      delays: { ...(fraction === 1 ? {} : { pre: part(1 - fraction) }), post: part(fraction) },
    };
  }
  if (fraction === null || fraction === 0 || fraction === 1 || typeof value !== 'number')
    return onOneSide(whole, fraction);
  const steps = (delay: number): number => delayInSteps(delay, setting.dt, 'grid');
  const [pre, post] = [(1 - fraction) * value, fraction * value];
  const left = steps(value) - steps(pre);
  const time = (delay: number): Located => located(quantity(delay, 'ms'), pointer);
  return {
    delays: { pre: time(pre), post: time(post) },
    values: { transmission: left === steps(post) ? time(post) : quantity(left * setting.dt, 'ms') },
  };
}
