/** Conditions on the spikes of a run, such as `rate(exc[0:80]) = 5 Hz ± 0.5 Hz` or `cv(exc) > 0.8`. */

import type { SpikeTrains } from '../../../runtime/results/result.js';
import { ExpectedError, inUnitOf, agrees, readExpected, type Expected } from './expected-quantity.js';
import { messages } from './messages.js';
import { quantities, spikeMeasures, spikesForm, type SpikeQuantity } from './spike-measures.js';

/** A condition on one quantity of the spikes of some cells. */
export interface SpikeCondition {
  /** Quantity and cells as written. */
  readonly name: string;
  readonly quantity: SpikeQuantity;
  readonly population: string;
  readonly event: string;
  readonly cells?: readonly [first: number, end: number];
  readonly relation: '=' | '<' | '>';
  readonly expected: Expected;
}

const isQuantity = (name: string): name is SpikeQuantity => Object.hasOwn(quantities, name);

/** Reads a condition. @throws ExpectedError */
export function readCondition(text: string): SpikeCondition {
  const [, name = '', quantity = '', cells = '', relation = '', value = ''] =
    /^\s*((\w+)\(([^()]*)\))\s*([=<>])(.*)$/s.exec(text) ?? [];
  const [, population, first, end, event = 'spike'] = spikesForm.exec(cells.trim()) ?? [];
  if (!isQuantity(quantity) || population === undefined)
    throw new ExpectedError(messages.notACondition(text, Object.keys(quantities)));
  return {
    name,
    quantity,
    population,
    event,
    ...(first === undefined ? {} : { cells: [Number(first), Number(end ?? Number(first) + 1)] as const }),
    relation: relation as SpikeCondition['relation'],
    expected: readExpected(value.trim(), name, quantities[quantity]),
  };
}

/** A value of a run, and whether it fulfils a condition. */
export interface Judgement {
  /** In the unit of the condition, or that the spikes do not decide it. */
  readonly found: string;
  readonly holds: boolean;
}

/**
 * Compares the spikes of a run with a condition.
 *
 * @param dt  time step in s
 * @returns undefined if the run has no spikes of the population
 */
export function judgeRun(
  { population, event, quantity, cells, relation, expected }: SpikeCondition,
  trains: readonly SpikeTrains[],
  { steps, dt }: { readonly steps: number; readonly dt: number },
): Judgement | undefined {
  const own = trains.find(({ plan }) => plan.population === population && plan.event === event);
  if (!own) return undefined;
  const rows = Array.from(own.counts, (_, row) => row).slice(...(cells ?? []));
  const value = spikeMeasures[quantity](
    rows.map((row) => Float64Array.from(own.read(row, row + 1), (step) => step * dt)),
    steps * dt,
  );
  const holds =
    relation === '=' ? agrees(value, expected) : relation === '<' ? value < expected.value : value > expected.value;
  return { found: Number.isNaN(value) ? 'undecided' : inUnitOf(expected, Number(value.toPrecision(4))), holds };
}
