/** Compares recordings with expectations. */

import type { RunRecord } from '../../../runtime/results/result.js';
import { matchSpikes } from '../../compare/measures/matching.js';
import { milliseconds, timeRounding, type Recorded, type RecordedSignal } from '../../compare/recorded.js';
import type { Diagnostic, Finding, Place } from '../../diagnostics/diagnostic.js';
import { itemAt } from '../../diagnostics/entry.js';
import { dimensionText, equalDimensions } from '../../lang/dimension.js';
import { parseUnit } from '../../lang/units.js';
import { agrees, inUnitOf } from './expected-quantity.js';
import { messages } from './messages.js';
import type { Cells, Expectations, ExpectedSpikes, ExpectedValues } from './read-expectations.js';
import { spikeMeasures, type SpikeQuantity } from './spike-measures.js';

/** Compares a recorded run with all expectations, and returns a finding for each one that it misses. */
export function checkExpectations(
  { fingerprint, spikes, values }: Expectations,
  recorded: Recorded & { readonly record: RunRecord },
): readonly Diagnostic[] {
  const found: Diagnostic[] = [];
  const add = (finding: Finding, place: Place): void => void found.push({ severity: 'error', ...finding, place });
  const { total } = recorded.record.fingerprint;
  if (!recorded.record.complete) add(messages.incomplete(), spikes[0]?.place ?? values[0]?.place ?? fingerprint!.place);
  if (fingerprint && !total.startsWith(fingerprint.digits))
    add(messages.differs('the fingerprint', fingerprint.digits, total), fingerprint.place);
  for (const expectation of spikes) checkSpikes(expectation, recorded, add);
  for (const expectation of values) checkValues(expectation, recorded, add);
  return found;
}

type Add = (finding: Finding, place: Place) => void;

function checkSpikes(expectation: ExpectedSpikes, { trains, dt = 0, begin, end }: Recorded, add: Add): void {
  const own = trains.find(
    ({ population, event }) => population === expectation.population && event === expectation.event,
  );
  if (!own) {
    const known = trains.map(({ population, event }) => (event === 'spike' ? population : `${population}.${event}`));
    add(messages.unknownPart('spikes of', expectation.name, known), expectation.place);
    return;
  }
  const [first, last] = expectation.cells ?? [0, own.trains.length];
  const chosen = own.trains.slice(first, last);
  for (const [name, expected] of Object.entries(expectation.quantities)) {
    const value = spikeMeasures[name as SpikeQuantity](chosen, (end ?? NaN) - begin);
    if (!agrees(value, expected))
      add(messages.differs(`${expectation.name}: ${name}`, expected.text, inUnitOf(expected, value)), expected.place);
  }
  if (!expectation.times) return;
  const { seconds, place } = expectation.times;
  const [train] = chosen;
  if (chosen.length !== 1 || !train) {
    add(messages.severalCells(expectation.name, chosen.length), place);
    return;
  }
  const within = Math.max(timeRounding, expectation.within ?? Math.max(1e-4, dt));
  const { matched, missing, extra, divergence } = matchSpikes(Float64Array.from(seconds).sort(), train, within);
  if (missing + extra === 0) return;
  const expected = `${seconds.length} spikes within ${milliseconds(within)}`;
  const differs = `${train.length} spikes, ${matched} of them at those times; the first other at ${milliseconds(divergence ?? NaN)}`;
  add(messages.differs(`${expectation.name}: spike times`, expected, differs), place);
}

function checkValues(expectation: ExpectedValues, { signals, dt = 0 }: Recorded, add: Add): void {
  const column = columnOf(expectation, signals);
  if (!column) {
    add(
      messages.unknownPart(
        'samples of',
        expectation.name,
        signals.map(({ owner, variable }) => `${owner}.${variable}`),
      ),
      expectation.place,
    );
    return;
  }
  const { signal, at } = column;
  const { times, values, columns, unit } = signal;
  const { dimension } = parseUnit(unit ?? '1');
  for (const { time, expected } of expectation.samples) {
    if (!equalDimensions(dimension, expected.dimension)) {
      add(
        messages.otherUnit(expectation.name, dimensionText(dimension), dimensionText(expected.dimension)),
        expected.place,
      );
      continue;
    }
    // Times that are multiples of steps are rounded.
    const row = times.findIndex((sampled) => Math.abs(sampled - time) <= 1e-3 * dt + timeRounding);
    if (row < 0) {
      const [begin, next, end] = [times[0] ?? NaN, times[1] ?? NaN, times.at(-1) ?? NaN];
      const interval = `${milliseconds(begin)} to ${milliseconds(end)} in steps of ${milliseconds(next - begin)}`;
      add(messages.noSample(milliseconds(time), interval), expected.place);
      continue;
    }
    const value = itemAt(values, row * columns.length + at);
    if (!agrees(value, expected)) {
      const what = `${expectation.name} at ${milliseconds(time)}`;
      add(messages.differs(what, expected.text, inUnitOf(expected, value)), expected.place);
    }
  }
}

/** Returns the samples of a variable of one cell, or of one that belongs to a whole population. */
function columnOf(
  { population, variable, cells }: Cells & { readonly variable: string },
  signals: readonly RecordedSignal[],
): { readonly signal: RecordedSignal; readonly at: number } | undefined {
  const label = cells ? String(cells[0]) : '';
  for (const signal of signals) {
    if (signal.owner !== population || signal.variable !== variable) continue;
    const at = signal.columns.indexOf(label);
    if (at >= 0) return { signal, at };
    if (!cells && signal.columns.length === 1) return { signal, at: 0 };
  }
  return undefined;
}
