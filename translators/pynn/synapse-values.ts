/** Values of synapses, and the delays of their pathways. */

import { child } from '../../src/model/pointer.js';
import { delayInSteps } from '../../src/model/steps.js';
import type { Connections } from './connectors.js';
import type { Setting } from './context.js';
import { quantity } from '../../src/library/pynn/distributions.js';
import { located, type Located } from '../shared/located.js';
import * as messages from './messages.js';
import type { Value } from './specification.generated.js';
import { isNumbers, translateValue, type Slot } from './values.js';

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

/** Returns a delay in ms, or a part of it, within the limits that setup sets. */
export function delayValue(
  value: Value,
  pointer: string,
  part: number,
  connections: Connections,
  setting: Setting,
): unknown {
  checkDelays(value, pointer, false, setting);
  if (typeof value === 'number') return located(quantity(value * part, 'ms'), pointer);
  if (isNumbers(value) && part !== 1)
    return located({ array: value.map((delay) => delay * part), unit: 'ms' }, pointer);
  const slot: Slot = connections.drawsAnew === true ? { ...delaySlot, draws: 'anew' } : delaySlot;
  return perSynapse(
    part === 1 ? value : mapNumbers(value, (delay) => delay * part),
    pointer,
    slot,
    connections,
    setting,
  );
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

// --- Delays ---------------------------------------------------------------------------------------------------------

/** Checks whether several delays of a synapse are made of one number that is not known now. */
export const sharesDraw = (delay: Value, fraction: number): boolean =>
  fraction > 0 && !(typeof delay === 'number' || Array.isArray(delay));

/** Delays of pathways, and the values that go with them. */
export interface Delays {
  /** By pathway, in the canonical document's form. */
  readonly delays: Readonly<Record<string, unknown>>;
  /** Synaptic parameters that hold delays. */
  readonly values: Readonly<Record<string, unknown>>;
}

/**
 * Returns delays of the pathways, and the values that go with them.
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
  if (fraction === null) return { delays: { pre: delayValue(value, pointer, 1, connections, setting) }, values: {} };
  const share = (part: number): unknown =>
    part === 0 ? undefined : delayValue(value, pointer, part, connections, setting);
  const [before, after] = [share(1 - fraction), share(fraction)];
  return {
    delays: { ...(before === undefined ? {} : { pre: before }), ...(after === undefined ? {} : { post: after }) },
    values:
      after === undefined
        ? {}
        : { transmission: transmissionOf(value, pointer, fraction, after, connections, setting) },
  };
}

/**
 * Returns the remaining delay once the spike has met the synapse. The sum of both parts in whole steps is the whole in whole
 * steps.
 */
function transmissionOf(
  value: Value,
  pointer: string,
  fraction: number,
  after: unknown,
  connections: Connections,
  setting: Setting,
): unknown {
  const { dt } = setting;
  const steps = (time: number): number => delayInSteps(time, dt, 'grid');
  const left = (delay: number): number => steps(delay) - steps((1 - fraction) * delay);
  if (numbersIn(value).every((delay) => left(delay) === steps(fraction * delay))) return after;
  const times = mapNumbers(value, (delay) => left(delay) * dt);
  return typeof times === 'number'
    ? quantity(times, 'ms')
    : Array.isArray(value) && isNumbers(times)
      ? { array: times, unit: 'ms' }
      : perSynapse(times, pointer, delaySlot, connections, setting);
}

/** Returns the numbers that a value is written with. */
const numbersIn = (value: Value): readonly number[] =>
  (typeof value === 'number' ? [value] : Array.isArray(value) ? value.flat() : []).filter(
    (item): item is number => typeof item === 'number',
  );

/** Returns a number, or the numbers of a list or matrix, each changed. */
export function mapNumbers(value: Value, change: (number: number) => number): Value {
  const changed = (item: unknown): unknown =>
    typeof item === 'number' ? change(item) : Array.isArray(item) ? item.map(changed) : item;
  return changed(value) as Value;
}
